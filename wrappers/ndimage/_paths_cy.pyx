# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Shortest paths and largest balls (see c/ndimage/sk_paths.h)."""

from libc.stdint cimport int64_t, uint8_t

include "finish.pxi"

cdef extern from "sk_paths.h" nogil:
    ctypedef struct sk_balls:
        int64_t shape[3]
        double spacing[3]
        const double *squared
        double less, gap
        sk_poll poll
        void *udata
    int sk_geodesic(int64_t, int64_t, const int64_t *, const double *, const double *, double *, sk_poll, void *)
    int sk_balls_ridge(const sk_balls *, uint8_t *)
    int sk_balls_paint(const sk_balls *, int64_t, const int64_t *, double *)


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


cdef class Balls:
    """The balls of the voxels of a mask; see the C header."""

    cdef sk_balls b
    cdef const double[:, :, ::1] squared

    def __cinit__(self, const double[:, :, ::1] squared, spacing, double less, double gap):
        self.squared = squared
        for k in range(3):
            self.b.shape[k] = squared.shape[k]
            self.b.spacing[k] = spacing[k]
        self.b.squared, self.b.less, self.b.gap = &squared[0, 0, 0], less, gap

    def ridge(self, uint8_t[::1] out):
        """Mark the centres that are needed."""
        cdef list kept = []
        cdef sk_balls b = self.b
        cdef int status
        b.poll, b.udata = _poll, <void *>kept
        with nogil:
            status = sk_balls_ridge(&b, &out[0])
        _finish(status, kept)

    def paint(self, const int64_t[::1] centre, double[::1] radius):
        """Write the largest radii; at least one centre, in falling order of the radius."""
        cdef list kept = []
        cdef sk_balls b = self.b
        cdef int status
        b.poll, b.udata = _poll, <void *>kept
        with nogil:
            status = sk_balls_paint(&b, centre.shape[0], &centre[0], &radius[0])
        _finish(status, kept)
