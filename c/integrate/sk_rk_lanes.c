/* See sk_rk_lanes.h. Nothing that one lane does depends on the others: the same bits come out however the
 * trajectories are dealt to lanes and threads. */
#include "sk_rk_lanes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { W = SK_LANES, GROUPS = SK_LANE_GROUPS, STEPS_A_POLL = 16 };

typedef double vec __attribute__((vector_size(8 * W)));

typedef int64_t bits __attribute__((vector_size(8 * W)));
#define ABSOLUTE(x) ((vec)((bits)(x) & INT64_MAX))
/* Lane by lane a where the mask is set, else b; of a NaN and a number, the number b. */
#define CHOOSE(mask, a, b) ((vec)(((bits)(a) & (mask)) | ((bits)(b) & ~(mask))))
#define LARGER(a, b) CHOOSE((a) > (b), a, b)
#define SMALLER(a, b) CHOOSE((a) < (b), a, b)

static const double MIN_FACTOR = 0.2, LEAST_LOG_ERROR = -13.287712379549449; /* log2(1e-4) */

typedef struct {
    const sk_rk_ensemble *e;
    int64_t n, *next, end; /* next: shared with the other groups */
    int64_t id[W];      /* trajectory in the lane; -1: none */
    int64_t i_eval[W], nfev[W], nsteps[W], nrejected[W]; /* nfev: besides the stages of the steps */
    int failed[W];
    double direction, gain;
    vec over; /* reciprocal of the factor of the tolerances (sk_rk_strictness) */
    vec t, h, h_abs, next_eval, log_error_old; /* base-2 logarithm of the last accepted step's error */
    bits active, rejected;          /* -1 or 0 a lane */
    vec *y, *y_new, *trial, *k, *params; /* [n] each, parts of what all groups have; k[stage * stride + i] */
    int64_t stride;
    double *one;           /* workspace of one trajectory */
    const int64_t *offset; /* of a term's stage in k, for every term of the table */
    vec *h_each;           /* the step of every component */
    const vec *zero;       /* as many zeros */
} lanes;

static void *allocate(size_t vectors) {
    void *block = aligned_alloc(sizeof(vec), vectors * sizeof(vec));
    if (block) memset(block, 0, vectors * sizeof(vec));
    return block;
}

/* Base-2 logarithm and exponential to about 1e-5, enough for the size of a step. */
static inline __attribute__((always_inline)) void log2_of(vec *x) {
    bits value = (bits)*x;
    bits exponent = (value >> 52) - 1023;
    vec m = (vec)((value & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000); /* 1 <= m < 2 */
    vec u = (m - 1.4142135623730951) / (m + 1.4142135623730951);   /* log(m / sqrt 2) = 2 artanh u */
    vec v = u * u;
    vec series = 2.8853900817779268 * u * (1.0 + v * (1.0 / 3 + v * (0.2 + v * (1.0 / 7))));
    *x = __builtin_convertvector(exponent, vec) + (0.5 + series);
}

static inline __attribute__((always_inline)) void exp2_of(vec *x) {
    bits whole = __builtin_convertvector(*x + 1024.0, bits); /* towards 0, from above it */
    vec r = (*x - (__builtin_convertvector(whole, vec) - 1023.5)) * 0.6931471805599453;
    vec p = 1.0 + r * (1.0 + r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120)))));
    *x = p * 1.4142135623730951 * (vec)((whole - 1) << 52);
}

/* f(t, y) of one group by the function of one trajectory; `wanted` tells which lanes count. (Vectors are passed by
 * address: how they are passed by value depends on the instruction set.) */
static void evaluate_one_by_one(lanes *s, const vec *t, const vec *y, vec *out, const int *wanted) {
    const sk_rk_ensemble *e = s->e;
    double *state = s->one, *slope = s->one + s->n;
    for (int l = 0; l < W; l++) {
        if (!wanted[l]) continue;
        for (int64_t i = 0; i < s->n; i++) state[i] = y[i][l];
        void *data = e->params ? (void *)(e->params + s->id[l] * e->n_params) : e->data;
        s->failed[l] |= e->rhs((*t)[l], state, slope, data) != 0;
        for (int64_t i = 0; i < s->n; i++) out[i][l] = slope[i];
    }
}

