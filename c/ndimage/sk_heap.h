/* A queue by priority: a heap of four children. Included by a file that has defined what waits, `turn`, and which of
 * two comes first, `earlier`. */
#ifndef SK_HEAP_H
#define SK_HEAP_H

#include <stdint.h>
#include <stdlib.h>

typedef struct {
    turn *item;
    int64_t count, room;
} heap;

/* 0: no memory. */
static int push(heap *h, turn t)
{
    if (h->count == h->room) {
        const int64_t room = h->room ? 2 * h->room : 1024;
        turn *item = realloc(h->item, (size_t)room * sizeof *item);
        if (!item)
            return 0;
        h->item = item;
        h->room = room;
    }
    int64_t i = h->count++;
    for (; i > 0 && earlier(&t, &h->item[(i - 1) / 4]); i = (i - 1) / 4)
        h->item[i] = h->item[(i - 1) / 4];
    h->item[i] = t;
    return 1;
}

/* The first one, of a heap that is not empty. */
static turn take(heap *h)
{
    const turn first = h->item[0], t = h->item[--h->count];
    int64_t i = 0;
    for (int64_t child = 1; child < h->count; child = 4 * i + 1) {
        const int64_t end = child + 4 < h->count ? child + 4 : h->count;
        int64_t least = child;
        for (int64_t k = child + 1; k < end; k++)
            if (earlier(&h->item[k], &h->item[least]))
                least = k;
        if (!earlier(&h->item[least], &t))
            break;
        h->item[i] = h->item[least];
        i = least;
    }
    h->item[i] = t;
    return first;
}

#endif
