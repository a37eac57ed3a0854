/* Area opening by union-find, without the tree in between (M. H. F. Wilkinson, J. B. T. M. Roerdink, "Fast morphological
 * attribute operations using Tarjan's union-find algorithm", ISMM 2000, 311-320; A. Meijster, M. H. F. Wilkinson, "A
 * comparison of algorithms for connected set openings and closings", IEEE Trans. PAMI 24 (2002) 484-494,
 * doi:10.1109/34.993556). Voxels are taken from the highest on; a set whose area has not reached the threshold goes
 * down to the voxel that joins it. */
#include "sk_segment.h"

#include <limits.h>

#define POLL (1 << 18)
#define NOT_YET INT32_MIN /* in `parent`; else the parent of a voxel, or minus the area of a root */

static int32_t root(int32_t *parent, int32_t p)
{
    while (parent[p] >= 0) {
        const int32_t up = parent[p];
        if (parent[up] >= 0)
            parent[p] = parent[up];
        p = up;
    }
    return p;
}

#define OPENING(T, NAME)                                                                                            \
    static int NAME(const sk_padded *v, int64_t n, const int64_t *offset, int64_t count, const int32_t *order,      \
                    int32_t area, T *keys, int32_t *parent)                                                         \
    {                                                                                                               \
        for (int64_t i = count - 1; i >= 0; i--) {                                                                  \
            const int32_t p = order[i];                                                                             \
            const T value = keys[p];                                                                                \
            int32_t size = 1; /* no more than `area`, once it is that */                                            \
            parent[p] = -1;                                                                                         \
            for (int64_t k = 0; k < n; k++) {                                                                       \
                if (parent[p + offset[k]] == NOT_YET)                                                               \
                    continue;                                                                                       \
                const int32_t r = root(parent, (int32_t)(p + offset[k]));                                           \
                if (r == p)                                                                                         \
                    continue;                                                                                       \
                const int32_t other = -parent[r];                                                                   \
                if (other < area || keys[r] == value) {                                                             \
                    size = size < area - other ? size + other : area;                                               \
                    parent[r] = p;                                                                                  \
                } else {                                                                                            \
                    size = area;                                                                                    \
                }                                                                                                   \
            }                                                                                                       \
            parent[p] = -size;                                                                                      \
            if (i % POLL == 0 && v->poll && v->poll(v->udata))                                                      \
                return SK_INTERRUPT;                                                                                \
        }                                                                                                           \
        for (int64_t i = 0; i < count; i++)                                                                         \
            if (parent[order[i]] >= 0)                                                                              \
                keys[order[i]] = keys[parent[order[i]]];                                                            \
        return SK_OK;                                                                                               \
    }

OPENING(uint8_t, opening_8)
OPENING(uint16_t, opening_16)
OPENING(uint32_t, opening_32)
OPENING(uint64_t, opening_64)

int sk_area_opening(const sk_padded *v, int64_t n, const int64_t *offset, int64_t count, const int32_t *order,
                    int64_t area, void *keys, int32_t *parent)
{
    const int32_t least = (int32_t)(area < INT32_MAX ? area : INT32_MAX);
    for (int64_t p = 0; p < v->size; p++)
        parent[p] = NOT_YET;
    switch (v->width) {
    case 1:
        return opening_8(v, n, offset, count, order, least, keys, parent);
    case 2:
        return opening_16(v, n, offset, count, order, least, keys, parent);
    case 4:
        return opening_32(v, n, offset, count, order, least, keys, parent);
    case 8:
        return opening_64(v, n, offset, count, order, least, keys, parent);
    default:
        return SK_ARGUMENT;
    }
}
