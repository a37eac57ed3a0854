"""Label images as small integers, which kernels and tables take."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._label import label
from scikit.ndimage._regions import Selection
from scikit.ndimage._support import real_image


def label_image(value, name="labels"):
    """`value` as an array of integers or booleans.

    Raises
    ------
    TypeError
        If it holds something else.
    """
    labels = real_image(value, name)
    if labels.dtype.kind == "f":
        raise TypeError(f"`{name}` must hold integers or booleans, not {labels.dtype}")
    return labels


def encode(labels):
    """Labels as codes 0.. in int32, in the order of the labels; 0 is for 0 alone.

    Returns
    -------
    codes : ndarray of int32, C-contiguous, native
    values : ndarray or None
        The label of each code, in native byte order; None: it is the code itself.

    Raises
    ------
    ValueError
        If there are 2**31 - 1 labels or more.
    """
    if labels.dtype.kind == "b":
        return _contiguous(labels), None
    if labels.size == 0:
        return zeros(labels.shape, np.int32), None
    low, high = int(labels.min()), int(labels.max())
    if low >= 0 and high <= max(1 << 16, 4 * labels.size) and high < 2**31 - 1:
        return _contiguous(labels), None
    values, codes = np.unique(labels, return_inverse=True)
    values = values.astype(labels.dtype.newbyteorder("="))
    codes = codes.reshape(labels.shape)
    if len(values) >= 2**31 - 1:
        raise ValueError("`labels` holds 2**31 - 1 labels or more")
    shift = np.searchsorted(values, 0)  # labels below 0 come behind the others
    order = np.roll(np.arange(len(values)), -shift)
    start = 0 if values[order[0]] == 0 else 1
    place = np.empty(len(values), np.int32)
    place[order] = np.arange(start, start + len(values))
    values = (
        values[order] if start == 0 else np.concatenate([[values.dtype.type(0)], values[order]])
    )
    return _contiguous(place[codes]), values


def _contiguous(codes):
    """In int32 and C order, of the same shape, 0-d too."""
    return np.ascontiguousarray(codes, np.int32).reshape(codes.shape)


def decode(codes, values, dtype):
    """The labels of codes, in the type that they came in."""
    labels = codes if values is None else values[codes]
    return labels.astype(dtype.newbyteorder("="), copy=False)


def code_counts(codes, most):
    """How many voxels have each of the codes 0..most."""
    return Selection(None, codes, np.arange(most + 1)).kernel.shapes(False)[0]


def parts(image, structure):
    """What a mask or a label image is made of, as a label image in int32 or int64.

    Returns
    -------
    labels : ndarray
        Components of a mask, or of each label.
    count : int
    """
    return label(image, structure, multilabel=image.dtype.kind != "b")
