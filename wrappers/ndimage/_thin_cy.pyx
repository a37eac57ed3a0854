# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Thinning (see c/ndimage/sk_thin.h)."""

from libc.stdint cimport int64_t, uint8_t

include "finish.pxi"

cdef extern from "sk_thin.h" nogil:
    int sk_thin2d(int64_t, int64_t, uint8_t *, sk_poll, void *)
    int sk_thin3d(int64_t, int64_t, int64_t, uint8_t *, sk_poll, void *)


def thin2d(uint8_t[:, ::1] image):
    """Thin a padded image in place."""
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int status
    with nogil:
        status = sk_thin2d(image.shape[0], image.shape[1], &image[0, 0], _poll, udata)
    _finish(status, kept)


def thin3d(uint8_t[:, :, ::1] image):
    """Thin a padded volume in place."""
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int status
    with nogil:
        status = sk_thin3d(image.shape[0], image.shape[1], image.shape[2], &image[0, 0, 0], _poll, udata)
    _finish(status, kept)
