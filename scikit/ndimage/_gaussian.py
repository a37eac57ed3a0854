"""Gaussian filters and the one-dimensional passes that they are made of."""

import operator

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.ndimage._correlate1d_cy import TYPES, UNIT
from scikit.ndimage._correlate1d_cy import correlate1d as _kernel
from scikit.ndimage._support import check_axes, per_axis, result_array

_MODES = {
    "nearest": 0,
    "wrap": 1,
    "grid-wrap": 1,
    "reflect": 2,
    "grid-mirror": 2,
    "mirror": 3,
    "constant": 4,
    "grid-constant": 4,
}
_SLAB_PRODUCTS = 1 << 24  # products in a slab: a few milliseconds
_LARGEST_RADIUS = 1 << 31


def gaussian_filter1d(
    input,
    sigma,
    axis=-1,
    order=0,
    output=None,
    mode="reflect",
    cval=0.0,
    truncate=4.0,
    *,
    radius=None,
    workers=None,
):
    """Smooth along one axis with a Gaussian, or take a derivative of the smoothed image.

    Parameters
    ----------
    input : array_like
        Image of real or complex numbers or booleans, any shape.
    sigma : float
        Standard deviation of the Gaussian, in voxels.
    axis : int, optional
        The axis to filter along.
    order : int, optional
        0 smooths; above, correlate with this derivative of the Gaussian.
    output : dtype, str or ndarray, optional
        Type of the result, or an array of the shape of `input` that takes it, which may overlap
        `input`. The default is the type of `input`.
    mode : str, optional
        How the image goes on beyond its ends: 'reflect' or 'grid-mirror' (d c b a | a b c d),
        'mirror' (d c b | a b c d), 'nearest' (a a a | a b c d), 'wrap' or 'grid-wrap'
        (b c d | a b c d), 'constant' or 'grid-constant' (the value of `cval`).
    cval : scalar, optional
        Value beyond the ends with mode 'constant'.
    truncate : float, optional
        The Gaussian is cut off after this many standard deviations.
    radius : int, optional
        Where to cut off, in voxels, in place of `truncate`.
    workers : int, optional
        Number of threads; -1 means all processors. The result has the same bits for any.

    Returns
    -------
    ndarray, shape of `input`
        The filtered image; `output` itself if it is an array.

    Raises
    ------
    ValueError
        If `sigma` or `radius` is negative, not finite or absurdly large, `order` is negative, or
        `axis` out of range.
    TypeError
        If `input` does not hold numbers, or `order` is no integer.
    RuntimeError
        If `mode` is unknown, `output` has the wrong shape or is not complex for a complex image, or
        a type has no kernel (float16, long double).

    See Also
    --------
    gaussian_filter : The same along several axes.

    Notes
    -----
    Images of float32 with ``order=0`` are summed in float32, with an error of at most ``(2 * radius
    + 2) * 2**-24`` times the largest value; all others are summed in double and stored in the type
    of `output`, integers truncated toward zero. Cost: ``2 * radius + 1`` products a voxel.
    Thread-safe.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.gaussian_filter1d(np.array([0.0, 0.0, 1.0, 0.0, 0.0]), 1).round(3)
    array([0.058, 0.242, 0.399, 0.242, 0.058])
    """
    image = _check_image(input)
    output = result_array(output, image, image.dtype.kind == "c")
    axis = _check_axis(axis, image.ndim)
    weights = _weights(sigma, order, truncate, radius)
    _correlate(image, weights, axis, order, output, mode, cval, check_workers(workers))
    return output


