"""Enhanced multi-frame images: the functional groups of each frame (PS3.3 section C.7.6.16)."""

import numpy as np

import scikit.dicom._groups_cy as _groups_cy
from scikit.dicom import _kind, _labels, _read
from scikit.dicom._dataset import Dataset
from scikit.dicom._errors import DicomError
from scikit.dicom._slices import Slices

_SHARED, _PER_FRAME = 0x52009229, 0x52009230
_MOST_FRAMES = 10_000_000
# name -> the tags that lead to an element from a frame's item, its VR (None: text) and its number
# of values. All of one sequence are neighbours, so that it is looked into once.
_PLACES = {
    "position": ((0x00209113, 0x00200032), b"DS", 3),
    "orientation": ((0x00209116, 0x00200037), b"DS", 6),
    "spacing": ((0x00289110, 0x00280030), b"DS", 2),
    "between": ((0x00289110, 0x00180088), b"DS", 1),
    "thickness": ((0x00289110, 0x00180050), b"DS", 1),
    "temporal": ((0x00209111, 0x00209128), b"UL", 1),
    "acquisition": ((0x00209111, 0x00209156), b"US", 1),
    "acquired": ((0x00209111, 0x00189074), None, 1),
    "reference": ((0x00209111, 0x00189151), None, 1),
    "stack": ((0x00209111, 0x00209056), None, 1),
    "offset": ((0x00209310, 0x0020930D), b"FD", 1),
    "echo": ((0x00189114, 0x00189082), b"FD", 1),
    "inversion": ((0x00189115, 0x00189079), b"FD", 1),
    "flip": ((0x00189112, 0x00181314), b"DS", 1),
    "repetition": ((0x00189112, 0x00180080), b"DS", 1),
    "bvalue": ((0x00189117, 0x00189087), b"FD", 1),
    "gradient": ((0x00189117, 0x00189076, 0x00189089), b"FD", 3),
    "trigger": ((0x00189118, 0x00209153), b"FD", 1),
    "segment": ((0x0062000A, 0x0062000B), b"US", 1),
    "slope": ((0x00289145, 0x00281053), b"DS", 1),
    "intercept": ((0x00289145, 0x00281052), b"DS", 1),
    "type": ((0x00189226, 0x00080008), None, 1),
    "complex": ((0x00189226, 0x00089208), None, 1),
    "type_ct": ((0x00189329, 0x00080008), None, 1),
}
_LABELS = (
    "temporal", "acquisition", "echo", "inversion", "flip", "bvalue", "gradient", "trigger",
    "segment",
)  # fmt: skip


def frame_positions(src):
    """Where the frames of a multi-frame image lie in the patient.

    Parameters
    ----------
    src : Dataset, str, path, bytes-like or binary file
        An enhanced multi-frame image, or what `dcmread` takes.

    Returns
    -------
    (frames, 3) float64 ndarray
        Image Position (Patient) of each frame, mm, LPS: the centre of its first voxel. NaN where
        a frame has none.

    Raises
    ------
    DicomError
        If the data set has no functional groups, or they are damaged.
    OSError
        If a file cannot be read.

    Notes
    -----
    One pass over the bytes of the functional groups in C; pixels are not touched. Thread-safe.

    Examples
    --------
    >>> from scikit.dicom import Dataset, frame_positions
    >>> frames = []
    >>> for z in (0, 2.5):
    ...     plane, item = Dataset(), Dataset()
    ...     plane.ImagePositionPatient = [-10, -20, z]
    ...     item.PlanePositionSequence = [plane]
    ...     frames.append(item)
    >>> ds = Dataset()
    >>> ds.PerFrameFunctionalGroupsSequence = frames
    >>> frame_positions(ds)
    array([[-10. , -20. ,   0. ],
           [-10. , -20. ,   2.5]])
    """
    ds = src if isinstance(src, Dataset) else _read.dcmread(src, stop_before_pixels=True)
    if _PER_FRAME not in ds:
        raise DicomError("the data set has no functional groups of frames")
    return _columns(ds, ("position",))["position"]


def _columns(ds, names):
    """Name -> values of every frame, from its own functional groups or the shared ones."""
    own, count = _sequence(ds, _PER_FRAME, names)
    shared, items = _sequence(ds, _SHARED, names) if _SHARED in ds else (None, 0)
    out = {}
    for name in names:
        values = own[name]
        if items:
            common = shared[name][0]
            if values.dtype == object:
                values[[value is None for value in values]] = common
            else:
                absent = np.isnan(values).any(axis=1)
                values[absent] = common
        wide = _PLACES[name][2] > 1 or values.dtype == object
        out[name] = values if wide else values.reshape(count)
    return out


