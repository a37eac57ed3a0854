"""What the slices of a series have in common, and the elements that tell it."""

import functools
import math

import numpy as np

from scikit.dicom import _pixels, _values
from scikit.dicom._errors import DicomError

#: What is usually the same in all slices of a series, so that it is looked at once: encoding, image
#: type, series, frame of reference, orientation, image pixel module, spacing, number of tiles.
COMMON = (
    0x00020010, 0x00080005, 0x00080008, 0x00080016, 0x00089208, 0x0020000E, 0x00200037, 0x00200052,
    0x00280002, 0x00280004, 0x00280006, 0x00280008, 0x00280010, 0x00280011, 0x00280030, 0x00280100,
    0x00280101, 0x00280103, 0x00180050, 0x00180088, 0x0019100A,
)  # fmt: skip
_COMPONENTS = {
    "M": 0, "MAGNITUDE": 0, "FFE": 0, "P": 1, "PHASE": 1, "PHASE MAP": 1, "R": 2, "REAL": 2,
    "I": 3, "IMAGINARY": 3,
}  # fmt: skip
#: More than the frames of any file.
FRAMES_APART = 1e8
#: Names of what `Kind.component` counts.
COMPONENTS = ("magnitude", "phase", "real", "imaginary")


class Kind:
    """What slices have in common.

    Parameters
    ----------
    ds : Dataset
        Header of one of the files.
    place : tuple
        Of its pixel data, as `_pixels.Layout` takes it.

    Attributes
    ----------
    layout : Layout
        Of the stored values.
    series, frame_of_reference : str
        UIDs.
    orientation : ndarray or None
        (2, 3): unit vectors along a row and down a column, LPS.
    spacing : tuple of float or None
        Between rows and between columns, mm.
    thickness : float or None
        The distance between slices, as Spacing Between Slices or Slice Thickness say it, mm. It
        counts only where there are no positions.
    header : Dataset
        Of one of the files, without pixels.
    types : tuple of str
        Image Type.
    component : int or None
        Of complex images; see `COMPONENTS`.
    tile : (int, int) or None
        Rows and columns of a slice of a mosaic.
    """

    def __init__(self, ds, place):
        self.layout, self.header, self.tile = _pixels.Layout(ds, place), ds, None
        self.series = str(ds.get("SeriesInstanceUID") or "")
        self.frame_of_reference = str(ds.get("FrameOfReferenceUID") or "")
        self.orientation = orientation(ds.get("ImageOrientationPatient"))
        self.spacing = pair(ds.get("PixelSpacing"))
        self.at_detector = self.spacing is None  # there the image is larger than the patient
        if self.at_detector:
            self.spacing = pair(ds.get("ImagerPixelSpacing"))
        self.thickness = positive(ds.get("SpacingBetweenSlices")) or positive(
            ds.get("SliceThickness")
        )
        types = ds.get("ImageType")
        self.types = tuple(map(str, types)) if isinstance(types, list) else (str(types or ""),)
        self.component = component(self.types, ds.get("ComplexImageComponent"))

    def copy(self):
        """Another kind, to be changed."""
        new = Kind.__new__(Kind)
        new.__dict__.update(self.__dict__)
        return new

    @property
    def shape(self):
        """Rows and columns, and samples if there are several."""
        layout = self.layout
        return (self.tile or (layout.rows, layout.columns)) + (
            (layout.samples,) if layout.samples > 1 else ()
        )

    @property
    def localizer(self):
        """Is it an overview on which slices are planned?"""
        return any("LOCALIZER" in text or text in ("SCOUT", "TOPOGRAM") for text in self.types)

    def same_grid(self, other):
        """Could slices of both kinds lie in one volume?"""
        if self is other:
            return True
        if self.shape != other.shape or (self.orientation is None) != (other.orientation is None):
            return False
        if self.localizer != other.localizer:
            return False
        if self.orientation is not None and not np.allclose(
            self.orientation, other.orientation, atol=1e-3
        ):
            return False
        return self.spacing == other.spacing or (
            None not in (self.spacing, other.spacing)
            and np.allclose(self.spacing, other.spacing, rtol=1e-4)
        )

    def describe(self):
        """For messages: what tells the grid of this kind from another's."""
        parts = [" x ".join(map(str, self.shape))]
        if self.spacing:
            parts.append("spacing " + " x ".join(f"{s:.4g}" for s in self.spacing))
        if self.orientation is None:
            parts.append("without orientation")
        else:
            normal = np.cross(*self.orientation)
            parts.append(f"normal ({', '.join(f'{x:.3f}' for x in normal)})")
        if self.localizer:
            parts.append("a localizer")
        return ", ".join(parts)


