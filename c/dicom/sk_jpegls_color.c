/* The reversible colour transforms of HP's JPEG-LS codec, declared by an APP8 segment "mrfx": sums and differences modulo the
 * samples' range, for three interleaved components of 8 or 16 bits. They belong to no standard. */
#include "sk_jpegls_parts.h"

#define UNDO(name, type)                                                              \
    static void name(type *p, int64_t pixels, int kind, int precision) {              \
        const int mask = (1 << precision) - 1, half = 1 << (precision - 1);           \
        for (int64_t i = 0; i < pixels; i++, p += 3) {                                \
            int a = p[0], b = p[1], c = p[2], red, green, blue;                       \
            if (kind == 1) {                                                          \
                green = b;                                                            \
                red = (a + b - half) & mask;                                          \
                blue = (c + b - half) & mask;                                         \
            } else if (kind == 2) {                                                   \
                green = b;                                                            \
                red = (a + b - half) & mask;                                          \
                blue = (c + ((red + green) >> 1) - half) & mask;                      \
            } else {                                                                  \
                green = (a - ((c + b) >> 2) + half / 2) & mask;                       \
                red = (c + green - half) & mask;                                      \
                blue = (b + green - half) & mask;                                     \
            }                                                                         \
            p[0] = (type)red;                                                         \
            p[1] = (type)green;                                                       \
            p[2] = (type)blue;                                                        \
        }                                                                             \
    }

UNDO(undo_bytes, uint8_t)
UNDO(undo_words, uint16_t)

int sk_jpegls_undo_transform(sk_jpegls_stream *s, void *out, int bytes) {
    const sk_jpegls_info *info = &s->info;
    if (s->interleave == SK_JPEGLS_NONE || info->components != 3 || (info->precision != 8 && info->precision != 16))
        return sk_jpegls_refuse(s, SK_JPEGLS_BAD_TRANSFORM, 0);
    if (bytes == 1)
        undo_bytes(out, info->rows * info->columns, info->transform, info->precision);
    else
        undo_words(out, info->rows * info->columns, info->transform, info->precision);
    return SK_OK;
}
