"""Erosion and dilation of all labels of an image at once."""

import math

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.ndimage._codes import decode, encode, label_image
from scikit.ndimage._dask import local, structure_reach, two_structures_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._regions_cy import grow
from scikit.ndimage._structure import structure_of
from scikit.ndimage._support import flag, integer

_MOST_TIMES = 1 << 40
_MOST_CODES = 1 << 40
_SLAB_STEPS = 1 << 24  # voxels times elements of one slab


@local(structure_reach)
@shares_docs
def label_erosion(labels, structure=None, iterations=1, *, erode_border=True, workers=None):
    """Erode every label of a label image.

    Parameters
    ----------
    %(label_image)s
    %(label_structure)s
    erode_border : bool, optional
        Labels are eroded from the image's border too; otherwise what lies outside does not count.
    %(workers)s

    Returns
    -------
    ndarray, shape and type of `labels`
        A voxel keeps its label where all voxels under the structure have it, and is 0 elsewhere: labels
        that touch are parted.

    Raises
    ------
    %(raises_label_structure)s

    See Also
    --------
    label_dilation : Let labels grow.
    binary_erosion : The same for a mask.

    Notes
    -----
    Cost: one comparison a voxel and element of the structure, many at a time. Thread-safe; the GIL is
    released.
    Memory beside the result: one more label image.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.label_erosion([0, 1, 1, 1, 2, 2, 2, 2])
    array([0, 0, 1, 0, 0, 2, 2, 0])
    """
    image = label_image(labels)
    return _run("e", image, structure, iterations, flag(erode_border, "erode_border"), workers)


@local(structure_reach)
@shares_docs
def label_dilation(labels, structure=None, iterations=1, *, workers=None):
    """Let every label of a label image grow into the background.

    Parameters
    ----------
    %(label_image)s
    %(label_structure)s
    %(workers)s

    Returns
    -------
    ndarray, shape and type of `labels`
        A voxel of the background takes the label that most voxels under the reflected structure have, the
        background not counted; of equally many, the smallest label (labels below 0 come last).
        Labels never grow over each other.

    Raises
    ------
    %(raises_label_structure)s

    See Also
    --------
    expand_labels : Growth by a distance.
    binary_dilation : The same for a mask.

    Notes
    -----
    Cost: as `label_erosion`, and a count where labels meet. Thread-safe; the GIL is released.
    Memory beside the result: one more label image.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.label_dilation([0, 0, 1, 0, 5, 0, 0, 0])
    array([0, 1, 1, 1, 5, 5, 0, 0])
    """
    return _run("d", label_image(labels), structure, iterations, False, workers)


@local(two_structures_reach)
@shares_docs
def label_opening(labels, structure=None, iterations=1, *, erode_border=True, workers=None):
    """Open every label of a label image: remove what the structure does not fit into.

    Parameters
    ----------
    %(label_image)s
    %(label_structure)s
    erode_border : bool, optional
        Labels are eroded from the image's border too; otherwise what lies outside does not count.
    %(workers)s

    Returns
    -------
    ndarray, shape and type of `labels`
        Erosions, then as many dilations; a voxel that does not get its own label back is 0.

    Raises
    ------
    %(raises_label_structure)s

    See Also
    --------
    label_closing : Fill gaps.
    label_erosion, label_dilation : The steps.

    Notes
    -----
    Memory beside the result: one more label image.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.label_opening([0, 1, 1, 1, 0, 2, 2, 0])
    array([0, 1, 1, 1, 0, 0, 0, 0])
    """
    image = label_image(labels)
    opened = _run("ed", image, structure, iterations, flag(erode_border, "erode_border"), workers)
    opened[opened != image] = 0
    return opened


