"""Initial value problems at given times: odeint."""

import sys
import warnings
from math import inf, isfinite

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._callback import compiled_function, rhs_callback
from scikit.integrate import _ode_cy, _ode_parts_cy
from scikit.integrate._options import IntegratorOptions, jacobian_callback
from scikit.integrate._problem import integer, number, numbers

_DEFAULT_TOLERANCE = 1.49012e-8
_DEFAULT_MXSTEP = 500
_OK, _STATUS_CALLBACK, _STATUS_STEP, _STATUS_STEPS = 0, 4, 10, 11
_SUCCESS = 2
_CODES = {_OK: _SUCCESS, _STATUS_CALLBACK: -8, _STATUS_STEP: -4, _STATUS_STEPS: -1}
# the words of the first two are SciPy's: programs compare them
_MESSAGES = {
    _SUCCESS: "Integration successful.",
    1: "Nothing was done; the integration time was 0.",
    -1: "Excess work done on this call (the number of steps reached `mxstep`).",
    -4: "The step size became too small (perhaps a singularity, a bad `Dfun` or too small tolerances).",
    -8: "The compiled right-hand side reported a failure.",
}
_PER_POINT = ("hu", "tcur", "tolsf", "tsw", "nst", "nfe", "nje", "nqu", "mused")
_INTEGERS = ("nst", "nfe", "nje", "nqu", "mused")


class ODEintWarning(Warning):
    """Warning raised during the execution of `odeint`."""


