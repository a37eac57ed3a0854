/* Local thickness: T. Hildebrand, P. Ruegsegger, "A new method for the model-independent assessment of thickness in
 * three-dimensional images", J. Microscopy 185 (1997) 67-75, doi:10.1046/j.1365-2818.1997.1340694.x.
 *
 * For each voxel the largest of the balls that hold it is looked for from above in a pyramid of maxima: a node can be left
 * out if its largest ball is no larger than what is known, or would not reach from the node's nearest point. Neighbours
 * share the search. For a tile of 16 voxels a side the largest ball that holds all of it is the first bound; the nodes of
 * 4 voxels a side with larger balls that reach the tile are listed from the largest on. Each block of 4 voxels a side goes
 * through the list until all its voxels have been found. Where there are too many, a block makes its own list with the
 * bound of its own; at last voxels are searched for one by one. */
#include "sk_thickness.h"

#include <math.h>
#include <string.h>

#define SIDE SK_BALL_SIDE
#define TILE SK_BALL_TILE
#define CUBE (SIDE * SIDE * SIDE)
#define RUN 8     /* entries of a list at a time, in vectors */
#define MOST 4096  /* entries of a list */
#define TRIES 8192 /* balls that a block tries before its voxels are searched for one by one */
#define BINS 256

/* Voxels from..to of an image. */
typedef struct {
    int64_t from[3], to[3];
} box;

/* Balls that hold all of a box, or reach it. Along an axis the distance from the nearest centre that nodes a..b may have
 * is max(a - start, end - b, least). */
typedef struct {
    const sk_balls *b;
    int64_t start[3], end[3], least[3];
    double best; /* value of the best ball so far */
} query;

static query that_holds(const sk_balls *b, const box *k, double best)
{
    query q = {.b = b, .best = best};
    for (int a = 0; a < 3; a++) {
        q.start[a] = k->from[a];
        q.end[a] = k->to[a];
        q.least[a] = (k->to[a] - k->from[a] + 1) / 2;
    }
    return q;
}

static query that_reaches(const sk_balls *b, const box *k, double best)
{
    query q = {.b = b, .best = best};
    memcpy(q.start, k->to, sizeof q.start);
    memcpy(q.end, k->from, sizeof q.end);
    return q;
}

/* Squared distances along an axis to `count` nodes of `width` voxels from node `first` on. */
static inline void aside(double *to, int64_t first, int64_t count, int64_t width, const query *q, int axis)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t low = (first + i) * width, over = low - q->start[axis], under = q->end[axis] - low - width + 1;
        const int64_t far = over > under ? over : under;
        const double u = (double)(far > q->least[axis] ? far : q->least[axis]) * q->b->spacing[axis];
        to[i] = u * u;
    }
}

/* What is known of a node's children, in rows along the last axis. */
typedef struct {
    int64_t first[3], count[3];
    double value[SIDE * SIDE][SIDE]; /* of those that can fulfil the query, else 0 */
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
        aside(away[a], c->first[a], c->count[a], width, q, a);
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
            return;
        }
        row[k % SIDE] = 0;
        c.top[k / SIDE] = largest_of(row);
        visit(q, level - 1, child);
    }
}

/* The largest ball that holds all of a box, or `best`. */
static double holding(const sk_balls *b, const box *k, double best)
{
    query q = that_holds(b, k, best);
    visit(&q, b->levels - 2, (int64_t[3]){0});
    return q.best;
}

/* Nodes of level 1 that a box has to look at, about from the largest on; rounded up to whole runs by nodes of value 0. */
typedef struct {
    int count;
    double place[3][MOST]; /* first voxel */
    double top[MOST];
    double rest[MOST / RUN]; /* the largest value from a run on */
} nodes;

