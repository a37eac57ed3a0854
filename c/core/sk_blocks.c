#define _DEFAULT_SOURCE
#include "sk_blocks.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A block is a page that holds its length, then the memory, which starts at a multiple of a huge page.
 * A page is taken as the largest that a system uses: the multiples are right for smaller ones too. */
#define PAGE ((size_t)65536)
#define HUGE ((size_t)2 << 20)
#define SLOTS 8

/* The one state of the process. Slots are exchanged, never locked: a fork in the middle of it loses at
 * most one kept block in the child. */
static _Atomic(void *) slot[SLOTS];
static atomic_size_t kept, limit; /* nothing is kept until a limit is set */
static atomic_uint turn; /* the slot that is emptied next */

static size_t length_of(const void *memory)
{
    return *(const size_t *)((const char *)memory - PAGE);
}

static void give_back(void *memory)
{
    munmap((char *)memory - PAGE, PAGE + length_of(memory));
}

/* Takes what a slot holds; NULL if nothing. */
static void *empty_slot(unsigned k)
{
    void *memory = atomic_exchange(&slot[k % SLOTS], NULL);
    if (memory)
        atomic_fetch_sub(&kept, length_of(memory));
    return memory;
}

/* Keeps a block; if all slots are full, one that was kept long ago is given back. */
static void keep(void *memory)
{
    atomic_fetch_add(&kept, length_of(memory));
    for (unsigned k = 0; k < SLOTS; k++) {
        void *none = NULL;
        if (atomic_compare_exchange_strong(&slot[k], &none, memory))
            return;
    }
    void *before = atomic_exchange(&slot[atomic_fetch_add(&turn, 1) % SLOTS], memory);
    if (before) {
        atomic_fetch_sub(&kept, length_of(before));
        give_back(before);
    }
}

/* A kept block of this size or up to an eighth more; NULL if there is none. */
static void *reuse(size_t size)
{
    for (unsigned k = 0; k < SLOTS; k++) {
        void *memory = empty_slot(k);
        if (!memory)
            continue;
        size_t length = length_of(memory);
        if (length >= size && length - size <= size / 8)
            return memory;
        keep(memory);
    }
    return NULL;
}

/* Gives kept blocks back until they make `size` bytes or none is left. */
static void make_room(size_t size)
{
    for (unsigned k = 0; k < SLOTS && size > 0; k++) {
        void *memory = empty_slot(atomic_fetch_add(&turn, 1));
        if (memory) {
            size_t length = length_of(memory);
            size -= length < size ? length : size;
            give_back(memory);
        }
    }
}

/* A new block of zeros. */
static void *map(size_t size)
{
    size_t length = (size + PAGE - 1) / PAGE * PAGE;
    if (length < size || length > SIZE_MAX / 2)
        return NULL;
    char *all = mmap(NULL, length + PAGE + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    char *memory = (char *)(((uintptr_t)all + PAGE + HUGE - 1) / HUGE * HUGE), *end = all + length + PAGE + HUGE;
    if (memory - PAGE > all)
        munmap(all, (size_t)(memory - PAGE - all));
    if (end > memory + length)
        munmap(memory + length, (size_t)(end - memory) - length);
#ifdef MADV_HUGEPAGE
    madvise(memory, length, MADV_HUGEPAGE);
#endif
    *(size_t *)(memory - PAGE) = length;
    return memory;
}

void *sk_blocks_malloc(void *context, size_t size)
{
    (void)context;
    void *memory = reuse(size);
    if (!memory) {
        make_room(size);
        memory = map(size);
    }
    return memory;
}

void *sk_blocks_calloc(void *context, size_t count, size_t size)
{
    (void)context;
    if (size && count > SIZE_MAX / size)
        return NULL;
    size *= count;
    void *memory = reuse(size);
    if (memory)
        return memset(memory, 0, size);
    make_room(size);
    return map(size);
}

void *sk_blocks_realloc(void *context, void *memory, size_t size)
{
    if (!memory)
        return sk_blocks_malloc(context, size);
    void *moved = sk_blocks_malloc(context, size);
    if (moved) {
        size_t length = length_of(memory);
        memcpy(moved, memory, length < size ? length : size);
        sk_blocks_free(context, memory, length);
    }
    return moved;
}

void sk_blocks_free(void *context, void *memory, size_t size)
{
    (void)context, (void)size; /* a block knows its length */
    if (!memory)
        return;
    size_t length = length_of(memory), most = atomic_load(&limit);
    if (length > most) {
        give_back(memory);
        return;
    }
    if (atomic_load(&kept) + length > most)
        make_room(atomic_load(&kept) + length - most);
#ifdef MADV_FREE
    madvise(memory, length, MADV_FREE);
#endif
    keep(memory);
}

void sk_blocks_limit(size_t most)
{
    atomic_store(&limit, most);
    make_room(SIZE_MAX);
}

size_t sk_blocks_kept(void)
{
    return atomic_load(&kept);
}
