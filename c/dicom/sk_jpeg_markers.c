/* Marker segments (T.81 Annex B). */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

enum {
    SOF0 = 0xC0, SOF1 = 0xC1, SOF2 = 0xC2, SOF3 = 0xC3, DHT = 0xC4, JPG = 0xC8, DAC = 0xCC, SOF15 = 0xCF, RST0 = 0xD0, RST7 = 0xD7,
    SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, DQT = 0xDB, DNL = 0xDC, DRI = 0xDD, DHP = 0xDE, EXP = 0xDF, APP0 = 0xE0, APP14 = 0xEE,
    COM = 0xFE, TEM = 0x01
};

const uint8_t sk_jpeg_zigzag[64] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

static unsigned word_at(const uint8_t *p) { return (unsigned)p[0] << 8 | p[1]; }

/* Table-specification and miscellaneous segments: `p` is the content, `n` its length, `at` its place. */
static int read_quant(sk_jpeg_decoder *d, const uint8_t *p, int64_t n, int64_t at) {
    while (n > 0) {
        int wide = p[0] >> 4, place = p[0] & 15;
        int64_t need = 1 + 64 * (wide + 1);
        if (wide > 1 || place > 3 || n < need)
            return sk_jpeg_refuse(d, SK_JPEG_BAD_QUANT, at);
        for (int k = 0; k < 64; k++)
            d->quant[place][sk_jpeg_zigzag[k]] = (uint16_t)(wide ? word_at(p + 1 + 2 * k) : p[1 + k]);
        d->have_quant[place] = 1;
        p += need;
        n -= need;
        at += need;
    }
    return SK_OK;
}

static int read_huffman(sk_jpeg_decoder *d, const uint8_t *p, int64_t n, int64_t at) {
    while (n > 0) {
        uint8_t counts[17] = {0};
        int total = 0;
        if (n < 17 || p[0] >> 4 > 1 || (p[0] & 15) > 3)
            return sk_jpeg_refuse(d, SK_JPEG_BAD_HUFFMAN, at);
        for (int length = 1; length <= 16; length++)
            total += counts[length] = p[length];
        sk_huffman *table = p[0] >> 4 ? &d->ac[p[0] & 15] : &d->dc[p[0] & 15];
        if (total > 256 || n < 17 + total || !sk_huffman_make(table, counts, p + 17))
            return sk_jpeg_refuse(d, SK_JPEG_BAD_HUFFMAN, at);
        p += 17 + total;
        n -= 17 + total;
        at += 17 + total;
    }
    return SK_OK;
}

static int precision_fits(int process, int precision) {
    if (process == SK_JPEG_LOSSLESS)
        return precision >= 2 && precision <= 16;
    return precision == 8 || precision == 12; /* 12 in a baseline frame is no baseline, but plain enough */
}

static int read_frame(sk_jpeg_decoder *d, int marker, const uint8_t *p, int64_t n, int64_t at) {
    sk_jpeg_info *info = &d->info;
    if (d->have_frame)
        return sk_jpeg_refuse(d, SK_JPEG_TWO_FRAMES, at);
    if (n < 6 || n < 6 + 3 * p[5])
        return sk_jpeg_refuse(d, SK_JPEG_BAD_FRAME, at);
    info->process = marker - SOF0;
    info->precision = p[0];
    info->rows = word_at(p + 1);
    info->columns = word_at(p + 3);
    info->components = p[5];
    if (!precision_fits(info->process, info->precision))
        return sk_jpeg_refuse(d, SK_JPEG_BAD_PRECISION, at);
    if (info->components < 1 || info->components > SK_JPEG_MAX_COMPONENTS)
        return sk_jpeg_refuse(d, SK_JPEG_COMPONENTS, at);
    if (info->columns == 0)
        return sk_jpeg_refuse(d, SK_JPEG_BAD_FRAME, at);
    for (int c = 0; c < info->components; c++) {
        const uint8_t *q = p + 6 + 3 * c;
        int h = q[1] >> 4, v = q[1] & 15;
        if (h < 1 || h > 4 || v < 1 || v > 4 || q[2] > 3)
            return sk_jpeg_refuse(d, SK_JPEG_BAD_FRAME, at + 6 + 3 * c);
        info->ids[c] = q[0];
        info->h[c] = h;
        info->v[c] = v;
        d->components[c].quant = q[2];
        d->max_h = h > d->max_h ? h : d->max_h;
        d->max_v = v > d->max_v ? v : d->max_v;
    }
    d->have_frame = 1;
    return SK_OK;
}

