"""Convex hulls of masks."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._hull_cy import LONGEST, hull_of_planes, hull_of_volume
from scikit.ndimage._support import flag, real_image


def convex_hull_image(image, *, offset_coordinates=True):
    """The voxels whose middles lie in the convex hull of a mask.

    Parameters
    ----------
    image : array_like, 1-d to 3-d
        What is not 0 belongs to the mask.
    offset_coordinates : bool, optional
        The hull of the middles of the voxels' faces; if False, of their own middles.

    Returns
    -------
    ndarray of bool, shape of `image`
        True in the hull, its surface included; empty where the mask is.

    Raises
    ------
    ValueError
        If `image` has another number of dimensions, or an axis of 2**18 voxels or more.
    TypeError
        If `image` does not hold real numbers or booleans.

    See Also
    --------
    binary_fill_holes : Fill only what is enclosed.

    Notes
    -----
    In the plane, the chains of corners to the left and to the right of the rows; in space, Quickhull
    [1]_ of the planes' corners, drawn facet by facet. All in whole numbers, so every voxel is on the
    right side. scikit-image tests with a tolerance. Thread-safe; the GIL is released.
    Memory beside the result: 2 bytes a voxel.

    References
    ----------
    .. [1] C. B. Barber, D. P. Dobkin, H. Huhdanpaa, "The Quickhull algorithm for convex hulls", ACM
       Transactions on Mathematical Software 22 (1996) 469-483, :doi:`10.1145/235815.235821`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.convex_hull_image([[1, 0, 0], [0, 0, 0], [1, 0, 1]]).astype(int)
    array([[1, 0, 0],
           [1, 1, 0],
           [1, 1, 1]])
    """
    image = real_image(image, "image")
    if image.ndim not in (1, 2, 3):
        raise ValueError(f"`image` must have 1 to 3 dimensions, not {image.ndim}")
    if max(image.shape) >= LONGEST:
        raise ValueError(f"`image` must have axes shorter than {LONGEST}, not shape {image.shape}")
    mask = image != 0
    if not mask.any():
        return zeros(image.shape, bool)
    faces = flag(offset_coordinates, "offset_coordinates")
    box = np.ix_(*[_extent(mask, axis) for axis in range(mask.ndim)])
    part = np.ascontiguousarray(mask[box]).view(np.uint8)
    hull = zeros(image.shape, bool)
    if part.ndim < 3:
        shape = (1,) * (3 - part.ndim) + part.shape
        hull[box] = hull_of_planes(part.reshape(shape), faces).reshape(part.shape)
        return hull
    found = hull_of_volume(part, faces)
    hull[box] = _flat_hull(part) if found is None else found
    return hull


def _extent(mask, axis):
    """Indices along an axis from the first to the last that the mask has."""
    used = np.flatnonzero(mask.any(axis=tuple(k for k in range(mask.ndim) if k != axis)))
    return np.arange(used[0], used[-1] + 1)


def _flat_hull(part):
    """The hull of voxels in one plane of space, of their own middles."""
    points = np.argwhere(part)
    steps = points - points[0]
    normal = np.array([1, 0, 0])
    line = steps[np.abs(steps).sum(axis=1).argmax()]
    if line.any():
        across = np.cross(line, steps)
        normal = across[np.abs(across).sum(axis=1).argmax()]
        if not normal.any():  # all on a line: any plane that holds it
            normal = np.cross(line, np.eye(3, dtype=np.int64)[np.abs(line).argmin()])
    axis = int(np.abs(normal).argmax())
    others = [k for k in range(3) if k != axis]
    shadow = np.ascontiguousarray(part.any(axis=axis)).view(np.uint8)[None]
    found = np.argwhere(hull_of_planes(shadow, False)[0])
    height = normal @ points[0] - found @ normal[others]
    whole = height % normal[axis] == 0
    at = np.insert(found[whole], axis, height[whole] // normal[axis], axis=1)
    hull = zeros(part.shape, bool)
    hull[tuple(at.T)] = True
    return hull
