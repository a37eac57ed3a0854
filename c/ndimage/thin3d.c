/* Thinning in space: T.-C. Lee, R. L. Kashyap, C.-N. Chu, "Building skeleton models via 3-D medial surface/axis thinning
 * algorithms", CVGIP 56 (1994) 462-478, doi:10.1006/cgip.1994.1042.
 *
 * From each of six sides in turn: find the voxels that may leave (no end of a line, Euler number and connectedness of the
 * neighbourhood stay), then let them go one by one if the neighbourhood is still connected. A voxel is looked at again
 * only after a neighbour has gone; a bit volume remembers which, and gives the order of the array.
 *
 * A neighbourhood is 27 bits in the order of the array; the middle is bit 13. */
#include "sk_thin.h"

#include "sk_places.h"

#define POLL (1 << 16)
#define SIDES 6
#define MIDDLE 13

typedef struct {
    int64_t step[27];       /* to the neighbours */
    int64_t side[SIDES];    /* to the neighbour that must be empty */
    uint32_t vertex[8], edge[12], face[6]; /* neighbours that share these cells of the middle voxel */
} rules;

static void make_rules(rules *r, int64_t ny, int64_t nx)
{
    const int64_t plane = ny * nx, side[SIDES] = {-nx, nx, 1, -1, plane, -plane};
    int counts[4] = {0};
    memcpy(r->side, side, sizeof side);
    for (int i = 0; i < 27; i++) {
        const int z = i / 9 - 1, y = i / 3 % 3 - 1, x = i % 3 - 1, order = abs(z) + abs(y) + abs(x);
        uint32_t sharing = 0;
        r->step[i] = z * plane + y * nx + x;
        for (int j = 0; j < 27; j++) {
            const int v = j / 9 - 1, u = j / 3 % 3 - 1, t = j % 3 - 1;
            /* voxel j has the cell in the direction i: it goes no other way, and no further */
            if (j != MIDDLE && (v == z || v == 0) && (u == y || u == 0) && (t == x || t == 0))
                sharing |= 1u << j;
        }
        if (order)
            *(order == 3 ? &r->vertex[counts[3]++] : order == 2 ? &r->edge[counts[2]++] : &r->face[counts[1]++]) = sharing;
    }
}

static uint32_t around(const rules *r, const uint8_t *image, int64_t p)
{
    uint32_t code = 0;
    for (int row = 0; row < 9; row++) {
        const uint8_t *at = image + p + r->step[3 * row];
        code |= (uint32_t)(at[0] | at[1] << 1 | at[2] << 2) << 3 * row;
    }
    return code & ~(1u << MIDDLE);
}

enum { X0 = 0x1249249, X2 = 0x4924924, Y0 = 0x1c0e07, Y2 = 0x70381c0 }; /* first and last x, y of a neighbourhood */

/* Whether the neighbours hang together: grow one of them by steps of one in x, y and z within them. */
static int connected(uint32_t code)
{
    uint32_t reached = code & (~code + 1);
    for (;;) {
        uint32_t m = reached;
        m |= (m & ~(uint32_t)X2) << 1 | (m & ~(uint32_t)X0) >> 1;
        m |= (m & ~(uint32_t)Y2) << 3 | (m & ~(uint32_t)Y0) >> 3;
        m |= m << 9 | m >> 9;
        m &= code;
        if (m == reached)
            return reached == code;
        reached = m;
    }
}

/* Whether the Euler number stays: as many cells of even dimension go as of odd. */
static int euler_stays(const rules *r, uint32_t code)
{
    int change = -1;
    for (int k = 0; k < 8; k++)
        change += !(r->vertex[k] & code);
    for (int k = 0; k < 12; k++)
        change -= !(r->edge[k] & code);
    for (int k = 0; k < 6; k++)
        change += !(r->face[k] & code);
    return change == 0;
}

