/* Rows of voxels of any type and stride, into a buffer of the same type or of doubles. */
#include "sk_tiles.h"

#include <string.h>

#define COPY(type)                                                                                                  \
    for (int64_t i = 0; i < count; i++)                                                                             \
        ((type *)to)[i] = *(const type *)(src + i * stride);                                                        \
    break;

#define WIDEN(tag, type)                                                                                            \
    case tag:                                                                                                       \
        for (int64_t i = 0; i < count; i++)                                                                         \
            ((double *)to)[i] = (double)*(const type *)(src + i * stride);                                          \
        break;

void SK_NAME(sk_gather_row)(void *to, int work_type, const char *src, int src_type, int64_t stride, int64_t count)
{
    const int64_t size = sk_type_size(src_type);
    if (work_type == src_type && stride == size) {
        memcpy(to, src, (size_t)(count * size));
        return;
    }
    if (work_type == src_type)
        switch (size) {
        case 1:
            COPY(uint8_t)
        case 2:
            COPY(uint16_t)
        case 4:
            COPY(uint32_t)
        default:
            COPY(uint64_t)
        }
    else if (stride == size)
        SK_NAME(sk_lines_load)(to, src, src_type, 0, count);
    else
        switch (src_type) {
            WIDEN(SK_B8, uint8_t)
            WIDEN(SK_U8, uint8_t)
            WIDEN(SK_I8, int8_t)
            WIDEN(SK_U16, uint16_t)
            WIDEN(SK_I16, int16_t)
            WIDEN(SK_U32, uint32_t)
            WIDEN(SK_I32, int32_t)
            WIDEN(SK_U64, uint64_t)
            WIDEN(SK_I64, int64_t)
            WIDEN(SK_F32, float)
        default:
            COPY(double)
        }
}
