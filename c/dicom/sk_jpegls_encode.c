/* Scans of JPEG-LS (T.87 Annex A; Annex B for interleaved ones), encoded. */
#include "sk_jpegls_parts.h"
#include "sk_jpeg_parts.h"

typedef struct {
    const sk_jpegls_info *info;
    const void *samples;
    int bytes;
    sk_jpeg_sink *sink;
    sk_jpegls_model m;
    uint64_t window; /* bits to be written, at the bottom */
    int bits;
    int stuffed;     /* the last byte was FF */
} encoder;

/* Whole bytes of the window, one by one; the byte after FF has seven bits (section A.1). */
static __attribute__((noinline)) void put_bytes(encoder *e) {
    for (;;) {
        int width = e->stuffed ? 7 : 8;
        if (e->bits < width)
            return;
        uint8_t byte = (uint8_t)(e->window >> (e->bits - width) & (0xFFu >> (8 - width)));
        e->sink->data[e->sink->size++] = byte;
        e->stuffed = byte == 0xFF;
        e->bits -= width;
    }
}

/* Append `count` <= 32 bits; the sink has room (see encode_scan). Four bytes leave at once where none of them is FF. */
static inline __attribute__((always_inline)) void put(encoder *e, uint32_t value, int count) {
    e->window = e->window << count | value;
    e->bits += count;
    if (e->bits < 32)
        return;
    uint32_t out = (uint32_t)(e->window >> (e->bits - 32));
    if (e->stuffed || ((~out - 0x01010101u) & out & 0x80808080u)) {
        put_bytes(e);
        return;
    }
    for (int i = 0; i < 4; i++)
        e->sink->data[e->sink->size + i] = (uint8_t)(out >> (24 - 8 * i));
    e->sink->size += 4;
    e->bits -= 32;
}

/* Zeros to the end of the byte; a last byte FF is followed by a byte of zeros. */
static void put_end(encoder *e) {
    put_bytes(e);
    if (e->bits || e->stuffed) {
        e->window <<= (e->stuffed ? 7 : 8) - e->bits;
        e->bits = e->stuffed ? 7 : 8;
        put_bytes(e);
    }
    e->window = 0;
    e->bits = e->stuffed = 0;
}

/* Section A.5.3. */
static inline __attribute__((always_inline)) void put_code(encoder *e, uint32_t value, int k, int limit) {
    uint32_t high = value >> k;
    if (__builtin_expect(high < 14 && high < (uint32_t)limit, 1)) {
        put(e, 1u << k | (value & ((1u << k) - 1)), (int)high + 1 + k);
        return;
    }
    int zeros = high < (uint32_t)limit ? (int)high : limit;
    for (int left = zeros; left > 0; left -= 24)
        put(e, 0, left < 24 ? left : 24);
    put(e, 1, 1);
    if (zeros < limit)
        put(e, value & ((1u << k) - 1), k);
    else
        put(e, value - 1, e->m.bits);
}

/* Quantised (near-lossless) and taken modulo the range (code segments A.7 to A.9); *x becomes what a decoder finds. */
static int code_error(const sk_jpegls_model *m, int guess, int sign, uint16_t *x) {
    int error = sign * ((int)*x - guess);
    if (m->near) {
        error = error > 0 ? (error + m->near) / m->step : -((m->near - error) / m->step);
        *x = (uint16_t)sk_jpegls_clamp(guess + sign * error * m->step, m->max_value);
    }
    error += error < 0 ? m->range : 0;
    return error >= (m->range + 1) / 2 ? error - m->range : error;
}

static inline __attribute__((always_inline)) void encode_regular(encoder *e, int q, int guess, uint16_t *x) {
    sk_jpegls_model *m = &e->m;
    int sign = q < 0 ? -1 : 1;
    sk_jpegls_context *t = &m->contexts[q * sign];
    guess = sk_jpegls_clamp(guess + sign * t->c, m->max_value);
    int error = code_error(m, guess, sign, x), turned = error ^ t->flip;
    put_code(e, turned < 0 ? 2u * (uint32_t)~turned + 1 : 2u * (uint32_t)turned, t->k, m->limit);
    sk_jpegls_update(t, error, m->step, m->reset, m->near == 0);
}

