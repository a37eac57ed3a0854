/* Body of interp_f32.c, interp_mixed.c and interp_f64.c, which define STORED (the type of coefficients and, where dst
 * has it, of results), REAL (that of sums), KERNEL and STORED_TYPE. */
#include "sk_interp.h"

#include <string.h>

#include "interp_weights.h"

#define CHUNK SK_INTERP_CHUNK
#define MOST (SK_INTERP_ORDER + 1)
typedef STORED four __attribute__((vector_size(4 * sizeof(STORED)), aligned(sizeof(STORED)), may_alias));
typedef REAL quad __attribute__((vector_size(4 * sizeof(REAL)), aligned(sizeof(REAL)), may_alias));
#define LOAD(p) __builtin_convertvector(*(const four *)(p), quad)
enum { INSIDE, EDGE, OUTSIDE };

/* Taps of a chunk of points. Whole numbers are kept as doubles, exact below 2^53: only those have vectors everywhere. */
typedef struct {
    double *y;             /* ndim x CHUNK: coordinates; then of the first taps */
    REAL *weight;          /* ndim x CHUNK x (order + 1) */
    double at[CHUNK];      /* the element of the first taps */
    int64_t state[CHUNK];
} taps;

static inline double round_down(double x) /* |x| < 2^53 */
{
#ifdef __SSE4_1__
    return floor(x);
#else
    const double whole = (double)(int64_t)x;
    return whole - (whole > x);
#endif
}

#define WEIGHTS(ORDER)                                                                                              \
    static void weights_##ORDER(const REAL *t, REAL *to, int count)                                                 \
    {                                                                                                               \
        for (int p = 0; p < count; p++) {                                                                           \
            REAL w[MOST];                                                                                           \
            SK_BSPLINE_WEIGHTS(REAL, ORDER, t[p], w);                                                               \
            for (int k = 0; k <= ORDER; k++)                                                                        \
                to[p * (ORDER + 1) + k] = w[k];                                                                     \
        }                                                                                                           \
    }
WEIGHTS(0) WEIGHTS(2) WEIGHTS(4) WEIGHTS(5)

static void weights_1(const REAL *t, REAL *to, int count)
{
    for (int p = 0; p < count; p++) {
        to[2 * p] = 1 - t[p];
        to[2 * p + 1] = t[p];
    }
}

static void weights_3(const REAL *t, REAL *to, int count)
{
    const REAL sixth = (REAL)1 / (REAL)6;
    for (int p = 0; p < count; p++) {
        const REAL x = t[p], u = 1 - x;
        to[4 * p] = sixth * u * u * u;
        to[4 * p + 1] = sixth * (4 - 3 * x * x * (2 - x));
        to[4 * p + 2] = sixth * (4 - 3 * u * u * (2 - u));
        to[4 * p + 3] = sixth * x * x * x;
    }
}

/* Maps coordinates into the range of axis d; those that are beyond all samples become 0. */
static void map_axis(const sk_interp *job, int64_t d, const double *x, int count, taps *found)
{
    const int64_t n = job->shape[d];
    const double top = (double)(n - 1), pad = (double)job->pad;
    double *y = found->y + d * CHUNK;
    if (job->mode == SK_INTERP_CONSTANT) {
        for (int p = 0; p < count; p++) {
            const double z = x[p] + pad;
            const int64_t within = (z >= 0) & (z <= top);
            y[p] = within ? z : 0;
            found->state[p] |= within ? 0 : OUTSIDE;
        }
        return;
    }
    int64_t beyond = 0;
    for (int p = 0; p < count; p++) {
        y[p] = x[p] + pad;
        beyond |= !((y[p] >= 0) & (y[p] <= top));
    }
    for (int p = 0; beyond && p < count; p++) {
        y[p] = sk_interp_map(y[p], n, job->mode, job->order);
        if (!(y[p] == y[p])) {
            found->state[p] = OUTSIDE;
            y[p] = 0;
        }
    }
}

