/* What JPEG-LS's decoder and encoder share: the model of T.87 Annex A. */
#ifndef SK_JPEGLS_PARTS_H
#define SK_JPEGLS_PARTS_H

#include <stddef.h>
#include <stdlib.h>

#include "sk_jpegls.h"
#include "sk_jpeg_bits.h"

enum { SK_JPEGLS_CONTEXTS = 365, SK_JPEGLS_MAX_RUN_INDEX = 31 };

/* A context of the regular mode (section A.4), with what follows from it for its next sample. */
typedef struct {
    uint32_t a;   /* sum of the errors' magnitudes */
    int32_t b;    /* sum of the errors */
    int32_t n;    /* how many */
    int16_t c;    /* correction of the prediction */
    int8_t k;     /* Golomb parameter (code segment A.10) */
    int8_t flip;  /* -1: positive and negative errors change places in the mapping (A.11) */
} sk_jpegls_context;

/* A context of run interruption (section A.7.2). */
typedef struct {
    uint32_t a;
    int32_t n, negative;
} sk_jpegls_run_context;

typedef struct {
    int max_value, near, range, t1, t2, t3, reset;
    int step;       /* 2 near + 1 */
    int bits;       /* of an error modulo the range: qbpp */
    int limit;      /* zeros before an escape in the regular mode: LIMIT - qbpp - 1 */
    int full;       /* 1: lossless, and the range is a power of two */
    sk_jpegls_context contexts[SK_JPEGLS_CONTEXTS];
    sk_jpegls_run_context run[2];
    int run_index[SK_JPEG_MAX_COMPONENTS];
    int8_t *quantised; /* by gradient, -max_value to max_value: its region, -4 to 4 (A.4) */
    int8_t *storage;
    uint16_t *lines;   /* two for each component, each with a margin on both sides */
} sk_jpegls_model;

/* Orders of run segments (code segment A.14's table J). */
extern const uint8_t sk_jpegls_orders[32];

/* A decoder's or encoder's place in the stream. */
typedef struct {
    const uint8_t *data;
    int64_t size, pos;
    int have_frame;
    sk_jpegls_info info;
    int preset[5];         /* MAXVAL, T1, T2, T3, RESET as written; 0: default */
    int count, component[SK_JPEG_MAX_COMPONENTS], near, interleave; /* of the scan */
    int done[SK_JPEG_MAX_COMPONENTS];
    int ids[SK_JPEG_MAX_COMPONENTS];
    sk_jpeg_report report;
} sk_jpegls_stream;

enum { SK_JPEGLS_AT_SCAN = -1, SK_JPEGLS_AT_END = -2, SK_JPEGLS_AT_CUT = -3 };

/* Segments up to the next scan, to EOI, or to the data's end. */
int sk_jpegls_next(sk_jpegls_stream *s);
/* Move pos from coded data to the restart marker `number`, and past it. */
int sk_jpegls_pass_restart(sk_jpegls_stream *s, int number);
/* Note the fault and its place; returns SK_FORMAT. */
int sk_jpegls_refuse(sk_jpegls_stream *s, int fault, int64_t offset);

/* Colours from the transformed ones that the frame holds. */
int sk_jpegls_undo_transform(sk_jpegls_stream *s, void *out, int bytes);

/* Parameters from the preset ones (0: the default of section C.2.4.1.1); 0 if they are out of range. */
int sk_jpegls_set_parameters(sk_jpegls_model *m, const int preset[5], int precision, int near);
/* Memory for the gradients' table and for `components` lines; SK_OK or SK_MEMORY. */
int sk_jpegls_allocate(sk_jpegls_model *m, int64_t columns, int components);
void sk_jpegls_release(sk_jpegls_model *m);
/* Contexts and lines as at the start of a scan (section A.8). */
void sk_jpegls_reset(sk_jpegls_model *m, int64_t columns, int components);

static inline int sk_bit_length(uint32_t x) { return x ? 32 - __builtin_clz(x) : 0; }

/* The least k with n 2^k >= a (code segment A.10): their lengths tell it but for one. */
static inline __attribute__((always_inline)) int sk_jpegls_order(uint32_t n, uint32_t a) {
    int k = __builtin_clz(n) - __builtin_clz(a | 1);
    k = k < 0 ? 0 : k;
    return k + ((uint64_t)n << k < a);
}

/* After an error (section A.6). */
static inline __attribute__((always_inline)) void sk_jpegls_update(sk_jpegls_context *t, int error, int step, int reset,
                                                                   int lossless) {
    uint32_t a = t->a + (uint32_t)(error < 0 ? -error : error);
    int b = t->b + (lossless ? error : error * step), n = t->n;
    if (__builtin_expect(n == reset, 0)) {
        a >>= 1;
        b >>= 1;
        n >>= 1;
    }
    n++;
    int below = -(b <= -n), over = -(b > 0);
    b += (n & below) - (n & over);
    b = b < 1 - n ? 1 - n : b;
    b = b > 0 ? 0 : b;
    int c = t->c + below - over;
    c = c < -128 ? -128 : c;
    t->c = (int16_t)(c > 127 ? 127 : c);
    t->a = a;
    t->b = b;
    t->n = n;
    /* The parameter seldom changes: to predict that it does not is faster than to wait for it. */
    int k = t->k;
    uint64_t high = (uint64_t)(uint32_t)n << k;
    if (a > high || (a <= high >> 1 && k > 0)) {
        k = sk_jpegls_order((uint32_t)n, a);
        t->k = (int8_t)k;
        t->flip = 0;
    }
    if (lossless && k == 0)
        t->flip = (int8_t)-(2 * b <= -n);
}

/* The median edge detector (code segment A.5). */
static inline __attribute__((always_inline)) int sk_jpegls_predict(int a, int b, int c) {
    int low = a < b ? a : b, high = a < b ? b : a, plane = a + b - c;
    return plane < low ? low : plane > high ? high : plane;
}

static inline __attribute__((always_inline)) int sk_jpegls_clamp(int x, int max_value) {
    return x < 0 ? 0 : x > max_value ? max_value : x;
}

/* The parameter of a run's interrupting sample (code segments A.19 to A.21), and its context after an error. */
static inline int sk_jpegls_run_order(const sk_jpegls_run_context *t, int alike) {
    return sk_jpegls_order((uint32_t)t->n, t->a + (alike ? (uint32_t)t->n >> 1 : 0));
}

static inline void sk_jpegls_run_update(sk_jpegls_run_context *t, int error, uint32_t mapped, int alike, int reset) {
    t->negative += error < 0;
    t->a += (mapped + 1 - (uint32_t)alike) >> 1;
    if (t->n == reset) {
        t->a >>= 1;
        t->n >>= 1;
        t->negative >>= 1;
    }
    t->n++;
}

/* A margin before and after a line: its neighbours at the ends are read, never checked for. And room for a run to be
 * written in pieces of eight samples. */
static inline int64_t sk_jpegls_line_size(int64_t columns, int components) { return (columns + 10) * components; }

/* The samples left of a line's first and right of its last one, by its line above (section A.2.1). */
static inline void sk_jpegls_margins(uint16_t *line, uint16_t *above, int64_t columns, int components) {
    for (int c = 0; c < components; c++) {
        line[c - components] = above[c];
        above[columns * components + c] = above[(columns - 1) * components + c];
    }
}

#endif
