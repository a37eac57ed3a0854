/* Vincent's hybrid method (L. Vincent, "Morphological grayscale reconstruction in image analysis", IEEE Trans. Image
 * Processing 2 (1993) 176-201, doi:10.1109/83.217222): a sweep in each direction, then a queue for what they left. */
#include "sk_segment.h"

#include "sk_places.h"

#define POLL_ROWS (1 << 22)  /* voxel-neighbours of a sweep between two polls */
#define POLL_QUEUE (1 << 18) /* places taken from the queue between two polls */

#define T uint8_t
#define NAME(f) f##_8
#include "reconstruct_body.h"
#define T uint16_t
#define NAME(f) f##_16
#include "reconstruct_body.h"
#define T uint32_t
#define NAME(f) f##_32
#include "reconstruct_body.h"
#define T uint64_t
#define NAME(f) f##_64
#include "reconstruct_body.h"

int SK_NAME(sk_reconstruct)(const sk_padded *v, const sk_neighbours *from, void *marker, const void *mask)
{
    switch (v->width) {
    case 1:
        return run_8(v, from, marker, mask);
    case 2:
        return run_16(v, from, marker, mask);
    case 4:
        return run_32(v, from, marker, mask);
    case 8:
        return run_64(v, from, marker, mask);
    default:
        return SK_ARGUMENT;
    }
}
