/* What one panel's integral comes from: Gauss-Kronrod and Clenshaw-Curtis rules. Not for users of sk_quad.h. */
#ifndef SK_QUAD_RULES_H
#define SK_QUAD_RULES_H

#include "sk_quad.h"

typedef struct sk_quad_estimate {
    double value, error;
    double absolute;   /* integral of |f| */
    double deviation;  /* integral of |f - mean|; equal to `error` where the estimate of the error is at its ceiling */
} sk_quad_estimate;

/* The integral over [a, b], a panel made by `level` bisections. */
typedef int (*sk_quad_rule)(void *context, double a, double b, int32_t level, sk_quad_estimate *out);

/* Every context begins with this; further members as the rule needs. */
typedef struct sk_quad_plain { sk_quad *q; } sk_quad_plain;
typedef struct sk_quad_half_line { sk_quad *q; double bound; int direction; } sk_quad_half_line;
typedef struct sk_quad_wave {
    sk_quad *q;
    double omega;
    int sine;
    sk_quad_moments *moments;
} sk_quad_wave;
typedef struct sk_quad_ends {
    sk_quad *q;
    double a, b, alpha, beta;
    int log_a, log_b;
    double moments_a[25], log_moments_a[25], moments_b[25], log_moments_b[25];
} sk_quad_ends;
typedef struct sk_quad_pole { sk_quad *q; double c; } sk_quad_pole;

int sk_quad_rule_finite(void *context, double a, double b, int32_t level, sk_quad_estimate *out);
int sk_quad_rule_infinite(void *context, double a, double b, int32_t level, sk_quad_estimate *out);
int sk_quad_rule_wave(void *context, double a, double b, int32_t level, sk_quad_estimate *out);
int sk_quad_rule_ends(void *context, double a, double b, int32_t level, sk_quad_estimate *out);
int sk_quad_rule_pole(void *context, double a, double b, int32_t level, sk_quad_estimate *out);

/* The weight of a 15-point rule at x; context as above. */
typedef double (*sk_quad_weight)(const void *context, double x);
int sk_quad_weighted15(sk_quad *q, const void *context, sk_quad_weight weight, double a, double b,
                       sk_quad_estimate *out);
/* Integrals of (1+t)^power T_k(t) and of the same times log((1+t)/2) over [-1, 1], k = 0 ... 24. */
void sk_quad_end_moments(double power, double *plain, double *with_log);

#endif
