# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Distance transforms (see c/ndimage/sk_edt.h and sk_distance.h)."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

include "finish.pxi"

cdef extern from "sk_edt.h" nogil:
    const int64_t SK_EDT_FAR, SK_EDT_UNIT
    ctypedef struct sk_edt_pass:
        int64_t outer, n, inner
        double spacing
        void *squared
        const int32_t *labels
        int32_t *site
        double *distance
        float *distance32
        double scale
    void sk_edt_rows_i32 "SK_PICK(sk_edt_rows_i32)"(const uint8_t *, const int32_t *, int64_t, int64_t, int64_t, double, int32_t *, int32_t *)
    void sk_edt_rows_f64 "SK_PICK(sk_edt_rows_f64)"(const uint8_t *, const int32_t *, int64_t, int64_t, int64_t, double, double *, int32_t *)
    int sk_edt_lines_i32 "SK_PICK(sk_edt_lines_i32)"(const sk_edt_pass *, int64_t, int64_t)
    int sk_edt_lines_f64 "SK_PICK(sk_edt_lines_f64)"(const sk_edt_pass *, int64_t, int64_t)

cdef extern from "sk_distance.h" nogil:
    int sk_chamfer "SK_PICK(sk_chamfer)"(int64_t, const int64_t *, int64_t, const int64_t *, int, int32_t *, int32_t *, sk_poll, void *)
    void sk_unravel(int64_t, const int64_t *, const int32_t *, int64_t, int64_t, int64_t, int32_t *)
    int sk_brute_distance(int64_t, int64_t, const int64_t *, int64_t, const int64_t *, const double *, int, double *,
                          uint32_t *, int64_t *, sk_poll, void *)

#: Lines in a unit of work.
UNIT = SK_EDT_UNIT
#: Squared distances in steps must stay below this.
FAR = SK_EDT_FAR


def edt_rows(const uint8_t[::1] mask, const int32_t[::1] labels, int64_t n, double spacing, squared, int32_t[::1] site,
             int64_t r0, int64_t r1):
    """Squared distances along rows r0..r1 of n voxels; one of `mask` and `labels` is None."""
    cdef int32_t[::1] steps = None
    cdef double[::1] lengths = None
    cdef const uint8_t *m = NULL
    if mask is not None:
        m = &mask[0]
    cdef const int32_t *l = NULL
    if labels is not None:
        l = &labels[0]
    cdef int32_t *s = NULL
    if site is not None:
        s = &site[0]
    if squared.dtype.kind == "i":
        steps = squared
        with nogil:
            sk_edt_rows_i32(m, l, r0, r1, n, spacing, &steps[0], s)
    else:
        lengths = squared
        with nogil:
            sk_edt_rows_f64(m, l, r0, r1, n, spacing, &lengths[0], s)


def edt_lines(shape, double spacing, squared, const int32_t[::1] labels, int32_t[::1] site, double[::1] distance,
              float[::1] distance32, double scale, int64_t u0, int64_t u1):
    """Squared distances along the middle axis of `shape`, or the distances themselves where asked for."""
    cdef sk_edt_pass p
    cdef int32_t[::1] steps = None
    cdef double[::1] lengths = None
    cdef int status
    p.outer, p.n, p.inner = shape
    p.spacing, p.scale = spacing, scale
    p.labels = NULL
    if labels is not None:
        p.labels = &labels[0]
    p.site = NULL
    if site is not None:
        p.site = &site[0]
    p.distance = NULL
    if distance is not None:
        p.distance = &distance[0]
    p.distance32 = NULL
    if distance32 is not None:
        p.distance32 = &distance32[0]
    if squared.dtype.kind == "i":
        steps = squared
        p.squared = &steps[0]
        with nogil:
            status = sk_edt_lines_i32(&p, u0, u1)
    else:
        lengths = squared
        p.squared = &lengths[0]
        with nogil:
            status = sk_edt_lines_f64(&p, u0, u1)
    check_status(status)


def chamfer(const int64_t[::1] shape, const int64_t[:, ::1] step, bint backward, int32_t[::1] distance,
            int32_t[::1] site):
    """One sweep of a transform in steps, in place."""
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int32_t *s = NULL
    if site is not None:
        s = &site[0]
    cdef int status
    cdef const int64_t *steps = NULL
    if step.shape[0]:
        steps = &step[0, 0]
    with nogil:
        status = sk_chamfer(shape.shape[0], &shape[0], step.shape[0], steps, backward, &distance[0], s, _poll, udata)
    _finish(status, kept)


def brute_distance(const int64_t[:, ::1] points, const int64_t[:, ::1] targets, const double[::1] spacing, int metric,
                   double[::1] distance, uint32_t[::1] count, int64_t[::1] nearest):
    """Distances of points to the nearest target."""
    cdef list kept = []
    cdef void *udata = <void *>kept
    cdef int status
    cdef const double *w = NULL
    if spacing is not None:
        w = &spacing[0]
    cdef double *d = NULL
    if distance is not None:
        d = &distance[0]
    cdef uint32_t *c = NULL
    if count is not None:
        c = &count[0]
    cdef int64_t *s = NULL
    if nearest is not None:
        s = &nearest[0]
    cdef const int64_t *t = NULL
    if targets.shape[0]:
        t = &targets[0, 0]
    if points.shape[0] == 0:
        return
    with nogil:
        status = sk_brute_distance(points.shape[1], points.shape[0], &points[0, 0], targets.shape[0], t, w, metric,
                                   d, c, s, _poll, udata)
    _finish(status, kept)


def unravel(const int64_t[::1] shape, const int32_t[::1] site, int32_t[::1] index, int64_t first, int64_t last):
    """Indices, one array an axis, of the linear ones first..last."""
    with nogil:
        sk_unravel(shape.shape[0], &shape[0], &site[0], first, last, site.shape[0], &index[0])
