"""Watersheds."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._codes import decode, encode
from scikit.ndimage._keys import Padded, comparable_image, neighbour_offsets
from scikit.ndimage._label import label
from scikit.ndimage._local_extrema import local_minima
from scikit.ndimage._segment_cy import ranks, sort_places, watershed_compact
from scikit.ndimage._segment_cy import watershed as flood
from scikit.ndimage._structure import generate_binary_structure
from scikit.ndimage._support import flag, integer, number, positive_per_axis, real_image


def watershed(
    image,
    markers=None,
    connectivity=1,
    offset=None,
    mask=None,
    compactness=0,
    watershed_line=False,
    *,
    spacing=1.0,
):
    """Divide an image into the basins that are flooded from markers.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape; low values are flooded first.
    markers : array_like of int, shape of `image`, or int, optional
        What is not 0 is the label of a basin's marker. A number: about as many single voxels, evenly
        spaced. The default: the regional minima.
    connectivity : int or array_like, optional
        Neighbours of a voxel: as in `generate_binary_structure`, or an array whose elements that are
        not 0 are neighbours.
    offset : sequence of int, optional
        Index of the middle of an array `connectivity`; needed where a length is even.
    mask : array_like, shape of `image`, optional
        Only voxels that are not 0 here are labelled.
    compactness : float, optional
        Voxels wait longer, by this times the distance to the voxel of the marker that they were
        reached from: basins become rounder [1]_.
    watershed_line : bool, optional
        Leave a line of 0 between the basins.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for `compactness`. The default is 1.

    Returns
    -------
    ndarray, shape of `image`
        The labels; of the type of `markers`, int32 where these are not an array of integers.

    Raises
    ------
    ValueError
        If a shape differs from that of `image`, `connectivity` or `offset` does not fit,
        `compactness` or `spacing` is out of its domain, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans, or `markers` no integers.

    See Also
    --------
    local_minima : The markers by default.
    h_minima : Fewer of them.
    label : Numbers for markers.

    Notes
    -----
    Voxels are taken by the highest value on the way to them, and those of the same value in the
    order in which they were reached; markers' voxels of the same value in the order of the array.
    The neighbours of a voxel are visited by their distance, equally far ones in the order of the
    array. This is scikit-image's order, which leaves open that of markers' voxels of the same value.
    NaN is above infinity.

    A list for each distinct value, linked through the voxels, makes the queue; values of 32 and 64
    bits are replaced by their ranks. Time is proportional to the number of voxels. With `compactness` the
    queue is a heap. Thread-safe; the GIL is released.
    Memory beside the result: 32 bytes a voxel.

    References
    ----------
    .. [1] P. Neubert, P. Protzel, "Compact watershed and preemptive SLIC", ICPR 2014, 996-1001,
       :doi:`10.1109/ICPR.2014.181`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.watershed([3, 1, 2, 5, 4, 0, 2], [0, 1, 0, 0, 0, 2, 0])
    array([1, 1, 1, 1, 2, 2, 2])
    >>> ndimage.watershed([3, 1, 2, 5, 4, 0, 2], watershed_line=True)
    array([1, 1, 1, 0, 2, 2, 2], dtype=int32)
    """
    image = comparable_image(image, "image")
    offsets = _neighbours(connectivity, offset, image.ndim)
    compactness = number(compactness, "compactness")
    if not 0 <= compactness < np.inf:
        raise ValueError(f"`compactness` must be 0 or above and finite, not {compactness}")
    sizes = positive_per_axis(spacing, image.ndim, "spacing")
    if mask is not None:
        mask = real_image(mask, "mask") != 0
        if mask.shape != image.shape:
            raise ValueError(f"`mask` must have shape {image.shape}, not {mask.shape}")
    markers = _markers(markers, image, mask, connectivity)
    numbers, values = encode(markers)
    if image.size == 0 or image.ndim == 0:
        inside = numbers if mask is None else np.where(mask, numbers, 0)
        return decode(inside, values, markers.dtype)
    layout = Padded(image.shape, offsets)
    labels = layout.full(-1, np.int32)
    labels[layout.inside] = numbers if mask is None else np.where(mask, numbers, -1)
    flat = labels.reshape(-1)
    line = flag(watershed_line, "watershed_line")
    if compactness:
        value = layout.full(0, np.float64)
        value[layout.inside] = image
        watershed_compact(layout, value.reshape(-1), compactness, sizes, line, flat)
    else:
        flood(layout, *_levels(layout.keys(image), flat), line, flat)
    result = labels[layout.inside]
    return decode(np.maximum(result, 0), values, markers.dtype)


def _neighbours(connectivity, offset, ndim):
    """Offsets of the neighbours, the near ones first."""
    if not np.iterable(connectivity):
        offsets = neighbour_offsets(None, connectivity, ndim, default=1)
    else:
        offsets = neighbour_offsets(
            connectivity, None, ndim, default=1, offset=offset, name="connectivity"
        )
    if ndim == 0:
        return np.zeros((0, 1), np.int64)
    return offsets[np.argsort((offsets**2).sum(axis=1), kind="stable")]


def _levels(keys, label):
    """Keys that are small numbers, and their bound: keys of 16 bits themselves, else their ranks."""
    if keys.itemsize <= 2:
        return keys, 1 << 8 * keys.itemsize
    places = np.flatnonzero(label >= 0).astype(np.int32)
    return ranks(keys, sort_places(keys, places))


def _markers(markers, image, mask, connectivity):
    """The markers as an array of integers."""
    if markers is None:
        structure = connectivity
        if np.ndim(connectivity) == 0:
            structure = generate_binary_structure(image.ndim, connectivity)
        low = local_minima(image, structure)
        if mask is not None:
            low &= mask
        structure = np.asarray(structure) != 0
        return label(low, structure | np.flip(structure))[0]
    markers = real_image(markers, "markers")
    if markers.ndim == 0 and image.ndim:
        return _even_markers(integer(markers[()], "markers"), image.shape, mask)
    if markers.dtype.kind == "f":
        raise TypeError(f"`markers` must be integers, not {markers.dtype}")
    if markers.shape != image.shape:
        raise ValueError(f"`markers` must have shape {image.shape}, not {markers.shape}")
    return markers.astype(np.int32) if markers.dtype.kind == "b" else markers


def _even_markers(count, shape, mask):
    """Labels of about `count` voxels of the mask, evenly spaced in the image."""
    if count < 1:
        raise ValueError(f"`markers` must be at least 1, not {count}")
    size = int(np.prod(shape, dtype=np.int64))
    wanted = (
        max(1, int(count * size / max(1, np.count_nonzero(mask)))) if mask is not None else count
    )
    markers = zeros(shape, np.int32)
    grid = markers[tuple(_even_slices(shape, wanted))]
    grid[...] = np.arange(1, grid.size + 1).reshape(grid.shape)
    return markers


def _even_slices(shape, count):
    """Slices that meet in about `count` voxels. Axes shorter than the step get one; the others share it."""
    order = np.argsort(shape, kind="stable")
    slices = [slice(None)] * len(shape)
    rest, left = float(np.prod(shape, dtype=float)), len(shape)
    if rest <= count:
        return slices
    for axis in order:
        step = (rest / count) ** (1 / left)
        n = shape[axis]
        if n < step:
            slices[axis] = slice(n // 2, None, n)
            rest, left = rest / n, left - 1
        else:
            slices[axis] = slice(int(step // 2), None, max(1, round(step)))
    return slices
