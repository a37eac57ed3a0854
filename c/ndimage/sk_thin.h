/* Thinning of masks to skeletons, in place. Bytes 0 and 1, padded with 0 by one voxel on all sides; sizes below 2^31. */
#ifndef SK_THIN_H
#define SK_THIN_H

#include <stdint.h>

#include "sk_status.h"

/* thin2d.c: ny x nx, with padding. */
int sk_thin2d(int64_t ny, int64_t nx, uint8_t *image, int (*poll)(void *udata), void *udata);
/* thin3d.c: nz x ny x nx, with padding. */
int sk_thin3d(int64_t nz, int64_t ny, int64_t nx, uint8_t *image, int (*poll)(void *udata), void *udata);

#endif
