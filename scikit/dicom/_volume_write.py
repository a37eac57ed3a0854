"""Arrays as DICOM series."""

import hashlib
import os
import shutil
import tempfile
import uuid

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.dicom import _codecs, _files, _types
from scikit.dicom._compress import compress
from scikit.dicom._dataset import Dataset
from scikit.dicom._errors import DicomError
from scikit.dicom._types import UID
from scikit.dicom._volume import Volume, checked_affine
from scikit.dicom._write import dcmwrite

_CLASSES = {"MR": "1.2.840.10008.5.1.4.1.1.4", "CT": "1.2.840.10008.5.1.4.1.1.2"}
# Present in every file, empty where unknown: type 2 of the modules of PS3.3 tables A.3-1 and A.4-1.
_REQUIRED = (
    "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName", "PatientName",
    "PatientID", "PatientBirthDate", "PatientSex", "StudyID", "SeriesNumber", "PatientPosition",
    "PositionReferenceIndicator",
)  # fmt: skip
_REQUIRED_OF = {
    "MR": ("ScanOptions", "MRAcquisitionType", "RepetitionTime", "EchoTime", "EchoTrainLength"),
    "CT": ("KVP", "AcquisitionNumber"),
}
_FROM_TEMPLATE = (
    "SpecificCharacterSet", "StudyDate", "StudyTime", "AccessionNumber",
    "ReferringPhysicianName", "PatientName", "PatientID", "PatientBirthDate", "PatientSex",
    "PatientAge", "PatientSize", "PatientWeight", "StudyInstanceUID", "StudyID",
    "StudyDescription", "SeriesDescription", "SeriesNumber", "FrameOfReferenceUID",
    "PositionReferenceIndicator", "PatientPosition", "BodyPartExamined", "Laterality",
    "ProtocolName",
)  # fmt: skip
_ACQUISITION = {  # taken from a template of the same modality
    "MR": (
        "ScanningSequence", "SequenceVariant", "ScanOptions", "MRAcquisitionType", "SequenceName",
        "RepetitionTime", "EchoTime", "EchoTrainLength", "InversionTime", "FlipAngle",
        "MagneticFieldStrength", "ImagingFrequency", "ImagedNucleus", "NumberOfAverages",
        "TemporalResolution",
    ),
    "CT": ("KVP", "XRayTubeCurrent", "ExposureTime", "Exposure", "ConvolutionKernel", "FilterType"),
}  # fmt: skip
_NATIVE = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99")
# Labels of a volume's fourth axis -> where they are written.
_WRITTEN = {
    "echo": "EchoTime", "inversion": "InversionTime", "flip": "FlipAngle",
    "trigger": "TriggerTime", "bvalue": "DiffusionBValue",
    "gradient": "DiffusionGradientOrientation",
}  # fmt: skip
_LETTERS = {"magnitude": "M", "phase": "P", "real": "R", "imaginary": "I"}


def write_volume(
    folder, array, *, affine=None, spacing=None, template=None, modality=None, unique=False
):
    """Write a volume as a DICOM series, one file a slice.

    Parameters
    ----------
    folder : str or path
        Folder to make; it must not exist or be empty. It appears when all files are written.
    array : array_like
        (slices, rows, columns), or (times, slices, rows, columns). Integers that fit into 16 bits
        are stored as they are; others are scaled into 16 bits, with Rescale Slope and Intercept.
    affine : array_like, optional
        (4, 4), mm, from (slice, row, column, 1) to LPS as in `Volume`; axes must be perpendicular
        up to a shear of the slices.
    spacing : sequence of 3 float, optional
        Between slices, rows and columns, mm, instead of `affine`: an axial volume that begins at
        the origin.
    template : Dataset, optional
        Patient, study and acquisition are taken from it.
    modality : {"MR", "CT"}, optional
        Storage class; by default that of `template`, or MR.
    unique : bool
        New random UIDs; otherwise they derive from the contents, and the same call writes the
        same bytes.

    Returns
    -------
    list of str
        The files, in the order of time and slices.

    Raises
    ------
    DicomError
        If the array has no such shape, is empty, holds NaNs or infinities, or the geometry is none.
    FileExistsError
        If the folder holds something already.
    OSError
        If it cannot be written.
    TypeError
        If an argument is of another type.

    Notes
    -----
    Float data keep 16 bits of precision: the error is at most half of the range divided by 65535,
    plus the rounding of the slope to 16 characters.

    Examples
    --------
    >>> import numpy as np, os, tempfile
    >>> from scikit.dicom import write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/mr", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     [os.path.basename(file) for file in files]
    ['IM00001.dcm', 'IM00002.dcm']
    """
    array = to_numpy(array, "array")
    if array.ndim not in (3, 4) or not array.size or array.dtype.kind not in "biuf":
        raise DicomError(
            "`array` must hold real numbers in the shape ([times,] slices, rows, columns), "
            f"not {array.dtype} {array.shape}"
        )
    volume = Volume(array, _affine(affine, spacing))
    return _write(volume, folder, template, modality, None, unique)


