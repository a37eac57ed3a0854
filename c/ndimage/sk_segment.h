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

/* area.c. Area opening of the keys at the places in `order`, in place, below `area` voxels; `parent`: workspace. */
int sk_area_opening(const sk_padded *v, int64_t n, const int64_t *offset, int64_t count, const int32_t *order,
                    int64_t area, void *keys, int32_t *parent);

/* watershed.c. `label`: positive at markers, 0 at voxels to fill, -1 where nothing goes. Keys below `levels`, 1, 2 or
 * 4 bytes wide. */
int sk_watershed(const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, int64_t levels,
                 int32_t *label);

/* The same where a voxel's place in the queue depends on where it was reached from, or where lines are left. */
typedef struct {
    const uint64_t *key;     /* in the order of flooding; used if compactness is 0 */
    const double *value;     /* else these */
    double compactness;
    int64_t ndim;
    const int64_t *stride;   /* of the padded volume, in voxels */
    const double *spacing;
    int line;                /* leave a line of 0 between regions */
} sk_watershed_order;
int sk_watershed_heap(const sk_padded *v, int64_t n, const int64_t *offset, const sk_watershed_order *how,
                      int32_t *label);

#endif
