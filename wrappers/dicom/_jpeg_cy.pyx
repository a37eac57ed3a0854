# cython: language_level=3, freethreading_compatible=True, boundscheck=False, wraparound=False, cdivision=True
"""JPEG frames of DICOM: baseline, extended, progressive, lossless (see c/dicom/sk_jpeg.h)."""

from collections import namedtuple

from libc.stdint cimport int64_t, uint8_t


cdef extern from "sk_jpeg.h" nogil:
    enum:
        SK_OK
        SK_FORMAT
        SK_JPEG_NO_START, SK_JPEG_CUT_SEGMENT, SK_JPEG_NO_FRAME, SK_JPEG_TWO_FRAMES, SK_JPEG_UNSUPPORTED
        SK_JPEG_BAD_FRAME, SK_JPEG_BAD_PRECISION, SK_JPEG_COMPONENTS, SK_JPEG_BAD_QUANT, SK_JPEG_NO_QUANT
        SK_JPEG_BAD_HUFFMAN, SK_JPEG_NO_HUFFMAN, SK_JPEG_BAD_SCAN, SK_JPEG_BAD_RESTART, SK_JPEG_BAD_CODE
        SK_JPEG_TRUNCATED, SK_JPEG_NO_LINES, SK_JPEG_OTHER_SHAPE
    ctypedef struct sk_jpeg_info:
        int64_t rows, columns, restart_interval
        int components, precision, process, predictor, point_transform, jfif, adobe
        int ids[4]
        int h[4]
        int v[4]
    ctypedef struct sk_jpeg_report:
        int fault
        int64_t offset, lines
    ctypedef struct sk_jpeg_image:
        const void *samples
        int bytes, components, precision, predictor, point_transform, quality, half_columns, jfif, adobe
        int64_t rows, columns, restart_rows
    ctypedef struct sk_jpeg_sink:
        uint8_t *data
        int64_t size, capacity
        int failed
    int sk_jpeg_encode_lossless(const sk_jpeg_image *image, sk_jpeg_sink *sink)
    int sk_jpeg_encode_baseline(const sk_jpeg_image *image, sk_jpeg_sink *sink)
    int sk_jpeg_header(const uint8_t *data, int64_t size, sk_jpeg_info *info, sk_jpeg_report *report)
    int sk_jpeg_decode(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                       int components, sk_jpeg_report *report)


Header = namedtuple(
    "Header",
    "rows columns samples precision process predictor point_transform restart_interval sampling ids jfif adobe",
)
Header.__doc__ = """What a JPEG frame says of itself.

`process` is "baseline", "extended", "progressive" or "lossless"; `predictor` and `point_transform` are those of the first
lossless scan (0 otherwise); `sampling` has the factors (across, down) of each component and `ids` its identifier; `jfif` tells
whether a JFIF segment is there, and `adobe` is the colour transform of Adobe's segment, None without one.
"""

PROCESSES = ("baseline", "extended", "progressive", "lossless")

cdef dict FAULTS = {
    SK_JPEG_NO_START: "the frame does not begin with JPEG's SOI marker",
    SK_JPEG_CUT_SEGMENT: "the JPEG frame ends inside a marker segment",
    SK_JPEG_NO_FRAME: "the JPEG frame has no frame header (SOF) before its first scan",
    SK_JPEG_TWO_FRAMES: "the JPEG frame has a second frame header (SOF)",
    SK_JPEG_UNSUPPORTED: "the JPEG process or marker is not supported (arithmetic coding, hierarchical or reserved)",
    SK_JPEG_BAD_FRAME: "the JPEG frame header contradicts itself",
    SK_JPEG_BAD_PRECISION: "the JPEG process does not have the precision that the frame header gives",
    SK_JPEG_COMPONENTS: "a JPEG frame of no or of more than four components",
    SK_JPEG_BAD_QUANT: "a JPEG quantisation table is damaged",
    SK_JPEG_NO_QUANT: "a JPEG quantisation table is missing",
    SK_JPEG_BAD_HUFFMAN: "a JPEG Huffman table is damaged",
    SK_JPEG_NO_HUFFMAN: "a JPEG Huffman table is missing",
    SK_JPEG_BAD_SCAN: "a JPEG scan header contradicts the frame header or an earlier scan",
    SK_JPEG_BAD_RESTART: "a JPEG restart interval or marker is wrong",
    SK_JPEG_BAD_CODE: "JPEG data hold bits that are no code",
    SK_JPEG_TRUNCATED: "the JPEG data end too early",
    SK_JPEG_NO_LINES: "the JPEG frame does not tell its number of lines",
    SK_JPEG_OTHER_SHAPE: "the JPEG frame's shape or precision is not that of the output",
}
cdef tuple WITH_LINES = (SK_JPEG_BAD_RESTART, SK_JPEG_BAD_CODE, SK_JPEG_TRUNCATED)


