/* Integrals of sampled functions. Arrays are [outer][n][inner], the samples along the middle axis. */
#ifndef SK_SAMPLED_H
#define SK_SAMPLED_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* Trapezoidal and Simpson's rule of each of `rows` rows of n samples. The places are x + row * x_stride, or, where x
 * is NULL, equally spaced by dx. */
SK_DECLARE(void, sk_trapezoid_rows, (int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride,
                                     double dx, double *out));
SK_DECLARE(void, sk_simpson_rows, (int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride,
                                   double dx, double *out));
/* out[outer][inner] = sum_i weight[i] * y[outer][i][inner] */
SK_DECLARE(void, sk_weighted_sum, (int64_t outer, int64_t n, int64_t inner, const double *y, const double *weight,
                                   double *out));
/* The n weights of the rules on places x, or equally spaced ones where x is NULL. */
void sk_trapezoid_weights(int64_t n, const double *x, double dx, double *weight);
void sk_simpson_weights(int64_t n, const double *x, double dx, double *weight);

/* Running integrals from the first sample; out has n - 1 samples, or n with zeros before them where `lead` is 1. */
void sk_cumulative_trapezoid(int64_t outer, int64_t n, int64_t inner, const double *y, const double *x, double dx,
                             int lead, double *out);
/* The same of parabolas through three neighbours, rows of n >= 3 samples; dx + row * dx_stride where x is NULL. */
void sk_cumulative_simpson_rows(int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride,
                                const double *dx, int64_t dx_stride, int lead, double *out);

/* Six times Simpson's weights of two neighbouring intervals (0 where a width is 0, so that nothing is divided by it). */
static inline void sk_simpson_pair(double h0, double h1, double w[3])
{
    const double sum = h0 + h1, product = h0 * h1;
    const double ratio = h1 != 0 ? h0 / h1 : 0.0, inverse = h0 != 0 && h1 != 0 ? h1 / h0 : 0.0;
    w[0] = sum * (2 - inverse);
    w[1] = sum * (product != 0 ? sum * (sum / product) : 0.0);
    w[2] = sum * (2 - ratio);
}

/* Weights of the last interval of an even number of samples, from the parabola through the last three
 * (Cartwright, J. Math. Sci. Math. Educ. 12, 2017): of samples n-3, n-2, n-1. */
static inline void sk_simpson_last(double h0, double h1, double w[3])
{
    const double sum = h0 + h1;
    const double s = sum != 0 ? 1.0 / (6 * sum) : 0.0, z = h0 != 0 ? 1.0 / (6 * h0) : 0.0;
    w[0] = sum != 0 && h0 != 0 ? -(h1 * h1 * h1) / (6 * h0 * sum) : 0.0;
    w[1] = (h1 * h1 + 3 * h0 * h1) * z;
    w[2] = (2 * h1 * h1 + 3 * h0 * h1) * s;
}

#endif
