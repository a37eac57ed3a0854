/* Body of correlate1d_f32.c and correlate1d_f64.c, which define
 *   REAL                 the type that is summed in
 *   KERNEL               the function's name
 *   LOAD, STORE          (to, src, type, at, count) and (dst, type, at, from, count)
 *   DIRECT(c)            results may be written to dst without STORE
 *   ROUND_WEIGHTS        (w, weights, size): weights to REAL
 *   TAPS                 sums into the four vectors a0..a3, see there
 */
#include "sk_lines.h"

#include <stdlib.h>
#include <string.h>

typedef REAL vec __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(REAL)), may_alias));
#define VLEN (SK_VECTOR_BYTES / (int)sizeof(REAL))
#define LANES (4 * VLEN)
#define BLOCK_BYTES (1 << 18)
#define POLL_PRODUCTS (INT64_C(1) << 27) /* between two polls: some 10 ms */
#define AHEAD 32 /* elements of a line: pieces of that many rows are asked for before they are read */
#define AT(p, k) (*(const vec *)((p) + (k) * VLEN))

/* LANES results: tap k of lane l is line[k * step + l]. */
static inline void sum_taps(REAL *to, const REAL *line, int64_t step, const REAL *w, int64_t size, int symmetry)
{
    vec a0, a1, a2, a3;
    TAPS
    *(vec *)to = a0;
    *(vec *)(to + VLEN) = a1;
    *(vec *)(to + 2 * VLEN) = a2;
    *(vec *)(to + 3 * VLEN) = a3;
}

/* Continues the n elements of `lanes` lines from `first` on to `left` before and `right` behind them. */
static void extend(const sk_correlate1d *c, REAL *line, int64_t lanes, int64_t left, int64_t right)
{
    for (int64_t k = 0; k < left + right; k++) {
        const int64_t i = k < left ? k - left : c->n + k - left;
        const int64_t from = SK_NAME(sk_lines_index)(i, c->n, c->mode);
        REAL *to = line + (left + i) * lanes;
        if (from >= 0)
            memcpy(to, line + (left + from) * lanes, (size_t)lanes * sizeof *line);
        else
            for (int64_t l = 0; l < lanes; l++)
                to[l] = (REAL)c->cval;
    }
}

static int interrupted(const sk_correlate1d *c, int64_t products, int64_t *done)
{
    *done += products;
    if (*done < POLL_PRODUCTS)
        return 0;
    *done = 0;
    return c->poll && c->poll(c->udata);
}

/* Lines along the last axis, one at a time; vectors run along the line. */
static int rows(const sk_correlate1d *c, int64_t first, int64_t last, REAL *line, REAL *out, const REAL *w,
                 int symmetry, int64_t left, int64_t right)
{
    const int64_t n = c->n;
    int64_t done = 0;
    for (int64_t r = first; r < last; r++) {
        LOAD(line + left, c->src, c->src_type, r * n, n);
        extend(c, line, 1, left, right);
        REAL *to = DIRECT(c) ? (REAL *)c->dst + r * n : out;
        int64_t i = 0;
        for (; i + LANES <= n; i += LANES) {
            sum_taps(to + i, line + i, 1, w, c->size, symmetry);
            if (interrupted(c, LANES * c->size, &done))
                return SK_INTERRUPT;
        }
        if (i < n) { /* the line has LANES elements of slack behind it */
            REAL rest[LANES];
            sum_taps(rest, line + i, 1, w, c->size, symmetry);
            memcpy(to + i, rest, (size_t)(n - i) * sizeof *to);
        }
        if (!DIRECT(c))
            STORE(c->dst, c->dst_type, r * n, out, n);
    }
    return SK_OK;
}

/* Lines that are taken side by side: as many as fit the second-level cache, so that each visit of a row of the image
 * reads a good piece of it. */
static int64_t block_lines(const sk_correlate1d *c)
{
    const int64_t fit = BLOCK_BYTES / ((c->n + c->size) * (int64_t)sizeof(REAL)) / LANES * LANES;
    return fit < LANES ? LANES : fit > SK_LINES_UNIT ? SK_LINES_UNIT : fit;
}

