"""Derivatives of solutions by parameters and start values: solve_sensitivity and adjoint_gradient."""

from math import inf, isfinite

import numpy as np

from scikit._core._arrays import as_array
from scikit._core._callback import compiled_function
from scikit.integrate._adjoint import sweep_back
from scikit.integrate._ivp import METHODS, solve_ivp
from scikit.integrate._ode_parts_cy import LEAST_RTOL
from scikit.integrate._options import IMPLICIT
from scikit.integrate._problem import check_problem, check_t_eval
from scikit.integrate._result import RichResult
from scikit.integrate._solution import RESULT_END

#: Adams' formulas are solved without a Jacobian.
_NEWTON = tuple(name for name in IMPLICIT if name != "Adams")
#: Their formulas contain the Jacobian of the system that is integrated, and lose their order with another one.
_ROSENBROCK = ("Rosenbrock23", "Rodas5P")
#: The methods whose steps `adjoint_gradient` can take backwards.
_WITH_ADJOINT = (
    "RK23", "RK45", "Tsit5", "Vern6", "Vern7", "DOP853", "Vern8", "Vern9", *_ROSENBROCK
)  # fmt: skip
_COMMON = {
    "max_step", "first_step", "min_step", "max_steps", "adaptive", "controller", "tstops", "progress"
}  # fmt: skip
_FORWARD = _COMMON | {"max_order", "min_order", "mass", "spectral_radius"}
_EPS = float(np.finfo(float).eps)


def solve_sensitivity(
    fun,
    t_span,
    y0,
    params,
    *,
    jac=None,
    jac_params=None,
    y0_params=None,
    method="Tsit5",
    t_eval=None,
    rtol=1e-6,
    atol=1e-9,
    control_sensitivities=True,
    **options,
):
    """Solve ``dy/dt = fun(t, y, params)`` together with the derivatives of the solution by the parameters.

    Integrates S = dy/dparams along with y, ``dS/dt = (df/dy) S + df/dparams``.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, params)`` returns dy/dt, shape (n,).
    t_span : (float, float)
        Start and end; the end may lie before the start.
    y0 : array_like (n,)
        Start values; real.
    params : array_like (m,)
        The parameters; real, at least one.
    jac : callable, optional
        ``jac(t, y, params)`` returns df/dy, shape (n, n), also as a sparse matrix; by default central differences.
    jac_params : callable, optional
        ``jac_params(t, y, params)`` returns df/dparams, shape (n, m); by default central differences.
    y0_params : array_like (n, m), optional
        The derivative of `y0` by the parameters; zeros by default.
    method : str
        A method of `solve_ivp`; for stiff problems an implicit one, "Radau" or "BDF".
    t_eval : array_like, optional
        Where to store the solution, ordered from t0 to the end; by default at the solver's own steps.
    rtol, atol : float or array_like (n,)
        The error of a step is kept below ``atol + rtol * abs(y)``, and in column i of S below
        ``atol / abs(params[i]) + rtol * abs(S[:, i])`` (`atol` itself, where the parameter is 0).
    control_sensitivities : bool
        False to choose the steps by the error of y alone, which an explicit method only can do.
    **options
        ``max_step``, ``first_step``, ``min_step``, ``max_steps``, ``max_order``, ``min_order``, ``adaptive``,
        ``controller``, ``tstops``, ``progress``, ``mass`` and ``spectral_radius`` (a number) as `solve_ivp` takes
        them.

    Returns
    -------
    OdeResult
        As of `solve_ivp`, with one more field: ``sensitivity``, shape (n, m, number of times), holds the
        derivative of ``y[i]`` by ``params[j]`` in ``[i, j]``. ``nfev`` and ``njev`` count the calls of `fun` and
        of `jac`.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    BaseException
        Whatever `fun`, `jac` or `jac_params` raised, as the same object.

    See Also
    --------
    adjoint_gradient : The gradient of one number by many parameters, for less work.

    Notes
    -----
    The joint system has n (m + 1) equations; y and each column of S keep their tolerance by themselves, as if they
    were tested one by one [2]_. Newton's iteration of the implicit methods uses df/dy for y and for each
    column of S [1]_ and leaves out how dS/dt depends on y, so that a banded factorisation costs (m + 1) times that
    for y; the Rosenbrock methods need the whole Jacobian, whose missing part is found by differences, and factorise
    it in its full size. Without `jac` and `jac_params` an evaluation takes 2 (n + m) + 1 calls of `fun`, and the
    derivatives are good to eight to ten digits. Reentrant and thread-safe: all state belongs to the call.

    References
    ----------
    .. [1] W. F. Feehery, J. E. Tolsma, P. I. Barton, Appl. Numer. Math. 25 (1997) 41-54,
       :doi:`10.1016/S0168-9274(97)00050-0`.
    .. [2] A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363-396, :doi:`10.1145/1089014.1089020`.

    Examples
    --------
    How much the magnetisation that is left after 30 ms depends on T2 = 50 ms; it is exp(-t / T2):

    >>> import numpy as np
    >>> from scikit.integrate import solve_sensitivity
    >>> sol = solve_sensitivity(lambda t, m, p: -m / p[0], (0, 0.03), [1.0], [0.05])
    >>> exact = np.exp(-0.03 / 0.05) * 0.03 / 0.05**2
    >>> bool(abs(sol.sensitivity[0, 0, -1] - exact) < 1e-4 * exact)
    True
    """
    _check_options(options, _FORWARD)
    model, problem = _prepare(fun, t_span, y0, params, jac, jac_params, rtol, atol, options)
    n, m = model.n, model.m
    method = getattr(method, "method", method)
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"`method` must be one of {', '.join(METHODS)}, not {method!r}")
    if method in IMPLICIT and not control_sensitivities:
        raise ValueError(
            f"`control_sensitivities` must be true for {method}: Newton's iteration also solves for them"
        )
    start = np.zeros((n, m))
    if y0_params is not None:
        start = as_array(y0_params, "y0_params", np.float64, shape=(n, m), finite=True)
    options = dict(options)
    options["rtol"], options["atol"] = _joint_tolerances(
        model, problem, bool(control_sensitivities)
    )
    if method in _ROSENBROCK:
        options["jac"] = model.whole_jacobian
    elif method in _NEWTON:
        options.update(jac=model.banded_jacobian, lband=n - 1, uband=n - 1)
    if options.get("mass") is not None:
        options["mass"] = _joint_mass(options["mass"], n, m, banded=method not in _ROSENBROCK)
    radius = options.get("spectral_radius")
    if radius is not None and callable(radius):
        raise TypeError("`spectral_radius` must be a number")
    result = solve_ivp(
        model.joint_rate, (problem.t0, problem.tf), np.concatenate([problem.y0, start.T.ravel()]), method, t_eval,
        **options,
    )  # fmt: skip
    result["sensitivity"] = np.ascontiguousarray(result.y[n:].reshape(m, n, -1).transpose(1, 0, 2))
    result["y"] = result.y[:n].copy()
    result["nfev"], result["njev"] = model.nfev, model.njev
    RESULT_END.__set__(result, None)  # `restart` would begin with the joint system
    return result


