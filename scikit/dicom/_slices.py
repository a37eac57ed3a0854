"""From files to slices: where each lies in the patient, and where its stored values lie in the
file."""

import functools
import operator
import os

import numpy as np

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _pixels, _read, _source, _values
from scikit.dicom._errors import DicomError
from scikit.dicom._types import DEFLATED

#: How much of a file is read at first.
HEAD = 1 << 14
# What is usually the same in all slices of a series, so that it is converted once: image pixel
# module, spacing, orientation, series and what tells mosaics.
_COMMON = (
    0x00080005, 0x00080008, 0x0020000E, 0x00200037, 0x00280002, 0x00280004, 0x00280006, 0x00280008,
    0x00280010, 0x00280011, 0x00280030, 0x00280100, 0x00280101, 0x00280103, 0x00180050, 0x00180088,
)  # fmt: skip
# What differs: number, position, time, intercept and slope.
_OWN = (0x00200013, 0x00200032, 0x00200100, 0x00281052, 0x00281053)
_PER_FRAME = 0x52009230
_PICKED = tuple(sorted((*_COMMON, *_OWN, _PER_FRAME)))
# Places of their bytes in what _parse_cy.pick gives.
_common_of = operator.itemgetter(*(2 * _PICKED.index(tag) + 1 for tag in _COMMON))
_own_of = operator.itemgetter(*(2 * _PICKED.index(tag) + 1 for tag in _OWN))
_PER_FRAME_AT = 2 * _PICKED.index(_PER_FRAME) + 1
_PLAIN = {  # transfer syntaxes, as they stand in a file, and the parser's options
    b"1.2.840.10008.1.2\0": _source.IMPLICIT,
    b"1.2.840.10008.1.2.1\0": 0,
}


class Kind:
    """What slices have in common.

    Attributes
    ----------
    layout : Layout
        Of the stored values.
    series : str
        Series instance UID.
    orientation : ndarray or None
        (2, 3): unit vectors along a row and down a column, LPS.
    spacing : tuple of float or None
        Between rows and between columns, mm.
    thickness : float or None
        Of a slice, or better the distance between slices, mm.
    header : Dataset
        Of one of the files, without pixels.
    tile : (int, int) or None
        Rows and columns of a slice of a mosaic.
    """

    def __init__(self, ds, layout):
        self.layout, self.header, self.tile = layout, ds, None
        self.series = str(ds.get("SeriesInstanceUID") or "")
        self.orientation = orientation(ds.get("ImageOrientationPatient"))
        self.spacing = _pair(ds.get("PixelSpacing"))
        self.thickness = _positive(ds.get("SpacingBetweenSlices")) or _positive(
            ds.get("SliceThickness")
        )

    @property
    def shape(self):
        """Rows and columns, and samples if there are several."""
        layout = self.layout
        return (self.tile or (layout.rows, layout.columns)) + (
            (layout.samples,) if layout.samples > 1 else ()
        )

    def same_grid(self, other):
        """Could slices of both kinds lie in one volume?"""
        if self is other:
            return True
        if self.shape != other.shape or (self.orientation is None) != (other.orientation is None):
            return False
        if self.orientation is not None and not np.allclose(
            self.orientation, other.orientation, atol=1e-3
        ):
            return False
        return self.spacing == other.spacing or (
            None not in (self.spacing, other.spacing)
            and np.allclose(self.spacing, other.spacing, rtol=1e-4)
        )


class Slice:
    """One slice: its kind, file, frame, place and time."""

    __slots__ = (
        "frame",
        "instance",
        "intercept",
        "kind",
        "path",
        "position",
        "slope",
        "start",
        "temporal",
    )

    def __init__(self, kind, path, start, frame=0):
        self.kind, self.path, self.start, self.frame = kind, path, start, frame
        self.position, self.instance, self.temporal = None, 0, None
        self.slope, self.intercept = 1.0, 0.0


def orientation(value):
    """Image Orientation (Patient) as two unit vectors, or None if it is absent or no
    orientation."""
    vectors = _numbers(value, 6)
    if vectors is None:
        return None
    vectors = np.array(vectors).reshape(2, 3)
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.all(np.abs(lengths - 1) < 0.05) or abs(vectors[0] @ vectors[1]) > 0.05:
        return None
    return vectors / lengths[:, None]


