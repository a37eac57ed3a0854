/* Watershed by flooding from markers (F. Meyer 1991; S. Beucher, F. Meyer 1993), first come, first served.
 *
 * Voxels are taken by (level at which they are reached, age). Without compactness and lines each voxel is queued once,
 * and levels are never left downward: a list per level, linked through the voxels, is all that is needed. */
#include "sk_segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POLL (1 << 18)

/* First-in, first-out lists; -1 ends them. */
typedef struct {
    int32_t *next, *head, *tail;
} lists;

static void append(lists *s, int64_t level, int32_t p)
{
    s->next[p] = -1;
    if (s->head[level] < 0)
        s->head[level] = p;
    else
        s->next[s->tail[level]] = p;
    s->tail[level] = p;
}

#define FLOOD(T, NAME)                                                                                              \
    static int NAME(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, int64_t levels, lists s,   \
                    int32_t *label)                                                                                 \
    {                                                                                                               \
        int64_t count = 0;                                                                                          \
        for (int64_t p = 0; p < v->size; p++)                                                                       \
            if (label[p] > 0)                                                                                       \
                append(&s, keys[p], (int32_t)p);                                                                    \
        for (int64_t level = 0; level < levels; level++)                                                            \
            for (int32_t p = s.head[level]; p >= 0; p = s.next[p]) {                                                \
                const int32_t mine = label[p];                                                                      \
                for (int64_t k = 0; k < n; k++) {                                                                   \
                    const int64_t q = p + offset[k];                                                                \
                    if (label[q])                                                                                   \
                        continue;                                                                                   \
                    label[q] = mine;                                                                                \
                    append(&s, (int64_t)keys[q] > level ? (int64_t)keys[q] : level, (int32_t)q);                    \
                }                                                                                                   \
                if (++count % POLL == 0 && sk_padded_stop(v))                                                                 \
                    return SK_INTERRUPT;                                                                            \
            }                                                                                                       \
        return SK_OK;                                                                                               \
    }

FLOOD(uint8_t, flood_8)
FLOOD(uint16_t, flood_16)
FLOOD(uint32_t, flood_32)

/* A voxel of a line has the label -1; a marker's voxel that touches another region keeps its label, but counts as one of
 * a line: -1 - label. */
static int32_t region(int32_t label)
{
    return label < -1 ? -1 - label : label;
}

/* Give p, which was reached from `mine`, to it, or to a line if a neighbour belongs to another region. */
static void settle(int64_t n, const int64_t *offset, int32_t *label, int64_t p, int32_t mine, int line)
{
    int between = 0;
    for (int64_t k = 0; line && k < n; k++)
        between |= label[p + offset[k]] > 0 && label[p + offset[k]] != mine;
    label[p] = !between ? mine : label[p] ? -1 - mine : -1;
}

/* The same with lines; `from`: the label that a voxel in a list was reached from. Lines pass the flood on, so that what
 * lies behind them is reached too. */
#define FLOOD_LINES(T, NAME)                                                                                        \
    static int NAME(const sk_padded *v, int64_t n, const int64_t *offset, const T *keys, int64_t levels, lists s,   \
                    int32_t *label, int32_t *from)                                                                  \
    {                                                                                                               \
        int64_t count = 0;                                                                                          \
        for (int64_t p = 0; p < v->size; p++)                                                                       \
            if ((from[p] = label[p]) > 0)                                                                           \
                append(&s, keys[p], (int32_t)p);                                                                    \
        for (int64_t level = 0; level < levels; level++)                                                            \
            for (int32_t p = s.head[level]; p >= 0; p = s.next[p]) {                                                \
                settle(n, offset, label, p, from[p], 1);                                                            \
                for (int64_t k = 0; k < n; k++) {                                                                   \
                    const int64_t q = p + offset[k];                                                                \
                    if (from[q])                                                                                    \
                        continue;                                                                                   \
                    from[q] = from[p];                                                                              \
                    append(&s, (int64_t)keys[q] > level ? (int64_t)keys[q] : level, (int32_t)q);                    \
                }                                                                                                   \
                if (++count % POLL == 0 && sk_padded_stop(v))                                                                 \
                    return SK_INTERRUPT;                                                                            \
            }                                                                                                       \
        for (int64_t p = 0; p < v->size; p++)                                                                       \
            label[p] = region(label[p]);                                                                            \
        return SK_OK;                                                                                               \
    }

FLOOD_LINES(uint8_t, flood_lines_8)
FLOOD_LINES(uint16_t, flood_lines_16)
FLOOD_LINES(uint32_t, flood_lines_32)

