/* Which of 64 values equal their partners, as bits: the first pair gives the lowest one. */
#ifndef SK_EQUAL_H
#define SK_EQUAL_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* 64 bytes that are 0 or 1 as bits. */
static inline uint64_t sk_bits_of(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * k, 8);
        word |= (eight * UINT64_C(0x0102040810204080) >> 56) << 8 * k;
    }
    return word;
}

#if defined(__AVX512BW__)

#define SK_EQUAL(bits)                                                                      \
    static inline uint64_t sk_equal##bits(const uint##bits##_t *a, const uint##bits##_t *b) \
    {                                                                                       \
        const int lanes = 512 / bits;                                                       \
        uint64_t word = 0;                                                                  \
        for (int k = 0; k < 64; k += lanes) {                                               \
            const __m512i x = _mm512_loadu_si512(a + k), y = _mm512_loadu_si512(b + k);     \
            word |= (uint64_t)_mm512_cmpeq_epi##bits##_mask(x, y) << k;                     \
        }                                                                                   \
        return word;                                                                        \
    }
SK_EQUAL(8)
SK_EQUAL(16)
SK_EQUAL(32)
SK_EQUAL(64)

#elif defined(__AVX2__)

#define SK_EQUAL_AT(bits, a, b, k)                                           \
    _mm256_cmpeq_epi##bits(_mm256_loadu_si256((const __m256i *)((a) + (k))), \
                           _mm256_loadu_si256((const __m256i *)((b) + (k))))

static inline uint64_t sk_equal8(const uint8_t *a, const uint8_t *b)
{
    const uint32_t low = (uint32_t)_mm256_movemask_epi8(SK_EQUAL_AT(8, a, b, 0));
    const uint32_t high = (uint32_t)_mm256_movemask_epi8(SK_EQUAL_AT(8, a, b, 32));
    return low | (uint64_t)high << 32;
}

static inline uint64_t sk_equal16(const uint16_t *a, const uint16_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 32) { /* packing takes halves of both in turn */
        const __m256i pair = _mm256_packs_epi16(SK_EQUAL_AT(16, a, b, k), SK_EQUAL_AT(16, a, b, k + 16));
        word |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(pair, 0xd8)) << k;
    }
    return word;
}

static inline uint64_t sk_equal32(const uint32_t *a, const uint32_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 8)
        word |= (uint64_t)_mm256_movemask_ps(_mm256_castsi256_ps(SK_EQUAL_AT(32, a, b, k))) << k;
    return word;
}

static inline uint64_t sk_equal64(const uint64_t *a, const uint64_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 4)
        word |= (uint64_t)_mm256_movemask_pd(_mm256_castsi256_pd(SK_EQUAL_AT(64, a, b, k))) << k;
    return word;
}

#elif defined(__SSE2__)

#define SK_EQUAL_AT(bits, a, b, k) \
    _mm_cmpeq_epi##bits(_mm_loadu_si128((const __m128i *)((a) + (k))), _mm_loadu_si128((const __m128i *)((b) + (k))))

static inline uint64_t sk_equal8(const uint8_t *a, const uint8_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 16)
        word |= (uint64_t)_mm_movemask_epi8(SK_EQUAL_AT(8, a, b, k)) << k;
    return word;
}

static inline uint64_t sk_equal16(const uint16_t *a, const uint16_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 16) {
        const __m128i pair = _mm_packs_epi16(SK_EQUAL_AT(16, a, b, k), SK_EQUAL_AT(16, a, b, k + 8));
        word |= (uint64_t)_mm_movemask_epi8(pair) << k;
    }
    return word;
}

static inline uint64_t sk_equal32(const uint32_t *a, const uint32_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 16) {
        const __m128i low = _mm_packs_epi32(SK_EQUAL_AT(32, a, b, k), SK_EQUAL_AT(32, a, b, k + 4));
        const __m128i high = _mm_packs_epi32(SK_EQUAL_AT(32, a, b, k + 8), SK_EQUAL_AT(32, a, b, k + 12));
        word |= (uint64_t)_mm_movemask_epi8(_mm_packs_epi16(low, high)) << k;
    }
    return word;
}

static inline uint64_t sk_equal64(const uint64_t *a, const uint64_t *b)
{
    uint64_t word = 0;
    for (int k = 0; k < 64; k += 2) {
        const __m128i halves = SK_EQUAL_AT(32, a, b, k), swapped = _mm_shuffle_epi32(halves, 0xb1);
        word |= (uint64_t)_mm_movemask_pd(_mm_castsi128_pd(_mm_and_si128(halves, swapped))) << k;
    }
    return word;
}

#else

#define SK_EQUAL(bits)                                                                      \
    static inline uint64_t sk_equal##bits(const uint##bits##_t *a, const uint##bits##_t *b) \
    {                                                                                       \
        uint8_t same[64];                                                                   \
        for (int k = 0; k < 64; k++)                                                        \
            same[k] = a[k] == b[k];                                                         \
        return sk_bits_of(same);                                                            \
    }
SK_EQUAL(8)
SK_EQUAL(16)
SK_EQUAL(32)
SK_EQUAL(64)

#endif

#endif
