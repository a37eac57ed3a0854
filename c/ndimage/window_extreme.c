/* Smallest or largest voxel of a flat window (E. R. Urbach, M. H. F. Wilkinson, IEEE Trans. Image Processing 17 (2008)
 * 1-8, doi:10.1109/TIP.2007.912582): extremes of runs of each length along the last axis are made once, the longer
 * from the shorter; a voxel's result is the extreme of its chords. */
#include "sk_tiles.h"

#define KERNELS(T, NAME, PICK)                                                                                      \
    /* to[i] = the extreme of p[i] and p[i + step] */                                                               \
    static void pair_##NAME(T *restrict to, const T *p, int64_t step, int64_t n)                                    \
    {                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                             \
            to[i] = PICK(p[i], p[i + step]);                                                                        \
    }                                                                                                               \
    static void one_##NAME(T *restrict to, const T *p, int64_t n)                                                   \
    {                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                             \
            to[i] = PICK(to[i], p[i]);                                                                              \
    }                                                                                                               \
    static void four_##NAME(T *restrict to, const T *at, const int64_t *d, int64_t n)                               \
    {                                                                                                               \
        const T *p0 = at + d[0], *p1 = at + d[1], *p2 = at + d[2], *p3 = at + d[3];                                 \
        for (int64_t i = 0; i < n; i++) {                                                                           \
            const T a = PICK(p0[i], p1[i]), b = PICK(p2[i], p3[i]), c = PICK(a, b);                                 \
            to[i] = PICK(to[i], c);                                                                                 \
        }                                                                                                           \
    }                                                                                                               \
    static void chords_##NAME(T *restrict to, const T *at, const int64_t *d, int64_t count, int64_t n)              \
    {                                                                                                               \
        int64_t k = 0;                                                                                              \
        for (; k + 4 <= count; k += 4)                                                                              \
            four_##NAME(to, at, d + k, n);                                                                          \
        for (; k < count; k++)                                                                                      \
            one_##NAME(to, at + d[k], n);                                                                           \
    }

#define BOTH(tag, T) KERNELS(T, max_##tag, SK_LARGER) KERNELS(T, min_##tag, SK_SMALLER)
SK_EACH_TYPE(BOTH)

#define TABLES(tag, T)                                                                                              \
    case tag:                                                                                                       \
        (w->maximum ? pair_max_##tag : pair_min_##tag)((T *)w->table + (r - 1) * w->elements,                       \
                                                       r > 1 ? (T *)w->table + (r - 2) * w->elements : buffer,      \
                                                       step, w->elements - step);                                   \
        break;

int SK_NAME(sk_window_extreme_tile)(void *job, const void *buffer)
{
    sk_window_extreme *w = job;
    for (int64_t r = 1; r < w->nruns; r++) { /* the runs of length 1 are the buffer itself */
        const int64_t step = w->length[r] - w->length[r - 1];
        switch (w->type) {
            SK_EACH_TYPE(TABLES)
        }
    }
    w->buffer = buffer;
    return SK_OK;
}

#define ROWS(tag, T)                                                                                                \
    case tag: {                                                                                                     \
        const T *from = r > 0 ? (const T *)w->table + (r - 1) * w->elements : w->buffer;                            \
        from += (const T *)at - (const T *)w->buffer;                                                               \
        if (!begun)                                                                                                 \
            for (int64_t i = 0; i < n; i++)                                                                         \
                ((T *)to)[i] = from[d[0] + i];                                                                      \
        (w->maximum ? chords_max_##tag : chords_min_##tag)(to, from, d + !begun, count - !begun, n);                \
        break;                                                                                                      \
    }

int SK_NAME(sk_window_extreme_row)(void *job, const void *at, int64_t n, void *to)
{
    const sk_window_extreme *w = job;
    int begun = 0;
    for (int64_t r = 0; r < w->nruns; r++) {
        const int64_t *d = w->distance + w->first[r], count = w->first[r + 1] - w->first[r];
        if (count == 0)
            continue;
        switch (w->type) {
            SK_EACH_TYPE(ROWS)
        }
        begun = 1;
    }
    return SK_OK;
}
