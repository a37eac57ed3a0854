/* R. A. Lotufo, A. X. Falcao, "The ordered queue and the optimality of the watershed approaches" (2000),
 * doi:10.1007/0-306-47025-X_37: Dijkstra's method with a queue for each cost. The queues are
 * doubly linked lists through the voxels, so that a voxel whose cost falls can leave its queue at once. Voxels of
 * positive labels enter at the front, those of negative ones at the end.
 */
#include "sk_regions.h"

#include <stdlib.h>

#define NONE (-1)
#define POLL_VOXELS (1 << 20)

/* What is asked about a neighbour lies together. */
typedef struct {
    int64_t next, prev;
    int32_t cost; /* of the best way so far; -1: not reached */
    uint16_t grey;
    uint8_t done;
} voxel;

typedef struct {
    int64_t first, last;
} queue;

static void enter(voxel *x, queue *of, int64_t p, int32_t cost, int64_t label)
{
    queue *q = of + cost;
    const int front = label > 0;
    const int64_t beside = front ? q->first : q->last;
    x[p].cost = cost;
    x[p].next = front ? beside : NONE;
    x[p].prev = front ? NONE : beside;
    if (beside == NONE)
        q->first = q->last = p;
    else if (front)
        x[beside].prev = q->first = p;
    else
        x[beside].next = q->last = p;
}

static void leave(voxel *x, queue *of, int64_t p)
{
    queue *q = of + x[p].cost;
    const int64_t next = x[p].next, prev = x[p].prev;
    if (next == NONE)
        q->last = prev;
    else
        x[next].prev = prev;
    if (prev == NONE)
        q->first = next;
    else
        x[prev].next = next;
}

int sk_watershed_ift(int64_t size, const uint16_t *image, const uint8_t *frame, int64_t *label, int64_t neighbours,
                     const int64_t *offset, int64_t levels, int (*poll)(void *udata), void *udata)
{
    voxel *x = malloc((size_t)size * sizeof *x);
    queue *of = malloc((size_t)levels * sizeof *of);
    int status = x && of ? SK_OK : SK_MEMORY;
    int64_t work = 0;
    if (status == SK_OK) {
        for (int64_t c = 0; c < levels; c++)
            of[c] = (queue){NONE, NONE};
        for (int64_t p = 0; p < size; p++) {
            x[p].cost = -1;
            x[p].grey = image[p];
            x[p].done = frame[p];
            if (!frame[p] && label[p])
                enter(x, of, p, 0, label[p]);
        }
    }
    for (int32_t level = 0; status == SK_OK && level < levels; level++)
        while (of[level].first != NONE) {
            const int64_t v = of[level].first;
            leave(x, of, v);
            x[v].done = 1;
            for (int64_t k = 0; k < neighbours; k++) {
                const int64_t p = v + offset[k];
                if (x[p].done)
                    continue;
                int32_t cost = abs((int32_t)x[p].grey - (int32_t)x[v].grey);
                cost = cost > level ? cost : level;
                if (x[p].cost >= 0) {
                    if (cost >= x[p].cost)
                        continue;
                    leave(x, of, p);
                }
                label[p] = label[v];
                enter(x, of, p, cost, label[v]);
            }
            if (++work == POLL_VOXELS) {
                work = 0;
                if (poll && poll(udata)) {
                    status = SK_INTERRUPT;
                    break;
                }
            }
        }
    free(x);
    free(of);
    return status;
}
