/* What the vector kernel of gamma and gammaln and the scalar routine of its rare arguments share. */

/* log gamma(y + y_low) as a pair, from y's logarithm; stirling(w^2) for this range of y. */
SK_INLINE F(sk_pair) F(gamma_exponent)(REAL y, REAL y_low, F(sk_pair) log_y, REAL w, REAL stirling)
{
    const REAL a = y - C(0.5, 0.5f); /* exact where it matters */
    const F(sk_pair) product = F(sk_two_prod)(a, log_y.hi);
    const F(sk_pair) less = F(sk_two_sum)(product.hi, -y);
    const F(sk_pair) more = F(sk_two_sum)(less.hi, F(sk_half_log_two_pi)[0]);
    const F(sk_pair) all = F(sk_two_sum)(more.hi, w * stirling);
    const REAL slope = log_y.hi - C(0.5, 0.5f) * w;
    const REAL low = (product.lo + a * log_y.lo) + (less.lo + more.lo) + (all.lo + F(sk_half_log_two_pi)[1]);
    return (F(sk_pair)){all.hi, low + y_low * slope};
}

/* 2^-1022 (2^-126) <= x < 9/4. */
SK_INLINE REAL F(gammaln_near)(REAL x)
{
    const REAL one = C(1.0, 1.0f);
    const int low = x < C(0.75, 0.75f);
    const REAL z = low ? x + one : x;
    const REAL from_one = low ? x : x - one;
    const F(sk_pair) square = F(sk_two_prod)(from_one, from_one);
    const REAL factors = (square.hi - from_one) + square.lo; /* (z - 1) (z - 2) */
    const REAL quotient = F(sk_gammaln_above)(z) / F(sk_gammaln_below)(z);
    const F(sk_pair) sum = F(sk_fast_sum)(C(0.484375, 0.484375f), quotient);
    const REAL value = factors * sum.hi + factors * sum.lo;
    const F(sk_pair) log_x = F(sk_log)(x);
    return low ? (value - log_x.lo) - log_x.hi : value;
}
