/* log |gamma(x)| for x < 2^-1022, by reflection in two words: gamma(-y) = -pi / (y sin(pi y) gamma(y)), DLMF 5.5.3. */
#include "sk_kernel.h"
#include "sk_special_coefficients.h"

#include "sk_real64.h"
#include "sk_elementary.inc.h"
#include "sk_gamma_exponent.inc.h"

/* -log(t), 0 < t < 1, subnormals too. */
static double minus_log(double t)
{
    const double log_two = 0x1.62e42fefa39efp-1;
    const int subnormal = t < 0x1p-1022;
    const sk_pair_f64 l = sk_log_f64(subnormal ? t * 0x1p64 : t);
    return subnormal ? 64.0 * log_two - (l.hi + l.lo) : -(l.hi + l.lo);
}

/* log(y |sin(pi y)| / pi) for the distance r > 0 from y to the nearest integer. */
static sk_pair_f64 log_of_sine(double y, double r)
{
    const sk_pair_f64 sinc = sk_sinc_f64(r);
    const sk_pair_f64 d = sk_two_prod_f64(y, r);
    const sk_pair_f64 p = sk_two_prod_f64(d.hi, sinc.hi);
    sk_pair_f64 l = sk_log_f64(p.hi);
    l.lo += (p.lo + (d.lo * sinc.hi + d.hi * sinc.lo)) / p.hi;
    return l;
}

static sk_pair_f64 gammaln_of(double y)
{
    if (y < 2.25)
        return (sk_pair_f64){gammaln_near_f64(y), 0.0};
    const double w = 1.0 / y;
    return gamma_exponent_f64(y, 0.0, sk_log_f64(y), w, sk_stirling_wide_f64(w * w));
}

double sk_gammaln_rare(double x)
{
    const double y = -x;
    if (x == 0.0)
        return HUGE_VAL;
    if (x == -HUGE_VAL)
        return x; /* as SciPy has it; C's lgamma gives +inf */
    if (fabs(x) < 0x1p-60)
        return minus_log(fabs(x));
    const double r = fabs(y - nearbyint(y));
    if (r == 0.0)
        return HUGE_VAL;
    const sk_pair_f64 sine = log_of_sine(y, r), gamma = gammaln_of(y);
    const sk_pair_f64 sum = sk_two_sum_f64(sine.hi, gamma.hi);
    return -(sum.hi + (sum.lo + (sine.lo + gamma.lo)));
}
