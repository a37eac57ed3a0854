/* Neighbourhood filters of any shape, on tiles of an n-dimensional array.
 *
 * A tile is gathered into a buffer together with its halo: the voxels around it that the neighbourhoods reach, continued
 * beyond the array by the boundary mode of each axis. In the buffer a neighbour is a fixed distance away, so a filter
 * is a function of one row of voxels. Tiles are independent units of work, in raster order of their first voxels.
 */
#ifndef SK_TILES_H
#define SK_TILES_H

#include <stddef.h>

#include "sk_lines.h"

#define SK_TILE_SLACK 128 /* elements behind the buffer that a filter may read, to fill its last vector */

typedef struct {
    const char *src;
    void *dst; /* C-contiguous */
    int src_type, dst_type, work_type; /* enum sk_lines_type; work_type: of the buffer, src_type or SK_F64 */
    int64_t ndim;                      /* at least 1 */
    const int64_t *shape, *stride;     /* of src; strides in bytes, any sign */
    const int64_t *before, *after;     /* the halo */
    const int64_t *block;              /* voxels of a tile along each axis */
    const int *mode;                   /* enum sk_lines_mode, an axis each */
    int64_t cval; /* the value outside: its bits in the type of the buffer, in the lowest bytes */
    int (*poll)(void *udata); /* non-zero: return SK_INTERRUPT at once; may be NULL */
    void *udata;
} sk_tiles;

/* What a filter does with the buffer: `n` results of a row, into `to` of the type that is stored from; `at` is the
 * buffer's element at the row's first voxel. */
typedef int (*sk_tile_row)(void *job, const void *at, int64_t n, void *to);
/* Called once a tile before its rows. */
typedef int (*sk_tile_begin)(void *job, const void *buffer);

typedef struct {
    sk_tile_row row;
    sk_tile_begin tile; /* may be NULL */
    int store_type; /* of the results: SK_F64, which is converted to dst_type, or dst_type itself */
    int64_t work;   /* cost of a voxel, in operations: how often to poll */
} sk_tile_filter;

/* Elements from a voxel of the buffer to the next one along each axis; returns the buffer's elements. */
int64_t sk_tiles_pitch(const sk_tiles *t, int64_t *pitch);
/* Number of tiles. */
int64_t sk_tiles_count(const sk_tiles *t);

/* Filters tiles u0..u1. */
int sk_tiles_run(const sk_tiles *t, const sk_tile_filter *filter, void *job, int64_t u0, int64_t u1);

/* Rows of the buffer, by type: hot. */
#define SK_GATHER_ROW_PARAMS                                                                                        \
    (void *to, int work_type, const char *src, int src_type, int64_t stride, int64_t count)
SK_DECLARE(void, sk_gather_row, SK_GATHER_ROW_PARAMS);

/* ---- the filters ---- */

/* out = sum over k of weights[k] * voxel at offset[k * ndim ..]; work type SK_F64. hot. */
typedef struct {
    int64_t size;
    const double *weights;
    const int64_t *distance; /* of each weight's voxel in the buffer, in elements */
} sk_window_sum;
SK_DECLARE(int, sk_window_sum_row, (void *job, const void *at, int64_t n, void *to));

/* Smallest or largest voxel of a window given as chords: runs of voxels along the last axis. hot. */
typedef struct {
    int type, maximum;
    int64_t nruns;          /* different lengths of chords */
    const int64_t *length;  /* of each, ascending */
    const int64_t *first;   /* its chords: first[r]..first[r+1] */
    const int64_t *distance; /* of each chord's first voxel in the buffer, in elements */
    int64_t elements;       /* of the buffer */
    void *table;            /* nruns - 1 buffers: the extremes of length[r] voxels from there on; length[0] is 1 */
    const void *buffer;     /* set by the tile function */
} sk_window_extreme;
SK_DECLARE(int, sk_window_extreme_tile, (void *job, const void *buffer));
SK_DECLARE(int, sk_window_extreme_row, (void *job, const void *at, int64_t n, void *to));

/* Smallest of voxel - height or largest of voxel + height; work type SK_F64. hot. */
typedef struct {
    int maximum;
    int64_t size;
    const double *height;
    const int64_t *distance;
} sk_window_hill;
SK_DECLARE(int, sk_window_hill_row, (void *job, const void *at, int64_t n, void *to));

/* The voxel of a rank (0 is the smallest) in a window. hot. */
typedef struct {
    int type;  /* of the voxels */
    int width; /* bytes of a key: at least a voxel's, and enough to count the window as a signed number */
    int64_t size, rank;
    double part; /* where not negative: floats; NaNs are left out, and the rank is this part of the number of others */
    const int64_t *distance;
    int64_t elements;
    void *keys;         /* the buffer's voxels as integers whose order is theirs; elements + SK_TILE_SLACK */
    void *found;        /* a row of keys, and slack */
    const void *buffer; /* these four are set by the tile function */
    uint64_t low;       /* the smallest key */
    int64_t last;       /* the largest one that is no NaN */
    int bits;           /* of the range of the keys */
} sk_window_rank;
SK_DECLARE(int, sk_window_rank_tile, (void *job, const void *buffer));
SK_DECLARE(int, sk_window_rank_row, (void *job, const void *at, int64_t n, void *to));

/* What a user's function makes of a window's voxels; work type SK_F64. tiles.c */
typedef int (*sk_window_function)(double *voxels, intptr_t size, double *result, void *data); /* 0 is failure */
typedef struct {
    sk_window_function function;
    void *data;
    int64_t size;
    const int64_t *distance;
    double *voxels; /* `size` of scratch */
} sk_window_call;
int sk_window_call_row(void *job, const void *at, int64_t n, void *to);

#endif
