"""Initial value problems: solve_ivp."""

import math
import operator
from math import inf

import numpy as np

from scikit._core._callback import rhs_callback
from scikit.integrate import _ode_cy
from scikit.integrate._dae import with_consistent_start
from scikit.integrate._events import can_end, prepare_events
from scikit.integrate._options import add_explicit, make_options, split_pair, warn_of
from scikit.integrate._problem import check_args, check_problem, check_span, check_t_eval, numbers
from scikit.integrate._solution import RESULT_END, OdeResult, OdeSolution
from scikit.integrate._solvers import TOO_SMALL_STEP, is_solver_class, solve_with_class
from scikit.integrate._stepwise import STOPPED, step_through

METHODS = tuple(_ode_cy.METHODS)
_KNOWN = frozenset(METHODS)

_STATUS_STEP = 10  # the step size fell below the spacing of the numbers
_STATUS_STEPS = 11  # max_steps
MESSAGES = {
    0: "The solver successfully reached the end of the integration interval.",
    1: "A termination event occurred.",
    STOPPED: "`step_callback` ended the integration.",
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
    tstops=None,
    step_callback=None,
    progress=False,
    restart=None,
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
        integration. The methods KenCarp4 and KenCarp5 also take a pair (stiff, nonstiff) of right-hand sides, whose
        sum is dy/dt; the second is integrated explicitly, and `jac` belongs to the first.
    t_span : (float, float)
        Start and end; the end may lie before the start.
    y0 : array_like, shape (n,)
        Start values; real, or complex for a Python `fun`.
    method : str or OdeSolver class
        The integrator; in brackets the order.

        For problems that are not stiff, explicit Runge-Kutta methods: "RK23" (3) for rough tolerances and right-hand
        sides with kinks; "RK45" (5), the default, and "Tsit5" (5), a little more accurate, for `rtol` to about 1e-6;
        "Vern6" (6), "Vern7" (7), "DOP853" (8), "Vern8" (8) and "Vern9" (9) for smaller tolerances, the higher the
        order the smaller. "Adams" (1 to 12) needs the fewest evaluations where `fun` is expensive and smooth.

        For stiff problems, where the explicit methods take tiny steps: "Rosenbrock23" (2) for rough and "Rodas5P" (5)
        for moderate tolerances and up to some tens of equations; "Radau" (5, 9, 13) for small tolerances;
        "BDF" (1 to 5) for large systems. "LSODA" switches between Adams and BDF where it is unknown or changes.
        "KenCarp4" (4) and "KenCarp5" (5) for a stiff and a cheap non-stiff part, given as a pair; "RKC" (2), "ROCK2"
        (2) and "ROCK4" (4), explicit, for large mildly stiff systems like diffusion, whose Jacobian has negative real
        eigenvalues.

        "auto" begins with "Tsit5" (or "Vern7" for `rtol` below 1e-6), goes over to an implicit method where the steps
        show stiffness ("Rodas5P", "Radau" or "BDF" by tolerance and size), and comes back where there is none.

        A class is one of `RK23`, `RK45`, `DOP853`, `Radau`, `BDF`, `LSODA`, or one's own subclass of `OdeSolver` (or of
        SciPy's).
    t_eval : array_like, optional
        Where to store the solution, ordered from t0 to the end; by default at the solver's own steps.
    dense_output : bool
        Whether to compute a continuous solution ``sol``.
    events : callable or list of callables, optional
        ``event(t, y, *args)`` whose zeros are searched, with the optional attributes ``terminal`` (bool, or the
        number of occurrences that ends the integration), ``direction`` (sign of the crossing that counts) and
        ``affect`` (``affect(t, y)`` returns the state to go on with after each occurrence, or changes y in place).
    vectorized : bool
        Whether `fun` takes and gives arrays of shape (n, k); it is called with k = 1.
    args : tuple, optional
        Further arguments of `fun` and of the events. A compiled `fun` gets all numbers in them as one array of
        float64 behind ``data``.
    rtol, atol : float or array_like
        The error of a step is kept below ``atol + rtol * abs(y)``; `atol` may have shape (n,).
    max_step : float
        Largest step allowed.
    first_step : float, optional
        Size of the first step; chosen by the method if not given.
    tstops : array_like, optional
        Times within `t_span` that a step must end at, where `fun` jumps or kinks; the method starts anew there. A
        step that ends there sees `fun` just before it, the next one just after it.
    step_callback : callable, optional
        ``step_callback(t, y)`` is called after every step; a true result ends the integration.
    progress : bool or callable
        True shows a bar (needs tqdm); a callable is told ``progress(done, total)``, how far t has come.
    restart : OdeResult, optional
        Go on where this earlier result of `solve_ivp` ended; then `y0` is None, and `t_span` the new end, or
        (where the earlier one ended, new end).
    **options
        Further keywords; a method that has no use for one warns of it, and raises for `mass`:

        - ``min_step``, float: a step that would have to be smaller ends the integration with status -1.
        - ``max_steps``, int: the most steps, accepted and rejected ones together.
        - ``adaptive``, bool: False for steps of the size `first_step` without error control.
        - ``controller``, {"I", "PI", "PID", "Gustafsson"}: the step control of the Runge-Kutta and Rosenbrock
          methods, by the last error ("I"), two ("PI") or three of them ("PID"), or Gustafsson's, which also looks at
          the last steps' ratio.
        - ``jac``, callable ``jac(t, y, *args)``, array_like, sparse matrix or compiled function
          ``int jac(double t, const double *y, double *out, void *data)``, which stores it column by column: df/dy of
          shape (n, n), (lband + uband + 1, n) if banded. Implicit methods only, as the next four; None for
          differences. What it returns may be sparse.
        - ``jac_sparsity``, array_like or sparse (n, n): not 0 where df/dy may be; differences need fewer evaluations,
          and linear systems are solved in sparse form (needs SciPy).
        - ``lband, uband``, int: df/dy has this many diagonals below and above the main one; element (i, j) is
          packed in row ``i - j + uband`` and column j.
        - ``linear_solver``, {"direct", "gmres"}: "gmres" needs no matrix, only products with df/dy, for thousands of
          equations; `jac` then returns anything that multiplies a vector with ``@``.
        - ``preconditioner``, callable: ``preconditioner(t, y, shift)`` returns a function that applies an approximate
          inverse of ``shift * M - df/dy``; for "gmres".
        - ``mass``, array_like (n, n), (n,) for a diagonal or packed as a banded `jac`: M in ``M dy/dt = fun(t, y)``;
          singular for differential-algebraic equations. "Rosenbrock23", "Rodas5P", "Radau", "BDF" and "KenCarp4", "5".
        - ``consistent``, bool: make `y0`, and the state after an event's ``affect``, satisfy the algebraic equations
          of a singular `mass` first, by changing the components that it does not touch (default).
        - ``max_order, min_order``, int: bounds of a variable order; "Radau", "BDF", "Adams", "LSODA".
        - ``spectral_radius``, float, callable ``radius(t, y, *args)`` or compiled function like `fun`: a bound of the
          largest modulus of an eigenvalue of df/dy, for "RKC", "ROCK2" and "ROCK4"; estimated if not given.

    Returns
    -------
    OdeResult
        With the fields ``t`` (m,), ``y`` (n, m), ``sol`` (`OdeSolution` or None), ``t_events`` and ``y_events``
        (lists of arrays, or None), ``nfev``, ``njev``, ``nlu``, ``nsteps``, ``nrejected``, ``methods`` (dict: the
        steps that each method took, more than one with "auto"), ``status`` (0 end reached, 1 terminal event, 2 ended
        by `step_callback`, -1 failure), ``message`` and ``success``. Where an event ends
        the integration before the first point of `t_eval`, ``t`` and ``y`` are empty lists, as SciPy's.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it; for a compiled function of another signature.
    BaseException
        Whatever `fun` or an event raised, as the same object.

    Notes
    -----
    The step loop, the error control and the interpolation are compiled; a Python `fun` is called with the same
    array each time, unless it keeps a reference to it. RK23 [3]_, RK45 [2]_ and DOP853 [1]_ have SciPy's error norm
    and control, so that both take the same steps; Tsit5 is [4]_, the Vern methods are [5]_, Rosenbrock23 is [6]_,
    Rodas5P [7]_, Radau [8]_, ROCK2 and ROCK4 are [10]_ and [11]_, and the multistep methods follow [9]_. Solutions
    are as accurate as `rtol` and `atol` ask locally; the global error grows with the problem's own dynamics, and with
    the number of steps. Those who ask for less than 1e-8 want that many digits: there the explicit and the multistep
    methods keep the error of a step below `rtol` and `atol` times ``(rtol / 1e-8)**k``, k = 0.9 for the explicit
    ones, 1.5 for Adams and LSODA, 2.1 for BDF (not below 5e-14 and, multistep, about 1e-14; not where BDF's steps
    are so large that errors are damped), such that ``rtol=1e-10`` gives errors below 1e-8 on the usual non-stiff
    problems.
    Reentrant and thread-safe: all state belongs to the call. Ctrl-C ends it within a fraction of a second.

    References
    ----------
    .. [1] E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., Springer, 1993.
    .. [2] J. R. Dormand, P. J. Prince, J. Comput. Appl. Math. 6 (1980) 19-26, :doi:`10.1016/0771-050X(80)90013-3`.
    .. [3] P. Bogacki, L. F. Shampine, Appl. Math. Lett. 2 (1989) 321-325, :doi:`10.1016/0893-9659(89)90079-7`.
    .. [4] Ch. Tsitouras, Comput. Math. Appl. 62 (2011) 770-775, :doi:`10.1016/j.camwa.2011.06.002`.
    .. [5] J. H. Verner, Numer. Algorithms 53 (2010) 383-396, :doi:`10.1007/s11075-009-9290-3`.
    .. [6] L. F. Shampine, M. W. Reichelt, SIAM J. Sci. Comput. 18 (1997) 1-22, :doi:`10.1137/S1064827594276424`.
    .. [7] G. Steinebach, BIT Numer. Math. 63 (2023) 27, :doi:`10.1007/s10543-023-00967-x`.
    .. [8] E. Hairer, G. Wanner, J. Comput. Appl. Math. 111 (1999) 93-111, :doi:`10.1016/S0377-0427(99)00134-X`.
    .. [9] A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396, :doi:`10.1145/1089014.1089020`.
    .. [10] A. Abdulle, A. A. Medovikov, Numer. Math. 90 (2001) 1-18, :doi:`10.1007/s002110100292`.
    .. [11] A. Abdulle, SIAM J. Sci. Comput. 23 (2002) 2041-2054, :doi:`10.1137/S1064827500379549`.

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
    if (
        events is args is first_step is tstops is step_callback is restart is None
        and max_step is inf
        and not (dense_output or vectorized or progress or options)
    ):
        run = _ode_cy.run_usual(fun, t_span, y0, method, rtol, atol, t_eval)
        if run is not None:
            solver, points, (status, t, y, _, y_eval) = run
            if points is not None:
                t, y = points[: len(y_eval)], y_eval
            return result_of((solver,), status, t, y.T, None, None, None)
    if restart is not None:
        t_span, y0, first_step = _continued(restart, t_span, y0, first_step)
    problem = check_problem(t_span, y0, rtol, atol, max_step, first_step)
    if (
        problem.tf in (inf, -inf)
        and len(problem.y0) > 0
        and step_callback is None
        and options.get("max_steps") is None
        and not can_end(events)
    ):
        raise ValueError(
            "`t_span` is infinite, and neither terminal `events`, `step_callback` nor `max_steps` ends it"
        )
    args = check_args(args)
    if type(method) is not str:
        method = vars(method).get("method", method) if isinstance(method, type) else method
    fun, explicit = split_pair(fun, method)
    if type(method) is not str or method not in _KNOWN:
        if is_solver_class(method):
            given = {"rtol": rtol, "atol": atol, "max_step": max_step, "first_step": first_step}
            usual = {"rtol": 1e-3, "atol": 1e-6, "max_step": inf, "first_step": None}
            given = {name: value for name, value in given.items() if value is not usual[name]}
            useless = {"tstops": tstops, "step_callback": step_callback}
            warn_of([name for name, value in useless.items() if value is not None])
            return solve_with_class(
                method,
                fun,
                problem,
                t_eval,
                dense_output,
                events,
                vectorized,
                args,
                given | options,
            )
        raise ValueError(
            f"`method` must be one of {', '.join(METHODS)}, or an OdeSolver class, not {method!r}"
        )
    points = None if t_eval is None else check_t_eval(t_eval, problem.t0, problem.tf)
    n, is_complex = len(problem.y0), problem.is_complex
    if n == 0 or problem.t0 == problem.tf:
        return _nothing_to_do(fun, problem, points, dense_output, events, args)
    if vectorized:
        fun, explicit = Vectorized(fun), Vectorized(explicit) if explicit is not None else None
    callback = rhs_callback(fun, args, n, is_complex)
    settings, consistent = None, True
    if options:
        settings = make_options(method, problem, callback, args, options)
        consistent = options.get("consistent", True)
        problem = with_consistent_start(problem, callback, settings, consistent)
    if explicit is not None:
        settings = add_explicit(settings, rhs_callback(explicit, args, n, is_complex))
    if (
        events is not None
        or tstops is not None
        or step_callback is not None
        or progress is not False
    ):
        return _stepwise(method, problem, callback, settings, points, dense_output, events, args, tstops,
                         step_callback, progress, consistent)  # fmt: skip
    solver = problem.integrator(callback, method, settings)
    run = _run(solver, problem, points, dense_output)
    return result_of((solver,), *run)


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


def _stepwise(method, problem, callback, settings, points, dense_output, events, args, tstops, step_callback,
              progress, consistent):  # fmt: skip
    if step_callback is not None and not callable(step_callback):
        raise TypeError(f"`step_callback` must be callable, not {type(step_callback).__name__}")

    stops = check_tstops(tstops, problem)
    jumps = set(stops)
    last = None

    def make_solver(t, y, t_bound, first_step):
        nonlocal last
        part = problem._replace(t0=t, tf=t_bound, y0=y, first_step=first_step)
        # at a stop `fun` may jump: what ends there sees the side before it, what begins there the one after it
        begin = math.nextafter(t, t_bound) if t in jumps else problem.t0
        end = math.nextafter(t_bound, t) if t_bound in jumps else problem.tf
        stiff = last is not None and last.stiff
        last = part.integrator(
            callback, method, settings, t_least=min(begin, end), t_most=max(begin, end), stiff=stiff
        )
        return last

    def repair(t, y):
        part = problem._replace(t0=t, y0=y)
        return with_consistent_start(part, callback, settings, consistent).y0

    *run, solvers = step_through(
        make_solver, problem, points, dense_output,
        events=[] if events is None else prepare_events(events), args=args,
        tstops=stops, step_callback=step_callback, progress=progress, repair=repair,
    )  # fmt: skip
    if events is not None and run[4] is None:
        run[4:6] = [], []
    return result_of(solvers, *run)


def result_of(solvers, status, t, y, sol, t_events, y_events):
    """The result from what a run returned; the statistics are those of all its solvers."""
    last = solvers[-1]
    if status in MESSAGES:
        message = MESSAGES[status]
    elif status == _STATUS_STEP:
        status, message = -1, TOO_SMALL_STEP
        if last.options is not None and last.options.min_step > 0:
            message = "Required step size is less than `min_step`."
    elif status == _STATUS_STEPS:
        status, message = -1, "The number of steps reached `max_steps`."
    else:
        status, message = (
            -1,
            f"The compiled right-hand side reported a failure near t = {last.t!r}.",
        )
    counts, methods = last.counts(), last.methods
    for solver in solvers[:-1]:
        counts = map(operator.add, counts, solver.counts())
        for name, steps in solver.methods.items():
            methods[name] = methods.get(name, 0) + steps
    nfev, njev, nlu, nsteps, nrejected = counts
    result = OdeResult(
        t=t, y=y, sol=sol, t_events=t_events, y_events=y_events, nfev=nfev, njev=njev, nlu=nlu, nsteps=nsteps,
        nrejected=nrejected, methods=methods, status=status, message=message, success=status >= 0,
    )  # fmt: skip
    RESULT_END.__set__(result, last)
    return result


def _continued(restart, t_span, y0, first_step):
    """Start of an integration that goes on where an earlier result ended."""
    end = restart._restart() if isinstance(restart, OdeResult) else None
    if end is None:
        raise TypeError("`restart` must be what solve_ivp returned")
    if y0 is not None:
        raise ValueError("`y0` must be None together with `restart`")
    if np.ndim(t_span) == 0:
        t_span = end.t, t_span
    t_span = check_span(t_span)
    if t_span[0] != end.t:
        raise ValueError(f"`t_span` must begin where the earlier solution ended, t = {end.t!r}")
    y0 = end.y.view(np.complex128) if end.is_complex else end.y
    if first_step is None and end.h_abs > 0 and t_span[1] != end.t:
        first_step = min(end.h_abs, abs(t_span[1] - end.t))
    return t_span, y0, first_step


def check_tstops(tstops, problem):
    if tstops is None:
        return []
    stops = np.unique(numbers(tstops, "tstops"))
    low, high = min(problem.t0, problem.tf), max(problem.t0, problem.tf)
    if not ((stops >= low) & (stops <= high)).all():
        raise ValueError("`tstops` must lie within `t_span`")
    stops = stops[(stops > low) & (stops < high)]
    return list(stops if problem.tf > problem.t0 else stops[::-1])


class Vectorized:
    """A vectorised right-hand side, called for one point."""

    def __init__(self, fun):
        self.fun = fun

    def __call__(self, t, y, *args):
        return np.ravel(self.fun(t, y[:, None], *args))


class _Idle:
    """Stands for the solver of a problem with nothing to integrate."""

    def __init__(self, problem):
        self.methods = {}
        self.t, self.y, self.h_abs, self.is_complex = (
            problem.tf,
            problem.real_y0,
            0.0,
            problem.is_complex,
        )

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
        flat = problem.real_y0
        sol = OdeSolution._from_arrays(
            np.array([problem.t0, problem.tf]), flat, flat[None, None], problem.is_complex
        )
    t_events = y_events = None
    if events is not None:
        count = len(prepare_events(events))
        t_events = [np.empty(0) for _ in range(count)]
        y_events = [np.empty(0, problem.y0.dtype) for _ in range(count)]
    return result_of((_Idle(problem),), 0, t, y, sol, t_events, y_events)
