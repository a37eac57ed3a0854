"""Connected components."""

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty, zeros
from scikit.ndimage._bits_cy import Grid
from scikit.ndimage._dask import is_dask
from scikit.ndimage._dask_label import label_chunks
from scikit.ndimage._structure import neighbours, structure_of
from scikit.ndimage._support import flag, real_image


def label(input, structure=None, output=None, *, multilabel=False):
    """Number the connected components of the voxels that are not 0.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; NaN is not 0. A dask array gives dask arrays
        with the same numbers: each chunk is labelled for itself, and what touches is joined.
    structure : array_like, shape (3,) * ndim, optional
        Which neighbours belong together; symmetric about its middle. The default is
        ``generate_binary_structure(ndim, 1)``: voxels that share a face.
    output : dtype or ndarray, optional
        Type of the labels, or an array of the shape of `input` that takes them; it may be `input`.
        The default is int32 (int64 where the image has 2**31 - 2 voxels or more).
    multilabel : bool, optional
        `input` is a label image of integers: only voxels of equal values belong together.

    Returns
    -------
    labels : ndarray
        0 where `input` is 0, else the number of the component, from 1. Components are numbered in
        the order of their first voxels. Not returned if `output` is an array.
    count : int
        Number of components.

    Raises
    ------
    TypeError
        If `input` is complex or not numeric (not of integers, with `multilabel`), or `output` cannot
        hold integers.
    RuntimeError
        If `structure` has another number of dimensions, or there are more components than `output`
        can number; `output` is not changed then.
    ValueError
        If `structure` is not 3 wide along each axis or not symmetric, or `output` has another
        shape.

    See Also
    --------
    binary_fill_holes : Fill what is not reached from outside.
    generate_binary_structure : The usual structures.

    Notes
    -----
    Voxels are packed into words of 64 (not with `multilabel`); their runs along the last axis are
    joined by union-find whose root is the first run of a component [1]_; with `multilabel`, what
    follows from joins that are there already is left out [2]_. Cost: one reading of
    `input`, one writing of the labels, and time in proportion to the number of runs. Thread-safe; the
    GIL is released.

    If `output` is an array whose last axis does not have the smallest stride, the axis that has it
    takes the last axis' part in the order of numbers, as in SciPy.

    References
    ----------
    .. [1] L. He, Y. Chao, K. Suzuki, "A run-based two-scan labeling algorithm", IEEE Transactions
       on Image Processing 17 (2008) 749-756, :doi:`10.1109/TIP.2008.919369`
    .. [2] K. Wu, E. Otoo, K. Suzuki, "Optimizing two-pass connected-component labeling
       algorithms", Pattern Analysis and Applications 12 (2009) 117-135,
       :doi:`10.1007/s10044-008-0109-y`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> labels, count = ndimage.label([[0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 0, 1]])
    >>> labels
    array([[0, 1, 1, 0],
           [0, 0, 0, 2],
           [3, 0, 0, 2]], dtype=int32)
    >>> count
    3
    >>> ndimage.label([7, 7, 4, 4, 0, 7], multilabel=True)
    (array([1, 1, 2, 2, 0, 3], dtype=int32), 3)
    """
    multilabel = flag(multilabel, "multilabel")
    if is_dask(input):
        if isinstance(output, np.ndarray):
            raise TypeError("`output` cannot be an array for a dask array")
        _check_kind(np.empty(0, input.dtype), multilabel)
        wanted = _label_dtype(output, input.size >= 2**31 - 2)
        _check_numbers(wanted)
        _check_structure(structure, input.ndim)
        structure = structure_of(structure, input.ndim)
        return label_chunks(input, structure, wanted, _largest(wanted), label, multilabel)
    image = _check_kind(input, multilabel)
    structure = _check_structure(structure, image.ndim)
    given = isinstance(output, np.ndarray)
    wide = image.size >= 2**31 - 2
    dtype = output.dtype if given else _label_dtype(output, wide)
    _check_numbers(dtype)
    if given and output.shape != image.shape:
        raise ValueError(f"`output` must have shape {image.shape}, not {output.shape}")
    if given and not output.flags.writeable:
        raise ValueError("`output` is read-only")
    if image.size == 0:
        return 0 if given else (empty(image.shape, dtype), 0)
    axis = _line_axis(output) if given else image.ndim - 1
    if image.ndim > 1 and axis != image.ndim - 1:
        image, structure = np.moveaxis(image, axis, -1), np.moveaxis(structure, axis, -1)
    shape = image.shape or (1,)
    axes = [k for k, n in enumerate(shape) if n > 1] or [0]  # nothing is joined along the others
    structure = structure[tuple(slice(None) if k in axes else 1 for k in range(len(shape)))]
    half, along = neighbours(structure)
    grid = Grid([shape[k] for k in axes], 1)
    if multilabel:
        values = c_order(image).reshape(-1)
        runs = grid.components(values.view(np.uint8), half, along, values.dtype.itemsize)
    else:
        runs = grid.components(grid.pack(as_bytes(image)), half, along)
    count = runs.count
    if count > _largest(dtype):
        raise RuntimeError(
            f"`output`: insufficient bit-depth in requested output type: {dtype} "
            f"cannot number {count} components"
        )
    target = np.moveaxis(output, axis, -1) if given and image.ndim > 1 else output
    if given and dtype in (np.int32, np.int64) and target.flags.carray:
        if not multilabel:
            target[...] = 0
        grid.paint(runs, target.reshape(-1))
        return count
    direct = not given and dtype in (np.int32, np.int64)
    new = empty if multilabel else zeros
    labels = new(image.shape, dtype if direct else np.int64 if wide else np.int32)
    grid.paint(runs, labels.reshape(-1))
    if given:
        target[...] = labels
        return count
    return labels if direct else labels.astype(dtype), count


def _check_kind(value, multilabel):
    """`value` as an array of real numbers, of integers with `multilabel`."""
    image = real_image(value, "input")
    if multilabel and image.dtype.kind == "f":
        raise TypeError(f"`input` must hold integers with `multilabel`, not {image.dtype}")
    return image


def _check_numbers(dtype):
    if dtype.kind not in "biuf":
        raise TypeError(f"`output` must be able to hold integers, not {dtype}")


def as_bytes(image):
    """A flat array of bytes that are 0 where `image` is; `image` itself where it has such bytes."""
    if image.dtype.itemsize != 1:
        image = image != 0
    return c_order(image).reshape(-1).view(np.uint8)


def _label_dtype(output, wide):
    """The type of the labels, from what is no array."""
    if output is None:
        return np.dtype(np.intp if wide else np.int32)
    try:
        return np.dtype(output)
    except TypeError as error:
        raise TypeError(f"`output` is no dtype and no array: {error}") from None


def _check_structure(structure, ndim):
    """`structure` as booleans, at least 1-d."""
    given = structure is not None
    structure = structure_of(structure, ndim)
    if given and any(n != 3 for n in structure.shape):
        raise ValueError(f"`structure` dimensions must be equal to 3, not {structure.shape}")
    if given and not np.array_equal(structure, np.flip(structure)):
        raise ValueError("`structure` must be symmetric about its middle")
    return structure if ndim else np.array([False, True, False])


def _line_axis(output):
    """The axis with the smallest stride, the first one of equals."""
    if output.ndim == 0:
        return 0
    return min(range(output.ndim), key=lambda k: (abs(output.strides[k]), k))


def _largest(dtype):
    """The largest number up to which the type holds all integers."""
    if dtype.kind == "b":
        return 1
    return np.iinfo(dtype).max if dtype.kind in "iu" else 2 ** (np.finfo(dtype).nmant + 1)
