/* What the parts of the JPEG codec share. */
#ifndef SK_JPEG_PARTS_H
#define SK_JPEG_PARTS_H

#include <stddef.h>

#include "sk_jpeg.h"
#include "sk_jpeg_bits.h"

enum { SK_HUFFMAN_LOOK = 10 };

/* A table of codes (T.81 Annex C), ready to decode. */
typedef struct {
    int defined;
    int count;                              /* of symbols */
    uint16_t look[1 << SK_HUFFMAN_LOOK];    /* by the next bits: length << 8 | symbol; 0: longer, or no code */
    uint32_t limit[17];                     /* first 16-bit word above the codes of up to this length */
    int32_t shift[17];                      /* from a code of this length to the index of its symbol */
    uint8_t symbols[256];
} sk_huffman;

typedef struct {
    int id, h, v, quant;
    int64_t width, height;   /* in samples (T.81 section A.1.1) */
    int64_t across, down;    /* in data units, whole MCUs */
    uint16_t *plane;         /* samples, across * down data units of 8 x 8 (or 1 x 1, lossless) */
    int16_t *coefs;          /* progressive: across * down blocks */
    int8_t low[64];          /* progressive: the lowest bit that each coefficient has; -1: no scan yet */
    float steps[64];         /* its quantisation table, as it was at its first scan (T.81 section B.2.4.1) */
    int have_steps;
    int done;                /* all samples are decoded */
} sk_jpeg_component;

typedef struct {
    int count;
    int component[SK_JPEG_MAX_COMPONENTS], dc[SK_JPEG_MAX_COMPONENTS], ac[SK_JPEG_MAX_COMPONENTS];
    int first, last, high, low; /* Ss, Se, Ah, Al; of a lossless scan: predictor, 0, 0, point transform */
} sk_jpeg_scan;

typedef struct {
    const uint8_t *data;
    int64_t size, pos;
    int have_frame;
    sk_jpeg_info info;
    int max_h, max_v;
    sk_jpeg_component components[SK_JPEG_MAX_COMPONENTS];
    sk_jpeg_scan scan;
    uint16_t quant[4][64]; /* in the order of rows */
    int have_quant[4];
    sk_huffman dc[4], ac[4];
    sk_jpeg_report report;
    void *out;
    int bytes;
} sk_jpeg_decoder;

/* The k-th coefficient of the zig-zag sequence (T.81 figure A.6) in the order of rows. */
extern const uint8_t sk_jpeg_zigzag[64];

/* Note the fault and its place; returns SK_FORMAT. */
static inline int sk_jpeg_refuse(sk_jpeg_decoder *d, int fault, int64_t offset) {
    d->report.fault = fault;
    d->report.offset = offset;
    return SK_FORMAT;
}

static inline int64_t sk_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* What sk_jpeg_next found; or SK_FORMAT. */
enum { SK_JPEG_AT_SCAN = -1, SK_JPEG_AT_END = -2, SK_JPEG_AT_CUT = -3 };

/* Segments up to the next scan (its header read, pos at its first coded byte), to EOI, or to the data's end. */
int sk_jpeg_next(sk_jpeg_decoder *d);
/* Move pos from within coded data to the restart marker `number` (0 to 7), and past it. */
int sk_jpeg_pass_restart(sk_jpeg_decoder *d, int number);

/* From counts of codes by length (counts[1..16]) and their symbols; 0 if no such code exists. */
int sk_huffman_make(sk_huffman *table, const uint8_t counts[17], const uint8_t *symbols);
/* The code at the top of a 16-bit word: length << 8 | symbol, 0 if there is none. For those not in look[]. */
unsigned sk_huffman_long(const sk_huffman *table, uint32_t word);
/* Tables K.3 to K.6 of T.81: counts[1..16] and symbols. */
void sk_huffman_typical(int ac, int chroma, const uint8_t **counts, const uint8_t **symbols);

static inline __attribute__((always_inline)) unsigned sk_huffman_find(const sk_huffman *table, const sk_bits *b) {
    unsigned found = table->look[b->window >> (64 - SK_HUFFMAN_LOOK)];
    return __builtin_expect(found != 0, 1) ? found : sk_huffman_long(table, (uint32_t)(b->window >> 48));
}

