/* Weights of the rules for sampled functions, and running integrals. */
#include "sk_sampled.h"

#include <stddef.h>

void sk_trapezoid_weights(int64_t n, const double *x, double dx, double *weight)
{
    for (int64_t i = 0; i < n; i++)
        weight[i] = 0.0;
    for (int64_t i = 0; i + 1 < n; i++) {
        const double half = 0.5 * (x ? x[i + 1] - x[i] : dx);
        weight[i] += half;
        weight[i + 1] += half;
    }
}

void sk_simpson_weights(int64_t n, const double *x, double dx, double *weight)
{
    double w[3];
    if (n < 3) {
        sk_trapezoid_weights(n, x, dx, weight);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        weight[i] = 0.0;
    for (int64_t i = 0; i + 2 < n; i += 2) {
        sk_simpson_pair(x ? x[i + 1] - x[i] : dx, x ? x[i + 2] - x[i + 1] : dx, w);
        for (int k = 0; k < 3; k++)
            weight[i + k] += w[k] / 6;
    }
    if (n % 2 == 0) {
        sk_simpson_last(x ? x[n - 2] - x[n - 3] : dx, x ? x[n - 1] - x[n - 2] : dx, w);
        for (int k = 0; k < 3; k++)
            weight[n - 3 + k] += w[k];
    }
}

void sk_cumulative_trapezoid(int64_t outer, int64_t n, int64_t inner, const double *y, const double *x, double dx,
                             int lead, double *out)
{
    const int64_t kept = n - 1 + lead;
    for (int64_t o = 0; o < outer; o++) {
        const double *from = y + o * n * inner;
        double *to = out + o * kept * inner;
        if (lead)
            for (int64_t k = 0; k < inner; k++)
                to[k] = 0.0;
        if (inner == 1) {
            double sum = 0.0;
            for (int64_t i = 0; i + 1 < n; i++) {
                sum += (x ? x[i + 1] - x[i] : dx) * (from[i] + from[i + 1]) * 0.5;
                to[i + lead] = sum;
            }
            continue;
        }
        for (int64_t i = 0; i + 1 < n; i++) {
            const double width = x ? x[i + 1] - x[i] : dx;
            const double *row = from + i * inner;
            double *now = to + (i + lead) * inner;
            const double *before = i + lead > 0 ? now - inner : NULL;
            for (int64_t k = 0; k < inner; k++)
                now[k] = (before ? before[k] : 0.0) + width * (row[k] + row[k + inner]) * 0.5;
        }
    }
}

/* The parabola's integral over the interval of width h between f0 and f1; g is the interval beyond f1, f2 its end. */
static double parabola(double h, double g, double f0, double f1, double f2)
{
    const double part = h / (h + g), product = part * (h / g);
    return h / 6 * ((3 - part) * f0 + (3 + product + part) * f1 - product * f2);
}

static double parabola_even(double h, double f0, double f1, double f2)
{
    return h / 3 * (5 * f0 / 4 + 2 * f1 - f2 / 4);
}

/* The integral over interval i: the parabola reaches on where i is even, back where it is odd or the last one. */
static double interval(int64_t i, int64_t n, const double *y, const double *x, double dx)
{
    if (i % 2 == 0 && i + 2 < n) {
        if (x)
            return parabola(x[i + 1] - x[i], x[i + 2] - x[i + 1], y[i], y[i + 1], y[i + 2]);
        return parabola_even(dx, y[i], y[i + 1], y[i + 2]);
    }
    if (x)
        return parabola(x[i + 1] - x[i], x[i] - x[i - 1], y[i + 1], y[i], y[i - 1]);
    return parabola_even(dx, y[i + 1], y[i], y[i - 1]);
}

void sk_cumulative_simpson_rows(int64_t rows, int64_t n, const double *y, const double *x, int64_t x_stride,
                                const double *dx, int64_t dx_stride, int lead, double *out)
{
    for (int64_t r = 0; r < rows; r++) {
        const double *row = y + r * n, *places = x ? x + r * x_stride : NULL;
        const double width = x ? 0.0 : dx[r * dx_stride];
        double *to = out + r * (n - 1 + lead), sum = 0.0;
        if (lead)
            to[0] = 0.0;
        for (int64_t i = 0; i + 1 < n; i++) {
            sum += interval(i, n, row, places, width);
            to[i + lead] = sum;
        }
    }
}
