"""Differential-algebraic equations F(t, y, y') = 0: solve_dae."""

from math import inf

import numpy as np

from scikit._core._arrays import as_array
from scikit.integrate import _dae_cy
from scikit.integrate._dae_start import combinations, combined_start
from scikit.integrate._events import can_end, prepare_events
from scikit.integrate._ivp import check_tstops, result_of
from scikit.integrate._options import IntegratorOptions, bandwidths, make_options
from scikit.integrate._problem import check_args, check_problem, check_t_eval
from scikit.integrate._residual import ImplicitStart, Jacobians, residual_callback
from scikit.integrate._solution import RESULT_END, OdeSolution
from scikit.integrate._stepwise import Output, step_through

_STATUS_CONVERGENCE = 7
_STARTS = {
    False: _dae_cy.START_GIVEN,
    True: _dae_cy.START_ALGEBRAIC,
    "algebraic": _dae_cy.START_ALGEBRAIC,
    "yp": _dae_cy.START_RATE,
}


def solve_dae(
    fun,
    t_span,
    y0,
    yp0=None,
    *,
    rtol=1e-3,
    atol=1e-6,
    t_eval=None,
    dense_output=False,
    events=None,
    args=None,
    jac=None,
    jac_sparsity=None,
    lband=None,
    uband=None,
    differential_vars=None,
    consistent=True,
    suppress_algebraic=False,
    first_step=None,
    min_step=None,
    max_step=inf,
    max_steps=None,
    max_order=None,
    tstops=None,
    step_callback=None,
    progress=False,
):
    """Solve a fully implicit system of differential-algebraic equations ``F(t, y, dy/dt) = 0``.

    Parameters
    ----------
    fun : callable or compiled function
        ``fun(t, y, yp, *args)`` returns the residual F, shape (n,); yp is dy/dt. Or a compiled function
        ``int f(double t, const double *y, const double *yp, double *r, void *data)`` (``void`` is accepted for
        ``int``; a value other than 0 ends the integration), given as `solve_ivp` takes them.
    t_span : (float, float)
        Start and end; the end may lie before the start.
    y0 : array_like, shape (n,)
        Start values; real.
    yp0 : array_like, shape (n,), optional
        dy/dt at the start, or a guess of it; zeros by default.
    rtol, atol : float or array_like
        The error of a step is kept below ``atol + rtol * abs(y)``; `atol` may have shape (n,).
    t_eval : array_like, optional
        Where to store the solution, ordered from t0 to the end; by default at the solver's own steps.
    dense_output : bool
        Whether to compute a continuous solution ``sol``.
    events : callable or list of callables, optional
        ``event(t, y, *args)`` as `solve_ivp` takes them. After an ``affect`` the start is made consistent anew.
    args : tuple, optional
        Further arguments of `fun`, `jac` and the events.
    jac : callable, pair of array_like or compiled function, optional
        ``jac(t, y, yp, *args)`` returns the pair (dF/dy, dF/dyp), shapes (n, n), or (lband + uband + 1, n) if banded;
        sparse matrices are factorised in sparse form. A pair of matrices is a constant one. A compiled function
        ``int jac(double t, const double *y, const double *yp, double *by_y, double *by_yp, void *data)`` stores both
        column by column. By default differences.
    jac_sparsity : array_like or sparse (n, n), optional
        Not 0 where dF/dy or dF/dyp may be; differences need fewer evaluations, and linear systems are solved in
        sparse form (needs SciPy).
    lband, uband : int, optional
        dF/dy and dF/dyp have this many diagonals below and above the main one; element (i, j) is packed in row
        ``i - j + uband`` and column j.
    differential_vars : array_like of bool (n,), optional
        True for the components whose derivative occurs in F; the others are algebraic. By default those whose column
        of dF/dyp is not zero at the start; where these columns depend on each other, as in electric circuits, the
        algebraic part is the null space of dF/dyp (up to 500 equations, without bands or sparsity).
    consistent : {True, "algebraic", "yp", False}
        What is changed at the start until F = 0: True or "algebraic", the algebraic components of y and dy/dt of the
        others; "yp", dy/dt only, where `y0` satisfies the algebraic equations; False, nothing, and `yp0` is
        needed. For the first two the system must be of index 1.
    suppress_algebraic : bool
        Leave the algebraic components out of the error test, as is useful for problems of index 2.
    first_step, min_step, max_step : float, optional
        Size of the first step; sizes that end the integration, and that are not exceeded.
    max_steps : int, optional
        The most steps, accepted and rejected ones together.
    max_order : int, optional
        From 1 to 5.
    tstops : array_like, optional
        Times within `t_span` that a step must end at; the method starts anew there.
    step_callback : callable, optional
        ``step_callback(t, y)`` is called after every step; a true result ends the integration.
    progress : bool or callable
        True shows a bar (needs tqdm); a callable is told ``progress(done, total)``, how far t has come.

    Returns
    -------
    OdeResult
        As of `solve_ivp`, with one more field: ``yp``, shape (n, m), dy/dt where ``y`` is given. ``y[:, 0]`` and
        ``yp[:, 0]`` are the consistent values at the start.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it; if no consistent start is found near `y0` and `yp0`.
    BaseException
        Whatever `fun`, `jac` or an event raised, as the same object.

    See Also
    --------
    solve_ivp : For ``M dy/dt = f(t, y)``, where its `mass` may be singular.

    Notes
    -----
    Backward differentiation formulas of orders 1 to 5 in fixed-leading-coefficient form [1]_ with the step and
    order control of [2]_; Newton's method with the matrix dF/dy + alpha dF/dyp, which is computed anew when alpha has
    changed by 30 per cent, after 20 steps, or when the iteration fails. For systems of index 0 and 1; semi-explicit
    ones of index 2 with ``consistent=False`` and `suppress_algebraic`. Consistent values are found by Newton's
    method [3]_. dy/dt of algebraic components is that of the solution's polynomial, less accurate than y.
    A banded Jacobian takes memory proportional to n (2 lband + uband + 1).
    Reentrant and thread-safe: all state belongs to the call. Ctrl-C ends it within a fraction of a second.

    References
    ----------
    .. [1] K. E. Brenan, S. L. Campbell, L. R. Petzold, Numerical Solution of Initial-Value Problems in
       Differential-Algebraic Equations, SIAM, 1996, :doi:`10.1137/1.9781611971224`.
    .. [2] A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396, :doi:`10.1145/1089014.1089020`.
    .. [3] P. N. Brown, A. C. Hindmarsh, L. R. Petzold, SIAM J. Sci. Comput. 19 (1998) 1495-1512,
       :doi:`10.1137/S1064827595289996`.

    Examples
    --------
    Two pools in exchange, the second in equilibrium with the first; its start is found:

    >>> import numpy as np
    >>> from scikit.integrate import solve_dae
    >>> def pools(t, m, mp):
    ...     return [mp[0] + 2 * m[0] - m[1], m[1] - 0.5 * m[0]]
    >>> sol = solve_dae(pools, (0, 1), [1.0, 0.0], rtol=1e-8, atol=1e-10)
    >>> print(sol.y[:, 0], sol.yp[0, 0])
    [1.  0.5] -1.5
    >>> bool(np.abs(sol.y[:, -1] - np.exp(-1.5) * np.array([1, 0.5])).max() < 1e-6)
    True
    """
    problem = check_problem(t_span, y0, rtol, atol, max_step, first_step)
    if problem.is_complex:
        raise TypeError("`y0` must hold real numbers; give real and imaginary parts one by one")
    n, args = len(problem.y0), check_args(args)
    if n == 0:
        raise ValueError("`y0` must not be empty")
    points = None if t_eval is None else check_t_eval(t_eval, problem.t0, problem.tf)
    if step_callback is not None and not callable(step_callback):
        raise TypeError(f"`step_callback` must be callable, not {type(step_callback).__name__}")
    stops = check_tstops(tstops, problem)
    checked_events = [] if events is None else prepare_events(events)
    start, yp0 = _check_start(consistent, yp0, n)
    settings = make_options(
        "DAE", problem, None, args, {"min_step": min_step, "max_steps": max_steps, "max_order": max_order}
    )  # fmt: skip
    if problem.tf in (inf, -inf) and step_callback is None and max_steps is None and not can_end(events):  # fmt: skip
        raise ValueError(
            "`t_span` is infinite, and neither terminal `events`, `step_callback` nor `max_steps` ends it"
        )
    given = {name: value for name, value in (("lband", lband), ("uband", uband)) if value is not None}  # fmt: skip
    if settings.max_order > 5:
        raise ValueError(f"`max_order` must lie between 1 and 5, and is {max_order}")
    settings.lower, settings.upper = bandwidths(given, n)
    residual = residual_callback(fun, args, n)
    jacobians = Jacobians(
        jac, jac_sparsity, args, residual, problem, yp0, settings.lower, settings.upper
    )
    settings.jac, settings.linear = jacobians.jac, jacobians.linear
    kinds = _check_kinds(differential_vars, n)
    if kinds is None and (start or suppress_algebraic or stops or checked_events):
        kinds = jacobians.differential()
    maker = _Maker(problem, residual, settings, jacobians, kinds, bool(suppress_algebraic))
    solver = maker.begin(problem.t0, problem.y0, yp0, problem.tf, problem.first_step, start)
    problem = problem._replace(y0=solver.y)
    output = Output(problem, points, dense_output, solver.yp)
    if solver.start_status or problem.t0 == problem.tf:
        return _no_steps(solver, output, events is not None and len(checked_events))
    if events is None and not stops and step_callback is None and progress is False:
        return _whole(solver, problem, points, dense_output)
    maker.prepared = solver
    *run, solvers = step_through(
        maker, problem, points, dense_output, events=checked_events, args=args, tstops=stops,
        step_callback=step_callback, progress=progress, output=output,
    )  # fmt: skip
    if events is not None and run[4] is None:
        run[4:6] = [], []
    return _with_rates(result_of(solvers, *run), output.derivatives())


