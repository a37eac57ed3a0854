"""Differential-algebraic equations M y' = f(t, y) with singular M: start values that satisfy the algebraic ones."""

import numpy as np

from scikit.integrate import _ode_parts_cy

_MOST_ITERATIONS = 20
_MOST_UNKNOWNS = (
    3000  # beyond, the dense Newton matrix would be too large: the start is only checked
)


class InconsistentStart(ValueError):
    """No start values were found that satisfy the algebraic equations."""


def algebraic_parts(mass, lower, upper):
    """Which equations, and which components, M does not touch.

    Parameters
    ----------
    mass : ndarray (n, n) or (lower + upper + 1, n)
        As the kernel takes it.
    lower, upper : int
        -1 for a full matrix.

    Returns
    -------
    equations, components : ndarray of bool (n,)
    """
    n = mass.shape[1]
    touched = mass != 0
    if lower < 0:
        return ~touched.any(axis=1), ~touched.any(axis=0)
    equations = np.ones(n, dtype=bool)
    for row in range(lower + upper + 1):
        i = np.flatnonzero(touched[row]) + row - upper
        equations[i[(i >= 0) & (i < n)]] = False
    return equations, ~touched.any(axis=0)


def with_consistent_start(problem, fun, settings, wanted=True):
    """`problem` with `y0` made consistent, where `settings` (IntegratorOptions or None) has a mass matrix.

    Parameters
    ----------
    problem : Problem
    fun : Callback
    settings : IntegratorOptions or None
    wanted : bool
        The user's option ``consistent``.

    Returns
    -------
    Problem
    """
    if settings is None or settings.mass is None or not wanted:
        return problem
    start = consistent_start(fun, problem, settings.mass, settings.lower, settings.upper)
    return problem._replace(y0=start.view(problem.y0.dtype))


def consistent_start(fun, problem, mass, lower, upper):
    """Start values that satisfy the algebraic equations of a system of index 1.

    Newton's method changes the components that M does not touch; the others stay as given (P. N. Brown,
    A. C. Hindmarsh, L. R. Petzold, SIAM J. Sci. Comput. 19 (1998) 1495-1512, doi:10.1137/S1064827595289996).

    Parameters
    ----------
    fun : Callback
    problem : Problem
    mass, lower, upper
        See `algebraic_parts`.

    Returns
    -------
    ndarray
        In real numbers.

    Raises
    ------
    ValueError
        If none are found.
    """
    y = problem.real_y0.copy()
    equations, components = algebraic_parts(mass, lower, upper)
    if not equations.any():
        return y
    wanted = np.flatnonzero(components)
    scale = problem.atol + problem.rtol * np.abs(y) + 1e-300

    def residual(state):
        return _ode_parts_cy.call_rhs(fun, problem.t0, state)[equations]

    r = residual(y)
    if len(wanted) > _MOST_UNKNOWNS or len(wanted) != equations.sum():
        return y
    for _ in range(_MOST_ITERATIONS):
        jacobian = np.empty((len(r), len(wanted)))
        for k, j in enumerate(wanted):
            moved = y.copy()
            moved[j] += 1.5e-8 * max(abs(y[j]), 1e-3 * np.abs(y).max(), 1e-10)
            jacobian[:, k] = (residual(moved) - r) / (moved[j] - y[j])
        try:
            change = np.linalg.solve(jacobian, -r)
        except np.linalg.LinAlgError:
            break
        small = np.max(np.abs(change) / scale[wanted]) <= 1e-2
        if small and not np.any(np.abs(change) > 1e-12 * np.abs(y[wanted])):
            return y
        y[wanted] += change
        r = residual(y)
        if not np.isfinite(r).all():
            break
        if small:
            return y
    raise InconsistentStart(
        "`y0` does not satisfy the algebraic equations of `mass`, and no values near it were found that do "
        "(the system must be of index 1)"
    )
