/* Body of edt_i32.c and edt_f64.c, which define
 *   V, FAR        type of squared distances, and what stands for infinity
 *   MASK          signed integer of its size
 *   NAME(f)       the functions' names
 *   SQUARE(d, w)  squared distance of d steps of spacing w
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sk_edt.h"

#define LANES (SK_VECTOR_BYTES / (int)sizeof(V)) /* lines that are searched at once */
#define STEPS 4                     /* steps between two looks whether to stop */
#define MANY_STEPS 64               /* beyond these the lower envelope is cheaper */

typedef V vec __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(V)), may_alias));
typedef MASK ivec __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(V)), may_alias));
typedef int32_t wide __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline vec choose(ivec m, vec a, vec b)
{
    return (vec)((m & (ivec)a) | (~m & (ivec)b));
}

static inline int any(ivec m)
{
    uint64_t words[SK_VECTOR_BYTES / 8], all = 0;
    memcpy(words, &m, sizeof m);
    for (int i = 0; i < SK_VECTOR_BYTES / 8; i++)
        all |= words[i];
    return all != 0;
}

void NAME(sk_edt_rows)(const uint8_t *mask, const int32_t *labels, int64_t r0, int64_t r1, int64_t n, double spacing,
                       V *squared, int32_t *site)
{
    const int32_t none = INT32_MAX;
    for (int64_t r = r0; r < r1; r++) {
        V *to = squared + r * n;
        int32_t *at = site ? site + r * n : NULL;
        /* steps to the nearest voxel of another label on the left, then on both sides */
        int32_t steps = none;
        for (int64_t i = 0; i < n; i++) {
            const int64_t k = r * n + i;
            const int other = mask ? !mask[k] : i > 0 && labels[k] != labels[k - 1];
            steps = mask ? (other ? 0 : steps < none ? steps + 1 : none)
                         : (labels[k] == 0 ? 0 : other ? 1 : steps < none ? steps + 1 : none);
            to[i] = steps == none ? FAR : (V)steps;
        }
        steps = none;
        for (int64_t i = n - 1; i >= 0; i--) {
            const int64_t k = r * n + i;
            const int other = mask ? !mask[k] : i < n - 1 && labels[k] != labels[k + 1];
            steps = mask ? (other ? 0 : steps < none ? steps + 1 : none)
                         : (labels[k] == 0 ? 0 : other ? 1 : steps < none ? steps + 1 : none);
            const int left = to[i] != FAR && (steps == none || to[i] <= (V)steps);
            const int64_t d = left ? (int64_t)to[i] : steps;
            if (at)
                at[i] = d == none ? -1 : (int32_t)(left ? k - d : k + d);
            to[i] = d == none ? FAR : SQUARE(d, spacing);
        }
    }
}

typedef struct {
    V *f;           /* n rows of LANES values */
    int32_t *label; /* and their labels, */
    int32_t *site;  /* and their sites; or NULL */
    V *g;           /* a line of results of the envelope */
    int64_t *v;     /* the envelope: sites, */
    double *z;      /* and where each begins */
} scratch;

/* The lower envelope of the parabolas f[q] + (i - q)^2 of one line (P. F. Felzenszwalb, D. P. Huttenlocher, Theory of
 * Computing 8 (2012) 415-428, doi:10.4086/toc.2012.v008a019) over first <= i < last, where what lies just outside of
 * these has the value 0 if it belongs to the line. Writes g and, by `from`, where each minimum comes from. */
