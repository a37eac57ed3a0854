/* What the kernel bodies (*.inc.h) need to know of float; see sk_real64.h. */
#undef REAL
#undef INT
#undef F
#undef C
#undef REAL_IS_FLOAT
#define REAL float
#define INT uint32_t
#define F(name) name##_f32
#define C(x64, x32) (x32)
#define REAL_IS_FLOAT 1