/* out = f(t, y) of all groups, whose y and out lie one after another. */
static void evaluate(lanes *groups, const vec *t, const vec *y, vec *out, int wanted[GROUPS][W]) {
    const sk_rk_ensemble *e = groups->e;
    if (e->lane_rhs) {
        if (e->lane_rhs((const double *)t, (const double *)y, (double *)out, (const double *)groups->params) != 0)
            for (int g = 0; g < GROUPS; g++)
                for (int l = 0; l < W; l++) groups[g].failed[l] |= wanted[g][l];
        return;
    }
    for (int g = 0; g < GROUPS; g++)
        evaluate_one_by_one(&groups[g], &t[g], y + g * groups->n, out + g * groups->n, wanted[g]);
}

/* out = base + h * (row of the table applied to the stages), for all groups. BLOCK components at a time stay in
 * registers. (One form for all uses, so that the compiler contracts it to fused operations everywhere alike.) */
enum { BLOCK = 6 };
static void combine(const lanes *groups, int row, const vec *base, const vec *h, vec *out) {
    const sk_rk_method_table *table = &groups->e->table;
    int first = table->first[row] - 1, count = table->first[row + 1] - 1 - first;
    const int64_t *offset = groups->offset + first;
    const double *weight = table->weight + first;
    int64_t n = groups->stride, i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        const vec *k = groups->k + i;
        vec s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0};
        for (int j = 0; j < count; j++) {
            const vec *stage = k + offset[j];
            double w = weight[j];
            s0 += w * stage[0];
            s1 += w * stage[1];
            s2 += w * stage[2];
            s3 += w * stage[3];
            s4 += w * stage[4];
            s5 += w * stage[5];
        }
        vec sum[BLOCK] = {s0, s1, s2, s3, s4, s5};
        for (int c = 0; c < BLOCK; c++) out[i + c] = base[i + c] + h[i + c] * sum[c];
    }
    for (; i < n; i++) {
        vec sum = {0};
        for (int j = 0; j < count; j++) sum += weight[j] * groups->k[offset[j] + i];
        out[i] = base[i] + h[i] * sum;
    }
}

/* Mean squares of u and (unless it is NULL) v over strictness * (atol + rtol * max(|a|, |b|)); no error counts as none even where the
 * scale is 0. */
static void mean_squares(const lanes *s, const vec *u, const vec *v, const vec *a, const vec *b, vec *mean_u,
                         vec *mean_v) {
    const sk_rk_ensemble *e = s->e;
    vec sum_u = {0}, sum_v = {0};
    for (int64_t i = 0; i < s->n; i++) {
        double rtol = e->rtols ? e->rtols[i] : e->rtol, atol = e->atols ? e->atols[i] : e->atol;
        vec size_a = ABSOLUTE(a[i]), size_b = ABSOLUTE(b[i]);
        vec weight = s->over / (atol + rtol * LARGER(size_a, size_b));
        vec ratio = (vec)((bits)(u[i] * weight) & (u[i] != 0.0));
        sum_u += ratio * ratio;
        if (v) {
            ratio = (vec)((bits)(v[i] * weight) & (v[i] != 0.0));
            sum_v += ratio * ratio;
        }
    }
    *mean_u = sum_u * (1.0 / (double)s->n);
    *mean_v = sum_v * (1.0 / (double)s->n);
}

