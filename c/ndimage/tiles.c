#include "sk_tiles.h"

#include <stdlib.h>
#include <string.h>

#define POLL_OPERATIONS (INT64_C(1) << 26) /* between two polls: some 10 ms */

typedef struct {
    const sk_tiles *t;
    char *buffer;
    int64_t *pitch;  /* of the buffer, in elements */
    int64_t *extent; /* of the tile at hand */
    int64_t *at;     /* a counter of rows */
    int64_t *from;   /* where each index of the buffer comes from, axis after axis */
    int64_t *table;  /* where an axis begins in `from` */
} state;

static inline int64_t padded(const sk_tiles *t, int64_t axis)
{
    return t->before[axis] + t->block[axis] + t->after[axis];
}

static inline int64_t blocks(const sk_tiles *t, int64_t axis)
{
    return (t->shape[axis] + t->block[axis] - 1) / t->block[axis];
}

int64_t sk_tiles_pitch(const sk_tiles *t, int64_t *pitch)
{
    int64_t elements = 1;
    for (int64_t a = t->ndim - 1; a >= 0; a--) {
        pitch[a] = elements;
        elements *= padded(t, a);
    }
    return elements;
}

int64_t sk_tiles_count(const sk_tiles *t)
{
    int64_t count = 1;
    for (int64_t a = 0; a < t->ndim; a++)
        count *= blocks(t, a);
    return count;
}

/* Advances a counter of rows of lengths `size`; 0 when it has come around. */
static int next_row(int64_t *at, const int64_t *size, int64_t axes)
{
    for (int64_t a = axes - 1; a >= 0; a--) {
        if (++at[a] < size[a])
            return 1;
        at[a] = 0;
    }
    return 0;
}

static void fill(char *to, const sk_tiles *t, int64_t count)
{
    switch (sk_type_size(t->work_type)) {
    case 1:
        memset(to, (int)(t->cval & 0xff), (size_t)count);
        break;
    case 2:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + 2 * i, &t->cval, 2);
        break;
    case 4:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + 4 * i, &t->cval, 4);
        break;
    default:
        for (int64_t i = 0; i < count; i++)
            memcpy(to + 8 * i, &t->cval, 8);
    }
}

/* One row of the buffer from the source row `src`, whose voxels `from` names. */
static void gather_row(const sk_tiles *t, char *to, const char *src, const int64_t *from, int64_t count)
{
    const int64_t last = t->ndim - 1, size = sk_type_size(t->work_type), stride = t->stride[last];
    for (int64_t i = 0; i < count;) {
        int64_t run = 1;
        const int64_t first = from[i];
        while (i + run < count && from[i + run] == (first < 0 ? -1 : first + run))
            run++;
        if (first < 0)
            fill(to + i * size, t, run);
        else
            SK_PICK(sk_gather_row)(to + i * size, t->work_type, src + first * stride, t->src_type, stride, run);
        i += run;
    }
}

/* The tile whose first voxel is `start`, with its halo. */
static void gather(state *s, const int64_t *start)
{
    const sk_tiles *t = s->t;
    const int64_t last = t->ndim - 1, size = sk_type_size(t->work_type);
    for (int64_t a = 0; a <= last; a++) {
        const int64_t n = s->extent[a] + t->before[a] + t->after[a];
        for (int64_t i = 0; i < n; i++)
            s->from[s->table[a] + i] = SK_PICK(sk_lines_index)(start[a] - t->before[a] + i, t->shape[a], t->mode[a]);
        s->at[a] = 0;
    }
    const int64_t count = s->extent[last] + t->before[last] + t->after[last];
    for (;;) {
        char *to = s->buffer;
        const char *src = t->src;
        int outside = 0;
        for (int64_t a = 0; a < last; a++) {
            const int64_t from = s->from[s->table[a] + s->at[a]];
            outside |= from < 0;
            src += from * t->stride[a];
            to += s->at[a] * s->pitch[a] * size;
        }
        if (outside)
            fill(to, t, count);
        else
            gather_row(t, to, src, s->from + s->table[last], count);
        int64_t a = last - 1;
        for (; a >= 0; a--) {
            if (++s->at[a] < s->extent[a] + t->before[a] + t->after[a])
                break;
            s->at[a] = 0;
        }
        if (a < 0)
            return;
    }
}

