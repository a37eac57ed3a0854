/* A growing list of places, used as a stack or as a queue. */
#ifndef SK_PLACES_H
#define SK_PLACES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int32_t *at;
    int64_t first, count, room; /* a ring: `count` places from `first` on; room is a power of 2 */
} sk_places;

static inline int sk_places_grow(sk_places *s)
{
    const int64_t room = s->room ? 2 * s->room : 1024;
    int32_t *at = malloc((size_t)room * sizeof *at);
    if (!at)
        return 0;
    const int64_t tail = s->room - s->first < s->count ? s->room - s->first : s->count;
    if (s->count) {
        memcpy(at, s->at + s->first, (size_t)tail * sizeof *at);
        memcpy(at + tail, s->at, (size_t)(s->count - tail) * sizeof *at);
    }
    free(s->at);
    *s = (sk_places){at, 0, s->count, room};
    return 1;
}

/* 0 if there is no memory. */
static inline int sk_places_push(sk_places *s, int32_t p)
{
    if (s->count == s->room && !sk_places_grow(s))
        return 0;
    s->at[(s->first + s->count++) & (s->room - 1)] = p;
    return 1;
}

static inline int32_t sk_places_take_first(sk_places *s)
{
    const int32_t p = s->at[s->first];
    s->first = (s->first + 1) & (s->room - 1);
    s->count--;
    return p;
}

static inline int32_t sk_places_take_last(sk_places *s)
{
    return s->at[(s->first + --s->count) & (s->room - 1)];
}

#endif
