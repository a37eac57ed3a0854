"""A few elements of many files, as columns."""

import collections

import numpy as np

from scikit.dicom import _charset, _dictionary, _files, _heads, _values
from scikit.dicom._element import Tag, to_tag
from scikit.dicom._errors import DicomError
from scikit.dicom._table import ScanSeries, ScanTable
from scikit.dicom._types import DIRECTORY, MultiValue

#: Columns where none are named.
USUAL = (
    "Modality", "SeriesNumber", "SeriesDescription", "InstanceNumber", "Rows", "Columns",
    "NumberOfFrames", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient",
    "SeriesInstanceUID", "SOPClassUID", "TransferSyntaxUID",
)  # fmt: skip
_CHARSET = 0x00080005
_SERIES = ("SeriesInstanceUID", "StudyInstanceUID", "SeriesNumber", "Modality", "SeriesDescription")
_META = {"TransferSyntaxUID": 0x00020010, "MediaStorageSOPClassUID": 0x00020002}
_MOST = 100
_FLOATS, _WHOLE = frozenset(("DS", "FD", "FL")), frozenset(("IS", "US", "SS", "UL", "SL", "SV"))
_GENERAL = object()  # a row that the general reader must make


def scan(folder_or_files, *, tags=None, workers=None, progress=None):
    """Collect a few elements of all DICOM files of a folder.

    Parameters
    ----------
    folder_or_files : str, path, or sequence of them
        A folder, searched with its subfolders, a zip archive, or files.
    tags : sequence of str, int or (int, int), optional
        Keywords or tags, at most 100; by default what tells the series and the geometry.
    workers : int, optional
        Threads; see `scipy.fft`.
    progress : bool or callable, optional
        True shows a bar (needs tqdm); a callable gets (done, total) in pieces of work.

    Returns
    -------
    ScanTable
        A row for each DICOM file, in the order of folders and names; columns ``"path"`` and by
        the keyword or tag as it was given. Files that are no DICOM files are in ``skipped``,
        damaged or unreadable ones, and named ones that are no DICOM files, in ``errors``.
        A DICOMDIR is skipped.

    Raises
    ------
    KeyError
        If a tag is no keyword.
    OSError
        If the folder or archive cannot be read.
    TypeError
        If an argument is of another type.
    ValueError
        If there are no or too many tags.

    Notes
    -----
    A file's head is read in blocks of at most 16 KiB, long values are stepped over, and reading
    ends behind the last wanted element, as elements ascend in a data set (where they are seen not
    to, all of it is read). The work is done in C without the GIL. Members of archives are read in
    memory, within limits on their inflated size. Thread-safe.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import scan, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/mr", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     table = scan(folder, tags=["InstanceNumber", "Rows", "EchoTime"])
    >>> table["InstanceNumber"], table["Rows"], table["EchoTime"]
    (array([1, 2]), array([4, 4]), array([nan, nan]))
    >>> [len(series) for series in table.series()]
    [2]
    """
    names, wanted = _names(USUAL if tags is None else tags)
    files, named = _files.find(folder_or_files)
    reader = _Reader(wanted)
    rows = _heads.read(files, reader.picked, workers, progress or False, False, "scanning")
    kept, errors, skipped = [], [], []
    for file, row in zip(files, rows, strict=True):
        why = _heads.problem(row, file)
        if why is None:
            try:
                values = reader.values(file, row)
            except (DicomError, OSError) as error:
                why = error
            else:
                if values is None:
                    skipped.append((str(file), "a DICOMDIR"))
                else:
                    kept.append((file, values))
                continue
        if str(why).startswith("not a DICOM file"):
            why = DicomError(_heads.NOT_DICOM) if named else _heads.NOT_DICOM
        (skipped if isinstance(why, str) else errors).append((str(file), why))
    return _table(names, wanted, kept, errors, skipped)


def _names(tags):
    if isinstance(tags, (str, bytes)) or not hasattr(tags, "__iter__"):
        raise TypeError(f"`tags` must be a sequence of keywords or tags, not {tags!r:.40}")
    tags = list(tags)
    if not 1 <= len(tags) <= _MOST:
        raise ValueError(f"`tags` must be 1 to {_MOST} elements, not {len(tags)}")
    names = [key if isinstance(key, str) else str(Tag(to_tag(key))) for key in tags]
    return names, [_META[key] if key in _META else to_tag(key) for key in tags]


