/* Body of edt_i32.c and edt_f64.c, which define
 *   V, FAR        type of squared distances, and what stands for infinity
 *   MASK          signed integer of its size
 *   STEP          signed integer that holds the length of a row
 *   NAME(f)       the functions' names
 *   SQUARE(d, w)  squared distance of d steps of spacing w
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "sk_edt.h"

#define LANES (SK_VECTOR_BYTES / (int)sizeof(V)) /* lines that are searched at once */
#define STEPS 4                     /* steps between two looks whether to stop */
#define MANY_STEPS 64               /* beyond these the lower envelope is cheaper */
#define PAD (MANY_STEPS + STEPS)    /* rows that a search may run out of the block */

typedef V vec __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(V)), may_alias));
typedef MASK ivec __attribute__((vector_size(SK_VECTOR_BYTES), aligned(sizeof(V)), may_alias));
typedef int32_t wide __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline vec choose(ivec m, vec a, vec b)
{
    return (vec)((m & (ivec)a) | (~m & (ivec)b));
}

static inline int any(ivec m)
{
#if SK_VECTOR_BYTES == 64
    return _mm512_test_epi64_mask((__m512i)m, (__m512i)m) != 0;
#elif SK_VECTOR_BYTES == 32
    return !_mm256_testz_si256((__m256i)m, (__m256i)m);
#else
    uint64_t words[2];
    memcpy(words, &m, sizeof words);
    return (words[0] | words[1]) != 0;
#endif
}

/* The first voxel from i on that is not 0, or n. */
static inline int64_t next_one(const uint8_t *mask, int64_t i, int64_t n)
{
    for (uint64_t word; i + 8 <= n; i += 8) {
        memcpy(&word, mask + i, sizeof word);
        if (word)
            break;
    }
    while (i < n && !mask[i])
        i++;
    return i;
}

/* A row of a binary image, whose first voxel has index k. */
static void binary_row(const uint8_t *mask, int64_t n, double spacing, V *to, int32_t *at, int32_t k)
{
    memset(to, 0, (size_t)n * sizeof *to);
    for (int64_t i = 0; at && i < n; i++)
        at[i] = k + (int32_t)i;
    for (int64_t i = next_one(mask, 0, n); i < n; i = next_one(mask, i, n)) {
        const uint8_t *end = memchr(mask + i, 0, (size_t)(n - i));
        const STEP first = (STEP)i, last = (STEP)(end ? end - mask : n);
        /* the run's voxels before `cut` are nearest to the one before the run, the others to the one behind it */
        const STEP cut = first == 0 ? first : last == n ? last : (first + last + 1) / 2;
        for (STEP j = first; j < cut; j++)
            to[j] = SQUARE(j - first + 1, spacing);
        for (STEP j = cut; j < last; j++)
            to[j] = last == n ? FAR : SQUARE(last - j, spacing);
        for (STEP j = first; at && j < cut; j++)
            at[j] = k + (int32_t)first - 1;
        for (STEP j = cut; at && j < last; j++)
            at[j] = last == n ? -1 : k + (int32_t)last;
        i = last;
    }
}

/* A row of labels, whose first voxel has index k: the nearest voxel of another label on the left, then on both sides. */
static void label_row(const int32_t *labels, int64_t n, double spacing, V *to, int32_t *at, int64_t k)
{
    const int32_t none = INT32_MAX;
    int32_t steps = none;
    for (int64_t i = 0; i < n; i++) {
        const int other = i > 0 && labels[i] != labels[i - 1];
        steps = labels[i] == 0 ? 0 : other ? 1 : steps < none ? steps + 1 : none;
        to[i] = steps == none ? FAR : (V)steps;
    }
    steps = none;
    for (int64_t i = n - 1; i >= 0; i--) {
        const int other = i < n - 1 && labels[i] != labels[i + 1];
        steps = labels[i] == 0 ? 0 : other ? 1 : steps < none ? steps + 1 : none;
        const int left = to[i] != FAR && (steps == none || to[i] <= (V)steps);
        const int64_t d = left ? (int64_t)to[i] : steps;
        if (at)
            at[i] = d == none ? -1 : (int32_t)(left ? k + i - d : k + i + d);
        to[i] = d == none ? FAR : SQUARE(d, spacing);
    }
}

