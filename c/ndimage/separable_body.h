/* Body of separable_f32.c, separable_mixed.c and separable_f64.c, which define STORED (the type of coefficients and,
 * where dst has it, of results), REAL (that of sums and weights), KERNEL and STORED_TYPE.
 *
 * An output row is a weighted sum of rows that have been summed along z and interpolated along x; those are kept for
 * the output rows that come next. So a value costs order + 1 products along x and y each and, for each of its input
 * rows, along z.
 */
#include "sk_interp.h"

#include <stdlib.h>
#include <string.h>

#define MOST (SK_INTERP_ORDER + 1)

/* to[i] = sum over k < taps of w[k] * row[k][i] */
#define COMBINE(NAME, FROM, TO)                                                                                     \
    static void NAME(TO *restrict to, const FROM *const *row, const REAL *w, int taps, int64_t n)                   \
    {                                                                                                               \
        const FROM *a = row[0], *b = row[taps > 1 ? 1 : 0], *c = row[taps > 2 ? 2 : 0], *d = row[taps > 3 ? 3 : 0]; \
        const FROM *e = row[taps > 4 ? 4 : 0], *f = row[taps > 5 ? 5 : 0];                                          \
        const REAL p = w[0], q = w[taps > 1 ? 1 : 0], r = w[taps > 2 ? 2 : 0], s = w[taps > 3 ? 3 : 0];             \
        const REAL t = w[taps > 4 ? 4 : 0], u = w[taps > 5 ? 5 : 0];                                                \
        switch (taps) {                                                                                             \
            TAPS(1, p * (REAL)a[i])                                                                                 \
            TAPS(2, p * (REAL)a[i] + q * (REAL)b[i])                                                                \
            TAPS(3, p * (REAL)a[i] + q * (REAL)b[i] + r * (REAL)c[i])                                               \
            TAPS(4, (p * (REAL)a[i] + q * (REAL)b[i]) + (r * (REAL)c[i] + s * (REAL)d[i]))                          \
            TAPS(5, (p * (REAL)a[i] + q * (REAL)b[i]) + (r * (REAL)c[i] + s * (REAL)d[i]) + t * (REAL)e[i])         \
            TAPS(6, (p * (REAL)a[i] + q * (REAL)b[i]) + (r * (REAL)c[i] + s * (REAL)d[i])                           \
                        + (t * (REAL)e[i] + u * (REAL)f[i]))                                                        \
        }                                                                                                           \
    }
#define TAPS(COUNT, VALUE)                                                                                          \
    case COUNT:                                                                                                     \
        for (int64_t i = 0; i < n; i++)                                                                             \
            to[i] = VALUE;                                                                                          \
        break;
COMBINE(combine_coef, STORED, REAL)
COMBINE(combine_rows, REAL, STORED)

/* Interpolates a row along x. Its element x.n is the value outside. */
static void stretch(REAL *restrict to, const REAL *restrict row, const int32_t *index, const REAL *weight, int taps,
                    int64_t m)
{
#define TAP(k) weight[(k) * m + i] * row[index[(k) * m + i]]
    switch (taps) {
    case 2:
        for (int64_t i = 0; i < m; i++)
            to[i] = TAP(0) + TAP(1);
        break;
    case 4:
        for (int64_t i = 0; i < m; i++)
            to[i] = (TAP(0) + TAP(1)) + (TAP(2) + TAP(3));
        break;
    default:
        for (int64_t i = 0; i < m; i++) {
            REAL sum = TAP(0);
            for (int k = 1; k < taps; k++)
                sum += TAP(k);
            to[i] = sum;
        }
    }
#undef TAP
}

typedef struct {
    REAL *sum;     /* x.n + 1: a row after z */
    STORED *outside;  /* x.n: the value outside */
    REAL *cval;       /* x.m: the same */
    REAL *row;     /* slots x x.m: rows after z and x */
    STORED *result; /* x.m, where dst has another type */
    double *wide;
    int32_t *index; /* x's, the value outside at x.n */
    int64_t tag[2 * MOST], used[2 * MOST];
} scratch;

