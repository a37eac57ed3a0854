"""Linear systems and inverses: solve, inv."""

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.linalg import _lapack_cy, _small_cy
from scikit.linalg._common import (
    LinAlgError,
    as_lapack_type,
    as_stack,
    check_size,
    judge,
    require_finite,
)

_STRUCTURES = {
    None: "general",
    "gen": "general",
    "general": "general",
    "sym": "symmetric",
    "symmetric": "symmetric",
    "her": "hermitian",
    "hermitian": "hermitian",
    "pos": "positive",
    "positive definite": "positive",
    "diagonal": "diagonal",
    "tridiagonal": "tridiagonal",
    "banded": "general",
    "upper triangular": "upper",
    "lower triangular": "lower",
}


def inv(a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False):
    """Inverse of a matrix, or of every matrix of a stack.

    Parameters
    ----------
    a : array_like (..., n, n)
        Real or complex; float32 and complex64 are computed in single precision, integers as float64.
    overwrite_a : bool
        Accepted for SciPy's sake; `a` is never changed.
    check_finite : bool
        Whether to check that `a` holds only finite numbers.
    assume_a : str, optional
        Which part of `a` to look at: ``"general"`` (default), ``"symmetric"``, ``"hermitian"``,
        ``"positive definite"`` (one triangle, see `lower`), ``"diagonal"``, ``"tridiagonal"``, ``"banded"``,
        ``"upper triangular"``, ``"lower triangular"``.
    lower : bool
        Which triangle of a symmetric, Hermitian or positive definite `a` to look at.

    Returns
    -------
    ndarray (..., n, n)

    Raises
    ------
    LinAlgError
        If a matrix is singular, or not positive definite where that was said.
    ValueError, TypeError
        If `a` is not square, not finite or not numeric.

    Warns
    -----
    LinAlgWarning
        If a matrix is ill-conditioned (reciprocal condition number below the unit roundoff).

    Notes
    -----
    Matrices up to 8 x 8 are inverted by Gauss-Jordan elimination with partial pivoting, a matrix a vector lane;
    what has a tiny pivot, and larger matrices, go to LAPACK's getrf and getri. Both are backward stable: the error is
    a small multiple of the condition number times the unit roundoff. A stack of 100,000 3 x 3 matrices takes about
    the time of reading and writing it. Thread-safe; the GIL is released.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.linalg import inv
    >>> inv(np.array([[2.0, 0.0], [0.0, 4.0]])).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    del overwrite_a
    structure = _structure(assume_a)
    # the small kernel flags what is not finite by itself
    small = structure == "general" and np.shape(a)[-1:] <= (_small_cy.SOLVE_MAX,)
    array, stack = as_stack(a, "a", check_finite and not small)
    stack = _reduce(stack, structure, lower)
    if structure == "positive":
        eye = np.broadcast_to(np.eye(stack.shape[-1], dtype=stack.dtype), stack.shape)
        return _positive(stack, eye, lower).reshape(array.shape)
    n = stack.shape[-1]
    if n <= _small_cy.SOLVE_MAX:
        x, doubt = _small_cy.inv(stack)
        if doubt.any():
            at = np.flatnonzero(doubt)
            rest = np.array(stack[at])
            if check_finite:
                require_finite(rest, "a")
            judge(_lapack_cy.inv(rest), "a", at if len(stack) > 1 else None, stacklevel=2)
            x[at] = rest
    else:
        check_size(n)
        x = np.array(stack)
        judge(_lapack_cy.inv(x), "a", np.arange(len(x)) if len(x) > 1 else None, stacklevel=2)
    return x.reshape(array.shape)


def solve(
    a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, assume_a=None, transposed=False
):  # fmt: skip
    """Solve the linear system ``a @ x = b``, or a stack of them.

    Parameters
    ----------
    a : array_like (..., n, n)
        Real or complex; see `inv`.
    b : array_like (n,) or (..., n, m)
        Right-hand sides: a vector, or matrices whose leading dimensions are broadcast with those of `a`.
    lower : bool
        Which triangle of a symmetric, Hermitian or positive definite `a` to look at.
    overwrite_a, overwrite_b : bool
        Accepted for SciPy's sake; nothing is changed.
    check_finite : bool
        Whether to check that `a` and `b` hold only finite numbers.
    assume_a : str, optional
        Which part of `a` to look at; see `inv`. ``"positive definite"`` uses a Cholesky factorisation.
    transposed : bool
        Solve ``a.T @ x = b`` instead.

    Returns
    -------
    ndarray (n,) or (..., n, m)

    Raises
    ------
    LinAlgError
        If a matrix is singular, or not positive definite where that was said.
    ValueError, TypeError
        If shapes do not fit, or an argument is not finite or not numeric.

    Warns
    -----
    LinAlgWarning
        If a matrix is ill-conditioned.

    Notes
    -----
    Systems up to 8 x 8 with up to 8 right-hand sides are eliminated with partial pivoting, a system a vector lane;
    others go to LAPACK. See `inv`.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.linalg import solve
    >>> solve([[3.0, 1.0], [1.0, 2.0]], [9.0, 8.0]).tolist()
    [2.0, 3.0]
    """
    del overwrite_a, overwrite_b
    array, stack = as_stack(a, "a", check_finite)
    n = array.shape[-1]
    right = as_lapack_type(to_numpy(b, "b"), "b")
    if check_finite:
        require_finite(right, "b")
    vector = right.ndim == 1
    if vector:
        right = right[:, None]
    if right.ndim < 2 or right.shape[-2] != n:
        raise ValueError(
            f"`b` has shape {np.shape(b)}; its rows must fit `a` of shape {array.shape}"
        )
    structure = _structure(assume_a)
    stack = _reduce(stack, structure, lower)
    if transposed:
        stack = np.ascontiguousarray(stack.swapaxes(-1, -2))
        lower = not lower
    dtype = np.result_type(stack, right)
    try:
        lead = np.broadcast_shapes(array.shape[:-2], right.shape[:-2])
    except ValueError:
        raise ValueError(
            f"`a` of shape {array.shape} and `b` of shape {np.shape(b)} do not broadcast"
        ) from None
    m = right.shape[-1]
    if lead != array.shape[:-2]:
        stack = np.broadcast_to(stack.reshape(array.shape), (*lead, n, n))
    stack = np.require(stack, dtype, ["C", "A"]).reshape(_flat(lead, n, n))
    right = np.require(np.broadcast_to(right, (*lead, n, m)), dtype, ["C", "A"]).reshape(
        _flat(lead, n, m)
    )
    x = _positive(stack, right, lower) if structure == "positive" else _general(stack, right)
    return x.reshape((*lead, n) if vector else (*lead, n, m))


def _flat(lead, n, m):
    count = 1
    for length in lead:
        count *= length
    return count, n, m


def _general(stack, right):
    n, m = right.shape[1:]
    if n <= _small_cy.SOLVE_MAX and m <= _small_cy.SOLVE_MAX:
        x, doubt = _small_cy.solve(stack, right)
        if doubt.any():
            at = np.flatnonzero(doubt)
            x[at] = _by_lapack(stack[at], right[at], at if len(stack) > 1 else None)
        return x
    check_size(n)
    return _by_lapack(stack, right, np.arange(len(stack)) if len(stack) > 1 else None)


def _by_lapack(stack, right, positions):
    columns = np.array(right.swapaxes(-1, -2), order="C")
    judge(_lapack_cy.solve(np.array(stack, order="C"), columns), "a", positions, stacklevel=4)
    return columns.swapaxes(-1, -2)


def _positive(stack, right, lower):
    check_size(stack.shape[-1])
    # LAPACK sees the transpose, which is the conjugate of a Hermitian matrix
    matrix = np.array(stack.conj(), order="C")
    columns = np.array(right.swapaxes(-1, -2), order="C")
    info = _lapack_cy.solve_positive(matrix, columns, lower)
    bad = np.flatnonzero(info)
    if len(bad):
        where = f" of matrix {bad[0]}" if len(stack) > 1 else ""
        raise LinAlgError(
            f"`a` is not positive definite: its leading minor of order {info[bad[0]]}{where} is not positive"
        )
    return columns.swapaxes(-1, -2)


def _structure(assume_a):
    try:
        return _STRUCTURES[assume_a]
    except (KeyError, TypeError):
        names = ", ".join(repr(k) for k in _STRUCTURES if k)
        raise ValueError(f"`assume_a` must be one of {names}, not {assume_a!r}") from None


def _reduce(stack, structure, lower):
    """The matrices with the part that `structure` says is not to be looked at filled in."""
    if structure in ("general", "positive"):
        return stack
    if structure == "diagonal":
        return stack * np.eye(stack.shape[-1], dtype=stack.dtype)
    if structure == "tridiagonal":
        return np.triu(np.tril(stack, 1), -1)
    if structure == "upper" or structure == "lower":
        return np.triu(stack) if structure == "upper" else np.tril(stack)
    half = np.tril(stack, -1) if lower else np.triu(stack, 1)
    other = half.swapaxes(-1, -2)
    diagonal = stack * np.eye(stack.shape[-1], dtype=stack.dtype)
    return np.ascontiguousarray(
        half + diagonal + (other.conj() if structure == "hermitian" else other)
    )
