# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Spline interpolation (see c/ndimage/sk_interp.h)."""

from libc.math cimport floor
from libc.stdint cimport int64_t, intptr_t, uint8_t, uintptr_t

cimport numpy as cnp
import numpy as np

from scikit._core._errors import check_status

cdef extern from "sk_interp.h" nogil:
    const int SK_F32, SK_F64, SK_INTERP_CHUNK
    ctypedef struct sk_spline:
        void *data
        int64_t outer, n, inner
        int npoles
        const double *poles
        int mode
    ctypedef struct sk_interp:
        const void *coef
        int64_t ndim
        const int64_t *shape
        const int64_t *stride
        int order, mode
        int64_t pad
        double cval
        int64_t cval_bits
        void *dst
        int dst_type
        int64_t size
    ctypedef struct sk_interp_affine:
        int64_t rank
        const int64_t *shape
        const double *matrix
        const double *offset
        int64_t image
    ctypedef struct sk_separable_axis:
        int64_t n, m
        int taps
        const int64_t *index
        const void *weight
    ctypedef struct sk_separable:
        const void *coef
        sk_separable_axis z, y, x
        double cval
        void *dst
        int dst_type
    ctypedef void (*sk_interp_values)(const sk_interp *, const double *, int64_t, int64_t, int64_t, void *)
    sk_interp_values values_f32 "SK_PICK(sk_interp_f32)"
    sk_interp_values values_mixed "SK_PICK(sk_interp_mixed)"
    sk_interp_values values_f64 "SK_PICK(sk_interp_f64)"
    sk_interp_values values_raw "SK_PICK(sk_interp_raw)"
    int spline_f32 "SK_PICK(sk_spline_f32)"(const sk_spline *, int64_t, int64_t)
    int spline_f64 "SK_PICK(sk_spline_f64)"(const sk_spline *, int64_t, int64_t)
    int sk_interp_run_affine(const sk_interp *, sk_interp_values, const sk_interp_affine *, int64_t, int64_t, int64_t)
    int sk_interp_run_points(const sk_interp *, sk_interp_values, const double *, int64_t, int64_t, int64_t)
    void sk_interp_axis(const double *, int64_t, int64_t, int, int, int64_t *, double *, uint8_t *)
    void store "SK_PICK(sk_interp_store)"(void *, int, int64_t, const double *, int64_t)
    int64_t sk_separable_blocks(int64_t)
    int separable_f32 "SK_PICK(sk_separable_f32)"(const sk_separable *, int64_t, int64_t)
    int separable_mixed "SK_PICK(sk_separable_mixed)"(const sk_separable *, int64_t, int64_t)
    int separable_f64 "SK_PICK(sk_separable_f64)"(const sk_separable *, int64_t, int64_t)
    int separable_raw "SK_PICK(sk_separable_raw)"(const sk_separable *, int64_t, int64_t, int64_t, int64_t)

#: Points that are worked on together.
CHUNK = SK_INTERP_CHUNK
#: Codes of the boundary modes.
MODES = {"nearest": 0, "wrap": 1, "reflect": 2, "grid-mirror": 2, "mirror": 3, "constant": 4, "grid-wrap": 5,
         "grid-constant": 6}


def spline(cnp.ndarray data not None, int work, shape, const double[::1] poles, int mode, int64_t u0, int64_t u1):
    """Turn units u0..u1 of lines of a C-contiguous array, taken as one of shape (outer, n, inner), into spline
    coefficients.

    `work` is the code of the array's type.
    """
    cdef sk_spline s
    cdef int status
    s.data = cnp.PyArray_DATA(data)
    s.outer, s.n, s.inner = shape
    s.npoles, s.poles, s.mode = poles.shape[0], &poles[0], mode
    with nogil:
        status = spline_f32(&s, u0, u1) if work == SK_F32 else spline_f64(&s, u0, u1)
    check_status(status)


def converted(double[::1] values, cnp.ndarray dst not None, int dst_type):
    """Store values in a C-contiguous array as the kernels do: rounded and within the range of the type."""
    cdef int64_t count = values.shape[0]
    if count:
        with nogil:
            store(cnp.PyArray_DATA(dst), dst_type, 0, &values[0], count)


