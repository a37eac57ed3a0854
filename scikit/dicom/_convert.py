"""Between data sets of this library and those of pydicom."""

from scikit._core._extras import require
from scikit.dicom import _values
from scikit.dicom._element import DataElement
from scikit.dicom._errors import DicomError
from scikit.dicom._types import MultiValue


def to_pydicom(ds):
    """The data set as pydicom's `Dataset`; see `Dataset.to_pydicom`."""
    pydicom = require("pydicom", "pydicom", "Dataset.to_pydicom")
    from pydicom.dataset import FileDataset, FileMetaDataset

    body = _filled(ds, pydicom, pydicom.Dataset())
    meta = _filled(ds.file_meta, pydicom, FileMetaDataset())
    made = FileDataset(ds.filename or "", body, preamble=ds.preamble, file_meta=meta)
    made.set_original_encoding(*ds.original_encoding, body.get("SpecificCharacterSet"))
    return made


def _filled(ds, pydicom, made):
    for element in ds:
        value = element.value
        if element.VR == "SQ":
            value = pydicom.Sequence([_filled(i, pydicom, pydicom.Dataset()) for i in value])
            for ours, theirs in zip(element.value, value, strict=True):
                theirs.is_undefined_length_sequence_item = ours.is_undefined_length
            value.is_undefined_length = element.is_undefined_length
        elif isinstance(value, list):
            value = [_plain(v) for v in value]
        else:
            value = _plain(value)
        new = pydicom.DataElement(
            int(element.tag), element.VR, value, validation_mode=pydicom.config.IGNORE
        )
        new.is_undefined_length = element.is_undefined_length
        made.add(new)
    return made


def _plain(value):
    """A value without this library's classes, texts of numbers kept."""
    if isinstance(value, bytes) or value is None:
        return value
    if isinstance(value, str) or hasattr(value, "original_string"):
        return str(value)
    return value


def from_pydicom(kind, source):
    """A data set from pydicom's `Dataset`; see `Dataset.from_pydicom`."""
    pydicom = require("pydicom", "pydicom", "Dataset.from_pydicom")
    if not isinstance(source, pydicom.Dataset):
        raise TypeError(f"`ds` must be a pydicom Dataset, not {type(source).__name__}")
    implicit_little = getattr(source, "original_encoding", (None, None))
    ds = _taken(kind, source, implicit_little[1] is False)
    meta = getattr(source, "file_meta", None)
    if meta is not None:
        ds.file_meta = _taken(kind, meta, False)
    ds.preamble = getattr(source, "preamble", None)
    ds.filename = str(getattr(source, "filename", "") or "") or None
    return ds


def _taken(kind, source, big):
    ds = kind()
    for element in source:
        value, vr = element.value, str(element.VR)
        if vr == "SQ":
            value = [_taken(kind, item, big) for item in value or []]
            for ours, theirs in zip(value, element.value or [], strict=True):
                ours.is_undefined_length = bool(
                    getattr(theirs, "is_undefined_length_sequence_item", False)
                )
        elif isinstance(value, bytes):
            value = _values.swap_words(vr, value) if big else value
        elif value is not None and not isinstance(value, (str, int, float)):
            several = type(value).__name__ == "MultiValue" or isinstance(value, list)
            value = [_own(vr, v) for v in value] if several else _own(vr, value)
        elif hasattr(value, "original_string"):
            value = str(value)
        try:
            ds.add(DataElement(int(element.tag), vr, value, bool(element.is_undefined_length)))
        except DicomError:  # text where a number must stand: kept, as reading keeps it
            value = MultiValue(value) if isinstance(value, list) else value
            ds.add(DataElement._read(int(element.tag), vr, value, False))
    return ds


def _own(vr, value):
    if vr == "AT":
        return int(value)
    if isinstance(value, (int, float)) and not hasattr(value, "original_string"):
        return value
    return value if value is None or isinstance(value, bytes) else str(value)
