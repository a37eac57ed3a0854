"""Symplectic integration of separable Hamiltonian systems: solve_symplectic."""

import operator
from math import inf, isfinite

import numpy as np

from scikit._core._arrays import as_array
from scikit._core._callback import compiled_function, rhs_callback
from scikit.integrate import _ode_parts_cy, _symplectic_cy
from scikit.integrate._problem import check_args, check_t_eval, number
from scikit.integrate._result import RichResult


def _symmetric(outer):
    """Weights w1 ... wm ... w1 that sum to 1, from all but the middle one, the outermost first."""
    return np.array([*outer, 1 - 2 * sum(outer), *outer[::-1]])


_CUBE_ROOT = 2.0 ** (1 / 3)
#: Weights of the Verlet steps. Order 4: the triple jump; 6: Yoshida's solution A; 8: of Yoshida's form with 15 steps,
#: the solution of Suzuki and Umeno (1993), whose errors are 50 times smaller than those of Yoshida's solution D
#: (digits: Hairer, Lubich, Wanner, equation (V.3.12)).
METHODS = {
    "VelocityVerlet": np.array([1.0]),
    "Yoshida4": _symmetric([1 / (2 - _CUBE_ROOT)]),
    "Yoshida6": _symmetric([0.78451361047755726382, 0.23557321335935813368, -1.17767998417887100695]),
    "Yoshida8": _symmetric([
        0.74167036435061295345, -0.40910082580003159400, 0.19075471029623837995, -0.57386247111608226666,
        0.29906418130365592384, 0.33462491824529818378, 0.31529309239676659663,
    ]),
}  # fmt: skip
_MOST_STEPS = 2**53


def solve_symplectic(
    force,
    t_span,
    q0,
    v0,
    *,
    step,
    method="VelocityVerlet",
    mass=None,
    t_eval=None,
    every=None,
    args=(),
):
    """Integrate Newton's equations ``mass * q'' = force(t, q)`` over long times.

    Steps of a fixed size by methods that are symplectic and symmetric: the energy error stays bounded instead of
    growing, and angular momentum is kept to rounding errors.

    Parameters
    ----------
    force : callable or compiled function
        ``force(t, q, *args)`` returns the forces, shape (n,); they must not depend on velocities. Or a compiled
        function ``int f(double t, const double *q, double *out, void *data)``, as `solve_ivp` takes it; then no
        Python code runs during the integration.
    t_span : (float, float)
        Start and end; the end may lie before the start.
    q0, v0 : array_like, shape (n,)
        Positions and velocities at the start; real.
    step : float
        The largest size of a step, positive; the interval is cut into equal steps.
    method : {"VelocityVerlet", "Yoshida4", "Yoshida6", "Yoshida8"}
        Of order 2, 4, 6 or 8, with 1, 3, 7 or 15 calls of `force` a step.
    mass : float or array_like (n,), optional
        Positive; 1 if not given.
    t_eval : array_like (m,), optional
        Where to store the solution, ordered from start to end. Between two steps it is found by a shorter step aside,
        with the method's full order.
    every : int, optional
        Store every so many steps (and at both ends) instead; 1 by default.
    args : tuple, optional
        Further arguments of `force`; for a compiled function numbers, behind ``data``.

    Returns
    -------
    RichResult
        With the fields ``t`` (m,), ``q`` (n, m), ``v`` (n, m), ``step`` (the signed size of the steps), ``nsteps``,
        ``nfev``, ``success`` and ``message``; not successful where the solution is not finite at the end.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    RuntimeError
        If a compiled `force` reports a failure.
    BaseException
        Whatever `force` raised, as the same object.

    Notes
    -----
    Compositions of the Stoermer-Verlet step [1]_ [2]_. The step must resolve the fastest oscillation: Verlet steps
    are unstable beyond a step of 2 / omega, compositions already before. Reentrant and thread-safe: all state belongs
    to the call. Ctrl-C ends it within a fraction of a second.

    References
    ----------
    .. [1] H. Yoshida, Phys. Lett. A 150 (1990) 262-268, :doi:`10.1016/0375-9601(90)90092-3`.
    .. [2] E. Hairer, C. Lubich, G. Wanner, Geometric Numerical Integration, 2nd ed., Springer, 2006,
       :doi:`10.1007/3-540-30666-8`.

    Examples
    --------
    A hundred revolutions on an ellipse; the energy is still that of the start:

    >>> import numpy as np
    >>> from scikit.integrate import solve_symplectic
    >>> sol = solve_symplectic(lambda t, q: -q / np.hypot(*q) ** 3, (0, 200 * np.pi), [0.8, 0.0], [0.0, 1.5 ** 0.5],
    ...                        step=0.05, method="Yoshida6", every=100)
    >>> energy = (sol.v**2).sum(axis=0) / 2 - 1 / np.hypot(*sol.q)
    >>> bool(np.abs(energy + 0.5).max() < 1e-7)
    True
    """
    q0, v0, inverse_mass = _check_state(q0, v0, mass)
    t0, tf = _check_span(t_span)
    step = number(step, "step")
    if not 0 < step < inf:
        raise ValueError(f"`step` must be positive and finite, not {step!r}")
    try:
        weights = METHODS[method]
    except (KeyError, TypeError):
        raise ValueError(f"`method` must be one of {', '.join(METHODS)}, not {method!r}") from None
    if t_eval is not None and every is not None:
        raise ValueError("`every` and `t_eval` cannot both be given")
    every = 1 if every is None else operator.index(every)
    if every < 1:
        raise ValueError(f"`every` must be positive, not {every}")
    if compiled_function(force) is None and not callable(force):
        raise TypeError(
            f"`force` must be callable or a compiled function, not {type(force).__name__}"
        )
    n_steps = abs(tf - t0) / step
    if not n_steps < _MOST_STEPS:
        raise ValueError(f"`step` is too small: {step!r} for an interval of {abs(tf - t0)!r}")
    n_steps = int(np.ceil(n_steps * (1 - 1e-14)))
    h = (tf - t0) / n_steps if n_steps else 0.0
    callback = rhs_callback(force, check_args(args), len(q0), False)
    solver = _symplectic_cy.Composition(callback, weights, t0, h, q0, v0, inverse_mass)
    if t_eval is None:
        t, q, v = _on_the_grid(solver, n_steps, every, t0, tf, h, q0, v0)
    else:
        t, q, v = _at_points(solver, n_steps, check_t_eval(t_eval, t0, tf), t0, h, len(q0))
    success = not q.size or (_ode_parts_cy.all_finite(q[-1]) and _ode_parts_cy.all_finite(v[-1]))
    return RichResult(
        t=t, q=q.T, v=v.T, step=h, nsteps=solver.step, nfev=solver.nfev, success=success,
        message="The end of the interval was reached." if success else "The solution is not finite.",
    )  # fmt: skip


