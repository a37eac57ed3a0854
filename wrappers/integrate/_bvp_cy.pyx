# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Boundary value problems: sums over the mesh and the linear systems (see fortran/integrate/sk_integrate_bvp.h)."""

from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int8_t, int32_t, int64_t
cimport numpy as cnp

import numpy as np

cnp.import_array()

cdef extern from "sk_integrate_bvp.h" nogil:
    ctypedef void (*sk_bvp_eliminate)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, const double *,
                                      const void *, const void *, const void *, const void *, void *, void *, int64_t *,
                                      void *, void *, void *, void *, int32_t *) noexcept
    ctypedef void (*sk_bvp_close)(int64_t, int64_t, int64_t, int64_t, int64_t, const void *, const void *, const void *,
                                  const void *, void *, int64_t *, double *, double *, void *, int32_t *) noexcept
    ctypedef void (*sk_bvp_solve)(int64_t, int64_t, int64_t, int64_t, int64_t, const void *, const void *,
                                  const int64_t *, const void *, const void *, const int64_t *, const double *, const double *, const void *,
                                  const void *, void *, void *, void *, void *, void *) noexcept
    ctypedef void (*sk_bvp_middle)(int64_t, int64_t, const double *, const void *, const void *, void *) noexcept
    ctypedef void (*sk_bvp_residual)(int64_t, int64_t, const double *, const void *, const void *, const void *,
                                     void *) noexcept
    ctypedef void (*sk_bvp_lobatto)(int64_t, int64_t, const double *, const double *, const void *, const void *,
                                    double *, void *, void *) noexcept
    ctypedef void (*sk_bvp_rms)(int64_t, int64_t, const double *, const void *, const void *, const void *,
                                const void *, double *) noexcept
    ctypedef void (*sk_bvp_refine)(int64_t, int64_t, int64_t, const double *, const double *, const void *,
                                   const void *, const int8_t *, double *, void *) noexcept
    sk_bvp_middle sk_bvp_middle_for(int)
    sk_bvp_residual sk_bvp_residual_for(int)
    sk_bvp_lobatto sk_bvp_lobatto_for(int)
    sk_bvp_rms sk_bvp_rms_for(int)
    sk_bvp_refine sk_bvp_refine_for(int)
    sk_bvp_eliminate sk_bvp_eliminate_for(int)
    sk_bvp_close sk_bvp_close_for(int)
    sk_bvp_solve sk_bvp_solve_for(int)

#: Multiplications between two looks at pending signals: a small part of a second.
cdef double SLAB = 1e8


cdef void *data_of(cnp.ndarray x, int type_number, tuple shape) except? NULL:
    """The address of a C-contiguous array that is only read, after a check of its type and shape."""
    if cnp.PyArray_TYPE(x) != type_number or not cnp.PyArray_ISCARRAY_RO(x) or (<object>x).shape != shape:
        raise TypeError(f"a contiguous array of shape {shape} is needed, not one of {x.dtype} and shape {(<object>x).shape}")
    return cnp.PyArray_DATA(x)


