# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""LAPACK for stacks of matrices of the four types. A matrix in C's order is its transpose to LAPACK: said where it counts.

Arrays are contiguous, overwritten, and checked by the caller. Sizes are 32-bit: see `check_size`.
"""

from libc.stdlib cimport free, malloc
from libc.math cimport isnan

from sk_lapack cimport *

import numpy as np

ctypedef fused number:
    float
    double
    float complex
    double complex

ctypedef fused real:
    float
    double


def check_size(n):
    """Raise ValueError if a matrix of order n is too large for LAPACK's 32-bit integers."""
    if n > 46340:
        raise ValueError(f"`a` has order {n}; this LAPACK takes at most 46340")


cdef double _norm_1(number *a, int n) noexcept nogil:
    """Largest sum of a row of C's: the 1-norm of the matrix that LAPACK sees."""
    cdef double largest = 0, total
    cdef Py_ssize_t i, j
    for i in range(n):
        total = 0
        for j in range(n):
            total += abs(a[i * n + j])
        if total > largest or isnan(total):
            largest = total
    return largest


cdef double _rcond(number *a, int n, double norm, number *work, void *rwork) noexcept nogil:
    """Reciprocal condition number in the 1-norm of the factorised matrix."""
    cdef int info
    cdef float s_norm = <float> norm, s_rcond = 0
    cdef double rcond = 0
    if number is float:
        sgecon("1", &n, a, &n, &s_norm, &s_rcond, work, <int *> rwork, &info)
        rcond = s_rcond
    elif number is double:
        dgecon("1", &n, a, &n, &norm, &rcond, work, <int *> rwork, &info)
    elif number is floatcomplex:
        cgecon("1", &n, a, &n, &s_norm, &s_rcond, work, <float *> rwork, &info)
        rcond = s_rcond
    else:
        zgecon("1", &n, a, &n, &norm, &rcond, work, <double *> rwork, &info)
    return rcond


cdef int _getrf(number *a, int n, int *pivots) noexcept nogil:
    cdef int info = 0
    if number is float:
        sgetrf(&n, &n, a, &n, pivots, &info)
    elif number is double:
        dgetrf(&n, &n, a, &n, pivots, &info)
    elif number is floatcomplex:
        cgetrf(&n, &n, a, &n, pivots, &info)
    else:
        zgetrf(&n, &n, a, &n, pivots, &info)
    return info


cdef int _getri(number *a, int n, int *pivots, number *work, int lwork) noexcept nogil:
    cdef int info = 0
    if number is float:
        sgetri(&n, a, &n, pivots, work, &lwork, &info)
    elif number is double:
        dgetri(&n, a, &n, pivots, work, &lwork, &info)
    elif number is floatcomplex:
        cgetri(&n, a, &n, pivots, work, &lwork, &info)
    else:
        zgetri(&n, a, &n, pivots, work, &lwork, &info)
    return info


cdef int _getrs(number *a, int n, int *pivots, number *b, int m) noexcept nogil:
    """Solve with the transpose of what LAPACK sees, that is with C's matrix; the columns of b are contiguous."""
    cdef int info = 0
    if number is float:
        sgetrs("T", &n, &m, a, &n, pivots, b, &n, &info)
    elif number is double:
        dgetrs("T", &n, &m, a, &n, pivots, b, &n, &info)
    elif number is floatcomplex:
        cgetrs("T", &n, &m, a, &n, pivots, b, &n, &info)
    else:
        zgetrs("T", &n, &m, a, &n, pivots, b, &n, &info)
    return info


