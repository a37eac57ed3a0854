/* Local thickness: T. Hildebrand, P. Ruegsegger, "A new method for the model-independent assessment of thickness in
 * three-dimensional images", J. Microscopy 185 (1997) 67-75, doi:10.1046/j.1365-2818.1997.1340694.x.
 *
 * For each voxel the largest of the balls that hold it is looked for from above: branch and bound over a pyramid of
 * maxima. A node can be left out if its largest ball is no larger than the best one so far, or would not reach from the
 * node's nearest point. The best ball of the voxel before is the first bound. Cost: some nodes a voxel, whatever the
 * radii; drawing every ball costs the sum of their sections. */
#include "sk_thickness.h"

#include <math.h>
#include <string.h>

#define SIDE 4

typedef struct {
    const sk_balls *b;
    int64_t at[3];   /* the voxel that is looked for */
    double best;     /* value of the best ball so far */
    int64_t from[3]; /* and its centre */
} query;

/* Squared distances along an axis from `at` to `count` nodes of `width` voxels from node `first` on. */
static inline void aside(double *to, int64_t first, int64_t count, int64_t width, int64_t at, double spacing)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t low = (first + i) * width, high = low + width - 1;
        const double u = (double)(at < low ? low - at : at > high ? at - high : 0) * spacing;
        to[i] = u * u;
    }
}

/* What is known of a node's children, in rows along the last axis. */
typedef struct {
    int64_t first[3], count[3];
    double value[SIDE * SIDE][SIDE]; /* of those that can reach the voxel, else 0 */
    double top[SIDE * SIDE];         /* the largest one of a row */
} children;

static double largest_of(const double *row)
{
    const double a = row[0] > row[1] ? row[0] : row[1], b = row[2] > row[3] ? row[2] : row[3];
    return a > b ? a : b;
}

static void look(const query *q, const sk_ball_level *l, int64_t width, children *c)
{
    const double less = q->b->less, gap = q->b->gap;
    double away[3][SIDE] = {{0}};
    for (int a = 0; a < 3; a++) {
        c->count[a] = l->shape[a] - c->first[a] < SIDE ? l->shape[a] - c->first[a] : SIDE;
        aside(away[a], c->first[a], c->count[a], width, q->at[a], q->b->spacing[a]);
    }
    for (int64_t i = 0; i < c->count[0]; i++)
        for (int64_t j = 0; j < c->count[1]; j++) {
            const double *from = l->value + ((c->first[0] + i) * l->shape[1] + c->first[1] + j) * l->shape[2] + c->first[2];
            const double near = away[0][i] + away[1][j];
            double *to = c->value[i * SIDE + j];
            if (c->count[2] == SIDE) { /* of fixed length, in vectors */
                for (int k = 0; k < SIDE; k++)
                    to[k] = near + away[2][k] <= less * from[k] - gap ? from[k] : 0;
            } else {
                for (int k = 0; k < SIDE; k++)
                    to[k] = k < c->count[2] && near + away[2][k] <= less * from[k] - gap ? from[k] : 0;
            }
            c->top[i * SIDE + j] = largest_of(to);
        }
}

/* The child of the largest value above `bound`, or -1. */
static int largest(const children *c, double bound)
{
    int64_t row = -1;
    for (int64_t i = 0; i < c->count[0]; i++)
        for (int64_t r = i * SIDE; r < i * SIDE + c->count[1]; r++)
            if (c->top[r] > bound) {
                bound = c->top[r];
                row = r;
            }
    if (row < 0)
        return -1;
    int k = 0;
    while (c->value[row][k] != bound)
        k++;
    return (int)row * SIDE + k;
}

/* Look for a larger ball among those of a node: its index, and the level of its children. */
static void visit(query *q, int level, const int64_t *node)
{
    children c = {.first = {SIDE * node[0], SIDE * node[1], SIDE * node[2]}};
    look(q, q->b->level + level, INT64_C(1) << 2 * level, &c);
    for (int k; (k = largest(&c, q->best)) >= 0;) {
        const int64_t child[3] = {c.first[0] + k / (SIDE * SIDE), c.first[1] + k / SIDE % SIDE, c.first[2] + k % SIDE};
        double *row = c.value[k / SIDE];
        if (level == 0) { /* the best one here: nothing better is left */
            q->best = row[k % SIDE];
            memcpy(q->from, child, sizeof child);
            return;
        }
        row[k % SIDE] = 0;
        c.top[k / SIDE] = largest_of(row);
        visit(q, level - 1, child);
    }
}

/* Begin with the ball of the voxel itself, or the one found last if it holds the voxel too and is larger. */
static void begin(query *q, const double *value, const int64_t *shape)
{
    const double own = value[(q->at[0] * shape[1] + q->at[1]) * shape[2] + q->at[2]];
    double away = 0;
    for (int a = 0; a < 3; a++) {
        const double u = (double)(q->at[a] - q->from[a]) * q->b->spacing[a];
        away += u * u;
    }
    if (q->best > own && away <= q->b->less * q->best - q->b->gap)
        return;
    q->best = own;
    memcpy(q->from, q->at, sizeof q->at);
}

void SK_NAME(sk_balls_widest)(const sk_balls *b, int64_t r0, int64_t r1, double *widest)
{
    const int64_t *shape = b->level[0].shape, root[3] = {0};
    const double *value = b->level[0].value, most = b->level[b->levels - 1].value[0];
    for (int64_t r = r0; r < r1; r++) {
        query q = {.b = b, .at = {r / shape[1], r % shape[1], 0}};
        for (int64_t x = 0; x < shape[2]; x++) {
            const int64_t p = r * shape[2] + x;
            q.at[2] = x;
            widest[p] = 0;
            if (value[p] > 0) {
                begin(&q, value, shape);
                if (q.best < most)
                    visit(&q, b->levels - 2, root);
                widest[p] = q.best;
            }
        }
    }
}
