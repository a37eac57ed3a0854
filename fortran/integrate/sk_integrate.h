/* The face of the integrators. Every procedure returns a status of sk_status.h. */
#ifndef SK_INTEGRATE_H
#define SK_INTEGRATE_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* dydt = f(t, y); a value other than 0 ends the integration with SK_CALLBACK. */
typedef int (*sk_rhs)(double t, const double *y, double *dydt, void *data);
/* r = F(t, y, yp) of a system F(t, y, y') = 0, method SK_DAE; a value other than 0 ends the integration with SK_CALLBACK. */
typedef int (*sk_residual)(double t, const double *y, const double *yp, double *r, void *data);
/* dF/dy and dF/dy', both stored as sk_jac stores its matrix. */
typedef int (*sk_residual_jac)(double t, const double *y, const double *yp, double *by_y, double *by_yp, void *data);
/* Called at every fourth step; a value other than 0 ends the integration with SK_INTERRUPT. */
typedef int (*sk_poll)(void *data);
/* df/dy, element (i, j) at jac[i + n * j], or at jac[upper + i - j + (lower + upper + 1) * j] if banded. */
typedef int (*sk_jac)(double t, const double *y, double *jac, void *data);
/* Linear algebra that the caller does. task 0: set J = df/dy at (t, y), f = f(t, y); 1: factor re * M - J into `slot`;
 * 2: x = (factors)^-1 x, n numbers in place; 3 and 4: the same with the shift re + i im and n complex numbers.
 * SK_DAE: task 0 gets y' as f; 1 factors dF/dy + re * dF/dy', in slot 2 without dF/dy of the differential components
 * and without dF/dy' of the others. Returns 0, SK_SINGULAR, or another value that ends the integration with SK_CALLBACK. */
typedef int (*sk_linear)(int task, int slot, double t, const double *y, const double *f, double re, double im, double *x,
                         void *data);

/* out = y + h * sum_j weight[j] * k[:, column[j]] over n rows; y may be NULL (taken as 0).
 * k has ld rows, a multiple of SK_ODE_LANES not below n; columns count from 1. */
#define SK_ODE_LANES 8
typedef void (*sk_rk_combine)(int64_t n, int64_t ld, int32_t n_terms, const int32_t *column, const double *weight,
                              const double *k, const double *y, double h, double *out);
/* Stages 2 to n_stages + 1 of a step h from s->t to t_new, stage i in k[i * s->ld]: by the table's rows first[0 ... ] of
 * columns and weights (see c/integrate/sk_rk_lanes.h) and nodes c. y_new is the state that the last one belongs to, and
 * s->nfev counts. SK_OK or SK_CALLBACK. */
struct sk_ode;
typedef int (*sk_rk_stages)(struct sk_ode *s, int32_t n_stages, const int32_t *first, const int32_t *column,
                            const double *weight, const double *c, const double *y, double h, double t_new, double *k,
                            double *y_new);
/* out[p * stride] [n] = the interpolant at the fraction x[p] of its step, for `count` points. */
typedef void (*sk_nested_values)(int64_t n, int64_t terms, const double *dense, int64_t count, const double *x,
                                 int64_t stride, double *out);

/* Sixteen numbers a family. */
enum sk_ode_method {
    SK_RK23 = 0, SK_RK45, SK_DOP853, SK_TSIT5, SK_VERN7, SK_VERN8, SK_VERN6, SK_VERN9,
    SK_ROSENBROCK23 = 16, SK_RODAS5P,
    SK_RADAU = 32,
    SK_KENCARP4 = 48, SK_KENCARP5,
    SK_BDF = 64, SK_ADAMS, SK_LSODA, SK_DAE,
    SK_RKC = 80, SK_ROCK2, SK_ROCK4,
    SK_AUTO = 96 /* an explicit and an implicit one of them, in turn */
};

