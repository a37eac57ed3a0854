#include "sk_small.h"

void sk_small_pick(sk_small_kernels *kernels) {
    kernels->invert = SK_PICK(sk_small_invert);
    kernels->invert_complex = SK_PICK(sk_small_invert_complex);
    kernels->apply = SK_PICK(sk_small_apply);
    kernels->apply_complex = SK_PICK(sk_small_apply_complex);
    kernels->sum = SK_PICK(sk_small_sum);
    kernels->stage = SK_PICK(sk_small_stage);
}
