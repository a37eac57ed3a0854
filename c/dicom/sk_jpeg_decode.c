/* A frame from its first to its last segment. */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

/* More scans than any encoder writes: every scan may visit all blocks, so their number bounds the time. */
enum { MAX_SCANS = 256 };
/* Memory for samples beyond this is asked for only if the data can hold them: every data unit takes a bit at least. */
enum { UNQUESTIONED = 1 << 24 };

static int whole_pixels(const sk_jpeg_decoder *d) {
    if (d->info.process != SK_JPEG_LOSSLESS)
        return 0;
    return d->info.components == 1 || (d->max_h == 1 && d->max_v == 1);
}

/* Sizes of the components (T.81 sections A.1.1, A.2.4), and memory for their samples. */
static int lay_out(sk_jpeg_decoder *d) {
    int unit = d->info.process == SK_JPEG_LOSSLESS ? 1 : 8;
    for (int k = 0; k < d->info.components; k++) {
        sk_jpeg_component *c = &d->components[k];
        c->h = d->info.h[k];
        c->v = d->info.v[k];
        c->width = sk_ceil_div(d->info.columns * c->h, d->max_h);
        c->height = sk_ceil_div(d->info.rows * c->v, d->max_v);
        c->across = sk_ceil_div(d->info.columns, d->max_h * unit) * c->h;
        c->down = sk_ceil_div(d->info.rows, d->max_v * unit) * c->v;
        memset(c->low, -1, sizeof c->low);
        if (whole_pixels(d))
            continue;
        size_t units = (size_t)(c->across * c->down);
        if (units * (size_t)(unit * unit) > UNQUESTIONED && units / 8 > (size_t)d->size)
            return sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->size);
        c->plane = malloc(units * (size_t)(unit * unit) * sizeof *c->plane);
        if (d->info.process == SK_JPEG_PROGRESSIVE)
            c->coefs = calloc(units, 64 * sizeof *c->coefs);
        if (!c->plane || (d->info.process == SK_JPEG_PROGRESSIVE && !c->coefs))
            return SK_MEMORY;
    }
    return SK_OK;
}

static int decode_scan(sk_jpeg_decoder *d) {
    const sk_jpeg_scan *scan = &d->scan;
    int progressive = d->info.process == SK_JPEG_PROGRESSIVE;
    int64_t at = d->pos;
    d->report.lines = 0;
    for (int k = 0; k < scan->count; k++)
        if (d->components[scan->component[k]].done)
            return sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, at);
    int status = d->info.process == SK_JPEG_LOSSLESS ? sk_jpeg_lossless_scan(d) : sk_jpeg_dct_scan(d);
    for (int k = 0; k < scan->count && !status; k++)
        d->components[scan->component[k]].done = !progressive;
    return status;
}

static int all_done(const sk_jpeg_decoder *d) {
    for (int k = 0; k < d->info.components; k++)
        if (!d->components[k].done)
            return 0;
    return 1;
}

/* Is a progressive frame complete? With an EOI marker, its DC coefficients suffice: the encoder left out the rest. */
static int complete(const sk_jpeg_decoder *d, int at_end) {
    for (int k = 0; k < d->info.components; k++)
        for (int i = 0; i < 64; i++)
            if (at_end ? d->components[k].low[0] < 0 : d->components[k].low[i] != 0)
                return 0;
    return 1;
}

static int decode_scans(sk_jpeg_decoder *d) {
    int status = SK_OK, found = SK_JPEG_AT_SCAN;
    for (int scans = 0; !status && !all_done(d); scans++) {
        if (scans > 0)
            found = sk_jpeg_next(d);
        if (found != SK_JPEG_AT_SCAN)
            break;
        status = scans < MAX_SCANS ? decode_scan(d) : sk_jpeg_refuse(d, SK_JPEG_BAD_SCAN, d->pos);
    }
    if (found == SK_FORMAT || status)
        return found == SK_FORMAT ? found : status;
    if (d->info.process == SK_JPEG_PROGRESSIVE) {
        if (!complete(d, found == SK_JPEG_AT_END))
            return sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->pos);
        sk_jpeg_finish_blocks(d);
    } else if (!all_done(d)) {
        return sk_jpeg_refuse(d, SK_JPEG_TRUNCATED, d->pos);
    }
    return SK_OK;
}

int sk_jpeg_decode(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                   int components, sk_jpeg_report *report) {
    sk_jpeg_decoder *d = calloc(1, sizeof *d);
    if (!d)
        return SK_MEMORY;
    d->data = data;
    d->size = size;
    d->out = out;
    d->bytes = bytes;
    int status = sk_jpeg_next(d);
    if (status == SK_JPEG_AT_END || status == SK_JPEG_AT_CUT)
        status = sk_jpeg_refuse(d, d->have_frame ? SK_JPEG_TRUNCATED : SK_JPEG_NO_FRAME, d->pos);
    if (status == SK_JPEG_AT_SCAN) {
        const sk_jpeg_info *info = &d->info;
        if (info->rows != rows || info->columns != columns || info->components != components || info->precision > 8 * bytes)
            status = sk_jpeg_refuse(d, SK_JPEG_OTHER_SHAPE, 0);
        else
            status = lay_out(d);
        if (!status)
            status = decode_scans(d);
        if (!status && d->components[0].plane)
            status = sk_jpeg_join_planes(d);
    }
    *report = d->report;
    for (int k = 0; k < SK_JPEG_MAX_COMPONENTS; k++) {
        free(d->components[k].plane);
        free(d->components[k].coefs);
    }
    free(d);
    return status;
}
