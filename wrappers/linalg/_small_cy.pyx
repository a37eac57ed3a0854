# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Stacks of small matrices, a matrix a vector lane (fortran/linalg/sk_linalg.h). Arrays are checked by the caller."""

from libc.stdint cimport int8_t, int32_t, int64_t
cimport numpy as cnp

import numpy as np

cnp.import_array()

cdef extern from "sk_linalg.h" nogil:
    enum:
        SK_LINALG_SMALL_SOLVE_MAX, SK_LINALG_SMALL_EIGH_MAX, SK_LINALG_SMALL_EXPM_MAX
    ctypedef void (*sk_linalg_small_solve)(int64_t, int64_t, int64_t, const void *, const void *, void *, int8_t *) noexcept
    ctypedef void (*sk_linalg_small_eigh)(int64_t, int64_t, int32_t, const void *, void *, void *, int8_t *) noexcept
    ctypedef void (*sk_linalg_small_expm)(int64_t, int64_t, const void *, void *, int8_t *) noexcept
    sk_linalg_small_solve sk_linalg_small_solve_for(char letter)
    sk_linalg_small_eigh sk_linalg_small_eigh_for(char letter)
    sk_linalg_small_expm sk_linalg_small_expm_for(char letter)

#: Largest sizes that the kernels take.
SOLVE_MAX = SK_LINALG_SMALL_SOLVE_MAX
EIGH_MAX = SK_LINALG_SMALL_EIGH_MAX
EXPM_MAX = SK_LINALG_SMALL_EXPM_MAX


cdef char _letter(cnp.ndarray a) except 0:
    cdef int kind = cnp.PyArray_TYPE(a)
    if not cnp.PyArray_ISCARRAY_RO(a):
        raise TypeError("the kernels take contiguous arrays")
    if kind == cnp.NPY_FLOAT64:
        return c"d"
    if kind == cnp.NPY_FLOAT32:
        return c"s"
    if kind == cnp.NPY_COMPLEX128:
        return c"z"
    if kind == cnp.NPY_COMPLEX64:
        return c"c"
    raise TypeError(f"no kernel for {a.dtype}")


cdef cnp.ndarray _flags(int64_t count):
    cdef cnp.npy_intp shape = count
    return cnp.PyArray_EMPTY(1, &shape, cnp.NPY_INT8, 0)


def inv(cnp.ndarray a):
    """Inverses of a stack (count, n, n), and the flags (count,) of those that need LAPACK."""
    cdef int64_t count = cnp.PyArray_DIM(a, 0), n = cnp.PyArray_DIM(a, 1)
    cdef cnp.ndarray x = cnp.PyArray_EMPTY(3, cnp.PyArray_DIMS(a), cnp.PyArray_TYPE(a), 0)
    cdef cnp.ndarray doubt = _flags(count)
    cdef sk_linalg_small_solve kernel = sk_linalg_small_solve_for(_letter(a))
    with nogil:
        kernel(count, n, n, cnp.PyArray_DATA(a), NULL, cnp.PyArray_DATA(x), <int8_t *> cnp.PyArray_DATA(doubt))
    return x, doubt


def solve(cnp.ndarray a, cnp.ndarray b):
    """Solutions of a (count, n, n) x = b (count, n, m), and the flags of those that need LAPACK."""
    cdef int64_t count = cnp.PyArray_DIM(a, 0), n = cnp.PyArray_DIM(a, 1), m = cnp.PyArray_DIM(b, 2)
    cdef cnp.ndarray x = cnp.PyArray_EMPTY(3, cnp.PyArray_DIMS(b), cnp.PyArray_TYPE(b), 0)
    cdef cnp.ndarray doubt = _flags(count)
    cdef sk_linalg_small_solve kernel = sk_linalg_small_solve_for(_letter(a))
    _letter(b)
    with nogil:
        kernel(count, n, m, cnp.PyArray_DATA(a), cnp.PyArray_DATA(b), cnp.PyArray_DATA(x),
               <int8_t *> cnp.PyArray_DATA(doubt))
    return x, doubt


def eigh(cnp.ndarray a, bint lower, bint vectors):
    """Eigenvalues (count, n), vectors (count, n, n) or None, and the flags of those that need LAPACK."""
    cdef int64_t count = cnp.PyArray_DIM(a, 0), n = cnp.PyArray_DIM(a, 1)
    cdef cnp.ndarray w = np.empty((count, n), a.real.dtype)
    cdef cnp.ndarray v = cnp.PyArray_EMPTY(3, cnp.PyArray_DIMS(a), cnp.PyArray_TYPE(a), 0) if vectors else None
    cdef cnp.ndarray doubt = _flags(count)
    cdef void *v_data = cnp.PyArray_DATA(v) if vectors else NULL
    cdef sk_linalg_small_eigh kernel = sk_linalg_small_eigh_for(_letter(a))
    with nogil:
        kernel(count, n, lower, cnp.PyArray_DATA(a), cnp.PyArray_DATA(w), v_data, <int8_t *> cnp.PyArray_DATA(doubt))
    return w, v, doubt


def expm(cnp.ndarray a):
    """Exponentials of a stack (count, n, n), and the flags of those that are too large."""
    cdef int64_t count = cnp.PyArray_DIM(a, 0), n = cnp.PyArray_DIM(a, 1)
    cdef cnp.ndarray x = cnp.PyArray_EMPTY(3, cnp.PyArray_DIMS(a), cnp.PyArray_TYPE(a), 0)
    cdef cnp.ndarray doubt = _flags(count)
    cdef sk_linalg_small_expm kernel = sk_linalg_small_expm_for(_letter(a))
    with nogil:
        kernel(count, n, cnp.PyArray_DATA(a), cnp.PyArray_DATA(x), <int8_t *> cnp.PyArray_DATA(doubt))
    return x, doubt
