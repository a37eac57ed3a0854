/* Kernels on label images: growing, neighbours and components. */
#ifndef SK_REGIONS_H
#define SK_REGIONS_H

#include <stdint.h>
#include <stdlib.h>

#include "sk_isa.h"
#include "sk_status.h"

/* watershed_ift.c. The image foresting transform: each voxel takes the label of the marker that it is reached from at the
 * least cost, the greatest step |difference| on the way. All arrays have a
 * frame of one voxel, where `frame` is 1. `offset` are the distances to the neighbours, `label` holds the
 * markers and becomes the result; levels is more than the greatest difference. Of equal costs, voxels with
 * labels above 0 go on first, the last one found before the others; those with labels below 0 then, in their order. */
int sk_watershed_ift(int64_t size, const uint16_t *image, const uint8_t *frame, int64_t *label, int64_t neighbours,
                     const int64_t *offset, int64_t levels, int (*poll)(void *udata), void *udata);

/* ---- label_contacts.c, hot: where neighbours differ ---- */

/* Counts of neighbours with different codes a < b, by direction; an open-addressed hash that grows. Zeroed before the
 * first use; sk_contacts_free at the end. */
typedef struct {
    int64_t pairs, places; /* places is 0 or a power of two */
    int64_t directions;
    uint64_t *key;         /* a << 32 | b; 0: free (b is never 0) */
    int64_t *count;        /* directions for each place */
} sk_contacts;
static inline void sk_contacts_free(sk_contacts *c)
{
    free(c->key);
    free(c->count);
    c->key = NULL;
    c->count = NULL;
}

/* An array of codes >= 0 as rows of nx, and the step to a neighbour: nlead offsets and one along the row. */
typedef struct {
    const int32_t *code;
    int64_t rows, nx, nlead;
    const int64_t *lead, *step;
    int64_t direction;
    int (*poll)(void *udata);
    void *udata;
} sk_neighbours;
/* Adds the pairs of neighbours in this direction; background: those with code 0 too. */
SK_DECLARE(int, sk_contacts_add, (const sk_neighbours *n, int background, sk_contacts *c));
/* count[code * directions + direction] += neighbours of another code, one way and the other. */
SK_DECLARE(int, sk_crossings_add, (const sk_neighbours *n, int64_t directions, int64_t *count));

/* ---- label_grow.c, hot: erosion and dilation of codes in a frame ---- */

/* Rows `at[r]` .. + nx, r0 <= r < r1, from src to dst; offset: distances to the elements of the structure.
 * Erosion: a voxel keeps its code where all elements have it or are -1. Dilation: a voxel of 0 takes the code above
 * 0 that most elements have, the least of equals. work: 2 nx int32; tally: 2 for each element. */
typedef struct {
    const int32_t *src;
    int32_t *dst;
    int64_t nx, elements;
    const int64_t *at, *offset;
} sk_grow;
SK_DECLARE(void, sk_label_erode, (const sk_grow *g, int64_t r0, int64_t r1, int32_t *work));
SK_DECLARE(void, sk_label_dilate, (const sk_grow *g, int64_t r0, int64_t r1, int32_t *work, int32_t *tally));

#endif
