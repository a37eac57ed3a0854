"""Volumes as NIfTI-1 files (the header as nifti1.h of the NIfTI data format working group has it)."""

import gzip
import os
import struct

import numpy as np

from scikit.dicom._errors import DicomError

_CODES = {  # dtype -> NIFTI_TYPE_*
    "u1": 2, "i2": 4, "i4": 8, "f4": 16, "f8": 64, "i1": 256, "u2": 512, "u4": 768, "i8": 1024,
    "u8": 1280,
}  # fmt: skip
_RGB24, _HEADER, _DATA = 128, 348, 352
_UNITS = 2 | 8  # mm and seconds
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
    code = _RGB24 if colour else _CODES.get(dtype.str[1:])
    if code is None:
        raise DicomError(f"NIfTI holds no {dtype}")
    head = header(volume, code, 24 if colour else 8 * dtype.itemsize)
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


def header(volume, code, bits):
    """The 352 bytes in front of the voxels.

    Axes are column, row from the bottom up, slice (, the fourth axis).
    """
    shape = volume.array.shape[:-1] if volume.samples > 1 else volume.array.shape
    sizes = shape[::-1]
    if max(sizes) > 32767:
        raise DicomError(f"NIfTI-1 holds at most 32767 voxels along an axis, not {max(sizes)}")
    flip = np.eye(4)
    flip[1, 1], flip[1, 3] = -1, shape[-2] - 1
    affine = volume.affine_ras @ flip
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    quaternion, qfac = orthogonal(affine[:3, :3] / steps)
    slope, intercept = volume.slope, volume.intercept
    if slope is None or (slope == 1 and intercept == 0):
        slope, intercept = 1.0, 0.0
    dim = [len(sizes), *sizes] + [1] * (7 - len(sizes))
    pixdim = [qfac, *steps, _step(volume), 0.0, 0.0, 0.0]
    out = bytearray(_DATA)
    struct.pack_into("<i", out, 0, _HEADER)
    struct.pack_into("<8h", out, 40, *dim)
    struct.pack_into("<hh", out, 70, code, bits)
    struct.pack_into("<8f", out, 76, *pixdim)
    struct.pack_into("<3f", out, 108, _DATA, slope, intercept)
    struct.pack_into("<B", out, 123, _UNITS)
    text = b"scikit.dicom"
    out[148 : 148 + len(text)] = text
    struct.pack_into("<hh", out, 252, 1, 1)  # qform and sform: scanner coordinates
    struct.pack_into("<6f", out, 256, *quaternion, *affine[:3, 3])
    struct.pack_into("<12f", out, 280, *affine[:3].reshape(-1))
    out[344:348] = b"n+1\0"
    return bytes(out)


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


def orthogonal(matrix):
    """((b, c, d), qfac): the quaternion of the rotation nearest to a matrix whose third column is
    turned by qfac to be right-handed."""
    matrix = np.array(matrix, float)
    qfac = 1.0 if np.linalg.det(matrix) > 0 else -1.0
    matrix[:, 2] *= qfac
    u, _, v = np.linalg.svd(matrix)
    r = u @ v
    # Shepperd's method: divide by the largest of the four.
    squares = [np.trace(r), *np.diag(r)]
    k = int(np.argmax(squares))
    if k == 0:
        q = [1 + np.trace(r), r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]]
    else:
        i, j, m = k - 1, k % 3, (k + 1) % 3
        q = [0.0] * 4
        q[0] = r[m, j] - r[j, m]
        q[1 + i] = 1 + r[i, i] - r[j, j] - r[m, m]
        q[1 + j] = r[j, i] + r[i, j]
        q[1 + m] = r[m, i] + r[i, m]
    q = np.array(q) / np.linalg.norm(q)
    return tuple(q[1:] if q[0] >= 0 else -q[1:]), qfac
