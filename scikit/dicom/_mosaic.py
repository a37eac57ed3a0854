"""Siemens mosaics: the slices of one volume as tiles of one image."""

import math

import numpy as np

from scikit.dicom import _csa
from scikit.dicom._errors import DicomError


class Mosaic:
    """How the images of a kind are cut into slices.

    Parameters
    ----------
    ds : Dataset
        Header of one of them, with the private elements that tell the number of tiles and which
        way the slices go.
    kind : Kind
        Of the images; its `tile` is set.

    Raises
    ------
    DicomError
        If the number of tiles or the geometry is unknown.
    """

    def __init__(self, ds, kind):
        csa = _csa.numbers(_csa.image_header(ds), {"NumberOfImagesInMosaic", "SliceNormalVector"})
        element = ds.get((0x0019, 0x100A))
        count = element.value if element is not None else None
        if not isinstance(count, int):
            count = int(csa.get("NumberOfImagesInMosaic", [0])[0])
        layout = kind.layout
        side = math.isqrt(max(count - 1, 0)) + 1  # tiles along each edge
        if count < 1 or layout.rows % side or layout.columns % side:
            raise DicomError(
                f"a mosaic of {count} tiles cannot be {layout.rows} x {layout.columns}"
            )
        if kind.orientation is None or kind.spacing is None:
            raise DicomError("a mosaic without orientation or spacing")
        if not kind.thickness:
            raise DicomError("a mosaic without a distance between its slices")
        self.count, self.kind = count, kind
        kind.tile = rows, columns = layout.rows // side, layout.columns // side
        along, down = kind.orientation
        normal = np.cross(along, down)
        self.reversed = False
        direction = csa.get("SliceNormalVector", [])
        if len(direction) >= 3 and np.dot(normal, direction[:3]) < 0:
            normal, self.reversed = -normal, True
        # The stated position is that of a slice as large as the mosaic with the same centre.
        shift = along * kind.spacing[1] * (layout.columns - columns) / 2
        shift = shift + down * kind.spacing[0] * (layout.rows - rows) / 2
        self.offsets = shift + np.arange(count)[:, None] * kind.thickness * normal

    def spread(self, table):
        """The slices of a table of mosaics."""
        n = len(table)
        if np.isnan(table.position).any():
            raise DicomError("a mosaic without position")
        out = table.take(np.repeat(np.arange(n), self.count))
        out.tile = np.tile(np.arange(self.count), n)
        out.position = out.position + np.tile(self.offsets, (n, 1))
        return out


def cut(image, tile):
    """(tiles, rows, columns) view of a mosaic image whose tiles have (rows, columns) `tile`."""
    rows, columns = tile
    down, across = image.shape[0] // rows, image.shape[1] // columns
    parts = image.reshape(down, rows, across, columns).swapaxes(1, 2)
    return parts.reshape(-1, rows, columns)