/* The rows of the tile at `start`. */
static int filter_rows(state *s, const sk_tile_filter *filter, void *job, const int64_t *start, char *out,
                       int64_t *done)
{
    const sk_tiles *t = s->t;
    const int64_t last = t->ndim - 1, size = sk_type_size(t->work_type);
    const int direct = filter->store_type == t->dst_type;
    memset(s->at, 0, (size_t)t->ndim * sizeof *s->at);
    do {
        int64_t from = t->before[last], to = 0;
        for (int64_t a = 0; a < last; a++) {
            from += (s->at[a] + t->before[a]) * s->pitch[a];
            to = (to + start[a] + s->at[a]) * t->shape[a + 1];
        }
        to += start[last];
        const int status = filter->row(job, s->buffer + from * size, s->extent[last], out);
        if (status != SK_OK)
            return status;
        if (direct)
            memcpy((char *)t->dst + to * sk_type_size(t->dst_type), out,
                   (size_t)(s->extent[last] * sk_type_size(t->dst_type)));
        else
            SK_PICK(sk_lines_store)(t->dst, t->dst_type, to, (const double *)out, s->extent[last]);
        *done += s->extent[last] * filter->work;
        if (*done >= POLL_OPERATIONS) {
            *done = 0;
            if (t->poll && t->poll(t->udata))
                return SK_INTERRUPT;
        }
    } while (next_row(s->at, s->extent, last));
    return SK_OK;
}

static int run_tiles(state *s, const sk_tile_filter *filter, void *job, int64_t *start, char *out, int64_t u0,
                     int64_t u1)
{
    const sk_tiles *t = s->t;
    int64_t done = 0;
    int status = SK_OK;
    for (int64_t u = u0; u < u1 && status == SK_OK; u++) {
        int64_t rest = u;
        for (int64_t a = t->ndim - 1; a >= 0; a--) {
            start[a] = rest % blocks(t, a) * t->block[a];
            rest /= blocks(t, a);
            const int64_t left = t->shape[a] - start[a];
            s->extent[a] = left < t->block[a] ? left : t->block[a];
        }
        gather(s, start);
        if (filter->tile)
            status = filter->tile(job, s->buffer);
        if (status == SK_OK)
            status = filter_rows(s, filter, job, start, out, &done);
    }
    return status;
}

int sk_tiles_run(const sk_tiles *t, const sk_tile_filter *filter, void *job, int64_t u0, int64_t u1)
{
    int64_t entries = 0;
    for (int64_t a = 0; a < t->ndim; a++)
        entries += padded(t, a);
    const int64_t last = t->ndim - 1;
    int64_t *numbers = malloc((size_t)(5 * t->ndim + entries) * sizeof *numbers);
    char *out = malloc((size_t)(t->block[last] + SK_TILE_SLACK) * 8);
    state s = {.t = t};
    int status = SK_MEMORY;
    if (numbers && out) {
        int64_t *start = numbers;
        s.pitch = numbers + t->ndim;
        s.extent = numbers + 2 * t->ndim;
        s.at = numbers + 3 * t->ndim;
        s.table = numbers + 4 * t->ndim;
        s.from = numbers + 5 * t->ndim;
        for (int64_t a = 0, sum = 0; a < t->ndim; sum += padded(t, a++))
            s.table[a] = sum;
        const int64_t elements = sk_tiles_pitch(t, s.pitch) + SK_TILE_SLACK;
        /* zeros: a filter may look at elements that no voxel fills */
        s.buffer = calloc((size_t)elements, (size_t)sk_type_size(t->work_type));
        if (s.buffer)
            status = run_tiles(&s, filter, job, start, out, u0, u1);
        free(s.buffer);
    }
    free(out);
    free(numbers);
    return status;
}

int sk_window_call_row(void *job, const void *at, int64_t n, void *to)
{
    const sk_window_call *w = job;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < w->size; k++)
            w->voxels[k] = ((const double *)at)[i + w->distance[k]];
        if (!w->function(w->voxels, w->size, (double *)to + i, w->data))
            return SK_CALLBACK;
    }
    return SK_OK;
}