def gaussian_filter(
    input,
    sigma,
    order=0,
    output=None,
    mode="reflect",
    cval=0.0,
    truncate=4.0,
    *,
    radius=None,
    axes=None,
    workers=None,
):
    """Smooth with a Gaussian along several axes, or take derivatives of the smoothed image.

    Parameters
    ----------
    input : array_like
        Image of real or complex numbers or booleans, any shape.
    sigma : float or sequence of float
        Standard deviation of the Gaussian, in voxels, for each of `axes`; an axis with 0 is left
        alone.
    order : int or sequence of int, optional
        Order of the derivative along each of `axes`; 0 smooths.
    output : dtype, str or ndarray, optional
        Type of the result, or an array of the shape of `input` that takes it, which may overlap
        `input`. The default is the type of `input`.
    mode : str or sequence of str, optional
        How the image goes on beyond its ends, for each of `axes`; see `gaussian_filter1d`.
    cval : scalar, optional
        Value beyond the ends with mode 'constant'.
    truncate : float, optional
        The Gaussian is cut off after this many standard deviations.
    radius : int or sequence of int, optional
        Where to cut off along each of `axes`, in voxels, in place of `truncate`.
    axes : int or sequence of int, optional
        The axes to filter along, in this order; the default is all.
    workers : int, optional
        Number of threads; -1 means all processors. The result has the same bits for any.

    Returns
    -------
    ndarray, shape of `input`
        The filtered image; `output` itself if it is an array.

    Raises
    ------
    ValueError
        If a `sigma` or `radius` is not finite or absurdly large, an `order` is negative, or `axes`
        are not those of `input`.
    TypeError
        If `input` does not hold numbers, or an `order` is no integer.
    RuntimeError
        If a sequence has not one entry for each axis, a `mode` is unknown, `output` has the wrong
        shape or is not complex for a complex image, or a type has no kernel (float16, long double).

    See Also
    --------
    gaussian_filter1d : The same along one axis.

    Notes
    -----
    The axes are filtered one after the other, and what is between is stored in the type of
    `output`: integers lose their fractions along each axis. For accuracy and cost see
    `gaussian_filter1d`.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.zeros((3, 3))
    >>> image[1, 1] = 1
    >>> ndimage.gaussian_filter(image, 0.5).round(3)
    array([[0.011, 0.084, 0.011],
           [0.084, 0.619, 0.084],
           [0.011, 0.084, 0.011]])
    """
    image = _check_image(input)
    output = result_array(output, image, image.dtype.kind == "c")
    workers = check_workers(workers)
    axes = check_axes(axes, image.ndim)
    settings = [
        per_axis(value, len(axes), name)
        for value, name in ((sigma, "sigma"), (order, "order"), (mode, "mode"), (radius, "radius"))
    ]
    passes = [
        (_weights(s, o, truncate, r), axis, o, m)
        for axis, s, o, m, r in zip(axes, *settings, strict=True)
        if not _number(s, "sigma") <= 1e-15
    ]
    for *_, m in passes:
        _check_mode(m)
    if not passes:
        output[...] = image
    for weights, axis, o, m in passes:
        _correlate(image, weights, axis, o, output, m, cval, workers)
        image = output
    return output


def _check_image(value):
    """`value` as an array of a type that has a kernel."""
    image = to_numpy(value, "input")
    if image.dtype.kind not in "biufc":
        raise TypeError(f"`input` must hold numbers, not {image.dtype}")
    return image


def _check_axis(axis, ndim):
    """`axis` in 0..ndim-1."""
    try:
        number = operator.index(axis)
    except TypeError:
        raise TypeError(f"`axis` must be an integer, not {axis!r}") from None
    if not -ndim <= number < ndim:
        raise np.exceptions.AxisError(number, ndim, "`axis`")
    return number % ndim


def _check_mode(mode):
    """The kernel's code for `mode`."""
    if not isinstance(mode, str) or mode not in _MODES:
        raise RuntimeError(
            f"`mode`: boundary mode not supported: {mode!r}; known are {', '.join(_MODES)}"
        )
    return _MODES[mode]


