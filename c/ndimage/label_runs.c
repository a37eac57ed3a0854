/* Runs of equal labels: where a label differs from the one before it, found for many voxels at a time. */
#include "sk_measure.h"

#include <string.h>

#define RUNS(tag, type, wide)                                                                                       \
    case tag: {                                                                                                     \
        const type *p = (const type *)m->labels + at;                                                               \
        if (window) {                                                                                               \
            const type low = (type)map->low, high = (type)(map->low + map->span - 1);                               \
            HITS(p, low, high)                                                                                      \
        }                                                                                                           \
        for (int64_t i = start + 1; i < count; i++)                                                                         \
            starts[i] = p[i] != p[i - 1];                                                                           \
        for (int64_t w = start; w < count; w += 8) {                                                                    \
            uint64_t bits;                                                                                          \
            memcpy(&bits, starts + w, 8);                                                                           \
            for (; bits; bits &= bits - 1) {                                                                        \
                const int32_t stop = (int32_t)(w + (__builtin_ctzll(bits) >> 3));                                   \
                EMIT(p[start], wide)                                                                                \
                start = stop;                                                                                       \
            }                                                                                                       \
        }                                                                                                           \
        const int32_t stop = (int32_t)count;                                                                        \
        EMIT(p[start], wide)                                                                                        \
        break;                                                                                                      \
    }

/* Moves `start` and `count` together as far as no label is wanted, BLOCK elements at a time: where few labels are
 * asked for, most of an image is passed over by comparisons of vectors. */
#define HITS(p, low, high)                                                                                          \
    {                                                                                                               \
        int hit = 0;                                                                                                \
        for (; start < count; start += BLOCK) {                                                                     \
            const int64_t end = start + BLOCK < count ? start + BLOCK : count;                                      \
            for (int64_t i = start; i < end; i++)                                                                   \
                hit |= ((p)[i] >= low) & ((p)[i] <= high);                                                          \
            if (hit)                                                                                                \
                break;                                                                                              \
        }                                                                                                           \
        if (!hit)                                                                                                   \
            return 0;                                                                                               \
        for (hit = 0; count - start > BLOCK; count -= BLOCK) {                                                      \
            for (int64_t i = count - BLOCK; i < count; i++)                                                         \
                hit |= ((p)[i] >= low) & ((p)[i] <= high);                                                          \
            if (hit)                                                                                                \
                break;                                                                                              \
        }                                                                                                           \
        memset(starts + count, 0, SK_RUN_PAD);                                                                      \
        starts[start] = 0;                                                                                          \
    }

#define BLOCK 64

#define EMIT(label, wide)                                                                                           \
    {                                                                                                               \
        const int32_t slot = map->positive ? ((label) > 0) - 1 : sk_label_slot(map, (uint64_t)(wide)(label));       \
        run[n] = (sk_run){slot, start, stop};                                                                       \
        n += slot >= 0;                                                                                             \
    }

int64_t SK_NAME(sk_label_runs)(const sk_measure *m, int64_t at, int64_t count, uint8_t *starts, sk_run *run)
{
    const sk_label_map *map = m->map;
    int64_t n = 0;
    int32_t start = 0;
    const int window = !map->positive && !map->keys && map->above < 0 && map->span;
    if (!m->labels) {
        run[0] = (sk_run){0, 0, (int32_t)count};
        return 1;
    }
    starts[0] = 0;
    memset(starts + count, 0, SK_RUN_PAD);
    switch (m->label_type) {
        RUNS(SK_B8, uint8_t, uint64_t)
        RUNS(SK_U8, uint8_t, uint64_t)
        RUNS(SK_I8, int8_t, int64_t)
        RUNS(SK_U16, uint16_t, uint64_t)
        RUNS(SK_I16, int16_t, int64_t)
        RUNS(SK_U32, uint32_t, uint64_t)
        RUNS(SK_I32, int32_t, int64_t)
        RUNS(SK_U64, uint64_t, uint64_t)
        RUNS(SK_I64, int64_t, int64_t)
    default:
        break;
    }
    return n;
}
