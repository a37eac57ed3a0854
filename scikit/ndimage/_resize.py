"""Interpolation on grids along the axes, and rotation."""

import math
import warnings

import numpy as np

from scikit.ndimage._docs import shares_docs
from scikit.ndimage._interpolation import check_shape, checked
from scikit.ndimage._interpolator import at_affine_points, on_grid
from scikit.ndimage._support import flag, number, per_axis, result_array


@shares_docs
def shift(
    input, shift, output=None, order=3, mode="constant", cval=0.0, prefilter=True, *, workers=None
):
    """Shift an image by any distance.

    Parameters
    ----------
    %(input_complex)s
    shift : float or sequence of float
        Distance along each axis, in voxels; a positive one moves the image to higher indices.
    %(output_any)s
    %(spline_order)s
    %(mode_interpolation)s
    %(cval_interpolation)s
    %(prefilter)s
    %(workers)s

    Returns
    -------
    ndarray, shape of `input`
        The shifted image; `output` itself if it is an array.

    Raises
    ------
    %(raises_interpolation)s

    See Also
    --------
    fourier_shift : The same for the Fourier transform of a periodic image.

    Notes
    -----
    Cost: ``order + 1`` products a voxel and axis. Along an axis with a whole distance samples are
    moved, not fitted. %(notes_interpolation)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.shift([1.0, 2.0, 3.0, 4.0], 0.5, order=1, cval=-1)
    array([-1. ,  1.5,  2.5,  3.5])
    """
    image, settings = checked(input, order, mode, cval, prefilter, workers)
    output = result_array(output, image, image.dtype.kind == "c")
    distances = [number(s, "shift") for s in per_axis(shift, image.ndim, "shift")]
    with np.errstate(invalid="ignore"):
        places = [np.arange(n) - s for n, s in zip(image.shape, distances, strict=True)]
        on_grid(image, output, settings, places)
    return output


@shares_docs
def zoom(
    input,
    zoom,
    output=None,
    order=3,
    mode="constant",
    cval=0.0,
    prefilter=True,
    *,
    grid_mode=False,
    workers=None,
):
    """Scale an image along its axes.

    Parameters
    ----------
    %(input_complex)s
    zoom : float or sequence of float
        Factor along each axis. An axis of n voxels gets ``round(n * zoom)``.
    %(output_any)s
    %(spline_order)s
    %(mode_interpolation)s
    %(cval_interpolation)s
    %(prefilter)s
    grid_mode : bool, optional
        If False the middles of the outermost voxels stay where they are: the distance between voxels
        becomes ``(n - 1) / (round(n * zoom) - 1)``. If True their outer faces do: it becomes
        ``n / round(n * zoom)``. The second one is what images with a voxel size need, best with a
        grid mode or 'nearest'.
    %(workers)s

    Returns
    -------
    ndarray
        The scaled image; `output` itself if it is an array.

    Raises
    ------
    %(raises_interpolation)s
        Also if a factor is negative or not finite.

    See Also
    --------
    resample : Scales to another voxel size in millimetres, and smooths first if asked.

    Notes
    -----
    Cost: ``order + 1`` products a voxel and axis. Nothing is smoothed: factors below 1 alias.
    %(notes_interpolation)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.zoom([1.0, 3.0], 2, order=1).round(3)
    array([1.   , 1.667, 2.333, 3.   ])
    >>> ndimage.zoom([1.0, 3.0], 2, order=1, grid_mode=True, mode="nearest")
    array([1. , 1.5, 2.5, 3. ])
    """
    image, settings = checked(input, order, mode, cval, prefilter, workers)
    grid_mode = flag(grid_mode, "grid_mode")
    factors = [number(z, "zoom") for z in per_axis(zoom, image.ndim, "zoom")]
    if not all(0 <= z < math.inf for z in factors):
        raise ValueError(f"`zoom` must be finite and not negative, not {zoom!r}")
    wanted = tuple(round(n * z) for n, z in zip(image.shape, factors, strict=True))
    shape = check_shape(wanted, "zoom")
    output = result_array(output, image, image.dtype.kind == "c", shape)
    if all(z == 1 for z in factors) and settings.prefilter:
        output[...] = image
        return output
    if grid_mode and mode in ("constant", "wrap"):
        warnings.warn(
            f"It is recommended to use mode = grid-{mode} instead of {mode} when grid_mode is True.",
            stacklevel=2,
        )
    scale = grid_places if grid_mode else _middle_places
    on_grid(image, output, settings, [scale(n, m) for n, m in zip(image.shape, shape, strict=True)])
    return output


