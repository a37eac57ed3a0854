/* Modified Clenshaw-Curtis rules on one panel: f is expanded in Chebyshev polynomials on 13 and on 25 points and
 * integrated term by term against the weight; the difference of the two is the error (QUADPACK 1983, sec. 2.2.3).
 * Where the weight is smooth on the panel the 15-point Kronrod rule takes over.
 */
#include "sk_quad_rules.h"

#include <math.h>

#include "sk_quad_tables.h"

enum { DEGREE = 24, POINTS = 25, GAUSS = 24 /* 22 nodes, in lanes of 4 */ };

/* f at the 25 points centre + half cos(k pi / 24), the right end first. */
static int sample(sk_quad *q, double centre, double half, double *f)
{
    double x[POINTS];
    for (int k = 0; k < POINTS; k++)
        x[k] = centre + half * sk_cos24[k];
    q->neval += POINTS;
    return q->f(POINTS, x, f, q->data) ? SK_CALLBACK : SK_OK;
}

/* Coefficients of the polynomial through f at every `stride`-th of the 25 points, f ~ sum_k c[k] T_k. */
static void expand(const double *f, int stride, double *c)
{
    const int n = DEGREE / stride, half = n / 2;
    double even[DEGREE / 2 + 1] = {0.0}, odd[DEGREE / 2] = {0.0};
    for (int j = 0; j <= half; j++) {
        const double low = f[j * stride], high = f[(n - j) * stride];
        const double weight = j == 0 ? 0.5 : 1.0, sum = j == half ? low : weight * (low + high);
        const double *row = sk_cos24_even + j * stride * (DEGREE / 2 + 1);
        for (int m = 0; m <= half; m++)
            even[m] += sum * row[m];
        if (j == half)
            break;
        const double difference = weight * (low - high);
        row = sk_cos24_odd + j * stride * (DEGREE / 2);
        for (int m = 0; m < half; m++)
            odd[m] += difference * row[m];
    }
    for (int m = 0; m < half; m++) {
        c[2 * m] = 2 * even[m] / n;
        c[2 * m + 1] = 2 * odd[m] / n;
    }
    c[0] = even[0] / n;
    c[n] = even[half] / n;
}

/* sum_k c[k] moment[k] with both expansions. */
static void integrate(const double *f, const double *moment, double *coarse, double *fine)
{
    double c12[13], c24[POINTS];
    expand(f, 2, c12);
    expand(f, 1, c24);
    *coarse = *fine = 0.0;
    for (int k = 12; k >= 0; k--)
        *coarse += c12[k] * moment[k];
    for (int k = DEGREE; k >= 0; k--)
        *fine += c24[k] * moment[k];
}

/* ---- cos(omega x) and sin(omega x) ---- */

