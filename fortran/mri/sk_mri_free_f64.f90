! The 64-bit build of sk_mri_free.inc.
#include "sk_mri_free.inc"
