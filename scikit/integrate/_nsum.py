"""Sums of series with many or infinitely many terms: nsum."""

import operator
from math import inf

import numpy as np

from scikit.integrate import _double_exponential as de
from scikit.integrate._elementwise import Elementwise, check_flag, check_tolerance
from scikit.integrate._result import RichResult
from scikit.integrate._tanhsinh import default_rtol

_INVALID, _LARGE_LAST_TERM = -1, -4
_MAXTERMS = 2**20
_LEVELS = (2, 10)
_CHUNK = 2**20  # values of f in one call of the direct sums


def nsum(f, a, b, *, step=1, args=(), kwargs=None, log=False, maxterms=2**20, tolerances=None):
    """Sum the terms of series, finite or infinite, many at once.

    The sum of ``f(a), f(a + step), ...`` up to `b`, for a smooth, positive function with one maximum at most, defined
    for all real numbers between `a` and `b`.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)``, elementwise, as for `tanhsinh`; NaN where its argument is NaN.
    a, b : array_like of float
        First and last place; they may be infinite. The sum is 0 where ``b < a``.
    step : array_like of float
        Distance of the places, positive and finite; the number of terms is ``floor((b - a) / step) + 1``.
    args : tuple of array_like
        Further arguments of `f`, broadcast with `a`, `b` and `step`.
    kwargs : dict of str to array_like, optional
        The same, passed by name.
    log : bool
        Whether `f` returns the terms' logarithms; then the tolerances, the sum and the error are logarithms too.
    maxterms : int
        Largest number of terms that are added one by one, for one series.
    tolerances : dict, optional
        ``atol`` (0) and ``rtol`` (``eps**0.5``).

    Returns
    -------
    RichResult
        With the fields, all of the broadcast shape,

        ``success`` : bool
            Whether ``status`` is 0.
        ``status`` : int32
            0 converged; -1 `a`, `b` or `step` is not valid; -2 the integral of the rest did not converge, the sum
            may be infinite; -3 a value was not finite; -4 the last term that was added exceeds the tolerance:
            a larger `maxterms` may help.
        ``sum``, ``error`` : float
        ``nfev`` : int32
            Number of points at which `f` was evaluated.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    BaseException
        Whatever `f` raised, as the same object.

    Notes
    -----
    Terms are added until one is below the tolerance and the terms are falling (looked for at the places ``a + step *
    2**i``), at most `maxterms`; the rest is an integral, by `tanhsinh`, with half of the first and of the last term
    that it stands for: the first terms of the Euler-Maclaurin formula [1]_. The error is half their difference plus the
    integral's error: for terms that fall monotonically, the rest lies within it. A sum to both infinities is cut at 0.
    Thread-safe.

    References
    ----------
    .. [1] DLMF, section 2.10(i), https://dlmf.nist.gov/2.10.E1.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import nsum
    >>> res = nsum(lambda k, p: k**-p, 1, np.inf, args=([2.0, 4.0],))
    >>> np.allclose(res.sum, [np.pi**2 / 6, np.pi**4 / 90], rtol=1e-12)
    True
    """
    log = check_flag(log, "log")
    maxterms = _check_maxterms(maxterms)
    atol, rtol = _check_tolerances(tolerances, log)
    function = Elementwise(f, {"a": a, "b": b, "step": step}, args, kwargs)
    first = function.first(function.limits[0])
    if rtol is None:
        rtol = default_rtol(function.out_dtype, 0.5, log)
    series = _Series(function, first, log, maxterms, (atol, rtol))
    series.run()
    fields = {
        "success": series.status == 0,
        "status": series.status,
        "sum": series.sum,
        "error": series.error,
        "nfev": series.nfev,
    }
    return RichResult({name: x.reshape(function.shape)[()] for name, x in fields.items()})


def _check_maxterms(maxterms):
    message = "`maxterms` must be a non-negative integer."
    try:
        count = maxterms if isinstance(maxterms, float) else operator.index(maxterms)
        if count != int(count) or count < 0:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ValueError(message) from None
    return int(count)


def _check_tolerances(tolerances, log):
    tolerances = {} if tolerances is None else tolerances
    if not isinstance(tolerances, dict):
        raise TypeError(f"`tolerances` must be a dict, not {type(tolerances).__name__}")
    unknown = set(tolerances) - {"atol", "rtol"}
    if unknown:
        raise ValueError(f"`tolerances` has unknown keys: {sorted(map(str, unknown))}")
    return (
        check_tolerance(tolerances.get("atol"), "tolerances['atol']", -inf if log else 0.0, log),
        check_tolerance(tolerances.get("rtol"), "tolerances['rtol']", None, log),
    )


