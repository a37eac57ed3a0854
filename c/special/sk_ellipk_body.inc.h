/* K(m) = A(p) - log(p) B(p), p = 1 - m, for 0 <= m < 1; below 0 the imaginary-modulus transformation
 * K(m) = K(m / (m - 1)) / sqrt(1 - m), DLMF 19.7.5, which takes p to 1 / p. */

SK_INLINE void F(ellipk_strip)(const REAL *restrict m, REAL *restrict y, ptrdiff_t n)
{
    const REAL one = C(1.0, 1.0f);
    for (ptrdiff_t i = 0; i < n; ++i) {
        const REAL q = one - m[i];
        const int negative = q > one;
        const REAL p = negative ? one / q : q;
        const REAL log_q = F(sk_log)(q).hi;
        const REAL value = F(sk_ellipk_smooth)(p) + (negative ? log_q : -log_q) * F(sk_ellipk_log)(p);
        const REAL scaled = value * (negative ? C(sqrt, sqrtf)(p) : one);
        const REAL edge = q == C(0.0, 0.0f) ? C(HUGE_VAL, HUGE_VALF) : q == q ? C(NAN, NAN) : m[i];
        y[i] = q > C(0.0, 0.0f) ? scaled : edge;
    }
}

SK_KERNEL(sk_ellipk, ellipk_strip)
