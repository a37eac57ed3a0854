"""Which slices form a volume, in which order, and where it lies."""

import os

import numpy as np

from scikit.dicom import _files, _heads, _order, _slices
from scikit.dicom._errors import DicomError

#: Positions closer than this are the same, mm; where all gaps are either ten times larger than
#: FUZZY or smaller, positions closer than that.
SAME, FUZZY = 1e-3, 0.05
#: Distances between slices may differ by this share of the usual one (and by 0.01 mm).
REGULAR = 0.01
#: Slices may be shifted sideways by this share of a pixel (and by 0.02 mm).
ASIDE = 0.1
_NO_IMAGE = ("no pixel data", "not a DICOM file")


class Stack:
    """Slices in order.

    Attributes
    ----------
    table : Slices
        Of all slices that belong together.
    index : (times, places) ndarray
        Which slice stands where.
    along : (places,) ndarray
        Positions along the normal, mm.
    fourth : Fourth
        Of the fourth axis.
    placed : bool
        Are there positions?
    """

    def __init__(self, table, along, fourth, placed):
        self.table, self.along, self.fourth, self.placed = table, along, fourth, placed
        self.index = fourth.index

    @property
    def kind(self):
        """Of the first slice."""
        return self.table.kinds[self.table.kind[self.index[0, 0]]]


def survey(source, workers=None, progress=False):
    """What the files of a source hold.

    Returns
    -------
    found : dict
        Series UID -> Slices.
    problems : list of (file, str or Exception)
        Files without an image that can be read, and why; a str where they are no DICOM files.
    named : bool
        Were the files named one by one?
    count : int
        Of all files.
    """
    files, named = _files.find(source)
    rows = _heads.read(files, _slices._PICKED, workers, progress, True, "reading headers")
    collector, problems = _slices.Collector(), []
    for file, row in zip(files, rows, strict=True):
        why = _heads.problem(row, file)
        if why is None:
            try:
                collector.add(file, row)
            except (DicomError, OSError) as error:
                why = error
            else:
                continue
        problems.append((file, why))
    return collector.series(), problems, named, len(files)


def collect(source, series, critic, workers, progress):
    """The slices of the one series; what is skipped goes into the report."""
    found, problems, named, count = survey(source, workers, progress)
    faults = []
    for file, why in problems:
        critic.report.skipped.append((str(file), str(why)))
        if named or not (isinstance(why, str) or str(why).startswith(_NO_IMAGE)):
            error = why if isinstance(why, OSError) else DicomError(f"{file}: {why}")
            faults.append((_series_of(file), error))
    where = "the files" if named else os.fsdecode(source)
    if series is not None:
        # A file that cannot be read may be of the series, unless it still says that it is not.
        faults = [fault for fault in faults if fault[0] in (series, None)]
        if series not in found and not faults:
            raise DicomError(f"no images of series {series} in {where}; {_names(found)}")
        found = {series: found[series]} if series in found else {}
    if len(found) > 1:
        raise DicomError(
            f"{len(found)} series in {where}, choose one with `series`; {_names(found)}"
        )
    if faults and (critic.strict or not found):
        raise faults[0][1]
    for _, error in faults:
        critic.warn(str(error))
    if not found:
        raise DicomError(f"no DICOM images in {where} ({count} files)")
    return next(iter(found.values()))


def _series_of(file):
    """The series of a file whose image cannot be read, or None."""
    try:
        return _heads.dataset(file).get("SeriesInstanceUID") or None
    except (DicomError, OSError):
        return None


def _names(found):
    parts = []
    for uid, table in list(found.items())[:20]:
        description = table.kinds[0].header.get("SeriesDescription") or "no description"
        parts.append(f"{uid or 'no UID'} ({description}, {len(table)} images)")
    if len(found) > 20:
        parts.append(f"{len(found) - 20} more")
    return "there are: " + "; ".join(parts) if parts else "there are none"


def arrange(table, critic):
    """A stack of the slices that share a grid."""
    table = _one_grid(table, critic)
    kinds = [table.kinds[k] for k in np.unique(table.kind)]
    _same_meaning(table, kinds, critic)
    axes = kinds[0].orientation
    if axes is None or np.isnan(table.position).any():
        return _unplaced(table, critic)
    along = table.position @ np.cross(*axes)
    order = np.argsort(along, kind="stable")
    gaps = np.diff(along[order])
    shelf = np.empty(len(table), int)
    shelf[order] = np.concatenate([[0], np.cumsum(gaps > _tolerance(gaps))])
    table, along, shelf = _even(table, along, shelf, critic)
    count = len(table) // (shelf.max() + 1)
    fourth = _order.Fourth(table, shelf, count)
    for note in fourth.notes:
        critic.complain(note)
    return Stack(table, along[fourth.index[0]], fourth, True)


