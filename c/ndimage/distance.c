#include "sk_distance.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#define POLL (1 << 20) /* voxels or pairs between two polls */

void sk_unravel(int64_t ndim, const int64_t *shape, const int32_t *site, int64_t first, int64_t last, int64_t size,
                int32_t *index)
{
    enum { BLOCK = 1024 };
    int32_t rest[BLOCK];
    for (int64_t from = first; from < last; from += BLOCK) {
        const int64_t n = last - from < BLOCK ? last - from : BLOCK;
        for (int64_t i = 0; i < n; i++)
            rest[i] = site[from + i];
        for (int64_t a = ndim - 1; a >= 0; a--) {
            /* exact for quotients below 2**31: the double quotient is off by less than half a step */
            const double inverse = 1.0 / (double)shape[a];
            int32_t *to = index + a * size + from;
            for (int64_t i = 0; i < n; i++) {
                const int32_t quotient = (int32_t)(((double)rest[i] + 0.5) * inverse);
                to[i] = site[from + i] < 0 ? -1 : rest[i] - quotient * (int32_t)shape[a];
                rest[i] = quotient;
            }
        }
    }
}

static double length(int64_t ndim, const int64_t *a, const int64_t *b, const double *spacing, int metric)
{
    double sum = 0;
    for (int64_t k = 0; k < ndim; k++) {
        const double d = fabs((double)(a[k] - b[k])) * (spacing ? spacing[k] : 1.0);
        if (metric == SK_EUCLIDEAN)
            sum += d * d;
        else if (metric == SK_TAXICAB)
            sum += d;
        else
            sum = d > sum ? d : sum;
    }
    return sum;
}

int sk_brute_distance(int64_t ndim, int64_t n, const int64_t *points, int64_t m, const int64_t *targets,
                      const double *spacing, int metric, double *distance, uint32_t *count, int64_t *nearest,
                      int (*poll)(void *udata), void *udata)
{
    for (int64_t i = 0, done = 0; i < n; i++, done += m) {
        double best = DBL_MAX;
        int64_t found = -1;
        for (int64_t j = 0; j < m; j++) {
            const double d = length(ndim, points + i * ndim, targets + j * ndim, spacing, metric);
            if (d < best) {
                best = d;
                found = j;
            }
        }
        if (distance)
            distance[i] = sqrt(best);
        if (count)
            count[i] = best < (double)UINT32_MAX ? (uint32_t)best : UINT32_MAX;
        if (nearest)
            nearest[i] = found;
        if (done >= POLL) {
            done = 0;
            if (poll && poll(udata))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}
