#define STORED double
#define REAL double
#define KERNEL sk_separable_f64
#define STORED_TYPE SK_F64
#include "separable_body.h"
