/* Functional groups of frames, in every encoding, at three levels. */
#include <stddef.h>

#include "sk_dicom_groups.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const sk_dicom_path paths[] = {
        {2, {0x00209113, 0x00200032}},
        {2, {0x00209111, 0x00209128}},
        {3, {0x00189117, 0x00189076, 0x00189089}},
        {1, {0x00200013}},
    };
    sk_dicom_entry values[16 * 4];
    if (size == 0)
        return 0;
    unsigned options = data[0] & (SK_DICOM_IMPLICIT | SK_DICOM_BIG | SK_DICOM_LENIENT);
    uint64_t pos = 1;
    int status = SK_MORE;
    while (status == SK_MORE) {
        int64_t count = 0;
        int fault = 0;
        status = sk_dicom_groups(data, &pos, size, options, 0, paths, 4, values, 16, &count, &fault);
        for (int64_t k = 0; k < count * 4; k++)
            if (values[k].tag && (values[k].start > size || values[k].length > size - values[k].start))
                __builtin_trap();
    }
    return 0;
}
