/* Binary morphology on bits, for any structuring element.
 *
 * A structuring element is a union of runs along x (van den Boomgaard and van Balen 1992,
 * doi:10.1016/1049-9652(92)90055-3). Each distinct run is applied to the whole volume as one string of bits; the
 * result, shifted by whole rows and planes, is ORed into the answer a block of rows at a time. Erosion is the
 * same on the complement. Cost: (rows of the element) x voxels / 64 word operations.
 */
#include "sk_ndimage.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_WORDS 1024     /* words of a block of rows: a fraction of the first-level cache */
#define POLL_WORDS (1 << 26) /* word operations between two polls: some 10 ms */

typedef struct {
    int64_t delta, dy; /* words from a plane to the plane that it takes rows from; rows within the plane */
    int outside;       /* that plane lies outside the volume */
} source;

typedef struct {
    const sk_bitgrid *g;
    const sk_bitse *se;
    uint64_t *work;
    source *sources;
    int64_t *at; /* coordinates of the plane */
    const uint64_t *mask;
    int outside;
    sk_poll poll;
    void *udata;
    int64_t done; /* word operations since the last poll */
} job;

void sk_bits_not(const sk_bitgrid *g, uint64_t *x)
{
    const int64_t n = sk_bitgrid_words(g);
    for (int64_t i = 0; i < n; i++)
        x[i] = ~x[i];
}

static void tails(const sk_bitgrid *g, uint64_t *row, int64_t rows, int outside)
{
    const uint64_t out = outside ? ~UINT64_C(0) : 0;
    const uint64_t in = (UINT64_C(1) << (g->nx % 64)) - 1;
    for (int64_t r = 0; r < rows; r++, row += g->wp) {
        int64_t w = g->nx / 64;
        if (in) {
            row[w] = (row[w] & in) | (out & ~in);
            w++;
        }
        for (; w < g->wp; w++)
            row[w] = out;
    }
}

void sk_bits_outside(const sk_bitgrid *g, uint64_t *x, int outside)
{
    const int64_t rows = g->planes * g->ny;
    for (int64_t i = 0; i < g->pad; i++)
        x[i] = x[g->pad + rows * g->wp + i] = outside ? ~UINT64_C(0) : 0;
    tails(g, x + g->pad, rows, outside);
}

static int poll(job *j, int64_t words)
{
    j->done += words;
    if (j->done < POLL_WORDS)
        return 0;
    j->done = 0;
    return j->poll && j->poll(j->udata);
}

static void next_plane(const sk_bitgrid *g, int64_t *at)
{
    for (int64_t k = g->nlead - 1; k >= 0 && ++at[k] == g->lead[k]; k--)
        at[k] = 0;
}

/* Where the rows first..last of the element take their rows from, seen from the plane at `at`. */
static void find_sources(const job *j, int64_t first, int64_t last)
{
    const sk_bitgrid *g = j->g;
    for (int64_t k = first; k < last; k++) {
        const int64_t *row = j->se->row + k * (g->nlead + 1);
        source *s = &j->sources[k - first];
        s->outside = 0;
        s->delta = 0;
        s->dy = row[g->nlead];
        for (int64_t a = 0; a < g->nlead; a++) {
            const int64_t to = j->at[a] + row[a];
            s->outside |= to < 0 || to >= g->lead[a];
            s->delta = s->delta * g->lead[a] + row[a];
        }
        s->delta *= g->ny * g->wp;
    }
}

/* Rows y0..y1 of a plane: OR of the sources. */
static void block(const job *j, uint64_t *now, const uint64_t *from, int64_t y0, int64_t y1, int64_t nsources)
{
    const int64_t wp = j->g->wp, ny = j->g->ny;
    for (int64_t k = 0; k < nsources; k++) {
        const source *s = &j->sources[k];
        int64_t a = y0, b = y1; /* the rows whose source is inside */
        if (s->outside) {
            b = a;
        } else {
            a = s->dy < 0 && a < -s->dy ? -s->dy : a;
            b = s->dy > 0 && b > ny - s->dy ? ny - s->dy : b;
            a = a > y1 ? y1 : a;
            b = b < a ? a : b;
        }
        if (b > a)
            SK_PICK(sk_bits_or)(now + a * wp, from + s->delta + (a + s->dy) * wp, (b - a) * wp);
        if (j->outside) {
            memset(now + y0 * wp, 0xff, (size_t)((a - y0) * wp) * sizeof *now);
            memset(now + b * wp, 0xff, (size_t)((y1 - b) * wp) * sizeof *now);
        }
    }
}

