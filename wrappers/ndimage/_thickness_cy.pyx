# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Largest balls (see c/ndimage/sk_thickness.h)."""

from libc.stdint cimport int64_t, uint64_t
import numpy as np

cdef extern from "sk_thickness.h" nogil:
    ctypedef struct sk_ball_level:
        int64_t shape[3]
        double *value
    ctypedef struct sk_balls:
        sk_ball_level level[34]
        int levels
        uint64_t *needed
        double spacing[3]
        double less, gap
        double (*far)[8]
        int64_t bins
        double width
    int sk_balls_above(const int64_t *, int64_t *)
    void sk_balls_ridge "SK_PICK(sk_balls_ridge)"(const sk_balls *, int64_t, int64_t)
    void sk_balls_far(const sk_balls *)
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

    def __cinit__(self, squared, spacing, double less, double gap):
        cdef int64_t above[3]
        cdef uint64_t[::1] needed
        cdef double[:, ::1] far
        cdef double most
        self.kept = []
        self.b.less, self.b.gap = less, gap
        for k in range(3):
            self.b.spacing[k] = spacing[k]
        self._add(squared)
        while sk_balls_above(self.b.level[self.b.levels - 1].shape, above) or self.b.levels < 3:
            self._add(np.zeros((above[0], above[1], above[2])))
        needed = np.zeros(self.kept[1].size, np.uint64)
        self.kept.append(needed)
        self.b.needed = &needed[0]
        # of larger balls few are in a neighbour's
        most = min(squared.max(), 4096 * max(spacing) ** 2)
        self.b.bins = <int64_t>most + 2 if gap > 0 else 16384
        self.b.width = 1.0 if gap > 0 else most * (1 + 1e-12) / (self.b.bins - 2)
        if most > 0:
            far = np.zeros((self.b.bins, 8))
            self.kept.append(far)
            self.b.far = <double (*)[8]>&far[0, 0]
            with nogil:
                sk_balls_far(&self.b)

    cdef _add(self, double[:, :, ::1] values):
        cdef sk_ball_level *level = &self.b.level[self.b.levels]
        level.value = &values[0, 0, 0]
        for k in range(3):
            level.shape[k] = values.shape[k]
        self.kept.append(values)
        self.b.levels += 1

    @property
    def rows(self):
        """Number of rows along the last axis of blocks of 4 x 4 x 4 voxels."""
        return self.b.level[1].shape[0] * self.b.level[1].shape[1]

    @property
    def tiles(self):
        """Number of tiles of 16 x 16 x 16 voxels."""
        return self.b.level[2].shape[0] * self.b.level[2].shape[1] * self.b.level[2].shape[2]

    def ridge(self, r0, r1):
        """Find the balls that are needed in `rows` r0..r1; all before `raise_levels`."""
        cdef int64_t start = r0, stop = r1
        with nogil:
            sk_balls_ridge(&self.b, start, stop)

    def raise_levels(self):
        """Fill the other levels; before `widest`."""
        cdef int k
        with nogil:
            for k in range(1, self.b.levels - 1):
                sk_balls_raise(&self.b.level[k], &self.b.level[k + 1])

    def widest(self, t0, t1, double[::1] out):
        """Fill `tiles` t0..t1 of `out` with `squared` of the largest ball that holds each voxel."""
        cdef int64_t start = t0, stop = t1
        with nogil:
            sk_balls_widest(&self.b, start, stop, &out[0])