/* Values at t_eval up to the end of a lane's step, or at its start. */
static void store(lanes *s, int l, double t_old, double t) {
    const sk_rk_ensemble *e = s->e;
    const sk_rk_method_table *table = &e->table;
    int64_t n = s->n, id = s->id[l];
    double *f = NULL;
    while (s->i_eval[l] < e->n_eval && s->direction * (e->t_eval[s->i_eval[l]] - t) <= 0) {
        double at = e->t_eval[s->i_eval[l]];
        double *out = e->y_eval + (id * e->n_eval + s->i_eval[l]) * n;
        s->i_eval[l]++;
        if (at == t) {
            for (int64_t i = 0; i < n; i++) out[i] = s->y_new[i][l];
            continue;
        }
        /* the interpolant in nested form: after state and slope, the stages, then its terms */
        double h = t - t_old, *k = s->one + 2 * n, *state = s->one;
        int stages = table->n_stages + 1 + table->n_extra, terms = 3 + table->n_dense;
        if (!f) {
            f = k + stages * n;
            for (int j = 0; j < table->n_stages + 1; j++)
                for (int64_t i = 0; i < n; i++) k[j * n + i] = s->k[j * s->stride + i][l];
            for (int x = 0; x < table->n_extra; x++) {
                int row = table->n_stages + x;
                for (int64_t i = 0; i < n; i++) {
                    double sum = 0;
                    for (int j = table->first[row] - 1; j < table->first[row + 1] - 1; j++)
                        sum += table->weight[j] * k[(table->column[j] - 1) * n + i];
                    state[i] = s->y[i][l] + h * sum;
                }
                double *slope = k + (table->n_stages + 1 + x) * n;
                double time = t_old + table->c[table->n_stages + 1 + x] * h;
                s->nfev[l]++;
                void *data = e->params ? (void *)(e->params + id * e->n_params) : e->data;
                s->failed[l] |= e->rhs(time, state, slope, data) != 0;
            }
            for (int64_t i = 0; i < n; i++) {
                double change = s->y_new[i][l] - s->y[i][l], end = k[table->n_stages * n + i];
                f[i] = change;
                f[n + i] = h * k[i] - change;
                f[2 * n + i] = 2 * change - h * (k[i] + end);
            }
            for (int d = 0; d < table->n_dense; d++) {
                int row = table->n_stages + table->n_extra + table->n_error + d;
                for (int64_t i = 0; i < n; i++) {
                    double sum = 0;
                    for (int j = table->first[row] - 1; j < table->first[row + 1] - 1; j++)
                        sum += table->weight[j] * k[(table->column[j] - 1) * n + i];
                    f[(3 + d) * n + i] = h * sum;
                }
            }
        }
        double x = (at - t_old) / h;
        for (int64_t i = 0; i < n; i++) {
            double value = 0;
            for (int j = terms; j >= 1; j--) value = (value + f[(j - 1) * n + i]) * (j % 2 ? x : 1 - x);
            out[i] = s->y[i][l] + value;
        }
    }
    s->next_eval[l] = s->i_eval[l] < e->n_eval ? e->t_eval[s->i_eval[l]] : s->direction * INFINITY;
}

/* The reciprocal of the factor that a trajectory's tolerances get, as a single integration has it. */
static double over_strictness(const sk_rk_ensemble *e, const double *y0) {
    double rtol = e->rtols ? e->rtols[0] : e->rtol, atol = e->atols ? e->atols[0] : e->atol, largest = 0;
    for (int64_t i = 0; i < e->n; i++) {
        if (e->rtols) rtol = fmin(rtol, e->rtols[i]);
        if (e->atols) atol = fmin(atol, e->atols[i]);
        largest = fmax(largest, fabs(y0[i]));
    }
    return 1 / sk_rk_strictness(largest > 0 ? fmax(rtol, atol / largest) : rtol);
}

static void finish(lanes *s, int l, int status) {
    int64_t id = s->id[l];
    s->e->status[id] = status;
    s->e->counts[3 * id] = s->nfev[l] + s->e->table.n_stages * (s->nsteps[l] + s->nrejected[l]);
    s->e->counts[3 * id + 1] = s->nsteps[l];
    s->e->counts[3 * id + 2] = s->nrejected[l];
    s->id[l] = -1;
    s->h[l] = 0;
    s->active[l] = 0;
}

