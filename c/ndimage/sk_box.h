/* Extremes of a box along the last three axes in one visit of the image: a strip of rows goes through the planes, and
 * what is between two axes stays in the caches. Small boxes only: sizes up to SK_BOX_MOST. */
#ifndef SK_BOX_H
#define SK_BOX_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

#define SK_BOX_MOST 16

typedef struct {
    const void *src; /* C-contiguous, as dst; they share no memory */
    void *dst;
    int type, maximum; /* enum sk_lines_type */
    int64_t outer, shape[3];
    int64_t size[3], origin[3];
    int mode[3];       /* enum sk_lines_mode */
    int64_t cval;      /* bits of the value outside */
    int64_t rows;      /* of a strip: a unit of work; a unit is a strip of one of `outer` */
    int (*poll)(void *udata);
    void *udata;
} sk_box;

/* hot: units u0..u1 */
SK_DECLARE(int, sk_box_run, (const sk_box *b, int64_t u0, int64_t u1));

#endif
