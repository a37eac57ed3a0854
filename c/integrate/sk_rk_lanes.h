/* Explicit Runge-Kutta integration of many trajectories at once: some in the lanes of vectors, each with its own
 * steps. Step control, error norm and interpolants are those of fortran/integrate/sk_integrate_rk.f90. */
#ifndef SK_RK_LANES_H
#define SK_RK_LANES_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

#define SK_LANES 8
#define SK_LANE_GROUPS 4

/* A method's table, as rk_table in wrappers/gen/make_rk_tables.py: row r of the linear combinations of the stages has
 * the terms first[r] - 1 to first[r + 1] - 2 of column (from 1 on) and weight. */
typedef struct sk_rk_method_table {
    int32_t n_stages, n_extra, n_error, n_dense, error_order;
    double safety, beta, max_factor;
    const double *c;
    const int32_t *first, *column;
    const double *weight;
} sk_rk_method_table;

/* dydt = f(t, y) of one trajectory; not 0: it fails. */
typedef int (*sk_one_rhs)(double t, const double *y, double *dydt, void *data);
/* The same of SK_LANE_GROUPS times SK_LANES trajectories: t[group][lane], y[group][i][lane], dydt[group][i][lane],
 * params[group][j][lane]. */
typedef int (*sk_lane_rhs)(const double *t, const double *y, double *dydt, const double *params);

typedef struct sk_rk_ensemble {
    sk_rk_method_table table;
    int64_t n, n_params, max_steps;
    double t0, t_bound, rtol, atol, max_step, first_step;
    const double *rtols, *atols; /* [n] each, or both NULL */
    const double *y0;            /* [trajectories][n] */
    const double *params;        /* [trajectories][n_params]; a row is the data of the right-hand side; may be NULL */
    sk_one_rhs rhs;
    void *data;                  /* of rhs where there are no params */
    sk_lane_rhs lane_rhs;        /* does rhs's work in the steps, unless it is NULL */
    int64_t n_eval;
    const double *t_eval;        /* [n_eval], in the direction of integration */
    double *y_eval;              /* [trajectories][n_eval][n]; what is not reached stays as it is */
    int32_t *status;             /* [trajectories]: SK_OK, SK_CALLBACK, SK_STEP or SK_STEPS */
    int64_t *counts;             /* [trajectories][3]: nfev, nsteps, nrejected */
    int (*poll)(void *);         /* asked all along; not 0: end at once */
    void *poll_data;
} sk_rk_ensemble;

/* Of fortran/integrate/sk_integrate.h. */
double sk_rk_strictness(double tol);

/* Trajectories begin to end - 1; SK_MEMORY if there is no workspace, SK_CALLBACK if poll ended it, else SK_OK. */
SK_DECLARE(int, sk_rk_lanes, (const sk_rk_ensemble *e, int64_t begin, int64_t end));
static inline int sk_rk_lanes_run(const sk_rk_ensemble *e, int64_t begin, int64_t end) {
    return SK_PICK(sk_rk_lanes)(e, begin, end);
}

#endif