def adjoint_gradient(
    fun,
    t_span,
    y0,
    params,
    loss_gradient,
    *,
    jac=None,
    jac_params=None,
    method="Tsit5",
    t_eval=None,
    rtol=1e-6,
    atol=1e-9,
    **options,
):
    """Gradient of a function of the solution of ``dy/dt = fun(t, y, params)`` by parameters and start values.

    The loss is any function of the solution at the end, or at the times `t_eval`. One sweep back over the steps
    gives its gradient by all parameters and start values.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, params)`` returns dy/dt, shape (n,).
    t_span : (float, float)
        Start and end, both finite; the end may lie before the start.
    y0 : array_like (n,)
        Start values; real.
    params : array_like (m,)
        The parameters; real, at least one.
    loss_gradient : callable or array_like
        ``loss_gradient(t, y)`` returns the loss's derivative by y, in the shape of y: (n,) at the end, or
        (n, k) at the k times of `t_eval`, all at once. Or that derivative itself.
    jac : callable, optional
        ``jac(t, y, params)`` returns df/dy, shape (n, n), also as a sparse matrix; by default central differences.
    jac_params : callable, optional
        ``jac_params(t, y, params)`` returns df/dparams, shape (n, m), also as a sparse matrix; by default central
        differences.
    method : {"RK23", "RK45", "Tsit5", "Vern6", "Vern7", "DOP853", "Vern8", "Vern9", "Rosenbrock23", "Rodas5P"}
        An explicit Runge-Kutta method, or for stiff problems a Rosenbrock method.
    t_eval : array_like (k,), optional
        The times that the loss looks at, ordered from t0 to the end; steps end there, and the integration ends
        at the last one.
    rtol, atol : float or array_like
        The error of a step is kept below ``atol + rtol * abs(y)``; `atol` may have shape (n,).
    **options
        ``max_step``, ``first_step``, ``min_step``, ``max_steps``, ``adaptive``, ``controller``, ``tstops`` and
        ``progress`` as `solve_ivp` takes them.

    Returns
    -------
    RichResult
        With the fields ``gradient_params`` (m,) and ``gradient_y0`` (n,); ``t`` and ``y``, the solution that
        the loss looked at, shapes () and (n,), or (k,) and (n, k); ``steps``, the ends of all steps; ``nfev`` and
        ``njev``, the calls of `fun` and `jac`; and ``nsteps``.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    RuntimeError
        If the integration does not reach the end.
    BaseException
        Whatever `fun`, `jac`, `jac_params` or `loss_gradient` raised, as the same object.

    See Also
    --------
    solve_sensitivity : Derivatives of the whole solution by a few parameters, also for stiff problems.

    Notes
    -----
    The discrete adjoint [1]_ [2]_: with `jac` and `jac_params` the gradient is that of the computed solution to
    rounding errors, taken as a function of `y0` and `params` for the steps that were chosen. It costs one
    evaluation of each function a stage, whatever the number of parameters; without `jac` and `jac_params`, 2 (n + m)
    more calls of `fun` a stage, and the gradient is good to eight to ten digits. The solution at all steps is kept.

    The stages of the Rosenbrock methods contain df/dy, so that their adjoint contains its derivative [3]_, which is a
    difference of `jac` of fourth order in the direction of each stage: four more evaluations of `jac` and of
    `jac_params` a stage, and an error of about 1e-11 with them, of about 1e-6 without. Where `fun` depends on t,
    the method itself takes a difference in t, which makes the gradient good to about 1e-7.
    Reentrant and thread-safe: all state belongs to the call.

    References
    ----------
    .. [1] A. Sandu, in: Computational Science - ICCS 2006, LNCS 3994, 550-557, :doi:`10.1007/11758532_82`.
    .. [2] W. W. Hager, Numer. Math. 87 (2000) 247-282, :doi:`10.1007/s002110000178`.
    .. [3] D. N. Daescu, A. Sandu, G. R. Carmichael, Atmos. Environ. 37 (2003) 5097-5114,
       :doi:`10.1016/j.atmosenv.2003.08.020`.

    Examples
    --------
    The misfit of a decay to a measured value of 0.5 at t = 1, by the decay's rate and its start:

    >>> import numpy as np
    >>> from scikit.integrate import adjoint_gradient
    >>> found = adjoint_gradient(lambda t, y, p: -p[0] * y, (0, 1), [1.0], [0.8], lambda t, y: 2 * (y - 0.5))
    >>> misfit = np.exp(-0.8) - 0.5
    >>> bool(abs(found.gradient_params[0] + 2 * misfit * np.exp(-0.8)) < 1e-6)
    True
    >>> bool(abs(found.gradient_y0[0] - 2 * misfit * np.exp(-0.8)) < 1e-6)
    True
    """
    _check_options(options, _COMMON)
    model, problem = _prepare(fun, t_span, y0, params, jac, jac_params, rtol, atol, options)
    method = getattr(method, "method", method)
    if not isinstance(method, str) or method not in _WITH_ADJOINT:
        raise ValueError(f"`method` must be one of {', '.join(_WITH_ADJOINT)}, not {method!r}")
    if not isfinite(problem.tf):
        raise ValueError(f"`t_span` must be finite, and is {t_span!r}")
    points = None if t_eval is None else check_t_eval(t_eval, problem.t0, problem.tf)
    if points is not None and len(points) == 0:
        raise ValueError("`t_eval` must not be empty")
    fixed = None if callable(loss_gradient) else loss_gradient
    shape = (model.n,) if points is None else (model.n, len(points))
    if fixed is not None or loss_gradient is None:
        fixed = as_array(fixed, "loss_gradient", np.float64, shape=shape, finite=True)
    t, y = _steps(model, problem, method, points, options)
    if points is None:
        seen, t_seen, y_seen = np.array([len(t) - 1]), t[-1], y[:, -1].copy()
    else:
        place = {time: k for k, time in enumerate(t)}
        seen = np.array([place[time] for time in points])
        t_seen, y_seen = points, y[:, seen]
    if fixed is None:
        fixed = loss_gradient(t_seen.copy(), y_seen.copy())
        fixed = as_array(fixed, "loss_gradient", np.float64, shape=shape, finite=True)
    jumps = dict(zip(seen, fixed.reshape(model.n, -1).T, strict=True))
    gradient_y0, gradient_params = sweep_back(model, method, t, y, jumps)
    return RichResult(
        gradient_params=gradient_params, gradient_y0=gradient_y0, t=t_seen, y=y_seen, steps=t, nfev=model.nfev,
        njev=model.njev, nsteps=len(t) - 1,
    )  # fmt: skip


