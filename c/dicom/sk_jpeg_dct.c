/* The 8 x 8 discrete cosine transforms (T.81 section A.3.3) in single precision.
 *
 * A line of eight is split into its even and its odd part, and each part is summed as it stands: 22 products a line, all of
 * them by constants below 1/2, so the error of a sample stays below 1e-6 of the largest coefficient. This file is not among the
 * hot kernels: compiled once, for x86-64's base instructions (without fused products), it gives the same samples on every level.
 */
#include "sk_jpeg_parts.h"

/* cos(k pi / 16) / 2 */
#define C1 0.490392640201615224563f
#define C2 0.461939766255643378064f
#define C3 0.415734806151272618540f
#define C4 0.353553390593273762200f
#define C5 0.277785116509801112372f
#define C6 0.191341716182544885864f
#define C7 0.097545161008064133925f

/* Eight columns at once; `to` gets them as rows. */
static void inverse_columns(const float from[64], float to[64]) {
    float turned[64];
    for (int x = 0; x < 8; x++) {
        float a0 = from[x], a1 = from[8 + x], a2 = from[16 + x], a3 = from[24 + x];
        float a4 = from[32 + x], a5 = from[40 + x], a6 = from[48 + x], a7 = from[56 + x];
        float p = C4 * (a0 + a4), m = C4 * (a0 - a4);
        float q = C2 * a2 + C6 * a6, n = C6 * a2 - C2 * a6;
        float e0 = p + q, e1 = m + n, e2 = m - n, e3 = p - q;
        float o0 = (C1 * a1 + C3 * a3) + (C5 * a5 + C7 * a7);
        float o1 = (C3 * a1 - C7 * a3) - (C1 * a5 + C5 * a7);
        float o2 = (C5 * a1 - C1 * a3) + (C7 * a5 + C3 * a7);
        float o3 = (C7 * a1 - C5 * a3) + (C3 * a5 - C1 * a7);
        turned[x] = e0 + o0;
        turned[8 + x] = e1 + o1;
        turned[16 + x] = e2 + o2;
        turned[24 + x] = e3 + o3;
        turned[32 + x] = e3 - o3;
        turned[40 + x] = e2 - o2;
        turned[48 + x] = e1 - o1;
        turned[56 + x] = e0 - o0;
    }
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            to[8 * x + y] = turned[8 * y + x];
}

static int only_first(const int16_t coefs[64]) {
    int rest = 0;
    for (int i = 1; i < 64; i++)
        rest |= coefs[i];
    return rest == 0;
}

void sk_jpeg_inverse_dct(const int16_t coefs[64], const float steps[64], int precision, uint16_t *out, ptrdiff_t stride) {
    float a[64], b[64];
    int32_t rounded[64];
    const float middle = (float)(1 << (precision - 1)), top = (float)((1 << precision) - 1);
    if (only_first(coefs)) { /* the same products as below */
        for (int i = 0; i < 64; i++)
            a[i] = C4 * (C4 * ((float)coefs[0] * steps[0]));
    } else {
        for (int i = 0; i < 64; i++)
            a[i] = (float)coefs[i] * steps[i];
        inverse_columns(a, b);
        inverse_columns(b, a);
    }
    for (int i = 0; i < 64; i++) {
        float value = a[i] + middle;
        value = value < 0.0f ? 0.0f : value;
        value = value > top ? top : value;
        rounded[i] = (int32_t)(value + 0.5f);
    }
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            out[y * stride + x] = (uint16_t)rounded[8 * y + x];
}

static void forward_columns(const float from[64], float to[64]) {
    float turned[64];
    for (int x = 0; x < 8; x++) {
        float s0 = from[x] + from[56 + x], d0 = from[x] - from[56 + x];
        float s1 = from[8 + x] + from[48 + x], d1 = from[8 + x] - from[48 + x];
        float s2 = from[16 + x] + from[40 + x], d2 = from[16 + x] - from[40 + x];
        float s3 = from[24 + x] + from[32 + x], d3 = from[24 + x] - from[32 + x];
        turned[x] = C4 * ((s0 + s3) + (s1 + s2));
        turned[8 + x] = (C1 * d0 + C3 * d1) + (C5 * d2 + C7 * d3);
        turned[16 + x] = C2 * (s0 - s3) + C6 * (s1 - s2);
        turned[24 + x] = (C3 * d0 - C7 * d1) - (C1 * d2 + C5 * d3);
        turned[32 + x] = C4 * ((s0 + s3) - (s1 + s2));
        turned[40 + x] = (C5 * d0 - C1 * d1) + (C7 * d2 + C3 * d3);
        turned[48 + x] = C6 * (s0 - s3) - C2 * (s1 - s2);
        turned[56 + x] = (C7 * d0 - C5 * d1) + (C3 * d2 - C1 * d3);
    }
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            to[8 * x + y] = turned[8 * y + x];
}

void sk_jpeg_forward_dct(const float samples[64], float coefs[64]) {
    float half[64];
    forward_columns(samples, half);
    forward_columns(half, coefs);
}