include "jpeg_frame.pxi"


def header(frame):
    """The `Header` of a JPEG frame (bytes-like, contiguous)."""
    cdef Py_buffer view
    cdef sk_jpeg_info info
    cdef sk_jpeg_report report
    cdef int status
    get_bytes(frame, &view)
    try:
        with nogil:
            status = sk_jpeg_header(<const uint8_t *>view.buf, view.len, &info, &report)
    finally:
        PyBuffer_Release(&view)
    check(status, &report)
    n = info.components
    return Header(
        info.rows, info.columns, n, info.precision, PROCESSES[info.process], info.predictor, info.point_transform,
        info.restart_interval, tuple((info.h[k], info.v[k]) for k in range(n)), tuple(info.ids[k] for k in range(n)),
        bool(info.jfif), None if info.adobe < 0 else info.adobe,
    )


def decode(frame, out):
    """Decode a JPEG frame into `out`, uint8 or uint16 of shape (rows, columns, samples), without colour transform.

    Components of half the columns or lines are brought to full size by a 3/4, 1/4 filter, others are repeated.
    """
    decode_by(sk_jpeg_decode, frame, out)


cdef object describe(object array, sk_jpeg_image *image):
    """Fill in what the array tells; gives the array's memory, to be kept as long as `image` is used."""
    cdef const uint8_t[::1] memory = array.reshape(-1).view("u1")
    image.samples = &memory[0]
    image.bytes = array.dtype.itemsize
    image.rows, image.columns, image.components = array.shape
    return memory


def encode_lossless(array, *, precision=None, predictor=1, point_transform=0, restart_rows=0):
    """A lossless JPEG frame (process 14; with `predictor` 1, selection value 1) of `array`, as bytes.

    `array` is of uint8 or uint16 and of shape (rows, columns) or (rows, columns, samples); `precision` are the bits that its
    values need (default: those of its type). `point_transform` low bits are dropped. `restart_rows` lines make a restart interval
    (0: none).
    """
    cdef sk_jpeg_image image
    cdef sk_jpeg_sink sink
    cdef int status
    array, bits = get_samples(array, precision)
    memory = describe(array, &image)
    image.precision = bits
    image.predictor = check_option("predictor", predictor, 1, 7)
    image.point_transform = check_option("point_transform", point_transform, 0, bits - 1)
    image.restart_rows = check_option("restart_rows", restart_rows, 0, 65535 // array.shape[1])
    image.quality = image.half_columns = image.jfif = 0
    image.adobe = -1
    sink.data, sink.size, sink.capacity, sink.failed = NULL, 0, 0, 0
    with nogil:
        status = sk_jpeg_encode_lossless(&image, &sink)
    return take_sink(status, &sink)


def encode_baseline(array, *, quality=90, half_columns=False, jfif=False, adobe=None):
    """A baseline JPEG frame of `array`, as bytes.

    `array` is of uint8 and of shape (rows, columns), (rows, columns, 1) or (rows, columns, 3); its components are coded as they
    are (YBR_FULL, not RGB, compresses well). `quality` is 1 to 100; `half_columns` halves the chroma's columns (4:2:2); `jfif` and
    `adobe` (a colour transform, 0 to 2) add these segments.
    """
    cdef sk_jpeg_image image
    cdef sk_jpeg_sink sink
    cdef int status
    array, bits = get_samples(array, None)
    if bits != 8:
        raise TypeError(f"`array` must be of uint8, not {array.dtype}")
    if array.shape[2] not in (1, 3):
        raise ValueError(f"`array` must have 1 or 3 samples, not {array.shape[2]}")
    memory = describe(array, &image)
    image.precision = 8
    image.quality = check_option("quality", quality, 1, 100)
    image.half_columns = bool(half_columns) and array.shape[2] == 3
    image.jfif = bool(jfif)
    image.adobe = -1 if adobe is None else check_option("adobe", adobe, 0, 2)
    image.predictor = image.point_transform = 0
    image.restart_rows = 0
    sink.data, sink.size, sink.capacity, sink.failed = NULL, 0, 0, 0
    with nogil:
        status = sk_jpeg_encode_baseline(&image, &sink)
    return take_sink(status, &sink)