static int flood(const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, int64_t levels, lists s,
                 int32_t *label, int32_t *from)
{
    memset(s.head, 0xff, (size_t)levels * sizeof *s.head);
    switch (from ? -v->width : v->width) {
    case 1:
        return flood_8(v, n, offset, keys, levels, s, label);
    case 2:
        return flood_16(v, n, offset, keys, levels, s, label);
    case 4:
        return flood_32(v, n, offset, keys, levels, s, label);
    case -1:
        return flood_lines_8(v, n, offset, keys, levels, s, label, from);
    case -2:
        return flood_lines_16(v, n, offset, keys, levels, s, label, from);
    case -4:
        return flood_lines_32(v, n, offset, keys, levels, s, label, from);
    default:
        return SK_ARGUMENT;
    }
}

int sk_watershed(const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, int64_t levels, int line,
                 int32_t *label)
{
    lists s = {malloc((size_t)v->size * sizeof *s.next), malloc((size_t)(levels + 1) * sizeof *s.head),
               malloc((size_t)(levels + 1) * sizeof *s.tail)};
    int32_t *from = line ? malloc((size_t)v->size * sizeof *from) : NULL;
    int status = SK_MEMORY;
    if (s.next && s.head && s.tail && (from || !line))
        status = flood(v, n, offset, keys, levels, s, label, from);
    free(from);
    free(s.next);
    free(s.head);
    free(s.tail);
    return status;
}

/* What waits: a voxel, the marker's voxel that it was reached from, and its turn. */
typedef struct {
    uint64_t key;
    int64_t age;
    int32_t at, source;
} turn;

static int earlier(const turn *a, const turn *b)
{
    return a->key < b->key || (a->key == b->key && a->age < b->age);
}

#include "sk_heap.h"

/* Bits in the order of the numbers; NaN is above infinity, and below all ones. */
static uint64_t ordered(double value)
{
    uint64_t bits;
    if (isnan(value))
        return UINT64_MAX - 1;
    value += 0.0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Steps from the voxel q to the voxel p along each axis. */
static void difference(const sk_compact *c, int64_t p, int64_t q, int64_t *step)
{
    for (int64_t a = 0; a < c->ndim; a++) {
        const uint32_t stride = (uint32_t)c->stride[a];
        step[a] = (int64_t)((uint32_t)p / stride) - (int64_t)((uint32_t)q / stride);
        p = (uint32_t)p % stride;
        q = (uint32_t)q % stride;
    }
}

/* Queue the neighbours of what was taken. Of a voxel's turns only the first counts: later ones are not queued. */
static int spread(int64_t n, const int64_t *offset, const sk_compact *c, const int32_t *label, turn now, int64_t *age,
                  int64_t *step, uint64_t *best, heap *h)
{
    difference(c, now.at, now.source, step);
    for (int64_t k = 0; k < n; k++) {
        const int64_t q = now.at + offset[k];
        if (label[q])
            continue;
        double sum = 0;
        for (int64_t a = 0; a < c->ndim; a++) {
            const double d = (double)(step[a] + c->vector[k * c->ndim + a]) * c->spacing[a];
            sum += d * d;
        }
        uint64_t key = ordered(c->value[q] + c->compactness * sqrt(sum));
        key = key > now.key ? key : now.key;
        if (key >= best[q])
            continue;
        best[q] = key;
        if (!push(h, (turn){key, ++*age, (int32_t)q, now.source}))
            return SK_MEMORY;
    }
    return SK_OK;
}

static int flood_compact(const sk_padded *v, int64_t n, const int64_t *offset, const sk_compact *c, int32_t *label,
                         int64_t *step, uint64_t *best, heap *h)
{
    int64_t age = 0;
    for (int64_t p = 0; p < v->size; p++) {
        best[p] = UINT64_MAX;
        if (label[p] > 0 && !push(h, (turn){ordered(c->value[p]), age++, (int32_t)p, (int32_t)p}))
            return SK_MEMORY;
    }
    for (int64_t count = 1; h->count; count++) {
        const turn now = take(h);
        if (count % POLL == 0 && sk_padded_stop(v))
            return SK_INTERRUPT;
        if (label[now.at] && now.at != now.source)
            continue;
        settle(n, offset, label, now.at, region(label[now.source]), c->line);
        if (spread(n, offset, c, label, now, &age, step, best, h) != SK_OK)
            return SK_MEMORY;
    }
    for (int64_t p = 0; p < v->size; p++)
        label[p] = region(label[p]);
    return SK_OK;
}

int sk_watershed_compact(const sk_padded *v, int64_t n, const int64_t *offset, const sk_compact *c, int32_t *label)
{
    heap h = {0};
    uint64_t *best = malloc((size_t)v->size * sizeof *best);
    int64_t *step = malloc((size_t)c->ndim * sizeof *step);
    const int status = best && step ? flood_compact(v, n, offset, c, label, step, best, &h) : SK_MEMORY;
    free(h.item);
    free(step);
    free(best);
    return status;
}
