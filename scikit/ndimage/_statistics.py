"""Many measures of labelled regions at once."""

import numpy as np

from scikit._core._extras import require
from scikit.ndimage._boundaries import half_neighbours
from scikit.ndimage._codes import encode, label_image
from scikit.ndimage._crofton import surface_factors
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._label_extrema import Extremes
from scikit.ndimage._measurements import number_sum_variance
from scikit.ndimage._regions import Selection, in_range
from scikit.ndimage._regions_cy import crossings
from scikit.ndimage._support import flag, one_of, positive_per_axis, real_image

_SHAPE = ("count", "volume", "bbox", "centroid", "centroid_mm", "axis_lengths")
_IMAGE = ("sum", "mean", "standard_deviation", "minimum", "maximum")
_MORE = ("covariance", "axes", "surface_area", "face_area")
PROPERTIES = (*_SHAPE, *_MORE, *_IMAGE)


@shares_docs
def label_statistics(
    labels, image=None, *, index=None, spacing=None, properties=None, as_frame=False
):
    """Measure the regions of a label image: sizes, boxes, centres, axes, surfaces, values.

    Parameters
    ----------
    labels : array_like of bool or int
        Label image, any shape of at least one axis.
    image : array_like, shape of `labels`, optional
        Real values to measure in the regions.
    index : int or array_like of int, optional
        The labels to measure. The default is all labels above 0 that occur, in ascending order.
    %(spacing)s
    properties : str or sequence of str, optional
        What to measure; see the notes. The default is all but 'covariance', 'axes' and the surfaces.
    as_frame : bool, optional
        Give a pandas DataFrame, with a column for each number.

    Returns
    -------
    dict of ndarray, or pandas.DataFrame
        For each property, and 'label', an array whose first axis (rows of the frame) are the n labels.

    Raises
    ------
    TypeError
        If `labels` does not hold integers or `image` no real numbers.
    ValueError
        If a property is unknown or needs an `image`, the shapes do not fit, `spacing` is not positive
        and finite, or a surface is asked for of an image with more than 3 dimensions.
    RuntimeError
        If `spacing` has not one entry for each axis.
    ImportError
        If `as_frame` is True and pandas is not there.

    See Also
    --------
    region_adjacency : Contacts between labels.
    find_objects : Boxes as slices.

    Notes
    -----
    The properties, of a region in d dimensions:

    - 'count' (int64): voxels; 'volume': their volume in the unit of `spacing` to the power of d.
    - 'bbox' (int64, shape (n, d, 2)): first index and last + 1 along each axis.
    - 'centroid' (n, d): mean index; 'centroid_mm': the same times `spacing`.
    - 'covariance' (n, d, d): of the voxels' centres, in squared units of `spacing`; 'axes' (n, d, d):
      its unit eigenvectors, as rows; 'axis_lengths' (n, d), in descending order: the axes of the
      ellipsoid with these moments, ``2 * sqrt((d + 2) * eigenvalue)``.
    - 'face_area': area of the faces between the region and other voxels or the outside. It is that of
      the staircase, 1.5 times a sphere's surface. 'surface_area': Crofton's formula with lines to all
      neighbours (13 directions in 3-D, 4 in 2-D) weighted for the `spacing` [1]_, within about 1 %% for
      a sphere with a radius of 10 voxels (5 %% with spacings 1, 5, 5); a perimeter in 2-D.
    - 'sum', 'mean', 'standard_deviation', 'minimum', 'maximum': of the values of `image`, as in the
      functions of these names, all but the extremes in float64.

    Labels of `index` that do not occur have a count of 0, and NaN for what is not defined then.
    One pass over `labels` for the shapes, one or two over `image`, one for each direction for a surface.
    Thread-safe; the GIL is released.

    References
    ----------
    .. [1] G. Lehmann, D. Legland, "Efficient N-dimensional surface estimation using Crofton formula and
       run-length encoding", The Insight Journal (2012), :doi:`10.54294/wdu86d`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> found = ndimage.label_statistics([[1, 1, 0], [1, 1, 4]], spacing=(2.0, 0.5))
    >>> found["label"], found["count"], found["volume"]
    (array([1, 4]), array([4, 1]), array([4., 1.]))
    >>> found["centroid_mm"]
    array([[1.  , 0.25],
           [2.  , 1.  ]])
    """
    labels = label_image(labels)
    if labels.ndim == 0:
        raise ValueError("`labels` must have at least one axis")
    as_frame = flag(as_frame, "as_frame")
    step = np.array(positive_per_axis(1.0 if spacing is None else spacing, labels.ndim, "spacing"))
    names = _check_properties(properties, image is not None)
    if image is not None:
        image = real_image(image, "image")
        if image.shape != labels.shape:
            raise ValueError(f"`image` must have shape {labels.shape}, not {image.shape}")
    index = _all_labels(labels) if index is None else np.atleast_1d(real_image(index, "index"))
    index = index.reshape(-1)
    found = {"label": index}
    found.update(_shapes(labels, index, step, names))
    if {"surface_area", "face_area"} & set(names):
        found.update(_surfaces(labels, index, step))
    if set(_IMAGE) & set(names):
        found.update(_values(labels, index, image, names))
    found = {name: found[name] for name in ("label", *names)}
    return _frame(found) if as_frame else found


