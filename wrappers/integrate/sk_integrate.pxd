"""The C face of the integrators (fortran/integrate/sk_integrate.h)."""

from libc.stdint cimport int32_t, int64_t

cdef extern from "sk_integrate.h" nogil:
    enum:
        SK_OK, SK_MORE, SK_CALLBACK, SK_INTERRUPT, SK_STEP, SK_STEPS, SK_SINGULAR, SK_CONVERGENCE
        SK_RK23, SK_RK45, SK_DOP853, SK_TSIT5, SK_VERN6, SK_VERN7, SK_VERN8, SK_VERN9
        SK_ROSENBROCK23, SK_RODAS5P, SK_RADAU, SK_KENCARP4, SK_KENCARP5, SK_BDF, SK_ADAMS, SK_LSODA, SK_DAE, SK_RKC, SK_ROCK2, SK_ROCK4
        SK_START_GIVEN, SK_START_ALGEBRAIC, SK_START_RATE, SK_AUTO
        SK_ODE_LANES
    ctypedef int (*sk_rhs)(double, const double *, double *, void *) noexcept
    ctypedef int (*sk_poll)(void *) noexcept
    ctypedef int (*sk_jac)(double, const double *, double *, void *) noexcept
    ctypedef int (*sk_linear)(int, int, double, const double *, const double *, double, double, double *,
                              void *) noexcept
    ctypedef void (*sk_nested_values)(int64_t, int64_t, const double *, int64_t, const double *, int64_t, double *) noexcept
    ctypedef struct sk_ode:
        int64_t n, ld, nfev, njev, nlu, nsteps, nrejected, max_steps
        int32_t method, is_complex, fixed, constant_jac, max_order, min_order, order, consistent, literal_tol
        double t, t_old, t_bound, direction, h, h_abs, max_step, min_step, rtol_all, atol_all
        const double *rtol
        const double *atol
        double safety, min_factor, max_factor
        double gain[4]
        double *work
        sk_rhs rhs
        void *data
        sk_poll poll
        void *poll_data
        sk_jac jac
        void *jac_data
        int64_t lower, upper
        const double *mass
        sk_linear linear
        void *linear_data
        void *own
        sk_rhs rhs_explicit
        void *data_explicit
        sk_rhs radius
        void *radius_data
        const double *rate
        const double *differential
        const double *counted
        double t_least, t_most
        int32_t explicit_method, implicit_method, stiff, terms
        int64_t steps_explicit, steps_implicit
        void *switching
    ctypedef struct sk_ode_output:
        int64_t capacity, count
        double *t
        double *y
        double *dense
        int32_t all_dense
        int64_t n_eval, i_eval
        const double *t_eval
        double *y_eval
        double *rate
        double *rate_eval
    int sk_rk_describe(int32_t, int32_t *, double *, double *, int32_t *, int32_t *, double *)
    int sk_rosenbrock_describe(int32_t, int32_t *, double *, double *, double *, double *)
    int64_t sk_ode_columns(int32_t)
    int sk_ode_start(sk_ode *)
    void sk_ode_destroy(sk_ode *)
    int sk_ode_step(sk_ode *)
    int sk_ode_dense(sk_ode *, double *)
    int sk_ode_run(sk_ode *, sk_ode_output *)
    int sk_ode_hermite(sk_ode *, double *)
    int sk_ode_dense_costs(const sk_ode *)
    void sk_ode_rate(sk_ode *, double *)
    void sk_ode_slope(int64_t, int64_t, const double *, double, double *)
    void sk_rk_pick(sk_ode *)
    sk_nested_values sk_nested_values_pick()
