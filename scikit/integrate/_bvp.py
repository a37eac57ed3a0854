"""Two-point boundary value problems: solve_bvp."""

import sys
import warnings
from math import inf

import numpy as np

from scikit._core._arrays import as_array, to_numpy
from scikit.integrate._bvp_newton import Newton, Problem
from scikit.integrate._piecewise import PiecewisePolynomial
from scikit.integrate._result import RichResult

_EPS = float(np.finfo(float).eps)
_MAX_ROUNDS = 10  # to bring the boundary conditions below bc_tol
_MESSAGES = {
    0: "The algorithm converged to the desired accuracy.",
    1: "The maximum number of mesh nodes is exceeded.",
    2: "A singular Jacobian encountered when solving the collocation system.",
    3: f"The solver was unable to satisfy boundary conditions tolerance on iteration {_MAX_ROUNDS}.",
}


class BVPResult(RichResult):
    """The result of `solve_bvp`: a dict whose items are attributes too."""


def solve_bvp(
    fun,
    bc,
    x,
    y,
    p=None,
    S=None,
    fun_jac=None,
    bc_jac=None,
    tol=1e-3,
    max_nodes=1000,
    verbose=0,
    bc_tol=None,
):
    """Solve a boundary value problem for a system of ordinary differential equations.

    Finds y(x) and, if wanted, unknown parameters p such that ``dy/dx = fun(x, y, p) + S @ y / (x - a)`` for a <= x <=
    b and ``bc(y(a), y(b), p) = 0``.

    Parameters
    ----------
    fun : callable
        ``fun(x, y)``, or ``fun(x, y, p)`` with parameters: x of shape (q,), y of shape (n, q), result of the same shape
        as y, column by column. The number of points and their order change from call to call.
    bc : callable
        ``bc(ya, yb)``, or ``bc(ya, yb, p)``: residuals of the boundary conditions, shape (n + k,).
    x : array_like, shape (m,)
        Initial mesh, strictly increasing, from a to b.
    y : array_like, shape (n, m)
        Guess of the solution on the mesh; of a complex type for a complex problem, whose functions must be
        differentiable in the complex sense.
    p : array_like, shape (k,), optional
        Guess of the unknown parameters.
    S : array_like, shape (n, n), optional
        Matrix of the singular term. The solution then has ``S @ y(a) = 0``, which `bc` must not contradict.
    fun_jac : callable, optional
        ``fun_jac(x, y)`` gives ``df_dy`` (n, n, q), element (i, j, q) being d f_i / d y_j at point q; ``fun_jac(x, y,
        p)`` gives ``df_dy, df_dp`` with ``df_dp`` (n, k, q). By finite differences if not given.
    bc_jac : callable, optional
        ``bc_jac(ya, yb)`` gives the derivatives by ya and by yb, each (n + k, n); ``bc_jac(ya, yb, p)`` also that by p,
        (n + k, k). By finite differences if not given.
    tol : float
        The relative residual ``(y' - f) / (1 + abs(f))`` is brought below `tol` in every interval, in the root mean
        square.
    max_nodes : int
        Largest number of mesh nodes.
    verbose : {0, 1, 2}
        Print nothing, a report at the end, or each round too.
    bc_tol : float, optional
        Absolute tolerance of the boundary conditions; `tol` by default.

    Returns
    -------
    BVPResult
        With the fields ``sol`` (a callable, the solution as a C1 piecewise cubic: ``sol(x)`` has shape (n,) + x.shape,
        ``sol(x, 1)`` is its derivative), ``p`` (k,) or None, ``x`` (m,), ``y`` and ``yp`` (n, m), ``rms_residuals``
        (m - 1,), ``niter``, ``status`` (0 converged, 1 too many nodes, 2 singular Jacobian, 3 boundary conditions not
        within `bc_tol`), ``message`` and ``success``.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it, or for functions whose results have a wrong shape or type.
    BaseException
        Whatever one of the functions raised, as the same object.

    Notes
    -----
    Collocation of order 4 at the nodes and in mid-interval, with control of the residual [1]_: intervals are halved or
    divided in three until it is small enough. The nonlinear equations are solved by a damped Newton iteration [2]_.
    Time and memory of its linear systems grow with the number of nodes; they are solved by block elimination, with row
    exchanges where every boundary condition belongs to one end, else with orthogonal factors [3]_, which are stable
    also then. Finite differences take few calls of `fun`, for all points and components together. The singular term is
    treated as in [4]_. Thread-safe; Ctrl-C is answered between blocks of the elimination.

    References
    ----------
    .. [1] J. Kierzenka, L. F. Shampine, ACM Trans. Math. Softw. 27 (2001) 299-316, :doi:`10.1145/502800.502801`.
    .. [2] U. M. Ascher, R. M. M. Mattheij, R. D. Russell, Numerical Solution of Boundary Value Problems for Ordinary
       Differential Equations, SIAM, 1995, :doi:`10.1137/1.9781611971231`.
    .. [3] S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742-764, :doi:`10.1137/0913044`.
    .. [4] L. F. Shampine, P. H. Muir, H. Xu, JNAIAM 1 (2006) 201-217.

    Examples
    --------
    Steady diffusion with uptake between two walls, ``c'' = 4 c``, c = 1 at both:

    >>> import numpy as np
    >>> from scikit.integrate import solve_bvp
    >>> x = np.linspace(0, 1, 5)
    >>> res = solve_bvp(lambda x, y: np.vstack((y[1], 4 * y[0])),
    ...                 lambda ya, yb: np.array([ya[0] - 1, yb[0] - 1]), x, np.ones((2, 5)))
    >>> bool(res.success and abs(res.sol(0.5)[0] - 1 / np.cosh(1)) < 1e-4)
    True
    """
    x, y, p, S, dtype, with_p = _check_arrays(x, y, p, S)
    tol, bc_tol, max_nodes = _check_options(tol, bc_tol, max_nodes, verbose)
    functions = _check_functions(fun, bc, fun_jac, bc_jac)
    problem = Problem(functions, x[0], len(y), len(p), S, dtype, with_p)
    if S is not None:
        y[:, 0] = problem.null @ y[:, 0]
    report = _Report(verbose)
    rounds = 0
    while True:
        newton = Newton(problem, x, tol, bc_tol)
        point, singular = newton.run(y, p)
        rounds += 1
        y, p = point.y, point.p
        residuals = newton.rms_residuals(point)
        boundary = float(np.abs(point.boundary).max(initial=0))
        # what is not a number asks for nodes too
        third = ~(residuals < 100 * tol)
        half = (residuals > tol) & ~third
        added = int(half.sum() + 2 * third.sum())
        status = None
        if singular:
            status = 2
        elif len(x) + added > max_nodes:
            status = 1
        elif added == 0 and boundary <= bc_tol:
            status = 0
        elif added == 0 and rounds >= _MAX_ROUNDS:
            status = 3
        report.round(rounds, residuals, boundary, len(x), added, status)
        if status is not None:
            break
        if added:
            x, y = newton.mesh.refine(y, point.f, half + 2 * third.astype(np.int8))
    report.end(status, rounds, residuals, boundary, len(x))
    return BVPResult(
        sol=PiecewisePolynomial.hermite(x, y, point.f),
        p=p if with_p else None,
        x=x,
        y=y,
        yp=point.f,
        rms_residuals=residuals,
        niter=rounds,
        status=status,
        message=_MESSAGES[status],
        success=status == 0,
    )


