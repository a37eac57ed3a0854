/* Body of spline_f32.c and spline_f64.c, which define STORED, the type of samples and coefficients, and
 * KERNEL. Sums are in double: in float the recursions would cost three bits more than the rounding of the results.
 *
 * The coefficients of a line are its samples through a filter that is recursive, forward and backward once for each
 * pole z. The forward start is the sum of z^k s[-k] over the line's continuation; the backward one has a closed form.
 *
 * M. Unser: Splines, a perfect fit for signal and image processing. IEEE Signal Process. Mag. 16(6), 22-38 (1999),
 * doi:10.1109/79.799930
 */
#include "sk_interp.h"

#include <stdlib.h>
#include <string.h>

#define REAL double
#define TINY 1e-19 /* powers of a pole below it are left out */
typedef REAL vec __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(REAL)), may_alias));
#define VLEN (SK_VECTOR_BYTES / (int)sizeof(REAL))
#define WIDE (4 * VLEN) /* lines that are filtered side by side */
#define TILE 16
#define MOST_TERMS 512

/* Terms of the forward start, and their sum for each of `lanes` lines, into the first elements. */
static void start_forward(const sk_spline *s, REAL *line, int lanes, REAL z)
{
    REAL sum[WIDE];
    memcpy(sum, line, (size_t)lanes * sizeof *line);
    REAL power = z;
    for (int64_t k = 1; k <= MOST_TERMS && (power > TINY || power < -TINY); k++, power *= z) {
        const REAL *p = line + SK_NAME(sk_lines_index)(-k, s->n, s->mode) * lanes;
        for (int l = 0; l < lanes; l++)
            sum[l] += power * p[l];
    }
    memcpy(line, sum, (size_t)lanes * sizeof *line);
}

/* The last coefficient from the forward results c: mirror z (c[n-1] + z c[n-2]) / (z^2 - 1), reflect z c[n-1] / (z - 1),
 * wrap minus the sum of z^(k+1) c[n-1+k]. */
static void start_backward(const sk_spline *s, REAL *line, int lanes, REAL z)
{
    REAL *last = line + (s->n - 1) * lanes;
    if (s->mode == SK_MIRROR) {
        const REAL factor = z / (z * z - 1);
        for (int l = 0; l < lanes; l++)
            last[l] = factor * (last[l] + z * (last - lanes)[l]);
    } else if (s->mode == SK_REFLECT) {
        const REAL factor = z / (z - 1);
        for (int l = 0; l < lanes; l++)
            last[l] *= factor;
    } else {
        REAL sum[WIDE], power = z * z;
        for (int l = 0; l < lanes; l++)
            sum[l] = z * last[l];
        for (int64_t k = 1; k <= MOST_TERMS && (power > TINY || power < -TINY); k++, power *= z) {
            const REAL *p = line + SK_NAME(sk_lines_index)(s->n - 1 + k, s->n, SK_WRAP) * lanes;
            for (int l = 0; l < lanes; l++)
                sum[l] += power * p[l];
        }
        for (int l = 0; l < lanes; l++)
            last[l] = -sum[l];
    }
}

/* One pole, for vectors 0..V-1 of each row of a group; the results before are kept in registers. */
#define RECURSION(V)                                                                                                \
    static void recursion_##V(REAL *line, int64_t n, REAL z, int backward)                                          \
    {                                                                                                               \
        const int64_t step = (int64_t)(V) * VLEN;                                                                   \
        vec before[V];                                                                                              \
        REAL *p = backward ? line + (n - 1) * step : line;                                                          \
        memcpy(before, p, sizeof before);                                                                           \
        for (int64_t i = 1; i < n; i++) {                                                                           \
            p += backward ? -step : step;                                                                           \
            for (int v = 0; v < (V); v++) {                                                                         \
                vec *at = (vec *)(p + v * VLEN);                                                                    \
                before[v] = backward ? z * (before[v] - *at) : *at + z * before[v];                                 \
                *at = before[v];                                                                                    \
            }                                                                                                       \
        }                                                                                                           \
    }
RECURSION(1)
RECURSION(4)

/* The same for one line. */
static void recursion_line(REAL *line, int64_t n, REAL z, int backward)
{
    REAL before = backward ? line[n - 1] : line[0];
    if (backward)
        for (int64_t i = n - 2; i >= 0; i--)
            line[i] = before = z * (before - line[i]);
    else
        for (int64_t i = 1; i < n; i++)
            line[i] = before = line[i] + z * before;
}

static void filter(const sk_spline *s, REAL *line, int lanes)
{
    void (*const recursion)(REAL *, int64_t, REAL, int) =
        lanes == 1 ? recursion_line : lanes == VLEN ? recursion_1 : recursion_4;
    REAL gain = 1;
    for (int k = 0; k < s->npoles; k++)
        gain *= (REAL)((1 - s->poles[k]) * (1 - 1 / s->poles[k]));
    for (int64_t i = 0; i < s->n * lanes; i++)
        line[i] *= gain;
    for (int k = 0; k < s->npoles; k++) {
        const REAL z = (REAL)s->poles[k];
        start_forward(s, line, lanes, z);
        recursion(line, s->n, z, 0);
        start_backward(s, line, lanes, z);
        recursion(line, s->n, z, 1);
    }
}

/* Lines `first` to first + count into the lanes of a buffer, or back. */
static void move(const sk_spline *s, REAL *line, int lanes, int64_t first, int count, int back)
{
    STORED *base[WIDE];
    const int64_t n = s->n, inner = s->inner;
    for (int l = 0; l < count; l++)
        base[l] = (STORED *)s->data + (first + l) / inner * n * inner + (first + l) % inner;
    if (inner >= lanes && base[count - 1] - base[0] == count - 1) {
        for (int64_t i = 0; i < n; i++) {
            STORED *p = base[0] + i * inner;
            REAL *q = line + i * lanes;
            if (back)
                for (int l = 0; l < count; l++)
                    p[l] = (STORED)q[l];
            else
                for (int l = 0; l < count; l++)
                    q[l] = (REAL)p[l];
        }
        return;
    }
    for (int64_t i0 = 0; i0 < n; i0 += TILE) {
        const int64_t i1 = i0 + TILE < n ? i0 + TILE : n;
        for (int l = 0; l < count; l++) {
            STORED *p = base[l];
            if (back)
                for (int64_t i = i0; i < i1; i++)
                    p[i * inner] = (STORED)line[i * lanes + l];
            else
                for (int64_t i = i0; i < i1; i++)
                    line[i * lanes + l] = (REAL)p[i * inner];
        }
    }
}

int SK_NAME(KERNEL)(const sk_spline *s, int64_t u0, int64_t u1)
{
    const int64_t all = s->outer * s->inner, last = u1 * SK_LINES_UNIT < all ? u1 * SK_LINES_UNIT : all;
    const int lanes = s->inner >= WIDE ? WIDE : all < VLEN ? 1 : VLEN;
    /* zeros: unused lanes are filtered too, and must not be slow numbers */
    REAL *line = calloc((size_t)(s->n * lanes), sizeof *line);
    if (!line)
        return SK_MEMORY;
    for (int64_t at = u0 * SK_LINES_UNIT, count; at < last; at += count) {
        count = last - at < lanes ? last - at : lanes;
        move(s, line, lanes, at, (int)count, 0);
        filter(s, line, lanes);
        move(s, line, lanes, at, (int)count, 1);
    }
    free(line);
    return SK_OK;
}
