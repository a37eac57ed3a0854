! The 32-bit build of sk_mri_math.inc.
#define SK_F32 1
#include "sk_mri_math.inc"