def odeint(
    func,
    y0,
    t,
    args=(),
    Dfun=None,
    col_deriv=0,
    full_output=0,
    ml=None,
    mu=None,
    rtol=None,
    atol=None,
    tcrit=None,
    h0=0.0,
    hmax=0.0,
    hmin=0.0,
    ixpr=0,
    mxstep=0,
    mxhnil=0,  # noqa: ARG001
    mxordn=12,
    mxords=5,
    printmessg=0,
    tfirst=False,
):
    """Integrate ``dy/dt = func(y, t, ...)`` and give the solution at the times `t`.

    Parameters
    ----------
    func : callable or compiled function
        ``func(y, t, *args)``, or ``func(t, y, *args)`` if `tfirst`, returns dy/dt, shape (n,). Or a compiled function
        as `solve_ivp` takes it (which always has t first).
    y0 : array_like, shape (n,)
        Start values, float64; a number for one equation.
    t : array_like, shape (m,)
        Increasing or decreasing times, repetitions allowed; ``t[0]`` is where `y0` holds.
    args : tuple
        Further arguments of `func` and `Dfun`.
    Dfun : callable, optional
        Jacobian matrix df_i/dy_j, shape (n, n), or (ml + mu + 1, n) with df_i/dy_j at (i - j + mu, j) if banded;
        called as `func` is. Differences if not given.
    col_deriv : bool
        Whether `Dfun` gives the transpose.
    full_output : bool
        Whether to return a dictionary of statistics too.
    ml, mu : int, optional
        Lower and upper bandwidth of the Jacobian.
    rtol, atol : float or array_like, shape (n,), optional
        The error of a step is kept below ``atol + rtol * abs(y)``; 1.49012e-8 each by default.
    tcrit : array_like, optional
        Times that no step may cross, such as jumps of `func`; the integration starts anew there.
    h0, hmax, hmin : float
        First, largest and smallest step size; 0 for the method's choice.
    ixpr : bool
        Print a line at each change of the method.
    mxstep : int
        Most steps between two values of `t`; 0 for 500.
    mxhnil : int
        Accepted for compatibility: no messages are printed about small steps.
    mxordn, mxords : int
        Highest orders of the Adams (1 to 12) and the BDF (1 to 5) methods.
    printmessg : bool
        Warn with the message also on success.
    tfirst : bool
        Whether t comes before y in the calls.

    Returns
    -------
    y : ndarray, shape (m, n)
        The solution; rows that were not reached hold NaN.
    infodict : dict
        Only if `full_output`. For each of ``t[1:]``: 'hu' last step size, 'tcur' where the solver stands, 'tolsf'
        (0: no tolerance was too small), 'tsw' time of the last change of the method, 'nst' steps, 'nfe' calls of
        `func` (without those for differences), 'nje' Jacobians, 'nqu' order, 'mused' method (1 Adams, 2 BDF); and
        'imxer' (-1), 'lenrw', 'leniw' (numbers in the workspace) and 'message'.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    RuntimeError
        If `func` or `Dfun` return an array of a wrong shape.
    BaseException
        Whatever `func` or `Dfun` raised, as the same object.

    Warns
    -----
    ODEintWarning
        If the integration ends early.

    Notes
    -----
    Adams-Moulton methods of variable order while the problem is not stiff, BDF with fixed leading coefficient [2]_
    while it is [1]_, on one Nordsieck array. Between steps the solution is the step's polynomial; no step
    goes beyond ``t[-1]``. Reentrant and thread-safe.

    References
    ----------
    .. [1] L. Petzold, SIAM J. Sci. Stat. Comput. 4 (1983) 136-148, :doi:`10.1137/0904010`.
    .. [2] P. N. Brown, G. D. Byrne, A. C. Hindmarsh, SIAM J. Sci. Stat. Comput. 10 (1989) 1038-1051,
       :doi:`10.1137/0910062`.

    Examples
    --------
    Inversion recovery of the longitudinal magnetisation with T1 = 0.8 s:

    >>> import numpy as np
    >>> from scikit.integrate import odeint
    >>> t = np.linspace(0, 2, 5)
    >>> m = odeint(lambda m, t: (1 - m) / 0.8, -1.0, t)
    >>> bool(np.allclose(m[:, 0], 1 - 2 * np.exp(-t / 0.8), atol=1e-7))
    True
    """
    t = _check_times(t)
    y0 = _check_start(y0)
    n = len(y0)
    if not isinstance(args, tuple):
        args = (args,)
    if len(t) == 0:
        return np.empty((0, n))
    rtol, atol = _check_tolerances(rtol, atol, n)
    lower, upper = _check_bands(ml, mu, n)
    fun = _time_first(func, tfirst, "func")
    jac = _check_jacobian(Dfun, n, args, col_deriv, lower, upper, tfirst)
    options = IntegratorOptions(
        literal_tol=True,
        min_step=_step_size(hmin, "hmin"),
        max_order=_order(mxordn, 12, "mxordn") + 256 * _order(mxords, 5, "mxords"),
        lower=lower,
        upper=upper,
        jac=jac,
    )
    direction = 1.0 if t[-1] >= t[0] else -1.0
    run = _Run(
        rhs_callback(fun, args, max(n, 1), False),
        (rtol, atol, _step_size(hmax, "hmax") or inf, _step_size(h0, "h0")),
        options,
        integer(mxstep, "mxstep") or _DEFAULT_MXSTEP,
        _bounds(tcrit, t, direction),
        direction,
        bool(ixpr),
    )
    out = np.full((len(t), n), np.nan)
    out[0] = y0
    info = {
        name: np.zeros(len(t) - 1, dtype=np.int32 if name in _INTEGERS else float)
        for name in _PER_POINT
    }
    if n == 0 or t[-1] == t[0]:
        out[:] = y0
        code = _SUCCESS if len(t) > 1 else 1
    else:
        try:
            code = _CODES[run.all(t, y0, out, info if full_output else None)]
        except ValueError as error:
            if str(error).startswith(("`fun` must return", "`jac` must return")):
                raise RuntimeError(_renamed(error)) from None
            raise
        except TypeError as error:
            if str(error).startswith(("`fun` returned", "`jac` must return", "`jac` returned")):
                raise TypeError(_renamed(error)) from None
            raise
    if code < 0:
        warnings.warn(
            f"{_MESSAGES[code]} Run with full_output = 1 to get quantitative information.",
            ODEintWarning,
            stacklevel=2,
        )
    elif printmessg:
        warnings.warn(_MESSAGES[code], ODEintWarning, stacklevel=2)
    if not full_output:
        return out
    width = n if lower < 0 else 2 * lower + upper + 1
    info |= {"imxer": -1, "lenrw": (13 + 7 + 2 * width) * n, "leniw": n, "message": _MESSAGES[code]}
    return out, info


