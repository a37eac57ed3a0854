! The 64-bit build of sk_mri_run.inc.
#include "sk_mri_run.inc"
