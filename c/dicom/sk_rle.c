/* The RLE transfer syntax (PS3.5 annex G): PackBits on the bytes of the samples, one segment for every byte of a
 * sample, the most significant one first. A frame begins with 16 little-endian words: the number of segments and
 * where each begins. */
#include <string.h>

#include "sk_rle.h"

enum { HEADER = 64, MOST_SEGMENTS = 15, LONGEST = 128, STRIDE = 32 };

static uint32_t word(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_word(uint8_t *p, uint64_t x) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(x >> 8 * i);
}

/* Runs far from both ends: copies of a fixed size, which may write past the run (the next run overwrites that). */
static void unpack_inside(const uint8_t **from, const uint8_t *end, uint8_t **to, const uint8_t *full) {
    const uint8_t *src = *from;
    uint8_t *dst = *to;
    while (end - src > LONGEST && full - dst >= LONGEST) {
        const int code = *src++;
        if (code < 128) {
            const int length = code + 1;
            memcpy(dst, src, STRIDE);
            for (int done = STRIDE; done < length; done += STRIDE) memcpy(dst + done, src + done, STRIDE);
            src += length;
            dst += length;
        } else if (code > 128) {
            const int length = 257 - code;
            const uint8_t value = *src++;
            memset(dst, value, STRIDE);
            for (int done = STRIDE; done < length; done += STRIDE) memset(dst + done, value, STRIDE);
            dst += length;
        }
    }
    *from = src;
    *to = dst;
}

/* One segment into exactly n bytes; how many there were. What follows the last one is not looked at. */
static int64_t unpack(const uint8_t *src, const uint8_t *end, uint8_t *out, int64_t n) {
    uint8_t *dst = out, *const full = out + n;
    unpack_inside(&src, end, &dst, full);
    while (src < end && dst < full) {
        const int code = *src++;
        if (code == 128) continue;
        int64_t length = code < 128 ? code + 1 : 257 - code;
        if (length > full - dst) length = full - dst;
        if (code < 128) {
            if (length > end - src) length = end - src;
            memcpy(dst, src, (size_t)length);
            src += length;
        } else {
            if (src == end) break;
            memset(dst, *src++, (size_t)length);
        }
        dst += length;
    }
    return dst - out;
}

/* Where each segment lies; SK_FORMAT if they contradict the frame's size. */
static int find_segments(const uint8_t *frame, int64_t size, int count, int64_t *start, int64_t *stop) {
    if (size < HEADER || word(frame) != (uint32_t)count) return SK_FORMAT;
    for (int k = 0; k < count; k++) {
        start[k] = word(frame + 4 + 4 * k);
        if (start[k] < HEADER || start[k] > size) return SK_FORMAT;
    }
    for (int k = 0; k < count; k++) { /* a segment ends where the next one begins, in whatever order they stand */
        stop[k] = size;
        for (int j = 0; j < count; j++)
            if (start[j] > start[k] && start[j] < stop[k]) stop[k] = start[j];
    }
    return SK_OK;
}

/* Planes of bytes, the most significant first, to one component of interleaved samples. */
#define MERGE(type, bytes)                                                                         \
    static void merge_##type(const uint8_t *plane, int64_t n, type *out, int64_t stride) {         \
        if (stride == 1)                                                                           \
            for (int64_t i = 0; i < n; i++) {                                                      \
                type x = 0;                                                                        \
                for (int b = 0; b < (bytes); b++) x |= (type)((type)plane[b * n + i] << 8 * ((bytes) - 1 - b)); \
                out[i] = x;                                                                        \
            }                                                                                      \
        else                                                                                       \
            for (int64_t i = 0; i < n; i++) {                                                      \
                type x = 0;                                                                        \
                for (int b = 0; b < (bytes); b++) x |= (type)((type)plane[b * n + i] << 8 * ((bytes) - 1 - b)); \
                out[i * stride] = x;                                                               \
            }                                                                                      \
    }
MERGE(uint8_t, 1)
MERGE(uint16_t, 2)
MERGE(uint32_t, 4)
MERGE(uint64_t, 8)

