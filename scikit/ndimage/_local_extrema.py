"""Regional maxima and minima."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._keys import Padded, comparable_image, neighbour_offsets
from scikit.ndimage._segment_cy import maxima
from scikit.ndimage._support import flag


@shares_docs
def local_maxima(image, footprint=None, connectivity=None, *, indices=False, allow_borders=True):
    """Regional maxima: connected sets of equal voxels whose other neighbours all are lower.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape.
    %(footprint_or)s
    connectivity : int, optional
        As in `generate_binary_structure`; the default is all neighbours that share a corner.
    indices : bool, optional
        Give indices instead of a mask.
    allow_borders : bool, optional
        Take maxima that touch the ends of the image too.

    Returns
    -------
    ndarray of bool, shape of `image`, or tuple of ndarray of int64
        True at maxima; or their indices, an array for each axis. A maximum is higher than the
        lowest voxel of the image: a constant image has none.

    Raises
    ------
    ValueError
        If `footprint` or `connectivity` does not fit, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans.

    See Also
    --------
    local_minima : Hollows.
    h_maxima : Of some height.
    maximum_filter : The largest value around each voxel.

    Notes
    -----
    Voxels that have a higher neighbour are struck out for a vector of voxels at once, and their
    plateaus with them, by a stack. NaN is above infinity, as in `numpy.sort`. Cost: two passes, and
    one visit to each voxel of a plateau that is no maximum. Thread-safe; the GIL is released.
    Memory beside the result: 5 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.local_maxima([1, 3, 3, 2, 2, 4]).astype(int)
    array([0, 1, 1, 0, 0, 1])
    >>> ndimage.local_maxima([1, 3, 3, 2, 2, 4], indices=True, allow_borders=False)
    (array([1, 2]),)
    """
    return _extrema(image, footprint, connectivity, indices, allow_borders, False)


@shares_docs
def local_minima(image, footprint=None, connectivity=None, *, indices=False, allow_borders=True):
    """Regional minima: connected sets of equal voxels whose other neighbours all are higher.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape.
    %(footprint_or)s
    connectivity : int, optional
        As in `generate_binary_structure`; the default is all neighbours that share a corner.
    indices : bool, optional
        Give indices instead of a mask.
    allow_borders : bool, optional
        Take minima that touch the ends of the image too.

    Returns
    -------
    ndarray of bool, shape of `image`, or tuple of ndarray of int64
        True at minima; or their indices, an array for each axis. A minimum is lower than the
        highest voxel of the image: a constant image has none.

    Raises
    ------
    ValueError
        If `footprint` or `connectivity` does not fit, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans.

    See Also
    --------
    local_maxima : Hills, with notes.
    h_minima : Of some depth.

    Notes
    -----
    Memory beside the result: 5 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.local_minima([1, 3, 3, 2, 2, 4]).astype(int)
    array([1, 0, 0, 1, 1, 0])
    """
    return _extrema(image, footprint, connectivity, indices, allow_borders, True)


def _extrema(image, footprint, connectivity, indices, allow_borders, invert):
    indices, allow_borders = flag(indices, "indices"), flag(allow_borders, "allow_borders")
    image = comparable_image(image, "image")
    offsets = neighbour_offsets(footprint, connectivity, image.ndim, default=max(image.ndim, 1))
    if image.size == 0 or image.ndim == 0:
        found = zeros(image.shape, bool)
        return np.nonzero(np.atleast_1d(found))[: image.ndim] if indices else found
    layout = Padded(image.shape, offsets)
    keys = layout.keys(image)
    if invert:
        inner = keys[layout.inside]
        np.invert(inner, out=inner)
    found = maxima_of_keys(layout, keys, allow_borders)
    return np.nonzero(found) if indices else found


def maxima_of_keys(layout, keys, allow_borders):
    """Regional maxima of padded keys (0 in the margin): booleans of the image's shape."""
    inner = keys[layout.inside]
    state = layout.full(1, np.uint8)
    within = state[layout.inside]
    np.equal(inner, inner.min(), out=within.view(bool))
    if not allow_borders:
        for axis, n in enumerate(inner.shape):
            ends = np.moveaxis(within, axis, 0)
            ends[0] = ends[n - 1] = 1
    maxima(layout, keys, state.reshape(-1))
    return within == 0