static void envelope(const scratch *s, int64_t n, int lane, int64_t first, int64_t last, double spacing, int bounded,
                     int64_t *from)
{
    const double w2 = sizeof(V) == 8 ? spacing * spacing : 1;
    const int64_t low = bounded && first > 0 ? first - 1 : first, high = bounded && last < n ? last + 1 : last;
    int64_t k = -1;
#define HEIGHT(q) ((q) < first || (q) >= last ? 0.0 : (double)s->f[(q) * LANES + lane])
    for (int64_t q = low; q < high; q++) {
        const double height = HEIGHT(q);
        if (height >= (double)FAR)
            continue;
        double begin = -INFINITY;
        while (k >= 0) {
            const int64_t p = s->v[k];
            begin = ((height - HEIGHT(p)) / w2 + ((double)q * (double)q - (double)p * (double)p)) / (2.0 * (double)(q - p));
            if (begin > s->z[k])
                break;
            k--;
            begin = -INFINITY;
        }
        k++;
        s->v[k] = q;
        s->z[k] = begin;
    }
    if (k < 0) {
        for (int64_t i = first; i < last; i++) {
            s->g[i] = FAR;
            from[i] = -1;
        }
        return;
    }
    const int64_t top = k;
    k = 0;
    for (int64_t i = first; i < last; i++) {
        while (k < top && s->z[k + 1] < (double)i)
            k++;
        const int64_t q = s->v[k];
        const V height = q < first || q >= last ? 0 : s->f[q * LANES + lane];
        s->g[i] = height + SQUARE(q - i, spacing);
        from[i] = q;
    }
}

/* Row i of the block: the least of the rows at up to MANY_STEPS steps, and its sites. 0 if more steps are needed. */
static int nearby(const scratch *s, int64_t n, int64_t i, double spacing, int64_t index, int64_t stride, vec *best_out,
                  wide *site_out)
{
    const V *f = s->f + i * LANES;
    vec best = *(const vec *)f;
    wide site = {0}, label = {0};
    wide lane = {0};
    for (int l = 0; l < LANES; l++)
        lane[l] = (int32_t)(index + l);
    if (s->site)
        site = *(const wide *)(s->site + i * LANES);
    if (s->label)
        label = *(const wide *)(s->label + i * LANES);
    int64_t d = 1;
    const int64_t reach = i > n - 1 - i ? i : n - 1 - i;
    for (; d <= reach; d++) {
        const V dd = SQUARE(d, spacing);
        if (d % STEPS == 1) {
            if (!any((ivec)(best > (vec){0} + dd)))
                break;
            if (d > MANY_STEPS)
                return 0;
        }
        for (int side = -1; side <= 1; side += 2) {
            const int64_t j = i + side * d;
            if (j < 0 || j >= n)
                continue;
            vec trial = *(const vec *)(f + side * d * LANES);
            wide other = {0};
            if (s->label) { /* a voxel of another label is at distance 0 from that label */
                const wide same = *(const wide *)(s->label + j * LANES) == label;
                other = ~same;
                trial = (vec)((ivec)trial & __builtin_convertvector(same, ivec));
            }
            trial += dd;
            const ivec better = (ivec)(trial < best);
            best = choose(better, trial, best);
            if (s->site) {
                const wide m = __builtin_convertvector(better, wide);
                wide there = *(const wide *)(s->site + j * LANES);
                there = (there & ~other) | ((lane + (int32_t)(side * d * stride)) & other);
                site = (site & ~m) | (there & m);
            }
        }
    }
    *best_out = best;
    *site_out = site;
    return 1;
}

/* One line by its envelope, run by run of equal labels; in place. */
static void line_by_envelope(const scratch *s, int64_t n, int lane, double spacing, int64_t index, int64_t stride,
                             int64_t *from)
{
    for (int64_t first = 0; first < n;) {
        int64_t last = s->label ? first + 1 : n;
        while (last < n && s->label[last * LANES + lane] == s->label[first * LANES + lane])
            last++;
        if (s->label && s->label[first * LANES + lane] == 0)
            for (int64_t i = first; i < last; i++) {
                s->g[i] = 0;
                from[i] = i;
            }
        else
            envelope(s, n, lane, first, last, spacing, s->label != NULL, from);
        first = last;
    }
    if (s->site) { /* sites outside of a run are the voxels there */
        int32_t *copy = (int32_t *)s->z; /* the envelope is done */
        for (int64_t i = 0; i < n; i++)
            copy[i] = s->site[i * LANES + lane];
        for (int64_t i = 0; i < n; i++) {
            const int64_t q = from[i];
            const int own = q >= 0 && (!s->label || s->label[q * LANES + lane] == s->label[i * LANES + lane]);
            s->site[i * LANES + lane] = q < 0 ? -1 : own ? copy[q] : (int32_t)(index + q * stride);
        }
    }
    for (int64_t i = 0; i < n; i++)
        s->f[i * LANES + lane] = s->g[i];
}

