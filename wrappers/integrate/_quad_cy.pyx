# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Adaptive quadrature of one function of one variable (see c/integrate/sk_quad.h)."""

from libc.stdint cimport int32_t, int64_t, uintptr_t
from libc.math cimport INFINITY
from libc.stdlib cimport free, malloc
cimport numpy as cnp

import numpy as np

from scikit._core._callback_cy import PythonIntegrand
from scikit._core._errors import check_status

cnp.import_array()

cdef extern from "sk_quad.h" nogil:
    enum:
        SK_OK, SK_CALLBACK
    ctypedef int (*sk_integrand)(int64_t, const double *, double *, void *) noexcept
    ctypedef struct sk_quad:
        sk_integrand f
        void *data
        double epsabs, epsrel
        int64_t limit
        double *a
        double *b
        double *value
        double *error
        int32_t *order
        int32_t *level
        int64_t last, neval
        double result, abserr
        int32_t fault
    ctypedef struct sk_quad_moments:
        double *values
        int32_t capacity, known
    ctypedef struct sk_quad_cycles:
        int64_t limit, count
        double *value
        double *error
        int32_t *fault
    int sk_quad_finite(sk_quad *, double, double)
    int sk_quad_infinite(sk_quad *, double, int)
    int sk_quad_points(sk_quad *, int64_t, const double *, int32_t *)
    int sk_quad_oscillatory(sk_quad *, double, double, double, int, sk_quad_moments *)
    int sk_quad_fourier(sk_quad *, double, double, int, sk_quad_moments *, sk_quad_cycles *)
    int sk_quad_algebraic(sk_quad *, double, double, double, double, int, int)
    int sk_quad_cauchy(sk_quad *, double, double, double)
    void sk_quad_kronrod(int, double *, double *, double *)


# What all callbacks of a kind have in common; looked up once, because short integrals are many.
cdef object _python_type = PythonIntegrand
cdef sk_integrand _python_function = <sk_integrand> <uintptr_t> PythonIntegrand(float, (), False, 0).function
cdef double _LEAST_EPSREL = 50 * np.finfo(np.float64).eps


cdef enum Method:
    FINITE, INFINITE, POINTS, WAVE, FOURIER, ENDS, POLE


cdef struct task:
    Method method
    double a, b
    int direction              # INFINITE: see sk_quad_infinite; a is the bound
    int64_t n_points
    const double *points
    int32_t *raised
    double omega               # WAVE, FOURIER; POLE: the pole
    int sine
    double alpha, beta         # ENDS
    int log_a, log_b
    sk_quad_moments moments
    sk_quad_cycles cycles


cdef int solve(sk_quad *q, task *t) noexcept nogil:
    if t.method == FINITE:
        return sk_quad_finite(q, t.a, t.b)
    if t.method == INFINITE:
        return sk_quad_infinite(q, t.a, t.direction)
    if t.method == POINTS:
        return sk_quad_points(q, t.n_points, t.points, t.raised)
    if t.method == WAVE:
        return sk_quad_oscillatory(q, t.a, t.b, t.omega, t.sine, &t.moments)
    if t.method == FOURIER:
        return sk_quad_fourier(q, t.a, t.omega, t.sine, &t.moments, &t.cycles)
    if t.method == ENDS:
        return sk_quad_algebraic(q, t.a, t.b, t.alpha, t.beta, t.log_a, t.log_b)
    return sk_quad_cauchy(q, t.a, t.b, t.omega)


cdef tuple run(callback, task *t, double epsabs, double epsrel, int64_t limit, bint full):
    """(result, error, fault, dictionary of details or None)."""
    cdef sk_quad q
    cdef int status
    cdef cnp.ndarray a, b, value, error, order, level
    cdef double *room = NULL
    cdef bint holds_gil = type(callback) is _python_type
    q.f = _python_function if holds_gil else <sk_integrand> <uintptr_t> callback.function
    q.data = <void *> callback  # both kinds take themselves as data
    q.epsabs = epsabs
    q.epsrel = epsrel
    q.limit = limit
    q.last = q.neval = 0
    if full:
        a, b, value, error = np.zeros(limit), np.zeros(limit), np.zeros(limit), np.zeros(limit)
        order, level = np.zeros(limit, np.int32), np.zeros(limit, np.int32)
        q.a = <double *> cnp.PyArray_DATA(a)
        q.b = <double *> cnp.PyArray_DATA(b)
        q.value = <double *> cnp.PyArray_DATA(value)
        q.error = <double *> cnp.PyArray_DATA(error)
        q.order = <int32_t *> cnp.PyArray_DATA(order)
        q.level = <int32_t *> cnp.PyArray_DATA(level)
    else:
        room = <double *> malloc(limit * (4 * sizeof(double) + 2 * sizeof(int32_t)))
        if room == NULL:
            raise MemoryError
        q.a = room
        q.b = room + limit
        q.value = room + 2 * limit
        q.error = room + 3 * limit
        q.order = <int32_t *> (room + 4 * limit)
        q.level = q.order + limit
    if holds_gil:
        status = solve(&q, t)
    else:
        with nogil:
            status = solve(&q, t)
    free(room)
    if status != SK_OK:
        callback.reraise()
        check_status(status)
    if not full:
        return q.result, q.abserr, q.fault, None
    return q.result, q.abserr, q.fault, {
        "neval": q.neval, "last": q.last, "iord": order, "alist": a, "blist": b, "rlist": value, "elist": error,
        "level": level}


