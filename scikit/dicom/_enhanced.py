"""Enhanced multi-frame images: the functional groups of each frame (PS3.3 section C.7.6.16)."""

from scikit.dicom._errors import DicomError
from scikit.dicom._slices import Slice, _numbers, _pair, _positive, orientation


def _first(item, sequence):
    """The only item of a functional group, or None."""
    group = item.get(sequence) if item is not None else None
    return group[0] if group else None


def frames(ds, kind, path, start):
    """The slices of an enhanced multi-frame image.

    Raises
    ------
    DicomError
        If the functional groups do not match the frames, or the frames do not share a grid.
    """
    layout = kind.layout
    shared = _first(ds, "SharedFunctionalGroupsSequence")
    groups = ds.get("PerFrameFunctionalGroupsSequence")
    if len(groups) != layout.frames:
        raise DicomError(f"{layout.frames} frames, but functional groups of {len(groups)}")
    size = layout.bits_per_frame // 8
    slices, kinds = [], {}
    for k, own in enumerate(groups):

        def value(sequence, keyword, own=own):
            for item in (own, shared):
                group = _first(item, sequence)
                if group is not None and group.get(keyword) not in (None, ""):
                    return group.get(keyword)
            return None

        measures = (
            value("PlaneOrientationSequence", "ImageOrientationPatient"),
            value("PixelMeasuresSequence", "PixelSpacing"),
            value("PixelMeasuresSequence", "SpacingBetweenSlices")
            or value("PixelMeasuresSequence", "SliceThickness"),
        )
        key = repr(measures)
        if key not in kinds:
            kinds[key] = one_kind = type(kind)(ds, layout)
            one_kind.orientation = orientation(measures[0])
            one_kind.spacing, one_kind.thickness = _pair(measures[1]), _positive(measures[2])
        one = Slice(kinds[key], path, start + k * size, k)
        one.position = _numbers(value("PlanePositionSequence", "ImagePositionPatient"), 3)
        one.instance = k + 1
        temporal = value("FrameContentSequence", "TemporalPositionIndex")
        one.temporal = float(temporal) if isinstance(temporal, int) else None
        one.slope = float(_or(value("PixelValueTransformationSequence", "RescaleSlope"), 1))
        one.intercept = float(_or(value("PixelValueTransformationSequence", "RescaleIntercept"), 0))
        slices.append(one)
    return slices


def _or(value, default):
    return value if isinstance(value, (int, float)) else default