/* y = one step from x. Returns SK_OK or SK_INTERRUPT; *changed: whether y differs from x. */
static int step(job *j, const uint64_t *x, uint64_t *y, uint64_t *t, int *changed)
{
    const sk_bitgrid *g = j->g;
    const sk_bitse *se = j->se;
    const int64_t plane = g->ny * g->wp, words = g->planes * plane;
    int64_t rows = BLOCK_WORDS / g->wp;
    rows = rows < 1 ? 1 : rows;
    *changed = 0;
    if (se->nruns == 0)
        memset(y + g->pad, 0, (size_t)words * sizeof *y);
    for (int64_t r = 0; r < (se->nruns ? se->nruns : 1); r++) {
        const int64_t first = se->nruns ? se->first[r] : 0, last = se->nruns ? se->first[r + 1] : 0;
        const uint64_t *from = x + g->pad;
        if (se->nruns && !(se->x0[r] == 0 && se->x1[r] == 0)) {
            for (int64_t p = 0; p < words; p += POLL_WORDS / 16) {
                const int64_t n = words - p < POLL_WORDS / 16 ? words - p : POLL_WORDS / 16;
                SK_PICK(sk_bits_run)(t + p, from + p, n, se->x0[r], se->x1[r], j->work);
                if (poll(j, 8 * n))
                    return SK_INTERRUPT;
            }
            from = t;
        }
        memset(j->at, 0, (size_t)(g->nlead + 1) * sizeof *j->at);
        for (int64_t p = 0; p < g->planes; p++, next_plane(g, j->at)) {
            find_sources(j, first, last);
            uint64_t *now = y + g->pad + p * plane;
            const uint64_t *old = x + g->pad + p * plane;
            for (int64_t y0 = 0; y0 < g->ny; y0 += rows) {
                const int64_t y1 = g->ny - y0 < rows ? g->ny : y0 + rows, n = (y1 - y0) * g->wp;
                if (r == 0)
                    memset(now + y0 * g->wp, 0, (size_t)n * sizeof *now);
                block(j, now, from + p * plane, y0, y1, last - first);
                if (r >= se->nruns - 1) {
                    tails(g, now + y0 * g->wp, y1 - y0, j->outside);
                    *changed |= SK_PICK(sk_bits_select)(now + y0 * g->wp, old + y0 * g->wp,
                                                        j->mask ? j->mask + (now - y) + y0 * g->wp : NULL, n);
                }
                if (poll(j, n * (last - first + 2)))
                    return SK_INTERRUPT;
            }
        }
    }
    return SK_OK;
}

/* Whether a voxel that is set stays set, so that the voxels must settle. */
static int extensive(const job *j)
{
    const int64_t width = j->g->nlead + 1;
    for (int64_t r = 0; r < j->se->nruns; r++) {
        if (j->se->x0[r] > 0 || j->se->x1[r] < 0)
            continue;
        for (int64_t k = j->se->first[r]; k < j->se->first[r + 1]; k++) {
            int64_t a = 0;
            while (a < width && j->se->row[k * width + a] == 0)
                a++;
            if (a == width)
                return 1;
        }
    }
    return 0;
}

static int iterate(job *j, uint64_t *x, uint64_t *y, uint64_t *t, uint64_t *past, int64_t iterations)
{
    const size_t size = (size_t)sk_bitgrid_words(j->g) * sizeof *x;
    uint64_t *const home = x;
    int64_t i = 0, kept = 0;
    int status = SK_OK, changed = 1;
    while (changed && (iterations < 1 || i < iterations)) {
        status = step(j, x, y, t, &changed);
        if (status != SK_OK)
            return status;
        uint64_t *swap = x;
        x = y;
        y = swap;
        i++;
        if (past) { /* Brent's search for a cycle, doi:10.1007/BF01933190 */
            if (changed && i > 1 && memcmp(x, past, size) == 0)
                return SK_CONVERGENCE;
            if (i >= 2 * kept) {
                memcpy(past, x, size);
                kept = i;
            }
        }
    }
    if (x != home)
        memcpy(home, x, size);
    return SK_OK;
}

int sk_bitmorph(const sk_bitgrid *g, const sk_bitse *se, uint64_t *x, uint64_t *y, uint64_t *t,
                const uint64_t *mask, int outside, int64_t iterations, sk_poll poll_user, void *udata)
{
    int64_t longest = 1, most = 1;
    for (int64_t r = 0; r < se->nruns; r++) {
        const int64_t length = se->x1[r] - se->x0[r] + 1, n = se->first[r + 1] - se->first[r];
        longest = length > longest ? length : longest;
        most = n > most ? n : most;
    }
    job j = {.g = g, .se = se, .mask = mask, .outside = outside, .poll = poll_user, .udata = udata};
    uint64_t *past = NULL;
    int status = SK_MEMORY;
    j.work = malloc((size_t)sk_bits_run_work(longest) * sizeof *j.work);
    j.sources = malloc((size_t)most * sizeof *j.sources);
    j.at = malloc((size_t)(g->nlead + 1) * sizeof *j.at);
    const int search = iterations < 1 && !extensive(&j);
    if (search)
        past = malloc((size_t)sk_bitgrid_words(g) * sizeof *past);
    if (j.work && j.sources && j.at && (past || !search)) {
        /* the steps write rows only: the pads of y are filled here */
        for (int64_t i = 0; i < g->pad; i++) {
            y[i] = x[i];
            y[g->pad + g->planes * g->ny * g->wp + i] = x[g->pad + g->planes * g->ny * g->wp + i];
        }
        status = iterate(&j, x, y, t, past, iterations);
    }
    free(past);
    free(j.at);
    free(j.sources);
    free(j.work);
    return status;
}
