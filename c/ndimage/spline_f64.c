#define STORED double
#define KERNEL sk_spline_f64
#include "spline_body.h"