static int read_restart(sk_jpeg_decoder *d, const uint8_t *p, int64_t n, int64_t at) {
    if (n < 2)
        return sk_jpeg_refuse(d, SK_JPEG_BAD_RESTART, at);
    d->info.restart_interval = word_at(p);
    return SK_OK;
}

static void read_application(sk_jpeg_decoder *d, int marker, const uint8_t *p, int64_t n) {
    if (marker == APP0 && n >= 5 && memcmp(p, "JFIF", 5) == 0)
        d->info.jfif = 1;
    if (marker == APP14 && n >= 12 && memcmp(p, "Adobe", 5) == 0)
        d->info.adobe = p[11];
}

/* The component that an identifier of a scan means: with identifiers that are not unique, the next one. */
static int find_component(const sk_jpeg_decoder *d, int id, const int used[]) {
    for (int c = 0; c < d->info.components; c++)
        if (d->info.ids[c] == id && !used[c])
            return c;
    return -1;
}

static int read_scan(sk_jpeg_decoder *d, const uint8_t *p, int64_t n, int64_t at) {
    sk_jpeg_scan *scan = &d->scan;
    int used[SK_JPEG_MAX_COMPONENTS] = {0};
    if (n < 1 || p[0] < 1 || p[0] > d->info.components || n < 1 + 2 * p[0] + 3)
        return sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, at);
    scan->count = p[0];
    for (int k = 0; k < scan->count; k++) {
        const uint8_t *q = p + 1 + 2 * k;
        int c = find_component(d, q[0], used);
        if (c < 0 || q[1] >> 4 > 3 || (q[1] & 15) > 3)
            return sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, at + 1 + 2 * k);
        used[c] = 1;
        scan->component[k] = c;
        scan->dc[k] = q[1] >> 4;
        scan->ac[k] = q[1] & 15;
    }
    p += 1 + 2 * scan->count;
    scan->first = p[0];
    scan->last = p[1];
    scan->high = p[2] >> 4;
    scan->low = p[2] & 15;
    return SK_OK;
}

/* The number of lines from the DNL segment after the first scan (T.81 section B.2.5), which starts at pos. */
static int find_lines(sk_jpeg_decoder *d) {
    const uint8_t *p = d->data + d->pos, *end = d->data + d->size;
    while (p < end && (p = memchr(p, 0xFF, (size_t)(end - p))) != NULL && end - p >= 2) {
        int marker = p[1];
        if (marker == 0xFF) {
            p++;
        } else if (marker == 0 || (marker >= RST0 && marker <= RST7)) {
            p += 2;
        } else {
            if (marker == DNL && end - p >= 6 && word_at(p + 4) > 0) {
                d->info.rows = word_at(p + 4);
                return SK_OK;
            }
            break;
        }
    }
    return sk_jpeg_refuse(d, SK_JPEG_NO_LINES, d->pos);
}

static int read_segment(sk_jpeg_decoder *d, int marker, const uint8_t *p, int64_t n, int64_t at) {
    switch (marker) {
    case SOF0: case SOF1: case SOF2: case SOF3:
        return read_frame(d, marker, p, n, at);
    case DHT:
        return read_huffman(d, p, n, at);
    case DQT:
        return read_quant(d, p, n, at);
    case DRI:
        return read_restart(d, p, n, at);
    case DNL:
        return d->have_frame && n >= 2 && word_at(p) == d->info.rows ? SK_OK : sk_jpeg_refuse(d, SK_JPEG_BAD_FRAME, at);
    default:
        if (marker >= APP0 && marker <= 0xEF)
            read_application(d, marker, p, n);
        else if (marker != COM)
            return sk_jpeg_refuse(d, SK_JPEG_UNSUPPORTED, at);
        return SK_OK;
    }
}

