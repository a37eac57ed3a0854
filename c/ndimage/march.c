/* Distances along continuous paths: |grad d| = cost by fast marching, J. A. Sethian, "Fast marching methods", SIAM Review
 * 41 (1999) 199-235, doi:10.1137/S0036144598347059. Differences of second order where two voxels behind are known and
 * ascend, equation (24) there; of first order elsewhere. */
#include "sk_nearest_first.h"
#include "sk_paths.h"

#include <math.h>
#include <stdlib.h>

#define POLL (1 << 18)
enum { KNOWN = 1, STRAIGHT = 2 }; /* of a voxel: its distance is final, or that of a straight way */

/* What an axis says of a voxel: its nearer neighbour's distance, the one behind that (or infinity), the spacing. */
typedef struct {
    double near, behind, h;
} slope;

static int slope_along(const sk_march *m, int64_t p, int axis, slope *to)
{
    const int64_t step = m->stride[axis];
    const double low = m->known[p - step] == KNOWN ? m->distance[p - step] : INFINITY;
    const double high = m->known[p + step] == KNOWN ? m->distance[p + step] : INFINITY;
    const int64_t side = low <= high ? -step : step;
    *to = (slope){low <= high ? low : high, INFINITY, m->spacing[axis]};
    if (to->near == INFINITY)
        return 0;
    if (m->known[p + 2 * side] == KNOWN && m->distance[p + 2 * side] <= to->near)
        to->behind = m->distance[p + 2 * side];
    return 1;
}

/* The d with sum over the slopes that lie behind it of their squared differences = cost^2; -1 if there is none, which
 * differences of first order always have. The slopes are in order of `near`. */
static double solved(const slope *s, int n, double cost, int second)
{
    double a = 0, b = 0, c = -cost * cost, d = INFINITY;
    for (int k = 0; k < n && s[k].near < d; k++) {
        const int two = second && s[k].behind < INFINITY;
        const double w = (two ? 1.5 : 1) / s[k].h, ww = w * w;
        /* relative to the first one: large distances do not cancel */
        const double v = s[k].near - s[0].near + (two ? (s[k].near - s[k].behind) / 3 : 0);
        a += ww;
        b += ww * v;
        c += ww * v * v;
        const double root = b * b - a * c;
        if (root < 0 && second)
            return -1;
        d = s[0].near + (b + sqrt(root > 0 ? root : 0)) / a;
        if (d < s[k].near && second)
            return -1;
    }
    return d;
}

static double arrival(const sk_march *m, int64_t p)
{
    slope s[SK_MARCH_AXES];
    int n = 0;
    for (int axis = 0; axis < m->ndim; axis++) {
        slope one;
        if (!slope_along(m, p, axis, &one))
            continue;
        int k = n++;
        for (; k > 0 && s[k - 1].near > one.near; k--)
            s[k] = s[k - 1];
        s[k] = one;
    }
    /* a straight distance gives way to what is never too short only */
    const double d = m->known[p] == STRAIGHT ? -1 : solved(s, n, m->cost[p], 1);
    return d >= 0 ? d : solved(s, n, m->cost[p], 0);
}

/* How many of the voxels around p, by their distance, can be reached straight through its own cost. */
static int64_t even_around(const sk_march *m, int64_t p)
{
    int64_t k = 0;
    while (k < m->around) {
        const double cost = m->cost[p + m->offset[k]];
        if (cost != m->cost[p] && cost != SK_MARCH_OUTSIDE)
            break;
        k++;
    }
    return k;
}

static int all_seeds(const sk_march *m, int64_t p)
{
    for (int axis = 0; axis < m->ndim; axis++)
        if (m->distance[p - m->stride[axis]] != 0 || m->distance[p + m->stride[axis]] != 0)
            return 0;
    return 1;
}

/* Straight distances near the seeds, where differences are far off: fronts are small circles there. */
static void start(const sk_march *m, int64_t p)
{
    const int64_t count = all_seeds(m, p) ? 0 : even_around(m, p);
    for (int64_t k = 0; k < count; k++) {
        const int64_t q = p + m->offset[k];
        const double d = m->length[k] * m->cost[p];
        if (m->cost[q] >= 0 && d < m->distance[q]) {
            m->distance[q] = d;
            m->known[q] = STRAIGHT;
        }
    }
}

int sk_march_out(const sk_march *m)
{
    heap h = {0};
    int status = SK_OK;
    for (int64_t p = 0; p < m->size; p++)
        if (m->distance[p] == 0 && m->cost[p] >= 0)
            start(m, p);
    for (int64_t p = 0; p < m->size && status == SK_OK; p++)
        if (m->distance[p] < INFINITY && !push(&h, (turn){m->distance[p], (int32_t)p}))
            status = SK_MEMORY;
    for (int64_t count = 1; h.count && status == SK_OK; count++) {
        const turn now = take(&h);
        if (m->known[now.at] == KNOWN)
            continue;
        m->known[now.at] = KNOWN;
        for (int k = 0; k < 2 * m->ndim && status == SK_OK; k++) {
            const int64_t q = now.at + (k % 2 ? m->stride[k / 2] : -m->stride[k / 2]);
            if (m->known[q] == KNOWN || m->cost[q] < 0)
                continue;
            const double d = arrival(m, q);
            if (d < m->distance[q]) {
                m->distance[q] = d;
                if (!push(&h, (turn){d, (int32_t)q}))
                    status = SK_MEMORY;
            }
        }
        if (count % POLL == 0 && m->poll && m->poll(m->udata))
            status = SK_INTERRUPT;
    }
    free(h.item);
    return status;
}
