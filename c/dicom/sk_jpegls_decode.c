/* Scans of JPEG-LS (T.87 Annex A, section A.8; Annex B for interleaved ones), decoded. */
#include "sk_jpegls_parts.h"

typedef struct {
    sk_bits bits;
    int bad; /* an error code that no encoder writes */
} reader;

/* Byte by byte; the byte after FF brings seven bits (section A.1). FF and its follower are taken together, so that a
 * fill always begins on a byte of eight bits; 49 to 63 bits. */
static __attribute__((noinline)) void fill_slowly(const uint8_t **next, const uint8_t *end, uint64_t *window, int *known,
                                                  int64_t *invented) {
    while (*known < 56) {
        const uint8_t *p = *next;
        uint64_t bits = 0;
        int count = 8;
        if (p < end && (*p != 0xFF || (end - p > 1 && p[1] < 0x80))) {
            bits = *p;
            if (bits == 0xFF) {
                if (*known > 48)
                    break;
                bits = bits << 7 | p[1];
                count = 15;
            }
            *next = p + (count == 15 ? 2 : 1);
        } else {
            *invented += 8;
        }
        *window |= bits << (64 - count - *known);
        *known += count;
    }
}

static inline __attribute__((always_inline)) void fill(sk_bits *b) { sk_bits_fill_by(b, fill_slowly); }

/* Any Golomb code (section A.5.3): up to `limit` zeros, then k bits; after `limit` zeros the escape. */
static __attribute__((noinline)) uint32_t any_code(reader *r, int k, int limit, int escape_bits) {
    int zeros = 0;
    for (;;) {
        fill(&r->bits);
        uint32_t top = (uint32_t)(r->bits.window >> 32);
        int here = top ? __builtin_clz(top) : 32;
        zeros += here;
        if (zeros > limit) {
            r->bad = 1;
            return 0;
        }
        sk_bits_skip(&r->bits, here < 32 ? here + 1 : 32);
        if (here < 32)
            break;
    }
    fill(&r->bits);
    if (zeros == limit)
        return sk_bits_take(&r->bits, escape_bits) + 1;
    return (uint32_t)zeros << k | sk_bits_take(&r->bits, k);
}

/* Codes of less than `few` <= 15 zeros (no more than the limit) and so of at most 32 bits are read from the window at once. */
static inline __attribute__((always_inline)) uint32_t next_code(reader *r, int k, int limit, int few,
                                                                const sk_jpegls_model *m) {
    if (r->bits.bits < 32)
        fill(&r->bits);
    uint64_t window = r->bits.window;
    int zeros = __builtin_clzll(window | 1);
    if (__builtin_expect(zeros >= few, 0)) {
        reader moved = *r; /* a copy has an address, so that r itself may live in registers */
        uint32_t code = any_code(&moved, k, limit, m->bits);
        *r = moved;
        return code;
    }
    sk_bits_skip(&r->bits, zeros + 1 + k);
    return (uint32_t)zeros << k | (uint32_t)(((window << (zeros + 1)) >> 1) >> (63 - k));
}

/* A sample of the regular mode in context `q` of either sign (code segments A.5 to A.14). */
static inline __attribute__((always_inline)) int regular_sample(reader *r, sk_jpegls_model *m, ptrdiff_t q, int guess, int full) {
    int sign = (int)(q >> 31);
    sk_jpegls_context *t = &m->contexts[q < 0 ? -q : q];
    guess = sk_jpegls_clamp(guess + ((t->c ^ sign) - sign), m->max_value);
    uint32_t code = next_code(r, t->k, m->limit, 15, m); /* limits are 17 at least */
    if (__builtin_expect(code > 2u * (uint32_t)m->range, 0)) {
        r->bad = 1;
        code = 0;
    }
    int error = (int)(code >> 1) ^ -(int)(code & 1) ^ t->flip;
    int signed_error = (error ^ sign) - sign;
    sk_jpegls_update(t, error, m->step, m->reset, full || m->near == 0);
    if (full)
        return (guess + signed_error) & m->max_value;
    int x = guess + signed_error * m->step, span = m->range * m->step;
    x += x < -m->near ? span : x > m->max_value + m->near ? -span : 0;
    return sk_jpegls_clamp(x, m->max_value);
}

