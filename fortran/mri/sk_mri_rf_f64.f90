! The 64-bit build of sk_mri_rf.inc.
#include "sk_mri_rf.inc"
