# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Many files at once (see c/dicom/sk_dicom_files.h)."""

import os

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from libc.stdint cimport int16_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp

from scikit._core._errors import check_status


cdef extern from "sk_dicom_files.h" nogil:
    enum:
        SK_OK
        SK_MORE
        SK_FORMAT
        SK_MEMORY
        SK_DICOM_LONGEST
        SK_DICOM_NOT_COPIED
        SK_DICOM_ABSENT
        SK_DICOM_HEAD_OK
        SK_DICOM_HEAD_ERRNO
        SK_DICOM_HEAD_NO_DICOM
        SK_DICOM_HEAD_NO_FILE
        SK_DICOM_HEAD_OTHER
    ctypedef struct sk_dicom_value:
        uint32_t place, length
        uint16_t vr
    ctypedef struct sk_dicom_head:
        uint64_t size, start, length
        uint32_t tag
        uint16_t vr
        int16_t implicit
        int status, error
    int sk_dicom_read_heads(const char *const *paths, int64_t n, const uint32_t *tags, int ntags, int to_pixels,
                            uint8_t *arena, uint64_t capacity, uint64_t *used, sk_dicom_value *values,
                            sk_dicom_head *heads, int64_t *done)
    int sk_dicom_read_images(const char *const *paths, const int64_t *starts, const int64_t *slots, int64_t n,
                             int64_t length, uint8_t *out, int64_t stride, int bytes, int bits_stored,
                             int is_signed, int64_t add, int64_t *failed, int *error)

OK, ERRNO, NO_DICOM, NO_FILE, OTHER = (SK_DICOM_HEAD_OK, SK_DICOM_HEAD_ERRNO, SK_DICOM_HEAD_NO_DICOM,
                                       SK_DICOM_HEAD_NO_FILE, SK_DICOM_HEAD_OTHER)
LONGEST = SK_DICOM_LONGEST

cdef enum:
    MOST = 128
    SPARE = 1 << 18


class _NotCopied:
    """Stands for the bytes of a value that is present but was not copied: a long one, or a sequence."""

    def __repr__(self):
        return "NOT_COPIED"


NOT_COPIED = _NotCopied()


cdef class _Names:
    """Paths as C strings. Equal neighbours share a pointer."""

    cdef list kept
    cdef const char **pointers

    def __cinit__(self, list paths):
        cdef Py_ssize_t k
        self.kept = []
        self.pointers = <const char **>malloc(max(len(paths), 1) * sizeof(char *))
        if self.pointers == NULL:
            check_status(SK_MEMORY)
        before = name = None
        for k in range(len(paths)):
            if paths[k] is not before:
                before = paths[k]
                name = os.fsencode(before)
                if b"\0" in name:
                    raise ValueError("embedded null byte in a path")
                self.kept.append(name)
            self.pointers[k] = PyBytes_AS_STRING(name)

    def __dealloc__(self):
        free(self.pointers)


def read_heads(list paths, tuple tags, bint to_pixels, bint vrs=True):
    """A few elements of the heads of files.

    Parameters
    ----------
    paths : list of str
    tags : tuple of int
        Wanted elements, ascending; those of group 2 are of the file meta information.
    to_pixels : bool
        Read on to the pixel data; otherwise to the last wanted element.
    vrs : bool
        Give value representations; otherwise None in their place.

    Returns
    -------
    list of tuple
        For each file (status, errno, size, VRs, values, pixels): a tuple of value representations as numbers (0: none)
        and one of bytes, None where the element is absent, NOT_COPIED for a long value or a sequence; pixels is
        (tag, VR as a number, start, declared length, is the data set implicit?), or None.
    """
    cdef int64_t n = len(paths), done = 0, first, k
    cdef int ntags = len(tags), j, status = SK_MORE
    cdef uint32_t wanted[MOST]
    cdef uint64_t used = 0, capacity = <uint64_t>max(ntags, 1) * SK_DICOM_LONGEST + SPARE
    cdef _Names names
    cdef uint8_t *arena
    cdef sk_dicom_value *values
    cdef sk_dicom_head *heads
    cdef list rows = []
    if ntags > MOST:
        raise ValueError("too many tags")
    names = _Names(paths)
    for j in range(ntags):
        wanted[j] = tags[j]
    arena = <uint8_t *>malloc(capacity)
    values = <sk_dicom_value *>malloc(max(n * ntags, 1) * sizeof(sk_dicom_value))
    heads = <sk_dicom_head *>malloc(max(n, 1) * sizeof(sk_dicom_head))
    try:
        if arena == NULL or values == NULL or heads == NULL:
            check_status(SK_MEMORY)
        last = None
        while status == SK_MORE:
            first, used = done, 0
            with nogil:
                status = sk_dicom_read_heads(names.pointers, n, wanted, ntags, to_pixels, arena, capacity, &used,
                                             values, heads, &done)
            check_status(status)
            for k in range(first, done):
                last = _row(&heads[k], values + k * ntags, ntags, arena, last, vrs)
                rows.append(last)
    finally:
        free(arena)
        free(values)
        free(heads)
    return rows


