! The 64-bit build of sk_mri_math.inc.
#include "sk_mri_math.inc"
