"""Grey morphology: what is made of an erosion and a dilation of the same image."""

import numpy as np

from scikit.ndimage._dask import local, two_windows_reach, window_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._grey import grey_dilation, grey_erosion, same_window
from scikit.ndimage._support import apart, real_image
from scikit.ndimage._windows import warn_of_size


@local(window_reach)
@shares_docs
def morphological_gradient(
    input,
    size=None,
    footprint=None,
    structure=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """Dilation less erosion.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    structure : array_like, optional
        Heights of a window that is not flat, of its shape: added by dilation, which turns the window
        about, and taken away by erosion.
    %(placing)s
    %(workers)s

    %(result_grey)s

    See Also
    --------
    morphological_laplace : The second derivative of this kind.

    Notes
    -----
    Memory beside the result: one more image of the input's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.morphological_gradient([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([6, 8, 8, 4, 8, 8, 9, 9])
    """
    warn_of_size(size, footprint)
    window = same_window(size, footprint, structure, mode, cval, origin, axes, workers)
    dilated = grey_dilation(input, **window)
    eroded = grey_erosion(input, output=output, **window)
    return _difference(dilated, eroded, eroded)


@local(window_reach)
@shares_docs
def morphological_laplace(
    input,
    size=None,
    footprint=None,
    structure=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """Dilation plus erosion less twice the image.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    structure : array_like, optional
        Heights of a window that is not flat, of its shape: added by dilation, which turns the window
        about, and taken away by erosion.
    %(placing)s
    %(workers)s

    %(result_grey)s

    See Also
    --------
    morphological_gradient : The first derivative of this kind.

    Notes
    -----
    Memory beside the result: one more image of the input's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.morphological_laplace([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([ 6, -8,  8, -4,  8, -8, -9,  9])
    """
    warn_of_size(size, footprint)
    window = same_window(size, footprint, structure, mode, cval, origin, axes, workers)
    image = real_image(input, "input")
    dilated = grey_dilation(image, **window)
    image = apart(image, output)
    total = grey_erosion(image, output=output, **window)
    np.add(dilated, total, out=total, casting="unsafe")
    for _ in range(2):
        _difference(total, image, total)
    return total


@local(two_windows_reach)
@shares_docs
def white_tophat(
    input,
    size=None,
    footprint=None,
    structure=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """The image less its opening.

    It is what is brighter than its surroundings and smaller than the window.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    structure : array_like, optional
        Heights of a window that is not flat, of its shape: added by dilation, which turns the window
        about, and taken away by erosion.
    %(placing)s
    %(workers)s

    %(result_grey)s

    See Also
    --------
    black_tophat : The same for what is dark.
    grey_opening : What is left.

    Notes
    -----
    Memory beside the result: one more image of the input's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.white_tophat([2, 8, 0, 4, 1, 9, 9, 0], size=2)
    array([0, 6, 0, 3, 0, 0, 0, 0])
    """
    warn_of_size(size, footprint)
    window = same_window(size, footprint, structure, mode, cval, origin, axes, workers)
    image = real_image(input, "input")
    image = apart(image, output)
    opened = grey_dilation(grey_erosion(image, **window), output=output, **window)
    return _difference(image, opened, opened)


@local(two_windows_reach)
@shares_docs
def black_tophat(
    input,
    size=None,
    footprint=None,
    structure=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """The closing of the image less the image.

    It is what is darker than its surroundings and smaller than the window.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    structure : array_like, optional
        Heights of a window that is not flat, of its shape: added by dilation, which turns the window
        about, and taken away by erosion.
    %(placing)s
    %(workers)s

    %(result_grey)s

    See Also
    --------
    white_tophat : The same for what is bright.
    grey_closing : The image filled.

    Notes
    -----
    Memory beside the result: one more image of the input's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.black_tophat([2, 8, 0, 4, 1, 9, 9, 0], size=2)
    array([6, 0, 4, 0, 3, 0, 0, 0])
    """
    warn_of_size(size, footprint)
    window = same_window(size, footprint, structure, mode, cval, origin, axes, workers)
    image = real_image(input, "input")
    image = apart(image, output)
    closed = grey_erosion(grey_dilation(image, **window), output=output, **window)
    return _difference(closed, image, closed)


def _difference(a, b, out):
    """a - b, of booleans a ^ b, into `out`; integers wrap."""
    if a.dtype.kind == b.dtype.kind == out.dtype.kind == "b":
        return np.bitwise_xor(a, b, out=out)
    return np.subtract(a, b, out=out, casting="unsafe")
