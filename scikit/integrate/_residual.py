"""What a user passes to solve_dae, as the kernel takes it: residual, Jacobians, kinds of components."""

from typing import NamedTuple

import numpy as np

from scikit._core._callback import check_signature, compiled_function, user_data
from scikit._core._extras import require
from scikit.integrate import _dae_cy, _jacobian_cy
from scikit.integrate._linear import grouped_slopes, is_sparse

#: int f(double t, const double *y, const double *yp, double *r, void *data).
RESIDUAL = ("int", "double", "double*", "double*", "double*", "void*")
#: int jac(double t, const double *y, const double *yp, double *by_y, double *by_yp, void *data).
RESIDUAL_JACOBIAN = ("int", "double", "double*", "double*", "double*", "double*", "void*")

#: Equations up to which derivatives may occur in combinations that leave part of them open.
_MOST_COMBINED = 500
_SQRT_EPS = float(np.sqrt(np.finfo(float).eps))


class ImplicitStart(NamedTuple):
    """The start of an integration of F(t, y, y') = 0.

    Attributes
    ----------
    yp0 : ndarray (n,)
    differential : ndarray (n,) or None
        1.0 where y' occurs, else 0.0; None where it does everywhere.
    consistent : int
        `_dae_cy.START_GIVEN`, `START_ALGEBRAIC` or `START_RATE`.
    suppress : bool
        Leave the algebraic components out of the error test.
    """

    yp0: np.ndarray
    differential: np.ndarray | None
    consistent: int
    suppress: bool


def residual_callback(fun, args, n):
    """`fun` as what the kernel calls."""
    compiled = compiled_function(fun)
    if compiled is None:
        if not callable(fun):
            raise TypeError(
                f"`fun` must be callable or a compiled function, not {type(fun).__name__}"
            )
        return _dae_cy.PythonResidual(fun, args, n)
    check_signature(compiled.signature, RESIDUAL, "fun")
    return _compiled(compiled, args, is_jacobian=False)


def _compiled(compiled, args, *, is_jacobian):
    data, owner = user_data(compiled, args)
    returns_void = compiled.signature[0] == "void"
    return _dae_cy.CompiledResidual(compiled.address, data, returns_void, is_jacobian, owner)


