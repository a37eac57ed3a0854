# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False
"""The callback trampoline: a user's Python function as a C function pointer with a data pointer.

A kernel calls ``int f(double t, const double *y, double *dydt, void *data)``; another value than 0 ends it at
once. The trampoline keeps whatever the user's function raised, and ``reraise`` raises that very object.
"""

from libc.stdint cimport uintptr_t
from libc.string cimport memcpy
from cpython.pycapsule cimport PyCapsule_GetContext, PyCapsule_GetName, PyCapsule_GetPointer
from cpython.ref cimport Py_REFCNT
cimport numpy as cnp

import numpy as np

include "poll.pxi"

cnp.import_array()

cdef extern from *:
    """
    #include <time.h>
    /* Milliseconds of a clock that is cheap to read and never goes back. */
    static long long sk_milliseconds(void) {
        struct timespec now;
    #ifdef CLOCK_MONOTONIC_COARSE
        clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    #else
        clock_gettime(CLOCK_MONOTONIC, &now);
    #endif
        return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
    }
    typedef void (*sk_void_rhs)(double, const double *, double *, void *);
    """
    long long sk_milliseconds() noexcept nogil
    ctypedef void (*sk_void_rhs)(double, const double *, double *, void *) noexcept nogil


#: Time between two looks at pending signals, in milliseconds.
cdef long long POLL_MS = 100


cdef class Callback:
    """What a kernel is handed: addresses of a function and its data, of a poll function and its data.

    Attributes
    ----------
    function, data, poll, poll_data : int
        Addresses; valid while this object lives.
    """
    cdef readonly uintptr_t function
    cdef readonly uintptr_t data
    cdef readonly uintptr_t poll
    cdef readonly uintptr_t poll_data
    cdef list kept
    cdef void *kept_address
    cdef long long last_poll

    def __cinit__(self):
        self.kept = []
        self.kept_address = <void *> self.kept
        self.poll = <uintptr_t> &_rare_poll
        self.poll_data = <uintptr_t> <void *> self
        self.last_poll = sk_milliseconds()

    def reraise(self):
        """Raise the exception that the user's function (or a signal's handler) raised, if any."""
        if self.kept:
            raise self.kept.pop()


cdef int _rare_poll(void *data) noexcept nogil:
    """`_poll`, but the GIL is taken once in a while only: these kernels ask at every step."""
    cdef long long now = sk_milliseconds()
    if now - (<Callback> data).last_poll < POLL_MS:
        return 0
    (<Callback> data).last_poll = now
    return _poll((<Callback> data).kept_address)


