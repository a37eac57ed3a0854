/* The DICOM data set encoding (PS3.5 chapter 7) and stored pixels (PS3.5 chapter 8), as bytes.
 *
 * The parser reads one level of a data set: every element's tag, value representation and the place
 * of its value. It never recurses and never allocates. A sequence of defined length is skipped in
 * constant time; one of undefined length is walked, with an explicit stack, to find its end. The
 * caller parses nested levels when it needs them, by a scan of the item's range of bytes.
 *
 * All offsets count from the start of the buffer. Nothing outside [0, end) is ever read, and every
 * loop advances by at least eight bytes a turn.
 */
#ifndef SK_DICOM_H
#define SK_DICOM_H

#include <stdint.h>

#include "sk_isa.h"
#include "sk_status.h"

/* Levels of sequences inside sequences; deeper nesting is refused, whatever a scanner's max_depth says. */
#define SK_DICOM_MAX_DEPTH 64
#define SK_DICOM_UNDEFINED 0xFFFFFFFFu
/* A value representation as a number: its two letters, the first one in the high byte. 0: none. */
#define SK_DICOM_VR(a, b) ((uint16_t)((a) << 8 | (b)))

enum sk_dicom_entry_flag {
    SK_DICOM_F_UNDEFINED = 1, /* the length was written as FFFFFFFF */
    SK_DICOM_F_SEQUENCE = 2,  /* of undefined length and found to consist of items with elements */
    SK_DICOM_F_CUT = 4        /* the buffer ends before the value does */
};

enum sk_dicom_option {
    SK_DICOM_IMPLICIT = 1,   /* no value representations in the stream */
    SK_DICOM_BIG = 2,        /* big-endian */
    SK_DICOM_DETECT = 4,     /* look at the first element: implicit or explicit? */
    SK_DICOM_LENIENT = 8,    /* a value cut short by the buffer's end, or without its delimiter, is kept, flagged CUT */
    SK_DICOM_ONE_GROUP = 16  /* stop before the first element of another group than `group` */
};

/* Why a scan ended in SK_FORMAT; the offset is in the scanner's `pos`. */
enum sk_dicom_fault {
    SK_DICOM_OK = 0,
    SK_DICOM_CUT_HEADER,   /* the data end inside an element's header */
    SK_DICOM_CUT_VALUE,    /* a declared length reaches past the end of what encloses it */
    SK_DICOM_DEPTH,        /* more than max_depth levels */
    SK_DICOM_NO_ITEM,      /* something else stands where an item or a delimiter must be */
    SK_DICOM_NO_DELIMITER, /* the data end before the delimiter of an undefined length */
    SK_DICOM_STRAY         /* a delimiter outside any sequence */
};

typedef struct {
    uint64_t start;  /* of the value */
    uint64_t length; /* of the value in the buffer; without the delimiter of an undefined length */
    uint32_t tag;    /* group << 16 | element */
    uint16_t vr;     /* SK_DICOM_VR, or 0 */
    uint16_t flags;
} sk_dicom_entry;

typedef struct {
    const uint8_t *data;
    uint64_t end;       /* of the level: its last byte + 1 */
    uint64_t pos;       /* in: where to begin; out: where it stopped, or the fault */
    uint64_t declared;  /* the length that does not fit, with SK_DICOM_CUT_VALUE */
    uint32_t stop_first, stop_last; /* stop before a tag in this range; stop_first 0: never */
    uint32_t group;
    unsigned options;   /* sk_dicom_option; DETECT is replaced by its finding */
    int fault;          /* sk_dicom_fault */
    int depth;          /* of the level: the number of sequences around it */
    int max_depth;      /* the most that is allowed */
} sk_dicom_scanner;

/* Read elements into entries[0 .. capacity). SK_OK: the level is done; SK_MORE: call again;
 * SK_FORMAT: see fault and pos. `count` is the number of entries filled. */
int sk_dicom_scan(sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t capacity, int64_t *count);

/* Read the items of a sequence's value (or the fragments of an encapsulated one) in the same way: an
 * entry's start and length are those of the item's content. */
int sk_dicom_items(sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t capacity, int64_t *count);

/* Stored samples of `bits_stored` in `bytes` (1, 2, 4 or 8) bytes each: overwrite the unused high bits by
 * the sign or by zeros (PS3.5 section 8.1.1), in place, in native byte order. */
SK_DECLARE(void, sk_dicom_clear_unused, (void *samples, int64_t n, int bytes, int bits_stored, int is_signed));
/* 1 if sk_dicom_clear_unused would change nothing. */
SK_DECLARE(int, sk_dicom_unused_clear, (const void *samples, int64_t n, int bytes, int bits_stored, int is_signed));

/* Colours of 8 bits, three bytes a pixel: YBR_FULL to RGB and back (PS3.3 section C.7.6.3.1.2), rounded to the
 * nearest; `in` may be `out`. */
SK_DECLARE(void, sk_ybr_to_rgb, (const uint8_t *in, uint8_t *out, int64_t pixels));
SK_DECLARE(void, sk_rgb_to_ybr, (const uint8_t *in, uint8_t *out, int64_t pixels));

#endif