enum { SK_START_GIVEN = 0, SK_START_ALGEBRAIC, /* y' and the algebraic components of y */ SK_START_RATE /* y' only */ };

/* An integration in progress: the caller owns it and the arrays it points to, except `own`. */
typedef struct sk_ode {
    int64_t n;            /* equations, in real numbers */
    int64_t ld;           /* n rounded up to a multiple of SK_ODE_LANES */
    int64_t nfev, njev, nlu, nsteps, nrejected;
    int64_t max_steps;    /* accepted and rejected ones together end with SK_STEPS */
    int32_t method;       /* enum sk_ode_method */
    int32_t is_complex;   /* 1: pairs of numbers are complex values to the error norm */
    int32_t fixed;        /* 1: steps of the size h_abs without error control */
    int32_t constant_jac; /* 1: J is taken once and not counted */
    int32_t max_order, min_order; /* of a method of variable order; 0: its own; LSODA: most Adams' + 256 BDF's */
    int32_t order;        /* of a multistep method's last step; negative: BDF */
    int32_t consistent;   /* SK_DAE, at the start: SK_START_GIVEN, or what is changed until F = 0 */
    int32_t begun;        /* whether the method at work has taken a step */
    int32_t literal_tol;  /* 1: the tolerances of steps are those given, however tight */
    double t, t_old, t_bound, direction;
    double h, h_abs;      /* last accepted step (signed); size of the next one to try */
    double log_error, log_error_old; /* of the last accepted steps, relative to the tolerance */
    double strictness;    /* factor of the tolerances of a step; set by sk_ode_start */
    double max_step, min_step, rtol_all, atol_all;
    const double *rtol, *atol;       /* n values each, or both NULL: rtol_all and atol_all for every equation */
    double safety, min_factor, max_factor, gain[4]; /* step control; 0: the method's own (gain: if gain[0] is 0) */
    double *work;         /* ld * sk_ode_columns(method) values, zero at first; the first n hold y, the ld after them y
                             at t_old */
    sk_rhs rhs;           /* SK_DAE: an sk_residual instead, as `jac` is an sk_residual_jac then */
    void *data;
    sk_poll poll;
    void *poll_data;
    sk_rk_combine combine;  /* the three by sk_rk_pick */
    sk_rk_stages stages;
    sk_nested_values values;
    sk_jac jac;           /* NULL: differences */
    void *jac_data;
    int64_t lower, upper; /* bandwidths of J and M; lower -1: full */
    const double *mass;   /* M in M y' = f, stored as J is; NULL: the identity */
    sk_linear linear;     /* NULL: own linear algebra */
    void *linear_data;
    void *own;            /* what the method allocated */
    sk_rhs rhs_explicit;  /* second summand of the right-hand side, for the explicit half of an additive method; or NULL */
    void *data_explicit;
    sk_rhs radius;        /* an upper bound of the spectral radius of df/dy, stored in dydt[0]; NULL: estimated */
    void *radius_data;
    const double *rate;         /* SK_DAE: y' at the start, n values */
    const double *differential; /* n values, 1 where y' occurs in F, else 0; NULL: it does everywhere */
    const double *counted;      /* n factors of the components in the error test; NULL: ones */
    double t_least, t_most; /* no function is called with a time outside of them */
    /* SK_AUTO: its methods, and whether the implicit one is at work (set to 1, it begins). */
    int32_t explicit_method, implicit_method, stiff;
    int32_t terms;        /* of the interpolants, set by sk_ode_start */
    int64_t steps_explicit, steps_implicit;
    void *switching;      /* NULL: one method does it all */
} sk_ode;

