# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Integration of ordinary differential equations: what needs no run (see fortran/integrate/sk_integrate.h)."""

from libc.stdint cimport int32_t, int64_t, uintptr_t
cimport numpy as cnp
from sk_integrate cimport (
    SK_ADAMS, SK_AUTO, SK_BDF, SK_DOP853, SK_KENCARP4, SK_KENCARP5, SK_LSODA, SK_RADAU, SK_RK23, SK_RK45, SK_RKC, SK_ROCK2,
    SK_ROCK4, SK_RODAS5P,
    SK_ROSENBROCK23, SK_TSIT5, SK_VERN6, SK_VERN7, SK_VERN8, SK_VERN9, sk_nested_values, sk_nested_values_pick, sk_rhs, sk_rk_describe,
    sk_rosenbrock_describe,
)

import numpy as np

from scikit._core._errors import check_status

cnp.import_array()

#: SciPy's least relative tolerance.
LEAST_RTOL = 100 * float(np.finfo(float).eps)

METHODS = {
    "RK23": SK_RK23, "RK45": SK_RK45, "DOP853": SK_DOP853, "Tsit5": SK_TSIT5,
    "Vern7": SK_VERN7, "Vern8": SK_VERN8, "Vern6": SK_VERN6, "Vern9": SK_VERN9,
    "Rosenbrock23": SK_ROSENBROCK23, "Rodas5P": SK_RODAS5P, "Radau": SK_RADAU,
    "KenCarp4": SK_KENCARP4, "KenCarp5": SK_KENCARP5, "RKC": SK_RKC,
    "ROCK2": SK_ROCK2, "ROCK4": SK_ROCK4, "auto": SK_AUTO,
    "BDF": SK_BDF, "Adams": SK_ADAMS, "LSODA": SK_LSODA,
}


def describe(str method):
    """The table of an explicit method.

    Returns
    -------
    counts : ndarray of int32 (7,)
        Stages, extra stages, error rows, dense rows, order of the error estimate, rows, terms.
    control : ndarray (3,)
    c, first, column, weight : ndarray
        Nodes, and the rows of linear combinations (see c/integrate/sk_rk_lanes.h).
    """
    cdef int32_t[::1] counts = np.zeros(7, np.int32), first, column
    cdef double[::1] control = np.zeros(3), c, weight
    cdef int32_t number = METHODS[method]
    check_status(sk_rk_describe(number, &counts[0], &control[0], NULL, NULL, NULL, NULL))
    c = np.zeros(counts[0] + 1 + counts[1])
    first = np.zeros(counts[5] + 1, np.int32)
    column, weight = np.zeros(counts[6], np.int32), np.zeros(counts[6])
    check_status(sk_rk_describe(number, &counts[0], &control[0], &c[0], &first[0], &column[0], &weight[0]))
    return (np.asarray(counts), np.asarray(control), np.asarray(c), np.asarray(first), np.asarray(column),
            np.asarray(weight))


def describe_rosenbrock(str method):
    """The table of a Rosenbrock method (see fortran/integrate/sk_integrate_rosenbrock.f90).

    Returns
    -------
    gamma : float
    alpha, d, m : ndarray (stages,)
    a, c : ndarray (stages, stages)
    """
    cdef int32_t number = METHODS[method], stages = 0
    cdef double gamma
    cdef double[:, ::1] vectors, a, c
    check_status(sk_rosenbrock_describe(number, &stages, &gamma, NULL, NULL, NULL))
    vectors, a, c = np.zeros((3, stages)), np.zeros((stages, stages)), np.zeros((stages, stages))
    check_status(sk_rosenbrock_describe(number, &stages, &gamma, &vectors[0, 0], &a[0, 0], &c[0, 0]))
    return gamma, *np.asarray(vectors), np.asarray(a), np.asarray(c)


def call_rhs(callback, double t, const double[::1] y):
    """f(t, y) of a right-hand side, complex values as pairs; raises what it raises."""
    cdef double[::1] out = np.empty(y.shape[0])
    cdef sk_rhs rhs = <sk_rhs> <uintptr_t> callback.function
    cdef void *data = <void *> <uintptr_t> callback.data
    cdef int failed
    with nogil:
        failed = rhs(t, &y[0], &out[0], data)
    if failed:
        callback.reraise()
        raise RuntimeError("the compiled right-hand side reported a failure")
    return np.asarray(out)


def all_finite(cnp.ndarray values):
    """Whether a contiguous array of float64 or complex128 holds no infinity and no NaN."""
    cdef Py_ssize_t i, n = cnp.PyArray_NBYTES(values) // sizeof(double)
    cdef double *data = <double *> cnp.PyArray_DATA(values)
    cdef double total = 0.0
    for i in range(n):
        total += data[i] * 0.0
    return total == 0.0


def within_and_ordered(const double[::1] points, double t0, double tf):
    """Whether all points lie between t0 and tf, and whether each lies behind the one before it, in the direction of tf."""
    cdef double low = min(t0, tf), high = max(t0, tf), sign = 1.0 if tf > t0 else -1.0
    cdef Py_ssize_t i
    cdef bint within = True, ordered = True
    for i in range(points.shape[0]):
        within &= low <= points[i] <= high  # a NaN is not
        if i:
            ordered &= sign * (points[i] - points[i - 1]) > 0
    return within, ordered


def interpolate(const double[:, :, ::1] dense, const int64_t[::1] segment, const double[::1] x):
    """Values of the interpolants.

    Parameters
    ----------
    dense : ndarray (segments, terms + 1, n)
    segment : ndarray of int64 (points,)
        Which interpolant, within range.
    x : ndarray (points,)
        Where in the segment, as a fraction of the step.

    Returns
    -------
    ndarray (points, n)
    """
    cdef Py_ssize_t i = 0, first, points = segment.shape[0]
    cdef int64_t n = dense.shape[2], terms = dense.shape[1] - 1
    cdef double[:, ::1] out = np.empty((points, n))
    cdef sk_nested_values values = sk_nested_values_pick()
    with nogil:
        while i < points:
            first = i
            while i < points and segment[i] == segment[first]:
                i += 1
            values(n, terms, &dense[segment[first], 0, 0], i - first, &x[first], n, &out[first, 0])
    return np.asarray(out)
