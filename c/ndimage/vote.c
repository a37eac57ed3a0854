#include "sk_vote.h"

#include <stdlib.h>

typedef struct {
    int64_t rows;    /* rows of src that vote */
    int64_t *row;    /* their first elements */
    double *weight;
    void *value;     /* the values that have votes, and these */
    double *votes;
} ballot;

/* The rows of src that vote for the rows of dst at o. */
static void find_rows(const sk_vote *v, const int64_t *o, ballot *b)
{
    b->rows = 1;
    b->row[0] = 0;
    b->weight[0] = 1;
    for (int64_t d = 0; d + 1 < v->ndim; d++) {
        const int64_t taps = v->taps[d], at = v->first[d] + o[d] * taps;
        for (int64_t r = b->rows - 1; r >= 0; r--) /* from behind: in place */
            for (int64_t k = taps - 1; k >= 0; k--) {
                b->row[r * taps + k] = b->row[r] + v->index[at + k] * v->stride[d];
                b->weight[r * taps + k] = b->weight[r] * v->weight[at + k];
            }
        b->rows *= taps;
    }
}

#define ROW(type)                                                                                                   \
    static void row_##type(const sk_vote *v, ballot *b, type *to)                                                   \
    {                                                                                                               \
        const type *src = v->src;                                                                                   \
        type *value = b->value;                                                                                     \
        const int64_t last = v->ndim - 1, taps = v->taps[last];                                                     \
        for (int64_t i = 0; i < v->m[last]; i++) {                                                                  \
            const int64_t *x = v->index + v->first[last] + i * taps;                                                \
            const double *w = v->weight + v->first[last] + i * taps;                                                \
            const type found = src[b->row[0] + x[0]];                                                               \
            type differs = 0;                                                                                       \
            for (int64_t r = 0; r < b->rows; r++)                                                                   \
                for (int64_t k = 0; k < taps; k++)                                                                  \
                    differs |= src[b->row[r] + x[k]] ^ found;                                                       \
            to[i] = found;                                                                                          \
            if (!differs)                                                                                           \
                continue;                                                                                           \
            int64_t count = 0, best = 0, c;                                                                         \
            for (int64_t r = 0; r < b->rows; r++)                                                                   \
                for (int64_t k = 0; k < taps; k++) {                                                                \
                    const type one = src[b->row[r] + x[k]];                                                         \
                    for (c = 0; c < count && value[c] != one; c++)                                                  \
                        ;                                                                                           \
                    if (c == count) {                                                                               \
                        value[count] = one;                                                                         \
                        b->votes[count++] = 0;                                                                      \
                    }                                                                                               \
                    b->votes[c] += b->weight[r] * w[k];                                                             \
                }                                                                                                   \
            for (c = 1; c < count; c++) /* sums that only rounding tells apart are equal */                         \
                best = b->votes[c] > b->votes[best] * (1 + 1e-12) ? c : best;                                       \
            to[i] = value[best];                                                                                    \
        }                                                                                                           \
    }
ROW(uint8_t) ROW(uint16_t) ROW(uint32_t) ROW(uint64_t)

static void vote_row(const sk_vote *v, ballot *b, int64_t at)
{
    switch (v->size) {
    case 1:
        row_uint8_t(v, b, (uint8_t *)v->dst + at);
        break;
    case 2:
        row_uint16_t(v, b, (uint16_t *)v->dst + at);
        break;
    case 4:
        row_uint32_t(v, b, (uint32_t *)v->dst + at);
        break;
    default:
        row_uint64_t(v, b, (uint64_t *)v->dst + at);
    }
}

int sk_vote_run(const sk_vote *v, int64_t r0, int64_t r1)
{
    const int64_t last = v->ndim - 1;
    int64_t rows = 1;
    for (int64_t d = 0; d < last; d++)
        rows *= v->taps[d];
    const size_t all = (size_t)(rows * v->taps[last]);
    int64_t *o = malloc((size_t)v->ndim * sizeof *o);
    ballot b = {.row = malloc((size_t)rows * sizeof *b.row),
                .weight = malloc((size_t)rows * sizeof *b.weight),
                .value = malloc(all * sizeof(uint64_t)),
                .votes = malloc(all * sizeof *b.votes)};
    int status = SK_MEMORY;
    if (o && b.row && b.weight && b.value && b.votes) {
        status = SK_OK;
        for (int64_t r = r0; r < r1; r++) {
            int64_t rest = r;
            for (int64_t d = last - 1; d >= 0; d--) {
                o[d] = rest % v->m[d];
                rest /= v->m[d];
            }
            find_rows(v, o, &b);
            vote_row(v, &b, r * v->m[last]);
        }
    }
    free(b.votes);
    free(b.value);
    free(b.weight);
    free(b.row);
    free(o);
    return status;
}