/* Where a run puts what it finds; counts grow, and a full buffer ends the call with SK_MORE. */
typedef struct sk_ode_output {
    int64_t capacity, count;          /* steps that t, y, (dense) hold */
    double *t;                        /* [capacity] or NULL */
    double *y;                        /* [capacity][n] or NULL: the solution at the end of each step */
    double *dense;                    /* [capacity or 1][terms + 1][n]: the interpolants; may be NULL if none is needed */
    int32_t all_dense;                /* keep every step's interpolant, not only the last one that t_eval needed */
    int64_t n_eval, i_eval;           /* points asked for, and the next one to fill */
    const double *t_eval;             /* [n_eval], ordered in the direction of integration */
    double *y_eval;                   /* [n_eval][n] */
    double *rate, *rate_eval;         /* SK_DAE: y' as t and t_eval want it, [capacity][n] and [n_eval][n]; or NULL */
} sk_ode_output;

/* The table of an explicit method. counts: stages, extra stages, error rows, dense rows, order of the error estimate,
 * rows, terms; control: safety, beta, largest factor. c[stages + 1 + extra], first[rows + 1], column[terms] and
 * weight[terms] may be NULL; for their meaning see c/integrate/sk_rk_lanes.h. */
int sk_rk_describe(int32_t method, int32_t *counts, double *control, double *c, int32_t *first, int32_t *column,
                   double *weight);
/* The table of a Rosenbrock method in the form of sk_integrate_rosenbrock.f90. `stages` is set; if it has been right,
 * so are vectors[3][stages] (nodes alpha, d, m), a and c [stages][stages], unless they are NULL. */
int sk_rosenbrock_describe(int32_t method, int32_t *stages, double *gamma, double *vectors, double *a, double *c);
/* The factor that the tolerances of a step get from an explicit method where `tol` is asked for. */
double sk_rk_strictness(double tol);
int64_t sk_ode_columns(int32_t method);
/* First derivative and, where state->h_abs is 0, the first step's size. The terms of an interpolant:
 * y(t_old + x h) = F0 + x (F1 + (1-x) (F2 + x (F3 + (1-x) (F4 + ...)))), F0 not counted. */
int sk_ode_start(sk_ode *state);
/* Free what the method allocated; safe also when nothing was. */
void sk_ode_destroy(sk_ode *state);
/* One accepted step; SK_STEP if the step size falls below the spacing of the numbers. */
int sk_ode_step(sk_ode *state);
/* The interpolant [terms + 1][n] of the last step; evaluates the right-hand side for methods that need it. */
int sk_ode_dense(sk_ode *state, double *dense);
/* The last step as a cubic [4][n] from y and dy/dt at both ends (explicit methods, else SK_ARGUMENT). */
int sk_ode_hermite(sk_ode *state, double *dense);
/* Whether sk_ode_dense evaluates the right-hand side. */
int sk_ode_dense_costs(const sk_ode *state);
/* Steps until t_bound is reached (SK_OK) or the buffer is full (SK_MORE). */
int sk_ode_run(sk_ode *state, sk_ode_output *output);
/* y' at t by SK_DAE. */
void sk_ode_rate(sk_ode *state, double *rate);
/* out[n] = the derivative of the interpolant by the fraction x of the step, there. */
void sk_ode_slope(int64_t n, int64_t terms, const double *dense, double x, double *out);

SK_DECLARE(void, sk_rk_combine, (int64_t, int64_t, int32_t, const int32_t *, const double *, const double *,
                                 const double *, double, double *));
SK_DECLARE(int, sk_rk_stages, (sk_ode *, int32_t, const int32_t *, const int32_t *, const double *, const double *,
                               const double *, double, double, double *, double *));
SK_DECLARE(void, sk_nested_values, (int64_t, int64_t, const double *, int64_t, const double *, int64_t, double *));
/* The kernels for this processor. */
static inline void sk_rk_pick(sk_ode *s) {
    s->combine = SK_PICK(sk_rk_combine);
    s->stages = SK_PICK(sk_rk_stages);
    s->values = SK_PICK(sk_nested_values);
}
static inline sk_nested_values sk_nested_values_pick(void) { return SK_PICK(sk_nested_values); }

#endif