def _number(value, name):
    """`value` as a float."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a real number, not {value!r}") from None


def _weights(sigma, order, truncate, radius):
    """Weights for correlation, at offsets -radius..radius."""
    sigma = _number(sigma, "sigma")
    wanted = _number(truncate, "truncate") * sigma + 0.5 if radius is None else 0.0
    if not np.isfinite(sigma) or not np.isfinite(wanted):
        raise ValueError(f"`sigma` and `truncate` must be finite, not {sigma} and {truncate}")
    if radius is None:
        radius = int(wanted)
    try:
        radius = operator.index(radius)
    except TypeError:
        radius = -1
    if not 0 <= radius < _LARGEST_RADIUS:
        raise ValueError("`radius`: Radius must be a nonnegative integer (and below 2**31).")
    try:
        order = operator.index(order)
    except TypeError:
        raise TypeError(f"`order` must be an integer, not {order!r}") from None
    if order < 0:
        raise ValueError(f"`order`: order must be non-negative, not {order}")
    x = np.arange(-radius, radius + 1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        gauss = np.exp(-0.5 / np.float64(sigma * sigma) * x**2)
        gauss = gauss / gauss.sum()
        return np.ascontiguousarray((_derivative_factor(sigma, order, x) * gauss)[::-1])


def _derivative_factor(sigma, order, x):
    """The polynomial q with gauss^(order)(x) = q(x) gauss(x).

    From q_0 = 1 and q_{m+1}(x) = q_m'(x) - x q_m(x) / sigma^2.
    """
    if order == 0:
        return 1.0
    slope = -1.0 / np.float64(sigma * sigma)
    q = np.zeros(order + 2)
    q[0] = 1.0
    power = np.arange(order + 2)
    for _ in range(order):
        q = np.append(power[1:] * q[1:], 0.0) + np.append(0.0, slope * q[:-1])
    return np.polynomial.polynomial.polyval(x.astype(np.float64), q)


def _correlate(image, weights, axis, order, output, mode, cval, workers):
    """Filter `image` along `axis` into `output`; part by part where it is complex."""
    mode = _check_mode(mode)
    if output.dtype.kind == "c":
        try:
            cval = complex(cval)
        except TypeError:
            raise TypeError(f"`cval` must be a number, not {cval!r}") from None
        parts = [image.real, image.imag] if image.dtype.kind == "c" else [image]
        values = [cval.real, cval.imag]
        filtered = []
        for part, value in zip(parts, values, strict=False):
            filtered.append(np.empty(image.shape, output.real.dtype.newbyteorder("=")))
            _correlate_real(part, weights, axis, order, filtered[-1], mode, value, workers)
        output.real = filtered[0]
        output.imag = filtered[1] if len(filtered) > 1 else 0
        return
    _correlate_real(image, weights, axis, order, output, mode, _number(cval, "cval"), workers)


def _type_code(dtype, name):
    """The kernel's code of a type."""
    code = TYPES.get(dtype.str[1:])
    if code is None:
        raise RuntimeError(f"`{name}`: data type not supported: {dtype}")
    return code


def _correlate_real(image, weights, axis, order, output, mode, cval, workers):
    """The same for real types of any layout."""
    _type_code(image.dtype, "input")
    _type_code(output.dtype, "output")
    if image.size == 0:
        return
    source = np.require(image, image.dtype.newbyteorder("="), ["C", "A"])
    direct = (
        output.flags.carray
        and output.dtype.isnative
        and (
            not np.may_share_memory(source, output)
            # line by line in place is safe only where the arrays are the same bytes
            or (source.ctypes.data == output.ctypes.data and source.dtype == output.dtype)
        )
    )
    target = output if direct else np.empty(image.shape, output.dtype.newbyteorder("="))
    n = image.shape[axis]
    shape = (int(np.prod(image.shape[:axis])), n, int(np.prod(image.shape[axis + 1 :])))
    narrow = order == 0 and source.dtype == np.float32 and target.dtype == np.float32
    codes = _type_code(source.dtype, "input"), _type_code(target.dtype, "output")
    src, dst = (a.reshape(-1).view(np.uint8) for a in (source, target))
    units = -(-shape[0] * shape[2] // UNIT)
    piece = max(1, _SLAB_PRODUCTS // (UNIT * n * weights.size))
    run_slabs(
        lambda u0, u1: _kernel(
            src, codes[0], dst, codes[1], shape, weights, 0, mode, cval, narrow, u0, u1
        ),
        slabs(units, piece),
        workers,
    )
    if not direct:
        output[...] = target
