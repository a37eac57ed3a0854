/* Marker segments of JPEG-LS (T.87 Annex C; those of T.81 Annex B otherwise). */
#include "sk_jpegls_parts.h"

enum { RST0 = 0xD0, RST7 = 0xD7, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, DNL = 0xDC, DRI = 0xDD, APP0 = 0xE0, APP8 = 0xE8, APP15 = 0xEF,
       SOF55 = 0xF7, LSE = 0xF8, COM = 0xFE };

static unsigned word_at(const uint8_t *p) { return (unsigned)p[0] << 8 | p[1]; }

static int64_t number_at(const uint8_t *p, int64_t bytes) {
    int64_t value = 0;
    for (int64_t i = 0; i < bytes; i++)
        value = value << 8 | p[i];
    return value;
}

int sk_jpegls_refuse(sk_jpegls_stream *s, int fault, int64_t offset) {
    s->report.fault = fault;
    s->report.offset = offset;
    return SK_FORMAT;
}

static int read_frame(sk_jpegls_stream *s, const uint8_t *p, int64_t n, int64_t at) {
    sk_jpegls_info *info = &s->info;
    if (s->have_frame)
        return sk_jpegls_refuse(s, SK_JPEG_TWO_FRAMES, at);
    if (n < 6 || n < 6 + 3 * p[5])
        return sk_jpegls_refuse(s, SK_JPEG_BAD_FRAME, at);
    info->precision = p[0];
    if (word_at(p + 1))
        info->rows = word_at(p + 1);
    if (word_at(p + 3))
        info->columns = word_at(p + 3);
    info->components = p[5];
    if (info->precision < 2 || info->precision > 16)
        return sk_jpegls_refuse(s, SK_JPEG_BAD_PRECISION, at);
    if (info->components < 1 || info->components > SK_JPEG_MAX_COMPONENTS)
        return sk_jpegls_refuse(s, SK_JPEG_COMPONENTS, at);
    for (int c = 0; c < info->components; c++) {
        s->ids[c] = p[6 + 3 * c];
        if (p[7 + 3 * c] != p[7] || (p[7] & 15) < 1 || (p[7] & 15) > 4 || p[7] >> 4 < 1 || p[7] >> 4 > 4)
            return sk_jpegls_refuse(s, SK_JPEGLS_UNSUPPORTED, at + 6 + 3 * c);
    }
    s->have_frame = 1;
    return SK_OK;
}

/* Section C.2.4.1: preset parameters; sizes beyond 65535 (C.2.4.1.4). */
static int read_preset(sk_jpegls_stream *s, const uint8_t *p, int64_t n, int64_t at) {
    int kind = n > 0 ? p[0] : 0;
    if (kind == 1 && n >= 11) {
        for (int i = 0; i < 5; i++)
            s->preset[i] = (int)word_at(p + 1 + 2 * i);
        return SK_OK;
    }
    if (kind == 2 || kind == 3)
        return sk_jpegls_refuse(s, SK_JPEGLS_MAPPING, at);
    if (kind == 4 && n >= 2 && p[1] >= 1 && p[1] <= 4 && n >= 2 + 2 * p[1]) {
        s->info.rows = number_at(p + 2, p[1]);
        s->info.columns = number_at(p + 2 + p[1], p[1]);
        return SK_OK;
    }
    return sk_jpegls_refuse(s, SK_JPEGLS_BAD_PRESET, at);
}

static int find_component(const sk_jpegls_stream *s, int id, const int used[]) {
    for (int c = 0; c < s->info.components; c++)
        if (s->ids[c] == id && !used[c])
            return c;
    return -1;
}

static int read_scan(sk_jpegls_stream *s, const uint8_t *p, int64_t n, int64_t at) {
    int used[SK_JPEG_MAX_COMPONENTS] = {0};
    if (n < 1 || p[0] < 1 || p[0] > s->info.components || n < 1 + 2 * p[0] + 3)
        return sk_jpegls_refuse(s, SK_JPEG_BAD_SCAN, at);
    s->count = p[0];
    for (int k = 0; k < s->count; k++) {
        int c = find_component(s, p[1 + 2 * k], used);
        if (c < 0)
            return sk_jpegls_refuse(s, SK_JPEG_BAD_SCAN, at + 1 + 2 * k);
        if (p[2 + 2 * k])
            return sk_jpegls_refuse(s, SK_JPEGLS_MAPPING, at + 2 + 2 * k);
        used[c] = 1;
        s->component[k] = c;
    }
    p += 1 + 2 * s->count;
    s->near = p[0];
    s->interleave = p[1];
    if (s->interleave > SK_JPEGLS_SAMPLE || (s->count > 1 && s->interleave == SK_JPEGLS_NONE))
        return sk_jpegls_refuse(s, SK_JPEG_BAD_SCAN, at);
    if (p[2] != 0)
        return sk_jpegls_refuse(s, SK_JPEGLS_UNSUPPORTED, at);
    if (s->count == 1)
        s->interleave = SK_JPEGLS_NONE;
    return SK_OK;
}

