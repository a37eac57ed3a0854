"""Between an element's bytes and its Python value, by value representation (PS3.5 section 6.2)."""

import functools
import struct

import numpy as np

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _charset, _dates
from scikit.dicom._errors import ValueFitError
from scikit.dicom._types import IS, UID, DSdecimal, DSfloat, ISfloat, MultiValue, PersonName, Tag

#: Value representations that hold bytes, those that the dictionary leaves open included.
BYTES = frozenset(
    ("OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW", "US or SS", "US or OW", "US or SS or OW")
)
#: Words of these are in the byte order of the transfer syntax.
WORD_SIZE = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
#: Value representations of text in the data set's character set.
TEXT = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_ONE_TEXT = frozenset(("LT", "ST", "UT"))  # a backslash is an ordinary character
#: Value representations of text in the default character set.
ASCII = frozenset(("AE", "AS", "CS", "DA", "DT", "TM", "UI", "UR", "DS", "IS"))
NUMBERS = {"FD": "d", "FL": "f", "SL": "i", "SS": "h", "SV": "q", "UL": "I", "US": "H", "UV": "Q"}
#: All value representations of the standard.
KNOWN = BYTES | TEXT | ASCII | NUMBERS.keys() | {"AT", "SQ"}
#: Those whose explicit header has a 32-bit length (PS3.5 table 7.1-1).
LONG = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))


