"""Initial value problems: solve_ivp."""

import warnings
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._callback import rhs_callback
from scikit.integrate import _ode_cy
from scikit.integrate._events import handle_events, prepare_events
from scikit.integrate._solution import OdeResult, OdeSolution

METHODS = tuple(_ode_cy.METHODS)

_EPS = float(np.finfo(float).eps)
_STATUS_STEP = 10  # the step size fell below the spacing of the numbers
MESSAGES = {
    0: "The solver successfully reached the end of the integration interval.",
    1: "A termination event occurred.",
}


def solve_ivp(
    fun,
    t_span,
    y0,
    method="RK45",
    t_eval=None,
    dense_output=False,
    events=None,
    vectorized=False,
    args=None,
    *,
    rtol=1e-3,
    atol=1e-6,
    max_step=inf,
    first_step=None,
    **options,
):
    """Solve an initial value problem for a system of ordinary differential equations.

    Integrates ``dy/dt = fun(t, y)`` from ``y(t0) = y0``.

    Parameters
    ----------
    fun : callable or compiled function
        ``fun(t, y, *args)`` returns dy/dt, shape (n,). Or a compiled function
        ``int f(double t, const double *y, double *dydt, void *data)`` (``void`` is accepted for ``int``; a value
        other than 0 ends the integration): a ``numba.cfunc`` object, a ``scipy.LowLevelCallable``, a ctypes or
        cffi function pointer, or a PyCapsule named with that signature. Then no Python code runs during the
        integration.
    t_span : (float, float)
        Start and end; the end may lie before the start.
    y0 : array_like, shape (n,)
        Start values; real, or complex for a Python `fun`.
    method : {"RK45", "RK23", "DOP853"}
        Explicit Runge-Kutta method of order 5(4), 3(2) or 8(5,3).
    t_eval : array_like, optional
        Where to store the solution, ordered from t0 to the end; by default at the solver's own steps.
    dense_output : bool
        Whether to compute a continuous solution ``sol``.
    events : callable or list of callables, optional
        ``event(t, y, *args)`` whose zeros are searched, with the optional attributes ``terminal`` (bool, or the
        number of occurrences that ends the integration) and ``direction`` (sign of the crossing that counts).
    vectorized : bool
        Whether `fun` takes and gives arrays of shape (n, k); these methods call it with k = 1.
    args : tuple, optional
        Further arguments of `fun` and of the events. A compiled `fun` gets all numbers in them as one array of
        float64 behind ``data``.
    rtol, atol : float or array_like
        The error of a step is kept below ``atol + rtol * abs(y)``; `atol` may have shape (n,).
    max_step : float
        Largest step allowed.
    first_step : float, optional
        Size of the first step; chosen by the method if not given.
    **options
        Options of other methods are ignored with a warning.

    Returns
    -------
    OdeResult
        With the fields ``t`` (m,), ``y`` (n, m), ``sol`` (`OdeSolution` or None), ``t_events`` and ``y_events``
        (lists of arrays, or None), ``nfev``, ``njev``, ``nlu``, ``nsteps``, ``nrejected``, ``status`` (0 end
        reached, 1 terminal event, -1 failure), ``message`` and ``success``.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it; for a compiled function of another signature.
    BaseException
        Whatever `fun` or an event raised, as the same object.

    Notes
    -----
    The step loop, the error control and the interpolation are compiled; a Python `fun` is called with the same
    array each time, unless it keeps a reference to it. The methods, the error norm and the control are SciPy's, so
    that both take the same steps; see [1]_ for DOP853, [2]_ for RK45 and [3]_ for RK23. Solutions are as
    accurate as `rtol` and `atol` ask locally; the global error grows with the problem's own dynamics.
    Reentrant and thread-safe: all state belongs to the call. Ctrl-C ends it within a fraction of a second.

    References
    ----------
    .. [1] E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., Springer, 1993.
    .. [2] J. R. Dormand, P. J. Prince, J. Comput. Appl. Math. 6 (1980) 19-26, :doi:`10.1016/0771-050X(80)90013-3`.
    .. [3] P. Bogacki, L. F. Shampine, Appl. Math. Lett. 2 (1989) 321-325, :doi:`10.1016/0893-9659(89)90079-7`.

    Examples
    --------
    The free precession of a spin, 100 Hz off resonance, that decays with T2 = 50 ms:

    >>> import numpy as np
    >>> from scikit.integrate import solve_ivp
    >>> def bloch(t, m):
    ...     return [2 * np.pi * 100 * m[1] - m[0] / 0.05, -2 * np.pi * 100 * m[0] - m[1] / 0.05]
    >>> sol = solve_ivp(bloch, (0, 0.1), [1.0, 0.0], method="DOP853", rtol=1e-10, atol=1e-12)
    >>> bool(abs(np.hypot(*sol.y[:, -1]) - np.exp(-2)) < 1e-9)
    True
    """
    if options:
        _warn_of(options)
    problem = _check_problem(method, t_span, y0, rtol, atol, max_step, first_step)
    args = _check_args(args)
    points = None if t_eval is None else _check_t_eval(t_eval, problem.t0, problem.tf)
    n, is_complex = len(problem.y0), problem.is_complex
    if n == 0 or problem.t0 == problem.tf:
        return _nothing_to_do(fun, problem, points, dense_output, events, args)
    if vectorized:
        fun = _Vectorized(fun)
    callback = rhs_callback(fun, args, n, is_complex)
    solver = _ode_cy.Integrator(
        callback,
        method,
        problem.t0,
        problem.tf,
        problem.y0.view(np.float64) if is_complex else problem.y0,
        is_complex,
        problem.rtol,
        problem.atol,
        problem.max_step,
        problem.first_step,
    )
    if events is not None:
        run = handle_events(solver, prepare_events(events), args, problem, points, dense_output)
    else:
        run = _run(solver, problem, points, dense_output)
    return _result(solver, *run)