/* The number of lines from the DNL segment after the first scan. */
static int find_lines(sk_jpegls_stream *s) {
    const uint8_t *p = s->data + s->pos, *end = s->data + s->size;
    while (p < end && (p = memchr(p, 0xFF, (size_t)(end - p))) != NULL && end - p >= 2) {
        if (p[1] >= 0x80 && p[1] != 0xFF && (p[1] < RST0 || p[1] > RST7)) {
            int64_t n = end - p >= 4 ? word_at(p + 2) - 2 : 0;
            if (p[1] == DNL && n >= 2 && n <= 4 && end - p >= 4 + n && number_at(p + 4, n) > 0) {
                s->info.rows = number_at(p + 4, n);
                return SK_OK;
            }
            break;
        }
        p++;
    }
    return sk_jpegls_refuse(s, SK_JPEG_NO_LINES, s->pos);
}

static int read_segment(sk_jpegls_stream *s, int marker, const uint8_t *p, int64_t n, int64_t at) {
    switch (marker) {
    case SOF55:
        return read_frame(s, p, n, at);
    case LSE:
        return read_preset(s, p, n, at);
    case DRI:
        if (n < 2 || n > 4)
            return sk_jpegls_refuse(s, SK_JPEG_BAD_RESTART, at);
        s->info.restart_interval = number_at(p, n);
        return SK_OK;
    case DNL:
        return n >= 2 && n <= 4 && number_at(p, n) == s->info.rows ? SK_OK : sk_jpegls_refuse(s, SK_JPEG_BAD_FRAME, at);
    case APP8:
        if (n >= 5 && memcmp(p, "mrfx", 4) == 0) {
            s->info.transform = p[4];
            if (p[4] > 3)
                return sk_jpegls_refuse(s, SK_JPEGLS_BAD_TRANSFORM, at);
        }
        return SK_OK;
    default:
        if (marker == COM || (marker >= APP0 && marker <= APP15))
            return SK_OK;
        return sk_jpegls_refuse(s, SK_JPEGLS_UNSUPPORTED, at);
    }
}

int sk_jpegls_next(sk_jpegls_stream *s) {
    const uint8_t *data = s->data;
    if (s->pos == 0) {
        if (s->size < 2 || data[0] != 0xFF || data[1] != SOI)
            return sk_jpegls_refuse(s, SK_JPEG_NO_START, 0);
        s->pos = 2;
    }
    for (;;) {
        const uint8_t *p = s->pos < s->size ? memchr(data + s->pos, 0xFF, (size_t)(s->size - s->pos)) : NULL;
        if (!p || p - data + 1 >= s->size) {
            s->pos = s->size;
            return SK_JPEGLS_AT_CUT;
        }
        int marker = p[1];
        s->pos = p - data + (marker < 0x80 || marker == 0xFF ? 1 : 2);
        if (marker < 0x80 || marker == 0xFF || marker == SOI || (marker >= RST0 && marker <= RST7))
            continue;
        if (marker == EOI)
            return SK_JPEGLS_AT_END;
        if (s->size - s->pos < 2 || word_at(data + s->pos) < 2 || s->size - s->pos < word_at(data + s->pos))
            return sk_jpegls_refuse(s, SK_JPEG_CUT_SEGMENT, s->pos - 2);
        int64_t at = s->pos + 2, n = word_at(data + s->pos) - 2;
        s->pos = at + n;
        if (marker != SOS) {
            int status = read_segment(s, marker, data + at, n, at);
            if (status)
                return status;
            continue;
        }
        if (!s->have_frame)
            return sk_jpegls_refuse(s, SK_JPEG_NO_FRAME, at);
        if (s->info.columns == 0)
            return sk_jpegls_refuse(s, SK_JPEG_BAD_FRAME, at);
        int status = read_scan(s, data + at, n, at);
        if (!status && s->info.rows == 0)
            status = find_lines(s);
        return status ? status : SK_JPEGLS_AT_SCAN;
    }
}

int sk_jpegls_pass_restart(sk_jpegls_stream *s, int number) {
    const uint8_t *p = s->data + s->pos, *end = s->data + s->size;
    while (p < end && (p = memchr(p, 0xFF, (size_t)(end - p))) != NULL && end - p >= 2) {
        if (p[1] >= 0x80 && p[1] != 0xFF) {
            s->pos = p - s->data;
            if (p[1] != RST0 + number)
                return sk_jpegls_refuse(s, p[1] == EOI ? SK_JPEG_TRUNCATED : SK_JPEG_BAD_RESTART, s->pos);
            s->pos += 2;
            return SK_OK;
        }
        p++;
    }
    return sk_jpegls_refuse(s, SK_JPEG_TRUNCATED, s->size);
}

int sk_jpegls_header(const uint8_t *data, int64_t size, sk_jpegls_info *info, sk_jpeg_report *report) {
    sk_jpegls_stream s = {.data = data, .size = size};
    sk_jpegls_model m;
    int status = sk_jpegls_next(&s);
    if (status == SK_JPEGLS_AT_END || status == SK_JPEGLS_AT_CUT)
        status = sk_jpegls_refuse(&s, s.have_frame ? SK_JPEG_TRUNCATED : SK_JPEG_NO_FRAME, s.pos);
    if (status == SK_JPEGLS_AT_SCAN) {
        status = SK_OK;
        s.info.near = s.near;
        s.info.interleave = s.interleave;
        if (sk_jpegls_set_parameters(&m, s.preset, s.info.precision, s.near)) {
            s.info.max_value = m.max_value;
            s.info.t1 = m.t1;
            s.info.t2 = m.t2;
            s.info.t3 = m.t3;
            s.info.reset = m.reset;
        } else {
            status = sk_jpegls_refuse(&s, SK_JPEGLS_BAD_PRESET, s.pos);
        }
    }
    *info = s.info;
    *report = s.report;
    return status;
}