def _sequence(ds, tag, names):
    """(name -> values, number of items) of one of the two sequences."""
    entry = ds._elements()[tag]
    if type(entry) is not tuple:
        return _slowly(ds[tag].value or [], names)
    _, _, start, length = entry
    source = ds._source
    paths = tuple(_PLACES[name][0] for name in names)
    starts, lengths, fault, pos = _groups_cy.groups(
        source.view, start, start + length, source.options(ds._implicit, detect=False), 0, paths,
        _MOST_FRAMES,
    )  # fmt: skip
    if fault:
        raise DicomError("the functional groups are damaged", pos)
    out = {}
    for k, name in enumerate(names):
        _, vr, values = _PLACES[name]
        places = starts[:, k], lengths[:, k]
        if vr is not None:
            out[name] = _groups_cy.numbers(source.view, *places, vr, values, source.big)
            continue
        texts = np.empty(len(starts), object)
        for i, (at, n) in enumerate(zip(*places, strict=True)):
            texts[i] = source.bytes(at, n).decode("latin_1").strip(" \0") if at >= 0 else None
        out[name] = texts
    return out, len(starts)


def _slowly(items, names):
    """The same of a sequence that is no longer bytes."""
    out = {}
    for name in names:
        path, vr, count = _PLACES[name]
        column = []
        for item in items:
            for tag in path[:-1]:
                group = item[tag].value if item is not None and tag in item else None
                item = group[0] if group else None
            value = item[path[-1]].value if item is not None and path[-1] in item else None
            if vr is None:
                parts = value if isinstance(value, list) else [value]
                column.append(None if value is None else "\\".join(map(str, parts)))
                continue
            value = value[:count] if isinstance(value, list) else [value]
            column.append(_kind.numbers(value, count) or (np.nan,) * count)
        if vr is None:
            texts = np.empty(len(column), object)
            texts[:] = column
            out[name] = texts
        else:
            out[name] = np.array(column, float).reshape(len(column), count)
    return out, len(items)


def frames(ds, kind, file, start):
    """The slices of an enhanced multi-frame image.

    Parameters
    ----------
    ds : Dataset
        Its header.
    kind : Kind
        Of the image; the frames' own kinds are made from it.
    file : str or Member
        Where it is.
    start : int
        Of the pixels; -1 if they are not read directly.

    Raises
    ------
    DicomError
        If the functional groups are damaged or do not match the frames.
    """
    found = _columns(ds, tuple(_PLACES))
    layout, count = kind.layout, len(found["position"])
    if count != layout.frames:
        raise DicomError(f"{layout.frames} frames, but functional groups of {count}")
    kinds, which = _kinds(kind, found)
    number = np.arange(count)
    labels = {"instance": _kind.frame_numbers(ds, count)}
    for name in _LABELS:
        if not np.isnan(found[name]).all():
            labels[name] = found[name]
    if not np.isnan(found["offset"]).all():
        labels["offset"] = found["offset"]
        labels.setdefault("temporal", found["offset"])
    for name in ("acquired", "reference"):
        when = np.array([np.nan if t is None else _kind.seconds(t) for t in found[name]])
        if "time" not in labels and not np.isnan(when).all():
            labels["time"] = when
    component = [kinds[k].component for k in which]
    labels["component"] = np.array([np.nan if c is None else c for c in component], float)
    labels["type"] = np.array([_labels.type_number(kinds[k].types) for k in which])
    repetition = found["repetition"][0] if count else np.nan
    if repetition > 0 and "RepetitionTime" not in kind.header:
        kind.header.RepetitionTime = float(repetition)
    return Slices(
        kinds, [file], labels,
        kind=which, file=np.zeros(count, int), frame=number, position=found["position"],
        start=start + number * (layout.bits_per_frame // 8) if start >= 0 else None,
        slope=np.where(np.isnan(found["slope"]), 1.0, found["slope"]),
        intercept=np.nan_to_num(found["intercept"]),
    )  # fmt: skip


def _kinds(kind, found):
    """(kinds of the frames, which of them each frame has)."""
    kinds, which, seen = [], [], {}
    places = (*found["orientation"].T, *found["spacing"].T, found["between"], found["thickness"])
    numbers = np.column_stack(places)
    rows = zip(
        map(tuple, np.where(np.isnan(numbers), 1e30, numbers).tolist()),
        found["type"],
        found["type_ct"],
        found["complex"],
        strict=True,
    )
    for row in rows:
        if row not in seen:
            seen[row] = len(kinds)
            (*measures, between, thickness), types, types_ct, part = row
            one = kind.copy()
            direction = _kind.orientation([m for m in measures[:6] if m < 1e30])
            one.orientation = direction if direction is not None else kind.orientation
            own = _kind.pair([m for m in measures[6:] if m < 1e30])
            if own is not None:
                one.spacing, one.at_detector = own, False
            known = [_kind.positive(m) for m in (between, thickness) if m < 1e30]
            one.thickness = next((m for m in known if m), kind.thickness)
            types = types or types_ct
            one.types = tuple(types.split("\\")) if types else kind.types
            one.component = _kind.component(one.types, part)
            kinds.append(one)
        which.append(seen[row])
    return kinds, np.array(which, int)
