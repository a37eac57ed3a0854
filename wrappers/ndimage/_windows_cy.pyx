# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Neighbourhood filters on tiles (see c/ndimage/sk_tiles.h)."""

from libc.stdint cimport int64_t, intptr_t, uintptr_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy
cimport numpy as cnp
import numpy as np

from scikit._core._errors import check_status

include "poll.pxi"

cnp.import_array()

cdef extern from "sk_tiles.h" nogil:
    const int SK_OK, SK_MEMORY, SK_CALLBACK, SK_F64, SK_TILE_SLACK
    ctypedef struct sk_tiles:
        const char *src
        void *dst
        int src_type, dst_type, work_type
        int64_t ndim
        const int64_t *shape
        const int64_t *stride
        const int64_t *before
        const int64_t *after
        const int64_t *block
        const int *mode
        int64_t cval
        sk_poll poll
        void *udata
    ctypedef int (*sk_tile_row)(void *, const void *, int64_t, void *)
    ctypedef int (*sk_tile_begin)(void *, const void *)
    ctypedef struct sk_tile_filter:
        sk_tile_row row
        sk_tile_begin tile
        int store_type
        int64_t work
    ctypedef struct sk_window_sum:
        int64_t size
        const double *weights
        const int64_t *distance
    ctypedef struct sk_window_hill:
        int maximum
        int64_t size
        const double *height
        const int64_t *distance
    ctypedef struct sk_window_extreme:
        int type, maximum
        int64_t nruns
        const int64_t *length
        const int64_t *first
        const int64_t *distance
        int64_t elements
        void *table
    ctypedef struct sk_window_rank:
        int type, width
        int64_t size, rank
        double part
        const int64_t *distance
        int64_t elements
        void *keys
        void *found
    ctypedef int (*sk_window_function)(double *, intptr_t, double *, void *)
    ctypedef struct sk_window_call:
        sk_window_function function
        void *data
        int64_t size
        const int64_t *distance
        double *voxels
    int64_t sk_type_size(int)
    int64_t sk_tiles_pitch(const sk_tiles *, int64_t *)
    int64_t sk_tiles_count(const sk_tiles *)
    int sk_tiles_run(const sk_tiles *, const sk_tile_filter *, void *, int64_t, int64_t)
    sk_tile_row sum_row "SK_PICK(sk_window_sum_row)"
    sk_tile_row hill_row "SK_PICK(sk_window_hill_row)"
    sk_tile_row extreme_row "SK_PICK(sk_window_extreme_row)"
    sk_tile_begin extreme_tile "SK_PICK(sk_window_extreme_tile)"
    sk_tile_row rank_row "SK_PICK(sk_window_rank_row)"
    sk_tile_begin rank_tile "SK_PICK(sk_window_rank_tile)"
    int sk_window_call_row(void *, const void *, int64_t, void *)


cdef int _call_python(double *voxels, intptr_t size, double *result, void *data) noexcept with gil:
    """A Python function of a window's voxels; `data` is [function], and takes what that raises."""
    cdef list call = <list>data
    cdef cnp.npy_intp length = size
    cdef cnp.ndarray window
    try:
        window = cnp.PyArray_EMPTY(1, &length, cnp.NPY_FLOAT64, 0)  # a new one each time: the function may keep it
        memcpy(cnp.PyArray_DATA(window), voxels, size * sizeof(double))
        result[0] = call[0](window)
    except BaseException as error:
        call.append(error)
        return 0
    return 1