int sk_rle_decode(const uint8_t *frame, int64_t size, int64_t pixels, int samples, int bytes, void *out,
                  uint8_t *scratch, int64_t *decoded) {
    int64_t start[MOST_SEGMENTS], stop[MOST_SEGMENTS];
    const int count = samples * bytes;
    *decoded = 0;
    if (count < 1 || count > MOST_SEGMENTS) return SK_ARGUMENT;
    const int status = find_segments(frame, size, count, start, stop);
    if (status != SK_OK) return status;
    for (int s = 0; s < samples; s++) {
        for (int b = 0; b < bytes; b++) {
            const int k = s * bytes + b;
            uint8_t *plane = count == 1 ? out : scratch + b * pixels;
            const int64_t found = unpack(frame + start[k], frame + stop[k], plane, pixels);
            *decoded += found;
            if (found < pixels) return SK_FORMAT;
        }
        if (count == 1) break;
        switch (bytes) {
        case 1: merge_uint8_t(scratch, pixels, (uint8_t *)out + s, samples); break;
        case 2: merge_uint16_t(scratch, pixels, (uint16_t *)out + s, samples); break;
        case 4: merge_uint32_t(scratch, pixels, (uint32_t *)out + s, samples); break;
        case 8: merge_uint64_t(scratch, pixels, (uint64_t *)out + s, samples); break;
        default: return SK_ARGUMENT;
        }
    }
    return SK_OK;
}

/* How many of src[0 .. n) equal the first one, at most LONGEST. */
static int64_t run_length(const uint8_t *src, int64_t n) {
    const int64_t most = n < LONGEST ? n : LONGEST;
    int64_t length = 1;
    while (length < most && src[length] == src[0]) length++;
    return length;
}

/* PackBits of one row; the bytes written. Two equal bytes are worth a run of their own unless they would cut a
 * literal run in two, which costs the byte that they save. */
static int64_t pack(const uint8_t *src, int64_t n, uint8_t *out) {
    uint8_t *dst = out;
    int64_t i = 0;
    while (i < n) {
        int64_t length = run_length(src + i, n - i);
        if (length > 1) {
            *dst++ = (uint8_t)(257 - length);
            *dst++ = src[i];
            i += length;
            continue;
        }
        int64_t stop = i + 1;
        while (stop < n && stop - i < LONGEST && !(stop + 2 < n && src[stop] == src[stop + 1] && src[stop] == src[stop + 2]))
            stop++;
        *dst++ = (uint8_t)(stop - i - 1);
        memcpy(dst, src + i, (size_t)(stop - i));
        dst += stop - i;
        i = stop;
    }
    return dst - out;
}

int64_t sk_rle_bound(int64_t rows, int64_t columns, int samples, int bytes) {
    const int64_t row = columns + (columns + LONGEST - 1) / LONGEST;
    return HEADER + (int64_t)samples * bytes * (rows * row + 1);
}

int sk_rle_encode(const void *image, int64_t rows, int64_t columns, int samples, int bytes, uint8_t *out,
                  uint8_t *scratch, int64_t *size) {
    const int count = samples * bytes;
    if (count < 1 || count > MOST_SEGMENTS) return SK_ARGUMENT;
    memset(out, 0, HEADER);
    put_word(out, (uint64_t)count);
    uint8_t *dst = out + HEADER;
    for (int k = 0; k < count; k++) {
        if (dst - out > UINT32_MAX) return SK_SIZE;
        put_word(out + 4 + 4 * k, (uint64_t)(dst - out));
        /* byte k of a little-endian sample, the most significant first */
        const uint8_t *plane = (const uint8_t *)image + k / bytes * bytes + (bytes - 1 - k % bytes);
        for (int64_t r = 0; r < rows; r++) {
            for (int64_t c = 0; c < columns; c++) scratch[c] = plane[(r * columns + c) * count];
            dst += pack(scratch, columns, dst);
        }
        if ((dst - out) % 2) *dst++ = 0;
    }
    *size = dst - out;
    return SK_OK;
}
