# cython: language_level=3, freethreading_compatible=True
"""From Fortran's order of an array's elements to C's (see c/core/sk_turn.h)."""

from libc.stdint cimport int64_t
cimport numpy as cnp

import numpy as np

cnp.import_array()

cdef extern from "sk_turn.h" nogil:
    int sk_turn(int64_t, const int64_t *, int64_t, const void *, void *)


def turn(cnp.ndarray source, cnp.ndarray target):
    """`source`, in Fortran's order, into `target` of the same shape and type, in C's order."""
    cdef const int64_t[::1] shape = np.array((<object> source).shape, np.int64)
    cdef int64_t ndim = cnp.PyArray_NDIM(source), size = cnp.PyArray_ITEMSIZE(source)
    cdef const void *from_ = cnp.PyArray_DATA(source)
    cdef void *to = cnp.PyArray_DATA(target)
    cdef int status
    with nogil:
        status = sk_turn(ndim, &shape[0], size, from_, to)
    if status:
        raise ValueError(f"elements of {size} bytes")
