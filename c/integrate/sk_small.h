/* Inverses of small dense matrices, for the implicit integrators: a product with an inverse needs no order of
 * operations, as the substitutions with factors do, and runs in vector registers. */
#ifndef SK_SMALL_H
#define SK_SMALL_H

#include <stdint.h>

#include "sk_isa.h"

/* Rows of an inverse's columns, and the most equations. */
#define SK_SMALL 8

/* inverse[SK_SMALL * n] = (shift * mass - jac)^-1, matrices n x n by columns, those of the inverse SK_SMALL rows apart
 * (the rows from n on are 0); mass NULL: the identity. n <= SK_SMALL. Returns 0, or 1 if the matrix is singular. */
typedef int (*sk_small_invert)(int64_t n, const double *jac, const double *mass, double shift, double *inverse);
/* The same for a complex shift re + i im; every column is SK_SMALL real parts and SK_SMALL imaginary ones. */
typedef int (*sk_small_invert_complex)(int64_t n, const double *jac, const double *mass, double re, double im,
                                       double *inverse);
/* x[SK_SMALL] = inverse * x. */
typedef void (*sk_small_apply)(int64_t n, const double *inverse, double *x);
/* The same for SK_SMALL complex numbers, as pairs. */
typedef void (*sk_small_apply_complex)(int64_t n, const double *inverse, double *x);

/* out[SK_SMALL] = y + the sum of weight[j] * u[j][SK_SMALL]. */
typedef void (*sk_small_sum)(int64_t count, const double *weight, const double *u, const double *y, double *out);
/* x[SK_SMALL] = inverse * (x + scale * the sum of weight[j] * u[j][SK_SMALL] + slope_scale * slope[SK_SMALL]). */
typedef void (*sk_small_stage)(int64_t n, const double *inverse, int64_t count, const double *weight, const double *u,
                               double scale, double slope_scale, const double *slope, double *x);

typedef struct sk_small_kernels {
    sk_small_invert invert;
    sk_small_invert_complex invert_complex;
    sk_small_apply apply;
    sk_small_apply_complex apply_complex;
    sk_small_sum sum;
    sk_small_stage stage;
} sk_small_kernels;

/* The kernels for this processor. */
void sk_small_pick(sk_small_kernels *kernels);

SK_DECLARE(int, sk_small_invert, (int64_t, const double *, const double *, double, double *));
SK_DECLARE(int, sk_small_invert_complex, (int64_t, const double *, const double *, double, double, double *));
SK_DECLARE(void, sk_small_apply, (int64_t, const double *, double *));
SK_DECLARE(void, sk_small_apply_complex, (int64_t, const double *, double *));
SK_DECLARE(void, sk_small_sum, (int64_t, const double *, const double *, const double *, double *));
SK_DECLARE(void, sk_small_stage, (int64_t, const double *, int64_t, const double *, const double *, double, double,
                                  const double *, double *));

#endif
