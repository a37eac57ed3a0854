/* JPEG-LS frames of any bytes: the decoder must end, within its buffers, in pixels or in a fault. */
#include <stdlib.h>

#include "sk_jpegls.h"

enum { MOST_SAMPLES = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    sk_jpegls_info info;
    sk_jpeg_report report;
    if (sk_jpegls_header(data, (int64_t)size, &info, &report))
        return 0;
    int bytes = info.precision > 8 ? 2 : 1;
    if (info.rows > MOST_SAMPLES || info.columns > MOST_SAMPLES)
        return 0;
    int64_t samples = info.rows * info.columns * info.components;
    if (samples > MOST_SAMPLES)
        return 0;
    void *out = malloc((size_t)(samples * bytes));
    if (out)
        sk_jpegls_decode(data, (int64_t)size, out, bytes, info.rows, info.columns, info.components, &report);
    free(out);
    return 0;
}
