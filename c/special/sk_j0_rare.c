/* J0 where the vector kernel gives up: near its zeros and at large arguments. Below the end of the table of zeros
 * by Taylor's series about the zero, above it by modulus and phase (DLMF 10.18) with the phase in two words and
 * its reduction modulo pi in fixed point (M. H. Payne and R. N. Hanek, doi:10.1145/1057600.1057602). */
#include "sk_kernel.h"
#include "sk_special_coefficients.h"
#include "sk_special_j0_tables.h"

#include "sk_real64.h"
#include "sk_elementary.inc.h"

static sk_pair_f64 add(sk_pair_f64 a, sk_pair_f64 b)
{
    const sk_pair_f64 s = sk_two_sum_f64(a.hi, b.hi);
    return sk_fast_sum_f64(s.hi, s.lo + (a.lo + b.lo));
}

static sk_pair_f64 multiply(sk_pair_f64 a, sk_pair_f64 b)
{
    const sk_pair_f64 p = sk_two_prod_f64(a.hi, b.hi);
    return sk_fast_sum_f64(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

/* The series in h = x - z: x y'' + y' + x y = 0 gives the coefficients one from another. */
static double near_zero(double x, const double zero[3])
{
    const double z = zero[0];
    const double h = (x - z) - zero[1];
    double before = 0.0, a = 0.0, next = zero[2], power = h, sum = 0.0;
    double terms[9];
    for (int n = 0; n < 9; ++n) {
        terms[n] = next * power;
        power *= h;
        const double after = -((n + 1.0) * (n + 1.0) * next + z * a + before) / (z * (n + 1.0) * (n + 2.0));
        before = a;
        a = next;
        next = after;
    }
    for (int n = 8; n > 0; --n)
        sum += terms[n];
    return terms[0] + sum;
}

/* x / pi - 3/4 = n + the value returned, |value| <= 1/2; n's parity. */
static sk_pair_f64 turns(double x, uint64_t *parity)
{
    int exponent;
    const uint64_t m = (uint64_t)ldexp(frexp(x, &exponent), 53);
    /* bits of 1/pi with weights that matter modulo 2, from the first */
    const int start = 64 + exponent - 53 - 1;
    const uint64_t *limb = sk_inverse_pi + start / 64;
    const int shift = start % 64;
    uint64_t fraction[4];
    unsigned __int128 carry = 0;
    for (int k = 3; k >= 0; --k) {
        const uint64_t bits = shift ? limb[k] << shift | limb[k + 1] >> (64 - shift) : limb[k];
        carry += (unsigned __int128)m * bits;
        fraction[k] = (uint64_t)carry;
        carry >>= 64;
    }
    fraction[0] -= UINT64_C(0x6000000000000000); /* 3/4, in units of 2 */
    *parity = (fraction[0] + UINT64_C(0x4000000000000000)) >> 63;
    const uint64_t negative = (fraction[0] >> 62) & 1;
    sk_pair_f64 sum = {0.0, 0.0};
    double unit = 0x1p-32;
    for (int k = 0; k < 4; ++k) {
        uint64_t word = fraction[k] << 1 | (k < 3 ? fraction[k + 1] >> 63 : 0);
        word = negative ? ~word : word;
        sum = add(sum, (sk_pair_f64){(double)(word >> 32) * unit, 0.0});
        sum = add(sum, (sk_pair_f64){(double)(word & 0xffffffffu) * unit * 0x1p-32, 0.0});
        unit *= 0x1p-64;
    }
    return negative ? (sk_pair_f64){-sum.hi, -sum.lo} : sum;
}

static double from_phase(double x)
{
    const double w = 1.0 / x, u = w * w;
    const sk_pair_f64 back = sk_two_prod_f64(w, x);
    /* in far arguments the whole of 1 / (8 x) is below what the reduction leaves, and two_prod may overflow */
    const sk_pair_f64 inverse = {w, x < 0x1p200 ? ((1.0 - back.hi) - back.lo) * w : 0.0};
    const sk_pair_f64 square = multiply(inverse, inverse);
    sk_pair_f64 series = {0.0, 0.0};
    for (int k = x < 4e5 ? 17 : 3; k >= 0; --k)
        series = add(multiply(series, square), (sk_pair_f64){sk_j0_phase_terms[k][0], sk_j0_phase_terms[k][1]});
    uint64_t parity;
    const sk_pair_f64 part = turns(x, &parity);
    const sk_pair_f64 rho = add(multiply(part, (sk_pair_f64){sk_pi_words[0], sk_pi_words[1]}), multiply(inverse, series));
    const double v = rho.hi * rho.hi;
    const double sine = rho.hi + (rho.hi * v * sk_sin_tail_f64(v) + rho.lo * (1.0 - 0.5 * v));
    const double value = sqrt(w * (sk_two_over_pi_f64[0] + u * sk_j0_modulus_f64(u))) * sine;
    return parity ? value : -value;
}

double sk_j0_rare(double x)
{
    const int zeros = sizeof sk_j0_zeros / sizeof sk_j0_zeros[0];
    if (x > 0x1.fffffffffffffp+1023)
        return 0.0;
    const int k = x < 1e3 ? (int)(x * 0.3183098861837907 + 0.25 + 0.5) : zeros + 1;
    return k <= zeros ? near_zero(x, sk_j0_zeros[k - 1]) : from_phase(x);
}
