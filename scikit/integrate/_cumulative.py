"""Running integrals of functions that are known by samples."""

import operator

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.integrate import _sampled_cy
from scikit.integrate._sampled import (
    by_parts,
    folded,
    numeric,
    places_of,
    rows_of,
    samples,
    spacing,
    without,
)


def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    """Running integral along an axis by the trapezoidal rule.

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
    initial : 0 or None, optional
        0 puts a zero before the running integral, which makes it as long as `y`.

    Returns
    -------
    ndarray
        The integral up to each sample after the first.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If there is no sample, the shapes do not fit, `axis` does not exist, or `initial` is another number.

    See Also
    --------
    cumulative_simpson : Higher order.
    trapezoid : The integral alone.

    Notes
    -----
    One pass over the data, in float64. Runs without the GIL.

    References
    ----------
    .. [1] P. J. Davis, P. Rabinowitz, Methods of Numerical Integration, 2nd ed., Academic Press, 1984, sec. 2.1.

    Examples
    --------
    >>> from scikit.integrate import cumulative_trapezoid
    >>> cumulative_trapezoid([0.0, 1.0, 2.0, 3.0], initial=0)
    array([0. , 0.5, 2. , 4.5])
    """
    y, axis, dtype = samples(y, axis)
    if y.shape[axis] == 0:
        raise ValueError("At least one point is required along `axis` of `y`.")
    if initial is not None and not (np.isscalar(initial) and initial == 0):
        raise ValueError("`initial` must be `None` or `0`.")
    if x is not None:
        x = places_of(x, y, axis, broadcast=False)
    lead = initial is not None
    if (x is not None and x.dtype.kind == "c") or (x is None and np.ndim(dx)):
        return _cumulative_plain(y, x, dx, axis, lead)
    width = spacing(dx) if x is None else 1.0
    return by_parts(y, lambda part: _cumulative_trapezoid(part, x, width, axis, lead)).astype(
        dtype, copy=False
    )


def cumulative_simpson(y, *, x=None, dx=1.0, axis=-1, initial=None):
    """Running integral along an axis by Simpson's rule.

    Parameters
    ----------
    y : array_like
        Samples, of real or complex numbers.
    x : array_like, optional
        Where they were taken, strictly increasing: 1-D of as many points as `y` has along `axis`, or of `y`'s shape.
    dx : float or array_like, optional
        Spacing of the samples if `x` is not given; a number, or one for each line (length 1 along `axis`).
    axis : int, optional
        Axis to integrate along.
    initial : float or array_like, optional
        Value at the first sample, put before the others and added to them; a number, or one for each line (length 1
        along `axis`).

    Returns
    -------
    ndarray
        The integral up to each sample after the first, or to each sample with `initial`.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If there is no sample, the shapes do not fit, `axis` does not exist or `x` does not increase.

    See Also
    --------
    cumulative_trapezoid : Lower order.
    simpson : The integral alone.

    Notes
    -----
    Each interval gets the integral of a parabola through its ends and a third sample: the one after it for the first,
    third, ... interval, the one before it for the others and for the last [1]_. With one or two samples the
    trapezoidal rule is used. Computed in float64 without the GIL.

    References
    ----------
    .. [1] K. V. Cartwright, Simpson's Rule Cumulative Integration with MS Excel and Irregularly-spaced Data, Journal of
       Mathematical Sciences and Mathematics Education 12(2), 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import cumulative_simpson
    >>> cumulative_simpson(np.arange(4.0) ** 2, initial=0)
    array([0.        , 0.33333333, 2.66666667, 9.        ])
    """
    y = to_numpy(y, "y")
    numeric(y, "y")
    if not -y.ndim <= operator.index(axis) < y.ndim:
        raise ValueError(f"`axis={axis}` is not valid for `y` with `y.ndim={y.ndim}`.")
    axis %= y.ndim
    n = y.shape[axis]
    if n == 0:
        raise ValueError("At least one point is required along `axis` of `y`.")
    line = (*y.shape[:axis], 1, *y.shape[axis + 1 :])
    if x is not None:
        x = to_numpy(x, "x")
        numeric(x, "x")
        if (x.ndim != 1 and x.shape != y.shape) or (x.ndim == 1 and len(x) != n):
            raise ValueError("If given, shape of `x` must be the same as `y` or 1-D.")
        x = _real_places(x)
        if not np.all(np.diff(x, axis=axis if x.ndim > 1 else 0) > 0):
            raise ValueError("Input x must be strictly increasing.")
    else:
        dx = _per_line(dx, "dx", line)
    if initial is not None:
        initial = _per_line(initial, "initial", line)
    floats = np.dtype(np.float64)
    if y.size and y.dtype.kind in "fc":
        floats = y.dtype.newbyteorder("=")
    out = by_parts(y, lambda part: _cumulative_simpson(part, x, dx, axis, initial is not None))
    if initial is not None:
        out = out + initial
        floats = np.result_type(floats, initial.dtype if initial.dtype.kind == "c" else floats)
    return out.astype(floats, copy=False)


