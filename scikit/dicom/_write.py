"""Writing files (PS3.10 chapter 7, PS3.5 chapter 7 and annex A)."""

import contextlib
import os
import struct
import tempfile
import warnings
import zlib

import numpy as np

from scikit.dicom import _charset, _limits, _read, _source, _types, _validate, _values
from scikit.dicom._dataset import Dataset
from scikit.dicom._errors import DicomError, LimitError, ValueFitError

#: This library's implementation class UID (a UUID-derived one, PS3.5 annex B.2).
IMPLEMENTATION = "2.25.252189361702473816537716342911037826"
_VERSION_NAME = "SCIKIT_DICOM"
_ALL = 0xFFFFFFFF
# Values of odd length in files that are read get a byte more, where it is clear which.
_PADDED = _values.TEXT | _values.ASCII
_PIXEL_DATA = 0x7FE00010


def dcmwrite(path, ds, *, enforce_file_format=False, overwrite=True, validate="warn"):
    """Write a data set as a DICOM file, in the transfer syntax that its ``file_meta`` names.

    Parameters
    ----------
    path : str, path or binary file
        Where to write. A file at a path is replaced only when all is written.
    ds : Dataset
        What to write; it is not changed. Without a transfer syntax it is written in that it was
        read in, or explicit little-endian.
    enforce_file_format : bool
        Fail if the class or the instance is not named; otherwise a file is written as well as it
        can be.
    overwrite : bool
        May a file at `path` be replaced?
    validate : {'warn', 'error', 'ignore'}
        What to do about text that a user has set and that does not fit its value representation:
        too long, or not of its form. Texts of files that were read are never complained of.

    Raises
    ------
    DicomError
        If a value does not fit its value representation or character set, pixel data are not
        encapsulated as the transfer syntax needs, or the data set holds elements of group 0 or 2.
        Nothing is written then.
    FileExistsError
        If there is a file and `overwrite` is false.
    OSError
        If the file cannot be written.
    TypeError
        If an argument is of another type.

    Notes
    -----
    Elements that nobody touched are written with the bytes they were read from. File meta
    information is completed: group length, version, class and instance, implementation. The
    preamble is written as zeros (other contents can make a file that is also a program). Group
    lengths other than that are left out, as the standard wants. OW, OF, OL, OD and OV values are
    taken to be in the byte order that the data set was read in, little-endian for a new one, and
    are swapped where the transfer syntax needs it.

    Examples
    --------
    >>> import io
    >>> from scikit.dicom import Dataset, dcmread, dcmwrite
    >>> ds, file = Dataset(), io.BytesIO()
    >>> ds.add_new("PatientName", "PN", "Doe^Jane")
    >>> dcmwrite(file, ds)
    >>> dcmread(file.getvalue()).PatientName
    'Doe^Jane'
    """
    if not isinstance(ds, Dataset):
        raise TypeError(f"`ds` must be a Dataset, not {type(ds).__name__}")
    if validate not in ("warn", "error", "ignore"):
        raise DicomError(f"`validate` must be 'warn', 'error' or 'ignore', not {validate!r:.20}")
    if isinstance(path, (str, os.PathLike)) and not overwrite and os.path.lexists(path):
        raise FileExistsError(f"{os.fspath(path)} exists")
    pieces = _file(ds, enforce_file_format, validate)
    if hasattr(path, "write"):
        for piece in pieces:
            path.write(piece)
        return
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"`path` must be a path or a binary file, not {type(path).__name__}")
    with replacing(path) as file:
        file.writelines(pieces)


@contextlib.contextmanager
def replacing(path):
    """A binary file beside `path` that takes its name when the block ends well, and goes
    otherwise."""
    path = os.fspath(path)
    folder, name = os.path.split(path)
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a folder")
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder or ".")
    try:
        with open(handle, "wb", buffering=1 << 20) as file:
            yield file
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _umask():
    """The process's umask, without a moment of another one where the system can tell."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1], 8) for line in status if line.startswith("Umask"))
    except (OSError, StopIteration):
        return 0o077


def _file(ds, enforce=False, validate="warn"):
    """The pieces of a file's bytes."""
    groups = {tag >> 16 for tag in ds._elements() if tag} & {0, 2}
    if groups:
        raise DicomError(
            "elements of group 0 do not belong in a file, and those of group 2 in `file_meta`"
        )
    meta = _meta(ds)
    syntax = meta.TransferSyntaxUID
    for keyword in ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID"):
        if enforce and not meta.get(keyword):
            raise ValueFitError(f"the file meta information needs {keyword}")
    big, implicit = syntax == _types.EXPLICIT_BIG, syntax == _types.IMPLICIT_LITTLE
    encoder = Encoder(implicit, big, syntax, ds._syntax)
    body = encoder.dataset(ds, _charset.DEFAULT, 0)
    _complain(encoder.faults, validate)
    if syntax == _types.DEFLATED:
        deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = [*map(deflater.compress, body), deflater.flush()]
        if sum(map(len, body)) % 2:
            body.append(b"\0")
    return [bytes(128), b"DICM", *_encoded_meta(meta), *body]


