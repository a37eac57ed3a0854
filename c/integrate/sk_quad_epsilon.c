/* Wynn's epsilon algorithm (MTAC 10, 1956, doi:10.2307/2002183) with QUADPACK's safeguards (1983, sec. 2.2.2.2).
 *
 * The table keeps the two newest lower diagonals interleaved: element k of the newest one is computed from a
 * rhombus  e0, e1, e2 (one column) and e3 (two columns before).
 */
#include "sk_quad_adapt.h"

#include <float.h>
#include <math.h>

enum { ROOM = 50 };

void sk_quad_epsilon_put(sk_quad_epsilon *e, double value)
{
    e->table[e->count++] = value;
}

/* One new diagonal; returns how many elements of the table stay trustworthy, or -1 if the sequence has converged
 * (then *best and *error say where). */
static int new_diagonal(sk_quad_epsilon *e, double *best, double *error)
{
    double *table = e->table;
    const int count = e->count, columns = (count - 1) / 2;
    table[count + 1] = table[count - 1];
    table[count - 1] = DBL_MAX;
    for (int i = 0, k = count - 1; i < columns; i++, k -= 2) {
        const double e0 = table[k - 2], e1 = table[k - 1], e2 = table[k + 2];
        const double d2 = e2 - e1, d3 = e1 - e0;
        const double size = fabs(e1), tol2 = fmax(fabs(e2), size) * DBL_EPSILON,
                     tol3 = fmax(size, fabs(e0)) * DBL_EPSILON;
        if (fabs(d2) <= tol2 && fabs(d3) <= tol3) {
            *best = e2;
            *error = fabs(d2) + fabs(d3);
            return -1;
        }
        const double e3 = table[k], d1 = e1 - e3, tol1 = fmax(size, fabs(e3)) * DBL_EPSILON;
        table[k] = e1;
        if (fabs(d1) <= tol1 || fabs(d2) <= tol2 || fabs(d3) <= tol3)
            return 2 * i + 1;
        const double curvature = 1 / d1 + 1 / d2 - 1 / d3;
        if (fabs(curvature * e1) <= 1e-4)  /* irregular: the new element would be far off */
            return 2 * i + 1;
        const double value = e1 + 1 / curvature, spread = fabs(d2) + fabs(value - e2) + fabs(d3);
        table[k] = value;
        if (spread <= *error) {
            *error = spread;
            *best = value;
        }
    }
    return count;
}

/* Move the elements of the new diagonal to the front, and drop the oldest ones that are not wanted. */
static void shift(sk_quad_epsilon *e, int before, int columns)
{
    double *table = e->table;
    for (int i = 0, k = before % 2 ? 0 : 1; i <= columns; i++, k += 2)
        table[k] = table[k + 2];
    if (before != e->count)
        for (int i = 0; i < e->count; i++)
            table[i] = table[before - e->count + i];
}

void sk_quad_epsilon_limit(sk_quad_epsilon *e, double *limit, double *error)
{
    double best = e->table[e->count - 1], best_error = DBL_MAX;
    e->calls++;
    if (e->count >= 3) {
        const int before = e->count, columns = (before - 1) / 2, kept = new_diagonal(e, &best, &best_error);
        if (kept >= 0) {
            e->count = kept == ROOM ? 2 * (ROOM / 2) - 1 : kept;
            shift(e, before, columns);
            if (e->calls < 4) {
                e->last[e->calls - 1] = best;
                best_error = DBL_MAX;
            } else {
                best_error = fabs(best - e->last[2]) + fabs(best - e->last[1]) + fabs(best - e->last[0]);
                e->last[0] = e->last[1];
                e->last[1] = e->last[2];
                e->last[2] = best;
            }
        }
    }
    *limit = best;
    *error = fmax(best_error, 5 * DBL_EPSILON * fabs(best));
}