/* m[k] = sum_i factor[i] T_k(x[i]), in lanes for the processor's sake. */
static double lane_sum(const double *factor, const double *chebyshev)
{
    double lane[4] = {0.0};
    for (int i = 0; i < GAUSS; i += 4)
        for (int j = 0; j < 4; j++)
            lane[j] += factor[i + j] * chebyshev[i + j];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* The moments below by the 44-point Gauss rule, whose remainder is below 1e-17 for p <= 24. */
static void small_wave_moments(double p, double *m)
{
    double even[GAUSS] = {0.0}, odd[GAUSS] = {0.0}, before[GAUSS] = {0.0}, now[GAUSS] = {0.0};
    for (int i = 0; i < 22; i++) {
        const double x = sk_gauss44_x[i], w = 2 * sk_gauss44_w[i];
        even[i] = w * cos(p * x);
        odd[i] = w * sin(p * x);
        before[i] = 1.0;
        now[i] = x;
    }
    for (int k = 0; k <= DEGREE; k++) {
        m[k] = lane_sum(k % 2 ? odd : even, before);
        for (int i = 0; i < 22; i++) {
            const double next = 2 * sk_gauss44_x[i] * now[i] - before[i];
            before[i] = now[i];
            now[i] = next;
        }
    }
}

/* Integrals of T_k(t) cos(p t) over [-1, 1] for even k and of T_k(t) sin(p t) for odd k; the others are 0.
 *
 * For p > 24 from
 * 2 T_k = T'_{k+1}/(k+1) - T'_{k-1}/(k-1) and integration by parts, a recurrence that is stable upwards while k < p.
 */
static void wave_moments(double p, double *m)
{
    const double c = cos(p), s = sin(p);
    if (p <= 24) {
        small_wave_moments(p, m);
        return;
    }
    m[0] = 2 * s / p;
    m[1] = 2 * (s - p * c) / (p * p);
    m[2] = (2 * s - 4 * m[1]) / p;
    for (int k = 2; k < DEGREE; k++) {
        const double sign = k % 2 ? 1.0 : -1.0, edge = k % 2 ? 2 * s : 2 * c;
        m[k + 1] = sign * (edge - (k + 1) * (2 * m[k] + (edge - sign * p * m[k - 1]) / (k - 1))) / p;
    }
}

/* The moments of a panel of that level, from the table where it has them; new ones are put there. */
static void find_moments(sk_quad_moments *table, int32_t level, double p, double *m)
{
    if (level < table->known) {
        for (int k = 0; k < POINTS; k++)
            m[k] = table->values[k * (int64_t)table->capacity + level];
        return;
    }
    wave_moments(p, m);
    if (level == table->known && level < table->capacity) {
        for (int k = 0; k < POINTS; k++)
            table->values[k * (int64_t)table->capacity + level] = m[k];
        table->known++;
    }
}

static double wave_weight(const void *context, double x)
{
    const sk_quad_wave *c = context;
    return c->sine ? sin(c->omega * x) : cos(c->omega * x);
}

int sk_quad_rule_wave(void *context, double a, double b, int32_t level, sk_quad_estimate *out)
{
    const sk_quad_wave *wave = context;
    const double centre = 0.5 * (a + b), half = 0.5 * (b - a), p = wave->omega * half;
    double f[POINTS], m[POINTS], c12[13], c24[POINTS];
    double sum[2] = {0.0, 0.0}, error[2] = {0.0, 0.0};  /* of the cosine's moments and of the sine's */
    if (fabs(p) <= 2)
        return sk_quad_weighted15(wave->q, wave, wave_weight, a, b, out);
    find_moments(wave->moments, level, p, m);
    if (sample(wave->q, centre, half, f))
        return SK_CALLBACK;
    expand(f, 2, c12);
    expand(f, 1, c24);
    out->absolute = 0.0;
    for (int k = DEGREE; k >= 0; k--) {
        sum[k % 2] += c24[k] * m[k];
        out->absolute += fabs(c24[k]);
        /* the 13th would be the first of the odd tail; QUADPACK begins both tails above it */
        if (k != 13)
            error[k % 2] += fabs((k <= 12 ? c12[k] - c24[k] : c24[k]) * m[k]);
    }
    out->absolute *= fabs(half);
    out->deviation = HUGE_VAL;
    const double c = half * cos(centre * wave->omega), s = half * sin(centre * wave->omega);
    if (wave->sine) {
        out->value = c * sum[1] + s * sum[0];
        out->error = fabs(c * error[1]) + fabs(s * error[0]);
    } else {
        out->value = c * sum[0] - s * sum[1];
        out->error = fabs(c * error[0]) + fabs(s * error[1]);
    }
    return SK_OK;
}

/* ---- (x-a)^alpha (b-x)^beta with logarithms ---- */

void sk_quad_end_moments(double power, double *plain, double *with_log)
{
    const double p = power + 1, scale = pow(2.0, p);
    plain[0] = scale / p;
    plain[1] = plain[0] * power / (p + 1);
    with_log[0] = -plain[0] / p;
    with_log[1] = -2 * scale / ((p + 1) * (p + 1)) - with_log[0];
    for (int n = 2; n <= DEGREE; n++) {
        const double below = (n - 1) * (n + p), step = n * (n - p - 1);
        plain[n] = -(scale + step * plain[n - 1]) / below;
        with_log[n] = -(step * with_log[n - 1] - n * plain[n - 1] + (n - 1) * plain[n]) / below;
    }
}

static double ends_weight(const void *context, double x)
{
    const sk_quad_ends *e = context;
    const double from_a = x - e->a, to_b = e->b - x;
    double w = pow(from_a, e->alpha) * pow(to_b, e->beta);
    if (e->log_a)
        w *= log(from_a);
    if (e->log_b)
        w *= log(to_b);
    return w;
}

/* A panel at one end: that end's factor is in the moments, the other one's goes into f. Seen from the right end
 * (toward -1) all is mirrored. */
static int end_panel(const sk_quad_ends *e, double a, double b, int right, sk_quad_estimate *out)
{
    const double centre = 0.5 * (a + b), half = 0.5 * (b - a), sign = right ? -1.0 : 1.0;
    const double near_power = right ? e->beta : e->alpha, far_power = right ? e->alpha : e->beta;
    const int near_log = right ? e->log_b : e->log_a, far_log = right ? e->log_a : e->log_b;
    const double far_centre = right ? centre - e->a : e->b - centre;
    double f[POINTS], coarse, fine, value, error;
    if (sample(e->q, centre, sign * half, f))
        return SK_CALLBACK;
    for (int k = 0; k < POINTS; k++) {
        const double far = far_centre - half * sk_cos24[k];
        f[k] *= pow(far, far_power) * (far_log ? log(far) : 1.0);
    }
    integrate(f, right ? e->moments_b : e->moments_a, &coarse, &fine);
    value = fine;
    error = fabs(fine - coarse);
    if (near_log) {
        /* log(half (1+t)) = log(2 half) + log((1+t)/2) */
        const double shift = log(b - a);
        value *= shift;
        error *= fabs(shift);
        integrate(f, right ? e->log_moments_b : e->log_moments_a, &coarse, &fine);
        value += fine;
        error += fabs(fine - coarse);
    }
    const double scale = pow(half, near_power + 1);
    out->value = value * scale;
    out->error = out->deviation = error * scale;
    out->absolute = fabs(out->value);
    return SK_OK;
}

int sk_quad_rule_ends(void *context, double a, double b, int32_t level, sk_quad_estimate *out)
{
    const sk_quad_ends *e = context;
    (void)level;
    if (a == e->a && (e->alpha != 0 || e->log_a))
        return end_panel(e, a, b, 0, out);
    if (b == e->b && (e->beta != 0 || e->log_b))
        return end_panel(e, a, b, 1, out);
    return sk_quad_weighted15(e->q, e, ends_weight, a, b, out);
}

/* ---- 1 / (x-c) ---- */

static double pole_weight(const void *context, double x)
{
    return 1.0 / (x - ((const sk_quad_pole *)context)->c);
}

int sk_quad_rule_pole(void *context, double a, double b, int32_t level, sk_quad_estimate *out)
{
    const sk_quad_pole *pole = context;
    const double c = (2 * pole->c - b - a) / (b - a);
    double f[POINTS], m[POINTS], coarse, fine;
    (void)level;
    if (fabs(c) >= 1.1)
        return sk_quad_weighted15(pole->q, pole, pole_weight, a, b, out);
    if (sample(pole->q, 0.5 * (a + b), 0.5 * (b - a), f))
        return SK_CALLBACK;
    /* principal values of T_k(t) / (t-c): the Chebyshev recurrence with the integral of 2 T_k on the right */
    m[0] = log(fabs((1 - c) / (1 + c)));
    m[1] = 2 + c * m[0];
    for (int k = 1; k < DEGREE; k++)
        m[k + 1] = 2 * c * m[k] - m[k - 1] + (k % 2 ? 0.0 : 4.0 / (1.0 - (double)k * k));
    integrate(f, m, &coarse, &fine);
    out->value = fine;
    out->error = out->deviation = fabs(fine - coarse);
    out->absolute = fabs(fine);
    return SK_OK;
}