def _check_start(consistent, yp0, n):
    """How to start, and the guess of dy/dt."""
    if not isinstance(consistent, (bool, str, np.bool_)) or consistent not in _STARTS:
        raise ValueError(
            f'`consistent` must be True, "algebraic", "yp" or False, not {consistent!r}'
        )
    start = _STARTS[consistent if isinstance(consistent, str) else bool(consistent)]
    if yp0 is not None:
        return start, as_array(yp0, "yp0", np.float64, shape=(n,), finite=True)
    if not start:
        raise ValueError("`yp0` is needed with consistent=False")
    return start, np.zeros(n)


def _check_kinds(differential_vars, n):
    if differential_vars is None:
        return None
    kinds = as_array(differential_vars, "differential_vars", np.float64, shape=(n,))
    if not np.isin(kinds, (0.0, 1.0)).all():
        raise ValueError("`differential_vars` must hold True and False")
    return kinds


class _Maker:
    """Makes the integrators of one solution: the first, and those after stops and events."""

    def __init__(self, problem, residual, settings, jacobians, kinds, suppress):
        self.problem, self.residual, self.settings = problem, residual, settings
        self.kinds = None if kinds is None else np.ascontiguousarray(kinds)
        self.suppress, self.jacobians = suppress, jacobians
        self.bases = None if jacobians.by_yp is None else combinations(jacobians.by_yp)
        if jacobians.sparse is not None:
            jacobians.sparse.kinds = np.ones(len(problem.y0)) if kinds is None else self.kinds
        self.prepared = self.last = None

    def begin(self, t, y, yp, t_bound, first_step, start):
        """An integrator that starts at t with a guess of dy/dt."""
        if start and self.bases is not None:
            found = combined_start(
                self.jacobians, self.bases, t, y, yp, keep_y=start == _dae_cy.START_RATE
            )
            if found is None:
                self.fail(t)
            (y, yp), start = found, _dae_cy.START_GIVEN
        settings = IntegratorOptions(
            **{name: getattr(self.settings, name) for name in IntegratorOptions.__slots__}
        )
        settings.implicit = ImplicitStart(
            np.array(yp, dtype=np.float64), self.kinds, start, self.suppress
        )
        part = self.problem._replace(
            t0=t, tf=t_bound, y0=np.ascontiguousarray(y), first_step=first_step
        )
        self.last = part.integrator(self.residual, "DAE", settings)
        if self.last.start_status == _STATUS_CONVERGENCE:
            self.fail(t)
        return self.last

    def fail(self, t):
        where = "near `y0` and `yp0`" if t == self.problem.t0 else f"at t = {t!r}"
        raise ValueError(
            f"no consistent values of y and dy/dt were found {where}; for consistent=True the system must be of "
            'index 1, and for "yp" the values of y must satisfy the algebraic equations'
        )

    def __call__(self, t, y, t_bound, first_step):
        """What `step_through` asks for: the integrator prepared at the start, or one that goes on from the last."""
        if self.prepared is not None:
            solver, self.prepared = self.prepared, None
            solver.t_bound = t_bound
            return solver
        length = self.last.t - self.last.t_old
        x = np.array([(t - self.last.t_old) / length])
        yp = _dae_cy.slopes(self.last.interpolant(), x)[0] / length
        return self.begin(t, y, yp, t_bound, first_step, _dae_cy.START_ALGEBRAIC)