/* Samples of the regular mode from x on, to where a run begins or the line ends. */
static inline __attribute__((always_inline)) int64_t regular_samples(reader *shared, sk_jpegls_model *m, uint16_t *line,
                                                                     const uint16_t *above, int64_t x, int64_t columns,
                                                                     int full) {
    reader r = *shared;
    const int8_t *quantised = m->quantised;
    ptrdiff_t left = line[x - 1], corner = above[x - 1], up = above[x];
    for (; x < columns; x++) {
        ptrdiff_t next = above[x + 1];
        ptrdiff_t q = 81 * quantised[next - up] + 9 * quantised[up - corner] + quantised[corner - left];
        if (q == 0)
            break;
        left = regular_sample(&r, m, q, sk_jpegls_predict((int)left, (int)up, (int)corner), full);
        line[x] = (uint16_t)left;
        corner = up;
        up = next;
    }
    *shared = r;
    return x;
}

/* The length of a run of at most `room` samples; *ended: it reaches the line's end (code segments A.14, A.15). */
static inline __attribute__((always_inline)) int64_t run_length(reader *r, int *index, int64_t room, int *ended) {
    int64_t length = 0;
    *ended = 0;
    for (;;) {
        if (r->bits.bits < 32)
            fill(&r->bits);
        int order = sk_jpegls_orders[*index];
        if (!sk_bits_take(&r->bits, 1)) {
            length += sk_bits_take(&r->bits, order);
            if (length >= room) {
                r->bad |= length > room;
                *ended = 1;
                length = room;
            }
            return length;
        }
        int64_t piece = (int64_t)1 << order;
        if (length + piece > room) {
            *ended = 1;
            return room;
        }
        length += piece;
        *index += *index < SK_JPEGLS_MAX_RUN_INDEX;
        if (length == room) {
            *ended = 1;
            return room;
        }
    }
}

/* The error of the sample that ends a run (section A.7.2). */
static inline __attribute__((always_inline)) int run_error(reader *r, sk_jpegls_model *m, int alike, int run_index) {
    sk_jpegls_run_context *t = &m->run[alike];
    int k = sk_jpegls_run_order(t, alike);
    int limit = m->limit - sk_jpegls_orders[run_index] - 1;
    uint32_t code = next_code(r, k, limit, limit < 15 ? limit : 15, m);
    if (code > 2u * (uint32_t)m->range) {
        r->bad = 1;
        code = 0;
    }
    uint32_t whole = code + (uint32_t)alike;
    int map = (int)(whole & 1), size = (int)((whole + 1) >> 1);
    /* Code segment A.21 read backwards: which sign has this mapping? */
    int negative = (k != 0 || 2 * t->negative >= t->n) == map;
    int error = negative ? -size : size;
    sk_jpegls_run_update(t, error, code, alike, m->reset);
    return error;
}

static int interrupted(const sk_jpegls_model *m, int guess, int error) {
    int x = guess + error * m->step, span = m->range * m->step;
    x += x < -m->near ? span : x > m->max_value + m->near ? -span : 0;
    return sk_jpegls_clamp(x, m->max_value);
}

static __attribute__((noinline)) int64_t run_samples(reader *shared, sk_jpegls_model *m, int *index, uint16_t *line,
                                                     const uint16_t *above, int64_t x, int64_t columns) {
    reader r = *shared;
    int left = line[x - 1], ended;
    int64_t length = run_length(&r, index, columns - x, &ended);
    const uint64_t four = 0x0001000100010001u * (uint16_t)left;
    for (int64_t i = x; i < x + length; i += 8) { /* the samples past the run are written again later */
        memcpy(line + i, &four, 8);
        memcpy(line + i + 4, &four, 8);
    }
    x += length;
    if (ended) {
        *shared = r;
        return x;
    }
    int up = above[x], difference = left - up;
    int alike = (difference < 0 ? -difference : difference) <= m->near;
    int error = run_error(&r, m, alike, *index);
    *shared = r;
    line[x] = (uint16_t)(alike ? interrupted(m, left, error) : interrupted(m, up, left > up ? -error : error));
    *index -= *index > 0;
    return x + 1;
}

