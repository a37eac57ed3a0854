"""Eigenvalues of symmetric and Hermitian matrices: eigh."""

import numpy as np

from scikit.linalg import _lapack_cy, _small_cy
from scikit.linalg._basic import _reduce
from scikit.linalg._common import LinAlgError, as_stack, check_size

_DRIVERS = (None, "ev", "evd", "evr", "evx", "gv", "gvd", "gvx")


def eigh(
    a,
    b=None,
    *,
    lower=True,
    eigvals_only=False,
    overwrite_a=False,
    overwrite_b=False,
    type=1,
    check_finite=True,
    subset_by_index=None,
    subset_by_value=None,
    driver=None,
):
    """Eigenvalues and eigenvectors of a real symmetric or complex Hermitian matrix, or of a stack of them.

    Solves ``a @ v = w * v``, or with `b` one of the generalised problems of `type`.

    Parameters
    ----------
    a : array_like (..., n, n)
        Only one triangle is looked at. float32 and complex64 are computed in single precision.
    b : array_like (..., n, n), optional
        Positive definite.
    lower : bool
        Look at the lower triangle (default) or at the upper one.
    eigvals_only : bool
        Return only the eigenvalues.
    overwrite_a, overwrite_b : bool
        Accepted for SciPy's sake; nothing is changed.
    type : {1, 2, 3}
        With `b`: ``a v = w b v``, ``a b v = w v`` or ``b a v = w v``.
    check_finite : bool
        Whether to check that the matrices hold only finite numbers.
    subset_by_index : (int, int), optional
        First and last index of the eigenvalues to return, in ascending order from 0.
    subset_by_value : (float, float), optional
        Return the eigenvalues in the half-open interval (lo, hi]; for one matrix only.
    driver : str, optional
        SciPy's names are accepted; all give the same decomposition here.

    Returns
    -------
    w : ndarray (..., k)
        Eigenvalues, ascending.
    v : ndarray (..., n, k)
        ``v[..., :, i]`` belongs to ``w[..., i]``; orthonormal (with `b`, in the sense of LAPACK's sygvd).

    Raises
    ------
    LinAlgError
        If the iteration does not converge, or `b` is not positive definite.
    ValueError, TypeError
        If an argument is out of its domain.

    Notes
    -----
    Matrices up to 4 x 4 are diagonalised by cyclic Jacobi rotations, a matrix a vector lane (Golub & Van Loan, Matrix
    Computations, 4th ed., section 8.5); larger ones by LAPACK's syevd or heevd. Eigenvalues have an error of a few
    units of roundoff times the norm of `a`. With `b` the problem is reduced by a Cholesky factor of it. Thread-safe.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.linalg import eigh
    >>> w, v = eigh(np.array([[2.0, 1.0], [1.0, 2.0]]))
    >>> w.round(12).tolist()
    [1.0, 3.0]
    """
    del overwrite_a, overwrite_b
    if driver not in _DRIVERS:
        raise ValueError(
            f"`driver` must be one of {', '.join(map(repr, _DRIVERS[1:]))}, not {driver!r}"
        )
    if subset_by_index is not None and subset_by_value is not None:
        raise ValueError("`subset_by_index` and `subset_by_value` cannot be given together")
    array, stack = as_stack(a, "a", check_finite)
    n = array.shape[-1]
    if b is None:
        w, v = _standard(stack, lower, not eigvals_only)
    else:
        w, v = _generalised(array, b, lower, type, check_finite, not eigvals_only)
        array = np.broadcast_to(array, np.broadcast_shapes(array.shape, np.shape(b)))
    w = w.reshape(array.shape[:-1])
    chosen = _subset(w, n, subset_by_index, subset_by_value)
    if chosen is not None:
        w = w[..., chosen]
    if eigvals_only:
        return w
    v = v.reshape(array.shape)
    return w, v if chosen is None else v[..., chosen]


def _standard(stack, lower, vectors):
    """Eigenvalues (count, n) and vectors (count, n, n) or None of a contiguous stack."""
    n = stack.shape[-1]
    if n <= _small_cy.EIGH_MAX:
        w, v, doubt = _small_cy.eigh(stack, lower, vectors)
        if doubt.any():
            at = np.flatnonzero(doubt)
            w[at], rest = _by_lapack(stack[at], lower, vectors)
            if vectors:
                v[at] = rest
        return w, v
    check_size(n)
    return _by_lapack(stack, lower, vectors)


def _by_lapack(stack, lower, vectors):
    if stack.dtype.kind == "c":
        matrix = np.array(stack.conj(), order="C")  # LAPACK sees the transpose
        w, info = _lapack_cy.eigh_complex(matrix, lower, vectors)
    else:
        matrix = np.array(stack, order="C")
        w, info = _lapack_cy.eigh_real(matrix, lower, vectors)
    bad = np.flatnonzero(info)
    if len(bad):
        raise LinAlgError(
            f"the eigenvalues of `a` did not converge (matrix {bad[0]} of {len(info)})"
        )
    return w, np.ascontiguousarray(matrix.swapaxes(-1, -2)) if vectors else None


def _generalised(array, b, lower, kind, check_finite, vectors):
    """Reduce to the standard problem with the Cholesky factor of b = L L^H, as LAPACK's sygst does."""
    if kind not in (1, 2, 3):
        raise ValueError(f"`type` must be 1, 2 or 3, not {kind!r}")
    other, other_stack = as_stack(b, "b", check_finite)
    if other.shape[-1] != array.shape[-1]:
        raise ValueError(f"`b` of shape {other.shape} does not fit `a` of shape {array.shape}")
    full_b = _reduce(other_stack, "hermitian", lower).reshape(other.shape)
    full_a = _reduce(array.reshape(-1, *array.shape[-2:]), "hermitian", lower).reshape(array.shape)
    try:
        factor = np.linalg.cholesky(full_b)
    except np.linalg.LinAlgError:
        raise LinAlgError("`b` is not positive definite") from None
    dagger = factor.swapaxes(-1, -2).conj()
    if kind == 1:
        half = np.linalg.solve(factor, full_a)
        reduced = np.linalg.solve(factor, half.swapaxes(-1, -2).conj())
    else:
        reduced = dagger @ full_a @ factor
    n = array.shape[-1]
    w, v = _standard(np.ascontiguousarray(reduced).reshape(-1, n, n), True, vectors)
    if vectors:
        v = v.reshape(reduced.shape)
        v = factor @ v if kind == 3 else np.linalg.solve(dagger, v)
    return w, v


def _subset(w, n, by_index, by_value):
    """The eigenvalues asked for, as an index of the last axis; None for all."""
    if by_index is not None:
        first, last = (int(k) for k in by_index)
        if not 0 <= first <= last < n:
            raise ValueError(
                f"`subset_by_index` must be two indices 0 <= lo <= hi < {n}, not {by_index!r}"
            )
        return slice(first, last + 1)
    if by_value is not None:
        low, high = by_value
        if not low < high:
            raise ValueError(f"`subset_by_value` must be two numbers lo < hi, not {by_value!r}")
        if w.ndim > 1:
            raise ValueError("`subset_by_value` is for one matrix, not for a stack")
        return np.flatnonzero((w > low) & (w <= high))
    return None
