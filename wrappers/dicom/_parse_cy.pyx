# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Bytes of a data set to tables of elements (see c/dicom/sk_dicom.h)."""

from cpython.buffer cimport Py_buffer, PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.exc cimport PyErr_CheckSignals
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc

from scikit._core._errors import check_status
from scikit.dicom._errors import LimitError


cdef extern from "sk_dicom.h" nogil:
    enum:
        SK_OK
        SK_MORE
        SK_FORMAT
        SK_MEMORY
        SK_DICOM_MAX_DEPTH
        SK_DICOM_F_CUT
        SK_DICOM_BIG
    ctypedef struct sk_dicom_entry:
        uint64_t start, length
        uint32_t tag
        uint16_t vr, flags
    ctypedef struct sk_dicom_scanner:
        const uint8_t *data
        uint64_t end, pos, declared
        uint32_t stop_first, stop_last, group
        unsigned options
        int fault, depth, max_depth
    int sk_dicom_scan(sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t capacity, int64_t *count)
    int sk_dicom_items(sk_dicom_scanner *s, sk_dicom_entry *entries, int64_t capacity, int64_t *count)
    ctypedef void (*clear_t)(void *x, int64_t n, int size, int bits_stored, int is_signed) noexcept nogil
    ctypedef int (*is_clear_t)(const void *x, int64_t n, int size, int bits_stored, int is_signed) noexcept nogil
    clear_t clear_kernel "SK_PICK(sk_dicom_clear_unused)"
    is_clear_t is_clear_kernel "SK_PICK(sk_dicom_unused_clear)"


MAX_DEPTH = SK_DICOM_MAX_DEPTH

cdef enum:
    CHUNK = 256

cdef dict _NAMES = {0: None}  # value representation as a number -> as text


cdef object vr_name(uint16_t vr):
    name = _NAMES.get(vr)
    if name is None and vr:
        name = chr(vr >> 8) + chr(vr & 0xFF)
        _NAMES[vr] = name
    return name


include "table.pxi"


cdef class Level:
    """What a scan of one level found: the entries, where it stopped and why.

    Attributes
    ----------
    elements : Table
        Of a sequence: by place, see `Table.item`.
    cut : bool
        Is a value cut short, or without its delimiter?
    pos, fault, declared, options : int
        As in the kernel's scanner. `fault` 0 is success.
    """

    cdef public object elements
    cdef public object pos
    cdef public bint cut
    cdef public int fault
    cdef public object declared
    cdef public unsigned options


cdef Level _run(object data, uint64_t pos, uint64_t end, unsigned options, uint32_t stop_first,
                uint32_t stop_last, uint32_t group, int depth, int max_depth, int64_t limit, bint items):
    cdef sk_dicom_scanner s
    cdef int64_t count, i
    cdef int status = SK_MORE
    cdef Table table = Table()
    cdef Level level = Level()
    cdef sk_dicom_entry *entries
    PyObject_GetBuffer(data, &table.buffer, PyBUF_SIMPLE)
    if end > <uint64_t>table.buffer.len or pos > end or depth < 0:
        raise ValueError("the range lies outside the buffer")
    table.big = (options & SK_DICOM_BIG) != 0
    s.data = <const uint8_t *>table.buffer.buf
    s.pos, s.end, s.options, s.group, s.depth = pos, end, options, group, depth
    s.stop_first, s.stop_last, s.fault, s.declared, s.max_depth = stop_first, stop_last, 0, 0, max_depth
    level.cut = False
    while status == SK_MORE:
        entries = table.room(CHUNK)
        if items:
            with nogil:
                status = sk_dicom_items(&s, entries, CHUNK, &count)
        else:
            with nogil:
                status = sk_dicom_scan(&s, entries, CHUNK, &count)
        table.n += count
        if table.n > limit:
            raise LimitError(f"more than {limit} {'items' if items else 'elements'}; see `limits`", s.pos)
        for i in range(count):
            level.cut |= (entries[i].flags & SK_DICOM_F_CUT) != 0
        if status == SK_MORE:
            PyErr_CheckSignals()
    if status != SK_FORMAT:
        check_status(status)
    table.settle(not items)
    level.elements = table
    level.pos, level.fault, level.declared, level.options = s.pos, s.fault, s.declared, s.options
    return level


