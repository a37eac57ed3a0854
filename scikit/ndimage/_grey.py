"""Grey morphology: erosion, dilation and what is made of the two."""

import numpy as np

from scikit.ndimage._dask import local, two_windows_reach, window_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._support import check_axes, integer, per_axis, real_image
from scikit.ndimage._window_extremes import extreme_filter
from scikit.ndimage._windows import box_lengths, warn_of_size


@local(window_reach)
@shares_docs
def grey_erosion(
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
    """Smallest voxel of a window, less its height.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    structure : array_like, optional
        Heights of a window that is not flat, of its shape: taken from the voxels before they are compared.
    %(placing)s
    %(workers)s

    %(result_grey)s

    See Also
    --------
    minimum_filter : Its notes on cost and NaN hold here too.

    Notes
    -----
    With heights the computation is in double, so integers beyond 2**53 lose their last digits.
    Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.grey_erosion([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([2, 0, 0, 0, 1, 1, 0, 0])
    """
    _need_window(size, footprint, structure)
    warn_of_size(size, footprint)
    return extreme_filter(
        input, False, size, footprint, structure, output, mode, cval, origin, axes, workers
    )


@local(window_reach)
@shares_docs
def grey_dilation(
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
    """Largest voxel of a window that is turned about, plus its height.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    structure : array_like, optional
        Heights of a window that is not flat, of its shape: added to the voxels before they are compared.
    %(placing)s
    %(workers)s

    %(result_grey)s

    See Also
    --------
    maximum_filter : Its notes on cost and NaN hold here too.

    Notes
    -----
    The window is mirrored at its middle, which makes dilation the adjoint of erosion. With heights
    the computation is in double, so integers beyond 2**53 lose their last digits. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.grey_dilation([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([8, 8, 8, 4, 9, 9, 9, 9])
    """
    _need_window(size, footprint, structure)
    warn_of_size(size, footprint)
    image = real_image(input, "input")
    axes = check_axes(axes, image.ndim)
    if structure is not None:
        structure = np.flip(real_image(structure, "structure"))
    if footprint is not None:
        footprint = np.flip(real_image(footprint, "footprint"))
    origin = _turned_origins(origin, size, footprint, structure, axes)
    return extreme_filter(
        image, True, size, footprint, structure, output, mode, cval, origin, axes, workers
    )


@local(two_windows_reach)
@shares_docs
def grey_opening(
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
    """Erosion, then dilation.

    It removes what is brighter than its surroundings and smaller than the window.

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
    grey_closing : Fills what is dark and small.
    white_tophat : What opening removes.

    Notes
    -----
    Memory beside the result: one more image of the input's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.grey_opening([2, 8, 0, 4, 1, 9, 9, 0], size=2)
    array([2, 2, 0, 1, 1, 9, 9, 0])
    """
    warn_of_size(size, footprint)
    window = same_window(size, footprint, structure, mode, cval, origin, axes, workers)
    return grey_dilation(grey_erosion(input, **window), output=output, **window)


@local(two_windows_reach)
@shares_docs
def grey_closing(
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
    """Dilation, then erosion.

    It fills what is darker than its surroundings and smaller than the window.

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
    grey_opening : Removes what is bright and small.
    black_tophat : What closing fills.

    Notes
    -----
    Memory beside the result: one more image of the input's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.grey_closing([2, 8, 0, 4, 1, 9, 9, 0], size=2)
    array([8, 8, 4, 4, 4, 9, 9, 0])
    """
    warn_of_size(size, footprint)
    window = same_window(size, footprint, structure, mode, cval, origin, axes, workers)
    return grey_erosion(grey_dilation(input, **window), output=output, **window)


def same_window(size, footprint, structure, mode, cval, origin, axes, workers):
    """The arguments of erosion and dilation that say in which window."""
    return {
        "size": size if footprint is None else None,
        "footprint": footprint,
        "structure": structure,
        "mode": mode,
        "cval": cval,
        "origin": origin,
        "axes": axes,
        "workers": workers,
    }


def _need_window(size, footprint, structure):
    if size is None and footprint is None and structure is None:
        raise ValueError("`size`, `footprint`, or `structure` must be specified")


def _turned_origins(origin, size, footprint, structure, axes):
    """The origins of a window that is turned about, for each of `axes`."""
    origins = [integer(o, "origin") for o in per_axis(origin, len(axes), "origin")]
    window = footprint if footprint is not None else structure
    if window is None:
        lengths = box_lengths(size, len(axes))
    else:
        shape = dict(zip(sorted(axes), window.shape, strict=False))
        lengths = [shape.get(k, 1) for k in axes]
    return [-o - (n % 2 == 0) for o, n in zip(origins, lengths, strict=True)]
