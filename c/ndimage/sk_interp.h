/* Spline interpolation.
 *
 * An image is continued by its B-spline coefficients c: its value at x is the sum over i of c[i] b(x - i), b the centred
 * B-spline of the order, in several dimensions the product of one for each axis. order + 1 coefficients along each axis
 * take part: the taps. They begin at floor(x) - order/2 (odd orders) or floor(x + 1/2) - order/2 (even ones).
 *
 * Coordinates outside an axis' range 0..n-1 are first mapped into it, by the mode (not so with 'nearest' and
 * 'grid-constant'). Taps that lie outside are taken from where the mode's continuation has them ('constant' and 'wrap':
 * mirrored).
 */
#ifndef SK_INTERP_H
#define SK_INTERP_H

#include <math.h>

#include "sk_lines.h"

#define SK_INTERP_ORDER 5 /* highest */
#define SK_INTERP_CHUNK 64 /* points that are worked on together */

enum sk_interp_mode {
    SK_INTERP_NEAREST,
    SK_INTERP_WRAP,
    SK_INTERP_REFLECT,
    SK_INTERP_MIRROR,
    SK_INTERP_CONSTANT,
    SK_INTERP_GRID_WRAP,
    SK_INTERP_GRID_CONSTANT
};

/* enum sk_lines_mode for taps that lie outside. */
static inline int sk_interp_tap_mode(int mode)
{
    static const int taps[] = {SK_NEAREST, SK_MIRROR, SK_REFLECT, SK_MIRROR, SK_MIRROR, SK_WRAP, SK_CONSTANT};
    return taps[mode];
}

static inline double sk_interp_clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* A coordinate mapped into an axis of n elements; NaN: nothing but the value outside is there. */
static inline double sk_interp_map(double x, int64_t n, int mode, int order)
{
    const double top = (double)(n - 1), length = (double)n;
    if (x >= 0 && x <= top)
        return x;
    if (mode == SK_INTERP_NEAREST)
        return sk_interp_clamp(x, -(order + 2), length + order + 1); /* the taps are clamped */
    if (mode == SK_INTERP_GRID_CONSTANT)
        return x > -(order + 2) && x < length + order + 1 ? x : NAN;
    if (mode == SK_INTERP_CONSTANT || !(fabs(x) < INFINITY))
        return NAN;
    if (n == 1)
        return 0;
    const double mirrored = 2 * top, reflected = 2 * length;
    switch (mode) {
    case SK_INTERP_MIRROR:
        x = fabs(x);
        x -= mirrored * trunc(x / mirrored);
        return sk_interp_clamp(x > top ? mirrored - x : x, 0, top);
    case SK_INTERP_REFLECT:
        if (x < 0) {
            x += reflected * trunc(-x / reflected);
            /* a half voxel beyond the first one is as good as its mirror image within -1..0 */
            return sk_interp_clamp(x < -length ? x + reflected : (x > -1e-15 ? 1e-15 : -x) - 1, -1 + 1e-15, length);
        }
        x -= reflected * trunc(x / reflected);
        return sk_interp_clamp(x >= length ? reflected - x - 1 : x, -1 + 1e-15, length);
    case SK_INTERP_WRAP:
        x = x < 0 ? x + top * (trunc(-x / top) + 1) : x - top * trunc(x / top);
        return sk_interp_clamp(x, 0, top);
    default: /* SK_INTERP_GRID_WRAP */
        x = x < 0 ? x + length * (trunc((-1 - x) / length) + 1) : x - length * trunc(x / length);
        return sk_interp_clamp(x, -1, length);
    }
}

/* ---- spline_f32.c, spline_f64.c: samples to coefficients, in place; hot ---- */

typedef struct {
    void *data;                /* outer x n x inner; the filter runs along n */
    int64_t outer, n, inner;   /* n > 1 */
    int npoles;
    const double *poles;
    int mode; /* SK_WRAP, SK_REFLECT or SK_MIRROR */
} sk_spline;

/* Units of SK_LINES_UNIT lines u0..u1. */
SK_DECLARE(int, sk_spline_f32, (const sk_spline *s, int64_t u0, int64_t u1));
SK_DECLARE(int, sk_spline_f64, (const sk_spline *s, int64_t u0, int64_t u1));

/* ---- interp_f32.c, interp_mixed.c, interp_f64.c, interp_raw.c: values at points; hot ---- */

typedef struct {
    const void *coef; /* C-contiguous */
    int64_t ndim;
    const int64_t *shape, *stride; /* in elements */
    int order, mode;               /* enum sk_interp_mode */
    int64_t pad;                   /* element of the array at which the image begins, along each axis */
    double cval;
    int64_t cval_bits; /* of the value outside, in the array's type */
    void *dst;
    int dst_type; /* enum sk_lines_type */
    int64_t size; /* bytes of an element; only interp_raw.c needs it */
} sk_interp;

