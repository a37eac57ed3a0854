/* Many files at once, without the GIL: a few elements of each one's head, and stored images into their places.
 *
 * Only these two functions of the kernel touch files. They keep no handle when they return. */
#ifndef SK_DICOM_FILES_H
#define SK_DICOM_FILES_H

#include "sk_dicom.h"

/* A head is read through a window of this size, moved over long values. */
#define SK_DICOM_WINDOW 16384
/* What is read at first: most heads fit, and a page is the least that costs nothing more. */
#define SK_DICOM_FIRST 4096
/* Longer values are not copied. */
#define SK_DICOM_LONGEST 4096
/* Place of a value that is not copied (a long one, a sequence), and of an absent one. */
#define SK_DICOM_NOT_COPIED 0xFFFFFFFEu
#define SK_DICOM_ABSENT 0xFFFFFFFFu

enum sk_dicom_head_status {
    SK_DICOM_HEAD_OK = 0,
    SK_DICOM_HEAD_ERRNO,     /* the file cannot be read: see `error` */
    SK_DICOM_HEAD_NO_DICOM,  /* no prefix where it must be */
    SK_DICOM_HEAD_NO_FILE,   /* a pipe, a device, a folder */
    SK_DICOM_HEAD_OTHER      /* a general reader must look at it: another encoding, or damage */
};

typedef struct {
    uint32_t place; /* in the arena */
    uint32_t length;
    uint16_t vr;
} sk_dicom_value;

typedef struct {
    uint64_t size;          /* of the file */
    uint64_t start, length; /* of the pixel data's value, as declared; SK_DICOM_UNDEFINED: encapsulated */
    uint32_t tag;           /* of the pixel data; 0: none were reached */
    uint16_t vr;
    int16_t implicit;
    int status, error;
} sk_dicom_head;

/* Read the heads of files [*done, n). tags[0 .. ntags) ascend; those of group 2 come from the file meta information.
 * values has ntags places a file. With to_pixels 0 a head ends behind the last wanted tag.
 * SK_MORE: the arena is full, *done files are; take their values, reset *used to 0 and call again. */
int sk_dicom_read_heads(const char *const *paths, int64_t n, const uint32_t *tags, int ntags, int to_pixels,
                        uint8_t *arena, uint64_t capacity, uint64_t *used, sk_dicom_value *values,
                        sk_dicom_head *heads, int64_t *done);

/* Read `length` bytes from starts[k] of paths[k] to out + slots[k] * stride for all k. Neighbours with the same path
 * pointer share a handle. Samples of `bytes` bytes are cleared above bits_stored where that is fewer (native order), and
 * `add` is added to them, modulo 2^(8 bytes).
 * SK_FORMAT: file *failed cannot be opened or read (*error is errno) or is too short (*error 0). */
int sk_dicom_read_images(const char *const *paths, const int64_t *starts, const int64_t *slots, int64_t n,
                         int64_t length, uint8_t *out, int64_t stride, int bytes, int bits_stored, int is_signed,
                         int64_t add, int64_t *failed, int *error);

/* Add a number to samples of `bytes` (1, 2, 4 or 8) bytes, modulo 2^(8 bytes), in place. */
SK_DECLARE(void, sk_dicom_add, (void *samples, int64_t n, int bytes, int64_t value));

#endif