def save(volume, folder, template, transfer_syntax):
    """Write a volume as a series; see `Volume.save_dicom`."""
    if volume.samples > 1:
        raise DicomError("voxels of several samples cannot be written as MR or CT images")
    _affine(volume.affine, None)
    template = volume.header if template is None else template
    return _write(volume, folder, template, None, transfer_syntax, False)


def _write(volume, folder, template, modality, transfer_syntax, unique):
    array = volume.array
    if max(array.shape[-2:]) > 65535:
        raise DicomError(f"`array`: rows and columns must be at most 65535, not {array.shape[-2:]}")
    if template is not None and not isinstance(template, Dataset):
        raise TypeError(f"`template` must be a Dataset, not {type(template).__name__}")
    transfer_syntax = _types.EXPLICIT_LITTLE if transfer_syntax is None else transfer_syntax
    if not isinstance(transfer_syntax, str):
        raise TypeError(f"`transfer_syntax` must be a UID, not {type(transfer_syntax).__name__}")
    compressed = UID(transfer_syntax).is_compressed
    if not compressed and str(transfer_syntax) not in _NATIVE:
        raise DicomError(f"`transfer_syntax` {transfer_syntax!r:.60} cannot be written")
    if compressed:
        _codecs.encoder_of(UID(transfer_syntax), near=0, quality=90)
    if modality is None:
        modality = template.get("Modality") if template is not None else None
        modality = modality if modality in _CLASSES else "MR"
    if modality not in _CLASSES:
        raise DicomError(f"`modality` must be MR or CT, not {modality!r}")
    stored, slope, intercept = _to_stored(array)
    if volume.slope is not None and (volume.slope != 1 or volume.intercept != 0):
        # Values that were not rescaled stay so.
        slope = volume.slope * (1.0 if slope is None else slope)
        intercept = volume.slope * (intercept or 0.0) + volume.intercept
    seed = (
        uuid.uuid4().bytes
        if unique
        else _fingerprint(stored, slope, intercept, volume.affine, template)
    )
    base = _base(template, modality, stored, slope, intercept, volume.affine, seed)
    base.file_meta.TransferSyntaxUID = _types.EXPLICIT_LITTLE if compressed else transfer_syntax
    own = [_of_time(volume, time, base) for time in range(len(stored) if stored.ndim == 4 else 1)]
    return _write_folder(
        os.fspath(folder),
        base,
        stored,
        volume.affine,
        seed,
        own,
        transfer_syntax if compressed else None,
    )


def _of_time(volume, time, base):
    """(keyword, value) pairs of one volume along the fourth axis."""
    if volume.array.ndim < 4:
        return []
    pairs = [
        ("AcquisitionNumber", time + 1),
        ("TemporalPositionIdentifier", time + 1),
        ("NumberOfTemporalPositions", len(volume.array)),
        ("ContentDate", base.get("StudyDate") or ""),
        ("ContentTime", base.get("StudyTime") or ""),
    ]
    if volume.times is not None:
        pairs.append(("TemporalPositionTimeOffset", float(volume.times[time])))
    for name, values in volume.labels.items():
        if name in _WRITTEN and np.isfinite(values[time]).all():
            pairs.append((_WRITTEN[name], values[time].tolist()))
        elif name == "component" and values[time] in _LETTERS:
            pairs.append(("ImageType", ["DERIVED", "SECONDARY", _LETTERS[values[time]]]))
    return pairs


def _affine(affine, spacing):
    affine = checked_affine(affine, spacing)
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if abs(affine[:3, 1] @ affine[:3, 2]) > 1e-4 * lengths[1] * lengths[2]:
        raise DicomError("`affine`: rows and columns of a slice must be perpendicular")
    return affine


