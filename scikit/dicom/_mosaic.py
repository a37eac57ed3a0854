"""Siemens mosaics: the slices of one volume as tiles of one image.

The private CSA header tells how many tiles are used and which way the slices go. Its layout is
described in Siemens' DICOM conformance statements only in part; the rest follows NiBabel's
documentation of the format ("Siemens format DICOM with CSA header").
"""

import math
import struct

import numpy as np

from scikit.dicom._errors import DicomError
from scikit.dicom._slices import Slice


def csa_values(data, wanted):
    """Numbers of named entries of a CSA header.

    Parameters
    ----------
    data : bytes
        Value of (0029,xx10).
    wanted : set of str
        Names of entries.

    Returns
    -------
    dict
        name -> list of float; entries that are absent or empty are left out.
    """
    found = {}
    pos = 8 if data[:4] == b"SV10" else 0
    if len(data) < pos + 8:
        return found
    (count,) = struct.unpack_from("<I", data, pos)
    pos += 8
    for _ in range(min(count, 1000)):
        if len(data) < pos + 84:
            break
        name = data[pos : pos + 64].split(b"\0")[0].decode("latin_1")
        (items,) = struct.unpack_from("<I", data, pos + 76)
        pos += 84
        values = []
        for _ in range(min(items, 10_000)):
            if len(data) < pos + 16:
                return found
            length = struct.unpack_from("<4I", data, pos)[0 if data[:4] != b"SV10" else 1]
            pos += 16
            if length > len(data) - pos:
                return found
            values.append(data[pos : pos + length].split(b"\0")[0].strip())
            pos += (length + 3) // 4 * 4
        if name in wanted:
            numbers = [float(v) for v in values if v.replace(b".", b"").lstrip(b"+-").isdigit()]
            if numbers:
                found[name] = numbers
    return found


def _csa(ds):
    for tag in (0x00291010, 0x00291110, 0x00291210):
        element = ds.get(tag)
        if element is not None and isinstance(element.value, bytes) and len(element.value) > 100:
            return csa_values(element.value, {"NumberOfImagesInMosaic", "SliceNormalVector"})
    return {}


def tiles(ds, kind, path, start):
    """The slices of a mosaic, with the positions of their own first voxels.

    Raises
    ------
    DicomError
        If the number of tiles or the geometry is unknown.
    """
    csa = _csa(ds)
    element = ds.get((0x0019, 0x100A))
    count = element.value if element is not None else None
    count = int(count if isinstance(count, int) else csa.get("NumberOfImagesInMosaic", [0])[0])
    layout = kind.layout
    side = math.isqrt(max(count - 1, 0)) + 1  # tiles along each edge
    position = ds.get("ImagePositionPatient")
    if count < 1 or layout.rows % side or layout.columns % side:
        raise DicomError(f"a mosaic of {count} tiles cannot be {layout.rows} x {layout.columns}")
    if kind.orientation is None or kind.spacing is None or not isinstance(position, list):
        raise DicomError("a mosaic without position, orientation or spacing")
    if not kind.thickness:
        raise DicomError("a mosaic without a distance between its slices")
    kind.tile = rows, columns = layout.rows // side, layout.columns // side
    along, down = kind.orientation
    normal = np.cross(along, down)
    if "SliceNormalVector" in csa and np.dot(normal, csa["SliceNormalVector"][:3]) < 0:
        normal = -normal
    # The stated position is that of a slice as large as the mosaic with the same centre.
    first = np.array(position, float)
    first += along * kind.spacing[1] * (layout.columns - columns) / 2
    first += down * kind.spacing[0] * (layout.rows - rows) / 2
    slices = []
    for k in range(count):
        one = Slice(kind, path, start, 0)
        one.position = tuple(first + k * kind.thickness * normal)
        one.instance = float(ds.get("InstanceNumber") or 0)
        one.slope = float(ds.get("RescaleSlope") or 1)
        one.intercept = float(ds.get("RescaleIntercept") or 0)
        one.frame = k
        slices.append(one)
    return slices


def cut(image, tile, number):
    """Tile `number` of a mosaic image whose tiles have (rows, columns) `tile`."""
    rows, columns = tile
    per_row = image.shape[1] // columns
    j, i = divmod(number, per_row)
    return image[j * rows : (j + 1) * rows, i * columns : (i + 1) * columns]
