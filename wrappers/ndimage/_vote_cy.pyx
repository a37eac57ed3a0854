# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Labels on another grid (see c/ndimage/sk_vote.h)."""

from libc.stdint cimport int64_t, uintptr_t

from scikit._core._errors import check_status

cdef extern from "sk_vote.h" nogil:
    ctypedef struct sk_vote:
        const void *src
        void *dst
        int64_t size, ndim
        const int64_t *m
        const int64_t *taps
        const int64_t *stride
        const int64_t *first
        const int64_t *index
        const double *weight
    int sk_vote_run(const sk_vote *, int64_t, int64_t)


def vote(src, dst, const int64_t[:, ::1] numbers, const int64_t[::1] index, const double[::1] weight, int64_t r0,
         int64_t r1):
    """Rows r0..r1 of `dst` from `src`; the rows of `numbers` are m, taps, stride and first of sk_vote."""
    cdef sk_vote v
    cdef int status
    v.src = <const void *><uintptr_t>src.__array_interface__["data"][0]
    v.dst = <void *><uintptr_t>dst.__array_interface__["data"][0]
    v.size, v.ndim = src.itemsize, src.ndim
    v.m, v.taps, v.stride, v.first = &numbers[0, 0], &numbers[1, 0], &numbers[2, 0], &numbers[3, 0]
    v.index, v.weight = &index[0], &weight[0]
    with nogil:
        status = sk_vote_run(&v, r0, r1)
    check_status(status)
