"""Which slices form a volume, in which order, and where it lies."""

import dataclasses
import os
import warnings

import numpy as np

from scikit.dicom import _read, _slices
from scikit.dicom._errors import DicomError

#: Positions closer than this are the same, mm.
SAME = 1e-3
#: Distances between slices may differ by this share of the mean (and by 0.01 mm).
REGULAR = 0.01


@dataclasses.dataclass
class Stack:
    """Slices in order: all positions of the first time, then of the second, and so on."""

    slices: list
    times: int
    positions: np.ndarray  # along the normal, one per slice of a volume


def files_of(folder_or_files):
    """(list of paths, were they named one by one?)"""
    if isinstance(folder_or_files, (str, os.PathLike)):
        path = os.fspath(folder_or_files)
        if not os.path.isdir(path):
            os.stat(path)  # a missing one is an OSError that says so
            return [path], True
        found = []
        for folder, folders, names in os.walk(path):
            folders.sort()
            found += [os.path.join(folder, name) for name in sorted(names)]
        return found, False
    try:
        files = [os.fspath(path) for path in folder_or_files]
    except TypeError:
        raise TypeError("`folder_or_files` must be a path or a sequence of paths") from None
    return files, True


def collect(folder_or_files, series, strict, report):
    """The slices of the one series; what is skipped goes into the report."""
    paths, named = files_of(folder_or_files)
    collector, found, faults = _slices.Collector(), {}, []
    for path in paths:
        try:
            slices = collector.slices(path)
        except DicomError as error:
            if named or not str(error).startswith(("no pixel data", "not a DICOM file")):
                faults.append((_series_of(path), DicomError(f"{path}: {error}")))
            report.skipped.append((path, str(error)))
            continue
        found.setdefault(slices[0].kind.series, []).extend(slices)
    where = "the files" if named else os.fspath(folder_or_files)
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
    if faults and (strict or not found):
        raise faults[0][1]
    if not found:
        raise DicomError(f"no DICOM images in {where} ({len(paths)} files)")
    return next(iter(found.values()))


def _series_of(path):
    """The series of a file whose image cannot be read, or None."""
    try:
        return _read.dcmread(path, stop_before_pixels=True).get("SeriesInstanceUID") or None
    except DicomError:
        return None


def _names(found):
    parts = []
    for uid, slices in found.items():
        description = slices[0].kind.header.get("SeriesDescription") or "no description"
        parts.append(f"{uid or 'no UID'} ({description}, {len(slices)} images)")
    return "there are: " + "; ".join(parts) if parts else "there are none"


def complain(message, strict, report):
    """An error, or a note in the report and a warning."""
    if strict:
        raise DicomError(message)
    report.notes.append(message)
    warnings.warn(message, stacklevel=4)


def arrange(slices, strict, report):
    """A stack of the slices that share a grid."""
    groups = []
    for one in slices:
        for group in groups:
            if group[0].kind.same_grid(one.kind):
                group.append(one)
                break
        else:
            groups.append([one])
    if len(groups) > 1:
        groups.sort(key=len, reverse=True)
        sizes = ", ".join(f"{len(group)} of {group[0].kind.shape}" for group in groups[:5])
        complain(f"the series has slices of {len(groups)} different grids: {sizes}", strict, report)
    group = groups[0]
    kind = group[0].kind
    if kind.orientation is None or any(one.position is None for one in group):
        return _unplaced(group, strict, report)
    normal = np.cross(*kind.orientation)
    along = np.array([one.position for one in group]) @ normal
    order = sorted(
        range(len(group)), key=lambda k: (along[k], group[k].temporal or 0, group[k].instance)
    )
    shelves = []  # slices at the same place, in the order of time
    for k in order:
        if shelves and along[k] - along[shelves[-1][0]] < SAME:
            shelves[-1].append(k)
        else:
            shelves.append([k])
    for shelf in shelves:
        shelf.sort(key=lambda k: (group[k].temporal or 0, group[k].instance, group[k].path))
    counts = [len(shelf) for shelf in shelves]
    times = max(set(counts), key=counts.count)
    if min(counts) != max(counts):
        odd = ", ".join(
            f"{len(shelf)} at {along[shelf[0]]:.2f} mm" for shelf in shelves if len(shelf) != times
        )
        complain(
            f"missing or duplicate slices: most positions have {times}, but there are {odd[:300]}",
            strict, report,
        )  # fmt: skip
        shelves = [shelf[:times] for shelf in shelves if len(shelf) >= times]
    ordered = [group[shelf[t]] for t in range(times) for shelf in shelves]
    return Stack(ordered, times, np.array([along[shelf[0]] for shelf in shelves]))


def _unplaced(group, strict, report):
    """Slices without a place in the patient: in the order of their numbers."""
    if len(group) > 1:
        complain("slices without position or orientation cannot be sorted in space", strict, report)
    group = sorted(group, key=lambda one: (one.instance, one.path, one.frame))
    return Stack(group, 1, np.arange(len(group), dtype=float))


def geometry(stack, strict, report):
    """(affine, spacing) of a stack; irregular distances are complained about."""
    kind, count = stack.slices[0].kind, len(stack.positions)
    if kind.spacing is None:
        report.notes.append("without Pixel Spacing: voxels of 1 mm are assumed")
    rows, columns = kind.spacing or (1.0, 1.0)
    axes = kind.orientation if kind.orientation is not None else np.eye(3)[:2]
    normal = np.cross(*axes)
    first, last = (stack.slices[k].position for k in (0, count - 1))
    if first is None:
        first = last = (0.0, 0.0, 0.0)
    first, last = np.array(first), np.array(last)
    if count > 1 and np.any(first != last):
        step = (last - first) / (count - 1)
        _check_distances(stack, strict, report)
        _check_tilt(step, normal, report)
    else:
        step = normal * (kind.thickness or 1.0)
    affine = np.eye(4)
    affine[:3, 0] = step
    affine[:3, 1] = axes[1] * rows
    affine[:3, 2] = axes[0] * columns
    affine[:3, 3] = first
    return affine, (float(np.linalg.norm(step)), rows, columns)


def _check_distances(stack, strict, report):
    positions = stack.positions
    distances = np.diff(positions)
    usual = float(np.median(distances))
    tolerance = max(0.01, REGULAR * usual)
    off = np.flatnonzero(np.abs(distances - usual) > tolerance)
    if not off.size:
        return
    for k in off:
        gap = round(distances[k] / usual)
        if gap > 1 and abs(distances[k] - gap * usual) <= gap * tolerance:
            report.missing += [float(positions[k] + m * usual) for m in range(1, gap)]
    if report.missing:
        places = ", ".join(f"{place:.2f}" for place in report.missing[:10])
        complain(
            f"{len(report.missing)} slice(s) missing, at {places} mm along the normal",
            strict,
            report,
        )
    else:
        complain(
            f"irregular distances of slices: {distances.min():.4g} to {distances.max():.4g} mm",
            strict, report,
        )  # fmt: skip


def _check_tilt(step, normal, report):
    cosine = abs(step @ normal) / np.linalg.norm(step)
    report.tilt = float(np.degrees(np.arccos(min(1.0, cosine))))
    if report.tilt > 0.1:
        message = (
            f"the stack is sheared by {report.tilt:.2f} degrees (gantry tilt); so is the affine"
        )
        report.notes.append(message)
        warnings.warn(message, stacklevel=4)
