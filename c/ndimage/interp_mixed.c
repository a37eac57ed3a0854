#define STORED float
#define REAL double
#define KERNEL sk_interp_mixed
#define STORED_TYPE SK_F32
#include "interp_body.h"
