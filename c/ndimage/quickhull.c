/* Convex hull in space: C. B. Barber, D. P. Dobkin, H. Huhdanpaa, "The Quickhull algorithm for convex hulls", ACM Trans.
 * Math. Software 22 (1996) 469-483, doi:10.1145/235815.235821. Whole numbers make every sign right, so points in the
 * plane of a facet need no tolerance: they are not seen from outside. */
#include "sk_hull.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    sk_hull *h;
    int32_t *next;      /* of the lists of points */
    int32_t *fan;       /* new facet that begins at a vertex */
    int32_t *seen;      /* facets that the new point sees */
    int64_t nseen, seen_room;
    int32_t mark;
} work;

static int64_t height(const sk_hull *h, int64_t f, int32_t p)
{
    const sk_facet *t = &h->facet[f];
    const int32_t *at = h->point + 3 * (int64_t)p;
    return t->normal[0] * at[0] + t->normal[1] * at[1] + t->normal[2] * at[2] - t->distance;
}

static void cross(const sk_hull *h, int32_t a, int32_t b, int32_t c, int64_t *normal)
{
    const int32_t *p = h->point + 3 * (int64_t)a, *q = h->point + 3 * (int64_t)b, *r = h->point + 3 * (int64_t)c;
    const int64_t u[3] = {q[0] - p[0], q[1] - p[1], q[2] - p[2]}, v[3] = {r[0] - p[0], r[1] - p[1], r[2] - p[2]};
    for (int k = 0; k < 3; k++)
        normal[k] = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
}

static int64_t add_facet(sk_hull *h, int32_t a, int32_t b, int32_t c)
{
    if (h->nfacets == h->room) {
        const int64_t room = h->room ? 2 * h->room : 256;
        sk_facet *facet = realloc(h->facet, (size_t)room * sizeof *facet);
        if (!facet || room > INT32_MAX)
            return -1;
        h->facet = facet;
        h->room = room;
    }
    sk_facet *t = &h->facet[h->nfacets];
    *t = (sk_facet){.vertex = {a, b, c}, .points = -1, .alive = 1};
    cross(h, a, b, c, t->normal);
    for (int k = 0; k < 3; k++)
        t->distance += t->normal[k] * h->point[3 * (int64_t)a + k];
    return h->nfacets++;
}

/* Give a point to the first facet from `first` on that sees it. */
static void assign(work *w, int32_t p, int64_t first)
{
    for (int64_t f = first; f < w->h->nfacets; f++)
        if (w->h->facet[f].alive && height(w->h, f, p) > 0) {
            w->next[p] = w->h->facet[f].points;
            w->h->facet[f].points = p;
            return;
        }
}

/* Four points that are in no plane, each as far off as one pass finds it. */
static int simplex(const sk_hull *h, int32_t *corner)
{
    int64_t best = 0;
    for (int64_t i = 1; i < h->n; i++) { /* from the first point */
        int64_t sum = 0;
        for (int k = 0; k < 3; k++)
            sum += llabs((int64_t)h->point[3 * i + k] - h->point[k]);
        if (sum > best) {
            best = sum;
            corner[1] = (int32_t)i;
        }
    }
    int64_t normal[3];
    for (int64_t i = 1, far = 0; best && i < h->n; i++) { /* from the line */
        cross(h, 0, corner[1], (int32_t)i, normal);
        const int64_t sum = llabs(normal[0]) + llabs(normal[1]) + llabs(normal[2]);
        if (sum > far) {
            far = sum;
            corner[2] = (int32_t)i;
        }
    }
    if (!best || corner[2] < 0)
        return SK_SINGULAR;
    cross(h, 0, corner[1], corner[2], normal);
    for (int64_t i = 1, far = 0; i < h->n; i++) { /* from the plane */
        int64_t sum = 0;
        for (int k = 0; k < 3; k++)
            sum += normal[k] * ((int64_t)h->point[3 * i + k] - h->point[k]);
        if (llabs(sum) > far) {
            far = llabs(sum);
            corner[3] = (int32_t)i;
            corner[0] = sum > 0; /* whether the fourth is above */
        }
    }
    return corner[3] < 0 ? SK_SINGULAR : SK_OK;
}

