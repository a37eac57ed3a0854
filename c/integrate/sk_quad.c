/* The integrals that are offered: which rule, which strategy, and how the search begins. */
#include "sk_quad.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#include "sk_quad_adapt.h"

static void begin(sk_quad *q)
{
    q->last = q->neval = 0;
    q->result = q->abserr = 0.0;
    q->fault = SK_QUAD_FINE;
}

/* After the first panels: the result if they suffice. True if nothing is left to do. */
static int enough(sk_quad_search *s, int sure)
{
    sk_quad *q = s->q;
    q->result = s->area;
    q->abserr = s->errsum;
    s->bound = sk_quad_allowed(q, s->area);
    if (s->errsum <= 100 * DBL_EPSILON * s->absolute && s->errsum > s->bound)
        q->fault = SK_QUAD_ROUNDOFF;
    if (q->limit <= q->last && !(q->last > 1 && s->errsum <= s->bound))
        q->fault = SK_QUAD_LIMIT;
    return q->fault != SK_QUAD_FINE || (s->errsum <= s->bound && sure) || s->errsum == 0;
}

/* One panel to begin with. An error equal to the deviation says nothing: the search goes on where `strict`. */
static int one_panel(sk_quad_search *s, double a, double b, int strict, int *done)
{
    sk_quad_estimate first;
    const int status = sk_quad_first_panel(s, a, b, &first);
    if (status)
        return status;
    s->area = first.value;
    s->errsum = first.error;
    s->absolute = first.absolute;
    *done = enough(s, !strict || first.error != first.deviation);
    return SK_OK;
}

static int extrapolated(sk_quad *q, sk_quad_rule rule, void *context, double a, double b)
{
    sk_quad_search s = {.q = q, .rule = rule, .context = context, .extrapolable = 1, .at_once = 1, .deepest = 1};
    int done;
    begin(q);
    const int status = one_panel(&s, a, b, 1, &done);
    if (status || done)
        return status;
    sk_quad_epsilon_put(&s.epsilon, s.area);
    return sk_quad_adapt_extrapolating(&s);
}

int sk_quad_finite(sk_quad *q, double a, double b)
{
    sk_quad_plain context = {q};
    return extrapolated(q, sk_quad_rule_finite, &context, a, b);
}

int sk_quad_infinite(sk_quad *q, double bound, int direction)
{
    sk_quad_half_line context = {q, bound, direction};
    return extrapolated(q, sk_quad_rule_infinite, &context, 0.0, 1.0);
}

int sk_quad_points(sk_quad *q, int64_t n, const double *break_points, int32_t *raised)
{
    sk_quad_plain context = {q};
    sk_quad_search s = {.q = q, .rule = sk_quad_rule_finite, .context = &context, .extrapolable = 1, .deepest = 1};
    begin(q);
    if (n < 2 || q->limit < n - 1)
        return SK_ARGUMENT;
    for (int64_t i = 0; i + 1 < n; i++) {
        sk_quad_estimate e;
        const int status = sk_quad_first_panel(&s, break_points[i], break_points[i + 1], &e);
        if (status)
            return status;
        s.area += e.value;
        s.errsum += e.error;
        s.absolute += e.absolute;
        raised[i] = e.error == e.deviation && e.error != 0;
    }
    const int done = enough(&s, 1);
    /* panels whose estimate says nothing come first */
    const double all = s.errsum;
    s.errsum = 0.0;
    for (int64_t i = 0; i < q->last; i++) {
        if (raised[i])
            q->error[i] = all;
        s.errsum += q->error[i];
    }
    for (int64_t i = 1; i < q->last; i++) {
        const int32_t panel = q->order[i];
        int64_t j = i;
        for (; j > 0 && q->error[q->order[j - 1]] < q->error[panel]; j--)
            q->order[j] = q->order[j - 1];
        q->order[j] = panel;
    }
    if (done)
        return SK_OK;
    sk_quad_epsilon_put(&s.epsilon, s.area);
    return sk_quad_adapt_extrapolating(&s);
}