def _numbers(value, count):
    if not isinstance(value, list) or len(value) != count:
        return None
    if not all(isinstance(v, (int, float)) and np.isfinite(v) for v in value):
        return None
    return tuple(float(v) for v in value)


def _pair(value):
    pair = _numbers(value, 2)
    return pair if pair and min(pair) > 0 else None


def _positive(value):
    return (
        abs(float(value))
        if isinstance(value, (int, float)) and np.isfinite(value) and value
        else None
    )


@functools.lru_cache(8192)
def _decimal(data, count):
    """Decimal strings of `count` values, from their bytes."""
    value = _values.decode("DS", data, False, ("latin_1",))
    return _numbers(value if isinstance(value, list) else [value], count)


def open_head(data):
    """(transfer syntax as it stands there, where the data set begins, the parser's options), or
    None.

    None where the head of a file is not of the common kind.
    """
    if data[128:132] != b"DICM":
        return None
    meta, _, pos, fault, _ = _parse_cy.pick(
        data, 132, _source.ONE_GROUP | _source.DETECT, (0x00020010,), group=2
    )
    encoding = _PLAIN.get(meta[1])
    if encoding is None or fault:
        return None
    return meta[1], pos, encoding


def _pick(data):
    """(key of the kind, values of what differs, start of the pixels) of a file's head, or None.

    None where the plain way does not do: an unusual encoding, compressed pixels, or a longer
    header.
    """
    head = open_head(data)
    if head is None:
        return None
    values, pixels, _, fault, _ = _parse_cy.pick(
        data, head[1], head[2] | _source.DETECT | _source.LENIENT, _PICKED
    )
    if pixels is None or fault or values[_PER_FRAME_AT] is not None:
        return None
    tag, vr, flags, start, length = pixels
    if flags & _source.UNDEFINED:
        return None
    if flags & _source.CUT:
        length = int.from_bytes(data[start - 4 : start], "little")
    return (head[0], *_common_of(values), tag, vr, length), _own_of(values), start


class Collector:
    """Reads headers and makes slices of them; slices of one kind share its object."""

    def __init__(self):
        self._kinds = {}

    def slices(self, path):
        """The slices of a file.

        Raises
        ------
        DicomError
            If it is no DICOM file, damaged, or has no image that can be read.
        OSError
            If it cannot be read.
        """
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            data = os.read(handle, HEAD)
            picked = _pick(data)
            kind = self._kinds.get(picked[0]) if picked else None
            if kind is None:
                return self._slowly(path, handle, data, picked)
        finally:
            os.close(handle)
        return [_slice(kind, path, picked[2], picked[1])]

    def _slowly(self, path, handle, data, picked):
        """The slices of a file of a kind that is not known yet, or that is no plain single
        image."""
        ds, place = read_header(handle, data)
        if place is None:
            raise DicomError("no pixel data")
        syntax = _read.transfer_syntax(ds)
        key = picked[0] if picked else (syntax, *(_bytes(ds, tag) for tag in _COMMON), place[-1])
        values = [_bytes(ds, tag) for tag in _OWN]
        start = None if syntax == DEFLATED else place[-2]
        kind = self._kinds.get(key) or Kind(ds, _pixels.Layout(ds, place))
        if kind.layout.encapsulated:
            raise DicomError(
                f"pixel data compressed in the transfer syntax {syntax} make no volume"
            )
        if _PER_FRAME in ds._elements():
            from scikit.dicom._enhanced import frames

            return frames(ds, kind, path, start)
        if _is_mosaic(ds):
            from scikit.dicom._mosaic import tiles

            return tiles(ds, kind, path, start)
        if kind.layout.frames == 1:
            self._kinds[key] = kind
            return [_slice(kind, path, start, values)]
        size = kind.layout.bits_per_frame // 8
        slices = []
        for k in range(kind.layout.frames):
            slices.append(_slice(kind, path, None if start is None else start + k * size, values))
            slices[-1].frame, slices[-1].instance = k, k
        if "GridFrameOffsetVector" in ds:
            _grid(ds, slices)
        return slices