/* Results of element i of `lanes` lines from `at` on; `width` lines lie side by side in `line`. */
static void results(const sk_correlate1d *c, const REAL *line, int64_t width, int64_t at, int64_t lanes, int64_t i,
                    REAL *out, const REAL *w, int symmetry)
{
    const int64_t n = c->n, inner = c->inner;
    for (int64_t g = 0; g < lanes; g += LANES) {
        const int64_t o = (at + g) / inner, x = (at + g) % inner, here = lanes - g < LANES ? lanes - g : LANES;
        const int direct = DIRECT(c) && here == LANES && inner - x >= LANES;
        REAL *to = direct ? (REAL *)c->dst + (o * n + i) * inner + x : out;
        sum_taps(to, line + i * width + g, width, w, c->size, symmetry);
        for (int64_t l = 0; !direct && l < here;) { /* the lines of one outer index lie side by side */
            const int64_t ol = (at + g + l) / inner, xl = (at + g + l) % inner;
            const int64_t run = inner - xl < here - l ? inner - xl : here - l;
            STORE(c->dst, c->dst_type, (ol * n + i) * inner + xl, out + l, run);
            l += run;
        }
    }
}

/* Lines along another axis, a block of them side by side; vectors run across the lines. */
static int columns(const sk_correlate1d *c, int64_t first, int64_t last, REAL *line, REAL *out, const REAL *w,
                    int symmetry, int64_t left, int64_t right)
{
    const int64_t n = c->n, inner = c->inner, width = block_lines(c);
    int64_t done = 0;
    for (int64_t at = first, lanes; at < last; at += lanes) {
        lanes = last - at < width ? last - at : width;
        if (inner >= LANES && inner - at % inner < lanes)
            lanes = inner - at % inner; /* not over the end of an outer index */
        for (int64_t l = 0; l < lanes;) {
            const int64_t o = (at + l) / inner, x = (at + l) % inner;
            const int64_t run = inner - x < lanes - l ? inner - x : lanes - l;
            const int64_t bytes = sk_type_size(c->src_type);
            const char *ahead = (const char *)c->src + ((o * n + AHEAD) * inner + x) * bytes;
            for (int64_t i = 0; i < n; i++, ahead += inner * bytes) {
                sk_ask_for(ahead, run * bytes); /* beyond the image it does no harm */
                LOAD(line + (left + i) * width + l, c->src, c->src_type, (o * n + i) * inner + x, run);
            }
            l += run;
        }
        extend(c, line, width, left, right);
        for (int64_t i = 0; i < n; i++) {
            results(c, line, width, at, lanes, i, out, w, symmetry);
            if (interrupted(c, lanes * c->size, &done))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

/* 1, -1 or 0: symmetric, antisymmetric (within rounding) or neither. */
static int find_symmetry(const double *w, int64_t size)
{
    int even = size & 1, odd = size & 1;
    for (int64_t k = 0; k < size / 2; k++) {
        const double sum = w[k] + w[size - 1 - k], difference = w[k] - w[size - 1 - k];
        even &= difference <= 0x1p-52 && difference >= -0x1p-52;
        odd &= sum <= 0x1p-52 && sum >= -0x1p-52;
    }
    return even ? 1 : odd ? -1 : 0;
}

int SK_NAME(KERNEL)(const sk_correlate1d *c, int64_t u0, int64_t u1)
{
    const int64_t left = c->size / 2 + c->origin, right = c->size - 1 - left;
    const int64_t lines = c->outer * c->inner, width = c->inner == 1 ? 1 : block_lines(c);
    const int64_t first = u0 * SK_LINES_UNIT, last = u1 * SK_LINES_UNIT < lines ? u1 * SK_LINES_UNIT : lines;
    const size_t length = (size_t)((c->n + c->size) * width + LANES);
    /* zeros: unused lanes and the slack are summed too, and must not be slow numbers */
    REAL *line = calloc(length, sizeof *line);
    REAL *out = malloc((size_t)(width == 1 ? c->n + LANES : LANES) * sizeof *out);
    REAL *w = malloc((size_t)c->size * sizeof *w);
    int status = SK_MEMORY;
    if (line && out && w) {
        ROUND_WEIGHTS(w, c->weights, c->size);
        const int symmetry = find_symmetry(c->weights, c->size);
        status = (width == 1 ? rows : columns)(c, first, last, line, out, w, symmetry, left, right);
    }
    free(w);
    free(out);
    free(line);
    return status;
}
