/* Components of equal values: as in bitruns.c, with runs of one value instead of runs of bits.
 *
 * For each row, a row of bits says where a voxel differs from the one before, another where a run (of a value that is not 0)
 * starts: how many starts came before tells which run a voxel is in, so that joining does not wait for comparisons that
 * nobody can predict.
 *
 * A third row of bits says which voxels are covered: they equal the voxel one step back along the first axis. Where all
 * voxels that share a corner are neighbours, a covered voxel need not be joined with others than that one: each of them is
 * a neighbour of that one too or, if it is covered itself, of the same plane as the one back from it and next to it; and so
 * on back to where nothing is covered. */
#include "sk_ndimage.h"
#include "sk_unionfind.h"

#include <stdlib.h>
#include <string.h>

static inline int64_t words_of(const sk_bitgrid *g)
{
    return (g->nx + 63) / 64;
}

/* 64 bytes that are 0 or 1 as bits. */
static inline uint64_t bits_of(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int k = 0; k < 8; k++) {
        uint64_t eight;
        memcpy(&eight, bytes + 8 * k, 8);
        word |= (eight * UINT64_C(0x0102040810204080) >> 56) << 8 * k;
    }
    return word;
}

/* The run before the first of a word, in which the voxel of bit x is: `starts` are those of the word. */
static inline int32_t run_at(int64_t before, uint64_t starts, int x)
{
    return (int32_t)(before + __builtin_popcountll(starts & ~UINT64_C(0) >> (63 - x)));
}

static void find_runs(const sk_bitgrid *g, const void *image, int single, sk_bitruns *out)
{
    (void)image, (void)single;
    const int64_t words = words_of(g), rows = g->planes * g->ny;
    int64_t n = 0;
    for (int64_t r = 0; r < rows; r++) {
        const uint64_t *differs = out->ends + 3 * words * r, *starts = differs + words;
        int64_t open = 0;
        out->first[r] = n;
        for (int64_t w = 0; w < words; w++)
            for (uint64_t d = differs[w]; d; d &= d - 1) {
                const int x = __builtin_ctzll(d);
                out->stop[n] = (int32_t)(64 * w + x);
                n += open;
                out->start[n] = (int32_t)(64 * w + x);
                open = (int64_t)(starts[w] >> x & 1);
            }
        out->stop[n] = (int32_t)g->nx;
        n += open;
    }
    out->first[rows] = n;
}

#define OF(name) name##8
#define T uint8_t
#include "valueruns_body.h"
#define OF(name) name##16
#define T uint16_t
#include "valueruns_body.h"
#define OF(name) name##32
#define T uint32_t
#include "valueruns_body.h"
#define OF(name) name##64
#define T uint64_t
#include "valueruns_body.h"

typedef struct {
    int64_t (*count)(const sk_bitgrid *, const void *, int, uint64_t *);
    sk_join_rows join;
} value_type;

int SK_NAME(sk_valueruns_label) SK_VALUES_PARAMS
{
    static const value_type types[] = {
        {count_runs8, join_rows8},
        {count_runs16, join_rows16},
        {count_runs32, join_rows32},
        {count_runs64, join_rows64},
    };
    const value_type *type = types + (width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3);
    return sk_runs_label(g, nb, image, out, type->count, find_runs, type->join, 3 * words_of(g), poll, udata);
}
