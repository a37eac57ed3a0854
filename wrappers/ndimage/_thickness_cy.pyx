# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Largest balls (see c/ndimage/sk_thickness.h)."""

from libc.stdint cimport int64_t
import numpy as np

cdef extern from "sk_thickness.h" nogil:
    ctypedef struct sk_ball_level:
        int64_t shape[3]
        double *value
    ctypedef struct sk_balls:
        sk_ball_level level[34]
        int levels
        double spacing[3]
        double less, gap
    int sk_balls_above(const int64_t *, int64_t *)
    void sk_balls_raise(const sk_ball_level *, const sk_ball_level *)
    void sk_balls_widest "SK_PICK(sk_balls_widest)"(const sk_balls *, int64_t, int64_t, double *)


cdef class Balls:
    """The balls of the voxels of a mask.

    Parameters
    ----------
    squared : ndarray of float64, three axes, not empty
        Squared distance to the nearest voxel outside; 0 outside.
    spacing : sequence of 3 float
    less, gap : float
        A voxel is in the ball of another one if their squared distance is at most ``less * squared - gap``.
    """

    cdef sk_balls b
    cdef list kept

    def __cinit__(self, double[:, :, ::1] squared, spacing, double less, double gap):
        cdef int64_t above[3]
        cdef double[::1] values
        self.kept = [squared]
        self.b.less, self.b.gap, self.b.levels = less, gap, 1
        self.b.level[0].value = &squared[0, 0, 0]
        for k in range(3):
            self.b.level[0].shape[k] = squared.shape[k]
            self.b.spacing[k] = spacing[k]
        while sk_balls_above(self.b.level[self.b.levels - 1].shape, above):
            values = np.zeros(above[0] * above[1] * above[2])
            self.kept.append(values)
            for k in range(3):
                self.b.level[self.b.levels].shape[k] = above[k]
            self.b.level[self.b.levels].value = &values[0]
            with nogil:
                sk_balls_raise(&self.b.level[self.b.levels - 1], &self.b.level[self.b.levels])
            self.b.levels += 1

    def widest(self, int64_t r0, int64_t r1, double[::1] out):
        """Fill rows r0..r1 along the last axis with `squared` of the largest ball that holds each voxel."""
        with nogil:
            sk_balls_widest(&self.b, r0, r1, &out[0])