void NAME(sk_edt_rows)(const uint8_t *mask, const int32_t *labels, int64_t r0, int64_t r1, int64_t n, double spacing,
                       V *squared, int32_t *site)
{
    for (int64_t r = r0; r < r1; r++) {
        const int64_t k = r * n;
        if (mask)
            binary_row(mask + k, n, spacing, squared + k, site ? site + k : NULL, site ? (int32_t)k : 0);
        else
            label_row(labels + k, n, spacing, squared + k, site ? site + k : NULL, k);
    }
}

typedef struct {
    V *f;           /* n rows of LANES values, between PAD rows of FAR */
    int32_t *label; /* and their labels, */
    int32_t *site;  /* and their sites, between PAD rows of anything; or NULL */
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

/* Looks at the row d steps from row i on one side. */
static inline __attribute__((always_inline)) void look(const scratch *s, int64_t i, int64_t d, V dd, wide index,
                                                       int64_t stride, vec *best, wide *site, int labels, int sites)
{
    const int64_t j = (i + d) * LANES;
    vec trial = *(const vec *)(s->f + j);
    wide other = {0};
    if (labels) { /* a voxel of another label is at distance 0 from that label */
        const wide same = *(const wide *)(s->label + j) == *(const wide *)(s->label + i * LANES);
        other = ~same;
        trial = (vec)((ivec)trial & __builtin_convertvector(same, ivec));
    }
    trial += dd;
    const ivec better = (ivec)(trial < *best);
    *best = choose(better, trial, *best);
    if (sites) {
        const wide m = __builtin_convertvector(better, wide);
        wide there = *(const wide *)(s->site + j);
        if (labels)
            there = (there & ~other) | ((index + (int32_t)(d * stride)) & other);
        *site = (*site & ~m) | (there & m);
    }
}

/* Row i of the block: the least of the rows at up to MANY_STEPS steps, and its sites. 0 if more steps are needed. */
static inline __attribute__((always_inline)) int nearby(const scratch *s, int64_t n, int64_t i, double spacing,
                                                        int64_t first, int64_t stride, vec *best_out, wide *site_out,
                                                        int labels, int sites)
{
    vec best = *(const vec *)(s->f + i * LANES);
    wide site = {0}, index = {0};
    if (sites)
        site = *(const wide *)(s->site + i * LANES);
    for (int l = 0; labels && sites && l < LANES; l++)
        index[l] = (int32_t)(first + l);
    const int64_t reach = i > n - 1 - i ? i : n - 1 - i;
    for (int64_t d = 1; d <= reach; d += STEPS) {
        if (!any((ivec)(best > (vec){0} + SQUARE(d, spacing))))
            break;
        if (d > MANY_STEPS)
            return 0;
        for (int64_t e = d; e < d + STEPS; e++) {
            const V dd = SQUARE(e, spacing);
            if (!labels || i - e >= 0) /* else the rows outside are far */
                look(s, i, -e, dd, index, stride, &best, &site, labels, sites);
            if (!labels || i + e < n)
                look(s, i, e, dd, index, stride, &best, &site, labels, sites);
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

static inline __attribute__((always_inline)) void store(const sk_edt_pass *p, int64_t at, const V *row, int64_t count)
{
    const double scale = p->scale;
    if (p->distance) {
        double *to = p->distance + at;
        for (int64_t l = 0; l < count; l++)
            to[l] = row[l] >= FAR ? INFINITY : sqrt((double)row[l]) * scale;
    } else if (p->distance32) {
        float *to = p->distance32 + at;
        for (int64_t l = 0; l < count; l++)
            to[l] = row[l] >= FAR ? INFINITY : (float)(sqrt((double)row[l]) * scale);
    } else
        memcpy((V *)p->squared + at, row, (size_t)count * sizeof *row);
}

/* `count` <= LANES lines side by side from `at` on. */
static inline __attribute__((always_inline)) void filter(const sk_edt_pass *p, const scratch *s, int64_t at,
                                                         int64_t count, int64_t *from, int labels, int sites)
{
    const int64_t n = p->n, inner = p->inner;
    int near = 0; /* something but infinities */
    for (int64_t i = 0; i < n; i++) {
        const V *row = (const V *)p->squared + at + i * inner;
        memcpy(s->f + i * LANES, row, (size_t)count * sizeof *row);
        if (labels)
            memcpy(s->label + i * LANES, p->labels + at + i * inner, (size_t)count * sizeof(int32_t));
        if (sites)
            memcpy(s->site + i * LANES, p->site + at + i * inner, (size_t)count * sizeof(int32_t));
        for (int64_t l = 0; l < count; l++)
            near |= row[l] < FAR;
    }
    const int search = near || labels;
    vec best;
    wide site;
    int64_t i = 0;
    for (; search && i < n; i++) {
        if (!nearby(s, n, i, p->spacing, at + i * inner, inner, &best, &site, labels, sites))
            break;
        V row[LANES];
        memcpy(row, &best, sizeof row);
        store(p, at + i * inner, row, count);
        if (sites)
            memcpy(p->site + at + i * inner, &site, (size_t)count * sizeof(int32_t));
    }
    if (search && i == n)
        return;
    for (int l = 0; search && l < count; l++)
        line_by_envelope(s, n, l, p->spacing, at + l, inner, from);
    for (i = 0; i < n; i++) {
        store(p, at + i * inner, s->f + i * LANES, count);
        if (sites)
            memcpy(p->site + at + i * inner, s->site + i * LANES, (size_t)count * sizeof(int32_t));
    }
}

int NAME(sk_edt_lines)(const sk_edt_pass *p, int64_t u0, int64_t u1)
{
    const int64_t lines = p->outer * p->inner, last = u1 * SK_EDT_UNIT < lines ? u1 * SK_EDT_UNIT : lines;
    const size_t n = (size_t)p->n, block = n * LANES;
    V *f = malloc((block + 2 * PAD * LANES) * sizeof *f);
    int32_t *site = p->site ? calloc(block + 2 * PAD * LANES, sizeof *site) : NULL;
    const scratch s = {.f = f ? f + PAD * LANES : NULL,
                       .label = p->labels ? calloc(block, sizeof(int32_t)) : NULL,
                       .site = site ? site + PAD * LANES : NULL,
                       .g = malloc(n * sizeof(V)),
                       .v = malloc((n + 2) * sizeof(int64_t)),
                       .z = malloc((n + 2) * sizeof(double))};
    int64_t *from = malloc(n * sizeof *from);
    int status = SK_MEMORY;
    if (s.f && (s.label || !p->labels) && (s.site || !p->site) && s.g && s.v && s.z && from) {
        status = SK_OK;
        for (int64_t k = 0; k < (p->n + 2 * PAD) * LANES; k++)
            f[k] = FAR;
        for (int64_t k = u0 * SK_EDT_UNIT, count; k < last; k += count) {
            const int64_t x = k % p->inner;
            count = last - k < LANES ? last - k : LANES;
            count = p->inner - x < count ? p->inner - x : count;
            const int64_t at = k / p->inner * p->n * p->inner + x;
            if (p->labels)
                filter(p, &s, at, count, from, 1, p->site != NULL);
            else if (count < LANES)
                filter(p, &s, at, count, from, 0, p->site != NULL);
            else if (p->site)
                filter(p, &s, at, LANES, from, 0, 1);
            else
                filter(p, &s, at, LANES, from, 0, 0);
        }
    }
    free(from);
    free(s.z);
    free(s.v);
    free(s.g);
    free(site);
    free(s.label);
    free(f);
    return status;
}
