/* Components of fewer samples than the frame has (T.81 section A.1.1), brought to its size, and all joined by pixel.
 *
 * T.81 leaves the rule open. DCT: where a component has half the columns or lines, the filter that decoders agree on: each new
 * sample lies a quarter of a sample's distance from its neighbour, so it is 3/4 of that and 1/4 of the next one (its rounding
 * alternates, so that the mean stays); components of less than three columns, and all other ratios, are repeated. Lossless:
 * repeated.
 */
#include <stdlib.h>

#include "sk_jpeg_parts.h"

static int64_t clamped(int64_t i, int64_t n) { return i < 0 ? 0 : i >= n ? n - 1 : i; }

/* Twice the columns from sums that carry `scale` = 1 or 4 times the sample. */
static void widen(const uint32_t *sum, int64_t n, int scale, uint16_t *to) {
    const int shift = scale == 4 ? 4 : 2;
    const uint32_t low = scale == 4 ? 8 : 1, high = scale == 4 ? 7 : 2;
    for (int64_t i = 0; i < n; i++) {
        uint32_t here = 3 * sum[i];
        uint32_t left = i > 0 ? sum[i - 1] : sum[i], right = i < n - 1 ? sum[i + 1] : sum[i];
        to[2 * i] = (uint16_t)((here + left + low) >> shift);
        to[2 * i + 1] = (uint16_t)((here + right + high) >> shift);
    }
}

typedef struct {
    const sk_jpeg_component *c;
    ptrdiff_t stride; /* of the plane */
    int64_t columns;
    int max_h, max_v;
    int smooth;
    uint32_t *sums;   /* c->width + 1 */
    uint16_t *line;   /* columns + 8 */
} widener;

static void repeat_columns(const widener *w, const uint16_t *from) {
    if (w->c->h == w->max_h)
        memcpy(w->line, from, (size_t)w->columns * sizeof *from);
    else
        for (int64_t x = 0; x < w->columns; x++)
            w->line[x] = from[x * w->c->h / w->max_h];
}

/* The component's samples on line y of the frame, in w->line. */
static void make_line(const widener *w, int64_t y) {
    const sk_jpeg_component *c = w->c;
    int double_h = w->smooth && 2 * c->h == w->max_h && c->width > 2;
    int double_v = w->smooth && 2 * c->v == w->max_v && (double_h || c->h == w->max_h);
    int64_t near = y * c->v / w->max_v;
    const uint16_t *here = c->plane + near * w->stride;
    if (!double_h && !double_v) {
        repeat_columns(w, here);
        return;
    }
    if (!double_v) {
        for (int64_t x = 0; x < c->width; x++)
            w->sums[x] = here[x];
        widen(w->sums, c->width, 1, w->line);
        return;
    }
    const uint16_t *next = c->plane + clamped(near + (y & 1 ? 1 : -1), c->height) * w->stride;
    if (double_h) {
        for (int64_t x = 0; x < c->width; x++)
            w->sums[x] = 3u * here[x] + next[x];
        widen(w->sums, c->width, 4, w->line);
        return;
    }
    for (int64_t x = 0; x < c->width; x++)
        w->line[x] = (uint16_t)((3u * here[x] + next[x] + (y & 1 ? 2 : 1)) >> 2);
}

static void store(const sk_jpeg_decoder *d, const uint16_t *line, int64_t y, int k) {
    int64_t columns = d->info.columns, samples = d->info.components, at = y * columns * samples + k;
    if (d->bytes == 1) {
        uint8_t *to = (uint8_t *)d->out + at;
        for (int64_t x = 0; x < columns; x++)
            to[x * samples] = (uint8_t)line[x];
    } else {
        uint16_t *to = (uint16_t *)d->out + at;
        for (int64_t x = 0; x < columns; x++)
            to[x * samples] = line[x];
    }
}

int sk_jpeg_join_planes(sk_jpeg_decoder *d) {
    int lossless = d->info.process == SK_JPEG_LOSSLESS;
    uint32_t *sums = malloc((size_t)(d->info.columns + 1) * sizeof *sums);
    uint16_t *line = malloc((size_t)(d->info.columns + 8) * sizeof *line);
    if (sums && line)
        for (int k = 0; k < d->info.components; k++) {
            const sk_jpeg_component *c = &d->components[k];
            widener w = {.c = c, .stride = (ptrdiff_t)(c->across * (lossless ? 1 : 8)), .columns = d->info.columns, .max_h = d->max_h,
                         .max_v = d->max_v, .smooth = !lossless, .sums = sums, .line = line};
            int whole = c->h == d->max_h && c->v == d->max_v;
            for (int64_t y = 0; y < d->info.rows; y++) {
                if (!whole)
                    make_line(&w, y);
                store(d, whole ? c->plane + y * w.stride : line, y, k);
            }
        }
    free(sums);
    free(line);
    return sums && line ? SK_OK : SK_MEMORY;
}
