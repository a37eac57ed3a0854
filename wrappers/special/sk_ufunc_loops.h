/* The inner loops of the ufuncs: strides in, contiguous blocks to the kernel, strides out. */
#ifndef SK_UFUNC_LOOPS_H
#define SK_UFUNC_LOOPS_H

#include <fenv.h>
#include <numpy/npy_common.h>
#include <string.h>

#include "sk_special.h"

/* What a loop copies at a time, on the stack. */
#define SK_UFUNC_BLOCK 512

typedef struct {
    void (*f64)(const double *x, double *y, ptrdiff_t n);
    void (*f32)(const float *x, float *y, ptrdiff_t n);
    void (*c128)(const sk_c128 *x, sk_c128 *y, ptrdiff_t n); /* NULL where there is no complex loop */
    void (*c64)(const sk_c64 *x, sk_c64 *y, ptrdiff_t n);
} sk_unary;

typedef struct {
    void (*f64)(const double *x, const double *q, double *y, ptrdiff_t n);
    void (*f32)(const float *x, const float *q, float *y, ptrdiff_t n);
} sk_binary;

/* The loop for one type. Kernels want contiguous arrays that do not overlap; NumPy passes either the same
 * array twice or arrays that do not overlap. The floating-point flags are put back: a kernel raises some on the
 * way to a right result, and NumPy would warn about them. */
#define SK_UNARY_LOOP(name, real, field)                                                                  \
    static void name(char **args, const npy_intp *dimensions, const npy_intp *steps, void *data)          \
    {                                                                                                     \
        const sk_unary *kernels = data;                                                                   \
        const npy_intp n = dimensions[0], in_step = steps[0], out_step = steps[1];                        \
        const int packed = in_step == (npy_intp)sizeof(real) && args[0] != args[1];                       \
        const int direct = out_step == (npy_intp)sizeof(real);                                            \
        const char *in = args[0];                                                                         \
        char *out = args[1];                                                                              \
        real x[SK_UFUNC_BLOCK], y[SK_UFUNC_BLOCK];                                                        \
        fenv_t flags;                                                                                     \
        feholdexcept(&flags);                                                                             \
        if (packed && direct)                                                                             \
            kernels->field((const real *)in, (real *)out, n);                                             \
        for (npy_intp done = packed && direct ? n : 0; done < n; done += SK_UFUNC_BLOCK) {                \
            const npy_intp count = n - done < SK_UFUNC_BLOCK ? n - done : SK_UFUNC_BLOCK;                 \
            for (npy_intp i = 0; i < count; ++i, in += in_step)                                           \
                x[i] = *(const real *)in;                                                                 \
            kernels->field(x, y, count);                                                                  \
            for (npy_intp i = 0; i < count; ++i, out += out_step)                                         \
                *(real *)out = y[i];                                                                      \
        }                                                                                                 \
        fesetenv(&flags);                                                                                 \
    }

SK_UNARY_LOOP(sk_loop_unary_f64, double, f64)
SK_UNARY_LOOP(sk_loop_unary_f32, float, f32)
SK_UNARY_LOOP(sk_loop_unary_c128, sk_c128, c128)
SK_UNARY_LOOP(sk_loop_unary_c64, sk_c64, c64)

/* The same for two arguments; they cost so much that copying them does not count. */
#define SK_BINARY_LOOP(name, real, field)                                                                 \
    static void name(char **args, const npy_intp *dimensions, const npy_intp *steps, void *data)          \
    {                                                                                                     \
        const sk_binary *kernels = data;                                                                  \
        const npy_intp n = dimensions[0];                                                                 \
        const char *first = args[0], *second = args[1];                                                   \
        char *out = args[2];                                                                              \
        real x[SK_UFUNC_BLOCK], q[SK_UFUNC_BLOCK], y[SK_UFUNC_BLOCK];                                     \
        fenv_t flags;                                                                                     \
        feholdexcept(&flags);                                                                             \
        for (npy_intp done = 0; done < n; done += SK_UFUNC_BLOCK) {                                       \
            const npy_intp count = n - done < SK_UFUNC_BLOCK ? n - done : SK_UFUNC_BLOCK;                 \
            for (npy_intp i = 0; i < count; ++i, first += steps[0], second += steps[1]) {                 \
                x[i] = *(const real *)first;                                                              \
                q[i] = *(const real *)second;                                                             \
            }                                                                                             \
            kernels->field(x, q, y, count);                                                               \
            for (npy_intp i = 0; i < count; ++i, out += steps[2])                                         \
                *(real *)out = y[i];                                                                      \
        }                                                                                                 \
        fesetenv(&flags);                                                                                 \
    }

SK_BINARY_LOOP(sk_loop_binary_f64, double, f64)
SK_BINARY_LOOP(sk_loop_binary_f32, float, f32)

#endif
