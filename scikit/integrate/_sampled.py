"""Integrals of functions that are known by samples."""

import math
import operator

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.integrate import _sampled_cy


def trapezoid(y, x=None, dx=1.0, axis=-1):
    """Integral along an axis by the trapezoidal rule.

    Parameters
    ----------
    y : array_like
        Samples, of real or complex numbers.
    x : array_like, optional
        Where they were taken: 1-D of as many points as `y` has along `axis`, or an array that broadcasts against `y`.
    dx : float, optional
        Spacing of the samples if `x` is not given.
    axis : int, optional
        Axis to integrate along.

    Returns
    -------
    float or ndarray
        The integral; `y`'s shape without `axis`. float16, float32 and complex64 stay; integers become float64.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If the shapes do not fit or `axis` does not exist.

    See Also
    --------
    cumulative_trapezoid : Running integral.
    simpson, romb : Higher order.
    quad : Functions that can be evaluated.

    Notes
    -----
    One pass over the data, in float64. Along the last axis blocks of 1024 samples are added with compensation: the
    rounding error does not grow with the number of samples. Samples of a masked array that are masked add nothing,
    nor do the trapezoids that they belong to. Runs without the GIL.

    References
    ----------
    .. [1] A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, ZAMM 54, 1974.
       :doi:`10.1002/zamm.19740540106`

    Examples
    --------
    >>> from scikit.integrate import trapezoid
    >>> float(trapezoid([1, 2, 3], x=[4, 6, 8]))
    8.0
    """
    if isinstance(y, np.ma.MaskedArray) or isinstance(x, np.ma.MaskedArray):
        return _trapezoid_masked(y, x, dx, axis)
    y, axis, dtype = samples(y, axis)
    if y.shape[axis] < 2:
        if x is not None:
            places_of(x, y, axis, broadcast=True)
        return _scalar(np.zeros(without(y.shape, axis), dtype))
    return _integral(y, x, dx, axis, dtype, simpson=False)


def simpson(y, x=None, *, dx=1.0, axis=-1):
    """Integral along an axis by Simpson's rule.

    Parameters
    ----------
    y : array_like
        Samples, of real or complex numbers.
    x : array_like, optional
        Where they were taken: 1-D of as many points as `y` has along `axis`, or of `y`'s number of dimensions.
    dx : float, optional
        Spacing of the samples if `x` is not given.
    axis : int, optional
        Axis to integrate along.

    Returns
    -------
    float or ndarray
        The integral; `y`'s shape without `axis`. float16, float32 and complex64 stay; integers become float64.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If there is no sample, the shapes do not fit or `axis` does not exist.

    See Also
    --------
    cumulative_simpson : Running integral.
    trapezoid, romb : Other orders.

    Notes
    -----
    Exact for parabolas, and for cubics if the number of samples is odd and they are equally spaced. With an even number
    the last interval gets the integral of the parabola through the last three samples [1]_; two samples make a
    trapezoid. See `trapezoid` for accuracy and cost. Runs without the GIL.

    References
    ----------
    .. [1] K. V. Cartwright, Simpson's Rule Cumulative Integration with MS Excel and Irregularly-spaced Data, Journal of
       Mathematical Sciences and Mathematics Education 12(2), 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import simpson
    >>> float(simpson(np.arange(10.0) ** 2))
    243.0
    """
    y, axis, dtype = samples(y, axis)
    if y.shape[axis] == 0:
        raise ValueError("`y` must have at least one sample along `axis`")
    if x is not None:
        x = places_of(x, y, axis, broadcast=False)
    if y.shape[axis] == 1:
        return _scalar(np.zeros(without(y.shape, axis), dtype))
    return _integral(y, x, dx, axis, dtype, simpson=True)