def is_direct(layout):
    """Do the stored values lie in the file as they are used, frame after frame?"""
    return not (
        layout.encapsulated or layout.bits == 1 or layout.swapped_bytes or layout.half_chroma
    )


def component(types, named=None):
    """Which part of complex images: 0 magnitude, 1 phase, 2 real, 3 imaginary; None if nobody
    says."""
    for text in (str(named or ""), *types[2:]):
        if text in _COMPONENTS:
            return _COMPONENTS[text]
    return None


def orientation(value):
    """Image Orientation (Patient) as two unit vectors, or None if it is absent or no
    orientation."""
    vectors = numbers(value, 6)
    if vectors is None:
        return None
    vectors = np.array(vectors).reshape(2, 3)
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1) < 0.05) or abs(vectors[0] @ vectors[1]) > 0.05:
        return None
    return vectors / lengths[:, None]


def numbers(value, count):
    """A tuple of `count` finite floats, or None."""
    if not isinstance(value, (list, tuple)) or len(value) != count:
        return None
    if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in value):
        return None
    return tuple(float(v) for v in value)


def pair(value):
    """Two positive numbers, or None."""
    both = numbers(value, 2)
    return both if both and min(both) > 0 else None


def positive(value):
    """The size of a number that is not zero, or None."""
    return (
        abs(float(value))
        if isinstance(value, (int, float)) and math.isfinite(value) and value
        else None
    )


@functools.lru_cache(8192)
def decimals(data, count):
    """Decimal strings of `count` values, from their bytes."""
    value = _values.decode("DS", data, False, ("latin_1",))
    return numbers(value if isinstance(value, list) else [value], count)


def seconds(text):
    """A time (TM) or date and time (DT) as seconds; NaN if it is none.

    Dates count from a fixed day, so that differences are right; the time zone is left out.
    """
    text = text.strip(" \0").replace(":", "").replace(".", "", text.count(".") - 1)
    zone = max(text.rfind("+"), text.rfind("-"))
    text = text[:zone] if zone > 0 else text
    whole, _, part = text.partition(".")
    days = 0
    if len(whole) >= 14 or (len(whole) == 8):
        days, whole = _days(whole[:8]), whole[8:]
    if (
        not (whole + part).isascii()
        or not (whole + part).isdigit()
        or len(whole) not in (2, 4, 6)
        or math.isnan(days)
    ):
        return math.nan
    whole = whole.ljust(6, "0")
    fraction = int(part) / 10 ** len(part) if part else 0.0
    return days * 86400.0 + int(whole[:2]) * 3600 + int(whole[2:4]) * 60 + int(whole[4:]) + fraction


def _days(text):
    import datetime

    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8])).toordinal() - 719163
    except ValueError:
        return math.nan


def frame_numbers(ds, count):
    """Numbers of the frames of a file, after those of files with lower instance numbers."""
    number = positive(ds.get("InstanceNumber")) or 0.0
    return number * FRAMES_APART + np.arange(1.0, count + 1)


def must(condition, message):
    """Raise a DicomError unless `condition` holds."""
    if not condition:
        raise DicomError(message)
