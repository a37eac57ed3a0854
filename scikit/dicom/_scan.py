"""A few elements of many files, as columns."""

import os

import scikit.dicom._parse_cy as _parse_cy
from scikit._core._threads import run_slabs
from scikit.dicom import _charset, _dictionary, _read, _slices, _source, _stack, _values
from scikit.dicom._element import Tag, to_tag
from scikit.dicom._errors import DicomError

_CHARSET = 0x00080005
_BATCH = 64  # files in one piece of work
_MOST = 63


def scan(folder_or_files, *, tags, workers=1, progress=False):
    """Collect a few elements of all DICOM files of a folder.

    Parameters
    ----------
    folder_or_files : str, path, or sequence of them
        A folder, searched with its subfolders; files that are no DICOM files are left out. Or
        files, which must be.
    tags : sequence of str, int or (int, int)
        Keywords or tags, at most 63.
    workers : int
        Threads; see `scipy.fft`.
    progress : bool or callable
        True shows a bar (needs tqdm); a callable gets (done, total) in pieces of work.

    Returns
    -------
    dict of str to list
        ``"path"`` and a column for each tag, by the keyword or tag as it was given; None where a
        file has no such element. ``pandas.DataFrame`` takes it as it is.

    Raises
    ------
    DicomError
        If a named file is no DICOM file, or a file is damaged.
    KeyError
        If a tag is no keyword.
    OSError
        If a file cannot be read.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import scan, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/mr", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     table = scan(folder, tags=["InstanceNumber", "Rows"])
    >>> table["InstanceNumber"], table["Rows"]
    (['1', '2'], [4, 4])
    """
    names = [key if isinstance(key, str) else str(Tag(to_tag(key))) for key in tags]
    wanted = [to_tag(key) for key in tags]
    if not 1 <= len(wanted) <= _MOST:
        raise DicomError(f"`tags` must be 1 to {_MOST} elements, not {len(wanted)}")
    sorted_tags = tuple(sorted({_CHARSET, *wanted}))
    places = [2 * sorted_tags.index(tag) for tag in wanted]
    paths, named = _stack.files_of(folder_or_files)

    def work(first, last):
        rows = []
        for path in paths[first:last]:
            try:
                rows.append((path, _row(path, wanted, sorted_tags, places)))
            except DicomError as error:
                if named or not str(error).startswith("not a DICOM file"):
                    raise DicomError(f"{path}: {error}") from None
        return rows

    pieces = [(k, min(k + _BATCH, len(paths))) for k in range(0, len(paths), _BATCH)]
    rows = [
        row for piece in run_slabs(work, pieces, workers, progress, "scanning") for row in piece
    ]
    table = {"path": [path for path, _ in rows]}
    for k, name in enumerate(names):
        table[name] = [values[k] for _, values in rows]
    return table


def _row(path, wanted, sorted_tags, places):
    """The values of one file."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    try:
        data = os.read(handle, _slices.HEAD)
    finally:
        os.close(handle)
    head = _slices.open_head(data)
    if head is not None:
        _, pos, encoding = head
        values, pixels, _, fault, _ = _parse_cy.pick(
            data, pos, encoding | _source.DETECT | _source.LENIENT, sorted_tags
        )
        if pixels is not None and not fault:
            row = _plain(wanted, values, places, values[2 * sorted_tags.index(_CHARSET) + 1])
            if row is not None:
                return row
    ds = _read.dcmread(path, stop_before_pixels=True)
    return [ds[tag].value if tag in ds else None for tag in wanted]


def _plain(wanted, values, places, charset):
    """The row of a file's values, or None if one of them needs the whole data set to be
    understood."""
    codecs = _charset.DEFAULT
    if charset:
        codecs = _charset.encodings(*charset.decode("latin_1").rstrip(" \0").split("\\"))
    row = []
    for tag, place in zip(wanted, places, strict=True):
        vr, data = values[place], values[place + 1]
        if data is None:
            row.append(None)
            continue
        if vr is None or vr == "UN":
            entry = _dictionary.entry(tag)
            vr = entry.VR if entry else "SQ"
        if vr == "SQ" or vr not in _values.KNOWN or len(vr) > 2:
            return None
        row.append(_values.decode(vr, data, False, codecs) if data else _values.empty(vr))
    return row
