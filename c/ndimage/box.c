#include "sk_box.h"

#include <stdlib.h>
#include <string.h>

#include "sk_extreme.h"
#include "sk_tiles.h"

#define LEVELS 2         /* windows of 1 step and of the first few: the next ones are as long as the box */
#define CHUNK_BYTES 4096 /* of the rows that are filtered at once, so that they stay in the first-level cache */

typedef struct {
    const sk_box *b;
    int64_t bytes;       /* of a voxel */
    char *wide[2];       /* a chunk of rows, continued beyond their ends */
    char *rows[LEVELS];  /* the same rows, filtered along themselves: extremes of 1, 3 or 4 rows from there on */
    int64_t *beyond;     /* where the voxels beyond the ends of a row come from */
    char *ring[LEVELS];  /* the last planes of a strip: extremes of 1, 3 or 4 planes from there on */
    int64_t plane;       /* voxels of a strip's plane */
    int64_t chunk;       /* rows that are filtered at once */
} state;

static void fill(const state *s, char *to, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        memcpy(to + i * s->bytes, &s->b->cval, (size_t)s->bytes);
}

#define CONTINUE(T)                                                                                                 \
    {                                                                                                               \
        T outside;                                                                                                  \
        memcpy(&outside, &s->b->cval, sizeof outside);                                                              \
        for (int64_t k = 0; k < left + right; k++)                                                                  \
            ((T *)row)[k < left ? k : n + k] = s->beyond[k] < 0 ? outside : ((const T *)src)[s->beyond[k]];         \
        break;                                                                                                      \
    }

/* A row, continued beyond its ends. */
static void widen(const state *s, const char *src, char *row)
{
    const sk_box *b = s->b;
    const int64_t n = b->shape[2], left = b->size[2] / 2 + b->origin[2], right = b->size[2] - 1 - left;
    memcpy(row + left * s->bytes, src, (size_t)(n * s->bytes));
    switch (s->bytes) {
    case 1:
        CONTINUE(uint8_t)
    case 2:
        CONTINUE(uint16_t)
    case 4:
        CONTINUE(uint32_t)
    default:
        CONTINUE(uint64_t)
    }
}

/* Extremes along `count` rows, from wide[0] to `to`. */
static void filter_rows(const state *s, char *to, int64_t count)
{
    const sk_box *b = s->b;
    const int64_t n = b->shape[2], size = b->size[2], pitch = n + size - 1;
    char *from = s->wide[0], *other = s->wide[1];
    for (int64_t have = 1, next; have < size; have = next) {
        int64_t d[3];
        const int steps = sk_extreme_step(have, size, &next, d);
        if (next == size) /* the last step row by row, without what was beyond their ends */
            for (int64_t r = 0; r < count; r++)
                sk_extreme_of(b->type, b->maximum, to + r * n * s->bytes, from + r * pitch * s->bytes, d, steps, n);
        else
            sk_extreme_of(b->type, b->maximum, other, from, d, steps, count * pitch - next + 1);
        char *swap = from;
        from = other;
        other = swap;
    }
}

/* Rows first..last of the `count` of a strip with its halo, continued beyond their ends and filtered along themselves, to `to`. */
static void make_rows(const state *s, const char *plane, int64_t y0, int64_t first, int64_t last,
                      int64_t count, char *to)
{
    const sk_box *b = s->b;
    const int64_t nx = b->shape[2], above = b->size[1] / 2 + b->origin[1], pitch = nx + b->size[2] - 1;
    char *target = b->size[2] == 1 ? to : s->wide[0];
    for (int64_t r = first; r < last; r++) {
        const int64_t y = SK_NAME(sk_lines_index)(y0 - above + r, b->shape[1], b->mode[1]);
        char *row = target + (r - first) * pitch * s->bytes;
        /* the next chunk is further down, or in the next plane; beyond the image it does no harm */
        const int64_t ahead = s->chunk + (r + s->chunk < count ? 0 : b->shape[1] - count);
        sk_ask_for(plane + ((y < 0 ? 0 : y) + ahead) * nx * s->bytes, nx * s->bytes);
        if (y < 0)
            fill(s, row, pitch);
        else if (b->size[2] == 1)
            memcpy(row, plane + y * nx * s->bytes, (size_t)(nx * s->bytes));
        else
            widen(s, plane + y * nx * s->bytes, row);
    }
    if (b->size[2] > 1)
        filter_rows(s, to, last - first);
}

