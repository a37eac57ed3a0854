"""Reconstruction by dilation or erosion, and the extrema that it finds."""

import math

import numpy as np

from scikit._core._blocks_cy import empty, zeros
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._keys import (
    Padded,
    comparable_image,
    from_keys,
    key_type,
    neighbour_offsets,
)
from scikit.ndimage._local_extrema import maxima_of_keys
from scikit.ndimage._segment_cy import reconstruct
from scikit.ndimage._support import number


@shares_docs
def reconstruction(
    seed, mask, *, method="dilation", footprint=None, connectivity=None, offset=None
):
    """What remains of an image if its hills are cut down to what a seed reaches.

    Dilate the seed, take the lesser of it and the mask, and repeat until nothing changes. By
    erosion: erode, and take the larger one.

    Parameters
    ----------
    seed : array_like
        Where the values spread from: nowhere above `mask` (by erosion: nowhere below).
    mask : array_like, shape of `seed`
        Image that the values cannot pass; real numbers or booleans.
    method : {'dilation', 'erosion'}, optional
        What is repeated.
    %(footprint_or)s
    connectivity : int, optional
        As in `generate_binary_structure`; the default is all neighbours that share a corner.
    offset : sequence of int, optional
        Index of the middle of `footprint`; needed where a length is even.

    Returns
    -------
    ndarray, shape of `mask`
        Of the type that holds both `seed` and `mask`.

    Raises
    ------
    ValueError
        If the shapes differ, the seed is on the wrong side of the mask somewhere, `method` is
        unknown, `footprint`, `connectivity` or `offset` do not fit, or there are 2**31 voxels.
    TypeError
        If `seed` or `mask` does not hold real numbers or booleans, or no type holds both.

    See Also
    --------
    h_maxima : Maxima of some height.
    binary_propagation : The same for masks.

    Notes
    -----
    The hybrid method of [1]_: a sweep over the image and one back, and a queue for the rest. NaN is
    above infinity, as in `numpy.sort`. Memory beside the result: 14 bytes a voxel of 4-byte images.
    Thread-safe; the GIL is released.

    References
    ----------
    .. [1] L. Vincent, "Morphological grayscale reconstruction in image analysis: applications and
       efficient algorithms", IEEE Transactions on Image Processing 2 (1993) 176-201,
       :doi:`10.1109/83.217222`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> mask = [0, 2, 4, 1, 5, 3, 0]
    >>> ndimage.reconstruction([0, 0, 3, 0, 0, 0, 0], mask)
    array([0, 2, 3, 1, 1, 1, 0])
    """
    seed, mask = comparable_image(seed, "seed"), comparable_image(mask, "mask")
    if seed.shape != mask.shape:
        raise ValueError(f"`seed` must have the shape of `mask`, {mask.shape}, not {seed.shape}")
    if not isinstance(method, str) or method not in ("dilation", "erosion"):
        raise ValueError(f"`method` must be 'dilation' or 'erosion', not {method!r}")
    dtype = np.result_type(seed, mask)
    if dtype.kind == "f" and seed.dtype.kind in "iu" and mask.dtype.kind in "iu":
        raise TypeError(
            f"`seed` of type {seed.dtype} and `mask` of {mask.dtype} have no type that holds both"
        )
    offsets = neighbour_offsets(
        footprint, connectivity, mask.ndim, default=max(mask.ndim, 1), offset=offset
    )
    shape = mask.shape
    if mask.size == 0:
        return empty(shape, dtype)
    if mask.ndim == 0:
        offsets = np.zeros((0, 1), np.int64)
    seed, mask = (np.atleast_1d(a.astype(dtype, copy=False)) for a in (seed, mask))
    down = method == "erosion"
    layout = Padded(mask.shape, -offsets)  # a voxel takes from where it lies in the footprint of
    marker, limit = _keys(layout, seed, down), _keys(layout, mask, down)
    if (marker > limit).any():
        side = "below" if down else "above"
        raise ValueError(f"`seed` must be nowhere {side} `mask` for reconstruction by {method}")
    reconstruct(layout, marker, limit)
    keys = marker[layout.inside]
    return from_keys(~keys if down else keys, dtype).reshape(shape)


