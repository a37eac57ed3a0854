"""Ensembles: one system, many start values and parameters."""

import weakref
from math import inf, isfinite

import numpy as np

from scikit._core._arrays import as_array
from scikit._core._callback import RHS, check_signature, compiled_function, rhs_callback
from scikit._core._threads import run_slabs, slabs
from scikit.integrate import _ensemble_cy, _ode_parts_cy
from scikit.integrate._dae import InconsistentStart, with_consistent_start
from scikit.integrate._ivp import METHODS, Vectorized
from scikit.integrate._options import IMPLICIT, STABILISED, WITH_CONTROLLER, make_options
from scikit.integrate._problem import check_problem, check_t_eval, integer
from scikit.integrate._solution import OdeResult

#: Methods that run in lanes: the explicit Runge-Kutta ones.
_IN_LANES = tuple(m for m in METHODS if m in WITH_CONTROLLER and m not in (*IMPLICIT, *STABILISED))
#: Trajectories from which on the lanes' form of a numba function is compiled (half a second, once a function).
MANY = 1024
_SLAB = 512
_MESSAGES = {
    0: "The solver successfully reached the end of the integration interval.",
    4: "The right-hand side reported a failure.",
    9: "The start does not satisfy the algebraic equations of `mass`, and none near it does.",
    10: "Required step size is less than spacing between numbers.",
    11: "The number of steps reached `max_steps`.",
}
_STATUS_START = 9
_lane_functions: "weakref.WeakKeyDictionary[object, dict]" = weakref.WeakKeyDictionary()


def solve_ensemble(
    fun,
    t_span,
    y0,
    *,
    params=None,
    method="Tsit5",
    t_eval=None,
    rtol=1e-3,
    atol=1e-6,
    max_step=inf,
    first_step=None,
    max_steps=None,
    lanes=None,
    workers=1,
    progress=False,
    **options,
):
    """Solve one system of ordinary differential equations from many start values, or with many parameters.

    Parameters
    ----------
    fun : callable or compiled function
        As in `solve_ivp`. A compiled function gets its trajectory's row of `params` behind ``data``; a Python
        function gets it as a third argument, if `params` is given.
    t_span : (float, float)
        Start and end, for all trajectories.
    y0 : array_like, shape (n_traj, n) or (n,)
        Start values; one row serves for all trajectories.
    params : array_like, shape (n_traj, m), optional
        Parameters, a row a trajectory.
    method : str
        Any method of `solve_ivp`.
    t_eval : array_like (n_t,), optional
        Where to store the solutions; by default at the start and at the end.
    rtol, atol, max_step, first_step : float
        As in `solve_ivp`; every trajectory takes its own steps.
    max_steps : int, optional
        Of one trajectory.
    lanes : bool, optional
        Whether a ``numba.cfunc`` is compiled once more in a form that computes eight trajectories at once. By
        default from 1024 trajectories on: the compilation takes about half a second, once a function. What has no
        such form (a function that branches on its state; ``np.where`` is no branch) runs trajectory by trajectory.
    workers : int
        Threads (see `scipy.fft`); a Python function gains nothing from them.
    progress : bool or callable
        True shows a bar; a callable gets (done, total).
    **options
        Further options of the method, as in `solve_ivp`.

    Returns
    -------
    OdeResult
        With ``t`` (n_t,), ``y`` (n_traj, n, n_t), and of every trajectory ``status`` (0 end reached, -1 failure),
        ``message``, ``nfev``, ``nsteps`` and ``nrejected`` (n_traj,); ``success`` is True if all were. Values that a
        failed trajectory did not reach are NaN: it does not stop the others.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    BaseException
        Whatever a Python `fun` raised.

    Notes
    -----
    The explicit Runge-Kutta methods advance eight trajectories in the lanes of vectors, each with its own step size;
    the steps are those of `solve_ivp`. The result has the same bits for any number of `workers`. With `lanes` the
    function's arithmetic is contracted and vectorised by LLVM, which changes its last bits. Reentrant; Ctrl-C ends
    it within a fraction of a second (other methods in threads: after the present trajectories).

    Examples
    --------
    The free decay of 1000 spins with different T2:

    >>> import numpy as np
    >>> from scikit.integrate import solve_ensemble
    >>> t2 = np.linspace(0.02, 0.2, 50)
    >>> sol = solve_ensemble(lambda t, m, p: -m / p[0], (0, 0.1), [1.0], params=t2[:, None], rtol=1e-8, atol=1e-10)
    >>> sol.y.shape
    (50, 1, 2)
    >>> bool(np.abs(sol.y[:, 0, -1] - np.exp(-0.1 / t2)).max() < 1e-7)
    True
    """
    y0, params = _check_rows(y0, params)
    if method not in METHODS:
        raise ValueError(f"`method` must be one of {', '.join(METHODS)}, not {method!r}")
    problem = check_problem(t_span, y0[0], rtol, atol, max_step, first_step)
    if not isfinite(problem.tf):
        raise ValueError(f"`t_span` must be finite, and is {t_span!r}")
    points = [problem.t0, problem.tf] if t_eval is None else t_eval
    points = check_t_eval(points, problem.t0, problem.tf) if problem.t0 != problem.tf else None
    most = 2**63 - 1 if max_steps is None else integer(max_steps, "max_steps")
    if most <= 0:
        raise ValueError(f"`max_steps` must be positive, not {max_steps}")
    if points is None or y0.shape[1] == 0:
        raise ValueError("`t_span` must not be empty, nor a row of `y0`")
    if hasattr(fun, "compiled_for"):  # what compile_rhs gives
        fun = fun.compiled_for(y0.shape[1])
    compiled = compiled_function(fun)
    if compiled is not None:
        check_signature(compiled.signature, RHS, "fun")
    if (
        compiled is not None
        and compiled.signature[0] == "int"
        and method in _IN_LANES
        and not options
    ):
        lane_function = _lane_function(fun, lanes, *y0.shape, params.shape[1])
        ensemble = _ensemble_cy.LaneEnsemble(
            _ode_parts_cy.describe(method), y0, params, (problem.t0, problem.tf), points, problem.rtol, problem.atol,
            problem.max_step, problem.first_step, most, compiled.address, compiled.data,
            0 if lane_function is None else lane_function.address,
        )  # fmt: skip
        run_slabs(
            ensemble.run,
            slabs(len(y0), _SLAB),
            workers,
            progress,
            "trajectories",
            ensemble.stop,
        )
        y, status, counts = ensemble.y, ensemble.status, ensemble.counts
    else:
        if max_steps is not None:
            options["max_steps"] = most
        runs = _OneByOne(fun, problem, method, y0, params, points, options)
        run_slabs(runs.run, slabs(len(y0), _SLAB), workers, progress, "trajectories", runs.stop)
        y, status, counts = runs.y, runs.status, runs.counts
    known = np.array(list(_MESSAGES.values()))
    return OdeResult(
        t=points, y=y.swapaxes(1, 2), status=np.where(status == 0, 0, -1),
        message=known[np.searchsorted(list(_MESSAGES), status)],
        nfev=counts[:, 0], nsteps=counts[:, 1], nrejected=counts[:, 2], success=bool((status == 0).all()),
    )  # fmt: skip


