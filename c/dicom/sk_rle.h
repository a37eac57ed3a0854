/* Frames of the RLE transfer syntax (PS3.5 annex G). Samples are in native (little-endian) byte order, by pixel. */
#ifndef SK_RLE_H
#define SK_RLE_H

#include <stdint.h>

#include "sk_status.h"

/* One frame of `pixels` pixels with `samples` components of `bytes` (1, 2, 4 or 8) bytes each. `scratch` holds
 * bytes * pixels bytes; one segment alone needs none. SK_FORMAT: the frame's header is not that of such a frame, or
 * a segment ends too early; `decoded` says how many bytes of it there were. */
int sk_rle_decode(const uint8_t *frame, int64_t size, int64_t pixels, int samples, int bytes, void *out,
                  uint8_t *scratch, int64_t *decoded);

/* How many bytes sk_rle_encode writes at most. */
int64_t sk_rle_bound(int64_t rows, int64_t columns, int samples, int bytes);

/* The frame of an image; rows are packed each by itself, as the standard wants it. `scratch` holds `columns` bytes. */
int sk_rle_encode(const void *image, int64_t rows, int64_t columns, int samples, int bytes, uint8_t *out,
                  uint8_t *scratch, int64_t *size);

#endif
