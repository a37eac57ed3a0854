/* Regional maxima: voxels with a higher neighbour are struck out, row by row, then the plateaus that they belong to. */
#include "sk_segment.h"

#include "sk_lines.h"
#include "sk_places.h"

#define POLL_ROWS (1 << 22)
#define POLL_STACK (1 << 18)
#define FEW 16 /* voxels of a row, of which less than one is looked at alone */

#define T uint8_t
#define NAME(f) f##_8
#include "extrema_body.h"
#define T uint16_t
#define NAME(f) f##_16
#include "extrema_body.h"
#define T uint32_t
#define NAME(f) f##_32
#include "extrema_body.h"
#define T uint64_t
#define NAME(f) f##_64
#include "extrema_body.h"

int SK_NAME(sk_maxima)(const sk_padded *v, int64_t n, const int64_t *offset, const void *keys, uint8_t *state)
{
    switch (v->width) {
    case 1:
        return run_8(v, n, offset, keys, state);
    case 2:
        return run_16(v, n, offset, keys, state);
    case 4:
        return run_32(v, n, offset, keys, state);
    case 8:
        return run_64(v, n, offset, keys, state);
    default:
        return SK_ARGUMENT;
    }
}
