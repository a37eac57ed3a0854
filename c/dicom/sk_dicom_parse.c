/* Elements, items and fragments of one level (PS3.5 sections 7.1, 7.5, 6.2.2 and A.4). */
#include "sk_dicom.h"

#include <string.h>

#define ITEM 0xFFFEE000u
#define ITEM_END 0xFFFEE00Du
#define SEQUENCE_END 0xFFFEE0DDu

static uint32_t read16(const uint8_t *p, int big) {
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t read32(const uint8_t *p, int big) {
    return big ? read16(p, 1) << 16 | read16(p + 2, 1) : read16(p + 2, 0) << 16 | read16(p, 0);
}

static uint32_t read_tag(const uint8_t *p, int big) {
    return read16(p, big) << 16 | read16(p + 2, big);
}

static int is_capital(uint8_t c) { return c >= 'A' && c <= 'Z'; }

/* Value representations whose explicit header has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
static int has_long_length(uint16_t vr) {
    switch (vr) {
    case SK_DICOM_VR('O', 'B'): case SK_DICOM_VR('O', 'D'): case SK_DICOM_VR('O', 'F'):
    case SK_DICOM_VR('O', 'L'): case SK_DICOM_VR('O', 'V'): case SK_DICOM_VR('O', 'W'):
    case SK_DICOM_VR('S', 'Q'): case SK_DICOM_VR('S', 'V'): case SK_DICOM_VR('U', 'C'):
    case SK_DICOM_VR('U', 'N'): case SK_DICOM_VR('U', 'R'): case SK_DICOM_VR('U', 'T'):
    case SK_DICOM_VR('U', 'V'):
        return 1;
    default:
        return 0;
    }
}

/* The value representations whose explicit header has a 16-bit length (PS3.5 table 7.1-2). */
static int has_short_length(uint16_t vr) {
    switch (vr) {
    case SK_DICOM_VR('A', 'E'): case SK_DICOM_VR('A', 'S'): case SK_DICOM_VR('A', 'T'):
    case SK_DICOM_VR('C', 'S'): case SK_DICOM_VR('D', 'A'): case SK_DICOM_VR('D', 'S'):
    case SK_DICOM_VR('D', 'T'): case SK_DICOM_VR('F', 'D'): case SK_DICOM_VR('F', 'L'):
    case SK_DICOM_VR('I', 'S'): case SK_DICOM_VR('L', 'O'): case SK_DICOM_VR('L', 'T'):
    case SK_DICOM_VR('P', 'N'): case SK_DICOM_VR('S', 'H'): case SK_DICOM_VR('S', 'L'):
    case SK_DICOM_VR('S', 'S'): case SK_DICOM_VR('S', 'T'): case SK_DICOM_VR('T', 'M'):
    case SK_DICOM_VR('U', 'I'): case SK_DICOM_VR('U', 'L'): case SK_DICOM_VR('U', 'S'):
        return 1;
    default:
        return 0;
    }
}

/* Is the header at p of a value representation that the standard does not have one with two reserved bytes and
 * a 32-bit length, as all that it ever adds will be (PS3.5 section 6.2, note on new VRs)? `left` bytes are left
 * from p on. Where a header of the other kind, with no value, could be followed by an element, it is that. */
static int unknown_is_long(const uint8_t *p, uint64_t left, int big) {
    if (left < 12 || p[6] || p[7])
        return 0;
    uint64_t length = read32(p + 8, big);
    if (length != SK_DICOM_UNDEFINED && length > left - 12)
        return 0;
    if (left < 16)
        return length + 12 == left;
    uint16_t next = SK_DICOM_VR(p[12], p[13]);
    int short_fits = read_tag(p + 8, big) > read_tag(p, big) && (has_long_length(next) || has_short_length(next));
    return !short_fits;
}

/* Does the level, said to be explicit or implicit, begin with an element of the other kind? Some writers
 * switch to implicit inside a sequence, or name the wrong transfer syntax. The length of a first element
 * does not look like two capital letters: it would be longer than 16 kB. */
static int looks_implicit(const uint8_t *data, uint64_t pos, uint64_t end, int assumed) {
    if (end < pos || end - pos < 6)
        return assumed;
    return !(is_capital(data[pos + 4]) && is_capital(data[pos + 5]));
}

static int fail(sk_dicom_scanner *s, uint64_t pos, int fault) {
    s->pos = pos;
    s->fault = fault;
    return SK_FORMAT;
}

typedef struct {
    uint64_t value; /* offset of the value */
    uint32_t tag, length;
    uint16_t vr;
} header;

/* One element's header at pos, inside [pos, end). 0 if it does not fit. */
static int read_header(const uint8_t *data, uint64_t pos, uint64_t end, int implicit, int big, header *h) {
    if (end - pos < 8)
        return 0;
    const uint8_t *p = data + pos;
    h->tag = read_tag(p, big);
    h->vr = 0;
    h->value = pos + 8;
    /* Items and delimiters have no value representation; neither has an element that was written
     * implicitly into an explicit data set, which shows by a VR that is no pair of letters. */
    if (implicit || h->tag >> 16 == 0xFFFE || !(is_capital(p[4]) && is_capital(p[5]))) {
        h->length = read32(p + 4, big);
        return 1;
    }
    h->vr = SK_DICOM_VR(p[4], p[5]);
    if (!has_long_length(h->vr) && (has_short_length(h->vr) || !unknown_is_long(p, end - pos, big))) {
        h->length = read16(p + 6, big);
        return 1;
    }
    if (end - pos < 12)
        return 0;
    h->length = read32(p + 8, big);
    h->value = pos + 12;
    return 1;
}

/* Is a value of undefined length made of items with elements (a sequence), or of fragments? UN of undefined
 * length is a sequence (PS3.5 section 6.2.2, note 2); without a VR the value itself must tell. */
static int is_sequence(const uint8_t *data, const header *h, uint64_t end, int big) {
    if (h->vr)
        return h->vr == SK_DICOM_VR('S', 'Q') || h->vr == SK_DICOM_VR('U', 'N');
    if (h->tag >> 16 == 0x7FE0 || end - h->value < 4)
        return 0;
    return read_tag(data + h->value, big) == ITEM;
}

/* Fragments up to the delimiter (PS3.5 section A.4); where they are not well formed, the first delimiter in the
 * bytes counts. On success s->pos is the delimiter's offset, or `end` where whole fragments end there without one. */
static int skip_fragments(sk_dicom_scanner *s, uint64_t start, uint64_t end, int big) {
    uint64_t pos = start;
    while (end - pos >= 8) {
        uint32_t tag = read_tag(s->data + pos, big);
        if (tag == SEQUENCE_END) {
            s->pos = pos;
            return SK_OK;
        }
        uint64_t length = read32(s->data + pos + 4, big);
        if (tag != ITEM || length > end - pos - 8)
            break;
        pos += 8 + length;
    }
    if (pos == end && pos > start) {
        s->pos = end;
        return SK_OK;
    }
    static const uint8_t little[4] = {0xFE, 0xFF, 0xDD, 0xE0}, wide[4] = {0xFF, 0xFE, 0xE0, 0xDD};
    const uint8_t *mark = big ? wide : little;
    for (pos = start; end - pos >= 8;) {
        const uint8_t *hit = memchr(s->data + pos, mark[0], end - pos - 7);
        if (!hit)
            break;
        pos = (uint64_t)(hit - s->data);
        if (memcmp(hit, mark, 4) == 0) {
            s->pos = pos;
            return SK_OK;
        }
        pos++;
    }
    return fail(s, start, SK_DICOM_NO_DELIMITER);
}

typedef struct {
    uint64_t end; /* of a defined length; otherwise that of the nearest one outside */
    int item;     /* inside an item (elements follow) or a sequence (items follow) */
    int undefined;
    int implicit;
} frame;

static int most_levels(const sk_dicom_scanner *s) {
    return s->max_depth < SK_DICOM_MAX_DEPTH ? s->max_depth : SK_DICOM_MAX_DEPTH;
}

/* Step into a sequence's next item, or out of the sequence. */
static int walk_sequence(sk_dicom_scanner *s, frame *stack, int *top, uint64_t *pos, int big) {
    frame f = stack[*top];
    if (f.end - *pos < 8)
        return fail(s, *pos, SK_DICOM_NO_DELIMITER);
    uint32_t tag = read_tag(s->data + *pos, big), length = read32(s->data + *pos + 4, big);
    uint64_t at = *pos;
    *pos += 8;
    if (tag == SEQUENCE_END) {
        (*top)--;
        return SK_OK;
    }
    if (tag == ITEM_END) /* of an item whose length was defined: needless, but harmless */
        return SK_OK;
    if (tag != ITEM)
        return fail(s, at, SK_DICOM_NO_ITEM);
    if (length != SK_DICOM_UNDEFINED) {
        if (length > f.end - *pos) {
            s->declared = length;
            return fail(s, at, SK_DICOM_CUT_VALUE);
        }
        *pos += length; /* a defined length needs no look inside */
        return SK_OK;
    }
    int implicit = f.implicit || looks_implicit(s->data, *pos, f.end, 0);
    stack[++*top] = (frame){f.end, 1, 1, implicit};
    return SK_OK;
}

/* Step over an item's next element, or out of the item, or into a sequence of undefined length. */
static int walk_item(sk_dicom_scanner *s, frame *stack, int *top, uint64_t *pos, int big) {
    frame f = stack[*top];
    header h;
    if (!read_header(s->data, *pos, f.end, f.implicit, big, &h))
        return fail(s, *pos, SK_DICOM_NO_DELIMITER);
    if (h.tag == ITEM_END) {
        (*top)--;
        *pos += 8;
        return SK_OK;
    }
    if (h.length != SK_DICOM_UNDEFINED) {
        if (h.length > f.end - h.value) {
            s->declared = h.length;
            return fail(s, *pos, SK_DICOM_CUT_VALUE);
        }
        *pos = h.value + h.length;
        return SK_OK;
    }
    if (!is_sequence(s->data, &h, f.end, big)) {
        int status = skip_fragments(s, h.value, f.end, big);
        *pos = s->pos == f.end ? f.end : s->pos + 8;
        return status;
    }
    if (s->depth + (*top + 1) / 2 + 1 > most_levels(s))
        return fail(s, *pos, SK_DICOM_DEPTH);
    *pos = h.value;
    stack[++*top] = (frame){f.end, 0, 1, f.implicit};
    return SK_OK;
}

/* Find the delimiter of a sequence of undefined length whose value begins at start. */
static int skip_sequence(sk_dicom_scanner *s, uint64_t start, uint64_t end, int implicit, int big) {
    frame stack[2 * SK_DICOM_MAX_DEPTH + 2];
    int top = 0;
    uint64_t pos = start;
    stack[0] = (frame){end, 0, 1, implicit};
    while (top >= 0) {
        int status = stack[top].item ? walk_item(s, stack, &top, &pos, big)
                                           : walk_sequence(s, stack, &top, &pos, big);
        if (status != SK_OK)
            return status;
    }
    s->pos = pos - 8;
    return SK_OK;
}

/* The entry of the element whose header is h, at `at`; s->pos moves to the next element. */
static int take_element(sk_dicom_scanner *s, uint64_t at, const header *h, sk_dicom_entry *entry) {
    int big = !!(s->options & SK_DICOM_BIG), implicit = !!(s->options & SK_DICOM_IMPLICIT);
    *entry = (sk_dicom_entry){h->value, h->length, h->tag, h->vr, 0};
    if (h->length != SK_DICOM_UNDEFINED) {
        if (h->length > s->end - h->value) {
            if (!(s->options & SK_DICOM_LENIENT)) {
                s->declared = h->length;
                return fail(s, at, SK_DICOM_CUT_VALUE);
            }
            entry->length = s->end - h->value;
            entry->flags = SK_DICOM_F_CUT;
        }
        s->pos = entry->start + entry->length;
        return SK_OK;
    }
    entry->flags = SK_DICOM_F_UNDEFINED;
    int status;
    if (is_sequence(s->data, h, s->end, big)) {
        if (s->depth + 1 > most_levels(s))
            return fail(s, at, SK_DICOM_DEPTH);
        entry->flags |= SK_DICOM_F_SEQUENCE;
        status = skip_sequence(s, h->value, s->end, implicit, big);
    } else {
        status = skip_fragments(s, h->value, s->end, big);
    }
    if (status != SK_OK && (!(s->options & SK_DICOM_LENIENT) || s->fault == SK_DICOM_DEPTH))
        return status;
    if (status != SK_OK || s->pos == s->end) { /* without a delimiter */
        entry->flags |= SK_DICOM_F_CUT;
        entry->length = s->end - h->value;
        s->pos = s->end;
        s->fault = SK_DICOM_OK;
        return SK_OK;
    }
    entry->length = s->pos - h->value;
    s->pos += 8;
    return SK_OK;
}

/* How many zeros p[0 .. n) begins with. */
static uint64_t leading_zeros(const uint8_t *p, uint64_t n) {
    uint64_t i = 0;
    while (i < n && !p[i])
        i++;
    return i;
}

static int only_zeros(const uint8_t *p, uint64_t n) { return leading_zeros(p, n) == n; }

int sk_dicom_scan(sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t capacity, int64_t *count) {
    *count = 0;
    if (s->pos > s->end)
        return SK_ARGUMENT;
    int big = !!(s->options & SK_DICOM_BIG), lenient = !!(s->options & SK_DICOM_LENIENT);
    if (s->options & SK_DICOM_DETECT) {
        int assumed = !!(s->options & SK_DICOM_IMPLICIT);
        unsigned found = looks_implicit(s->data, s->pos, s->end, assumed) ? SK_DICOM_IMPLICIT : 0;
        s->options = (s->options & ~(unsigned)(SK_DICOM_DETECT | SK_DICOM_IMPLICIT)) | found;
    }
    int implicit = !!(s->options & SK_DICOM_IMPLICIT);
    while (s->pos < s->end) {
        header h;
        uint64_t at = s->pos;
        if (!read_header(s->data, at, s->end, implicit, big, &h)) {
            if (!lenient && !only_zeros(s->data + at, s->end - at))
                return fail(s, at, SK_DICOM_CUT_HEADER);
            s->pos = s->end;
            return SK_OK;
        }
        if ((s->stop_first && h.tag >= s->stop_first && h.tag <= s->stop_last) ||
            ((s->options & SK_DICOM_ONE_GROUP) && h.tag >> 16 != s->group))
            return SK_OK;
        if (h.tag == SEQUENCE_END) { /* belongs to nothing */
            s->pos += 8;
            continue;
        }
        uint64_t zeros = h.tag ? 0 : leading_zeros(s->data + at, s->end - at);
        if (zeros >= 8) { /* padding; a lenient reader is shown it as the one empty element that it looks like */
            if (lenient && *count == capacity)
                return SK_MORE;
            if (lenient)
                entries[(*count)++] = (sk_dicom_entry){at + 8, 0, 0, 0, 0};
            s->pos = zeros == s->end - at ? s->end : at + zeros / 8 * 8;
            continue;
        }
        if (h.tag == ITEM_END) { /* ends an item of undefined length, or one whose length is wrong */
            if (s->depth == 0 && !lenient)
                return fail(s, at, SK_DICOM_STRAY);
            return SK_OK;
        }
        if (*count == capacity)
            return SK_MORE;
        int status = take_element(s, at, &h, &entries[*count]);
        if (status != SK_OK)
            return status;
        (*count)++;
    }
    return SK_OK;
}

int sk_dicom_items(sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t capacity, int64_t *count) {
    *count = 0;
    if (s->pos > s->end)
        return SK_ARGUMENT;
    int big = !!(s->options & SK_DICOM_BIG), implicit = !!(s->options & SK_DICOM_IMPLICIT);
    int lenient = !!(s->options & SK_DICOM_LENIENT);
    while (s->end - s->pos >= 8) {
        uint64_t at = s->pos;
        uint32_t tag = read_tag(s->data + at, big), length = read32(s->data + at + 4, big);
        if (tag == SEQUENCE_END)
            return SK_OK;
        if (tag == ITEM_END) {
            s->pos += 8;
            continue;
        }
        /* Where only the tag is wrong, a lenient reader takes it for an item's. */
        int item = tag == ITEM || (lenient && tag && length <= s->end - at - 8);
        if (!item) {
            if (lenient || (tag == 0 && only_zeros(s->data + at, s->end - at)))
                return SK_OK;
            return fail(s, at, SK_DICOM_NO_ITEM);
        }
        if (*count == capacity)
            return SK_MORE;
        sk_dicom_entry *entry = &entries[*count];
        *entry = (sk_dicom_entry){at + 8, length, tag, 0, 0};
        if (length == SK_DICOM_UNDEFINED) {
            frame stack[2 * SK_DICOM_MAX_DEPTH + 2];
            int top = 0;
            uint64_t pos = at;
            stack[0] = (frame){s->end, 0, 1, implicit};
            int status = walk_sequence(s, stack, &top, &pos, big);
            while (status == SK_OK && top > 0)
                status = stack[top].item ? walk_item(s, stack, &top, &pos, big)
                                         : walk_sequence(s, stack, &top, &pos, big);
            entry->flags = SK_DICOM_F_UNDEFINED;
            if (status != SK_OK && lenient && s->fault != SK_DICOM_DEPTH) {
                entry->flags |= SK_DICOM_F_CUT;
                entry->length = s->end - entry->start;
                s->pos = s->end;
                s->fault = SK_DICOM_OK;
            } else if (status != SK_OK) {
                return status;
            } else {
                entry->length = pos - 8 - entry->start;
                s->pos = pos;
            }
        } else if (length > s->end - entry->start) {
            if (!lenient) {
                s->declared = length;
                return fail(s, at, SK_DICOM_CUT_VALUE);
            }
            entry->length = s->end - entry->start;
            entry->flags = SK_DICOM_F_CUT;
            s->pos = s->end;
        } else {
            s->pos = entry->start + length;
        }
        (*count)++;
    }
    if (s->pos != s->end && !lenient && !only_zeros(s->data + s->pos, s->end - s->pos))
        return fail(s, s->pos, SK_DICOM_CUT_HEADER);
    return SK_OK;
}