def _steps(model, problem, method, points, options):
    """The ends of all steps, and the solution there, up to the last point."""
    tf = problem.tf if points is None else float(points[-1])
    options = dict(options)
    if points is not None:
        # what lies behind the last point has no influence on the loss
        low, high = min(problem.t0, tf), max(problem.t0, tf)
        stops = options.get("tstops")
        stops = [] if stops is None else as_array(stops, "tstops", np.float64, ndim=1)
        if not all(min(problem.t0, problem.tf) <= s <= max(problem.t0, problem.tf) for s in stops):
            raise ValueError("`tstops` must lie within `t_span`")
        options["tstops"] = [s for s in (*points, *stops) if low <= s <= high]
        if options.get("first_step") is not None and options.get("adaptive", True):
            options["first_step"] = min(problem.first_step, abs(tf - problem.t0)) or None
    if method in _ROSENBROCK:
        options["jac"] = model.jacobian
    result = solve_ivp(
        model.rate, (problem.t0, tf), problem.y0, method, rtol=problem.rtol, atol=problem.atol, **options
    )  # fmt: skip
    if not result.success:
        raise RuntimeError(f"the integration of `fun` failed: {result.message}")
    return result.t, result.y


class _Model:
    """A right-hand side with parameters and its derivatives, the user's or differences; checked and counted."""

    def __init__(self, fun, y0, params, jac, jac_params, floor):
        self.fun, self.jac, self.jac_params = fun, jac, jac_params
        self.params = np.array(params)
        self.params.flags.writeable = False  # of every call the same ones
        self.n, self.m, self.floor = len(y0), len(params), floor
        self.nfev = self.njev = 0

    def rate(self, t, y, params=None):
        """dy/dt."""
        self.nfev += 1
        value = np.asarray(self.fun(t, y, self.params if params is None else params))
        if value.dtype.kind not in "biuf":
            raise TypeError(f"`fun` must return real numbers, not {value.dtype}")
        if value.size != self.n or value.ndim > 1:
            raise ValueError(f"`fun` must return the shape ({self.n},), not {value.shape}")
        return value.astype(np.float64, copy=False).reshape(self.n)

    def jacobian(self, t, y):
        """df/dy."""
        if self.jac is None:
            scale = np.maximum(np.abs(y), self.floor)
            return _differences(lambda x: self.rate(t, x), y, np.cbrt(_EPS) * scale)
        self.njev += 1
        return _matrix(self.jac(t, y, self.params), "jac", (self.n, self.n))

    def by_params(self, t, y):
        """df/dparams."""
        if self.jac_params is None:
            steps = np.cbrt(_EPS) * _sizes(self.params)
            return _differences(lambda p: self.rate(t, y.copy(), p), self.params, steps)
        value = self.jac_params(t, y, self.params)
        return _matrix(value, "jac_params", (self.n, self.m))

    def change(self, t, y, s):
        """dS/dt."""
        return self.jacobian(t, y) @ s + self.by_params(t, y)

    def _split(self, z):
        return z[: self.n].copy(), z[self.n :].reshape(self.m, self.n).T

    def joint_rate(self, t, z):
        """d/dt of y and the columns of S."""
        y, s = self._split(z)
        value = np.empty(z.size)
        value[: self.n] = self.rate(t, y)
        value[self.n :] = np.asarray(self.change(t, y, s)).T.ravel()
        return value

    def banded_jacobian(self, t, z):
        """df/dy once for y and for every column of S, packed."""
        return _packed(_dense(self.jacobian(t, self._split(z)[0])), self.m + 1)

    def whole_jacobian(self, t, z):
        """The Jacobian of the joint system, with how dS/dt depends on y by differences."""
        y, s = self._split(z)
        whole = np.kron(np.eye(self.m + 1), _dense(self.jacobian(t, y)))
        # differences of differences need larger steps
        exact = self.jac is not None and self.jac_params is not None
        steps = (np.cbrt(_EPS) if exact else _EPS**0.25) * np.maximum(np.abs(y), self.floor)
        whole[self.n :, : self.n] = _differences(
            lambda x: np.asarray(self.change(t, x, s)).T.ravel(), y, steps
        )
        return whole