def _real_places(x):
    if x.dtype.kind == "c":
        raise TypeError("`x` must be real")
    return np.ascontiguousarray(x, np.float64)


def _cumulative_plain(y, x, dx, axis, lead):
    """The rule in array operations, for complex places and arrays of spacings."""
    if x is not None:
        dx = np.diff(x, axis=0 if x.ndim == 1 else axis)
        if x.ndim == 1:
            dx = dx.reshape([-1 if k == axis else 1 for k in range(y.ndim)])
    else:
        dx = to_numpy(dx, "dx")
        numeric(dx, "dx")
    high = (slice(None),) * axis + (slice(1, None),)
    low = (slice(None),) * axis + (slice(None, -1),)
    out = np.cumsum(dx * (y[high] + y[low]) / 2.0, axis=axis)
    if lead:
        out = np.concatenate([np.zeros_like(np.take(out, [0], axis)), out], axis=axis)
    return out


def _cumulative_trapezoid(y, x, dx, axis, lead):
    n = y.shape[axis]
    shape = (*y.shape[:axis], n - 1 + lead, *y.shape[axis + 1 :])
    if 0 in shape:
        return np.zeros(shape)
    if x is not None:
        x = _real_places(x)
    if x is not None and x.ndim > 1:
        # each line has its own places: along the last axis, one line after another
        rows, places = rows_of(y, axis), rows_of(np.broadcast_to(x, y.shape), axis)
        lines = [
            _sampled_cy.cumulative_trapezoid(row.reshape(1, n, 1), place, 1.0, lead)[0, :, 0]
            for row, place in zip(rows, places, strict=True)
        ]
        moved = np.array(lines).reshape(*without(y.shape, axis), -1)
        return np.ascontiguousarray(np.moveaxis(moved, -1, axis))
    return _sampled_cy.cumulative_trapezoid(folded(y, axis), x, dx, lead).reshape(shape)


def _cumulative_simpson(y, x, dx, axis, lead):
    n = y.shape[axis]
    shape = (*y.shape[:axis], n - 1 + lead, *y.shape[axis + 1 :])
    if 0 in shape:
        return np.zeros(shape)
    if n < 3:
        if x is None:
            return _cumulative_trapezoid(y, None, 1.0, axis, lead) * dx
        return _cumulative_trapezoid(y, x, 1.0, axis, lead)
    rows = rows_of(y, axis)
    if x is not None:
        places = x.reshape(1, -1) if x.ndim == 1 else rows_of(x, axis)
        out = _sampled_cy.cumulative_simpson(rows, places, None, lead)
    else:
        widths = dx.reshape(1) if dx.ndim == 0 else rows_of(dx, axis)[:, 0].copy()
        out = _sampled_cy.cumulative_simpson(rows, None, widths, lead)
    moved = out.reshape(*without(y.shape, axis), -1)
    return np.ascontiguousarray(np.moveaxis(moved, -1, axis))


def _per_line(value, name, line):
    """`value` as an array of no dimension or of the shape `line`."""
    value = to_numpy(value, name)
    numeric(value, name)
    if value.ndim and value.shape != line:
        raise ValueError(
            f"If provided, `{name}` must either be a scalar or have length 1 along `axis` and the "
            f"other lengths of `y`: {line}, not {value.shape}."
        )
    if name == "dx" and value.dtype.kind == "c":
        raise TypeError("`dx` must be real")
    return value.astype(np.result_type(value.dtype, np.float64))
