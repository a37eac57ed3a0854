#include "sk_lines.h"

#include <string.h>

int64_t SK_NAME(sk_lines_index)(int64_t i, int64_t n, int mode)
{
    if (i >= 0 && i < n)
        return i;
    const int64_t period = mode == SK_WRAP ? n : mode == SK_REFLECT ? 2 * n : 2 * n - 2;
    switch (mode) {
    case SK_NEAREST:
        return i < 0 ? 0 : n - 1;
    case SK_WRAP:
    case SK_REFLECT:
    case SK_MIRROR:
        if (n == 1)
            return 0;
        i %= period;
        i += i < 0 ? period : 0;
        if (i < n)
            return i;
        return mode == SK_REFLECT ? period - 1 - i : period - i;
    default:
        return -1;
    }
}

#define LOAD(tag, type)                                                                                             \
    case tag:                                                                                                       \
        for (int64_t i = 0; i < count; i++)                                                                         \
            to[i] = (double)((const type *)src)[at + i];                                                            \
        break;

void SK_NAME(sk_lines_load)(double *to, const void *src, int type, int64_t at, int64_t count)
{
    switch (type) {
        LOAD(SK_B8, uint8_t)
        LOAD(SK_U8, uint8_t)
        LOAD(SK_I8, int8_t)
        LOAD(SK_U16, uint16_t)
        LOAD(SK_I16, int16_t)
        LOAD(SK_U32, uint32_t)
        LOAD(SK_I32, int32_t)
        LOAD(SK_U64, uint64_t)
        LOAD(SK_I64, int64_t)
        LOAD(SK_F32, float)
    default:
        memcpy(to, (const double *)src + at, (size_t)count * sizeof *to);
    }
}

/* What the conversion instructions of x86 give, without the undefined behaviour of the C cast. */
static inline int64_t to_i64(double v)
{
    return v >= -0x1p63 && v < 0x1p63 ? (int64_t)v : INT64_MIN;
}

static inline int64_t to_i32(double v)
{
    return v > -0x1p31 - 1 && v < 0x1p31 ? (int64_t)v : INT32_MIN;
}

static inline uint64_t to_u64(double v)
{
    return v < 0x1p63 ? (uint64_t)to_i64(v) : (uint64_t)to_i64(v - 0x1p63) ^ UINT64_C(0x8000000000000000);
}

#define STORE(tag, type, convert)                                                                                   \
    case tag:                                                                                                       \
        for (int64_t i = 0; i < count; i++)                                                                         \
            ((type *)dst)[at + i] = (type)convert(from[i]);                                                         \
        break;

void SK_NAME(sk_lines_store)(void *dst, int type, int64_t at, const double *from, int64_t count)
{
    switch (type) {
        STORE(SK_B8, uint8_t, 0 != to_i32)
        STORE(SK_U8, uint8_t, to_i32)
        STORE(SK_I8, int8_t, to_i32)
        STORE(SK_U16, uint16_t, to_i32)
        STORE(SK_I16, int16_t, to_i32)
        STORE(SK_U32, uint32_t, to_i64)
        STORE(SK_I32, int32_t, to_i32)
        STORE(SK_U64, uint64_t, to_u64)
        STORE(SK_I64, int64_t, to_i64)
        STORE(SK_F32, float, )
    default:
        memcpy((double *)dst + at, from, (size_t)count * sizeof *from);
    }
}
