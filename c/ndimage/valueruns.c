/* Components of equal values: as in bitruns.c, with runs of one value instead of runs of bits.
 *
 * For each word of 64 voxels of a row, bits say where a voxel differs from the one before it and where a run (of a
 * value that is not 0) starts: how many starts came before tells which run a voxel is in, so that joining does not wait
 * for comparisons that nobody can predict.
 *
 * All earlier rows that have neighbours of a row are looked at in one visit, and what follows from a join that is there
 * already is left out (for bits: Wu, Otoo and Suzuki 2009, doi:10.1007/s10044-008-0109-y): where a voxel equals one
 * neighbour, it need not be joined with another one that is a neighbour of that one, as those two are joined if they
 * are equal, too. Which these are depends on the structure alone. */
#include "sk_equal.h"
#include "sk_ndimage.h"
#include "sk_unionfind.h"

#include <stdlib.h>
#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define SHARED 16 /* earlier rows whose joins make others needless: all, up to four dimensions */

/* What makes a join with a row of neighbours needless: words to be ANDed with what equals in the first SHARED rows. */
typedef struct {
    uint64_t level[SHARED]; /* neighbours of the row at the same x */
    uint64_t left[SHARED];  /* neighbours, at x, of its voxel at x - 1 */
    uint64_t right[SHARED]; /* neighbours, at x, of its voxel at x + 1 */
} needless;

typedef struct {
    int64_t k, back;      /* neighbour, and rows back to it */
    uint64_t left, right; /* all ones where it has neighbours at x - 1, at x + 1 */
    const needless *rule;
} near_row;

typedef struct {
    const sk_bitgrid *g;
    const sk_bitnb *nb;
    const void *image;
    int64_t size, words, shared, present; /* voxels; words a row; used entries of SHARED, in fours; rows in `near` */
    sk_valueword *word;
    int32_t *label;
    near_row *near;
    needless rule[SHARED + 1]; /* the last one, of 0, for further rows */
} value_job;

/* What is closed to joins because of what equals already. */
static ALWAYS_INLINE uint64_t closed(const uint64_t *same, const uint64_t *rule, int64_t shared)
{
    uint64_t word = 0;
    for (int64_t m = 0; m < shared; m += 4) {
        word |= (same[m] & rule[m]) | (same[m + 1] & rule[m + 1]);
        word |= (same[m + 2] & rule[m + 2]) | (same[m + 3] & rule[m + 3]);
    }
    return word;
}

/* Whether the neighbours in a row are on one side only. */
static inline int is_aside(const sk_bitnb *nb, int64_t k)
{
    return nb->lo[k] > 0 || nb->hi[k] < 0;
}

/* The run that the voxel of bit x of a word is in. */
static inline int32_t run_at(const sk_valueword *word, int x)
{
    return (int32_t)(word->before + __builtin_popcountll(word->starts & ~UINT64_C(0) >> (63 - x)));
}

/* The run of the voxel before it. */
static inline int32_t run_before(const sk_valueword *word, int x)
{
    return run_at(word, x) - (int32_t)(word->starts >> x & 1);
}

#define OF(name) name##8
#define T uint8_t
#define EQUAL sk_equal8
#include "valueruns_body.h"
#define OF(name) name##16
#define T uint16_t
#define EQUAL sk_equal16
#include "valueruns_body.h"
#define OF(name) name##32
#define T uint32_t
#define EQUAL sk_equal32
#include "valueruns_body.h"
#define OF(name) name##64
#define T uint64_t
#define EQUAL sk_equal64
#include "valueruns_body.h"

/* Whether voxels are neighbours that lie from[..] and to[..] rows from a third one, and dx apart. */
static int adjacent(const value_job *job, const int64_t *from, const int64_t *to, int64_t dx)
{
    const int64_t width = job->g->nlead + 1;
    int same = 1;
    for (int64_t a = 0; a < width; a++)
        same &= from[a] == to[a];
    if (same)
        return dx == 0 || job->nb->along_x;
    for (int64_t k = 0; k < job->nb->n; k++) {
        int there = 1, back = 1;
        for (int64_t a = 0; a < width; a++) {
            there &= job->nb->row[k * width + a] == to[a] - from[a];
            back &= job->nb->row[k * width + a] == from[a] - to[a];
        }
        if ((there && job->nb->lo[k] <= dx && dx <= job->nb->hi[k]) ||
            (back && job->nb->lo[k] <= -dx && -dx <= job->nb->hi[k]))
            return 1;
    }
    return 0;
}

static void set_rules(value_job *job)
{
    const int64_t width = job->g->nlead + 1, n = job->nb->n < SHARED ? job->nb->n : SHARED;
    memset(job->rule, 0, sizeof job->rule);
    job->shared = (n + 3) / 4 * 4;
    for (int64_t k = 0; k < n; k++)
        for (int64_t m = 0; m < n; m++) {
            const int64_t *from = job->nb->row + m * width, *to = job->nb->row + k * width;
            if (is_aside(job->nb, k) || is_aside(job->nb, m))
                continue;
            if (m < k && adjacent(job, from, to, 0)) /* earlier ones only, or two could wait for each other */
                job->rule[k].level[m] = ~UINT64_C(0);
            if (adjacent(job, from, to, -1))
                job->rule[k].left[m] = ~UINT64_C(0);
            if (adjacent(job, from, to, 1))
                job->rule[k].right[m] = ~UINT64_C(0);
        }
}

