/* The baseline process, encoded (T.81 Annex F): 8 bits, one or three components (4:4:4 or 4:2:2), fitted Huffman codes. */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

/* T.81 tables K.1 and K.2: luminance and chrominance. */
static const uint8_t typical_quant[2][64] = {
    {16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,  14, 13, 16, 24, 40,  57,
     69, 56, 14, 17, 22,  29,  51,  87,  80, 62, 18, 22, 37,  56,  68,  109, 103, 77, 24, 35, 55, 64,
     81, 104, 113, 92, 49, 64,  78,  87,  103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99},
    {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99,
     99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
     99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99}};

typedef struct {
    const sk_jpeg_image *image;
    sk_jpeg_sink *sink;
    sk_bit_writer bits;
    uint16_t quant[2][64];
    int16_t *blocks;  /* all, quantised, zig-zag, in the order of coding */
    int64_t units;    /* MCUs */
    int per_unit;     /* blocks of an MCU */
    int kind[4];      /* of each of them: its component */
    int64_t frequency[2][2][256]; /* [chroma][ac] */
    sk_huffman_codes codes[2][2];
} encoder;

/* The customary scale: 50 takes the tables as they are, 100 makes all steps 1. */
static void scale_quant(encoder *e) {
    int quality = e->image->quality, percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    for (int t = 0; t < 2; t++)
        for (int i = 0; i < 64; i++) {
            int step = (typical_quant[t][i] * percent + 50) / 100;
            e->quant[t][i] = (uint16_t)(step < 1 ? 1 : step > 255 ? 255 : step);
        }
}

/* The samples of a block less 128; the last row and column are repeated beyond the frame, and chroma of half the columns is the
 * mean of two. */
static void load_block(const sk_jpeg_image *image, int c, int64_t y, int64_t x, int halved, float samples[64]) {
    int64_t left[8], right[8], last = image->columns - 1;
    for (int i = 0; i < 8; i++) {
        int64_t l = halved ? 2 * (x + i) : x + i, r = halved ? l + 1 : l;
        left[i] = (l < last ? l : last) * image->components + c;
        right[i] = (r < last ? r : last) * image->components + c;
    }
    for (int j = 0; j < 8; j++) {
        int64_t line = y + j < image->rows ? y + j : image->rows - 1;
        const uint8_t *row = (const uint8_t *)image->samples + line * image->columns * image->components;
        for (int i = 0; i < 8; i++)
            samples[8 * j + i] = 0.5f * (float)(row[left[i]] + row[right[i]]) - 128.0f;
    }
}

static void make_block(const encoder *e, int c, int64_t y, int64_t x, int halved, int16_t *block) {
    float samples[64], coefs[64];
    int16_t rounded[64];
    load_block(e->image, c, y, x, halved, samples);
    sk_jpeg_forward_dct(samples, coefs);
    for (int i = 0; i < 64; i++) {
        float value = coefs[i] / (float)e->quant[c > 0][i];
        rounded[i] = (int16_t)(int)(value + (value < 0.0f ? -0.5f : 0.5f));
    }
    for (int k = 0; k < 64; k++)
        block[k] = rounded[sk_jpeg_zigzag[k]];
}

static void make_blocks(encoder *e) {
    int64_t width = e->image->half_columns ? 16 : 8, across = sk_ceil_div(e->image->columns, width);
    int16_t *block = e->blocks;
    for (int64_t unit = 0; unit < e->units; unit++)
        for (int k = 0; k < e->per_unit; k++, block += 64) {
            int c = e->kind[k], halved = e->image->half_columns && c > 0;
            int64_t x = unit % across * (halved ? 8 : width) + (e->image->half_columns && c == 0 ? 8 * k : 0);
            make_block(e, c, unit / across * 8, x, halved, block);
        }
}

static void put(encoder *e, int chroma, int ac, int symbol, int value, int size) {
    const sk_huffman_codes *codes = &e->codes[chroma][ac];
    sk_put_bits(e->sink, &e->bits, codes->code[symbol], codes->length[symbol]);
    sk_put_bits(e->sink, &e->bits, (uint32_t)(value - (value < 0)) & ((1u << size) - 1), size);
}