def _one_grid(table, critic):
    """The slices of the largest group that shares a grid."""
    present = np.unique(table.kind)
    groups = []
    for k in present:
        for group in groups:
            if table.kinds[group[0]].same_grid(table.kinds[k]):
                group.append(k)
                break
        else:
            groups.append([k])
    if len(groups) == 1:
        return table
    masks = [np.isin(table.kind, group) for group in groups]
    both = sorted(zip(masks, groups, strict=True), key=lambda pair: -int(pair[0].sum()))
    kept = both[0][0]
    sizes = "; ".join(f"{m.sum()} of {table.kinds[g[0]].describe()}" for m, g in both[:5])
    critic.complain(f"the series has slices of {len(groups)} different grids: {sizes}")
    for k in np.unique(table.file[~kept]):
        critic.report.skipped.append((str(table.files[k]), "slices of another grid"))
    return table.take(kept)


def _same_meaning(table, kinds, critic):
    """Complain about values that mean different things."""
    photometric = {kind.layout.photometric for kind in kinds}
    if len(photometric) > 1:
        critic.complain(f"the slices mix {' and '.join(sorted(photometric))}")
    stored = {(kind.layout.stored, kind.layout.signed) for kind in kinds}
    if len(stored) > 1:
        words = (f"{bits} bits {'signed' if s else 'unsigned'}" for bits, s in sorted(stored))
        critic.note(f"the slices mix {' and '.join(words)}")
    frames = {kind.frame_of_reference for kind in kinds}
    if len(frames) > 1:
        critic.note(f"the slices name {len(frames)} frames of reference; taken as one")
    if any(kind.localizer for kind in kinds) and len(table) > 1:
        critic.note("the slices are localizers")


def _tolerance(gaps):
    """Smaller gaps are none."""
    real = gaps[gaps > FUZZY]
    small = gaps[gaps <= FUZZY]
    if real.size and small.size and small.max() > SAME and real.min() >= 10 * small.max():
        return FUZZY
    return SAME


def _even(table, along, shelf, critic):
    """Drop slices until there are as many at each place."""
    counts = np.bincount(shelf)
    if counts.min() == counts.max():
        return table, along, shelf
    usual = int(np.bincount(counts).argmax())
    odd = np.flatnonzero(counts != usual)
    places = ", ".join(
        f"{counts[k]} at {along[np.argmax(shelf == k)]:.2f} mm" for k in odd[:12]
    ) + (", ..." if len(odd) > 12 else "")
    same = _duplicates(table, critic.report)
    hint = f"; {_same_text(critic.report)}" if len(same) else ""
    critic.complain(
        f"missing or duplicate slices: most positions have {usual}, but there are {places}{hint}"
    )
    keep = np.ones(len(table), bool)
    keep[same] = False
    table, along, shelf = table.take(keep), along[keep], shelf[keep]
    counts = np.bincount(shelf)
    if counts.min() != counts.max():
        keep = _whole_volumes(table, shelf, counts)
        if keep is None:
            keep = _firsts(table, shelf, int(np.bincount(counts).argmax()))
        table, along, shelf = table.take(keep), along[keep], shelf[keep]
    return table, along, np.unique(shelf, return_inverse=True)[1].reshape(-1)


def _duplicates(table, report):
    """Slices whose instance was there before."""
    seen, same = {}, []
    for k, (uid, frame, tile) in enumerate(zip(table.uid, table.frame, table.tile, strict=True)):
        key = (uid, frame, tile)
        if not isinstance(uid, bytes) or not uid:
            continue
        if key in seen:
            same.append(k)
            pair = str(table.files[table.file[seen[key]]]), str(table.files[table.file[k]])
            if pair not in report.duplicates:
                report.duplicates.append(pair)
        else:
            seen[key] = k
    return same


def _same_text(report):
    a, b = report.duplicates[0]
    more = f" and {len(report.duplicates) - 1} more" if len(report.duplicates) > 1 else ""
    return f"{os.path.basename(a)} and {os.path.basename(b)} are the same instance{more}"


def _whole_volumes(table, shelf, counts):
    """Mask of the slices of the volumes that have all places, told by their temporal position or
    acquisition number; None if these do not tell."""
    for name in ("temporal", "acquisition"):
        values = table.labels.get(name)
        if values is None or np.isnan(values).any():
            continue
        pairs = np.unique(np.column_stack([values, shelf]), axis=0)
        numbers, places = np.unique(pairs[:, 0], return_counts=True)
        whole = numbers[places == len(counts)]
        if len(pairs) == len(table) and len(whole):
            return np.isin(values, whole)
    return None