/* New trajectories into the idle lanes of a group. */
static void fill(lanes *s, int *fresh) {
    const sk_rk_ensemble *e = s->e;
    int64_t n = s->n;
    for (int l = 0; l < W; l++) {
        fresh[l] = s->id[l] < 0 && *s->next < s->end;
        if (!fresh[l]) continue;
        int64_t id = s->id[l] = (*s->next)++;
        s->i_eval[l] = s->nsteps[l] = s->nrejected[l] = 0;
        s->nfev[l] = e->first_step > 0 ? 1 : 2;
        s->failed[l] = 0;
        s->rejected[l] = 0;
        s->active[l] = -1;
        s->log_error_old[l] = LEAST_LOG_ERROR;
        s->t[l] = e->t0;
        s->over[l] = over_strictness(e, e->y0 + id * n);
        for (int64_t i = 0; i < n; i++) s->y[i][l] = s->y_new[i][l] = e->y0[id * n + i];
        for (int64_t j = 0; j < e->n_params; j++) s->params[j][l] = e->params[id * e->n_params + j];
        store(s, l, e->t0, e->t0);
    }
}

/* First derivatives and first steps of the trajectories just filled in (Hairer et al., II.4). */
static void load(lanes *groups) {
    const sk_rk_ensemble *e = groups->e;
    int64_t n = groups->n;
    int fresh[GROUPS][W];
    vec t[GROUPS], d0[GROUPS], d1[GROUPS], h0[GROUPS], d2, unused;
    vec *slope = groups->trial + groups->stride;
    double span = fabs(e->t_bound - e->t0);
    for (int g = 0; g < GROUPS; g++) {
        fill(&groups[g], fresh[g]);
        t[g] = groups[g].t;
    }
    evaluate(groups, t, groups->y, slope, fresh);
    for (int g = 0; g < GROUPS; g++) {
        lanes *s = &groups[g];
        for (int64_t i = 0; i < n; i++)
            for (int l = 0; l < W; l++)
                if (fresh[g][l]) s->k[i][l] = slope[g * n + i][l];
        mean_squares(s, s->y, s->k, s->y, s->y, &d0[g], &d1[g]);
        h0[g] = (vec){0};
        for (int l = 0; l < W; l++) {
            if (!fresh[g][l]) continue;
            d0[g][l] = sqrt(d0[g][l]);
            d1[g][l] = sqrt(d1[g][l]);
            h0[g][l] = fmin(d0[g][l] < 1e-5 || d1[g][l] < 1e-5 ? 1e-6 : 0.01 * d0[g][l] / d1[g][l], span);
            s->h_abs[l] = e->first_step;
        }
        t[g] = s->t + h0[g] * s->direction;
        for (int64_t i = 0; i < n; i++) s->trial[i] = s->y[i] + h0[g] * s->direction * s->k[i];
    }
    if (e->first_step > 0) return;
    evaluate(groups, t, groups->trial, slope, fresh);
    for (int g = 0; g < GROUPS; g++) {
        lanes *s = &groups[g];
        for (int64_t i = 0; i < n; i++) slope[g * n + i] -= s->k[i];
        mean_squares(s, slope + g * n, NULL, s->y, s->y, &d2, &unused);
        for (int l = 0; l < W; l++) {
            if (!fresh[g][l]) continue;
            double rate = sqrt(d2[l]) / h0[g][l], low = d1[g][l];
            double h1 = low <= 1e-15 && rate <= 1e-15 ? fmax(1e-6, h0[g][l] * 1e-3)
                                                       : pow(0.01 / fmax(low, rate), 1.0 / (e->table.error_order + 1));
            s->h_abs[l] = fmin(fmin(100 * h0[g][l], h1), fmin(span, e->max_step));
        }
    }
}