/* 0: too many. */
static int gather(const query *q, int level, const int64_t *node, nodes *l)
{
    children c = {.first = {SIDE * node[0], SIDE * node[1], SIDE * node[2]}};
    look(q, q->b->level + level, INT64_C(1) << 2 * level, &c);
    for (int64_t i = 0; i < c.count[0]; i++)
        for (int64_t j = 0; j < c.count[1]; j++) {
            if (c.top[i * SIDE + j] <= q->best)
                continue;
            for (int64_t k = 0; k < c.count[2]; k++) {
                const double top = c.value[i * SIDE + j][k];
                const int64_t child[3] = {c.first[0] + i, c.first[1] + j, c.first[2] + k};
                if (top <= q->best)
                    continue;
                if (level > 1) {
                    if (!gather(q, level - 1, child, l))
                        return 0;
                    continue;
                }
                if (l->count == MOST)
                    return 0;
                for (int a = 0; a < 3; a++)
                    l->place[a][l->count] = (double)(SIDE * child[a]);
                l->top[l->count++] = top;
            }
        }
    return 1;
}

/* Sort by the first digit. */
static void sort(const nodes *from, double low, nodes *to)
{
    uint8_t bin[MOST];
    int start[BINS + 1] = {0};
    double high = low;
    for (int i = 0; i < from->count; i++)
        high = from->top[i] > high ? from->top[i] : high;
    for (int i = 0; i < from->count; i++) {
        bin[i] = (uint8_t)((high - from->top[i]) / (high - low) * (BINS - 1));
        start[bin[i] + 1]++;
    }
    for (int k = 0; k < BINS; k++)
        start[k + 1] += start[k];
    for (int i = 0; i < from->count; i++) {
        const int k = start[bin[i]]++;
        for (int a = 0; a < 3; a++)
            to->place[a][k] = from->place[a][i];
        to->top[k] = from->top[i];
    }
    to->count = (from->count + RUN - 1) / RUN * RUN;
    for (int i = from->count; i < to->count; i++)
        to->place[0][i] = to->place[1][i] = to->place[2][i] = to->top[i] = 0;
    double rest = 0;
    for (int i = to->count - 1; i >= 0; i--) {
        rest = to->top[i] > rest ? to->top[i] : rest;
        if (i % RUN == 0)
            to->rest[i / RUN] = rest;
    }
}

/* The nodes with balls above `best` that reach a box; 0: too many. */
static int list(const sk_balls *b, const box *k, double best, nodes *to)
{
    const query q = that_reaches(b, k, best);
    nodes found;
    found.count = 0;
    if (!gather(&q, b->levels - 2, (int64_t[3]){0}, &found))
        return 0;
    sort(&found, best, to);
    return 1;
}

/* Up to 4 x 4 x 4 voxels. */
typedef struct {
    box at;
    double best[CUBE]; /* the largest balls known; infinite where nothing is looked for */
    double low;        /* the smallest of them */
    int deep;          /* number of layers */
    int tries;
} block;

static void lower(block *k)
{
    double low[SIDE * SIDE];
    memcpy(low, k->best, sizeof low);
    for (int i = 1; i < SIDE; i++)
        for (int j = 0; j < SIDE * SIDE; j++)
            low[j] = k->best[i * SIDE * SIDE + j] < low[j] ? k->best[i * SIDE * SIDE + j] : low[j];
    for (int half = SIDE * SIDE / 2; half; half /= 2)
        for (int j = 0; j < half; j++)
            low[j] = low[j + half] < low[j] ? low[j + half] : low[j];
    k->low = low[0];
}

/* Begin with the balls of the voxels themselves. */
static void begin(const sk_balls *b, block *k, double best)
{
    const int64_t *n = b->level[0].shape;
    for (int i = 0; i < CUBE; i++)
        k->best[i] = INFINITY;
    for (int64_t z = 0; z <= k->at.to[0] - k->at.from[0]; z++)
        for (int64_t y = 0; y <= k->at.to[1] - k->at.from[1]; y++) {
            const double *own = b->level[0].value + ((k->at.from[0] + z) * n[1] + k->at.from[1] + y) * n[2] + k->at.from[2];
            double *to = k->best + (z * SIDE + y) * SIDE;
            for (int64_t x = 0; x <= k->at.to[2] - k->at.from[2]; x++)
                to[x] = own[x] == 0 ? INFINITY : own[x] > best ? own[x] : best;
        }
    k->tries = 0;
    k->deep = (int)(k->at.to[0] - k->at.from[0]) + 1;
    lower(k);
}