static int oscillatory(sk_quad *q, double a, double b, double omega, int sine, sk_quad_moments *moments)
{
    sk_quad_wave context = {q, fabs(omega), sine, moments};
    sk_quad_search s = {.q = q, .rule = sk_quad_rule_wave, .context = &context, .at_once = 1, .deepest = 1,
                        .omega = fabs(omega)};
    int done;
    begin(q);
    const int status = one_panel(&s, a, b, 0, &done);
    if (status || done)
        return status;
    const double phase = 0.5 * fabs(b - a) * s.omega;
    if (phase <= 2)
        sk_quad_epsilon_put(&s.epsilon, s.area);
    s.extrapolable = phase <= 4;
    return sk_quad_adapt_extrapolating(&s);
}

int sk_quad_oscillatory(sk_quad *q, double a, double b, double omega, int sine, sk_quad_moments *moments)
{
    const int status = oscillatory(q, a, b, omega, sine, moments);
    if (sine && omega < 0)
        q->result = -q->result;
    return status;
}

/* What a Fourier integral's sum over cycles has come to. */
typedef struct {
    double sum, sum_error;       /* plain sum of the cycles; with the size of the last one */
    double limit, limit_error;   /* extrapolated */
    double correction;           /* largest error of a cycle */
    int idle, fault;
} fourier;

/* Extrapolated or plain sum. */
static void settle_fourier(sk_quad *q, const fourier *w, double errsum, double size)
{
    double error = w->limit_error + 10 * w->correction;
    int plain = 0;
    if (w->fault != 0) {
        if (w->limit != 0 && w->sum != 0)
            plain = error / fabs(w->limit) > (errsum + size) / fabs(w->sum);
        else if (error > errsum)
            plain = 1;
        else if (w->sum == 0) {
            q->result = w->limit;
            q->abserr = error;
            return;
        }
        if (!plain && w->fault != SK_QUAD_CYCLES)
            error += size;
    }
    q->result = plain ? w->sum : w->limit;
    q->abserr = plain ? errsum + size : error;
}

/* The value of one more cycle; true if the sum over the cycles is settled. */
static int add_cycle(sk_quad_epsilon *e, fourier *w, double value, int64_t number, int64_t limit, double errsum,
                     double size, double epsabs)
{
    double guess, guess_error;
    w->sum += value;
    sk_quad_epsilon_put(e, w->sum);
    if (number < 3)
        return 0;
    if (number == limit)
        w->fault = SK_QUAD_LIMIT;
    sk_quad_epsilon_limit(e, &guess, &guess_error);
    w->idle++;
    if (w->idle >= 15 && w->limit_error <= 1e-3 * (errsum + size))
        w->fault = SK_QUAD_STALLED;
    if (guess_error <= w->limit_error || number == 3) {
        w->limit = guess;
        w->limit_error = guess_error;
        w->idle = 0;
        if (guess_error + 10 * w->correction <= epsabs || (guess_error <= epsabs && 10 * w->correction >= epsabs))
            return 1;
    }
    return w->fault != 0 && w->fault != SK_QUAD_CYCLES;
}

/* omega = 0: an ordinary integral, or nothing. */
static int no_wave(sk_quad *q, double a, int sine, sk_quad_cycles *cycles)
{
    const double epsrel = q->epsrel;
    int status = SK_OK;
    begin(q);
    q->epsrel = 0.0;
    if (!sine)
        status = sk_quad_infinite(q, a, 1);
    q->epsrel = epsrel;
    cycles->count = 1;
    cycles->value[0] = q->result;
    cycles->error[0] = q->abserr;
    cycles->fault[0] = q->fault;
    return status;
}

