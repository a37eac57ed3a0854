/* Union-find over runs: the smallest one is the root of its component. */
#ifndef SK_UNIONFIND_H
#define SK_UNIONFIND_H

#include <stdint.h>

static inline int32_t sk_find_root(int32_t *parent, int32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]]; /* path halving */
        i = parent[i];
    }
    return i;
}

static inline void sk_join_roots(int32_t *parent, int32_t a, int32_t b)
{
    if (parent[a] == parent[b])
        return;
    a = sk_find_root(parent, a);
    b = sk_find_root(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

/* From parents, which come before their children, to numbers 1.. in the order of the roots; returns how many. */
static inline int32_t sk_number_roots(int32_t *parent, int64_t n)
{
    int32_t count = 0;
    for (int64_t i = 0; i < n; i++)
        parent[i] = parent[i] == i ? ++count : parent[parent[i]];
    return count;
}

#endif