def _complain(faults, validate):
    if not faults or validate == "ignore":
        return
    element, wrong = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    text = f"{element.keyword or 'a private element'}: {element.repval:.60} does not fit "
    text += f"the value representation {element.VR}: {wrong}{more}"
    if validate == "error":
        raise ValueFitError(text, tag=element.tag)
    warnings.warn(f"{text}; element {element.tag}", stacklevel=4)


def _meta(ds):
    """A complete file meta information for `ds`."""
    meta = ds.file_meta.copy()
    if any(tag >> 16 != 2 for tag in meta._elements()):
        raise DicomError("`file_meta` holds elements of group 2 only")
    if not meta.get("TransferSyntaxUID"):
        meta.TransferSyntaxUID = _read.transfer_syntax(ds)
    for theirs, ours in (
        ("MediaStorageSOPClassUID", "SOPClassUID"),
        ("MediaStorageSOPInstanceUID", "SOPInstanceUID"),
    ):
        if ds.get(ours):
            setattr(meta, theirs, ds.get(ours))
    meta.FileMetaInformationVersion = b"\0\1"
    if not meta.get("ImplementationClassUID"):
        meta.ImplementationClassUID = IMPLEMENTATION
        meta.ImplementationVersionName = _VERSION_NAME
    meta.pop(0x00020000, None)
    return meta


def _encoded_meta(meta):
    body = Encoder(False, False, _types.EXPLICIT_LITTLE).dataset(meta, _charset.DEFAULT, 0)
    return [struct.pack("<HH2sHI", 2, 0, b"UL", 4, sum(map(len, body))), *body]