class _Reader:
    """Values of the wanted elements of files."""

    def __init__(self, wanted):
        self.wanted = [*wanted, *map(to_tag, _SERIES)]
        self.picked = tuple(sorted({_CHARSET, _META["MediaStorageSOPClassUID"], *self.wanted}))
        self.places = [self.picked.index(tag) for tag in self.wanted]
        self.charset = self.picked.index(_CHARSET)
        self.directory = self.picked.index(_META["MediaStorageSOPClassUID"])
        self.usual = [_usual_vr(tag) for tag in self.wanted]
        self.memo = [{} for _ in self.wanted]
        self.codecs = {None: _charset.DEFAULT}

    def values(self, file, row):
        """The wanted values of a file; None for a DICOMDIR."""
        status, _, _, vrs, parts, _ = row
        if status != _heads.OK:
            return self._slowly(file)
        media = parts[self.directory]
        if media and media.rstrip(b"\0 ") == DIRECTORY.encode():
            return None
        codecs = parts[self.charset]
        if codecs not in self.codecs:
            if codecs is _heads.NOT_COPIED:
                return self._slowly(file)
            terms = codecs.decode("latin_1").rstrip(" \0").split("\\")
            self.codecs[codecs] = _charset.encodings(*terms)
        values = []
        for place, usual, memo in zip(self.places, self.usual, self.memo, strict=True):
            part = parts[place]
            if not part:  # absent or empty
                values.append(None)
                continue
            key = (part, vrs[place], codecs)
            value = memo.get(key)
            if value is None:
                value = _value(part, vrs[place], usual, self.codecs[codecs])
                if value is _GENERAL:
                    return self._slowly(file)
                memo[key] = value
            values.append(value)
        return values

    def _slowly(self, file):
        ds = _heads.dataset(file)
        if ds.file_meta.get("MediaStorageSOPClassUID") == DIRECTORY:
            return None
        values = []
        for tag in self.wanted:
            home = ds.file_meta if tag >> 16 == 2 else ds
            value = home[tag].value if tag in home else None
            values.append(_plain(value))
        return values


def _usual_vr(tag):
    """The VR that the dictionary gives an element, or None."""
    entry = _dictionary.entry(tag)
    return entry.VR if entry is not None else None


def _value(data, vr, usual, codecs):
    """The value of an element's bytes; _GENERAL if more of the data set is needed to tell."""
    vr = _heads.vr_name(vr)
    if vr is None or vr == "UN":
        vr = usual
    if data is _heads.NOT_COPIED or vr == "SQ" or vr not in _values.KNOWN or len(vr) > 2:
        return _GENERAL
    if vr == "DS":
        try:
            numbers = [float(part) for part in data.rstrip(b"\0 ").split(b"\\")]
        except ValueError:
            return _plain(_values.decode(vr, data, False, codecs))
        return numbers[0] if len(numbers) == 1 else tuple(numbers)
    return _plain(_values.decode(vr, data, False, codecs))


def _plain(value):
    """A value without this library's types, which hold more than a column can."""
    if isinstance(value, MultiValue):
        return tuple(str(part) if isinstance(part, str) else _plain(part) for part in value)
    if isinstance(value, str):
        return str(value) or None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return float(value) if isinstance(value, float) else int(value)


def _table(names, wanted, kept, errors, skipped):
    columns = {"path": _objects([str(file) for file, _ in kept])}
    for k, (name, tag) in enumerate(zip(names, wanted, strict=True)):
        columns[name] = column([values[k] for _, values in kept], _usual_vr(tag))
    return ScanTable(columns, _series(kept, len(wanted)), errors, skipped)


def _objects(values):
    out = np.empty(len(values), object)
    for k, value in enumerate(values):
        out[k] = value
    return out


def column(values, vr):
    """Values of one element as an array; see `ScanTable`.

    Parameters
    ----------
    values : list
        Of plain values; None where there is none.
    vr : str or None
        The element's usual VR: it tells what a column without values is.
    """
    present = [value for value in values if value is not None]
    kinds = set(map(type, present))
    width = 0
    if kinds == {tuple}:
        widths = set(map(len, present))
        kinds = {type(part) for value in present for part in value}
        width = widths.pop() if len(widths) == 1 else -1
    if width < 0 or not kinds <= {int, float} or (not kinds and vr not in _FLOATS | _WHOLE):
        return _objects(values)
    whole = kinds == {int} or (not kinds and vr in _WHOLE)
    missing = len(present) < len(values)
    filler = 0 if whole else float("nan")
    if missing:
        filler = (filler,) * width if width else filler
        filled = [filler if value is None else value for value in values]
    else:
        filled = values
    shape = (len(values), width) if width else (len(values),)
    try:
        out = np.array(filled, np.int64 if whole else np.float64).reshape(shape)
    except OverflowError:
        return _objects(values)
    if whole and missing:
        mask = np.array([value is None for value in values])
        out = np.ma.MaskedArray(out, np.broadcast_to(mask[:, None], shape) if width else mask)
    return out


def _series(kept, first):
    """The series of the files, from the columns behind the wanted ones."""
    groups = collections.OrderedDict()
    for file, values in kept:
        uid, study, number, modality, description = values[first:]
        key = (str(study or ""), str(uid or ""))
        if key not in groups:
            number = number if isinstance(number, int) else None
            groups[key] = ScanSeries(
                key[1], key[0], number, str(modality or ""), str(description or ""), []
            )
        groups[key].paths.append(file)
    none = float("inf")
    return sorted(
        groups.values(), key=lambda s: (s.study, none if s.number is None else s.number, s.uid)
    )