/* The sizes of the lanes' steps; ends those that can go no further. */
static void begin(lanes *s, vec *t_new) {
    const sk_rk_ensemble *e = s->e;
    vec least = 10 * 2.220446049250313e-16 * ABSOLUTE(s->t) + 2.2250738585072014e-308;
    vec h = s->h_abs, most = e->max_step + (vec){0};
    /* a step below the spacing is taken once more at it, unless it was rejected or bounded to that size */
    h = CHOOSE(h > most, most, CHOOSE((h < least) & ~s->rejected, least, h));
    bits stop = ~(h >= least);
    for (int l = 0; l < W; l++) {
        if (!s->active[l]) continue;
        if (s->failed[l])
            finish(s, l, SK_CALLBACK);
        else if (stop[l])
            finish(s, l, SK_STEP);
        else if (s->nsteps[l] + s->nrejected[l] >= e->max_steps)
            finish(s, l, SK_STEPS);
    }
    vec end = s->t + s->direction * h, bound = e->t_bound + (vec){0};
    end = CHOOSE(s->direction * (end - bound) > 0.0, bound, end);
    *t_new = CHOOSE(s->active, end, s->t);
    s->h = *t_new - s->t;
    s->h_abs = CHOOSE(s->active, ABSOLUTE(s->h), s->h_abs);
}

/* Accept or reject the lanes' steps, and the next ones' sizes. */
static void decide(lanes *s, const vec *high, const vec *low, const vec *t_new) {
    const sk_rk_method_table *table = &s->e->table;
    int64_t n = s->n;
    vec sum = *high + 0.01 * *low, tiny = 1.17549435e-38 + (vec){0};
    bits accepted = s->active & (*high * *high <= sum), rejected = s->active & ~accepted;
    /* base-2 logarithm of the error high / sqrt(high + 0.01 low) */
    vec error = LARGER(*high, tiny), root = LARGER(sum, tiny);
    log2_of(&error);
    log2_of(&root);
    error -= 0.5 * root;
    vec factor = CHOOSE(accepted, table->beta * s->log_error_old - s->gain * error, -s->gain * error);
    vec most = 64.0 + (vec){0}, least = -64.0 + (vec){0};
    factor = LARGER(SMALLER(factor, most), least);
    exp2_of(&factor);
    factor *= table->safety;
    vec ceiling = CHOOSE(accepted & ~s->rejected, table->max_factor + (vec){0}, 1.0 + (vec){0});
    factor = SMALLER(factor, ceiling);
    vec floor_factor = MIN_FACTOR + (vec){0};
    factor = LARGER(factor, floor_factor);
    factor = CHOOSE(sum < 1.7976931348623157e308, factor, floor_factor); /* infinite or NaN */
    bits any = s->active, due = accepted & (s->direction * (s->next_eval - *t_new) <= 0.0);
    for (int l = 0; l < W; l++) {
        s->nsteps[l] -= accepted[l];
        s->nrejected[l] -= rejected[l];
    }
    for (int l = 0; l < W; l++)
        if (due[l]) store(s, l, s->t[l], (*t_new)[l]);
    vec least_log = LEAST_LOG_ERROR + (vec){0};
    s->log_error_old = CHOOSE(accepted, LARGER(error, least_log), s->log_error_old);
    s->rejected = (s->rejected & ~accepted) | rejected;
    s->h_abs = CHOOSE(any, s->h_abs * factor, s->h_abs);
    s->t = CHOOSE(accepted, *t_new, s->t);
    const vec *last = s->k + table->n_stages * s->stride;
    for (int64_t i = 0; i < n; i++) {
        s->y[i] = CHOOSE(accepted, s->y_new[i], s->y[i]);
        s->k[i] = CHOOSE(accepted, last[i], s->k[i]);
    }
    for (int l = 0; l < W; l++)
        if (accepted[l] && s->t[l] == s->e->t_bound) finish(s, l, s->failed[l] ? SK_CALLBACK : SK_OK);
}