static void store(const sk_edt_pass *p, int64_t at, const V *row, int64_t count)
{
    if (p->distance)
        for (int64_t l = 0; l < count; l++)
            p->distance[at + l] = row[l] >= FAR ? INFINITY : sqrt((double)row[l]) * p->scale;
    else if (p->distance32)
        for (int64_t l = 0; l < count; l++)
            p->distance32[at + l] = row[l] >= FAR ? INFINITY : (float)(sqrt((double)row[l]) * p->scale);
    else
        memcpy((V *)p->squared + at, row, (size_t)count * sizeof *row);
}

/* `count` <= LANES lines side by side from `at` on. */
static void filter(const sk_edt_pass *p, const scratch *s, int64_t at, int64_t count, int64_t *from)
{
    const int64_t n = p->n, inner = p->inner;
    int far = 1; /* nothing but infinities */
    for (int64_t i = 0; i < n; i++) {
        const V *row = (const V *)p->squared + at + i * inner;
        memcpy(s->f + i * LANES, row, (size_t)count * sizeof *row);
        if (s->label)
            memcpy(s->label + i * LANES, p->labels + at + i * inner, (size_t)count * sizeof(int32_t));
        if (s->site)
            memcpy(s->site + i * LANES, p->site + at + i * inner, (size_t)count * sizeof(int32_t));
        for (int64_t l = 0; l < count; l++)
            far &= row[l] >= FAR;
    }
    const int search = !far || s->label;
    vec best;
    wide site;
    int64_t i = 0;
    for (; search && i < n; i++) {
        if (!nearby(s, n, i, p->spacing, at + i * inner, inner, &best, &site))
            break;
        store(p, at + i * inner, (const V *)&best, count);
        if (s->site)
            memcpy(p->site + at + i * inner, &site, (size_t)count * sizeof(int32_t));
    }
    if (search && i == n)
        return;
    for (int l = 0; search && l < count; l++)
        line_by_envelope(s, n, l, p->spacing, at + l, inner, from);
    for (i = 0; i < n; i++) {
        store(p, at + i * inner, s->f + i * LANES, count);
        if (s->site)
            memcpy(p->site + at + i * inner, s->site + i * LANES, (size_t)count * sizeof(int32_t));
    }
}

int NAME(sk_edt_lines)(const sk_edt_pass *p, int64_t u0, int64_t u1)
{
    const int64_t lines = p->outer * p->inner, last = u1 * SK_EDT_UNIT < lines ? u1 * SK_EDT_UNIT : lines;
    const size_t n = (size_t)p->n, block = n * LANES;
    const scratch s = {.f = calloc(block, sizeof(V)),
                       .label = p->labels ? calloc(block, sizeof(int32_t)) : NULL,
                       .site = p->site ? calloc(block, sizeof(int32_t)) : NULL,
                       .g = malloc(n * sizeof(V)),
                       .v = malloc((n + 2) * sizeof(int64_t)),
                       .z = malloc((n + 2) * sizeof(double))};
    int64_t *from = malloc(n * sizeof *from);
    int status = SK_MEMORY;
    if (s.f && (s.label || !p->labels) && (s.site || !p->site) && s.g && s.v && s.z && from) {
        status = SK_OK;
        for (int64_t k = u0 * SK_EDT_UNIT, count; k < last; k += count) {
            const int64_t x = k % p->inner;
            count = last - k < LANES ? last - k : LANES;
            count = p->inner - x < count ? p->inner - x : count;
            filter(p, &s, k / p->inner * p->n * p->inner + x, count, from);
        }
    }
    free(from);
    free(s.z);
    free(s.v);
    free(s.g);
    free(s.site);
    free(s.label);
    free(s.f);
    return status;
}