/* dst[at + p] = the value at (x[p], x[pitch + p], ...), p < count <= SK_INTERP_CHUNK. f32 and f64 compute in
 * the type of the coefficients; mixed has float coefficients and computes in double, for orders above 1, whose
 * coefficients cancel; raw has order 0 and moves elements of any type. */
#define SK_INTERP_PARAMS                                                                                             \
    (const sk_interp *job, const double *x, int64_t pitch, int64_t count, int64_t at, void *scratch)
SK_DECLARE(void, sk_interp_f32, SK_INTERP_PARAMS);
SK_DECLARE(void, sk_interp_mixed, SK_INTERP_PARAMS);
SK_DECLARE(void, sk_interp_f64, SK_INTERP_PARAMS);
SK_DECLARE(void, sk_interp_raw, SK_INTERP_PARAMS);
typedef void (*sk_interp_values) SK_INTERP_PARAMS;

/* Bytes of scratch that they need. */
static inline int64_t sk_interp_scratch(int64_t ndim)
{
    return ndim * SK_INTERP_CHUNK * (int64_t)(sizeof(int64_t) + (SK_INTERP_ORDER + 1) * sizeof(double));
}

/* ---- interp.c ---- */

/* x = matrix o + offset for the points o of an output of `rank` axes. */
typedef struct {
    int64_t rank;
    const int64_t *shape;
    const double *matrix, *offset; /* ndim x rank; ndim */
    int64_t image;                 /* elements between the coefficients of one image and the next, of a batch */
} sk_interp_affine;

/* interp_rows.c, hot: coordinates of `count` points of a row whose first one is o, along each of ndim axes, at
 * x + d * SK_INTERP_CHUNK; summed in the order of the axes, the offset last. */
#define SK_AFFINE_ROW_PARAMS                                                                                         \
    (const sk_interp_affine *map, int64_t ndim, const int64_t *o, int64_t count, double *x)
SK_DECLARE(void, sk_interp_affine_row, SK_AFFINE_ROW_PARAMS);
/* Points p0..p1 of the outputs of a batch of images, one behind the other. */
int sk_interp_run_affine(const sk_interp *job, sk_interp_values values, const sk_interp_affine *map, int64_t size,
                         int64_t p0, int64_t p1);
/* Points p0..p1 of an array of coordinates, ndim x pitch; x points at those of p0. */
int sk_interp_run_points(const sk_interp *job, sk_interp_values values, const double *x, int64_t pitch, int64_t p0,
                         int64_t p1);
/* Taps of `count` coordinates along an axis of n elements: index[k * count + i] (-1: the value outside) and
 * weight[k * count + i], k <= order. outside[i]: the coordinate has only the value outside. */
void sk_interp_axis(const double *x, int64_t count, int64_t n, int order, int mode, int64_t *index, double *weight,
                    uint8_t *outside);

/* ---- interp_store.c, hot: rounds half away from zero and saturates; booleans are truncated ---- */
SK_DECLARE(void, sk_interp_store, (void *dst, int type, int64_t at, const double *from, int64_t count));

/* ---- separable_f32.c, separable_mixed.c, separable_f64.c, separable_raw.c: values on a grid along the axes; hot ---- */

typedef struct {
    int64_t n, m; /* elements before and after */
    int taps;
    const int64_t *index; /* taps x m; -1: the value outside. x: NULL, if it stays as it is */
    const void *weight;   /* taps x m, of the type that is computed in */
} sk_separable_axis;

typedef struct {
    const void *coef; /* C-contiguous batch x z.n x y.n x x.n */
    sk_separable_axis z, y, x;
    double cval;
    void *dst; /* C-contiguous batch x z.m x y.m x x.m */
    int dst_type;
} sk_separable;

#define SK_SEPARABLE_ROWS 128 /* of the output, in a unit of work */
static inline int64_t sk_separable_blocks(int64_t rows) { return (rows + SK_SEPARABLE_ROWS - 1) / SK_SEPARABLE_ROWS; }
/* Units u0..u1: blocks of rows of the planes of the batch's outputs. */
SK_DECLARE(int, sk_separable_f32, (const sk_separable *s, int64_t u0, int64_t u1));
SK_DECLARE(int, sk_separable_mixed, (const sk_separable *s, int64_t u0, int64_t u1));
SK_DECLARE(int, sk_separable_f64, (const sk_separable *s, int64_t u0, int64_t u1));
/* The same with one tap an axis: moves elements of `size` bytes; cval_bits is the value outside. */
SK_DECLARE(int, sk_separable_raw, (const sk_separable *s, int64_t size, int64_t cval_bits, int64_t u0, int64_t u1));

#endif