def _differences(fun, x, steps):
    """Central differences of fun: one column for each of x."""
    columns = []
    for k, step in enumerate(steps):
        low, high = x.copy(), x.copy()
        low[k] -= step
        high[k] += step
        # as stored, not as intended
        width = high[k] - low[k]
        columns.append((fun(high).copy() - fun(low)) / width)
    return np.stack(columns, axis=1)


def _matrix(value, name, shape):
    """A matrix that the user's function `name` returned; sparse ones stay sparse."""
    if not hasattr(value, "toarray"):
        value = np.asarray(value)
        if value.dtype.kind not in "biuf":
            raise TypeError(f"`{name}` must return real numbers, not {value.dtype}")
    if value.shape != shape:
        raise ValueError(f"`{name}` must return the shape {shape}, not {value.shape}")
    return value


def _dense(matrix):
    return matrix.toarray() if hasattr(matrix, "toarray") else matrix


def _packed(block, count):
    """A block-diagonal matrix of `count` equal blocks as a banded one: (i, j) in row i - j + n - 1 and column j."""
    n = len(block)
    i, j = np.indices((n, n))
    packed = np.zeros((2 * n - 1, n))
    packed[i - j + n - 1, j] = block
    return np.tile(packed, count)


def _sizes(params):
    """Typical sizes of the parameters."""
    return np.where(params == 0, 1.0, np.abs(params))