static int may_leave(const rules *r, const uint8_t *image, int64_t p)
{
    const uint32_t code = around(r, image, p);
    if ((code & (code - 1)) == 0 && code) /* the end of a line */
        return 0;
    return euler_stays(r, code) && connected(code);
}

/* What is to be looked at: voxels, 64 to a word, and for each the sides from which it has not been looked at. */
typedef struct {
    int64_t words;
    uint64_t *any;
    uint8_t *sides;
    int all; /* a bit for each side that is looked from */
} requests;

static void ask(requests *w, int64_t p)
{
    w->sides[p] = (uint8_t)w->all;
    w->any[p / 64] |= UINT64_C(1) << p % 64;
}

static void ask_around(const rules *r, requests *w, int64_t p)
{
    for (int row = 0; row < 9; row++) {
        const int64_t q = p + r->step[3 * row];
        memset(w->sides + q, w->all, 3);
        w->any[q / 64] |= UINT64_C(7) << q % 64;
        if (q % 64 > 61)
            w->any[q / 64 + 1] |= UINT64_C(7) >> (64 - q % 64);
    }
}

static int candidates(const rules *r, const uint8_t *image, int side, requests *w, sk_places *list)
{
    for (int64_t k = 0; k < w->words; k++)
        for (uint64_t left = w->any[k]; left; left &= left - 1) {
            const int64_t p = 64 * k + __builtin_ctzll(left);
            const int asked = w->sides[p] >> side & 1;
            w->sides[p] &= (uint8_t)~(1 << side);
            if (!w->sides[p] || !image[p])
                w->any[k] &= ~(left & (~left + 1));
            if (asked && image[p] && !image[p + r->side[side]] && may_leave(r, image, p)
                && !sk_places_push(list, (int32_t)p))
                return SK_MEMORY;
        }
    return SK_OK;
}

/* Let the candidates go, in their order; returns how many went. */
static int64_t let_go(const rules *r, uint8_t *image, requests *w, sk_places *list)
{
    int64_t gone = 0;
    for (int64_t i = 0; i < list->count; i++) {
        const int64_t p = list->at[i];
        const uint32_t code = around(r, image, p);
        if (!code || !connected(code)) /* the last voxel of a component stays */
            continue;
        image[p] = 0;
        gone++;
        ask_around(r, w, p);
    }
    list->count = 0;
    return gone;
}

static int thin(const rules *r, int sides, uint8_t *image, requests *w, sk_places *list, int (*poll)(void *udata),
                void *udata)
{
    for (int64_t still = 0, side = 0, work = 0; still < sides; side = (side + 1) % sides) {
        const int status = candidates(r, image, (int)side, w, list);
        if (status != SK_OK)
            return status;
        work += list->count + w->words / 16;
        still = let_go(r, image, w, list) ? 0 : still + 1;
        if (work > POLL) {
            work = 0;
            if (poll && poll(udata))
                return SK_INTERRUPT;
        }
    }
    return SK_OK;
}

int sk_thin3d(int64_t nz, int64_t ny, int64_t nx, uint8_t *image, int (*poll)(void *udata), void *udata)
{
    rules r;
    sk_places list = {0};
    const int sides = nz == 3 ? 4 : SIDES; /* a single plane is thinned within itself */
    const int64_t plane = ny * nx, words = nz * plane / 64 + 1;
    requests w = {words, calloc((size_t)words + 1, sizeof *w.any), malloc((size_t)(nz * plane)), (1 << sides) - 1};
    int status = SK_MEMORY;
    make_rules(&r, ny, nx);
    if (w.any && w.sides) {
        for (int64_t p = plane; p < (nz - 1) * plane; p++)
            if (image[p] && (!image[p - 1] || !image[p + 1] || !image[p - nx] || !image[p + nx] || !image[p - plane]
                             || !image[p + plane]))
                ask(&w, p);
        status = thin(&r, sides, image, &w, &list, poll, udata);
    }
    free(list.at);
    free(w.sides);
    free(w.any);
    return status;
}
