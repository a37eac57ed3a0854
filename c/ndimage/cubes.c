#include "sk_cubes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the vertices of one layer of cells have their numbers: for each axis and voxel the one on the edge that begins
 * there; edges along y and x for the layer's two planes. -1: none. */
typedef struct {
    int32_t *along[3][2]; /* [0]: only [0][0] is used */
    uint8_t *inside[2];   /* whether a voxel is above the level */
    int64_t vertices, triangles;
    float *vertex, *normal, *value; /* NULL: count only */
    int32_t *triangle;
} layer;

static inline float at(const sk_cubes *c, int64_t z, int64_t y, int64_t x)
{
    return c->volume[(z * c->shape[1] + y) * c->shape[2] + x];
}

/* Difference quotient along one axis, one-sided at the ends. */
static double slope(const sk_cubes *c, const int64_t *p, int axis)
{
    int64_t low[3] = {p[0], p[1], p[2]}, high[3] = {p[0], p[1], p[2]};
    low[axis] -= p[axis] > 0;
    high[axis] += p[axis] + 1 < c->shape[axis];
    const int64_t steps = high[axis] - low[axis];
    if (steps == 0)
        return 0;
    return ((double)at(c, high[0], high[1], high[2]) - (double)at(c, low[0], low[1], low[2])) /
           ((double)steps * c->spacing[axis]);
}

static void add_vertex(const sk_cubes *c, layer *l, const int64_t *p, int axis)
{
    const int64_t k = l->vertices++;
    if (!l->vertex)
        return;
    int64_t q[3] = {p[0], p[1], p[2]};
    q[axis]++;
    const double a = at(c, p[0], p[1], p[2]), b = at(c, q[0], q[1], q[2]);
    const double t = isfinite(b - a) ? (c->level - a) / (b - a) : 0.5;
    double gradient[3], length = 0;
    for (int i = 0; i < 3; i++) {
        gradient[i] = (1 - t) * slope(c, p, i) + t * slope(c, q, i);
        length += gradient[i] * gradient[i];
        l->vertex[3 * k + i] = (float)(((double)p[i] + (i == axis ? t : 0)) * c->spacing[i]);
    }
    length = sqrt(length);
    for (int i = 0; i < 3; i++)
        l->normal[3 * k + i] = length > 0 ? (float)(-gradient[i] / length) : 0;
    l->value[k] = (float)(a > b ? a : b);
}

/* Number the vertex on the edge from p along `axis` if the level is crossed there. */
static int32_t number(const sk_cubes *c, layer *l, const int64_t *p, int axis, int crossed)
{
    if (!crossed)
        return -1;
    add_vertex(c, l, p, axis);
    return (int32_t)(l->vertices - 1);
}

/* Which voxels of plane z are above the level, and the vertices within the plane. */
static void begin_plane(const sk_cubes *c, layer *l, int64_t z, int side)
{
    const int64_t ny = c->shape[1], nx = c->shape[2];
    const float *row = c->volume + z * ny * nx;
    uint8_t *in = l->inside[side];
    for (int64_t i = 0; i < ny * nx; i++)
        in[i] = (double)row[i] > c->level;
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++) {
            const int64_t i = y * nx + x, p[3] = {z, y, x};
            l->along[1][side][i] = number(c, l, p, 1, y + 1 < ny && in[i] != in[i + nx]);
            l->along[2][side][i] = number(c, l, p, 2, x + 1 < nx && in[i] != in[i + 1]);
        }
}

static int masked(const sk_cubes *c, int64_t z, int64_t y, int64_t x)
{
    const int64_t ny = c->shape[1], nx = c->shape[2];
    const uint8_t *m = c->mask + (z * ny + y) * nx + x;
    return !(m[0] && m[1] && m[nx] && m[nx + 1] && m[ny * nx] && m[ny * nx + 1] && m[ny * nx + nx] &&
             m[ny * nx + nx + 1]);
}