class Jacobians:
    """dF/dy and dF/dy' of a residual: the user's, checked, or differences.

    Parameters
    ----------
    jac : callable, pair of matrices, compiled function or None
    sparsity : sparse matrix, array_like or None
        Non-zero where dF/dy or dF/dy' may be.
    args : tuple
    residual : object
        What `residual_callback` gave.
    problem : Problem
    yp0 : ndarray (n,)
    lower, upper : int
        Bandwidths; -1 for full matrices.

    Attributes
    ----------
    jac, linear : object or None
        As `IntegratorOptions` takes them.
    by_yp : ndarray (n, n) or None
        dF/dy' at the start as `differential` found it, where it is a full matrix.
    """

    def __init__(self, jac, sparsity, args, residual, problem, yp0, lower, upper):
        self.user, self.args, self.residual, self.problem = jac, args, residual, problem
        self.yp0, self.lower, self.upper = yp0, lower, upper
        self.n = len(yp0)
        self.rows = self.n if lower < 0 else lower + upper + 1
        self.jac = self.linear = self.sparse = self.by_yp = None
        compiled = None if jac is None else compiled_function(jac)
        if compiled is not None:
            if sparsity is not None:
                raise ValueError("a compiled `jac` cannot be given together with `jac_sparsity`")
            check_signature(compiled.signature, RESIDUAL_JACOBIAN, "jac")
            self.user = None
            self.jac = _compiled(compiled, args, is_jacobian=True)
            return
        if jac is not None:
            if not callable(jac):
                self.user = lambda *_: jac
            first = self.pair(problem.t0, problem.y0.copy(), yp0.copy(), checked=False)
            if any(map(is_sparse, first)) or sparsity is not None:
                sparsity = first[0] if is_sparse(first[0]) else first[1]
            else:
                self.checked(first)
                self.jac = _dae_cy.PythonResidualJacobian(self.pair, self.rows, self.n)
        if sparsity is not None:
            if lower >= 0:
                raise ValueError("`lband` and `uband` cannot be given with a sparse Jacobian")
            self.sparse = _SparseResidual(self, sparsity, "jac_sparsity" if jac is None else "jac")
            self.linear = _jacobian_cy.PythonLinear(self.sparse, self.n, False)

    def pair(self, t, y, yp, *, checked=True):
        """dF/dy and dF/dy' by the user's function."""
        value = self.user(t, y, yp, *self.args)
        try:
            by_y, by_yp = value
        except (TypeError, ValueError):
            raise TypeError(
                f"`jac` must give a pair of matrices (dF/dy, dF/dyp), not {type(value).__name__}"
            ) from None
        return self.checked((by_y, by_yp)) if checked else (by_y, by_yp)

    def checked(self, pair):
        arrays = []
        for value in pair:
            array = value.toarray() if is_sparse(value) else np.asarray(value)
            if array.dtype.kind not in "biuf":
                raise TypeError(f"`jac` must hold real numbers, not {array.dtype}")
            if array.size == 1 and self.n == self.rows == 1:
                array = array.reshape(1, 1)
            if array.shape != (self.rows, self.n):
                raise ValueError(
                    f"`jac` must give two matrices of shape {(self.rows, self.n)}, not {array.shape}"
                )
            arrays.append(array)
        return arrays

    def differential(self):
        """Where y' occurs at the start, 1.0 or 0.0 for each component."""
        t, y, yp = self.problem.t0, self.problem.y0, self.yp0
        if self.user is not None:
            by_yp = self.pair(t, y.copy(), yp.copy(), checked=self.sparse is None)[1]
            if is_sparse(by_yp):
                by_yp = by_yp.tocsc().copy()
                by_yp.eliminate_zeros()
                return (np.diff(by_yp.indptr) > 0).astype(float)
            if self.lower < 0:
                self.by_yp = np.array(by_yp, dtype=np.float64)
            return (np.asarray(by_yp) != 0).any(axis=0).astype(float)
        if self.sparse is not None:
            group = self.sparse.group
        else:
            group = np.arange(self.n) % (self.n if self.lower < 0 else self.rows)
        return self._moves(t, y, yp, group)

    def dense(self, t, y, yp, r):
        """dF/dy and dF/dy' in full, by the user's function or differences; r = F there."""
        if self.user is not None:
            return self.pair(t, y.copy(), yp.copy())
        step = np.maximum(_SQRT_EPS * np.abs(y), 1e-11 * np.abs(y).max())
        step[step == 0] = _SQRT_EPS
        by_y = self._columns(lambda x: _dae_cy.call_residual(self.residual, t, x, yp), y, r, step)
        change = np.abs(by_y * step).max()
        step = np.maximum(_SQRT_EPS * np.abs(yp), max(change, _SQRT_EPS * np.abs(r).max()))
        step[step == 0] = 1.0
        by_yp = self._columns(lambda x: _dae_cy.call_residual(self.residual, t, y, x), yp, r, step)
        return by_y, by_yp

    def _columns(self, fun, x, r, step):
        columns = []
        for k in range(self.n):
            moved = x.copy()
            moved[k] += step[k]
            columns.append((fun(moved) - r) / (moved[k] - x[k]))
        return np.stack(columns, axis=1)

    def _moves(self, t, y, yp, group):
        """Whether F changes with each component of y', a group of components at once."""
        r = _dae_cy.call_residual(self.residual, t, y, yp)
        size = np.abs(r[np.isfinite(r)]).max(initial=0.0)
        step = 1e-3 * np.maximum(np.abs(yp), size)
        step[step == 0] = 1e-3
        found = np.zeros(self.n)
        full = self.sparse is None and self.lower < 0 and self.jac is None
        if full and self.n <= _MOST_COMBINED:
            self.by_yp = np.empty((self.n, self.n))
        for k in range(group.max() + 1):
            chosen = np.flatnonzero(group == k)
            moved = yp.copy()
            moved[chosen] += step[chosen]
            change = _dae_cy.call_residual(self.residual, t, y, moved) - r
            changed = change != 0
            if self.by_yp is not None:
                self.by_yp[:, k] = change / (moved[k] - yp[k])
            if len(chosen) == 1:
                found[chosen] = changed.any()
            elif self.sparse is not None:
                found[chosen] = self.sparse.touches(chosen, changed)
            else:
                ends = np.concatenate([[0], np.cumsum(changed)])
                low = np.maximum(chosen - self.upper, 0)
                high = np.minimum(chosen + self.lower + 1, self.n)
                found[chosen] = ends[high] > ends[low]
        return found