/* The box of the voxels whose best is below `top`, of which there are some. */
static box open_box(const block *k, double top)
{
    const uint64_t layer[3] = {UINT64_C(0xffff), UINT64_C(0x000f000f000f000f), UINT64_C(0x1111111111111111)};
    uint64_t open = 0;
    box o;
    for (int i = 0; i < CUBE; i++)
        open |= (uint64_t)(k->best[i] < top) << i;
    for (int a = 0, shift = SIDE * SIDE; a < 3; a++, shift /= SIDE) {
        int from = 0, to = SIDE - 1;
        while (from < to && !(open & layer[a] << from * shift))
            from++;
        while (to > from && !(open & layer[a] << to * shift))
            to--;
        o.from[a] = k->at.from[a] + from;
        o.to[a] = k->at.from[a] + to;
    }
    return o;
}

/* Which voxels a ball holds whose centre is `at` from the first one. */
static void hold(const sk_balls *b, block *k, const double *at, double value)
{
    static const double row[SIDE * SIDE] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
    static const double column[SIDE * SIDE] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
    const double most = b->less * value - b->gap;
    double plane[SIDE * SIDE];
    for (int j = 0; j < SIDE * SIDE; j++) {
        const double v = (at[1] - row[j]) * b->spacing[1], w = (at[2] - column[j]) * b->spacing[2];
        plane[j] = v * v + w * w;
    }
    for (int i = 0; i < k->deep; i++) {
        const double u = (at[0] - i) * b->spacing[0];
        double *best = k->best + i * SIDE * SIDE;
#pragma GCC unroll 1 /* else vectors go along i */
        for (int j = 0; j < SIDE * SIDE; j++) {
            const double held = u * u + plane[j] <= most ? value : 0;
            best[j] = held > best[j] ? held : best[j];
        }
    }
}

/* Try the balls of a node that reach what is still looked for. */
static void try_node(const sk_balls *b, block *k, const box *open, const double *place)
{
    const int64_t *n = b->level[0].shape, *m = b->level[1].shape;
    const int64_t p[3] = {(int64_t)place[0], (int64_t)place[1], (int64_t)place[2]};
    const double *value = b->level[0].value + (p[0] * n[1] + p[1]) * n[2] + p[2];
    double near[3][SIDE]; /* squared distances */
    for (int a = 0; a < 3; a++) {
        const double under = (double)open->from[a] - place[a], over = place[a] - (double)open->to[a];
        for (int c = 0; c < SIDE; c++) {
            const double far = under - c > over + c ? under - c : over + c, u = (far > 0 ? far : 0) * b->spacing[a];
            near[a][c] = u * u;
        }
    }
    const double first[3] = {place[0] - (double)k->at.from[0], place[1] - (double)k->at.from[1],
                             place[2] - (double)k->at.from[2]};
    const int tries = k->tries;
    for (uint64_t bits = b->needed[(p[0] / SIDE * m[1] + p[1] / SIDE) * m[2] + p[2] / SIDE]; bits; bits &= bits - 1) {
        const int i = __builtin_ctzll(bits), z = i / (SIDE * SIDE), y = i / SIDE % SIDE, x = i % SIDE;
        const double here = value[(z * n[1] + y) * n[2] + x];
        if (here > k->low && near[0][z] + near[1][y] + near[2][x] <= b->less * here - b->gap) {
            hold(b, k, (double[3]){first[0] + z, first[1] + y, first[2] + x}, here);
            k->tries++;
        }
    }
    if (k->tries > tries)
        lower(k);
}

/* Try the balls of a list. 0: too many. */
static int try_list(const sk_balls *b, const nodes *l, block *k)
{
    for (int c = 0; c < l->count && l->rest[c / RUN] > k->low; c += RUN) {
        double top[RUN], near[RUN] = {0};
        const box open = open_box(k, l->rest[c / RUN]);
        for (int a = 0; a < 3; a++) {
            const double from = (double)(open.from[a] - (SIDE - 1)), to = (double)open.to[a], size = b->spacing[a];
            for (int i = 0; i < RUN; i++) {
                const double at = l->place[a][c + i], over = at - to, under = from - at;
                const double far = over > under ? over : under, u = (far > 0 ? far : 0) * size;
                near[i] += u * u;
            }
        }
        for (int i = 0; i < RUN; i++)
            top[i] = near[i] <= b->less * l->top[c + i] - b->gap ? l->top[c + i] : 0;
        for (int i = 0; i < RUN; i++)
            if (top[i] > k->low) {
                if (k->tries > TRIES)
                    return 0;
                try_node(b, k, &open, (double[3]){l->place[0][c + i], l->place[1][c + i], l->place[2][c + i]});
            }
    }
    return 1;
}