/* Code segments A.15 and A.16. */
static void encode_run(encoder *e, int *index, int64_t length, int ended) {
    while (length >= (int64_t)1 << sk_jpegls_orders[*index]) {
        put(e, 1, 1);
        length -= (int64_t)1 << sk_jpegls_orders[*index];
        *index += *index < SK_JPEGLS_MAX_RUN_INDEX;
    }
    if (!ended)
        put(e, (uint32_t)length, sk_jpegls_orders[*index] + 1);
    else if (length)
        put(e, 1, 1);
}

/* The sample that ends a run (section A.7.2). */
static void encode_interruption(encoder *e, int index, int alike, int left, int up, uint16_t *x) {
    sk_jpegls_model *m = &e->m;
    sk_jpegls_run_context *t = &m->run[alike];
    int error = code_error(m, alike ? left : up, !alike && left > up ? -1 : 1, x);
    int k = sk_jpegls_run_order(t, alike), size = error < 0 ? -error : error;
    int map = error != 0 && (error < 0) == (k != 0 || 2 * t->negative >= t->n);
    uint32_t code = 2 * (uint32_t)size - (uint32_t)alike - (uint32_t)map;
    put_code(e, code, k, m->limit - sk_jpegls_orders[index] - 1);
    sk_jpegls_run_update(t, error, code, alike, m->reset);
}

static int near_to(int a, int b, int near) { return (a < b ? b - a : a - b) <= near; }

/* A line of n components side by side (n = 1: no sample interleaving). */
static inline __attribute__((always_inline)) void encode_line(encoder *e, int *index, uint16_t *line, const uint16_t *above,
                                                              int64_t columns, int n) {
    sk_jpegls_model *m = &e->m;
    const int8_t *quantised = m->quantised;
    int q[SK_JPEG_MAX_COMPONENTS];
    for (int64_t i = 0, end = columns * n; i < end; i += n) {
        int any = 0;
        for (int c = 0; c < n; c++) {
            int left = line[i + c - n], corner = above[i + c - n], up = above[i + c], next = above[i + c + n];
            q[c] = 81 * quantised[next - up] + 9 * quantised[up - corner] + quantised[corner - left];
            any |= q[c];
        }
        if (any) {
            for (int c = 0; c < n; c++)
                encode_regular(e, q[c], sk_jpegls_predict(line[i + c - n], above[i + c], above[i + c - n]), &line[i + c]);
            continue;
        }
        int64_t start = i;
        for (; i < end; i += n) {
            int same = 1;
            for (int c = 0; c < n; c++)
                same &= near_to(line[i + c], line[start + c - n], m->near);
            if (!same)
                break;
            memcpy(line + i, line + start - n, (size_t)n * sizeof *line);
        }
        encode_run(e, index, (i - start) / n, i == end);
        if (i == end)
            return;
        for (int c = 0; c < n; c++) {
            int left = line[i + c - n], up = above[i + c];
            encode_interruption(e, *index, n == 1 && near_to(left, up, m->near), left, up, &line[i + c]);
        }
        *index -= *index > 0;
    }
}

static void load(const encoder *e, uint16_t *line, int64_t stride, int component, int64_t row) {
    int samples = e->info->components;
    int64_t columns = e->info->columns, at = row * columns * samples + component;
    for (int64_t x = 0; x < columns; x++) {
        int64_t from = at + x * samples;
        line[x * stride] = e->bytes == 1 ? ((const uint8_t *)e->samples)[from] : ((const uint16_t *)e->samples)[from];
    }
}

