/* A queue of voxels, the nearest first; for files that look for paths. */
#ifndef SK_NEAREST_FIRST_H
#define SK_NEAREST_FIRST_H

#include <stdint.h>

typedef struct {
    double distance;
    int32_t at;
} turn;

static inline int earlier(const turn *a, const turn *b)
{
    return a->distance < b->distance;
}

#include "sk_heap.h"

#endif
