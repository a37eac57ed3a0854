# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Residuals F(t, y, y') and their Jacobians as what the kernel calls (see fortran/integrate/sk_integrate.h)."""

from libc.stdint cimport int64_t, uintptr_t
from libc.string cimport memcpy
from cpython.ref cimport Py_REFCNT
cimport numpy as cnp
from sk_integrate cimport SK_START_ALGEBRAIC, SK_START_GIVEN, SK_START_RATE, sk_ode_slope

import numpy as np

from scikit._core._callback_cy import Callback

cnp.import_array()

ctypedef int (*residual_function)(double, const double *, const double *, double *, void *) noexcept nogil
ctypedef void (*void_residual)(double, const double *, const double *, double *, void *) noexcept nogil
ctypedef void (*void_jacobian)(double, const double *, const double *, double *, double *, void *) noexcept nogil

START_GIVEN, START_ALGEBRAIC, START_RATE = SK_START_GIVEN, SK_START_ALGEBRAIC, SK_START_RATE


cdef class PythonResidual:
    """``fun(t, y, yp, *args)`` that returns F, shape (n,).

    Parameters
    ----------
    fun : callable
    args : tuple
    n : int

    Attributes
    ----------
    function, data, poll, poll_data : int
        Addresses; valid while this object lives.
    """
    cdef readonly uintptr_t function, data, poll, poll_data
    cdef object fun, y, yp, polling
    cdef tuple args
    cdef Py_ssize_t n
    cdef list kept

    def __init__(self, fun, tuple args, Py_ssize_t n):
        self.fun, self.args, self.n, self.kept = fun, args, n, []
        self.y, self.yp = np.empty(n), np.empty(n)
        self.polling = Callback()
        self.poll, self.poll_data = self.polling.poll, self.polling.poll_data
        self.function = <uintptr_t> &_call_residual
        self.data = <uintptr_t> <void *> self

    def reraise(self):
        """Raise the exception that the user's function (or a signal's handler) raised, if any."""
        if self.kept:
            raise self.kept.pop()
        self.polling.reraise()

    cdef int call(self, double t, const double *y, const double *yp, double *r) except -1:
        cdef size_t size = self.n * sizeof(double)
        # the arrays are reused from call to call unless the user's function kept them
        if Py_REFCNT(self.y) > 1:
            self.y = np.empty(self.n)
        if Py_REFCNT(self.yp) > 1:
            self.yp = np.empty(self.n)
        memcpy(cnp.PyArray_DATA(<cnp.ndarray> self.y), y, size)
        memcpy(cnp.PyArray_DATA(<cnp.ndarray> self.yp), yp, size)
        value = self.fun(t, self.y, self.yp, *self.args)
        if (type(value) is list or type(value) is tuple) and len(value) == self.n and _floats(value, r, self.n):
            return 0
        if value is None:
            raise TypeError("`fun` returned None; it must return F(t, y, yp)")
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"`fun` must return real numbers, not {array.dtype}")
        if array.ndim > 1 or array.size != self.n:
            raise ValueError(f"`fun` must return an array of shape ({self.n},), not {array.shape}")
        array = np.ascontiguousarray(array, dtype=np.float64)
        memcpy(r, cnp.PyArray_DATA(<cnp.ndarray> array), size)
        return 0


cdef bint _floats(object value, double *r, Py_ssize_t n) except -1:
    """Store a list or tuple of floats; False if it holds something else."""
    cdef Py_ssize_t i
    for i in range(n):
        item = value[i]
        if not isinstance(item, float):
            return False
        r[i] = item
    return True


cdef int _call_residual(double t, const double *y, const double *yp, double *r, void *data) noexcept with gil:
    cdef PythonResidual self = <PythonResidual> data
    try:
        return self.call(t, y, yp, r)
    except BaseException as error:
        self.kept.append(error)
        return 1


cdef struct inner_function:
    void *function
    void *data


