/* Scans of the lossless process (T.81 Annex H).
 *
 * Samples, predictions and differences are taken modulo 2^16 (section H.2.1) and brought to the sample's own
 * precision at once: encoders of ultrasound systems write differences that are right only modulo 2^8.
 */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

enum { LOOK = 12 };

/* By the next bits: length of code and magnitude << 0 | length of code << 8 | magnitude's bits << 16; 0: sk_huffman_long. */
typedef struct {
    uint32_t entry[1 << LOOK];
    const sk_huffman *code;
} diff_table;

typedef struct {
    sk_bits bits;
    int bad; /* a code that is none, or a magnitude of more than 16 bits */
} reader;

static void make_table(diff_table *t, const sk_huffman *code) {
    t->code = code;
    for (uint32_t i = 0; i < 1 << LOOK; i++) {
        unsigned found = code->look[i >> (LOOK - SK_HUFFMAN_LOOK)];
        if (!found) {
            found = sk_huffman_long(code, i << (16 - LOOK));
            found = found >> 8 <= LOOK ? found : 0;
        }
        unsigned length = found >> 8, size = found & 0xFF;
        t->entry[i] = found && size < 16 ? (length + size) | length << 8 | size << 16 : 0;
    }
}

/* Codes of more than LOOK bits, and the magnitude of 16 bits, which is 32768 and has no bits of its own (table H.2). */
static __attribute__((noinline)) uint32_t rare_entry(const diff_table *t, uint64_t window) {
    unsigned found = t->code->look[window >> (64 - SK_HUFFMAN_LOOK)];
    if (!found)
        found = sk_huffman_long(t->code, (uint32_t)(window >> 48));
    unsigned length = found >> 8, size = found & 0xFF;
    if (!found || size > 16)
        return 0;
    return size == 16 ? length | length << 8 | 16u << 16 : (length + size) | length << 8 | size << 16;
}

static inline __attribute__((always_inline)) int next_difference(reader *r, const diff_table *t) {
    sk_bits_fill(&r->bits);
    uint64_t window = r->bits.window;
    uint32_t entry = t->entry[window >> (64 - LOOK)];
    if (__builtin_expect(entry == 0, 0)) {
        entry = rare_entry(t, window);
        if (entry == 0 || entry >> 16 == 16) {
            r->bad |= entry == 0;
            sk_bits_skip(&r->bits, entry & 0xFF);
            return 32768;
        }
    }
    sk_bits_skip(&r->bits, entry & 0xFF);
    window <<= entry >> 8 & 0xFF;
    int size = (int)(entry >> 16);
    int32_t value = (int32_t)((window >> 1) >> (63 - size));
    /* A first bit 0 means a negative difference (section F.1.2.1). */
    return value + ((int32_t)~(uint32_t)((int64_t)window >> 63) & (1 - (1 << size)));
}

typedef struct {
    const diff_table *tables[SK_JPEG_MAX_COMPONENTS];
    uint16_t *line;        /* columns * count samples */
    const uint16_t *above; /* the line before it */
    int64_t columns;
    int count;
    int mask;
} line_job;

/* One line, component by component within a pixel; `first` predicts its first samples. */
static inline __attribute__((always_inline)) void decode_line(reader *shared, const line_job *job, int predictor,
                                                              int count, const int first[]) {
    reader r = *shared;
    int left[SK_JPEG_MAX_COMPONENTS] = {0}, corner[SK_JPEG_MAX_COMPONENTS] = {0};
    const int mask = job->mask;
    uint16_t *line = job->line;
    const uint16_t *above = job->above;
    for (int c = 0; c < count; c++) {
        left[c] = (first[c] + next_difference(&r, job->tables[c])) & mask;
        corner[c] = above[c];
        line[c] = (uint16_t)left[c];
    }
    for (int64_t i = count, end = job->columns * count; i < end; i += count)
        for (int c = 0; c < count; c++) {
            int up = above[i + c];
            int guess = sk_jpeg_predict(predictor, left[c], up, corner[c]);
            corner[c] = up;
            left[c] = (guess + next_difference(&r, job->tables[c])) & mask;
            line[i + c] = (uint16_t)left[c];
        }
    *shared = r;
}