class Encoder:
    """Encodes data sets in one transfer syntax, as lists of pieces of bytes.

    Parameters
    ----------
    implicit, big : bool
        The encoding.
    syntax : str
        The transfer syntax's UID.
    before : str, optional
        The transfer syntax that the data set was read in.

    Attributes
    ----------
    faults : list of (DataElement, str)
        Texts that a user set and that do not fit their value representation.
    """

    def __init__(self, implicit, big, syntax, before=None):
        self.implicit, self.big, self.syntax, self.before = implicit, big, syntax, before
        self.faults = []
        order = ">" if big else "<"
        self._item = struct.Struct(f"{order}HHI")
        self._short = struct.Struct(f"{order}HH2sH")
        self._long = struct.Struct(f"{order}HH2sHI")

    def dataset(self, ds, outer, depth):
        """The pieces of a data set; `outer` is the encoding of text where the data set names
        none."""
        if depth > _limits.current().depth:
            raise LimitError(f"sequences are nested more than {_limits.current().depth} deep")
        table = ds._elements()
        codecs = ds._codecs_of(ds["SpecificCharacterSet"].value) if 0x00080005 in table else outer
        source = ds._source
        same = source is not None and ds._implicit == self.implicit and source.big == self.big
        same = same and ds._codecs() == codecs
        pieces = []
        for tag in sorted(table):
            if not tag & 0xFFFF and (tag >> 16 > 6 or not tag):  # group lengths, and padding
                continue
            entry = table[tag]
            plain = type(entry) is tuple and not entry[1] & _source.CUT
            if same and plain and (self.implicit or entry[0] in _values.KNOWN):
                self._copy(pieces, tag, entry, source, depth)
            else:
                self._element(pieces, ds, ds._element(tag, entry), codecs, depth)
        return pieces

    def _copy(self, pieces, tag, entry, source, depth):
        """An element as it was read."""
        vr, flags, start, length = entry
        undefined = bool(flags & _source.UNDEFINED)
        value = source.view[start : start + length]
        if tag == _PIXEL_DATA:
            undefined = self._encapsulated(value, undefined, depth)
        pad = []
        if length % 2 and not undefined and vr in _PADDED:
            pad = [b"\0" if vr == "UI" else b" "]
        self._put(pieces, tag, vr, [value, *pad], undefined)

    def _element(self, pieces, ds, element, codecs, depth):
        tag, vr, undefined = int(element.tag), element.VR, element.is_undefined_length
        if " or " in vr:
            vr = ds._open_vr(tag, vr, element.value)
        if vr == "SQ":
            # Only an undefined length shows a reader of implicit data that a private element is a
            # sequence.
            undefined = undefined or (self.implicit and bool(tag >> 16 & 1))
            self._put(pieces, tag, vr, self._items(element.value, codecs, depth), undefined)
            return
        if element.is_own:
            wrong = _validate.fault(vr, element.value)
            if wrong:
                self.faults.append((element, wrong))
        try:
            if vr in _values.BYTES:
                value = element.buffer
                if len(value) % 2 and vr != "UN":
                    value = bytes(value) + b"\0"
            else:
                value = _values.encode(vr, element.value, self.big, codecs)
        except DicomError as error:
            error.tag = tag
            raise
        if tag == _PIXEL_DATA:
            was, undefined = undefined, self._encapsulated(value, undefined, depth)
            if undefined and not was:
                vr = "OB"
        size = _values.WORD_SIZE.get(vr)
        if tag == _PIXEL_DATA and size and ds.get("BitsAllocated") in (32, 64):
            size = ds.BitsAllocated // 8  # samples of several words are swapped as a whole
        if size and not undefined and self.big != bool(ds._source is not None and ds._source.big):
            if len(value) % size:
                raise ValueFitError(f"{len(value)} bytes are no whole words of {size}", tag=tag)
            value = np.frombuffer(value, f"u{size}").byteswap().tobytes()
        self._put(pieces, tag, vr, [value], undefined and vr in _values.BYTES)

    def _encapsulated(self, value, undefined, depth):
        """Is the length of pixel data to be written as undefined? (PS3.5 section A.4)"""
        compressed = _types.UID(self.syntax).is_compressed
        if depth:  # an icon may be either
            return undefined and compressed
        if not compressed:
            if undefined and self.syntax != self.before:
                raise ValueFitError(
                    f"encapsulated pixel data cannot be in the transfer syntax {self.syntax}; "
                    "decompress them first",
                    tag=_PIXEL_DATA,
                )
            return undefined
        if bytes(value[:4]) != b"\xfe\xff\x00\xe0":
            if self.syntax == self.before and not undefined:
                return False  # wrong, but as it was read
            raise ValueFitError(
                f"pixel data must be encapsulated in the transfer syntax {self.syntax}",
                tag=_PIXEL_DATA,
            )
        return True

    def _items(self, items, codecs, depth):
        pieces = []
        for item in items:
            if not isinstance(item, Dataset):
                raise DicomError(f"a sequence holds data sets, not {type(item).__name__}")
            body = self.dataset(item, codecs, depth + 1)
            size = sum(map(len, body))
            undefined = item.is_undefined_length or size >= _ALL
            pieces.append(self._item.pack(0xFFFE, 0xE000, _ALL if undefined else size))
            pieces += body
            if undefined:
                pieces.append(self._item.pack(0xFFFE, 0xE00D, 0))
        return pieces

    def _put(self, pieces, tag, vr, value, undefined):
        """Header, value and delimiter of one element."""
        length = sum(map(len, value))
        if length >= _ALL:
            if vr != "SQ":
                raise ValueFitError(f"{length} bytes are too long for a value", tag=tag)
            undefined = True
        declared = _ALL if undefined else length
        group, number = tag >> 16, tag & 0xFFFF
        if self.implicit:
            pieces.append(self._item.pack(group, number, declared))
        elif vr in _values.LONG or length > 0xFFFF:
            # A text longer than a 16-bit length can tell becomes UN (PS3.5 section 6.2.2).
            vr = vr if vr in _values.LONG else "UN"
            pieces.append(self._long.pack(group, number, vr.encode("ascii"), 0, declared))
        else:
            pieces.append(self._short.pack(group, number, vr.encode("ascii"), declared))
        pieces += value
        if undefined:
            pieces.append(self._item.pack(0xFFFE, 0xE0DD, 0))
