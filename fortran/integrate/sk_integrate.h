/* The face of the integrate kernels. Every procedure returns a status of sk_status.h. */
#ifndef SK_INTEGRATE_H
#define SK_INTEGRATE_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* dydt = f(t, y); a value other than 0 ends the integration with SK_CALLBACK. */
typedef int (*sk_rhs)(double t, const double *y, double *dydt, void *data);
/* Called at every fourth step; a value other than 0 ends the integration with SK_INTERRUPT. */
typedef int (*sk_poll)(void *data);

/* out = y + h * sum_j weight[j] * k[:, column[j]] over n rows; y may be NULL (taken as 0).
 * k has ld rows, a multiple of SK_RK_LANES not below n; columns count from 1. */
#define SK_RK_LANES 8
typedef void (*sk_rk_combine)(int64_t n, int64_t ld, int32_t n_terms, const int32_t *column, const double *weight,
                              const double *k, const double *y, double h, double *out);

enum sk_rk_method { SK_RK23 = 0, SK_RK45 = 1, SK_DOP853 = 2 };

/* An integration in progress: the caller owns it and the arrays it points to. */
typedef struct sk_rk_state {
    int64_t n;            /* equations, in real numbers */
    int64_t ld;           /* n rounded up to a multiple of SK_RK_LANES */
    int64_t nfev, nsteps, nrejected;
    int32_t method;       /* enum sk_rk_method */
    int32_t is_complex;   /* 1: pairs of numbers are complex values to the error norm */
    double t, t_old, t_bound, direction;
    double h, h_abs;      /* last accepted step (signed); size of the next one to try */
    double log_error_old; /* logarithm of the last accepted step's error relative to the tolerance */
    double max_step, rtol, atol_all;
    const double *atol;   /* n values, or NULL: atol_all for every equation */
    double *work;         /* ld * sk_rk_columns(method) values, zero at first; the first n hold y */
    sk_rhs rhs;
    void *data;
    sk_poll poll;
    void *poll_data;
    sk_rk_combine combine;
} sk_rk_state;

/* Where a run puts what it finds; counts grow, and a full buffer ends the call with SK_MORE. */
typedef struct sk_rk_output {
    int64_t capacity, count;          /* steps that t, y, (dense) hold */
    double *t;                        /* [capacity] or NULL */
    double *y;                        /* [capacity][n] or NULL: the solution at the end of each step */
    double *dense;                    /* [capacity or 1][terms][n]: the interpolants; may be NULL if none is needed */
    int32_t all_dense;                /* keep every step's interpolant, not only the last one that t_eval needed */
    int64_t n_eval, i_eval;           /* points asked for, and the next one to fill */
    const double *t_eval;             /* [n_eval], ordered in the direction of integration */
    double *y_eval;                   /* [n_eval][n] */
} sk_rk_output;

int64_t sk_rk_columns(int32_t method);
/* Terms of an interpolant: y(t_old + x h) = y_old + x (F1 + (1-x) (F2 + x (F3 + (1-x) (F4 + ...)))). */
int64_t sk_rk_terms(int32_t method);
/* First derivative and, where state->h_abs is 0, the first step's size. */
int sk_rk_start(sk_rk_state *state);
/* One accepted step; SK_STEP if the step size falls below the spacing of the numbers. */
int sk_rk_step(sk_rk_state *state);
/* The interpolant [terms][n] of the last step; evaluates the right-hand side for methods that need it. */
int sk_rk_dense(sk_rk_state *state, double *dense);
/* Steps until t_bound is reached (SK_OK) or the buffer is full (SK_MORE). */
int sk_rk_run(sk_rk_state *state, sk_rk_output *output);
/* out[n] = the interpolant at the fraction x of the step that began at y_old[n]. */
void sk_rk_interpolate(int64_t n, int64_t terms, const double *dense, const double *y_old, double x, double *out);

SK_DECLARE(void, sk_rk_combine, (int64_t, int64_t, int32_t, const int32_t *, const double *, const double *,
                                 const double *, double, double *));
static inline sk_rk_combine sk_rk_pick_combine(void) { return SK_PICK(sk_rk_combine); }

#endif
