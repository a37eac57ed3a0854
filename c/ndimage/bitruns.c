/* Runs of set voxels and the components that they form.
 *
 * Rows are cut into runs at the places where a bit differs from the one before it; runs of neighbouring rows
 * that touch are joined by union-find with the smallest run as root, so that numbering the roots in order gives
 * the components in the order of their first voxels (He, Chao and Suzuki 2008, doi:10.1109/TIP.2008.919369).
 * Cost: proportional to the number of runs.
 */
#include "sk_ndimage.h"
#include "sk_paint.h"
#include "sk_unionfind.h"

#include <stdlib.h>
#include <string.h>

#define MANY_RUNS 2 /* runs a word from which on a row is joined by its bits */

/* Bit x of word w: voxel x is set and the one before it is not (single: voxel x is set). */
static inline uint64_t starts(const uint64_t *row, int64_t w, int single)
{
    return single ? row[w] : row[w] & ~(row[w] << 1 | (w ? row[w - 1] >> 63 : 0));
}

/* Bit x: voxel x is not set and the one before it is. The tail is clear, so every run stops in its row. */
static inline uint64_t stops(const uint64_t *row, int64_t w)
{
    return ~row[w] & (row[w] << 1 | (w ? row[w - 1] >> 63 : 0));
}

static int64_t count_runs(const sk_bitgrid *g, const void *image, int single)
{
    const uint64_t *x = image;
    int64_t n = 0;
    const int64_t rows = g->planes * g->ny;
    for (int64_t r = 0; r < rows; r++, x += g->wp)
        for (int64_t w = 0; w < g->wp; w++)
            n += __builtin_popcountll(starts(x, w, single));
    return n;
}

/* Writes where the bits are, from at on; returns behind the last one. */
static inline int64_t list_bits(uint64_t bits, int64_t base, int32_t *to, int64_t at)
{
    for (; bits; bits &= bits - 1)
        to[at++] = (int32_t)(base + __builtin_ctzll(bits));
    return at;
}

static void find_runs(const sk_bitgrid *g, const void *image, int single, sk_bitruns *out)
{
    const uint64_t *x = image;
    const int64_t rows = g->planes * g->ny;
    int64_t n = 0, ended = 0;
    for (int64_t r = 0; r < rows; r++, x += g->wp) {
        out->first[r] = n;
        for (int64_t w = 0; w < g->wp; w++) {
            n = list_bits(starts(x, w, single), 64 * w, out->start, n);
            ended = single ? list_bits(x[w], 64 * w + 1, out->stop, ended)
                           : list_bits(stops(x, w), 64 * w, out->stop, ended);
        }
    }
    out->first[rows] = n;
}

/* Joins the runs of row r with those of the earlier row s that have a voxel at lo..hi from one of theirs. */
static void join_rows(sk_bitruns *runs, int64_t r, int64_t s, int64_t lo, int64_t hi)
{
    const int64_t iend = runs->first[r + 1], jend = runs->first[s + 1];
    int64_t j = runs->first[s];
    for (int64_t i = runs->first[r]; i < iend && j < jend; i++) {
        const int64_t a = runs->start[i] + lo, b = runs->stop[i] + hi;
        while (j < jend && runs->stop[j] <= a)
            j++;
        for (int64_t k = j; k < jend && runs->start[k] < b; k++)
            sk_join_roots(runs->label, (int32_t)i, (int32_t)k);
    }
}

/* The same from the bits a and b of the two rows, for lo in {-1, 0} and hi in {0, 1}: cheaper where runs are many,
 * as nothing depends on an unpredictable comparison. Two runs meet where their common voxels start, or where one
 * stops as the other starts; how many starts came before tells which runs they are. */