/* Finds the taps along axis d and their weights. */
static void locate(const sk_interp *job, int64_t d, int count, taps *found)
{
    static void (*const weights[])(const REAL *, REAL *, int) = {weights_0, weights_1, weights_2,
                                                                 weights_3, weights_4, weights_5};
    const double stride = (double)job->stride[d], first = job->order / 2, half = job->order & 1 ? 0 : 0.5;
    const double highest = (double)(job->shape[d] - 1 - job->order);
    double *y = found->y + d * CHUNK;
    REAL t[CHUNK];
    for (int p = 0; p < count; p++) {
        const double shifted = y[p] + half, whole = round_down(shifted), start = whole - first;
        t[p] = (REAL)(shifted - whole);
        y[p] = start;
        found->at[p] += start * stride;
        found->state[p] |= (start < 0) | (start > highest) ? EDGE : 0;
    }
    weights[job->order](t, found->weight + d * CHUNK * (job->order + 1), count);
}

/* The sum over the taps of axes d and on; offset[d * MOST + k] is that of a tap's coefficients, -1: the value outside. */
static REAL sum_taps(const sk_interp *job, const STORED *c, int64_t d, const int64_t *offset, const REAL *weight)
{
    const int taps = job->order + 1;
    const int64_t *o = offset + d * MOST;
    const REAL *w = weight + d * CHUNK * taps;
    REAL sum = 0;
    for (int k = 0; k < taps; k++) {
        const REAL value = o[k] < 0                ? (REAL)job->cval
                           : d + 1 < job->ndim ? sum_taps(job, c + o[k], d + 1, offset, weight)
                                                   : (REAL)c[o[k]];
        sum += w[k] * value;
    }
    return sum;
}

/* Any order, anywhere; NumPy has up to 64 dimensions. */
static REAL anywhere(const sk_interp *job, const taps *found, int p)
{
    const int taps = job->order + 1, mode = sk_interp_tap_mode(job->mode);
    int64_t offset[64 * MOST];
    for (int64_t d = 0; d < job->ndim; d++)
        for (int k = 0; k < taps; k++) {
            const int64_t i = SK_NAME(sk_lines_index)((int64_t)found->y[d * CHUNK + p] + k, job->shape[d], mode);
            offset[d * MOST + k] = i < 0 ? -1 : i * job->stride[d];
        }
    return sum_taps(job, job->coef, 0, offset, found->weight + p * taps);
}

/* The sum over a block of taps; all counts are known when it is compiled. */
static inline __attribute__((always_inline)) REAL block(const STORED *c, int64_t sz, int64_t sy, const REAL *z,
                                                        const REAL *y, const REAL *x, int planes, int rows, int taps)
{
    REAL total = 0;
    for (int i = 0; i < planes; i++) {
        REAL plane = 0;
        for (int j = 0; j < rows; j++) {
            const STORED *p = c + i * sz + j * sy;
            REAL line = 0;
            for (int k = 0; k < taps; k++)
                line += x[k] * (REAL)p[k];
            plane += rows > 1 ? y[j] * line : line;
        }
        total += planes > 1 ? z[i] * plane : plane;
    }
    return total;
}

/* Not a function: a vector that the instruction set lacks cannot be returned. */
#define ROWS_3(c, y)                                                                                                \
    ((LOAD(c) * (y)[0] + LOAD((c) + sy) * (y)[1]) + (LOAD((c) + 2 * sy) * (y)[2] + LOAD((c) + 3 * sy) * (y)[3]))

static inline REAL across_3(const quad *rows, const REAL *x)
{
    const quad products = *rows * *(const quad *)x;
    return (products[0] + products[2]) + (products[1] + products[3]);
}

