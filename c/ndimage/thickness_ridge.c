/* Which balls are needed to find the largest ones: those that no neighbour's ball holds. Whether one ball holds another is
 * looked up, as in E. Remy, E. Thiel, "Medial axis for chamfer distances: computing look-up tables and neighbourhoods in 2D
 * or 3D", Pattern Recognition Letters 23 (2002) 649-661, doi:10.1016/S0167-8655(01)00141-6. */
#include "sk_thickness.h"

#include <string.h>

#define SIDE SK_BALL_SIDE
#define RUN 64  /* voxels of a row at a time, in vectors */
#define STEPS 8 /* kinds of steps to a neighbour, by the axes that they change; the first changes none */

/* The largest values of the neighbours of the voxels x.. of a row, by the step. */
static void around(const sk_balls *b, const int64_t *at, double most[STEPS][RUN])
{
    const int64_t *n = b->level[0].shape, x = at[2];
    const int64_t from = x > 0 ? x - 1 : 0, to = x + RUN + 1 < n[2] ? x + RUN + 1 : n[2];
    double line[RUN + 2] = {0};
    memset(most, 0, STEPS * sizeof *most);
    for (int64_t dz = -1; dz <= 1; dz++)
        for (int64_t dy = -1; dy <= 1; dy++) {
            if (at[0] + dz < 0 || at[0] + dz >= n[0] || at[1] + dy < 0 || at[1] + dy >= n[1])
                continue;
            memcpy(line + from - x + 1, b->level[0].value + ((at[0] + dz) * n[1] + at[1] + dy) * n[2] + from,
                   (size_t)(to - from) * sizeof *line);
            double *same = most[4 * (dz != 0) + 2 * (dy != 0)], *next = same + RUN;
            for (int i = 0; i < RUN; i++) {
                const double side = line[i] > line[i + 2] ? line[i] : line[i + 2];
                next[i] = side > next[i] ? side : next[i];
                same[i] = line[i + 1] > same[i] ? line[i + 1] : same[i];
            }
        }
}

/* Which balls no neighbour's ball holds, 1 or 0. */
static void stand_out(const sk_balls *b, const double *value, double most[STEPS][RUN], uint64_t *out)
{
    const double less = b->less, gap = b->gap, width = b->width;
    const double last = (double)(b->bins - 1);
    int64_t row[RUN];
    for (int i = 0; i < RUN; i++) {
        const double inside = (less * value[i] - gap) * (1 + 1e-14), limit = inside > 0 ? inside : 0;
        const int64_t bin = (int64_t)(limit / width < last ? limit / width : last);
        row[i] = bin - (limit < b->far[bin][0]); /* none of the distances there is in the ball */
        out[i] = value[i] > 0;
    }
    for (int k = 1; k < STEPS; k++)
        for (int i = 0; i < RUN; i++)
            /* of equals that hold each other, at the ends of an image, none may go */
            out[i] &= (b->far[row[i]][k] > less * most[k][i] - gap) | (most[k][i] <= value[i]);
}

static void mark(const sk_balls *b, const int64_t *at)
{
    const int64_t *n = b->level[0].shape, *m = b->level[1].shape;
    const int64_t count = n[2] - at[2] < RUN ? n[2] - at[2] : RUN;
    const int64_t node = (at[0] / SIDE * m[1] + at[1] / SIDE) * m[2] + at[2] / SIDE;
    const int row = (int)(at[0] % SIDE * SIDE + at[1] % SIDE) * SIDE;
    double most[STEPS][RUN], value[RUN] = {0};
    uint64_t out[RUN];
    int small = 0, some = 0;
    memcpy(value, b->level[0].value + (at[0] * n[1] + at[1]) * n[2] + at[2], (size_t)count * sizeof *value);
    for (int i = 0; i < RUN; i++) {
        some |= value[i] > 0;
        small |= value[i] > 0 && value[i] < (double)b->bins * b->width;
    }
    if (!some)
        return;
    if (small)
        around(b, at, most);
    else
        memset(most, 0, sizeof most);
    stand_out(b, value, most, out);
    for (int i = 0; i < count; i += SIDE) {
        double *top = b->level[1].value + node + i / SIDE;
        uint64_t *needed = b->needed + node + i / SIDE;
        for (int k = 0; k < SIDE; k++) {
            const double here = out[i + k] ? value[i + k] : 0;
            *top = here > *top ? here : *top;
            *needed |= out[i + k] << (row + k);
        }
    }
}

void SK_NAME(sk_balls_ridge)(const sk_balls *b, int64_t r0, int64_t r1)
{
    const int64_t *n = b->level[0].shape, *m = b->level[1].shape;
    for (int64_t r = r0; r < r1; r++) {
        memset(b->needed + r * m[2], 0, (size_t)m[2] * sizeof *b->needed);
        memset(b->level[1].value + r * m[2], 0, (size_t)m[2] * sizeof *b->level[1].value);
        for (int64_t z = r / m[1] * SIDE; z < r / m[1] * SIDE + SIDE && z < n[0]; z++)
            for (int64_t y = r % m[1] * SIDE; y < r % m[1] * SIDE + SIDE && y < n[1]; y++)
                for (int64_t x = 0; x < n[2]; x += RUN)
                    mark(b, (int64_t[3]){z, y, x});
    }
}
