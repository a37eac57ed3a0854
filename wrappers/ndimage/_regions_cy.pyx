# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Label images: growing, neighbours and components (see c/ndimage/sk_regions.h)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint64_t
import numpy as np

include "finish.pxi"

cdef extern from "sk_regions.h" nogil:
    int sk_watershed_ift(int64_t, const uint16_t *, const uint8_t *, int64_t *, int64_t, const int64_t *, int64_t, sk_poll,
                         void *)
    ctypedef struct sk_contacts:
        int64_t pairs, places, directions
        uint64_t *key
        int64_t *count
    ctypedef struct sk_neighbours:
        const int32_t *code
        int64_t rows, nx, nlead
        const int64_t *lead
        const int64_t *step
        int64_t direction
        sk_poll poll
        void *udata
    ctypedef struct sk_grow:
        const int32_t *src
        int32_t *dst
        int64_t nx, elements
        const int64_t *at
        const int64_t *offset
    void sk_contacts_free(sk_contacts *)
    int sk_contacts_add "SK_PICK(sk_contacts_add)"(const sk_neighbours *, int, sk_contacts *)
    int sk_crossings_add "SK_PICK(sk_crossings_add)"(const sk_neighbours *, int64_t, int64_t *)
    void sk_label_erode "SK_PICK(sk_label_erode)"(const sk_grow *, int64_t, int64_t, int32_t *)
    void sk_label_dilate "SK_PICK(sk_label_dilate)"(const sk_grow *, int64_t, int64_t, int32_t *, int32_t *)


def watershed_ift(const uint16_t[::1] image, const uint8_t[::1] frame, int64_t[::1] label, const int64_t[::1] offset,
                  int64_t levels):
    """Grow the markers in `label`; all arrays have a frame, where `frame` is 1."""
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int status
    cdef const int64_t *steps = NULL
    if offset.shape[0]:
        steps = &offset[0]
    with nogil:
        status = sk_watershed_ift(image.shape[0], &image[0], &frame[0], &label[0], offset.shape[0], steps, levels,
                                  _poll, udata)
    _finish(status, kept)


cdef sk_neighbours _neighbours(const int32_t[::1] code, const int64_t[::1] shape, list kept):
    """What all directions share; the codes are not empty."""
    cdef sk_neighbours n
    cdef Py_ssize_t k, last = shape.shape[0] - 1
    n.code, n.nlead, n.lead, n.nx, n.rows = &code[0], last, &shape[0], shape[last], 1
    for k in range(last):
        n.rows *= shape[k]
    n.step, n.direction = NULL, 0
    n.poll, n.udata = _poll, <void *>kept
    return n


def contacts(const int32_t[::1] code, const int64_t[::1] shape, const int64_t[:, ::1] steps, bint background):
    """Pairs of codes of neighbours (pairs, 2), and how many there are in the direction of each step (pairs, steps)."""
    cdef list kept = []
    cdef sk_neighbours n = _neighbours(code, shape, kept)
    cdef sk_contacts c
    cdef int status = 0
    cdef int64_t k
    c.pairs, c.places, c.directions, c.key, c.count = 0, 0, steps.shape[0], NULL, NULL
    try:
        for k in range(steps.shape[0]):
            n.step, n.direction = &steps[k, 0], k
            with nogil:
                status = sk_contacts_add(&n, background, &c)
            _finish(status, kept)
        pairs = np.empty((c.pairs, 2), dtype=np.int64)
        counts = np.empty((c.pairs, c.directions), dtype=np.int64)
        _read_contacts(&c, pairs, counts)
    finally:
        sk_contacts_free(&c)
    return pairs, counts


cdef _read_contacts(const sk_contacts *c, int64_t[:, ::1] pairs, int64_t[:, ::1] counts):
    """The pairs of the hash, in its order."""
    cdef int64_t i, k, at = 0
    for i in range(c.places):
        if c.key[i]:
            pairs[at, 0], pairs[at, 1] = <int64_t>(c.key[i] >> 32), <int64_t>(c.key[i] & 0xFFFFFFFFu)
            for k in range(c.directions):
                counts[at, k] = c.count[i * c.directions + k]
            at += 1


def crossings(const int32_t[::1] code, const int64_t[::1] shape, const int64_t[:, ::1] steps, int64_t codes):
    """How many neighbours of another code each code has in the direction of each step, both ways (codes, steps)."""
    cdef list kept = []
    cdef sk_neighbours n = _neighbours(code, shape, kept)
    count = np.zeros((codes, steps.shape[0]), dtype=np.int64)
    cdef int64_t[:, ::1] c = count
    cdef int status
    cdef int64_t k
    for k in range(steps.shape[0]):
        n.step, n.direction = &steps[k, 0], k
        with nogil:
            status = sk_crossings_add(&n, steps.shape[0], &c[0, 0])
        _finish(status, kept)
    return count


def grow(bint dilate, const int32_t[::1] src, int32_t[::1] dst, int64_t nx, const int64_t[::1] at,
         const int64_t[::1] offset, int64_t r0, int64_t r1):
    """Erode or dilate rows r0..r1; see sk_grow."""
    cdef sk_grow g
    cdef int32_t[::1] work = np.empty(2 * nx + 1, dtype=np.int32), tally = np.empty(2 * offset.shape[0] + 2, dtype=np.int32)
    g.src, g.dst, g.nx, g.elements = &src[0], &dst[0], nx, offset.shape[0]
    g.at = &at[0]
    g.offset = NULL
    if g.elements:
        g.offset = &offset[0]
    with nogil:
        if dilate:
            sk_label_dilate(&g, r0, r1, &work[0], &tally[0])
        else:
            sk_label_erode(&g, r0, r1, &work[0])
