/* Products are rounded before they are added, at every instruction-set level: on the border of an image the last bit of
 * a coordinate decides what is outside. */
#pragma GCC optimize("fp-contract=off")

#include "sk_interp.h"

void SK_NAME(sk_interp_affine_row)(const sk_interp_affine *map, int64_t ndim, const int64_t *o, int64_t count,
                                   double *x)
{
    const int64_t last = map->rank - 1;
    const double first = (double)o[last];
    for (int64_t d = 0; d < ndim; d++) {
        const double *m = map->matrix + d * map->rank, offset = map->offset[d], slope = m[last];
        double *to = x + d * SK_INTERP_CHUNK, base = 0;
        for (int64_t k = 0; k < last; k++)
            base += m[k] * (double)o[k];
        for (int p = 0; p < (int)count; p++)
            to[p] = base + slope * (first + (double)p) + offset;
    }
}