def grid_places(n, m):
    """Coordinates of m voxels that share their outer faces with n."""
    return (np.arange(m) + 0.5) * (n / m if m else 1.0) - 0.5


def _middle_places(n, m):
    """Coordinates of m voxels, the first and last of which are the first and last of n."""
    return np.arange(m) * ((n - 1) / (m - 1) if m != 1 else 1.0)


@shares_docs
def rotate(
    input,
    angle,
    axes=(1, 0),
    reshape=True,
    output=None,
    order=3,
    mode="constant",
    cval=0.0,
    prefilter=True,
    *,
    workers=None,
):
    """Rotate an image in the plane of two axes, about its middle.

    Parameters
    ----------
    %(input_complex)s
    angle : float
        In degrees.
    axes : tuple of int, optional
        The two axes of the plane, in any order.
    reshape : bool, optional
        Whether the result is as large as the turned image needs; else it has the shape of `input`.
    %(output_any)s
    %(spline_order)s
    %(mode_interpolation)s
    %(cval_interpolation)s
    %(prefilter)s
    %(workers)s

    Returns
    -------
    ndarray
        The rotated image; `output` itself if it is an array.

    Raises
    ------
    %(raises_interpolation)s
        Also if `input` has no two axes, or `axes` are not two of its axes.

    See Also
    --------
    affine_transform : Any linear map.

    Notes
    -----
    Cost: ``(order + 1) ** 2`` products a voxel. The planes are copied one behind the other where
    `axes` are not the last two. %(notes_interpolation)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.rotate([[1, 2, 3], [4, 5, 6]], 90)
    array([[3, 6],
           [2, 5],
           [1, 4]])
    """
    image, settings = checked(input, order, mode, cval, prefilter, workers)
    axes = _plane(axes, image.ndim)
    angle = number(angle, "angle")
    if not math.isfinite(angle):
        raise ValueError(f"`angle` must be finite, not {angle}")
    c, s = _cosine(angle), _cosine(angle - 90)
    turn = np.array([[c, s], [-s, c]])
    plane = np.array([image.shape[a] for a in axes])
    turned = plane
    if flag(reshape, "reshape"):
        corners = turn @ [[0, 0, plane[0], plane[0]], [0, plane[1], 0, plane[1]]]
        turned = (np.ptp(corners, axis=1) + 0.5).astype(int)
    offset = (plane - 1) / 2 - turn @ ((turned - 1) / 2)
    shape = list(image.shape)
    for a, n in zip(axes, turned, strict=True):
        shape[a] = int(n)
    output = result_array(output, image, image.dtype.kind == "c", tuple(shape))
    planes, results = (np.moveaxis(array, axes, (-2, -1)) for array in (image, output))
    at_affine_points(planes, results, settings, turn, offset, batch=image.ndim - 2)
    return output


def _plane(axes, ndim):
    """Two axes in ascending order, in 0..ndim-1."""
    if ndim < 2:
        raise ValueError("`input`: input array should be at least 2D")
    try:
        chosen = [float(a) for a in axes]
    except (TypeError, ValueError):
        raise ValueError(f"`axes` should contain only integer values, not {axes!r}") from None
    if len(chosen) != 2:
        raise ValueError(f"`axes` should contain exactly two values, not {axes!r}")
    if not all(a.is_integer() for a in chosen):
        raise ValueError(f"`axes` should contain only integer values, not {axes!r}")
    chosen = sorted(int(a) + ndim * (a < 0) for a in chosen)
    if chosen[0] < 0 or chosen[1] >= ndim or chosen[0] == chosen[1]:
        raise ValueError(
            f"`axes`: invalid rotation plane specified: {axes!r} for {ndim} dimensions"
        )
    return chosen


def _cosine(degrees):
    """Cosine of an angle in degrees, exact at the multiples of 90."""
    turned = math.fmod(abs(degrees), 360.0)
    if turned % 90 == 0:
        return (1.0, 0.0, -1.0, 0.0)[int(turned // 90) % 4]
    return math.cos(math.radians(turned))
