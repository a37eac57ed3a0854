#define STORED float
#define KERNEL sk_spline_f32
#include "spline_body.h"
