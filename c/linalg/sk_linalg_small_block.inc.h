/* One block of systems, a system a vector lane; included with two settings of UNROLL and BLOCK, see
 * sk_linalg_small_solve.c. */

/* u (n x n) is destroyed, w (n x m) becomes u**-1 w. ok[l] != 0 where every pivot of lane l is finite and far from 0. */
INLINE IVEC BLOCK(eliminate)(int n, int m, NUM (*u)[N_MAX], NUM (*w)[N_MAX])
{
    VEC small = NAME(size)(&u[0][0]) * 0 + (REAL)1 / TINY, large = small * 0, finite = large;
    UNROLL
    for (int p = 0; p < n; p++) {
        UNROLL
        for (int i = p + 1; i < n; i++) {
            IVEC swap = NAME(size)(&u[i][p]) > NAME(size)(&u[p][p]);
            UNROLL
            for (int j = p; j < n; j++)
                NAME(exchange)(swap, &u[i][j], &u[p][j]);
            UNROLL
            for (int j = 0; j < m; j++)
                NAME(exchange)(swap, &w[i][j], &w[p][j]);
        }
        VEC size = NAME(size)(&u[p][p]);
        small = NAME(select)(size < small, size, small);
        large = NAME(select)(size > large, size, large);
        finite += size - size; /* 0, or NaN for an infinity or a NaN */
        NUM f = NAME(reciprocal)(u[p][p]);
        UNROLL
        for (int j = p + 1; j < n; j++)
            u[p][j] = NAME(times)(u[p][j], f);
        UNROLL
        for (int j = 0; j < m; j++)
            w[p][j] = NAME(times)(w[p][j], f);
        UNROLL
        for (int i = 0; i < n; i++) {
            if (i == p)
                continue;
            f = u[i][p];
            UNROLL
            for (int j = p + 1; j < n; j++)
                u[i][j] = NAME(minus)(u[i][j], NAME(times)(f, u[p][j]));
            UNROLL
            for (int j = 0; j < m; j++)
                w[i][j] = NAME(minus)(w[i][j], NAME(times)(f, w[p][j]));
        }
    }
    return (finite == 0) & (small > 1000 * EPSILON * large) & (small > TINY);
}

/* Between arrays of matrices and lanes; a block of fewer than LANES matrices repeats its last one. */
INLINE void BLOCK(load)(int live, int rows, int columns, const REAL *a, NUM (*u)[N_MAX])
{
    UNROLL
    for (int i = 0; i < rows; i++)
        UNROLL
        for (int j = 0; j < columns; j++)
            UNROLL
            for (int k = 0; k < PARTS; k++) {
                REAL values[LANES];
                for (int l = 0; l < LANES; l++) {
                    int matrix = l < live ? l : live - 1;
                    values[l] = a[((int64_t)matrix * rows * columns + i * columns + j) * PARTS + k];
                }
                memcpy(&u[i][j].part[k], values, sizeof values);
            }
}

INLINE void BLOCK(store)(int live, int rows, int columns, NUM (*w)[N_MAX], REAL *x)
{
    for (int l = 0; l < live; l++)
        UNROLL
        for (int i = 0; i < rows; i++)
            UNROLL
            for (int j = 0; j < columns; j++)
                UNROLL
                for (int k = 0; k < PARTS; k++)
                    x[((int64_t)l * rows * columns + i * columns + j) * PARTS + k] = w[i][j].part[k][l];
}

INLINE void BLOCK(block)(int live, int n, int m, const REAL *a, const REAL *b, REAL *x, int8_t *doubt)
{
    NUM u[N_MAX][N_MAX], w[N_MAX][N_MAX];
    if (live == LANES)
        BLOCK(load)(LANES, n, n, a, u);
    else
        BLOCK(load)(live, n, n, a, u);
    if (b) {
        BLOCK(load)(live, n, m, b, w);
    } else {
        UNROLL
        for (int i = 0; i < n; i++)
            UNROLL
            for (int j = 0; j < m; j++)
                UNROLL
                for (int k = 0; k < PARTS; k++)
                    w[i][j].part[k] = (VEC){0} + (REAL)(i == j && k == 0);
    }
    IVEC ok = BLOCK(eliminate)(n, m, u, w);
    if (live == LANES)
        BLOCK(store)(LANES, n, m, w, x);
    else
        BLOCK(store)(live, n, m, w, x);
    for (int l = 0; l < live; l++)
        doubt[l] = ok[l] == 0;
}
