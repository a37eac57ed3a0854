/* The lossless process, encoded (T.81 Annex H): one scan, components interleaved by pixel, fitted Huffman codes. */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

typedef struct {
    const sk_jpeg_image *image;
    sk_jpeg_sink *sink;
    sk_bit_writer bits;
    int32_t *differences; /* of one line, modulo 2^16: -32767 to 32768 */
    int64_t per_line;
    int64_t frequency[SK_JPEG_MAX_COMPONENTS][256];
    sk_huffman_codes codes[SK_JPEG_MAX_COMPONENTS];
} encoder;

static int sample(const sk_jpeg_image *image, int64_t at) {
    int value = image->bytes == 1 ? ((const uint8_t *)image->samples)[at] : ((const uint16_t *)image->samples)[at];
    return value >> image->point_transform;
}

static void make_differences(encoder *e, int64_t row) {
    const sk_jpeg_image *image = e->image;
    int n = image->components;
    int64_t at = row * e->per_line, above = at - e->per_line;
    int fresh = row == 0 || (image->restart_rows && row % image->restart_rows == 0);
    int predictor = fresh ? 1 : image->predictor;
    for (int64_t i = 0; i < e->per_line; i++) {
        int guess;
        if (i >= n)
            guess = sk_jpeg_predict(predictor, sample(image, at + i - n), fresh ? 0 : sample(image, above + i),
                            fresh ? 0 : sample(image, above + i - n));
        else
            guess = fresh ? 1 << (image->precision - image->point_transform - 1) : sample(image, above + i);
        int32_t difference = (int16_t)(sample(image, at + i) - guess);
        e->differences[i] = difference == -32768 ? 32768 : difference;
    }
}

static void count_line(encoder *e) {
    int n = e->image->components;
    for (int64_t i = 0; i < e->per_line; i++)
        e->frequency[i % n][sk_jpeg_magnitude(e->differences[i])]++;
}

static void write_line(encoder *e) {
    int n = e->image->components;
    if (!sk_sink_room(e->sink, 8 * e->per_line + 16))
        return;
    for (int64_t i = 0; i < e->per_line; i++) {
        const sk_huffman_codes *codes = &e->codes[i % n];
        int32_t difference = e->differences[i];
        int size = sk_jpeg_magnitude(difference);
        sk_put_bits(e->sink, &e->bits, codes->code[size], codes->length[size]);
        if (size > 0 && size < 16)
            sk_put_bits(e->sink, &e->bits, (uint32_t)(difference - (difference < 0)) & ((1u << size) - 1), size);
    }
}

static void write_headers(encoder *e) {
    const sk_jpeg_image *image = e->image;
    sk_jpeg_sink *s = e->sink;
    sk_sink_word(s, 0xFFD8);
    sk_jpeg_write_frame(s, 0xC3, image);
    for (int c = 0; c < image->components; c++)
        sk_jpeg_write_huffman(s, c, &e->codes[c]);
    if (image->restart_rows) {
        sk_sink_word(s, 0xFFDD);
        sk_sink_word(s, 4);
        sk_sink_word(s, (unsigned)(image->restart_rows * image->columns));
    }
    sk_sink_word(s, 0xFFDA);
    sk_sink_word(s, 6 + 2 * (unsigned)image->components);
    sk_sink_byte(s, (unsigned)image->components);
    for (int c = 0; c < image->components; c++) {
        sk_sink_byte(s, (unsigned)c + 1);
        sk_sink_byte(s, (unsigned)c << 4);
    }
    sk_sink_byte(s, (unsigned)image->predictor);
    sk_sink_byte(s, 0);
    sk_sink_byte(s, (unsigned)image->point_transform);
}

int sk_jpeg_encode_lossless(const sk_jpeg_image *image, sk_jpeg_sink *sink) {
    encoder *e = calloc(1, sizeof *e);
    if (!e)
        return SK_MEMORY;
    e->image = image;
    e->sink = sink;
    e->per_line = image->columns * image->components;
    e->differences = malloc((size_t)e->per_line * sizeof *e->differences);
    if (!e->differences)
        sink->failed = 1;
    for (int64_t row = 0; row < image->rows && !sink->failed; row++) {
        make_differences(e, row);
        count_line(e);
    }
    for (int c = 0; c < image->components; c++)
        sk_huffman_fit(&e->codes[c], e->frequency[c]);
    write_headers(e);
    for (int64_t row = 0; row < image->rows && !sink->failed; row++) {
        if (image->restart_rows && row > 0 && row % image->restart_rows == 0) {
            sk_put_end(sink, &e->bits);
            sk_sink_word(sink, 0xFFD0 | (unsigned)((row / image->restart_rows - 1) & 7));
        }
        make_differences(e, row);
        write_line(e);
    }
    if (sk_sink_room(sink, 16))
        sk_put_end(sink, &e->bits);
    sk_sink_word(sink, 0xFFD9);
    free(e->differences);
    free(e);
    return sink->failed ? SK_MEMORY : SK_OK;
}
