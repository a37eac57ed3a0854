/* Sums in float, for float images. Taps are not paired: the sum of two voxels could overflow. */
#define REAL float
#define KERNEL sk_correlate1d_f32
#define LOAD(to, src, type, at, count) memcpy(to, (const float *)(src) + (at), (size_t)(count) * sizeof(float))
#define STORE(dst, type, at, from, count) memcpy((float *)(dst) + (at), from, (size_t)(count) * sizeof(float))
#define DIRECT(c) ((void)(c), 1)

#define TAPS                                                                                                        \
    (void)symmetry;                                                                                                 \
    a0 = AT(line, 0) * w[0];                                                                                        \
    a1 = AT(line, 1) * w[0];                                                                                        \
    a2 = AT(line, 2) * w[0];                                                                                        \
    a3 = AT(line, 3) * w[0];                                                                                        \
    for (int64_t k = 1; k < size; k++) {                                                                            \
        const REAL *p = line + k * step;                                                                            \
        a0 += AT(p, 0) * w[k];                                                                                      \
        a1 += AT(p, 1) * w[k];                                                                                      \
        a2 += AT(p, 2) * w[k];                                                                                      \
        a3 += AT(p, 3) * w[k];                                                                                      \
    }

#include "correlate1d_body.h"
