/* The voxel of a rank in a window of any shape, a vector of windows at a time.
 *
 * Voxels become integers whose order is theirs; the result is found bit by bit, by counting the window's voxels below
 * a trial number. A tile's keys are taken relative to its smallest, so only the bits of its range are looked at.
 * Cost: bits x size of the window comparisons.
 */
#include "sk_tiles.h"

#include <string.h>

#define KEY int8_t
#define UKEY uint8_t
#define NAME(f) f##_8
#include "window_rank_body.h"
#undef KEY
#undef UKEY
#undef NAME
#define KEY int16_t
#define UKEY uint16_t
#define NAME(f) f##_16
#include "window_rank_body.h"
#undef KEY
#undef UKEY
#undef NAME
#define KEY int32_t
#define UKEY uint32_t
#define NAME(f) f##_32
#include "window_rank_body.h"
#undef KEY
#undef UKEY
#undef NAME
#define KEY int64_t
#define UKEY uint64_t
#define NAME(f) f##_64
#include "window_rank_body.h"

/* A float's bits as an integer of its order; NaN lies beyond infinity. The map is its own inverse. */
static inline int32_t order_32(int32_t bits)
{
    return bits ^ (int32_t)((uint32_t)(bits >> 31) >> 1);
}

static inline int64_t order_64(int64_t bits)
{
    return bits ^ (int64_t)((uint64_t)(bits >> 63) >> 1);
}

#define SAME(x) (x)

/* Between voxels of type T and keys of type K: narrower voxels fit a wider key, others have their order mapped. */
#define TO_KEYS(K, U, T, MAP)                                                                                       \
    for (int64_t i = 0; i < n; i++)                                                                                 \
        ((K *)keys)[i] = (K)MAP(((const T *)voxels)[i]);                                                            \
    break;
#define FROM_KEYS(K, U, T, MAP)                                                                                     \
    for (int64_t i = 0; i < n; i++)                                                                                 \
        ((T *)voxels)[i] = (T)MAP((K)(U)(((const U *)keys)[i] + (U)low));                                           \
    break;
#define FLIP_8(x) ((x) ^ INT8_MIN)
#define FLIP_16(x) ((x) ^ INT16_MIN)
#define FLIP_32(x) ((int32_t)((uint32_t)(x) ^ UINT32_C(0x80000000)))
#define FLIP_64(x) ((int64_t)((uint64_t)(x) ^ UINT64_C(0x8000000000000000)))

/* USE(K, U, T, MAP) for the type of the voxels and the width of the keys. */
#define DISPATCH(USE)                                                                                               \
    switch (w->type << 4 | w->width) {                                                                              \
    case SK_U8 << 4 | 1:                                                                                            \
        USE(int8_t, uint8_t, uint8_t, FLIP_8)                                                                       \
    case SK_I8 << 4 | 1:                                                                                            \
        USE(int8_t, uint8_t, int8_t, SAME)                                                                          \
    case SK_U8 << 4 | 2:                                                                                            \
        USE(int16_t, uint16_t, uint8_t, SAME)                                                                       \
    case SK_I8 << 4 | 2:                                                                                            \
        USE(int16_t, uint16_t, int8_t, SAME)                                                                        \
    case SK_U16 << 4 | 2:                                                                                           \
        USE(int16_t, uint16_t, uint16_t, FLIP_16)                                                                   \
    case SK_I16 << 4 | 2:                                                                                           \
        USE(int16_t, uint16_t, int16_t, SAME)                                                                       \
    case SK_U8 << 4 | 4:                                                                                            \
        USE(int32_t, uint32_t, uint8_t, SAME)                                                                       \
    case SK_I8 << 4 | 4:                                                                                            \
        USE(int32_t, uint32_t, int8_t, SAME)                                                                        \
    case SK_U16 << 4 | 4:                                                                                           \
        USE(int32_t, uint32_t, uint16_t, SAME)                                                                      \
    case SK_I16 << 4 | 4:                                                                                           \
        USE(int32_t, uint32_t, int16_t, SAME)                                                                       \
    case SK_U32 << 4 | 4:                                                                                           \
        USE(int32_t, uint32_t, uint32_t, FLIP_32)                                                                   \
    case SK_I32 << 4 | 4:                                                                                           \
        USE(int32_t, uint32_t, int32_t, SAME)                                                                       \
    case SK_F32 << 4 | 4:                                                                                           \
        USE(int32_t, uint32_t, int32_t, order_32)                                                                   \
    case SK_U64 << 4 | 8:                                                                                           \
        USE(int64_t, uint64_t, uint64_t, FLIP_64)                                                                   \
    case SK_I64 << 4 | 8:                                                                                           \
        USE(int64_t, uint64_t, int64_t, SAME)                                                                       \
    case SK_F64 << 4 | 8:                                                                                           \
        USE(int64_t, uint64_t, int64_t, order_64)                                                                   \
    default:                                                                                                        \
        return SK_ARGUMENT;                                                                                         \
    }

/* The key of infinity, as the tile's keys are: those of NaNs lie above. */
static int64_t last_key(const sk_window_rank *w)
{
    if (w->type == SK_F32) {
        const uint32_t key = UINT32_C(0x7f800000) - (uint32_t)w->low;
        return (int32_t)(key ^ UINT32_C(0x80000000));
    }
    return (int64_t)((UINT64_C(0x7ff0000000000000) - w->low) ^ UINT64_C(0x8000000000000000));
}

int SK_NAME(sk_window_rank_tile)(void *job, const void *voxels)
{
    sk_window_rank *w = job;
    const int64_t n = w->elements;
    void *const keys = w->keys;
    DISPATCH(TO_KEYS)
    switch (w->width) {
    case 1:
        relate_8(keys, n, &w->low, &w->bits);
        break;
    case 2:
        relate_16(keys, n, &w->low, &w->bits);
        break;
    case 4:
        relate_32(keys, n, &w->low, &w->bits);
        break;
    default:
        relate_64(keys, n, &w->low, &w->bits);
    }
    w->last = last_key(w);
    w->buffer = voxels;
    return SK_OK;
}

int SK_NAME(sk_window_rank_row)(void *job, const void *at, int64_t n, void *voxels)
{
    sk_window_rank *w = job;
    const int64_t from = ((const char *)at - (const char *)w->buffer) / sk_type_size(w->type);
    void *const keys = w->found;
    const uint64_t low = w->low;
    switch (w->width) {
    case 1:
        row_8(w, (const int8_t *)w->keys + from, n, keys);
        break;
    case 2:
        row_16(w, (const int16_t *)w->keys + from, n, keys);
        break;
    case 4:
        row_32(w, (const int32_t *)w->keys + from, n, keys);
        break;
    default:
        row_64(w, (const int64_t *)w->keys + from, n, keys);
    }
    DISPATCH(FROM_KEYS)
    return SK_OK;
}
