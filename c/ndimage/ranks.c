/* Radix sort of places by their keys, least significant digit first; digits in which all keys agree are left out. */
#include "sk_segment.h"

#include <stdlib.h>
#include <string.h>

enum { BITS = 11, BINS = 1 << BITS };

static uint64_t key_of(int width, const void *keys, int64_t p)
{
    switch (width) {
    case 1:
        return ((const uint8_t *)keys)[p];
    case 2:
        return ((const uint16_t *)keys)[p];
    case 4:
        return ((const uint32_t *)keys)[p];
    default:
        return ((const uint64_t *)keys)[p];
    }
}

/* Keys and places move together: a key looked up by its place would miss the cache. */
typedef struct {
    uint64_t *key;
    int32_t *at;
} pairs;

static void pass(int64_t count, pairs from, pairs to, int shift, int64_t *bin)
{
    int64_t start = 0;
    for (int b = 0; b < BINS; b++) {
        const int64_t n = bin[b];
        bin[b] = start;
        start += n;
    }
    for (int64_t i = 0; i < count; i++) {
        const int64_t j = bin[from.key[i] >> shift & (BINS - 1)]++;
        to.key[j] = from.key[i];
        to.at[j] = from.at[i];
    }
}

static void sort(int digits, int64_t count, pairs *from, pairs *to, int64_t *bins)
{
    for (int64_t i = 0; i < count; i++)
        for (int d = 0; d < digits; d++)
            bins[d * BINS + (from->key[i] >> (d * BITS) & (BINS - 1))]++;
    for (int d = 0; d < digits; d++) {
        int64_t *bin = bins + (int64_t)d * BINS;
        if (bin[from->key[0] >> (d * BITS) & (BINS - 1)] == count)
            continue;
        pass(count, *from, *to, d * BITS, bin);
        const pairs other = *from;
        *from = *to;
        *to = other;
    }
}

int sk_sort_places(int width, const void *keys, int64_t count, const int32_t *at, int32_t *order)
{
    if (count == 0)
        return SK_OK;
    const int digits = (8 * width + BITS - 1) / BITS;
    uint64_t *key = malloc(2 * (size_t)count * sizeof *key);
    int32_t *spare = malloc((size_t)count * sizeof *spare);
    int64_t *bins = calloc((size_t)digits * BINS, sizeof *bins);
    const int status = key && spare && bins ? SK_OK : SK_MEMORY;
    if (status == SK_OK) {
        pairs from = {key, order}, to = {key + count, spare};
        for (int64_t i = 0; i < count; i++) {
            from.key[i] = key_of(width, keys, at[i]);
            from.at[i] = at[i];
        }
        sort(digits, count, &from, &to, bins);
        if (from.at != order)
            memcpy(order, from.at, (size_t)count * sizeof *order);
    }
    free(key);
    free(spare);
    free(bins);
    return status;
}

int64_t sk_ranks(int width, const void *keys, int64_t count, const int32_t *order, uint32_t *rank)
{
    int64_t distinct = 0;
    uint64_t last = 0;
    for (int64_t i = 0; i < count; i++) {
        const uint64_t key = key_of(width, keys, order[i]);
        if (i == 0 || key != last)
            distinct++;
        last = key;
        rank[order[i]] = (uint32_t)(distinct - 1);
    }
    return distinct;
}
