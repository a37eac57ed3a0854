"""Gaussian filters and the one-dimensional passes that they are made of."""

import functools
import math
import operator

import numpy as np

from scikit._core._threads import check_workers
from scikit.ndimage._dask import gaussian_reach, local
from scikit.ndimage._lines import correlation_pass, smooth_lines
from scikit.ndimage._nan import omits_nan
from scikit.ndimage._support import (
    check_axes,
    check_axis,
    check_mode,
    number,
    numeric_image,
    per_axis,
    result_array,
)

_LARGEST_RADIUS = 1 << 31
_SMALL_RADIUS = 200  # weights up to this one are remembered
_HIGHEST_ORDER = 100


@local(gaussian_reach)
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
    nan_policy="propagate",
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
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        What is done with NaNs: they spread over their windows, they are left out (without
        derivatives only), or they are a ValueError.
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
    image = numeric_image(input, "input")
    output = result_array(output, image, image.dtype.kind == "c")
    axis = check_axis(axis, image.ndim)
    weights = _weights(sigma, order, truncate, radius)
    step = correlation_pass(weights, axis, mode, order=order)
    omit = _omits(image, nan_policy, (order,))
    smooth_lines(image, output, [step], cval, check_workers(workers), omit)
    return output


@local(gaussian_reach)
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
    nan_policy="propagate",
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
    nan_policy : {'propagate', 'omit', 'raise'}, optional
        What is done with NaNs: they spread over their windows, they are left out (without
        derivatives only), or they are a ValueError.
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
    image = numeric_image(input, "input")
    output = result_array(output, image, image.dtype.kind == "c")
    workers = check_workers(workers)
    axes = check_axes(axes, image.ndim)
    settings = [
        per_axis(value, len(axes), name)
        for value, name in ((sigma, "sigma"), (order, "order"), (mode, "mode"), (radius, "radius"))
    ]
    passes = [
        gaussian_pass(s, axis, o, m, truncate, r)
        for axis, s, o, m, r in zip(axes, *settings, strict=True)
    ]
    passes = [step for step in passes if step is not None]
    smooth_lines(image, output, passes, cval, workers, _omits(image, nan_policy, settings[1]))
    return output


def _omits(image, nan_policy, orders):
    """Whether NaNs are left out of a mean."""
    omit = omits_nan(image, nan_policy)
    if omit and any(orders):
        raise ValueError("`nan_policy` cannot be 'omit' for derivatives")
    return omit


def gaussian_pass(sigma, axis, order, mode, truncate=4.0, radius=None):
    """A pass of `filter_lines`; None where `sigma` is 0 and the axis is left alone."""
    if number(sigma, "sigma") <= 1e-15:
        check_mode(mode)
        return None
    return correlation_pass(_weights(sigma, order, truncate, radius), axis, mode, order=order)


def _weights(sigma, order, truncate, radius):
    """Weights for correlation, at offsets -radius..radius."""
    sigma = number(sigma, "sigma")
    wanted = number(truncate, "truncate") * sigma + 0.5 if radius is None else 0.0
    if not math.isfinite(sigma) or not math.isfinite(wanted):
        raise ValueError(f"`sigma` and `truncate` must be finite, not {sigma} and {truncate}")
    if radius is None:
        radius = int(wanted)
    try:
        radius = operator.index(radius)
    except TypeError:
        radius = -1
    if not 0 <= radius < _LARGEST_RADIUS:
        raise ValueError(
            "`radius`, or `truncate` times `sigma`: Radius must be a nonnegative integer, below 2**31"
        )
    try:
        order = operator.index(order)
    except TypeError:
        raise TypeError(f"`order` must be an integer, not {order!r}") from None
    if not 0 <= order <= _HIGHEST_ORDER:
        raise ValueError(
            f"`order`: order must be non-negative, and at most {_HIGHEST_ORDER}, not {order}"
        )
    return (_remembered if radius <= _SMALL_RADIUS else _sampled)(sigma, order, radius)


@functools.lru_cache(maxsize=64)
def _remembered(sigma, order, radius):
    """The same as `_sampled`, read-only: half the time of a small image."""
    weights = _sampled(sigma, order, radius)
    weights.flags.writeable = False
    return weights


def _sampled(sigma, order, radius):
    """A derivative of a Gaussian at offsets -radius..radius, turned about."""
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
    q = [np.float64(1.0)]
    for _ in range(order):
        rise = [*(k * c for k, c in enumerate(q) if k), 0.0, 0.0]
        q = [r + slope * c for r, c in zip(rise, [0.0, *q], strict=True)]
    x = x.astype(np.float64)
    value = q[-1] * np.ones_like(x)
    for c in q[-2::-1]:
        value = c + value * x
    return value
