/* One pass over the items; the sequences of an item are looked into only where a path leads. */
#include "sk_dicom_groups.h"

#include <string.h>

#define ENTRIES 64
#define ITEMS 64

typedef struct {
    const uint8_t *data;
    unsigned options;
    int depth;
    uint64_t pos;
    int fault;
} reader;

static int scan_chunk(reader *r, sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t *count) {
    int status = sk_dicom_scan(s, entries, ENTRIES, count);
    if (status == SK_FORMAT)
        r->pos = s->pos, r->fault = s->fault;
    return status;
}

static sk_dicom_scanner level(const reader *r, uint64_t start, uint64_t end, int depth) {
    sk_dicom_scanner s = {0};
    s.data = r->data, s.pos = start, s.end = end, s.options = r->options, s.depth = depth;
    s.max_depth = SK_DICOM_MAX_DEPTH;
    if (!(r->options & SK_DICOM_IMPLICIT))
        s.options |= SK_DICOM_DETECT;
    return s;
}

/* The element `tag` of the first item of a sequence's value; found->tag 0 if there is none. */
static int step_into(reader *r, const sk_dicom_entry *sequence, uint32_t tag, int depth, sk_dicom_entry *found) {
    sk_dicom_entry entries[ENTRIES], item;
    int64_t count;
    found->tag = 0;
    sk_dicom_scanner s = level(r, sequence->start, sequence->start + sequence->length, depth);
    s.options = r->options;
    int status = sk_dicom_items(&s, &item, 1, &count);
    if (status == SK_FORMAT)
        r->pos = s.pos, r->fault = s.fault;
    if (status > SK_OK || count == 0)
        return status > SK_OK ? status : SK_OK;
    s = level(r, item.start, item.start + item.length, depth + 1);
    do {
        status = scan_chunk(r, &s, entries, &count);
        if (status > SK_OK)
            return status;
        for (int64_t i = 0; i < count; i++)
            if (entries[i].tag == tag) {
                *found = entries[i];
                return SK_OK;
            }
    } while (status == SK_MORE);
    return SK_OK;
}

/* What the paths lead to, of one item. */
static int read_item(reader *r, const sk_dicom_entry *item, const sk_dicom_path *paths, int npaths,
                     sk_dicom_entry *values) {
    sk_dicom_entry entries[ENTRIES];
    int64_t count;
    int status;
    memset(values, 0, (size_t)npaths * sizeof *values);
    sk_dicom_scanner s = level(r, item->start, item->start + item->length, r->depth + 1);
    do {
        status = scan_chunk(r, &s, entries, &count);
        if (status > SK_OK)
            return status;
        for (int64_t i = 0; i < count; i++)
            for (int p = 0; p < npaths; p++) {
                if (paths[p].tags[0] != entries[i].tag)
                    continue;
                sk_dicom_entry at = entries[i];
                for (int k = 1; k < paths[p].steps && at.tag; k++) {
                    sk_dicom_entry from = at;
                    int inner = step_into(r, &from, paths[p].tags[k], r->depth + 1 + k, &at);
                    if (inner != SK_OK)
                        return inner;
                }
                values[p] = at;
            }
    } while (status == SK_MORE);
    return SK_OK;
}

int sk_dicom_groups(const uint8_t *data, uint64_t *pos, uint64_t end, unsigned options, int depth,
                    const sk_dicom_path *paths, int npaths, sk_dicom_entry *values, int64_t capacity, int64_t *count,
                    int *fault) {
    sk_dicom_entry items[ITEMS];
    reader r = {data, options & ~(unsigned)SK_DICOM_DETECT, depth, *pos, 0};
    int status = SK_MORE;
    *count = 0;
    while (status == SK_MORE && *count < capacity) {
        sk_dicom_scanner s = level(&r, *pos, end, depth);
        s.options = r.options;
        int64_t n, room = capacity - *count < ITEMS ? capacity - *count : ITEMS;
        status = sk_dicom_items(&s, items, room, &n);
        *pos = s.pos;
        if (status > SK_OK) {
            *fault = s.fault;
            return status;
        }
        for (int64_t i = 0; i < n; i++) {
            int inner = read_item(&r, &items[i], paths, npaths, values + *count * npaths);
            if (inner != SK_OK) {
                *pos = r.pos, *fault = r.fault;
                return inner;
            }
            ++*count;
        }
    }
    return status;
}
