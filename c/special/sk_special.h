/* The face of the special-function kernels: y[i] = f(x[i]) for contiguous arrays that do not overlap.
 *
 * `plain` names are compiled once; the functions of SK_SPECIAL are compiled for every instruction-set level
 * and chosen with SK_PICK (sk_isa.h). All are reentrant, allocate nothing and may leave floating-point
 * exception flags raised.
 */
#ifndef SK_SPECIAL_H
#define SK_SPECIAL_H

#include <stddef.h>

#include "sk_isa.h"

/* Kernels take strips of this many elements: what a strip does not need is not computed for it. */
#define SK_SPECIAL_STRIP 64

#define SK_SPECIAL(f)                                                  \
    SK_DECLARE(void, f##_f64, (const double *, double *, ptrdiff_t));  \
    SK_DECLARE(void, f##_f32, (const float *, float *, ptrdiff_t))
SK_SPECIAL(sk_erf);
SK_SPECIAL(sk_erfc);
SK_SPECIAL(sk_gamma);
SK_SPECIAL(sk_gammaln);
SK_SPECIAL(sk_j0);
SK_SPECIAL(sk_i0e);
SK_SPECIAL(sk_ellipk);

/* The lanes that the vector kernels leave out: sk_gammaln_rare for x < 2^-1022; sk_j0_rare for x >= 5 that is
 * within 1/128 of a zero, or at least 2500. */
double sk_gammaln_rare(double x);
double sk_j0_rare(double x);

/* Kernels of two arguments and of complex ones, `plain`: y[i] = f(x[i], q[i]). */
typedef struct {
    double re, im;
} sk_c128;
typedef struct {
    float re, im;
} sk_c64;

void sk_riemann_zeta_f64(const double *x, double *y, ptrdiff_t n);
void sk_riemann_zeta_f32(const float *x, float *y, ptrdiff_t n);
void sk_riemann_zeta_c128(const sk_c128 *x, sk_c128 *y, ptrdiff_t n);
void sk_riemann_zeta_c64(const sk_c64 *x, sk_c64 *y, ptrdiff_t n);
void sk_hurwitz_zeta_f64(const double *x, const double *q, double *y, ptrdiff_t n);
void sk_hurwitz_zeta_f32(const float *x, const float *q, float *y, ptrdiff_t n);
void sk_stdtrit_f64(const double *df, const double *p, double *y, ptrdiff_t n);
void sk_stdtrit_f32(const float *df, const float *p, float *y, ptrdiff_t n);

#endif
