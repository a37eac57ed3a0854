# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""A few elements of every item of a sequence, as columns (see c/dicom/sk_dicom_groups.h)."""

from cpython.exc cimport PyErr_CheckSignals
from libc.math cimport NAN
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcpy

import numpy as np

from scikit._core._errors import check_status


cdef extern from "Python.h":
    double PyOS_string_to_double(const char *s, char **endptr, object overflow) except? -1.0

cdef extern from "sk_dicom_groups.h" nogil:
    enum:
        SK_OK
        SK_MORE
        SK_FORMAT
        SK_MEMORY
        SK_DICOM_STEPS
    ctypedef struct sk_dicom_entry:
        uint64_t start, length
        uint32_t tag
        uint16_t vr, flags
    ctypedef struct sk_dicom_path:
        int steps
        uint32_t tags[3]
    int sk_dicom_groups(const uint8_t *data, uint64_t *pos, uint64_t end, unsigned options, int depth,
                        const sk_dicom_path *paths, int npaths, sk_dicom_entry *values, int64_t capacity,
                        int64_t *count, int *fault)

cdef enum:
    CHUNK = 1024
    MOST = 64


def groups(const uint8_t[::1] data, uint64_t pos, uint64_t end, unsigned options, int depth, tuple paths,
           int64_t limit):
    """Where the elements lie that paths lead to, for every item of a sequence's value.

    Parameters
    ----------
    data : bytes-like
        What holds the value, at pos .. end.
    options, depth : int
        As for the parser.
    paths : tuple of tuple of int
        Tags: of sequences, and of an element in the last one's first item.
    limit : int
        Most items.

    Returns
    -------
    starts, lengths : (items, paths) int64 ndarray
        Places of the values; -1 where there is none.
    fault, pos : int
        As in the parser's levels.
    """
    cdef sk_dicom_path wanted[MOST]
    cdef int n = len(paths), k, j, status = SK_MORE, fault = 0
    cdef int64_t count, i, total = 0
    cdef sk_dicom_entry *values
    cdef int64_t[:, ::1] starts, lengths
    cdef list parts = []
    if n > MOST or end > <uint64_t>data.shape[0] or pos > end:
        raise ValueError("too many paths, or the range lies outside the buffer")
    for k in range(n):
        if not 1 <= len(paths[k]) <= SK_DICOM_STEPS:
            raise ValueError("a path has 1 to 3 tags")
        wanted[k].steps = len(paths[k])
        for j in range(len(paths[k])):
            wanted[k].tags[j] = paths[k][j]
    values = <sk_dicom_entry *>malloc(CHUNK * max(n, 1) * sizeof(sk_dicom_entry))
    if values == NULL:
        check_status(SK_MEMORY)
    try:
        while status == SK_MORE and total <= limit:
            with nogil:
                status = sk_dicom_groups(&data[0], &pos, end, options, depth, wanted, n, values, CHUNK, &count, &fault)
            PyErr_CheckSignals()
            total += count
            both = np.empty((2, count, n), np.int64)
            starts, lengths = both[0], both[1]
            for i in range(count):
                for k in range(n):
                    if values[i * n + k].tag:
                        starts[i, k] = values[i * n + k].start
                        lengths[i, k] = values[i * n + k].length
                    else:
                        starts[i, k] = lengths[i, k] = -1
            parts.append(both)
    finally:
        free(values)
    if status != SK_FORMAT:
        check_status(status)
    both = np.concatenate(parts, axis=1)
    return both[0], both[1], fault, pos


cdef double decimal(const uint8_t *p, int64_t length) except? -1.0:
    """A number in text; NaN where there is none."""
    cdef char text[64]
    cdef char *stop
    cdef double value
    while length and p[0] == 32:
        p += 1
        length -= 1
    while length and (p[length - 1] == 32 or p[length - 1] == 0):
        length -= 1
    if not 0 < length < 64:
        return NAN
    memcpy(text, p, length)
    text[length] = 0
    try:
        value = PyOS_string_to_double(text, &stop, None)
    except ValueError:
        return NAN
    return value if stop == text + length else NAN


cdef double binary(const uint8_t *p, int size, uint8_t kind, bint big) noexcept:
    """A number of `size` bytes; `kind` is the VR's first letter: F for floating point, S for signed, U for unsigned."""
    cdef uint64_t bits = 0
    cdef uint32_t half
    cdef double value
    cdef float single
    cdef int k
    for k in range(size):
        bits |= <uint64_t>p[size - 1 - k if big else k] << 8 * k
    if kind == 70 and size == 8:
        memcpy(&value, &bits, 8)
        return value
    if kind == 70:
        half = <uint32_t>bits
        memcpy(&single, &half, 4)
        return single
    if kind == 83:
        return <double>(<int64_t>(bits << (64 - 8 * size)) >> (64 - 8 * size))
    return <double>bits


def numbers(const uint8_t[::1] data, const int64_t[:] starts, const int64_t[:] lengths, bytes vr, int count, bint big):
    """Values at places as numbers.

    Parameters
    ----------
    data : bytes-like
    starts, lengths : (n,) int64
        As from `groups`.
    vr : bytes
        DS, IS, FD, FL, US, SS, UL or SL.
    count : int
        Values to an element; one that has fewer is absent, more are left out.
    big : bool
        Is the byte order big-endian?

    Returns
    -------
    (n, count) float64 ndarray
        NaN where there is no number.
    """
    cdef int64_t n = starts.shape[0], i, at, end, stop
    cdef int k, size
    cdef uint8_t kind
    out = np.full((n, count), np.nan)
    cdef double[:, ::1] view = out
    size = {b"FD": 8, b"FL": 4, b"UL": 4, b"SL": 4, b"US": 2, b"SS": 2}.get(vr, 0)  # 0: text
    kind = vr[0]
    for i in range(n):
        at, end = starts[i], starts[i] + lengths[i]
        if starts[i] < 0 or lengths[i] <= 0 or end > data.shape[0]:
            continue
        if size and lengths[i] < size * count:
            continue
        for k in range(count):
            if size:
                view[i, k] = binary(&data[at], size, kind, big)
                at += size
                continue
            stop = at
            while stop < end and data[stop] != 92:  # a backslash
                stop += 1
            view[i, k] = decimal(&data[at], stop - at) if stop > at else NAN
            if stop >= end and k + 1 < count:
                view[i, :] = NAN
                break
            at = stop + 1
    return out