def romb(y, dx=1.0, axis=-1, show=False):
    """Integral along an axis by Romberg's method, from 2**k + 1 equally spaced samples.

    Parameters
    ----------
    y : array_like
        Samples, 2**k + 1 of them along `axis`.
    dx : float, optional
        Spacing of the samples.
    axis : int, optional
        Axis to integrate along.
    show : bool, optional
        Print the table of extrapolation, if there is a single integral.

    Returns
    -------
    float or ndarray
        The integral; `y`'s shape without `axis`.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If there is another number of samples or `axis` does not exist.

    See Also
    --------
    simpson, trapezoid : Any number of samples.

    Notes
    -----
    Trapezoidal rules of spacings dx, 2 dx, 4 dx, ... are extrapolated to spacing 0 [1]_. Threads do not disturb each
    other.

    References
    ----------
    .. [1] W. Romberg, Vereinfachte numerische Integration, Det Kongelige Norske Videnskabers Selskab Forhandlinger
       28, 1955.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import romb
    >>> round(float(romb(np.exp(np.linspace(0, 1, 17)), dx=1 / 16)), 12)
    1.718281828459
    """
    y, axis, _ = samples(y, axis)
    intervals = y.shape[axis] - 1
    if intervals < 1 or intervals & (intervals - 1):
        raise ValueError(
            "Number of samples in `y` must be one plus a non-negative power of 2, "
            f"not {intervals + 1}."
        )
    y = np.moveaxis(y, axis, -1)
    dx = to_numpy(dx, "dx")
    numeric(dx, "dx")
    width = dx * float(intervals)
    rows = [[(y[..., 0] + y[..., -1]) / 2.0 * width]]
    step = intervals
    while step > 1:
        width = width / 2
        inner = y[..., step // 2 :: step].sum(axis=-1)
        row = [rows[-1][0] / 2 + inner * width]
        for k, before in enumerate(rows[-1], 1):
            row.append(row[-1] + (row[-1] - before) / (4**k - 1))
        rows.append(row)
        step //= 2
    result = rows[-1][-1]
    if show and np.ndim(result) == 0:
        print("Romberg's table: trapezoidal rules, and their extrapolations")  # noqa: T201
        for row in rows:
            print(" ".join(f"{value:8.5f}" for value in row))  # noqa: T201
    return result


def samples(y, axis):
    """`y` as an array of numbers, `axis` counted from the front, and the dtype of an integral."""
    y = to_numpy(y, "y")
    numeric(y, "y")
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(f"`axis` must be an integer, not {type(axis).__name__}") from None
    if not -y.ndim <= axis < y.ndim:
        raise ValueError(f"`axis` {axis} does not exist: `y` has {y.ndim} dimensions")
    if y.dtype.kind in "biu":
        y = y.astype(np.float64)
    return y, axis % y.ndim, y.dtype.newbyteorder("=")


def numeric(array, name):
    if array.dtype.kind not in "biufc":
        raise TypeError(f"`{name}` must hold numbers, not {array.dtype}")


def without(shape, axis):
    return shape[:axis] + shape[axis + 1 :]


def _scalar(array):
    return array[()]


def places_of(x, y, axis, broadcast):
    """`x` as an array that is 1-D, or has `y`'s number of dimensions and its length along `axis`."""
    x = to_numpy(x, "x")
    numeric(x, "x")
    if not broadcast and x.ndim not in (1, y.ndim):
        raise ValueError("If given, shape of `x` must be 1-D or the same as `y`.")
    if x.ndim == 0 or x.ndim > y.ndim:
        raise ValueError(f"`x` of shape {x.shape} does not fit `y` of shape {y.shape}")
    along = 0 if x.ndim == 1 else axis - y.ndim
    if x.shape[along] != y.shape[axis] and not (broadcast and 1 in (x.shape[along], y.shape[axis])):
        raise ValueError("If given, length of `x` along `axis` must be the same as `y`.")
    if x.ndim > 1:
        try:
            if np.broadcast_shapes(x.shape, y.shape) != y.shape:
                raise ValueError
        except ValueError:
            raise ValueError(
                f"`x` of shape {x.shape} does not fit `y` of shape {y.shape}"
            ) from None
    return x


def spacing(dx):
    try:
        return float(dx)
    except (TypeError, ValueError):
        raise TypeError(f"`dx` must be a real number, not {dx!r}") from None


def by_parts(y, work):
    """`work` on real samples: of a complex `y` on its two parts."""
    if y.dtype.kind != "c":
        return work(y)
    real = work(y.real)
    out = np.empty(real.shape, np.complex128)
    out.real = real
    out.imag = work(y.imag)
    return out


def folded(y, axis):
    """`y` as (outer, n, inner) float64."""
    outer, inner = math.prod(y.shape[:axis]), math.prod(y.shape[axis + 1 :])
    return np.ascontiguousarray(y, np.float64).reshape(outer, y.shape[axis], inner)


def rows_of(y, axis):
    """`y` as (rows, n) float64."""
    last = np.ascontiguousarray(np.moveaxis(y, axis, -1), np.float64)
    return last.reshape(-1, y.shape[axis])


def _integral(y, x, dx, axis, dtype, simpson):
    shape = without(y.shape, axis)
    if x is not None:
        x = places_of(x, y, axis, broadcast=True)
    if 0 in shape:
        return np.zeros(shape, dtype)
    if x is None and np.ndim(dx):
        dx = to_numpy(dx, "dx")
        numeric(dx, "dx")
        if not simpson:  # spacings that broadcast against the intervals, as SciPy's
            high = (slice(None),) * axis + (slice(1, None),)
            low = (slice(None),) * axis + (slice(None, -1),)
            return _scalar((dx * (y[high] + y[low]) / 2.0).sum(axis=axis))
        unit = _integral(y, None, 1.0, axis, np.result_type(dtype, np.float64), simpson)
        if np.broadcast_shapes(unit.shape, dx.shape) != unit.shape:
            raise ValueError(f"`dx` must have a shape that fits {unit.shape}, not {dx.shape}")
        return unit * dx
    if x is not None and x.dtype.kind == "c":
        real, imag = (
            _integral(y, part, 1.0, axis, np.complex128, simpson) for part in (x.real, x.imag)
        )
        return real + 1j * imag
    dx = 1.0 if x is not None else spacing(dx)
    out = by_parts(y, lambda part: _integral_of_reals(part, x, dx, axis, simpson))
    return _scalar(out.reshape(shape).astype(dtype, copy=False))


def _integral_of_reals(y, x, dx, axis, simpson):
    if x is not None and x.ndim > 1 and x.size == x.shape[axis - y.ndim]:
        x = x.reshape(-1)
    if x is not None:
        x = np.asarray(x, np.float64)
    if x is not None and x.ndim > 1:
        places = rows_of(np.broadcast_to(x, y.shape), axis)
        return _sampled_cy.integrate_rows(simpson, rows_of(y, axis), places, 1.0)
    if x is not None:
        x = np.ascontiguousarray(np.broadcast_to(x, (y.shape[axis],)))
    lines = folded(y, axis)
    if lines.shape[2] > 1:
        return _sampled_cy.integrate_middle(simpson, lines, x, dx)
    places = None if x is None else x.reshape(1, -1)
    return _sampled_cy.integrate_rows(simpson, lines[:, :, 0], places, dx)


def _trapezoid_masked(y, x, dx, axis):
    """The rule in array operations, for masked arrays."""
    y = np.ma.asanyarray(y)
    numeric(y, "y")
    if not -y.ndim <= operator.index(axis) < y.ndim:
        raise ValueError(f"`axis` {axis} does not exist: `y` has {y.ndim} dimensions")
    axis %= y.ndim
    if x is not None:
        x = np.ma.asanyarray(x)
        numeric(x, "x")
        dx = np.ma.diff(x, axis=0 if x.ndim == 1 else axis)
        if x.ndim == 1:
            dx = dx.reshape([-1 if k == axis else 1 for k in range(y.ndim)])
    high = (slice(None),) * axis + (slice(1, None),)
    low = (slice(None),) * axis + (slice(None, -1),)
    return (dx * (y[high] + y[low]) / 2.0).sum(axis=axis)
