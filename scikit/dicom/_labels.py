"""What may tell slices at the same place in the patient apart: time, echo, diffusion weighting ..."""

import struct
import zlib

import numpy as np

from scikit.dicom import _kind

# name -> places to look, in turn: (tag, VR, creator of the private block or None)
_SOURCES = {
    "instance": ((0x00200013, "DS", None),),
    "temporal": ((0x00200100, "DS", None), (0x00209128, "UL", None)),
    "acquisition": ((0x00200012, "DS", None),),
    "echo": ((0x00180081, "DS", None),),
    "inversion": ((0x00180082, "DS", None),),
    "flip": ((0x00181314, "DS", None),),
    "trigger": ((0x00181060, "DS", None),),
    "bvalue": (
        (0x00189087, "FD", None),
        (0x0019100C, "DS", b"SIEMENS MR HEADER"),
        (0x20011003, "FL", b"Philips Imaging DD 001"),
        (0x00431039, "DS", b"GEMS_PARM_01"),
    ),
    "gradient": ((0x00189089, "FD", None), (0x0019100E, "FD", b"SIEMENS MR HEADER")),
    "offset": ((0x0020930D, "FD", None),),
    "component": ((0x0043102F, "SS", b"GEMS_PARM_01"),),
}
_DATE, _TIME, _DATE_TIME = 0x00080022, 0x00080032, 0x0008002A
_CREATORS = {0x0019: 0x00190010, 0x2001: 0x20010010, 0x0043: 0x00430010}
#: Elements that are looked at.
TAGS = frozenset(
    [tag for sources in _SOURCES.values() for tag, _, _ in sources]
    + [_DATE, _TIME, _DATE_TIME, *_CREATORS.values()]
)
_FORMATS = {"FD": "d", "FL": "f", "SS": "h", "US": "H", "UL": "I"}
_GE_OFFSET = 1e9  # added to b-values by some of GE's scanners


def classic(parts, at, big, kind):
    """Labels of single-frame files.

    Parameters
    ----------
    parts : list of tuple of bytes
        Picked elements of each file.
    at : dict
        tag -> place in these.
    big : bool
        Is the byte order big-endian?
    kind : Kind
        Of the files.

    Returns
    -------
    dict of str to ndarray
        Numbers, NaN where unknown: ``instance temporal acquisition flip``; ``echo inversion
        trigger`` in ms; ``time offset`` in s; ``bvalue`` in s/mm^2; ``gradient`` (n, 3) LPS;
        ``component`` (see `Kind`); ``type``, a number that stands for the image type. Those that
        nobody knows are left out.
    """
    labels = {}
    for name, sources in _SOURCES.items():
        for tag, vr, creator in sources:
            column = [p[at[tag]] for p in parts]
            if not any(column):
                continue
            if creator is not None:
                home = at[_CREATORS[tag >> 16]]
                if any(p[home] is None or p[home].strip(b" \0") != creator for p in parts):
                    continue
            values = _numbers(column, vr, big, 3 if name == "gradient" else 1)
            if not np.isnan(values).all():
                labels[name] = values
                break
    if "bvalue" in labels:
        values = labels["bvalue"]
        labels["bvalue"] = np.where(values >= _GE_OFFSET, values % _GE_OFFSET, values)
    when = [_when(p[at[_DATE_TIME]], p[at[_DATE]], p[at[_TIME]]) for p in parts]
    if not np.isnan(when).all():
        labels["time"] = np.array(when)
    if kind.component is not None or "component" not in labels:
        whole = np.nan if kind.component is None else float(kind.component)
        labels["component"] = np.full(len(parts), whole)
    labels["type"] = np.full(len(parts), type_number(kind.types))
    return labels


def type_number(types):
    """A number that stands for an image type."""
    return float(zlib.crc32("\\".join(types).encode()))


def _numbers(column, vr, big, count):
    memo = {None: (np.nan,) * count}
    out = []
    for data in column:
        key = data if type(data) is bytes else None
        if key not in memo:
            memo[key] = _number(data, vr, big, count) or memo[None]
        out.append(memo[key])
    values = np.array(out, float)
    return values if count > 1 else values[:, 0]


def _number(data, vr, big, count):
    if vr in _FORMATS:
        try:
            return struct.unpack_from(f"{'>' if big else '<'}{count}{_FORMATS[vr]}", data)
        except struct.error:
            return None
    first = data.split(b"\\")[0] if count == 1 else data
    return _kind.decimals(first, count) if first.strip(b" \0") else None


def _when(date_time, date, time):
    if type(date_time) is bytes and date_time:
        value = _kind.seconds(date_time.decode("latin_1"))
        if not np.isnan(value):
            return value
    if type(time) is not bytes or not time:
        return np.nan
    text = time.decode("latin_1")
    if type(date) is bytes and len(date.strip(b" \0.")) == 8:
        text = date.strip(b" \0.").decode("latin_1") + text
    return _kind.seconds(text)
