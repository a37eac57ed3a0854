/* Heads of files through a moving window, from a file in memory. */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sk_dicom_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint32_t tags[] = {0x00020010, 0x00080005, 0x00080060, 0x00200013, 0x00200032, 0x00280010, 0x52009230};
    enum { NTAGS = sizeof tags / sizeof *tags };
    static uint8_t arena[NTAGS * SK_DICOM_LONGEST];
    sk_dicom_value values[NTAGS];
    sk_dicom_head head;
    char name[64];
    int handle = memfd_create("head", 0);
    if (handle < 0 || write(handle, data, size) != (ssize_t)size) {
        if (handle >= 0)
            close(handle);
        return 0;
    }
    snprintf(name, sizeof name, "/proc/self/fd/%d", handle);
    const char *path = name;
    for (int to_pixels = 0; to_pixels < 2; to_pixels++) {
        int64_t done = 0;
        uint64_t used = 0;
        int status = sk_dicom_read_heads(&path, 1, tags, NTAGS, to_pixels, arena, sizeof arena, &used, values, &head, &done);
        if (status != SK_OK || done != 1 || used > sizeof arena)
            __builtin_trap();
        for (int k = 0; k < NTAGS; k++)
            if (values[k].place < SK_DICOM_NOT_COPIED && values[k].place + (uint64_t)values[k].length > used)
                __builtin_trap();
        if (head.status == SK_DICOM_HEAD_OK && head.tag && head.length != SK_DICOM_UNDEFINED) {
            uint8_t out[256];
            int64_t start = (int64_t)head.start, slot = 0, failed;
            int error;
            sk_dicom_read_images(&path, &start, &slot, 1, 256, out, 256, 2, 12, 1, -7, &failed, &error);
        }
    }
    close(handle);
    return 0;
}
