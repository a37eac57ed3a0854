/* Copies of a label into memory that is not read soon. */
#ifndef SK_PAINT_H
#define SK_PAINT_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define SK_LONG_RUN 48 /* voxels: three lines of labels */

/* Writes copies of a label to whole lines of 64 bytes, from an aligned one on; returns the bytes written. */
static inline int64_t sk_stream(void *to, const void *label, size_t size, int64_t bytes)
{
    bytes -= bytes % 64;
#if defined(__SSE2__)
    int32_t narrow[4];
    for (size_t k = 0; k < sizeof narrow; k += size)
        memcpy((char *)narrow + k, label, size);
    const __m128i value = _mm_loadu_si128((const __m128i *)narrow);
    for (int64_t at = 0; at < bytes; at += 16)
        _mm_stream_si128((__m128i *)((char *)to + at), value);
    return bytes;
#else
    (void)to, (void)label, (void)size;
    return 0;
#endif
}

static inline void sk_stream_end(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

/* `count` labels at `to`. Long runs go past the caches: a line that is written whole need not be read before. */
#define SK_PAINT(bits)                                                                                                 \
    static inline void sk_paint_int##bits(int##bits##_t *to, int##bits##_t label, int64_t count)                       \
    {                                                                                                                  \
        int64_t i = 0;                                                                                                 \
        if (count >= SK_LONG_RUN) {                                                                                    \
            for (; (uintptr_t)(to + i) % 64; i++)                                                                      \
                to[i] = label;                                                                                         \
            i += sk_stream(to + i, &label, sizeof label, (count - i) * (int64_t)sizeof label) / (int64_t)sizeof label; \
        }                                                                                                              \
        for (; i < count; i++)                                                                                         \
            to[i] = label;                                                                                             \
    }
SK_PAINT(32)
SK_PAINT(64)

#endif