/* A row y of the input at plane z of the output, after z and x: from the rows kept, or made. */
static const REAL *fetch(const sk_separable *s, scratch *t, const STORED *coef, int64_t z, int64_t y, int64_t now)
{
    if (y < 0)
        return t->cval;
    int slot = 0;
    for (int k = 0; k < 2 * MOST; k++) {
        if (t->tag[k] == y) {
            t->used[k] = now;
            return t->row + k * s->x.m;
        }
        slot = t->used[k] < t->used[slot] ? k : slot;
    }
    const STORED *rows[MOST];
    REAL w[MOST];
    for (int k = 0; k < s->z.taps; k++) {
        const int64_t i = s->z.index[k * s->z.m + z];
        rows[k] = i < 0 ? t->outside : coef + (i * s->y.n + y) * s->x.n;
        w[k] = ((const REAL *)s->z.weight)[k * s->z.m + z];
    }
    REAL *to = t->row + slot * s->x.m;
    t->tag[slot] = y;
    t->used[slot] = now;
    if (!s->x.index) { /* an axis that stays as it is */
        combine_coef(to, rows, w, s->z.taps, s->x.n);
        return to;
    }
    combine_coef(t->sum, rows, w, s->z.taps, s->x.n);
    t->sum[s->x.n] = (REAL)s->cval;
    stretch(to, t->sum, t->index, s->x.weight, s->x.taps, s->x.m);
    return to;
}

static void unit(const sk_separable *s, scratch *t, int64_t u)
{
    const int64_t blocks = sk_separable_blocks(s->y.m), plane = u / blocks, z = plane % s->z.m;
    const STORED *coef = (const STORED *)s->coef + plane / s->z.m * s->z.n * s->y.n * s->x.n;
    const int64_t y0 = u % blocks * SK_SEPARABLE_ROWS;
    const int64_t y1 = y0 + SK_SEPARABLE_ROWS < s->y.m ? y0 + SK_SEPARABLE_ROWS : s->y.m;
    for (int k = 0; k < 2 * MOST; k++)
        t->tag[k] = t->used[k] = -1;
    for (int64_t y = y0; y < y1; y++) {
        const REAL *rows[MOST];
        REAL w[MOST];
        for (int k = 0; k < s->y.taps; k++) {
            rows[k] = fetch(s, t, coef, z, s->y.index[k * s->y.m + y], y);
            w[k] = ((const REAL *)s->y.weight)[k * s->y.m + y];
        }
        const int64_t at = (plane * s->y.m + y) * s->x.m;
        const int direct = s->dst_type == STORED_TYPE;
        STORED *to = direct ? (STORED *)s->dst + at : t->result;
        combine_rows(to, rows, w, s->y.taps, s->x.m);
        if (direct)
            continue;
        for (int64_t i = 0; i < s->x.m; i++)
            t->wide[i] = (double)to[i];
        SK_NAME(sk_interp_store)(s->dst, s->dst_type, at, t->wide, s->x.m);
    }
}

int SK_NAME(KERNEL)(const sk_separable *s, int64_t u0, int64_t u1)
{
    const int64_t n = s->x.n, m = s->x.m;
    scratch t = {.sum = malloc((size_t)(n + 1) * sizeof(REAL)),
                 .outside = malloc((size_t)n * sizeof(STORED)),
                 .cval = malloc((size_t)m * sizeof(REAL)),
                 .row = malloc((size_t)(2 * MOST * m) * sizeof(REAL)),
                 .result = malloc((size_t)m * sizeof(STORED)),
                 .wide = malloc((size_t)m * sizeof(double)),
                 .index = malloc((size_t)(s->x.taps * m) * sizeof(int32_t))};
    int status = SK_MEMORY;
    if (t.sum && t.outside && t.cval && t.row && t.result && t.wide && t.index) {
        status = SK_OK;
        for (int64_t i = 0; i < n; i++)
            t.outside[i] = (STORED)s->cval;
        for (int64_t i = 0; i < m; i++)
            t.cval[i] = (REAL)s->cval;
        for (int64_t i = 0; s->x.index && i < s->x.taps * m; i++)
            t.index[i] = (int32_t)(s->x.index[i] < 0 ? n : s->x.index[i]);
        for (int64_t u = u0; u < u1; u++)
            unit(s, &t, u);
    }
    free(t.index);
    free(t.wide);
    free(t.result);
    free(t.row);
    free(t.cval);
    free(t.outside);
    free(t.sum);
    return status;
}
