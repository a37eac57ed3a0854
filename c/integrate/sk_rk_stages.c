/* The arithmetic of every Runge-Kutta step, of a few equations without a call or a wait that can be spared. */
#include "sk_integrate.h"

#define INLINE static inline __attribute__((always_inline))

enum { LANES = SK_ODE_LANES };

/* Vectors that need no alignment: columns of stages are only as aligned as the caller's workspace. */
typedef double two __attribute__((vector_size(16), aligned(8)));
typedef double four __attribute__((vector_size(32), aligned(8)));
typedef double eight __attribute__((vector_size(8 * LANES), aligned(8)));

/* out = y + h * (combination of stages) of the first components, as many as a vector holds. All stages but the newest,
 * the last term, come first: they are ready while that one is being computed. It is read value by
 * value, as it was written a moment ago: a vector would have to wait until it is in the cache. Rows from n on are 0. */
#define COMBINE_FEW(vector)                                                                                             \
    do {                                                                                                                \
        vector older = {0};                                                                                              \
        for (int32_t j = 0; j + 1 < terms; j++)                                                                         \
            older += weight[j] * *(const vector *)(k + (column[j] - 1) * (int64_t)LANES);                                \
        older *= h;                                                                                                      \
        if (y) older += *(const vector *)y;                                                                              \
        *(vector *)out = older;                                                                                          \
        const double *newest = k + (column[terms - 1] - 1) * (int64_t)LANES;                                            \
        double scale = h * weight[terms - 1];                                                                           \
        for (int64_t i = 0; i < n; i++) out[i] += scale * newest[i];                                                    \
    } while (0)

INLINE void combine(int64_t n, int64_t ld, int32_t terms, const int32_t *column, const double *weight, const double *k,
                    const double *y, double h, double *out)
{
    if (n <= 2) {
        COMBINE_FEW(two);
    } else if (n <= 4) {
        COMBINE_FEW(four);
    } else if (n < LANES) {
        COMBINE_FEW(eight);
    } else {
        for (int64_t i = 0; i < ld; i += LANES) {
            eight sum = weight[0] * *(const eight *)(k + (column[0] - 1) * ld + i);
            for (int32_t j = 1; j < terms; j++) sum += weight[j] * *(const eight *)(k + (column[j] - 1) * ld + i);
            sum *= h;
            if (y) sum += *(const eight *)(y + i);
            *(eight *)(out + i) = sum;
        }
    }
}

void SK_NAME(sk_rk_combine)(int64_t n, int64_t ld, int32_t terms, const int32_t *column, const double *weight,
                            const double *k, const double *y, double h, double *out)
{
    combine(n, ld, terms, column, weight, k, y, h, out);
}

int SK_NAME(sk_rk_stages)(sk_ode *s, int32_t n_stages, const int32_t *first, const int32_t *column, const double *weight,
                          const double *c, const double *y, double h, double t_new, double *k, double *y_new)
{
    int64_t n = s->n, ld = s->ld;
    for (int32_t i = 1; i <= n_stages; i++) {
        int32_t row = first[i - 1] - 1, terms = first[i] - first[i - 1];
        combine(n, ld, terms, column + row, weight + row, k, y, h, y_new);
        double t = i < n_stages ? s->t + c[i] * h : t_new;
        t = t > s->t_most ? s->t_most : t;
        t = t < s->t_least ? s->t_least : t;
        s->nfev++;
        if (s->rhs(t, y_new, k + i * ld, s->data) != 0) return SK_CALLBACK;
    }
    return SK_OK;
}

/* Points in the lanes of vectors where there are few components, else components. */
void SK_NAME(sk_nested_values)(int64_t n, int64_t terms, const double *dense, int64_t count, const double *x,
                               int64_t stride, double *out)
{
    int64_t whole = n < LANES ? 0 : n / LANES * LANES;
    for (int64_t p = 0; p < count; p++) {
        double factor[2] = {1 - x[p], x[p]};
        for (int64_t i = 0; i < whole; i += LANES) {
            eight value = {0};
            for (int64_t j = terms; j >= 1; j--) value = (value + *(const eight *)(dense + j * n + i)) * factor[j & 1];
            *(eight *)(out + p * stride + i) = *(const eight *)(dense + i) + value;
        }
    }
    for (int64_t p = 0; p < count && whole < n; p += LANES) {
        int64_t points = count - p < LANES ? count - p : LANES;
        eight factor[2] = {{0}, {0}};
        for (int64_t l = 0; l < points; l++) factor[1][l] = x[p + l];
        factor[0] = 1 - factor[1];
        for (int64_t i = whole; i < n; i++) {
            eight value = {0};
            for (int64_t j = terms; j >= 1; j--) value = (value + dense[j * n + i]) * factor[j & 1];
            value += dense[i];
            for (int64_t l = 0; l < points; l++) out[(p + l) * stride + i] = value[l];
        }
    }
}
