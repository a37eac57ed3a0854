# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Measurements of labelled regions (see c/ndimage/sk_measure.h)."""

from libc.stdint cimport int32_t, int64_t, uint64_t, uint8_t
from libc.stdlib cimport calloc, free
import math

import numpy as np

include "finish.pxi"

cdef extern from "sk_measure.h" nogil:
    ctypedef struct sk_label_map:
        int positive
        uint64_t low, span
        int32_t above
        const int32_t *table
        const uint64_t *keys
        const int32_t *region
        uint64_t mask
    ctypedef struct sk_measure:
        const void *labels
        const void *values
        int label_type, value_type
        int64_t rows, nx, nlead
        const int64_t *lead
        const sk_label_map *map
        int64_t slots
        sk_poll poll
        void *udata
    ctypedef struct sk_sums:
        int64_t count
    ctypedef struct sk_extremes:
        void *least
        void *greatest
        int64_t *least_at
        int64_t *greatest_at
        int64_t *seen
        int64_t *nan
    ctypedef struct sk_shapes:
        int64_t *count
        int64_t *first
        int64_t *box
        double *moment
    void sk_label_hash_fill(int64_t, const uint64_t *, uint64_t, uint64_t *, int32_t *)
    int sk_measure_sums "SK_PICK(sk_measure_sums)"(const sk_measure *, sk_sums *)
    int sk_measure_deviations "SK_PICK(sk_measure_deviations)"(const sk_measure *, const double *, sk_sums *)
    int sk_measure_extremes "SK_PICK(sk_measure_extremes)"(const sk_measure *, const sk_extremes *)
    int sk_measure_centres "SK_PICK(sk_measure_centres)"(const sk_measure *, double *, double *)
    int sk_measure_shapes "SK_PICK(sk_measure_shapes)"(const sk_measure *, const sk_shapes *)
    int sk_measure_order "SK_PICK(sk_measure_order)"(const sk_measure *, int64_t *, int64_t *, int64_t *, int64_t)
    void sk_sums_total(const sk_sums *, int64_t, int, int64_t *, double *)
    void sk_sums_wrapped(const sk_sums *, int64_t, uint64_t *)
    void sk_sums_variance(const sk_sums *, int64_t, int, double *)


