# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Extremes and means of a window along one axis, extremes of a box (see c/ndimage/sk_window_lines.h and sk_box.h)."""

from libc.stdint cimport int64_t

cimport numpy as cnp
import numpy as np

include "finish.pxi"

cdef extern from "sk_window_lines.h" nogil:
    ctypedef struct sk_window_lines:
        const void *src
        void *dst
        int src_type, dst_type, work_type
        int64_t outer, n, inner
        int64_t size, origin
        int kind, mode
        int64_t cval
        sk_poll poll
        void *udata
    int sk_window_lines_run "SK_PICK(sk_window_lines_run)"(const sk_window_lines *, int64_t, int64_t)

cdef extern from "sk_lines.h" nogil:
    int64_t sk_lines_index "SK_PICK(sk_lines_index)"(int64_t, int64_t, int)

cdef extern from "sk_box.h" nogil:
    const int SK_BOX_MOST
    ctypedef struct sk_box:
        const void *src
        void *dst
        int type, maximum
        int64_t outer
        int64_t shape[3]
        int64_t size[3]
        int64_t origin[3]
        int mode[3]
        int64_t cval, rows
        sk_poll poll
        void *udata
    int sk_box_run "SK_PICK(sk_box_run)"(const sk_box *, int64_t, int64_t)

#: The longest side of a box that `box` takes.
MOST = SK_BOX_MOST
#: Codes of what a window gives.
KINDS = {"min": 0, "max": 1, "mean": 2}


def window_lines(str kind, cnp.ndarray src not None, cnp.ndarray dst not None, int src_type, int dst_type,
                 int work_type, shape, int64_t size, int64_t origin, int mode, int64_t cval, int64_t u0, int64_t u1):
    """Filter units u0..u1 of a C-contiguous array, taken as one of shape (outer, n, inner).

    `work_type` is the type that is computed in, `cval` the bits of the value outside in that type.
    """
    cdef sk_window_lines w
    cdef int status
    cdef list kept = []
    w.poll, w.udata = _poll, <void *>kept
    w.src, w.dst = cnp.PyArray_DATA(src), cnp.PyArray_DATA(dst)
    w.src_type, w.dst_type, w.work_type = src_type, dst_type, work_type
    w.outer, w.n, w.inner = shape
    w.size, w.origin = size, origin
    w.kind, w.mode = KINDS[kind], mode
    w.cval = cval
    with nogil:
        status = sk_window_lines_run(&w, u0, u1)
    _finish(status, kept)


def box(bint maximum, cnp.ndarray src not None, cnp.ndarray dst not None, int type, shape, size, origin, mode,
        int64_t cval, int64_t rows, int64_t u0, int64_t u1):
    """Extremes of a box along the last three axes of a C-contiguous array, taken as one of shape (outer, nz, ny, nx).

    `rows` is the number of rows in a unit of work.
    """
    cdef sk_box b
    cdef int status, k
    cdef list kept = []
    b.poll, b.udata = _poll, <void *>kept
    b.src, b.dst = cnp.PyArray_DATA(src), cnp.PyArray_DATA(dst)
    b.type, b.maximum, b.cval, b.rows = type, maximum, cval, rows
    b.outer = shape[0]
    for k in range(3):
        b.shape[k], b.size[k], b.origin[k], b.mode[k] = shape[k + 1], size[k], origin[k], mode[k]
    with nogil:
        status = sk_box_run(&b, u0, u1)
    _finish(status, kept)


def line_source(int64_t n, int64_t left, int64_t right, int mode):
    """Where the elements of a line of n, continued by `left` and `right` beyond its ends, come from; -1: from outside."""
    source = np.empty(left + n + right, dtype=np.int64)
    cdef int64_t[::1] to = source
    cdef int64_t i
    for i in range(left + n + right):
        to[i] = sk_lines_index(i - left, n, mode)
    return source
