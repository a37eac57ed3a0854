# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Reconstruction, extrema, watersheds and area openings (see c/ndimage/sk_segment.h)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t, uintptr_t
import numpy as np

include "finish.pxi"

cdef extern from "sk_segment.h" nogil:
    ctypedef struct sk_padded:
        int width
        int64_t size, nrows, nx
        const int64_t *row
        sk_poll poll
        void *udata
    ctypedef struct sk_neighbours:
        int64_t nlow_line, nlow, nhigh_line, nhigh
        const int64_t *low
        const int64_t *high
    ctypedef struct sk_compact:
        const double *value
        double compactness
        int64_t ndim
        const int64_t *stride
        const int64_t *vector
        const double *spacing
        int line
    int sk_reconstruct "SK_PICK(sk_reconstruct)"(const sk_padded *, const sk_neighbours *, void *, const void *)
    int sk_maxima "SK_PICK(sk_maxima)"(const sk_padded *, int64_t, const int64_t *, const void *, uint8_t *)
    int sk_sort_places(int, const void *, int64_t, const int32_t *, int32_t *)
    int64_t sk_ranks(int, const void *, int64_t, const int32_t *, uint32_t *)
    int sk_area_opening(const sk_padded *, int64_t, const int64_t *, int64_t, const int32_t *, int64_t, void *,
                        int32_t *)
    int sk_watershed(const sk_padded *, int64_t, const int64_t *, const void *, int64_t, int, int32_t *)
    int sk_watershed_compact(const sk_padded *, int64_t, const int64_t *, const sk_compact *, int32_t *)


cdef void *address(volume) except NULL:
    """Where a C-contiguous array's elements are."""
    return <void *><uintptr_t>volume.__array_interface__["data"][0]


cdef const int64_t *first_of(const int64_t[::1] numbers):
    return &numbers[0] if numbers.shape[0] else NULL


cdef sk_padded _volume(layout, int width, list kept):
    cdef sk_padded v
    v.width, v.size = width, layout.size
    v.nrows, v.nx, v.row = 0, 0, NULL
    v.poll, v.udata = _poll, <void *>kept
    return v


def reconstruct(layout, marker, mask):
    """Reconstruction by dilation, in place; arrays of keys in the layout, which says where a voxel takes from."""
    cdef list kept = []
    cdef sk_padded v = _volume(layout, marker.dtype.itemsize, kept)
    cdef const int64_t[::1] rows = layout.rows()
    cdef const int64_t[::1] low, high
    cdef sk_neighbours near
    near.nlow_line, low, near.nhigh_line, high = layout.sided()
    near.nlow, near.low, near.nhigh, near.high = low.shape[0], first_of(low), high.shape[0], first_of(high)
    v.nrows, v.nx, v.row = rows.shape[0], layout.nx, &rows[0]
    cdef void *to = address(marker)
    cdef const void *limit = address(mask)
    cdef int status
    with nogil:
        status = sk_reconstruct(&v, &near, to, limit)
    _finish(status, kept)


def maxima(layout, keys, uint8_t[::1] state):
    """Clear `state` at regional maxima; see the C header."""
    cdef list kept = []
    cdef sk_padded v = _volume(layout, keys.dtype.itemsize, kept)
    cdef const int64_t[::1] rows = layout.rows()
    cdef const int64_t[::1] offsets = layout.offsets
    cdef const int64_t *offset = first_of(offsets)
    v.nrows, v.nx, v.row = rows.shape[0], layout.nx, &rows[0]
    cdef const void *at = address(keys)
    cdef int status
    with nogil:
        status = sk_maxima(&v, offsets.shape[0], offset, at, &state[0])
    _finish(status, kept)


def sort_places(keys, const int32_t[::1] places):
    """The places in ascending order of their keys; equal ones keep their order."""
    order = np.empty(places.shape[0], np.int32)
    cdef int32_t[::1] to = order
    cdef const void *at = address(keys)
    cdef int width = keys.dtype.itemsize, status
    if not places.shape[0]:
        return order
    with nogil:
        status = sk_sort_places(width, at, places.shape[0], &places[0], &to[0])
    check_status(status)
    return order


def ranks(keys, const int32_t[::1] order):
    """The rank of each place's key among the distinct ones, 0 elsewhere, and how many distinct ones there are."""
    rank = np.zeros(keys.size, np.uint32)
    cdef uint32_t[::1] to = rank
    cdef const void *at = address(keys)
    cdef int width = keys.dtype.itemsize
    cdef int64_t count = 0
    if order.shape[0]:
        with nogil:
            count = sk_ranks(width, at, order.shape[0], &order[0], &to[0])
    return rank, count


def area_opening(layout, keys, const int32_t[::1] order, int64_t area):
    """Area opening in place; `order` as from `sort_places`, not empty."""
    cdef list kept = []
    cdef sk_padded v = _volume(layout, keys.dtype.itemsize, kept)
    cdef const int64_t[::1] offsets = layout.offsets
    cdef const int64_t *offset = first_of(offsets)
    cdef int32_t[::1] parent = np.empty(layout.size, np.int32)
    cdef void *at = address(keys)
    cdef int status
    with nogil:
        status = sk_area_opening(&v, offsets.shape[0], offset, order.shape[0], &order[0], area, at, &parent[0])
    _finish(status, kept)


def watershed(layout, keys, int64_t levels, bint line, int32_t[::1] label):
    """Flood from the positive labels; keys below `levels`, of at most 4 bytes."""
    cdef list kept = []
    cdef sk_padded v = _volume(layout, keys.dtype.itemsize, kept)
    cdef const int64_t[::1] offsets = layout.offsets
    cdef const int64_t *offset = first_of(offsets)
    cdef const void *at = address(keys)
    cdef int status
    with nogil:
        status = sk_watershed(&v, offsets.shape[0], offset, at, levels, line, &label[0])
    _finish(status, kept)


def watershed_compact(layout, const double[::1] value, double compactness, spacing, bint line, int32_t[::1] label):
    """The same with compactness."""
    cdef list kept = []
    cdef sk_padded v = _volume(layout, 8, kept)
    cdef sk_compact how
    cdef const int64_t[::1] offsets = layout.offsets
    cdef const int64_t[::1] strides = layout.strides
    cdef const int64_t[::1] vectors = np.ascontiguousarray(layout.vectors, np.int64).reshape(-1)
    cdef const double[::1] sizes = np.array(spacing, np.float64)
    cdef const int64_t *offset = first_of(offsets)
    how.value, how.compactness, how.line = &value[0], compactness, line
    how.ndim, how.stride, how.spacing = strides.shape[0], &strides[0], &sizes[0]
    how.vector = first_of(vectors)
    cdef int status
    with nogil:
        status = sk_watershed_compact(&v, offsets.shape[0], offset, &how, &label[0])
    _finish(status, kept)
