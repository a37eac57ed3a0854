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

#include <stdint.h>

static void round_weights(float *w, const double *weights, int64_t size);
#define ROUND_WEIGHTS(w, weights, size) round_weights(w, weights, size)

#include "correlate1d_body.h"

/* To float with the sum kept: from the middle outward, to ever smaller weights, each pair takes over what the
 * rounding has taken from the sum so far. Without it the image's mean would drift by some 2^-25. */
static void round_weights(float *w, const double *weights, int64_t size)
{
    double missing = 0;
    for (int64_t k = 0; k < size; k++) {
        w[k] = (float)weights[k];
        missing += weights[k] - (double)w[k];
    }
    for (int64_t k = size / 2; k >= 0; k--) {
        const int64_t mate = size - 1 - k;
        const double share = mate == k ? missing : missing / 2;
        const int64_t both[2] = {k, mate};
        for (int i = 0; i < (mate == k ? 1 : 2); i++) {
            const float fitted = (float)((double)w[both[i]] + share);
            missing -= (double)fitted - (double)w[both[i]];
            w[both[i]] = fitted;
        }
    }
}
