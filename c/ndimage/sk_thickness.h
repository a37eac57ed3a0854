/* The largest ball of a mask that holds a voxel. */
#ifndef SK_THICKNESS_H
#define SK_THICKNESS_H

#include <stdint.h>

#include "sk_isa.h"

#define SK_BALL_LEVELS 34 /* 4^33 is above 2^63 */

/* Values on a grid. */
typedef struct {
    int64_t shape[3];
    double *value;
} sk_ball_level;

/* Level 0: squared distance of each voxel to the nearest one outside, 0 outside. An entry of the next level is the
 * largest of (up to) 4 x 4 x 4 of the level before; the last level has one entry. */
typedef struct {
    sk_ball_level level[SK_BALL_LEVELS];
    int levels;
    double spacing[3];
    double less, gap; /* a voxel is in the ball of another one if squared distance <= less * value - gap */
} sk_balls;

/* Shape of the level above one; 0 if that is the last. */
int sk_balls_above(const int64_t *shape, int64_t *above);
/* Fill the level above, which is all 0. */
void sk_balls_raise(const sk_ball_level *level, const sk_ball_level *above);
/* widest[p]: the value of the largest ball that holds p, for the voxels of rows r0..r1 along the last axis. */
SK_DECLARE(void, sk_balls_widest, (const sk_balls *b, int64_t r0, int64_t r1, double *widest));

#endif
