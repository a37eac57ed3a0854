/* What the files of the zeta functions share; see sk_zeta.c. */
#ifndef SK_ZETA_H
#define SK_ZETA_H

/* The sum over k >= 0 of (q + k)^-x for q > 0 and x > 0, other than 1; below 1 its continuation, for q = 1. */
long double sk_zeta_sum(long double x, long double q);
/* The Riemann zeta function. */
long double sk_zeta_riemann(long double x);

#endif
