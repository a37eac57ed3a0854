/* Shortest paths. */
#ifndef SK_PATHS_H
#define SK_PATHS_H

#include <stdint.h>

#include "sk_status.h"

/* geodesic.c. Lengths of shortest paths through a padded volume: a step from p to p + offset[k] costs length[k] times the
 * mean of `cost`; negative: no way. `distance`: 0 at the seeds, else infinite. */
int sk_geodesic(int64_t size, int64_t n, const int64_t *offset, const double *length, const double *cost,
                double *distance, int (*poll)(void *udata), void *udata);

#endif
