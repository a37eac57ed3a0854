"""From stored values to what is meant and what is shown: modality and VOI transformations (PS3.3
sections C.11.1 and C.11.2)."""

import math

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.dicom._errors import DicomError


def apply_modality_lut(arr, ds):
    """Stored values to the modality's units, as Hounsfield units of CT.

    Parameters
    ----------
    arr : array_like
        Stored values, as `pixel_array` gives them.
    ds : Dataset
        With a Modality LUT Sequence, or Rescale Slope and Rescale Intercept.

    Returns
    -------
    ndarray
        Of float64 where a slope and intercept apply, of the table's uint8 or uint16 where a table
        does, and `arr` itself where the data set has neither.

    Raises
    ------
    DicomError
        If the table, slope or intercept is damaged.

    Notes
    -----
    `apply_rescale` is another name of this function.

    Examples
    --------
    >>> from scikit.dicom import Dataset, apply_rescale
    >>> ds = Dataset()
    >>> ds.RescaleSlope, ds.RescaleIntercept = 2, -1024
    >>> apply_rescale([0, 1000], ds)
    array([-1024.,   976.])
    """
    array = to_numpy(arr, "arr")
    items = ds.get("ModalityLUTSequence")
    if items:
        return _look_up(array, items[0], "the modality LUT")
    slope, intercept = rescale_of(ds)
    if slope is None:
        return array
    return array.astype(np.float64) * slope + intercept


apply_rescale = apply_modality_lut


def rescale_of(ds):
    """(slope, intercept) as float, or (None, None)."""
    slope, intercept = ds.get("RescaleSlope"), ds.get("RescaleIntercept")
    if slope in (None, "") or intercept in (None, ""):
        return None, None
    try:
        return float(slope), float(intercept)
    except (TypeError, ValueError):
        raise DicomError(
            f"RescaleSlope {slope!r:.40} and RescaleIntercept {intercept!r:.40} must be numbers"
        ) from None


def apply_voi_lut(arr, ds, index=0, prefer_lut=True):
    """Values to what is shown, by a VOI table or a window.

    Parameters
    ----------
    arr : array_like
        Values in the modality's units; see `apply_modality_lut`.
    ds : Dataset
        With a VOI LUT Sequence, or Window Center and Window Width.
    index : int
        Which table or window, where there are several.
    prefer_lut : bool
        Use a table rather than a window, where there are both.

    Returns
    -------
    ndarray
        As `apply_voi` or `apply_windowing` gives it; `arr` itself where the data set has neither.

    Raises
    ------
    DicomError
        If the table or window is damaged.
    IndexError
        If there is no such table or window.

    Examples
    --------
    >>> from scikit.dicom import Dataset, apply_voi_lut
    >>> ds = Dataset()
    >>> ds.PhotometricInterpretation, ds.BitsStored, ds.PixelRepresentation = "MONOCHROME2", 8, 0
    >>> ds.WindowCenter, ds.WindowWidth = 100, 51
    >>> apply_voi_lut([0, 99.5, 200], ds)
    array([  0. , 127.5, 255. ])
    """
    has_table = bool(ds.get("VOILUTSequence"))
    has_window = _listed(ds, "WindowCenter") and _listed(ds, "WindowWidth")
    if has_table and (prefer_lut or not has_window):
        return apply_voi(arr, ds, index)
    if has_window:
        return apply_windowing(arr, ds, index)
    return to_numpy(arr, "arr")


def apply_voi(arr, ds, index=0):
    """Values to what is shown, by a table of the VOI LUT Sequence.

    Parameters
    ----------
    arr : array_like
        Values in the modality's units.
    ds : Dataset
        With a VOI LUT Sequence; without one `arr` comes back.
    index : int
        Which of its tables.

    Returns
    -------
    ndarray of uint8 or uint16
        Values outside the table take its first or last entry.

    Examples
    --------
    >>> from scikit.dicom import Dataset, apply_voi
    >>> table, ds = Dataset(), Dataset()
    >>> table.add_new("LUTDescriptor", "US", [3, 10, 16])
    >>> table.add_new("LUTData", "US", [0, 500, 1000])
    >>> ds.VOILUTSequence = [table]
    >>> apply_voi([9, 11, 12, 40], ds)
    array([   0,  500, 1000, 1000], dtype=uint16)
    """
    array = to_numpy(arr, "arr")
    items = ds.get("VOILUTSequence")
    if not items:
        return array
    return _look_up(array, _at(items, index, "VOI tables"), "the VOI LUT")


