/* gamma and gammaln from one exponent, log gamma(y) = (y - 1/2) log y - y + log(2 pi)/2 + w S(w^2), w = 1/y
 * (DLMF 5.11.1), carried in two words.
 *
 * gamma: arguments below 4 are moved up by 4 and divided by x (x+1) (x+2) (x+3); negative ones are reflected,
 * gamma(-y) = -pi / (y sin(pi y) gamma(y)) (DLMF 5.5.3). The rounding errors of products and quotients are
 * gathered and enter as a correction of the exponent, so that only the last multiplication rounds.
 * gammaln below 9/4: (x-1) (x-2) times a rational function, after one step up for x < 3/4.
 */
#include "sk_gamma_exponent.inc.h"

/* x (x+1) (x+2) (x+3) as a pair, with u = x (x+3). */
SK_INLINE F(sk_pair) F(gamma_steps)(REAL x)
{
    const F(sk_pair) a = F(sk_fast_sum)(C(3.0, 3.0f), x);
    F(sk_pair) u = F(sk_two_prod)(x, a.hi);
    u.lo += x * a.lo;
    F(sk_pair) b = F(sk_two_sum)(u.hi, C(2.0, 2.0f));
    b.lo += u.lo;
    F(sk_pair) q = F(sk_two_prod)(u.hi, b.hi);
    q.lo += u.hi * b.lo + u.lo * b.hi;
    return q;
}

/* gamma(y) for y > 0 and, where `reflect`, gamma(-y) for the lanes with x < 0. */
SK_INLINE REAL F(gamma_lane)(REAL x, int reflect)
{
    const REAL one = C(1.0, 1.0f), zero = C(0.0, 0.0f), four = C(4.0, 4.0f);
    const REAL end = C(190.0, 48.0f); /* overflow, and 0 on the other side */
    const REAL least = C(0x1p-60, 0x1p-30f);
    const REAL size = C(fabs, fabsf)(x);
    REAL y0 = size < end ? size : end;
    y0 = y0 > least ? y0 : least;
    const int low = y0 < four;
    const F(sk_pair) moved = F(sk_fast_sum)(four, y0);
    const REAL y = low ? moved.hi : y0;
    const REAL y_low = low ? moved.lo : zero;
    const REAL w = one / y;
    const F(sk_pair) e = F(gamma_exponent)(y, y_low, F(sk_log)(y), w, F(sk_stirling)(w * w));

    const REAL stepped = low ? y0 : one;
    F(sk_pair) q = F(gamma_steps)(stepped);
    q.hi = low ? q.hi : one;
    q.lo = low ? q.lo : zero;
    const int tiny = size < least; /* gamma(x) = 1/x to rounding, by the same division */
    q.hi = tiny ? x : q.hi;
    q.lo = tiny ? zero : q.lo;
    const REAL over_q = one / q.hi;
    const F(sk_pair) check = F(sk_two_prod)(q.hi, over_q);
    const REAL q_error = ((one - check.hi) - check.lo) - q.lo * over_q;

    REAL exponent = e.hi, correction = e.lo + q_error, factor = over_q, sign = one, distance = one;
    if (reflect) {
        const REAL limit = C(0x1p51, 0x1p22f);
        distance = F(sk_to_nearest)(size < limit ? size : limit, &sign);
        const F(sk_pair) sinc = F(sk_sinc)(distance);
        const F(sk_pair) d = F(sk_two_prod)(y0, distance);
        const F(sk_pair) below = F(sk_two_prod)(d.hi, sinc.hi);
        const REAL below_low = below.lo + (d.lo * sinc.hi + d.hi * sinc.lo);
        const REAL inverse = one / below.hi;
        const F(sk_pair) p = F(sk_two_prod)(below.hi, inverse);
        const REAL p_error = ((one - p.hi) - p.lo) - below_low * inverse;
        const F(sk_pair) top = F(sk_two_prod)(q.hi, inverse);
        const REAL top_error = (top.lo + q.lo * inverse) * (below.hi * over_q);
        const int negative = x < zero;
        exponent = negative ? -e.hi : e.hi;
        correction = negative ? (p_error + top_error) - e.lo : correction;
        factor = negative ? top.hi : over_q;
        sign = negative ? -sign : one;
        distance = negative ? distance : one;
    }
    const F(sk_scaled) r = F(sk_exp)(exponent, correction);
    REAL value = F(sk_unscale)(r, (F(sk_pair)){factor * sign, zero});
    value = tiny ? over_q : value;
    if (reflect)
        value = distance == zero ? C(NAN, NAN) : value; /* a pole, or no fractional bits left */
    return x == x ? value : x;
}

SK_INLINE void F(gamma_strip)(const REAL *restrict x, REAL *restrict y, ptrdiff_t n)
{
    INT negative = 0;
    for (ptrdiff_t i = 0; i < n; ++i)
        negative |= x[i] < C(0.0, 0.0f);
    if (negative)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(gamma_lane)(x[i], 1);
    else
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(gamma_lane)(x[i], 0);
}

/* x >= 9/4. */
SK_INLINE REAL F(gammaln_far)(REAL x)
{
    const REAL end = C(0x1p60, 0x1p30f), start = C(2.25, 2.25f);
    const F(sk_pair) log_x = F(sk_log)(x);
    REAL y = x < end ? x : end;
    y = y > start ? y : start;
    const REAL w = C(1.0, 1.0f) / y;
    const F(sk_pair) e = F(gamma_exponent)(y, C(0.0, 0.0f), log_x, w, F(sk_stirling_wide)(w * w));
    const REAL huge = x * ((log_x.hi - C(1.0, 1.0f)) + log_x.lo);
    const REAL value = x < end ? e.hi + e.lo : huge;
    return x > C(0x1.fffffffffffffp+1023, 0x1.fffffep+127f) ? x : value;
}

SK_INLINE void F(gammaln_strip)(const REAL *restrict x, REAL *restrict y, ptrdiff_t n)
{
    const REAL middle = C(2.25, 2.25f), least = C(0x1p-1022, 0x1p-126f);
    REAL near[SK_SPECIAL_STRIP];
    INT some_near = 0, some_far = 0, some_rare = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const INT far = x[i] >= middle, rare = x[i] < least;
        some_far |= far;
        some_rare |= rare;
        some_near |= (far | rare) ^ 1;
    }
    if (some_far)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(gammaln_far)(x[i]);
    if (some_near) {
        for (ptrdiff_t i = 0; i < n; ++i)
            near[i] = F(gammaln_near)(x[i]);
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = x[i] >= middle ? y[i] : x[i] == x[i] ? near[i] : x[i];
    }
    if (some_rare)
        for (ptrdiff_t i = 0; i < n; ++i)
            if (x[i] < least)
                y[i] = (REAL)sk_gammaln_rare(x[i]);
}

SK_KERNEL(sk_gamma, gamma_strip)
SK_KERNEL(sk_gammaln, gammaln_strip)
