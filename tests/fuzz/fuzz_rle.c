/* RLE frames of any bytes: the decoder must end, within its buffers, in pixels or in a fault. The first bytes choose the
 * shape of the frame. */
#include <stdlib.h>

#include "sk_rle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2)
        return 0;
    int samples = 1 + data[0] % 4, bytes = 1 << data[0] / 4 % 4;
    int64_t pixels = 1 + data[1], decoded;
    uint8_t *out = malloc((size_t)(pixels * samples * bytes)), *scratch = malloc((size_t)(pixels * bytes));
    if (out && scratch)
        sk_rle_decode(data + 2, (int64_t)size - 2, pixels, samples, bytes, out, scratch, &decoded);
    free(scratch);
    free(out);
    return 0;
}
