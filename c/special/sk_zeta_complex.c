/* The Riemann zeta function of a complex argument s = u + i v.
 *
 * u >= -1/2: Euler-Maclaurin summation (DLMF 25.2.9) with about |s| / 2 terms before the corrections; below the
 * functional equation (DLMF 25.4.1), its factors as logarithms, since they overflow one by one: Stirling's series for
 * the gamma function (DLMF 5.11.1), and the sine apart from its exponential growth. In long double, as sk_zeta.c:
 * its eleven further bits are what the phase v log(n) needs.
 */
#include <math.h>
#include <stddef.h>

#include "sk_special.h"
#include "sk_special_zeta_tables.h"
#include "sk_zeta.h"

typedef struct {
    long double re, im;
} number;

static const long double pi = 3.14159265358979323846264338327950288L;
static const long double log_two_pi = 1.83787706640934548356065947281123527L;
/* Above it the sum takes more than a second. */
static const long double highest = 1e7L;

static number times(number a, number b)
{
    return (number){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static number scaled(number a, long double by) { return (number){a.re * by, a.im * by}; }

static number plus(number a, number b) { return (number){a.re + b.re, a.im + b.im}; }

static number inverse(number a)
{
    const long double size = hypotl(a.re, a.im), u = a.re / size, v = a.im / size;
    return (number){u / size, -v / size};
}

static number exponential(number a)
{
    const long double size = expl(a.re);
    return (number){size * cosl(a.im), size * sinl(a.im)};
}

static number logarithm(number a)
{
    const long double size = hypotl(a.re, a.im);
    return (number){logl(size), atan2l(a.im, a.re)};
}

/* u >= -1/2. */
static number summed(number s)
{
    const long double enough = 9.0L + 0.5L * hypotl(s.re, s.im);
    number sum = {0.0L, 0.0L};
    long double n = 1.0L;
    for (; n < enough; n += 1.0L) {
        const long double l = logl(n), size = expl(-s.re * l), angle = -s.im * l;
        sum.re += size * cosl(angle);
        sum.im += size * sinl(angle);
        if (s.re > 1.0L && size * (1.0L + n / (s.re - 1.0L)) < 0x1p-67L)
            return sum;
    }
    const number power = exponential(scaled(s, -logl(n)));
    number rest = scaled(inverse((number){s.re - 1.0L, s.im}), n), factor = scaled(s, 1.0L / n);
    rest.re += 0.5L;
    for (int k = 0; k < SK_ZETA_CORRECTIONS; ++k) {
        rest = plus(rest, scaled(factor, sk_zeta_bernoulli[k]));
        const number up = {s.re + (2 * k + 1), s.im}, upper = {s.re + (2 * k + 2), s.im};
        factor = scaled(times(factor, times(up, upper)), 1.0L / (n * n));
    }
    return plus(sum, times(power, rest));
}

/* log gamma(z) for a real part of at least 1. */
static number log_gamma(number z)
{
    number steps = {1.0L, 0.0L}, shift = {0.0L, 0.0L};
    for (int k = 0; k < 20 && hypotl(z.re, z.im) < 20.0L; ++k, z.re += 1.0L) {
        steps = times(steps, z);
        if (k % 5 == 4) { /* the logarithm of a few factors keeps to one branch; any will do under exp */
            shift = plus(shift, logarithm(steps));
            steps = (number){1.0L, 0.0L};
        }
    }
    shift = plus(shift, logarithm(steps));
    const number w = inverse(z), w2 = times(w, w);
    number series = {0.0L, 0.0L}, power = w;
    long double factorial = 1.0L; /* (2k - 2)! */
    for (int k = 1; k <= 12; ++k) {
        series = plus(series, scaled(power, sk_zeta_bernoulli[k - 1] * factorial));
        power = times(power, w2);
        factorial *= (2.0L * k - 1.0L) * (2.0L * k);
    }
    number value = times((number){z.re - 0.5L, z.im}, logarithm(z));
    value.re += 0.5L * log_two_pi - z.re;
    value.im -= z.im;
    value = plus(value, series);
    return (number){value.re - shift.re, value.im - shift.im};
}

/* u < -1/2: 2 (2 pi)^(s - 1) sin(pi s / 2) gamma(1 - s) zeta(1 - s). */
static number reflected(number s)
{
    const number up = {1.0L - s.re, -s.im};
    const long double turn = 0.5L * fmodl(s.re, 4.0L), half_turns = rintl(turn), part = pi * (turn - half_turns);
    const long double sign = half_turns == -1.0L ? -1.0L : 1.0L, height = 0.5L * pi * fabsl(s.im);
    /* 2 sin(pi s / 2) / exp(height) */
    const long double fade = expm1l(-2.0L * height);
    const number sine = {(2.0L + fade) * sign * sinl(part), copysignl(fade, s.im) * sign * cosl(part)};
    number exponent = log_gamma(up);
    exponent.re += height - up.re * log_two_pi;
    exponent.im -= up.im * log_two_pi;
    return times(times(sine, summed(up)), exponential(exponent));
}

static number zeta(number s)
{
    if (s.im == 0.0L)
        return (number){sk_zeta_riemann(s.re), s.im};
    if (s.re == HUGE_VALL && isfinite(s.im))
        return (number){1.0L, 0.0L};
    if (!isfinite(s.re) || !isfinite(s.im))
        return (number){NAN, NAN};
    /* a real part far from the strip makes the direct sum short */
    if (fabsl(s.im) > highest && s.re < 4.0L && s.re > -3.0L)
        return (number){NAN, NAN};
    return s.re < -0.5L ? reflected(s) : summed(s);
}

void sk_riemann_zeta_c128(const sk_c128 *x, sk_c128 *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        const number value = zeta((number){x[i].re, x[i].im});
        y[i] = (sk_c128){(double)value.re, (double)value.im};
    }
}

void sk_riemann_zeta_c64(const sk_c64 *x, sk_c64 *y, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; ++i) {
        const number value = zeta((number){x[i].re, x[i].im});
        y[i] = (sk_c64){(float)value.re, (float)value.im};
    }
}
