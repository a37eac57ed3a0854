"""From files to slices: where each lies in the patient, and where its stored values lie in the
file."""

import operator
import os

import numpy as np

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _heads, _kind, _labels, _pixels, _read, _source
from scikit.dicom._errors import DicomError
from scikit.dicom._kind import COMMON, Kind
from scikit.dicom._types import DEFLATED, DIRECTORY

_POSITION, _SLOPE, _INTERCEPT, _UID = 0x00200032, 0x00281053, 0x00281052, 0x00080018
_MEDIA, _PER_FRAME = 0x00020002, 0x52009230
_PICKED = tuple(
    sorted({*COMMON, *_labels.TAGS, _POSITION, _SLOPE, _INTERCEPT, _UID, _MEDIA, _PER_FRAME})
)
_AT = {tag: k for k, tag in enumerate(_PICKED)}
_common = operator.itemgetter(*(_AT[tag] for tag in COMMON))
_BIG = "1.2.840.10008.1.2.2"


class Slices:
    """A table of slices, one array a column.

    Parameters
    ----------
    kinds : list of Kind
        What slices have in common.
    files : list of str or Member
        Where they are.
    **columns : array_like
        ``kind`` and ``file`` count in these lists; ``frame`` in the file, ``tile`` in a mosaic
        (-1: none), ``start`` in bytes (-1: see `read_frame`); ``position`` (n, 3) mm, NaN where
        unknown; ``slope``, ``intercept``; ``uid`` of the instance (objects).
    labels : dict of str to ndarray
        What may tell slices at the same place apart; see `_labels`. NaN: unknown.
    """

    COLUMNS = ("kind", "file", "frame", "tile", "start", "position", "slope", "intercept", "uid")

    def __init__(self, kinds, files, labels, **columns):
        self.kinds, self.files, self.labels = kinds, files, labels
        count = len(columns["kind"])
        defaults = {"frame": 0, "tile": -1, "start": -1, "slope": 1.0, "intercept": 0.0, "uid": ""}
        for name in self.COLUMNS:
            column = columns.get(name)
            if column is None:
                kind = object if name == "uid" else type(defaults[name])
                column = np.full(count, defaults[name], kind)
            setattr(self, name, np.asarray(column))

    def __len__(self):
        return len(self.kind)

    def take(self, index):
        """The slices of an index array or mask."""
        columns = {name: getattr(self, name)[index] for name in self.COLUMNS}
        labels = {name: values[index] for name, values in self.labels.items()}
        return Slices(self.kinds, self.files, labels, **columns)

    @staticmethod
    def join(parts):
        """Slices of several tables as one."""
        if len(parts) == 1:
            return parts[0]
        kinds, files, columns, seen = [], [], {name: [] for name in Slices.COLUMNS}, {}
        for part in parts:
            places = []
            for kind in part.kinds:
                if id(kind) not in seen:
                    seen[id(kind)] = len(kinds)
                    kinds.append(kind)
                places.append(seen[id(kind)])
            for name in Slices.COLUMNS:
                column = getattr(part, name)
                if name == "kind":
                    column = np.array(places)[column]
                elif name == "file":
                    column = column + len(files)
                columns[name].append(column)
            files += part.files
        names = {name for part in parts for name in part.labels}
        labels = {}
        for name in names:
            wide = (3,) if name == "gradient" else ()
            labels[name] = np.concatenate(
                [p.labels.get(name, np.full((len(p), *wide), np.nan)) for p in parts]
            )
        return Slices(
            kinds, files, labels, **{name: np.concatenate(c) for name, c in columns.items()}
        )


class _Builder:
    """Files of one kind, one slice (or one mosaic) each."""

    def __init__(self, kind, big, mosaic):
        self.kind, self.big, self.mosaic = kind, big, mosaic
        self.files, self.starts, self.parts = [], [], []

    def slices(self):
        parts, count = self.parts, len(self.parts)
        columns = {
            name: _column([p[_AT[tag]] for p in parts], default)
            for name, tag, default in (("slope", _SLOPE, 1.0), ("intercept", _INTERCEPT, 0.0))
        }
        nowhere = (np.nan,) * 3
        places = [p[_AT[_POSITION]] for p in parts]
        columns["position"] = np.array(
            [(_kind.decimals(p, 3) if type(p) is bytes and p else None) or nowhere for p in places]
        )
        uids = np.empty(count, object)
        uids[:] = [p[_AT[_UID]] for p in parts]
        table = Slices(
            [self.kind], self.files, _labels.classic(parts, _AT, self.big, self.kind),
            kind=np.zeros(count, int), file=np.arange(count), start=np.array(self.starts), uid=uids,
            **columns,
        )  # fmt: skip
        return self.mosaic.spread(table) if self.mosaic else table


