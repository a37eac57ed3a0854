/* Neighbours of different labels: which, and how many in each direction. */
#include "sk_regions.h"
#include "sk_hash.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 2048
#define POLL_VOXELS (1 << 22)

/* What is done where neighbours differ. */
typedef struct {
    sk_contacts *contacts; /* or NULL */
    int background;
    int64_t directions, *count;
    uint64_t last_key; /* the pair met last, and its counts */
    int64_t *last;
} sink;

static int64_t place_of(const sk_contacts *c, uint64_t key)
{
    const uint64_t mask = (uint64_t)c->places - 1;
    uint64_t at = sk_hash64(key) & mask;
    while (c->key[at] && c->key[at] != key)
        at = (at + 1) & mask;
    return (int64_t)at;
}

static int enlarge(sk_contacts *c)
{
    sk_contacts wide = *c;
    wide.places = c->places ? 2 * c->places : 64;
    wide.key = calloc((size_t)wide.places, sizeof *wide.key);
    wide.count = calloc((size_t)(wide.places * c->directions), sizeof *wide.count);
    if (!wide.key || !wide.count) {
        free(wide.key);
        free(wide.count);
        return SK_MEMORY;
    }
    for (int64_t i = 0; i < c->places; i++)
        if (c->key[i]) {
            const int64_t to = place_of(&wide, c->key[i]);
            wide.key[to] = c->key[i];
            memcpy(wide.count + to * c->directions, c->count + i * c->directions,
                   (size_t)c->directions * sizeof *c->count);
        }
    free(c->key);
    free(c->count);
    *c = wide;
    return SK_OK;
}

static int meet(sink *s, int32_t a, int32_t b, int64_t direction)
{
    if (!s->contacts) {
        s->count[a * s->directions + direction]++;
        s->count[b * s->directions + direction]++;
        return SK_OK;
    }
    const int32_t low = a < b ? a : b, high = a < b ? b : a;
    if (low == 0 && !s->background)
        return SK_OK;
    const uint64_t key = (uint64_t)low << 32 | (uint32_t)high;
    if (key != s->last_key) {
        sk_contacts *c = s->contacts;
        if (2 * (c->pairs + 1) > c->places && enlarge(c) != SK_OK)
            return SK_MEMORY;
        const int64_t at = place_of(c, key);
        c->pairs += c->key[at] == 0;
        c->key[at] = key;
        s->last_key = key;
        s->last = c->count + at * c->directions;
    }
    s->last[direction]++;
    return SK_OK;
}

/* a[i] beside b[i] */
static int each_pair(sink *s, const int32_t *a, const int32_t *b, int64_t count, int64_t direction)
{
    uint8_t differs[CHUNK + 8];
    for (int64_t at = 0; at < count; at += CHUNK, a += CHUNK, b += CHUNK) {
        const int64_t n = count - at < CHUNK ? count - at : CHUNK;
        for (int64_t i = 0; i < n; i++)
            differs[i] = a[i] != b[i];
        memset(differs + n, 0, 8);
        for (int64_t w = 0; w < n; w += 8) {
            uint64_t bits;
            memcpy(&bits, differs + w, 8);
            for (; bits; bits &= bits - 1) {
                const int64_t i = w + (__builtin_ctzll(bits) >> 3);
                const int status = meet(s, a[i], b[i], direction);
                if (status != SK_OK)
                    return status;
            }
        }
    }
    return SK_OK;
}

static int each_row(const sk_neighbours *n, sink *s)
{
    const int64_t dx = n->step[n->nlead], x0 = dx < 0 ? -dx : 0, x1 = dx > 0 ? n->nx - dx : n->nx;
    int64_t *at = calloc((size_t)n->nlead + 1, sizeof *at), since = 0;
    int status = at ? SK_OK : SK_MEMORY;
    for (int64_t r = 0; status == SK_OK && r < n->rows; r++) {
        int64_t delta = 0;
        int inside = 1;
        for (int64_t k = 0; k < n->nlead; k++) {
            const int64_t to = at[k] + n->step[k];
            inside &= to >= 0 && to < n->lead[k];
            delta = delta * n->lead[k] + n->step[k];
        }
        if (inside && x1 > x0)
            status = each_pair(s, n->code + r * n->nx + x0, n->code + (r + delta) * n->nx + x0 + dx, x1 - x0,
                               n->direction);
        for (int64_t k = n->nlead - 1; k >= 0 && ++at[k] == n->lead[k]; k--)
            at[k] = 0;
        since += n->nx + 16;
        if (since >= POLL_VOXELS && status == SK_OK) {
            since = 0;
            if (n->poll && n->poll(n->udata))
                status = SK_INTERRUPT;
        }
    }
    free(at);
    return status;
}

int SK_NAME(sk_contacts_add)(const sk_neighbours *n, int background, sk_contacts *c)
{
    sink s = {.contacts = c, .background = background};
    return each_row(n, &s);
}

int SK_NAME(sk_crossings_add)(const sk_neighbours *n, int64_t directions, int64_t *count)
{
    sink s = {.directions = directions, .count = count};
    return each_row(n, &s);
}