def _check_rows(y0, params):
    y0 = as_array(y0, "y0", np.float64, finite=True)
    if y0.ndim not in (1, 2):
        raise ValueError(f"`y0` must have the shape (n_traj, n) or (n,), not {y0.shape}")
    if params is None:
        params = np.empty((len(y0) if y0.ndim == 2 else 1, 0))
    else:
        params = as_array(params, "params", np.float64)
        if params.ndim != 2:
            raise ValueError(f"`params` must have the shape (n_traj, m), not {params.shape}")
    if y0.ndim == 1:
        y0 = np.tile(y0, (len(params), 1))
    if len(params) != len(y0):
        raise ValueError(f"`params` has {len(params)} rows, but `y0` {len(y0)}")
    if len(y0) == 0:
        raise ValueError("`y0` has no rows")
    return y0, params


def _lane_function(fun, wanted, count, n, n_params):
    """The form in lanes of a numba function; None where there is none or it is not worth its compilation."""
    if wanted is None:
        wanted = count >= MANY
    if not wanted or not hasattr(fun, "_pyfunc"):
        return None
    known = _lane_functions.setdefault(fun, {})
    if (n, n_params) not in known:
        from scikit.integrate._lanes import lane_function

        known[n, n_params] = lane_function(getattr(fun, "in_lanes", fun._pyfunc), n, n_params)
    return known[n, n_params]


class _OneByOne:
    """Trajectories one after another, by any method."""

    def __init__(self, fun, problem, method, y0, params, points, options):
        self.fun = fun
        if options.pop("vectorized", False):
            self.fun = Vectorized(fun)
        self.problem, self.method, self.y0, self.params = problem, method, y0, params
        self.points, self.options = points, options
        self.y = np.full((len(y0), len(points), y0.shape[1]), np.nan)
        self.status = np.zeros(len(y0), np.int32)
        self.counts = np.zeros((len(y0), 3), np.int64)
        self.stopped = False

    def stop(self):
        """End what other threads run, after its present trajectory."""
        self.stopped = True

    def run(self, begin, end):
        for k in range(begin, end):
            if self.stopped:
                return
            args = (self.params[k],) if self.params.shape[1] else ()
            problem = self.problem._replace(y0=self.y0[k])
            callback = rhs_callback(self.fun, args, len(problem.y0), False)
            settings = None
            if self.options:
                settings = make_options(self.method, problem, callback, args, self.options)
            try:
                problem = with_consistent_start(
                    problem, callback, settings, self.options.get("consistent", True)
                )
            except InconsistentStart:
                self.status[k] = _STATUS_START
                continue
            solver = problem.integrator(callback, self.method, settings)
            status, _, _, _, values = solver.run(False, False, self.points)
            if values is not None:
                self.y[k, : len(values)] = values
            nfev, _, _, nsteps, nrejected = solver.counts()
            self.status[k], self.counts[k] = status, (nfev, nsteps, nrejected)
