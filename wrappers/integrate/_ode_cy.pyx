# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Integration of ordinary differential equations: the state of one run (see fortran/integrate/sk_integrate.h)."""

from libc.stdint cimport INT64_MAX, int32_t, int64_t, uintptr_t
from libc.stdlib cimport calloc, free
from libc.math cimport INFINITY, isfinite
from libc.string cimport memcpy
cimport numpy as cnp
from sk_integrate cimport (
    SK_CALLBACK, SK_CONVERGENCE, SK_DAE, SK_INTERRUPT, SK_MORE, SK_ODE_LANES, SK_STEP, SK_STEPS, sk_jac, sk_linear,
    sk_ode, sk_ode_columns, sk_ode_dense, sk_ode_dense_costs, sk_ode_destroy, sk_ode_hermite, sk_ode_output,
    sk_ode_rate, sk_ode_run, sk_ode_start, sk_ode_step, sk_poll, sk_rhs, sk_rk_pick,
)

import numpy as np

from scikit._core._callback import rhs_callback
from scikit._core._errors import check_status
from scikit.integrate._ode_parts_cy import LEAST_RTOL, METHODS, all_finite, within_and_ordered

cnp.import_array()

_NAMES = {number: name for name, number in METHODS.items()} | {SK_DAE: "DAE"}

