"""The integrators as objects that take one step at a time: OdeSolver and a class for every method."""

import functools
from math import inf

import numpy as np

from scikit._core._callback import rhs_callback
from scikit.integrate._dae import with_consistent_start
from scikit.integrate._events import Watch, prepare_events
from scikit.integrate._options import make_options
from scikit.integrate._problem import check_problem, check_t_eval
from scikit.integrate._solution import ConstantOutput, OdeResult, StepOutput
from scikit.integrate._stepwise import Output
from scikit.integrate._tableau import Coefficients, StageCount

TOO_SMALL_STEP = "Required step size is less than spacing between numbers."


class OdeSolver:
    """Base of the solver classes, and of a user's own method.

    A subclass defines ``_step_impl()``, which advances ``t`` and ``y`` and returns (success, message), and
    ``_dense_output_impl()``, which returns a `DenseOutput` of the last step.

    Parameters
    ----------
    fun : callable
        ``fun(t, y)``; y has shape (n,), or (n, k) if `vectorized`.
    t0 : float
        Where the integration starts.
    y0 : array_like (n,)
        Start values.
    t_bound : float
        The integration goes no further; its side of t0 is the direction.
    vectorized : bool
        Whether `fun` takes and gives arrays of shape (n, k).
    support_complex : bool
        Whether a complex `y0` is accepted.

    Attributes
    ----------
    n : int
        Number of equations.
    status : str
        "running", "finished" or "failed".
    t, t_old : float
        Where the integration is and was one step ago (None before the first one).
    y : ndarray (n,)
    direction, step_size : float
    nfev, njev, nlu : int

    Examples
    --------
    Euler's method with steps of 0.01, used by `solve_ivp`:

    >>> from scikit.integrate import OdeSolver, solve_ivp
    >>> class Euler(OdeSolver):
    ...     def _step_impl(self):
    ...         h = min(0.01, self.t_bound - self.t)
    ...         self.y = self.y + h * self.fun(self.t, self.y)
    ...         self.t = self.t_bound if h < 0.01 else self.t + h
    ...         return True, None
    >>> sol = solve_ivp(lambda t, y: -y, (0, 1), [1.0], method=Euler)
    >>> bool(abs(sol.y[0, -1] - 0.3679) < 2e-3)
    True
    """

    TOO_SMALL_STEP = TOO_SMALL_STEP

    def __init__(self, fun, t0, y0, t_bound, vectorized, support_complex=False):
        y0 = np.asarray(y0)
        if y0.dtype.kind == "c" and not support_complex:
            raise ValueError(
                "`y0` is complex, but the chosen solver does not support integration in a complex domain."
            )
        dtype = np.complex128 if y0.dtype.kind == "c" else np.float64
        y0 = y0.astype(dtype)
        if y0.ndim != 1:
            raise ValueError("`y0` must be 1-dimensional.")
        if not np.isfinite(y0).all():
            raise ValueError("All components of the initial state `y0` must be finite.")
        self.t_old, self.t, self.t_bound = None, t0, t_bound
        self.y, self.n, self.vectorized = y0, y0.size, vectorized
        self.direction = np.sign(t_bound - t0) if t_bound != t0 else 1
        self.status = "running"
        self.nfev = self.njev = self.nlu = 0
        self._user_fun = fun

    def fun_single(self, t, y):
        """dy/dt at one point."""
        value = self._user_fun(t, y[:, None]).ravel() if self.vectorized else self._user_fun(t, y)
        return np.asarray(value, dtype=self.y.dtype)

    def fun_vectorized(self, t, y):
        """dy/dt at the columns of y."""
        if self.vectorized:
            return np.asarray(self._user_fun(t, y), dtype=self.y.dtype)
        return np.stack([self.fun_single(t, column) for column in y.T], axis=1)

    def fun(self, t, y):
        """dy/dt at one point, counted in `nfev`."""
        self.nfev += 1
        return self.fun_single(t, y)

    @property
    def step_size(self):
        """Length of the last step; None before the first one."""
        return None if self.t_old is None else abs(self.t - self.t_old)

    def step(self):
        """Take one step.

        Returns
        -------
        str or None
            The reason, if the integration failed.
        """
        if self.status != "running":
            raise RuntimeError("Attempt to step on a failed or finished solver.")
        if self.n == 0 or self.t == self.t_bound:
            self.t_old, self.t = self.t, self.t_bound
            self.status = "finished"
            return None
        t = self.t
        success, message = self._step_impl()
        if not success:
            self.status = "failed"
            return message
        self.t_old = t
        if self.direction * (self.t - self.t_bound) >= 0:
            self.status = "finished"
        return None

    def dense_output(self):
        """The last step as a function of t, a `DenseOutput`."""
        if self.t_old is None:
            raise RuntimeError("Dense output is available after a successful step was made.")
        if self.n == 0 or self.t == self.t_old:
            return ConstantOutput(self.t_old, self.t, self.y)
        return self._dense_output_impl()

    def _step_impl(self):
        raise NotImplementedError(f"{type(self).__name__} does not define _step_impl")

    def _dense_output_impl(self):
        raise NotImplementedError(f"{type(self).__name__} does not define _dense_output_impl")


