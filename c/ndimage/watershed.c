/* Watershed by flooding from markers (F. Meyer 1991; S. Beucher, F. Meyer 1993), first come, first served.
 *
 * Voxels are taken by (level at which they are reached, age). Without compactness and lines each voxel is queued once,
 * and levels are never left downward: a list per level, linked through the voxels, is all that is needed. */
#include "sk_segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POLL (1 << 18)

static int stop(const sk_padded *v)
{
    return v->poll && v->poll(v->udata);
}

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
                if (++count % POLL == 0 && stop(v))                                                                 \
                    return SK_INTERRUPT;                                                                            \
            }                                                                                                       \
        return SK_OK;                                                                                               \
    }

FLOOD(uint8_t, flood_8)
FLOOD(uint16_t, flood_16)
FLOOD(uint32_t, flood_32)

int sk_watershed(const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, int64_t levels,
                 int32_t *label)
{
    lists s = {malloc((size_t)v->size * sizeof *s.next), malloc((size_t)levels * sizeof *s.head),
               malloc((size_t)levels * sizeof *s.tail)};
    int status = SK_MEMORY;
    if (s.next && s.head && s.tail) {
        memset(s.head, 0xff, (size_t)levels * sizeof *s.head);
        status = v->width == 1   ? flood_8(v, n, offset, keys, levels, s, label)
                 : v->width == 2 ? flood_16(v, n, offset, keys, levels, s, label)
                 : v->width == 4 ? flood_32(v, n, offset, keys, levels, s, label)
                                 : SK_ARGUMENT;
    }
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

typedef struct {
    turn *item;
    int64_t count, room;
} heap;

static int earlier(const turn *a, const turn *b)
{
    return a->key < b->key || (a->key == b->key && a->age < b->age);
}

static int push(heap *h, turn t)
{
    if (h->count == h->room) {
        const int64_t room = h->room ? 2 * h->room : 1024;
        turn *item = realloc(h->item, (size_t)room * sizeof *item);
        if (!item)
            return 0;
        h->item = item;
        h->room = room;
    }
    int64_t i = h->count++;
    for (; i > 0 && earlier(&t, &h->item[(i - 1) / 4]); i = (i - 1) / 4)
        h->item[i] = h->item[(i - 1) / 4];
    h->item[i] = t;
    return 1;
}

static turn take(heap *h)
{
    const turn first = h->item[0], t = h->item[--h->count];
    int64_t i = 0;
    for (int64_t child = 1; child < h->count; child = 4 * i + 1) {
        const int64_t end = child + 4 < h->count ? child + 4 : h->count;
        int64_t least = child;
        for (int64_t k = child + 1; k < end; k++)
            if (earlier(&h->item[k], &h->item[least]))
                least = k;
        if (!earlier(&h->item[least], &t))
            break;
        h->item[i] = h->item[least];
        i = least;
    }
    h->item[i] = t;
    return first;
}

/* Bits in the order of the numbers; NaN is above infinity. */
static uint64_t ordered(double value)
{
    uint64_t bits;
    if (isnan(value))
        return UINT64_MAX;
    value += 0.0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double distance(const sk_watershed_order *how, int64_t p, int64_t q)
{
    double sum = 0;
    for (int64_t a = 0; a < how->ndim; a++) {
        const double d = (double)(p / how->stride[a] - q / how->stride[a]) * how->spacing[a];
        sum += d * d;
        p %= how->stride[a];
        q %= how->stride[a];
    }
    return sqrt(sum);
}

static uint64_t key_at(const sk_watershed_order *how, int64_t p, int64_t source)
{
    if (how->compactness == 0)
        return how->key[p];
    return ordered(how->value[p] + (source < 0 ? 0 : how->compactness * distance(how, p, source)));
}

/* Whether neighbours of p belong to another region than `mine`. */
static int between(int64_t n, const int64_t *offset, const int32_t *label, int64_t p, int32_t mine)
{
    for (int64_t k = 0; k < n; k++)
        if (label[p + offset[k]] > 0 && label[p + offset[k]] != mine)
            return 1;
    return 0;
}

static int flood_heap(const sk_padded *v, int64_t n, const int64_t *offset, const sk_watershed_order *how,
                      int32_t *label, heap *h)
{
    int64_t age = 0;
    for (int64_t p = 0; p < v->size; p++)
        if (label[p] > 0 && !push(h, (turn){key_at(how, p, -1), age++, (int32_t)p, (int32_t)p}))
            return SK_MEMORY;
    for (int64_t count = 1; h->count; count++) {
        const turn now = take(h);
        if (count % POLL == 0 && stop(v))
            return SK_INTERRUPT;
        const int32_t mine = label[now.source];
        if (label[now.at] && now.at != now.source)
            continue;
        if (how->line && now.at != now.source && between(n, offset, label, now.at, mine)) {
            label[now.at] = -1; /* a line: nothing goes on from here */
            continue;
        }
        if (label[now.at] < 0)
            continue;
        label[now.at] = mine;
        for (int64_t k = 0; k < n; k++) {
            const int64_t q = now.at + offset[k];
            if (label[q])
                continue;
            const uint64_t key = key_at(how, q, now.source);
            if (!push(h, (turn){key > now.key ? key : now.key, age++, (int32_t)q, now.source}))
                return SK_MEMORY;
        }
    }
    return SK_OK;
}

int sk_watershed_heap(const sk_padded *v, int64_t n, const int64_t *offset, const sk_watershed_order *how,
                      int32_t *label)
{
    heap h = {0};
    const int status = flood_heap(v, n, offset, how, label, &h);
    free(h.item);
    return status;
}
