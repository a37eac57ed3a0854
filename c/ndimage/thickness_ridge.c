/* Which balls are needed to find the largest ones: those that no neighbour's ball holds. */
#include "sk_thickness.h"

#include <math.h>
#include <string.h>

#define SIDE SK_BALL_SIDE
#define RUN 64 /* voxels of a row at a time, in vectors */

typedef struct {
    double length[2][2][2]; /* of a step, by how many voxels along each axis */
    double reach;           /* of a ball as a part of its radius, not more than it is */
} steps;

static steps steps_of(const sk_balls *b)
{
    steps s;
    for (int k = 0; k < 8; k++) {
        const double u = (k >> 2) * b->spacing[0], v = (k >> 1 & 1) * b->spacing[1], w = (k & 1) * b->spacing[2];
        s.length[k >> 2][k >> 1 & 1][k & 1] = sqrt(u * u + v * v + w * w);
    }
    /* of whole numbers those below the square count; no rounding of the roots takes a voxel away */
    s.reach = (b->gap > 0 ? 1 : sqrt(b->less)) * (1 - 1e-14);
    return s;
}

/* How far the neighbours' balls reach beyond the voxels x.. of a row, at least, in every direction. */
static void around(const sk_balls *b, const steps *s, const double *radius, const int64_t *at, double *most)
{
    const int64_t *n = b->level[0].shape, x = at[2];
    const int64_t from = x > 0 ? x - 1 : 0, to = x + RUN + 1 < n[2] ? x + RUN + 1 : n[2];
    double line[RUN + 2] = {0};
    for (int i = 0; i < RUN; i++)
        most[i] = 0;
    for (int64_t dz = -1; dz <= 1; dz++)
        for (int64_t dy = -1; dy <= 1; dy++) {
            if (at[0] + dz < 0 || at[0] + dz >= n[0] || at[1] + dy < 0 || at[1] + dy >= n[1])
                continue;
            memcpy(line + from - x + 1, radius + ((at[0] + dz) * n[1] + at[1] + dy) * n[2] + from,
                   (size_t)(to - from) * sizeof *line);
            const double aside = s->length[dz != 0][dy != 0][1];
            const double there = dz || dy ? s->length[dz != 0][dy != 0][0] : INFINITY;
            for (int i = 0; i < RUN; i++) {
                const double p = (line[i] > line[i + 2] ? line[i] : line[i + 2]) * s->reach - aside;
                const double q = line[i + 1] * s->reach - there, r = p > q ? p : q;
                most[i] = r > most[i] ? r : most[i];
            }
        }
}

/* The ball of a voxel lies in a neighbour's if its farthest point does: its radius and the step reach no further. */
static void mark(const sk_balls *b, const steps *s, const double *radius, const int64_t *at)
{
    const int64_t *n = b->level[0].shape, *m = b->level[1].shape;
    const int64_t count = n[2] - at[2] < RUN ? n[2] - at[2] : RUN;
    const int64_t node = (at[0] / SIDE * m[1] + at[1] / SIDE) * m[2] + at[2] / SIDE;
    const double *value = b->level[0].value + (at[0] * n[1] + at[1]) * n[2] + at[2];
    double most[RUN], own[RUN] = {0};
    around(b, s, radius, at, most);
    memcpy(own, value, (size_t)count * sizeof *own);
    for (int i = 0; i < RUN; i++) {
        const double rest = b->less * own[i] - b->gap;
        own[i] = sqrt(rest > 0 ? rest : 0) >= most[i] ? own[i] : 0;
    }
    for (int64_t i = 0; i < count; i += SIDE) {
        double top = 0;
        uint64_t bits = 0;
        for (int k = 0; k < SIDE; k++) {
            bits |= (uint64_t)(own[i + k] > 0) << k;
            top = own[i + k] > top ? own[i + k] : top;
        }
        double *to = b->level[1].value + node + i / SIDE;
        *to = top > *to ? top : *to;
        b->needed[node + i / SIDE] |= bits << (at[0] % SIDE * SIDE + at[1] % SIDE) * SIDE;
    }
}

void SK_NAME(sk_balls_ridge)(const sk_balls *b, const double *radius, int64_t r0, int64_t r1)
{
    const int64_t *n = b->level[0].shape, *m = b->level[1].shape;
    const steps s = steps_of(b);
    for (int64_t r = r0; r < r1; r++) {
        memset(b->needed + r * m[2], 0, (size_t)m[2] * sizeof *b->needed);
        memset(b->level[1].value + r * m[2], 0, (size_t)m[2] * sizeof *b->level[1].value);
        for (int64_t z = r / m[1] * SIDE; z < r / m[1] * SIDE + SIDE && z < n[0]; z++)
            for (int64_t y = r % m[1] * SIDE; y < r % m[1] * SIDE + SIDE && y < n[1]; y++)
                for (int64_t x = 0; x < n[2]; x += RUN)
                    mark(b, &s, radius, (int64_t[3]){z, y, x});
    }
}