cdef class Tiles:
    """An array cut into tiles, and the array that takes a filter's results.

    Parameters
    ----------
    src : ndarray
        At least 1-d, not empty, native byte order, aligned; any strides.
    dst : ndarray
        C-contiguous, native, of the same shape; shares no memory with `src`.
    codes : tuple of int
        Types of src, dst and the work.
    before, after, block : sequence of int
        The halo and the voxels of a tile, an entry each axis.
    mode : int
        The code of the boundary mode.
    cval : int
        Bits of the value outside, in the type of the work.
    """

    cdef sk_tiles t
    cdef object src, dst, numbers, modes
    cdef readonly int64_t count

    def __cinit__(self, cnp.ndarray src not None, cnp.ndarray dst not None, codes, before, after, block, int mode,
                  int64_t cval):
        cdef int k, ndim = cnp.PyArray_NDIM(src)
        cdef int64_t[:, ::1] numbers = np.empty((5, ndim), dtype=np.int64)
        cdef int[::1] modes = np.empty(ndim, dtype=np.intc)
        for k in range(ndim):
            numbers[0, k], numbers[1, k] = cnp.PyArray_DIM(src, k), cnp.PyArray_STRIDE(src, k)
            numbers[2, k], numbers[3, k], numbers[4, k] = before[k], after[k], block[k]
            modes[k] = mode
        self.src, self.dst, self.numbers, self.modes = src, dst, numbers, modes
        self.t.src = <const char *>cnp.PyArray_DATA(src)
        self.t.dst = cnp.PyArray_DATA(dst)
        self.t.src_type, self.t.dst_type, self.t.work_type = codes
        self.t.ndim = ndim
        self.t.shape, self.t.stride = &numbers[0, 0], &numbers[1, 0]
        self.t.before, self.t.after, self.t.block = &numbers[2, 0], &numbers[3, 0], &numbers[4, 0]
        self.t.mode = &modes[0]
        self.t.cval = cval
        self.count = sk_tiles_count(&self.t)

    def distances(self, offsets):
        """Distances in the buffer of `offsets`, int64 of shape (k, ndim), in elements."""
        cdef const int64_t[:, ::1] steps = offsets
        cdef int64_t[::1] pitch = np.empty(self.t.ndim, dtype=np.int64)
        found = np.zeros(steps.shape[0], dtype=np.int64)
        cdef int64_t[::1] to = found
        cdef Py_ssize_t i, k
        sk_tiles_pitch(&self.t, &pitch[0])
        for i in range(steps.shape[0]):
            for k in range(steps.shape[1]):
                to[i] += steps[i, k] * pitch[k]
        return found

    cdef int64_t elements(self):
        cdef int64_t[::1] pitch = np.empty(self.t.ndim, dtype=np.int64)
        return sk_tiles_pitch(&self.t, &pitch[0])

    cdef run(self, const sk_tile_filter *wanted, void *job, int64_t u0, int64_t u1):
        cdef sk_tiles t = self.t
        cdef int status
        cdef list kept = []
        t.poll, t.udata = _poll, <void *>kept
        with nogil:
            status = sk_tiles_run(&t, wanted, job, u0, u1)
        if kept:
            raise kept[0]
        return status

    def weighted_sum(self, const double[::1] weights, const int64_t[::1] distance, int64_t u0, int64_t u1):
        """Sum of weights times voxels, of tiles u0..u1."""
        cdef sk_window_sum job
        cdef sk_tile_filter wanted
        job.size = weights.shape[0]
        if job.size:
            job.weights, job.distance = &weights[0], &distance[0]
        wanted.row, wanted.tile, wanted.store_type, wanted.work = sum_row, NULL, SK_F64, job.size + 1
        check_status(self.run(&wanted, &job, u0, u1))

    def hill(self, bint maximum, const double[::1] height, const int64_t[::1] distance, int64_t u0, int64_t u1):
        """Largest of voxel + height, or smallest of voxel - height, of tiles u0..u1."""
        cdef sk_window_hill job
        cdef sk_tile_filter wanted
        job.maximum, job.size, job.height, job.distance = maximum, height.shape[0], &height[0], &distance[0]
        wanted.row, wanted.tile, wanted.store_type, wanted.work = hill_row, NULL, SK_F64, job.size
        check_status(self.run(&wanted, &job, u0, u1))

    def extreme(self, bint maximum, const int64_t[::1] length, const int64_t[::1] first, const int64_t[::1] distance,
                int64_t u0, int64_t u1):
        """Smallest or largest voxel of a window of chords (see the C header), of tiles u0..u1."""
        cdef sk_window_extreme job
        cdef sk_tile_filter wanted
        job.type, job.maximum, job.nruns = self.t.work_type, maximum, length.shape[0]
        job.length, job.first, job.distance = &length[0], &first[0], &distance[0]
        job.elements = self.elements()
        job.table = malloc(<size_t>(job.nruns * job.elements * sk_type_size(job.type)))
        wanted.row, wanted.tile = extreme_row, extreme_tile
        wanted.store_type, wanted.work = job.type, distance.shape[0] + job.nruns
        status = SK_MEMORY
        try:
            if job.table != NULL:
                status = self.run(&wanted, &job, u0, u1)
        finally:
            free(job.table)
        check_status(status)

    def rank(self, int width, int64_t rank, double part, const int64_t[::1] distance, int64_t u0, int64_t u1):
        """The voxel of a rank, of tiles u0..u1; `width` is the bytes of a key. For `part` see the C header."""
        cdef sk_window_rank job
        cdef sk_tile_filter wanted
        job.type, job.width = self.t.work_type, width
        job.size, job.rank, job.part, job.distance = distance.shape[0], rank, part, &distance[0]
        job.elements = self.elements()
        cdef const int64_t[:, ::1] numbers = self.numbers
        job.keys = malloc(<size_t>((job.elements + SK_TILE_SLACK) * width))
        job.found = malloc(<size_t>((numbers[4, self.t.ndim - 1] + SK_TILE_SLACK) * width))
        wanted.row, wanted.tile = rank_row, rank_tile
        wanted.store_type, wanted.work = job.type, 8 * job.size
        status = SK_MEMORY
        try:
            if job.keys != NULL and job.found != NULL:
                status = self.run(&wanted, &job, u0, u1)
        finally:
            free(job.keys)
            free(job.found)
        check_status(status)

    def call(self, function, uintptr_t address, uintptr_t data, const int64_t[::1] distance):
        """A user's function of the window's voxels: Python, or compiled where `address` is not 0."""
        cdef sk_window_call job
        cdef sk_tile_filter wanted
        cdef list call = [function]
        cdef double[::1] voxels = np.empty(max(1, distance.shape[0]), dtype=np.float64)
        job.function = <sk_window_function>address if address else _call_python
        job.data = <void *>data if address else <void *>call
        job.size, job.voxels = distance.shape[0], &voxels[0]
        if job.size:
            job.distance = &distance[0]
        wanted.row, wanted.tile, wanted.store_type = sk_window_call_row, NULL, SK_F64
        wanted.work = job.size + (1 if address else 1 << 30)  # a Python function: look for signals after each row
        status = self.run(&wanted, &job, 0, self.count)
        if len(call) > 1:
            raise call[1]
        if status == SK_CALLBACK:
            raise RuntimeError("`function` reported a failure")
        check_status(status)


