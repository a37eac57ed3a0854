"""Functions of matrices: expm."""

import numpy as np

from scikit._core._errors import check_status
from scikit.linalg import _expm_f2py, _small_cy
from scikit.linalg._common import as_stack, check_size

_ONE_BY_ONE = {
    np.dtype(np.float32): (_expm_f2py.sk_linalg_expm_d, np.float64),
    np.dtype(np.float64): (_expm_f2py.sk_linalg_expm_d, np.float64),
    np.dtype(np.complex64): (_expm_f2py.sk_linalg_expm_z, np.complex128),
    np.dtype(np.complex128): (_expm_f2py.sk_linalg_expm_z, np.complex128),
}


def expm(A):
    """Exponential of a matrix, or of every matrix of a stack.

    Parameters
    ----------
    A : array_like (..., n, n)
        Real or complex; integers are taken as float64.

    Returns
    -------
    ndarray (..., n, n)
        Of the type of `A`. NaN where `A` is not finite.

    Raises
    ------
    ValueError, TypeError
        If `A` is not square or not numeric.

    Notes
    -----
    Scaling and squaring. Matrices up to 8 x 8: the Taylor polynomial of degree 16, a matrix a vector lane. Larger
    ones, and those of a huge norm: diagonal Pade approximants [1]_ with the choice of the scaling of [2]_, in double
    precision also for single. Both keep the backward error of the approximant below the unit roundoff; what remains
    are rounding errors of the squarings. Thread-safe; the GIL is released.

    References
    ----------
    .. [1] N. J. Higham, SIAM J. Matrix Anal. Appl. 26 (2005) 1179-1193, :doi:`10.1137/04061101X`.
    .. [2] A. H. Al-Mohy, N. J. Higham, SIAM J. Matrix Anal. Appl. 31 (2009) 970-989, :doi:`10.1137/09074721X`.

    Examples
    --------
    A rotation by a quarter turn about the third axis:

    >>> import numpy as np
    >>> from scikit.linalg import expm
    >>> a = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> (expm(np.pi / 2 * a).round(12) + 0.0).tolist()
    [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    array, stack = as_stack(A, "A", check_finite=False)
    n = stack.shape[-1]
    if n <= _small_cy.EXPM_MAX:
        x, doubt = _small_cy.expm(stack)
        for k in np.flatnonzero(doubt):
            x[k] = _one(stack[k])
    else:
        check_size(n)
        x = np.empty_like(stack)
        for k, matrix in enumerate(stack):
            x[k] = _one(matrix)
    return x.reshape(array.shape)


def _one(matrix):
    kernel, dtype = _ONE_BY_ONE[matrix.dtype]
    # exp(a.T) = exp(a).T, and the transposes are free in the kernel's order; but an upper triangular matrix must not
    # come to it as a lower one, where pivoting would spoil what needs none
    flip = np.tril(matrix, -1).any()
    result, status = kernel((matrix.T if flip else matrix).astype(dtype, copy=False))
    check_status(status, "`A` is too large")
    with np.errstate(over="ignore"):
        return (result.T if flip else result).astype(matrix.dtype, copy=False)