static int begin(work *w)
{
    int32_t c[4] = {0, -1, -1, -1};
    if (w->h->n < 4 || simplex(w->h, c) != SK_OK)
        return SK_SINGULAR;
    if (c[0]) {
        const int32_t other = c[1];
        c[1] = c[2];
        c[2] = other;
    }
    c[0] = 0;
    static const int face[4][3] = {{0, 1, 2}, {0, 3, 1}, {1, 3, 2}, {2, 3, 0}};
    static const int32_t beyond[4][3] = {{1, 2, 3}, {3, 2, 0}, {1, 3, 0}, {2, 1, 0}};
    for (int f = 0; f < 4; f++)
        if (add_facet(w->h, c[face[f][0]], c[face[f][1]], c[face[f][2]]) < 0)
            return SK_MEMORY;
    for (int f = 0; f < 4; f++)
        memcpy(w->h->facet[f].neighbour, beyond[f], sizeof beyond[f]);
    for (int64_t p = 0; p < w->h->n; p++)
        assign(w, (int32_t)p, 0);
    return SK_OK;
}

/* The facets that p sees, from one of them on. */
static int look(work *w, int32_t f, int32_t p)
{
    w->mark++;
    w->nseen = 0;
    w->h->facet[f].mark = w->mark;
    for (int64_t i = -1; i < w->nseen; i++) {
        const int32_t from = i < 0 ? f : w->seen[i];
        if (w->nseen + 4 > w->seen_room) {
            const int64_t room = 2 * w->seen_room + 64;
            int32_t *seen = realloc(w->seen, (size_t)room * sizeof *seen);
            if (!seen)
                return SK_MEMORY;
            w->seen = seen;
            w->seen_room = room;
        }
        if (i < 0) {
            w->seen[w->nseen++] = f;
            continue;
        }
        for (int k = 0; k < 3; k++) {
            sk_facet *t = &w->h->facet[w->h->facet[from].neighbour[k]];
            if (t->mark != w->mark && height(w->h, t - w->h->facet, p) > 0) {
                t->mark = w->mark;
                w->seen[w->nseen++] = (int32_t)(t - w->h->facet);
            }
        }
    }
    return SK_OK;
}

/* A facet for each edge between what p sees and what it does not. */
static int cone(work *w, int32_t p)
{
    sk_hull *h = w->h;
    const int64_t first = h->nfacets;
    for (int64_t i = 0; i < w->nseen; i++)
        for (int k = 0; k < 3; k++) {
            const int32_t from = w->seen[i], other = h->facet[from].neighbour[k];
            if (h->facet[other].mark == w->mark)
                continue;
            const int32_t a = h->facet[from].vertex[k], b = h->facet[from].vertex[(k + 1) % 3];
            const int64_t f = add_facet(h, a, b, p);
            if (f < 0)
                return SK_MEMORY;
            h->facet[f].neighbour[0] = other;
            for (int j = 0; j < 3; j++)
                if (h->facet[other].vertex[j] == b && h->facet[other].neighbour[j] == from)
                    h->facet[other].neighbour[j] = (int32_t)f;
            w->fan[a] = (int32_t)f;
        }
    for (int64_t f = first; f < h->nfacets; f++) {
        const int32_t g = w->fan[h->facet[f].vertex[1]];
        h->facet[f].neighbour[1] = g;
        h->facet[g].neighbour[2] = (int32_t)f;
    }
    for (int64_t i = 0; i < w->nseen; i++) {
        sk_facet *t = &h->facet[w->seen[i]];
        t->alive = 0;
        for (int32_t q = t->points, after; q >= 0; q = after) {
            after = w->next[q];
            if (q != p)
                assign(w, q, first);
        }
    }
    return SK_OK;
}

static int grow(work *w, int (*poll)(void *), void *udata)
{
    for (int64_t f = 0, done = 0; f < w->h->nfacets; f++) {
        if (!w->h->facet[f].alive || w->h->facet[f].points < 0)
            continue;
        int32_t far = w->h->facet[f].points;
        for (int32_t q = far; q >= 0; q = w->next[q])
            if (height(w->h, f, q) > height(w->h, f, far))
                far = q;
        int status = look(w, (int32_t)f, far);
        if (status == SK_OK)
            status = cone(w, far);
        if (status == SK_OK && ++done % 256 == 0 && poll && poll(udata))
            status = SK_INTERRUPT;
        if (status != SK_OK)
            return status;
    }
    return SK_OK;
}

int sk_quickhull(sk_hull *h, int (*poll)(void *udata), void *udata)
{
    work w = {.h = h, .next = malloc((size_t)(h->n + 1) * sizeof(int32_t)),
              .fan = malloc((size_t)(h->n + 1) * sizeof(int32_t))};
    int status = w.next && w.fan ? begin(&w) : SK_MEMORY;
    if (status == SK_OK)
        status = grow(&w, poll, udata);
    free(w.next);
    free(w.fan);
    free(w.seen);
    return status;
}
