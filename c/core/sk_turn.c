#include "sk_turn.h"

#include <string.h>

/* The first and the last axis change places, tile by tile: a tile's lines are cache lines in both arrays, each of which is
 * visited once, whatever the strides. */
#define PLANE(T)                                                                                                     \
    static void plane_##T(int64_t n, int64_t m, int64_t src_step, int64_t dst_step, const T *src, T *dst)            \
    {                                                                                                                \
        enum { TILE = 64 / sizeof(T) };                                                                              \
        T tile[TILE][TILE];                                                                                          \
        for (int64_t k = 0; k < m; k += TILE) {                                                                      \
            const int64_t wide = m - k < TILE ? m - k : TILE;                                                        \
            for (int64_t i = 0; i < n; i += TILE) {                                                                  \
                const int64_t high = n - i < TILE ? n - i : TILE;                                                    \
                if (wide == TILE && high == TILE) {                                                                  \
                    for (int b = 0; b < TILE; b++)                                                                   \
                        memcpy(tile[b], src + i + (k + b) * src_step, sizeof tile[b]);                               \
                    for (int a = 0; a < TILE; a++) {                                                                 \
                        T *to = dst + (i + a) * dst_step + k;                                                        \
                        for (int b = 0; b < TILE; b++)                                                               \
                            to[b] = tile[b][a];                                                                      \
                    }                                                                                                \
                    continue;                                                                                        \
                }                                                                                                    \
                for (int64_t a = 0; a < high; a++)                                                                   \
                    for (int64_t b = 0; b < wide; b++)                                                               \
                        dst[(i + a) * dst_step + k + b] = src[i + a + (k + b) * src_step];                           \
            }                                                                                                        \
        }                                                                                                            \
    }
PLANE(uint8_t)
PLANE(uint16_t)
PLANE(uint32_t)
PLANE(uint64_t)

int sk_turn(int64_t ndim, const int64_t *shape, int64_t bytes, const void *src, void *dst)
{
    int64_t size = 1, planes = 1;
    for (int64_t k = 0; k < ndim; k++)
        size *= shape[k];
    if (size == 0)
        return 0;
    if (ndim < 2) {
        memcpy(dst, src, (size_t)(size * bytes));
        return 0;
    }
    const int64_t n = shape[0], m = shape[ndim - 1];
    for (int64_t k = 1; k < ndim - 1; k++)
        planes *= shape[k];
    for (int64_t plane = 0; plane < planes; plane++) {
        /* the plane's index is in Fortran's order, so that src is read on */
        int64_t rest = plane, to = 0, step = size / n;
        for (int64_t k = 1; k < ndim - 1; k++) {
            step /= shape[k];
            to += rest % shape[k] * step;
            rest /= shape[k];
        }
#define USE(T)                                                                                                       \
    case sizeof(T):                                                                                                  \
        plane_##T(n, m, size / m, size / n, (const T *)src + plane * n, (T *)dst + to);                              \
        break;
        switch (bytes) {
            USE(uint8_t)
            USE(uint16_t)
            USE(uint32_t)
            USE(uint64_t)
        default:
            return 1;
        }
#undef USE
    }
    return 0;
}
