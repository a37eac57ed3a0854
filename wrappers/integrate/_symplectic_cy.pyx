# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Symplectic integration (see c/integrate/sk_symplectic.h)."""

from libc.stdint cimport int32_t, int64_t, uintptr_t

import numpy as np

from scikit._core._errors import check_status

cdef extern from "sk_symplectic.h" nogil:
    ctypedef int (*sk_force)(double, const double *, double *, void *) noexcept
    ctypedef int (*sk_symplectic_poll)(void *) noexcept
    ctypedef struct sk_symplectic:
        int64_t n, step, nfev
        double t0, h
        int32_t n_stages
        const double *weight
        const double *inverse_mass
        double *q
        double *v
        double *a
        sk_force force
        void *data
        sk_symplectic_poll poll
        void *poll_data
    int sk_symplectic_start(sk_symplectic *)
    int sk_symplectic_run(sk_symplectic *, int64_t, int64_t, double *, double *)
    int sk_symplectic_look(sk_symplectic *, double, double *, double *, double *)


cdef class Composition:
    """One integration; not to be shared between threads.

    Parameters
    ----------
    callback : Callback
        The force (scikit._core._callback).
    weights : ndarray (stages,)
        Of the Verlet steps that make up one step.
    t0, h : float
    q0, v0 : ndarray (n,), n > 0
    inverse_mass : ndarray (n,) or None
    """
    cdef sk_symplectic state
    cdef object callback, kept
    cdef double[::1] q, v, a, work

    def __init__(self, callback, const double[::1] weights, double t0, double h, const double[::1] q0,
                 const double[::1] v0, inverse_mass):
        cdef sk_symplectic *s = &self.state
        cdef const double[::1] inverse
        cdef int status
        if q0.shape[0] == 0 or v0.shape[0] != q0.shape[0] or weights.shape[0] == 0:
            raise ValueError("`q0` and `v0` must be of one length, at least 1")
        self.callback = callback
        self.kept = (weights, inverse_mass)
        self.q, self.v = np.array(q0), np.array(v0)
        self.a, self.work = np.zeros(q0.shape[0]), np.zeros(3 * q0.shape[0])
        s.n = q0.shape[0]
        s.t0, s.h = t0, h
        s.n_stages = <int32_t> weights.shape[0]
        s.weight = &weights[0]
        s.inverse_mass = NULL
        if inverse_mass is not None:
            inverse = inverse_mass
            if inverse.shape[0] != s.n:
                raise ValueError("`inverse_mass` must be as long as `q0`")
            s.inverse_mass = &inverse[0]
        s.q, s.v, s.a = &self.q[0], &self.v[0], &self.a[0]
        s.force = <sk_force> <uintptr_t> callback.function
        s.data = <void *> <uintptr_t> callback.data
        s.poll = <sk_symplectic_poll> <uintptr_t> callback.poll
        s.poll_data = <void *> <uintptr_t> callback.poll_data
        with nogil:
            status = sk_symplectic_start(s)
        self._check(status)

    cdef int _check(self, int status) except -1:
        if status != 0:
            self.callback.reraise()
            check_status(status)
        return 0

    @property
    def nfev(self):
        """Calls of the force so far."""
        return self.state.nfev

    @property
    def step(self):
        """Steps so far."""
        return self.state.step

    def run(self, int64_t steps, int64_t every, double[:, ::1] q, double[:, ::1] v):
        """Take steps; every `every`-th state (0: none) goes to the next row of q and v, which have enough of them."""
        cdef int status
        cdef double *q_out = NULL
        cdef double *v_out = NULL
        if every > 0:
            if q.shape[1] != self.state.n or v.shape[1] != self.state.n \
                    or min(q.shape[0], v.shape[0]) < (self.state.step % every + steps) // every:
                raise ValueError("`q` and `v` are too small")
            if q.shape[0] > 0:
                q_out, v_out = &q[0, 0], &v[0, 0]
        with nogil:
            status = sk_symplectic_run(&self.state, steps, every, q_out, v_out)
        self._check(status)

    def look(self, double part, double[::1] q, double[::1] v):
        """The state after a part of the next step, into q and v; the step is not taken."""
        cdef int status
        if q.shape[0] != self.state.n or v.shape[0] != self.state.n:
            raise ValueError("`q` and `v` must be as long as the state")
        with nogil:
            status = sk_symplectic_look(&self.state, part, &self.work[0], &q[0], &v[0])
        self._check(status)
