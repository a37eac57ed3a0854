/* Globally adaptive bisection, plain and with extrapolation (QUADPACK 1983, sec. 2.2.3 and 3.3).
 *
 * QAGS, QAGI, QAGP and QAWO are one strategy here. What QUADPACK asks of a panel's width ("not small") is asked of
 * the number of bisections that made it: both are powers of two of the first width.
 */
#include "sk_quad_adapt.h"

#include <float.h>
#include <math.h>

double sk_quad_allowed(const sk_quad *q, double value)
{
    return fmax(q->epsabs, q->epsrel * fabs(value));
}

int sk_quad_first_panel(sk_quad_search *s, double a, double b, sk_quad_estimate *out)
{
    sk_quad *q = s->q;
    const int64_t i = q->last;
    const int status = s->rule(s->context, a, b, 0, out);
    if (status)
        return status;
    q->a[i] = a;
    q->b[i] = b;
    q->value[i] = out->value;
    q->error[i] = out->error;
    q->order[i] = (int32_t)i;
    q->level[i] = 0;
    q->last++;
    return SK_OK;
}

/* Restore the order after the panel at s->position got a new error and a last panel, not above it, was added. */
static void reorder(sk_quad_search *s)
{
    sk_quad *q = s->q;
    const double *error = q->error;
    const int32_t panel = q->order[s->position], added = (int32_t)(q->last - 1);
    int64_t i = s->position, end = q->last - 1;
    while (i > 0 && error[q->order[i - 1]] < error[panel]) {
        q->order[i] = q->order[i - 1];
        i--;
    }
    s->position = i;
    while (i + 1 < end && error[q->order[i + 1]] > error[panel]) {
        q->order[i] = q->order[i + 1];
        i++;
    }
    q->order[i] = panel;
    while (end > i + 1 && error[q->order[end - 1]] <= error[added]) {
        q->order[end] = q->order[end - 1];
        end--;
    }
    q->order[end] = added;
}

/* Count a bisection that did not help; comparisons are such that NaNs count. */
static void count_roundoff(sk_quad_search *s, const sk_quad_estimate half[2], double value, double error,
                           int extrapolating)
{
    const double area = half[0].value + half[1].value, errors = half[0].error + half[1].error;
    if (half[0].deviation == half[0].error || half[1].deviation == half[1].error)
        return;
    if (!(fabs(value - area) > 1e-5 * fabs(area) || errors < 0.99 * error))
        s->roundoff[extrapolating]++;
    if (s->q->last > 10 && errors > error)
        s->growth++;
}

/* Bisect the panel at s->position at `middle`; *narrow is set if the halves are too narrow. */
static int bisect(sk_quad_search *s, double middle, int extrapolating, int *narrow)
{
    sk_quad *q = s->q;
    const int32_t panel = q->order[s->position], level = q->level[panel] + 1;
    const double ends[3] = {q->a[panel], middle, q->b[panel]};
    const double value = q->value[panel], error = q->error[panel];
    sk_quad_estimate half[2];
    for (int i = 0; i < 2; i++) {
        const int status = s->rule(s->context, ends[i], ends[i + 1], level, &half[i]);
        if (status)
            return status;
    }
    s->halves_error = half[0].error + half[1].error;
    s->errsum += s->halves_error - error;
    s->area += half[0].value + half[1].value - value;
    s->bound = sk_quad_allowed(q, s->area);
    const int64_t added = q->last++;
    count_roundoff(s, half, value, error, extrapolating);
    *narrow = fmax(fabs(ends[0]), fabs(ends[2])) <= (1 + 100 * DBL_EPSILON) * (fabs(middle) + 1000 * DBL_MIN);
    const int larger = half[1].error > half[0].error;  /* the worse half stays in the place of the panel */
    for (int i = 0; i < 2; i++) {
        const int64_t place = i == larger ? panel : added;
        q->a[place] = ends[i];
        q->b[place] = ends[i + 1];
        q->value[place] = half[i].value;
        q->error[place] = half[i].error;
        q->level[place] = level;
    }
    reorder(s);
    return SK_OK;
}

static void sum_panels(sk_quad *q, double errsum)
{
    q->result = 0.0;
    for (int64_t i = 0; i < q->last; i++)
        q->result += q->value[i];
    q->abserr = errsum;
}

int sk_quad_adapt(sk_quad_search *s, int both_needed, const double *pole)
{
    sk_quad *q = s->q;
    while (q->last < q->limit && q->fault == SK_QUAD_FINE) {
        const int32_t panel = q->order[0];
        const double a = q->a[panel], b = q->b[panel];
        double middle = 0.5 * (a + b);
        int narrow = 0;
        if (pole && *pole > a && *pole <= middle)
            middle = 0.5 * (*pole + b);
        else if (pole && *pole > middle && *pole < b)
            middle = 0.5 * (a + *pole);
        s->position = 0;
        const int status = bisect(s, middle, 0, &narrow);
        if (status)
            return status;
        if (s->errsum <= s->bound)
            break;
        const int same = s->roundoff[0] >= 6, grown = s->growth >= 20;
        if (q->last == q->limit)
            q->fault = SK_QUAD_LIMIT;
        if ((both_needed ? same && grown : same || grown) || isnan(s->errsum))
            q->fault = SK_QUAD_ROUNDOFF;
        if (narrow)
            q->fault = SK_QUAD_BAD_POINT;
    }
    sum_panels(q, s->errsum);
    return SK_OK;
}

/* ---- extrapolation ---- */