/* Components first to first + count - 1 in one scan. */
static void encode_scan(encoder *e, int first, int count) {
    sk_jpegls_model *m = &e->m;
    int64_t columns = e->info->columns, interval = e->info->restart_interval;
    int n = e->info->interleave == SK_JPEGLS_SAMPLE ? count : 1;
    sk_jpegls_reset(m, columns, count);
    for (int64_t row = 0; row < e->info->rows; row++) {
        if (interval && row > 0 && row % interval == 0) {
            put_end(e);
            sk_sink_word(e->sink, 0xFFD0 | (unsigned)((row / interval - 1) & 7));
            sk_jpegls_reset(m, columns, count);
        }
        /* A sample takes 64 bits at most and, stuffed, 74; a run's length less than its samples' bits. */
        if (!sk_sink_room(e->sink, columns * count * 10 + 64))
            return;
        for (int k = 0; k < count; k += n) {
            int64_t size = sk_jpegls_line_size(columns, n);
            uint16_t *line = m->lines + (2 * k + (row & 1)) * size + n, *above = m->lines + (2 * k + (~row & 1)) * size + n;
            for (int c = 0; c < n; c++)
                load(e, line + c, n, first + k + c, row);
            sk_jpegls_margins(line, above, columns, n);
            if (n == 1)
                encode_line(e, &m->run_index[k], line, above, columns, 1);
            else if (n == 3)
                encode_line(e, &m->run_index[k], line, above, columns, 3);
            else
                encode_line(e, &m->run_index[k], line, above, columns, n);
        }
    }
    put_end(e);
}

static void write_frame(const encoder *e) {
    const sk_jpegls_info *info = e->info;
    sk_jpeg_sink *s = e->sink;
    const int preset[5] = {info->max_value, info->t1, info->t2, info->t3, info->reset};
    sk_sink_word(s, 0xFFD8);
    sk_sink_word(s, 0xFFF7);
    sk_sink_word(s, 8 + 3 * (unsigned)info->components);
    sk_sink_byte(s, (unsigned)info->precision);
    sk_sink_word(s, (unsigned)info->rows);
    sk_sink_word(s, (unsigned)info->columns);
    sk_sink_byte(s, (unsigned)info->components);
    for (int c = 0; c < info->components; c++) {
        sk_sink_byte(s, (unsigned)c + 1);
        sk_sink_byte(s, 0x11);
        sk_sink_byte(s, 0);
    }
    if (preset[0] || preset[1] || preset[2] || preset[3] || preset[4]) {
        sk_sink_word(s, 0xFFF8);
        sk_sink_word(s, 13);
        sk_sink_byte(s, 1);
        for (int i = 0; i < 5; i++)
            sk_sink_word(s, (unsigned)preset[i]);
    }
    if (info->restart_interval) {
        sk_sink_word(s, 0xFFDD);
        sk_sink_word(s, 6);
        sk_sink_word(s, (unsigned)(info->restart_interval >> 16));
        sk_sink_word(s, (unsigned)(info->restart_interval & 0xFFFF));
    }
}

static void write_scan(const encoder *e, int first, int count) {
    sk_jpeg_sink *s = e->sink;
    sk_sink_word(s, 0xFFDA);
    sk_sink_word(s, 6 + 2 * (unsigned)count);
    sk_sink_byte(s, (unsigned)count);
    for (int c = first; c < first + count; c++) {
        sk_sink_byte(s, (unsigned)c + 1);
        sk_sink_byte(s, 0);
    }
    sk_sink_byte(s, (unsigned)e->info->near);
    sk_sink_byte(s, count > 1 ? (unsigned)e->info->interleave : 0);
    sk_sink_byte(s, 0);
}

int sk_jpegls_encode(const void *samples, int bytes, const sk_jpegls_info *info, sk_jpeg_sink *sink) {
    const int preset[5] = {info->max_value, info->t1, info->t2, info->t3, info->reset};
    encoder *e = calloc(1, sizeof *e);
    if (!e)
        return SK_MEMORY;
    e->info = info;
    e->samples = samples;
    e->bytes = bytes;
    e->sink = sink;
    int count = info->interleave == SK_JPEGLS_NONE ? 1 : info->components;
    int status = sk_jpegls_set_parameters(&e->m, preset, info->precision, info->near) ? SK_OK : SK_ARGUMENT;
    if (!status)
        status = sk_jpegls_allocate(&e->m, info->columns, count);
    if (!status) {
        write_frame(e);
        for (int first = 0; first < info->components; first += count) {
            write_scan(e, first, count);
            encode_scan(e, first, count);
        }
        sk_sink_word(sink, 0xFFD9);
        status = sink->failed ? SK_MEMORY : SK_OK;
    }
    sk_jpegls_release(&e->m);
    free(e);
    return status;
}
