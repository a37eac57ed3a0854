/* Distances in steps, and by brute force. Arrays are C-contiguous. */
#ifndef SK_DISTANCE_H
#define SK_DISTANCE_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* chamfer.c, hot: one sweep of a chamfer transform with steps of length 1, forward or backward in raster order.
 * distance: -1 where none is known yet. step: `nsteps` offsets (ndim each) of neighbours that come earlier in the
 * sweep, one along the last axis behind the others. site: linear index of the nearest voxel, or NULL. */
SK_DECLARE(int, sk_chamfer, (int64_t ndim, const int64_t *shape, int64_t nsteps, const int64_t *step, int backward,
                             int32_t *distance, int32_t *site, int (*poll)(void *udata), void *udata));

/* The indices, one array of `size` an axis, of the linear ones first..last; -1 for a negative one. */
void sk_unravel(int64_t ndim, const int64_t *shape, const int32_t *site, int64_t first, int64_t last, int64_t size,
                int32_t *index);

enum sk_metric { SK_EUCLIDEAN, SK_TAXICAB, SK_CHESSBOARD };

/* Distance of voxels points[i] to the nearest of `targets` (`n` and `m` rows of ndim indices): the first one of
 * equals. nearest: its row, or NULL. spacing: NULL for 1. Euclidean distances into `distance`, others into `count`. */
int sk_brute_distance(int64_t ndim, int64_t n, const int64_t *points, int64_t m, const int64_t *targets,
                      const double *spacing, int metric, double *distance, uint32_t *count, int64_t *nearest,
                      int (*poll)(void *udata), void *udata);

#endif
