/* Thinning in the plane: T. Y. Zhang, C. Y. Suen, "A fast parallel algorithm for thinning digital patterns", Comm. ACM 27
 * (1984) 236-239, doi:10.1145/357994.358023. A pixel is looked at again only after a neighbour has gone. */
#include "sk_thin.h"

#include "sk_places.h"

#define POLL (1 << 18)

/* P2..P9 of the paper, clockwise from the north. */
enum { N = 1, NE = 2, E = 4, SE = 8, S = 16, SW = 32, W = 64, NW = 128 };

typedef struct {
    int64_t step[8];
    uint8_t leaves[256]; /* bit s: a pixel with these neighbours leaves in subiteration s */
} rules;

static void make_rules(rules *r, int64_t nx)
{
    const int64_t step[8] = {-nx, -nx + 1, 1, nx + 1, nx, nx - 1, -1, -nx - 1};
    memcpy(r->step, step, sizeof step);
    for (int code = 0; code < 256; code++) {
        int neighbours = 0, rises = 0;
        for (int k = 0; k < 8; k++) {
            const int here = code >> k & 1, next = code >> ((k + 1) % 8) & 1;
            neighbours += here;
            rises += !here && next;
        }
        const int n = code & 1, e = code >> 2 & 1, s = code >> 4 & 1, w = code >> 6 & 1;
        const int may = neighbours >= 2 && neighbours <= 6 && rises == 1;
        const int first = may && !(n && e && s) && !(e && s && w);
        const int second = may && !(n && e && w) && !(n && s && w);
        r->leaves[code] = (uint8_t)(first | second << 1);
    }
}

/* Where scikit-image departs from the paper, so that squares of two by two pixels do not vanish and corners of stairs do:
 * neighbours with which a pixel leaves never, in the first subiteration only, in the second only, in both. */
static void depart(rules *r)
{
    static const uint8_t never[] = {
        SE | S, W | NW,
    };
    static const uint8_t first[] = {
        N | NW, N | NE, N | E | NW, NE | E, N | NE | E, N | W | NW, N | NE | W, S | W | NW, N | SW | W, N |
        NE | SW | W,
    };
    static const uint8_t second[] = {
        E | SE, N | E | SE, E | SE | S, S | SW, E | S | SW, NE | E | S | SW, SE | S | W, SW | W, S | SW | W,
    };
    static const uint8_t both[] = {
        N | E, E | S, N | W, S | W,
    };
    for (size_t k = 0; k < sizeof never; k++)
        r->leaves[never[k]] = 0;
    for (size_t k = 0; k < sizeof first; k++)
        r->leaves[first[k]] = 1;
    for (size_t k = 0; k < sizeof second; k++)
        r->leaves[second[k]] = 2;
    for (size_t k = 0; k < sizeof both; k++)
        r->leaves[both[k]] = 3;
}

static int code_at(const rules *r, const uint8_t *image, int64_t p)
{
    int code = 0;
    for (int k = 0; k < 8; k++)
        code |= image[p + r->step[k]] << k;
    return code;
}

/* Ask for a look at p in both subiterations; `asked` has a bit for each. */
static int ask(uint8_t *asked, sk_places *list, int64_t p)
{
    for (int s = 0; s < 2; s++)
        if (!(asked[p] >> s & 1)) {
            asked[p] |= (uint8_t)(1 << s);
            if (!sk_places_push(&list[s], (int32_t)p))
                return SK_MEMORY;
        }
    return SK_OK;
}

/* One subiteration: find all that leave, then let them go. */
static int subiteration(const rules *r, int s, uint8_t *image, uint8_t *asked, sk_places *list, sk_places *leaving)
{
    while (list[s].count) {
        const int32_t p = sk_places_take_first(&list[s]);
        asked[p] &= (uint8_t)~(1 << s);
        if (image[p] && (r->leaves[code_at(r, image, p)] >> s & 1) && !sk_places_push(leaving, p))
            return SK_MEMORY;
    }
    for (int64_t i = 0; i < leaving->count; i++)
        image[leaving->at[i]] = 0;
    for (; leaving->count; leaving->count--) {
        const int32_t p = leaving->at[leaving->count - 1];
        for (int k = 0; k < 8; k++)
            if (image[p + r->step[k]] && ask(asked, list, p + r->step[k]) != SK_OK)
                return SK_MEMORY;
    }
    return SK_OK;
}

int sk_thin2d(int64_t ny, int64_t nx, uint8_t *image, int (*poll)(void *udata), void *udata)
{
    rules r;
    sk_places list[2] = {{0}}, leaving = {0};
    uint8_t *asked = calloc((size_t)(ny * nx), 1);
    int status = asked ? SK_OK : SK_MEMORY;
    int64_t work = 0;
    make_rules(&r, nx);
    depart(&r);
    for (int64_t p = nx; status == SK_OK && p < (ny - 1) * nx; p++)
        if (image[p] && r.leaves[code_at(&r, image, p)])
            status = ask(asked, list, p);
    for (int s = 0; status == SK_OK && list[0].count + list[1].count; s = !s) {
        work += list[s].count + 64;
        status = subiteration(&r, s, image, asked, list, &leaving);
        if (work > POLL) {
            work = 0;
            if (poll && poll(udata))
                status = SK_INTERRUPT;
        }
    }
    free(list[0].at);
    free(list[1].at);
    free(leaving.at);
    free(asked);
    return status;
}