cdef class CompiledResidual:
    """A compiled residual, or its Jacobian, ``int`` or ``void`` returning.

    Parameters
    ----------
    address, data : int
        Of the function and of its user data.
    returns_void : bool
        The function's return value is not looked at.
    is_jacobian : bool
    owner : object
        Kept alive as long as this object.
    """
    cdef readonly uintptr_t function, data, poll, poll_data
    cdef readonly bint constant
    cdef object owner, polling
    cdef inner_function inner

    def __init__(self, uintptr_t address, uintptr_t data, bint returns_void, bint is_jacobian, owner):
        self.owner, self.constant = owner, False
        self.polling = Callback()
        self.poll, self.poll_data = self.polling.poll, self.polling.poll_data
        self.function, self.data = address, data
        if returns_void:
            self.inner.function, self.inner.data = <void *> address, <void *> data
            self.data = <uintptr_t> &self.inner
            self.function = <uintptr_t> &_call_void_jacobian if is_jacobian else <uintptr_t> &_call_void

    def reraise(self):
        """Raise the exception that a signal's handler raised, if any."""
        self.polling.reraise()


cdef int _call_void(double t, const double *y, const double *yp, double *r, void *data) noexcept nogil:
    (<void_residual> (<inner_function *> data).function)(t, y, yp, r, (<inner_function *> data).data)
    return 0


cdef int _call_void_jacobian(double t, const double *y, const double *yp, double *by_y, double *by_yp,
                             void *data) noexcept nogil:
    (<void_jacobian> (<inner_function *> data).function)(t, y, yp, by_y, by_yp, (<inner_function *> data).data)
    return 0


cdef class PythonResidualJacobian:
    """``jac(t, y, yp)`` that returns checked arrays dF/dy and dF/dy' of shape (rows, n).

    Parameters
    ----------
    jac : callable
    rows, n : int

    Attributes
    ----------
    function, data : int
        Addresses; valid while this object lives.
    """
    cdef readonly uintptr_t function, data
    cdef readonly bint constant
    cdef object jac
    cdef Py_ssize_t rows, n
    cdef list kept

    def __init__(self, jac, Py_ssize_t rows, Py_ssize_t n):
        self.jac, self.rows, self.n, self.kept, self.constant = jac, rows, n, [], False
        self.function = <uintptr_t> &_call_jacobian
        self.data = <uintptr_t> <void *> self

    def reraise(self):
        """Raise the exception that the user's function raised, if any."""
        if self.kept:
            raise self.kept.pop()

    cdef int call(self, double t, const double *y, const double *yp, double *by_y, double *by_yp) except -1:
        cdef Py_ssize_t n = self.n, rows = self.rows
        first, second = self.jac(t, np.array(<const double[:n]> y), np.array(<const double[:n]> yp))
        np.asarray(<double[:n, :rows]> by_y).T[...] = first
        np.asarray(<double[:n, :rows]> by_yp).T[...] = second
        return 0


cdef int _call_jacobian(double t, const double *y, const double *yp, double *by_y, double *by_yp,
                        void *data) noexcept with gil:
    cdef PythonResidualJacobian self = <PythonResidualJacobian> data
    try:
        return self.call(t, y, yp, by_y, by_yp)
    except BaseException as error:
        self.kept.append(error)
        return 1


def call_residual(callback, double t, const double[::1] y, const double[::1] yp):
    """F(t, y, yp); raises what it raises."""
    cdef double[::1] out = np.empty(y.shape[0])
    cdef residual_function residual = <residual_function> <uintptr_t> callback.function
    cdef void *data = <void *> <uintptr_t> callback.data
    cdef int failed
    with nogil:
        failed = residual(t, &y[0], &yp[0], &out[0], data)
    if failed:
        callback.reraise()
        raise RuntimeError("the compiled residual reported a failure")
    return np.asarray(out)


def slopes(const double[:, ::1] dense, const double[::1] x):
    """Derivatives of an interpolant (terms + 1, n) by the fraction of the step at the fractions x, shape (points, n)."""
    cdef Py_ssize_t i
    cdef int64_t n = dense.shape[1], terms = dense.shape[0] - 1
    cdef double[:, ::1] out = np.empty((x.shape[0], n))
    for i in range(x.shape[0]):
        sk_ode_slope(n, terms, &dense[0, 0], x[i], &out[i, 0])
    return np.asarray(out)
