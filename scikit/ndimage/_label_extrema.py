"""Extreme and middle values of labelled regions, and where they are."""

import numpy as np

from scikit.ndimage._docs import shares_docs
from scikit.ndimage._regions import Selection
from scikit.ndimage._support import numeric_image, type_code

_FEW_VALUES = 256  # regions with fewer are sorted together


class Extremes:
    """The extremes of each region, by attribute: least, greatest, least_at, greatest_at."""

    def __init__(self, input, labels, index):
        image = numeric_image(input, "input")
        dtype = image.dtype.newbyteorder("=")
        selection = Selection(image, labels, index, ordered=True)
        self.single, self.shape = selection.single, selection.image_shape
        if selection.values.dtype.kind == "c":
            values = _by_groups(selection)
        else:
            values = selection.kernel.extremes(
                selection.values.reshape(-1).view(np.uint8),
                type_code(selection.values.dtype, "input"),
                selection.values.dtype,
            )
        low, high, low_at, high_at, seen, nan = values
        if self.single and not ((seen > 0) | (nan >= 0)).any():
            raise ValueError("no voxel is in the region that `input`, `labels` and `index` ask for")
        odd = nan >= 0
        if odd.any():  # a NaN is greatest, and also least where there is nothing else
            high[odd], high_at[odd] = np.nan, nan[odd]
            odd &= (seen == 0) | self.single
            low[odd], low_at[odd] = np.nan, nan[odd]
        self.least = selection.spread(low).astype(dtype)[()]
        self.greatest = selection.spread(high).astype(dtype)[()]
        self._low, self._high = selection.spread(low_at), selection.spread(high_at)

    @property
    def least_at(self):
        return self._places(self._low)

    @property
    def greatest_at(self):
        return self._places(self._high)

    def _places(self, flat):
        """Linear indices as tuples of indices."""
        if 0 in self.shape:
            return [(np.int64(0),) * len(self.shape)] * flat.size
        places = np.stack(np.unravel_index(flat, self.shape), -1) if self.shape else flat[..., None]
        if self.single:
            return tuple(places[: len(self.shape)])
        return [
            tuple(p)
            for p in places.reshape(flat.size, max(1, len(self.shape)))[:, : len(self.shape)]
        ]


def _by_groups(selection):
    """Extremes of complex values, which are ordered by real, then by imaginary part."""
    flat = selection.values.reshape(-1)
    order, starts, stops = selection.kernel.order()
    count = len(stops)
    low, high = np.zeros((2, count), flat.dtype)
    low_at, high_at, seen = np.zeros((3, count), np.int64)
    nan = np.full(count, -1)
    for k, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        where = order[start:stop]
        odd = np.isnan(flat[where])
        if odd.any():
            nan[k] = where[odd.argmax()]
            where = where[~odd]
        seen[k] = where.size
        if where.size:
            low_at[k], high_at[k] = where[flat[where].argmin()], where[flat[where].argmax()]
            low[k], high[k] = flat[low_at[k]], flat[high_at[k]]
    return low, high, low_at, high_at, seen, nan


@shares_docs
def minimum(input, labels=None, index=None):
    """Least value of each region.

    Parameters
    ----------
    %(measured)s

    %(result_extreme)s

    See Also
    --------
    extrema : Least and greatest values and their places in one pass; its notes hold here too.
    minimum_position : Where it is.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.minimum([3, 1, 2, 5, 4], [1, 1, 0, 2, 2], [1, 2])
    array([1, 4])
    """
    return Extremes(input, labels, index).least


@shares_docs
def maximum(input, labels=None, index=None):
    """Greatest value of each region.

    Parameters
    ----------
    %(measured)s

    %(result_extreme)s

    See Also
    --------
    extrema : Least and greatest values and their places in one pass; its notes hold here too.
    maximum_position : Where it is.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.maximum([3, 1, 2, 5, 4], [1, 1, 0, 2, 2], [1, 2])
    array([3, 5])
    """
    return Extremes(input, labels, index).greatest


