/* K(m) = log(4) + p A(p) - log(p) (1/2 + p B(p)), p = 1 - m, for 0 <= m < 1; below 0 the imaginary-modulus transformation
 * K(m) = K(m / (m - 1)) / sqrt(1 - m), DLMF 19.7.5, which takes p to 1 / p. */

SK_INLINE void F(ellipk_strip)(const REAL *restrict m, REAL *restrict y, ptrdiff_t n)
{
    const REAL one = C(1.0, 1.0f);
    for (ptrdiff_t i = 0; i < n; ++i) {
        const REAL q = one - m[i];
        const int negative = q > one;
        const REAL p = negative ? one / q : q;
        const F(sk_pair) log_q = F(sk_log)(q);
        const REAL sign = negative ? one : -one;
        const REAL half = C(0.5, 0.5f) * sign * log_q.hi;
        const REAL low = C(0.5, 0.5f) * sign * log_q.lo + F(sk_log_four)[1];
        const REAL rest = p * (F(sk_ellipk_smooth)(p) + sign * log_q.hi * F(sk_ellipk_log)(p));
        const F(sk_pair) lead = F(sk_two_sum)(half, F(sk_log_four)[0]);
        const F(sk_pair) value = F(sk_two_sum)(lead.hi, rest + (lead.lo + low));
        const REAL root = C(sqrt, sqrtf)(q);
        const F(sk_pair) square = F(sk_two_prod)(root, root);
        const REAL root_error = C(0.5, 0.5f) * p * ((q - square.hi) - square.lo); /* relative */
        const REAL scaled = negative ? (value.hi + (value.lo - value.hi * root_error)) / root : value.hi + value.lo;
        const REAL edge = q == C(0.0, 0.0f) ? C(HUGE_VAL, HUGE_VALF) : q == q ? C(NAN, NAN) : m[i];
        y[i] = q > C(0.0, 0.0f) ? scaled : edge;
    }
}

SK_KERNEL(sk_ellipk, ellipk_strip)
