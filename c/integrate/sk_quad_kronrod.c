/* Gauss-Kronrod rules on one panel, with the error estimate of QUADPACK (1983), sec. 2.2.1.1. */
#include "sk_quad_rules.h"

#include <float.h>
#include <math.h>

#include "sk_quad_tables.h"

/* A rule of 2 n + 1 points as pairs around the centre, with a Gauss rule inside it. */
typedef struct {
    int pairs;
    const double *x, *w, *gauss;
} pair_rule;

static const pair_rule rule15 = {7, sk_kronrod15_x, sk_kronrod15_w, sk_gauss7_w};
static const pair_rule rule21 = {10, sk_kronrod21_x, sk_kronrod21_w, sk_gauss10_w};

/* x[0] the centre, then the pairs from the outside in. */
static void place(const pair_rule *rule, double a, double b, double *x)
{
    const double centre = 0.5 * (a + b), half = 0.5 * (b - a);
    x[0] = centre;
    for (int i = 0; i < rule->pairs; i++) {
        x[2 * i + 1] = centre - half * rule->x[i];
        x[2 * i + 2] = centre + half * rule->x[i];
    }
}

/* Integral, error and size from the values f in the order of `place`. */
static void sum_up(const pair_rule *rule, double a, double b, const double *f, sk_quad_estimate *out)
{
    const double half = 0.5 * (b - a), width = fabs(half);
    const int n = rule->pairs;
    /* the centre is a Gauss point if the number of pairs is odd */
    double gauss = n % 2 ? rule->gauss[n / 2] * f[0] : 0.0;
    double kronrod = rule->w[n] * f[0], absolute = rule->w[n] * fabs(f[0]);
    for (int i = 1; i < n; i += 2) {
        const double pair = f[2 * i + 1] + f[2 * i + 2];
        gauss += rule->gauss[i / 2] * pair;
        kronrod += rule->w[i] * pair;
        absolute += rule->w[i] * (fabs(f[2 * i + 1]) + fabs(f[2 * i + 2]));
    }
    for (int i = 0; i < n; i += 2) {
        kronrod += rule->w[i] * (f[2 * i + 1] + f[2 * i + 2]);
        absolute += rule->w[i] * (fabs(f[2 * i + 1]) + fabs(f[2 * i + 2]));
    }
    const double mean = 0.5 * kronrod;
    double deviation = rule->w[n] * fabs(f[0] - mean);
    for (int i = 0; i < n; i++)
        deviation += rule->w[i] * (fabs(f[2 * i + 1] - mean) + fabs(f[2 * i + 2] - mean));
    out->value = kronrod * half;
    out->absolute = absolute * width;
    out->deviation = deviation * width;
    out->error = fabs((kronrod - gauss) * half);
    if (out->deviation != 0 && out->error != 0) {
        const double ratio = 200 * out->error / out->deviation;
        if (!(ratio >= 1))  /* a NaN goes on as NaN */
            out->error = out->deviation * (ratio * sqrt(ratio));
        else
            out->error = out->deviation;
    }
    if (out->absolute > DBL_MIN / (50 * DBL_EPSILON))
        out->error = fmax(50 * DBL_EPSILON * out->absolute, out->error);
}

int sk_quad_rule_finite(void *context, double a, double b, int32_t level, sk_quad_estimate *out)
{
    sk_quad *q = ((sk_quad_plain *)context)->q;
    double x[21], f[21];
    (void)level;
    place(&rule21, a, b, x);
    q->neval += 21;
    if (q->f(21, x, f, q->data))
        return SK_CALLBACK;
    sum_up(&rule21, a, b, f, out);
    return SK_OK;
}

/* The half line as t in (0, 1]: x = bound +- (1-t)/t, dx = dt/t^2; the whole line as the sum of two. */
int sk_quad_rule_infinite(void *context, double a, double b, int32_t level, sk_quad_estimate *out)
{
    const sk_quad_half_line *c = context;
    sk_quad *q = c->q;
    const double sign = c->direction < 0 ? -1.0 : 1.0, bound = c->direction == 2 ? 0.0 : c->bound;
    const int n = c->direction == 2 ? 30 : 15;
    double t[15], x[30], value[30], f[15];
    (void)level;
    place(&rule15, a, b, t);
    for (int i = 0; i < 15; i++) {
        const double there = bound + sign * (1.0 - t[i]) / t[i];
        if (n == 15) {
            x[i] = there;
        } else {
            x[2 * i] = there;
            x[2 * i + 1] = -there;
        }
    }
    q->neval += n;
    if (q->f(n, x, value, q->data))
        return SK_CALLBACK;
    for (int i = 0; i < 15; i++)
        f[i] = (n == 15 ? value[i] : value[2 * i] + value[2 * i + 1]) / t[i] / t[i];
    sum_up(&rule15, a, b, f, out);
    return SK_OK;
}

int sk_quad_weighted15(sk_quad *q, const void *context, sk_quad_weight weight, double a, double b,
                       sk_quad_estimate *out)
{
    double x[15], f[15];
    place(&rule15, a, b, x);
    q->neval += 15;
    if (q->f(15, x, f, q->data))
        return SK_CALLBACK;
    for (int i = 0; i < 15; i++)
        f[i] *= weight(context, x[i]);
    sum_up(&rule15, a, b, f, out);
    return SK_OK;
}

void sk_quad_kronrod(int points, double *x, double *weight, double *difference)
{
    const pair_rule *rule = points == 15 ? &rule15 : &rule21;
    const int n = rule->pairs;
    for (int i = 0; i <= n; i++) {
        const double gauss = i % 2 ? rule->gauss[i / 2] : 0.0;
        x[i] = -rule->x[i];
        x[2 * n - i] = rule->x[i];
        weight[i] = weight[2 * n - i] = rule->w[i];
        difference[i] = difference[2 * n - i] = rule->w[i] - gauss;
    }
}
