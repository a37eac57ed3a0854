"""Series of every kind, written by pydicom."""

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset

CLASSES = {
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "EMR": "1.2.840.10008.5.1.4.1.1.4.1",
}
AXIAL, SAGITTAL, CORONAL = (1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, -1), (1, 0, 0, 0, 0, -1)


def oblique(a=0.3, b=-0.2):
    """An orientation along no axis."""
    x = np.array([np.cos(a), np.sin(a) * np.cos(b), np.sin(a) * np.sin(b)])
    y = np.array([-np.sin(a), np.cos(a) * np.cos(b), np.cos(a) * np.sin(b)])
    return (*x, *y)


def base(kind, uid, shape, bits=16, signed=False):
    """An image without pixels, place and patient."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CLASSES[kind], uid
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    ds = Dataset()
    ds.file_meta = meta
    ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = CLASSES[kind], uid, kind[-2:]
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    ds.FrameOfReferenceUID, ds.PatientID, ds.PatientName = "1.2.9", "id", "A^B"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.Rows, ds.Columns = shape[:2]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = max(8, bits + -bits % 8), bits, bits - 1
    ds.PixelRepresentation = int(signed)
    return ds


def classic(folder, array, orientation=AXIAL, spacing=(2.5, 1.5, 0.75), origin=(0, 0, 0), *,
            step=None, change=None, slice_first=False, kind="MR", seed=0):  # fmt: skip
    """Write [t, k, j, i] `array` as single-frame files of random names; gives the affine.

    `step` is the way from slice to slice, by default along the normal; ``change(ds, t, k)`` may
    alter each data set or return True to leave it out.
    """
    folder.mkdir(exist_ok=True, parents=True)
    rng = np.random.default_rng(seed)
    axes = np.array(orientation, float).reshape(2, 3)
    step = np.cross(*axes) * spacing[0] if step is None else np.array(step, float)
    origin = np.array(origin, float)
    order = [(t, k) for t in range(array.shape[0]) for k in range(array.shape[1])]
    if slice_first:
        order.sort(key=lambda pair: pair[::-1])
    names = rng.permutation(len(order))
    for number, (t, k) in enumerate(order):
        ds = base(kind, f"1.2.3.4.{number + 1}", array.shape[2:], signed=array.dtype.kind == "i")
        ds.InstanceNumber = number + 1
        ds.ImageOrientationPatient = [f"{x:.10f}" for x in axes.reshape(-1)]
        ds.ImagePositionPatient = [f"{x:.6f}" for x in origin + k * step]
        ds.PixelSpacing, ds.SliceThickness = list(spacing[1:]), 99
        ds.PixelData = array[t, k].astype(array.dtype.newbyteorder("<")).tobytes()
        if change is not None and change(ds, t, k):
            continue
        ds.save_as(folder / f"{names[number]:05d}", enforce_file_format=True)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 3] = step, origin
    affine[:3, 1], affine[:3, 2] = axes[1] * spacing[1], axes[0] * spacing[2]
    return affine


def numbers(times=1, slices=5, shape=(6, 8), dtype="u2", seed=1):
    """A random array [t, k, j, i]."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2000, (times, slices, *shape)).astype(dtype)


def group(**content):
    """A sequence of one item."""
    item = Dataset()
    for keyword, value in content.items():
        setattr(item, keyword, value)
    return [item]


def enhanced(path, array, frames, *, shared=None, undefined=False, syntax=None):
    """Write [frame, j, i] `array` as an enhanced MR image.

    Parameters
    ----------
    frames : list of dict
        Functional groups of each frame: keyword of a sequence -> content of its item.
    shared : dict
        The shared ones.
    undefined : bool
        Write sequences and items of undefined length.
    syntax : str
        Transfer syntax.
    """
    ds = base("EMR", "1.2.3.4.1", array.shape[1:])
    ds.NumberOfFrames = len(array)
    ds.PixelData = array.astype("<u2").tobytes()
    shared = {
        "PlaneOrientationSequence": {"ImageOrientationPatient": list(AXIAL)},
        "PixelMeasuresSequence": {"PixelSpacing": [1.5, 0.75], "SliceThickness": 9},
        **(shared or {}),
    }
    ds.SharedFunctionalGroupsSequence = group(**{k: group(**v) for k, v in shared.items()})
    ds.PerFrameFunctionalGroupsSequence = [
        group(**{k: group(**v) for k, v in frame.items()})[0] for frame in frames
    ]
    if undefined:
        mark(ds)
    if syntax == "1.2.840.10008.1.2":
        ds.file_meta.TransferSyntaxUID = syntax
    ds.save_as(path, enforce_file_format=True)
    return ds


def mark(ds):
    """Give all sequences and items an undefined length."""
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                mark(item)
