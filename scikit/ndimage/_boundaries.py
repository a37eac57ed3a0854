"""Where labels meet: boundaries, growth into the background, contacts."""

import numpy as np

from scikit._core._blocks_cy import empty, zeros
from scikit._core._threads import check_workers
from scikit.ndimage._codes import decode, encode, label_image
from scikit.ndimage._dask import local, neighbour_reach, spread_reach
from scikit.ndimage._distance import MOST_SITES, squared_distances
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._grey import grey_dilation, grey_erosion
from scikit.ndimage._regions_cy import contacts
from scikit.ndimage._structure import generate_binary_structure
from scikit.ndimage._support import flag, integer, number, one_of, positive_per_axis


@local(neighbour_reach)
@shares_docs
def find_boundaries(labels, mode="thick", connectivity=1, background=0):
    """Voxels at the boundaries between labels.

    Parameters
    ----------
    labels : array_like of bool or int
        Label image or mask, any shape.
    mode : {'thick', 'inner', 'outer'}, optional
        'thick': voxels with a neighbour of another value. 'inner': those of them that are no
        background. 'outer': those of them that are background, or have two labels other than the
        background among themselves and all voxels around.
    connectivity : int, optional
        Neighbours differ in at most so many indices, by 1.
    background : int, optional
        The value of the background, for 'inner' and 'outer'.

    Returns
    -------
    ndarray of bool, shape of `labels`
        True at boundaries. The image's border is none.

    Raises
    ------
    TypeError
        If `labels` does not hold integers or booleans.
    ValueError
        If `mode` is unknown or `connectivity` is not in 1..ndim.

    See Also
    --------
    region_adjacency : Which labels meet, and how much.

    Notes
    -----
    By grey erosion and dilation. Thread-safe; the GIL is released.
    Memory beside the result: 8 bytes a voxel of 4-byte labels.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.find_boundaries([0, 0, 3, 3, 5, 5], mode="inner").astype(int)
    array([0, 0, 1, 1, 1, 0])
    """
    image = label_image(labels)
    mode = one_of(mode, ("thick", "inner", "outer"), "mode")
    connectivity = _check_connectivity(connectivity, image.ndim)
    background = integer(background, "background")
    codes = np.atleast_1d(encode(image)[0])
    if image.size == 0 or image.ndim == 0:
        return zeros(image.shape, bool)
    window = generate_binary_structure(image.ndim, connectivity)
    found = grey_dilation(codes, footprint=window) != grey_erosion(codes, footprint=window)
    if mode == "thick":
        return found
    beyond = image == background
    if mode == "inner":
        return found & ~beyond
    wide = np.ones((3,) * image.ndim, bool)
    codes = codes + 1
    codes[beyond] = 0
    highest = grey_dilation(codes, footprint=wide)
    codes[beyond] = np.iinfo(codes.dtype).max
    return found & (beyond | (highest != grey_erosion(codes, footprint=wide)))


def _check_connectivity(connectivity, ndim):
    connectivity = integer(connectivity, "connectivity")
    if not 1 <= connectivity <= max(1, ndim):
        raise ValueError(f"`connectivity` must be in 1..{max(1, ndim)}, not {connectivity}")
    return connectivity


@local(spread_reach)
@shares_docs
def expand_labels(labels, distance=1, spacing=None, *, workers=None):
    """Let labels grow into the background, without overlap.

    Parameters
    ----------
    %(label_image)s
    distance : float, optional
        How far, in the unit of `spacing`.
    %(spacing)s
    %(workers)s

    Returns
    -------
    ndarray, shape and type of `labels`
        Voxels of the background within `distance` of a label have the label of a nearest voxel; which
        of equally near ones, is not said.

    Raises
    ------
    %(raises_labels_only)s Or if `spacing` is not positive and finite, `distance` is NaN, or the image
        has 2**31 voxels or more.

    See Also
    --------
    label_dilation : By a structure.
    distance_transform_edt : The distances behind it.

    Notes
    -----
    Exact Euclidean distances. Thread-safe; the GIL is released.
    Memory beside the result: 17 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.expand_labels([0, 0, 4, 0, 0, 0, 0, 9], 2)
    array([4, 4, 4, 4, 4, 9, 9, 9])
    """
    image = label_image(labels)
    reach = number(distance, "distance")
    if np.isnan(reach):
        raise ValueError("`distance` must not be NaN")
    steps = positive_per_axis(1.0 if spacing is None else spacing, image.ndim, "spacing")
    workers = check_workers(workers)
    grown = image.astype(image.dtype.newbyteorder("="))
    if image.size == 0 or image.ndim == 0 or reach <= 0:
        return grown
    if image.size > MOST_SITES:
        raise ValueError("`labels`: the image has 2**31 voxels or more")
    background = image == 0
    nearest = empty(image.shape, np.int32)
    away = squared_distances(background, steps, False, nearest, np.dtype(np.float64), workers)
    near = background & (away <= reach) & (nearest >= 0)
    grown[near] = image.reshape(-1)[nearest[near]]
    return grown


@shares_docs
def region_adjacency(labels, connectivity=1, spacing=None, *, background=False):
    """Which labels touch, and the area of their contact.

    Parameters
    ----------
    %(label_image)s
    connectivity : int, optional
        Voxels touch that differ in at most so many indices, by 1.
    %(spacing)s
    background : bool, optional
        Also name contacts with the background.

    Returns
    -------
    pairs : ndarray of the type of `labels`, shape (n, 2)
        The labels that touch, in ascending order, the smaller one first.
    area : ndarray of float64, shape (n,)
        Area of the faces that voxels of both have in common (their length in 2-D, number in 1-D), in
        the unit of `spacing`; 0 where they touch by edges or corners only.
    neighbours : ndarray of int64, shape (n,)
        Number of pairs of touching voxels.

    Raises
    ------
    %(raises_labels_only)s Or if `connectivity` is not in 1..ndim, or `spacing` is not positive and
        finite.

    See Also
    --------
    find_boundaries : Where they touch.
    label_statistics : Surfaces of labels.

    Notes
    -----
    One pass for each direction to a neighbour. Thread-safe; the GIL is released.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> pairs, area, neighbours = ndimage.region_adjacency([[1, 1, 2], [1, 1, 2], [3, 3, 3]])
    >>> pairs.tolist(), area.tolist()
    ([[1, 2], [1, 3], [2, 3]], [2.0, 2.0, 1.0])
    """
    image = label_image(labels)
    connectivity = _check_connectivity(connectivity, image.ndim)
    step = positive_per_axis(1.0 if spacing is None else spacing, image.ndim, "spacing")
    codes, values = encode(image)
    if image.size == 0 or image.ndim == 0:
        none = np.empty((0, 2), image.dtype.newbyteorder("="))
        return none, np.empty(0), np.empty(0, np.int64)
    ways = half_neighbours(image.ndim, connectivity)
    found, count = contacts(
        codes.reshape(-1), np.array(image.shape, np.int64), ways, flag(background, "background")
    )
    face = np.where(np.abs(ways).sum(1) == 1, np.prod(step) / (np.abs(ways) @ step), 0.0)
    pairs = np.sort(decode(found, values, image.dtype), axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return pairs[order], (count @ face)[order], count.sum(1)[order]


def half_neighbours(ndim, connectivity):
    """Steps to one of each two opposite neighbours: an int64 array (steps, ndim)."""
    steps = np.argwhere(generate_binary_structure(ndim, connectivity)) - 1
    return np.ascontiguousarray(steps[len(steps) // 2 + 1 :], np.int64)
