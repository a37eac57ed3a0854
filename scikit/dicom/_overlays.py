"""Overlays: graphics of one bit a pixel (PS3.3 section C.9.2)."""

import operator

import numpy as np

from scikit.dicom import _limits, _read
from scikit.dicom._errors import LimitError, PixelDataError


def overlay_array(src, group=0x6000):
    """One of an image's overlays.

    Parameters
    ----------
    src : Dataset, str, path, bytes-like or binary file
        A data set, or what `dcmread` takes.
    group : int
        The overlay's group, an even number from 0x6000 to 0x60FE.

    Returns
    -------
    ndarray of uint8, shape (rows, columns) or (frames, rows, columns)
        0 and 1.

    Raises
    ------
    PixelDataError
        If there is no such overlay, or its data are too short.
    LimitError
        If it has more bytes than the `limits` allow for pixels.
    ValueError
        If `group` is none of an overlay's.

    Notes
    -----
    Overlays that earlier editions of the standard kept in unused bits of the pixel data are not
    looked for. Where the overlay's upper left pixel lies on the image is in Overlay Origin.

    Examples
    --------
    >>> from scikit.dicom import Dataset, overlay_array
    >>> ds = Dataset()
    >>> for tag, vr, value in ((0x10, "US", 2), (0x11, "US", 3), (0x3000, "OW", bytes([42, 0]))):
    ...     ds.add_new((0x6000, tag), vr, value)
    >>> overlay_array(ds)
    array([[0, 1, 0],
           [1, 0, 1]], dtype=uint8)
    """
    ds = _read.as_dataset(src)
    group = operator.index(group)
    if not 0x6000 <= group <= 0x60FE or group % 2:
        raise ValueError(f"`group` must be even, from 0x6000 to 0x60FE, not {group:#06x}")

    def value(element, default=None):
        found = ds.get((group, element))
        return default if found is None or found.value is None else found.value

    data = value(0x3000)
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise PixelDataError(f"the data set has no overlay data in group {group:04X}")
    frames, rows, columns = value(0x0015, 1), value(0x0010), value(0x0011)
    for name, count in (("frames", frames), ("rows", rows), ("columns", columns)):
        if not isinstance(count, int) or count < 1:
            raise PixelDataError(f"the overlay in group {group:04X} has {count!s:.40} {name}")
    count = int(frames) * int(rows) * int(columns)
    if len(data) * 8 < count:
        raise PixelDataError(
            f"the overlay in group {group:04X} is cut short: {len(data)} bytes for {count} bits"
        )
    if count > _limits.current().pixels:
        raise LimitError(f"an overlay of {count} pixels; see `limits`")
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=count, bitorder="little")
    return bits.reshape(*((int(frames),) if frames > 1 else ()), int(rows), int(columns))