/* The commonest orders and dimensions, all taps inside. */
#define EACH(NAME, VALUE)                                                                                           \
    static void NAME(const sk_interp *job, const taps *found, int count, STORED *to)                                  \
    {                                                                                                               \
        const int taps = job->order + 1;                                                                            \
        const int64_t last = job->ndim - 1, sy = last > 0 ? job->stride[last - 1] : 0;                              \
        const int64_t sz = last > 1 ? job->stride[last - 2] : 0;                                                    \
        const REAL *wx = found->weight + last * CHUNK * taps, *wy = last > 0 ? wx - CHUNK * taps : wx;              \
        const REAL *wz = last > 1 ? wy - CHUNK * taps : wy;                                                         \
        (void)sz, (void)sy;                                                                                         \
        for (int p = 0; p < count; p++) {                                                                           \
            if (found->state[p] != INSIDE) {                                                                        \
                to[p] = found->state[p] & OUTSIDE ? (STORED)job->cval : (STORED)anywhere(job, found, p);                      \
                continue;                                                                                           \
            }                                                                                                       \
            const STORED *c = (const STORED *)job->coef + (int64_t)found->at[p];                                                 \
            const REAL *x = wx + p * taps, *y = wy + p * taps, *z = wz + p * taps;                                  \
            (void)z, (void)y;                                                                                       \
            VALUE                                                                                                   \
        }                                                                                                           \
    }
#define BLOCKS(N)                                                                                                   \
    EACH(block_1_##N, to[p] = (STORED)block(c, 0, 0, z, y, x, 1, 1, N);)                                            \
    EACH(block_2_##N, to[p] = (STORED)block(c, 0, sy, z, y, x, 1, N, N);)                                           \
    EACH(block_3_##N, to[p] = (STORED)block(c, sz, sy, z, y, x, N, N, N);)
BLOCKS(1) BLOCKS(2) BLOCKS(3) BLOCKS(5) BLOCKS(6)
EACH(block_1_4, to[p] = (STORED)block(c, 0, 0, z, y, x, 1, 1, 4);)
EACH(cubic_2, const quad rows = ROWS_3(c, y); to[p] = (STORED)across_3(&rows, x);)
EACH(cubic_3,
     const quad rows = (ROWS_3(c, y) * z[0] + ROWS_3(c + sz, y) * z[1])
                       + (ROWS_3(c + 2 * sz, y) * z[2] + ROWS_3(c + 3 * sz, y) * z[3]);
     to[p] = (STORED)across_3(&rows, x);)

static void (*const kernels[3][MOST])(const sk_interp *, const taps *, int, STORED *) = {
    {block_1_1, block_1_2, block_1_3, block_1_4, block_1_5, block_1_6},
    {block_2_1, block_2_2, block_2_3, cubic_2, block_2_5, block_2_6},
    {block_3_1, block_3_2, block_3_3, cubic_3, block_3_5, block_3_6},
};

static void any(const sk_interp *job, const taps *found, int count, STORED *to)
{
    for (int p = 0; p < count; p++)
        to[p] = found->state[p] & OUTSIDE ? (STORED)job->cval : (STORED)anywhere(job, found, p);
}

void SK_NAME(KERNEL)(const sk_interp *job, const double *x, int64_t pitch, int64_t count, int64_t at, void *scratch)
{
    const int n = (int)count;
    taps found;
    found.y = scratch;
    found.weight = (REAL *)(found.y + job->ndim * CHUNK);
    STORED value[CHUNK];
    for (int p = 0; p < n; p++) {
        found.at[p] = 0;
        found.state[p] = INSIDE;
    }
    for (int64_t d = 0; d < job->ndim; d++)
        map_axis(job, d, x + d * pitch, n, &found);
    int64_t outside = 0;
    for (int p = 0; p < n; p++)
        outside += found.state[p] >> 1;
    for (int64_t d = 0; d < job->ndim && outside < n; d++)
        locate(job, d, n, &found);
    if (outside == n)
        for (int p = 0; p < n; p++)
            value[p] = (STORED)job->cval;
    else if (job->ndim <= 3)
        kernels[job->ndim - 1][job->order](job, &found, n, value);
    else
        any(job, &found, n, value);
    if (job->dst_type == STORED_TYPE) {
        memcpy((STORED *)job->dst + at, value, (size_t)n * sizeof *value);
        return;
    }
    double wide[CHUNK];
    for (int p = 0; p < n; p++)
        wide[p] = (double)value[p];
    SK_NAME(sk_interp_store)(job->dst, job->dst_type, at, wide, n);
}
