/* The face of the linalg kernels. A stack is [count][n][n], rows and columns in C's order; letters are LAPACK's. */
#ifndef SK_LINALG_H
#define SK_LINALG_H

#include <complex.h>
#include <stdint.h>

#include "sk_isa.h"

#define SK_LINALG_SMALL_SOLVE_MAX 8
#define SK_LINALG_SMALL_EIGH_MAX 4
#define SK_LINALG_SMALL_EXPM_MAX 8

/* x = a**-1 b, b and x [count][n][m], or a**-1 where b is NULL (m = n); n, m <= 8. doubt[k] is 1 where a pivot is zero,
 * not finite or very small: such a matrix is to be done again with LAPACK. */
typedef void (*sk_linalg_small_solve)(int64_t count, int64_t n, int64_t m, const void *a, const void *b, void *x,
                                      int8_t *doubt);
/* Eigenvalues [count][n], ascending, and vectors v[count][n][n], v[k][i][j] component i of vector j, unless NULL;
 * n <= 4. doubt[k] is 1 where the iteration did not converge. */
typedef void (*sk_linalg_small_eigh)(int64_t count, int64_t n, int32_t lower, const void *a, void *eigenvalues, void *v,
                                     int8_t *doubt);
/* x = exp(a), n <= 8; doubt[k] is 1 for a matrix too large for the kernel. */
typedef void (*sk_linalg_small_expm)(int64_t count, int64_t n, const void *a, void *x, int8_t *doubt);

#define SK_LINALG_SMALL(c)                                                                                            \
    SK_DECLARE(void, sk_linalg_small_solve_##c, (int64_t, int64_t, int64_t, const void *, const void *, void *, int8_t *)); \
    SK_DECLARE(void, sk_linalg_small_eigh_##c, (int64_t, int64_t, int32_t, const void *, void *, void *, int8_t *));   \
    SK_DECLARE(void, sk_linalg_small_expm_##c, (int64_t, int64_t, const void *, void *, int8_t *))
SK_LINALG_SMALL(s);
SK_LINALG_SMALL(d);
SK_LINALG_SMALL(c);
SK_LINALG_SMALL(z);

/* The kernel for one of LAPACK's letters, at the instruction-set level in force. */
#define SK_LINALG_PICK(f)                                                                                             \
    static inline f f##_for(char letter)                                                                              \
    {                                                                                                                 \
        switch (letter) {                                                                                             \
        case 's': return SK_PICK(f##_s);                                                                              \
        case 'd': return SK_PICK(f##_d);                                                                              \
        case 'c': return SK_PICK(f##_c);                                                                              \
        default: return SK_PICK(f##_z);                                                                               \
        }                                                                                                             \
    }
SK_LINALG_PICK(sk_linalg_small_solve)
SK_LINALG_PICK(sk_linalg_small_eigh)
SK_LINALG_PICK(sk_linalg_small_expm)

#endif
