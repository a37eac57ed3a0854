/* Data sets of any bytes, in every encoding and all levels: the parser must end, must stay within its buffer, and what it
 * finds must lie within the level it was found in. The last byte chooses the encoding; 0 is to look which it is. */
#include <stdlib.h>
#include <string.h>

#include "sk_dicom.h"

enum { CHUNK = 7, MOST = 1 << 14 };

typedef struct {
    uint64_t start, end;
    int depth, items;
} level;

/* Every entry within its level, and not before what was read last. */
static void check(const sk_dicom_scanner *s, const sk_dicom_entry *entries, int64_t count, uint64_t begin) {
    if (s->pos > s->end || count < 0 || count > CHUNK)
        abort();
    for (int64_t i = 0; i < count; i++)
        if (entries[i].start < begin || entries[i].start > s->end || entries[i].length > s->end - entries[i].start)
            abort();
}

/* One level; what may hold further levels goes onto the stack. Gives the number of entries. */
static int64_t visit(const uint8_t *data, level at, unsigned options, level *stack, int *top) {
    sk_dicom_entry entries[CHUNK];
    sk_dicom_scanner s = {.data = data, .end = at.end, .pos = at.start, .options = options, .depth = at.depth,
                          .max_depth = SK_DICOM_MAX_DEPTH};
    int64_t count, total = 0;
    int status = SK_MORE;
    while (status == SK_MORE && total < MOST) {
        uint64_t before = s.pos;
        status = at.items ? sk_dicom_items(&s, entries, CHUNK, &count) : sk_dicom_scan(&s, entries, CHUNK, &count);
        check(&s, entries, count, at.start);
        if (status == SK_MORE && s.pos <= before)
            abort(); /* no progress */
        total += count;
        for (int64_t i = 0; i < count && *top < MOST; i++) {
            int inner = at.items || (entries[i].flags & SK_DICOM_F_SEQUENCE) || entries[i].vr == SK_DICOM_VR('S', 'Q');
            if (inner && at.depth < SK_DICOM_MAX_DEPTH)
                stack[(*top)++] = (level){entries[i].start, entries[i].start + entries[i].length,
                                          at.depth + !at.items, !at.items};
        }
    }
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    /* A copy of its own size, so that a byte beyond it is seen. */
    uint8_t *copy = malloc(size);
    level *stack = malloc(MOST * sizeof(level));
    if (copy && stack) {
        unsigned kept = SK_DICOM_IMPLICIT | SK_DICOM_BIG | SK_DICOM_DETECT | SK_DICOM_LENIENT;
        unsigned options = (data[size - 1] ^ SK_DICOM_DETECT) & kept;
        int top = 1;
        int64_t total = 0;
        memcpy(copy, data, size - 1);
        stack[0] = (level){0, size - 1, 0, 0};
        while (top > 0 && total < MOST) {
            level at = stack[--top];
            total += 1 + visit(copy, at, options, stack, &top);
        }
    }
    free(stack);
    free(copy);
    return 0;
}