def _prepare(fun, t_span, y0, params, jac, jac_params, rtol, atol, options):
    """The checked model and problem."""
    for function, name in ((fun, "fun"), (jac, "jac"), (jac_params, "jac_params")):
        if function is None and name != "fun":
            continue
        if not callable(function) or compiled_function(function) is not None:
            raise TypeError(f"`{name}` must be a Python function, not {type(function).__name__}")
    problem = check_problem(
        t_span, y0, rtol, atol, options.get("max_step", inf), options.get("first_step")
    )
    if problem.is_complex:
        raise TypeError("`y0` must hold real numbers")
    if len(problem.y0) == 0:
        raise ValueError("`y0` must not be empty")
    params = as_array(params, "params", np.float64, ndim=1, finite=True)
    if len(params) == 0:
        raise ValueError("`params` must not be empty")
    # components below atol / rtol count as zero for the error control, and may be moved by that much
    floor = np.minimum(np.divide(problem.atol, problem.rtol), 1.0) + np.zeros(len(problem.y0))
    floor[floor == 0] = 1.0
    return _Model(fun, problem.y0, params, jac, jac_params, floor), problem


def _check_options(options, known):
    for name in options:
        if name not in known:
            raise TypeError(f"`{name}` is not an option here; these are {', '.join(sorted(known))}")


def _joint_tolerances(model, problem, control):
    """rtol and atol of the joint system, such that y and each column of S keep theirs.

    The error norm is the root of the mean over all n (m + 1) equations: with tolerances smaller by the square root of
    m + 1, a norm of 1 of all means one of at most 1 of each part.
    """
    n, m = model.n, model.m
    part = np.sqrt(m + 1.0)
    rtol = np.maximum(np.tile(np.broadcast_to(problem.rtol, n), m + 1) / part, LEAST_RTOL)
    atol = np.broadcast_to(problem.atol, n)
    columns = np.outer(1 / _sizes(model.params), atol) if control else np.full((m, n), inf)
    return rtol, np.concatenate([atol, columns.ravel()]) / part


def _joint_mass(mass, n, m, banded):
    """The mass matrix of the joint system, packed if its Jacobian is."""
    mass = as_array(_dense(mass), "mass", np.float64, finite=True)
    if mass.shape == (n,):
        return np.tile(mass, m + 1)
    if mass.shape != (n, n):
        raise ValueError(f"`mass` must have the shape {(n, n)} or ({n},), not {mass.shape}")
    return _packed(mass, m + 1) if banded else np.kron(np.eye(m + 1), mass)
