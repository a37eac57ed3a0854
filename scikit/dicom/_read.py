"""Reading files: preamble, file meta information, transfer syntax, data set (PS3.10 chapter 7)."""

import mmap
import os
import struct
import sys
import warnings
import zlib
from typing import Any

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _limits, _source, _values
from scikit.dicom._dataset import Dataset
from scikit.dicom._element import to_tag
from scikit.dicom._errors import DamagedError, DicomError, LimitError, NotDicomError
from scikit.dicom._types import DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE

#: Files from this size on are mapped instead of read.
MAP_FROM = 1 << 25
#: How much of a file is read at first when its pixels are not wanted.
HEAD = 1 << 14
# From Python 3.13 on a mapping needs no open file.
_NO_HANDLE: dict[str, Any] = {"trackfd": False} if sys.version_info >= (3, 13) else {}
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # closed by exec, as Python opens all
_PIXELS = (0x7FE00008, 0x7FE00010)


def dcmread(
    fp,
    *,
    force=False,
    stop_before_pixels=False,
    specific_tags=None,
    defer_size=None,  # noqa: ARG001
    character_set=None,
):
    """Read a DICOM file.

    Parameters
    ----------
    fp : str, path, bytes-like or binary file
        What to read. A file object is read from where it stands to its end.
    force : bool
        Also read what is no proper file: without preamble and prefix, or cut short (with a
        warning; the value that is cut stays as far as it goes).
    stop_before_pixels : bool
        Stop before the pixel data; the rest of the file is not read.
    specific_tags : sequence of tag or keyword, optional
        Keep these elements only (and the character set).
    defer_size : object
        Ignored: values are always taken from the file's bytes when they are used.
    character_set : str or sequence of str, optional
        What all text is read in, for files that name a wrong Specific Character Set: values of
        that element, or a codec of Python's such as ``"cp1251"``.

    Returns
    -------
    Dataset
        With ``file_meta``, ``preamble`` and ``filename`` set.

    Raises
    ------
    DicomError
        If the data are no DICOM file, or damaged; with the byte offset.
    OSError
        If the file cannot be read.
    TypeError
        If `fp` is none of the above.

    Notes
    -----
    The parser is not recursive, checks every declared length against what encloses it and refuses
    sequences nested more than 64 deep. Values stay bytes until they are used. Files of 32 MiB and
    more are mapped into memory: they must not be truncated while the data set is in use.
    Thread-safe.

    Examples
    --------
    >>> import io
    >>> from scikit.dicom import Dataset, dcmread, dcmwrite
    >>> ds = Dataset()
    >>> ds.PatientID = "42"
    >>> file = io.BytesIO()
    >>> dcmwrite(file, ds)
    >>> dcmread(file.getvalue()).PatientID
    '42'
    """
    wanted = None if specific_tags is None else {*map(_tag, specific_tags), 0x00080005}
    if wanted and max(wanted) < _PIXELS[0]:
        stop_before_pixels = True
    head = HEAD if stop_before_pixels else None
    name = os.fspath(fp) if isinstance(fp, (str, os.PathLike)) else getattr(fp, "name", None)
    try:
        while True:
            data, whole = _load(fp, head)
            ds = _parse(data, force, stop_before_pixels) if whole else _try_head(data)
            if ds is not None:
                break
            head = 16 * HEAD if head == HEAD else None
    except DicomError as error:
        error.filename = name
        raise
    ds.__dict__["filename"] = name
    if character_set is not None:
        ds._source.codecs = ds._codecs_of(
            character_set if isinstance(character_set, str) else list(character_set)
        )
    if wanted is not None:
        table = ds._elements()
        for tag in [tag for tag in table if tag not in wanted]:
            del table[tag]
    return ds


def _tag(key):
    try:
        return to_tag(key)
    except KeyError:
        raise DicomError(f"`specific_tags`: {key!r} names no element") from None


def _load(fp, head):
    """(bytes, are they all?) of what the user passes; `head` limits what is read of a file."""
    if isinstance(fp, (str, os.PathLike)):
        path = os.fspath(fp)
        handle = os.open(path, _READING)
        try:
            if head is not None:
                data = os.read(handle, head)
                if len(data) == head:
                    return data, False
                return data + _read_all(handle, 0), True
            size = os.fstat(handle).st_size
            if size >= MAP_FROM:
                return mmap.mmap(handle, 0, access=mmap.ACCESS_READ, **_NO_HANDLE), True
            return _read_all(handle, size), True
        finally:
            os.close(handle)
    if isinstance(fp, (bytes, bytearray, memoryview)):
        view = memoryview(fp)
        return (fp if view.contiguous and view.format == "B" else view.tobytes()), True
    if hasattr(fp, "read"):
        data = fp.read()
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("`fp` must be opened in binary mode")
        return data, True
    raise TypeError(f"`fp` must be a path, bytes or a binary file, not {type(fp).__name__}")


def _read_all(handle, size):
    """`size` bytes of a file (fewer if it ends before); of a pipe, what comes."""
    if size == 0:  # a pipe or a device tells no size; or what is left
        pieces = []
        while piece := os.read(handle, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)
    data = os.read(handle, size)
    while len(data) < size and (more := os.read(handle, size - len(data))):
        data += more
    return data


def _try_head(data, force=False):
    """The data set, if the head of the file holds all of it that is wanted; otherwise None."""
    try:
        return _parse(data, force, True, head=True)
    except DicomError:
        return None


