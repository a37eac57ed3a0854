/* Gauss-Jordan elimination in place with row interchanges (N. J. Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd ed., SIAM 2002, section 14.4, doi:10.1137/1.9780898718027). All loops over rows have SK_SMALL
 * passes, so that they become a few vector instructions; the rows from n on stay 0. */
#include "sk_small.h"

#include <math.h>
#include <string.h>

/* SK_SMALL numbers: left to itself the compiler takes arrays of them apart and puts them together through memory. */
typedef double eight __attribute__((vector_size(SK_SMALL * sizeof(double)), aligned(sizeof(double)), may_alias));

/* An element this much smaller than the column's largest one still serves as pivot where it stands. */
static const double least_pivot = 0.1;

/* 1 but for element k. */
static const double keep[SK_SMALL][SK_SMALL] = {
    {0, 1, 1, 1, 1, 1, 1, 1}, {1, 0, 1, 1, 1, 1, 1, 1}, {1, 1, 0, 1, 1, 1, 1, 1}, {1, 1, 1, 0, 1, 1, 1, 1},
    {1, 1, 1, 1, 0, 1, 1, 1}, {1, 1, 1, 1, 1, 0, 1, 1}, {1, 1, 1, 1, 1, 1, 0, 1}, {1, 1, 1, 1, 1, 1, 1, 0},
};

static double larger(double a, double b) { return a > b ? a : b; }

static double largest_of(const double *x) {
    double half[4], quarter[2];
    for (int i = 0; i < 4; i++) half[i] = larger(x[i], x[i + 4]);
    for (int i = 0; i < 2; i++) quarter[i] = larger(half[i], half[i + 2]);
    return larger(quarter[0], quarter[1]);
}

/* The row to become row k, by the sizes of the column's elements in the rows that are left; -1: all are 0. */
static int64_t pivot_row(int64_t n, int64_t k, const double *size) {
    double largest = largest_of(size);
    if (!(largest > 0)) return -1;
    if (size[k] >= least_pivot * largest) return k;
    int64_t row = k;
    for (int64_t i = k + 1; i < n; i++)
        if (size[i] > size[row]) row = i;
    return row;
}

static void swap_rows(int64_t n, double *a, int64_t stride, int64_t i, int64_t j) {
    for (int64_t k = 0; k < n; k++, a += stride) {
        double x = a[i];
        a[i] = a[j];
        a[j] = x;
    }
}

static void swap_columns(double *a, double *b, int64_t rows) {
    for (int64_t i = 0; i < rows; i++) {
        double x = a[i];
        a[i] = b[i];
        b[i] = x;
    }
}

#ifdef __FMA__
/* x y - z w to two roundings (C.-P. Jeannerod, N. Louvet, J.-M. Muller, Mathematics of Computation 82 (2013) 2245-2264,
 * doi:10.1090/S0025-5718-2013-02679-8). */
static double difference_of_products(double x, double y, double z, double w) {
    const double product = z * w;
    return fma(x, y, -product) - fma(z, w, -product);
}

/* Two equations: by the adjugate matrix. As the determinant has no cancellation, every element is as good as rounded. */
static int invert_two(const double *jac, const double *mass, double shift, double *inverse) {
    double a[4];
    for (int i = 0; i < 4; i++) a[i] = (mass ? shift * mass[i] : i % 3 == 0 ? shift : 0) - jac[i];
    const double determinant = difference_of_products(a[0], a[3], a[1], a[2]), over = 1 / determinant;
    if (!(fabs(determinant) > 0 && fabs(over) > 0)) return -1; /* singular, out of range or no numbers */
    eight *column = (eight *)inverse;
    column[0] = (eight){a[3] * over, -a[1] * over};
    column[1] = (eight){-a[2] * over, a[0] * over};
    return 0;
}
#endif

int SK_NAME(sk_small_invert)(int64_t n, const double *jac, const double *mass, double shift, double *inverse) {
#ifdef __FMA__
    if (n == 2 && invert_two(jac, mass, shift, inverse) == 0) return 0;
#endif
    double a[SK_SMALL][SK_SMALL], v[SK_SMALL], size[SK_SMALL], left[SK_SMALL] = {0};
    int64_t row[SK_SMALL];
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < SK_SMALL; i++) a[j][i] = 0;
        for (int64_t i = 0; i < n; i++) a[j][i] = (mass ? shift * mass[j * n + i] : 0) - jac[j * n + i];
        if (!mass) a[j][j] += shift;
        left[j] = 1;
    }
    for (int64_t k = 0; k < n; k++) {
        for (int i = 0; i < SK_SMALL; i++) size[i] = fabs(a[k][i]) * left[i];
        row[k] = pivot_row(n, k, size);
        if (row[k] < 0) return 1;
        if (row[k] != k) swap_rows(n, a[0], SK_SMALL, k, row[k]);
        left[k] = 0;
        const double d = 1 / a[k][k];
        /* row k of every other column becomes 0 - (-1) * r */
        for (int i = 0; i < SK_SMALL; i++) v[i] = a[k][i] * keep[k][i] - (1 - keep[k][i]);
        for (int64_t j = 0; j < n; j++) {
            const double r = a[j][k] * d;
            for (int i = 0; i < SK_SMALL; i++) a[j][i] = a[j][i] * keep[k][i] - v[i] * r;
        }
        for (int i = 0; i < SK_SMALL; i++) a[k][i] = -v[i] * d;
    }
    for (int64_t k = n - 1; k >= 0; k--)
        if (row[k] != k) swap_columns(a[k], a[row[k]], SK_SMALL);
    memcpy(inverse, a, (size_t)n * sizeof a[0]);
    return 0;
}

