/* Bytes of voxels to bits and back. The compilers do not find the one instruction that does it, so the three
 * x86 forms are written out; elsewhere eight bytes meet one multiplication. */
#include "sk_ndimage.h"

#include <string.h>

#if defined(__AVX512BW__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

/* 64 bytes -> 64 bits, set where the byte is not 0. */
static inline uint64_t gather64(const uint8_t *p)
{
#if defined(__AVX512BW__)
    __m512i v = _mm512_loadu_si512((const void *)p);
    return _mm512_test_epi8_mask(v, v);
#elif defined(__AVX2__)
    const __m256i zero = _mm256_setzero_si256();
    uint64_t clear = 0;
    for (int k = 0; k < 2; k++) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(p + 32 * k));
        clear |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, zero)) << (32 * k);
    }
    return ~clear;
#elif defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    uint64_t clear = 0;
    for (int k = 0; k < 4; k++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(p + 16 * k));
        clear |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, zero)) << (16 * k);
    }
    return ~clear;
#else
    uint64_t bits = 0;
    for (int k = 0; k < 8; k++) {
        uint64_t b = 0;
        for (int i = 0; i < 8; i++)
            b |= (uint64_t)(p[8 * k + i] != 0) << (8 * i);
        /* each product bit is the sum of one term: byte i moves to bit 56 + i */
        bits |= (b * UINT64_C(0x0102040810204080)) >> 56 << (8 * k);
    }
    return bits;
#endif
}

/* 64 bits -> 64 bytes of 0 and 1. */
static inline void scatter64(uint64_t bits, uint8_t *p)
{
#if defined(__AVX512BW__)
    _mm512_storeu_si512((void *)p, _mm512_maskz_set1_epi8(bits, 1));
#elif defined(__AVX2__)
    const __m256i pick = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));
    const __m256i one = _mm256_set1_epi8(1);
    for (int k = 0; k < 2; k++) {
        __m256i v = _mm256_shuffle_epi8(_mm256_set1_epi32((int)(uint32_t)(bits >> (32 * k))), pick);
        v = _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_and_si256(v, bit), bit), one);
        _mm256_storeu_si256((__m256i *)(p + 32 * k), v);
    }
#else
    for (int k = 0; k < 8; k++) {
        uint64_t b = ((bits >> (8 * k)) & 0xff) * UINT64_C(0x0101010101010101) & UINT64_C(0x8040201008040201);
        b = ((b + UINT64_C(0x7f7f7f7f7f7f7f7f)) | b) >> 7 & UINT64_C(0x0101010101010101);
        for (int i = 0; i < 8; i++)
            p[8 * k + i] = (uint8_t)(b >> (8 * i));
    }
#endif
}

void SK_NAME(sk_bits_pack) SK_PACK_PARAMS
{
    const uint64_t flip = invert ? ~UINT64_C(0) : 0, out = outside ? ~UINT64_C(0) : 0;
    const int64_t whole = nx / 64;
    const int rest = (int)(nx % 64);
    for (int64_t i = 0; i < pad; i++)
        dst[i] = dst[pad + rows * wp + i] = out;
    dst += pad;
    for (int64_t r = 0; r < rows; r++, src += nx, dst += wp) {
        for (int64_t w = 0; w < whole; w++)
            dst[w] = gather64(src + 64 * w) ^ flip;
        int64_t w = whole;
        if (rest) {
            uint8_t last[64] = {0};
            memcpy(last, src + 64 * whole, (size_t)rest);
            const uint64_t in = (UINT64_C(1) << rest) - 1;
            dst[w++] = ((gather64(last) ^ flip) & in) | (out & ~in);
        }
        for (; w < wp; w++)
            dst[w] = out;
    }
}

void SK_NAME(sk_bits_unpack) SK_UNPACK_PARAMS
{
    const uint64_t flip = invert ? ~UINT64_C(0) : 0;
    const int64_t whole = nx / 64;
    const int rest = (int)(nx % 64);
    src += pad;
    for (int64_t r = 0; r < rows; r++, src += wp, dst += nx) {
        for (int64_t w = 0; w < whole; w++)
            scatter64(src[w] ^ flip, dst + 64 * w);
        if (rest) {
            uint8_t last[64];
            scatter64(src[whole] ^ flip, last);
            memcpy(dst + 64 * whole, last, (size_t)rest);
        }
    }
}