def _renamed(error):
    """An error's words with the names of this function's arguments."""
    return str(error).replace("`fun`", "`func`").replace("`jac`", "`Dfun`")


class _Run:
    """One call's integration, piece by piece between critical times."""

    def __init__(self, callback, control, options, most_steps, bounds, direction, verbose):
        self.callback, self.control, self.options = callback, control, options
        self.most_steps, self.bounds = most_steps, bounds
        self.direction, self.verbose = direction, verbose
        self.past = [0, 0, 0]  # steps, calls and Jacobians of the pieces that are done
        self.switched = 0.0

    def all(self, t, y0, out, info):
        """Fill `out` and `info` (or None); the kernel's status."""
        first, start = 1, t[0]
        for bound in self.bounds:
            last = first
            while last < len(t) and self.direction * (t[last] - bound) <= 0:
                last += 1
            solver = self._solver(start, bound, y0)
            status, count = _OK, 0
            if info is None and not self.verbose:
                status, first, count = self._fast(solver, t, first, last, out)
            if status == _OK and (first < last or solver.t != bound):
                status = self._slow(solver, t, first, last, out, info, count, bound)
            if status != _OK:
                return status
            nfev, njev, _, nsteps, _ = solver.counts()
            self.past = [a + b for a, b in zip(self.past, (nsteps, nfev, njev), strict=True)]
            first, start, y0 = last, bound, solver.y
        return _OK

    def _solver(self, start, bound, y0):
        rtol, atol, hmax, h0 = self.control
        self.options.max_steps = self.most_steps
        h0 = min(h0, abs(bound - start))
        return _ode_cy.Integrator(
            self.callback, "LSODA", start, bound, y0, False, rtol, atol, hmax, h0, self.options
        )

    def _fast(self, solver, t, first, last, out):
        """In the kernel alone, as far as the steps for one value of t reach."""
        points = np.ascontiguousarray(t[first:last])
        status, times, _, _, values = solver.run(True, False, points)
        reached = 0 if values is None else len(values)
        if reached:
            out[first : first + reached] = values
        first += reached
        if status != _STATUS_STEPS:
            return status, first, 0
        return _OK, first, int((self.direction * (times[1:] - t[first - 1]) > 0).sum())

    def _slow(self, solver, t, first, last, out, info, count, bound):
        """Step by step, with statistics for each value of t."""
        solver.max_steps = 2**63 - 1
        for k in range(first, last + 1):
            goal = t[k] if k < last else bound
            while self.direction * (solver.t - goal) < 0:
                if count >= self.most_steps:
                    return _STATUS_STEPS
                order = solver.order
                status = solver.step()
                if status != _OK:
                    return status
                count += 1
                if order * solver.order < 0:
                    self.switched = solver.t_old
                    if self.verbose:
                        name = "BDF" if solver.order < 0 else "Adams"
                        sys.stdout.write(f"odeint: from t = {solver.t_old} on with {name}\n")
            count = 0
            if k < last:
                out[k] = _value(solver, goal)
                if info is not None:
                    self._note(solver, info, k - 1)
        return _OK

    def _note(self, solver, info, k):
        nfev, njev, _, nsteps, _ = solver.counts()
        info["hu"][k] = solver.t - solver.t_old
        info["tcur"][k] = solver.t
        info["tsw"][k] = self.switched
        info["nst"][k] = nsteps + self.past[0]
        info["nfe"][k] = nfev + self.past[1]
        info["nje"][k] = njev + self.past[2]
        info["nqu"][k] = abs(solver.order)
        info["mused"][k] = 2 if solver.order < 0 else 1


