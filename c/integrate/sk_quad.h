/* Adaptive quadrature of one function of one variable: the family of QUADPACK (Piessens, de Doncker-Kapenga,
 * Ueberhuber, Kahaner: QUADPACK, Springer 1983, doi:10.1007/978-3-642-61786-7).
 *
 * Everything an integration needs lives in the caller's sk_quad and the arrays it points to: calls may nest and run
 * side by side. Every procedure returns a status of sk_status.h; how well the integral is known is in `fault`.
 */
#ifndef SK_QUAD_H
#define SK_QUAD_H

#include <stdint.h>

#include "sk_status.h"

/* value[i] = f(x[i]) for n points; a value other than 0 ends the integration with SK_CALLBACK. */
typedef int (*sk_integrand)(int64_t n, const double *x, double *value, void *data);

/* Why the tolerance may not have been reached. The numbers are those of QUADPACK's `ier`. */
enum sk_quad_fault {
    SK_QUAD_FINE = 0,
    SK_QUAD_LIMIT = 1,      /* no room for more panels, or (Fourier) no more cycles */
    SK_QUAD_ROUNDOFF = 2,   /* bisection does not lessen the error */
    SK_QUAD_BAD_POINT = 3,  /* the panels have become too narrow */
    SK_QUAD_STALLED = 4,    /* extrapolation does not lessen the error */
    SK_QUAD_DIVERGENT = 5,
    SK_QUAD_CYCLES = 7      /* Fourier: some cycle had a fault of its own */
};

typedef struct sk_quad {
    sk_integrand f;
    void *data;
    double epsabs, epsrel;  /* wanted: error <= max(epsabs, epsrel * |integral|) */
    int64_t limit;          /* length of the arrays below */
    double *a, *b;          /* ends of the panels */
    double *value, *error;  /* integral over each panel, and its estimated error */
    int32_t *order;         /* panels by descending error */
    int32_t *level;         /* how many bisections made each panel */
    /* results */
    int64_t last;           /* panels in use */
    int64_t neval;          /* evaluations of f */
    double result, abserr;
    int32_t fault;          /* enum sk_quad_fault */
} sk_quad;

/* Chebyshev moments of cos and sin by level of bisection: values[k * capacity + level], k = 0 ... 24. */
typedef struct sk_quad_moments {
    double *values;
    int32_t capacity, known;
} sk_quad_moments;

/* Each cycle of a Fourier integral: its integral, error and fault. */
typedef struct sk_quad_cycles {
    int64_t limit, count;
    double *value, *error;
    int32_t *fault;
} sk_quad_cycles;

int sk_quad_finite(sk_quad *q, double a, double b);
/* direction 1: bound to +inf; -1: -inf to bound; 2: the whole line. */
int sk_quad_infinite(sk_quad *q, double bound, int direction);
/* break_points: n of them, ascending, the two ends included; raised[i] = 1 where the i-th panel's first error was. */
int sk_quad_points(sk_quad *q, int64_t n, const double *break_points, int32_t *raised);
/* f(x) cos(omega x), or sin; a < b. */
int sk_quad_oscillatory(sk_quad *q, double a, double b, double omega, int sine, sk_quad_moments *moments);
/* f(x) cos(omega x), or sin, from a to +inf; only epsabs is looked at. */
int sk_quad_fourier(sk_quad *q, double a, double omega, int sine, sk_quad_moments *moments, sk_quad_cycles *cycles);
/* f(x) (x-a)^alpha (b-x)^beta, times log(x-a) if log_a and log(b-x) if log_b; a < b, limit >= 2. */
int sk_quad_algebraic(sk_quad *q, double a, double b, double alpha, double beta, int log_a, int log_b);
/* Principal value of f(x) / (x-c); a < b, c neither. */
int sk_quad_cauchy(sk_quad *q, double a, double b, double c);

/* Kronrod's rule of 15 or 21 points on [-1, 1], ascending, and its weights less those of the Gauss rule inside it. */
void sk_quad_kronrod(int points, double *x, double *weight, double *difference);

#endif
