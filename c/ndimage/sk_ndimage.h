/* Kernels of scikit.ndimage.
 *
 * Binary volumes are kept as bits. A volume is `planes` planes of `ny` rows of `nx` voxels (the last axis is the
 * row, the last but one the plane's, all others together count planes). A row takes `wp` words of 64 voxels, the
 * first voxel in the lowest bit, and has at least `halo` bits behind its last voxel: the tail. The tail holds
 * what lies outside the volume, so that a shift of the whole volume by up to `halo` voxels, as one string of
 * bits, brings the right values into every row. `pad` words before the first and after the last row do the same
 * for the ends.
 */
#ifndef SK_NDIMAGE_H
#define SK_NDIMAGE_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* Asks whether to go on; non-zero means: return SK_INTERRUPT at once. May be NULL. */
typedef int (*sk_poll)(void *udata);

typedef struct {
    int64_t planes, ny, nx, wp, pad;
    int64_t nlead;        /* number of axes that count planes */
    const int64_t *lead;  /* their lengths; planes is the product */
} sk_bitgrid;

/* A structuring element as runs: for each distinct run [x0, x1] of offsets along a row, the rows
 * first[r]..first[r+1] of `row` that have it; a row is nlead plane offsets and one row offset. */
typedef struct {
    int64_t nruns;
    const int64_t *x0, *x1, *first;
    const int64_t *row;
} sk_bitse;

/* Words that a volume takes, with its pads. */
static inline int64_t sk_bitgrid_words(const sk_bitgrid *g) { return g->planes * g->ny * g->wp + 2 * g->pad; }

/* ---- bits_rows.c: bytes to bits and back; hot ---- */

/* Bits of `rows` rows of nx bytes: 1 where a byte is not 0 (is 0, if invert); tails and, at both ends, `pad` words
 * get the bit `outside`. dst points at the first pad word. */
#define SK_PACK_PARAMS                                                                                              \
    (const uint8_t *src, int64_t rows, int64_t nx, int64_t wp, int64_t pad, int invert, int outside, uint64_t *dst)
SK_DECLARE(void, sk_bits_pack, SK_PACK_PARAMS);

/* Bytes 0 and 1 of the bits (of their complement, if invert). */
#define SK_UNPACK_PARAMS                                                                                            \
    (const uint64_t *src, int64_t rows, int64_t nx, int64_t wp, int64_t pad, int invert, uint8_t *dst)
SK_DECLARE(void, sk_bits_unpack, SK_UNPACK_PARAMS);

/* ---- bits_ops.c: word loops; hot ---- */

/* dst[i] |= src[i] */
#define SK_OR_PARAMS (uint64_t *dst, const uint64_t *src, int64_t n)
SK_DECLARE(void, sk_bits_or, SK_OR_PARAMS);

/* dst[0..n) = OR of the bit string src, shifted by each of x0..x1 voxels. `work` holds sk_bits_run_work() words. */
#define SK_RUN_PARAMS (uint64_t *dst, const uint64_t *src, int64_t n, int64_t x0, int64_t x1, uint64_t *work)
SK_DECLARE(void, sk_bits_run, SK_RUN_PARAMS);
#define SK_RUN_CHUNK 512 /* words of one step: small beside the first-level cache */
static inline int64_t sk_bits_run_work(int64_t longest) { return SK_RUN_CHUNK + 2 * (longest / 64 + 3); }

/* new = mask ? new : old where there is a mask; returns whether a word of new differs from old. */
#define SK_SELECT_PARAMS (uint64_t *now, const uint64_t *old, const uint64_t *mask, int64_t n)
SK_DECLARE(int, sk_bits_select, SK_SELECT_PARAMS);

/* ---- bitmorph.c ---- */

/* `iterations` times: a voxel becomes the OR of the voxels at its offsets; voxels outside are `outside`; where a
 * mask bit is 0 the voxel keeps its value. Stops early when nothing changes; iterations < 1: only then.
 * x: the volume, in and out, tails and pads = outside. y, t: volumes of scratch. mask: volume or NULL.
 * Returns SK_CONVERGENCE if the voxels come back to an earlier state without settling. */
int sk_bitmorph(const sk_bitgrid *g, const sk_bitse *se, uint64_t *x, uint64_t *y, uint64_t *t,
                const uint64_t *mask, int outside, int64_t iterations, sk_poll poll, void *udata);

/* Complements the volume, tails and pads too. */
void sk_bits_not(const sk_bitgrid *g, uint64_t *x);
/* Sets tails and pads. */
void sk_bits_outside(const sk_bitgrid *g, uint64_t *x, int outside);

/* ---- bitruns.c: runs of set voxels and their components; hot ---- */

/* Half of a symmetric 3 x ... x 3 neighbourhood: the rows before a row (nlead plane offsets and a row offset each)
 * and the range lo..hi of neighbours along x in each, those that differ along the fewest axes first. along_x:
 * neighbours in the row itself. */
typedef struct {
    int64_t n;
    const int64_t *row, *lo, *hi;
    int along_x;
} sk_bitnb;

/* 64 voxels of a row of values, see valueruns.c. */
typedef struct {
    uint64_t starts;  /* where a run of a value other than 0 starts */
    uint64_t differs; /* where a voxel differs from the one before it */
    int64_t before;   /* the run before the first that starts here */
} sk_valueword;

typedef struct {
    int64_t n;          /* runs */
    int64_t count;      /* components */
    int64_t *first;     /* first run of each row; rows + 1 entries; as start and stop, for runs of bits only */
    int32_t *start, *stop;
    int32_t *label;     /* component of each run, 1.., in the order of their first voxels */
    sk_valueword *words; /* runs of values only: those of all rows */
} sk_bitruns;

#define SK_LABEL_PARAMS                                                                                            \
    (const sk_bitgrid *g, const sk_bitnb *nb, const uint64_t *x, sk_bitruns *out, sk_poll poll, void *udata)
SK_DECLARE(int, sk_bitruns_label, SK_LABEL_PARAMS);
/* valueruns.c, hot: the same for runs of equal values other than 0; a voxel takes `width` bytes, rows lie behind each
 * other. */
#define SK_VALUES_PARAMS                                                                                           \
    (const sk_bitgrid *g, const sk_bitnb *nb, const void *image, int64_t width, sk_bitruns *out, sk_poll poll,        \
     void *udata)
SK_DECLARE(int, sk_valueruns_label, SK_VALUES_PARAMS);

#define SK_FREE_PARAMS (sk_bitruns * runs)
SK_DECLARE(void, sk_bitruns_free, SK_FREE_PARAMS);

/* x |= the components of `runs` that have a voxel in x. */
#define SK_FLOOD_PARAMS (const sk_bitgrid *g, const sk_bitruns *runs, uint64_t *x)
SK_DECLARE(int, sk_bitruns_flood, SK_FLOOD_PARAMS);

/* The labels of rows row0..row1, into voxels that are 0 already. */
#define SK_FILL_PARAMS(type) (const sk_bitgrid *g, const sk_bitruns *runs, int64_t row0, int64_t row1, type *dst)
SK_DECLARE(void, sk_bitruns_fill32, SK_FILL_PARAMS(int32_t));
SK_DECLARE(void, sk_bitruns_fill64, SK_FILL_PARAMS(int64_t));
/* valuefill.c, hot: the same for runs of values; all voxels of the rows are written, those that are 0 too. */
SK_DECLARE(void, sk_valueruns_fill32, SK_FILL_PARAMS(int32_t));
SK_DECLARE(void, sk_valueruns_fill64, SK_FILL_PARAMS(int64_t));

#endif