def axis_taps(double[::1] x, int64_t n, int order, int mode):
    """(index, weight, outside, same) of coordinates along an axis of n elements; see sk_interp_axis.

    `outside` is None where no coordinate is; `same` says that the elements stay as they are.
    """
    cdef int64_t k, count = x.shape[0], first = 0, kept = 0
    cdef cnp.ndarray index = np.empty((order + 1, count), np.int64)
    cdef cnp.ndarray weight = np.empty((order + 1, count), np.float64)
    cdef cnp.ndarray outside = np.empty(count, np.uint8)
    cdef int64_t *i = <int64_t *>cnp.PyArray_DATA(index)
    cdef uint8_t *o = <uint8_t *>cnp.PyArray_DATA(outside)
    if count:
        with nogil:
            sk_interp_axis(&x[0], count, n, order, mode, i, <double *>cnp.PyArray_DATA(weight), o)
            while first < count and not o[first]:
                first += 1
            while order == 0 and kept < count and i[kept] == kept:
                kept += 1
    return index, weight, outside.view(np.bool_) if first < count else None, order == 0 and kept == count == n


def all_whole(const double[::1] x):
    """Whether all of `x` are finite whole numbers."""
    cdef Py_ssize_t k
    for k in range(x.shape[0]):
        if not x[k] - floor(x[k]) == 0:
            return False
    return True


cdef class Interpolator:
    """An image's coefficients and the array that takes the values at points.

    Parameters
    ----------
    coef : ndarray
        C-contiguous, not empty; float32 or float64. With `raw` of any type of 1, 2, 4 or 8 bytes.
    ndim : int
        Dimensions of an image; what `coef` has more, in front, is a batch.
    order, mode, pad, cval, cval_bits : int
        See sk_interp.
    dst : ndarray
        C-contiguous, not empty.
    work, dst_type : int
        Codes of the types.
    raw : bool
        Move elements: order 0, and both arrays have the same type.
    """

    cdef sk_interp job
    cdef sk_interp_values values
    cdef object coef, dst, numbers

    def __cinit__(self, cnp.ndarray coef not None, int64_t ndim, int order, int mode, int64_t pad, double cval,
                  int64_t cval_bits, cnp.ndarray dst not None, int work, int dst_type, bint raw):
        cdef Py_ssize_t lead = coef.ndim - ndim
        cdef int64_t[:, ::1] numbers = np.empty((2, ndim), dtype=np.int64)
        cdef int64_t k, size = cnp.PyArray_ITEMSIZE(coef)
        for k in range(ndim):
            numbers[0, k] = cnp.PyArray_DIM(coef, <int>(lead + k))
            numbers[1, k] = cnp.PyArray_STRIDE(coef, <int>(lead + k)) // size
        self.coef, self.dst, self.numbers = coef, dst, numbers
        self.job.coef = cnp.PyArray_DATA(coef)
        self.job.dst = cnp.PyArray_DATA(dst)
        self.job.ndim, self.job.shape, self.job.stride = ndim, &numbers[0, 0], &numbers[1, 0]
        self.job.order, self.job.mode, self.job.pad = order, mode, pad
        self.job.cval, self.job.cval_bits = cval, cval_bits
        self.job.dst_type, self.job.size = dst_type, size
        self.values = values_raw if raw else values_f64 if work != SK_F32 else values_mixed if order > 1 else values_f32

    def affine(self, const double[:, ::1] matrix, const double[::1] offset, const int64_t[::1] shape, int64_t p0,
               int64_t p1):
        """Points p0..p1 of outputs of `shape`, at matrix o + offset."""
        cdef sk_interp_affine map
        cdef int status
        cdef int64_t d
        map.rank, map.shape = shape.shape[0], &shape[0]
        map.matrix, map.offset = &matrix[0, 0], &offset[0]
        map.image = 1
        for d in range(self.job.ndim):
            map.image *= self.job.shape[d]
        with nogil:
            status = sk_interp_run_affine(&self.job, self.values, &map, self.job.size, p0, p1)
        check_status(status)

    def points(self, const double[:, ::1] x, int64_t p0, int64_t p1):
        """Points p0..p1 at the coordinates x[:, p0:p1]."""
        cdef int status
        with nogil:
            status = sk_interp_run_points(&self.job, self.values, &x[0, p0], x.shape[1], p0, p1)
        check_status(status)

    def chunk(self, const double[:, ::1] x, int64_t p0, int64_t p1):
        """Points p0..p1 at the coordinates x[:, :p1 - p0]."""
        cdef int status
        with nogil:
            status = sk_interp_run_points(&self.job, self.values, &x[0, 0], x.shape[1], p0, p1)
        check_status(status)


