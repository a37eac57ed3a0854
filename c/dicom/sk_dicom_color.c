/* YBR_FULL to RGB and back (PS3.3 section C.7.6.3.1.2): the weights of ITU-R BT.601 in integers, so that every
 * instruction set gives the same. */
#include "sk_dicom.h"

enum { SCALE = 22, BLOCK = 256 };
#define FIXED(x) ((int32_t)((x) * (1 << SCALE) + ((x) < 0 ? -0.5 : 0.5)))

static const double red = 0.299, green = 0.587, blue = 0.114;

static inline uint8_t rounded(int32_t x) {
    x = (x + (1 << (SCALE - 1))) >> SCALE;
    return (uint8_t)(x < 0 ? 0 : x > 255 ? 255 : x);
}

/* Planes of a block, and back: the loops between become vectors. */
static void split(const uint8_t *in, int32_t (*planes)[BLOCK], int64_t n) {
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) planes[k][i] = in[3 * i + k];
}

static void join(const uint8_t (*planes)[BLOCK], uint8_t *out, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) out[3 * i + k] = planes[k][i];
}

void SK_NAME(sk_ybr_to_rgb)(const uint8_t *in, uint8_t *out, int64_t pixels) {
    const int32_t r_cr = FIXED(2 - 2 * red), b_cb = FIXED(2 - 2 * blue);
    const int32_t g_cb = FIXED(blue * (2 - 2 * blue) / green), g_cr = FIXED(red * (2 - 2 * red) / green);
    int32_t x[3][BLOCK];
    uint8_t y[3][BLOCK];
    for (int64_t start = 0; start < pixels; start += BLOCK) {
        const int64_t n = pixels - start < BLOCK ? pixels - start : BLOCK;
        split(in + 3 * start, x, n);
        for (int64_t i = 0; i < n; i++) {
            const int32_t light = x[0][i] * (1 << SCALE), cb = x[1][i] - 128, cr = x[2][i] - 128;
            y[0][i] = rounded(light + r_cr * cr);
            y[1][i] = rounded(light - g_cb * cb - g_cr * cr);
            y[2][i] = rounded(light + b_cb * cb);
        }
        join(y, out + 3 * start, n);
    }
}

void SK_NAME(sk_rgb_to_ybr)(const uint8_t *in, uint8_t *out, int64_t pixels) {
    const int32_t y_r = FIXED(red), y_g = FIXED(green), y_b = FIXED(blue), half = 128 << SCALE;
    const int32_t cb_r = FIXED(-red / (2 - 2 * blue)), cb_g = FIXED(-green / (2 - 2 * blue)), c = FIXED(0.5);
    const int32_t cr_g = FIXED(-green / (2 - 2 * red)), cr_b = FIXED(-blue / (2 - 2 * red));
    int32_t x[3][BLOCK];
    uint8_t y[3][BLOCK];
    for (int64_t start = 0; start < pixels; start += BLOCK) {
        const int64_t n = pixels - start < BLOCK ? pixels - start : BLOCK;
        split(in + 3 * start, x, n);
        for (int64_t i = 0; i < n; i++) {
            const int32_t r = x[0][i], g = x[1][i], b = x[2][i];
            y[0][i] = rounded(y_r * r + y_g * g + y_b * b);
            y[1][i] = rounded(cb_r * r + cb_g * g + c * b + half);
            y[2][i] = rounded(c * r + cr_g * g + cr_b * b + half);
        }
        join(y, out + 3 * start, n);
    }
}
