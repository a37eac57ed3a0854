"""From `labels` and `index` to regions that the kernels measure."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._measure_cy import Regions
from scikit.ndimage._support import numeric_image, real_image, type_code

_TABLE = 1 << 16  # a table of labels may have this many entries, or as many as there are voxels
_MANTISSA = 2**53


class Selection:
    """The regions that `labels` and `index` ask for, and the values in them.

    Parameters
    ----------
    input : array_like or None
        The image; None where only labels count.
    labels, index : array_like or None
        As in the functions of SciPy: no `labels` means one region with all voxels; no `index` one with
        all voxels whose label is above 0; a scalar one region; an array one for each entry.
    ordered : bool
        The places of voxels matter.
    by_axis : bool
        Places are asked for as indices along each axis; else linear ones are enough, and the kernels
        see one long row.
    above : bool
        One more region is that of all labels above `index`, which has no gaps; not for uint64.

    Attributes
    ----------
    values : ndarray or None
        C-contiguous, native.
    shape : tuple
        What the kernels see.
    image_shape : tuple
        Of the image, to which `values` broadcast.
    single : bool
        One region, whose measures are scalars.
    """

    def __init__(self, input, labels, index, *, ordered=False, by_axis=False, above=False):
        values = None if input is None else _plain(numeric_image(input, "input"))
        self.single = labels is None or index is None or np.isscalar(index)
        self.result_shape, self.place = (), None
        wanted = None
        if labels is not None:
            labels = real_image(labels, "labels")
            if values is not None:
                values, labels = _together(values, labels)
            labels, wanted = self._wanted(labels, index)
        image = labels if values is None else values
        self.image_shape = image.shape
        if not (ordered or by_axis) and image.flags.fnc and (labels is None or labels.flags.fnc):
            values = None if values is None else values.T  # the order of the voxels is all the same
            labels = None if labels is None else labels.T
            image = image.T
        self.shape = (image.shape or (1,)) if by_axis else (image.size,)
        self.values = None if values is None else np.ascontiguousarray(values)
        flat = None if labels is None else np.ascontiguousarray(labels)
        self.kernel = Regions(
            None if flat is None else flat.reshape(-1).view(np.uint8),
            0 if flat is None else type_code(flat.dtype, "labels"),
            self.shape,
            *_window(wanted, image.size),
            above,
        )

    def _wanted(self, labels, index):
        """The labels in a type that kernels take, and those that are asked for, as 64 bits."""
        if index is None:
            if labels.dtype.kind == "f":
                labels = labels > 0
            return _whole(labels), None
        wanted = real_image(index, "index")
        if not self.single:
            self.result_shape = wanted.shape
            flat = wanted.reshape(-1)
            if flat.size > 1 and not (flat[1:] > flat[:-1]).all():
                wanted, place = np.unique(flat, return_inverse=True)
                self.place = place.reshape(-1)
        wanted = wanted.reshape(-1)
        if labels.dtype.kind == "f":
            known, labels = np.unique(labels, return_inverse=True)
            at = np.minimum(np.searchsorted(known, wanted), max(0, known.size - 1))
            found = known[at] == wanted if known.size else zeros(wanted.shape, bool)
            labels = labels.astype(np.int64)
            wanted = np.where(found, at, np.arange(known.size, known.size + wanted.size))
            return labels, self._distinct(wanted.astype(np.int64))
        labels = _whole(labels)
        info = np.iinfo(labels.dtype)
        if wanted.dtype.kind == "f" or (
            wanted.size and not info.min <= int(wanted[0]) <= int(wanted[-1]) <= info.max
        ):
            holds = in_range(wanted, info.min, info.max)
            self._pick(np.flatnonzero(holds), wanted.size)
            wanted = wanted[holds]
        return labels, wanted.astype(np.uint64 if info.min == 0 else np.int64)

    def _distinct(self, wanted):
        """`wanted` in ascending order, none twice; the places follow."""
        values, place = np.unique(wanted, return_inverse=True)
        place = place.reshape(-1)
        self.place = place if self.place is None else place[self.place]
        return values

    def _pick(self, kept, total):
        """Only the regions `kept` of `total` are measured; the others have no voxel."""
        where = np.full(total, -1)
        where[kept] = np.arange(kept.size)
        self.place = where if self.place is None else where[self.place]

    def spread(self, measures):
        """What was measured of each region, in the order and shape of `index`; 0 where nothing was."""
        if self.place is not None:
            rest = measures.shape[1:]
            if not len(measures):
                measures = np.zeros((1, *rest), measures.dtype)
            found = measures[self.place]
            found[self.place < 0] = 0
            measures = found
        return measures.reshape(self.result_shape + measures.shape[1:])


def _whole(labels):
    """Labels as integers."""
    return labels.view(np.uint8) if labels.dtype.kind == "b" else _plain(labels)


def in_range(wanted, low, high):
    """Which of `wanted` are integers in low..high."""
    if wanted.dtype.kind == "b":
        return np.ones(wanted.shape, bool)
    if wanted.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            top = float(high) if high <= _MANTISSA else np.nextafter(float(high) + 1, 0)
            return (wanted == np.floor(wanted)) & (wanted >= float(low)) & (wanted <= top)
    info = np.iinfo(wanted.dtype)
    held = np.ones(wanted.shape, bool)
    if info.min < low:
        held &= wanted >= low
    if info.max > high:
        held &= wanted <= high
    return held


def _plain(array):
    """`array` in native byte order and a type that kernels take; complex ones stay complex."""
    dtype = array.dtype.newbyteorder("=")
    if dtype == np.float16:
        dtype = np.dtype(np.float32)
    elif dtype.kind in "fc" and dtype.itemsize > (8 if dtype.kind == "f" else 16):
        dtype = np.dtype(np.float64 if dtype.kind == "f" else np.complex128)
    return np.require(array, dtype, ["A"])


def _together(values, labels):
    try:
        return np.broadcast_arrays(values, labels)
    except ValueError:
        raise ValueError(
            f"`input` and `labels` must have shapes that fit, not {values.shape} and {labels.shape}"
        ) from None


def _window(wanted, voxels):
    """The labels as 64 bits, and the least window that holds them (0, 0 if it is too wide for a table)."""
    if wanted is None or not wanted.size:
        return (None if wanted is None else np.empty(0, np.uint64)), 0, 0
    low, high = int(wanted[0]), int(wanted[-1])
    span = high - low + 1
    bits = np.ascontiguousarray(wanted).view(np.uint64)
    if span > max(_TABLE, 4 * wanted.size, voxels):
        return bits, 0, 0
    return bits, int(bits[0]), span