cdef tuple _row(sk_dicom_head *head, sk_dicom_value *values, int n, const uint8_t *arena, tuple last,
                bint with_vrs):
    """One file; objects that the file before it has too are shared."""
    cdef list vrs = [], parts = []
    cdef tuple old_vrs = None, old_parts = None
    cdef int j
    cdef bytes text
    if last is not None:
        old_vrs, old_parts = last[3], last[4]
    for j in range(n):
        if with_vrs:
            vrs.append(<int>values[j].vr)
        if values[j].place == <uint32_t>SK_DICOM_ABSENT:
            parts.append(None)
        elif values[j].place == <uint32_t>SK_DICOM_NOT_COPIED:
            parts.append(NOT_COPIED)
        else:
            if old_parts is not None and type(old_parts[j]) is bytes:
                text = <bytes>old_parts[j]
                if (<uint32_t>PyBytes_GET_SIZE(text) == values[j].length
                        and memcmp(PyBytes_AS_STRING(text), arena + values[j].place, values[j].length) == 0):
                    parts.append(text)
                    continue
            parts.append((<const char *>arena + values[j].place)[:values[j].length])
    new_vrs = tuple(vrs) if with_vrs else None
    pixels = None
    if head.tag:
        pixels = (head.tag, head.vr, head.start, head.length, bool(head.implicit))
    return (head.status, head.error, head.size, old_vrs if new_vrs == old_vrs else new_vrs, tuple(parts), pixels)


def read_images(list paths, const int64_t[::1] starts, const int64_t[::1] slots, int64_t length, uint8_t[:, ::1] out,
                int size, int bits_stored, bint is_signed, int64_t add=0):
    """Stored images of files straight into their places.

    Parameters
    ----------
    paths : list of str
        Neighbours that are the same object are opened once.
    starts, slots : (n,) int64
        Where the pixels begin in the file; into which row of `out` they go.
    length : int
        Bytes to read.
    out : (m, stride) uint8
    size, bits_stored, is_signed : int
        Of the samples; see `clear_unused` of _parse_cy.
    add : int
        Added to the samples, modulo 2**(8 size).

    Returns
    -------
    tuple or None
        (index, errno) of a file that cannot be read; errno 0: it is too short.
    """
    cdef int64_t n = len(paths), k, failed = 0, stride = out.shape[1]
    cdef int error = 0, status
    cdef _Names names
    if starts.shape[0] != n or slots.shape[0] != n or length > stride or size not in (1, 2, 4, 8) or length % size:
        raise ValueError("the places do not fit the images")
    for k in range(n):
        if slots[k] < 0 or slots[k] >= out.shape[0] or starts[k] < 0:
            raise ValueError("a place lies outside")
    if n == 0:
        return None
    names = _Names(paths)
    with nogil:
        status = sk_dicom_read_images(names.pointers, &starts[0], &slots[0], n, length, &out[0, 0], stride, size,
                                      bits_stored, is_signed, add, &failed, &error)
    if status == SK_FORMAT:
        return failed, error
    check_status(status)
    return None