def window_offsets(value, origins):
    """Offsets of the elements of a window, `value`, that are not 0, shape (k, ndim), from the voxel filtered."""
    cdef cnp.ndarray window = np.asarray(value)
    cdef int axis, ndim = cnp.PyArray_NDIM(window)
    cdef cnp.ndarray flat = np.ascontiguousarray(window, dtype=np.bool_)
    cdef const char *there = <const char *>cnp.PyArray_DATA(flat)
    cdef int64_t at, rest, n, k = 0, size = cnp.PyArray_SIZE(flat)
    found = np.empty((np.count_nonzero(flat), ndim), dtype=np.int64)
    cdef int64_t[:, ::1] to = found
    cdef int64_t[::1] centre = np.array([n // 2 + o for n, o in zip((<object>window).shape, origins)], dtype=np.int64)
    for at in range(size):
        if there[at]:
            rest = at
            for axis in range(ndim - 1, -1, -1):
                n = cnp.PyArray_DIM(window, axis)
                to[k, axis] = rest % n - centre[axis]
                rest //= n
            k += 1
    return found


def reach(const int64_t[:, ::1] offsets):
    """How far offsets reach before the voxel filtered and behind it, a list with an entry each axis each."""
    cdef Py_ssize_t i, k
    cdef int64_t least, most
    cdef list before = [], after = []
    for k in range(offsets.shape[1]):
        least = most = 0
        for i in range(offsets.shape[0]):
            least, most = min(least, offsets[i, k]), max(most, offsets[i, k])
        before.append(-least)
        after.append(most)
    return before, after


ctypedef int (*line_function)(double *, intptr_t, double *, intptr_t, void *) noexcept nogil


def call_line_function(uintptr_t address, uintptr_t data, double[::1] line, double[::1] result):
    """Fill `result` by a compiled function of `line`."""
    cdef line_function function = <line_function>address
    cdef int ok
    with nogil:
        ok = function(&line[0], line.shape[0], &result[0], result.shape[0], <void *>data)
    if not ok:
        raise RuntimeError("`function` reported a failure")