cdef class PythonRHS(Callback):
    """A Python function ``fun(t, y, *args)`` that returns dy/dt.

    Parameters
    ----------
    fun : callable
    args : tuple
    n : int
        Number of values of y.
    is_complex : bool
        Whether y is complex; the kernel then sees pairs of real numbers.
    """
    cdef object fun
    cdef tuple args
    cdef object y
    cdef Py_ssize_t n
    cdef bint is_complex

    def __init__(self, fun, tuple args, Py_ssize_t n, bint is_complex):
        self.fun = fun
        self.args = args
        self.n = n
        self.is_complex = is_complex
        self.y = self._new()
        self.function = <uintptr_t> &_call_rhs
        self.data = <uintptr_t> <void *> self

    cdef object _new(self):
        cdef cnp.npy_intp n = self.n
        return cnp.PyArray_EMPTY(1, &n, cnp.NPY_COMPLEX128 if self.is_complex else cnp.NPY_FLOAT64, 0)

    cdef int call(self, double t, const double *y, double *dydt) except -1:
        cdef size_t size = self.n * (16 if self.is_complex else 8)
        # The array is reused from call to call unless the user's function kept it.
        if Py_REFCNT(self.y) > 1:
            self.y = self._new()
        memcpy(cnp.PyArray_DATA(<cnp.ndarray> self.y), y, size)
        if self.args:
            value = self.fun(t, self.y, *self.args)
        else:
            value = self.fun(t, self.y)
        self.store(value, dydt, size)
        return 0

    cdef int store(self, object value, double *dydt, size_t size) except -1:
        cdef cnp.ndarray array
        cdef int kind = cnp.NPY_COMPLEX128 if self.is_complex else cnp.NPY_FLOAT64
        if not self.is_complex and (type(value) is tuple or type(value) is list) and len(value) == self.n:
            if _store_floats(value, dydt, self.n):
                return 0
        if cnp.PyArray_Check(value) and cnp.PyArray_TYPE(<cnp.ndarray> value) == kind \
                and cnp.PyArray_ISCARRAY_RO(<cnp.ndarray> value) and cnp.PyArray_NDIM(<cnp.ndarray> value) == 1 \
                and cnp.PyArray_DIM(<cnp.ndarray> value, 0) == self.n:
            memcpy(dydt, cnp.PyArray_DATA(<cnp.ndarray> value), size)
            return 0
        if value is None:
            raise TypeError("`fun` returned None; it must return dy/dt")
        array = np.asarray(value)
        if array.dtype.kind in "US":
            raise ValueError(f"`fun` returned {value!r}, which is no number")
        if array.dtype.kind == "c" and not self.is_complex:
            raise TypeError("`fun` returned complex numbers, but `y0` is real; give a complex `y0`")
        array = np.array(array, dtype=np.complex128 if self.is_complex else np.float64, ndmin=1, order="C")
        if cnp.PyArray_NDIM(array) != 1 or cnp.PyArray_DIM(array, 0) != self.n:
            if cnp.PyArray_SIZE(array) != 1:
                raise ValueError(f"`fun` must return an array of shape ({self.n},), not {np.shape(value)}")
            array = np.full(self.n, array.item())
        memcpy(dydt, cnp.PyArray_DATA(array), size)
        return 0


cdef bint _store_floats(object value, double *dydt, Py_ssize_t n) except -1:
    """Store a tuple or list of Python or NumPy floats; False if it holds something else."""
    cdef Py_ssize_t i
    for i in range(n):
        item = value[i]
        if not isinstance(item, (float, int)):
            return False
        dydt[i] = item
    return True


cdef int _call_rhs(double t, const double *y, double *dydt, void *data) noexcept with gil:
    cdef PythonRHS self = <PythonRHS> data
    try:
        return self.call(t, y, dydt)
    except BaseException as error:
        self.kept.append(error)
        return 1


cdef struct void_function:
    sk_void_rhs function
    void *data


cdef class CompiledRHS(Callback):
    """A compiled right-hand side, ``int`` or ``void`` returning.

    Parameters
    ----------
    address, data : int
        Of the function and of its user data.
    returns_void : bool
        The function's return value is not looked at.
    owner : object
        Kept alive as long as this object.
    """
    cdef object owner
    cdef void_function inner

    def __init__(self, uintptr_t address, uintptr_t data, bint returns_void, owner):
        self.owner = owner
        if returns_void:
            self.inner.function = <sk_void_rhs> address
            self.inner.data = <void *> data
            self.function = <uintptr_t> &_call_void
            self.data = <uintptr_t> &self.inner
        else:
            self.function = address
            self.data = data


cdef int _call_void(double t, const double *y, double *dydt, void *data) noexcept nogil:
    (<void_function *> data).function(t, y, dydt, (<void_function *> data).data)
    return 0


def capsule_function(capsule):
    """(signature, address, address of the user data) of a PyCapsule whose name is a C signature."""
    cdef const char *name = PyCapsule_GetName(capsule)
    cdef void *address = PyCapsule_GetPointer(capsule, name)
    return (name.decode() if name != NULL else None), <uintptr_t> address, <uintptr_t> PyCapsule_GetContext(capsule)


include "integrand.pxi"