static void decode_line(reader *r, sk_jpegls_model *m, int *index, uint16_t *line, const uint16_t *above, int64_t columns) {
    int64_t x = 0;
    while (x < columns) {
        x = m->full ? regular_samples(r, m, line, above, x, columns, 1) : regular_samples(r, m, line, above, x, columns, 0);
        if (x < columns)
            x = run_samples(r, m, index, line, above, x, columns);
    }
}

/* Sample interleaved (section B.2.3): the run mode where all components would enter it; a run's end is coded in the
 * context of unlike neighbours for all of them. */
static inline __attribute__((always_inline)) void decode_pixels(reader *shared, sk_jpegls_model *m, uint16_t *line,
                                                                const uint16_t *above, int64_t columns, int n, int full) {
    const int8_t *quantised = m->quantised;
    reader r = *shared;
    ptrdiff_t q[SK_JPEG_MAX_COMPONENTS];
    int ended;
    for (int64_t i = 0, end = columns * n; i < end; i += n) {
        ptrdiff_t any = 0;
        for (int c = 0; c < n; c++) {
            ptrdiff_t left = line[i + c - n], corner = above[i + c - n], up = above[i + c], next = above[i + c + n];
            q[c] = 81 * quantised[next - up] + 9 * quantised[up - corner] + quantised[corner - left];
            any |= q[c];
        }
        if (any) {
            for (int c = 0; c < n; c++) {
                int guess = sk_jpegls_predict(line[i + c - n], above[i + c], above[i + c - n]);
                line[i + c] = (uint16_t)regular_sample(&r, m, q[c], guess, full);
            }
            continue;
        }
        reader moved = r;
        int64_t stop = i + n * run_length(&moved, &m->run_index[0], columns - i / n, &ended);
        for (; i < stop; i++)
            line[i] = line[i - n];
        for (int c = 0; c < n && !ended; c++) {
            int left = line[i + c - n], up = above[i + c];
            int error = run_error(&moved, m, 0, m->run_index[0]);
            line[i + c] = (uint16_t)interrupted(m, up, left > up ? -error : error);
        }
        r = moved;
        if (ended)
            break;
        m->run_index[0] -= m->run_index[0] > 0;
    }
    *shared = r;
}

static void decode_any_pixels(reader *r, sk_jpegls_model *m, uint16_t *line, const uint16_t *above, int64_t columns, int n) {
    if (n == 3 && m->full)
        decode_pixels(r, m, line, above, columns, 3, 1);
    else if (n == 3)
        decode_pixels(r, m, line, above, columns, 3, 0);
    else
        decode_pixels(r, m, line, above, columns, n, m->full);
}

typedef struct {
    sk_jpegls_stream *s;
    sk_jpegls_model *m;
    void *out;
    int bytes;
} job;

static void store(const job *j, const uint16_t *line, int64_t stride, int component, int64_t row) {
    int samples = j->s->info.components;
    int64_t columns = j->s->info.columns, at = row * columns * samples + component;
    if (j->bytes == 1) {
        uint8_t *to = (uint8_t *)j->out + at;
        for (int64_t x = 0; x < columns; x++)
            to[x * samples] = (uint8_t)line[x * stride];
    } else {
        uint16_t *to = (uint16_t *)j->out + at;
        for (int64_t x = 0; x < columns; x++)
            to[x * samples] = line[x * stride];
    }
}

