/* From Fortran's order of an array's elements to C's, which is what kernels take. */
#ifndef SK_TURN_H
#define SK_TURN_H

#include <stdint.h>

/* dst, in C's order, takes src, in Fortran's, both of this shape; elements of 1, 2, 4 or 8 bytes. Returns 0, or 1 for another
 * size. */
int sk_turn(int64_t ndim, const int64_t *shape, int64_t bytes, const void *src, void *dst);

#endif
