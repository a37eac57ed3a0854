/* What every kernel file of this folder includes first. */
#ifndef SK_KERNEL_H
#define SK_KERNEL_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sk_special.h"

/* A function that is not inlined keeps the loop around it from being vectorised. */
#define SK_INLINE static inline __attribute__((always_inline, unused))

/* The kernel `name` of the precision at hand, from a function that does one strip. */
#define SK_KERNEL(name, strip)                                                                 \
    void SK_NAME(F(name))(const REAL *x, REAL *y, ptrdiff_t n)                                 \
    {                                                                                          \
        for (ptrdiff_t i = 0; i < n; i += SK_SPECIAL_STRIP)                                    \
            F(strip)(x + i, y + i, n - i < SK_SPECIAL_STRIP ? n - i : SK_SPECIAL_STRIP);       \
    }

#endif
