/* Reconstruction, extrema, watersheds and area openings: algorithms that only compare voxels.
 *
 * Values are unsigned keys in the order of the voxels' values, 1, 2, 4 or 8 bytes wide. Volumes are padded on all
 * sides so far that the neighbour of a voxel always exists: p + offset[k] with one table of offsets for all voxels.
 * Sizes are below 2^31, so that places are int32.
 */
#ifndef SK_SEGMENT_H
#define SK_SEGMENT_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* A padded volume. */
typedef struct {
    int width;            /* bytes of a key */
    int64_t size;         /* voxels, with padding */
    int64_t nrows, nx;    /* rows along the last axis, without padding */
    const int64_t *row;   /* where each row begins */
    int (*poll)(void *udata); /* non-zero: return SK_INTERRUPT at once; may be NULL */
    void *udata;
} sk_padded;

/* Whether a signal asks to stop. */
static inline int sk_padded_stop(const sk_padded *v)
{
    return v->poll && v->poll(v->udata);
}

/* Neighbours of a voxel: offsets that lead to a lower place, and to a higher one, first those within its row. */
typedef struct {
    int64_t nlow_line, nlow, nhigh_line, nhigh; /* nlow, nhigh: with those in the row */
    const int64_t *low, *high;
} sk_neighbours;

/* reconstruct.c. Reconstruction by dilation of `marker`, in place, below `mask`; the padding holds 0 in both. A voxel p
 * takes from p + low[k] and p + high[k]. */
SK_DECLARE(int, sk_reconstruct, (const sk_padded *v, const sk_neighbours *from, void *marker, const void *mask));
/* extrema.c. `state`: bytes, 1 in the padding and at what shall be no maximum, else 0; on return 0 at voxels of
 * regional maxima: sets of equal voxels connected by `offset` whose other neighbours all are lower. */
SK_DECLARE(int, sk_maxima, (const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, uint8_t *state));

/* ranks.c. Sort `count` places `at` of a volume by their keys, stably, ascending. */
int sk_sort_places(int width, const void *keys, int64_t count, const int32_t *at, int32_t *order);
/* rank[p] = number of distinct keys below that of p, for the places in ascending order; returns how many there are. */
int64_t sk_ranks(int width, const void *keys, int64_t count, const int32_t *order, uint32_t *rank);

/* area.c. Area opening of the keys at the places in `order`, in place, below `area` voxels, at least 1; `parent`: workspace. */
int sk_area_opening(const sk_padded *v, int64_t n, const int64_t *offset, int64_t count, const int32_t *order,
                    int64_t area, void *keys, int32_t *parent);

/* watershed.c. `label`: positive at markers, 0 at voxels to fill, -1 where nothing goes; on return -1 there, and on the
 * lines of one voxel between regions that are left if `line` is not 0. Keys below `levels`, 1, 2 or 4 bytes wide. */
int sk_watershed(const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, int64_t levels, int line,
                 int32_t *label);

/* The same where a voxel also waits for compactness times its distance to the marker's voxel it is reached from. */
typedef struct {
    const double *value;
    double compactness;
    int64_t ndim;
    const int64_t *stride; /* of the padded volume, in voxels */
    const int64_t *vector; /* of each offset, along the axes */
    const double *spacing;
    int line;
} sk_compact;
int sk_watershed_compact(const sk_padded *v, int64_t n, const int64_t *offset, const sk_compact *c, int32_t *label);

#endif
