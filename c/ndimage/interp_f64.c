#define STORED double
#define REAL double
#define KERNEL sk_interp_f64
#define STORED_TYPE SK_F64
#include "interp_body.h"