def apply_windowing(arr, ds, index=0):
    """Values to what is shown, by Window Center and Window Width.

    Parameters
    ----------
    arr : array_like
        Values in the modality's units.
    ds : Dataset
        With a window, Photometric Interpretation, Bits Stored and Pixel Representation; VOI LUT
        Function LINEAR (the default), LINEAR_EXACT or SIGMOID. Without a window `arr` comes back.
    index : int
        Which of the windows.

    Returns
    -------
    ndarray of float64
        From the smallest to the largest value that the stored bits can hold, in the modality's
        units.

    Raises
    ------
    DicomError
        If the window or its function is not one of the standard's, or the image is none of grey.

    Notes
    -----
    PS3.3 section C.11.2.1.2, equations of the default, LINEAR_EXACT and SIGMOID functions.

    Examples
    --------
    >>> from scikit.dicom import Dataset, apply_windowing
    >>> ds = Dataset()
    >>> ds.PhotometricInterpretation, ds.BitsStored, ds.PixelRepresentation = "MONOCHROME2", 8, 0
    >>> ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = 100, 50, "LINEAR_EXACT"
    >>> apply_windowing([75, 100, 125], ds)
    array([  0. , 127.5, 255. ])
    """
    array = to_numpy(arr, "arr")
    centers, widths = _listed(ds, "WindowCenter"), _listed(ds, "WindowWidth")
    if not centers or not widths:
        return array
    if ds.get("PhotometricInterpretation") not in ("MONOCHROME1", "MONOCHROME2"):
        raise DicomError(
            "a window applies to MONOCHROME1 and MONOCHROME2 only, not to "
            f"{ds.get('PhotometricInterpretation')!r}"
        )
    try:
        center = float(_at(centers, index, "windows"))
        width = float(_at(widths, index, "windows"))
    except (TypeError, ValueError):
        raise DicomError("WindowCenter and WindowWidth must be numbers") from None
    function = str(ds.get("VOILUTFunction") or "LINEAR").strip().upper()
    low, high = _shown_range(ds)
    x = array.astype(np.float64)
    if function == "LINEAR":
        if width < 1:
            raise DicomError(f"WindowWidth is {width:g}; it must be at least 1 for LINEAR")
        # a width of 1 is a step
        x = _ramp(x - (center - 0.5), width - 1)
    elif function == "LINEAR_EXACT":
        if width <= 0:
            raise DicomError(f"WindowWidth is {width:g}; it must be positive")
        x = _ramp(x - center, width)
    elif function == "SIGMOID":
        if width <= 0:
            raise DicomError(f"WindowWidth is {width:g}; it must be positive")
        with np.errstate(over="ignore"):
            x = 1 / (1 + np.exp(-4 * (x - center) / width))
    else:
        raise DicomError(f"unknown VOI LUT Function {function!r}")
    return x * (high - low) + low


def _ramp(x, width):
    """0 to 1 over a width around 0."""
    if width == 0:
        return (x > 0).astype(np.float64)
    return np.clip(x / width + 0.5, 0, 1)


def _shown_range(ds):
    """What the stored bits can hold, in the modality's units."""
    items = ds.get("ModalityLUTSequence")
    if items:
        return 0.0, math.ldexp(1, _descriptor(items[0], "the modality LUT")[2]) - 1
    bits = ds.get("BitsStored")
    if not isinstance(bits, int) or not 1 <= bits <= 64:
        raise DicomError(f"BitsStored is {bits!r:.40}; it must be from 1 to 64")
    low, high = 0.0, math.ldexp(1, bits) - 1
    if ds.get("PixelRepresentation"):
        low, high = -math.ldexp(1, bits - 1), math.ldexp(1, bits - 1) - 1
    slope, intercept = rescale_of(ds)
    if slope is None:
        return low, high
    return low * slope + intercept, high * slope + intercept


def _look_up(array, item, what):
    length, first, bits = _descriptor(item, what)
    data = item.get("LUTData")
    if isinstance(data, (bytes, bytearray)):
        wide = bits > 8 or len(data) >= 2 * length
        table = np.frombuffer(
            bytes(data), "<u2" if wide else np.uint8, -1 if not wide else len(data) // 2
        )
    elif data is None or data == "":
        table = np.empty(0, np.uint16)
    else:
        table = np.array(data if isinstance(data, list) else [data], np.uint16)
    if len(table) < length:
        raise DicomError(f"{what} holds {len(table)} of {length} entries")
    table = table[:length].astype(np.uint8 if bits <= 8 else np.uint16)
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise DicomError(f"{what} applies to finite values only")
        array = np.rint(array)
    return table[np.clip(array.astype(np.int64) - first, 0, length - 1)]


def _descriptor(item, what):
    try:
        length, first, bits = map(int, item.get("LUTDescriptor"))
    except (TypeError, ValueError):
        raise DicomError(f"{what} has no usable descriptor") from None
    if not 8 <= bits <= 16:
        raise DicomError(f"{what} has entries of {bits} bits; it must be 8 to 16")
    return length % 65536 or 65536, first, bits


def _listed(ds, keyword):
    value = ds.get(keyword)
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _at(values, index, what):
    if not -len(values) <= index < len(values):
        raise IndexError(f"`index` is {index}; there are {len(values)} {what}")
    return values[index]
