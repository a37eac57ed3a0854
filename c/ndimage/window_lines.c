/* Windows along one axis, for a group of lines at once: from the results of windows of length m come those of up to
 * 4 m. An extreme is that of up to four overlapping windows; a long sum is put together from windows whose lengths are
 * the powers of two in `size`. So a sum has the rounding errors of its own window only, and a NaN stays in the windows
 * that hold it. Cost: about log2(size) operations a voxel, half as many loads and stores.
 */
#include "sk_window_lines.h"

#include <stdlib.h>
#include <string.h>

#include "sk_extreme.h"
#include "sk_tiles.h"

#define BUFFER_BYTES (1 << 16)         /* of the lines of a group */
#define LEAST_BYTES 128                /* of a row of lines side by side */
#define MOST_BYTES 1024
#define POLL_VOXELS (INT64_C(1) << 23) /* between two polls: some 10 ms */
#define DIRECT 16                      /* windows up to this length are summed directly */

/* Extremes of `size` steps for the first n elements of a; b is scratch. Returns the one that holds them. */
static void *extremes(const sk_window_lines *w, void *a, void *b, int64_t step, int64_t n)
{
    for (int64_t have = 1, next; have < w->size; have = next) {
        int64_t d[3];
        const int count = sk_extreme_step(have, w->size, &next, d);
        for (int k = 0; k < count; k++)
            d[k] *= step;
        sk_extreme_of(w->work_type, w->kind == SK_WINDOW_MAX, b, a, d, count, n + (w->size - next) * step);
        void *swap = a;
        a = b;
        b = swap;
    }
    return a;
}

#define SUMS(T, NAME)                                                                                               \
    static void add_##NAME(T *restrict to, const T *p, int64_t n)                                                   \
    {                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                             \
            to[i] += p[i];                                                                                          \
    }                                                                                                               \
    static void pairs_##NAME(T *restrict to, const T *p, int64_t step, int64_t n)                                   \
    {                                                                                                               \
        for (int64_t i = 0; i < n; i++)                                                                             \
            to[i] = p[i] + p[i + step];                                                                             \
    }                                                                                                               \
    static void fours_##NAME(T *restrict to, const T *p, int64_t step, int begun, int64_t n)                        \
    {                                                                                                               \
        const T *q = p + step, *r = q + step, *s = r + step;                                                        \
        if (begun)                                                                                                  \
            for (int64_t i = 0; i < n; i++)                                                                         \
                to[i] += (p[i] + q[i]) + (r[i] + s[i]);                                                             \
        else                                                                                                        \
            for (int64_t i = 0; i < n; i++)                                                                         \
                to[i] = (p[i] + q[i]) + (r[i] + s[i]);                                                              \
    }                                                                                                               \
    /* Sums of `size` steps for the first n elements of a, into sum; b is scratch. */                               \
    static void sums_##NAME(int64_t size, T *a, T *b, T *sum, int64_t step, int64_t n)                              \
    {                                                                                                               \
        int64_t taken = 0;                                                                                          \
        if (size <= DIRECT) {                                                                                       \
            for (; taken + 4 <= size; taken += 4)                                                                   \
                fours_##NAME(sum, a + taken * step, step, taken > 0, n);                                            \
            if (!taken) {                                                                                           \
                memcpy(sum, a, (size_t)n * sizeof *sum);                                                            \
                taken = 1;                                                                                          \
            }                                                                                                       \
            for (; taken < size; taken++)                                                                           \
                add_##NAME(sum, a + taken * step, n);                                                               \
            return;                                                                                                 \
        }                                                                                                           \
        for (int64_t have = 1; have <= size; have *= 2) {                                                           \
            if (size & have) {                                                                                      \
                if (taken)                                                                                          \
                    add_##NAME(sum, a + taken * step, n);                                                           \
                else                                                                                                \
                    memcpy(sum, a, (size_t)n * sizeof *sum);                                                        \
                taken += have;                                                                                      \
            }                                                                                                       \
            if (2 * have <= size) { /* windows of 2 have steps are asked for up to n + (size - 2 have) steps */     \
                pairs_##NAME(b, a, have * step, n + (size - 2 * have) * step);                                      \
                T *swap = a;                                                                                        \
                a = b;                                                                                              \
                b = swap;                                                                                           \
            }                                                                                                       \
        }                                                                                                           \
    }
SUMS(double, f64)
SUMS(float, f32)

static void scale(float *p, float factor, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        p[i] *= factor;
}

static void divide(double *p, double size, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        p[i] /= size;
}

/* Means of `size` steps for the first n elements of a, which has `all`. Floats are scaled first: their sum could
 * overflow. Doubles are divided at the end: the means of integers come out exact where they are integers. */
static void means(const sk_window_lines *w, void *a, void *b, void *sum, int64_t step, int64_t n, int64_t all)
{
    if (w->work_type == SK_F32) {
        scale(a, (float)(1.0 / (double)w->size), all);
        sums_f32(w->size, a, b, sum, step, n);
    } else {
        sums_f64(w->size, a, b, sum, step, n);
        divide(sum, (double)w->size, n);
    }
}

