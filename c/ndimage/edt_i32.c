/* Unit spacing: squared distances are integers. */
#define V int32_t
#define MASK int32_t
#define STEP int32_t
#define FAR SK_EDT_FAR
#define NAME(f) SK_JOIN(f##_i32, SK_ISA)
#define SQUARE(d, w) ((void)(w), (int32_t)((d) * (d)))
#include "edt_body.h"
