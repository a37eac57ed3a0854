# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Bit volumes: packing, morphology and components (see c/ndimage/sk_ndimage.h)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
import math

import numpy as np

from scikit._core._blocks_cy import empty, zeros

include "finish.pxi"

cdef extern from "sk_ndimage.h" nogil:
    const int SK_CONVERGENCE
    ctypedef struct sk_bitgrid:
        int64_t planes, ny, nx, wp, pad, nlead
        const int64_t *lead
    ctypedef struct sk_bitse:
        int64_t nruns
        const int64_t *x0
        const int64_t *x1
        const int64_t *first
        const int64_t *row
    ctypedef struct sk_bitnb:
        int64_t n
        const int64_t *row
        const int64_t *lo
        const int64_t *hi
        int along_x
    ctypedef struct sk_bitruns:
        int64_t n, count
        void *words
    int64_t sk_bitgrid_words(const sk_bitgrid *)
    void sk_bits_pack "SK_PICK(sk_bits_pack)"(const uint8_t *, int64_t, int64_t, int64_t, int64_t, int, int, uint64_t *)
    void sk_bits_unpack "SK_PICK(sk_bits_unpack)"(const uint64_t *, int64_t, int64_t, int64_t, int64_t, int, uint8_t *)
    void sk_bits_not(const sk_bitgrid *, uint64_t *)
    void sk_bits_outside(const sk_bitgrid *, uint64_t *, int)
    int sk_bitmorph(const sk_bitgrid *, const sk_bitse *, uint64_t *, uint64_t *, uint64_t *, const uint64_t *,
                    int, int64_t, sk_poll, void *)
    int sk_bitruns_label "SK_PICK(sk_bitruns_label)"(const sk_bitgrid *, const sk_bitnb *, const uint64_t *, sk_bitruns *, sk_poll, void *)
    int sk_valueruns_label "SK_PICK(sk_valueruns_label)"(const sk_bitgrid *, const sk_bitnb *, const void *, int64_t, sk_bitruns *, sk_poll, void *)
    void sk_bitruns_free "SK_PICK(sk_bitruns_free)"(sk_bitruns *)
    int sk_bitruns_flood "SK_PICK(sk_bitruns_flood)"(const sk_bitgrid *, const sk_bitruns *, uint64_t *)
    void sk_bitruns_fill32 "SK_PICK(sk_bitruns_fill32)"(const sk_bitgrid *, const sk_bitruns *, int64_t, int64_t, int32_t *)
    void sk_bitruns_fill64 "SK_PICK(sk_bitruns_fill64)"(const sk_bitgrid *, const sk_bitruns *, int64_t, int64_t, int64_t *)
    void sk_valueruns_fill32 "SK_PICK(sk_valueruns_fill32)"(const sk_bitgrid *, const sk_bitruns *, int64_t, int64_t, int32_t *)
    void sk_valueruns_fill64 "SK_PICK(sk_valueruns_fill64)"(const sk_bitgrid *, const sk_bitruns *, int64_t, int64_t, int64_t *)

cdef int64_t POLL_VOXELS = 1 << 27  # voxels written between two looks at pending signals


cdef class Runs:
    """Runs of set voxels of a bit volume, with the component of each."""

    cdef sk_bitruns runs

    def __dealloc__(self):
        sk_bitruns_free(&self.runs)

    @property
    def count(self):
        """Number of components."""
        return self.runs.count