/* Rows y0..y0 + rows of a plane, filtered within the plane, to `to`. */
static void filter_plane(const state *s, const char *plane, int64_t y0, int64_t rows, char *to)
{
    const sk_box *b = s->b;
    const int64_t size = b->size[1], count = rows + size - 1, step = b->shape[2] * s->bytes;
    for (int64_t made = 0, more; made < count; made = more) {
        more = made + s->chunk < count ? made + s->chunk : count;
        make_rows(s, plane, y0, made, more, count, (size == 1 ? to : s->rows[0]) + made * step);
        int64_t have = 1;
        for (int level = 0; have < size; level++) { /* windows of rows that end with the new ones */
            int64_t d[3], next;
            const int steps = sk_extreme_step(have, size, &next, d);
            const int64_t first = made - next + 1 > 0 ? made - next + 1 : 0, last = more - next + 1;
            for (int k = 0; k < steps; k++)
                d[k] *= b->shape[2];
            if (last > first)
                sk_extreme_of(b->type, b->maximum, (next == size ? to : s->rows[level + 1]) + first * step,
                              s->rows[level] + first * step, d, steps, (last - first) * b->shape[2]);
            have = next;
        }
    }
}

static int strip(const state *s, const char *src, char *dst, int64_t y0, int64_t rows)
{
    const sk_box *b = s->b;
    const int64_t nz = b->shape[0], size = b->size[0], before = size / 2 + b->origin[0];
    const int64_t whole = b->shape[1] * b->shape[2], n = rows * b->shape[2];
    int64_t done = 0;
    for (int64_t p = 0; p < nz + size - 1; p++) {
        const int64_t z = SK_NAME(sk_lines_index)(p - before, nz, b->mode[0]);
        char *first = size == 1 ? dst + (p * whole + y0 * b->shape[2]) * s->bytes
                                : s->ring[0] + p % size * s->plane * s->bytes;
        if (z < 0)
            fill(s, first, n);
        else
            filter_plane(s, src + z * whole * s->bytes, y0, rows, first);
        /* windows of planes that end with this one */
        int64_t have = 1;
        for (int level = 0; have < size; level++) {
            int64_t start[3], next;
            const int count = sk_extreme_step(have, size, &next, start);
            const int64_t q = p - next + 1; /* the window's first plane */
            if (q < 0)
                break;
            const char *base = s->ring[level] + q % size * s->plane * s->bytes;
            for (int k = 0; k < count; k++)
                start[k] = ((q + start[k]) % size - q % size) * s->plane;
            char *to = next == size ? dst + (q * whole + y0 * b->shape[2]) * s->bytes
                                    : s->ring[level + 1] + q % size * s->plane * s->bytes;
            if (next < size || q < nz)
                sk_extreme_of(b->type, b->maximum, to, base, start, count, n);
            have = next;
        }
        done += n;
        if (done > (INT64_C(1) << 23)) {
            done = 0;
            if (b->poll && b->poll(b->udata))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

int SK_NAME(sk_box_run)(const sk_box *b, int64_t u0, int64_t u1)
{
    const int64_t nx = b->shape[2], strips = (b->shape[1] + b->rows - 1) / b->rows;
    const int64_t image = b->shape[0] * b->shape[1] * nx;
    state s = {.b = b, .bytes = sk_type_size(b->type), .plane = b->rows * nx};
    const int64_t ring = b->size[0] * s.plane, rows = (b->rows + b->size[1]) * nx;
    s.chunk = CHUNK_BYTES / (nx * s.bytes) > 1 ? CHUNK_BYTES / (nx * s.bytes) : 1;
    const int64_t wide = s.chunk * (nx + b->size[2]);
    char *memory = malloc((size_t)((2 * wide + LEVELS * (rows + ring)) * s.bytes));
    s.beyond = malloc((size_t)b->size[2] * sizeof *s.beyond);
    if (!memory || !s.beyond) {
        free(memory);
        free(s.beyond);
        return SK_MEMORY;
    }
    for (int k = 0; k < 2; k++) {
        s.wide[k] = memory + k * wide * s.bytes;
        s.rows[k] = memory + (2 * wide + k * rows) * s.bytes;
        s.ring[k] = memory + (2 * wide + 2 * rows + k * ring) * s.bytes;
    }
    const int64_t before = b->size[2] / 2 + b->origin[2];
    for (int64_t k = 0; k < b->size[2] - 1; k++)
        s.beyond[k] = SK_NAME(sk_lines_index)(k < before ? k - before : nx + k - before, nx, b->mode[2]);
    int status = SK_OK;
    for (int64_t u = u0; u < u1 && status == SK_OK; u++) {
        const int64_t y0 = u % strips * b->rows, left = b->shape[1] - y0;
        const int64_t at = u / strips * image * s.bytes;
        status = strip(&s, (const char *)b->src + at, (char *)b->dst + at, y0, left < b->rows ? left : b->rows);
    }
    free(s.beyond);
    free(memory);
    return status;
}
