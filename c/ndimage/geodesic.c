/* Shortest paths: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numer. Math. 1 (1959) 269-271,
 * doi:10.1007/BF01386390, with a heap in which a voxel may wait more than once. */
#include "sk_paths.h"

#include <stdlib.h>

#define POLL (1 << 18)

typedef struct {
    double distance;
    int32_t at;
} turn;

typedef struct {
    turn *item;
    int64_t count, room;
} heap;

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
    for (; i > 0 && t.distance < h->item[(i - 1) / 4].distance; i = (i - 1) / 4)
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
            if (h->item[k].distance < h->item[least].distance)
                least = k;
        if (h->item[least].distance >= t.distance)
            break;
        h->item[i] = h->item[least];
        i = least;
    }
    h->item[i] = t;
    return first;
}

int sk_geodesic(int64_t size, int64_t n, const int64_t *offset, const double *length, const double *cost,
                double *distance, int (*poll)(void *udata), void *udata)
{
    heap h = {0};
    int status = SK_OK;
    for (int64_t p = 0; p < size && status == SK_OK; p++)
        if (distance[p] == 0 && !push(&h, (turn){0, (int32_t)p}))
            status = SK_MEMORY;
    for (int64_t count = 1; h.count && status == SK_OK; count++) {
        const turn now = take(&h);
        if (now.distance > distance[now.at])
            continue;
        for (int64_t k = 0; k < n; k++) {
            const int64_t q = now.at + offset[k];
            if (cost[q] < 0)
                continue;
            const double d = now.distance + 0.5 * (cost[now.at] + cost[q]) * length[k];
            if (d < distance[q]) {
                distance[q] = d;
                if (!push(&h, (turn){d, (int32_t)q}))
                    status = SK_MEMORY;
            }
        }
        if (count % POLL == 0 && poll && poll(udata))
            status = SK_INTERRUPT;
    }
    free(h.item);
    return status;
}
