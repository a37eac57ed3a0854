/* JPEG-LS (ITU-T T.87 | ISO/IEC 14495-1; M. J. Weinberger, G. Seroussi, G. Sapiro, doi:10.1109/83.855427): lossless and
 * near-lossless, 2 to 16 bits, one to four components of equal size, any interleaving, restart intervals.
 *
 * Not handled, and refused as such: mapping tables (palettes), point transforms, components of unequal size.
 */
#ifndef SK_JPEGLS_H
#define SK_JPEGLS_H

#include <stdint.h>

#include "sk_jpeg.h"
#include "sk_status.h"

enum sk_jpegls_interleave { SK_JPEGLS_NONE, SK_JPEGLS_LINE, SK_JPEGLS_SAMPLE };

/* Faults are those of sk_jpeg_fault and these. */
enum sk_jpegls_fault {
    SK_JPEGLS_MAPPING = 100, /* a mapping table */
    SK_JPEGLS_BAD_PRESET,    /* preset coding parameters out of their range, or of an unknown kind */
    SK_JPEGLS_UNSUPPORTED,   /* a point transform, unequal sampling factors, another process */
    SK_JPEGLS_BAD_TRANSFORM  /* a colour transform (APP8 "mrfx") of unknown kind, or one that does not fit the frame */
};

typedef struct {
    int64_t rows, columns;
    int components, precision;
    int near, interleave;   /* of the first scan */
    int transform;          /* HP's colour transform, 0 to 3 */
    int max_value, t1, t2, t3, reset; /* preset coding parameters in force at the first scan */
    int64_t restart_interval;         /* in lines */
} sk_jpegls_info;

int sk_jpegls_header(const uint8_t *data, int64_t size, sk_jpegls_info *info, sk_jpeg_report *report);

/* Decode into out[rows][columns][components], of 1 or 2 bytes a sample. */
int sk_jpegls_decode(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                     int components, sk_jpeg_report *report);

/* Encode samples[rows][columns][components] of 1 or 2 bytes. Of info are used: rows, columns, components, precision, near,
 * interleave, restart_interval; and max_value, t1, t2, t3, reset, which are written if any of them is not 0. */
int sk_jpegls_encode(const void *samples, int bytes, const sk_jpegls_info *info, sk_jpeg_sink *sink);

#endif
