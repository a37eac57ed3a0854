"""Regions one by one: their boxes, their voxels, and functions of these."""

import numpy as np

from scikit.ndimage._docs import shares_docs
from scikit.ndimage._measure_cy import boxes_as_slices
from scikit.ndimage._regions import Selection
from scikit.ndimage._support import flag, integer, number, numeric_image, real_image

_MOST_OBJECTS = 1 << 27
_FEWEST, _FEW = 8, 1 << 14  # labels that are tried before the greatest one is looked for


def find_objects(input, max_label=0):
    """Boxes around the regions of a label image.

    Parameters
    ----------
    input : array_like of int
        Label image, any shape; what is 0 or negative belongs to no region.
    max_label : int, optional
        The greatest label to look for. The default is the greatest there is.

    Returns
    -------
    list of tuple of slice
        Entry ``l - 1`` is the smallest box around label ``l``, as an index; None if the label does not
        occur.

    Raises
    ------
    TypeError
        If `input` does not hold integers.
    ValueError
        If `input` is empty and `max_label` is not given, or the list would have more than 2**27 entries.

    See Also
    --------
    label_statistics : Boxes of chosen labels, and many measures, as arrays.
    relabel_sequential : Labels without gaps.

    Notes
    -----
    One pass over the labels; only labels that occur take memory, apart from the list. Thread-safe; the
    GIL is released.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.find_objects([[0, 1, 1, 0], [0, 1, 0, 3]])
    [(slice(0, 2, None), slice(1, 3, None)), None, (slice(1, 2, None), slice(3, 4, None))]
    """
    labels = real_image(input, "input")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"`input` must hold integers, not {labels.dtype}")
    most = integer(max_label, "max_label")
    if labels.size == 0 and most < 1:
        raise ValueError("`input` is empty: it has no greatest label")
    if most < 1 and labels.dtype.newbyteorder("=") != np.uint64:
        few = min(_FEW, max(_FEWEST, labels.size))
        count, box = _boxes(labels, np.arange(1, few + 1), above=True)
        if count[-1] == 0:  # in one pass, as the greatest label is below all that were tried
            return _slices(count[: 1 + count.nonzero()[0].max(initial=-1)], box)
    if most < 1:
        most = int(labels.max())
    if most > _MOST_OBJECTS:
        raise ValueError(
            f"`input` has labels up to {most}, or `max_label` is, and the list would have as many "
            f"entries; use relabel_sequential first, or label_statistics"
        )
    last = min(most, int(np.iinfo(labels.dtype).max))
    if last <= max(1 << 16, 4 * labels.size):
        found = _slices(*_boxes(labels, np.arange(1, last + 1)))
        return found + [None] * (most - last)
    index = np.unique(labels[(labels > 0) & (labels <= last)])
    objects = [None] * most
    for name, slices in zip(index.tolist(), _slices(*_boxes(labels, index)), strict=True):
        objects[name - 1] = slices
    return objects


def _boxes(labels, index, above=False):
    """Number of voxels and box of each label."""
    kernel = Selection(None, labels, index, by_axis=True, above=above).kernel
    count, _, box, _ = kernel.shapes(False)
    return count, box[:, : labels.ndim]


def _slices(count, box):
    """Boxes as tuples of slices; None where there is no voxel."""
    return boxes_as_slices(count, box[: len(count)])


def value_indices(arr, *, ignore_value=None):
    """Where each value of an array of integers is.

    Parameters
    ----------
    arr : array_like of int
        Any shape.
    ignore_value : int, optional
        A value to leave out.

    Returns
    -------
    dict
        For each value, in ascending order, the indices of its elements: a tuple of an int64 array for
        each axis, in raster order.

    Raises
    ------
    ValueError
        If `arr` does not hold integers.

    See Also
    --------
    find_objects : Boxes only.

    Notes
    -----
    Two passes over `arr` where its values lie close together, else a sorting of them first. Memory: 8
    bytes of result for each element and axis.
    Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> found = ndimage.value_indices([[1, 0, 0], [0, 2, 2]], ignore_value=0)
    >>> found[2]
    (array([1, 1]), array([1, 2]))
    """
    array = numeric_image(arr, "arr")
    if array.dtype.kind not in "iu":
        raise ValueError(f"Parameter 'arr' must be an integer array, not {array.dtype}")
    if not array.size:
        return {}
    dtype = array.dtype.newbyteorder("=")
    low, high = int(array.min()), int(array.max())
    dense = high - low <= max(1 << 16, array.size)
    values = np.arange(high - low + 1).astype(dtype) + dtype.type(low) if dense else None
    values = np.unique(array).astype(dtype) if values is None else values
    if ignore_value is not None:
        values = values[values != integer(ignore_value, "ignore_value")]
    places, starts, stops = Selection(None, array, values, by_axis=True).kernel.order(True)
    places = list(places[: array.ndim])
    found = stops > starts
    ends = zip(starts[found].tolist(), stops[found].tolist(), strict=True)
    return {
        value: tuple([p[start:stop] for p in places])
        for value, (start, stop) in zip(values[found], ends, strict=True)
    }