def _whole(solver, problem, points, dense_output):
    """Without events: the whole integration in the kernel."""
    yp0 = solver.yp
    status, t, y, dense, y_eval, yp, yp_eval = solver.run(
        points is None or dense_output, dense_output, points, True
    )
    sol = OdeSolution._from_arrays(t, y[0], dense, False) if dense_output else None
    if points is not None:
        n = len(yp0)
        y = np.empty((0, n)) if y_eval is None else y_eval
        yp = np.empty((0, n)) if yp_eval is None else yp_eval[: len(y)]
        t = points[: len(y)]
        yp[t == problem.t0] = yp0
    return _with_rates(result_of((solver,), status, t, y.T, sol, None, None), yp.T)


def _no_steps(solver, output, n_events):
    """The start alone: the interval is empty, or a compiled residual failed at once."""
    y, yp = output.ys[0], output.rates[0]
    t = np.array(output.ts) if output.points is None else output.points
    if solver.start_status:
        t = t[:0] if output.points is not None else t
    elif output.points is None:
        t = np.repeat(t, 2)
    sol = None
    if output.steps is not None:
        sol = OdeSolution._from_arrays(np.array(output.ts), y, None, False)
    found = (None, None) if n_events is False else tuple([np.empty(0)] * n_events for _ in "ty")
    values = np.repeat(y[:, None], len(t), axis=1), np.repeat(yp[:, None], len(t), axis=1)
    return _with_rates(
        result_of((solver,), solver.start_status, t, values[0], sol, *found), values[1]
    )


def _with_rates(result, yp):
    result["yp"] = yp
    RESULT_END.__set__(result, None)  # solve_ivp's `restart` would take F for dy/dt
    return result
