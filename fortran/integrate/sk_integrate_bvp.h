/* The face of the kernels for boundary value problems; see sk_integrate_bvp.f90.in and sk_integrate_bvp_mesh.f90.in. Arrays are in C's order:
 * fy[n][n][m] (component, variable, node), fym[n][n][m - 1], fp[n][k][m], fpm[n][k][m - 1]; dya[b][n], dyb[b][n], dp[b][k]
 * for the b = c + n + k - r conditions that are not in the carry. v, tau, swap and kept have room for m - 1 intervals. Workspace:
 * work (r + n)(c + n + k), space 5 n n (eliminate) or c + n + k (close). Letters are LAPACK's. */
#ifndef SK_INTEGRATE_BVP_H
#define SK_INTEGRATE_BVP_H

#include <stdint.h>

#include "sk_isa.h"

typedef void (*sk_bvp_eliminate)(int64_t n, int64_t k, int64_t m, int64_t r, int64_t c, int64_t first, int64_t last,
                                 const double *h, const void *fy, const void *fym, const void *fp, const void *fpm,
                                 void *v, void *tau, int64_t *swap, void *kept, void *carry, void *work, void *space,
                                 int32_t *singular);
typedef void (*sk_bvp_close)(int64_t n, int64_t k, int64_t r, int64_t c, int64_t b, const void *carry, const void *dya,
                             const void *dyb, const void *dp, void *lu, int64_t *pivot, double *row_scale,
                             double *column_scale, void *space, int32_t *singular);
typedef void (*sk_bvp_solve)(int64_t n, int64_t k, int64_t m, int64_t r, int64_t c, const void *v, const void *tau,
                             const int64_t *swap, const void *kept, const void *lu, const int64_t *pivot,
                             const double *row_scale, const double *column_scale, const void *rhs,
                             const void *boundary, void *told, void *x, void *both, void *y, void *p);

/* Sums over the mesh: y[n][m], f[n][m], middle[n][m - 1], residual[n][m - 1]; place[2][m - 1], value[n][2][m - 1]. */
typedef void (*sk_bvp_middle)(int64_t n, int64_t m, const double *h, const void *y, const void *f, void *middle);
typedef void (*sk_bvp_residual)(int64_t n, int64_t m, const double *h, const void *y, const void *f,
                                const void *f_middle, void *residual);
typedef void (*sk_bvp_lobatto)(int64_t n, int64_t m, const double *x, const double *h, const void *y, const void *f,
                               double *place, void *value, void *slope);
typedef void (*sk_bvp_rms)(int64_t n, int64_t m, const double *h, const void *residual, const void *f_middle,
                           const void *slope, const void *f, double *rms);
typedef void (*sk_bvp_refine)(int64_t n, int64_t m, int64_t m_new, const double *x, const double *h, const void *y,
                              const void *f, const int8_t *insert, double *x_new, void *y_new);

#define SK_BVP(l)                                                                                                      \
    SK_DECLARE(void, sk_bvp_eliminate_##l,                                                                             \
               (int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, const double *, const void *,           \
                const void *, const void *, const void *, void *, void *, int64_t *, void *, void *, void *, void *,   \
                int32_t *));                                                                                           \
    SK_DECLARE(void, sk_bvp_close_##l,                                                                                 \
               (int64_t, int64_t, int64_t, int64_t, int64_t, const void *, const void *, const void *, const void *,   \
                void *, int64_t *, double *, double *, void *, int32_t *));                                            \
    SK_DECLARE(void, sk_bvp_solve_##l,                                                                                 \
               (int64_t, int64_t, int64_t, int64_t, int64_t, const void *, const void *, const int64_t *, const void *, \
                const void *, const int64_t *, const double *, const double *, const void *, const void *, void *, void *, \
                void *, void *, void *));                                                                              \
    SK_DECLARE(void, sk_bvp_middle_##l, (int64_t, int64_t, const double *, const void *, const void *, void *));       \
    SK_DECLARE(void, sk_bvp_residual_##l,                                                                              \
               (int64_t, int64_t, const double *, const void *, const void *, const void *, void *));                  \
    SK_DECLARE(void, sk_bvp_lobatto_##l,                                                                               \
               (int64_t, int64_t, const double *, const double *, const void *, const void *, double *, void *,        \
                void *));                                                                                              \
    SK_DECLARE(void, sk_bvp_rms_##l,                                                                                   \
               (int64_t, int64_t, const double *, const void *, const void *, const void *, const void *, double *));  \
    SK_DECLARE(void, sk_bvp_refine_##l,                                                                                \
               (int64_t, int64_t, int64_t, const double *, const double *, const void *, const void *, const int8_t *, \
                double *, void *))
SK_BVP(d);
SK_BVP(z);

/* The kernel for real or complex numbers, at the instruction-set level in force. */
#define SK_BVP_PICK(f)                                                                                                 \
    static inline f f##_for(int is_complex)                                                                            \
    {                                                                                                                  \
        return is_complex ? SK_PICK(f##_z) : SK_PICK(f##_d);                                                           \
    }
SK_BVP_PICK(sk_bvp_eliminate)
SK_BVP_PICK(sk_bvp_close)
SK_BVP_PICK(sk_bvp_solve)
SK_BVP_PICK(sk_bvp_middle)
SK_BVP_PICK(sk_bvp_residual)
SK_BVP_PICK(sk_bvp_lobatto)
SK_BVP_PICK(sk_bvp_rms)
SK_BVP_PICK(sk_bvp_refine)

#endif
