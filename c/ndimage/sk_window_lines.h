/* Extremes and means of a window along one axis of a C-contiguous array; units as in sk_lines.h. */
#ifndef SK_WINDOW_LINES_H
#define SK_WINDOW_LINES_H

#include "sk_lines.h"

enum sk_window_kind { SK_WINDOW_MIN, SK_WINDOW_MAX, SK_WINDOW_MEAN };

typedef struct {
    const void *src;
    void *dst;
    int src_type, dst_type; /* enum sk_lines_type */
    int work_type;          /* that is computed in: SK_F64, or src_type = dst_type for extremes */
    int64_t outer, n, inner;
    int64_t size, origin; /* out[i] is of in[i - size/2 - origin + k], 0 <= k < size */
    int kind, mode;       /* enum sk_window_kind, enum sk_lines_mode */
    int64_t cval;         /* the value outside: its bits in the type of the work, in the lowest bytes */
    int (*poll)(void *udata);
    void *udata;
} sk_window_lines;

/* hot: units u0..u1 */
SK_DECLARE(int, sk_window_lines_run, (const sk_window_lines *w, int64_t u0, int64_t u1));

#endif
