/* Stacks of small linear systems, a system a vector lane: see sk_linalg.h. C rather than Fortran because the lanes are
 * explicit here: compilers' own vectorisers leave loops over the elements of such small matrices scalar. */
#include <float.h>
#include <stdint.h>
#include <string.h>

#include "sk_linalg.h"

#define LANES_BYTES SK_VECTOR_BYTES
#define N_MAX SK_LINALG_SMALL_SOLVE_MAX
#define INLINE static inline __attribute__((always_inline))

#define REAL double
#define MASK int64_t
#define TINY DBL_MIN
#define EPSILON DBL_EPSILON
#define LETTER d
#define IS_COMPLEX 0
#include "sk_linalg_small_solve.inc.h"
#undef LETTER
#undef IS_COMPLEX
#define LETTER z
#define IS_COMPLEX 1
#include "sk_linalg_small_solve.inc.h"
#undef LETTER
#undef IS_COMPLEX
#undef REAL
#undef MASK
#undef TINY
#undef EPSILON

#define REAL float
#define MASK int32_t
#define TINY FLT_MIN
#define EPSILON FLT_EPSILON
#define LETTER s
#define IS_COMPLEX 0
#include "sk_linalg_small_solve.inc.h"
#undef LETTER
#undef IS_COMPLEX
#define LETTER c
#define IS_COMPLEX 1
#include "sk_linalg_small_solve.inc.h"
