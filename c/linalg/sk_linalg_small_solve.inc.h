/* The body of sk_linalg_small_solve.c for one type: REAL, its MASK integer, TINY, EPSILON, LETTER, IS_COMPLEX.
 * Gauss-Jordan elimination with partial pivoting of [A | B] turns B into A**-1 B. */
#include "sk_linalg_lanes.inc.h"
#define NUM NAME(num)
#define PARTS (1 + IS_COMPLEX)

typedef struct NUM { VEC part[PARTS]; } NUM; /* real, or real and imaginary parts */

/* The size by which pivots are compared: |re| + |im|, as LAPACK's. */
INLINE VEC NAME(size)(const NUM *a)
{
    VEC s = NAME(magnitude)(a->part[0]);
#if IS_COMPLEX
    s += NAME(magnitude)(a->part[1]);
#endif
    return s;
}

INLINE void NAME(exchange)(IVEC mask, NUM *a, NUM *b)
{
    for (int k = 0; k < PARTS; k++) {
        VEC x = a->part[k], y = b->part[k];
        a->part[k] = NAME(select)(mask, y, x);
        b->part[k] = NAME(select)(mask, x, y);
    }
}

INLINE NUM NAME(times)(NUM a, NUM b)
{
    NUM c;
#if IS_COMPLEX
    c.part[0] = a.part[0] * b.part[0] - a.part[1] * b.part[1];
    c.part[1] = a.part[0] * b.part[1] + a.part[1] * b.part[0];
#else
    c.part[0] = a.part[0] * b.part[0];
#endif
    return c;
}

INLINE NUM NAME(minus)(NUM a, NUM b)
{
    for (int k = 0; k < PARTS; k++)
        a.part[k] -= b.part[k];
    return a;
}

INLINE NUM NAME(reciprocal)(NUM a)
{
    NUM c;
#if IS_COMPLEX
    /* R. L. Smith, Commun. ACM 5 (1962) 435, doi:10.1145/368637.368661: no square overflows */
    IVEC swap = NAME(magnitude)(a.part[0]) < NAME(magnitude)(a.part[1]);
    VEC large = NAME(select)(swap, a.part[1], a.part[0]), small = NAME(select)(swap, a.part[0], a.part[1]);
    VEC ratio = small / large, scale = 1 / (large + small * ratio);
    c.part[0] = NAME(select)(swap, ratio, ratio * 0 + 1) * scale;
    c.part[1] = -NAME(select)(swap, ratio * 0 + 1, ratio) * scale;
#else
    c.part[0] = 1 / a.part[0];
#endif
    return c;
}

/* For the sizes that matter most, called with constants, whole loops are unrolled and the matrices live in registers;
 * the other sizes share one body with loops. */
#define BLOCK(f) SK_JOIN(NAME(f), fixed)
#define UNROLL _Pragma("GCC unroll 8")
#include "sk_linalg_small_block.inc.h"
#undef BLOCK
#undef UNROLL
#define BLOCK(f) SK_JOIN(NAME(f), any)
#define UNROLL
#include "sk_linalg_small_block.inc.h"

/* LANES systems. */
static void NAME(full)(int n, int m, const REAL *a, const REAL *b, REAL *x, int8_t *doubt)
{
    if (!b && n == 2)
        SK_JOIN(NAME(block), fixed)(2, 2, a, 0, x, doubt);
    else if (!b && n == 3)
        SK_JOIN(NAME(block), fixed)(3, 3, a, 0, x, doubt);
    else if (!IS_COMPLEX && !b && n == 4)
        SK_JOIN(NAME(block), fixed)(4, 4, a, 0, x, doubt);
    else if (b && n == 3 && m == 1)
        SK_JOIN(NAME(block), fixed)(3, 1, a, b, x, doubt);
    else
        SK_JOIN(NAME(block), any)(n, m, a, b, x, doubt);
}

/* Fewer than LANES systems: copied, the last one repeated, so that the code above is there once only. */
static void NAME(rest)(int live, int n, int m, const REAL *a, const REAL *b, REAL *x, int8_t *doubt)
{
    REAL a_full[LANES * N_MAX * N_MAX * PARTS], b_full[LANES * N_MAX * N_MAX * PARTS];
    REAL x_full[LANES * N_MAX * N_MAX * PARTS];
    int8_t doubt_full[LANES];
    size_t a_size = (size_t)n * n * PARTS, x_size = (size_t)n * m * PARTS;
    for (int l = 0; l < LANES; l++) {
        int system = l < live ? l : live - 1;
        memcpy(a_full + l * a_size, a + system * a_size, a_size * sizeof(REAL));
        if (b)
            memcpy(b_full + l * x_size, b + system * x_size, x_size * sizeof(REAL));
    }
    NAME(full)(n, m, a_full, b ? b_full : 0, x_full, doubt_full);
    memcpy(x, x_full, live * x_size * sizeof(REAL));
    memcpy(doubt, doubt_full, live);
}

void SK_NAME(NAME(sk_linalg_small_solve))(int64_t count, int64_t n, int64_t m, const void *a, const void *b, void *x,
                                          int8_t *doubt)
{
    for (int64_t first = 0; first < count; first += LANES) {
        const REAL *ak = (const REAL *)a + first * n * n * PARTS;
        const REAL *bk = b ? (const REAL *)b + first * n * m * PARTS : 0;
        REAL *xk = (REAL *)x + first * n * m * PARTS;
        if (count - first < LANES)
            NAME(rest)((int)(count - first), (int)n, (int)m, ak, bk, xk, doubt + first);
        else
            NAME(full)((int)n, (int)m, ak, bk, xk, doubt + first);
    }
}

#undef BLOCK
#undef UNROLL
#undef NAME
#undef LANES
#undef VEC
#undef IVEC
#undef NUM
#undef PARTS