static void add_cell(const sk_cubes *c, layer *l, int64_t y, int64_t x, int pattern)
{
    const int64_t nx = c->shape[2];
    const int32_t first = c->first[pattern], last = c->first[pattern + 1];
    if (l->triangle)
        for (int32_t k = 3 * first; k < 3 * last; k++) {
            /* edge 4 a + k: the k-th of the corners that have 0 along axis a */
            const int axis = c->edges[k] / 4, place = c->edges[k] % 4, high = place >> 1, low = place & 1;
            const int dz = axis == 0 ? 0 : high, dy = axis == 1 ? 0 : axis == 0 ? high : low, dx = axis == 2 ? 0 : low;
            l->triangle[3 * (l->triangles - first) + k] = l->along[axis][dz][(y + dy) * nx + x + dx];
        }
    l->triangles += last - first;
}

static void add_layer(const sk_cubes *c, layer *l, int64_t z)
{
    const int64_t ny = c->shape[1], nx = c->shape[2];
    const uint8_t *a = l->inside[0], *b = l->inside[1];
    for (int64_t y = 0; y < ny; y++)
        for (int64_t x = 0; x < nx; x++) {
            const int64_t i = y * nx + x, p[3] = {z, y, x};
            l->along[0][0][i] = number(c, l, p, 0, a[i] != b[i]);
        }
    for (int64_t y = 0; y + 1 < ny; y++)
        for (int64_t x = 0; x + 1 < nx; x++) {
            const int64_t i = y * nx + x;
            const int pattern = a[i] | a[i + 1] << 1 | a[i + nx] << 2 | a[i + nx + 1] << 3 | b[i] << 4 |
                                b[i + 1] << 5 | b[i + nx] << 6 | b[i + nx + 1] << 7;
            if (pattern == 0 || pattern == 255 || (c->mask && masked(c, z, y, x)))
                continue;
            add_cell(c, l, y, x, pattern);
        }
}

static int march(const sk_cubes *c, layer *l)
{
    const size_t plane = (size_t)(c->shape[1] * c->shape[2]);
    int32_t *numbers = malloc(5 * plane * sizeof *numbers);
    uint8_t *inside = malloc(2 * plane);
    int status = numbers && inside ? SK_OK : SK_MEMORY;
    if (status == SK_OK) {
        for (int k = 0; k < 5; k++)
            l->along[(k + 1) / 2][k ? (k + 1) % 2 : 0] = numbers + (size_t)k * plane;
        l->inside[0] = inside;
        l->inside[1] = inside + plane;
        begin_plane(c, l, 0, 0);
        for (int64_t z = 0; z + 1 < c->shape[0] && status == SK_OK; z++) {
            begin_plane(c, l, z + 1, 1);
            add_layer(c, l, z);
            for (int axis = 1; axis < 3; axis++) {
                int32_t *swap = l->along[axis][0];
                l->along[axis][0] = l->along[axis][1];
                l->along[axis][1] = swap;
            }
            uint8_t *swap = l->inside[0];
            l->inside[0] = l->inside[1];
            l->inside[1] = swap;
            if (l->vertices > INT32_MAX - 3 * (int64_t)plane)
                status = SK_SIZE;
            else if (c->poll && c->poll(c->udata))
                status = SK_INTERRUPT;
        }
    }
    free(inside);
    free(numbers);
    return status;
}

int sk_cubes_count(const sk_cubes *c, int64_t *vertices, int64_t *triangles)
{
    layer l = {.vertices = 0};
    const int status = march(c, &l);
    *vertices = l.vertices;
    *triangles = l.triangles;
    return status;
}

int sk_cubes_fill(const sk_cubes *c, float *vertex, float *normal, float *value, int32_t *triangle)
{
    layer l = {.vertex = vertex, .normal = normal, .value = value, .triangle = triangle};
    return march(c, &l);
}
