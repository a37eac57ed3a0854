/* K(m) = log(4) + p A(p) - log(p) (1/2 + p B(p)), p = 1 - m, for 0 <= m < 1; below 0 the imaginary-modulus transformation
 * K(m) = K(m / (m - 1)) / sqrt(1 - m), DLMF 19.7.5, which takes p to 1 / p. */

/* `wide`: where m < 0 is possible. */
SK_INLINE REAL F(ellipk_lane)(REAL m, int wide)
{
    const REAL zero = C(0.0, 0.0f), one = C(1.0, 1.0f);
    const REAL q = one - m;
    const int negative = wide && q > one;
    const REAL p = negative ? one / q : q;
    const F(sk_pair) log_q = F(sk_log)(q);
    const REAL sign = negative ? one : -one;
    const REAL half = C(0.5, 0.5f) * sign * log_q.hi;
    const REAL low = C(0.5, 0.5f) * sign * log_q.lo + F(sk_log_four)[1];
    const REAL rest = p * (F(sk_ellipk_smooth)(p) + sign * log_q.hi * F(sk_ellipk_log)(p));
    const F(sk_pair) lead = F(sk_two_sum)(half, F(sk_log_four)[0]);
    const F(sk_pair) k = F(sk_two_sum)(lead.hi, rest + (lead.lo + low));
    REAL value = k.hi + k.lo;
    if (wide) {
        const REAL root = C(sqrt, sqrtf)(q);
        const REAL scaled = (k.hi + (k.lo - k.hi * F(sk_root_error)(q, root, p))) / root;
        value = negative ? scaled : value;
    }
    const REAL edge = q == zero ? C(HUGE_VAL, HUGE_VALF) : q == q ? C(NAN, NAN) : m;
    const REAL end = q > C(0x1.fffffffffffffp+1023, 0x1.fffffep+127f) ? zero : value;
    return q > zero ? end : edge;
}

SK_INLINE void F(ellipk_strip)(const REAL *restrict m, REAL *restrict y, ptrdiff_t n)
{
    INT negative = 0;
    for (ptrdiff_t i = 0; i < n; ++i)
        negative |= m[i] < C(0.0, 0.0f);
    if (negative)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(ellipk_lane)(m[i], 1);
    else
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(ellipk_lane)(m[i], 0);
}

SK_KERNEL(sk_ellipk, ellipk_strip)
