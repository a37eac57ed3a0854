/* Exact Euclidean distance to the nearest voxel of another label, axis by axis.
 *
 * The array is C-contiguous. `squared` holds squared distances: int32 with unit spacing, double else. The last axis
 * comes first (sk_edt_rows), then the others in any order (sk_edt_lines). Binary images: labels 0 and not 0, the
 * distance of 0 is 0. Optional `site`: linear index of the nearest voxel, -1 where there is none.
 */
#ifndef SK_EDT_H
#define SK_EDT_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

#define SK_EDT_FAR 0x3fffffff /* in place of infinity; squared distances must stay below */
#define SK_EDT_UNIT 64        /* lines in a unit of work of sk_edt_lines */

/* Rows r0..r1 of n voxels: squared distances along the row, times `spacing` squared (not used for int32).
 * mask: bytes of a binary image; labels: of an image of labels, in place of mask. hot. */
#define SK_EDT_ROWS_PARAMS(V)                                                                                       \
    (const uint8_t *mask, const int32_t *labels, int64_t r0, int64_t r1, int64_t n, double spacing, V *squared,     \
     int32_t *site)
SK_DECLARE(void, sk_edt_rows_i32, SK_EDT_ROWS_PARAMS(int32_t));
SK_DECLARE(void, sk_edt_rows_f64, SK_EDT_ROWS_PARAMS(double));

typedef struct {
    int64_t outer, n, inner; /* lines run along the middle one */
    double spacing;          /* not used for int32 */
    void *squared;           /* in and out */
    const int32_t *labels;   /* NULL for a binary image */
    int32_t *site;           /* in and out, or NULL */
    double *distance;        /* not NULL: takes the roots times `scale`, and squared is not written back */
    float *distance32;       /* the same in float */
    double scale;
} sk_edt_pass;

/* Lines of units u0..u1; may overrun no bounds whatever the values. hot. */
SK_DECLARE(int, sk_edt_lines_i32, (const sk_edt_pass *p, int64_t u0, int64_t u1));
SK_DECLARE(int, sk_edt_lines_f64, (const sk_edt_pass *p, int64_t u0, int64_t u1));

#endif
