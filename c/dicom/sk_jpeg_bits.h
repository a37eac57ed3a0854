/* The bits of an entropy-coded segment, first bit highest (T.81 section F.2.2.5), through a 64-bit window. */
#ifndef SK_JPEG_BITS_H
#define SK_JPEG_BITS_H

#include <stdint.h>
#include <string.h>

typedef struct {
    const uint8_t *next, *end;
    uint64_t window;  /* the next bits at the top */
    int bits;         /* how many of them are known */
    int64_t invented; /* zeros that were added after the segment's last byte */
} sk_bits;

static inline uint64_t sk_load_big64(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* Not 0 if a byte of x is FF. */
static inline uint64_t sk_any_ff(uint64_t x) {
    return (~x - 0x0101010101010101u) & x & 0x8080808080808080u;
}

static inline sk_bits sk_bits_start(const uint8_t *next, const uint8_t *end) {
    sk_bits b = {next, end, 0, 0, 0};
    return b;
}

/* Byte by byte: past stuffed zeros, never past a marker. */
static __attribute__((noinline, unused)) void sk_bits_fill_slowly(const uint8_t **next, const uint8_t *end, uint64_t *window,
                                                                  int *bits, int64_t *invented) {
    while (*bits < 56) {
        const uint8_t *p = *next;
        unsigned byte = 0;
        if (p < end && (*p != 0xFF || (end - p > 1 && p[1] == 0))) {
            byte = *p;
            *next = p + (byte == 0xFF ? 2 : 1);
        } else {
            *invented += 8;
        }
        *window |= (uint64_t)byte << (56 - *bits);
        *bits += 8;
    }
}

typedef void (*sk_bits_slowly)(const uint8_t **next, const uint8_t *end, uint64_t *window, int *bits, int64_t *invented);

/* 56 to 63 bits, where no FF is near; else what `slowly` brings. Bits below the known ones may already be those of the next
 * byte: adding them again changes nothing. */
static inline __attribute__((always_inline)) void sk_bits_fill_by(sk_bits *b, sk_bits_slowly slowly) {
    if (b->end - b->next >= 8) {
        uint64_t x = sk_load_big64(b->next);
        if (__builtin_expect(!sk_any_ff(x), 1)) {
            b->window |= x >> b->bits;
            b->next += (63 - b->bits) >> 3;
            b->bits |= 56;
            return;
        }
    }
    /* Copies have addresses, so that what the caller has may live in registers. */
    const uint8_t *next = b->next;
    uint64_t window = b->window;
    int bits = b->bits;
    int64_t invented = b->invented;
    slowly(&next, b->end, &window, &bits, &invented);
    b->next = next;
    b->window = window;
    b->bits = bits;
    b->invented = invented;
}

static inline __attribute__((always_inline)) void sk_bits_fill(sk_bits *b) { sk_bits_fill_by(b, sk_bits_fill_slowly); }

static inline __attribute__((always_inline)) void sk_bits_need(sk_bits *b, int count) {
    if (b->bits < count)
        sk_bits_fill(b);
}

static inline void sk_bits_skip(sk_bits *b, int count) {
    b->window <<= count;
    b->bits -= count;
}

/* The next `count` bits, 0 to 32, which must be known. */
static inline uint32_t sk_bits_peek(const sk_bits *b, int count) {
    return (uint32_t)((b->window >> 1) >> (63 - count));
}

static inline uint32_t sk_bits_take(sk_bits *b, int count) {
    uint32_t value = sk_bits_peek(b, count);
    sk_bits_skip(b, count);
    return value;
}

/* 1 if bits after the segment's end have been used. */
static inline int sk_bits_overrun(const sk_bits *b) { return b->invented > b->bits; }

#endif
