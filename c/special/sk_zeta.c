/* The zeta functions of Riemann and Hurwitz for real arguments.
 *
 * Positive x: Euler-Maclaurin summation (DLMF 25.2.9 and 25.11.5), the direct sum long enough for twenty corrections to
 * end below the last bit. Negative x: the functional equation (DLMF 25.4.1). Hurwitz for negative q and integer x:
 * the terms on either side of the nearest pole, each side a sum of positive terms.
 *
 * All in long double: where that has the 64 bits of x86 or more, results are right but for the last rounding.
 */
#include <math.h>
#include <stddef.h>

#include "sk_special.h"
#include "sk_special_zeta_tables.h"
#include "sk_zeta.h"

static const long double pi = 3.14159265358979323846264338327950288L;
static const long double last_bit = 0x1p-67L;

long double sk_zeta_sum(long double x, long double q)
{
    long double sum = 0.0L, a = q;
    const long double enough = 9.0L + 0.5L * x; /* then the corrections fall fast enough */
    for (; a < enough; a += 1.0L) {
        const long double term = powl(a, -x);
        sum += term;
        if (x > 1.0L && term * (1.0L + a / (x - 1.0L)) <= sum * last_bit)
            return sum;
    }
    const long double power = powl(a, -x), a2 = a * a;
    long double rest = a / (x - 1.0L) + 0.5L, factor = x / a;
    for (int k = 0; k < SK_ZETA_CORRECTIONS; ++k) {
        const long double term = sk_zeta_bernoulli[k] * factor;
        rest += term;
        if (fabsl(term) < last_bit)
            break;
        factor *= (x + (2 * k + 1)) * (x + (2 * k + 2)) / a2;
    }
    return power == 0.0L ? sum : sum + power * rest;
}

long double sk_zeta_riemann(long double x)
{
    if (x != x || x == -HUGE_VALL)
        return NAN;
    if (x == 1.0L)
        return HUGE_VALL;
    if (x >= -0.5L) /* the sum's cancellation costs less than 7 bits */
        return x > 80.0L ? 1.0L + (x < 16000.0L ? powl(2.0L, -x) : 0.0L) : sk_zeta_sum(x, 1.0L);
    const long double turn = fmodl(x, 4.0L) * 0.5L, half_turns = rintl(turn), part = turn - half_turns;
    if (part == 0.0L)
        return 0.0L;
    const long double sine = (half_turns == -1.0L ? -1.0L : 1.0L) * sinl(pi * part);
    if (x < -1000.0L)
        return copysignl(HUGE_VALL, sine);
    const long double y = 1.0L - x;
    return 2.0L * powl(2.0L * pi, -y) * sine * tgammal(y) * sk_zeta_sum(y, 1.0L);
}

/* Infinities of x and q as limits; x > 1. */
static long double hurwitz(long double x, long double q)
{
    if (q != q || x != x)
        return NAN;
    if (q > 0.0L) {
        if (isinf(q))
            return 0.0L;
        if (isinf(x))
            return q > 1.0L ? 0.0L : q == 1.0L ? 1.0L : HUGE_VALL;
        return sk_zeta_sum(x, q);
    }
    if (x != floorl(x))
        return NAN; /* powers of negative numbers */
    const long double n = rintl(q), r = q - n;
    if (isinf(x))
        return HUGE_VALL;
    const long double sign = fmodl(x, 2.0L) == 0.0L ? 1.0L : -1.0L;
    const long double nearest = powl(fabsl(r), -x) * (r < 0.0L ? sign : 1.0L);
    if (isinf(nearest))
        return nearest;
    const long double before = n < 0.0L ? sk_zeta_sum(x, 1.0L - r) - sk_zeta_sum(x, 1.0L - q) : 0.0L;
    return nearest + (sk_zeta_sum(x, 1.0L + r) + sign * before);
}

/* As SciPy has it: the poles come before what is not a number. */
static double hurwitz_zeta(double x, double q)
{
    if (x == 1.0)
        return HUGE_VAL;
    if (x < 1.0)
        return NAN;
    if (q <= 0.0 && q == floor(q))
        return HUGE_VAL;
    return (double)hurwitz(x, q);
}

void sk_riemann_zeta_f64(const double *x, double *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = (double)sk_zeta_riemann(x[i]);
}

void sk_riemann_zeta_f32(const float *x, float *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = (float)sk_zeta_riemann(x[i]);
}

void sk_hurwitz_zeta_f64(const double *x, const double *q, double *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = hurwitz_zeta(x[i], q[i]);
}

void sk_hurwitz_zeta_f32(const float *x, const float *q, float *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = (float)hurwitz_zeta(x[i], q[i]);
}
