/* Local thickness: T. Hildebrand, P. Ruegsegger, "A new method for the model-independent assessment of thickness in
 * three-dimensional images", J. Microscopy 185 (1997) 67-75, doi:10.1046/j.1365-2818.1997.1340694.x.
 *
 * Balls are drawn from the largest on, so each voxel is drawn once; a voxel points to the next one of its row that is
 * still to be drawn. */
#include "sk_paths.h"

#include <math.h>
#include <stdlib.h>

#define POLL (1 << 20) /* rows of balls between two polls */

/* The largest squared distance that may belong to the ball of p. */
static double reach(const sk_balls *b, double squared)
{
    return b->less * squared - b->gap;
}

/* The ball of p lies in that of q if the farthest point of the former does: its radius and the step reach no further. */
static int inside_a_neighbour(const sk_balls *b, int64_t z, int64_t y, int64_t x)
{
    const int64_t *n = b->shape;
    const double *here = b->squared + (z * n[1] + y) * n[2] + x, radius = sqrt(reach(b, *here));
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                if (z + dz < 0 || z + dz >= n[0] || y + dy < 0 || y + dy >= n[1] || x + dx < 0 || x + dx >= n[2])
                    continue;
                const double other = here[(dz * n[1] + dy) * n[2] + dx];
                if (other <= *here)
                    continue;
                const double u = dz * b->spacing[0], v = dy * b->spacing[1], w = dx * b->spacing[2];
                const double need = radius + sqrt(u * u + v * v + w * w);
                /* strictly within the open ball: no rounding of the roots takes a voxel away */
                if (need * need * (1 + 1e-14) < (b->gap > 0 ? other : reach(b, other)))
                    return 1;
            }
    return 0;
}

int sk_balls_ridge(const sk_balls *b, uint8_t *ridge)
{
    const int64_t *n = b->shape;
    int64_t done = 0;
    for (int64_t z = 0; z < n[0]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            for (int64_t x = 0; x < n[2]; x++) {
                const int64_t p = (z * n[1] + y) * n[2] + x;
                ridge[p] = b->squared[p] > 0 && !inside_a_neighbour(b, z, y, x);
            }
            if ((done += n[2]) > POLL) {
                done = 0;
                if (b->poll && b->poll(b->udata))
                    return SK_INTERRUPT;
            }
        }
    return SK_OK;
}

/* A row of a ball: its place and half its width. */
typedef struct {
    int64_t z, y, half;
} chord;

static int64_t steps(double squared, double spacing)
{
    return (int64_t)floor(sqrt(squared) / spacing * (1 + 1e-14));
}

/* The rows of a ball; returns how many. `chord` NULL: at most how many. */
static int64_t rows_of(const sk_balls *b, double squared, chord *to)
{
    const double most = reach(b, squared);
    int64_t rz = steps(most, b->spacing[0]), ry = steps(most, b->spacing[1]), count = 0;
    rz = rz < b->shape[0] ? rz : b->shape[0] - 1;
    ry = ry < b->shape[1] ? ry : b->shape[1] - 1;
    if (!to)
        return (2 * rz + 1) * (2 * ry + 1);
    for (int64_t z = -rz; z <= rz; z++)
        for (int64_t y = -ry; y <= ry; y++) {
            const double u = (double)z * b->spacing[0], v = (double)y * b->spacing[1], rest = most - u * u - v * v;
            if (rest < 0)
                continue;
            int64_t half = steps(rest, b->spacing[2]) + 1;
            while (half > 0 && (double)half * b->spacing[2] * ((double)half * b->spacing[2]) > rest)
                half--;
            to[count++] = (chord){z, y, half};
        }
    return count;
}

static int64_t next_of(int32_t *next, int64_t x)
{
    while (next[x] != x) {
        next[x] = next[next[x]];
        x = next[x];
    }
    return x;
}

static void draw(const sk_balls *b, int64_t centre, int64_t nrows, const chord *row, double value, int32_t *next,
                 double *radius)
{
    const int64_t *n = b->shape;
    const int64_t z0 = centre / (n[1] * n[2]), y0 = centre / n[2] % n[1], x0 = centre % n[2];
    for (int64_t k = 0; k < nrows; k++) {
        const int64_t z = z0 + row[k].z, y = y0 + row[k].y;
        if (z < 0 || z >= n[0] || y < 0 || y >= n[1])
            continue;
        int32_t *line = next + (z * n[1] + y) * (n[2] + 1);
        double *out = radius + (z * n[1] + y) * n[2];
        const int64_t lo = x0 > row[k].half ? x0 - row[k].half : 0;
        const int64_t hi = x0 + row[k].half < n[2] ? x0 + row[k].half : n[2] - 1;
        for (int64_t x = next_of(line, lo); x <= hi; x = next_of(line, x)) {
            out[x] = value;
            line[x] = (int32_t)(x + 1);
        }
    }
}

static int paint(const sk_balls *b, int64_t n, const int64_t *centre, double *radius, int32_t *next, chord *row)
{
    int64_t nrows = 0, done = 0;
    for (int64_t i = 0; i < n; i++) {
        const double squared = b->squared[centre[i]];
        if (i == 0 || squared != b->squared[centre[i - 1]])
            nrows = rows_of(b, squared, row);
        draw(b, centre[i], nrows, row, sqrt(squared), next, radius);
        if ((done += nrows) > POLL) {
            done = 0;
            if (b->poll && b->poll(b->udata))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

int sk_balls_paint(const sk_balls *b, int64_t n, const int64_t *centre, double *radius)
{
    if (n == 0)
        return SK_OK;
    const int64_t lines = b->shape[0] * b->shape[1], length = b->shape[2] + 1;
    int32_t *next = malloc((size_t)(lines * length) * sizeof *next);
    chord *row = malloc((size_t)rows_of(b, b->squared[centre[0]], NULL) * sizeof *row);
    int status = SK_MEMORY;
    if (next && row) {
        for (int64_t r = 0; r < lines; r++)
            for (int64_t x = 0; x < length; x++)
                next[r * length + x] = (int32_t)x;
        status = paint(b, n, centre, radius, next, row);
    }
    free(next);
    free(row);
    return status;
}
