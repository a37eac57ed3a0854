"""Smallest and largest voxel of a window."""

from scikit.ndimage._dask import line_reach, local, window_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._support import check_axis, integer, real_image
from scikit.ndimage._window_extremes import extreme_filter
from scikit.ndimage._windows import warn_of_size


@local(line_reach)
@shares_docs
def minimum_filter1d(
    input,
    size,
    axis=-1,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    nan_policy="propagate",
    workers=None,
):
    """Smallest voxel of a window along one axis.

    Parameters
    ----------
    %(input)s
    size : int
        Length of the window.
    %(line)s
    %(nan_policy)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    minimum_filter : Of a window of any shape.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.minimum_filter1d([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([2, 0, 0, 0, 1, 1, 0, 0])
    """
    return _extreme1d(input, False, size, axis, output, mode, cval, origin, nan_policy, workers)


@local(line_reach)
@shares_docs
def maximum_filter1d(
    input,
    size,
    axis=-1,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    nan_policy="propagate",
    workers=None,
):
    """Largest voxel of a window along one axis.

    Parameters
    ----------
    %(input)s
    size : int
        Length of the window.
    %(line)s
    %(nan_policy)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    maximum_filter : Of a window of any shape.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.maximum_filter1d([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([8, 8, 8, 4, 9, 9, 9, 9])
    """
    return _extreme1d(input, True, size, axis, output, mode, cval, origin, nan_policy, workers)


def _extreme1d(input, maximum, size, axis, output, mode, cval, origin, nan_policy, workers):
    image = real_image(input, "input")
    axis = check_axis(axis, image.ndim)
    size = integer(size, "size")
    return extreme_filter(
        image, maximum, size, None, None, output, mode, cval, origin, (axis,), workers, nan_policy
    )


@local(window_reach)
@shares_docs
def minimum_filter(
    input,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    nan_policy="propagate",
    workers=None,
):
    """Smallest voxel of a window.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    %(placing)s
    %(nan_policy)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    grey_erosion : The same, with heights too.

    Notes
    -----
    Voxels are compared in their own type. A box is filtered one axis after the other by doubling
    windows, at a cost of about ``log2(size)`` comparisons a voxel and axis; other windows by their
    chords [1]_, at one comparison a voxel and chord. The result for NaNs is one of the window's
    voxels, which one is not said. Thread-safe.

    References
    ----------
    .. [1] E. R. Urbach, M. H. F. Wilkinson, "Efficient 2-D grayscale morphological transformations
       with arbitrary flat structuring elements", IEEE Transactions on Image Processing 17 (2008)
       1-8, :doi:`10.1109/TIP.2007.912582`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.minimum_filter([[3, 2, 1], [6, 5, 4], [9, 8, 7]], size=2)
    array([[3, 2, 1],
           [3, 2, 1],
           [6, 5, 4]])
    """
    warn_of_size(size, footprint)
    return extreme_filter(
        input, False, size, footprint, None, output, mode, cval, origin, axes, workers, nan_policy
    )


@local(window_reach)
@shares_docs
def maximum_filter(
    input,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    nan_policy="propagate",
    workers=None,
):
    """Largest voxel of a window.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    %(placing)s
    %(nan_policy)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    minimum_filter : Its notes on cost and NaN hold here too.
    grey_dilation : The same with the window turned about, and with heights too.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.maximum_filter([[3, 2, 1], [6, 5, 4], [9, 8, 7]], size=2)
    array([[3, 3, 2],
           [6, 6, 5],
           [9, 9, 8]])
    """
    warn_of_size(size, footprint)
    return extreme_filter(
        input, True, size, footprint, None, output, mode, cval, origin, axes, workers, nan_policy
    )