int sk_jpeg_next(sk_jpeg_decoder *d) {
    const uint8_t *data = d->data;
    if (d->pos == 0) {
        if (d->size < 2 || data[0] != 0xFF || data[1] != SOI)
            return sk_jpeg_refuse(d, SK_JPEG_NO_START, 0);
        d->pos = 2;
    }
    for (;;) {
        /* Bytes that are no marker, and fill bytes before one (T.81 section B.1.1.2), are passed over. */
        const uint8_t *p = d->pos < d->size ? memchr(data + d->pos, 0xFF, (size_t)(d->size - d->pos)) : NULL;
        if (!p || p - data + 1 >= d->size) {
            d->pos = d->size;
            return SK_JPEG_AT_CUT;
        }
        int marker = p[1];
        d->pos = p - data + (marker == 0xFF ? 1 : 2);
        if (marker == 0 || marker == 0xFF || marker == TEM || marker == SOI || (marker >= RST0 && marker <= RST7))
            continue;
        if (marker == EOI)
            return SK_JPEG_AT_END;
        if (d->size - d->pos < 2 || word_at(data + d->pos) < 2 || d->size - d->pos < word_at(data + d->pos))
            return sk_jpeg_refuse(d, SK_JPEG_CUT_SEGMENT, d->pos - 2);
        int64_t at = d->pos + 2, n = word_at(data + d->pos) - 2;
        d->pos = at + n;
        if (marker != SOS) {
            int status = read_segment(d, marker, data + at, n, at);
            if (status)
                return status;
            continue;
        }
        if (!d->have_frame)
            return sk_jpeg_refuse(d, SK_JPEG_NO_FRAME, at);
        int status = read_scan(d, data + at, n, at);
        if (!status && d->info.rows == 0)
            status = find_lines(d);
        return status ? status : SK_JPEG_AT_SCAN;
    }
}

int sk_jpeg_pass_restart(sk_jpeg_decoder *d, int number) {
    const uint8_t *p = d->data + d->pos, *end = d->data + d->size;
    while (p < end && (p = memchr(p, 0xFF, (size_t)(end - p))) != NULL && end - p >= 2) {
        if (p[1] != 0 && p[1] != 0xFF) {
            d->pos = p - d->data;
            if (p[1] != RST0 + number)
                return sk_jpeg_refuse(d, p[1] == EOI ? SK_JPEG_TRUNCATED : SK_JPEG_BAD_RESTART, d->pos);
            d->pos += 2;
            return SK_OK;
        }
        p += p[1] == 0xFF ? 1 : 2;
    }
    return sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->size);
}

int sk_jpeg_header(const uint8_t *data, int64_t size, sk_jpeg_info *info, sk_jpeg_report *report) {
    sk_jpeg_decoder *d = calloc(1, sizeof *d);
    if (!d)
        return SK_MEMORY;
    d->data = data;
    d->size = size;
    d->info.adobe = -1;
    int status = sk_jpeg_next(d);
    if (status == SK_JPEG_AT_END || status == SK_JPEG_AT_CUT)
        status = sk_jpeg_refuse(d, d->have_frame ? SK_JPEG_TRUNCATED : SK_JPEG_NO_FRAME, d->pos);
    if (status == SK_JPEG_AT_SCAN) {
        status = SK_OK;
        if (d->info.process == SK_JPEG_LOSSLESS) {
            d->info.predictor = d->scan.first;
            d->info.point_transform = d->scan.low;
        }
    }
    *info = d->info;
    *report = d->report;
    free(d);
    return status;
}
