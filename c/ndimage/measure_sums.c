/* What measurements share: rows, the hash of labels, and what sums say. */
#include "sk_measure.h"

#include <stdlib.h>

int sk_rows_begin(sk_rows *rows, const sk_measure *m)
{
    *rows = (sk_rows){.row = -1, .x = m->nx};
    rows->coordinate = calloc((size_t)m->nlead + 1, sizeof *rows->coordinate);
    return rows->coordinate ? SK_OK : SK_MEMORY;
}

int sk_rows_next(sk_rows *rows, const sk_measure *m, int *status)
{
    rows->at += rows->count;
    rows->x += rows->count;
    rows->since += rows->count + 16;
    if (rows->since >= SK_POLL_VOXELS) {
        rows->since = 0;
        if (m->poll && m->poll(m->udata)) {
            *status = SK_INTERRUPT;
            return 0;
        }
    }
    if (rows->x >= m->nx) {
        if (++rows->row >= m->rows)
            return 0;
        rows->x = 0;
        if (rows->row > 0)
            for (int64_t k = m->nlead - 1; k >= 0 && ++rows->coordinate[k] == m->lead[k]; k--)
                rows->coordinate[k] = 0;
    }
    rows->count = m->nx - rows->x < SK_RUN_MOST ? m->nx - rows->x : SK_RUN_MOST;
    return 1;
}

void sk_rows_end(sk_rows *rows)
{
    free(rows->coordinate);
}

void sk_label_hash_fill(int64_t n, const uint64_t *label, uint64_t mask, uint64_t *keys, int32_t *region)
{
    for (int64_t i = 0; i < n; i++) {
        uint64_t at = sk_hash64(label[i]);
        while (region[at & mask] >= 0)
            at++;
        keys[at & mask] = label[i];
        region[at & mask] = (int32_t)i;
    }
}

void sk_sums_total(const sk_sums *sums, int64_t slots, int integers, int64_t *count, double *total)
{
    for (int64_t s = 0; s < slots; s++) {
        count[s] = sums[s].count;
        total[s] = integers ? (double)sums[s].sum : sk_exact(sums[s].total, sums[s].carry);
    }
}

void sk_sums_variance(const sk_sums *sums, int64_t slots, int integers, double *variance)
{
    for (int64_t s = 0; s < slots; s++) {
        const double n = (double)sums[s].count;
        if (sums[s].count == 0) {
            variance[s] = 0;
        } else if (!integers) {
            /* the centre is a rounded mean: what that leaves is taken off again */
            const double left = sk_exact(sums[s].total, sums[s].carry);
            const double power = sk_exact(sums[s].power, sums[s].power_carry) - left * left / n;
            variance[s] = power < 0 ? 0 : power / n;
        } else if (sums[s].count < INT64_C(1) << 32) {
            /* n sum x^2 <= n^2 2^64 < 2^128 */
            const unsigned __int128 magnitude = (unsigned __int128)(sums[s].sum < 0 ? -sums[s].sum : sums[s].sum);
            variance[s] = (double)((unsigned __int128)sums[s].count * sums[s].squares - magnitude * magnitude) / n / n;
        } else {
            const double mean = (double)sums[s].sum / n;
            variance[s] = (double)sums[s].squares / n - mean * mean;
        }
    }
}

void sk_sums_wrapped(const sk_sums *sums, int64_t slots, uint64_t *wrapped)
{
    for (int64_t s = 0; s < slots; s++)
        wrapped[s] = (uint64_t)sums[s].sum;
}