def _check_arrays(x, y, p, S):
    x = as_array(x, "x", np.float64, finite=True)
    if x.ndim != 1:
        raise ValueError("`x` must be 1 dimensional.")
    if len(x) < 2:
        raise ValueError("`x` must have at least 2 nodes.")
    if not (np.diff(x) > 0).all():
        raise ValueError("`x` must be strictly increasing.")
    y = to_numpy(y, "y")
    dtype = np.dtype(np.complex128 if y.dtype.kind == "c" else np.float64)
    y = np.array(as_array(y, "y", dtype))
    if y.ndim != 2:
        raise ValueError("`y` must be 2 dimensional.")
    if y.shape[1] != len(x):
        raise ValueError(
            f"`y` is expected to have {len(x)} columns, but actually has {y.shape[1]}."
        )
    if y.shape[0] == 0:
        raise ValueError("`y` must have at least 1 row.")
    p = np.empty(0, dtype) if p is None else np.array(as_array(p, "p", dtype))
    if p.ndim != 1:
        raise ValueError("`p` must be 1 dimensional.")
    with_p = len(p) > 0
    if S is not None:
        S = as_array(S, "S", dtype, finite=True)
        if S.shape != (len(y), len(y)):
            raise ValueError(
                f"`S` is expected to have shape {(len(y), len(y))}, but actually has {S.shape}."
            )
    return x.copy(), y, p, S, dtype, with_p


def _check_options(tol, bc_tol, max_nodes, verbose):
    for name, value in (("tol", tol), ("bc_tol", tol if bc_tol is None else bc_tol)):
        if not isinstance(value, int | float | np.floating | np.integer) or not 0 <= value < inf:
            raise ValueError(f"`{name}` must be a number, finite and not negative, not {value!r}")
    if verbose not in (0, 1, 2):
        raise ValueError("`verbose` must be in [0, 1, 2].")
    if not isinstance(max_nodes, int | float | np.floating | np.integer) or max_nodes != max_nodes:
        raise ValueError(f"`max_nodes` must be a number, not {max_nodes!r}")
    if tol < 100 * _EPS:
        warnings.warn(f"`tol` is too low, setting to {100 * _EPS:.2e}", UserWarning, stacklevel=3)
        tol = 100 * _EPS
    return float(tol), float(tol if bc_tol is None else bc_tol), max_nodes


def _check_functions(fun, bc, fun_jac, bc_jac):
    for name, value in (("fun", fun), ("bc", bc)):
        if not callable(value):
            raise TypeError(f"`{name}` must be callable, not {type(value).__name__}")
    for name, value in (("fun_jac", fun_jac), ("bc_jac", bc_jac)):
        if value is not None and not callable(value):
            raise TypeError(f"`{name}` must be callable or None, not {type(value).__name__}")
    return fun, bc, fun_jac, bc_jac


class _Report:
    """What `verbose` asks for, on standard output."""

    def __init__(self, verbose):
        self.verbose = verbose
        if verbose == 2:
            names = ("Iteration", "Max residual", "Max BC residual", "Total nodes", "Nodes added")
            self._write("".join(f"{name:^17}" for name in names))

    @staticmethod
    def _write(text):
        sys.stdout.write(text + "\n")

    def round(self, number, residuals, boundary, nodes, added, status):
        if self.verbose == 2:
            more = f"({added})" if status == 1 else added
            columns = (number, f"{residuals.max():.2e}", f"{boundary:.2e}", nodes, more)
            self._write("".join(f"{c:^17}" for c in columns))

    def end(self, status, rounds, residuals, boundary, nodes):
        if self.verbose == 0:
            return
        if status == 0:
            self._write(f"Solved in {rounds} iterations, number of nodes {nodes}.")
        else:
            self._write(f"{_MESSAGES[status]} Iterations: {rounds}, number of nodes {nodes}.")
        self._write(f"Maximum relative residual: {residuals.max():.2e}")
        self._write(f"Maximum boundary residual: {boundary:.2e}")