def _check_state(q0, v0, mass):
    q0 = as_array(q0, "q0", np.float64, finite=True)
    v0 = as_array(v0, "v0", np.float64, finite=True)
    if q0.ndim != 1 or q0.size == 0:
        raise ValueError(f"`q0` must be 1-dimensional and not empty, not of the shape {q0.shape}")
    if v0.shape != q0.shape:
        raise ValueError(f"`v0` must have the shape {q0.shape} of `q0`, not {v0.shape}")
    if mass is None:
        return np.ascontiguousarray(q0), np.ascontiguousarray(v0), None
    mass = as_array(mass, "mass", np.float64, finite=True)
    if mass.shape not in ((), q0.shape):
        raise ValueError(f"`mass` must be a number or have the shape {q0.shape}, not {mass.shape}")
    if not (mass > 0).all():
        raise ValueError("`mass` must be positive")
    return np.ascontiguousarray(q0), np.ascontiguousarray(v0), 1 / np.broadcast_to(mass, q0.shape)


def _check_span(t_span):
    try:
        t0, tf = t_span
        t0, tf = float(t0), float(tf)
    except (TypeError, ValueError):
        raise ValueError(f"`t_span` must be two numbers, not {t_span!r}") from None
    if not (isfinite(t0) and isfinite(tf)):
        raise ValueError(f"`t_span` must be finite, and is {t_span!r}")
    return t0, tf


def _on_the_grid(solver, n_steps, every, t0, tf, h, q0, v0):
    """The start, every so many steps, and the end."""
    kept = n_steps // every
    rows = 1 + kept + (n_steps % every > 0)
    q, v = np.empty((rows, len(q0))), np.empty((rows, len(q0)))
    q[0], v[0] = q0, v0
    solver.run(n_steps, every, q[1:], v[1:])
    if rows > kept + 1:
        solver.look(0.0, q[-1], v[-1])
    t = t0 + h * np.minimum(np.arange(rows) * every, n_steps)
    if n_steps:
        t[-1] = tf
    return t, q, v


def _at_points(solver, n_steps, points, t0, h, n):
    q, v = np.empty((len(points), n)), np.empty((len(points), n))
    nothing = np.empty((0, n))
    for k, t in enumerate(points):
        place = (t - t0) / h if h else 0.0
        # a point that differs from a step's end by rounding errors only is taken there
        whole = min(int(place + 1e-9), n_steps)
        solver.run(whole - solver.step, 0, nothing, nothing)
        part = place - whole
        solver.look(part if abs(part) > 1e-9 else 0.0, q[k], v[k])
    solver.run(n_steps - solver.step, 0, nothing, nothing)
    return points, q, v
