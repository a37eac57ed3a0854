/* The two adaptive strategies, apart from the rules they use. Not for users of sk_quad.h. */
#ifndef SK_QUAD_ADAPT_H
#define SK_QUAD_ADAPT_H

#include "sk_quad_rules.h"

/* Wynn's epsilon algorithm on a growing sequence. */
typedef struct sk_quad_epsilon {
    double table[52];  /* the newest lower diagonal, oldest element first */
    double last[3];    /* the three best limits so far */
    int count;         /* elements in the table */
    int calls;
} sk_quad_epsilon;

void sk_quad_epsilon_put(sk_quad_epsilon *e, double value);
/* The limit of the sequence as far as it is known, and its error; at least 3 elements make it meaningful. */
void sk_quad_epsilon_limit(sk_quad_epsilon *e, double *limit, double *error);

/* A search for the panels that need bisection. */
typedef struct sk_quad_search {
    sk_quad *q;
    sk_quad_rule rule;
    void *context;
    double area, errsum;    /* sums over the panels */
    double bound;           /* the error allowed */
    double halves_error;    /* of the two panels made last */
    double absolute;        /* integral of |f| over the first panels */
    int64_t position;       /* of the next panel to bisect in the order */
    int roundoff[2];        /* bisections that changed nothing: before and during extrapolation */
    int growth;             /* bisections that raised the error */
    /* extrapolation only */
    double omega;           /* |omega| of an oscillating weight, or 0 */
    int extrapolable;       /* the panels are narrow enough for the areas to be a sequence worth extrapolating */
    int at_once;            /* the first bisection's area belongs to the sequence */
    int32_t deepest;        /* panels of lower level are `large` */
    sk_quad_epsilon epsilon;
} sk_quad_search;

/* One panel's rule; sets q->value and q->error of that panel. */
int sk_quad_first_panel(sk_quad_search *s, double a, double b, sk_quad_estimate *out);
/* Bisect the worst panel until the sum of the errors is small enough. `both_needed`: roundoff is reported only if it
 * shows in both ways; `pole` is kept away from the ends of panels where it is not NULL. */
int sk_quad_adapt(sk_quad_search *s, int both_needed, const double *pole);
/* The same, with extrapolation of the sums that belong to ever smaller smallest panels. */
int sk_quad_adapt_extrapolating(sk_quad_search *s);
double sk_quad_allowed(const sk_quad *q, double value);

#endif