cdef int _cholesky_solve(number *a, int n, char *uplo, number *b, int m) noexcept nogil:
    cdef int info = 0
    if number is float:
        spotrf(uplo, &n, a, &n, &info)
        if info == 0:
            spotrs(uplo, &n, &m, a, &n, b, &n, &info)
    elif number is double:
        dpotrf(uplo, &n, a, &n, &info)
        if info == 0:
            dpotrs(uplo, &n, &m, a, &n, b, &n, &info)
    elif number is floatcomplex:
        cpotrf(uplo, &n, a, &n, &info)
        if info == 0:
            cpotrs(uplo, &n, &m, a, &n, b, &n, &info)
    else:
        zpotrf(uplo, &n, a, &n, &info)
        if info == 0:
            zpotrs(uplo, &n, &m, a, &n, b, &n, &info)
    return info


def solve(number[:, :, ::1] a, number[:, :, ::1] b):
    """Solve a x = b, x in b's place; b is (count, m, n), its rows the right-hand sides.

    Returns
    -------
    rcond : ndarray (count,)
        Reciprocal condition numbers; 0 for a singular matrix, whose b is left as it was.
    """
    cdef Py_ssize_t k, count = a.shape[0]
    cdef int n = a.shape[1], m = b.shape[1]
    cdef double norm
    cdef double[::1] rcond = np.zeros(count)
    cdef int *pivots = <int *> malloc(max(n, 1) * sizeof(int))
    cdef number *work = <number *> malloc(max(4 * n, 1) * sizeof(number))
    cdef void *rwork = malloc(max(2 * n, 1) * sizeof(double))
    if pivots == NULL or work == NULL or rwork == NULL:
        free(pivots); free(work); free(rwork)
        raise MemoryError
    with nogil:
        for k in range(count):
            norm = _norm_1(&a[k, 0, 0], n)
            if _getrf(&a[k, 0, 0], n, pivots) == 0:
                rcond[k] = _rcond(&a[k, 0, 0], n, norm, work, rwork)
                _getrs(&a[k, 0, 0], n, pivots, &b[k, 0, 0], m)
    free(pivots)
    free(work)
    free(rwork)
    return np.asarray(rcond)


def solve_positive(number[:, :, ::1] a, number[:, :, ::1] b, bint lower):
    """Solve with positive definite matrices, x in b's place (count, m, n); `a` is conjugated for LAPACK by the caller.

    Returns
    -------
    info : ndarray of int (count,)
        0, or the order of the leading minor that is not positive definite.
    """
    cdef Py_ssize_t k, count = a.shape[0]
    cdef int n = a.shape[1], m = b.shape[1]
    cdef int[::1] info = np.zeros(count, np.intc)
    cdef char *uplo = "U" if lower else "L"  # C's lower triangle is LAPACK's upper one
    with nogil:
        for k in range(count):
            info[k] = _cholesky_solve(&a[k, 0, 0], n, uplo, &b[k, 0, 0], m)
    return np.asarray(info)


def inv(number[:, :, ::1] a):
    """Inverses in a's place.

    Returns
    -------
    rcond : ndarray (count,)
        Reciprocal condition numbers; 0 for a singular matrix, which is left factorised.
    """
    cdef Py_ssize_t k, count = a.shape[0]
    cdef int n = a.shape[1], lwork
    cdef double norm
    cdef double[::1] rcond = np.zeros(count)
    cdef int *pivots = <int *> malloc(max(n, 1) * sizeof(int))
    cdef number *work = <number *> malloc(max(64 * n, 1) * sizeof(number))
    cdef void *rwork = malloc(max(2 * n, 1) * sizeof(double))
    if pivots == NULL or work == NULL or rwork == NULL:
        free(pivots); free(work); free(rwork)
        raise MemoryError
    lwork = max(64 * n, 1)
    with nogil:
        for k in range(count):
            norm = _norm_1(&a[k, 0, 0], n)
            if _getrf(&a[k, 0, 0], n, pivots) == 0:
                rcond[k] = _rcond(&a[k, 0, 0], n, norm, work, rwork)
                _getri(&a[k, 0, 0], n, pivots, work, lwork)
    free(pivots)
    free(work)
    free(rwork)
    return np.asarray(rcond)


