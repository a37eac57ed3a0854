/* Elementary functions of one precision, inline so that the loops around them vectorise: exact sums and
 * products, exp, log and sin(pi r) with a second word, for arguments that the callers have checked.
 *
 * Sums and products with their rounding errors: T. J. Dekker, doi:10.1007/BF01397083. exp and log: argument
 * reduction by powers of two and a polynomial (J.-M. Muller, Elementary Functions, 3rd ed., 2016,
 * doi:10.1007/978-1-4899-7983-4, chapters 5 and 11). All are free of branches.
 */

/* A number as an unevaluated sum, |lo| <= ulp(hi). */
typedef struct {
    REAL hi, lo;
} F(sk_pair);

SK_INLINE INT F(sk_bits)(REAL x)
{
    INT i;
    memcpy(&i, &x, sizeof i);
    return i;
}

SK_INLINE REAL F(sk_from_bits)(INT i)
{
    REAL x;
    memcpy(&x, &i, sizeof x);
    return x;
}

SK_INLINE F(sk_pair) F(sk_two_sum)(REAL a, REAL b)
{
    const REAL s = a + b;
    const REAL t = s - a;
    return (F(sk_pair)){s, (a - (s - t)) + (b - t)};
}

/* The same for |a| >= |b|. */
SK_INLINE F(sk_pair) F(sk_fast_sum)(REAL a, REAL b)
{
    const REAL s = a + b;
    return (F(sk_pair)){s, b - (s - a)};
}

SK_INLINE F(sk_pair) F(sk_two_prod)(REAL a, REAL b)
{
    const REAL p = a * b;
#ifdef __FP_FAST_FMA
    return (F(sk_pair)){p, C(__builtin_fma, __builtin_fmaf)(a, b, -p)};
#else
    const REAL split = C(134217729.0, 4097.0f);
    const REAL at = split * a, bt = split * b;
    const REAL ah = at - (at - a), bh = bt - (bt - b);
    const REAL al = a - ah, bl = b - bh;
    return (F(sk_pair)){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
#endif
}

/* round(x) for |x| < 2^51 (2^22), and in `low` an integer congruent to it in its low bits. */
SK_INLINE REAL F(sk_round)(REAL x, INT *low)
{
    const REAL magic = C(0x1.8p52, 0x1.8p23f);
    const REAL shifted = x + magic;
    *low = F(sk_bits)(shifted);
    return shifted - magic;
}

/* 2^k for k from sk_round, -1022 <= k <= 1023. */
SK_INLINE REAL F(sk_power_of_two)(INT low)
{
    return F(sk_from_bits)((low + C(UINT64_C(1023), 127u)) << C(52, 23));
}

/* exp(hi + lo) = (mantissa + low) * first * second; the two factors let results overflow or become subnormal by
 * one last rounding. |hi| < 1400 (190). */
typedef struct {
    REAL mantissa, low, first, second;
} F(sk_scaled);

SK_INLINE F(sk_scaled) F(sk_exp)(REAL hi, REAL lo)
{
    INT low, low_half, low_rest;
    const REAL k = F(sk_round)(hi * C(0x1.71547652b82fep+0, 0x1.715476p+0f), &low);
    const REAL half = F(sk_round)(k * C(0.5, 0.5f), &low_half);
    (void)F(sk_round)(k - half, &low_rest);
    /* log(2) in three words; k times the first is exact. The rest of lo must be in r: only then is the tail small. */
    const REAL a = hi - k * C(0x1.62e42fee00000p-1, 0x1.62e000p-1f);
    const REAL b = lo - k * C(0x1.a39ef35793c76p-33, 0x1.0bfbe8p-15f);
    const REAL r = a + b;
    const REAL tail = (a - r) + b;
    const REAL sum = r + (r * r * F(sk_exp_tail)(r) + tail * (C(1.0, 1.0f) + r));
    const F(sk_pair) e = F(sk_fast_sum)(C(1.0, 1.0f), sum);
    return (F(sk_scaled)){e.hi, e.lo, F(sk_power_of_two)(low_half), F(sk_power_of_two)(low_rest)};
}

/* e times a pair. */
SK_INLINE REAL F(sk_unscale)(F(sk_scaled) e, F(sk_pair) by)
{
    const F(sk_pair) p = F(sk_two_prod)(e.mantissa, by.hi);
    return (p.hi + (p.lo + (e.mantissa * by.lo + e.low * by.hi))) * e.first * e.second;
}

/* log(x) as a pair, for normal positive x. */
SK_INLINE F(sk_pair) F(sk_log)(REAL x)
{
    const INT one = C(UINT64_C(0x3ff0000000000000), 0x3f800000u);
    const INT root = C(UINT64_C(0x3fe6a09e00000000), 0x3f3504f3u); /* about sqrt(1/2) */
    const INT moved = F(sk_bits)(x) + (one - root);
    const REAL magic = C(0x1p52, 0x1p23f);
    const REAL k = F(sk_from_bits)((moved >> C(52, 23)) | F(sk_bits)(magic)) - (magic + C(1023.0, 127.0f));
    const REAL m = F(sk_from_bits)((moved & ((C(UINT64_C(1), 1u) << C(52, 23)) - 1)) + root);
    /* log(m) = 2 atanh(s), s = f / (2 + f), s with its rounding error */
    const REAL f = m - C(1.0, 1.0f);
    const REAL d = C(2.0, 2.0f) + f;
    const REAL d_low = (C(2.0, 2.0f) - d) + f;
    const REAL inverse = C(1.0, 1.0f) / d;
    const REAL s = f * inverse;
    const F(sk_pair) back = F(sk_two_prod)(s, d);
    const REAL s_low = (((f - back.hi) - back.lo) - s * d_low) * inverse;
    const REAL s2 = s * s;
    const F(sk_pair) sum = F(sk_fast_sum)(k * C(0x1.62e42fee00000p-1, 0x1.62e000p-1f), C(2.0, 2.0f) * s);
    const REAL low = k * C(0x1.a39ef35793c76p-33, 0x1.0bfbe8p-15f) + C(2.0, 2.0f) * s_low + s * s2 * F(sk_log_tail)(s2);
    const F(sk_pair) total = F(sk_fast_sum)(sum.hi, sum.lo + low);
    return total;
}

/* r = x - n for the nearest integer n, exact; *sign is (-1)^n. |x| < 2^51 (2^22). */
SK_INLINE REAL F(sk_to_nearest)(REAL x, REAL *sign)
{
    INT low;
    const REAL n = F(sk_round)(x, &low);
    *sign = F(sk_from_bits)((low << C(63, 31)) | F(sk_bits)(C(1.0, 1.0f)));
    return x - n;
}

/* sin(pi r) / (pi r) for |r| <= 1/2, as a pair. */
SK_INLINE F(sk_pair) F(sk_sinc)(REAL r)
{
    const REAL z = r * r;
    const REAL drop = z * F(sk_sinc_tail)(z);
    return F(sk_fast_sum)(C(1.0, 1.0f), -drop);
}

/* (sqrt(x) - root) / sqrt(x) for root, the rounded square root of x, and inverse, about 1 / x. */
SK_INLINE REAL F(sk_root_error)(REAL x, REAL root, REAL inverse)
{
    const F(sk_pair) square = F(sk_two_prod)(C(0.5, 0.5f) * root, C(0.5, 0.5f) * root); /* does not overflow */
    return C(2.0, 2.0f) * inverse * ((C(0.25, 0.25f) * x - square.hi) - square.lo);
}
