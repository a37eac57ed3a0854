/* Runs of points, chunk by chunk, and tables of the taps along an axis. */
#include "sk_interp.h"

#include <stdlib.h>

#include "interp_weights.h"

int sk_interp_run_points(const sk_interp *job, sk_interp_values values, const double *x, int64_t pitch, int64_t p0,
                         int64_t p1)
{
    void *scratch = malloc((size_t)sk_interp_scratch(job->ndim));
    if (!scratch)
        return SK_MEMORY;
    for (int64_t p = p0; p < p1; p += SK_INTERP_CHUNK) {
        const int64_t count = p1 - p < SK_INTERP_CHUNK ? p1 - p : SK_INTERP_CHUNK;
        values(job, x + (p - p0), pitch, count, p, scratch);
    }
    free(scratch);
    return SK_OK;
}

int sk_interp_run_affine(const sk_interp *job, sk_interp_values values, const sk_interp_affine *map, int64_t size,
                         int64_t p0, int64_t p1)
{
    const int64_t last = map->rank - 1, row = map->shape[last];
    sk_interp now = *job;
    int64_t *o = malloc((size_t)map->rank * sizeof *o), outputs = 1;
    double *x = malloc((size_t)(job->ndim * SK_INTERP_CHUNK) * sizeof *x);
    void *scratch = malloc((size_t)sk_interp_scratch(job->ndim));
    const int status = o && x && scratch ? SK_OK : SK_MEMORY;
    for (int64_t k = 0; k <= last; k++)
        outputs *= map->shape[k];
    for (int64_t p = p0, count; status == SK_OK && p < p1; p += count) {
        int64_t rest = p % outputs;
        now.coef = (const char *)job->coef + p / outputs * map->image * size;
        for (int64_t k = last; k >= 0; k--) {
            o[k] = rest % map->shape[k];
            rest /= map->shape[k];
        }
        count = row - o[last] < SK_INTERP_CHUNK ? row - o[last] : SK_INTERP_CHUNK;
        count = count < p1 - p ? count : p1 - p;
        SK_PICK(sk_interp_affine_row)(map, job->ndim, o, count, x);
        values(&now, x, SK_INTERP_CHUNK, count, p, scratch);
    }
    free(scratch);
    free(x);
    free(o);
    return status;
}

void sk_interp_axis(const double *x, int64_t count, int64_t n, int order, int mode, int64_t *index, double *weight,
                    uint8_t *outside)
{
    for (int64_t i = 0; i < count; i++) {
        double w[SK_INTERP_ORDER + 1], at = sk_interp_map(x[i], n, mode, order);
        outside[i] = !(at == at);
        at = outside[i] ? 0 : at;
        const double shifted = order & 1 ? at : at + 0.5, whole = floor(shifted), t = shifted - whole;
        SK_BSPLINE_WEIGHTS(double, order, t, w);
        for (int k = 0; k <= order; k++) {
            index[k * count + i] =
                SK_PICK(sk_lines_index)((int64_t)whole - order / 2 + k, n, sk_interp_tap_mode(mode));
            weight[k * count + i] = w[k];
        }
    }
}
