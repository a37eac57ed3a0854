"""Which components of a mask or a label image stay."""

import numpy as np

from scikit.ndimage._codes import code_counts, decode, encode, label_image, parts
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._label import label
from scikit.ndimage._regions import Selection
from scikit.ndimage._support import integer, real_image


@shares_docs
def largest_components(labels, n=1, structure=None):
    """The largest connected components of a mask, or of each label of a label image.

    Parameters
    ----------
    %(mask_or_labels)s
    n : int, optional
        How many components to keep of the mask, or of each label.
    %(neighbours)s

    Returns
    -------
    ndarray, shape and type of `labels`
        0 outside the components that are kept. Of components of one size, the one whose first voxel
        comes first is kept first.

    Raises
    ------
    %(raises_labels_only)s Or if `n` is negative.

    See Also
    --------
    remove_small_objects : Keep what has a minimal size.

    Notes
    -----
    Components by `label`. Thread-safe; the GIL is released.
    Memory beside the result: 5 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.largest_components([3, 3, 0, 3, 5, 5, 5, 0, 5])
    array([3, 3, 0, 0, 5, 5, 5, 0, 0])
    """
    image = label_image(labels)
    n = integer(n, "n")
    if n < 0:
        raise ValueError(f"`n` must not be negative, not {n}")
    found, count = parts(image, structure)
    size, first = _sizes(found, count)
    owner = image.reshape(-1)[first]  # the label that each component is of
    order = np.lexsort((np.arange(count), -size, owner))
    sorted_owner = owner[order]
    start = np.searchsorted(sorted_owner, sorted_owner, side="left")
    keep = np.zeros(count + 1, bool)
    keep[order[np.arange(count) - start < n] + 1] = True
    return np.where(keep[found], image, image.dtype.type(0))


def _sizes(labels, count):
    """Number of voxels and first voxel of labels 1..count, which all occur."""
    selection = Selection(None, labels, np.arange(1, count + 1), ordered=True)
    size, first, _, _ = selection.kernel.shapes(False)
    return size, first


@shares_docs
def remove_small_objects(image, min_size=64, structure=None):
    """Remove what is small: components of a mask, or labels of a label image.

    Parameters
    ----------
    image : array_like of bool or int
        A mask; or a label image, of which each label is one object, in one piece or not. Any shape.
    min_size : int, optional
        Number of voxels that an object needs to stay.
    %(neighbours)s Not used for label images.

    Returns
    -------
    ndarray, shape and type of `image`
        0 where objects were removed.

    Raises
    ------
    %(raises_labels_only)s

    See Also
    --------
    remove_small_holes : The same for what is 0.
    largest_components : Keep a number of components.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.remove_small_objects([3, 3, 0, 5, 7, 7, 7], 2)
    array([3, 3, 0, 0, 7, 7, 7])
    """
    image = label_image(image, "image")
    least = integer(min_size, "min_size")
    codes = label(image, structure)[0] if image.dtype.kind == "b" else encode(image)[0]
    most = int(codes.max()) if codes.size else 0
    keep = code_counts(codes, most) >= least
    return np.where(keep[codes], image, image.dtype.type(0))


@shares_docs
def remove_small_holes(mask, max_size=64, structure=None):
    """Fill small holes of a mask: components of what is not set.

    Parameters
    ----------
    mask : array_like of bool or real numbers
        What is not 0 is set. Any shape.
    max_size : int, optional
        Holes of up to this many voxels are filled, also those at the image's border.
    %(neighbours)s

    Returns
    -------
    ndarray of bool, shape of `mask`
        The mask with the holes set.

    Raises
    ------
    %(raises_labels_only)s

    See Also
    --------
    binary_fill_holes : Fill holes of any size that do not reach the border.
    remove_small_objects : The same for what is set.

    Notes
    -----
    Memory beside the result: 7 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.remove_small_holes([1, 0, 1, 0, 0, 1], 1)
    array([ True,  True,  True, False, False,  True])
    """
    mask = real_image(mask, "mask") != 0
    return ~remove_small_objects(~mask, integer(max_size, "max_size") + 1, structure)


