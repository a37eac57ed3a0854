/* exp(-|x|) I0(x): I0 as a polynomial in x^2 below 8, above it sqrt(1/x) times a polynomial in 1/x. */

SK_INLINE REAL F(i0e_near)(REAL a)
{
    const REAL b = a < C(8.0, 8.0f) ? a : C(8.0, 8.0f);
    const F(sk_pair) z = F(sk_two_prod)(b, b);
    /* what the rounding of z changes, by d log I0 / dz = I1 / (2 x I0) to a few percent */
    const REAL slope = C(0.25, 0.25f) + b * (C(-0.045, -0.045f) + b * C(0.00265, 0.00265f));
    const F(sk_scaled) e = F(sk_exp)(-b, z.lo * slope);
    const F(sk_pair) rest = F(sk_two_prod)(z.hi, F(sk_i0_small)(z.hi)); /* I0 - 1 */
    F(sk_pair) i0 = F(sk_two_sum)(rest.hi, C(1.0, 1.0f));
    i0.lo += rest.lo;
    return F(sk_unscale)(e, i0);
}

SK_INLINE REAL F(i0e_far)(REAL a)
{
    const REAL b = a > C(8.0, 8.0f) ? a : C(8.0, 8.0f);
    const REAL inverse = C(1.0, 1.0f) / b;
    const REAL end = C(0x1.fffffffffffffp+1023, 0x1.fffffep+127f);
    const REAL root = C(sqrt, sqrtf)(b);
    const REAL top = F(sk_i0e_large)(inverse * C(16.0, 16.0f) - C(1.0, 1.0f));
    const REAL value = (top - top * F(sk_root_error)(b, root, inverse)) / root;
    return b > end ? C(0.0, 0.0f) : value;
}

SK_INLINE void F(i0e_strip)(const REAL *restrict x, REAL *restrict y, ptrdiff_t n)
{
    INT some_near = 0, some_far = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const INT near = C(fabs, fabsf)(x[i]) < C(8.0, 8.0f);
        some_near |= near;
        some_far |= near ^ 1;
    }
    if (some_near)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(i0e_near)(C(fabs, fabsf)(x[i]));
    if (!some_far)
        return;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const REAL a = C(fabs, fabsf)(x[i]);
        const REAL far = F(i0e_far)(a);
        y[i] = a < C(8.0, 8.0f) ? y[i] : a == a ? far : x[i];
    }
}

SK_KERNEL(sk_i0e, i0e_strip)
