# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Extremes and means of a window along one axis (see c/ndimage/sk_window_lines.h)."""

from libc.stdint cimport int64_t, uint8_t

from scikit._core._errors import check_status

include "poll.pxi"

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

#: Codes of what a window gives.
KINDS = {"min": 0, "max": 1, "mean": 2}


def window_lines(str kind, const uint8_t[::1] src, uint8_t[::1] dst, int src_type, int dst_type, int work_type, shape,
                 int64_t size, int64_t origin, int mode, int64_t cval, int64_t u0, int64_t u1):
    """Filter units u0..u1 of an array of shape (outer, n, inner), given as bytes.

    `work_type` is the type that is computed in, `cval` the bits of the value outside in that type.
    """
    cdef sk_window_lines w
    cdef int status
    cdef list kept = []
    w.poll, w.udata = _poll, <void *>kept
    w.src, w.dst = &src[0], &dst[0]
    w.src_type, w.dst_type, w.work_type = src_type, dst_type, work_type
    w.outer, w.n, w.inner = shape
    w.size, w.origin = size, origin
    w.kind, w.mode = KINDS[kind], mode
    w.cval = cval
    with nogil:
        status = sk_window_lines_run(&w, u0, u1)
    if kept:
        raise kept[0]
    check_status(status)
