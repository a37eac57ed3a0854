"""The DICOM JSON model (PS3.18 annex F)."""

import base64
import binascii
import inspect
import json
import math

from scikit.dicom import _limits, _values
from scikit.dicom._element import DataElement, Tag
from scikit.dicom._errors import DamagedError, DicomError, LimitError
from scikit.dicom._sequence import Sequence
from scikit.dicom._types import PersonName

_CHARSET = 0x00080005
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_INTEGERS = frozenset(("IS", "SL", "SS", "SV", "UL", "US", "UV"))
_FLOATS = frozenset(("DS", "FD", "FL"))


def to_model(ds, threshold, handler):
    """The data set as dicts, lists, numbers and texts.

    Parameters
    ----------
    ds : Dataset
        What to convert.
    threshold : int
        Binary values of more bytes go to the handler.
    handler : callable or None
        Gets such an element, gives a URI.
    """
    return {f"{int(e.tag):08X}": _element(e, ds, threshold, handler) for e in ds}


def _element(element, ds, threshold, handler):
    vr, value = element.VR, element.value
    if " or " in vr:
        vr = ds._open_vr(int(element.tag), vr, value)
    out = {"vr": vr}
    if element.is_empty:
        return out
    if vr == "SQ":
        out["Value"] = [to_model(item, threshold, handler) for item in value]
    elif isinstance(value, bytes):
        if handler is not None and len(value) > threshold:
            out["BulkDataURI"] = handler(element)
        else:
            big = ds._source is not None and ds._source.big
            value = _values.swap_words(vr, value) if big else value
            out["InlineBinary"] = base64.b64encode(value).decode("ascii")
    elif int(element.tag) == _CHARSET:
        out["Value"] = ["ISO_IR 192"]  # what the model's text is in
    else:
        out["Value"] = [_one(vr, v) for v in (value if isinstance(value, list) else [value])]
    return out


def _one(vr, value):
    if value is None or value == "":
        return None
    if vr == "PN":
        parts = zip(_GROUPS, str(value).split("="), strict=False)
        return {group: part for group, part in parts if part}
    if vr == "AT":
        return f"{int(value):08X}"
    if vr in _INTEGERS and not isinstance(value, float):
        return int(value) if isinstance(value, int) else str(value)
    if vr in _FLOATS or isinstance(value, float):
        try:
            number = float(value)
        except ValueError:  # text where a number must stand
            return str(value)
        if not math.isfinite(number):  # JSON has no such numbers
            return "NaN" if number != number else "inf" if number > 0 else "-inf"
        return number
    return str(value)


def from_model(kind, model, handler):
    """The data set of a DICOM JSON model.

    Parameters
    ----------
    kind : type
        The class of data sets.
    model : dict, str or bytes
        The model, or its JSON text.
    handler : callable or None
        Gets tag, VR and URI (or the last two, or the last) of bulk data, gives the value.
    """
    if isinstance(model, (str, bytes, bytearray)):
        try:
            model = json.loads(model)
        except (ValueError, RecursionError) as error:
            raise DamagedError(f"no JSON: {str(error)[:80]}") from None
    return _dataset(kind, model, _calls(handler), 0)


def _calls(handler):
    """The handler as a function of tag, VR and URI."""
    if handler is None:
        return None
    try:
        count = len(inspect.signature(handler).parameters)
    except (TypeError, ValueError):
        count = 1
    return lambda *found: handler(*found[-max(1, min(count, 3)) :])


def _dataset(kind, model, handler, depth):
    if depth > _limits.current().depth:
        raise LimitError(f"sequences are nested more than {_limits.current().depth} deep")
    if not isinstance(model, dict):
        raise DamagedError(f"a data set must be a JSON object, not {type(model).__name__}")
    if len(model) > _limits.current().elements:
        raise LimitError(f"more than {_limits.current().elements} elements; see `limits`")
    ds, meta = kind(), None
    for key, entry in model.items():
        try:
            tag = int(key, 16) if len(key) == 8 else -1
        except ValueError:
            tag = -1
        if tag < 0:
            raise DamagedError(f"{key!r:.40} is no tag of eight hexadecimal digits")
        element = _read(kind, Tag(tag), entry, handler, depth)
        if tag >> 16 == 2 and not depth:
            meta = kind() if meta is None else meta
            meta.add(element)
        else:
            ds.add(element)
    if meta is not None:
        ds.file_meta = meta
    return ds


def _read(kind, tag, entry, handler, depth):
    if not isinstance(entry, dict) or not isinstance(entry.get("vr"), str):
        raise DamagedError("an element must be a JSON object with a `vr`", tag=tag)
    vr = entry["vr"]
    if vr not in _values.KNOWN or " or " in vr:
        raise DamagedError(f"{vr!r:.20} is no value representation", tag=tag)
    if sum(name in entry for name in ("Value", "InlineBinary", "BulkDataURI")) > 1:
        raise DamagedError("more than one kind of value", tag=tag)
    if "InlineBinary" in entry or "BulkDataURI" in entry:
        value = _binary(tag, vr, entry, handler)
    else:
        value = entry.get("Value", [])
        if not isinstance(value, list):
            raise DamagedError("`Value` must be a JSON array", tag=tag)
        if vr == "SQ":
            items = [_dataset(kind, item or {}, handler, depth + 1) for item in value]
            return DataElement(tag, vr, Sequence(items))
        value = [_plain(tag, vr, v) for v in value]
        value = value if len(value) > 1 else value[0] if value else None
    try:
        return DataElement(tag, vr, value)
    except DicomError as error:
        if vr in ("DS", "IS") and isinstance(value, str):  # no number: kept, as from a file
            return DataElement._read(int(tag), vr, value, False)
        error.tag = tag
        raise


def _binary(tag, vr, entry, handler):
    if "InlineBinary" in entry:
        try:
            text = entry["InlineBinary"]
            text = text[0] if isinstance(text, list) and len(text) == 1 else text
            data = base64.b64decode(text, validate=True)
        except (TypeError, ValueError, binascii.Error):
            raise DamagedError("`InlineBinary` is no base64", tag=tag) from None
    else:
        uri = entry["BulkDataURI"]
        if not isinstance(uri, str):
            raise DamagedError("`BulkDataURI` must be a text", tag=tag)
        if handler is None:
            return None
        data = handler(tag, vr, uri)
    if isinstance(data, (bytes, bytearray)) and vr not in _values.BYTES:
        return _values.decode(vr, bytes(data), False, ("utf_8",))
    return data


def _plain(tag, vr, value):
    """A value of the model as one that a data element takes."""
    if value is None:
        return "" if vr in _values.TEXT | _values.ASCII else None
    if vr == "PN":
        if isinstance(value, str):
            return PersonName(value)
        if not isinstance(value, dict):
            raise DamagedError("a person's name must be a JSON object", tag=tag)
        parts = [value.get(group) or "" for group in _GROUPS]
        if not all(isinstance(part, str) for part in parts):
            raise DamagedError("the parts of a person's name must be texts", tag=tag)
        return PersonName("=".join(parts).rstrip("="))
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise DamagedError(f"a value of VR {vr} must be a number or text", tag=tag)
    try:
        if vr == "AT":
            return int(value, 16) if isinstance(value, str) else value
        if isinstance(value, str) and vr in ("FD", "FL"):
            return float(value)
        if isinstance(value, str) and vr in _values.NUMBERS:
            return int(value)
    except ValueError:
        raise DamagedError(f"{value!r:.40} is no number", tag=tag) from None
    if not isinstance(value, str) and vr not in _values.NUMBERS and vr not in ("DS", "IS"):
        return str(value)
    return value
