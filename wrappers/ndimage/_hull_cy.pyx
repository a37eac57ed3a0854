# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Convex hulls of masks (see c/ndimage/sk_hull.h)."""

from libc.stdint cimport int64_t, uint8_t
import numpy as np

include "finish.pxi"

cdef extern from "sk_hull.h" nogil:
    const int SK_SINGULAR
    const int SK_HULL_LONGEST
    int sk_hull_planes(const int64_t *, const uint8_t *, int, uint8_t *)
    int sk_hull_volume(const int64_t *, const uint8_t *, int, uint8_t *, sk_poll, void *)

LONGEST = SK_HULL_LONGEST


def hull_of_planes(const uint8_t[:, :, ::1] mask, bint faces):
    """The hull in each plane, as booleans; bytes 0 and 1, at least one voxel."""
    out = np.empty((mask.shape[0], mask.shape[1], mask.shape[2]), np.uint8)
    cdef uint8_t[:, :, ::1] to = out
    cdef int64_t[3] shape = [mask.shape[0], mask.shape[1], mask.shape[2]]
    cdef int status
    with nogil:
        status = sk_hull_planes(shape, &mask[0, 0, 0], faces, &to[0, 0, 0])
    check_status(status)
    return out.view(bool)


def hull_of_volume(const uint8_t[:, :, ::1] mask, bint faces):
    """The hull in space; None if all voxels lie in a plane and `faces` is False."""
    out = np.empty((mask.shape[0], mask.shape[1], mask.shape[2]), np.uint8)
    cdef uint8_t[:, :, ::1] to = out
    cdef int64_t[3] shape = [mask.shape[0], mask.shape[1], mask.shape[2]]
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int status
    with nogil:
        status = sk_hull_volume(shape, &mask[0, 0, 0], faces, &to[0, 0, 0], _poll, udata)
    if status == SK_SINGULAR and not kept:
        return None
    _finish(status, kept)
    return out.view(bool)