cdef class Integrator:
    """One integration from t0 to t_bound; not to be shared between threads.

    Parameters
    ----------
    callback : Callback
        The right-hand side (scikit._core._callback).
    method : str
        A key of METHODS.
    t0, t_bound : float
    y0, is_complex : ndarray of float64, bool
        Start values; complex ones as pairs.
    rtol, atol : float, or both ndarray of float64 as long as y0
    max_step, first_step : float
        `first_step` 0 lets the method choose.
    options : IntegratorOptions or None
        What only some integrations need (scikit/integrate/_options.py).
    t_least, t_most, stiff
        See sk_integrate.h.
    """
    cdef sk_ode state
    cdef object callback, rtol, atol
    cdef readonly object options
    cdef readonly int start_status

    def __cinit__(self):
        self.state.work = NULL
        self.state.own = self.state.switching = NULL

    def __dealloc__(self):
        sk_ode_destroy(&self.state)
        free(self.state.work)

    def __init__(self, callback, str method, double t0, double t_bound, cnp.ndarray y0, bint is_complex,
                 rtol, atol, double max_step, double first_step, options=None,
                 double t_least=-INFINITY, double t_most=INFINITY, bint stiff=False):
        cdef sk_ode *s = &self.state
        if s.work != NULL:
            raise RuntimeError("an Integrator is initialised once")
        if cnp.PyArray_TYPE(y0) != cnp.NPY_FLOAT64 or not cnp.PyArray_ISCARRAY_RO(y0) or cnp.PyArray_NDIM(y0) != 1:
            raise TypeError("`y0` must be a contiguous array of float64")
        s.is_complex, s.h_abs, s.max_step = is_complex, first_step, max_step
        s.t_least, s.t_most, s.stiff = t_least, t_most, stiff
        self._begin(callback, SK_DAE if method == "DAE" else METHODS[method], t0, t_bound, y0, rtol, atol, options)

    cdef int _begin(self, callback, int method, double t0, double t_bound, cnp.ndarray y0, rtol, atol, options) except -1:
        """All but what `__init__` sets itself; y0 is contiguous and of float64."""
        cdef sk_ode *s = &self.state
        cdef int status
        cdef const double[::1] view
        self.callback, self.rtol, self.atol = callback, rtol, atol
        if type(atol) is float:
            s.atol = s.rtol = NULL
            s.atol_all, s.rtol_all = atol, rtol
        else:
            view = atol
            s.atol = &view[0]
            view = rtol
            s.rtol = &view[0]
        s.n = cnp.PyArray_DIM(y0, 0)
        s.ld = (s.n + SK_ODE_LANES - 1) // SK_ODE_LANES * SK_ODE_LANES
        s.method = method
        s.t, s.t_old, s.t_bound = t0, t0, t_bound
        s.direction = -1.0 if t_bound < t0 else 1.0
        s.max_steps, s.lower, s.upper = INT64_MAX, -1, -1
        s.rhs = <sk_rhs> <uintptr_t> callback.function
        s.data = <void *> <uintptr_t> callback.data
        s.poll = <sk_poll> <uintptr_t> callback.poll
        s.poll_data = <void *> <uintptr_t> callback.poll_data
        sk_rk_pick(s)
        if options is not None:
            self._set(options)
        s.work = <double *> calloc(s.ld * sk_ode_columns(s.method), sizeof(double))
        if s.work == NULL:
            raise MemoryError
        memcpy(s.work, cnp.PyArray_DATA(y0), s.n * sizeof(double))
        with nogil:
            status = sk_ode_start(s)
        self.start_status = self._finish(status)
        return 0

    cdef int _set(self, options) except -1:
        """Take over what the options hold; they are kept alive for the pointers into them."""
        cdef sk_ode *s = &self.state
        cdef const double[::1, :] mass
        cdef const double[::1] view
        self.options = options
        s.min_step, s.max_steps = options.min_step, options.max_steps
        s.fixed, s.literal_tol = options.fixed, options.literal_tol
        s.max_order, s.min_order = options.max_order, options.min_order
        s.safety, s.min_factor, s.max_factor = options.safety, options.min_factor, options.max_factor
        s.gain[0], s.gain[1], s.gain[2], s.gain[3] = options.gain
        s.lower, s.upper = options.lower, options.upper
        if options.mass is not None:
            mass = options.mass
            s.mass = &mass[0, 0]
        if options.jac is not None:
            s.jac = <sk_jac> <uintptr_t> options.jac.function
            s.jac_data = <void *> <uintptr_t> options.jac.data
            s.constant_jac = options.jac.constant
        if options.linear is not None:
            s.linear = <sk_linear> <uintptr_t> options.linear.function
            s.linear_data = <void *> <uintptr_t> options.linear.data
            s.constant_jac = options.linear.constant
        if options.rhs_explicit is not None:
            s.rhs_explicit = <sk_rhs> <uintptr_t> options.rhs_explicit.function
            s.data_explicit = <void *> <uintptr_t> options.rhs_explicit.data
        if options.spectral_radius is not None:
            s.radius = <sk_rhs> <uintptr_t> options.spectral_radius.function
            s.radius_data = <void *> <uintptr_t> options.spectral_radius.data
        if options.implicit is not None:
            view = options.implicit.yp0
            s.rate = &view[0]
            s.consistent = options.implicit.consistent
            if options.implicit.differential is not None:
                view = options.implicit.differential
                s.differential = &view[0]
                if options.implicit.suppress:
                    s.counted = s.differential
        return 0

    @property
    def t(self):
        """Where the integration has come to."""
        return self.state.t

    @property
    def t_old(self):
        """Where the last step began."""
        return self.state.t_old

    @property
    def t_bound(self):
        """Where the integration is to end; a later bound lets a finished one go on."""
        return self.state.t_bound

    @t_bound.setter
    def t_bound(self, double value):
        self.state.t_bound = value

    @property
    def max_steps(self):
        """The number of steps, accepted and rejected together, that ends the integration."""
        return self.state.max_steps

    @max_steps.setter
    def max_steps(self, int64_t value):
        self.state.max_steps = value

    @property
    def h_abs(self):
        """Size of the next step to try."""
        return self.state.h_abs

    @property
    def y(self):
        """A copy of the solution at `t`."""
        return np.array(<double[:self.state.n]> self.state.work)

    @property
    def y_old(self):
        """A copy of the solution at `t_old`."""
        return np.array(<double[:self.state.n]> (self.state.work + self.state.ld))

    @property
    def yp(self):
        """A copy of dy/dt at `t`; of the method "DAE" only."""
        cdef double[::1] rate = np.empty(self.state.n)
        sk_ode_rate(&self.state, &rate[0])
        return np.asarray(rate)

    @property
    def order(self):
        """Order of a multistep method's last step; negative if it was by BDF."""
        return self.state.order

    @property
    def stages(self):
        """A copy of the last step's stages of an explicit method, shape (at least stages + 1, n)."""
        cdef int64_t behind = 5, rows = sk_ode_columns(self.state.method) - behind  # y, y_old, trial, two of error
        if rows <= 0:
            raise ValueError("only explicit Runge-Kutta methods keep their stages")
        return np.array(<double[:rows, :self.state.ld]> (self.state.work + behind * self.state.ld))[:, :self.state.n]

    @property
    def stiff(self):
        """Whether the method "auto" is at an implicit one."""
        return self.state.stiff != 0

    @property
    def methods(self):
        """The methods that took steps, and how many."""
        cdef sk_ode *s = &self.state
        if s.switching == NULL:
            return {_NAMES[s.method]: s.nsteps} if s.nsteps else {}
        steps = ((s.explicit_method, s.steps_explicit), (s.implicit_method, s.steps_implicit))
        return {_NAMES[number]: count for number, count in steps if count}

    def counts(self):
        """nfev, njev, nlu and the numbers of accepted and of rejected steps."""
        return self.state.nfev, self.state.njev, self.state.nlu, self.state.nsteps, self.state.nrejected

    cdef int _finish(self, int status) except -100:
        """Raise what the user's functions raised; pass on the statuses that are results."""
        if status == SK_CALLBACK or status == SK_INTERRUPT:
            self.callback.reraise()
            if self.options is not None:
                self.options.reraise()
            if status == SK_CALLBACK:
                return status
        if status == SK_STEP or status == SK_STEPS or status == SK_CONVERGENCE:
            return status
        return check_status(status)

    def step(self):
        """One accepted step: 0, or the status that ended the integration (a compiled function's failure, for one)."""
        cdef int status
        with nogil:
            status = sk_ode_step(&self.state)
        return self._finish(status)

    def interpolant(self):
        """The last step's interpolant, shape (terms + 1, n)."""
        cdef double[:, ::1] dense = np.empty((self.state.terms + 1, self.state.n))
        cdef int status
        with nogil:
            status = sk_ode_dense(&self.state, &dense[0, 0])
        check_status(self._finish(status))
        return np.asarray(dense)

    def hermite(self):
        """The last step as a cubic polynomial, shape (4, n): y and dy/dt at both ends. Explicit methods only."""
        cdef double[:, ::1] dense = np.empty((4, self.state.n))
        check_status(sk_ode_hermite(&self.state, &dense[0, 0]))
        return np.asarray(dense)

    @property
    def interpolant_costs(self):
        """Whether `interpolant` evaluates the right-hand side."""
        return sk_ode_dense_costs(&self.state) != 0

    @property
    def is_complex(self):
        """Whether pairs of numbers are complex values."""
        return self.state.is_complex != 0

    def run(self, bint record, bint dense, t_eval, bint rates=False):
        """Integrate to the end.

        Parameters
        ----------
        record : bool
            Keep t and y at every step.
        dense : bool
            Keep every step's interpolant too (needs `record`).
        t_eval : ndarray of float64 or None
            Points to evaluate at, ordered in the direction of integration.
        rates : bool
            Give dy/dt too.

        Returns
        -------
        status : int
            As `step` returns it; the arrays hold what was reached.
        t : ndarray (steps + 1,) or None
            From t0 on.
        y : ndarray (steps + 1, n) or None
        interpolants : ndarray (steps, terms + 1, n) or None
        y_eval : ndarray (points reached, n) or None
        yp, yp_eval : ndarray; dy/dt where y and y_eval are given, with `rates` only, which the method "DAE" has
        """
        return _run_all(self, record, dense, t_eval, rates)


include "ode_run.pxi"
include "ode_usual.pxi"
