"""Distances along paths."""

import math

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._keys import Padded, neighbour_offsets
from scikit.ndimage._paths_cy import geodesic, march
from scikit.ndimage._structure import ball
from scikit.ndimage._support import one_of, positive_per_axis, real_image, unit_of

_REACH = 6  # largest spacings that straight ways from a seed are long
_MOST_AROUND, _MOST_AXES_AROUND = 1000, 8
_CLOSED, _OUTSIDE = -1.0, -2.0  # costs of voxels that no path goes through, and beyond the ends


def geodesic_distance(cost, seeds, *, spacing=1.0, mask=None, connectivity=None, method="dijkstra"):
    """Length of the shortest path from each voxel to a seed, weighted by a cost.

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
        Steps that are possible with 'dijkstra', as in `generate_binary_structure`; the default is to
        all neighbours that share a corner.
    method : {'dijkstra', 'fast_marching'}, optional
        'dijkstra': paths from voxel to voxel, where a step between neighbours has their distance in
        space times the mean of their costs. 'fast_marching': paths in any direction.

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
    'dijkstra' [1]_ is exact on the graph of voxels, but its paths turn by 45 degrees only: with equal
    costs and spacings they are up to 8.2 % (in a plane) or 12.8 % (in space) longer than straight
    lines, however fine the voxels are.

    'fast_marching' [2]_ solves ``|grad d| = cost`` with differences of second order where two voxels
    behind are known, of first order elsewhere. To begin with, straight distances are taken around the
    seeds, as far as the cost is the same there, up to 6 voxels (some 1000 voxels in all; none in more
    than eight dimensions). With equal costs and spacings the distance from a point is then at most 0.12
    voxels off in a plane and in space, and 0.5 % beyond 10 voxels. Where the cost varies, the error
    falls as the spacing does, not faster.

    Cost: n log n. Thread-safe; the GIL is released.
    Memory beside the result: 17 bytes a voxel, and the queue of the voxels that are next: 16 bytes
    for each, in all mostly 1 to 2 bytes a voxel. 'fast_marching' takes that for a margin of 6 voxels
    around the image too.

    References
    ----------
    .. [1] E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1
       (1959) 269-271, :doi:`10.1007/BF01386390`
    .. [2] J. A. Sethian, "Fast marching methods", SIAM Review 41 (1999) 199-235,
       :doi:`10.1137/S0036144598347059`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.geodesic_distance([1.0, 1.0, 3.0, 1.0], [1, 0, 0, 0], spacing=2.0)
    array([ 0.,  2.,  6., 10.])
    >>> import numpy as np
    >>> seeds = np.zeros((9, 9))
    >>> seeds[0, 0] = 1
    >>> for method in ("dijkstra", "fast_marching"):  # the way to the last row is 8.544
    ...     print(ndimage.geodesic_distance(np.ones((9, 9)), seeds, method=method)[8, 3].round(3))
    9.243
    8.535
    """
    cost = real_image(cost, "cost")
    seeds = real_image(seeds, "seeds") != 0
    if seeds.shape != cost.shape:
        raise ValueError(f"`seeds` must have the shape of `cost`, {cost.shape}, not {seeds.shape}")
    sizes = np.array(positive_per_axis(spacing, cost.ndim, "spacing"))
    marching = one_of(method, ("dijkstra", "fast_marching"), "method") == "fast_marching"
    if marching and connectivity is not None:
        raise ValueError("`connectivity` is for the method 'dijkstra'")
    offsets = (
        _around(sizes)
        if marching
        else neighbour_offsets(None, connectivity, cost.ndim, default=max(cost.ndim, 1))
    )
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
    unit = unit_of(sizes)
    sizes /= unit
    length = np.sqrt(((layout.vectors * sizes) ** 2).sum(axis=1))
    padded = layout.full(_OUTSIDE, np.float64)
    padded[layout.inside] = values
    del values
    padded[layout.inside][~open_to] = _CLOSED
    distance = layout.full(np.inf, np.float64)
    distance[layout.inside][seeds & open_to] = 0
    del open_to
    flat = padded.reshape(-1), distance.reshape(-1)
    if marching:
        known = zeros(layout.size, np.uint8)
        march(layout.strides, sizes, layout.offsets, length, *flat, known)
    else:
        geodesic(layout.offsets, length, *flat)
    return distance[layout.inside] * unit


def _around(sizes):
    """Offsets to the voxels that straight ways from a seed lead to, the nearest first.

    Those within 6 times the largest spacing, about `_MOST_AROUND` of them at most.
    """
    ndim = len(sizes)
    if not 1 <= ndim <= _MOST_AXES_AROUND:
        return np.zeros((0, max(ndim, 1)), np.int64)
    unit = math.pi ** (ndim / 2) / math.gamma(ndim / 2 + 1)  # volume of the ball of radius 1
    sizes = sizes / unit_of(sizes)
    radius = min(
        _REACH * sizes.max(), (_MOST_AROUND / unit) ** (1 / ndim) * math.exp(np.log(sizes).mean())
    )
    near = ball(radius, tuple(sizes))
    steps = np.argwhere(near) - np.array(near.shape) // 2
    length = ((steps * sizes) ** 2).sum(axis=1)
    return steps[np.argsort(length, kind="stable")][1:]
