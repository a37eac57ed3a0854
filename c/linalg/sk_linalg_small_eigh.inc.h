/* The body of sk_linalg_small_eigh.c for one type: REAL, its MASK integer, TINY, EPSILON, SQRT, LETTER. */
#include "sk_linalg_lanes.inc.h"

/* Symmetric matrices, one a lane: diagonal, the other elements (row < column), eigenvectors in columns. */
typedef struct {
    VEC d[N_MAX], h[N_MAX][N_MAX], z[N_MAX][N_MAX];
} NAME(matrices);

INLINE VEC NAME(root)(VEC a)
{
    for (int l = 0; l < LANES; l++)
        a[l] = SQRT(a[l]);
    return a;
}

/* (a, b) times the rotation [[c, s], [-s, c]]. */
INLINE void NAME(turn)(VEC *a, VEC *b, VEC c, VEC s)
{
    VEC x = *a, y = *b;
    *a = c * x - s * y;
    *b = s * x + c * y;
}

/* The rotation that makes element (p, q) zero. */
INLINE void NAME(rotate)(NAME(matrices) * m, int n, int vectors, int p, int q)
{
    const VEC one = (VEC){0} + 1;
    VEC g = m->h[p][q];
    IVEC needed = NAME(magnitude)(g) > TINY;
    VEC ratio = (m->d[q] - m->d[p]) / (2 * NAME(select)(needed, g, one));
    VEC t = 1 / (NAME(magnitude)(ratio) + NAME(root)(1 + ratio * ratio));
    t = NAME(select)(ratio < 0, -t, t);
    t = NAME(select)(needed, t, (VEC){0});
    VEC c = 1 / NAME(root)(1 + t * t), s = t * c;
    m->d[p] -= t * g;
    m->d[q] += t * g;
    m->h[p][q] = (VEC){0};
    _Pragma("GCC unroll 4")
    for (int r = 0; r < n; r++) {
        if (r != p && r != q)
            NAME(turn)(r < p ? &m->h[r][p] : &m->h[p][r], r < q ? &m->h[r][q] : &m->h[q][r], c, s);
        if (vectors)
            NAME(turn)(&m->z[r][p], &m->z[r][q], c, s);
    }
}

/* Lanes whose elements beside the diagonal have vanished. */
INLINE IVEC NAME(done)(const NAME(matrices) * m, int n)
{
    VEC off = {0}, total = {0};
    _Pragma("GCC unroll 4")
    for (int q = 0; q < n; q++) {
        total += NAME(magnitude)(m->d[q]);
        _Pragma("GCC unroll 4")
        for (int p = 0; p < q; p++)
            off += NAME(magnitude)(m->h[p][q]);
    }
    return off <= TINY + (REAL)0.01 * EPSILON * total; /* false for a NaN */
}

INLINE int NAME(all)(IVEC mask)
{
    IVEC sum = mask + 1; /* 0 where it is true */
    MASK some = 0;
    for (int l = 0; l < LANES; l++)
        some |= sum[l];
    return some == 0;
}

/* Eigenvalues in ascending order, by exchanges of neighbours. */
INLINE void NAME(sort)(NAME(matrices) * m, int n, int vectors)
{
    _Pragma("GCC unroll 4")
    for (int i = n - 1; i > 0; i--)
        _Pragma("GCC unroll 4")
        for (int p = 0; p < i; p++) {
            VEC a = m->d[p], b = m->d[p + 1];
            IVEC swap = a > b;
            m->d[p] = NAME(select)(swap, b, a);
            m->d[p + 1] = NAME(select)(swap, a, b);
            _Pragma("GCC unroll 4")
            for (int r = 0; vectors && r < n; r++) {
                VEC x = m->z[r][p], y = m->z[r][p + 1];
                m->z[r][p] = NAME(select)(swap, y, x);
                m->z[r][p + 1] = NAME(select)(swap, x, y);
            }
        }
}