static void join_bits(sk_bitruns *runs, int64_t r, int64_t s, const uint64_t *a, const uint64_t *b, int64_t words,
                      int64_t lo, int64_t hi)
{
    const uint64_t left = lo < 0 ? ~UINT64_C(0) : 0, right = hi > 0 ? ~UINT64_C(0) : 0;
    int64_t i = runs->first[r] - 1, j = runs->first[s] - 1;
    uint64_t last = 0; /* whether both rows' last voxel of the word before is set */
    for (int64_t w = 0; w < words; w++) {
        const uint64_t both = a[w] & b[w], sa = starts(a, w, 0), sb = starts(b, w, 0);
        uint64_t meet = (both & ~(both << 1 | last)) | (right & stops(a, w) & sb) | (left & sa & stops(b, w));
        for (; meet; meet &= meet - 1) {
            const uint64_t upto = meet ^ (meet - 1);
            sk_join_roots(runs->label, (int32_t)(i + __builtin_popcountll(sa & upto)),
                 (int32_t)(j + __builtin_popcountll(sb & upto)));
        }
        i += __builtin_popcountll(sa);
        j += __builtin_popcountll(sb);
        last = both >> 63;
    }
}

/* The runs of two rows, in the way that is cheaper. */
static void join_pair(const void *image, const sk_bitgrid *g, const sk_bitnb *nb, int64_t k, sk_bitruns *runs, int64_t r,
                      int64_t s)
{
    const uint64_t *x = image;
    if (nb->along_x && nb->lo[k] <= 0 && nb->hi[k] >= 0 && runs->first[r + 1] - runs->first[r] > MANY_RUNS * g->wp)
        join_bits(runs, r, s, x + r * g->wp, x + s * g->wp, g->wp, nb->lo[k], nb->hi[k]);
    else
        join_rows(runs, r, s, nb->lo[k], nb->hi[k]);
}

int SK_NAME(sk_bitruns_label) SK_LABEL_PARAMS
{
    return sk_runs_label(g, nb, x + g->pad, out, count_runs, find_runs, join_pair, poll, udata);
}

void SK_NAME(sk_bitruns_free) SK_FREE_PARAMS
{
    free(runs->first);
    free(runs->start);
    free(runs->stop);
    free(runs->label);
    free(runs->words);
    memset(runs, 0, sizeof *runs);
}

/* The bits start..stop of word w. */
static inline uint64_t span(int64_t w, int64_t start, int64_t stop)
{
    const int64_t a = start - 64 * w, b = stop - 64 * w;
    const uint64_t from = a > 0 ? ~UINT64_C(0) << a : ~UINT64_C(0);
    return b < 64 ? from & ~(~UINT64_C(0) << b) : from;
}

int SK_NAME(sk_bitruns_flood) SK_FLOOD_PARAMS
{
    const int64_t rows = g->planes * g->ny;
    uint8_t *hit = calloc((size_t)runs->count + 1, 1);
    if (!hit)
        return SK_MEMORY;
    x += g->pad;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t r = 0; r < rows; r++) {
            uint64_t *row = x + r * g->wp;
            for (int64_t i = runs->first[r]; i < runs->first[r + 1]; i++) {
                uint8_t *h = &hit[runs->label[i]];
                if (pass == *h) /* first pass: not known yet; second: to be filled */
                    for (int64_t w = runs->start[i] >> 6; w <= (runs->stop[i] - 1) >> 6; w++) {
                        const uint64_t bits = span(w, runs->start[i], runs->stop[i]);
                        if (pass)
                            row[w] |= bits;
                        else
                            *h |= (row[w] & bits) != 0;
                    }
            }
        }
    }
    free(hit);
    return SK_OK;
}

#define FILL(name, bits)                                                             \
    void SK_NAME(name) SK_FILL_PARAMS(int##bits##_t)                                 \
    {                                                                                \
        for (int64_t r = row0; r < row1; r++)                                        \
            for (int64_t i = runs->first[r]; i < runs->first[r + 1]; i++)            \
                sk_paint_int##bits(dst + r * g->nx + runs->start[i], runs->label[i], \
                                   runs->stop[i] - runs->start[i]);                  \
        sk_stream_end();                                                             \
    }
FILL(sk_bitruns_fill32, 32)
FILL(sk_bitruns_fill64, 64)
