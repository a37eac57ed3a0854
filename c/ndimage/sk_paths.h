/* Shortest paths and largest balls. */
#ifndef SK_PATHS_H
#define SK_PATHS_H

#include <stdint.h>

#include "sk_status.h"

/* geodesic.c. Lengths of shortest paths through a padded volume: a step from p to p + offset[k] costs length[k] times the
 * mean of `cost`; negative: no way. `distance`: 0 at the seeds, else infinite. */
int sk_geodesic(int64_t size, int64_t n, const int64_t *offset, const double *length, const double *cost,
                double *distance, int (*poll)(void *udata), void *udata);

/* thickness.c. A volume of at most three axes. */
typedef struct {
    int64_t shape[3];
    double spacing[3];
    const double *squared; /* distance to the nearest voxel outside; 0 outside */
    double less;           /* a voxel is in the ball of another one if squared distance <= less * squared - gap */
    double gap;
    int (*poll)(void *udata);
    void *udata;
} sk_balls;

/* Mark the voxels whose ball lies in no neighbour's. */
int sk_balls_ridge(const sk_balls *b, uint8_t *ridge);
/* Radius of the largest of the balls that holds a voxel; `centre` is ordered by falling radius. */
int sk_balls_paint(const sk_balls *b, int64_t n, const int64_t *centre, double *radius);

#endif
