"""Area openings and closings."""

import numpy as np

from scikit.ndimage._docs import shares_docs
from scikit.ndimage._keys import Padded, comparable_image, from_keys, neighbour_offsets
from scikit.ndimage._segment_cy import area_opening as open_keys
from scikit.ndimage._segment_cy import sort_places
from scikit.ndimage._support import number


@shares_docs
def area_opening(image, area_threshold=64, connectivity=1):
    """Cut down bright spots until they are of some size.

    At each level the components of the voxels at or above it that have fewer voxels than the
    threshold vanish.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape.
    area_threshold : int, optional
        Least number of voxels that stays.
    connectivity : int, optional
        As in `generate_binary_structure`.

    Returns
    -------
    ndarray, shape and type of `image`
        Nowhere above `image`. An image of fewer voxels than the threshold becomes its lowest value.

    Raises
    ------
    ValueError
        If `connectivity` or `area_threshold` is out of its domain, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans, or `area_threshold` is no number.

    See Also
    --------
    area_closing : For dark spots.
    reconstruction : Opening by other criteria.

    Notes
    -----
    Voxels are sorted by a radix sort and joined from the highest on by union-find [1]_, exactly, for
    any type of voxel. NaN is above infinity, as in `numpy.sort`. Memory: about 30 bytes a voxel
    while sorting. Thread-safe; the GIL is released.

    References
    ----------
    .. [1] A. Meijster, M. H. F. Wilkinson, "A comparison of algorithms for connected set openings
       and closings", IEEE Transactions on Pattern Analysis and Machine Intelligence 24 (2002)
       484-494, :doi:`10.1109/34.993556`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.area_opening([0, 5, 0, 3, 4, 3, 0], 2)
    array([0, 0, 0, 3, 3, 3, 0])
    """
    return _filtered(image, area_threshold, connectivity, False)


@shares_docs
def area_closing(image, area_threshold=64, connectivity=1):
    """Fill dark spots until they are of some size.

    At each level the components of the voxels at or below it that have fewer voxels than the
    threshold vanish.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape.
    area_threshold : int, optional
        Least number of voxels that stays.
    connectivity : int, optional
        As in `generate_binary_structure`.

    Returns
    -------
    ndarray, shape and type of `image`
        Nowhere below `image`. An image of fewer voxels than the threshold becomes its highest value.

    Raises
    ------
    ValueError
        If `connectivity` or `area_threshold` is out of its domain, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans, or `area_threshold` is no number.

    See Also
    --------
    area_opening : For bright spots, with notes.

    Notes
    -----
    Memory beside the result: about 30 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.area_closing([5, 0, 5, 2, 1, 2, 5], 2)
    array([5, 5, 5, 2, 2, 2, 5])
    """
    return _filtered(image, area_threshold, connectivity, True)


def _filtered(image, area_threshold, connectivity, invert):
    image = comparable_image(image, "image")
    area = number(area_threshold, "area_threshold")
    if not area >= 0:
        raise ValueError(f"`area_threshold` must be 0 or above, not {area_threshold}")
    offsets = neighbour_offsets(None, connectivity, image.ndim, default=1)
    if image.size == 0 or image.ndim == 0:
        return image.astype(image.dtype.newbyteorder("="))
    layout = Padded(image.shape, offsets)
    keys = layout.keys(image)
    inner = keys[layout.inside]
    if invert:
        np.invert(inner, out=inner)
    within = layout.full(False, bool)
    within[layout.inside] = True
    order = sort_places(keys, np.flatnonzero(within).astype(np.int32))
    open_keys(layout, keys, order, int(max(1, min(np.ceil(area), image.size + 1))))
    return from_keys(~inner if invert else inner, image.dtype)