def _parse(data, force, stop_before_pixels, head=False):
    """The data set of a file's bytes. With `head` they are the first part of it: None if that
    does not do."""
    view = memoryview(data)
    has_prefix = bytes(view[128:132]) == b"DICM"
    if not has_prefix and not force:
        raise NotDicomError("not a DICOM file: the prefix 'DICM' is missing", min(128, len(view)))
    source = _source.Source(data, lenient=force)
    pos = 132 if has_prefix else 4 if bytes(view[:4]) == b"DICM" else 0
    meta, pos = _group(source, pos, 2, implicit=False)
    commands = None
    if bytes(view[pos : pos + 2]) == b"\0\0":
        commands, pos = _group(source, pos, 0, implicit=True)
    syntax, implicit, big, deflated = _encoding(meta, view, pos)
    if deflated:
        if head:
            return None
        source = _source.Source(_inflate(view[pos:], pos), lenient=force)
        pos = 0
    elif big:
        source = _source.Source(data, big=True, lenient=force)
    level = source.scan(
        pos, len(source.view), source.options(implicit, detect=True),
        stop_first=_PIXELS[0] if stop_before_pixels else 0, stop_last=_PIXELS[1],
    )  # fmt: skip
    if head and (level.fault or level.cut or level.pos + 8 > len(view)):
        return None
    if level.fault and (not force or level.fault == _source.DEPTH or not level.elements):
        source.check(level)
    if level.cut or level.fault:
        warnings.warn(f"the file is cut short or damaged near byte {level.pos}", stacklevel=4)
    if commands is not None:
        level.elements.update({int(e.tag): e for e in Dataset._from_level(*commands)})
    ds = Dataset._from_level(source, level.elements, bool(level.options & _source.IMPLICIT))
    ds.__dict__["_file_meta"] = meta
    ds.__dict__["_stopped"] = level.pos
    ds.__dict__["_syntax"] = syntax or transfer_syntax(ds)
    ds.__dict__["preamble"] = bytes(view[:128]) if has_prefix else None
    return ds


def _group(source, pos, group, implicit):
    """What Dataset._from_level takes, of one leading group (2: file meta, 0: command set), and
    where the group ends."""
    options = source.options(implicit, detect=True) | _source.ONE_GROUP
    level = source.scan(pos, len(source.view), options, group=group)
    if source.lenient and (level.cut or level.fault) and group == 2:
        end = _end_of_meta(source.view, pos)
        if end is not None:
            level = source.scan(pos, end, options, group=group)
            level.pos = end
    source.check(level)
    return (source, level.elements, bool(level.options & _source.IMPLICIT)), level.pos


def _end_of_meta(view, pos):
    """Where the file meta information ends by its group length, or None."""
    if bytes(view[pos : pos + 8]) != b"\2\0\0\0UL\4\0":
        return None
    end = pos + 12 + int.from_bytes(view[pos + 8 : pos + 12], "little")
    return end if end <= len(view) else None


def _encoding(meta, view, pos):
    """(transfer syntax or None, implicit, big-endian, deflated) of the data set at `pos`."""
    syntax = meta[1].quick(0x00020010, None)
    if syntax is _parse_cy.SLOW:
        syntax = Dataset._from_level(*meta).get("TransferSyntaxUID")
    if syntax:
        if not isinstance(syntax, str):
            if not meta[0].lenient:
                raise DamagedError("the transfer syntax in the file meta information is damaged")
            syntax = (
                next((x for x in syntax if isinstance(x, str)), "")
                if isinstance(syntax, list)
                else ""
            )
        return syntax, syntax == IMPLICIT_LITTLE, syntax == EXPLICIT_BIG, syntax == DEFLATED
    if len(view) - pos < 6:
        return None, True, False, False
    # Without a transfer syntax the first element must tell. As little-endian, the group of a
    # big-endian first element (0008 or so) is 1024 or more.
    vr = bytes(view[pos + 4 : pos + 6]).decode("latin_1")
    if vr not in _values.KNOWN:
        return None, True, False, False
    return None, False, struct.unpack_from("<H", view, pos)[0] >= 1024, False


def _inflate(deflated, pos):
    """The inflated data set, as long as it stays within bounds."""
    limit = _limits.current().inflated(len(deflated))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    chunks, total, taken, rest = [], 0, 0, b""
    try:
        # Small pieces go in, as what is left of each is copied; the output stays within a MiB of the limit.
        while not inflater.eof and (rest or taken < len(deflated)):
            piece = rest or deflated[taken : taken + (1 << 15)]
            taken += 0 if rest else len(piece)
            chunks.append(inflater.decompress(piece, 1 << 20))
            rest = inflater.unconsumed_tail
            total += len(chunks[-1])
            if total > limit:
                raise LimitError(
                    f"the data set inflates to more than {limit} bytes; see `limits`", pos
                )
        chunks.append(inflater.flush())
    except zlib.error as error:
        raise DamagedError(f"the deflated data set is damaged: {error}", pos) from None
    if not inflater.eof:
        raise DamagedError("the deflated data set is cut short", pos + len(deflated))
    return b"".join(chunks)


def transfer_syntax(ds):
    """The transfer syntax of a data set that was read or made; explicit little-endian if none is
    named."""
    syntax = ds.file_meta.get("TransferSyntaxUID")
    if syntax:
        return syntax
    if ds._source is None:
        return EXPLICIT_LITTLE
    return EXPLICIT_BIG if ds._source.big else IMPLICIT_LITTLE if ds._implicit else EXPLICIT_LITTLE


def as_dataset(src):
    """What a function takes that takes a data set or what `dcmread` takes."""
    return src if isinstance(src, Dataset) else dcmread(src)
