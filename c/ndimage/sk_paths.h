/* Shortest paths. */
#ifndef SK_PATHS_H
#define SK_PATHS_H

#include <stdint.h>

#include "sk_status.h"

/* geodesic.c. Lengths of shortest paths through a padded volume: a step from p to p + offset[k] costs length[k] times the
 * mean of `cost`; negative: no way. `distance`: 0 at the seeds, else infinite. */
int sk_geodesic(int64_t size, int64_t n, const int64_t *offset, const double *length, const double *cost,
                double *distance, int (*poll)(void *udata), void *udata);

/* march.c. Distances along continuous paths through a padded volume. */
#define SK_MARCH_AXES 32
#define SK_MARCH_OUTSIDE (-2.0) /* cost beyond the ends of the image */
typedef struct {
    int64_t size, around;
    int ndim;
    const int64_t *stride; /* of the ndim axes */
    const double *spacing;
    const int64_t *offset; /* to `around` voxels near one, the nearest first, and their distances */
    const double *length;
    const double *cost; /* negative: no way */
    double *distance;   /* 0 at the seeds, else infinite */
    uint8_t *known;     /* 0 */
    int (*poll)(void *udata);
    void *udata;
} sk_march;
int sk_march_out(const sk_march *m);

#endif
