/* Values of labelled regions: sums, squares, extremes and centres, a run at a time. */
#pragma GCC optimize("fp-contract=off") /* the same bits at every instruction-set level */
#include "sk_measure.h"

#include <stdlib.h>
#include <string.h>

#define T uint8_t
#define OF(name) name##_u8
#define KIND 1
#define LANES 64
#include "measure_body.h"

#define T int8_t
#define OF(name) name##_i8
#define KIND 1
#define LANES 64
#include "measure_body.h"

#define T uint16_t
#define OF(name) name##_u16
#define KIND 1
#define LANES 64
#include "measure_body.h"

#define T int16_t
#define OF(name) name##_i16
#define KIND 1
#define LANES 64
#include "measure_body.h"

#define T uint32_t
#define OF(name) name##_u32
#define KIND 2
#define LANES 32
#include "measure_body.h"

#define T int32_t
#define OF(name) name##_i32
#define KIND 2
#define LANES 32
#include "measure_body.h"

#define T uint64_t
#define OF(name) name##_u64
#define KIND 3
#define LANES 32
#include "measure_body.h"

#define T int64_t
#define OF(name) name##_i64
#define KIND 3
#define LANES 32
#include "measure_body.h"

#define T float
#define OF(name) name##_f32
#define KIND 4
#define LANES 32
#include "measure_body.h"

#define T double
#define OF(name) name##_f64
#define KIND 4
#define LANES 16
#include "measure_body.h"

/* Table of the functions of each type, in the order of enum sk_lines_type. */
#define EACH(name) {name##_u8, name##_u8, name##_i8, name##_u16, name##_i16, name##_u32, name##_i32, name##_u64, \
                    name##_i64, name##_f32, name##_f64}

typedef void (*sums_of)(const void *, const sk_run *, int64_t, sk_sums *);
typedef void (*deviations_of)(const void *, const sk_run *, int64_t, const double *, sk_sums *);
typedef void (*extremes_of)(const void *, const sk_run *, int64_t, int64_t, const sk_extremes *);
typedef void (*moment_of)(const void *, const sk_run *, double *, double *);

static const sums_of SUMS[] = EACH(sums);
static const extremes_of EXTREMES[] = EACH(extremes);
static const moment_of MOMENT[] = EACH(first_moment);

enum { DO_SUMS, DO_DEVIATIONS, DO_EXTREMES };

/* Rows do not matter here: the array is one line. */
static int each_chunk(const sk_measure *m, int what, sk_sums *sums, const double *centre, const sk_extremes *out)
{
    const int64_t size = m->rows * m->nx, width = sk_measure_width(m->value_type);
    const deviations_of deviations = m->value_type == SK_U64 ? deviations_u64
                                     : m->value_type == SK_I64 ? deviations_i64
                                     : m->value_type == SK_F32 ? deviations_f32
                                                               : deviations_f64;
    sk_run_work *work = malloc(sizeof *work);
    int64_t since = 0;
    if (!work)
        return SK_MEMORY;
    for (int64_t at = 0; at < size; at += SK_RUN_MOST) {
        const int64_t count = size - at < SK_RUN_MOST ? size - at : SK_RUN_MOST;
        const int64_t n = SK_NAME(sk_label_runs)(m, at, count, work->starts, work->run);
        const char *values = (const char *)m->values + at * width;
        if (what == DO_SUMS)
            SUMS[m->value_type](values, work->run, n, sums);
        else if (what == DO_DEVIATIONS)
            deviations(values, work->run, n, centre, sums);
        else
            EXTREMES[m->value_type](values, work->run, n, at, out);
        since += count;
        if (since >= SK_POLL_VOXELS) {
            since = 0;
            if (m->poll && m->poll(m->udata)) {
                free(work);
                return SK_INTERRUPT;
            }
        }
    }
    free(work);
    return SK_OK;
}

int SK_NAME(sk_measure_sums)(const sk_measure *m, sk_sums *sums)
{
    return each_chunk(m, DO_SUMS, sums, NULL, NULL);
}

int SK_NAME(sk_measure_deviations)(const sk_measure *m, const double *centre, sk_sums *sums)
{
    return each_chunk(m, DO_DEVIATIONS, sums, centre, NULL);
}

int SK_NAME(sk_measure_extremes)(const sk_measure *m, const sk_extremes *out)
{
    return each_chunk(m, DO_EXTREMES, NULL, NULL, out);
}

int SK_NAME(sk_measure_centres)(const sk_measure *m, double *moment, double *carry)
{
    const int64_t ndim = m->nlead + 1, width = sk_measure_width(m->value_type);
    sk_run_work *work = malloc(sizeof *work);
    sk_rows rows = {0};
    int status = work ? sk_rows_begin(&rows, m) : SK_MEMORY;
    while (status == SK_OK && sk_rows_next(&rows, m, &status)) {
        const int64_t n = SK_NAME(sk_label_runs)(m, rows.at, rows.count, work->starts, work->run);
        const char *values = (const char *)m->values + rows.at * width;
        for (int64_t r = 0; r < n; r++) {
            double sum, first;
            MOMENT[m->value_type](values, work->run + r, &sum, &first);
            double *to = moment + work->run[r].slot * (ndim + 1), *rest = carry + work->run[r].slot * (ndim + 1);
            sk_add_exact(to, rest, sum);
            for (int64_t k = 0; k < m->nlead; k++)
                sk_add_exact(to + 1 + k, rest + 1 + k, sum * (double)rows.coordinate[k]);
            sk_add_exact(to + ndim, rest + ndim, first);
            sk_add_exact(to + ndim, rest + ndim, sum * (double)(rows.x + work->run[r].start));
        }
    }
    sk_rows_end(&rows);
    free(work);
    return status;
}