class _CompiledSolver(OdeSolver):
    """A method of the kernel; subclasses name it."""

    method = ""

    def __init__(self, fun, t0, y0, t_bound, max_step=inf, rtol=1e-3, atol=1e-6, vectorized=False, first_step=None,
                 **options):  # fmt: skip
        super().__init__(fun, t0, y0, t_bound, vectorized, support_complex=True)
        self._problem = check_problem((t0, t_bound), self.y, rtol, atol, max_step, first_step)
        self.max_step, self.rtol, self.atol = max_step, rtol, atol
        self._options = options
        self._integrator = None
        if self.n > 0 and self.t != self.t_bound and not self._starts_late:
            self._start()

    _starts_late = False

    @property
    def h_abs(self):
        """Size of the next step to try."""
        if self._integrator is None:
            return self._problem.first_step
        return self._integrator.h_abs

    @property
    def y_old(self):
        """The solution at `t_old`; None before the first step."""
        if self.t_old is None or self._integrator is None:
            return None
        y = self._integrator.y_old
        return y.view(np.complex128) if self._problem.is_complex else y

    def _start(self):
        problem = self._problem
        fun = self._user_fun if not self.vectorized else self.fun_single
        callback = rhs_callback(fun, (), self.n, problem.is_complex)
        settings = (
            make_options(self.method, problem, callback, (), self._options)
            if self._options
            else None
        )
        problem = with_consistent_start(
            problem, callback, settings, self._options.get("consistent", True)
        )
        self._integrator = problem.integrator(callback, self.method, settings)
        self.y = problem.y0.copy()
        self._count()

    def _count(self):
        self.nfev, self.njev, self.nlu, *_ = self._integrator.counts()

    def _step_impl(self):
        if self._integrator is None:
            self._start()
        status = self._integrator.step()
        self._count()
        if status != 0:
            return (
                False,
                TOO_SMALL_STEP if status == 10 else f"The integration ended with status {status}.",
            )
        self.t = self._integrator.t
        y = self._integrator.y
        self.y = y.view(np.complex128) if self._problem.is_complex else y
        return True, None

    def _dense_output_impl(self):
        terms = self._integrator.interpolant()
        self._count()
        return StepOutput(self.t_old, self.t, terms, self._problem.is_complex)


class _RungeKutta(_CompiledSolver):
    """An explicit method, with the coefficients that define it."""

    A, B, C = Coefficients("A"), Coefficients("B"), Coefficients("C")
    n_stages = StageCount()

    @property
    def K(self):
        """The derivatives at the stages of the last step, shape (n_stages + 1, n); the last is the one at `t`."""
        if self._integrator is None:
            return np.zeros((self.n_stages + 1, self.n), dtype=self.y.dtype)
        stages = self._integrator.stages[: self.n_stages + 1]
        return stages.view(np.complex128) if self._problem.is_complex else stages


class _OneEstimate(_RungeKutta):
    E, P = Coefficients("E", 0), Coefficients("P")

    def _estimate_error(self, K, h):
        return np.dot(K.T, self.E) * h

    def _estimate_error_norm(self, K, h, scale):
        return _root_mean_square(self._estimate_error(K, h) / scale)


class _TwoEstimates(_RungeKutta):
    E5, E3 = Coefficients("E", 0), Coefficients("E", 1)

    def _estimate_error(self, K, h):
        """The fifth order estimate, damped by the third order one (Hairer et al., II.10)."""
        fifth, third = np.dot(K.T, self.E5), np.dot(K.T, self.E3)
        whole = np.hypot(np.abs(fifth), 0.1 * np.abs(third))
        damping = np.divide(np.abs(fifth), whole, out=np.ones_like(whole), where=whole > 0)
        return h * fifth * damping

    def _estimate_error_norm(self, K, h, scale):
        fifth, third = np.dot(K.T, self.E5) / scale, np.dot(K.T, self.E3) / scale
        high, low = np.linalg.norm(fifth) ** 2, np.linalg.norm(third) ** 2
        if high == 0 and low == 0:
            return 0.0
        return abs(h) * high / np.sqrt((high + 0.01 * low) * len(fifth))


def _root_mean_square(x):
    return np.linalg.norm(x) / np.sqrt(x.size)


