/* Extremes of a few shifted copies of a string of voxels, for every type: what the box and line filters are made of.
 * Included by kernels that are compiled for each instruction set. */
#ifndef SK_EXTREME_H
#define SK_EXTREME_H

#include "sk_lines.h"

/* to[i] = the extreme of p[i] and of p[i + d[k]], k < count <= 3 */
#define SK_EXTREME(T, NAME, PICK)                                                                                   \
    static void NAME(T *restrict to, const T *p, const int64_t *d, int count, int64_t n)                            \
    {                                                                                                               \
        const T *q = p + d[0], *r = count > 1 ? p + d[1] : q, *s = count > 2 ? p + d[2] : r;                        \
        if (count == 1)                                                                                             \
            for (int64_t i = 0; i < n; i++)                                                                         \
                to[i] = PICK(p[i], q[i]);                                                                           \
        else if (count == 2)                                                                                        \
            for (int64_t i = 0; i < n; i++) {                                                                       \
                const T a = PICK(p[i], q[i]);                                                                       \
                to[i] = PICK(a, r[i]);                                                                              \
            }                                                                                                       \
        else                                                                                                        \
            for (int64_t i = 0; i < n; i++) {                                                                       \
                const T a = PICK(p[i], q[i]), b = PICK(r[i], s[i]);                                                 \
                to[i] = PICK(a, b);                                                                                 \
            }                                                                                                       \
    }
#define SK_BOTH(tag, T) SK_EXTREME(T, sk_max_##tag, SK_LARGER) SK_EXTREME(T, sk_min_##tag, SK_SMALLER)
SK_EACH_TYPE(SK_BOTH)

static void sk_extreme_of(int type, int maximum, void *to, const void *p, const int64_t *d, int count, int64_t n)
{
#define USE(tag, T)                                                                                                 \
    case tag:                                                                                                       \
        (maximum ? sk_max_##tag : sk_min_##tag)(to, p, d, count, n);                                                \
        break;
    switch (type) {
        SK_EACH_TYPE(USE)
    }
#undef USE
}

/* A window of `size` from windows of `have`: the next longer one, and the starts of the others (in steps) that it is
 * made of together with the one at 0. Returns how many. Up to 9 steps, 3 first and the rest then is the least work. */
static inline int sk_extreme_step(int64_t have, int64_t size, int64_t *next, int64_t *start)
{
    const int64_t factor = size > 4 && size <= 9 ? 3 : 4;
    *next = factor * have < size ? factor * have : size;
    const int count = (int)((*next - 1) / have); /* the last one ends at `next` */
    for (int k = 0; k < count; k++)
        start[k] = k + 1 < count ? (k + 1) * have : *next - have;
    return count;
}

#endif
