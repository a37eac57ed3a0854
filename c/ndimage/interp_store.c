#include "sk_interp.h"

#include <string.h>

/* Half away from zero, within the type's range; NaN becomes 0. `above` is the first power of two beyond the range. */
#define SIGNED(tag, type, low, above)                                                                               \
    case tag:                                                                                                       \
        for (int64_t i = 0; i < count; i++) {                                                                       \
            const double v = from[i] > 0 ? from[i] + 0.5 : from[i] - 0.5;                                           \
            ((type *)dst)[at + i] = v >= (above) ? (type)(-((low) + 1)) : v > (double)(low) ? (type)v : v == v ? (low) : 0; \
        }                                                                                                           \
        break;
#define UNSIGNED(tag, type, most, above)                                                                            \
    case tag:                                                                                                       \
        for (int64_t i = 0; i < count; i++) {                                                                       \
            const double v = from[i] + 0.5;                                                                         \
            ((type *)dst)[at + i] = v >= (above) ? (most) : v > 0 ? (type)v : 0;                                    \
        }                                                                                                           \
        break;

void SK_NAME(sk_interp_store)(void *dst, int type, int64_t at, const double *from, int64_t count)
{
    switch (type) {
    case SK_B8:
        for (int64_t i = 0; i < count; i++)
            ((uint8_t *)dst)[at + i] = !(from[i] < 1 && from[i] > -1);
        break;
        UNSIGNED(SK_U8, uint8_t, UINT8_MAX, 0x1p8)
        UNSIGNED(SK_U16, uint16_t, UINT16_MAX, 0x1p16)
        UNSIGNED(SK_U32, uint32_t, UINT32_MAX, 0x1p32)
        UNSIGNED(SK_U64, uint64_t, UINT64_MAX, 0x1p64)
        SIGNED(SK_I8, int8_t, INT8_MIN, 0x1p7)
        SIGNED(SK_I16, int16_t, INT16_MIN, 0x1p15)
        SIGNED(SK_I32, int32_t, INT32_MIN, 0x1p31)
        SIGNED(SK_I64, int64_t, INT64_MIN, 0x1p63)
    case SK_F32:
        for (int64_t i = 0; i < count; i++)
            ((float *)dst)[at + i] = (float)from[i];
        break;
    default:
        memcpy((double *)dst + at, from, (size_t)count * sizeof *from);
    }
}
