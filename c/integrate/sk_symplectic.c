#include "sk_symplectic.h"

#include <string.h>

#include "sk_status.h"

static int acceleration(sk_symplectic *s, double t, const double *q, double *a) {
    s->nfev++;
    if (s->force(t, q, a, s->data) != 0) return SK_CALLBACK;
    if (s->inverse_mass)
        for (int64_t i = 0; i < s->n; i++) a[i] *= s->inverse_mass[i];
    return SK_OK;
}

int sk_symplectic_start(sk_symplectic *s) { return acceleration(s, s->t0, s->q, s->a); }

/* One composed step of size h from t. The half kicks of neighbouring Verlet steps are one. */
static int advance(sk_symplectic *s, double t, double h, double *restrict q, double *restrict v, double *restrict a) {
    double done = 0.0, kick = 0.5 * s->weight[0] * h;
    for (int32_t k = 0; k < s->n_stages; k++) {
        double drift = s->weight[k] * h;
        for (int64_t i = 0; i < s->n; i++) {
            v[i] += kick * a[i];
            q[i] += drift * v[i];
        }
        done += s->weight[k];
        int status = acceleration(s, t + done * h, q, a);
        if (status != SK_OK) return status;
        double next = k + 1 < s->n_stages ? s->weight[k + 1] : 0.0;
        kick = 0.5 * (s->weight[k] + next) * h;
    }
    for (int64_t i = 0; i < s->n; i++) v[i] += kick * a[i];
    return SK_OK;
}

int sk_symplectic_run(sk_symplectic *s, int64_t steps, int64_t every, double *q_out, double *v_out) {
    size_t size = (size_t)s->n * sizeof(double);
    for (int64_t k = 0; k < steps; k++) {
        if (s->poll && s->poll(s->poll_data) != 0) return SK_INTERRUPT;
        int status = advance(s, s->t0 + (double)s->step * s->h, s->h, s->q, s->v, s->a);
        if (status != SK_OK) return status;
        s->step++;
        if (every > 0 && s->step % every == 0) {
            memcpy(q_out, s->q, size);
            memcpy(v_out, s->v, size);
            q_out += s->n;
            v_out += s->n;
        }
    }
    return SK_OK;
}

int sk_symplectic_look(sk_symplectic *s, double part, double *work, double *q_out, double *v_out) {
    size_t size = (size_t)s->n * sizeof(double);
    double *q = work, *v = work + s->n, *a = work + 2 * s->n;
    memcpy(q, s->q, size);
    memcpy(v, s->v, size);
    memcpy(a, s->a, size);
    if (part != 0.0) {
        int status = advance(s, s->t0 + (double)s->step * s->h, part * s->h, q, v, a);
        if (status != SK_OK) return status;
    }
    memcpy(q_out, q, size);
    memcpy(v_out, v, size);
    return SK_OK;
}