#define FOR_PREDICTOR(p)                                            \
    case p:                                                         \
        if (job->count == 1)                                        \
            decode_line(r, job, p, 1, first);                       \
        else if (job->count == 3)                                   \
            decode_line(r, job, p, 3, first);                       \
        else                                                        \
            decode_line(r, job, p, job->count, first);              \
        break;

static void decode_any_line(reader *r, const line_job *job, int predictor, const int first[]) {
    switch (predictor) {
        FOR_PREDICTOR(1)
        FOR_PREDICTOR(2)
        FOR_PREDICTOR(3)
        FOR_PREDICTOR(4)
        FOR_PREDICTOR(5)
        FOR_PREDICTOR(6)
        FOR_PREDICTOR(7)
    }
}

static void store_line(const sk_jpeg_decoder *d, const line_job *job, int64_t row) {
    int samples = d->info.components, low = d->scan.low, count = job->count;
    for (int k = 0; k < count; k++) {
        const uint16_t *from = job->line + k;
        int64_t at = row * d->info.columns * samples + d->scan.component[k];
        if (d->bytes == 1) {
            uint8_t *to = (uint8_t *)d->out + at;
            for (int64_t x = 0; x < job->columns; x++)
                to[x * samples] = (uint8_t)(from[x * count] << low);
        } else {
            uint16_t *to = (uint16_t *)d->out + at;
            for (int64_t x = 0; x < job->columns; x++)
                to[x * samples] = (uint16_t)(from[x * count] << low);
        }
    }
}

/* After what was coded of a line (or a line of MCUs): may the scan go on? */
static int check_line(sk_jpeg_decoder *d, const reader *r, int64_t lines_done) {
    d->pos = r->bits.next - d->data;
    d->report.lines = lines_done;
    if (r->bad)
        return sk_jpeg_refuse(d, sk_bits_overrun(&r->bits) ? SK_JPEG_TRUNCATED : SK_JPEG_BAD_CODE, d->pos);
    return sk_bits_overrun(&r->bits) ? sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->pos) : SK_OK;
}

static int restart(sk_jpeg_decoder *d, reader *r, int *number) {
    int status = sk_jpeg_pass_restart(d, *number);
    *number = (*number + 1) & 7;
    r->bits = sk_bits_start(d->data + d->pos, d->data + d->size);
    return status;
}

/* A scan of whole pixels, or of one component of the frame's size: line by line into out. */
static int scan_lines(sk_jpeg_decoder *d, diff_table *const tables[], int64_t restart_lines) {
    int count = d->scan.count, number = 0, status = SK_OK, start[SK_JPEG_MAX_COMPONENTS], up[SK_JPEG_MAX_COMPONENTS];
    int64_t columns = d->info.columns;
    int precision = d->info.precision - d->scan.low;
    uint16_t *lines = calloc((size_t)(2 * columns * count), sizeof *lines);
    if (!lines)
        return SK_MEMORY;
    line_job job = {.line = lines, .above = lines + columns * count, .columns = columns, .count = count,
                    .mask = (1 << precision) - 1};
    reader r = {sk_bits_start(d->data + d->pos, d->data + d->size), 0};
    for (int k = 0; k < count; k++) {
        job.tables[k] = tables[k];
        start[k] = 1 << (precision - 1);
    }
    for (int64_t row = 0; row < d->info.rows && !status; row++) {
        int fresh = row == 0 || (restart_lines && row % restart_lines == 0);
        if (fresh && row > 0 && (status = restart(d, &r, &number)))
            break;
        for (int k = 0; k < count; k++)
            up[k] = job.above[k];
        decode_any_line(&r, &job, fresh ? 1 : d->scan.first, fresh ? start : up);
        status = check_line(d, &r, row);
        if (!status)
            store_line(d, &job, row);
        uint16_t *done = job.line;
        job.line = (uint16_t *)job.above;
        job.above = done;
    }
    free(lines);
    return status;
}

