/* Order 0 on a grid: elements of any type are moved, none of their bits changed. */
#include "sk_interp.h"

#include <string.h>

#define MOVE(type)                                                                                                  \
    {                                                                                                               \
        const type *c = (const type *)s->coef + from;                                                               \
        type *to = (type *)s->dst + at, outside;                                                                    \
        memcpy(&outside, &cval_bits, sizeof outside);                                                               \
        if (from < 0)                                                                                               \
            for (int64_t i = 0; i < s->x.m; i++)                                                                    \
                to[i] = outside;                                                                                    \
        else if (!s->x.index)                                                                                       \
            memcpy(to, c, (size_t)s->x.m * sizeof *to);                                                             \
        else                                                                                                        \
            for (int64_t i = 0; i < s->x.m; i++)                                                                    \
                to[i] = s->x.index[i] < 0 ? outside : c[s->x.index[i]];                                             \
    }

int SK_NAME(sk_separable_raw)(const sk_separable *s, int64_t size, int64_t cval_bits, int64_t u0, int64_t u1)
{
    const int64_t blocks = sk_separable_blocks(s->y.m);
    for (int64_t u = u0; u < u1; u++) {
        const int64_t plane = u / blocks, z = s->z.index[plane % s->z.m], y0 = u % blocks * SK_SEPARABLE_ROWS;
        const int64_t y1 = y0 + SK_SEPARABLE_ROWS < s->y.m ? y0 + SK_SEPARABLE_ROWS : s->y.m;
        for (int64_t row = y0; row < y1; row++) {
            const int64_t y = s->y.index[row], at = (plane * s->y.m + row) * s->x.m;
            const int64_t from = z < 0 || y < 0 ? -1 : ((plane / s->z.m * s->z.n + z) * s->y.n + y) * s->x.n;
            switch (size) {
            case 1:
                MOVE(uint8_t)
                break;
            case 2:
                MOVE(uint16_t)
                break;
            case 4:
                MOVE(uint32_t)
                break;
            default:
                MOVE(uint64_t)
            }
        }
    }
    return SK_OK;
}
