# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Marching cubes (see c/ndimage/sk_cubes.h)."""

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t
import numpy as np

include "finish.pxi"

cdef extern from "sk_cubes.h" nogil:
    ctypedef struct sk_cubes:
        int64_t shape[3]
        const float *volume
        const uint8_t *mask
        double level
        double spacing[3]
        const int8_t *edges
        const int32_t *first
        sk_poll poll
        void *udata
    int sk_cubes_count(const sk_cubes *, int64_t *, int64_t *)
    int sk_cubes_fill(const sk_cubes *, float *, float *, float *, int32_t *)


def march(const float[:, :, ::1] volume, const uint8_t[:, :, ::1] mask, double level, spacing,
          const int8_t[::1] edges, const int32_t[::1] first):
    """Vertices, triangles, normals and values of the surface; the volume has at least one voxel."""
    cdef sk_cubes c
    cdef int64_t vertices = 0, triangles = 0
    cdef int status, k
    cdef list kept = []
    for k in range(3):
        c.shape[k] = volume.shape[k]
        c.spacing[k] = spacing[k]
    c.volume, c.mask, c.level = &volume[0, 0, 0], NULL, level
    if mask is not None:
        c.mask = &mask[0, 0, 0]
    c.edges, c.first = &edges[0], &first[0]
    c.poll, c.udata = _poll, <void *>kept
    with nogil:
        status = sk_cubes_count(&c, &vertices, &triangles)
    _finish(status, kept)
    # one element more: pointers to empty arrays are none
    vertex = np.empty((vertices + 1, 3), np.float32)
    normal = np.empty((vertices + 1, 3), np.float32)
    value = np.empty(vertices + 1, np.float32)
    triangle = np.empty((triangles + 1, 3), np.int32)
    cdef float[:, ::1] v = vertex
    cdef float[:, ::1] n = normal
    cdef float[::1] w = value
    cdef int32_t[:, ::1] t = triangle
    with nogil:
        status = sk_cubes_fill(&c, &v[0, 0], &n[0, 0], &w[0], &t[0, 0])
    _finish(status, kept)
    return vertex[:vertices], triangle[:triangles], normal[:vertices], value[:vertices]
