/* Distances in steps to neighbours, by sweeps through the rows (A. Rosenfeld, J. L. Pfaltz, "Sequential operations in
 * digital picture processing", J. ACM 13 (1966) 471-494, doi:10.1145/321356.321357). */
#include "sk_distance.h"

#include <stdlib.h>

#define POLL (1 << 20) /* voxels between two polls */

/* Distances are compared as unsigned numbers, so that -1, which none is, is far. */
static inline uint32_t one_further(uint32_t distance)
{
    return distance + (distance != UINT32_MAX);
}

/* What a step from another row gives; `site` may be NULL. Of equal ways the one found first stays. */
static void from_row(int64_t count, uint32_t *restrict to, const uint32_t *restrict from, int32_t *restrict site,
                     const int32_t *restrict other)
{
    if (!site) {
        for (int64_t x = 0; x < count; x++) {
            const uint32_t way = one_further(from[x]);
            to[x] = way < to[x] ? way : to[x];
        }
        return;
    }
    for (int64_t x = 0; x < count; x++) {
        const uint32_t way = one_further(from[x]);
        const int nearer = way < to[x];
        to[x] = nearer ? way : to[x];
        site[x] = nearer ? other[x] : site[x];
    }
}

/* What the step along the row gives, from its first element (`by` 1) or its last (-1) on. */
static void along_row(int64_t count, uint32_t *row, int32_t *site, int64_t by)
{
    int64_t x = by > 0 ? 0 : count - 1;
    for (int64_t i = 1; i < count; i++) {
        const uint32_t way = one_further(row[x]);
        if (way < row[x + by]) {
            row[x + by] = way;
            if (site)
                site[x + by] = site[x];
        }
        x += by;
    }
}

/* All steps to the row that begins at `base`, with indices `at` along the other axes. */
static void one_row(const int64_t *shape, const int64_t *stride, int64_t lead, int64_t nsteps, const int64_t *step,
                    const int64_t *at, int64_t base, uint32_t *distance, int32_t *site)
{
    const int64_t n = shape[lead];
    for (int64_t j = 0; j < nsteps; j++, step += lead + 1) {
        int64_t from = base, inside = 1, here = 1;
        for (int64_t a = 0; a < lead; a++) {
            const int64_t x = at[a] + step[a];
            inside &= x >= 0 && x < shape[a];
            here &= step[a] == 0;
            from += step[a] * stride[a];
        }
        const int64_t dx = step[lead], first = dx < 0 ? -dx : 0, last = dx > 0 ? n - dx : n;
        if (here)
            along_row(n, distance + base, site ? site + base : NULL, -dx);
        else if (inside && last > first)
            from_row(last - first, distance + base + first, distance + from + first + dx,
                     site ? site + base + first : NULL, site ? site + from + first + dx : NULL);
    }
}

int SK_NAME(sk_chamfer)(int64_t ndim, const int64_t *shape, int64_t nsteps, const int64_t *step, int backward,
                        int32_t *distance, int32_t *site, int (*poll)(void *udata), void *udata)
{
    const int64_t lead = ndim - 1;
    int64_t size = 1, *at = calloc((size_t)(2 * ndim), sizeof *at), *stride = at + ndim, since = 0;
    if (!at)
        return SK_MEMORY;
    for (int64_t a = lead; a >= 0; a--) {
        stride[a] = size;
        size *= shape[a];
        at[a] = backward ? shape[a] - 1 : 0;
    }
    int status = SK_OK;
    for (int64_t done = 0; done < size && status == SK_OK; done += shape[lead]) {
        const int64_t base = backward ? size - shape[lead] - done : done;
        one_row(shape, stride, lead, nsteps, step, at, base, (uint32_t *)distance, site);
        for (int64_t a = lead - 1; a >= 0; a--) {
            at[a] += backward ? -1 : 1;
            if (at[a] >= 0 && at[a] < shape[a])
                break;
            at[a] = backward ? shape[a] - 1 : 0;
        }
        since += shape[lead];
        if (since >= POLL && poll) {
            since = 0;
            status = poll(udata) ? SK_INTERRUPT : SK_OK;
        }
    }
    free(at);
    return status;
}
