/* Masks' convex hulls. Of a row of voxels only the ends matter, of a plane only the corners of its own hull. */
#include "sk_hull.h"

#include <stdlib.h>
#include <string.h>

/* The ends of each doubled row Y = i - 1 of a doubled plane, and chains of rows: the corners of the hull. */
typedef struct {
    int64_t ny, nx, rows;
    int32_t *low, *high; /* X of the ends; low > high: empty */
    int32_t *chain;      /* i of the corners */
} plane;

static int64_t floor_div(int64_t a, int64_t b)
{
    const int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

static int make_plane(plane *s, int64_t ny, int64_t nx)
{
    s->ny = ny;
    s->nx = nx;
    s->rows = 2 * ny + 1;
    s->low = malloc((size_t)(3 * s->rows) * sizeof *s->low);
    if (!s->low)
        return SK_MEMORY;
    s->high = s->low + s->rows;
    s->chain = s->high + s->rows;
    return SK_OK;
}

static void clear(plane *s)
{
    for (int64_t i = 0; i < s->rows; i++) {
        s->low[i] = INT32_MAX;
        s->high[i] = INT32_MIN;
    }
}

static void add_row(plane *s, int64_t i, int32_t low, int32_t high)
{
    s->low[i] = low < s->low[i] ? low : s->low[i];
    s->high[i] = high > s->high[i] ? high : s->high[i];
}

/* Add the voxels of a plane; with `faces`, the middles of their four faces instead. */
static void add_voxels(plane *s, const uint8_t *mask, int faces)
{
    for (int64_t y = 0; y < s->ny; y++) {
        const uint8_t *row = mask + y * s->nx, *first = memchr(row, 1, (size_t)s->nx);
        if (!first)
            continue;
        int64_t end = s->nx - 1;
        while (!row[end])
            end--;
        const int32_t low = (int32_t)(2 * (first - row)), high = (int32_t)(2 * end);
        add_row(s, 2 * y + 1, low - faces, high + faces);
        if (faces) {
            add_row(s, 2 * y, low, high);
            add_row(s, 2 * y + 2, low, high);
        }
    }
}

/* Corners of the hull on one side: where the ends, times `sign`, turn upward. */
static int64_t corners(plane *s, const int32_t *end, int64_t sign)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s->rows; i++) {
        if (s->low[i] > s->high[i])
            continue;
        while (n > 1) {
            const int64_t a = s->chain[n - 2], b = s->chain[n - 1];
            if (sign * ((end[b] - (int64_t)end[a]) * (i - a) - (end[i] - (int64_t)end[a]) * (b - a)) < 0)
                break;
            n--;
        }
        s->chain[n++] = (int32_t)i;
    }
    return n;
}

/* The lowest (sign 1) or highest (sign -1) voxel in the hull of each voxel row, by its side's corners. */
static void ends_of_rows(const plane *s, const int32_t *end, int64_t sign, int64_t n, int32_t *x)
{
    for (int64_t k = 0; k < n; k++) {
        const int64_t a = s->chain[k], b = k + 1 < n ? s->chain[k + 1] : a;
        for (int64_t i = a | 1; i <= b; i += 2) {
            const int64_t span = b > a ? b - a : 1;
            const int64_t at = span * end[a] + (i - a) * (end[b] - (int64_t)end[a]); /* X times span */
            x[i / 2] = (int32_t)(sign > 0 ? -floor_div(-at, 2 * span) : floor_div(at, 2 * span));
        }
    }
}

static void fill_plane(plane *s, int32_t *first, int32_t *last, uint8_t *out)
{
    for (int64_t y = 0; y < s->ny; y++) {
        first[y] = 0;
        last[y] = -1;
    }
    ends_of_rows(s, s->low, 1, corners(s, s->low, 1), first);
    ends_of_rows(s, s->high, -1, corners(s, s->high, -1), last);
    for (int64_t y = 0; y < s->ny; y++) {
        memset(out + y * s->nx, 0, (size_t)s->nx);
        if (first[y] <= last[y])
            memset(out + y * s->nx + first[y], 1, (size_t)(last[y] - first[y] + 1));
    }
}

int sk_hull_planes(const int64_t *shape, const uint8_t *mask, int faces, uint8_t *out)
{
    plane s = {0};
    int32_t *ends = malloc(2 * (size_t)shape[1] * sizeof *ends);
    const int status = ends ? make_plane(&s, shape[1], shape[2]) : SK_MEMORY;
    for (int64_t z = 0; status == SK_OK && z < shape[0]; z++) {
        clear(&s);
        add_voxels(&s, mask + z * shape[1] * shape[2], faces);
        fill_plane(&s, ends, ends + shape[1], out + z * shape[1] * shape[2]);
    }
    free(s.low);
    free(ends);
    return status;
}

