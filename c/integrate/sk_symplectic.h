/* Symplectic integration of q'' = a(t, q) with steps of a fixed size: compositions of the Stoermer-Verlet step.
 *
 * E. Hairer, C. Lubich, G. Wanner: Geometric Numerical Integration, 2nd ed., Springer 2006, sections I.1.4 and V.3.2.
 * Every procedure returns a status of sk_status.h. */
#ifndef SK_SYMPLECTIC_H
#define SK_SYMPLECTIC_H

#include <stdint.h>

/* out = the force at (t, q); a value other than 0 ends the integration with SK_CALLBACK. */
typedef int (*sk_force)(double t, const double *q, double *out, void *data);
/* A value other than 0 ends the integration with SK_INTERRUPT. */
typedef int (*sk_symplectic_poll)(void *data);

/* An integration in progress; the caller owns all arrays. */
typedef struct sk_symplectic {
    int64_t n;
    int64_t step, nfev;         /* steps and calls so far */
    double t0, h;
    int32_t n_stages;
    const double *weight;       /* [n_stages] of the composition, in units of h */
    const double *inverse_mass; /* [n], or NULL for ones */
    double *q, *v, *a;          /* [n] each: the state and the acceleration there */
    sk_force force;
    void *data;
    sk_symplectic_poll poll;
    void *poll_data;
} sk_symplectic;

/* The acceleration at the start. */
int sk_symplectic_start(sk_symplectic *s);
/* `steps` steps; after every one whose number `every` divides, q and v go to the next row of the outputs (every 0: none). */
int sk_symplectic_run(sk_symplectic *s, int64_t steps, int64_t every, double *q_out, double *v_out);
/* The state after a part of the next step, without taking it; work[3 * n]. */
int sk_symplectic_look(sk_symplectic *s, double part, double *work, double *q_out, double *v_out);

#endif