/* Puts those neighbours of row y of a plane into `near` that are in the image; back: see plane_back. */
static void set_near(value_job *job, const int64_t *back, int64_t y)
{
    const int64_t width = job->g->nlead + 1;
    job->present = 0;
    for (int64_t k = 0; k < job->nb->n; k++) {
        const int64_t to = y + job->nb->row[k * width + job->g->nlead];
        if (back[k] && to >= 0 && to < job->g->ny)
            job->near[job->present++] = (near_row){
                .k = k,
                .back = back[k],
                .left = job->nb->lo[k] < 0 && !is_aside(job->nb, k) ? ~UINT64_C(0) : 0,
                .right = job->nb->hi[k] > 0 && !is_aside(job->nb, k) ? ~UINT64_C(0) : 0,
                .rule = job->rule + (k < SHARED ? k : SHARED),
            };
    }
}

/* How many rows lie between the rows of the plane `at` and their neighbours; 0 where those are outside. */
static void plane_back(const value_job *job, const int64_t *at, int64_t *back)
{
    const sk_bitgrid *g = job->g;
    for (int64_t k = 0; k < job->nb->n; k++) {
        const int64_t dy = job->nb->row[k * (g->nlead + 1) + g->nlead];
        int64_t delta;
        back[k] = sk_plane_step(g, job->nb, k, at, &delta) ? -(delta * g->ny + dy) : 0;
    }
}

typedef struct {
    int64_t (*scan)(const value_job *, int64_t, int64_t);
    void (*join)(const value_job *, int64_t);
} value_type;

/* Room for the runs of another row after n. */
static int reserve(sk_bitruns *out, int64_t nx, int64_t *room)
{
    if (out->n + nx < *room)
        return SK_OK;
    *room += *room / 2 + nx + 1024;
    int32_t *label = realloc(out->label, (size_t)*room * sizeof *label);
    if (!label)
        return SK_MEMORY;
    out->label = label;
    return SK_OK;
}

static int join_all(value_job *job, const value_type *type, int64_t *at, int64_t *back, sk_bitruns *out, sk_poll poll,
                    void *udata)
{
    const sk_bitgrid *g = job->g;
    int64_t room = 0, work = 0;
    for (int64_t p = 0; p < g->planes; p++) {
        plane_back(job, at, back);
        for (int64_t y = 0; y < g->ny; y++) {
            const int64_t r = p * g->ny + y, old = out->n;
            if (reserve(out, g->nx, &room) != SK_OK)
                return SK_MEMORY;
            out->n = type->scan(job, r, old);
            if (out->n >= INT32_MAX)
                return SK_SIZE;
            job->label = out->label;
            for (int64_t i = old; i < out->n; i++)
                out->label[i] = (int32_t)i;
            if (y < 2 || y == g->ny - 1)
                set_near(job, back, y);
            type->join(job, r);
            work += (job->present + 1) * (out->n - old + job->words + 8);
            if (work > SK_POLL_RUNS) {
                work = 0;
                if (poll && poll(udata))
                    return SK_INTERRUPT;
            }
        }
        for (int64_t k = g->nlead - 1; k >= 0 && ++at[k] == g->lead[k]; k--)
            at[k] = 0;
    }
    return SK_OK;
}

int SK_NAME(sk_valueruns_label) SK_VALUES_PARAMS
{
    static const value_type types[] = {
        {scan_row8, join_row8},
        {scan_row16, join_row16},
        {scan_row32, join_row32},
        {scan_row64, join_row64},
    };
    const value_type *type = types + (width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3);
    const int64_t rows = g->planes * g->ny;
    memset(out, 0, sizeof *out);
    if (g->nx >= INT32_MAX - 64)
        return SK_SIZE;
    value_job job = {.g = g, .nb = nb, .image = image, .size = rows * g->nx, .words = (g->nx + 63) / 64};
    int64_t *at = calloc((size_t)(g->nlead + nb->n + 1), sizeof *at), *back = at ? at + g->nlead : NULL;
    job.near = malloc((size_t)(nb->n + 1) * sizeof *job.near);
    job.word = out->words = malloc((size_t)(rows * job.words) * sizeof *out->words);
    int status = SK_MEMORY;
    if (at && job.near && job.word) {
        set_rules(&job);
        status = join_all(&job, type, at, back, out, poll, udata);
    }
    free(at);
    free(job.near);
    if (status == SK_OK)
        out->count = sk_number_roots(out->label, out->n);
    else
        SK_NAME(sk_bitruns_free)(out);
    return status;
}
