/* Sums in double. Products are rounded before they are added, at every instruction-set level: integer results
 * are truncated, so a last bit that differed would become a whole step. */
#pragma GCC optimize("fp-contract=off")

#define REAL double
#define KERNEL sk_correlate1d_f64
#define LOAD(to, src, type, at, count) SK_NAME(sk_lines_load)(to, src, type, at, count)
#define STORE(dst, type, at, from, count) SK_NAME(sk_lines_store)(dst, type, at, from, count)
#define ROUND_WEIGHTS(w, weights, size) memcpy(w, weights, (size_t)(size) * sizeof(double))
#define DIRECT(c) ((c)->dst_type == SK_F64)

#define PAIRS(op)                                                                                                   \
    for (int64_t k = 0; k < size / 2; k++) {                                                                        \
        const REAL *p = line + k * step, *q = line + (size - 1 - k) * step;                                         \
        a0 += (AT(p, 0) op AT(q, 0)) * w[k];                                                                        \
        a1 += (AT(p, 1) op AT(q, 1)) * w[k];                                                                        \
        a2 += (AT(p, 2) op AT(q, 2)) * w[k];                                                                        \
        a3 += (AT(p, 3) op AT(q, 3)) * w[k];                                                                        \
    }
/* The tap that is summed first: the middle one of an odd kernel, else the last. */
#define TAPS                                                                                                        \
    const int64_t top = symmetry ? size / 2 : size - 1;                                                             \
    const REAL *start = line + top * step;                                                                          \
    a0 = AT(start, 0) * w[top];                                                                                     \
    a1 = AT(start, 1) * w[top];                                                                                     \
    a2 = AT(start, 2) * w[top];                                                                                     \
    a3 = AT(start, 3) * w[top];                                                                                     \
    if (symmetry > 0) {                                                                                             \
        PAIRS(+)                                                                                                    \
    } else if (symmetry < 0) {                                                                                      \
        PAIRS(-)                                                                                                    \
    } else {                                                                                                        \
        for (int64_t k = 0; k < size - 1; k++) {                                                                    \
            const REAL *p = line + k * step;                                                                        \
            a0 += AT(p, 0) * w[k];                                                                                  \
            a1 += AT(p, 1) * w[k];                                                                                  \
            a2 += AT(p, 2) * w[k];                                                                                  \
            a3 += AT(p, 3) * w[k];                                                                                  \
        }                                                                                                           \
    }

#include "correlate1d_body.h"