def swap_words(vr, data):
    """Bytes of a value with the bytes of each word in the other order."""
    size = WORD_SIZE.get(vr, 1)
    whole = len(data) // size * size
    if size == 1 or not whole:
        return data
    return np.frombuffer(data, f"u{size}", whole // size).byteswap().tobytes() + data[whole:]


def empty(vr):
    """The value of an element without bytes."""
    if vr in TEXT or (vr in ASCII and vr not in ("DS", "IS")):
        return PersonName("") if vr == "PN" else ""
    return None


def decode(vr, data, big, codecs):
    """The value of the bytes `data` (not a sequence's).

    Text that is no number where a number must stand, and bytes that are no whole number of
    numbers, come back as text.

    Parameters
    ----------
    vr : str
        Value representation.
    data : bytes
        The element's value field.
    big : bool
        Is the byte order big-endian?
    codecs : tuple of str
        See `_charset.encodings`.
    """
    if vr in BYTES:
        return data
    if not data:
        return empty(vr)
    if len(data) > _SHORT:
        return _decode(vr, data, big, codecs)
    value = _decode_short(vr, data, big, codecs)
    if not big and type(value) is not bytes and _means_one_thing(vr, data):
        _parse_cy.remember(vr, data, value)
    return MultiValue(value) if type(value) is MultiValue else value


def _decode(vr, data, big, codecs):
    try:
        if vr in NUMBERS:
            return _unwrap(
                struct.unpack(f"{'>' if big else '<'}{_count(vr, data)}{NUMBERS[vr]}", data)
            )
        if vr == "AT":
            return _tags(data, big)
        if vr in TEXT:
            return _text(vr, data, codecs)
        return _ascii(vr, data.decode("latin_1"))
    except ValueError:
        return data if vr in NUMBERS or vr == "AT" else _text("SH", data, codecs)


_SHORT_TEXT = (TEXT | ASCII) - {"UC", "UR", "UT", "LT", "ST"}


def _means_one_thing(vr, data):
    """Do bytes mean the same in any character set, whatever else the data set holds?"""
    if vr in ("UL", "US"):
        return True
    return vr in _SHORT_TEXT and data.isascii() and b"\x1b" not in data


# The files of a series say mostly the same: short values are converted once.
_SHORT = 64
_decode_short = functools.lru_cache(4096)(_decode)


def _count(vr, data):
    count, rest = divmod(len(data), struct.calcsize("=" + NUMBERS[vr]))
    if rest:
        raise ValueError("no whole number of values")
    return count


def _unwrap(values):
    return values[0] if len(values) == 1 else MultiValue(values)


def _tags(data, big):
    if len(data) < 4:
        raise ValueError("too short for a tag")
    halves = struct.unpack(
        f"{'>' if big else '<'}{len(data) // 4 * 2}H", data[: len(data) // 4 * 4]
    )
    return _unwrap(
        [
            Tag(group << 16 | element)
            for group, element in zip(halves[::2], halves[1::2], strict=True)
        ]
    )


def _text(vr, data, codecs):
    if vr in _ONE_TEXT:
        return _charset.decode(data, codecs).rstrip("\0 ")
    if vr == "PN":
        names = _charset.decode(data.rstrip(b"\0 "), codecs).split("\\")
        return _unwrap([PersonName(name.rstrip("=")) for name in names])
    return _unwrap([text.rstrip("\0 ") for text in _charset.decode(data, codecs).split("\\")])


def _ascii(vr, text):
    if vr == "AE":
        return _unwrap([part.strip(" \0") for part in text.split("\\")])
    if vr == "UR":
        return text.rstrip("\0 ")
    if vr == "DS":
        text = text.strip()
    parts = text.rstrip(" \0").split("\\")
    if vr == "DS":
        return _unwrap([DSfloat(part) if part.strip() else part for part in parts])
    if vr == "IS":
        return _unwrap([IS(part) if part.strip() else part for part in parts])
    return _unwrap([UID(part) for part in parts] if vr == "UI" else parts)


def normalise(vr, value):
    """A value that a user sets, as the type that reading would give; raises ValueError or
    TypeError."""
    if value is None or vr in BYTES:
        return _as_bytes(vr, value)
    if isinstance(value, str) and "\\" in value and vr not in _ONE_TEXT and vr != "UR":
        value = value.split("\\")
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        values = [_one(vr, v) for v in value]
        return values[0] if len(values) == 1 else MultiValue(values)
    return _one(vr, value)


def _as_bytes(vr, value):
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if " or " in vr and isinstance(value, (int, list, tuple)):
        return value
    if isinstance(value, str) and not value:
        return b""
    raise TypeError(f"an element of VR {vr} holds bytes, not {type(value).__name__}")


def _one(vr, value):
    if vr in NUMBERS:
        return _number(vr, value)
    if vr == "AT":
        return Tag(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return value if isinstance(value, str) else ""
    if vr == "DS":
        return value if isinstance(value, DSdecimal) else DSfloat(value)
    if vr == "IS":
        return IS(value)
    if isinstance(value, bytes):
        value = value.decode("latin_1")
    if hasattr(value, "strftime"):
        value = str(_dates.KINDS[vr](value)) if vr in _dates.KINDS else value
    if not isinstance(value, str):
        raise TypeError(f"an element of VR {vr} holds text, not {type(value).__name__}")
    return PersonName(value) if vr == "PN" else UID(value) if vr == "UI" else value


def _number(vr, value):
    if isinstance(value, str) or value is None:
        if value is None or not value.strip():
            return ""
        raise TypeError(f"an element of VR {vr} holds numbers, not text")
    code = NUMBERS[vr]
    if code in "df":
        return float(value)
    number = int(value)
    if number != value:
        raise ValueError(f"an element of VR {vr} holds whole numbers, not {value}")
    return number


def encode(vr, value, big, codecs):
    """The bytes of a value, padded to an even length.

    Raises
    ------
    ValueFitError
        If the value does not fit its value representation or character set.
    """
    if value is None or (isinstance(value, str) and not value):
        return b""
    values = value if isinstance(value, (list, tuple)) else [value]
    order = ">" if big else "<"
    try:
        if isinstance(value, bytes):
            data = value
        elif vr in NUMBERS:
            data = struct.pack(f"{order}{len(values)}{NUMBERS[vr]}", *values)
        elif vr == "AT":
            halves = [half for tag in values for half in (tag >> 16, tag & 0xFFFF)]
            data = struct.pack(f"{order}{len(halves)}H", *halves)
        elif vr == "PN":
            data = _charset.encode("\\".join(map(str, values)), codecs, "\\^=\r\n\t\f")
        elif vr in TEXT:
            data = _charset.encode("\\".join(map(str, values)), codecs)
        else:
            data = "\\".join(_number_text(v) for v in values).encode("latin_1")
    except (struct.error, TypeError, UnicodeEncodeError, OverflowError) as error:
        raise ValueFitError(
            f"{value!r:.60} does not fit the value representation {vr}: {error}"
        ) from None
    if len(data) % 2 and vr != "UN":
        data += b"\0" if vr == "UI" or vr in BYTES else b" "
    return data


def _number_text(value):
    if isinstance(value, float) and not isinstance(value, (DSfloat, ISfloat)):
        value = DSfloat(value)
    return str(value)