class _Problem(NamedTuple):
    """A checked problem; complex `y0` as complex, an array `atol` has one value a real number."""

    t0: float
    tf: float
    y0: np.ndarray
    is_complex: bool
    rtol: float
    atol: float | np.ndarray
    max_step: float
    first_step: float


def _run(solver, problem, points, dense_output):
    """Without events: the whole integration in the kernel."""
    status, t, y, dense, y_eval = solver.run(points is None or dense_output, dense_output, points)
    sol = OdeSolution._from_arrays(t, y[0], dense, problem.is_complex) if dense_output else None
    if points is not None:
        if y_eval is None:
            y_eval = np.empty((0, solver.y.size))
        t, y = points[: len(y_eval)], y_eval
    if problem.is_complex:
        y = y.view(np.complex128)
    return status, t, y.T, sol, None, None


def _result(solver, status, t, y, sol, t_events, y_events):
    if status in MESSAGES:
        message = MESSAGES[status]
    elif status == _STATUS_STEP:
        status, message = -1, "Required step size is less than spacing between numbers."
    else:
        status, message = (
            -1,
            f"The compiled right-hand side reported a failure near t = {solver.t!r}.",
        )
    nfev, njev, nlu, nsteps, nrejected = solver.counts()
    return OdeResult(
        t=t,
        y=y,
        sol=sol,
        t_events=t_events,
        y_events=y_events,
        nfev=nfev,
        njev=njev,
        nlu=nlu,
        nsteps=nsteps,
        nrejected=nrejected,
        status=status,
        message=message,
        success=status >= 0,
    )


def _check_problem(method, t_span, y0, rtol, atol, max_step, first_step):
    if method not in METHODS:
        raise ValueError(f"`method` must be one of {', '.join(METHODS)}, not {method!r}")
    try:
        t0, tf = t_span
        t0, tf = float(t0), float(tf)
    except (TypeError, ValueError):
        raise ValueError(f"`t_span` must be two numbers, not {t_span!r}") from None
    if not (isfinite(t0) and isfinite(tf)):
        raise ValueError(f"`t_span` must be finite, not {t_span!r}")
    if type(y0) is not np.ndarray:
        y0 = to_numpy(y0, "y0")
    if y0.ndim != 1:
        raise ValueError(f"`y0` must be 1-dimensional, not {y0.ndim}-dimensional")
    is_complex = y0.dtype.kind == "c"
    if not is_complex and y0.dtype.kind not in "biuf":
        raise TypeError(f"`y0` must hold real or complex numbers, not {y0.dtype}")
    y0 = np.array(y0, dtype=np.complex128 if is_complex else np.float64)
    if not _ode_cy.all_finite(y0):
        raise ValueError("All components of the initial state `y0` must be finite.")
    if not max_step > 0:
        raise ValueError(f"`max_step` must be positive, not {max_step!r}")
    if first_step is None:
        first_step = 0.0
    elif not first_step > 0:
        raise ValueError(f"`first_step` must be positive, not {first_step!r}")
    elif first_step > abs(tf - t0):
        raise ValueError(
            f"`first_step` exceeds bounds: {first_step!r} for an interval of {abs(tf - t0)!r}"
        )
    rtol, atol = _check_tolerances(rtol, atol, len(y0), is_complex)
    # tuple.__new__ takes a third of the time of _Problem(...), which counts in a solution of 20 microseconds
    return tuple.__new__(_Problem, (t0, tf, y0, is_complex, rtol, atol, max_step, first_step))


