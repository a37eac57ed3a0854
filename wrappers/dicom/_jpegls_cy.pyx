# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""JPEG-LS frames of DICOM (see c/dicom/sk_jpegls.h)."""

from collections import namedtuple

from libc.stdint cimport int64_t, uint8_t


cdef extern from "sk_jpegls.h" nogil:
    enum:
        SK_OK
        SK_FORMAT
        SK_ARGUMENT
        SK_JPEG_NO_START, SK_JPEG_CUT_SEGMENT, SK_JPEG_NO_FRAME, SK_JPEG_TWO_FRAMES, SK_JPEG_BAD_FRAME
        SK_JPEG_BAD_PRECISION, SK_JPEG_COMPONENTS, SK_JPEG_BAD_SCAN, SK_JPEG_BAD_RESTART, SK_JPEG_BAD_CODE
        SK_JPEG_TRUNCATED, SK_JPEG_NO_LINES, SK_JPEG_OTHER_SHAPE
        SK_JPEGLS_MAPPING, SK_JPEGLS_BAD_PRESET, SK_JPEGLS_UNSUPPORTED, SK_JPEGLS_BAD_TRANSFORM
    ctypedef struct sk_jpegls_info:
        int64_t rows, columns, restart_interval
        int components, precision, near, interleave, transform, max_value, t1, t2, t3, reset
    ctypedef struct sk_jpeg_report:
        int fault
        int64_t offset, lines
    ctypedef struct sk_jpeg_sink:
        uint8_t *data
        int64_t size, capacity
        int failed
    int sk_jpegls_encode(const void *samples, int bytes, const sk_jpegls_info *info, sk_jpeg_sink *sink)
    int sk_jpegls_header(const uint8_t *data, int64_t size, sk_jpegls_info *info, sk_jpeg_report *report)
    int sk_jpegls_decode(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                         int components, sk_jpeg_report *report)


Header = namedtuple(
    "Header", "rows columns samples precision near interleave transform max_value thresholds reset restart_interval"
)
Header.__doc__ = """What a JPEG-LS frame says of itself.

`near` is the greatest error of a sample (0: lossless) and `interleave` the order of the components (0: one after the other, 1: by
line, 2: by sample), both of the first scan; `transform` is HP's colour transform (0: none; it is undone by `decode`);
`max_value`, `thresholds` and `reset` are the coding parameters; `restart_interval` counts lines.
"""

cdef dict FAULTS = {
    SK_JPEG_NO_START: "the frame does not begin with JPEG's SOI marker",
    SK_JPEG_CUT_SEGMENT: "the JPEG-LS frame ends inside a marker segment",
    SK_JPEG_NO_FRAME: "the JPEG-LS frame has no frame header (SOF55) before its first scan",
    SK_JPEG_TWO_FRAMES: "the JPEG-LS frame has a second frame header (SOF55)",
    SK_JPEG_BAD_FRAME: "the JPEG-LS frame header contradicts itself",
    SK_JPEG_BAD_PRECISION: "a JPEG-LS frame of a precision outside 2 to 16 bits",
    SK_JPEG_COMPONENTS: "a JPEG-LS frame of no or of more than four components",
    SK_JPEG_BAD_SCAN: "a JPEG-LS scan header contradicts the frame header or an earlier scan",
    SK_JPEG_BAD_RESTART: "a JPEG-LS restart interval or marker is wrong",
    SK_JPEG_BAD_CODE: "JPEG-LS data hold a code that no encoder writes",
    SK_JPEG_TRUNCATED: "the JPEG-LS data end too early",
    SK_JPEG_NO_LINES: "the JPEG-LS frame does not tell its number of lines",
    SK_JPEG_OTHER_SHAPE: "the JPEG-LS frame's shape or precision is not that of the output",
    SK_JPEGLS_MAPPING: "JPEG-LS mapping tables (palettes) are not supported",
    SK_JPEGLS_BAD_PRESET: "JPEG-LS preset coding parameters are out of their range",
    SK_JPEGLS_UNSUPPORTED: "the JPEG process, point transform or marker is not supported in JPEG-LS",
    SK_JPEGLS_BAD_TRANSFORM: "the JPEG-LS colour transform is unknown or does not fit the frame",
}
cdef tuple WITH_LINES = (SK_JPEG_BAD_RESTART, SK_JPEG_BAD_CODE, SK_JPEG_TRUNCATED)


include "jpeg_frame.pxi"


def header(frame):
    """The `Header` of a JPEG-LS frame (bytes-like, contiguous)."""
    cdef Py_buffer view
    cdef sk_jpegls_info info
    cdef sk_jpeg_report report
    cdef int status
    get_bytes(frame, &view)
    try:
        with nogil:
            status = sk_jpegls_header(<const uint8_t *>view.buf, view.len, &info, &report)
    finally:
        PyBuffer_Release(&view)
    check(status, &report)
    return Header(
        info.rows, info.columns, info.components, info.precision, info.near, info.interleave, info.transform,
        info.max_value, (info.t1, info.t2, info.t3), info.reset, info.restart_interval,
    )


def decode(frame, out):
    """Decode a JPEG-LS frame into `out`, uint8 or uint16 of shape (rows, columns, samples)."""
    decode_by(sk_jpegls_decode, frame, out)


def encode(array, *, precision=None, near=0, interleave=0, max_value=0, thresholds=(0, 0, 0), reset=0, restart_rows=0):
    """A JPEG-LS frame of `array`, as bytes.

    `array` is of uint8 or uint16 and of shape (rows, columns) or (rows, columns, samples); `precision` are the bits that its
    values need (default: those of its type). `near` is the greatest error of a sample (0: lossless). `interleave` is the order
    of the components (0: one after the other, 1: by line, 2: by sample). `max_value`, `thresholds` and `reset` are preset coding
    parameters (0: the default). `restart_rows` lines make a restart interval (0: none).
    """
    cdef sk_jpegls_info info
    cdef sk_jpeg_sink sink
    cdef int status, each
    array, bits = get_samples(array, precision)
    each = array.dtype.itemsize
    info.rows, info.columns, info.components = array.shape
    info.precision = bits
    info.near = check_option("near", near, 0, 255)
    info.interleave = check_option("interleave", interleave, 0, 2)
    info.max_value = check_option("max_value", max_value, 0, (1 << bits) - 1)
    if max_value and array.max() > max_value:
        raise ValueError(f"`array` has values above `max_value`, {max_value}")
    info.t1, info.t2, info.t3 = (check_option("thresholds", t, 0, 65535) for t in thresholds)
    info.reset = check_option("reset", reset, 0, 65535)
    info.restart_interval = check_option("restart_rows", restart_rows, 0, 65535)
    info.transform = 0
    cdef const uint8_t[::1] memory = array.reshape(-1).view("u1")
    sink.data, sink.size, sink.capacity, sink.failed = NULL, 0, 0, 0
    with nogil:
        status = sk_jpegls_encode(&memory[0], each, &info, &sink)
    if status == SK_ARGUMENT:
        raise ValueError("`near`, `max_value`, `thresholds` or `reset` are out of the range that JPEG-LS allows")
    return take_sink(status, &sink)
