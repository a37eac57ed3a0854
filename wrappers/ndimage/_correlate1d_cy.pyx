# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Filters along one axis (see c/ndimage/sk_lines.h)."""

from libc.stdint cimport int64_t

cimport numpy as cnp

include "finish.pxi"

cdef extern from "sk_lines.h" nogil:
    const int64_t SK_LINES_UNIT
    ctypedef struct sk_correlate1d:
        const void *src
        void *dst
        int src_type, dst_type
        int64_t outer, n, inner
        const double *weights
        int64_t size, origin
        int mode
        double cval
        sk_poll poll
        void *udata
    int sk_correlate1d_f64 "SK_PICK(sk_correlate1d_f64)"(const sk_correlate1d *, int64_t, int64_t)
    int sk_correlate1d_f32 "SK_PICK(sk_correlate1d_f32)"(const sk_correlate1d *, int64_t, int64_t)

#: Lines in a unit of work.
UNIT = SK_LINES_UNIT
#: Codes of the element types, by the dtype's character and size.
TYPES = {"b1": 0, "u1": 1, "i1": 2, "u2": 3, "i2": 4, "u4": 5, "i4": 6, "u8": 7, "i8": 8, "f4": 9, "f8": 10}


def correlate1d(cnp.ndarray src not None, int src_type, cnp.ndarray dst not None, int dst_type, shape,
                const double[::1] weights, int64_t origin, int mode, double cval, bint narrow,
                int64_t u0, int64_t u1):
    """Filter units u0..u1 of a C-contiguous array, taken as one of shape (outer, n, inner); `narrow` sums in float32."""
    cdef sk_correlate1d c
    cdef int status
    cdef list kept = []
    c.poll, c.udata = _poll, <void *>kept
    c.src, c.dst = cnp.PyArray_DATA(src), cnp.PyArray_DATA(dst)
    c.src_type, c.dst_type = src_type, dst_type
    c.outer, c.n, c.inner = shape
    c.weights = &weights[0]
    c.size, c.origin = weights.shape[0], origin
    c.mode, c.cval = mode, cval
    with nogil:
        status = sk_correlate1d_f32(&c, u0, u1) if narrow else sk_correlate1d_f64(&c, u0, u1)
    _finish(status, kept)
