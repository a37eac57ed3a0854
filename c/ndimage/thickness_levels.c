/* The pyramid of maxima in which the largest balls are looked for. */
#include "sk_thickness.h"

#define SIDE SK_BALL_SIDE

int sk_balls_above(const int64_t *shape, int64_t *above)
{
    for (int a = 0; a < 3; a++)
        above[a] = (shape[a] + SIDE - 1) / SIDE;
    return shape[0] > 1 || shape[1] > 1 || shape[2] > 1;
}

void sk_balls_raise(const sk_ball_level *level, const sk_ball_level *above)
{
    const int64_t *n = level->shape, *m = above->shape;
    for (int64_t z = 0; z < n[0]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const double *from = level->value + (z * n[1] + y) * n[2];
            double *to = above->value + (z / SIDE * m[1] + y / SIDE) * m[2];
            for (int64_t x = 0; x < n[2]; x++)
                to[x / SIDE] = from[x] > to[x / SIDE] ? from[x] : to[x / SIDE];
        }
}
