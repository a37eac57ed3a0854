#define STORED float
#define REAL double
#define KERNEL sk_separable_mixed
#define STORED_TYPE SK_F32
#include "separable_body.h"
