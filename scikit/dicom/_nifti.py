"""Volumes as NIfTI-1 files: NiBabel writes the header, the voxels are streamed behind it."""

import gzip
import os

import numpy as np

from scikit._core._extras import require
from scikit.dicom._errors import DicomError

#: What NIfTI-1 holds.
_TYPES = frozenset(("u1", "i2", "i4", "f4", "f8", "i1", "u2", "u4", "i8", "u8"))
_RGB = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
_DATA = 352  # where the voxels begin
_SLAB = 1 << 24


def write(path, volume):
    """Write a volume; see `Volume.to_nifti`."""
    from scikit.dicom._write import replacing

    name = os.fspath(path)
    name = os.fsdecode(name) if isinstance(name, bytes) else name
    if not name.endswith((".nii", ".nii.gz")):
        raise DicomError(f"`path` must end in .nii or .nii.gz, not {name!r}")
    array, colour = volume.array, volume.samples > 1
    if colour and (volume.samples != 3 or array.dtype != np.uint8):
        raise DicomError("NIfTI holds three samples of 8 bits to a voxel, no others")
    dtype = array.dtype
    if dtype.kind == "b":
        dtype = np.dtype(np.uint8)
    elif dtype.kind in "iu" and dtype.itemsize > 1 and not colour:
        # As dcm2niix has it: all readers know 16 bits with a sign.
        if array.min() >= -(1 << 15) and array.max() < 1 << 15:
            dtype = np.dtype(np.int16)
    elif dtype == np.float16:
        dtype = np.dtype(np.float32)
    if dtype.str[1:] not in _TYPES:
        raise DicomError(f"NIfTI holds no {dtype}")
    head = header(volume, _RGB if colour else dtype)
    with replacing(name) as file:
        if name.endswith(".gz"):
            with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=6) as zipped:
                _put(zipped, head, array, dtype, colour)
        else:
            _put(file, head, array, dtype, colour)


def _put(file, head, array, dtype, colour):
    file.write(head)
    rows_at = -3 if colour else -2
    flat = array.reshape(-1, *array.shape[rows_at:])
    per = max(1, _SLAB // max(1, flat[:1].nbytes))
    for k in range(0, len(flat), per):
        # Rows go from the bottom up, as in dcm2niix's files.
        part = np.ascontiguousarray(flat[k : k + per, ::-1], dtype.newbyteorder("<"))
        file.write(part.reshape(-1).view(np.uint8).data)


def header(volume, dtype):
    """The 352 bytes in front of the voxels.

    Axes are column, row from the bottom up, slice (, the fourth axis). The sform has the whole
    affine, the qform the nearest rotation.
    """
    nibabel = require("nibabel", "nifti", "Volume.to_nifti")
    shape = volume.array.shape[:-1] if volume.samples > 1 else volume.array.shape
    if max(shape) > 32767:
        raise DicomError(f"NIfTI-1 holds at most 32767 voxels along an axis, not {max(shape)}")
    flip = np.eye(4)
    flip[1, 1], flip[1, 3] = -1, shape[-2] - 1
    affine = volume.affine_ras @ flip
    out = nibabel.Nifti1Header(endianness="<")
    out.set_data_dtype(dtype)
    out.set_data_shape(shape[::-1])
    out.set_qform(affine, 1, strip_shears=True)
    out.set_sform(affine, 1)
    out.set_xyzt_units("mm", "sec")
    out["pixdim"][4] = _step(volume)
    slope, intercept = volume.slope, volume.intercept
    plain = slope is None or (slope == 1 and intercept == 0)
    out.set_slope_inter(*((1, 0) if plain else (slope, intercept)))
    out.set_data_offset(_DATA)
    out["descrip"] = b"scikit.dicom"
    return out.binaryblock + bytes(_DATA - len(out.binaryblock))


def _step(volume):
    """Seconds between volumes: the repetition time of slice by slice acquisitions, as dcm2niix
    has it; otherwise what the times say."""
    header = volume.header
    value = header.get("RepetitionTime") if header is not None else None
    value = float(value) / 1e3 if isinstance(value, (int, float)) and value > 0 else 0.0
    known = volume.time_step
    if known is None:
        return value
    planar = header is None or str(header.get("MRAcquisitionType") or "") != "3D"
    return value if planar and value >= 0.1 else known