cdef class Mesh:
    """The nodes x (m,), strictly increasing, of a problem with n equations of type `dtype`.

    Arrays y, f are (n, m), those of intervals (n, m - 1); all must be contiguous and of that type.
    """
    cdef readonly cnp.ndarray x, h
    cdef object dtype
    cdef int64_t n, m
    cdef int is_complex, kind
    cdef const double *lengths

    def __init__(self, x, int64_t n, dtype):
        self.x = np.ascontiguousarray(x, np.float64)
        self.h = np.diff(self.x)
        self.dtype, self.n, self.m = dtype, n, len(self.x)
        self.is_complex = dtype == np.complex128
        self.kind = cnp.NPY_COMPLEX128 if self.is_complex else cnp.NPY_FLOAT64
        self.lengths = <const double *>cnp.PyArray_DATA(self.h)
        if self.m < 2:
            raise ValueError("at least two nodes are needed")

    cdef void *at_nodes(self, cnp.ndarray y) except? NULL:
        return data_of(y, self.kind, (self.n, self.m))

    cdef void *between(self, cnp.ndarray f) except? NULL:
        return data_of(f, self.kind, (self.n, self.m - 1))

    def middle(self, cnp.ndarray y, cnp.ndarray f):
        """The Hermite cubic's values in mid-interval."""
        cdef void *a = self.at_nodes(y)
        cdef void *b = self.at_nodes(f)
        cdef cnp.ndarray out = np.empty((self.n, self.m - 1), self.dtype)
        sk_bvp_middle_for(self.is_complex)(self.n, self.m, self.lengths, a, b, cnp.PyArray_DATA(out))
        return out

    def residual(self, cnp.ndarray y, cnp.ndarray f, cnp.ndarray f_middle):
        """The residuals of Simpson's rule."""
        cdef void *a = self.at_nodes(y)
        cdef void *b = self.at_nodes(f)
        cdef void *c = self.between(f_middle)
        cdef cnp.ndarray out = np.empty((self.n, self.m - 1), self.dtype)
        sk_bvp_residual_for(self.is_complex)(self.n, self.m, self.lengths, a, b, c, cnp.PyArray_DATA(out))
        return out

    def lobatto(self, cnp.ndarray y, cnp.ndarray f):
        """Two further points of every interval (2 (m - 1),), values and derivatives there (n, 2 (m - 1))."""
        cdef void *a = self.at_nodes(y)
        cdef void *b = self.at_nodes(f)
        cdef cnp.ndarray place = np.empty(2 * self.m - 2)
        cdef cnp.ndarray value = np.empty((self.n, 2 * self.m - 2), self.dtype)
        cdef cnp.ndarray slope = np.empty((self.n, 2 * self.m - 2), self.dtype)
        sk_bvp_lobatto_for(self.is_complex)(self.n, self.m, <const double *>cnp.PyArray_DATA(self.x), self.lengths, a, b,
                                            <double *>cnp.PyArray_DATA(place), cnp.PyArray_DATA(value),
                                            cnp.PyArray_DATA(slope))
        return place, value, slope

    def rms(self, cnp.ndarray residual, cnp.ndarray f_middle, cnp.ndarray slope, cnp.ndarray f):
        """Root mean squares of the relative residuals (m - 1,); `slope` and f belong to lobatto's points."""
        cdef void *a = self.between(residual)
        cdef void *b = self.between(f_middle)
        cdef void *c = data_of(slope, self.kind, (self.n, 2 * self.m - 2))
        cdef void *d = data_of(f, self.kind, (self.n, 2 * self.m - 2))
        cdef cnp.ndarray out = np.empty(self.m - 1)
        sk_bvp_rms_for(self.is_complex)(self.n, self.m, self.lengths, a, b, c, d, <double *>cnp.PyArray_DATA(out))
        return out

    def refine(self, cnp.ndarray y, cnp.ndarray f, cnp.ndarray insert):
        """Nodes and values of the mesh with insert[q] = 0, 1 or 2 (int8) more points within interval q."""
        cdef void *a = self.at_nodes(y)
        cdef void *b = self.at_nodes(f)
        cdef const int8_t *count = <const int8_t *>data_of(insert, cnp.NPY_INT8, (self.m - 1,))
        cdef int64_t m_new = self.m + insert.sum(dtype=np.int64)
        if insert.min() < 0 or insert.max() > 2:
            raise ValueError("0, 1 or 2 points can be put into an interval")
        cdef cnp.ndarray x = np.empty(m_new), values = np.empty((self.n, m_new), self.dtype)
        sk_bvp_refine_for(self.is_complex)(self.n, self.m, m_new, <const double *>cnp.PyArray_DATA(self.x), self.lengths,
                                           a, b, count, <double *>cnp.PyArray_DATA(x), cnp.PyArray_DATA(values))
        return x, values