def _check_tolerances(rtol, atol, n, is_complex):
    """Two floats, or two arrays of float64 with one value a real number."""
    rtol = _tolerance(rtol, n, "rtol")
    atol = _tolerance(atol, n, "atol")
    if not np.all(rtol >= 100 * _EPS):
        warnings.warn(
            f"At least one element of `rtol` is too small. Setting `rtol = np.maximum(rtol, {100 * _EPS})`.",
            stacklevel=4,
        )
        rtol = np.maximum(rtol, 100 * _EPS)
        rtol = rtol if rtol.ndim else float(rtol)
    if type(rtol) is type(atol) is float:
        return rtol, atol
    width = 2 if is_complex else 1
    return tuple(np.repeat(np.broadcast_to(tol, n), width).astype(float) for tol in (rtol, atol))


def _tolerance(value, n, name):
    if type(value) is not float:
        value = np.array(to_numpy(value, name), dtype=np.float64)
        if value.ndim > 0 and value.shape != (n,):
            raise ValueError(f"`{name}` has wrong shape: {value.shape} for {n} equations")
        if value.ndim == 0:
            value = float(value)
    if not (value >= 0 if type(value) is float else (value >= 0).all()):
        # SciPy's words come first: programs look for them
        raise ValueError(f"`{name}` must be positive, and is {value!r}")
    return value


def _check_args(args):
    if args is None:
        return ()
    try:
        return tuple(args)
    except TypeError:
        raise TypeError(
            f"`args` must be a tuple of the further arguments, not {type(args).__name__}; "
            "for one argument write args=(value,)"
        ) from None


def _check_t_eval(t_eval, t0, tf):
    points = np.array(to_numpy(t_eval, "t_eval"), dtype=np.float64)
    if points.ndim != 1:
        raise ValueError("`t_eval` must be 1-dimensional.")
    if not ((points >= min(t0, tf)).all() and (points <= max(t0, tf)).all()):
        raise ValueError("Values in `t_eval` are not within `t_span`.")
    steps = np.diff(points)
    if (steps <= 0).any() if tf > t0 else (steps >= 0).any():
        raise ValueError("Values in `t_eval` are not properly sorted.")
    return points


def _warn_of(options):
    # SciPy's spelling of the warning, so that filters for it still work
    names = ", ".join(f"`{name}`" for name in options)
    warnings.warn(
        f"The following arguments have no effect for a chosen solver: {names}.", stacklevel=3
    )


class _Vectorized:
    """A vectorised right-hand side, called for one point."""

    def __init__(self, fun):
        self.fun = fun

    def __call__(self, t, y, *args):
        return np.ravel(self.fun(t, y[:, None], *args))


class _Idle:
    """Stands for the solver of a problem with nothing to integrate."""

    @staticmethod
    def counts():
        return 0, 0, 0, 0, 0


def _nothing_to_do(fun, problem, points, dense_output, events, args):
    """No equations, or an interval of length zero: the solution is constant, as SciPy gives it."""
    rhs_callback(fun, args, max(1, len(problem.y0)), problem.is_complex)  # its checks
    t = np.array([problem.t0, problem.tf]) if points is None else points
    y = np.repeat(problem.y0[:, None], len(t), axis=1)
    sol = None
    if dense_output:
        flat = problem.y0.view(np.float64) if problem.is_complex else problem.y0
        sol = OdeSolution._from_arrays(
            np.array([problem.t0, problem.tf]), flat, flat[None, None], problem.is_complex
        )
    t_events = y_events = None
    if events is not None:
        count = len(prepare_events(events))
        t_events = [np.empty(0) for _ in range(count)]
        y_events = [np.empty((0, len(problem.y0)), problem.y0.dtype) for _ in range(count)]
    return _result(_Idle, 0, t, y, sol, t_events, y_events)
