# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Shortest paths (see c/ndimage/sk_paths.h)."""

from libc.stdint cimport int64_t

include "finish.pxi"

cdef extern from "sk_paths.h" nogil:
    int sk_geodesic(int64_t, int64_t, const int64_t *, const double *, const double *, double *, sk_poll, void *)

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
