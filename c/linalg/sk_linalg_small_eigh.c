/* Eigenvalues and eigenvectors of stacks of small symmetric matrices by cyclic Jacobi rotations, a matrix a vector lane
 * (G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., section 8.5). C for the reason said in
 * sk_linalg_small_solve.c; complex matrices are in Fortran. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "sk_linalg.h"

#define LANES_BYTES SK_VECTOR_BYTES
#define N_MAX SK_LINALG_SMALL_EIGH_MAX
#define MAX_SWEEPS 15
#define INLINE static inline __attribute__((always_inline))

#define REAL double
#define MASK int64_t
#define TINY DBL_MIN
#define EPSILON DBL_EPSILON
#define SQRT sqrt
#define LETTER d
#include "sk_linalg_small_eigh.inc.h"
#undef REAL
#undef MASK
#undef TINY
#undef EPSILON
#undef SQRT
#undef LETTER

#define REAL float
#define MASK int32_t
#define TINY FLT_MIN
#define EPSILON FLT_EPSILON
#define SQRT sqrtf
#define LETTER s
#include "sk_linalg_small_eigh.inc.h"