/* Where the lines of a group lie in the buffers: element i of line l at i * step + l * pitch. Along the last axis they
 * lie one behind the other, along others side by side. */
typedef struct {
    int64_t lines, step, pitch;
} layout;

static layout choose_layout(const sk_window_lines *w)
{
    const int64_t size = sk_type_size(w->work_type), length = w->n + w->size - 1;
    int64_t lines = BUFFER_BYTES / (length * size);
    if (w->inner == 1) {
        lines = lines < 1 ? 1 : lines > SK_LINES_UNIT ? SK_LINES_UNIT : lines;
        return (layout){lines, 1, length};
    }
    const int64_t most = MOST_BYTES / size < SK_LINES_UNIT ? MOST_BYTES / size : SK_LINES_UNIT;
    const int64_t least = LEAST_BYTES / size;
    lines = lines < least ? least : lines > most ? most : lines;
    lines = lines < w->inner ? lines : w->inner;
    return (layout){lines, lines, 1};
}

/* Continues a row of lines, `width` elements of which lie side by side, beyond its ends. */
static void extend(const sk_window_lines *w, char *line, int64_t width, int64_t left, int64_t right, int64_t size)
{
    for (int64_t k = 0; k < left + right; k++) {
        const int64_t i = k < left ? k - left : w->n + k - left;
        const int64_t from = SK_NAME(sk_lines_index)(i, w->n, w->mode);
        char *to = line + (left + i) * width * size;
        if (from >= 0)
            memcpy(to, line + (left + from) * width * size, (size_t)(width * size));
        else
            for (int64_t l = 0; l < width; l++)
                memcpy(to + l * size, &w->cval, (size_t)size);
    }
}

static void load(const sk_window_lines *w, char *to, int64_t at, int64_t count)
{
    const int64_t size = sk_type_size(w->src_type);
    if (w->work_type == w->src_type)
        memcpy(to, (const char *)w->src + at * size, (size_t)(count * size));
    else
        SK_NAME(sk_lines_load)((double *)to, w->src, w->src_type, at, count);
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
} scratch;

/* Lines first..first + lines: of one outer index where they lie side by side. */
static void filter(const sk_window_lines *w, const layout *f, const scratch *s, int64_t first, int64_t lines)
{
    const int64_t n = w->n, inner = w->inner, size = sk_type_size(w->work_type);
    const int64_t left = w->size / 2 + w->origin, right = w->size - 1 - left;
    const int64_t from = first / inner * n * inner + first % inner;
    const int64_t count = inner == 1 ? (lines - 1) * f->pitch + n : n * f->step;
    if (inner == 1)
        for (int64_t l = 0; l < lines; l++) {
            load(w, s->a + (l * f->pitch + left) * size, from + l * n, n);
            extend(w, s->a + l * f->pitch * size, 1, left, right, size);
        }
    else {
        for (int64_t i = 0; i < n; i++)
            load(w, s->a + (left + i) * f->step * size, from + i * inner, lines);
        extend(w, s->a, f->step, left, right, size);
    }
    const char *result = s->sum;
    if (w->kind == SK_WINDOW_MEAN)
        means(w, s->a, s->b, s->sum, f->step, count, count + (w->size - 1) * f->step);
    else
        result = extremes(w, s->a, s->b, f->step, count);
    if (inner == 1)
        for (int64_t l = 0; l < lines; l++)
            store(w, result + l * f->pitch * size, from + l * n, n);
    else
        for (int64_t i = 0; i < n; i++)
            store(w, result + i * f->step * size, from + i * inner, lines);
}

int SK_NAME(sk_window_lines_run)(const sk_window_lines *w, int64_t u0, int64_t u1)
{
    const layout f = choose_layout(w);
    const int64_t all = w->outer * w->inner, last = u1 * SK_LINES_UNIT < all ? u1 * SK_LINES_UNIT : all;
    const size_t length = (size_t)((w->n + w->size) * f.lines), bytes = (size_t)sk_type_size(w->work_type);
    /* zeros: unused lines are filtered too, and must not be slow numbers */
    const scratch s = {.a = calloc(length, bytes),
                       .b = calloc(length, bytes),
                       .sum = w->kind == SK_WINDOW_MEAN ? malloc(length * bytes) : NULL};
    int status = SK_MEMORY;
    if (s.a && s.b && (s.sum || w->kind != SK_WINDOW_MEAN)) {
        status = SK_OK;
        int64_t done = 0;
        for (int64_t at = u0 * SK_LINES_UNIT, lines; at < last && status == SK_OK; at += lines) {
            lines = last - at < f.lines ? last - at : f.lines;
            if (w->inner > 1 && w->inner - at % w->inner < lines)
                lines = w->inner - at % w->inner; /* not over the end of an outer index */
            filter(w, &f, &s, at, lines);
            done += (w->n + w->size) * lines;
            if (done >= POLL_VOXELS) {
                done = 0;
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
