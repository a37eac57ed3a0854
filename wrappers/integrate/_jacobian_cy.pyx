# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Users' Jacobian matrices as what the integrators call (sk_jac in fortran/integrate/sk_integrate.h)."""

from libc.stdint cimport int64_t, uintptr_t
from libc.string cimport memcpy
cimport numpy as cnp

import numpy as np

cnp.import_array()

cdef extern from "sk_status.h":
    enum:
        SK_SINGULAR


cdef class PythonJacobian:
    """``fun(t, y, *args)`` that returns df/dy, or a constant matrix in its place.

    Parameters
    ----------
    fun : callable or array_like
        The matrix has shape (n, n), element (i, j) = df_i/dy_j; or (lower + upper + 1, n) with df_i/dy_j at
        (upper + i - j, j) if it is banded.
    args : tuple
    n : int
        Number of values of y.
    is_complex : bool
        Whether y is complex; the kernel then sees pairs of real numbers and a matrix of twice the size.
    lower, upper : int
        Bandwidths in values of y; `lower` -1 for a full matrix.
    transposed : bool
        `fun` returns the transpose of this.

    Attributes
    ----------
    function, data : int
        Addresses; valid while this object lives.
    constant : bool
    """
    cdef readonly uintptr_t function
    cdef readonly uintptr_t data
    cdef readonly bint constant
    cdef object fun, matrix
    cdef tuple args
    cdef Py_ssize_t n, rows, lower, upper
    cdef bint is_complex, transposed
    cdef list kept

    def __init__(self, fun, tuple args, Py_ssize_t n, bint is_complex, Py_ssize_t lower=-1, Py_ssize_t upper=-1,
                 bint transposed=False):
        self.kept = []
        self.args, self.n, self.is_complex, self.transposed = args, n, is_complex, transposed
        self.lower, self.upper = lower, upper
        self.rows = n if lower < 0 else lower + upper + 1
        self.constant = not callable(fun)
        if self.constant:
            self.matrix = self.checked(fun, "`jac` must have shape")
        else:
            self.fun = fun
        self.function = <uintptr_t> &_call_jac
        self.data = <uintptr_t> <void *> self

    def reraise(self):
        """Raise the exception that the user's function raised, if any."""
        if self.kept:
            raise self.kept.pop()

    cdef object checked(self, value, need):
        """`value` as an array (rows, n) of float64 or complex128."""
        if value is None:
            raise TypeError("`jac` returned None; it must return df/dy")
        if hasattr(value, "toarray"):
            value = value.toarray()
        array = np.asarray(value)
        if array.dtype.kind == "c" and not self.is_complex:
            raise TypeError(f"`jac` must hold real numbers, not {array.dtype}")
        array = array.astype(np.complex128 if self.is_complex else np.float64)
        if array.ndim < 2 and array.size == 1 and self.n == self.rows == 1:
            array = array.reshape(1, 1)
        shape = (self.n, self.rows) if self.transposed else (self.rows, self.n)
        if array.shape != shape:
            raise ValueError(f"{need} {shape}, not {array.shape}")
        return array.T if self.transposed else array

    cdef int call(self, double t, const double *y, double *jac) except -1:
        cdef cnp.npy_intp n = self.n
        cdef Py_ssize_t rows = self.rows
        if self.constant:
            matrix = self.matrix
        else:
            state = cnp.PyArray_EMPTY(1, &n, cnp.NPY_COMPLEX128 if self.is_complex else cnp.NPY_FLOAT64, 0)
            memcpy(cnp.PyArray_DATA(<cnp.ndarray> state), y, n * (16 if self.is_complex else 8))
            matrix = self.checked(self.fun(t, state, *self.args), "`jac` must return an array of shape")
        if not self.is_complex:
            np.asarray(<double[:n, :rows]> jac).T[...] = matrix
            return 0
        # each complex number a + ib becomes the block (a, -b; b, a)
        if self.lower < 0:
            out = np.asarray(<double[:2 * n, :2 * n]> jac).T
            out[::2, ::2] = out[1::2, 1::2] = matrix.real
            out[1::2, ::2] = matrix.imag
            out[::2, 1::2] = -matrix.imag
        else:
            out = np.asarray(<double[:2 * n, :2 * rows + 1]> jac).T
            out[...] = 0.0
            out[1::2, ::2] = out[1::2, 1::2] = matrix.real
            out[2::2, ::2] = matrix.imag
            out[:-1:2, 1::2] = -matrix.imag
        return 0