def _slice(kind, path, start, values):
    """A slice, from the bytes of what differs between slices."""
    one = Slice(kind, path, start)
    instance, position, temporal, intercept, slope = values
    one.position = _decimal(position, 3) if position else None
    one.instance = _number(instance, 0.0)
    one.temporal = _number(temporal, None)
    one.slope, one.intercept = _number(slope, 1.0), _number(intercept, 0.0)
    return one


def _grid(ds, slices):
    """Positions of the frames of a dose grid (PS3.3 section C.8.8.3.2)."""
    offsets, kind = ds.GridFrameOffsetVector, slices[0].kind
    if kind.orientation is None or slices[0].position is None or not _numbers(offsets, len(slices)):
        return
    normal, first = np.cross(*kind.orientation), np.array(slices[0].position)
    for one, offset in zip(slices, offsets, strict=True):
        one.position = tuple(first + (offset - offsets[0]) * normal)


def _bytes(ds, tag):
    entry = ds._elements().get(tag)
    return (
        None
        if entry is None
        else ds._source.bytes(entry[2], entry[3])
        if type(entry) is tuple
        else b"?"
    )


def _number(data, default):
    value = _decimal(data, 1) if data else None
    return value[0] if value else default


def _is_mosaic(ds):
    kinds = ds.get("ImageType")
    return isinstance(kinds, list) and "MOSAIC" in kinds


def read_header(handle, head):
    """(data set without pixels, place of the pixels) of an open file whose first bytes are `head`.

    The place is as `Layout` takes it, or None.
    """
    size = os.fstat(handle).st_size
    for more in (0, 16 * HEAD, size):
        data = os.pread(handle, more, 0) if more else head
        ds = (
            _read._parse(data, False, True, None)
            if len(data) >= size
            else _read._try_head(data, None)
        )
        if ds is not None:
            return ds, _place(ds, size)
    raise DicomError("the file changes while it is read")


def _place(ds, size):
    source, stopped = ds._source, ds._stopped
    if stopped >= len(source.view):
        return None
    options = source.options(ds._implicit, detect=False) | _source.LENIENT
    found = _parse_cy.scan(source.view, stopped, len(source.view), options).elements
    for keyword, tag in _pixels._PLACES.items():
        if tag in found:
            vr, flags, start, length = found[tag]
            undefined = bool(flags & _source.UNDEFINED)
            if flags & _source.CUT:
                length = int.from_bytes(
                    source.view[start - 4 : start], "big" if source.big else "little"
                )
                length = min(length, size - start)
            return keyword, vr, undefined, None, start, length
    # The pixels' header was reached, but what follows it is cut: encapsulated fragments.
    return "PixelData", "OB", True, None, stopped, 0


def read_stored(one, out):
    """Read the stored values of a slice into `out` (native byte order, C-contiguous, of the
    layout's type)."""
    layout = one.kind.layout
    if layout.bits == 1 or layout.swapped_bytes or layout.half_chroma or one.start is None:
        out[...] = _pixels.pixel_array(str(one.path), raw=True, index=one.frame)
        return
    size = layout.bits_per_frame // 8
    direct = not layout.planar
    target = out if direct else np.empty((layout.samples, layout.rows, layout.columns), out.dtype)
    _pread(one.path, memoryview(target).cast("B"), one.start, size)
    if not layout.dtype.isnative:
        target.byteswap(inplace=True)
    if layout.stored < layout.bits and out.dtype.kind != "f":
        _parse_cy.clear_unused(
            target.reshape(-1).view("u1"), out.itemsize, layout.stored, layout.signed
        )
    if not direct:
        out[...] = np.moveaxis(target, 0, -1)


def _pread(path, buffer, start, size):
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        done = 0
        while done < size:
            got = os.preadv(handle, [buffer[done:size]], start + done)
            if not got:
                raise DicomError(f"{path}: the pixel data are cut short", start + done)
            done += got
    finally:
        os.close(handle)
