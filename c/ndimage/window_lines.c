/* Windows along one axis by doubling: from the results of windows of length m come those of 2 m, for all voxels of 64
 * lines at once. An extreme of `size` voxels is that of two windows of the largest power of two below; a sum is put
 * together from the powers of two in `size`. So a sum has the rounding errors of its own window only, and a NaN stays
 * in the windows that hold it. Cost: about log2(size) operations a voxel.
 */
#include "sk_window_lines.h"

#include <stdlib.h>
#include <string.h>

#include "sk_tiles.h"

#define LANES 64
#define POLL_VOXELS (INT64_C(1) << 23) /* between two polls: some 10 ms */

#define EACH_TYPE(USE)                                                                                              \
    USE(SK_U8, uint8_t) USE(SK_I8, int8_t) USE(SK_U16, uint16_t) USE(SK_I16, int16_t) USE(SK_U32, uint32_t)         \
    USE(SK_I32, int32_t) USE(SK_U64, uint64_t) USE(SK_I64, int64_t) USE(SK_F32, float) USE(SK_F64, double)

#define LARGER(a, b) ((b) > (a) ? (b) : (a))
#define SMALLER(a, b) ((b) < (a) ? (b) : (a))

#define PAIR(T, NAME, PICK)                                                                                         \
    static void NAME(T *restrict to, const T *p, int64_t step, int64_t n)                                           \
    {                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                             \
            to[i] = PICK(p[i], p[i + step]);                                                                        \
    }
#define BOTH(tag, T) PAIR(T, max_##tag, LARGER) PAIR(T, min_##tag, SMALLER)
EACH_TYPE(BOTH)

