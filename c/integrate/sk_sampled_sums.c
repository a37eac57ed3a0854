/* One pass over the samples. Sums run in lanes within a block, and from block to block with Neumaier's correction:
 * the error is that of a block, whatever the length. */
#include "sk_sampled.h"

#include <math.h>

enum { LANES = 16, BLOCK = 1024, COLUMNS = 512 };

typedef struct { double sum, lost; } total;

static void add(total *t, double value)
{
    const double sum = t->sum + value;
    if (fabs(t->sum) >= fabs(value))
        t->lost += (t->sum - sum) + value;
    else
        t->lost += (value - sum) + t->sum;
    t->sum = sum;
}

/* What was lost is no number where the sum is infinite. */
static double value_of(total t)
{
    return isfinite(t.sum) ? t.sum + t.lost : t.sum;
}

static double sum_lanes(double *lane)
{
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int k = 0; k < width; k++)
            lane[k] += lane[k + width];
    return lane[0];
}

static double sum_block(const double *v, int64_t n)
{
    double lane[LANES] = {0.0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int k = 0; k < LANES; k++)
            lane[k] += v[i + k];
    for (int k = 0; i < n; i++, k++)
        lane[k] += v[i];
    return sum_lanes(lane);
}

/* Sums of the samples of even and of odd index. */
static void sum_alternate(const double *y, int64_t n, double *even, double *odd)
{
    total t[2] = {{0.0, 0.0}, {0.0, 0.0}};
    for (int64_t start = 0; start < n; start += BLOCK) {
        const int64_t stop = start + BLOCK < n ? start + BLOCK : n;
        double lane[LANES] = {0.0}, e = 0.0, o = 0.0;
        int64_t i = start;
        for (; i + LANES <= stop; i += LANES)
            for (int k = 0; k < LANES; k++)
                lane[k] += y[i + k];
        for (int k = 0; i < stop; i++, k++)
            lane[k] += y[i];
        for (int k = 0; k < LANES; k += 2) {
            e += lane[k];
            o += lane[k + 1];
        }
        add(&t[0], e);
        add(&t[1], o);
    }
    *even = value_of(t[0]);
    *odd = value_of(t[1]);
}

static double trapezoid_even(int64_t n, const double *y, double dx)
{
    double even, odd;
    if (n == 2)
        return dx * 0.5 * (y[0] + y[1]);
    sum_alternate(y + 1, n - 2, &even, &odd);
    return dx * (0.5 * (y[0] + y[n - 1]) + (even + odd));
}

static double trapezoid_placed(int64_t n, const double *y, const double *x)
{
    total t = {0.0, 0.0};
    for (int64_t start = 0; start < n - 1; start += BLOCK) {
        const int64_t stop = start + BLOCK < n - 1 ? start + BLOCK : n - 1;
        double lane[LANES] = {0.0};
        int64_t i = start;
        for (; i + LANES <= stop; i += LANES)
            for (int k = 0; k < LANES; k++)
                lane[k] += (x[i + k + 1] - x[i + k]) * (y[i + k] + y[i + k + 1]);
        for (int k = 0; i < stop; i++, k++)
            lane[k] += (x[i + 1] - x[i]) * (y[i] + y[i + 1]);
        add(&t, sum_lanes(lane));
    }
    return 0.5 * value_of(t);
}

void SK_NAME(sk_trapezoid_rows)(int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride, double dx,
                                double *out)
{
    for (int64_t r = 0; r < rows; r++) {
        const double *row = y + r * n;
        out[r] = n < 2 ? 0.0 : x ? trapezoid_placed(n, row, x + r * x_stride) : trapezoid_even(n, row, dx);
    }
}

/* n odd, at least 3 */
static double simpson_even(int64_t n, const double *y, double dx)
{
    double even, odd;
    sum_alternate(y + 1, n - 2, &even, &odd);  /* from the second sample on: `even` are the ones that count 4 */
    return dx * ((y[0] + y[n - 1]) + (4 * even + 2 * odd)) / 3;
}

static double simpson_placed(int64_t n, const double *y, const double *x)
{
    total t = {0.0, 0.0};
    double term[BLOCK / 2];
    for (int64_t start = 0; start + 2 < n; start += BLOCK) {
        const int64_t left = (n - 1 - start) / 2, pairs = left < BLOCK / 2 ? left : BLOCK / 2;
        for (int64_t j = 0; j < pairs; j++) {
            const int64_t i = start + 2 * j;
            double w[3];
            sk_simpson_pair(x[i + 1] - x[i], x[i + 2] - x[i + 1], w);
            term[j] = w[0] * y[i] + w[1] * y[i + 1] + w[2] * y[i + 2];
        }
        add(&t, sum_block(term, pairs));
    }
    return value_of(t) / 6;
}

static double simpson_row(int64_t n, const double *y, const double *x, double dx)
{
    double sum, w[3];
    if (n < 2)
        return 0.0;
    if (n == 2)
        return 0.5 * (x ? x[1] - x[0] : dx) * (y[0] + y[1]);
    const int64_t odd = n - (n % 2 == 0);
    sum = x ? simpson_placed(odd, y, x) : simpson_even(odd, y, dx);
    if (odd == n)
        return sum;
    sk_simpson_last(x ? x[n - 2] - x[n - 3] : dx, x ? x[n - 1] - x[n - 2] : dx, w);
    return sum + (w[0] * y[n - 3] + w[1] * y[n - 2] + w[2] * y[n - 1]);
}

void SK_NAME(sk_simpson_rows)(int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride, double dx,
                              double *out)
{
    for (int64_t r = 0; r < rows; r++)
        out[r] = simpson_row(n, y + r * n, x ? x + r * x_stride : x, dx);
}

void SK_NAME(sk_weighted_sum)(int64_t outer, int64_t n, int64_t inner, const double *y, const double *weight,
                              double *out)
{
    for (int64_t o = 0; o < outer; o++) {
        for (int64_t first = 0; first < inner; first += COLUMNS) {
            const int64_t width = inner - first < COLUMNS ? inner - first : COLUMNS;
            double sum[COLUMNS] = {0.0};
            for (int64_t i = 0; i < n; i++) {
                const double *row = y + (o * n + i) * inner + first;
                const double w = weight[i];
                for (int64_t k = 0; k < width; k++)
                    sum[k] += w * row[k];
            }
            for (int64_t k = 0; k < width; k++)
                out[o * inner + first + k] = sum[k];
        }
    }
}
