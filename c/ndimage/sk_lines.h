/* One-dimensional filters along one axis of a C-contiguous array.
 *
 * The array is seen as `outer` x n x `inner`; the filter runs along n. A unit of work is 256 lines; units are
 * independent of each other, also where dst is src.
 */
#ifndef SK_LINES_H
#define SK_LINES_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

#define SK_LINES_UNIT 256

enum sk_lines_type { SK_B8, SK_U8, SK_I8, SK_U16, SK_I16, SK_U32, SK_I32, SK_U64, SK_I64, SK_F32, SK_F64 };

static inline int64_t sk_type_size(int type)
{
    static const int64_t size[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8};
    return size[type];
}

/* Asks for bytes that will be read: pieces of an image that are too short for the processor to see them coming. */
static inline void sk_ask_for(const char *first, int64_t bytes)
{
    for (int64_t k = 0; k < bytes; k += 64)
        __builtin_prefetch(first + k, 0, 2);
}

/* USE(tag, type) for every type but booleans, which are compared as bytes. */
#define SK_EACH_TYPE(USE)                                                                                           \
    USE(SK_U8, uint8_t) USE(SK_I8, int8_t) USE(SK_U16, uint16_t) USE(SK_I16, int16_t) USE(SK_U32, uint32_t)         \
    USE(SK_I32, int32_t) USE(SK_U64, uint64_t) USE(SK_I64, int64_t) USE(SK_F32, float) USE(SK_F64, double)

#define SK_LARGER(a, b) ((b) > (a) ? (b) : (a))
#define SK_SMALLER(a, b) ((b) < (a) ? (b) : (a))

enum sk_lines_mode { SK_NEAREST, SK_WRAP, SK_REFLECT, SK_MIRROR, SK_CONSTANT };

typedef struct {
    const void *src;
    void *dst;
    int src_type, dst_type; /* enum sk_lines_type */
    int64_t outer, n, inner;
    const double *weights;
    int64_t size, origin; /* out[i] = sum over k < size of weights[k] * in[i + k - size/2 - origin] */
    int mode;             /* enum sk_lines_mode */
    double cval;
    int (*poll)(void *udata); /* non-zero: return SK_INTERRUPT at once; may be NULL */
    void *udata;
} sk_correlate1d;

/* Lines of units u0..u1. The first sums in double, each step rounded, in the order that keeps symmetric kernels
 * exactly symmetric: the same bits at every instruction-set level. The second takes and gives float and sums in
 * float: error below (size + 1) 2^-24 sum|weights| max|in|. */
SK_DECLARE(int, sk_correlate1d_f64, (const sk_correlate1d *c, int64_t u0, int64_t u1));
SK_DECLARE(int, sk_correlate1d_f32, (const sk_correlate1d *c, int64_t u0, int64_t u1));

/* lines.c, hot: where element i of a line of n elements, continued beyond its ends, comes from; -1: from cval. */
SK_DECLARE(int64_t, sk_lines_index, (int64_t i, int64_t n, int mode));
/* `count` elements from src[at], or into dst[at], by type. Integers are truncated toward zero and wrap. */
SK_DECLARE(void, sk_lines_load, (double *to, const void *src, int type, int64_t at, int64_t count));
SK_DECLARE(void, sk_lines_store, (void *dst, int type, int64_t at, const double *from, int64_t count));

#endif
