"""Linear systems of the implicit methods that the kernel leaves to Python: sparse and matrix-free Jacobians."""

import numpy as np

from scikit._core._extras import require
from scikit.integrate import _jacobian_cy, _ode_parts_cy

_SQRT_EPS = float(np.sqrt(np.finfo(float).eps))


def is_sparse(value):
    """Whether `value` is a sparse matrix or array (known by its shape: SciPy is not imported)."""
    return hasattr(value, "tocsc") and hasattr(value, "nnz")


def sparse_linear(fun, problem, jac, sparsity, args, mass):
    """A sparse Jacobian and its LU factors as what the kernel calls.

    Parameters
    ----------
    fun : Callback
        The right-hand side.
    problem : Problem
    jac : callable, sparse matrix or None
        ``jac(t, y, *args)``; None for differences, whose columns are grouped.
    sparsity : array_like or sparse (n, n)
        Non-zero where the Jacobian may be.
    args : tuple
    mass : ndarray or None
        Diagonal of M, one value a real number.
    """
    sparse = require("scipy.sparse", "sparse", "a sparse Jacobian")
    require("scipy.sparse.linalg", "sparse", "a sparse Jacobian")
    n = len(problem.y0)
    pattern = sparse.csc_array(sparsity)
    if pattern.shape != (n, n):
        raise ValueError(f"`jac_sparsity` must have the shape {(n, n)}, not {pattern.shape}")
    solver = _SparseLU(sparse, fun, problem, jac, pattern, args, mass)
    return _jacobian_cy.PythonLinear(
        solver, len(problem.real_y0), jac is not None and not callable(jac)
    )


class _SparseLU:
    """J as a sparse matrix of real numbers, and SuperLU factors of shift M - J."""

    def __init__(self, sparse, fun, problem, jac, pattern, args, mass):
        self.sparse, self.fun, self.jac, self.args = sparse, fun, jac, args
        self.is_complex = problem.is_complex
        self.n = len(problem.real_y0)
        self.mass = sparse.dia_array(
            (np.ones((1, self.n)) if mass is None else mass[None], [0]), shape=(self.n, self.n)
        ).tocsc()
        self.factors = {}
        if jac is None:
            pattern.data = np.ones(pattern.nnz)
            if self.is_complex:
                pattern = sparse.kron(pattern, np.ones((2, 2)))
            self.differences = _GroupedDifferences(fun, sparse.csc_array(pattern), problem)

    def jacobian(self, t, y, f):
        if self.jac is None:
            self.matrix = self.sparse.csc_array(self.differences(t, y, f))
            return
        state = y.view(np.complex128) if self.is_complex else y
        value = self.jac(t, state.copy(), *self.args) if callable(self.jac) else self.jac
        value = self.sparse.csc_array(value)
        if self.is_complex:
            turn = np.array([[0.0, -1.0], [1.0, 0.0]])
            value = self.sparse.kron(value.real, np.eye(2)) + self.sparse.kron(value.imag, turn)
        if value.shape != (self.n, self.n):
            raise ValueError(
                f"`jac` must return a matrix for {self.n} equations, not {value.shape}"
            )
        self.matrix = self.sparse.csc_array(value)

    def factor(self, slot, shift):
        matrix = self.sparse.csc_matrix(shift * self.mass - self.matrix)
        try:
            self.factors[slot] = self.sparse.linalg.splu(matrix)
        except RuntimeError:  # how SuperLU says that the matrix is singular
            return False
        return True

    def solve(self, slot, x):
        x[...] = self.factors[slot].solve(x)


class _GroupedDifferences:
    """A sparse Jacobian by forward differences; columns that share no row are changed together.

    A. R. Curtis, M. J. D. Powell, J. K. Reid, IMA J. Appl. Math. 13 (1974) 117-119, doi:10.1093/imamat/13.1.117.
    """

    def __init__(self, fun, pattern, problem):
        self.fun, self.pattern = fun, pattern
        rows = pattern.tocsr()
        self.group = _jacobian_cy.group_columns(
            pattern.indptr.astype(np.int64), pattern.indices.astype(np.int64),
            rows.indptr.astype(np.int64), rows.indices.astype(np.int64),
        )  # fmt: skip
        self.column = np.repeat(np.arange(pattern.shape[1]), np.diff(pattern.indptr))
        self.scale = np.maximum(np.abs(problem.real_y0), 1e-5)
        self.atol, self.rtol = problem.atol, problem.rtol

    def __call__(self, t, y, f):
        step = _SQRT_EPS * np.maximum(np.abs(y), np.maximum(1e-3 * self.scale, self.atol))
        step = np.maximum(step, 1e-11 * np.abs(y).max())  # a sum of all y must feel it
        # a small value may not be free to change its sign
        side = np.where(wide(step, y) & (y != 0), y, f)
        step = (y + np.copysign(step, side)) - y
        matrix = self.pattern.copy()
        matrix.data = grouped_slopes(
            lambda x: _ode_parts_cy.call_rhs(self.fun, t, x), y, f, step, self.pattern, self.group, self.column
        )  # fmt: skip
        return matrix


def wide(step, x):
    """Whether the derivative changes along a step from x, so that a difference needs a third point.

    See sk_integrate_differences.f90.
    """
    return np.abs(step) > 1e-4 * np.abs(x)