class _Oriented:
    """f along one direction from a finite place: what the integrator and the direct sums call."""

    preserve_shape = False

    def __init__(self, function, rows, turn):
        self.function, self.rows, self.turn = function, rows, turn
        self.dtype, self.out_dtype = function.dtype, function.out_dtype
        self.row = np.arange(len(rows))

    def __call__(self, x, active):
        return self.function(x * self.turn[active][:, np.newaxis], self.rows[active])

    def at(self, x, active):
        return self.function.at(x * self.turn[active], self.rows[active])


class _Series:
    """The sums in progress, flat arrays of n elements."""

    def __init__(self, function, first, log, maxterms, tolerances):
        self.function, self.log, self.maxterms, self.tolerances = (
            function,
            log,
            maxterms,
            tolerances,
        )
        self.a, self.b, self.step = function.limits
        n = len(first)
        dtype, real = function.out_dtype, np.finfo(function.out_dtype).dtype
        self.empty = -np.inf if log else 0
        self.first = first
        self.eps = np.finfo(dtype).eps
        self.sum = np.full(n, np.nan, dtype)
        self.error = np.full(n, np.nan, real)
        self.status = np.full(n, _INVALID, np.int32)
        self.nfev = np.ones(n, np.int32)

    def run(self):
        a, b, step = self.a, self.b, self.step
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            valid = ~np.isnan(a) & ~np.isnan(b) & np.isfinite(step) & (step > 0)
            nothing = valid & (b < a)
            forward = valid & ~nothing & np.isfinite(a)
            last = np.floor((b - a) / step)
            direct = forward & (last + 1 <= self.maxterms)
            b = np.where(forward & np.isfinite(b), a + last * step, b)
        both = valid & np.isneginf(a) & np.isposinf(b)
        # at an infinite place on the wrong side there is no first term to begin with
        empty = valid & (np.isposinf(a) | np.isneginf(b))
        nothing |= empty
        self.sum[nothing], self.error[nothing], self.status[nothing] = self.empty, self.empty, 0
        rows = np.flatnonzero(direct & ~nothing)
        if rows.size:
            self._direct(rows, last)
        self._indirect(np.flatnonzero(forward & ~direct & ~nothing), a, b, 1)
        backward = valid & ~nothing & np.isneginf(a) & ~both
        self._indirect(np.flatnonzero(backward), -b, np.full_like(b, np.inf), -1)
        self._both_ways(np.flatnonzero(both))

    def _direct(self, rows, last):
        sign = np.ones(len(rows), self.a.dtype)
        view = _Oriented(self.function, rows, sign)
        count = last[rows].astype(np.int64) + 1
        total = self._partial_sum(view, self.a[rows], self.step[rows], count)
        self.nfev[rows] += count.astype(np.int32)
        self.sum[rows] = total
        size = total.real if self.log else np.abs(total)
        self.error[rows] = size + np.log(self.eps) if self.log else size * self.eps
        finite = ~np.isnan(total) & ~np.isposinf(size)
        self.status[rows] = np.where(finite, 0, de.NOT_FINITE)

    def _both_ways(self, rows):
        """A sum over all integers times step: two sums from 0, which has been counted twice."""
        if rows.size == 0:
            return
        parts, zero = [], np.zeros_like(self.a)
        for turn in (1, -1):
            self._indirect(rows, zero, np.full_like(zero, np.inf), turn)
            parts.append((self.sum[rows].copy(), self.error[rows].copy(), self.status[rows].copy()))
        middle = self.function.at(zero[rows], rows).astype(self.sum.dtype)
        self.nfev[rows] += 1
        (s1, e1, t1), (s2, e2, t2) = parts
        if self.log:
            twice = middle + np.log(np.expm1(np.logaddexp(s1.real, s2.real) - middle.real))
            self.sum[rows], self.error[rows] = twice, np.logaddexp(e1, e2)
        else:
            self.sum[rows], self.error[rows] = s1 + s2 - middle, e1 + e2
        self.status[rows] = np.where(t1 != 0, t1, t2)

    def _indirect(self, rows, a, b, turn):
        """Terms one by one as long as they matter, the integral of the rest."""
        if rows.size == 0:
            return
        view = _Oriented(self.function, rows, np.full(len(rows), turn, self.a.dtype))
        a, b, step = a[rows], b[rows], self.step[rows]
        whole, _, _ = self._integral(view, a, b, step)
        known = ~np.isnan(whole)
        if not known.all():
            self.status[rows[~known]] = de.NOT_FINITE
            rows, a, b, step, whole = rows[known], a[known], b[known], step[known], whole[known]
            view = _Oriented(self.function, rows, view.turn[known])
        if self.log:
            tolerance = np.maximum(self.tolerances[0], self.tolerances[1] + whole.real)
        else:
            tolerance = self.tolerances[0] + self.tolerances[1] * np.abs(whole)
        count, small_enough, at_c = self._where_small(view, a, b, step, tolerance)
        total = self._partial_sum(view, a, step, count)
        self.nfev[rows] += count.astype(np.int32)
        c = a + count.astype(a.dtype) * step
        rest, rest_error, status = self._integral(view, c, b, step)
        at_b = np.full(len(rows), self.empty, self.sum.dtype)
        finite = np.flatnonzero(np.isfinite(b))
        if finite.size:
            at_b[finite] = view.at(b[finite], finite)
            self.nfev[rows[finite]] += 1
        self._combine(rows, (total, rest, at_c, at_b), (rest_error, status, small_enough))

    def _combine(self, rows, values, judged):
        total, rest, at_c, at_b = values
        rest_error, status, small_enough = judged
        with np.errstate(invalid="ignore"):
            if self.log:
                half = np.log(0.5)
                ends = de.log_sum(np.stack((at_c, at_b), axis=-1)) + half
                self.sum[rows] = de.log_sum(np.stack((total, rest, ends), axis=-1))
                difference = de.log_difference(at_c, at_b) + half
                self.error[rows] = np.logaddexp(difference, rest_error)
                size = self.sum[rows].real
                bad = np.isnan(self.sum[rows]) | np.isposinf(size)
                bad_terms = np.isnan(total) | np.isposinf(total.real)
            else:
                self.sum[rows] = total + rest + (at_c + at_b) / 2
                self.error[rows] = np.abs(at_c - at_b) / 2 + rest_error
                bad_terms = ~np.isfinite(total)
                bad = ~np.isfinite(self.sum[rows])
        status = np.where((status == 0) & bad, de.NOT_FINITE, status)
        status = np.where((status == 0) & ~small_enough, _LARGE_LAST_TERM, status)
        status = np.where(bad_terms, de.NOT_FINITE, status)
        broken = rows[status == de.NOT_FINITE]
        self.sum[broken] = np.nan
        self.error[broken] = np.nan
        self.status[rows] = status

    def _integral(self, view, a, b, step):
        """The integral of f over (a, b), divided by step, its error and the status."""
        intervals = de.Intervals(a, b)
        first = view.at(intervals.middle(), view.row).astype(view.out_dtype)
        rtol = self.tolerances[1]
        out = de.integrate(
            view,
            intervals,
            first,
            log=self.log,
            levels=_LEVELS,
            tolerances=(self.tolerances[0], rtol),
        )
        self.nfev[view.rows] += out["nfev"]
        value, error = out["integral"].astype(self.sum.dtype), out["error"]
        if self.log:
            return value - np.log(step), error - np.log(step), out["status"]
        return value / step, error / step, out["status"]

    def _where_small(self, view, a, b, step, tolerance):
        """Numbers of terms to add; whether the first one left out is small and no maximum follows; its value."""
        room = np.where(np.isfinite(b), np.floor((b - a) / step), np.inf)
        powers = [2**i for i in range(max(self.maxterms, 1).bit_length()) if 2**i < self.maxterms]
        offsets = np.array([*powers, self.maxterms], a.dtype)
        x = a[:, np.newaxis] + offsets * step[:, np.newaxis]
        here = view(x, view.row)
        after = view(x + step[:, np.newaxis], view.row)
        self.nfev[view.rows] += 2 * len(offsets)
        with np.errstate(invalid="ignore"):
            good = (here.real < tolerance[:, np.newaxis]) & (after.real <= here.real)
            good &= offsets <= room[:, np.newaxis]
        found = good.any(axis=1)
        place = np.where(found, np.argmax(good, axis=1), len(offsets) - 1)
        return offsets[place].astype(np.int64), found, here[view.row, place].astype(self.sum.dtype)

    def _partial_sum(self, view, a, step, count):
        """Sums of the first `count` terms; series of one length together, in calls of bounded size."""
        total = np.full(len(a), self.empty, self.sum.dtype)
        for n in np.unique(count):
            rows = np.flatnonzero(count == n)
            per_call = max(1, _CHUNK // max(int(n), 1))
            for start in range(0, len(rows), per_call):
                some = rows[start : start + per_call]
                x = a[some, np.newaxis] + np.arange(n).astype(a.dtype) * step[some, np.newaxis]
                terms = view(x, some).astype(total.dtype)
                total[some] = de.log_sum(terms) if self.log else terms.sum(axis=-1)
        return total
