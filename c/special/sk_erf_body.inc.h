/* erf and erfc: x + x P(x^2) for |x| < 1 (erfc: 1/2), and exp(-a^2) erfcx(a) above, with the rounding errors
 * of a^2 and of 1 / (a + 2) in the exponent. erfcx(a) (a + 2) is a polynomial in 1 / (a + 2); the map of the half line follows
 * M. M. Shepherd and J. G. Laframboise, doi:10.1090/S0025-5718-1981-0595058-X. */

SK_INLINE REAL F(erf_near)(REAL x) { return x + x * F(sk_erf_ratio)(x * x); }

/* erfc(a), a >= 1/2. */
SK_INLINE REAL F(erfc_far)(REAL a)
{
    const REAL end = C(28.0, 11.0f); /* erfc is 0 there; NaN comes here too */
    const REAL b = a < end ? a : end;
    const REAL one = C(1.0, 1.0f), two = C(2.0, 2.0f);
    const F(sk_pair) shifted = F(sk_two_sum)(two, b);
    const REAL inverse = one / shifted.hi;
    const F(sk_pair) check = F(sk_two_prod)(inverse, shifted.hi);
    const REAL error = ((one - check.hi) - check.lo) - shifted.lo * inverse;
    const F(sk_pair) square = F(sk_two_prod)(b, b);
    /* `inverse` enters twice, and erfcx goes about as its power 1 + 2.2 inverse */
    const REAL effect = error * (one + C(2.2, 2.2f) * inverse);
    const F(sk_scaled) e = F(sk_exp)(-square.hi, effect - square.lo);
    const REAL ratio = F(sk_erfc_ratio)(inverse * C(5.0, 5.0f) - one);
    return F(sk_unscale)(e, F(sk_two_prod)(inverse, ratio));
}

/* Which of the two forms a strip needs. */
SK_INLINE void F(erf_sort)(const REAL *restrict x, ptrdiff_t n, REAL limit, INT *near, INT *far)
{
    INT some_near = 0, some_far = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const INT is_near = C(fabs, fabsf)(x[i]) < limit;
        some_near |= is_near;
        some_far |= is_near ^ 1;
    }
    *near = some_near;
    *far = some_far;
}

SK_INLINE void F(erf_strip)(const REAL *restrict x, REAL *restrict y, ptrdiff_t n)
{
    const REAL limit = C(1.0, 1.0f);
    INT near, far;
    F(erf_sort)(x, n, limit, &near, &far);
    if (near)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(erf_near)(x[i]);
    if (!far)
        return;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const REAL a = C(fabs, fabsf)(x[i]);
        const REAL value = C(copysign, copysignf)(C(1.0, 1.0f) - F(erfc_far)(a), x[i]);
        const REAL known = a == a ? value : x[i];
        y[i] = a < limit ? y[i] : known;
    }
}

SK_INLINE void F(erfc_strip)(const REAL *restrict x, REAL *restrict y, ptrdiff_t n)
{
    const REAL limit = C(0.5, 0.5f);
    INT near, far;
    F(erf_sort)(x, n, limit, &near, &far);
    if (near)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = C(1.0, 1.0f) - F(erf_near)(x[i]);
    if (!far)
        return;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const REAL a = C(fabs, fabsf)(x[i]);
        const REAL upper = F(erfc_far)(a);
        const REAL value = x[i] < C(0.0, 0.0f) ? C(2.0, 2.0f) - upper : upper;
        const REAL known = a == a ? value : x[i];
        y[i] = a < limit ? y[i] : known;
    }
}

SK_KERNEL(sk_erf, erf_strip)
SK_KERNEL(sk_erfc, erfc_strip)