def scan(data, uint64_t pos, uint64_t end, unsigned options, *, uint32_t stop_first=0,
         uint32_t stop_last=0, uint32_t group=0, int depth=0, int max_depth=SK_DICOM_MAX_DEPTH, int64_t limit=1_000_000):
    """The elements in data[pos:end], nested levels untouched; see `Level`."""
    return _run(data, pos, end, options, stop_first, stop_last, group, depth,
                max_depth, limit, False)


def items(data, uint64_t pos, uint64_t end, unsigned options, *, int depth=0,
          int max_depth=SK_DICOM_MAX_DEPTH, int64_t limit=10_000_000):
    """The items (or fragments) in data[pos:end]; see `Level`."""
    return _run(data, pos, end, options, 0, 0, 0, depth, max_depth, limit, True)


def pick(const uint8_t[::1] data, uint64_t pos, unsigned options, tuple tags, *, uint32_t group=0):
    """Values of a few elements of a level, without a table of the others.

    Parameters
    ----------
    data : bytes-like
        A file, or the head of it.
    pos : int
        Where the level begins.
    options : int
        As for `scan`.
    tags : tuple of int
        Wanted elements, ascending.
    group : int
        With the option for one group: that group.

    Returns
    -------
    values : list
        For each tag its VR (or None) and bytes in turn; None and None for an absent one, bytes of a sequence too.
    pixels : tuple or None
        (tag, VR, flags, start, length) of the pixel data; the scan ends there.
    pos : int
        Where the scan ended.
    fault : int
        As in `Level`; of a scan that ended in the pixel data 0.
    options : int
        As in `Level`.
    """
    cdef sk_dicom_scanner s
    cdef sk_dicom_entry entries[CHUNK]
    cdef uint32_t wanted[64]
    cdef int64_t count, i
    cdef int n = len(tags), k, status = SK_MORE
    cdef list values = [None] * (2 * n)
    cdef uint32_t tag
    if n > 64 or pos > <uint64_t>data.shape[0]:
        raise ValueError("too many tags, or the range lies outside the buffer")
    for k in range(n):
        wanted[k] = tags[k]
    s.data = &data[0] if data.shape[0] else NULL
    s.pos, s.end, s.options, s.group, s.depth = pos, data.shape[0], options, group, 0
    s.stop_first, s.stop_last, s.fault, s.declared, s.max_depth = 0, 0, 0, 0, SK_DICOM_MAX_DEPTH
    while status == SK_MORE:
        with nogil:
            status = sk_dicom_scan(&s, entries, CHUNK, &count)
        k = 0
        for i in range(count):
            tag = entries[i].tag
            if 0x7FE00008 <= tag <= 0x7FE00010:
                return (values, (tag, vr_name(entries[i].vr), entries[i].flags, entries[i].start,
                                 entries[i].length), entries[i].start, 0, s.options)
            if i and entries[i - 1].tag > tag:  # out of order
                k = 0
            while k < n and wanted[k] < tag:
                k += 1
            if k < n and wanted[k] == tag:
                values[2 * k] = vr_name(entries[i].vr)
                values[2 * k + 1] = (<const char *>s.data + entries[i].start)[:entries[i].length]
    if status != SK_FORMAT:
        check_status(status)
    return values, None, s.pos, s.fault, s.options


def clear_unused(uint8_t[::1] samples, int size, int bits_stored, bint is_signed):
    """Overwrite the bits above `bits_stored` of samples of `size` bytes by sign or zeros, in place."""
    _check_samples(samples.shape[0], size, bits_stored)
    if samples.shape[0]:
        with nogil:
            clear_kernel(&samples[0], samples.shape[0] // size, size, bits_stored, is_signed)


def unused_clear(const uint8_t[::1] samples, int size, int bits_stored, bint is_signed):
    """Would `clear_unused` change nothing?"""
    cdef int answer = 1
    _check_samples(samples.shape[0], size, bits_stored)
    if samples.shape[0]:
        with nogil:
            answer = is_clear_kernel(&samples[0], samples.shape[0] // size, size, bits_stored, is_signed)
    return bool(answer)


def _check_samples(length, size, bits_stored):
    if size not in (1, 2, 4, 8) or length % size or not 1 <= bits_stored <= 8 * size:
        raise ValueError(f"no samples of {bits_stored} bits in {size} bytes each in {length} bytes")