typedef struct {
    double result, error;  /* the best extrapolated value; DBL_MAX: none yet */
    double correction;     /* error of the large panels when it was found */
    double large_error;    /* sum of the errors over the large panels */
    double goal;           /* the error at which the large panels count as settled */
    int active;            /* the large panels are being worked off before the next extrapolation */
    int barred, distrusted, idle;
} extrapolation;

static int is_large(const sk_quad_search *s, int32_t panel)
{
    return s->q->level[panel] < s->deepest;
}

/* Go down the order to the next large panel; false if there is none. */
static int find_large(sk_quad_search *s)
{
    const sk_quad *q = s->q;
    const int64_t end = q->last > 2 + q->limit / 2 ? q->limit + 3 - q->last : q->last;
    for (; s->position < end; s->position++)
        if (is_large(s, q->order[s->position]))
            return 1;
    return 0;
}

/* Take the next limit of the sequence if it is better; true if it ends the search. */
static int extrapolate(sk_quad_search *s, extrapolation *x)
{
    sk_quad *q = s->q;
    double limit, error;
    sk_quad_epsilon_limit(&s->epsilon, &limit, &error);
    x->idle++;
    if (x->idle > 5 && x->error < 1e-3 * s->errsum)
        q->fault = 5;  /* QUADPACK's inner numbering: see settle */
    if (error < x->error) {
        x->idle = 0;
        x->error = error;
        x->result = limit;
        x->correction = x->large_error;
        x->goal = sk_quad_allowed(q, limit);
        if (error <= x->goal)
            return 1;
    }
    if (s->epsilon.count == 1)
        x->barred = 1;
    return q->fault == 5;
}

/* After a bisection: true if the search is over. */
static int consider(sk_quad_search *s, extrapolation *x, double old_error, int32_t old_level)
{
    sk_quad *q = s->q;
    if (q->last == 2 && s->at_once && s->extrapolable) {
        s->deepest++;
        sk_quad_epsilon_put(&s->epsilon, s->area);
        x->goal = s->bound;
        x->large_error = s->errsum;
        return 0;
    }
    if (x->barred)
        return 0;
    if (s->extrapolable) {
        x->large_error -= old_error;
        if (old_level + 1 < s->deepest)
            x->large_error += s->halves_error;
    }
    if (!x->active) {
        const int32_t next = q->order[s->position];
        if (is_large(s, next))
            return 0;
        if (!s->extrapolable) {
            s->deepest++;
            if (0.25 * fabs(q->b[next] - q->a[next]) * s->omega > 2)
                return 0;
            s->extrapolable = 1;
            x->goal = s->bound;
            x->large_error = s->errsum;
            return 0;
        }
        x->active = 1;
        s->position = 1;
    }
    if (!x->distrusted && x->large_error > x->goal && find_large(s))
        return 0;
    sk_quad_epsilon_put(&s->epsilon, s->area);
    if (s->epsilon.count >= 3 && extrapolate(s, x))
        return 1;
    s->position = 0;
    x->active = 0;
    s->deepest++;
    x->large_error = s->errsum;
    return 0;
}

/* Choose between the extrapolated value and the sum, and look for divergence. */
static void settle(sk_quad_search *s, extrapolation *x, int positive, int converged)
{
    sk_quad *q = s->q;
    int sum = converged || x->error == DBL_MAX, comparable = 1;
    if (!sum && (q->fault != 0 || x->distrusted)) {
        if (x->distrusted)
            x->error += x->correction;
        if (q->fault == 0)
            q->fault = 3;
        if (x->result != 0 && s->area != 0) {
            sum = x->error / fabs(x->result) > s->errsum / fabs(s->area);
        } else {
            sum = x->error > s->errsum;
            comparable = s->area != 0;
        }
    }
    if (sum) {
        sum_panels(q, s->errsum);
    } else {
        q->result = x->result;
        q->abserr = x->error;
        if (comparable && (positive || fmax(fabs(x->result), fabs(s->area)) > 0.01 * s->absolute)) {
            const double ratio = x->result / s->area;
            if (0.01 > ratio || ratio > 100 || s->errsum > fabs(s->area))
                q->fault = 6;
        }
    }
    /* inner numbers: 3 roundoff in the table, 4 bad point, 5 stalled, 6 divergent */
    if (q->fault > 2)
        q->fault--;
}

int sk_quad_adapt_extrapolating(sk_quad_search *s)
{
    sk_quad *q = s->q;
    extrapolation x = {.error = DBL_MAX, .large_error = s->errsum, .goal = s->bound};
    const int positive = fabs(s->area) >= (1 - 50 * DBL_EPSILON) * s->absolute;
    int converged = 0;
    s->position = 0;
    while (q->last < q->limit) {
        const int32_t panel = q->order[s->position], level = q->level[panel];
        const double old_error = q->error[panel];
        int narrow = 0;
        const int status = bisect(s, 0.5 * (q->a[panel] + q->b[panel]), x.active, &narrow);
        if (status)
            return status;
        if (s->roundoff[0] + s->roundoff[1] >= 10 || s->growth >= 20)
            q->fault = 2;
        if (s->roundoff[1] >= 5)
            x.distrusted = 1;
        if (q->last == q->limit)
            q->fault = 1;
        if (narrow)
            q->fault = 4;
        converged = s->errsum <= s->bound;
        if (converged || q->fault != 0)
            break;
        if (consider(s, &x, old_error, level))
            break;
    }
    settle(s, &x, positive, converged);
    return SK_OK;
}
