# Integrands as C function pointers; included by _callback_cy.pyx, whose Callback they extend.

from libc.stdint cimport int64_t
from libc.stdlib cimport free, malloc
from cpython.ref cimport PyObject

cdef extern from *:
    """
    typedef double (*sk_function_0)(double);
    typedef double (*sk_function_1)(double, void *);
    typedef double (*sk_function_2)(int, double *);
    typedef double (*sk_function_3)(int, double *, void *);
    """
    ctypedef double (*sk_function_0)(double) noexcept nogil
    ctypedef double (*sk_function_1)(double, void *) noexcept nogil
    ctypedef double (*sk_function_2)(int, double *) noexcept nogil
    ctypedef double (*sk_function_3)(int, double *, void *) noexcept nogil

cdef extern from "Python.h":
    object PyObject_Vectorcall(object, PyObject **, size_t, PyObject *)
    size_t PY_VECTORCALL_ARGUMENTS_OFFSET
    double PyFloat_AsDouble(object) except? -1
    double PyFloat_AS_DOUBLE(object)
    bint PyFloat_CheckExact(object)
    bint PyComplex_Check(object)
    double PyComplex_RealAsDouble(object)
    double PyComplex_ImagAsDouble(object)

# An integrand is handed over as  int f(int64_t n, const double *x, double *value, void *data):  all points of a
# quadrature rule at once, which spares a call for each of them.

cdef class PythonIntegrand(Callback):
    """A Python function ``func(x, *args)`` that returns a number; the kernel that calls it must hold the GIL.

    Parameters
    ----------
    func : callable
    args : tuple
    mirrored : bool
        Call it with -x.
    part : int
        1 or 2: it is complex, and its real or imaginary part is wanted; 0: it is real.
    """
    cdef object func
    cdef tuple args
    cdef PyObject **stack
    cdef size_t count
    cdef bint mirrored
    cdef int part

    def __cinit__(self):
        self.stack = NULL

    def __dealloc__(self):
        free(self.stack)

    def __init__(self, func, tuple args, bint mirrored, int part):
        cdef Py_ssize_t i
        self.func = func
        self.args = args
        self.mirrored = mirrored
        self.part = part
        self.count = 1 + len(args)
        free(self.stack)
        # a slot that the callee may use, x, the further arguments (which `args` keeps alive)
        self.stack = <PyObject **> malloc((self.count + 1) * sizeof(PyObject *))
        if self.stack == NULL:
            raise MemoryError
        for i in range(len(args)):
            self.stack[i + 2] = <PyObject *> args[i]
        self.function = <uintptr_t> &_call_python_integrand
        self.data = <uintptr_t> <void *> self

    cdef int call(self, int64_t n, const double *x, double *value) except -1:
        cdef int64_t i
        cdef object at, result
        cdef double sign = -1.0 if self.mirrored else 1.0
        PyErr_CheckSignals()
        for i in range(n):
            at = sign * x[i]
            self.stack[1] = <PyObject *> at
            result = PyObject_Vectorcall(self.func, self.stack + 1, self.count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL)
            if self.part:
                value[i] = self.component(result)
            elif PyFloat_CheckExact(result):
                value[i] = PyFloat_AS_DOUBLE(result)
            else:
                value[i] = PyFloat_AsDouble(result)
        return 0

    cdef double component(self, object value) except? -1:
        if not PyComplex_Check(value):
            value = complex(value)
        return PyComplex_RealAsDouble(value) if self.part == 1 else PyComplex_ImagAsDouble(value)


cdef int _call_python_integrand(int64_t n, const double *x, double *value, void *data) noexcept:
    cdef PythonIntegrand self = <PythonIntegrand> data
    try:
        return self.call(n, x, value)
    except BaseException as error:
        self.kept.append(error)
        return 1


cdef class CompiledIntegrand(Callback):
    """A compiled integrand.

    Parameters
    ----------
    address, data : int
        Of the function and of its user data.
    kind : int
        Which signature: a value of `scikit._core._callback.INTEGRANDS`.
    args : tuple of float
        The further arguments.
    mirrored : bool
        Call it with -x.
    owner : object
        Kept alive as long as this object.
    """
    cdef object owner
    cdef double *values  # x and the further arguments
    cdef void *address
    cdef void *user_data
    cdef int kind, count
    cdef bint mirrored

    def __cinit__(self):
        self.values = NULL

    def __dealloc__(self):
        free(self.values)

    def __init__(self, uintptr_t address, uintptr_t data, int kind, tuple args, bint mirrored, owner):
        cdef Py_ssize_t i
        self.owner = owner
        free(self.values)
        self.values = <double *> malloc((1 + len(args)) * sizeof(double))
        if self.values == NULL:
            raise MemoryError
        for i in range(len(args)):
            self.values[i + 1] = args[i]
        self.address = <void *> address
        self.user_data = <void *> data
        self.kind = kind
        self.count = 1 + <int> len(args)
        self.mirrored = mirrored
        self.function = <uintptr_t> &_call_compiled_integrand
        self.data = <uintptr_t> <void *> self


cdef int _call_compiled_integrand(int64_t n, const double *x, double *value, void *data) noexcept nogil:
    cdef int64_t i
    cdef double sign = -1.0 if (<CompiledIntegrand> data).mirrored else 1.0
    cdef void *address = (<CompiledIntegrand> data).address
    cdef void *user_data = (<CompiledIntegrand> data).user_data
    cdef int kind = (<CompiledIntegrand> data).kind, count = (<CompiledIntegrand> data).count
    cdef double *values = (<CompiledIntegrand> data).values
    if kind == 0:
        for i in range(n):
            value[i] = (<sk_function_0> address)(sign * x[i])
    elif kind == 1:
        for i in range(n):
            value[i] = (<sk_function_1> address)(sign * x[i], user_data)
    elif kind == 2:
        for i in range(n):
            values[0] = sign * x[i]
            value[i] = (<sk_function_2> address)(count, values)
    else:
        for i in range(n):
            values[0] = sign * x[i]
            value[i] = (<sk_function_3> address)(count, values, user_data)
    return _rare_poll(data)


def known_capsule(capsule, dict kinds, bint mirrored, owner):
    """A `CompiledIntegrand` of a PyCapsule whose name is among `kinds` (bytes to kind); None for others."""
    cdef const char *name = PyCapsule_GetName(capsule)
    if name == NULL:
        return None
    kind = kinds.get(<bytes> name)
    if kind is None:
        return None
    return CompiledIntegrand(<uintptr_t> PyCapsule_GetPointer(capsule, name),
                             <uintptr_t> PyCapsule_GetContext(capsule), kind, (), mirrored, owner)