class _SparseResidual:
    """dF/dy and dF/dy' as sparse matrices, and SuperLU factors of dF/dy + shift dF/dy'."""

    def __init__(self, jacobians, sparsity, name):
        self.space = require("scipy.sparse", "sparse", "a sparse Jacobian")
        require("scipy.sparse.linalg", "sparse", "a sparse Jacobian")
        self.jacobians, self.factors = jacobians, {}
        self.kinds = None
        pattern = self.space.csc_array(sparsity)
        n = jacobians.n
        if pattern.shape != (n, n):
            raise ValueError(f"`{name}` must have the shape {(n, n)}, not {pattern.shape}")
        self.pattern = pattern
        if jacobians.user is None:
            rows = pattern.tocsr()
            self.group = _jacobian_cy.group_columns(
                pattern.indptr.astype(np.int64), pattern.indices.astype(np.int64),
                rows.indptr.astype(np.int64), rows.indices.astype(np.int64),
            )  # fmt: skip
            self.column = np.repeat(np.arange(n), np.diff(pattern.indptr))

    def touches(self, chosen, changed):
        """Which of the columns `chosen` have an entry in one of the rows `changed`."""
        hits = np.concatenate([[0], np.cumsum(changed[self.pattern.indices])])
        return hits[self.pattern.indptr[chosen + 1]] > hits[self.pattern.indptr[chosen]]

    def jacobian(self, t, y, yp):
        if self.jacobians.user is None:
            self.by_y, self.by_yp = self._differences(t, y, yp)
            return
        n = self.jacobians.n
        pair = self.jacobians.pair(t, y, yp, checked=False)
        self.by_y, self.by_yp = (self.space.csc_array(value) for value in pair)
        for matrix in (self.by_y, self.by_yp):
            if matrix.shape != (n, n):
                raise ValueError(
                    f"`jac` must give two matrices of shape {(n, n)}, not {matrix.shape}"
                )

    def _differences(self, t, y, yp):
        """A. R. Curtis, M. J. D. Powell, J. K. Reid, IMA J. Appl. Math. 13 (1974) 117-119."""
        problem, residual = self.jacobians.problem, self.jacobians.residual
        r = _dae_cy.call_residual(residual, t, y, yp)
        step = _SQRT_EPS * np.maximum(np.abs(y), problem.atol)
        step = np.maximum(step, 1e-11 * np.abs(y).max())  # a sum of all y must feel it
        step[step == 0] = _SQRT_EPS
        step = np.copysign(step, y)
        by_y = self._by(lambda x: _dae_cy.call_residual(residual, t, x, yp), y, r, step)
        # F must feel the changes of y' as it does those of y
        change = np.abs(by_y.data * step[self.column]).max(initial=0.0)
        step = np.maximum(_SQRT_EPS * np.abs(yp), max(change, _SQRT_EPS * np.abs(r).max()))
        step[step == 0] = 1.0
        return by_y, self._by(
            lambda x: _dae_cy.call_residual(residual, t, y, x), yp, r, step, curved=False
        )

    def _by(self, fun, x, r, step, curved=True):
        """The matrix of derivatives."""
        matrix = self.pattern.astype(np.float64)
        matrix.data = grouped_slopes(
            fun, x, r, (x + step) - x, self.pattern, self.group, self.column, curved
        )
        return matrix

    def factor(self, slot, shift):
        if slot == 1:
            matrix = self.by_y + shift * self.by_yp
        else:  # of the start: Newton's matrix for y' of the differential components and the other ones' y
            kinds = self.kinds
            matrix = self.by_y * (1 - kinds)[None] + self.by_yp * kinds[None]
        try:
            self.factors[slot] = self.space.linalg.splu(self.space.csc_matrix(matrix))
        except RuntimeError:  # how SuperLU says that the matrix is singular
            return False
        return True

    def solve(self, slot, x):
        x[...] = self.factors[slot].solve(x)