/* One block (section F.1.2); `writing` 0: count its symbols only. */
static void code_block(encoder *e, int chroma, const int16_t *block, int last_dc, int writing) {
    int difference = block[0] - last_dc, size = sk_jpeg_magnitude(difference), run = 0;
    if (writing)
        put(e, chroma, 0, size, difference, size);
    else
        e->frequency[chroma][0][size]++;
    for (int k = 1; k < 64; k++) {
        if (block[k] == 0) {
            run++;
            continue;
        }
        size = sk_jpeg_magnitude(block[k]);
        for (; run > 15; run -= 16) {
            if (writing)
                put(e, chroma, 1, 0xF0, 0, 0);
            else
                e->frequency[chroma][1][0xF0]++;
        }
        if (writing)
            put(e, chroma, 1, run << 4 | size, block[k], size);
        else
            e->frequency[chroma][1][run << 4 | size]++;
        run = 0;
    }
    if (run > 0 && writing)
        put(e, chroma, 1, 0, 0, 0);
    else if (run > 0)
        e->frequency[chroma][1][0]++;
}

static void code_blocks(encoder *e, int writing) {
    int last_dc[SK_JPEG_MAX_COMPONENTS] = {0};
    const int16_t *block = e->blocks;
    for (int64_t unit = 0; unit < e->units; unit++)
        for (int k = 0; k < e->per_unit; k++, block += 64) {
            if (writing && !sk_sink_room(e->sink, 64 * 8 + 16)) /* 27 bits a coefficient at most, all of them FF */
                return;
            code_block(e, e->kind[k] > 0, block, last_dc[e->kind[k]], writing);
            last_dc[e->kind[k]] = block[0];
        }
}

static void write_applications(const encoder *e) {
    static const uint8_t jfif[] = {0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};
    static const uint8_t adobe[] = {0xFF, 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0};
    for (size_t i = 0; i < sizeof jfif && e->image->jfif; i++)
        sk_sink_byte(e->sink, jfif[i]);
    for (size_t i = 0; i < sizeof adobe && e->image->adobe >= 0; i++)
        sk_sink_byte(e->sink, adobe[i]);
    if (e->image->adobe >= 0)
        sk_sink_byte(e->sink, (unsigned)e->image->adobe);
}

static void write_headers(const encoder *e) {
    sk_jpeg_sink *s = e->sink;
    int n = e->image->components, tables = n > 1 ? 2 : 1;
    sk_sink_word(s, 0xFFD8);
    write_applications(e);
    for (int t = 0; t < tables; t++) {
        sk_sink_word(s, 0xFFDB);
        sk_sink_word(s, 67);
        sk_sink_byte(s, (unsigned)t);
        for (int k = 0; k < 64; k++)
            sk_sink_byte(s, e->quant[t][sk_jpeg_zigzag[k]]);
    }
    sk_jpeg_write_frame(s, 0xC0, e->image);
    for (int t = 0; t < tables; t++)
        for (int ac = 0; ac < 2; ac++)
            sk_jpeg_write_huffman(s, ac << 4 | t, &e->codes[t][ac]);
    sk_sink_word(s, 0xFFDA);
    sk_sink_word(s, 6 + 2 * (unsigned)n);
    sk_sink_byte(s, (unsigned)n);
    for (int c = 0; c < n; c++) {
        sk_sink_byte(s, (unsigned)c + 1);
        sk_sink_byte(s, c > 0 ? 0x11 : 0);
    }
    sk_sink_byte(s, 0);
    sk_sink_byte(s, 63);
    sk_sink_byte(s, 0);
}

static void lay_out(encoder *e) {
    const sk_jpeg_image *image = e->image;
    e->kind[e->per_unit++] = 0;
    if (image->half_columns)
        e->kind[e->per_unit++] = 0;
    for (int c = 1; c < image->components; c++)
        e->kind[e->per_unit++] = c;
    e->units = sk_ceil_div(image->columns, image->half_columns ? 16 : 8) * sk_ceil_div(image->rows, 8);
    e->blocks = malloc((size_t)(e->units * e->per_unit) * 64 * sizeof *e->blocks);
}

int sk_jpeg_encode_baseline(const sk_jpeg_image *image, sk_jpeg_sink *sink) {
    encoder *e = calloc(1, sizeof *e);
    if (!e)
        return SK_MEMORY;
    e->image = image;
    e->sink = sink;
    lay_out(e);
    if (e->blocks) {
        scale_quant(e);
        make_blocks(e);
        code_blocks(e, 0);
        for (int t = 0; t < 2; t++)
            for (int ac = 0; ac < 2; ac++)
                sk_huffman_fit(&e->codes[t][ac], e->frequency[t][ac]);
        write_headers(e);
        code_blocks(e, 1);
        if (sk_sink_room(sink, 16))
            sk_put_end(sink, &e->bits);
        sk_sink_word(sink, 0xFFD9);
    } else {
        sink->failed = 1;
    }
    free(e->blocks);
    free(e);
    return sink->failed ? SK_MEMORY : SK_OK;
}