cdef class Regions:
    """Which region each voxel belongs to.

    Parameters
    ----------
    labels : ndarray of uint8, flat, or None
        The labels' bytes; None: all voxels are region 0.
    label_type : int
        Code of their type.
    shape : tuple of int
        At least one axis.
    wanted : ndarray of uint64 or None
        The labels that are regions, in their order, as 64 bits, sign-extended, none twice; None: every
        label above 0 is region 0.
    low, span : int
        All of `wanted` are at low .. low + span - 1 (mod 2**64); span 0: they are looked up in a hash.
    above : bool
        One more region is that of all labels above these (below 2**63); `wanted` has no gaps.
    """

    cdef sk_measure m
    cdef sk_label_map map
    cdef object kept, labels
    cdef readonly int64_t count, size
    cdef readonly int ndim

    def __cinit__(self, labels, int label_type, shape, wanted, uint64_t low, uint64_t span, bint above=False):
        cdef const uint8_t[::1] bytes_
        cdef const uint64_t[::1] want
        cdef int32_t[::1] region
        cdef uint64_t[::1] keys
        cdef int64_t[::1] lead = np.array(shape[:len(shape) - 1] or (0,), dtype=np.int64)
        self.ndim = len(shape)
        self.m.nlead = self.ndim - 1
        self.m.nx = shape[self.ndim - 1]
        self.m.rows = math.prod(shape[:self.ndim - 1])
        self.size = self.m.rows * self.m.nx
        self.m.lead = &lead[0]
        self.m.map = &self.map
        self.labels = labels
        self.count = 1
        if labels is not None and self.size:
            bytes_ = labels
            self.m.labels = &bytes_[0]
            self.m.label_type = label_type
        self.kept = [lead]
        if wanted is None:
            self.map.positive = 1
        else:
            want = wanted
            self.count = want.shape[0]
            self.map.low, self.map.span, self.map.above = low, span, -1
            if above:
                self.map.above = self.count
            if span != <uint64_t>self.count or not _consecutive(want, low):
                if span:
                    region = np.full(span, -1, dtype=np.int32)
                    for k in range(self.count):
                        region[want[k] - low] = k
                    self.map.table = &region[0]
                else:
                    self.map.mask = (1 << max(4, (2 * self.count).bit_length())) - 1
                    region = np.full(self.map.mask + 1, -1, dtype=np.int32)
                    keys = np.zeros(self.map.mask + 1, dtype=np.uint64)
                    if self.count:
                        sk_label_hash_fill(self.count, &want[0], self.map.mask, &keys[0], &region[0])
                    self.map.keys, self.map.region = &keys[0], &region[0]
                    self.kept.append(keys)
                self.kept.append(region)
        if above:
            self.count += 1
        self.m.slots = self.count

    cdef sk_measure _with(self, values, int value_type, list kept):
        """The description of one pass over `values`, their bytes, or None."""
        cdef sk_measure m = self.m
        cdef const uint8_t[::1] bytes_
        if values is not None and self.size:
            bytes_ = values
            m.values = &bytes_[0]
            m.value_type = value_type
        m.poll, m.udata = _poll, <void *>kept
        return m

    def sums(self, values, int value_type, int kind, bint squares):
        """Number, sums, sums mod 2**64 and, if `squares`, variances of the values of each region.

        `kind`: 0 for floating point, 1 for integers of up to 32 bits, 2 for wider ones.
        """
        count = np.zeros(self.count, dtype=np.int64)
        total, power, centre = np.zeros((3, self.count))
        wrapped = np.zeros(self.count, dtype=np.uint64)
        cdef int64_t[::1] n = count
        cdef double[::1] t = total, p = power, c = centre
        cdef uint64_t[::1] w = wrapped
        cdef list kept = []
        cdef sk_measure m = self._with(values, value_type, kept)
        cdef int status = 0
        if not self.count:
            return count, total, wrapped, power
        cdef sk_sums *sums = <sk_sums *>calloc(<size_t>self.count, sizeof(sk_sums))
        if sums == NULL:
            raise MemoryError("not enough memory for the sums of `index`")
        try:
            with nogil:
                status = sk_measure_sums(&m, sums)
                sk_sums_total(sums, m.slots, kind, &n[0], &t[0])
                sk_sums_wrapped(sums, m.slots, &w[0])
                if squares and kind == 1:
                    sk_sums_variance(sums, m.slots, 1, &p[0])
            _finish(status, kept)
            if squares and kind != 1:
                np.divide(total, count, out=centre, where=count > 0)
                free(sums)
                sums = <sk_sums *>calloc(<size_t>self.count, sizeof(sk_sums))
                if sums == NULL:
                    raise MemoryError("not enough memory for the sums of `index`")
                with nogil:
                    status = sk_measure_deviations(&m, &c[0], sums)
                    sk_sums_variance(sums, m.slots, 0, &p[0])
                _finish(status, kept)
        finally:
            free(sums)
        return count, total, wrapped, power

    def extremes(self, values, int value_type, dtype):
        """Least and greatest values, where they are first, voxels that are not NaN, first NaNs."""
        low, high = np.zeros((2, self.count), dtype=dtype)
        places = np.zeros((3, self.count), dtype=np.int64)
        nan = np.full(self.count, -1, dtype=np.int64)
        cdef uint8_t[::1] a = low.view(np.uint8), b = high.view(np.uint8)
        cdef int64_t[:, ::1] p = places
        cdef int64_t[::1] q = nan
        cdef list kept = []
        cdef sk_measure m = self._with(values, value_type, kept)
        cdef sk_extremes out
        cdef int status
        if self.count:
            out.least, out.greatest = &a[0], &b[0]
            out.least_at, out.greatest_at, out.seen, out.nan = &p[0, 0], &p[1, 0], &p[2, 0], &q[0]
            with nogil:
                status = sk_measure_extremes(&m, &out)
            _finish(status, kept)
        return low, high, places[0], places[1], places[2], nan

    def centres(self, values, int value_type):
        """Sum of the values, then of the values times each coordinate: an array (regions, 1 + ndim)."""
        moment = np.zeros((self.count, self.ndim + 1))
        carry = np.zeros((self.count, self.ndim + 1))
        cdef double[:, ::1] t = moment, c = carry
        cdef list kept = []
        cdef sk_measure m = self._with(values, value_type, kept)
        cdef int status
        if self.count:
            with nogil:
                status = sk_measure_centres(&m, &t[0, 0], &c[0, 0])
            _finish(status, kept)
        return np.where(np.isfinite(moment), moment + carry, moment)

    def shapes(self, bint moments):
        """Number of voxels, first one, box (regions, ndim, 2) and, if asked for, moments of each region."""
        count = np.zeros(self.count, dtype=np.int64)
        first = np.full(self.count, -1, dtype=np.int64)
        box = np.zeros((self.count, self.ndim, 2), dtype=np.int64)
        box[:, :, 0] = np.iinfo(np.int64).max
        moment = np.zeros((self.count, self.ndim + self.ndim * (self.ndim + 1) // 2))
        cdef int64_t[::1] n = count, f = first
        cdef int64_t[:, :, ::1] b = box
        cdef double[:, ::1] t = moment
        cdef list kept = []
        cdef sk_measure m = self._with(None, 0, kept)
        cdef sk_shapes out
        cdef int status
        if self.count:
            out.count, out.first, out.box, out.moment = &n[0], &f[0], &b[0, 0, 0], NULL
            if moments:
                out.moment = &t[0, 0]
            with nogil:
                status = sk_measure_shapes(&m, &out)
            _finish(status, kept)
        return count, first, box, moment

    def order(self, bint by_axis=False):
        """Linear indices of the voxels of each region, one region after the other, and where each begins and ends.

        `by_axis`: an index along each axis instead, an array (ndim, voxels).
        """
        count = self.shapes(False)[0]
        stop = np.cumsum(count)
        begin = stop - count
        moving = begin.copy()
        total = int(count.sum())
        found = np.empty((self.ndim, total) if by_axis else (1, total), dtype=np.int64)
        cdef int64_t[::1] at = moving
        cdef int64_t[:, ::1] to = found
        cdef int64_t *order = NULL
        cdef int64_t *places = NULL
        cdef list kept = []
        cdef sk_measure m = self._with(None, 0, kept)
        cdef int64_t n = total
        cdef int status
        if n:
            if by_axis:
                places = &to[0, 0]
            else:
                order = &to[0, 0]
            with nogil:
                status = sk_measure_order(&m, &at[0], order, places, n)
            _finish(status, kept)
        return found if by_axis else found[0], begin, stop


cdef bint _consecutive(const uint64_t[::1] want, uint64_t low):
    """Whether `want` is low, low + 1, ..."""
    cdef int64_t k
    for k in range(want.shape[0]):
        if want[k] - low != <uint64_t>k:
            return False
    return True


def boxes_as_slices(const int64_t[::1] count, const int64_t[:, :, :] box):
    """A tuple of slices for each box, (ndim, 2) of `box`; None where `count` is 0."""
    cdef int64_t k, axis, ndim = box.shape[1]
    cdef list found = [], sides
    for k in range(count.shape[0]):
        if count[k] == 0:
            found.append(None)
            continue
        sides = []
        for axis in range(ndim):
            sides.append(slice(box[k, axis, 0], box[k, axis, 1]))
        found.append(tuple(sides))
    return found