cdef inline bint is_number(value):
    return type(value) is float or type(value) is int


def quick(callback, a, b, epsabs, epsrel, limit):
    """Integral from a to b without details: (result, error), or (result, error, fault).

    Where an argument is out of the ordinary nothing is done, and None is returned.
    """
    cdef task t
    cdef double low, high, sign = 1.0, tolerance, relative
    cdef int64_t size
    if not (is_number(a) and is_number(b) and is_number(epsabs) and is_number(epsrel) and type(limit) is int):
        return None
    if not 1 <= limit <= 1_000_000:
        return None
    low = a
    high = b
    tolerance = epsabs
    relative = epsrel
    size = limit
    if tolerance <= 0 and relative < _LEAST_EPSREL:
        return None
    if high < low:
        low, high = high, low
        sign = -1.0
    elif not low < high:
        return None
    t.method = INFINITE
    if high == INFINITY:
        t.direction = 2 if low == -INFINITY else 1
        t.a = low
    elif low == -INFINITY:
        t.direction = -1
        t.a = high
    else:
        t.method = FINITE
        t.a = low
        t.b = high
    result, error, fault, _ = run(callback, &t, tolerance, relative, size, False)
    if fault:
        return sign * result, error, fault
    return sign * result, error


def finite(callback, double a, double b, double epsabs, double epsrel, int64_t limit, bint full):
    """Integral over [a, b]."""
    cdef task t
    t.method = FINITE
    t.a = a
    t.b = b
    return run(callback, &t, epsabs, epsrel, limit, full)


def infinite(callback, double bound, int direction, double epsabs, double epsrel, int64_t limit, bint full):
    """Integral from `bound` to infinity (direction 1), from minus infinity (-1), or over the whole line (2)."""
    cdef task t
    t.method = INFINITE
    t.a = bound
    t.direction = direction
    return run(callback, &t, epsabs, epsrel, limit, full)


def with_points(callback, const double[::1] points, int32_t[::1] raised, double epsabs, double epsrel, int64_t limit,
                bint full):
    """Integral from the first to the last of the ascending `points`, at least two; `raised` as long is filled."""
    cdef task t
    t.method = POINTS
    t.n_points = points.shape[0]
    t.points = &points[0]
    t.raised = &raised[0]
    return run(callback, &t, epsabs, epsrel, limit, full)


def wave(callback, double a, double b, double omega, bint sine, moments, int32_t capacity, int32_t known,
         double epsabs, double epsrel, int64_t limit, bint full):
    """Integral with the weight cos(omega x) or sin(omega x); `moments` (25, capacity), or None, has `known` levels and
    is filled. The number known then is the last thing returned."""
    cdef task t
    cdef double[:, ::1] table
    cdef double *room = NULL
    t.method = WAVE
    t.a = a
    t.b = b
    t.omega = omega
    t.sine = sine
    t.moments.capacity = capacity
    t.moments.known = known
    if moments is None:
        room = <double *> malloc(25 * sizeof(double) * <size_t> capacity)
        if room == NULL:
            raise MemoryError
        t.moments.values = room
    else:
        table = moments
        t.moments.values = &table[0, 0]
    try:
        found = run(callback, &t, epsabs, epsrel, limit, full)
    finally:
        free(room)
    return *found, t.moments.known


def fourier(callback, double a, double omega, bint sine, double[:, ::1] moments, double[::1] value, double[::1] error,
            int32_t[::1] fault, double epsabs, int64_t limit, bint full):
    """Integral to infinity with the weight cos(omega x) or sin(omega x); value, error and fault of each cycle are
    filled. The number of cycles is the last thing returned."""
    cdef task t
    t.method = FOURIER
    t.a = a
    t.omega = omega
    t.sine = sine
    t.moments.values = &moments[0, 0]
    t.moments.capacity = <int32_t> moments.shape[1]
    t.moments.known = 0
    t.cycles.limit = value.shape[0]
    t.cycles.count = 0
    t.cycles.value = &value[0]
    t.cycles.error = &error[0]
    t.cycles.fault = &fault[0]
    found = run(callback, &t, epsabs, 0.0, limit, full)
    return *found, t.cycles.count


def ends(callback, double a, double b, double alpha, double beta, bint log_a, bint log_b, double epsabs, double epsrel,
         int64_t limit, bint full):
    """Integral with the weight (x-a)^alpha (b-x)^beta, and logarithms of x-a and b-x where wanted."""
    cdef task t
    t.method = ENDS
    t.a = a
    t.b = b
    t.alpha = alpha
    t.beta = beta
    t.log_a = log_a
    t.log_b = log_b
    return run(callback, &t, epsabs, epsrel, limit, full)


def pole(callback, double a, double b, double c, double epsabs, double epsrel, int64_t limit, bint full):
    """Principal value with the weight 1 / (x-c)."""
    cdef task t
    t.method = POLE
    t.a = a
    t.b = b
    t.omega = c
    return run(callback, &t, epsabs, epsrel, limit, full)



def kronrod_rule(int points):
    """Nodes, weights, and weights less those of the Gauss rule inside, of Kronrod's 15- or 21-point rule."""
    cdef double[::1] x = np.empty(points), w = np.empty(points), difference = np.empty(points)
    sk_quad_kronrod(points, &x[0], &w[0], &difference[0])
    return np.asarray(x), np.asarray(w), np.asarray(difference)