/* The corners of all doubled planes, as points (Z, Y, X). */
static int collect(const int64_t *shape, const uint8_t *mask, int faces, plane *s, int32_t **point, int64_t *count)
{
    int64_t room = 0;
    const int64_t size = shape[1] * shape[2];
    for (int64_t Z = faces ? -1 : 0; Z <= 2 * shape[0] - 1; Z += faces ? 1 : 2) {
        clear(s);
        if (Z % 2 == 0)
            add_voxels(s, mask + Z / 2 * size, faces);
        else
            for (int64_t z = (Z - 1) / 2; z <= (Z + 1) / 2; z++)
                if (2 * z - Z <= 1 && Z - 2 * z <= 1 && z >= 0 && z < shape[0])
                    add_voxels(s, mask + z * size, 0);
        for (int side = 0; side < 2; side++) {
            const int32_t *end = side ? s->high : s->low;
            const int64_t n = corners(s, end, side ? -1 : 1);
            if (*count + n > room) {
                room = 2 * room + n + 1024;
                int32_t *more = realloc(*point, 3 * (size_t)room * sizeof *more);
                if (!more)
                    return SK_MEMORY;
                *point = more;
            }
            for (int64_t k = 0; k < n; k++) {
                int32_t *p = *point + 3 * (*count)++;
                p[0] = (int32_t)Z;
                p[1] = s->chain[k] - 1;
                p[2] = end[s->chain[k]];
            }
        }
    }
    return SK_OK;
}

/* Rows y in lo..hi of the voxel plane z that a facet, seen along x, covers. */
static void rows_covered(const sk_hull *h, const sk_facet *t, int64_t z, int64_t *lo, int64_t *hi)
{
    const int64_t sense = t->normal[2] > 0 ? 1 : -1;
    for (int k = 0; k < 3; k++) {
        const int32_t *a = h->point + 3 * (int64_t)t->vertex[k], *b = h->point + 3 * (int64_t)t->vertex[(k + 1) % 3];
        /* inside where slope * y >= bound */
        const int64_t slope = 2 * sense * ((int64_t)b[0] - a[0]);
        const int64_t bound = sense * (((int64_t)b[0] - a[0]) * a[1] + ((int64_t)b[1] - a[1]) * (2 * z - a[0]));
        if (slope > 0) {
            const int64_t y = -floor_div(-bound, slope);
            *lo = y > *lo ? y : *lo;
        } else if (slope < 0) {
            const int64_t y = floor_div(-bound, -slope);
            *hi = y < *hi ? y : *hi;
        } else if (bound > 0) {
            *hi = *lo - 1;
        }
    }
}

/* Where a facet bounds rows of voxels: their first or last one in the hull. */
static void draw(const sk_hull *h, const sk_facet *t, const int64_t *shape, int32_t *first, int32_t *last)
{
    int64_t z0 = INT64_MAX, z1 = INT64_MIN;
    for (int k = 0; k < 3; k++) {
        const int64_t Z = h->point[3 * (int64_t)t->vertex[k]];
        z0 = Z < z0 ? Z : z0;
        z1 = Z > z1 ? Z : z1;
    }
    z0 = z0 > 0 ? (z0 + 1) / 2 : 0;
    z1 = z1 / 2 < shape[0] ? floor_div(z1, 2) : shape[0] - 1;
    for (int64_t z = z0; z <= z1; z++) {
        int64_t lo = 0, hi = shape[1] - 1;
        rows_covered(h, t, z, &lo, &hi);
        for (int64_t y = lo; y <= hi; y++) {
            const int64_t rest = t->distance - 2 * (t->normal[0] * z + t->normal[1] * y), n = t->normal[2];
            if (n > 0)
                last[z * shape[1] + y] = (int32_t)floor_div(rest, 2 * n);
            else
                first[z * shape[1] + y] = (int32_t)-floor_div(rest, -2 * n);
        }
    }
}

static void fill_volume(const sk_hull *h, const int64_t *shape, int32_t *first, int32_t *last, uint8_t *out)
{
    for (int64_t r = 0; r < shape[0] * shape[1]; r++) {
        first[r] = 0;
        last[r] = -1;
    }
    for (int64_t f = 0; f < h->nfacets; f++)
        if (h->facet[f].alive && h->facet[f].normal[2] != 0)
            draw(h, &h->facet[f], shape, first, last);
    for (int64_t r = 0; r < shape[0] * shape[1]; r++) {
        memset(out + r * shape[2], 0, (size_t)shape[2]);
        if (first[r] <= last[r])
            memset(out + r * shape[2] + first[r], 1, (size_t)(last[r] - first[r] + 1));
    }
}

int sk_hull_volume(const int64_t *shape, const uint8_t *mask, int faces, uint8_t *out, int (*poll)(void *udata),
                   void *udata)
{
    plane s = {0};
    sk_hull h = {0};
    int32_t *point = NULL, *ends = malloc(2 * (size_t)(shape[0] * shape[1]) * sizeof *ends);
    int status = ends ? make_plane(&s, shape[1], shape[2]) : SK_MEMORY;
    if (status == SK_OK)
        status = collect(shape, mask, faces, &s, &point, &h.n);
    h.point = point;
    if (status == SK_OK)
        status = h.n > INT32_MAX / 4 ? SK_SIZE : sk_quickhull(&h, poll, udata);
    if (status == SK_OK)
        fill_volume(&h, shape, ends, ends + shape[0] * shape[1], out);
    free(h.facet);
    free(point);
    free(s.low);
    free(ends);
    return status;
}