cdef int _call_jac(double t, const double *y, double *jac, void *data) noexcept with gil:
    cdef PythonJacobian self = <PythonJacobian> data
    try:
        return self.call(t, y, jac)
    except BaseException as error:
        self.kept.append(error)
        return 1


cdef class PythonLinear:
    """Linear algebra done in Python, as sk_linear in fortran/integrate/sk_integrate.h.

    Parameters
    ----------
    solver : object
        With the methods ``jacobian(t, y, f)``, ``factor(slot, shift)`` (False if the matrix is singular) and
        ``solve(slot, x)`` in place; the slots of complex shifts are ("complex", number).
    n : int
        Number of equations in real numbers.
    constant : bool
        Whether the Jacobian never changes.
    """
    cdef readonly uintptr_t function
    cdef readonly uintptr_t data
    cdef readonly bint constant
    cdef object solver
    cdef Py_ssize_t n
    cdef list kept

    def __init__(self, solver, Py_ssize_t n, bint constant):
        self.kept = []
        self.solver, self.n, self.constant = solver, n, constant
        self.function = <uintptr_t> &_call_linear
        self.data = <uintptr_t> <void *> self

    def reraise(self):
        """Raise the exception that the user's functions raised, if any."""
        if self.kept:
            raise self.kept.pop()

    cdef int call(self, int task, int slot, double t, const double *y, const double *f, double re, double im,
                  double *x) except -1:
        cdef Py_ssize_t n = self.n
        if task == 0:
            self.solver.jacobian(t, np.array(<const double[:n]> y), np.array(<const double[:n]> f))
        elif task == 1:
            return 0 if self.solver.factor(slot, re) else SK_SINGULAR
        elif task == 2:
            self.solver.solve(slot, np.asarray(<double[:n]> x))
        elif task == 3:
            return 0 if self.solver.factor(("complex", slot), complex(re, im)) else SK_SINGULAR
        else:
            self.solver.solve(("complex", slot), np.asarray(<double[:2 * n]> x).view(np.complex128))
        return 0


cdef int _call_linear(int task, int slot, double t, const double *y, const double *f, double re, double im, double *x,
                      void *data) noexcept with gil:
    cdef PythonLinear self = <PythonLinear> data
    try:
        return self.call(task, slot, t, y, f, re, im, x)
    except BaseException as error:
        self.kept.append(error)
        return 1


def group_columns(const int64_t[::1] column_start, const int64_t[::1] row, const int64_t[::1] row_start,
                  const int64_t[::1] column):
    """Numbers of groups of columns that share no row, greedily.

    Parameters
    ----------
    column_start, row : ndarray of int64
        The pattern by columns.
    row_start, column : ndarray of int64
        The same by rows.

    Returns
    -------
    ndarray of int64
        One number a column, from 0 on.
    """
    cdef int64_t n = column_start.shape[0] - 1, j, k, m, other
    cdef int64_t[::1] group = np.full(n, -1, dtype=np.int64)
    cdef int64_t[::1] taken = np.full(n + 1, -1, dtype=np.int64)
    with nogil:
        for j in range(n):
            for k in range(column_start[j], column_start[j + 1]):
                for m in range(row_start[row[k]], row_start[row[k] + 1]):
                    other = group[column[m]]
                    if other >= 0:
                        taken[other] = j
            k = 0
            while taken[k] == j:
                k = k + 1
            group[j] = k
    return np.asarray(group)