@shares_docs
def minimum_position(input, labels=None, index=None):
    """Where the least value of each region is.

    Parameters
    ----------
    %(measured)s

    %(result_place)s

    See Also
    --------
    extrema : Least and greatest values and their places in one pass; its notes hold here too.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.minimum_position([[3, 1], [1, 2]])
    (np.int64(0), np.int64(1))
    """
    return Extremes(input, labels, index).least_at


@shares_docs
def maximum_position(input, labels=None, index=None):
    """Where the greatest value of each region is.

    Parameters
    ----------
    %(measured)s

    %(result_place)s

    See Also
    --------
    extrema : Least and greatest values and their places in one pass; its notes hold here too.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.maximum_position([[3, 1], [1, 2]])
    (np.int64(0), np.int64(0))
    """
    return Extremes(input, labels, index).greatest_at


@shares_docs
def extrema(input, labels=None, index=None):
    """Least and greatest value of each region, and where they are.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    minimums, maximums : scalar or ndarray of the type of `input`, shape of `index`
        0 for labels of an array `index` that do not occur.
    min_positions, max_positions : tuple of int, or list of them
        An index along each axis; a list for several regions, zeros for labels that do not occur.

    Raises
    ------
    %(raises_labels)s Or if a single region has no voxel.

    See Also
    --------
    label_statistics : Many measures at once.

    Notes
    -----
    Of equal values the first one in raster order is named (SciPy names any one of them for an array
    `index`). A single region with a NaN has NaN as least and greatest value, at its first NaN; of
    several, NaN is the greatest value and is passed over for the least. %(notes_labels)s

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> low, high, low_at, high_at = ndimage.extrema([3, 1, 2, 5, 4], [1, 1, 0, 2, 2], [1, 2])
    >>> low, high
    (array([1, 4]), array([3, 5]))
    """
    found = Extremes(input, labels, index)
    return found.least, found.greatest, found.least_at, found.greatest_at


@shares_docs
def median(input, labels=None, index=None):
    """Middle value of each region.

    Parameters
    ----------
    %(input_complex)s
    %(labels)s
    %(index)s

    Returns
    -------
    scalar or ndarray, shape of `index`
        The mean of the two middle values where their number is even: float64 for integers, else of the
        type of `input`. NaN for labels that do not occur.

    Raises
    ------
    %(raises_labels)s

    See Also
    --------
    mean : The mean value.

    Notes
    -----
    A single region with a NaN has the median NaN; among several, NaN counts as the greatest value.
    Cost: as `extrema`, and a partial sorting of the values in the regions. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.median([3, 1, 2, 5, 4, 9], [1, 1, 0, 2, 2, 2], [1, 2])
    array([2., 5.])
    """
    image = numeric_image(input, "input")
    dtype = image.dtype.newbyteorder("=")
    selection = Selection(image, labels, index)
    order, starts, stops = selection.kernel.order()
    flat = selection.values.reshape(-1)[order]
    if selection.single:
        return np.median(flat.astype(dtype, copy=False))
    found = np.full(len(stops) + 1, np.nan, dtype if dtype.kind in "fc" else np.float64)
    size = stops - starts
    halves = starts + np.maximum(size - 1, 0) // 2, starts + size // 2
    if len(stops) * _FEW_VALUES > flat.size:
        region = np.repeat(np.arange(len(stops)), size)
        flat = flat[np.lexsort((flat, region))]
    else:
        for start, stop, half in zip(
            starts, stops, np.transpose(halves) - starts[:, None], strict=True
        ):
            if stop > start:
                flat[start:stop].partition(half)
    some = size > 0
    low, high = (flat[half[some]].astype(found.dtype) for half in halves)
    with np.errstate(over="ignore"):
        middle = (low + high) / 2
        found[:-1][some] = np.where(np.isinf(middle), low / 2 + high / 2, middle)
    place = np.arange(len(stops)) if selection.place is None else selection.place
    return found[place].reshape(selection.result_shape)