@shares_docs
def labeled_comprehension(input, labels, index, func, out_dtype, default, pass_positions=False):
    """A function of the values of each region.

    Parameters
    ----------
    input : array_like
        Any shape and type.
    %(labels)s
    %(index)s
    func : callable
        Takes a 1-d array of the values of a region, in raster order, and returns a scalar.
    out_dtype : dtype
        Type of the result.
    default : scalar or None
        Result for labels that do not occur.
    pass_positions : bool, optional
        Give `func` the linear indices of the values too.

    Returns
    -------
    scalar or ndarray of `out_dtype`, shape of `index`
        Without `labels` or without `index`, what `func` returns for the one region there is.

    Raises
    ------
    ValueError
        If there is an `index` but no `labels`, the shapes of `input` and `labels` do not fit, or
        `index` cannot be converted to the type of `labels`.

    See Also
    --------
    mean, median, extrema : Measures that need no Python function.

    Notes
    -----
    Cost: as `value_indices`, and the calls. What `func` raises comes through.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.labeled_comprehension([1, 2, 3, 9], [1, 1, 2, 2], [1, 2, 3], np.ptp, float, -1)
    array([ 1.,  6., -1.])
    """
    image = np.asarray(input)
    pass_positions = flag(pass_positions, "pass_positions")

    def call(values, places):
        return func(values, places) if pass_positions else func(values)

    if labels is None:
        if index is not None:
            raise ValueError("`index` without defined labels")
        return call(image.ravel(), np.arange(image.size))
    labels = real_image(labels, "labels")
    try:
        image, labels = np.broadcast_arrays(image, labels)
    except ValueError:
        raise ValueError(
            "`input` and `labels` must have the same shape (excepting dimensions with width 1), "
            f"not {image.shape} and {labels.shape}"
        ) from None
    if index is None:
        chosen = labels > 0
        return call(image[chosen], np.flatnonzero(chosen))
    wanted = np.atleast_1d(real_image(index, "index"))
    with np.errstate(invalid="ignore"):
        if np.any(wanted.astype(labels.dtype).astype(wanted.dtype) != wanted):
            raise ValueError(
                f"`index`: Cannot convert index values from <{wanted.dtype}> to <{labels.dtype}> "
                f"(labels' type) without loss of precision"
            )
    selection = Selection(None, labels, wanted, ordered=True)
    order, starts, stops = selection.kernel.order()
    place = np.arange(len(stops)) if selection.place is None else selection.place
    result = _filled(wanted.size, out_dtype, default)
    flat = image.reshape(-1)
    for k, region in enumerate(place):
        if region >= 0 and stops[region] > starts[region]:
            places = order[starts[region] : stops[region]]
            result[k] = call(flat[places], places)
    return result[0] if np.isscalar(index) else result.reshape(wanted.shape)


def _filled(size, out_dtype, default):
    """An array of the default result."""
    try:
        dtype = np.dtype(out_dtype)
    except (TypeError, ValueError) as error:
        raise TypeError(f"`out_dtype` is no dtype: {error}") from None
    result = np.empty(size, dtype)
    try:
        result[:] = default
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"`default` does not fit into {dtype}: {error}") from None
    return result


@shares_docs
def histogram(input, min, max, bins, labels=None, index=None):
    """Histogram of the values of each region.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape.
    min, max : float
        Ends of the first and the last bin.
    bins : int
        Number of bins, all of one width.
    %(labels)s
    %(index)s

    Returns
    -------
    ndarray of int, shape (bins,), or array of object of these, shape of `index`
        None for labels that do not occur.

    Raises
    ------
    TypeError
        If `input` is complex or not numeric, or `bins` is no integer.
    ValueError
        If there is an `index` but no `labels`, the shapes of `input` and `labels` do not fit, `bins` is
        below 1, or `min` and `max` are not finite or not in this order.

    See Also
    --------
    labeled_comprehension : Any function of a region's values.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.histogram([0.0, 0.1, 0.5, 0.9], 0, 1, 2)
    array([2, 2])
    """
    many = integer(bins, "bins")
    if not 1 <= many < 2**31:
        raise ValueError(f"`bins` must be 1 or more, and below 2**31, not {many}")
    low, high = number(min, "min"), number(max, "max")
    if not -np.inf < low <= high < np.inf:
        raise ValueError(f"`min` and `max` must be finite and in this order, not {low} and {high}")
    edges = np.linspace(low, high, many + 1)

    def count(values):
        return np.histogram(values, edges)[0]

    return labeled_comprehension(real_image(input, "input"), labels, index, count, object, None)