int SK_NAME(sk_small_invert_complex)(int64_t n, const double *jac, const double *mass, double re, double im,
                                     double *inverse) {
    double a[SK_SMALL][2][SK_SMALL], v[2][SK_SMALL], size[SK_SMALL], left[SK_SMALL] = {0};
    int64_t row[SK_SMALL];
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = 0; i < SK_SMALL; i++) a[j][0][i] = a[j][1][i] = 0;
        for (int64_t i = 0; i < n; i++) {
            a[j][0][i] = (mass ? re * mass[j * n + i] : 0) - jac[j * n + i];
            a[j][1][i] = mass ? im * mass[j * n + i] : 0;
        }
        if (!mass) {
            a[j][0][j] += re;
            a[j][1][j] += im;
        }
        left[j] = 1;
    }
    for (int64_t k = 0; k < n; k++) {
        for (int i = 0; i < SK_SMALL; i++) size[i] = (fabs(a[k][0][i]) + fabs(a[k][1][i])) * left[i];
        row[k] = pivot_row(n, k, size);
        if (row[k] < 0) return 1;
        if (row[k] != k) swap_rows(2 * n, a[0][0], SK_SMALL, k, row[k]);
        left[k] = 0;
        /* the reciprocal, without overflow of the squares */
        const double x = a[k][0][k], y = a[k][1][k], unit = 1 / (fabs(x) + fabs(y));
        const double over = unit / ((x * unit) * (x * unit) + (y * unit) * (y * unit));
        const double p = x * unit * over, q = -y * unit * over;
        for (int i = 0; i < SK_SMALL; i++) {
            v[0][i] = a[k][0][i] * keep[k][i] - (1 - keep[k][i]);
            v[1][i] = a[k][1][i] * keep[k][i];
        }
        for (int64_t j = 0; j < n; j++) {
            const double r = a[j][0][k] * p - a[j][1][k] * q, s = a[j][0][k] * q + a[j][1][k] * p;
            for (int i = 0; i < SK_SMALL; i++) {
                a[j][0][i] = a[j][0][i] * keep[k][i] - v[0][i] * r + v[1][i] * s;
                a[j][1][i] = a[j][1][i] * keep[k][i] - v[0][i] * s - v[1][i] * r;
            }
        }
        for (int i = 0; i < SK_SMALL; i++) {
            a[k][0][i] = v[1][i] * q - v[0][i] * p;
            a[k][1][i] = -v[0][i] * q - v[1][i] * p;
        }
    }
    for (int64_t k = n - 1; k >= 0; k--)
        if (row[k] != k) swap_columns(a[k][0], a[row[k]][0], 2 * SK_SMALL);
    memcpy(inverse, a, (size_t)n * sizeof a[0]);
    return 0;
}

static inline void times(int64_t n, const double *inverse, const double *x, double *product) {
    const eight *column = (const eight *)inverse;
    eight even = column[0] * x[0], odd = {0};
    int64_t j = 1;
    for (; j + 1 < n; j += 2) {
        odd += column[j] * x[j];
        even += column[j + 1] * x[j + 1];
    }
    if (j < n) odd += column[j] * x[j];
    *(eight *)product = even + odd;
}

void SK_NAME(sk_small_apply)(int64_t n, const double *inverse, double *x) { times(n, inverse, x, x); }

static inline void sum(int64_t count, const double *weight, const double *u, eight *all) {
    const eight *column = (const eight *)u;
    eight total = {0};
    for (int64_t j = 0; j < count; j++) total += weight[j] * column[j];
    *all = total;
}

void SK_NAME(sk_small_sum)(int64_t count, const double *weight, const double *u, const double *y, double *out) {
    eight total;
    sum(count, weight, u, &total);
    *(eight *)out = *(const eight *)y + total;
}

void SK_NAME(sk_small_stage)(int64_t n, const double *inverse, int64_t count, const double *weight, const double *u,
                             double scale, double slope_scale, const double *slope, double *x) {
    /* x comes from the user's function, stored number by number, and is read so: a vector of what was stored a moment ago
     * in pieces would have to wait for the cache */
    eight right;
    sum(count, weight, u, &right);
    right = scale * right + slope_scale * *(const eight *)slope;
    double known[SK_SMALL], all[SK_SMALL] = {0};
    memcpy(known, &right, sizeof known);
    for (int64_t i = 0; i < n; i++) all[i] = x[i] + known[i];
    times(n, inverse, all, x);
}

void SK_NAME(sk_small_apply_complex)(int64_t n, const double *inverse, double *x) {
    double re[SK_SMALL] = {0}, im[SK_SMALL] = {0}, re2[SK_SMALL] = {0}, im2[SK_SMALL] = {0};
    for (int64_t j = 0; j < n; j++, inverse += 2 * SK_SMALL) {
        const double p = x[2 * j], q = x[2 * j + 1];
        for (int i = 0; i < SK_SMALL; i++) {
            re[i] += inverse[i] * p;
            re2[i] += inverse[SK_SMALL + i] * q;
            im[i] += inverse[i] * q;
            im2[i] += inverse[SK_SMALL + i] * p;
        }
    }
    for (int i = 0; i < SK_SMALL; i++) {
        x[2 * i] = re[i] - re2[i];
        x[2 * i + 1] = im[i] + im2[i];
    }
}
