# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Integrals of sampled functions (see c/integrate/sk_sampled.h)."""

from libc.stdint cimport int64_t

import numpy as np

cdef extern from "sk_sampled.h" nogil:
    """
    static void sk_rows(int simpson, int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride,
                        double dx, double *out)
    {
        if (simpson)
            SK_PICK(sk_simpson_rows)(rows, n, y, x, x_stride, dx, out);
        else
            SK_PICK(sk_trapezoid_rows)(rows, n, y, x, x_stride, dx, out);
    }
    static void sk_columns(int64_t outer, int64_t n, int64_t inner, const double *y, const double *weight, double *out)
    {
        SK_PICK(sk_weighted_sum)(outer, n, inner, y, weight, out);
    }
    """
    void sk_rows(int, int64_t, int64_t, const double *, const double *, int64_t, double, double *)
    void sk_columns(int64_t, int64_t, int64_t, const double *, const double *, double *)
    void sk_trapezoid_weights(int64_t, const double *, double, double *)
    void sk_simpson_weights(int64_t, const double *, double, double *)
    void sk_cumulative_trapezoid(int64_t, int64_t, int64_t, const double *, const double *, double, int, double *)
    void sk_cumulative_simpson_rows(int64_t, int64_t, const double *, const double *, int64_t, const double *, int64_t,
                                    int, double *)


def integrate_rows(bint simpson, const double[:, ::1] y, const double[:, ::1] x, double dx):
    """Trapezoidal or Simpson's rule along the last axis.

    Parameters
    ----------
    simpson : bool
    y : ndarray (rows, n), not empty
    x : ndarray (1 or rows, n) or None
    dx : float
        Spacing where x is None.

    Returns
    -------
    ndarray (rows,)
    """
    cdef int64_t rows = y.shape[0], n = y.shape[1]
    cdef double[::1] out = np.empty(rows)
    cdef const double *places = NULL
    cdef int64_t stride = 0 if x is None or x.shape[0] == 1 else n
    if x is not None:
        places = &x[0, 0]
    with nogil:
        sk_rows(simpson, rows, n, &y[0, 0], places, stride, dx, &out[0])
    return np.asarray(out)


def integrate_middle(bint simpson, const double[:, :, ::1] y, const double[::1] x, double dx):
    """The same along the middle axis of y (outer, n, inner), not empty; x has n places or is None."""
    cdef int64_t outer = y.shape[0], n = y.shape[1], inner = y.shape[2]
    cdef double[::1] weight = np.empty(n)
    cdef double[:, ::1] out = np.empty((outer, inner))
    cdef const double *places = NULL
    if x is not None:
        places = &x[0]
    with nogil:
        if simpson:
            sk_simpson_weights(n, places, dx, &weight[0])
        else:
            sk_trapezoid_weights(n, places, dx, &weight[0])
        sk_columns(outer, n, inner, &y[0, 0, 0], &weight[0], &out[0, 0])
    return np.asarray(out)


def cumulative_trapezoid(const double[:, :, ::1] y, const double[::1] x, double dx, bint lead):
    """Running integral along the middle axis of y (outer, n, inner), not empty; x has n places or is None.

    Returns
    -------
    ndarray (outer, n - 1, inner)
        n instead of n - 1, the first of them 0, with `lead`.
    """
    cdef int64_t outer = y.shape[0], n = y.shape[1], inner = y.shape[2]
    result = np.empty((outer, n - 1 + lead, inner))
    cdef double[:, :, ::1] out = result
    cdef const double *places = NULL
    if x is not None:
        places = &x[0]
    if n - 1 + lead > 0:
        with nogil:
            sk_cumulative_trapezoid(outer, n, inner, &y[0, 0, 0], places, dx, lead, &out[0, 0, 0])
    return result


def cumulative_simpson(const double[:, ::1] y, const double[:, ::1] x, const double[::1] dx, bint lead):
    """Running integral along the last axis of y (rows, n), n at least 3; x (1 or rows, n) or, where it is None,
    dx (1 or rows) are places or spacings."""
    cdef int64_t rows = y.shape[0], n = y.shape[1]
    result = np.empty((rows, n - 1 + lead))
    cdef double[:, ::1] out = result
    cdef const double *places = NULL
    cdef int64_t x_stride = 0 if x is None or x.shape[0] == 1 else n
    cdef const double *widths = NULL
    cdef int64_t dx_stride = 0 if dx is None or dx.shape[0] == 1 else 1
    if x is not None:
        places = &x[0, 0]
    if dx is not None:
        widths = &dx[0]
    with nogil:
        sk_cumulative_simpson_rows(rows, n, &y[0, 0], places, x_stride, widths, dx_stride, lead, &out[0, 0])
    return result
