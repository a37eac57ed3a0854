/* The bits of a stored sample above BitsStored hold nothing that may be relied on (PS3.5 section 8.1.1). */
#include <string.h>

#include "sk_dicom_files.h"

/* A shift up and an arithmetic (or logical) shift down fills them with the sign (or with zeros). Samples may lie at any
 * address (pixel data within a file's bytes do): memcpy reads and writes them. */
#define EACH(name, type, utype)                                                                 \
    static inline utype cleared_##name(utype x, int shift) {                                    \
        return (utype)((type)((utype)(x << shift)) >> shift);                                   \
    }                                                                                           \
    static void clear_##name(unsigned char *x, int64_t n, int shift) {                          \
        for (int64_t i = 0; i < n; i++) {                                                       \
            utype value;                                                                        \
            memcpy(&value, x + i * (int64_t)sizeof value, sizeof value);                        \
            value = cleared_##name(value, shift);                                               \
            memcpy(x + i * (int64_t)sizeof value, &value, sizeof value);                        \
        }                                                                                       \
    }                                                                                           \
    static int is_clear_##name(const unsigned char *x, int64_t n, int shift) {                  \
        for (int64_t start = 0; start < n; start += 4096) {                                     \
            int64_t stop = n - start < 4096 ? n : start + 4096;                                 \
            utype differs = 0;                                                                  \
            for (int64_t i = start; i < stop; i++) {                                            \
                utype value;                                                                    \
                memcpy(&value, x + i * (int64_t)sizeof value, sizeof value);                    \
                differs |= (utype)(value ^ cleared_##name(value, shift));                       \
            }                                                                                   \
            if (differs)                                                                        \
                return 0;                                                                       \
        }                                                                                       \
        return 1;                                                                               \
    }

EACH(u8, uint8_t, uint8_t)
EACH(i8, int8_t, uint8_t)
EACH(u16, uint16_t, uint16_t)
EACH(i16, int16_t, uint16_t)
EACH(u32, uint32_t, uint32_t)
EACH(i32, int32_t, uint32_t)
EACH(u64, uint64_t, uint64_t)
EACH(i64, int64_t, uint64_t)

void SK_NAME(sk_dicom_clear_unused)(void *x, int64_t n, int bytes, int bits_stored, int is_signed) {
    int shift = 8 * bytes - bits_stored;
    switch (is_signed ? -bytes : bytes) {
    case 1: clear_u8(x, n, shift); break;
    case -1: clear_i8(x, n, shift); break;
    case 2: clear_u16(x, n, shift); break;
    case -2: clear_i16(x, n, shift); break;
    case 4: clear_u32(x, n, shift); break;
    case -4: clear_i32(x, n, shift); break;
    case 8: clear_u64(x, n, shift); break;
    case -8: clear_i64(x, n, shift); break;
    default: break;
    }
}

int SK_NAME(sk_dicom_unused_clear)(const void *x, int64_t n, int bytes, int bits_stored, int is_signed) {
    int shift = 8 * bytes - bits_stored;
    switch (is_signed ? -bytes : bytes) {
    case 1: return is_clear_u8(x, n, shift);
    case -1: return is_clear_i8(x, n, shift);
    case 2: return is_clear_u16(x, n, shift);
    case -2: return is_clear_i16(x, n, shift);
    case 4: return is_clear_u32(x, n, shift);
    case -4: return is_clear_i32(x, n, shift);
    case 8: return is_clear_u64(x, n, shift);
    case -8: return is_clear_i64(x, n, shift);
    default: return 0;
    }
}

#define ADD(type)                                                 \
    {                                                             \
        type part = (type)value, *to = x;                         \
        for (int64_t i = 0; i < n; i++)                           \
            to[i] = (type)(to[i] + part);                         \
        break;                                                    \
    }

void SK_NAME(sk_dicom_add)(void *x, int64_t n, int bytes, int64_t value) {
    switch (bytes) {
    case 1: ADD(uint8_t)
    case 2: ADD(uint16_t)
    case 4: ADD(uint32_t)
    case 8: ADD(uint64_t)
    default: break;
    }
}
