# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Shortest paths (see c/ndimage/sk_paths.h)."""

from libc.stdint cimport int64_t, uint8_t

include "finish.pxi"

cdef extern from "sk_paths.h" nogil:
    int sk_geodesic(int64_t, int64_t, const int64_t *, const double *, const double *, double *, sk_poll, void *)
    ctypedef struct sk_march:
        int64_t size, around
        int ndim
        const int64_t *stride
        const double *spacing
        const int64_t *offset
        const double *length
        const double *cost
        double *distance
        uint8_t *known
        sk_poll poll
        void *udata
    int sk_march_out(const sk_march *)


def geodesic(const int64_t[::1] offset, const double[::1] length, const double[::1] cost, double[::1] distance):
    """Fill `distance` (0 at seeds, else infinite) of a padded volume."""
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int status = 0
    if offset.shape[0]:
        with nogil:
            status = sk_geodesic(cost.shape[0], offset.shape[0], &offset[0], &length[0], &cost[0], &distance[0],
                                 _poll, udata)
    _finish(status, kept)


def march(const int64_t[::1] stride, const double[::1] spacing, const int64_t[::1] offset, const double[::1] length,
          const double[::1] cost, double[::1] distance, uint8_t[::1] known):
    """The same by fast marching; `offset` leads to the voxels near one, the nearest first. `known` is 0."""
    cdef list kept = []
    cdef sk_march m
    cdef int status
    m.size, m.around, m.ndim = cost.shape[0], offset.shape[0], <int>stride.shape[0]
    m.stride, m.spacing = &stride[0], &spacing[0]
    m.offset = &offset[0] if m.around else NULL
    m.length = &length[0] if m.around else NULL
    m.cost, m.distance, m.known = &cost[0], &distance[0], &known[0]
    m.poll, m.udata = _poll, <void *>kept
    with nogil:
        status = sk_march_out(&m)
    _finish(status, kept)
