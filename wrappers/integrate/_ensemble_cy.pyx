# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Many trajectories at once by explicit Runge-Kutta methods (see c/integrate/sk_rk_lanes.h)."""

from libc.stdint cimport int32_t, int64_t, uintptr_t

import numpy as np

from scikit._core._errors import check_status

include "poll.pxi"

cdef extern from *:
    """
    #include <time.h>
    /* Seconds of a clock that is cheap to read. */
    static double sk_seconds(void) {
        struct timespec now;
        timespec_get(&now, TIME_UTC);
        return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
    }
    """
    double sk_seconds() noexcept nogil

cdef extern from "sk_rk_lanes.h" nogil:
    enum:
        SK_LANES, SK_LANE_GROUPS
    ctypedef int (*sk_one_rhs)(double, const double *, double *, void *) noexcept
    ctypedef int (*sk_lane_rhs)(const double *, const double *, double *, const double *) noexcept
    ctypedef struct sk_rk_method_table:
        int32_t n_stages, n_extra, n_error, n_dense, error_order
        double safety, beta, max_factor
        const double *c
        const int32_t *first
        const int32_t *column
        const double *weight
    ctypedef struct sk_rk_ensemble:
        sk_rk_method_table table
        int64_t n, n_params, max_steps
        double t0, t_bound, rtol, atol, max_step, first_step
        const double *rtols
        const double *atols
        const double *y0
        const double *params
        sk_one_rhs rhs
        void *data
        sk_lane_rhs lane_rhs
        int64_t n_eval
        const double *t_eval
        double *y_eval
        int32_t *status
        int64_t *counts
        int (*poll)(void *) noexcept
        void *poll_data
    int sk_rk_lanes_run(const sk_rk_ensemble *, int64_t, int64_t)

LANES, GROUPS = SK_LANES, SK_LANE_GROUPS
#: Seconds between two looks at pending signals.
cdef double POLL = 0.1


cdef struct lane_poll:
    double last
    bint *stopped
    void *kept


cdef int _ask(void *data) noexcept nogil:
    """Whether to end: another thread's wish at any time, pending signals once in a while."""
    cdef lane_poll *poll = <lane_poll *> data
    cdef double now
    if poll.stopped[0]:
        return 1
    now = sk_seconds()
    if 0 <= now - poll.last < POLL:
        return 0
    poll.last = now
    return _poll(poll.kept)


cdef class LaneEnsemble:
    """An ensemble and the arrays it works on.

    Parameters
    ----------
    table : tuple
        What `_ode_parts_cy.describe` returns.
    y0 : ndarray (trajectories, n)
    params : ndarray (trajectories, m)
    t_span : (float, float)
    t_eval : ndarray (points,)
    rtol, atol : float, or both ndarray (n,)
    max_step, first_step : float
    max_steps : int
    function, data, lane_function : int
        Addresses of the right-hand side of one trajectory with its data (used if m is 0), and of
        SK_LANE_GROUPS * SK_LANES trajectories; the latter 0 where there is none.

    Attributes
    ----------
    y : ndarray (trajectories, points, n)
    status : ndarray of int32 (trajectories,)
    counts : ndarray of int64 (trajectories, 3)
        nfev, nsteps, nrejected.
    """
    cdef sk_rk_ensemble e
    cdef readonly object y, status, counts
    cdef object kept
    cdef bint stopped

    def __init__(self, table, const double[:, ::1] y0, const double[:, ::1] params, t_span, const double[::1] t_eval,
                 rtol, atol, double max_step, double first_step, int64_t max_steps, uintptr_t function,
                 uintptr_t data, uintptr_t lane_function):
        cdef sk_rk_ensemble *e = &self.e
        cdef const int32_t[::1] counts, first, column
        cdef const double[::1] control, c, weight, view
        cdef double[:, :, ::1] y
        cdef int32_t[::1] status
        cdef int64_t[:, ::1] statistics
        counts, control, c, first, column, weight = table
        e.table.n_stages, e.table.n_extra, e.table.n_error = counts[0], counts[1], counts[2]
        e.table.n_dense, e.table.error_order = counts[3], counts[4]
        e.table.safety, e.table.beta, e.table.max_factor = control[0], control[1], control[2]
        e.table.c, e.table.first, e.table.column, e.table.weight = &c[0], &first[0], &column[0], &weight[0]
        e.n, e.n_params, e.max_steps = y0.shape[1], params.shape[1], max_steps
        e.t0, e.t_bound = t_span
        e.max_step, e.first_step = max_step, first_step
        e.rtols = e.atols = NULL
        if type(rtol) is float:
            e.rtol, e.atol = rtol, atol
        else:
            view = rtol
            e.rtols = &view[0]
            view = atol
            e.atols = &view[0]
        e.y0 = &y0[0, 0]
        e.params = &params[0, 0] if params.shape[1] > 0 else NULL
        e.rhs, e.data, e.lane_rhs = <sk_one_rhs> function, <void *> data, <sk_lane_rhs> lane_function
        e.n_eval = t_eval.shape[0]
        e.t_eval = &t_eval[0]
        self.y = np.full((y0.shape[0], t_eval.shape[0], y0.shape[1]), np.nan)
        self.status = np.zeros(y0.shape[0], np.int32)
        self.counts = np.zeros((y0.shape[0], 3), np.int64)
        y, status, statistics = self.y, self.status, self.counts
        e.y_eval, e.status, e.counts = &y[0, 0, 0], &status[0], &statistics[0, 0]
        self.kept = (table, y0, params, t_eval, rtol, atol)

    def run(self, int64_t begin, int64_t end):
        """Integrate the trajectories from `begin` to `end` - 1."""
        cdef int status
        cdef lane_poll poll
        cdef sk_rk_ensemble own = self.e  # a thread's
        cdef list errors = []
        poll.last, poll.stopped, poll.kept = sk_seconds(), &self.stopped, <void *> errors
        own.poll, own.poll_data = _ask, &poll
        with nogil:
            status = sk_rk_lanes_run(&own, begin, end)
        if errors:
            raise errors[0]
        if not self.stopped:
            check_status(status)

    def stop(self):
        """End what other threads run; their trajectories stay as they are."""
        self.stopped = True
