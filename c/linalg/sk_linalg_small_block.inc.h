/* One block of systems, a system a vector lane; included with two settings of UNROLL and BLOCK, see
 * sk_linalg_small_solve.c. */

/* u (n x n) is destroyed, w (n x m) becomes u**-1 w. ok[l] != 0 where every pivot of lane l is finite and far from 0. */
INLINE IVEC BLOCK(eliminate)(int n, int m, NUM (*u)[N_MAX], NUM (*w)[N_MAX])
{
    VEC small = (VEC){0} + (REAL)1 / TINY, large = {0}, finite = {0};
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

/* Between arrays of LANES matrices and lanes. */
INLINE void BLOCK(load)(int rows, int columns, const REAL *a, NUM (*u)[N_MAX])
{
    UNROLL
    for (int i = 0; i < rows; i++)
        UNROLL
        for (int j = 0; j < columns; j++)
            UNROLL
            for (int k = 0; k < PARTS; k++) {
                REAL values[LANES];
                for (int l = 0; l < LANES; l++)
                    values[l] = a[((int64_t)l * rows * columns + i * columns + j) * PARTS + k];
                memcpy(&u[i][j].part[k], values, sizeof values);
            }
}

INLINE void BLOCK(store)(int rows, int columns, NUM (*w)[N_MAX], REAL *x)
{
    for (int l = 0; l < LANES; l++)
        UNROLL
        for (int i = 0; i < rows; i++)
            UNROLL
            for (int j = 0; j < columns; j++)
                UNROLL
                for (int k = 0; k < PARTS; k++)
                    x[((int64_t)l * rows * columns + i * columns + j) * PARTS + k] = w[i][j].part[k][l];
}

INLINE void BLOCK(block)(int n, int m, const REAL *a, const REAL *b, REAL *x, int8_t *doubt)
{
    NUM u[N_MAX][N_MAX], w[N_MAX][N_MAX];
    BLOCK(load)(n, n, a, u);
    if (b) {
        BLOCK(load)(n, m, b, w);
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
    BLOCK(store)(n, m, w, x);
    for (int l = 0; l < LANES; l++)
        doubt[l] = ok[l] == 0;
}