/* to[i] = the extreme of p[i] and p[i + step], by type */
static void pair(const sk_window_lines *w, void *to, const void *p, int64_t step, int64_t n)
{
#define USE(tag, T)                                                                                                 \
    case tag:                                                                                                       \
        (w->kind == SK_WINDOW_MAX ? max_##tag : min_##tag)(to, p, step, n);                                         \
        break;
    switch (w->work_type) {
        EACH_TYPE(USE)
    }
#undef USE
}

/* Extremes of `size` steps for the first n elements of a; b is scratch. Returns the one that holds them. */
static void *extremes(const sk_window_lines *w, void *a, void *b, int64_t step, int64_t n)
{
    int64_t have = 1;
    while (have < w->size) {
        const int64_t next = 2 * have < w->size ? 2 * have : w->size;
        pair(w, b, a, (next - have) * step, n + (w->size - next) * step);
        void *swap = a;
        a = b;
        b = swap;
        have = next;
    }
    return a;
}

static void add(double *restrict to, const double *p, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += p[i];
}

static void add_pairs(double *restrict to, const double *p, int64_t step, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = p[i] + p[i + step];
}

/* Means of `size` steps for the first n elements of a, into sum; b is scratch. */
static void means(const sk_window_lines *w, double *a, double *b, double *sum, int64_t step, int64_t n)
{
    const double size = (double)w->size;
    int64_t taken = 0;
    for (int64_t have = 1; have <= w->size; have *= 2) {
        if (w->size & have) {
            if (taken)
                add(sum, a + taken * step, n);
            else
                memcpy(sum, a, (size_t)n * sizeof *sum);
            taken += have;
        }
        if (2 * have <= w->size) { /* sums of 2 have steps are asked for up to n + (size - 2 have) steps */
            add_pairs(b, a, have * step, n + (w->size - 2 * have) * step);
            double *swap = a;
            a = b;
            b = swap;
        }
    }
    for (int64_t i = 0; i < n; i++)
        sum[i] /= size;
}

/* `lanes` lines side by side, from element `left` on, continued beyond their ends. */
static void extend(const sk_window_lines *w, char *line, int64_t lanes, int64_t left, int64_t right, int64_t size)
{
    for (int64_t k = 0; k < left + right; k++) {
        const int64_t i = k < left ? k - left : w->n + k - left;
        const int64_t from = SK_NAME(sk_lines_index)(i, w->n, w->mode);
        char *to = line + (left + i) * lanes * size;
        if (from >= 0)
            memcpy(to, line + (left + from) * lanes * size, (size_t)(lanes * size));
        else
            for (int64_t l = 0; l < lanes; l++)
                memcpy(to + l * size, &w->cval, (size_t)size);
    }
}

static void load(const sk_window_lines *w, char *to, int64_t at, int64_t count)
{
    const int64_t size = sk_type_size(w->src_type);
    SK_NAME(sk_gather_row)(to, w->work_type, (const char *)w->src + at * size, w->src_type, size, count);
}

static void store(const sk_window_lines *w, const char *from, int64_t at, int64_t count)
{
    const int64_t size = sk_type_size(w->dst_type);
    if (w->work_type == w->dst_type)
        memcpy((char *)w->dst + at * size, from, (size_t)(count * size));
    else
        SK_NAME(sk_lines_store)(w->dst, w->dst_type, at, (const double *)from, count);
}

typedef struct {
    char *a, *b, *sum;
    int64_t done;
} scratch;

/* Lines first..first + lanes, at most LANES; line l lies at outer index l / inner. */
static void filter(const sk_window_lines *w, scratch *s, int64_t first, int64_t lanes)
{
    const int64_t n = w->n, inner = w->inner, size = sk_type_size(w->work_type);
    const int64_t left = w->size / 2 + w->origin, right = w->size - 1 - left;
    const int64_t width = inner == 1 ? 1 : LANES;
    for (int64_t l = 0; l < lanes;) { /* the lines of one outer index lie side by side */
        const int64_t o = (first + l) / inner, x = (first + l) % inner;
        const int64_t run = inner - x < lanes - l ? inner - x : lanes - l;
        if (inner == 1)
            load(w, s->a + left * size, o * n, n);
        else
            for (int64_t i = 0; i < n; i++)
                load(w, s->a + ((left + i) * width + l) * size, (o * n + i) * inner + x, run);
        l += run;
    }
    extend(w, s->a, width, left, right, size);
    const char *result;
    if (w->kind == SK_WINDOW_MEAN) {
        means(w, (double *)s->a, (double *)s->b, (double *)s->sum, width, n * width);
        result = s->sum;
    } else {
        result = extremes(w, s->a, s->b, width, n * width);
    }
    for (int64_t l = 0; l < lanes;) {
        const int64_t o = (first + l) / inner, x = (first + l) % inner;
        const int64_t run = inner - x < lanes - l ? inner - x : lanes - l;
        if (inner == 1)
            store(w, result, o * n, n);
        else
            for (int64_t i = 0; i < n; i++)
                store(w, result + (i * width + l) * size, (o * n + i) * inner + x, run);
        l += run;
    }
}

int SK_NAME(sk_window_lines_run)(const sk_window_lines *w, int64_t u0, int64_t u1)
{
    const int64_t lines = w->outer * w->inner, lanes = w->inner == 1 ? 1 : LANES;
    const int64_t last = u1 * SK_LINES_UNIT < lines ? u1 * SK_LINES_UNIT : lines;
    const size_t length = (size_t)((w->n + w->size) * lanes);
    /* zeros: unused lanes are filtered too, and must not be slow numbers */
    scratch s = {.a = calloc(length, (size_t)sk_type_size(w->work_type)),
                 .b = calloc(length, (size_t)sk_type_size(w->work_type)),
                 .sum = w->kind == SK_WINDOW_MEAN ? malloc(length * sizeof(double)) : NULL};
    int status = SK_MEMORY;
    if (s.a && s.b && (s.sum || w->kind != SK_WINDOW_MEAN)) {
        status = SK_OK;
        for (int64_t at = u0 * SK_LINES_UNIT; at < last && status == SK_OK; at += lanes) {
            filter(w, &s, at, last - at < lanes ? last - at : lanes);
            s.done += (w->n + w->size) * lanes;
            if (s.done >= POLL_VOXELS) {
                s.done = 0;
                if (w->poll && w->poll(w->udata))
                    status = SK_INTERRUPT;
            }
        }
    }
    free(s.sum);
    free(s.b);
    free(s.a);
    return status;
}
