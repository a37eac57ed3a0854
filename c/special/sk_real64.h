/* What the kernel bodies (*.inc.h) need to know of double; sk_real32.h is its twin. No include guard: a
 * kernel file includes one, its bodies, then the other and its bodies again. */
#undef REAL
#undef INT
#undef F
#undef C
#undef REAL_IS_FLOAT
#define REAL double
#define INT uint64_t
#define F(name) name##_f64            /* a function or coefficient set of this precision */
#define C(x64, x32) (x64)             /* a constant of either precision */
#define REAL_IS_FLOAT 0