/* LANES matrices. With constants for n, lower and vectors the loops are unrolled and the matrices live in registers. */
INLINE void NAME(block)(int n, int lower, int vectors, const REAL *a, REAL *w, REAL *v, int8_t *doubt)
{
    NAME(matrices) m;
    _Pragma("GCC unroll 4")
    for (int i = 0; i < n; i++)
        _Pragma("GCC unroll 4")
        for (int j = 0; j <= i; j++) {
            REAL values[LANES];
            for (int l = 0; l < LANES; l++)
                values[l] = a[(l * n + (lower ? i : j)) * n + (lower ? j : i)];
            memcpy(i == j ? &m.d[i] : &m.h[j][i], values, sizeof values);
            if (vectors) {
                m.z[i][j] = (VEC){0} + (REAL)(i == j);
                m.z[j][i] = m.z[i][j];
            }
        }
    IVEC done = NAME(done)(&m, n);
    for (int sweep = 0; sweep < MAX_SWEEPS && !NAME(all)(done); sweep++) {
        _Pragma("GCC unroll 4")
        for (int q = 1; q < n; q++)
            _Pragma("GCC unroll 4")
            for (int p = 0; p < q; p++)
                NAME(rotate)(&m, n, vectors, p, q);
        done = NAME(done)(&m, n);
    }
    NAME(sort)(&m, n, vectors);
    for (int l = 0; l < LANES; l++) {
        doubt[l] = done[l] == 0;
        _Pragma("GCC unroll 4")
        for (int i = 0; i < n; i++) {
            w[l * n + i] = m.d[i][l];
            _Pragma("GCC unroll 4")
            for (int j = 0; vectors && j < n; j++)
                v[(l * n + i) * n + j] = m.z[i][j][l];
        }
    }
}

static void NAME(full)(int n, int lower, const REAL *a, REAL *w, REAL *v, int8_t *doubt)
{
#define SIZE(n)                                                     \
    case n:                                                         \
        if (v && lower)                                             \
            NAME(block)(n, 1, 1, a, w, v, doubt);                   \
        else if (v)                                                 \
            NAME(block)(n, 0, 1, a, w, v, doubt);                   \
        else if (lower)                                             \
            NAME(block)(n, 1, 0, a, w, v, doubt);                   \
        else                                                        \
            NAME(block)(n, 0, 0, a, w, v, doubt);                   \
        break;
    switch (n) {
        SIZE(1)
        SIZE(2)
        SIZE(3)
        SIZE(4)
    }
#undef SIZE
}

void SK_NAME(NAME(sk_linalg_small_eigh))(int64_t count, int64_t n, int32_t lower, const void *a, void *eigenvalues, void *v,
                                         int8_t *doubt)
{
    const size_t size = (size_t)(n * n);
    for (int64_t first = 0; first < count; first += LANES) {
        const REAL *ak = (const REAL *)a + first * n * n;
        REAL *wk = (REAL *)eigenvalues + first * n, *vk = v ? (REAL *)v + first * n * n : 0;
        const int64_t live = count - first;
        if (live >= LANES) {
            NAME(full)((int)n, lower != 0, ak, wk, vk, doubt + first);
            continue;
        }
        /* fewer: copied, the last one repeated */
        REAL all[LANES * N_MAX * N_MAX], values[LANES * N_MAX], columns[LANES * N_MAX * N_MAX];
        int8_t flag[LANES];
        for (int64_t l = 0; l < LANES; l++)
            memcpy(all + (size_t)l * size, ak + (size_t)(l < live ? l : live - 1) * size, size * sizeof(REAL));
        NAME(full)((int)n, lower != 0, all, values, v ? columns : 0, flag);
        memcpy(wk, values, (size_t)(live * n) * sizeof(REAL));
        if (v)
            memcpy(vk, columns, (size_t)live * size * sizeof(REAL));
        memcpy(doubt + first, flag, (size_t)live);
    }
}

#undef NAME
#undef LANES
#undef VEC
#undef IVEC
