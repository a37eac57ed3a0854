/* Bytes and marker segments that encoders write (T.81 Annex B). */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

int sk_sink_room(sk_jpeg_sink *s, int64_t count) {
    if (s->failed)
        return 0;
    if (s->capacity - s->size >= count)
        return 1;
    int64_t capacity = s->size + count + s->capacity / 2 + 1024;
    uint8_t *data = realloc(s->data, (size_t)capacity);
    if (!data) {
        s->failed = 1;
        return 0;
    }
    s->data = data;
    s->capacity = capacity;
    return 1;
}

void sk_sink_byte(sk_jpeg_sink *s, unsigned byte) {
    if (sk_sink_room(s, 1))
        s->data[s->size++] = (uint8_t)byte;
}

void sk_sink_word(sk_jpeg_sink *s, unsigned word) {
    sk_sink_byte(s, word >> 8);
    sk_sink_byte(s, word & 0xFF);
}

void sk_jpeg_write_huffman(sk_jpeg_sink *s, int class_and_place, const sk_huffman_codes *codes) {
    sk_sink_word(s, 0xFFC4);
    sk_sink_word(s, 2 + 17 + (unsigned)codes->count);
    sk_sink_byte(s, (unsigned)class_and_place);
    for (int length = 1; length <= 16; length++)
        sk_sink_byte(s, codes->counts[length]);
    for (int i = 0; i < codes->count; i++)
        sk_sink_byte(s, codes->symbols[i]);
}

/* The frame header; quantisation table 0 is the first component's, 1 that of the others, if DCT. */
void sk_jpeg_write_frame(sk_jpeg_sink *s, int marker, const sk_jpeg_image *image) {
    sk_sink_word(s, 0xFF00 | (unsigned)marker);
    sk_sink_word(s, 8 + 3 * (unsigned)image->components);
    sk_sink_byte(s, (unsigned)image->precision);
    sk_sink_word(s, (unsigned)image->rows);
    sk_sink_word(s, (unsigned)image->columns);
    sk_sink_byte(s, (unsigned)image->components);
    for (int c = 0; c < image->components; c++) {
        sk_sink_byte(s, (unsigned)c + 1);
        sk_sink_byte(s, c == 0 && image->half_columns ? 0x21 : 0x11);
        sk_sink_byte(s, marker == 0xC0 && c > 0);
    }
}
