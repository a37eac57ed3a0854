#define STORED float
#define REAL float
#define KERNEL sk_interp_f32
#define STORED_TYPE SK_F32
#include "interp_body.h"
