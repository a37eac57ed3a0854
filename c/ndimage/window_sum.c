/* Weighted sums of a window, and extremes of a window with heights. Products are rounded before they are added, in
 * the order of the weights and at every instruction-set level: integer results are truncated, so a last bit that
 * differed would become a whole step. */
#pragma GCC optimize("fp-contract=off")

#include "sk_tiles.h"

#define GROUP 8

/* to = [to +] w[0] p[0] + ... + w[7] p[7] */
static void add_group(double *restrict to, const double *at, const int64_t *d, const double *w, int64_t n)
{
    const double *p0 = at + d[0], *p1 = at + d[1], *p2 = at + d[2], *p3 = at + d[3];
    const double *p4 = at + d[4], *p5 = at + d[5], *p6 = at + d[6], *p7 = at + d[7];
    for (int64_t i = 0; i < n; i++) {
        double sum = to[i] + p0[i] * w[0];
        sum += p1[i] * w[1];
        sum += p2[i] * w[2];
        sum += p3[i] * w[3];
        sum += p4[i] * w[4];
        sum += p5[i] * w[5];
        sum += p6[i] * w[6];
        to[i] = sum + p7[i] * w[7];
    }
}

static void add_one(double *restrict to, const double *p, double w, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] += p[i] * w;
}

int SK_NAME(sk_window_sum_row)(void *job, const void *at, int64_t n, void *to)
{
    const sk_window_sum *s = job;
    double *out = to;
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++)
        out[i] = 0;
    for (; k + GROUP <= s->size; k += GROUP)
        add_group(out, at, s->distance + k, s->weights + k, n);
    for (; k < s->size; k++)
        add_one(out, (const double *)at + s->distance[k], s->weights[k], n);
    return SK_OK;
}

static void raise_to(double *restrict to, const double *p, double height, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = p[i] + height > to[i] ? p[i] + height : to[i];
}

static void lower_to(double *restrict to, const double *p, double height, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        to[i] = p[i] - height < to[i] ? p[i] - height : to[i];
}

int SK_NAME(sk_window_hill_row)(void *job, const void *at, int64_t n, void *to)
{
    const sk_window_hill *h = job;
    const double *first = (const double *)at + h->distance[0];
    double *out = to;
    for (int64_t i = 0; i < n; i++)
        out[i] = h->maximum ? first[i] + h->height[0] : first[i] - h->height[0];
    for (int64_t k = 1; k < h->size; k++)
        (h->maximum ? raise_to : lower_to)(out, (const double *)at + h->distance[k], h->height[k], n);
    return SK_OK;
}