def _to_stored(array):
    """(int16 or uint16 array, slope, intercept)."""
    low, high = array.min(), array.max()
    if array.dtype.kind == "f" and not (np.isfinite(low) and np.isfinite(high)):
        raise DicomError("`array` must not contain infs or NaNs")
    if array.dtype.kind in "biu":
        for dtype in ("<i2", "<u2"):
            if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max:
                return array.astype(dtype), None, None
    low, high = float(low), float(high)
    if not np.isfinite(high - low):
        raise DicomError("`array` spans more than a decimal string of 16 characters can hold")
    intercept = float(_types.format_decimal(low))
    # Rounded up, so that the largest value still fits.
    slope = float(_types.format_decimal((high - low) / 65535 * (1 + 1e-9))) or 1.0
    stored = np.empty(array.shape, "<u2")
    for k in np.ndindex(array.shape[:-2]):
        stored[k] = np.clip(np.rint((array[k].astype(float) - intercept) / slope), 0, 65535)
    return stored, slope, intercept


def _fingerprint(stored, slope, intercept, affine, template):
    digest = hashlib.sha256(repr((stored.shape, stored.dtype.str, slope, intercept)).encode())
    digest.update(affine.tobytes())
    for k in np.ndindex(stored.shape[:-2]):
        digest.update(stored[k].tobytes())
    for keyword in _FROM_TEMPLATE if template is not None else ():
        digest.update(repr((keyword, template.get(keyword))).encode())
    return digest.digest()


def _uid(seed, *parts):
    """A UID derived from `seed` (PS3.5 annex B.2)."""
    digest = hashlib.sha256(seed + repr(parts).encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=4).int}"


def _base(template, modality, stored, slope, intercept, affine, seed):
    """What all slices have in common."""
    ds = Dataset()
    for keyword in (*_REQUIRED, *_REQUIRED_OF[modality]):
        setattr(ds, keyword, "")
    if modality == "MR":  # nothing is known of how the values came about
        ds.ScanningSequence, ds.SequenceVariant = "RM", "NONE"
    same = template is not None and template.get("Modality") in (None, "", modality)
    for keyword in (*_FROM_TEMPLATE, *(_ACQUISITION[modality] if same else ())):
        value = template.get(keyword) if template is not None else None
        if value not in (None, "", []):
            setattr(ds, keyword, value)
    for keyword in ("StudyInstanceUID", "FrameOfReferenceUID"):
        if keyword not in ds:
            setattr(ds, keyword, _uid(seed, keyword))
    ds.SOPClassUID, ds.Modality = _CLASSES[modality], modality
    ds.SeriesInstanceUID = _uid(seed, "SeriesInstanceUID")
    ds.Manufacturer = "scikit"
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL" if modality == "CT" else "OTHER"]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = stored.shape[-2:]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 16, 15
    ds.PixelRepresentation = int(stored.dtype.kind == "i")
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    ds.PixelSpacing = [float(steps[1]), float(steps[2])]
    along, down = affine[:3, 2] / steps[2], affine[:3, 1] / steps[1]
    # Of a sheared stack the thickness is what the slices' planes are apart.
    apart = abs(float(np.cross(along, down) @ affine[:3, 0]))
    ds.SliceThickness = ds.SpacingBetweenSlices = apart
    ds.ImageOrientationPatient = [*along, *down]
    if slope is not None or modality == "CT":
        ds.RescaleSlope = 1 if slope is None else slope
        ds.RescaleIntercept = intercept or 0
        ds.RescaleType = "HU" if modality == "CT" else "US"
    return ds


def _write_folder(folder, base, stored, affine, seed, own, compressed):
    folder = os.fsdecode(folder)
    _files.check_new_folder(folder)
    parent, name = os.path.split(os.path.abspath(folder))
    temporary = tempfile.mkdtemp(prefix=f".{name}.", dir=parent)
    try:
        names = []
        volumes = stored if stored.ndim == 4 else stored[None]
        for volume, pairs in zip(volumes, own, strict=True):
            for keyword, value in pairs:
                setattr(base, keyword, value)
            for k, image in enumerate(volume):
                number = len(names) + 1
                names.append(f"IM{number:05d}.dcm")
                base.SOPInstanceUID = _uid(seed, "SOPInstanceUID", number)
                base.InstanceNumber = number
                base.ImagePositionPatient = [float(x) for x in affine[:3, 3] + k * affine[:3, 0]]
                base.add_new("PixelData", "OW", image.tobytes())
                ds = base
                if compressed:
                    ds = base.copy()
                    ds.file_meta = base.file_meta.copy()
                    compress(ds, compressed, generate_instance_uid=False, workers=1)
                with open(os.path.join(temporary, names[-1]), "wb") as file:
                    dcmwrite(file, ds)
        os.chmod(temporary, 0o755)
        os.rename(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return [os.path.join(folder, name) for name in names]
