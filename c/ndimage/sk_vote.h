/* Labels on another grid, by vote. */
#ifndef SK_VOTE_H
#define SK_VOTE_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

typedef struct {
    const void *src; /* C-contiguous; elements of `size` bytes */
    void *dst;       /* C-contiguous, of shape m */
    int64_t size, ndim;
    const int64_t *m, *taps, *stride; /* an axis each; strides of src in elements */
    const int64_t *first;             /* where an axis begins in: */
    const int64_t *index;             /* m x taps: the voxels along the axis that vote */
    const double *weight;             /* and their weights, not negative */
} sk_vote;

/* Rows r0..r1 of the output. The weight of a voxel is the product of its axes'; of the values that vote the one with
 * the largest sum of weights wins, of equal ones the one that comes first in src. */
int sk_vote_run(const sk_vote *v, int64_t r0, int64_t r1);

#endif
