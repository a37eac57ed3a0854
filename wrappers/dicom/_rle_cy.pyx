# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""Frames of the RLE transfer syntax to samples and back (see c/dicom/sk_rle.h)."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport free, malloc

from scikit._core._errors import check_status
from scikit.dicom._errors import CodecError


cdef extern from "sk_rle.h" nogil:
    enum:
        SK_FORMAT
        SK_MEMORY
    int sk_rle_decode(const uint8_t *frame, int64_t size, int64_t pixels, int samples, int bytes, void *out,
                      uint8_t *scratch, int64_t *decoded)
    int64_t sk_rle_bound(int64_t rows, int64_t columns, int samples, int bytes)
    int sk_rle_encode(const void *image, int64_t rows, int64_t columns, int samples, int bytes, uint8_t *out,
                      uint8_t *scratch, int64_t *size)


def decode(const uint8_t[::1] frame, uint8_t[::1] out, int samples, int bytes):
    """Decode a frame into the bytes of its samples, by pixel, in native byte order.

    Parameters
    ----------
    frame : bytes-like
    out : writable bytes-like
        Of the whole frame's size.
    samples, bytes : int
        Components of a pixel, and bytes of a component.
    """
    cdef int64_t size = frame.shape[0], decoded = 0, pixels
    cdef int status
    cdef uint8_t *scratch
    if samples < 1 or bytes not in (1, 2, 4, 8) or out.shape[0] % (samples * bytes) or not out.shape[0]:
        raise ValueError(f"no frame of {samples} samples with {bytes} bytes in {out.shape[0]} bytes")
    if samples * bytes > 15:
        raise CodecError(f"RLE frames have 15 segments at most, not {samples * bytes}")
    pixels = out.shape[0] // (samples * bytes)
    scratch = <uint8_t *>malloc(1 if samples * bytes == 1 else pixels * bytes)
    if scratch == NULL:
        check_status(SK_MEMORY)
    with nogil:
        status = sk_rle_decode(&frame[0] if size else NULL, size, pixels, samples, bytes, &out[0], scratch, &decoded)
    free(scratch)
    if status == SK_FORMAT:
        if decoded:
            raise CodecError(f"the RLE frame is cut short: {decoded} of {out.shape[0]} bytes could be decoded")
        raise CodecError(f"the RLE frame of {size} bytes does not hold {samples * bytes} segments")
    check_status(status)


def encode(const uint8_t[::1] image, int64_t rows, int64_t columns, int samples, int bytes):
    """The frame of an image given by the bytes of its samples, by pixel, in native byte order."""
    cdef int64_t size = 0, bound
    cdef int status
    cdef uint8_t *scratch
    cdef uint8_t *room
    if min(rows, columns, samples) < 1 or bytes not in (1, 2, 4, 8) or image.shape[0] != rows * columns * samples * bytes:
        raise ValueError(f"no {rows} x {columns} x {samples} samples of {bytes} bytes in {image.shape[0]} bytes")
    if samples * bytes > 15:
        raise CodecError(f"RLE frames have 15 segments at most, not {samples * bytes}")
    bound = sk_rle_bound(rows, columns, samples, bytes)
    frame = PyBytes_FromStringAndSize(NULL, bound)
    room = <uint8_t *>PyBytes_AS_STRING(frame)
    scratch = <uint8_t *>malloc(columns)
    if scratch == NULL:
        check_status(SK_MEMORY)
    with nogil:
        status = sk_rle_encode(&image[0], rows, columns, samples, bytes, room, scratch, &size)
    free(scratch)
    check_status(status)
    return frame[:size]