_DOC = """{title}

    The method as an object: `step` takes one step, `dense_output` gives it as a function of t; see `solve_ivp`, which
    uses the same kernel and describes the parameters.

    Parameters
    ----------
    fun : callable
        ``fun(t, y)``.
    t0 : float
        Where the integration starts.
    y0 : array_like (n,)
        Start values, real or complex.
    t_bound : float
        The integration goes no further.
    max_step : float
        Largest step allowed.
    rtol, atol : float or array_like (n,)
        The error of a step is kept below ``atol + rtol * abs(y)``.
    vectorized : bool
        Whether `fun` takes and gives arrays of shape (n, k).
    first_step : float, optional
        Size of the first step; chosen by the method if not given.
    **options
        The method's further options, as `solve_ivp` takes them.

    Attributes
    ----------
    n, status, t_bound, direction, t, y, t_old, step_size, nfev, njev, nlu
        See `OdeSolver`.
{attributes}
    Examples
    --------
    >>> from scikit.integrate import {name}
    >>> solver = {name}(lambda t, y: -y, 0.0, [1.0], 1.0)
    >>> while solver.status == "running":
    ...     message = solver.step()
    >>> bool(abs(solver.y[0] - 0.3679) < 1e-2)
    True
    """


_COEFFICIENTS = """\
    A, B, C : ndarray (n_stages, n_stages), (n_stages,), (n_stages,)
        The method's coefficients: of the stages, of the solution, and the nodes. Of the class too, and read-only.
{estimates}
    n_stages, order, error_estimator_order : int
    K : ndarray (n_stages + 1, n)
        The derivatives at the stages of the last step, and at its end.
"""
_ONE = """\
    E : ndarray (n_stages + 1,)
        Weights of the error estimate.
    P : ndarray (n_stages + 1, terms)
        The interpolant: ``y(t_old + x * h) = y_old + h * K.T @ P @ [x, x**2, ...]``."""
_TWO = """\
    E5, E3 : ndarray (n_stages + 1,)
        Weights of the error estimates of fifth and of third order."""


def _solver(name, title, base=_CompiledSolver, estimates=None, **members):
    attributes = "" if estimates is None else _COEFFICIENTS.format(estimates=estimates)
    return type(name, (base,), {
        "__doc__": _DOC.format(name=name, title=title, attributes=attributes), "__module__": "scikit.integrate",
        "method": name, **members,
    })  # fmt: skip


RK23 = _solver(
    "RK23", "Explicit Runge-Kutta method of order 3(2).", _OneEstimate, _ONE, order=3, error_estimator_order=2
)  # fmt: skip
RK45 = _solver(
    "RK45", "Explicit Runge-Kutta method of order 5(4).", _OneEstimate, _ONE, order=5, error_estimator_order=4
)  # fmt: skip
DOP853 = _solver(
    "DOP853", "Explicit Runge-Kutta method of order 8(5,3).", _TwoEstimates, _TWO, order=8, error_estimator_order=7
)  # fmt: skip
Radau = _solver(
    "Radau", "Implicit Runge-Kutta methods of the Radau IIA family, of orders 5, 9 and 13."
)
BDF = _solver("BDF", "Backward differentiation formulas of orders 1 to 5.")
LSODA = _solver(
    "LSODA",
    "Adams and backward differentiation formulas with automatic switching.",
    _starts_late=True,
)


def is_solver_class(method):
    """Whether `method` is a class that takes steps as `OdeSolver` does: a subclass of it, or of SciPy's."""
    if not isinstance(method, type):
        return False
    return issubclass(method, OdeSolver) or all(
        callable(getattr(method, name, None)) for name in ("step", "dense_output", "_step_impl")
    )


def solve_with_class(
    solver_class, fun, problem, t_eval, dense_output, events, vectorized, args, options
):
    """`solve_ivp` with a user's subclass of `OdeSolver`."""
    points = None if t_eval is None else check_t_eval(t_eval, problem.t0, problem.tf)
    if args:
        user, fun = fun, lambda t, y: user(t, y, *args)
    solver = solver_class(fun, problem.t0, problem.y0, problem.tf, vectorized=vectorized, **options)
    watch = Watch([] if events is None else prepare_events(events), args)
    watch.begin(problem.t0, problem.y0)
    output = Output(problem, points, dense_output)
    status, message = None, "The solver successfully reached the end of the integration interval."
    while status is None:
        failure = solver.step()
        if solver.status == "failed":
            status, message = -1, failure
            break
        if solver.status == "finished":
            status = 0
        t, y = solver.t, solver.y
        interpolant = functools.cache(solver.dense_output)  # it may evaluate `fun`
        happening = watch.look(t, y, interpolant, interpolant) if events is not None else None
        if happening is not None:
            t, event = happening
            y = interpolant()(t)
            if event.affect is not None:
                raise ValueError("an event's `affect` needs one of the library's own methods")
            status, message = 1, "A termination event occurred."
        output.add(t, y, interpolant)
    t, y, sol = output.arrays()
    t_events, y_events = (None, None) if events is None else watch.found()
    return OdeResult(
        t=t, y=y, sol=sol, t_events=t_events, y_events=y_events, nfev=solver.nfev, njev=solver.njev, nlu=solver.nlu,
        nsteps=len(output.ts) - 1, nrejected=0, status=status, message=message, success=status >= 0,
    )  # fmt: skip