@shares_docs
def clear_border(labels, buffer=0, structure=None, *, mask=None):
    """Remove what touches the border of the image: components of a mask, or labels of a label image.

    Parameters
    ----------
    labels : array_like of bool or int
        A mask; or a label image, of which each label is one object, in one piece or not. Any shape.
    buffer : int, optional
        The border is ``buffer + 1`` voxels wide.
    %(neighbours)s Not used for label images.
    mask : array_like of bool, shape of `labels`, optional
        The border is where this is False, and `buffer` is not used.

    Returns
    -------
    ndarray, shape and type of `labels`
        0 where objects were removed.

    Raises
    ------
    %(raises_labels_only)s Or if `buffer` is negative, or `mask` has another shape.

    See Also
    --------
    remove_small_objects : Remove what is small.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.clear_border([[3, 3, 0, 0], [0, 0, 5, 0], [0, 0, 0, 0]])
    array([[0, 0, 0, 0],
           [0, 0, 5, 0],
           [0, 0, 0, 0]])
    """
    image = label_image(labels)
    width = integer(buffer, "buffer") + 1
    if width < 1:
        raise ValueError(f"`buffer` must not be negative, not {width - 1}")
    codes = label(image, structure)[0] if image.dtype.kind == "b" else encode(image)[0]
    keep = np.ones((int(codes.max()) if codes.size else 0) + 1, bool)
    if mask is not None:
        mask = real_image(mask, "mask") != 0
        if mask.shape != image.shape:
            raise ValueError(f"`mask` must have shape {image.shape}, not {mask.shape}")
        keep[codes[~mask]] = False
    else:
        for axis in range(image.ndim):
            ends = np.moveaxis(codes, axis, 0)
            keep[ends[:width]] = False
            keep[ends[max(0, len(ends) - width) :]] = False
    return np.where(keep[codes], image, image.dtype.type(0))


@shares_docs
def relabel_sequential(labels, offset=1):
    """Number the labels of a label image anew, without gaps.

    Parameters
    ----------
    labels : array_like of int
        Label image, any shape; 0 stays 0.
    offset : int, optional
        The first new label.

    Returns
    -------
    relabelled : ndarray, shape of `labels`
        Labels ``offset``, ``offset + 1``, ... in the order of the old ones, in the type of `labels` if
        it holds them (int64 for booleans), else in the smallest that does.
    old : ndarray, type of `labels`
        ``old[k]`` is the label that has become ``offset + k``.

    Raises
    ------
    TypeError
        If `labels` does not hold integers.
    ValueError
        If `offset` is below 1, or labels would reach 2**64.

    See Also
    --------
    label : Number components.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.relabel_sequential([5, 5, 0, 99, 7])
    (array([1, 1, 0, 3, 2]), array([ 5,  7, 99]))
    """
    image = label_image(labels)
    offset = integer(offset, "offset")
    if offset < 1:
        raise ValueError(f"`offset` must be 1 or more, not {offset}")
    codes, values = encode(image)
    most = int(codes.max()) if codes.size else 0
    there = np.flatnonzero(code_counts(codes, most)[1:]) + 1
    old = decode(there, values, image.dtype)
    order = np.argsort(old, kind="stable")
    dtype = image.dtype.newbyteorder("=") if image.dtype.kind != "b" else np.dtype(np.int64)
    last = offset + len(there) - 1
    if last > np.iinfo(np.uint64).max:
        raise ValueError(f"`offset` is too large: labels would go up to {last}")
    if last > np.iinfo(dtype).max:
        dtype = np.min_scalar_type(last)
    table = np.zeros(most + 1, dtype)
    table[there[order]] = np.arange(offset, last + 1, dtype=dtype)
    return table[codes], old[order]
