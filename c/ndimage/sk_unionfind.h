/* Union-find over runs: the smallest one is the root of its component. */
#ifndef SK_UNIONFIND_H
#define SK_UNIONFIND_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sk_ndimage.h"

#define SK_POLL_RUNS (1 << 20)

static inline int32_t sk_find_root(int32_t *parent, int32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]]; /* path halving */
        i = parent[i];
    }
    return i;
}

static inline void sk_join_roots(int32_t *parent, int32_t a, int32_t b)
{
    a = parent[a];
    b = parent[b];
    if (a == b)
        return;
    if (parent[a] != a || parent[b] != b) { /* seldom, and better foreseen than the turns of a loop */
        a = sk_find_root(parent, a);
        b = sk_find_root(parent, b);
    }
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* From parents, which come before their children, to numbers 1.. in the order of the roots; returns how many. */
static inline int32_t sk_number_roots(int32_t *parent, int64_t n)
{
    int32_t count = 0;
    for (int64_t i = 0; i < n; i++)
        parent[i] = parent[i] == i ? ++count : parent[parent[i]];
    return count;
}

/* Sets how many planes on the one with neighbour k of plane `at` lies; returns 0 if that is outside. */
static inline int sk_plane_step(const sk_bitgrid *g, const sk_bitnb *nb, int64_t k, const int64_t *at, int64_t *delta)
{
    const int64_t *row = nb->row + k * (g->nlead + 1);
    int inside = 1;
    *delta = 0;
    for (int64_t a = 0; a < g->nlead; a++) {
        const int64_t to = at[a] + row[a];
        inside &= to >= 0 && to < g->lead[a];
        *delta = *delta * g->lead[a] + row[a];
    }
    return inside;
}

/* Joins the components of runs->label along all pairs of neighbouring rows: `join` does it for row r and the earlier
 * row s, which is neighbour k. Inlined, so that `join` can be. */
typedef void (*sk_join_rows)(const void *image, const sk_bitgrid *g, const sk_bitnb *nb, int64_t k, sk_bitruns *runs,
                             int64_t r, int64_t s);
static inline __attribute__((always_inline)) int sk_runs_join(const sk_bitgrid *g, const sk_bitnb *nb,
                                                              const void *image, sk_bitruns *runs, sk_join_rows join,
                                                              sk_poll poll, void *udata)
{
    int64_t *at = calloc((size_t)(g->nlead + 1), sizeof *at);
    if (!at)
        return SK_MEMORY;
    int64_t work = 0;
    for (int64_t p = 0; p < g->planes; p++) {
        for (int64_t k = 0; k < nb->n; k++) {
            int64_t delta;
            if (!sk_plane_step(g, nb, k, at, &delta))
                continue;
            const int64_t dy = nb->row[k * (g->nlead + 1) + g->nlead], y0 = dy < 0 ? -dy : 0, y1 = dy > 0 ? g->ny - dy : g->ny;
            for (int64_t y = y0; y < y1; y++) {
                const int64_t r = p * g->ny + y, s = r + delta * g->ny + dy;
                const int64_t many = runs->first[r + 1] - runs->first[r];
                join(image, g, nb, k, runs, r, s);
                work += many + 8;
                if (work > SK_POLL_RUNS) {
                    work = 0;
                    if (poll && poll(udata)) {
                        free(at);
                        return SK_INTERRUPT;
                    }
                }
            }
        }
        for (int64_t k = g->nlead - 1; k >= 0 && ++at[k] == g->lead[k]; k--)
            at[k] = 0;
    }
    free(at);
    return SK_OK;
}

typedef int64_t (*sk_count_runs)(const sk_bitgrid *g, const void *image, int single);
typedef void (*sk_find_runs)(const sk_bitgrid *g, const void *image, int single, sk_bitruns *out);

/* The runs of an image, counted and found by `count` and `find` (single: every voxel is a run), and their
 * components. */
static inline __attribute__((always_inline)) int sk_runs_label(const sk_bitgrid *g, const sk_bitnb *nb,
                                                               const void *image, sk_bitruns *out,
                                                               sk_count_runs count, sk_find_runs find,
                                                               sk_join_rows join, sk_poll poll, void *udata)
{
    const int64_t rows = g->planes * g->ny;
    memset(out, 0, sizeof *out);
    if (g->nx >= INT32_MAX - 64)
        return SK_SIZE;
    const int64_t n = count(g, image, !nb->along_x);
    if (n >= INT32_MAX)
        return SK_SIZE;
    out->n = n;
    out->first = malloc((size_t)(rows + 1) * sizeof *out->first);
    out->start = malloc((size_t)(n + 1) * sizeof *out->start);
    out->stop = malloc((size_t)(n + 1) * sizeof *out->stop);
    out->label = malloc((size_t)(n + 1) * sizeof *out->label);
    int status = SK_MEMORY;
    if (out->first && out->start && out->stop && out->label) {
        find(g, image, !nb->along_x, out);
        for (int64_t i = 0; i < n; i++)
            out->label[i] = (int32_t)i;
        status = sk_runs_join(g, nb, image, out, join, poll, udata);
    }
    if (status != SK_OK) {
        SK_NAME(sk_bitruns_free)(out);
        return status;
    }
    out->count = sk_number_roots(out->label, n);
    return SK_OK;
}

#endif
