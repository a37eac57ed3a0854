/* Functional groups of a multi-frame image (PS3.3 section C.7.6.16): a few elements of every frame. */
#ifndef SK_DICOM_GROUPS_H
#define SK_DICOM_GROUPS_H

#include "sk_dicom.h"

#define SK_DICOM_STEPS 3

/* An element inside sequences: all tags but the last are sequences, of which the first item counts. */
typedef struct {
    int steps;
    uint32_t tags[SK_DICOM_STEPS];
} sk_dicom_path;

/* For the items of the sequence's value data[*pos, end), from *pos on: the element that each path leads to, of tag 0 where
 * there is none. values has npaths places an item, for `capacity` items; `count` of them are filled. Paths with the same
 * first tags are best neighbours. SK_MORE: call again from *pos. SK_FORMAT: damaged, at *pos, *fault says how.
 * depth: of the sequence. */
int sk_dicom_groups(const uint8_t *data, uint64_t *pos, uint64_t end, unsigned options, int depth,
                    const sk_dicom_path *paths, int npaths, sk_dicom_entry *values, int64_t capacity, int64_t *count,
                    int *fault);

#endif