@local(two_structures_reach)
@shares_docs
def label_closing(labels, structure=None, iterations=1, *, workers=None):
    """Close every label of a label image: fill gaps that the structure does not fit into.

    Parameters
    ----------
    %(label_image)s
    %(label_structure)s
    %(workers)s

    Returns
    -------
    ndarray, shape and type of `labels`
        Dilations, also beyond the image's border, then as many erosions, where the background was;
        labels that were there stay.

    Raises
    ------
    %(raises_label_structure)s

    See Also
    --------
    label_opening : Remove thin parts.
    label_erosion, label_dilation : The steps.

    Notes
    -----
    Memory beside the result: 9 bytes a voxel of 4-byte labels.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.label_closing([0, 1, 0, 1, 0, 0, 2, 0, 2, 0])
    array([0, 1, 1, 1, 0, 0, 2, 2, 2, 0])
    """
    image = label_image(labels)
    closed = _run("de", image, structure, iterations, True, workers)
    return np.where(image == 0, closed, image)


def _run(steps, image, structure, iterations, erode_border, workers):
    """Apply erosions and dilations, each `iterations` times; `image` is not changed."""
    times = integer(iterations, "iterations")
    if times < 1:
        raise ValueError(f"`iterations` must be 1 or more, not {times}")
    times = min(times, _MOST_TIMES)
    structure = _check_structure(structure, image.ndim)
    workers = check_workers(workers)
    if image.size == 0:
        return image.astype(image.dtype.newbyteorder("="))
    codes, values = encode(np.atleast_1d(image))
    shape = codes.shape
    offsets = np.argwhere(structure) - [n // 2 for n in structure.shape]
    margin = [int(np.abs(offsets[:, k]).max(initial=0)) for k in range(structure.ndim)]
    if steps == "de":  # what grows beyond the border is needed for the way back
        if math.prod(n + 2 * m * times for n, m in zip(shape, margin, strict=True)) > _MOST_CODES:
            raise ValueError(f"`iterations` is too large for shape {image.shape}: {iterations}")
        codes = np.pad(codes, [(m * times, m * times) for m in margin])
    src = np.pad(codes, [(m, m) for m in margin])
    inner = tuple(slice(m, m + n) for m, n in zip(margin, codes.shape, strict=True))
    dst = zeros(src.shape, src.dtype)
    weights = np.cumprod((1, *src.shape[:0:-1]))[::-1]
    rows = np.full((), margin[-1], np.int64)
    for n, m, weight in zip(codes.shape[:-1], margin, weights, strict=False):
        rows = np.add.outer(rows, (m + np.arange(n)) * weight)
    rows = np.ascontiguousarray(rows.reshape(-1), np.int64)
    nx = codes.shape[-1]
    pieces = slabs(len(rows), max(1, _SLAB_STEPS // (nx * max(1, len(offsets)))))
    for step in steps:
        dilate = step == "d"
        flat = np.ascontiguousarray((-offsets if dilate else offsets) @ weights, np.int64)
        outside = 0 if dilate or erode_border else -1
        _set_frame(src, margin, outside)
        _set_frame(dst, margin, outside)
        for _ in range(times):
            run_slabs(
                lambda r0, r1, d=dilate, f=flat, a=src, b=dst: grow(
                    d, a.reshape(-1), b.reshape(-1), nx, rows, f, r0, r1
                ),
                pieces,
                workers,
            )
            src, dst = dst, src
            if times > 1 and np.array_equal(src, dst):
                break
    result = src[inner]
    if steps == "de":
        result = result[
            tuple(slice(m * times, m * times + n) for m, n in zip(margin, shape, strict=True))
        ]
    return decode(result, values, image.dtype).reshape(image.shape)


def _set_frame(codes, margin, value):
    """Set what is within `margin` of the ends of each axis."""
    for axis, m in enumerate(margin):
        if m:
            ends = np.moveaxis(codes, axis, 0)
            ends[:m] = ends[-m:] = value


def _check_structure(structure, ndim):
    """`structure` as booleans, at least 1-d."""
    structure = structure_of(structure, ndim)
    if structure.size == 0:
        raise RuntimeError("`structure` must not be empty")
    return np.atleast_1d(structure)