def _firsts(table, shelf, usual):
    """Mask of the first `usual` slices of each place that has as many."""
    instance = table.labels.get("instance", np.zeros(len(table)))
    order = np.lexsort((table.frame, table.file, np.nan_to_num(instance), shelf))
    counts = np.bincount(shelf)
    rank = np.arange(len(table)) - np.repeat(np.cumsum(counts) - counts, counts)
    keep = np.zeros(len(table), bool)
    keep[order] = (rank < usual) & (counts[shelf[order]] >= usual)
    return keep


def _unplaced(table, critic):
    """Slices without a place in the patient: in the order of their numbers."""
    if len(table) > 1:
        critic.complain("slices without position or orientation cannot be sorted in space")
    instance = np.nan_to_num(table.labels.get("instance", np.zeros(len(table))))
    order = np.lexsort((table.frame, table.file, instance))
    table = table.take(order)
    fourth = _order.Fourth(table, np.arange(len(table)), 1)
    return Stack(table, np.arange(len(table), dtype=float), fourth, False)


def geometry(stack, critic):
    """(affine, spacing) of a stack; irregular distances are complained about."""
    kind, table, report = stack.kind, stack.table, critic.report
    if kind.spacing is None:
        critic.note("without Pixel Spacing: pixels of 1 mm are assumed")
    elif kind.at_detector:
        critic.note("without Pixel Spacing: that at the detector is taken (Imager Pixel Spacing)")
    rows, columns = kind.spacing or (1.0, 1.0)
    axes = kind.orientation if kind.orientation is not None else np.eye(3)[:2]
    normal = np.cross(*axes)
    places = table.position[stack.index[0]] if stack.placed else np.zeros((1, 3))
    if len(places) > 1:
        step = (places[-1] - places[0]) / (len(places) - 1)
        _check_distances(stack.along, critic)
        _check_sides(stack, places, min(rows, columns), critic)
        _check_tilt(step, normal, critic)
        report.geometry = "Image Position and Image Orientation (Patient)"
    else:
        if kind.thickness is None:
            critic.note("without a distance between slices: 1 mm is assumed")
        step = normal * (kind.thickness or 1.0)
        report.geometry = (
            "one slice's position; its thickness is taken from the header"
            if stack.placed
            else "spacing only: nothing tells where the slices lie"
        )
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = axes[1] * rows
    affine[:3, 2] = axes[0] * columns
    affine[:3, 3] = places[0]
    return affine, (float(np.linalg.norm(step)), float(rows), float(columns))


def _check_distances(along, critic):
    distances = np.diff(along)
    usual = float(np.median(distances))
    tolerance = max(0.01, REGULAR * usual)
    off = np.flatnonzero(np.abs(distances - usual) > tolerance)
    if not off.size:
        return
    missing = critic.report.missing
    for k in off:
        gap = round(distances[k] / usual)
        if gap > 1 and abs(distances[k] - gap * usual) <= gap * tolerance:
            missing += [float(along[k] + m * usual) for m in range(1, min(gap, 1000))]
    if missing:
        places = ", ".join(f"{place:.2f}" for place in missing[:10])
        more = ", ..." if len(missing) > 10 else ""
        critic.complain(f"{len(missing)} slice(s) missing, at {places}{more} mm along the normal")
    else:
        critic.complain(
            f"irregular distances of slices: {distances.min():.4g} to {distances.max():.4g} mm"
        )


def _check_sides(stack, places, pixel, critic):
    """Do the slices lie on a line, and those of later times where the first ones do?"""
    tolerance = max(0.02, ASIDE * pixel)
    share = (stack.along - stack.along[0]) / (stack.along[-1] - stack.along[0])
    off = places - (places[0] + share[:, None] * (places[-1] - places[0]))
    aside = float(np.linalg.norm(off, axis=1).max())
    if aside > tolerance:
        critic.complain(f"slices are shifted sideways by up to {aside:.3g} mm")
    if len(stack.index) > 1:
        all_places = stack.table.position[stack.index]
        moved = float(np.linalg.norm(all_places - places, axis=-1).max())
        if moved > tolerance:
            critic.complain(f"the slices' positions change with time by up to {moved:.3g} mm")


def _check_tilt(step, normal, critic):
    cosine = abs(step @ normal) / np.linalg.norm(step)
    critic.report.tilt = tilt = float(np.degrees(np.arccos(min(1.0, cosine))))
    if tilt > 0.1:
        critic.warn(f"the stack is sheared by {tilt:.2f} degrees (gantry tilt); so is the affine")
