/* Any spacing. */
#define V double
#define MASK int64_t
#define STEP int64_t
#define FAR INFINITY
#define NAME(f) SK_JOIN(f##_f64, SK_ISA)
#define SQUARE(d, w) (((double)(d) * (w)) * ((double)(d) * (w)))
#include "edt_body.h"
