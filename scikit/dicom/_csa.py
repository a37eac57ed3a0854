"""Siemens' private CSA headers: named lists of short texts.

Siemens' DICOM conformance statements describe the layout only in part; the rest follows NiBabel's
documentation of the format ("Siemens format DICOM with CSA header").
"""

import struct

_MOST_TAGS, _MOST_ITEMS = 128, 10_000
_CREATOR = "SIEMENS CSA HEADER"


def values(data, wanted):
    """Texts of named entries of a CSA header.

    Parameters
    ----------
    data : bytes
        Value of (0029,xx10) or (0029,xx20). Whatever it holds, the time is bounded by its length.
    wanted : set of str
        Names of entries.

    Returns
    -------
    dict
        name -> list of str; entries that are absent or empty are left out, and all that stand
        behind damage.
    """
    found = {}
    modern = data[:4] == b"SV10"
    pos = 8 if modern else 0
    if len(data) < pos + 8:
        return found
    (count,) = struct.unpack_from("<I", data, pos)
    pos += 8
    if not 1 <= count <= _MOST_TAGS:
        return found
    for _ in range(count):
        if len(data) < pos + 84:
            break
        name = data[pos : pos + 64].split(b"\0")[0].decode("latin_1")
        (items,) = struct.unpack_from("<I", data, pos + 76)
        pos += 84
        texts = []
        if items > _MOST_ITEMS:
            return found
        for _ in range(items):
            if len(data) < pos + 16:
                return found
            length = struct.unpack_from("<4I", data, pos)[1 if modern else 0]
            pos += 16
            if length > len(data) - pos:
                return found
            text = data[pos : pos + length].split(b"\0")[0].strip()
            if text:
                texts.append(text.decode("latin_1"))
            pos += (length + 3) // 4 * 4
        if name in wanted and texts:
            found[name] = texts
    return found


def numbers(data, wanted):
    """As `values`, but numbers; entries that hold something else are left out."""
    found = {}
    for name, texts in values(data, wanted).items():
        try:
            parts = [float(text) for text in texts]
        except ValueError:
            continue
        if all(abs(part) < 1e30 for part in parts):
            found[name] = parts
    return found


def image_header(ds):
    """The bytes of a data set's image CSA header, or b""."""
    for block in range(0x10, 0x20):
        creator = ds.get((0x0029, block))
        if creator is None or not isinstance(creator.value, str):
            continue
        if creator.value.strip() == _CREATOR:
            element = ds.get((0x0029, block << 8 | 0x10))
            if element is not None and isinstance(element.value, bytes):
                return element.value
    return b""