def _check_properties(properties, has_image):
    """The names of what to measure."""
    if properties is None:
        return [*_SHAPE, *(_IMAGE if has_image else ())]
    try:
        names = [properties] if isinstance(properties, str) else list(properties)
    except TypeError:
        raise TypeError(f"`properties` must be texts, not {properties!r}") from None
    for name in names:
        one_of(name, PROPERTIES, "properties")
        if name in _IMAGE and not has_image:
            raise ValueError(f"`properties`: {name!r} needs an `image`")
    return names


def _all_labels(labels):
    """The labels above 0 that occur."""
    dtype = labels.dtype.newbyteorder("=") if labels.dtype.kind != "b" else np.dtype(np.int64)
    most = int(labels.max()) if labels.size else 0
    if most < 1:
        return np.empty(0, dtype)
    if most > max(1 << 16, 4 * labels.size):
        return np.unique(labels[labels > 0]).astype(dtype)
    wanted = np.arange(1, most + 1)
    count = Selection(None, labels, wanted).kernel.shapes(False)[0]
    return wanted[count > 0].astype(dtype)


def _shapes(labels, index, step, names):
    """Everything but surfaces and values."""
    ndim = labels.ndim
    selection = Selection(None, labels, index, by_axis=True)
    moments = bool({"centroid", "centroid_mm", "covariance", "axes", "axis_lengths"} & set(names))
    count, first, box, moment = (selection.spread(m) for m in selection.kernel.shapes(moments))
    box[count == 0] = 0
    found = {"count": count, "volume": count * np.prod(step), "bbox": box}
    if not moments:
        return found
    n = np.where(count > 0, count, np.nan)[:, None]
    mean = moment[:, :ndim] / n
    origin = np.stack(np.unravel_index(np.maximum(first, 0), labels.shape), -1)
    found["centroid"] = origin + mean if labels.size else mean
    found["centroid_mm"] = found["centroid"] * step
    if not {"covariance", "axes", "axis_lengths"} & set(names):
        return found
    i, j = np.triu_indices(ndim)
    spread = moment[:, ndim:] / n - mean[:, i] * mean[:, j]
    covariance = np.empty((len(count), ndim, ndim))
    covariance[:, i, j] = covariance[:, j, i] = spread * step[i] * step[j]
    power = np.full((len(count), ndim), np.nan)
    axes = np.full((len(count), ndim, ndim), np.nan)
    there = count > 0
    if there.any():
        values, vectors = np.linalg.eigh(covariance[there])
        power[there] = values[:, ::-1]
        axes[there] = vectors[:, :, ::-1].transpose(0, 2, 1)
    found["covariance"], found["axes"] = covariance, axes
    found["axis_lengths"] = 2 * np.sqrt((ndim + 2) * np.maximum(power, 0))
    return found


def _surfaces(labels, index, step):
    """Both surfaces."""
    ndim = labels.ndim
    if ndim > 3:
        raise ValueError(f"`properties`: surfaces need 1 to 3 dimensions, not {ndim}")
    # of each label that is asked for, whatever the others are called
    wanted, place = np.unique(index, return_inverse=True)
    codes, values = encode(labels)
    ways = half_neighbours(ndim, ndim)
    framed = np.pad(codes, 1)
    most = int(codes.max()) if codes.size else 0
    count = crossings(framed.reshape(-1), np.array(framed.shape, np.int64), ways, most + 1)
    known = np.arange(most + 1) if values is None else values[: most + 1]
    order = np.argsort(known, kind="stable")
    held = in_range(wanted, np.iinfo(known.dtype).min, np.iinfo(known.dtype).max)
    wanted = np.where(held, wanted, 0).astype(known.dtype)  # one type: no double comes between
    at = np.minimum(np.searchsorted(known, wanted, sorter=order), most)
    mine = count[order[at]]
    mine[(known[order[at]] != wanted) | (wanted == 0)] = 0
    mine = mine[place.reshape(-1)]
    face = np.where(np.abs(ways).sum(1) == 1, np.prod(step) / (np.abs(ways) @ step), 0.0)
    return {"face_area": mine @ face, "surface_area": mine @ surface_factors(ways, step)}


def _values(labels, index, image, names):
    """Measures of the image's values."""
    found = {}
    if {"sum", "mean", "standard_deviation"} & set(names):
        count, total, power = number_sum_variance(image, labels, index, squares=True)
        found["sum"] = total
        n = np.where(count > 0, count, np.nan)
        found["mean"] = total / n
        found["standard_deviation"] = np.sqrt(power * count / n)
    if {"minimum", "maximum"} & set(names):
        extremes = Extremes(image, labels, index)
        found["minimum"], found["maximum"] = extremes.least, extremes.greatest
    return found


def _frame(found):
    """A DataFrame, with a column for each number of what has several."""
    pandas = require("pandas", "frame", "label_statistics(as_frame=True)")
    columns = {}
    for name, values in found.items():
        if values.ndim == 1:
            columns[name] = values
            continue
        for place in np.ndindex(values.shape[1:]):
            columns["_".join([name, *map(str, place)])] = values[(slice(None), *place)]
    return pandas.DataFrame(columns)
