#define STORED float
#define REAL float
#define KERNEL sk_separable_f32
#define STORED_TYPE SK_F32
#include "separable_body.h"
