# What the wrappers of JPEG and JPEG-LS share: a frame's bytes, the array to decode into, faults to exceptions.
# The including module declares sk_jpeg_report and SK_FORMAT, and has FAULTS (texts) and WITH_LINES (those that count lines).

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer
from libc.stdint cimport int64_t, uint8_t, uint16_t
from libc.stdlib cimport free

import numpy as np

from scikit._core._errors import check_status
from scikit.dicom._errors import DicomError


cdef struct target:  # an array to decode into
    void *samples
    int bytes_each, components
    int64_t rows, columns


cdef int get_bytes(object frame, Py_buffer *view) except -1:
    if not PyObject_CheckBuffer(frame):
        raise TypeError(f"`frame` must be bytes, not {type(frame).__name__}")
    PyObject_GetBuffer(frame, view, PyBUF_SIMPLE)
    return 0


cdef int get_target(object out, target *to) except -1:
    cdef uint8_t[:, :, ::1] narrow
    cdef uint16_t[:, :, ::1] wide
    if not hasattr(out, "dtype") or out.ndim != 3 or 0 in out.shape:
        raise ValueError("`out` must be an array of shape (rows, columns, samples)")
    if out.dtype == "u1":
        narrow = out
        to.samples, to.bytes_each = &narrow[0, 0, 0], 1
    elif out.dtype == "=u2":
        wide = out
        to.samples, to.bytes_each = &wide[0, 0, 0], 2
    else:
        raise ValueError(f"`out` must be of uint8 or uint16, not {out.dtype}")
    to.rows, to.columns, to.components = out.shape[0], out.shape[1], min(out.shape[2], 255)
    return 0


ctypedef int (*decode_kernel)(const uint8_t *data, int64_t size, void *out, int bytes, int64_t rows, int64_t columns,
                              int components, sk_jpeg_report *report) noexcept nogil


cdef int decode_by(decode_kernel kernel, object frame, object out) except -1:
    """Decode a frame into the array `out` by either kernel."""
    cdef target to
    cdef Py_buffer view
    cdef sk_jpeg_report report
    cdef int status
    get_target(out, &to)
    get_bytes(frame, &view)
    try:
        with nogil:
            status = kernel(<const uint8_t *>view.buf, view.len, to.samples, to.bytes_each, to.rows, to.columns,
                            to.components, &report)
    finally:
        PyBuffer_Release(&view)
    return check(status, &report)


cdef int check(int status, const sk_jpeg_report *report) except -1:
    if status != SK_FORMAT:
        check_status(status)
        return 0
    text = FAULTS[report.fault]
    if report.fault in WITH_LINES:
        text += f"; {report.lines} line(s) were decoded"
    raise DicomError(f"{text} (byte {report.offset} of the frame)")


cdef object get_samples(object array, object precision):
    """(samples of shape (rows, columns, components), contiguous and native; their precision), checked."""
    array = np.asarray(array)
    if array.dtype.kind != "u" or array.dtype.itemsize > 2:
        raise TypeError(f"`array` must be of uint8 or uint16, not {array.dtype}")
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ValueError(f"`array` must have the shape (rows, columns) or (rows, columns, samples), not {array.shape}")
    if array.ndim == 2:
        array = array[:, :, None]
    if max(array.shape[:2]) > 65535 or array.shape[2] > 4:
        raise ValueError(f"`array` may have 65535 rows and columns and 4 samples at most, not {array.shape}")
    precision = 8 * array.dtype.itemsize if precision is None else check_option("precision", precision, 2, 16)
    if precision > 8 * array.dtype.itemsize or array.max() >> precision:
        raise ValueError(f"`array` has values of more than the {precision} bits of `precision`")
    return np.ascontiguousarray(array, array.dtype.newbyteorder("=")), precision


cdef object check_option(str name, object value, int least, int most):
    """`value` as an int from least to most."""
    try:
        number = value.__index__()
    except AttributeError:
        raise TypeError(f"`{name}` must be an integer, not {type(value).__name__}") from None
    if not least <= number <= most:
        raise ValueError(f"`{name}` must lie from {least} to {most}, not {number}")
    return number


cdef object take_sink(int status, sk_jpeg_sink *sink):
    """The bytes that an encoder wrote."""
    try:
        check_status(status)
        return (<const char *>sink.data)[:sink.size]
    finally:
        free(sink.data)