def _column(parts, default):
    memo, out = {}, []
    for part in parts:
        value = memo.get(part)
        if value is None:
            found = _kind.decimals(part, 1) if type(part) is bytes and part else None
            value = memo[part] = found[0] if found else default
        out.append(value)
    return np.array(out, float)


class Collector:
    """Takes heads of files and makes slices of them; slices of one kind share its object."""

    def __init__(self):
        self._builders, self._alone = {}, []

    def series(self):
        """Series UID -> Slices."""
        found = {}
        for builder in self._builders.values():
            if builder.files:
                found.setdefault(builder.kind.series, []).append(builder.slices())
        for table in self._alone:
            found.setdefault(table.kinds[0].series, []).append(table)
        return {uid: Slices.join(parts) for uid, parts in found.items()}

    def add(self, file, row):
        """Take a row of `_heads.read`.

        Raises
        ------
        DicomError
            If the file is no DICOM file, damaged, or has no image that can be read.
        OSError
            If it cannot be read.
        """
        status, _, size, _, parts, pixels = row
        ds = place = None
        if status != _heads.OK:
            ds, place = read_header(file)
            parts, pixels = _parts_of(ds), place and (place[0], place[1], place[4], place[5], None)
            size = None
        media = parts[_AT[_MEDIA]]
        if media and media.rstrip(b"\0 ") == DIRECTORY.encode():
            raise DicomError("no pixel data: a DICOMDIR")
        if pixels is None:
            raise DicomError("no pixel data")
        tag, vr, start, length, implicit = pixels
        key = (_common(parts), tag, vr, length, implicit)
        alone = parts[_AT[_PER_FRAME]] is not None
        builder = None if alone else self._builders.get(key)
        if builder is None:
            if ds is None:
                ds, place = read_header(file)
                _kind.must(place is not None, "no pixel data")
            builder = self._start(file, ds, place, key, alone)
            if builder is None:
                return
        layout = builder.kind.layout
        direct = _kind.is_direct(layout) and layout.syntax != DEFLATED
        if direct and size is not None and start + layout.bits_per_frame // 8 > size:
            raise DicomError("the pixel data are cut short", start)
        builder.files.append(file)
        builder.starts.append(start if direct else -1)
        builder.parts.append(parts)

    def _start(self, file, ds, place, key, alone):
        """A builder for files like this one; or None: its slices were taken."""
        from scikit.dicom import _enhanced, _mosaic, _multiframe

        kind = Kind(ds, place)
        most = os.path.getsize(file) if isinstance(file, str) else file.info.file_size
        if kind.layout.encapsulated and kind.layout.frames > most // 8:
            raise DicomError(f"{kind.layout.frames} frames cannot be in a file of {most} bytes")
        big = _read.transfer_syntax(ds) == _BIG
        direct = _kind.is_direct(kind.layout) and _read.transfer_syntax(ds) != DEFLATED
        start = place[4] if direct else -1
        if alone:
            self._alone.append(_enhanced.frames(ds, kind, file, start))
        elif kind.layout.frames > 1:
            self._alone.append(_multiframe.frames(ds, kind, file, start))
        else:
            mosaic = _mosaic.Mosaic(ds, kind) if "MOSAIC" in kind.types else None
            self._builders[key] = _Builder(kind, big, mosaic)
            return self._builders[key]
        return None


def _parts_of(ds):
    """What `_files_cy.read_heads` gives of the picked elements, of a data set."""
    parts = []
    for tag in _PICKED:
        home = ds.file_meta if tag >> 16 == 2 else ds
        entry = home._elements().get(tag)
        if entry is None:
            parts.append(None)
        elif type(entry) is not tuple or entry[1] or entry[3] > _heads.LONGEST:
            parts.append(_heads.NOT_COPIED)
        else:
            parts.append(home._source.bytes(entry[2], entry[3]))
    return tuple(parts)


def read_header(file):
    """(data set without pixels, place of the pixels) of a file.

    The place is as `Layout` takes it, or None.
    """
    if not isinstance(file, str):
        data = file.read()
        ds = _read._parse(data, False, True, None)
        return ds, _place(ds, len(data))
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    try:
        size, most = os.fstat(handle).st_size, _read.HEAD
        while True:
            data = os.pread(handle, most, 0)
            ds = (
                _read._parse(data, False, True, None)
                if len(data) >= size
                else _read._try_head(data, None)
            )
            if ds is not None:
                return ds, _place(ds, size)
            most *= 16
    finally:
        os.close(handle)


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
                order = "big" if source.big else "little"
                declared = int.from_bytes(source.view[start - 4 : start], order)
                undefined = undefined or declared == 0xFFFFFFFF
                length = min(declared, size - start)
            return keyword, vr, undefined, None, start, length
    # The pixels' header was reached, but what follows it is cut: encapsulated fragments.
    return "PixelData", "OB", True, None, stopped, 0