/* Look for the ball of each voxel. */
static void try_voxels(const sk_balls *b, block *k)
{
    for (int i = 0; i < CUBE; i++) {
        if (k->best[i] == INFINITY)
            continue;
        const int64_t p[3] = {k->at.from[0] + i / (SIDE * SIDE), k->at.from[1] + i / SIDE % SIDE, k->at.from[2] + i % SIDE};
        const box at = {{p[0], p[1], p[2]}, {p[0], p[1], p[2]}};
        k->best[i] = holding(b, &at, k->best[i]);
    }
}

static void finish(const sk_balls *b, const block *k, double *widest)
{
    const int64_t *n = b->level[0].shape;
    for (int64_t z = 0; z <= k->at.to[0] - k->at.from[0]; z++)
        for (int64_t y = 0; y <= k->at.to[1] - k->at.from[1]; y++) {
            const double *best = k->best + (z * SIDE + y) * SIDE;
            double *to = widest + ((k->at.from[0] + z) * n[1] + k->at.from[1] + y) * n[2] + k->at.from[2];
            for (int64_t x = 0; x <= k->at.to[2] - k->at.from[2]; x++)
                to[x] = best[x] < INFINITY ? best[x] : 0;
        }
}

/* The ball that holds all of a box is the largest one there. */
static void fill(const sk_balls *b, const box *k, double best, double *widest)
{
    const int64_t *n = b->level[0].shape;
    for (int64_t z = k->from[0]; z <= k->to[0]; z++)
        for (int64_t y = k->from[1]; y <= k->to[1]; y++)
            for (int64_t p = (z * n[1] + y) * n[2] + k->from[2]; p <= (z * n[1] + y) * n[2] + k->to[2]; p++)
                widest[p] = b->level[0].value[p] > 0 ? best : 0;
}

/* Cell `index` of cells of `side` voxels. */
static box cell(const int64_t *shape, const int64_t *index, int64_t side)
{
    box k;
    for (int a = 0; a < 3; a++) {
        k.from[a] = index[a] * side;
        k.to[a] = (k.from[a] + side < shape[a] ? k.from[a] + side : shape[a]) - 1;
    }
    return k;
}

/* `all`: the list of the tile, NULL if there is none. */
static void search(const sk_balls *b, block *k, const nodes *all, nodes *own, double best)
{
    begin(b, k, best);
    if (k->low == INFINITY)
        return;
    if (!all) {
        const double bound = holding(b, &k->at, k->low);
        for (int i = 0; i < CUBE; i++)
            k->best[i] = k->best[i] < bound ? bound : k->best[i];
        lower(k);
        all = list(b, &k->at, k->low, own) ? own : NULL;
    }
    if (!all || !try_list(b, all, k))
        try_voxels(b, k);
}

void SK_NAME(sk_balls_widest)(const sk_balls *b, int64_t t0, int64_t t1, double *widest)
{
    const int64_t *n = b->level[0].shape;
    const int64_t across[2] = {(n[1] + TILE - 1) / TILE, (n[2] + TILE - 1) / TILE};
    nodes all, own;
    for (int64_t t = t0; t < t1; t++) {
        const int64_t index[3] = {t / (across[0] * across[1]), t / across[1] % across[0], t % across[1]};
        const box tile = cell(n, index, TILE);
        const double best = holding(b, &tile, 0);
        const int few = list(b, &tile, best, &all);
        if (few && all.count == 0) {
            fill(b, &tile, best, widest);
            continue;
        }
        for (int64_t z = tile.from[0] / SIDE; z <= tile.to[0] / SIDE; z++)
            for (int64_t y = tile.from[1] / SIDE; y <= tile.to[1] / SIDE; y++)
                for (int64_t x = tile.from[2] / SIDE; x <= tile.to[2] / SIDE; x++) {
                    block k = {.at = cell(n, (int64_t[3]){z, y, x}, SIDE)};
                    search(b, &k, few ? &all : NULL, &own, best);
                    finish(b, &k, widest);
                }
    }
}