cdef class Separable:
    """An image's coefficients and the values on a grid along its axes; both C-contiguous and 4-d: a batch in front.

    `axes` has for each of the three axes (index, weight) of shape (taps, m); None for the last one: it stays as it is. The
    weights have the type of the sums: float32 if `narrow`, else float64.
    """

    cdef sk_separable job
    cdef object coef, dst, axes
    cdef int work
    cdef int64_t cval_bits, size
    cdef bint raw, narrow
    #: Units of work.
    cdef readonly int64_t count

    def __cinit__(self, cnp.ndarray coef not None, axes, double cval, int64_t cval_bits, cnp.ndarray dst not None,
                  int work, int dst_type, bint raw, bint narrow):
        self.coef, self.dst, self.axes = coef, dst, axes
        self.job.coef = cnp.PyArray_DATA(coef)
        self.job.dst = cnp.PyArray_DATA(dst)
        self.set_axis(&self.job.z, 0)
        self.set_axis(&self.job.y, 1)
        self.set_axis(&self.job.x, 2)
        self.job.cval, self.cval_bits, self.size = cval, cval_bits, coef.itemsize
        self.job.dst_type, self.work, self.raw, self.narrow = dst_type, work, raw, narrow
        self.count = dst.shape[0] * dst.shape[1] * sk_separable_blocks(dst.shape[2])

    cdef set_axis(self, sk_separable_axis *axis, int k):
        axis.n, axis.m = self.coef.shape[1 + k], self.dst.shape[1 + k]
        if self.axes[k] is None:
            axis.taps, axis.index, axis.weight = 0, NULL, NULL
            return
        cdef cnp.ndarray index, weight
        index, weight = self.axes[k]
        axis.taps = index.shape[0]
        axis.index = <const int64_t *>cnp.PyArray_DATA(index)
        axis.weight = cnp.PyArray_DATA(weight)

    def run(self, int64_t u0, int64_t u1):
        """Units u0..u1."""
        cdef int status
        with nogil:
            if self.raw:
                status = separable_raw(&self.job, self.size, self.cval_bits, u0, u1)
            elif self.narrow:
                status = separable_f32(&self.job, u0, u1)
            elif self.work == SK_F32:
                status = separable_mixed(&self.job, u0, u1)
            else:
                status = separable_f64(&self.job, u0, u1)
        check_status(status)


ctypedef int (*mapping_function)(intptr_t *, double *, int, int, void *) noexcept nogil


def call_mapping(uintptr_t address, uintptr_t data, intptr_t[::1] first, const intptr_t[::1] shape, double[:, ::1] x,
                 double[::1] place, int64_t count):
    """x[:, :count] from a compiled function of the points from `first` on, which is moved behind them."""
    cdef mapping_function function = <mapping_function>address
    cdef int64_t p, d, k
    cdef int ok = 1, ranks = first.shape[0], ndim = x.shape[0]
    with nogil:
        for p in range(count):
            ok = function(&first[0], &place[0], ranks, ndim, <void *>data)
            if not ok:
                break
            for d in range(ndim):
                x[d, p] = place[d]
            for k in range(ranks - 1, -1, -1):
                first[k] += 1
                if first[k] < shape[k]:
                    break
                first[k] = 0
    if not ok:
        raise RuntimeError("`mapping` reported a failure")