/* A magnitude of `size` bits with its sign (T.81 section F.2.2.1, EXTEND). */
static inline int32_t sk_jpeg_extend(uint32_t value, int size) {
    return size && !(value >> (size - 1)) ? (int32_t)value - (int32_t)((1u << size) - 1) : (int32_t)value;
}

/* Lossless prediction (table H.1) from the samples to the left, above and between. */
static inline __attribute__((always_inline)) int sk_jpeg_predict(int predictor, int a, int b, int c) {
    switch (predictor) {
    case 1: return a;
    case 2: return b;
    case 3: return c;
    case 4: return a + b - c;
    case 5: return a + ((b - c) >> 1);
    case 6: return b + ((a - c) >> 1);
    default: return (a + b) >> 1;
    }
}

/* Bits of a value's magnitude (tables F.1, H.2). */
static inline int sk_jpeg_magnitude(int32_t value) {
    uint32_t size = (uint32_t)(value < 0 ? -value : value);
    return size ? 32 - __builtin_clz(size) : 0;
}

int sk_jpeg_lossless_scan(sk_jpeg_decoder *d);
int sk_jpeg_dct_scan(sk_jpeg_decoder *d);
/* Progressive: blocks of coefficients to samples, for all components. */
void sk_jpeg_finish_blocks(sk_jpeg_decoder *d);
/* Planes to out: chroma brought to the size of the frame, components side by side. */
int sk_jpeg_join_planes(sk_jpeg_decoder *d);

/* Samples of a block from its coefficients and quantisation steps: exact to 0.005 before rounding. */
void sk_jpeg_inverse_dct(const int16_t coefs[64], const float steps[64], int precision, uint16_t *out,
                         ptrdiff_t stride);
/* Coefficients of a block of samples less the level shift. */
void sk_jpeg_forward_dct(const float samples[64], float coefs[64]);

/* Codes for an encoder: code and length by symbol. */
typedef struct {
    uint16_t code[256];
    uint8_t length[256];
    uint8_t counts[17];
    uint8_t symbols[256];
    int count;
} sk_huffman_codes;
/* Codes of at most 16 bits for the frequencies, none of them all ones (T.81 section K.2). */
void sk_huffman_fit(sk_huffman_codes *codes, const int64_t frequency[256]);
void sk_huffman_assign(sk_huffman_codes *codes, const uint8_t counts[17], const uint8_t *symbols);

/* Writing: bytes, words, segments, bits. */
void sk_sink_byte(sk_jpeg_sink *s, unsigned byte);
void sk_sink_word(sk_jpeg_sink *s, unsigned word);
/* Room for `count` more bytes; 0 (and failed set) if there is no memory. */
int sk_sink_room(sk_jpeg_sink *s, int64_t count);
void sk_jpeg_write_huffman(sk_jpeg_sink *s, int class_and_place, const sk_huffman_codes *codes);
void sk_jpeg_write_frame(sk_jpeg_sink *s, int marker, const sk_jpeg_image *image);

typedef struct {
    uint64_t window; /* bits to be written, at the bottom */
    int bits;
} sk_bit_writer;

/* Append `count` <= 32 bits; the sink must have 16 bytes of room. */
static inline void sk_put_bits(sk_jpeg_sink *s, sk_bit_writer *w, uint32_t value, int count) {
    w->window = w->window << count | value;
    w->bits += count;
    while (w->bits >= 8) {
        uint8_t byte = (uint8_t)(w->window >> (w->bits - 8));
        s->data[s->size++] = byte;
        if (byte == 0xFF)
            s->data[s->size++] = 0;
        w->bits -= 8;
    }
}

/* Fill the last byte with ones (T.81 section F.1.2.3). */
static inline void sk_put_end(sk_jpeg_sink *s, sk_bit_writer *w) {
    if (w->bits)
        sk_put_bits(s, w, (1u << (8 - w->bits)) - 1, 8 - w->bits);
    w->window = 0;
}

#endif