def _keys(layout, image, invert):
    """Padded keys, upside down if `invert`; 0 outside."""
    keys = layout.keys(image)
    if invert:
        inner = keys[layout.inside]
        np.invert(inner, out=inner)
    return keys


@shares_docs
def h_maxima(image, h, footprint=None, *, connectivity=None):
    """Regional maxima that rise by at least `h`.

    A maximum's height is how far one has to go down from it, at least, to get to a higher voxel;
    that of the highest ones is the range of the image.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape.
    h : float
        Least height, above 0.
    %(footprint_or)s
    connectivity : int, optional
        As in `generate_binary_structure`; the default is all neighbours that share a corner.

    Returns
    -------
    ndarray of bool, shape of `image`
        True at those maxima.

    Raises
    ------
    ValueError
        If `h` is not above 0, `footprint` or `connectivity` does not fit, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans, or `h` is no number.

    See Also
    --------
    h_minima : Hollows.
    local_maxima : Of any height.
    reconstruction : What it is made with.

    Notes
    -----
    P. Soille, "Morphological image analysis", 2nd edition, Springer 2003, section 6.3. Integers are
    computed with exactly; other values with one rounding, that of ``image - h`` in float64.
    Thread-safe; the GIL is released.
    Memory beside the result: 17 bytes a voxel of a 4-byte image.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.h_maxima([0, 5, 3, 4, 0, 3, 0], 2).astype(int)
    array([0, 1, 0, 0, 0, 1, 0])
    """
    return _high_maxima(image, h, footprint, connectivity, False)


@shares_docs
def h_minima(image, h, footprint=None, *, connectivity=None):
    """Regional minima that are at least `h` deep.

    A minimum's depth is how far one has to go up from it, at least, to get to a lower voxel; that of
    the lowest ones is the range of the image.

    Parameters
    ----------
    image : array_like
        Image of real numbers or booleans, any shape.
    h : float
        Least depth, above 0.
    %(footprint_or)s
    connectivity : int, optional
        As in `generate_binary_structure`; the default is all neighbours that share a corner.

    Returns
    -------
    ndarray of bool, shape of `image`
        True at those minima.

    Raises
    ------
    ValueError
        If `h` is not above 0, `footprint` or `connectivity` does not fit, or there are 2**31 voxels.
    TypeError
        If `image` does not hold real numbers or booleans, or `h` is no number.

    See Also
    --------
    h_maxima : Hills, with notes.
    watershed : What markers are good for.

    Notes
    -----
    Memory beside the result: 17 bytes a voxel of a 4-byte image.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.h_minima([9, 5, 8, 7, 9, 3, 9], 2).astype(int)
    array([0, 1, 0, 0, 0, 1, 0])
    """
    return _high_maxima(image, h, footprint, connectivity, True)


def _high_maxima(image, h, footprint, connectivity, invert):
    image = comparable_image(image, "image")
    h = _check_height(h)
    offsets = neighbour_offsets(footprint, connectivity, image.ndim, default=max(image.ndim, 1))
    if image.size == 0 or image.ndim == 0:
        return zeros(image.shape, bool)
    layout = Padded(image.shape, -offsets)
    if image.dtype.kind == "f":
        image = image.astype(np.float64)
        if invert:
            image = np.negative(image, where=~np.isnan(image), out=image)
        with np.errstate(invalid="ignore"):
            high = image - image.min(initial=np.inf, where=~np.isnan(image)) >= h
            keys, lowered = layout.keys(image), layout.keys(image - h)
        high |= np.isnan(image)
    else:
        keys = _keys(layout, image, invert)
        inner = keys[layout.inside]
        inner -= inner.min()  # so that heights are differences of keys
        if math.ceil(h) > inner.max():
            return zeros(image.shape, bool)
        step = key_type(image.dtype).type(math.ceil(h))
        high = inner >= step
        lowered = layout.full(0, keys.dtype)
        np.subtract(inner, step, where=high, out=lowered[layout.inside])
    start = lowered.copy()
    reconstruct(layout, lowered, keys)
    kept = (lowered == start)[layout.inside]
    return kept & high & maxima_of_keys(Padded(image.shape, offsets), keys, True)


def _check_height(h):
    height = number(h, "h")
    if not 0 < height < np.inf:
        raise ValueError(f"`h` must be above 0 and finite, not {h}")
    return height if isinstance(h, float | np.floating) else h
