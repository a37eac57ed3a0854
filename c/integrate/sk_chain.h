/* y_{k+1} = U_k y_k, one matrix after another. */
#ifndef SK_CHAIN_H
#define SK_CHAIN_H

#include <stdint.h>

/* u[steps][n][n]; y[steps + 1][n], whose first row is given. */
void sk_chain(int64_t steps, int64_t n, const double *u, double *y);
/* The same for complex numbers as pairs. */
void sk_chain_complex(int64_t steps, int64_t n, const double *u, double *y);

#endif
