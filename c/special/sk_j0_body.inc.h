/* J0: below 5 (z - z1) (z - z2) (7/2048 + P(z)), z = x^2 in two words and z1, z2 the squares of the zeros; above, modulus
 * and phase (DLMF 10.18), J0 = M cos(x - pi/4 + phi), both polynomials in 1/x^2 but for phi's first term
 * -1 / (8 x). The phase is reduced to the nearest zero of the cosine in two words, so that the relative
 * error holds to within 2^-10 (float: 2^-7) of a zero; what is nearer is left to sk_j0_rare, and so are
 * arguments too large for this reduction (J. Harrison, doi:10.1109/ARITH.2009.32, has the method). */

SK_INLINE REAL F(j0_near)(REAL a)
{
    const REAL b = a < C(5.0, 5.0f) ? a : C(5.0, 5.0f);
    const F(sk_pair) z = F(sk_two_prod)(b, b);
    F(sk_pair) first = F(sk_two_sum)(z.hi, -F(sk_j0_squares)[0]);
    F(sk_pair) second = F(sk_two_sum)(z.hi, -F(sk_j0_squares)[2]);
    first.lo += z.lo - F(sk_j0_squares)[1];
    second.lo += z.lo - F(sk_j0_squares)[3];
    first = F(sk_fast_sum)(first.hi, first.lo);
    const F(sk_pair) p = F(sk_two_prod)(first.hi, second.hi);
    const REAL low = p.lo + (first.hi * second.lo + first.lo * second.hi);
    const REAL t = (z.hi * C(0.0625, 0.0625f) - C(0.78125, 0.78125f)) + z.lo * C(0.0625, 0.0625f);
    const F(sk_pair) rest = F(sk_fast_sum)(C(0x1.cp-9, 0x1.cp-9f), F(sk_j0_small)(t));
    const F(sk_pair) lead = F(sk_two_prod)(p.hi, rest.hi);
    const REAL value = lead.hi + (lead.lo + (p.hi * rest.lo + low * rest.hi));
    return z.hi < C(0x1p-26, 0x1p-12f) ? C(1.0, 1.0f) - C(0.25, 0.25f) * z.hi : value;
}

/* 5 <= a < 4e5 (2500), with the distance of the phase from the nearest zero, or 0 for what is larger. */
SK_INLINE F(sk_pair) F(j0_far)(REAL a)
{
    const REAL one = C(1.0, 1.0f);
    const REAL end = C(4e5, 2500.0f);
    REAL b = a < end ? a : end;
    b = b > C(5.0, 5.0f) ? b : C(5.0, 5.0f);
    INT parity;
    const REAL n = F(sk_round)(b * C(0x1.45f306dc9c883p-2, 0x1.45f306p-2f) - C(0.75, 0.75f), &parity);
    const REAL j = C(4.0, 4.0f) * n + C(3.0, 3.0f); /* the cosine is 0 at j pi/4 */
    const F(sk_pair) d = F(sk_two_sum)(b - j * F(sk_quarter_pi)[0], -(j * F(sk_quarter_pi)[1]));
    const REAL w = one / b;
    const REAL u = w * w;
    const F(sk_pair) back = F(sk_two_prod)(w, b);
    const REAL w_low = ((one - back.hi) - back.lo) * w;
    const F(sk_pair) r = F(sk_two_sum)(d.hi, C(-0.125, -0.125f) * w);
    const REAL bend = w * u * F(sk_j0_phase)(u);
    const F(sk_pair) rho = F(sk_two_sum)(r.hi, bend);
    const REAL low = (rho.lo + r.lo) + (d.lo - j * F(sk_quarter_pi)[2]) - C(0.125, 0.125f) * w_low;
    const F(sk_pair) p = F(sk_two_sum)(rho.hi, low);
    const REAL v = p.hi * p.hi;
    const REAL bent = p.hi * v * F(sk_sin_tail)(v) + p.lo * (one - C(0.5, 0.5f) * v);
    const F(sk_pair) sine = F(sk_fast_sum)(p.hi, bent);
    /* the modulus, and what its roundings come to: M^2 is 2 / (pi b) to a part in 400 */
    const REAL falling = u * F(sk_j0_modulus)(u) + F(sk_two_over_pi)[1];
    const F(sk_pair) modulus = F(sk_fast_sum)(F(sk_two_over_pi)[0], falling);
    const F(sk_pair) square = F(sk_two_prod)(w, modulus.hi);
    const REAL root = C(sqrt, sqrtf)(square.hi);
    const F(sk_pair) again = F(sk_two_prod)(root, root);
    const REAL missing = ((square.hi - again.hi) - again.lo) + (square.lo + (w_low * modulus.hi + w * modulus.lo));
    const REAL relative = C(0.7853982, 0.7853982f) * b * missing;
    const REAL sign = F(sk_from_bits)(((parity ^ 1) << C(63, 31)) | F(sk_bits)(one));
    const F(sk_pair) lead = F(sk_two_prod)(root, sine.hi);
    const REAL value = sign * (lead.hi + (lead.lo + root * (sine.lo + sine.hi * relative)));
    return (F(sk_pair)){value, a < end ? C(fabs, fabsf)(p.hi) : C(0.0, 0.0f)};
}

SK_INLINE void F(j0_strip)(const REAL *restrict x, REAL *restrict y, ptrdiff_t n)
{
    const REAL middle = C(5.0, 5.0f);
    const REAL close = C(0x1p-10, 0x1p-7f);
    REAL distance[SK_SPECIAL_STRIP];
    INT some_near = 0, some_far = 0, some_rare = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const INT near = C(fabs, fabsf)(x[i]) < middle;
        some_near |= near;
        some_far |= near ^ 1;
    }
    if (some_near)
        for (ptrdiff_t i = 0; i < n; ++i)
            y[i] = F(j0_near)(C(fabs, fabsf)(x[i]));
    if (!some_far)
        return;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const REAL a = C(fabs, fabsf)(x[i]);
        const F(sk_pair) far = F(j0_far)(a);
        y[i] = a < middle ? y[i] : a == a ? far.hi : x[i];
        distance[i] = a >= middle ? far.lo : C(1.0, 1.0f);
    }
    for (ptrdiff_t i = 0; i < n; ++i)
        some_rare |= distance[i] < close;
    if (some_rare)
        for (ptrdiff_t i = 0; i < n; ++i)
            if (distance[i] < close)
                y[i] = (REAL)sk_j0_rare(C(fabs, fabsf)(x[i]));
}

SK_KERNEL(sk_j0, j0_strip)
