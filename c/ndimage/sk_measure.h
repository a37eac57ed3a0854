/* Measurements of labelled regions.
 *
 * Labels are read as runs: pieces of consecutive elements with one label, at most SK_RUN_MOST long and never past
 * the end of a row. Each run is looked up once and its voxels are summed in registers. `slot` numbers the regions
 * that are asked for, 0 .. slots - 1. Values and labels are C-contiguous, aligned and in native byte order.
 */
#ifndef SK_MEASURE_H
#define SK_MEASURE_H

#include <stdint.h>

#include "sk_hash.h"
#include "sk_isa.h"
#include "sk_lines.h"
#include "sk_status.h"

#define SK_RUN_MOST 2048
#define SK_RUN_PAD 8

/* Which region a label belongs to; labels are taken as 64 bits, sign-extended. One of:
 * - positive: every label above 0 is in region 0, and `labels` of NULL means that all voxels are;
 * - table: labels low .. low + span - 1, table[label - low] is the region or -1; without a table label - low is it;
 *   labels above are in region `above`, which may be -1;
 * - keys: an open-addressed hash of mask + 1 places, region[place] or -1 where the place is free. */
typedef struct {
    int positive;
    uint64_t low, span;
    int32_t above;
    const int32_t *table;
    const uint64_t *keys;
    const int32_t *region;
    uint64_t mask;
} sk_label_map;

typedef struct {
    const void *labels; /* NULL: one region */
    const void *values; /* NULL where only labels count */
    int label_type, value_type; /* enum sk_lines_type */
    int64_t rows, nx;   /* the array as rows of the last axis */
    int64_t nlead;      /* axes before it */
    const int64_t *lead;
    const sk_label_map *map;
    int64_t slots;
    int (*poll)(void *udata);
    void *udata;
} sk_measure;

typedef struct {
    int32_t slot, start, stop;
} sk_run;

/* The region of a label, or -1. */
static inline int32_t sk_label_slot(const sk_label_map *m, uint64_t label)
{
    if (m->keys) {
        for (uint64_t at = sk_hash64(label);; at++) {
            const int32_t region = m->region[at & m->mask];
            if (region < 0 || m->keys[at & m->mask] == label)
                return region;
        }
    }
    const uint64_t at = label - m->low;
    if (at >= m->span)
        return (int64_t)at > 0 ? m->above : -1;
    return m->table ? m->table[at] : (int32_t)at;
}

/* Fills a hash: region[] is -1 everywhere before. */
void sk_label_hash_fill(int64_t n, const uint64_t *label, uint64_t mask, uint64_t *keys, int32_t *region);

/* label_runs.c, hot: the runs of regions among `count` <= SK_RUN_MOST elements from `at` on; returns how many.
 * starts: SK_RUN_MOST + SK_RUN_PAD bytes of scratch. Positions are relative to `at`. */
SK_DECLARE(int64_t, sk_label_runs, (const sk_measure *m, int64_t at, int64_t count, uint8_t *starts, sk_run *run));

/* measure_values.c, hot. Sums of each region; 128 bits for integers, two parts for floating point. */
typedef struct {
    int64_t count;
    __int128 sum;
    unsigned __int128 squares; /* integers of up to 32 bits only */
    double total, carry;       /* of floating-point values, or of deviations */
    double power, power_carry; /* of squared deviations */
} sk_sums;

/* Counts and sums; also sums of squares of integers of up to 32 bits. */
SK_DECLARE(int, sk_measure_sums, (const sk_measure *m, sk_sums *sums));
/* Sums of deviations from centre[slot], and of their squares. */
SK_DECLARE(int, sk_measure_deviations, (const sk_measure *m, const double *centre, sk_sums *sums));
/* Least and greatest value (of the values' type) and where they are first; `seen` counts voxels that are not NaN,
 * nan is where the first NaN is or -1 (the caller presets -1). */
typedef struct {
    void *least, *greatest;
    int64_t *least_at, *greatest_at, *seen, *nan;
} sk_extremes;
SK_DECLARE(int, sk_measure_extremes, (const sk_measure *m, const sk_extremes *out));
/* moment[slot * (ndim + 1)]: sum of values, then of values times each coordinate; `carry` of the same size. */
SK_DECLARE(int, sk_measure_centres, (const sk_measure *m, double *moment, double *carry));

/* measure_labels.c, hot: only labels. box: for each axis first and last + 1; may be NULL, as the others may.
 * moment: for each region ndim sums of x - f, then ndim (ndim + 1) / 2 sums of (x - f)(y - f), rows of the upper
 * triangle; f is the region's first voxel, whose index is `first` (-1 for none, preset by the caller). */
typedef struct {
    int64_t *count, *first, *box;
    double *moment;
} sk_shapes;
SK_DECLARE(int, sk_measure_shapes, (const sk_measure *m, const sk_shapes *out));
/* The voxels of each region in raster order, by linear index (order) and by an index along each axis (places, each
 * axis `total` entries behind the one before); either may be NULL. at[slot] is where the region's begin, and moves. */
SK_DECLARE(int, sk_measure_order, (const sk_measure *m, int64_t *at, int64_t *order, int64_t *places, int64_t total));

/* measure_sums.c: what sums say. `integers` says which of the sums is meant. */
void sk_sums_total(const sk_sums *sums, int64_t slots, int integers, int64_t *count, double *total);
/* The sums of integers mod 2^64. */
void sk_sums_wrapped(const sk_sums *sums, int64_t slots, uint64_t *wrapped);
/* The variance from integers' sums of squares, or from deviations. */
void sk_sums_variance(const sk_sums *sums, int64_t slots, int integers, double *variance);

/* a + b = *sum + *carry with the carry's old value added (Knuth's two-sum). */
static inline void sk_add_exact(double *sum, double *carry, double x)
{
    const double s = *sum + x, b = s - *sum;
    *carry += (*sum - (s - b)) + (x - b);
    *sum = s;
}
/* Floating-point values are summed in so many lanes: these fill the vectors of any instruction set, several at a time. */
#define SK_SUM_LANES 32
static inline double sk_fold(double *lane)
{
    for (int half = SK_SUM_LANES / 2; half; half /= 2)
        for (int k = 0; k < half; k++)
            lane[k] += lane[k + half];
    return lane[0];
}
static inline double sk_exact(double sum, double carry)
{
    /* a carry beside an infinite or NaN sum means nothing */
    return sum - sum == 0 ? sum + carry : sum;
}

/* How the loops over an array go: the arrays that a chunk needs, and where it lies. */
typedef struct {
    uint8_t starts[SK_RUN_MOST + SK_RUN_PAD];
    sk_run run[SK_RUN_MOST + 1];
} sk_run_work;
#define SK_POLL_VOXELS (INT64_C(1) << 22)

static inline int64_t sk_measure_width(int type)
{
    static const int64_t width[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return width[type];
}

/* Pieces of rows in order: `count` elements from `at` on, the first of them at place x of the row that has these
 * coordinates along the axes before the last. */
typedef struct {
    int64_t at, count, x, row, since;
    int64_t *coordinate; /* nlead entries */
} sk_rows;
int sk_rows_begin(sk_rows *rows, const sk_measure *m);
int sk_rows_next(sk_rows *rows, const sk_measure *m, int *status);
void sk_rows_end(sk_rows *rows);

#endif