/* One sample at (x, y) of a plane. `top`: the first line since the last restart. */
static void decode_sample(reader *r, const diff_table *t, uint16_t *plane, int64_t stride, int64_t x, int64_t y,
                          int64_t top, int predictor, int precision) {
    uint16_t *s = plane + y * stride + x;
    int guess;
    if (x == 0)
        guess = y == top ? 1 << (precision - 1) : s[-stride];
    else
        guess = y == top ? s[-1] : sk_jpeg_predict(predictor, s[-1], s[-stride], s[-stride - 1]);
    *s = (uint16_t)((guess + next_difference(r, t)) & ((1 << precision) - 1));
}

/* Any sampling factors: into planes, MCU by MCU (section A.2). */
static int scan_planes(sk_jpeg_decoder *d, diff_table *const tables[], int64_t restart_lines, int64_t across, int64_t down) {
    const sk_jpeg_scan *scan = &d->scan;
    int number = 0, status = SK_OK, precision = d->info.precision - scan->low;
    int64_t top = 0;
    reader r = {sk_bits_start(d->data + d->pos, d->data + d->size), 0};
    for (int64_t row = 0; row < down && !status; row++) {
        if (restart_lines && row > 0 && row % restart_lines == 0) {
            if ((status = restart(d, &r, &number)))
                break;
            top = row;
        }
        for (int64_t column = 0; column < across; column++)
            for (int k = 0; k < scan->count; k++) {
                sk_jpeg_component *c = &d->components[scan->component[k]];
                int h = scan->count > 1 ? c->h : 1, v = scan->count > 1 ? c->v : 1;
                for (int y = 0; y < v; y++)
                    for (int x = 0; x < h; x++)
                        decode_sample(&r, tables[k], c->plane, c->across, column * h + x, row * v + y, top * v,
                                      scan->first, precision);
            }
        status = check_line(d, &r, row);
    }
    for (int k = 0; k < scan->count && !status && scan->low; k++) {
        sk_jpeg_component *c = &d->components[scan->component[k]];
        for (int64_t i = 0; i < c->across * c->down; i++)
            c->plane[i] = (uint16_t)(c->plane[i] << scan->low);
    }
    return status;
}

static int prepare(sk_jpeg_decoder *d, diff_table **tables) {
    const sk_jpeg_scan *scan = &d->scan;
    if (scan->first < 1 || scan->first > 7 || scan->low >= d->info.precision)
        return sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, d->pos);
    for (int k = 0; k < scan->count; k++)
        if (!d->dc[scan->dc[k]].defined)
            return sk_jpeg_refuse(d, SK_JPEG_NO_HUFFMAN, d->pos);
    *tables = malloc((size_t)scan->count * sizeof **tables);
    if (!*tables)
        return SK_MEMORY;
    for (int k = 0; k < scan->count; k++)
        make_table(*tables + k, &d->dc[scan->dc[k]]);
    return SK_OK;
}

int sk_jpeg_lossless_scan(sk_jpeg_decoder *d) {
    const sk_jpeg_scan *scan = &d->scan;
    const sk_jpeg_component *only = &d->components[scan->component[0]];
    int64_t across = scan->count > 1 ? sk_ceil_div(d->info.columns, d->max_h) : only->width;
    int64_t down = scan->count > 1 ? sk_ceil_div(d->info.rows, d->max_v) : only->height;
    int64_t interval = d->info.restart_interval;
    diff_table *tables = NULL, *pointers[SK_JPEG_MAX_COMPONENTS];
    /* Predictions start anew at a restart, which must therefore stand between lines (section H.1.1). */
    if (interval >= across * down)
        interval = 0;
    if (interval % across != 0)
        return sk_jpeg_refuse(d, SK_JPEG_BAD_RESTART, d->pos);
    int status = prepare(d, &tables);
    if (!status) {
        for (int k = 0; k < scan->count; k++)
            pointers[k] = tables + k;
        status = only->plane ? scan_planes(d, pointers, interval / across, across, down)
                             : scan_lines(d, pointers, interval / across);
    }
    free(tables);
    return status;
}