def eigh_real(real[:, :, ::1] a, bint lower, bint vectors):
    """Eigenvalues (count, n); the rows of a become the vectors.

    Returns
    -------
    w : ndarray (count, n)
    info : ndarray of int (count,)
        Other than 0 where the iteration did not converge.
    """
    cdef Py_ssize_t k, count = a.shape[0]
    cdef int n = a.shape[1], lwork = -1, liwork = -1
    cdef char *jobz = "V" if vectors else "N"
    cdef char *uplo = "U" if lower else "L"
    cdef real size = 0
    cdef int isize = 0
    dtype = np.float32 if real is float else np.float64
    cdef real[:, ::1] w = np.empty((count, n), dtype)
    cdef int[::1] info = np.zeros(count, np.intc)
    if count == 0 or n == 0:
        return np.asarray(w), np.asarray(info)
    if real is float:
        ssyevd(jobz, uplo, &n, &a[0, 0, 0], &n, &w[0, 0], &size, &lwork, &isize, &liwork, &info[0])
    else:
        dsyevd(jobz, uplo, &n, &a[0, 0, 0], &n, &w[0, 0], &size, &lwork, &isize, &liwork, &info[0])
    lwork = <int> size + 1
    liwork = isize
    cdef real[::1] work = np.empty(lwork, dtype)
    cdef int[::1] iwork = np.empty(liwork, np.intc)
    with nogil:
        for k in range(count):
            if real is float:
                ssyevd(jobz, uplo, &n, &a[k, 0, 0], &n, &w[k, 0], &work[0], &lwork, &iwork[0], &liwork, &info[k])
            else:
                dsyevd(jobz, uplo, &n, &a[k, 0, 0], &n, &w[k, 0], &work[0], &lwork, &iwork[0], &liwork, &info[k])
    return np.asarray(w), np.asarray(info)


ctypedef fused complex_number:
    float complex
    double complex


def eigh_complex(complex_number[:, :, ::1] a, bint lower, bint vectors):
    """As `eigh_real`; `a` is conjugated for LAPACK by the caller, and the rows become the vectors."""
    cdef Py_ssize_t k, count = a.shape[0]
    cdef int n = a.shape[1], lwork, lrwork, liwork
    cdef char *jobz = "V" if vectors else "N"
    cdef char *uplo = "U" if lower else "L"
    cdef int[::1] info = np.zeros(count, np.intc)
    # sizes of the workspaces, from LAPACK's documentation of heevd
    lwork = max(1, n * n + 2 * n)
    lrwork = max(1, 2 * n * n + 5 * n + 1)
    liwork = 5 * n + 3
    cdef int[::1] iwork = np.empty(liwork, np.intc)
    cdef float[:, ::1] w_single
    cdef double[:, ::1] w_double
    cdef float[::1] rwork_single
    cdef double[::1] rwork_double
    cdef complex_number[::1] work
    if complex_number is floatcomplex:
        work = np.empty(lwork, np.complex64)
        w_single = np.empty((count, n), np.float32)
        rwork_single = np.empty(lrwork, np.float32)
        if n > 0:
            with nogil:
                for k in range(count):
                    cheevd(jobz, uplo, &n, &a[k, 0, 0], &n, &w_single[k, 0], &work[0], &lwork, &rwork_single[0], &lrwork,
                           &iwork[0], &liwork, &info[k])
        return np.asarray(w_single), np.asarray(info)
    else:
        work = np.empty(lwork, np.complex128)
        w_double = np.empty((count, n), np.float64)
        rwork_double = np.empty(lrwork, np.float64)
        if n > 0:
            with nogil:
                for k in range(count):
                    zheevd(jobz, uplo, &n, &a[k, 0, 0], &n, &w_double[k, 0], &work[0], &lwork, &rwork_double[0], &lrwork,
                           &iwork[0], &liwork, &info[k])
        return np.asarray(w_double), np.asarray(info)
