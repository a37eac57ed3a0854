/* The largest ball of a mask that holds a voxel. */
#ifndef SK_THICKNESS_H
#define SK_THICKNESS_H

#include <stdint.h>

#include "sk_isa.h"

#define SK_BALL_LEVELS 34 /* 4^33 is above 2^63 */
#define SK_BALL_SIDE 4
#define SK_BALL_TILE 16

/* Values on a grid. */
typedef struct {
    int64_t shape[3];
    double *value;
} sk_ball_level;

/* Level 0: squared distance of each voxel to the nearest one outside, 0 outside. An entry of the next level is the
 * largest of (up to) 4 x 4 x 4 of the level before, of level 0 among those that are needed; the last level, at least
 * the third, has one entry. */
typedef struct {
    sk_ball_level level[SK_BALL_LEVELS];
    int levels;
    uint64_t *needed; /* for each entry of level 1, bit 16 z + 4 y + x: no neighbour's ball holds all of this voxel's */
    double spacing[3];
    double less, gap; /* a voxel is in the ball of another one if squared distance <= less * value - gap */
    double (*far)[8]; /* [squared distance / width][4 z + 2 y + x]: see sk_balls_far */
    int64_t bins;
    double width;
} sk_balls;

/* Shape of the level above one; 0 if that is the last. */
int sk_balls_above(const int64_t *shape, int64_t *above);
/* Fill `far`, which is all 0: the largest squared distance of a ball's voxels from a neighbour of its centre in step
 * (z, y, x) of 0 or 1, by their squared distance from the centre; infinite in the last bin. Entry 0: the least distance
 * in the bin. */
void sk_balls_far(const sk_balls *b);
/* Fill `needed` and level 1 in rows r0..r1 of level 1 along the last axis. */
SK_DECLARE(void, sk_balls_ridge, (const sk_balls *b, int64_t r0, int64_t r1));
/* Fill the level above, which is all 0. */
void sk_balls_raise(const sk_ball_level *level, const sk_ball_level *above);
/* widest[p]: the value of the largest ball that holds p, for the voxels of tiles t0..t1 of 16 x 16 x 16. */
SK_DECLARE(void, sk_balls_widest, (const sk_balls *b, int64_t t0, int64_t t1, double *widest));

#endif
