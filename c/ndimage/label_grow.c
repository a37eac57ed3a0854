/* Erosion and dilation of label images, a row at a time: the loops over elements are outside, those over voxels
 * inside. */
#include "sk_regions.h"

#include <stdint.h>

void SK_NAME(sk_label_erode)(const sk_grow *g, int64_t r0, int64_t r1, int32_t *work)
{
    for (int64_t r = r0; r < r1; r++) {
        const int32_t *row = g->src + g->at[r];
        int32_t *to = g->dst + g->at[r];
        for (int64_t x = 0; x < g->nx; x++)
            work[x] = 0;
        for (int64_t k = 0; k < g->elements; k++) {
            const int32_t *there = row + g->offset[k];
            for (int64_t x = 0; x < g->nx; x++)
                work[x] |= (there[x] != row[x]) & (there[x] != -1);
        }
        for (int64_t x = 0; x < g->nx; x++)
            to[x] = work[x] ? 0 : row[x];
    }
}

/* The commonest code above 0 of the elements, the least of equals; tally: code and number, 2 for each element. */
static int32_t commonest(const int32_t *at, const sk_grow *g, int32_t *tally)
{
    int64_t known = 0, best = 0;
    for (int64_t k = 0; k < g->elements; k++) {
        const int32_t code = at[g->offset[k]];
        if (code <= 0)
            continue;
        int64_t i = 0;
        while (i < known && tally[2 * i] != code)
            i++;
        if (i == known) {
            tally[2 * i] = code;
            tally[2 * i + 1] = 0;
            known++;
        }
        tally[2 * i + 1]++;
    }
    for (int64_t i = 1; i < known; i++)
        if (tally[2 * i + 1] > tally[2 * best + 1] ||
            (tally[2 * i + 1] == tally[2 * best + 1] && tally[2 * i] < tally[2 * best]))
            best = i;
    return tally[2 * best];
}

void SK_NAME(sk_label_dilate)(const sk_grow *g, int64_t r0, int64_t r1, int32_t *work, int32_t *tally)
{
    int32_t *most = work, *least = work + g->nx;
    for (int64_t r = r0; r < r1; r++) {
        const int32_t *row = g->src + g->at[r];
        int32_t *to = g->dst + g->at[r];
        for (int64_t x = 0; x < g->nx; x++) {
            most[x] = 0;
            least[x] = INT32_MAX;
        }
        for (int64_t k = 0; k < g->elements; k++) {
            const int32_t *there = row + g->offset[k];
            for (int64_t x = 0; x < g->nx; x++) {
                const int32_t code = there[x], other = code ? code : INT32_MAX;
                most[x] = code > most[x] ? code : most[x];
                least[x] = other < least[x] ? other : least[x];
            }
        }
        for (int64_t x = 0; x < g->nx; x++)
            to[x] = row[x] || !most[x] ? row[x] : most[x] == least[x] ? most[x] : commonest(row + x, g, tally);
    }
}
