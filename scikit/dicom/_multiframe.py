"""Multi-frame images without functional groups: dose grids, nuclear medicine, and plain stacks."""

import numpy as np

from scikit.dicom import _kind
from scikit.dicom._slices import Slices


def frames(ds, kind, file, start):
    """The slices of a multi-frame image.

    Parameters
    ----------
    ds : Dataset
        Its header.
    kind : Kind
        Of its frames.
    file : str or Member
        Where it is.
    start : int
        Of the pixels; -1 if they are not read directly.
    """
    count, size = kind.layout.frames, kind.layout.bits_per_frame // 8
    position = np.full((count, 3), np.nan)
    first = _kind.numbers(ds.get("ImagePositionPatient"), 3)
    if first is None:
        first = _detector(ds, kind)
    if first is not None and kind.orientation is not None:
        offsets = _offsets(ds, kind, count)
        if offsets is not None:
            normal = np.cross(*kind.orientation)
            position = np.array(first) + offsets[:, None] * normal
    number = np.arange(count)
    labels = {"instance": _kind.frame_numbers(ds, count)}
    slope, intercept = ds.get("RescaleSlope"), ds.get("RescaleIntercept")
    return Slices(
        [kind], [file], labels,
        kind=np.zeros(count, int), file=np.zeros(count, int), frame=number,
        start=start + number * size if start >= 0 else np.full(count, -1), position=position,
        slope=np.full(count, float(slope) if isinstance(slope, (int, float)) else 1.0),
        intercept=np.full(count, float(intercept) if isinstance(intercept, (int, float)) else 0.0),
    )  # fmt: skip


def _detector(ds, kind):
    """First position of a nuclear medicine tomogram (PS3.3 section C.8.4.11); sets the
    orientation."""
    detectors = ds.get("DetectorInformationSequence")
    if not detectors or "TOMO" not in "\\".join(kind.types):
        return None
    if kind.orientation is None:
        kind.orientation = _kind.orientation(detectors[0].get("ImageOrientationPatient"))
    return _kind.numbers(detectors[0].get("ImagePositionPatient"), 3)


def _offsets(ds, kind, count):
    """Distances of the frames from the first one along the normal, mm, or None."""
    grid = _kind.numbers(ds.get("GridFrameOffsetVector"), count)
    if grid is not None:  # dose grids (PS3.3 section C.8.8.3.2)
        return np.array(grid) - grid[0]
    if "DetectorInformationSequence" in ds:
        step = ds.get("SpacingBetweenSlices")
        if not isinstance(step, (int, float)) or not step:
            step = kind.thickness
        if step:
            return np.arange(count) * float(step)
    return None
