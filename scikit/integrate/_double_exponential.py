"""Tanh-sinh quadrature of many integrals at once: abscissae, transforms, sums and error estimates.

The substitution x = tanh(pi/2 sinh t) on (-1, 1) makes the trapezoidal rule converge exponentially (H. Takahasi,
M. Mori, Publ. RIMS 9 (1974) 721-741, doi:10.2977/prims/1195192451). Level k has the step h0 / 2**k and adds the odd
multiples of it to the points of the levels before. Points are kept as the distance 1 - |x| from the end of the
interval, which is exact also where x itself rounds to 1 (J. Vanherck, B. Soree, W. Magnus, arXiv:2007.15057).
"""

import functools

import numpy as np

_STEPS = 8  # of the level 0, from t = 0 to the last t
_KEPT_LEVEL = 12  # larger levels' points are made again every time
_INTEGRALS_AT_ONCE = 2**13

CONVERGED, NOT_CONVERGED, NOT_FINITE, STOPPED, RUNNING = 0, -2, -3, -4, 1


def _level(dtype, level):
    """Distances from the end of (-1, 1) and weights (without the step) of what `level` adds, by rising t."""
    double = np.float64
    smallest = double(np.finfo(dtype).tiny)
    # the last point lies 4 * tiny from the end: 1 - x = 2 / (1 + exp(pi sinh t))
    t_last = np.arcsinh(np.log(2 / (4 * smallest) - 1) / np.pi)
    h = t_last / _STEPS / 2**level
    j = np.arange(_STEPS + 1) if level == 0 else np.arange(1, _STEPS * 2**level, 2)
    t = j * h
    u = np.pi / 2 * np.sinh(t)
    distance = 1 / (np.exp(u) * np.cosh(u))
    weight = np.pi / 2 * np.cosh(t) / np.cosh(u) ** 2
    if level == 0:
        weight[0] /= 2  # t = 0 is in both halves
    return t, distance.astype(dtype), weight.astype(dtype), h


_level_kept = functools.lru_cache(maxsize=64)(_level)


def level_points(dtype, level):
    """t, distances, weights and step of what `level` adds; read-only."""
    arrays = (_level_kept if level <= _KEPT_LEVEL else _level)(np.dtype(dtype), level)
    for x in arrays[:3]:
        x.flags.writeable = False
    return arrays


class Intervals:
    """Integrals over (a, b), each end finite or not, mapped to (-1, 1).

    Parameters
    ----------
    a, b : ndarray (n,)
        Limits in any order.
    """

    def __init__(self, a, b):
        swapped = b < a
        self.sign = np.where(swapped, -1, 1).astype(a.dtype)
        a, b = np.where(swapped, b, a), np.where(swapped, a, b)
        self.both = np.isneginf(a) & np.isposinf(b)
        # (-inf, b) is turned around: the integral of f(-y) over (-b, inf)
        turned = np.isneginf(a) & ~self.both
        self.turn = np.where(turned, -1, 1).astype(a.dtype)
        a, b = np.where(turned, -b, a), np.where(turned, -a, b)
        self.half = np.isposinf(b) & ~self.both
        self.a, self.b = a, b
        self.all_finite = not (self.half.any() or self.both.any())

    def middle(self):
        """A point within each interval."""
        with np.errstate(invalid="ignore", over="ignore"):
            x = np.where(self.both, 0, np.where(self.half, self.a + 1, self.a / 2 + self.b / 2))
        return (self.turn * x).astype(self.a.dtype)

    def points(self, distance, rows):
        """Abscissae (n, 2 m), the mapping's derivative there, and whether they lie within the open interval.

        The first m belong to the lower end, the others to the upper one.
        """
        d = distance[np.newaxis, :]
        a, b = self.a[rows, np.newaxis], self.b[rows, np.newaxis]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            alpha = b / 2 - a / 2
            x = np.concatenate((a + alpha * d, b - alpha * d), axis=1)
            scale = np.broadcast_to(alpha, x.shape)
            if not self.all_finite:
                x, scale = x.copy(), scale.copy()
                self._points_to_infinity(x, scale, distance, rows)
            inside = (x > a) & (x < b) & np.isfinite(scale)
        turn = self.turn[rows]
        if (turn < 0).any():
            x *= turn[:, np.newaxis]
        return x, scale, inside

    def _points_to_infinity(self, x, scale, distance, rows):
        half, both = self.half[rows], self.both[rows]
        if half.any():
            # x = a + 1/s - 1 for s in (0, 1); s = 1 - c near a and s = c near infinity
            c = distance / 2
            shift = np.concatenate((c / (1 - c), (1 - c) / c))
            x[half] = self.a[rows][half][:, np.newaxis] + shift
            scale[half] = 0.5 * np.concatenate((1 / (1 - c) ** 2, 1 / c / c))
        if both.any():
            # x = s / (1 - s**2), with 1 - s**2 = d (2 - d) where s = 1 - d
            inner = distance * (2 - distance)
            upper = (1 - distance) / inner
            x[both] = np.concatenate((-upper, upper))
            slope = (1 + (1 - distance) ** 2) / inner / inner
            scale[both] = np.concatenate((slope, slope))


