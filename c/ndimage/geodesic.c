/* Shortest paths: E. W. Dijkstra, "A note on two problems in connexion with graphs", Numer. Math. 1 (1959) 269-271,
 * doi:10.1007/BF01386390, with a heap in which a voxel may wait more than once. */
#include "sk_nearest_first.h"
#include "sk_paths.h"

#include <stdlib.h>

#define POLL (1 << 18)

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
