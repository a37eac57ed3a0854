! The 32-bit build of sk_mri_rf.inc.
#define SK_F32 1
#include "sk_mri_rf.inc"