int sk_quad_fourier(sk_quad *q, double a, double omega, int sine, sk_quad_moments *moments, sk_quad_cycles *cycles)
{
    const double epsabs = q->epsabs, epsrel = q->epsrel, decay = 0.9, sign = sine && omega < 0 ? -1.0 : 1.0;
    const double cycle = (2 * floor(fabs(omega)) + 1) * acos(-1.0) / fabs(omega);
    const double first_eps = epsabs > DBL_MIN / (1 - decay) ? epsabs * (1 - decay) : epsabs;
    sk_quad_epsilon epsilon = {.count = 0};
    fourier w = {.fault = 0};
    double eps = first_eps, factor = 1.0, errsum = 0.0, size = 0.0;
    int64_t neval = 0;
    int status = SK_OK, plain = 0;
    if (omega == 0)
        return no_wave(q, a, sine, cycles);
    q->epsrel = 0.0;
    for (int64_t k = 1; k <= cycles->limit; k++, factor *= decay) {
        q->epsabs = eps * factor;
        status = oscillatory(q, a + (double)(k - 1) * cycle, a + (double)k * cycle, omega, sine, moments);
        if (status)
            break;
        neval += q->neval;
        cycles->count = k;
        cycles->value[k - 1] = sign * q->result;
        cycles->error[k - 1] = q->abserr;
        cycles->fault[k - 1] = q->fault;
        errsum += q->abserr;
        size = 50 * fabs(q->result);
        plain = errsum + size <= epsabs && k >= 6;
        w.correction = fmax(w.correction, q->abserr);
        if (q->fault && !plain) {
            eps = fmax(first_eps, w.correction * (1 - decay));
            w.fault = SK_QUAD_CYCLES;
        }
        plain = plain || (w.fault == SK_QUAD_CYCLES && errsum + size <= 10 * w.correction && k > 5);
        if (plain)
            w.sum += q->result;
        if (plain || add_cycle(&epsilon, &w, q->result, k, cycles->limit, errsum, size, epsabs))
            break;
    }
    q->epsabs = epsabs;
    q->epsrel = epsrel;
    if (status)
        return status;
    q->neval = neval;
    q->fault = w.fault;
    if (plain) {
        q->result = w.sum;
        q->abserr = errsum + size;
    } else {
        settle_fourier(q, &w, errsum, size);
    }
    q->result *= sign;
    return SK_OK;
}

int sk_quad_algebraic(sk_quad *q, double a, double b, double alpha, double beta, int log_a, int log_b)
{
    sk_quad_ends context = {.q = q, .a = a, .b = b, .alpha = alpha, .beta = beta, .log_a = log_a, .log_b = log_b};
    sk_quad_search s = {.q = q, .rule = sk_quad_rule_ends, .context = &context};
    const double centre = 0.5 * (a + b);
    sk_quad_estimate half[2];
    int status;
    begin(q);
    if (q->limit < 2)
        return SK_ARGUMENT;
    sk_quad_end_moments(alpha, context.moments_a, context.log_moments_a);
    sk_quad_end_moments(beta, context.moments_b, context.log_moments_b);
    if ((status = sk_quad_first_panel(&s, a, centre, &half[0])) ||
        (status = sk_quad_first_panel(&s, centre, b, &half[1])))
        return status;
    if (half[1].error > half[0].error) {
        q->order[0] = 1;
        q->order[1] = 0;
    }
    s.area = q->result = half[0].value + half[1].value;
    s.errsum = q->abserr = half[0].error + half[1].error;
    s.bound = sk_quad_allowed(q, s.area);
    if (q->limit == 2)
        q->fault = SK_QUAD_LIMIT;
    if (s.errsum <= s.bound || q->fault)
        return SK_OK;
    return sk_quad_adapt(&s, 0, NULL);
}

int sk_quad_cauchy(sk_quad *q, double a, double b, double c)
{
    sk_quad_pole context = {q, c};
    sk_quad_search s = {.q = q, .rule = sk_quad_rule_pole, .context = &context};
    sk_quad_estimate whole;
    begin(q);
    const int status = sk_quad_first_panel(&s, a, b, &whole);
    if (status)
        return status;
    s.area = q->result = whole.value;
    s.errsum = q->abserr = whole.error;
    s.bound = sk_quad_allowed(q, s.area);
    if (q->limit == 1)
        q->fault = SK_QUAD_LIMIT;
    if (s.errsum < fmin(0.01 * fabs(s.area), s.bound) || s.errsum == 0 || q->fault)
        return SK_OK;
    return sk_quad_adapt(&s, 1, &context.c);
}