/* One attempted step in every lane of all groups. */
static void step(lanes *groups) {
    const sk_rk_method_table *table = &groups->e->table;
    int64_t n = groups->n;
    int wanted[GROUPS][W];
    vec t_new[GROUPS], t[GROUPS], high, low, *h = groups->h_each;
    for (int g = 0; g < GROUPS; g++) {
        begin(&groups[g], &t_new[g]);
        for (int l = 0; l < W; l++) wanted[g][l] = groups[g].active[l] != 0;
        for (int64_t i = 0; i < n; i++) h[g * n + i] = groups[g].h;
    }
    for (int i = 1; i <= table->n_stages; i++) {
        combine(groups, i - 1, groups->y, h, groups->y_new);
        for (int g = 0; g < GROUPS; g++)
            t[g] = i < table->n_stages ? groups[g].t + table->c[i] * groups[g].h : t_new[g];
        evaluate(groups, t, groups->y_new, groups->k + i * groups->stride, wanted);
    }
    int row = table->n_stages + table->n_extra;
    vec *error = groups->trial, *other = table->n_error > 1 ? error + groups->stride : NULL;
    combine(groups, row, groups->zero, h, error);
    if (other) combine(groups, row + 1, groups->zero, h, other);
    for (int g = 0; g < GROUPS; g++) {
        lanes *s = &groups[g];
        mean_squares(s, error + g * n, other ? other + g * n : NULL, s->y, s->y_new, &high, &low);
        decide(s, &high, &low, &t_new[g]);
    }
}

static int idle(const lanes *s) {
    int count = 0;
    for (int l = 0; l < W; l++) count += s->id[l] < 0;
    return count;
}

int SK_NAME(sk_rk_lanes)(const sk_rk_ensemble *e, int64_t first, int64_t last) {
    const sk_rk_method_table *table = &e->table;
    int64_t n = e->n, stages = table->n_stages + 1, next = first;
    size_t one = (size_t)((2 + stages + table->n_extra + 3 + table->n_dense) * n);
    int64_t all = GROUPS * n;
    size_t vectors = (size_t)((6 + stages) * all + GROUPS * e->n_params);
    vec *block = allocate(vectors + GROUPS * (one / W + 1));
    int rows = table->n_stages + table->n_extra + table->n_error + table->n_dense;
    int terms = table->first[rows] - 1;
    int64_t *offset = malloc(sizeof(int64_t) * (size_t)terms);
    if (!block || !offset) {
        free(block);
        free(offset);
        return SK_MEMORY;
    }
    for (int j = 0; j < terms; j++) offset[j] = (table->column[j] - 1) * all;
    lanes groups[GROUPS];
    for (int g = 0; g < GROUPS; g++) {
        lanes *s = &groups[g];
        memset(s, 0, sizeof *s);
        s->e = e;
        s->n = n;
        s->stride = all;
        s->offset = offset;
        s->next = &next;
        s->end = last;
        s->h_each = block;
        s->y = block + all + g * n;
        s->y_new = block + 2 * all + g * n;
        s->trial = block + 3 * all + g * n; /* and as much after all groups' */
        s->k = block + 5 * all + g * n;
        s->zero = block + (5 + stages) * all;
        s->params = block + (6 + stages) * all + g * e->n_params;
        s->one = (double *)(block + vectors + (size_t)g * (one / W + 1));
        s->direction = e->t_bound < e->t0 ? -1.0 : 1.0;
        s->gain = 1.0 / (table->error_order + 1) - 0.2 * table->beta;
        s->t = e->t0 + (vec){0};
        for (int l = 0; l < W; l++) s->id[l] = -1;
    }
    int status = SK_OK;
    for (unsigned turn = 1;; turn++) {
        if (turn % STEPS_A_POLL == 0 && e->poll(e->poll_data)) {
            status = SK_CALLBACK;
            break;
        }
        int free_lanes = 0;
        for (int g = 0; g < GROUPS; g++) free_lanes += idle(&groups[g]);
        /* a start costs two evaluations in all lanes: it waits until half of them are idle */
        if (next < last && 2 * free_lanes >= GROUPS * W) {
            load(groups);
            free_lanes = 0;
            for (int g = 0; g < GROUPS; g++) free_lanes += idle(&groups[g]);
        }
        if (free_lanes == GROUPS * W) break;
        step(groups);
    }
    free(offset);
    free(block);
    return status;
}
