/* Order 0: the element that a point lies in, of any type, none of its bits changed. */
#include "sk_interp.h"

#include <string.h>

#define CHUNK SK_INTERP_CHUNK

#define MOVE(type)                                                                                                  \
    {                                                                                                               \
        const type *c = job->coef;                                                                                  \
        type *to = (type *)job->dst + at, outside;                                                                  \
        memcpy(&outside, &job->cval_bits, sizeof outside);                                                          \
        for (int p = 0; p < (int)count; p++)                                                                        \
            to[p] = from[p] < 0 ? outside : c[from[p]];                                                             \
    }

static void move(const sk_interp *job, const int64_t *from, int64_t count, int64_t at)
{
    switch (job->size) {
    case 1:
        MOVE(uint8_t)
        break;
    case 2:
        MOVE(uint16_t)
        break;
    case 4:
        MOVE(uint32_t)
        break;
    default:
        MOVE(uint64_t)
    }
}

/* Where coordinates have to be mapped. */
static void anywhere(const sk_interp *job, const double *x, int64_t pitch, int64_t count, int64_t at)
{
    int64_t from[CHUNK] = {0};
    for (int64_t d = 0; d < job->ndim; d++) {
        const int64_t n = job->shape[d];
        for (int p = 0; p < (int)count; p++) {
            const double y = sk_interp_map(x[d * pitch + p] + (double)job->pad, n, job->mode, 0);
            const int64_t i =
                y == y ? SK_NAME(sk_lines_index)((int64_t)floor(y + 0.5), n, sk_interp_tap_mode(job->mode)) : -1;
            from[p] = i < 0 || from[p] < 0 ? -1 : from[p] + i * job->stride[d];
        }
    }
    move(job, from, count, at);
}

void SK_NAME(sk_interp_raw)(const sk_interp *job, const double *x, int64_t pitch, int64_t count, int64_t at,
                            void *scratch)
{
    double place[CHUNK] = {0}; /* exact below 2^53; below 0: outside */
    int64_t from[CHUNK];
    (void)scratch;
    for (int64_t d = 0; d < job->ndim; d++) {
        const int64_t n = job->shape[d];
        const double *coordinate = x + d * pitch, pad = (double)job->pad, top = (double)(n - 1);
        const double stride = (double)job->stride[d];
        int64_t beyond = 0;
        for (int p = 0; p < (int)count; p++) {
            const double y = coordinate[p] + pad;
            const int64_t within = (y >= 0) & (y <= top);
            place[p] = within ? place[p] + stride * (double)(int64_t)((within ? y : 0) + 0.5) : -INFINITY;
            beyond |= !within;
        }
        if (beyond && job->mode != SK_INTERP_CONSTANT)
            return anywhere(job, x, pitch, count, at);
    }
    for (int p = 0; p < (int)count; p++)
        from[p] = place[p] < 0 ? -1 : (int64_t)place[p];
    move(job, from, count, at);
}
