"""Colour spaces and palettes (PS3.3 sections C.7.6.3.1.2, C.7.6.3.1.5 and C.7.9)."""

import numpy as np

import scikit.dicom._color_cy as _color_cy
from scikit._core._arrays import to_numpy
from scikit.dicom._errors import DicomError

_YBR = ("YBR_FULL", "YBR_FULL_422")
_COLORS = ("Red", "Green", "Blue")


def convert_color_space(arr, current, desired):
    """Convert pixels between RGB and YBR_FULL.

    Parameters
    ----------
    arr : array_like of uint8, shape (..., 3)
        Pixels; any number of frames, rows and columns.
    current, desired : {"RGB", "YBR_FULL", "YBR_FULL_422"}
        Photometric interpretations. YBR_FULL_422 stands for YBR_FULL whose chroma has been
        repeated, as `pixel_array` gives it.

    Returns
    -------
    ndarray of uint8
        Of the same shape; a new array also where nothing changes.

    Raises
    ------
    ValueError
        For another colour space or shape.
    TypeError
        For another type than uint8.

    Notes
    -----
    Rounded to the nearest integer and clipped to 0 ... 255; the weights are those of ITU-R BT.601
    (PS3.3 section C.7.6.3.1.2). Takes the time of reading and writing the pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.dicom import convert_color_space
    >>> convert_color_space(np.array([[76, 85, 255]], np.uint8), "YBR_FULL", "RGB")
    array([[254,   0,   0]], dtype=uint8)
    """
    array = to_numpy(arr, "arr")
    for name, space in (("current", current), ("desired", desired)):
        if space not in ("RGB", *_YBR):
            raise ValueError(f"`{name}` must be RGB, YBR_FULL or YBR_FULL_422, not {space!r}")
    if array.dtype != np.uint8:
        raise TypeError(f"`arr` must hold uint8, not {array.dtype}")
    if array.ndim == 0 or array.shape[-1] != 3:
        raise ValueError(f"`arr` must have three components on its last axis, not {array.shape}")
    out = np.array(array, order="C")
    if (current == "RGB") != (desired == "RGB"):
        flat = out.reshape(-1)
        _color_cy.convert(flat, flat, desired == "RGB")
    return out


def apply_color_lut(arr, ds):
    """Apply a palette: indices to colours.

    Parameters
    ----------
    arr : array_like of integers
        Indices, as `pixel_array` gives them.
    ds : Dataset
        With the palette colour lookup tables; discrete or segmented ones, with or without alpha.

    Returns
    -------
    ndarray of uint8 or uint16, shape (..., 3) or (..., 4)
        Red, green, blue (and alpha) in the type that the tables' entries have.

    Raises
    ------
    DicomError
        If the data set has no palette, or a damaged one.
    TypeError
        If `arr` does not hold integers.

    Notes
    -----
    Indices below the first mapped one take the first colour, those above the last one the last
    (PS3.3 section C.7.6.3.1.5).

    Examples
    --------
    >>> from scikit.dicom import Dataset, apply_color_lut
    >>> ds = Dataset()
    >>> for color, values in (("Red", [0, 255]), ("Green", [0, 128]), ("Blue", [0, 0])):
    ...     setattr(ds, f"{color}PaletteColorLookupTableDescriptor", [2, 0, 8])
    ...     setattr(ds, f"{color}PaletteColorLookupTableData", bytes(values))
    >>> apply_color_lut([[0, 1]], ds)
    array([[[  0,   0,   0],
            [255, 128,   0]]], dtype=uint8)
    """
    array = to_numpy(arr, "arr")
    if array.dtype.kind not in "iub":
        raise TypeError(f"`arr` must hold integers, not {array.dtype}")
    colors = _COLORS
    if "AlphaPaletteColorLookupTableData" in ds:
        colors = (*_COLORS, "Alpha")
    tables = [_palette(ds, color) for color in colors]
    out = np.empty((*array.shape, len(tables)), np.result_type(*(t.dtype for _, t in tables)))
    for k, (first, table) in enumerate(tables):
        places = np.clip(array.astype(np.int64) - first, 0, len(table) - 1)
        np.take(table, places, out=out[..., k])
    return out


def _palette(ds, color):
    """(first index, table) of one colour."""
    prefix = f"{color}PaletteColorLookupTable"
    descriptor = ds.get(f"{prefix}Descriptor", ds.get("RedPaletteColorLookupTableDescriptor"))
    try:
        length, first, bits = map(int, descriptor)
    except (TypeError, ValueError):
        raise DicomError(f"the data set has no usable {prefix}Descriptor") from None
    length = length % 65536 or 65536
    data = ds.get(f"{prefix}Data")
    if data is None:
        data = ds.get(f"Segmented{prefix}Data")
        if data is None:
            raise DicomError(f"the data set has no {prefix}Data")
        table = _expand(_entries(data, bits, None, prefix), bits, length, prefix)
    else:
        table = _entries(data, bits, length, prefix)
    if len(table) < length:
        raise DicomError(f"{prefix}Data hold {len(table)} of {length} entries")
    return first, table[:length]


def _entries(data, bits, length, what):
    """The entries of a lookup table (PS3.3 section C.7.9.1.1)."""
    if bits not in (8, 16):
        raise DicomError(f"{what}Descriptor: entries of {bits} bits; it must be 8 or 16")
    data = bytes(data)
    # entries of 8 bits may stand in words of 16
    wide = bits == 16 or (length is not None and len(data) >= 2 * length)
    values = np.frombuffer(
        data[: len(data) // 2 * 2] if wide else data, "<u2" if wide else np.uint8
    )
    if bits == 8:
        return values.astype(np.uint8)
    return values.astype(np.uint16)


def _expand(values, bits, length, what):
    """A segmented table as a whole one (PS3.3 section C.7.9.2)."""
    values = values.tolist()
    out, segments, k = [], [], 0

    def run(kind, count, k):
        """Append a segment of `count` entries whose values begin at k; where they end."""
        if kind == 0:
            if k + count > len(values):
                raise DicomError(f"{what}: a discrete segment is cut short")
            out.extend(values[k : k + count])
            return k + count
        if k >= len(values) or not out:
            raise DicomError(f"{what}: a linear segment has no end or no beginning")
        start, end = out[-1], values[k]
        out.extend(np.rint(np.linspace(start, end, count + 1)[1:]).astype(int).tolist())
        return k + 1

    while k + 1 < len(values) and len(out) < length:
        kind, count = values[k], values[k + 1]
        if kind in (0, 1):
            segments.append((kind, count, k + 2))
            k = run(kind, count, k + 2)
        elif kind == 2:
            width = 2 if bits == 16 else 4
            if k + 2 + width > len(values):
                raise DicomError(f"{what}: an indirect segment is cut short")
            words = values[k + 2 : k + 2 + width]
            offset = sum(word << bits * j for j, word in enumerate(words))
            # the standard counts bytes; there are files that count entries
            starts = [at - 2 for *_, at in segments]
            places = [starts.index(at) for at in (offset * 8 // bits, offset) if at in starts]
            if not places or places[0] + count > len(segments):
                raise DicomError(f"{what}: an indirect segment points to none")
            for again in segments[places[0] : places[0] + count]:
                if len(out) >= length:
                    break
                run(*again)
            k += 2 + width
        else:
            raise DicomError(f"{what}: a segment of the unknown kind {kind}")
    return np.array(out, np.uint16 if bits == 16 else np.uint8)
