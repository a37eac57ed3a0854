/* Shapes of labelled regions, from their runs alone. */
#include "sk_measure.h"

#include <stdlib.h>

/* Moments about the region's first voxel, so that the sums stay small and exact. */
static void add_moments(double *to, const int64_t *first, const int64_t *coordinate, int64_t ndim, int64_t x0,
                        int64_t count)
{
    const double n = (double)count, a = (double)(x0 - first[ndim - 1]);
    const double sum = n * a + n * (n - 1) / 2;
    const double square = n * a * a + a * n * (n - 1) + (n - 1) * n * (2 * n - 1) / 6;
    double *second = to + ndim;
    for (int64_t k = 0; k < ndim - 1; k++) {
        const double d = (double)(coordinate[k] - first[k]);
        to[k] += n * d;
        for (int64_t j = k; j < ndim - 1; j++)
            *second++ += n * d * (double)(coordinate[j] - first[j]);
        *second++ += d * sum;
    }
    to[ndim - 1] += sum;
    *second += square;
}

static void unravel(const sk_measure *m, int64_t at, int64_t *coordinate)
{
    coordinate[m->nlead] = at % m->nx;
    at /= m->nx;
    for (int64_t k = m->nlead - 1; k >= 0; k--) {
        coordinate[k] = at % m->lead[k];
        at /= m->lead[k];
    }
}

static inline void widen_box(int64_t *box, const sk_rows *rows, int64_t nlead, const sk_run *run)
{
    for (int64_t k = 0; k < nlead; k++) {
        const int64_t c = rows->coordinate[k];
        box[2 * k] = c < box[2 * k] ? c : box[2 * k];
        box[2 * k + 1] = c >= box[2 * k + 1] ? c + 1 : box[2 * k + 1];
    }
    const int64_t a = rows->x + run->start, b = rows->x + run->stop;
    box[2 * nlead] = a < box[2 * nlead] ? a : box[2 * nlead];
    box[2 * nlead + 1] = b > box[2 * nlead + 1] ? b : box[2 * nlead + 1];
}

int SK_NAME(sk_measure_shapes)(const sk_measure *m, const sk_shapes *out)
{
    const int64_t ndim = m->nlead + 1, moments = ndim + ndim * (ndim + 1) / 2;
    sk_run_work *work = malloc(sizeof *work);
    int64_t *start = out->moment ? malloc((size_t)(m->slots * ndim + 1) * sizeof *start) : NULL;
    sk_rows rows = {0};
    int status = work && (start || !out->moment) ? sk_rows_begin(&rows, m) : SK_MEMORY;
    while (status == SK_OK && sk_rows_next(&rows, m, &status)) {
        const int64_t n = SK_NAME(sk_label_runs)(m, rows.at, rows.count, work->starts, work->run);
        for (int64_t r = 0; r < n; r++) {
            const sk_run *run = work->run + r;
            const int64_t slot = run->slot;
            if (out->first && out->first[slot] < 0) {
                out->first[slot] = rows.at + run->start;
                if (start)
                    unravel(m, out->first[slot], start + slot * ndim);
            }
            if (out->count)
                out->count[slot] += run->stop - run->start;
            if (out->box)
                widen_box(out->box + 2 * ndim * slot, &rows, m->nlead, run);
            if (start)
                add_moments(out->moment + moments * slot, start + slot * ndim, rows.coordinate, ndim,
                            rows.x + run->start, run->stop - run->start);
        }
    }
    sk_rows_end(&rows);
    free(start);
    free(work);
    return status;
}

int SK_NAME(sk_measure_order)(const sk_measure *m, int64_t *at, int64_t *order, int64_t *places, int64_t total)
{
    sk_run_work *work = malloc(sizeof *work);
    sk_rows rows = {0};
    int status = work ? sk_rows_begin(&rows, m) : SK_MEMORY;
    while (status == SK_OK && sk_rows_next(&rows, m, &status)) {
        const int64_t n = SK_NAME(sk_label_runs)(m, rows.at, rows.count, work->starts, work->run);
        for (int64_t r = 0; r < n; r++) {
            const sk_run *run = work->run + r;
            const int64_t to = at[run->slot], count = run->stop - run->start;
            at[run->slot] += count;
            if (order)
                for (int64_t i = 0; i < count; i++)
                    order[to + i] = rows.at + run->start + i;
            if (!places)
                continue;
            for (int64_t k = 0; k < m->nlead; k++)
                for (int64_t i = 0; i < count; i++)
                    places[k * total + to + i] = rows.coordinate[k];
            for (int64_t i = 0; i < count; i++)
                places[m->nlead * total + to + i] = rows.x + run->start + i;
        }
    }
    sk_rows_end(&rows);
    free(work);
    return status;
}
