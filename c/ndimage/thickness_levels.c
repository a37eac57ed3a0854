/* What the search for the largest balls needs: a pyramid of maxima, and how far balls reach from their neighbours. */
#include "sk_thickness.h"

#include <math.h>

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

void sk_balls_far(const sk_balls *b)
{
    const int64_t *n = b->level[0].shape;
    const double most = (double)(b->bins - 1) * b->width, over = b->gap > 0 ? 1 : 1 + 1e-14, *size = b->spacing;
    for (int64_t z = 0; z < n[0] && (double)(z * z) * size[0] * size[0] < most; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const double near = (double)(z * z) * size[0] * size[0] + (double)(y * y) * size[1] * size[1];
            for (int64_t x = 0; x < n[2]; x++) {
                const double squared = near + (double)(x * x) * size[2] * size[2];
                if (squared >= most || squared / b->width >= (double)(b->bins - 1))
                    break;
                const int64_t bin = (int64_t)(squared / b->width);
                const double longer[3] = {(double)(2 * z + 1) * size[0] * size[0], (double)(2 * y + 1) * size[1] * size[1],
                                          (double)(2 * x + 1) * size[2] * size[2]};
                if (b->far[bin][1] == 0 || squared < b->far[bin][0])
                    b->far[bin][0] = squared;
                for (int k = 1; k < 8; k++) {
                    const double u = squared + (k & 4 ? longer[0] : 0) + (k & 2 ? longer[1] : 0) + (k & 1 ? longer[2] : 0);
                    b->far[bin][k] = u * over > b->far[bin][k] ? u * over : b->far[bin][k];
                }
            }
            if (near >= most)
                break;
        }
    for (int64_t i = 1; i < b->bins; i++)
        for (int k = 1; k < 8; k++)
            b->far[i][k] = i == b->bins - 1              ? INFINITY
                           : b->far[i - 1][k] > b->far[i][k] ? b->far[i - 1][k]
                                                             : b->far[i][k];
}
