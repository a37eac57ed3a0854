# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Matrices applied one after another (see c/integrate/sk_chain.h)."""

from libc.stdint cimport int64_t

import numpy as np

cdef extern from "sk_chain.h" nogil:
    void sk_chain(int64_t, int64_t, const double *, double *)
    void sk_chain_complex(int64_t, int64_t, const double *, double *)

ctypedef fused number:
    double
    double complex


def chain(const number[:, :, ::1] u, const number[::1] y0):
    """States y_0, U_0 y_0, U_1 U_0 y_0, ...

    Parameters
    ----------
    u : ndarray (steps, n, n)
        float64 or complex128, as `y0`.
    y0 : ndarray (n,)

    Returns
    -------
    ndarray (steps + 1, n)
    """
    cdef int64_t steps = u.shape[0], n = u.shape[1]
    if u.shape[2] != n or y0.shape[0] != n or n == 0:
        raise ValueError("`u` and `y0` do not fit together")
    out = np.empty((steps + 1, n), np.float64 if number is double else np.complex128)
    cdef number[:, ::1] y = out
    y[0, :] = y0
    if steps > 0:
        with nogil:
            if number is double:
                sk_chain(steps, n, &u[0, 0, 0], &y[0, 0])
            else:
                sk_chain_complex(steps, n, <const double *> &u[0, 0, 0], <double *> &y[0, 0])
    return out