def log_sum(terms):
    """log(sum(exp(terms))) along the last axis, for real and complex terms."""
    if terms.shape[-1] == 0:
        return np.full(terms.shape[:-1], -np.inf, terms.dtype)
    top = terms.real.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(terms - top).sum(axis=-1)) + top[..., 0]


def log_difference(x, y):
    """log|exp(x) - exp(y)|, real."""
    top = np.maximum(x.real, y.real)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        return np.log(np.abs(np.exp(x - top) - np.exp(y - top))) + top


class Sums:
    """Running trapezoidal sums of n integrals, and what their error estimates need.

    Parameters
    ----------
    n : int
    dtype : dtype
        Of the integrals.
    log : bool
        Whether integrands and integrals are logarithms.
    """

    def __init__(self, n, dtype, log):
        self.log = log
        empty = -np.inf if log else 0
        real = np.finfo(dtype).dtype
        self.eps = np.finfo(dtype).eps
        self.total = np.full(n, empty, dtype)
        self.value = np.full(n, np.nan, dtype)
        self.before = [np.full(n, np.nan, dtype), np.full(n, np.nan, dtype)]
        self.largest = np.full(n, -np.inf, real)  # log of the largest term
        self.end_t = np.full((2, n), -1.0)  # where the outermost term on each side is
        self.end_term = np.full((2, n), -np.inf, real)  # and its logarithm

    def keep(self, rows):
        """Go on with these integrals only."""
        for name in ("total", "value", "largest"):
            setattr(self, name, getattr(self, name)[rows])
        self.before = [x[rows] for x in self.before]
        self.end_t, self.end_term = self.end_t[:, rows], self.end_term[:, rows]

    def add(self, f, scale, inside, t, weight, h):
        """Take in one level: values f, derivatives of the mapping and `inside`, each (n, 2 m)."""
        weight = np.concatenate((weight, weight))
        inside = inside & np.isfinite(f.real if self.log else f)
        if self.log:
            inside |= np.isneginf(f.real) & np.isfinite(scale)  # the integrand is 0
            with np.errstate(divide="ignore", invalid="ignore"):
                terms = f + (np.log(scale) + np.log(weight))
            terms = np.where(inside, terms, -np.inf)
            added, size = log_sum(terms), terms.real
        else:
            with np.errstate(over="ignore", invalid="ignore"):
                terms = f * (scale * weight)
            inside &= np.isfinite(terms)
            if not inside.all():
                terms = np.where(inside, terms, 0)
            with np.errstate(over="ignore", invalid="ignore"):  # an integral that diverges
                added = terms.sum(axis=-1)
            with np.errstate(divide="ignore"):
                size = np.log(np.abs(terms))
        self.before = [self.value, self.before[0]]
        if self.log:
            self.total = log_sum(np.stack((self.total, added), axis=-1))
            self.value = self.total + np.asarray(np.log(h), self.largest.dtype)
        else:
            self.total = self.total + added
            self.value = self.total * self.largest.dtype.type(h)
        self.largest = np.maximum(self.largest, size.max(axis=-1))
        self._outermost(size, inside, t)

    def _outermost(self, size, inside, t):
        m = len(t)
        for side in (0, 1):
            seen = inside[:, side * m : (side + 1) * m]
            last = m - 1 - np.argmax(seen[:, ::-1], axis=1)
            rows = np.arange(len(last))
            better = seen[rows, last] & (t[last] > self.end_t[side])
            self.end_t[side] = np.where(better, t[last], self.end_t[side])
            self.end_term[side] = np.where(better, size[rows, side * m + last], self.end_term[side])

    def log_error(self):
        """Logarithm of the error (D. H. Bailey, K. Jeyabalan, X. S. Li, Exp. Math. 14 (2005) 317, section 5).

        The change from the level before, or what a doubling of the digits predicts where that is less; never below
        the rounding of the result.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.log:
                d1 = log_difference(self.value, self.before[0])
                d2 = log_difference(self.value, self.before[1])
                size = self.value.real
            else:
                d1 = np.log(np.abs(self.value - self.before[0]))
                d2 = np.log(np.abs(self.value - self.before[1]))
                size = np.log(np.abs(self.value))
            floor = np.log(self.eps)
            d3 = floor + self.largest
            d4 = self.end_term.max(axis=0)
            # where two levels agree entirely, the quotient says nothing
            quadratic = np.where(np.isfinite(d1) & np.isfinite(d2) & (d2 != 0), d1 * d1 / d2, d1)
            predicted = np.fmax(np.fmax(quadratic, 2 * d1), np.fmax(d3, d4))
            error = np.maximum(np.minimum(d1, predicted), floor + size)
        return np.where(np.isnan(self.before[1].real), np.nan, error).astype(self.largest.dtype)


def integrate(function, intervals, first, *, log, levels, tolerances, callback=None):
    """Refine until every integral has converged.

    Parameters
    ----------
    function : Elementwise
        After its ``first``.
    intervals : Intervals
        For the elements of the inputs; ``function.row`` says which one an output element has.
    first : ndarray
        The integrands at one point each; NaN ends an integral at once.
    log : bool
    levels : (int, int)
        Smallest and largest level.
    tolerances : (float, float)
        Absolute and relative; logarithms with `log`.
    callback : callable, optional
        Gets a dict of the result's arrays; returns whether to stop.

    Returns
    -------
    dict of str to ndarray
        Flat: status, integral, error, nfev, maxlevel.
    """
    n, dtype, row = len(function.row), function.out_dtype, function.row
    dtype = _log_dtype(dtype, log, intervals)
    real = np.finfo(dtype).dtype
    out = {
        "status": np.full(n, RUNNING, np.int32),
        "integral": np.full(n, np.nan, dtype),
        "error": np.full(n, np.nan, real),
        "nfev": np.ones(n, np.int32),
        "maxlevel": np.full(n, levels[0] - 1, np.int64),
    }
    with np.errstate(invalid="ignore"):
        failed = np.isnan(first)
        same = (intervals.a == intervals.b)[row] & ~failed
    out["maxlevel"][same | failed] = -1
    out["status"][failed] = NOT_FINITE
    out["status"][same] = CONVERGED
    for name in ("integral", "error"):
        out[name][same] = -np.inf if log else 0
    active = np.flatnonzero(out["status"] == RUNNING)
    if callback is not None and callback(out):
        out["status"][active] = STOPPED
        return out
    # many integrals go in parts, to bound the memory; not where the caller sees all of them
    whole = callback is not None or function.preserve_shape
    size = len(active) if whole else _INTEGRALS_AT_ONCE
    for start in range(0, len(active), max(size, 1)):
        part = active[start : start + size]
        _run(function, intervals, part, log, levels, tolerances, callback, out)
    return out


def _run(function, intervals, active, log, levels, tolerances, callback, out):
    """Refine the integrals `active`."""
    sums = Sums(len(active), function.out_dtype, log)
    minlevel, maxlevel = levels
    for level in range(minlevel, maxlevel + 1):
        new = range(0 if level == minlevel else level, level + 1)
        _refine(function, intervals, sums, active, new, out)
        going = _judge(intervals.sign[function.row[active]] < 0, sums, active, log, tolerances, out)
        out["maxlevel"][active] = level
        active = active[going]
        sums.keep(going)
        if callback is not None and callback(out):
            out["status"][active] = STOPPED
            return
        if active.size == 0:
            return
    out["status"][active] = NOT_CONVERGED


def _judge(turned, sums, active, log, tolerances, out):
    """Store integrals and errors; which of them go on."""
    value, log_error = sums.value, sums.log_error()
    if log:
        out["integral"][active] = value + np.where(turned, np.pi * 1j, 0) if turned.any() else value
        out["error"][active] = log_error
        done = log_error < np.maximum(tolerances[0], tolerances[1] + value.real)
    else:
        out["integral"][active] = np.where(turned, -value, value)
        out["error"][active] = error = np.exp(log_error)
        done = error < np.maximum(tolerances[0], tolerances[1] * np.abs(value))
    bad = np.isnan(value) | (np.isposinf(value.real) if log else np.isinf(value))
    out["status"][active[bad]] = NOT_FINITE
    out["status"][active[done & ~bad]] = CONVERGED
    return ~(done | bad)


def _log_dtype(dtype, log, intervals):
    """Limits in falling order make the integral of a positive function negative, its logarithm complex."""
    if log and (intervals.sign < 0).any():
        return np.result_type(dtype, np.complex64)
    return dtype


def _refine(function, intervals, sums, active, levels, out):
    """Evaluate the integrands at the points of `levels`, in one call, and add them up level by level."""
    dtype = function.dtype
    tables = [level_points(dtype, level) for level in levels]
    distance = np.concatenate([d for _, d, _, _ in tables])
    if function.preserve_shape:
        rows = slice(None)
        place = function.row[active]
    else:
        rows, place = active, slice(None)
    # levels one after the other, each with its lower and its upper half
    parts, start = [], 0
    for _, d, _, _ in tables:
        parts.append(slice(start, start + len(d)))
        start += len(d)
    x, scale, inside = intervals.points(distance, rows)
    value = np.asarray(function(x, active))
    for (t, _, weight, h), part in zip(tables, parts, strict=True):
        both = (
            np.r_[part, start + part.start : start + part.stop] if len(tables) > 1 else slice(None)
        )
        sums.add(
            value[:, both].astype(sums.total.dtype, copy=False),
            scale[:, both][place],
            inside[:, both][place],
            t,
            weight,
            h,
        )
    out["nfev"][active] += 2 * start