def _value(solver, t):
    """The solution at t, which the last step covers."""
    if t == solver.t:
        return solver.y
    if t == solver.t_old:
        return solver.y_old
    x = np.array([(t - solver.t_old) / (solver.t - solver.t_old)])
    return _ode_parts_cy.interpolate(solver.interpolant()[None], np.zeros(1, dtype=np.int64), x)[0]


def _time_first(fun, tfirst, name):
    """`fun` with the arguments (t, y, ...)."""
    if compiled_function(fun) is not None:
        return fun
    if not callable(fun):
        raise TypeError(
            f"`{name}` must be callable or a compiled function, not {type(fun).__name__}"
        )
    return fun if tfirst else lambda t, y, *args: fun(y, t, *args)


def _check_jacobian(Dfun, n, args, col_deriv, lower, upper, tfirst):
    if Dfun is None:
        return None
    jac = _time_first(Dfun, tfirst, "Dfun")
    return jacobian_callback(jac, args, n, False, lower, upper, transposed=bool(col_deriv))


def _check_times(t):
    t = numbers(t, "t")
    if t.ndim != 1:
        raise ValueError(f"`t` must be 1-dimensional, not {t.ndim}-dimensional")
    if not np.isfinite(t).all():
        raise ValueError("`t` must not contain infs or NaNs")
    steps = np.diff(t)
    if not ((steps >= 0).all() or (steps <= 0).all()):
        raise ValueError(
            "The values in `t` must be monotonically increasing or monotonically decreasing; "
            "repeated values are allowed."
        )
    return t


def _check_start(y0):
    y0 = to_numpy(y0, "y0")
    if y0.dtype.kind not in "biuf":
        raise TypeError(f"`y0` must hold real numbers, not {y0.dtype}")
    if y0.ndim > 1:
        raise ValueError(f"`y0` must be 1-dimensional, not {y0.ndim}-dimensional")
    y0 = np.array(y0, dtype=np.float64, ndmin=1)
    if not np.isfinite(y0).all():
        raise ValueError("`y0` must not contain infs or NaNs")
    return y0


def _check_tolerances(rtol, atol, n):
    """Two floats, or two arrays of n."""
    checked = []
    for value, name in ((rtol, "rtol"), (atol, "atol")):
        value = numbers(_DEFAULT_TOLERANCE if value is None else value, name)
        if value.ndim and value.shape != (n,):
            raise ValueError(f"`{name}` must be a number or have shape ({n},), not {value.shape}")
        if not (value >= 0).all():
            raise ValueError(f"`{name}` must not be negative, and is {value!r}")
        checked.append(value)
    if all(value.ndim == 0 for value in checked):
        return tuple(float(value) for value in checked)
    return tuple(np.broadcast_to(value, n).astype(float) for value in checked)


def _check_bands(ml, mu, n):
    """Bandwidths, or -1, -1 for a full matrix."""
    ml, mu = (
        -1 if band is None else integer(band, name) for band, name in ((ml, "ml"), (mu, "mu"))
    )
    if ml < 0 and mu < 0:
        return -1, -1
    ml, mu = max(ml, 0), max(mu, 0)
    for band, name in ((ml, "ml"), (mu, "mu")):
        if band >= max(n, 1):
            raise ValueError(f"`{name}` is {band}, but there are {n} equations")
    return ml, mu


def _bounds(tcrit, t, direction):
    """Where a piece of the integration ends: critical times inside, and the last of t."""
    inside = []
    if tcrit is not None:
        times = np.ravel(numbers(tcrit, "tcrit"))
        if np.isnan(times).any():
            raise ValueError("`tcrit` must not contain NaNs")
        inside = {float(c) for c in times if direction * (c - t[0]) > 0 > direction * (c - t[-1])}
    return [*sorted(inside, reverse=direction < 0), float(t[-1])]


def _step_size(value, name):
    value = number(value, name)
    if not (value >= 0 and isfinite(value)):
        raise ValueError(f"`{name}` must not be negative, and finite; it is {value!r}")
    return value


def _order(value, highest, name):
    value = integer(value, name)
    if value < 1:
        raise ValueError(f"`{name}` must be at least 1, and is {value!r}")
    return min(value, highest)