cdef class Grid:
    """Shape and layout of bit volumes.

    Parameters
    ----------
    shape : tuple of int
        At least one axis, none of length 0.
    halo : int
        The largest shift along the last axis that will be asked for.
    """

    cdef sk_bitgrid g
    cdef object lead
    cdef readonly int64_t size

    def __cinit__(self, shape, int64_t halo):
        cdef const int64_t[::1] lead
        cdef Py_ssize_t ndim = len(shape)
        self.lead = np.array(shape[:ndim - 2] if ndim > 2 else (), dtype=np.int64)
        self.g.nlead = self.lead.size
        lead = self.lead
        self.g.lead = &lead[0] if self.g.nlead else NULL
        self.g.planes = math.prod(shape[:ndim - 2]) if ndim > 2 else 1
        self.g.ny = shape[ndim - 2] if ndim > 1 else 1
        self.g.nx = shape[ndim - 1]
        self.g.wp = (self.g.nx + halo + 63) // 64
        self.g.pad = halo // 64 + 4
        self.size = self.g.planes * self.g.ny * self.g.nx

    def pack(self, const uint8_t[::1] src, bint invert=False, bint outside=False):
        """The volume of a C-contiguous array of bytes."""
        bits = empty(sk_bitgrid_words(&self.g), dtype=np.uint64)
        cdef uint64_t[::1] to = bits
        with nogil:
            sk_bits_pack(&src[0], self.g.planes * self.g.ny, self.g.nx, self.g.wp, self.g.pad, invert, outside, &to[0])
        return bits

    def unpack(self, const uint64_t[::1] bits, uint8_t[::1] dst, bint invert=False):
        """Write bytes 0 and 1."""
        with nogil:
            sk_bits_unpack(&bits[0], self.g.planes * self.g.ny, self.g.nx, self.g.wp, self.g.pad, invert, &dst[0])

    def empty(self, bint outside):
        """The volume with no voxel set."""
        bits = zeros(sk_bitgrid_words(&self.g), dtype=np.uint64)
        if outside:
            self.set_outside(bits, outside)
        return bits

    def complement(self, uint64_t[::1] bits):
        """Flip every voxel, and the outside."""
        with nogil:
            sk_bits_not(&self.g, &bits[0])

    def set_outside(self, uint64_t[::1] bits, bint outside):
        """Set what lies outside the volume."""
        with nogil:
            sk_bits_outside(&self.g, &bits[0], outside)

    def dilate(self, uint64_t[::1] bits, runs, mask, bint outside, int64_t iterations):
        """Dilate in place; `runs` is (x0, x1, first, row) as in the C header."""
        cdef const int64_t[::1] x0 = runs[0]
        cdef const int64_t[::1] x1 = runs[1]
        cdef const int64_t[::1] first = runs[2]
        cdef const int64_t[::1] row = runs[3]
        cdef const uint64_t[::1] keep
        cdef const uint64_t *keep_p = NULL
        cdef uint64_t[::1] y = empty(bits.shape[0], dtype=np.uint64)
        cdef uint64_t[::1] t = empty(bits.shape[0], dtype=np.uint64)
        cdef list kept = []
        cdef void *udata = <void *>kept
        cdef sk_bitse se
        cdef int status
        se.nruns = x0.shape[0]
        if se.nruns:
            se.x0, se.x1, se.first, se.row = &x0[0], &x1[0], &first[0], &row[0]
        if mask is not None:
            keep = mask
            keep_p = &keep[0]
        with nogil:
            status = sk_bitmorph(&self.g, &se, &bits[0], &y[0], &t[0], keep_p, outside, iterations, _poll, udata)
        if status == SK_CONVERGENCE:
            raise RuntimeError("`iterations` is below 1, but with this `structure` the voxels never settle")
        _finish(status, kept)

    def components(self, image, neighbours, bint along_x, int64_t width=0):
        """Components as a `Runs`; `neighbours` is (row, lo, hi) as in the C header.

        `image` is a bit volume with clear tails; or, with a `width`, the bytes of voxels of that many bytes each,
        whose components are of equal values.
        """
        cdef const uint64_t[::1] bits = None
        cdef const uint8_t[::1] voxels = None
        cdef const int64_t[::1] row = neighbours[0]
        cdef const int64_t[::1] lo = neighbours[1]
        cdef const int64_t[::1] hi = neighbours[2]
        cdef Runs out = Runs()
        cdef list kept = []
        cdef void *udata = <void *>kept
        cdef sk_bitnb nb
        cdef int status
        nb.n = lo.shape[0]
        nb.along_x = along_x
        if nb.n:
            nb.row, nb.lo, nb.hi = &row[0], &lo[0], &hi[0]
        if width:
            voxels = image
        else:
            bits = image
        with nogil:
            if width:
                status = sk_valueruns_label(&self.g, &nb, &voxels[0], width, &out.runs, _poll, udata)
            else:
                status = sk_bitruns_label(&self.g, &nb, &bits[0], &out.runs, _poll, udata)
        _finish(status, kept)
        return out

    def flood(self, uint64_t[::1] bits, Runs runs):
        """Set the components that have a voxel set already."""
        cdef int status
        with nogil:
            status = sk_bitruns_flood(&self.g, &runs.runs, &bits[0])
        check_status(status)

    def paint(self, Runs runs, dst):
        """Write the labels into a flat array, int32 or int64: of zeros, but for components of values."""
        cdef int32_t[::1] narrow = None
        cdef int64_t[::1] wide = None
        cdef int64_t rows = self.g.planes * self.g.ny, piece = max(1, POLL_VOXELS // self.g.nx), r
        if dst.dtype == np.int32:
            narrow = dst
        else:
            wide = dst
        for r in range(0, rows, piece):
            with nogil:
                if runs.runs.words and narrow is not None:
                    sk_valueruns_fill32(&self.g, &runs.runs, r, min(rows, r + piece), &narrow[0])
                elif runs.runs.words:
                    sk_valueruns_fill64(&self.g, &runs.runs, r, min(rows, r + piece), &wide[0])
                elif narrow is not None:
                    sk_bitruns_fill32(&self.g, &runs.runs, r, min(rows, r + piece), &narrow[0])
                else:
                    sk_bitruns_fill64(&self.g, &runs.runs, r, min(rows, r + piece), &wide[0])
            PyErr_CheckSignals()
