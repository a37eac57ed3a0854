/* Student's t quantile.
 *
 * With t = sqrt(df) sinh(w) the upper tail is T(w) = 1 / B(a, 1/2) times the integral of cosh(v)^(-2 a) from w on,
 * a = df / 2. T and C = 1/2 - T are log-concave in w, since the integrand is: Newton's method on the logarithm of the
 * smaller of the two converges from anywhere. C is a series of positive terms (DLMF 8.17.8), T a continued fraction whose
 * convergence does not depend on a: the even part of DLMF 8.17.22 (A. R. DiDonato and A. H. Morris,
 * doi:10.1145/131766.131776, equation (9)). B(a, 1/2) is from the expansion of log(gamma(v + 3/4) / gamma(v + 1/4))
 * in even powers of 1 / v, DLMF 5.11.8. In long double, as sk_zeta.c.
 */
#include <math.h>
#include <stddef.h>

#include "sk_special.h"
#include "sk_special_zeta_tables.h"

/* From here on t is infinite. */
static const long double far = 11000.0L;

/* B(a, 1/2). */
static long double beta_half(long double a)
{
    const long double root_pi = 1.77245385090551602729816748334114518L;
    long double product = 1.0L;
    for (; a < 20.25L; a += 1.0L)
        product *= (a + 0.5L) / a;
    const long double v = a - 0.25L, u = 0.0625L / (v * v);
    long double series = 0.0L;
    for (int k = 9; k >= 0; --k)
        series = u * (series + sk_euler_over[k]);
    return root_pi * product * expl(series) / sqrtl(v);
}

/* T or C at w for a, without the factor 1 / B(a, 1/2) and the power cosh(w)^(-2 a): the integral to w, or from it. */
static long double centre(long double a, long double y)
{
    long double term = 1.0L, sum = 1.0L;
    for (int k = 0; k < 1000 && term > sum * 0x1p-66L; ++k) {
        term *= y * (a + 0.5L + k) / (1.5L + k);
        sum += term;
    }
    return sqrtl(y) * sum;
}

static long double tail(long double a, long double x, long double y)
{
    const long double b = 0.5L, distance = a * y - b * x;
    /* Lentz's method, doi:10.1364/AO.15.000668 */
    long double f = a / (a + 1.0L) * (distance + 1.0L), c = f, d = 0.0L;
    for (int k = 1; k < 1000; ++k) {
        const long double m = a + (2 * k - 1), step = k * (b - k) * x / m;
        const long double numerator = (a + (k - 1)) / m * (a + b + (k - 1)) * step * x;
        const long double denominator = k + step + (a + k) / (m + 2.0L) * (distance + 1.0L + k * (1.0L + y));
        d = 1.0L / (denominator + numerator * d);
        c = denominator + numerator / c;
        f *= c * d;
        if (fabsl(c * d - 1.0L) < 0x1p-63L)
            break;
    }
    return 0.5L * sqrtl(y) / f;
}

typedef struct {
    long double value, slope; /* of T or C, the slope without its sign */
} result;

static result at(long double a, long double beta, long double w, int upper)
{
    const long double s = sinhl(w), s2 = s * s, x = 1.0L / (1.0L + s2), y = s2 / (1.0L + s2);
    const long double power = expl(-a * log1pl(s2)) / beta;
    result r = {0.0L, power};
    if (y < 0.5L && (a + 0.5L) * y < 2.0L) {
        r.value = power * centre(a, y);
        r.value = upper ? 0.5L - r.value : r.value;
    } else {
        r.value = power * tail(a, x, y);
        r.value = upper ? r.value : 0.5L - r.value;
    }
    return r;
}

/* A start for the tail: the end of a power law for few degrees of freedom, else the normal quantile (M. Abramowitz and
 * I. A. Stegun, Handbook of Mathematical Functions, 1964, 26.2.23), transformed by D. L. Wallace's formula,
 * doi:10.1214/aoms/1177706100. */
static long double first_tail(long double a, long double beta, long double p)
{
    if (a < 1.0L)
        return logl(2.0L) - logl(2.0L * a * beta * p) / (2.0L * a);
    const long double v = sqrtl(-2.0L * logl(p)), df = 2.0L * a;
    const long double z = v - (2.515517L + v * (0.802853L + v * 0.010328L)) /
                                  (1.0L + v * (1.432788L + v * (0.189269L + v * 0.001308L)));
    const long double moved = z * (8.0L * df + 3.0L) / (8.0L * df + 1.0L);
    return asinhl(sqrtl(expm1l(moved * moved / df)));
}

/* w where T (upper) or C is p, 0 < p <= 1/4. */
static long double solve(long double a, long double p, int upper)
{
    const long double beta = beta_half(a);
    long double w = upper ? first_tail(a, beta, p) : p * beta; /* C is at most w / B */
    for (int k = 0; k < 200; ++k) {
        if (!(w < far))
            return w;
        const result r = at(a, beta, w, upper);
        const long double ratio = (r.value - p) / p;
        const long double log_ratio = fabsl(ratio) < 0.5L ? log1pl(ratio) : logl(r.value / p);
        const long double step = log_ratio * r.value / r.slope;
        w += upper ? step : -step;
        if (fabsl(step) <= 0x1p-34L * w)
            break;
    }
    return w;
}

static double quantile(double df, double p)
{
    if (!(df > 0.0) || !(p >= 0.0 && p <= 1.0))
        return NAN;
    if (p == 0.0 || p == 1.0)
        return p == 0.0 ? -HUGE_VAL : HUGE_VAL;
    if (p == 0.5)
        return 0.0;
    const long double n = df < 1e25 ? df : 1e25L; /* the normal distribution to the last bit */
    const long double off = fabsl((long double)p - 0.5L), side = p < 0.5 ? p : 1.0L - p;
    const long double w = side <= 0.25L ? solve(0.5L * n, side, 1) : solve(0.5L * n, off, 0);
    const double t = w < far ? (double)(sqrtl(n) * sinhl(w)) : HUGE_VAL;
    return p < 0.5 ? -t : t;
}

void sk_stdtrit_f64(const double *df, const double *p, double *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = quantile(df[i], p[i]);
}

void sk_stdtrit_f32(const float *df, const float *p, float *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = (float)quantile(df[i], p[i]);
}