def grouped_slopes(fun, x, f, step, pattern, group, column, curved=True):
    """The entries of a sparse Jacobian by differences.

    Parameters
    ----------
    fun : callable
    x, f : ndarray (n,)
        Where, and ``fun(x)``.
    step : ndarray (n,)
        Exact in binary.
    pattern : csc_array (n, n)
    group, column : ndarray of int (n,), (nnz,)
        The group that a column is changed in, and the column of an entry.
    curved : bool
        Whether `fun` may be other than linear.

    Returns
    -------
    ndarray (nnz,)
    """
    data = np.empty(pattern.nnz)
    third = wide(step, x) if curved else np.zeros(len(x), dtype=bool)
    for k in range(group.max() + 1 if len(x) else 0):
        chosen = group == k
        entries = np.flatnonzero(chosen[column])
        change = fun(np.where(chosen, x + step, x)) - f
        data[entries] = change[pattern.indices[entries]] / step[column[entries]]
        chosen &= third
        if chosen.any():
            entries = np.flatnonzero(chosen[column])
            change = fun(np.where(chosen, x + 2 * step, x)) - f
            slope = change[pattern.indices[entries]] / (2 * step[column[entries]])
            data[entries] = 2 * data[entries] - slope
    return data


def krylov_linear(fun, problem, jac, args, mass, preconditioner):
    """Matrix-free linear algebra by GMRES as what the kernel calls.

    Parameters
    ----------
    fun : Callback
    problem : Problem
    jac : callable or None
        ``jac(t, y, *args)`` returns anything that multiplies a vector with ``@``; None for differences of `fun`.
    args : tuple
    mass : ndarray or None
        Diagonal of M.
    preconditioner : callable or None
        ``preconditioner(t, y, shift)`` returns a function that applies an approximate inverse of shift M - J.
    """
    if preconditioner is not None and not callable(preconditioner):
        raise TypeError(f"`preconditioner` must be callable, not {type(preconditioner).__name__}")
    if problem.is_complex:
        raise ValueError("linear_solver='gmres' is for a real `y0`")
    solver = _Krylov(fun, problem, jac, args, mass, preconditioner)
    return _jacobian_cy.PythonLinear(solver, len(problem.y0), False)


class _Krylov:
    """GMRES without restarts for shift M - J, J only as a product."""

    #: Of the right-hand side's norm: well below what the Newton iterations ask for.
    tolerance = 1e-4
    most_vectors = 80

    def __init__(self, fun, problem, jac, args, mass, preconditioner):
        self.fun, self.jac, self.args, self.preconditioner = fun, jac, args, preconditioner
        self.mass = 1.0 if mass is None else mass
        self.atol, self.rtol = problem.atol, problem.rtol
        self.shifts, self.inverses = {}, {}

    def jacobian(self, t, y, f):
        self.t, self.y, self.f = t, y.copy(), f.copy()
        self.weight = 1 / (self.atol + self.rtol * np.abs(self.y) + 1e-300)
        self.matrix = self.jac(t, y.copy(), *self.args) if callable(self.jac) else self.jac

    def factor(self, slot, shift):
        self.shifts[slot] = shift
        self.inverses[slot] = None
        if self.preconditioner is not None:
            self.inverses[slot] = self.preconditioner(self.t, self.y.copy(), shift)
        return True

    def solve(self, slot, x):
        x[...] = self.gmres(slot, x.copy())

    def product(self, slot, v):
        if np.iscomplexobj(v):
            return self.shifts[slot] * self.mass * v - (
                self.times_jacobian(v.real) + 1j * self.times_jacobian(v.imag)
            )
        return self.shifts[slot] * self.mass * v - self.times_jacobian(v)

    def times_jacobian(self, v):
        if self.matrix is not None:
            return np.asarray(self.matrix @ v)
        size = np.sqrt(np.mean((v * self.weight) ** 2))
        if size == 0:
            return np.zeros_like(v)
        step = (
            1e-2 / size
        )  # a hundredth of the tolerance in the weighted norm, but not below rounding
        step = max(step, _SQRT_EPS * np.linalg.norm(self.y) / np.linalg.norm(v))
        return (_ode_parts_cy.call_rhs(self.fun, self.t, self.y + step * v) - self.f) / step

    def gmres(self, slot, b):
        """Y. Saad, M. H. Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856-869, doi:10.1137/0907058."""
        inverse = self.inverses[slot] or (lambda v: v)
        norm = np.linalg.norm(b)
        if norm == 0:
            return b
        vectors = [b / norm]
        h = np.zeros((self.most_vectors + 1, self.most_vectors), dtype=b.dtype)
        for k in range(self.most_vectors):
            v = self.product(slot, np.asarray(inverse(vectors[k])))
            for j, u in enumerate(vectors):
                h[j, k] = np.vdot(u, v)
                v = v - h[j, k] * u
            h[k + 1, k] = np.linalg.norm(v)
            target = np.zeros(k + 2, dtype=b.dtype)
            target[0] = norm
            z = np.linalg.lstsq(h[: k + 2, : k + 1], target, rcond=None)[0]
            residual = np.linalg.norm(h[: k + 2, : k + 1] @ z - target)
            if residual <= self.tolerance * norm or abs(h[k + 1, k]) <= 1e-14 * norm:
                break
            vectors.append(v / h[k + 1, k])
        return np.asarray(inverse(sum(c * u for c, u in zip(z, vectors, strict=False))))
