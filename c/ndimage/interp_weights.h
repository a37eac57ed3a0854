/* Weights of the taps, by the recursion of de Boor and Cox for equal knots: from degree d - 1 to d,
 *   w_d[r] = ((t + d - r) w_{d-1}[r - 1] + (r + 1 - t) w_{d-1}[r]) / d,
 * t the place in the middle interval, 0 <= t < 1. All terms are positive: no cancellation.
 *
 * C. de Boor: On calculating with B-splines. J. Approx. Theory 6, 50-62 (1972), doi:10.1016/0021-9045(72)90080-9
 */
#define SK_BSPLINE_WEIGHTS(REAL, order, t, w)                                                                       \
    do {                                                                                                            \
        (w)[0] = 1;                                                                                                 \
        for (int d_ = 1; d_ <= (order); d_++) {                                                                     \
            const REAL inverse_ = (REAL)1 / (REAL)d_;                                                               \
            REAL carried_ = 0;                                                                                      \
            for (int r_ = 0; r_ < d_; r_++) {                                                                       \
                const REAL part_ = (w)[r_] * inverse_;                                                              \
                (w)[r_] = carried_ + ((REAL)(r_ + 1) - (t)) * part_;                                                \
                carried_ = ((t) + (REAL)(d_ - 1 - r_)) * part_;                                                     \
            }                                                                                                       \
            (w)[d_] = carried_;                                                                                     \
        }                                                                                                           \
    } while (0)