cdef class CollocationSystem:
    """The factors of one Jacobian of the collocation equations; not to be shared between threads while it is made.

    Parameters
    ----------
    h : ndarray (m - 1,) of float64
        Lengths of the intervals.
    fy, fym : ndarray (n, n, m), (n, n, m - 1)
        Derivatives of the right-hand side at the nodes and in mid-interval.
    fp, fpm : ndarray (n, k, m), (n, k, m - 1)
        The same with respect to the parameters.
    dya, dyb, dp : ndarray (n + k, n), (n + k, n), (n + k, k)
        Derivatives of the boundary conditions.

    Attributes
    ----------
    singular : bool
        Whether the matrix is singular to working precision; then `solve` must not be called.
    """
    cdef int64_t n, k, m, r, c
    cdef int is_complex, kind
    cdef cnp.ndarray v, tau, swap, kept, lu, pivot, scales, order, left_scale
    cdef readonly bint singular

    def __init__(self, cnp.ndarray h, cnp.ndarray fy, cnp.ndarray fym, cnp.ndarray fp, cnp.ndarray fpm,
                 cnp.ndarray dya, cnp.ndarray dyb, cnp.ndarray dp):
        cdef int64_t n = fy.shape[0], m = fy.shape[2], k = fp.shape[1], nb
        dtype = fy.dtype
        if n < 1 or m < 2:
            raise ValueError("at least one equation and two nodes are needed")
        self.n, self.k, self.m = n, k, m
        self.is_complex = dtype == np.complex128
        self.kind = cnp.NPY_COMPLEX128 if self.is_complex else cnp.NPY_FLOAT64
        cdef object right = (dyb != 0).any(axis=1)
        cdef object left = (dya != 0).any(axis=1)
        if (left & right).any():
            self.c = self.r = n
            carry = np.empty((2 * n + k, n), dtype)
            self.order = np.arange(n + k)
        else:  # conditions of the left end first
            self.c, self.r = 0, np.count_nonzero(left)
            self.order = np.argsort(~left, kind="stable")
            first, rest = self.order[:self.r], self.order[self.r:]
            carry = np.concatenate((dya[first], dp[first]), axis=1)
            # somewhat larger than the intervals' rows, so that they are the first pivots and simple conditions are
            # satisfied exactly; by powers of two: no rounding
            size = np.abs(carry).max(axis=1, initial=0, where=np.isfinite(carry))
            self.left_scale = np.ldexp(1.0, 3 - np.frexp(size)[1])
            carry = np.ascontiguousarray((carry * self.left_scale[:, np.newaxis]).T)
            dya, dyb, dp = dya[rest], dyb[rest], dp[rest]
        nb = self.c + n + k
        self.v = np.empty((m - 1, n, self.r + n), dtype)
        self.tau = np.empty((m - 1, n), dtype)
        self.swap = np.empty((m - 1, n), np.int64)
        self.kept = np.empty((m - 1, nb, n), dtype)
        self.lu = np.empty((nb, nb), dtype)
        self.pivot = np.empty(nb, np.int64)
        self.scales = np.empty((2, nb))
        self.singular = self._eliminate(h, fy, fym, fp, fpm, carry) or self._close(carry, dya, dyb, dp)

    cdef bint _eliminate(self, cnp.ndarray h, cnp.ndarray fy, cnp.ndarray fym, cnp.ndarray fp, cnp.ndarray fpm,
                         cnp.ndarray carry) except -1:
        cdef int64_t n = self.n, k = self.k, m = self.m, r = self.r, c = self.c, first = 1, last, step
        cdef int32_t singular = 0
        cdef const double *lengths = <const double *>data_of(h, cnp.NPY_FLOAT64, (m - 1,))
        cdef const void *a = data_of(fy, self.kind, (n, n, m))
        cdef const void *b = data_of(fym, self.kind, (n, n, m - 1))
        cdef const void *of_p = data_of(fp, self.kind, (n, k, m))
        cdef const void *of_pm = data_of(fpm, self.kind, (n, k, m - 1))
        cdef cnp.ndarray work = np.empty((c + n + k, r + n), fy.dtype), space = np.empty((5, n, n), fy.dtype)
        cdef void *v = cnp.PyArray_DATA(self.v)
        cdef void *tau = cnp.PyArray_DATA(self.tau)
        cdef int64_t *swap = <int64_t *>cnp.PyArray_DATA(self.swap)
        cdef void *kept = cnp.PyArray_DATA(self.kept)
        cdef void *carried = cnp.PyArray_DATA(carry)
        cdef void *w = cnp.PyArray_DATA(work)
        cdef void *s = cnp.PyArray_DATA(space)
        cdef sk_bvp_eliminate eliminate = sk_bvp_eliminate_for(self.is_complex)
        step = max(1, <int64_t>(SLAB / (<double>(n * (r + n)) * <double>(2 * (c + n + k) + n))))
        while first < m and not singular:
            last = min(first + step - 1, m - 1)
            with nogil:
                eliminate(n, k, m, r, c, first, last, lengths, a, b, of_p, of_pm, v, tau, swap, kept, carried, w,
                          s, &singular)
            if last < m - 1:
                PyErr_CheckSignals()
            first = last + 1
        return singular != 0

    cdef bint _close(self, cnp.ndarray carry, cnp.ndarray dya, cnp.ndarray dyb, cnp.ndarray dp) except -1:
        cdef int64_t n = self.n, k = self.k, r = self.r, c = self.c, nb = c + n + k, b = nb - r
        cdef int32_t singular = 0
        cdef const void *at_a = data_of(dya, self.kind, (b, n))
        cdef const void *at_b = data_of(dyb, self.kind, (b, n))
        cdef const void *of_p = data_of(dp, self.kind, (b, k))
        cdef cnp.ndarray space = np.empty(nb, carry.dtype)
        cdef double *scales = <double *>cnp.PyArray_DATA(self.scales)
        sk_bvp_close_for(self.is_complex)(n, k, r, c, b, cnp.PyArray_DATA(carry), at_a, at_b, of_p,
                                          cnp.PyArray_DATA(self.lu), <int64_t *>cnp.PyArray_DATA(self.pivot), scales,
                                          scales + nb, cnp.PyArray_DATA(space), &singular)
        return singular != 0

    def solve(self, cnp.ndarray rhs, cnp.ndarray boundary):
        """Solve for residuals of the intervals (n, m - 1) and of the boundary conditions (n + k,).

        Returns the corrections of y (n, m) and p (k,).
        """
        cdef int64_t n = self.n, k = self.k, m = self.m, r = self.r, c = self.c, nb = c + n + k
        if self.singular:
            raise np.linalg.LinAlgError("the matrix is singular")
        boundary = boundary[self.order]
        if c == 0:
            (<object>boundary)[:r] *= self.left_scale
        dtype = rhs.dtype
        cdef const void *of_intervals = data_of(rhs, self.kind, (n, m - 1))
        cdef const void *of_boundary = data_of(boundary, self.kind, (n + k,))
        cdef cnp.ndarray y = np.empty((n, m), dtype), p = np.empty(k, dtype), told = np.empty((m - 1, n), dtype)
        cdef cnp.ndarray x = np.empty(nb, dtype), both = np.empty(r + n, dtype)
        cdef double *scales = <double *>cnp.PyArray_DATA(self.scales)
        cdef void *factors[4]
        cdef void *space[5]
        factors[0], factors[1] = cnp.PyArray_DATA(self.v), cnp.PyArray_DATA(self.tau)
        factors[2], factors[3] = cnp.PyArray_DATA(self.kept), cnp.PyArray_DATA(self.lu)
        space[0], space[1], space[2] = cnp.PyArray_DATA(told), cnp.PyArray_DATA(x), cnp.PyArray_DATA(both)
        space[3], space[4] = cnp.PyArray_DATA(y), cnp.PyArray_DATA(p)
        cdef const int64_t *swap = <const int64_t *>cnp.PyArray_DATA(self.swap)
        cdef const int64_t *pivot = <const int64_t *>cnp.PyArray_DATA(self.pivot)
        cdef sk_bvp_solve solve = sk_bvp_solve_for(self.is_complex)
        with nogil:
            solve(n, k, m, r, c, factors[0], factors[1], swap, factors[2], factors[3], pivot, scales, scales + nb,
                  of_intervals, of_boundary, space[0], space[1], space[2], space[3], space[4])
        return y, p
