"""Distances along paths, and widths by the largest balls."""

import numpy as np

from scikit._core._blocks_cy import empty, zeros
from scikit.ndimage._distance import distance_transform_edt
from scikit.ndimage._keys import Padded, neighbour_offsets
from scikit.ndimage._paths_cy import Balls, geodesic
from scikit.ndimage._support import positive_per_axis, real_image


def geodesic_distance(cost, seeds, *, spacing=1.0, mask=None, connectivity=None):
    """Length of the shortest path from each voxel to a seed, weighted by a cost.

    A step between neighbours has their distance in space times the mean of their costs.

    Parameters
    ----------
    cost : array_like
        Cost of a path of length 1, at least 0, any shape; there is no way through infinite ones. An
        array of booleans: 1 where True, no way elsewhere.
    seeds : array_like, shape of `cost`
        Paths begin where this is not 0.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm. The default is 1.
    mask : array_like, shape of `cost`, optional
        There is no way where this is 0.
    connectivity : int, optional
        Steps that are possible, as in `generate_binary_structure`; the default is to all neighbours
        that share a corner.

    Returns
    -------
    ndarray of float64, shape of `cost`
        In the unit of `spacing` times that of `cost`; infinite where no path leads.

    Raises
    ------
    ValueError
        If a cost is negative or NaN, a shape differs, `spacing` or `connectivity` is out of its
        domain, or there are 2**31 voxels.
    TypeError
        If an argument does not hold real numbers or booleans.

    See Also
    --------
    distance_transform_edt : As the crow flies.
    watershed : By the highest value on the way.

    Notes
    -----
    Dijkstra's method [1]_ with a heap: exact on the graph of voxels, but paths can turn by 45 degrees
    only; with equal costs and spacings they are up to 8.2 % (in a plane) or 12.8 % (in space) longer
    than straight lines. Cost: n log n. Thread-safe; the GIL is released.
    Memory beside the result: 27 bytes a voxel.

    References
    ----------
    .. [1] E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1
       (1959) 269-271, :doi:`10.1007/BF01386390`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.geodesic_distance([1.0, 1.0, 3.0, 1.0], [1, 0, 0, 0], spacing=2.0)
    array([ 0.,  2.,  6., 10.])
    """
    cost = real_image(cost, "cost")
    seeds = real_image(seeds, "seeds") != 0
    if seeds.shape != cost.shape:
        raise ValueError(f"`seeds` must have the shape of `cost`, {cost.shape}, not {seeds.shape}")
    sizes = positive_per_axis(spacing, cost.ndim, "spacing")
    offsets = neighbour_offsets(None, connectivity, cost.ndim, default=max(cost.ndim, 1))
    open_to = np.ones(cost.shape, bool) if mask is None else real_image(mask, "mask") != 0
    if open_to.shape != cost.shape:
        raise ValueError(f"`mask` must have the shape of `cost`, {cost.shape}, not {open_to.shape}")
    if cost.dtype.kind == "b":
        open_to = open_to & cost
    values = cost.astype(np.float64)
    if not (values >= 0).all():
        raise ValueError("`cost` must be at least 0 and not NaN")
    open_to = open_to & (values < np.inf)
    if cost.size == 0 or cost.ndim == 0:
        return np.where(seeds & open_to, 0.0, np.inf)
    layout = Padded(cost.shape, offsets)
    length = np.sqrt(((layout.vectors * np.array(sizes)) ** 2).sum(axis=1))
    padded, distance = layout.full(-1.0, np.float64), layout.full(np.inf, np.float64)
    padded[layout.inside] = np.where(open_to, values, -1.0)
    distance[layout.inside][seeds & open_to] = 0
    geodesic(layout.offsets, length, padded.reshape(-1), distance.reshape(-1))
    return np.ascontiguousarray(distance[layout.inside])


def local_thickness(mask, *, spacing=1.0):
    """Diameter of the largest ball inside a mask that holds a voxel.

    A ball has its middle at a voxel and reaches to the nearest voxel outside the mask, which it does
    not hold.

    Parameters
    ----------
    mask : array_like, 1-d to 3-d
        What is not 0 is inside. Beyond its ends the mask goes on.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm. The default is 1.

    Returns
    -------
    ndarray of float64, shape of `mask`
        In the unit of `spacing`; 0 outside, infinite if there is no outside.

    Raises
    ------
    ValueError
        If `mask` has another number of dimensions, or `spacing` is not positive and finite.
    TypeError
        If `mask` does not hold real numbers or booleans.

    See Also
    --------
    distance_transform_edt : The radii of the balls.
    skeletonize : Where the largest ones have their middles.

    Notes
    -----
    The definition of Hildebrand and Ruegsegger [1]_ with distances between the middles of voxels, so
    a plate of n voxels has the thickness n + 1 or n, as n is odd or even. Balls are drawn from the
    largest on; those that lie in the ball of a neighbour are left out. Cost: the sections of the
    balls that are left. With unequal spacings, distances that differ by a part of 1e-12 are taken
    as equal. Thread-safe; the GIL is released.
    Memory beside the result: 18 bytes a voxel.

    References
    ----------
    .. [1] T. Hildebrand, P. Ruegsegger, "A new method for the model-independent assessment of
       thickness in three-dimensional images", Journal of Microscopy 185 (1997) 67-75,
       :doi:`10.1046/j.1365-2818.1997.1340694.x`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.local_thickness([0, 1, 1, 1, 1, 1, 0, 1, 0], spacing=0.5)
    array([0., 3., 3., 3., 3., 3., 0., 1., 0.])
    """
    mask = real_image(mask, "mask") != 0
    if mask.ndim not in (1, 2, 3):
        raise ValueError(f"`mask` must have 1 to 3 dimensions, not {mask.ndim}")
    sizes = positive_per_axis(spacing, mask.ndim, "spacing")
    if mask.all():
        return np.full(mask.shape, np.inf)
    even = len(set(sizes)) == 1
    squared = distance_transform_edt(mask, None if even else sizes) ** 2
    if even:
        squared = np.rint(squared)
    squared = squared.reshape((1,) * (3 - mask.ndim) + mask.shape)
    steps = (1.0, 1.0, 1.0) if even else (1.0,) * (3 - mask.ndim) + tuple(sizes)
    balls = Balls(squared, steps, 1.0 if even else 1 - 1e-12, 1.0 if even else 0.0)
    ridge = empty(mask.size, np.uint8)
    balls.ridge(ridge)
    centres = np.flatnonzero(ridge)
    centres = centres[np.argsort(-squared.reshape(-1)[centres], kind="stable")]
    radius = zeros(mask.size)
    if centres.size:
        balls.paint(centres, radius)
    return (2 * (sizes[0] if even else 1.0) * radius).reshape(mask.shape)