/* One line of all components of the scan. */
static void decode_row(const job *j, reader *r, int64_t row) {
    sk_jpegls_stream *s = j->s;
    sk_jpegls_model *m = j->m;
    int64_t columns = s->info.columns;
    int together = s->interleave == SK_JPEGLS_SAMPLE, n = together ? s->count : 1;
    for (int k = 0; k < s->count; k += n) {
        int64_t size = sk_jpegls_line_size(columns, n);
        uint16_t *line = m->lines + (2 * k + (row & 1)) * size + n, *above = m->lines + (2 * k + (~row & 1)) * size + n;
        sk_jpegls_margins(line, above, columns, n);
        if (together)
            decode_any_pixels(r, m, line, above, columns, n);
        else
            decode_line(r, m, &m->run_index[k], line, above, columns);
        for (int c = 0; c < n; c++)
            store(j, line + c, n, s->component[k + c], row);
    }
}

static int decode_scan(const job *j) {
    sk_jpegls_stream *s = j->s;
    const uint8_t *end = s->data + s->size;
    int number = 0, status = SK_OK;
    int64_t interval = s->info.restart_interval;
    reader r = {sk_bits_start(s->data + s->pos, end), 0};
    sk_jpegls_reset(j->m, s->info.columns, s->count);
    for (int64_t row = 0; row < s->info.rows && !status; row++) {
        if (interval && row > 0 && row % interval == 0) {
            if ((status = sk_jpegls_pass_restart(s, number)))
                break;
            number = (number + 1) & 7;
            r.bits = sk_bits_start(s->data + s->pos, end);
            sk_jpegls_reset(j->m, s->info.columns, s->count);
        }
        decode_row(j, &r, row);
        s->pos = r.bits.next - s->data;
        s->report.lines = row;
        if (sk_bits_overrun(&r.bits))
            status = sk_jpegls_refuse(s, SK_JPEG_TRUNCATED, s->pos);
        else if (r.bad)
            status = sk_jpegls_refuse(s, SK_JPEG_BAD_CODE, s->pos);
    }
    return status;
}

static int all_done(const sk_jpegls_stream *s) {
    for (int c = 0; c < s->info.components; c++)
        if (!s->done[c])
            return 0;
    return 1;
}

static int prepare_scan(const job *j) {
    sk_jpegls_stream *s = j->s;
    for (int k = 0; k < s->count; k++)
        if (s->done[s->component[k]])
            return sk_jpegls_refuse(s, SK_JPEG_BAD_SCAN, s->pos);
    if (!sk_jpegls_set_parameters(j->m, s->preset, s->info.precision, s->near))
        return sk_jpegls_refuse(s, SK_JPEGLS_BAD_PRESET, s->pos);
    return sk_jpegls_allocate(j->m, s->info.columns, s->count);
}

static int decode_scans(const job *j) {
    sk_jpegls_stream *s = j->s;
    int status = SK_OK;
    for (int scans = 0; !status && !all_done(s); scans++) {
        if (scans > 0 && (status = sk_jpegls_next(s)) != SK_JPEGLS_AT_SCAN)
            return status == SK_FORMAT ? status : sk_jpegls_refuse(s, SK_JPEG_TRUNCATED, s->pos);
        s->report.lines = 0;
        status = prepare_scan(j);
        if (!status)
            status = decode_scan(j);
        sk_jpegls_release(j->m);
        for (int k = 0; k < s->count; k++)
            s->done[s->component[k]] = 1;
    }
    return status;
}

int sk_jpegls_decode(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                     int components, sk_jpeg_report *report) {
    sk_jpegls_stream s = {.data = data, .size = size};
    sk_jpegls_model m = {0};
    const job j = {&s, &m, out, bytes};
    int status = sk_jpegls_next(&s);
    if (status == SK_JPEGLS_AT_END || status == SK_JPEGLS_AT_CUT)
        status = sk_jpegls_refuse(&s, s.have_frame ? SK_JPEG_TRUNCATED : SK_JPEG_NO_FRAME, s.pos);
    if (status == SK_JPEGLS_AT_SCAN) {
        if (s.info.rows != rows || s.info.columns != columns || s.info.components != components || s.info.precision > 8 * bytes)
            status = sk_jpegls_refuse(&s, SK_JPEG_OTHER_SHAPE, 0);
        else
            status = decode_scans(&j);
    }
    if (!status && s.info.transform)
        status = sk_jpegls_undo_transform(&s, out, bytes);
    *report = s.report;
    return status;
}
