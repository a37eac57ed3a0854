#include "sk_chain.h"

void sk_chain(int64_t steps, int64_t n, const double *restrict u, double *restrict y) {
    for (int64_t k = 0; k < steps; k++, y += n)
        for (int64_t i = 0; i < n; i++, u += n) {
            double total = 0.0;
            for (int64_t j = 0; j < n; j++) total += u[j] * y[j];
            y[n + i] = total;
        }
}

void sk_chain_complex(int64_t steps, int64_t n, const double *restrict u, double *restrict y) {
    for (int64_t k = 0; k < steps; k++, y += 2 * n)
        for (int64_t i = 0; i < n; i++, u += 2 * n) {
            double re = 0.0, im = 0.0;
            for (int64_t j = 0; j < 2 * n; j += 2) {
                re += u[j] * y[j] - u[j + 1] * y[j + 1];
                im += u[j] * y[j + 1] + u[j + 1] * y[j];
            }
            y[2 * (n + i)] = re;
            y[2 * (n + i) + 1] = im;
        }
}
