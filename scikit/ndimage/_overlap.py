"""How well two segmentations agree: overlap, and distances between their surfaces."""

from typing import NamedTuple

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._threads import check_workers
from scikit.ndimage._cubes import cell_patterns, surfel_areas
from scikit.ndimage._distance import distance_transform_edt
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._morphology import binary_erosion
from scikit.ndimage._regions import Selection
from scikit.ndimage._support import flag, number, one_of, positive_per_axis, real_image

#: What is a surface, see `hausdorff_distance`.
_SURFACES = ("voxel", "surfel")


def dice(a, b, *, labels=None):
    """Dice's coefficient of two segmentations: twice the overlap by the sum of the sizes.

    Parameters
    ----------
    a, b : array_like
        Masks, or images of labels, of the same shape.
    labels : int or sequence of int, optional
        Labels that are compared each for itself. By default, what is not 0 is compared.

    Returns
    -------
    float or ndarray of float64, shape of `labels`
        From 0, no overlap, to 1, equal; NaN where both are empty.

    Raises
    ------
    ValueError
        If the shapes differ.
    TypeError
        If `a` or `b` does not hold real numbers or booleans.

    See Also
    --------
    jaccard : Overlap by union.
    surface_dice : Of the surfaces.

    Notes
    -----
    L. R. Dice, "Measures of the amount of ecologic association between species", Ecology 26 (1945)
    297-302, :doi:`10.2307/1932409`. One pass over both images. Memory: 1
    byte a voxel, 3 where the images are not boolean. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.dice([0, 1, 1, 1], [0, 0, 1, 1])
    0.8
    """
    both, one, other = _counts(a, b, labels)
    return _ratio(2 * both, one + other, labels)


def jaccard(a, b, *, labels=None):
    """Jaccard's index of two segmentations: overlap by union.

    Parameters
    ----------
    a, b : array_like
        Masks, or images of labels, of the same shape.
    labels : int or sequence of int, optional
        Labels that are compared each for itself. By default, what is not 0 is compared.

    Returns
    -------
    float or ndarray of float64, shape of `labels`
        From 0, no overlap, to 1, equal; NaN where both are empty.

    Raises
    ------
    ValueError
        If the shapes differ.
    TypeError
        If `a` or `b` does not hold real numbers or booleans.

    See Also
    --------
    dice : Twice the overlap by the sum of the sizes.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> round(ndimage.jaccard([0, 1, 1, 1], [0, 0, 1, 1]), 3)
    0.667
    """
    both, one, other = _counts(a, b, labels)
    return _ratio(both, one + other - both, labels)


def _counts(a, b, labels):
    """Voxels in both, in the first and in the second."""
    a, b = _pair(a, b)
    if labels is None:
        a, b = (m if m.dtype == bool else m != 0 for m in (a, b))
        return tuple(float(np.count_nonzero(m)) for m in (a & b, a, b))
    wanted = to_numpy(labels, "labels")
    if wanted.dtype.kind not in "biu" and wanted.size:
        raise TypeError(f"`labels` must be integers, not {wanted.dtype}")

    def count(values):
        selection = Selection(None, values, wanted)
        return selection.spread(selection.kernel.shapes(False)[0]).astype(float)

    return count(a[a == b]), count(a), count(b)


def _ratio(part, whole, labels):
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.divide(part, whole)
    return np.float64(ratio).item() if labels is None or np.ndim(labels) == 0 else ratio


def _pair(a, b):
    a, b = real_image(a, "a"), real_image(b, "b")
    if a.shape != b.shape:
        raise ValueError(f"`b` must have the shape of `a`, {a.shape}, not {b.shape}")
    return a, b


class _Distances(NamedTuple):
    """Distances of one surface's elements to another surface, ascending, and their areas."""

    values: np.ndarray
    weights: np.ndarray

    def percentile(self, percent):
        """The distance within which this part of the surface lies."""
        total = np.cumsum(self.weights)
        return self.values[min(np.searchsorted(total, percent / 100 * total[-1]), len(total) - 1)]


def _surface_distances(a, b, spacing, surface, workers):
    """From the surface of a to that of b, and back; None where one of them is empty.

    Returns
    -------
    pair of _Distances or None
    empty : int
        How many of the masks are empty.
    """
    a, b = _pair(a, b)
    a, b = a != 0, b != 0
    if a.ndim == 0:
        raise ValueError("`a` must have at least one dimension")
    spacing = positive_per_axis(1.0 if spacing is None else spacing, a.ndim, "spacing")
    one_of(surface, _SURFACES, "surface")
    check_workers(workers)
    if surface == "surfel" and a.ndim not in (2, 3):
        raise ValueError(f"`surface`: surfels are of 2 or 3 dimensions, not {a.ndim}")
    empty = (not a.any()) + (not b.any())
    if empty:
        return None, empty
    box = tuple(
        slice(np.flatnonzero(line)[0], np.flatnonzero(line)[-1] + 1)
        for line in (
            (a | b).any(axis=tuple(k for k in range(a.ndim) if k != axis)) for axis in range(a.ndim)
        )
    )
    a, b = np.ascontiguousarray(a[box]), np.ascontiguousarray(b[box])
    if surface == "voxel":
        borders = [m & ~binary_erosion(m) for m in (a, b)]
        areas = [np.ones(np.count_nonzero(m)) for m in borders]
    else:
        table = surfel_areas(spacing)
        patterns = [cell_patterns(m) for m in (a, b)]
        borders = [(p != 0) & (p != len(table) - 1) for p in patterns]
        areas = [table[p[m]] for p, m in zip(patterns, borders, strict=True)]
    pair = []
    for one, other, area in (
        (borders[0], borders[1], areas[0]),
        (borders[1], borders[0], areas[1]),
    ):
        distance = distance_transform_edt(~other, spacing, workers=workers)[one]
        order = np.argsort(distance, kind="stable")
        pair.append(_Distances(distance[order], area[order]))
    return pair, 0


@shares_docs
def hausdorff_distance(
    a, b, spacing=None, *, percentile=100.0, directed=False, surface="voxel", workers=None
):
    """Largest distance from the surface of one mask to that of another.

    Parameters
    ----------
    %(surface)s
    percentile : float, optional
        In place of the largest distance, the one within which this percentage of a surface lies.
    directed : bool, optional
        Only from `a` to `b`; else the larger one of both directions.
    surface : {'voxel', 'surfel'}, optional
        'voxel': the voxels of a mask that have a face in common with one outside, with equal
        weights. 'surfel': pieces of surface between 2 x 2 x 2 voxels (2 x 2 in a plane) that are
        not all inside or outside, weighted by their area, as in [1]_.
    %(workers)s

    Returns
    -------
    float
        In the unit of `spacing`; infinite if one mask is empty, NaN if both are.

    Raises
    ------
    %(surface_raises)s

    See Also
    --------
    hausdorff_distance_95 : For 95 per cent of the surfaces.
    average_surface_distance : The mean.

    Notes
    -----
    Two exact distance transforms of the box that holds both masks. Voxels at the end of the image
    count as surface. Thread-safe.
    Memory beside the result: 19 bytes a voxel.

    References
    ----------
    .. [1] S. Nikolov et al., "Clinically applicable segmentation of head and neck anatomy for
       radiotherapy", Journal of Medical Internet Research 23 (2021) e26151, :doi:`10.2196/26151`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.hausdorff_distance([0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1], spacing=0.5)
    1.0
    """
    percentile = number(percentile, "percentile")
    if not 0 <= percentile <= 100:
        raise ValueError(f"`percentile` must lie between 0 and 100, not {percentile}")
    directed = flag(directed, "directed")
    pair, empty = _surface_distances(a, b, spacing, surface, workers)
    if pair is None:
        return np.nan if empty == 2 else np.inf
    return float(max(side.percentile(percentile) for side in pair[: 1 if directed else 2]))


@shares_docs
def hausdorff_distance_95(a, b, spacing=None, *, directed=False, surface="voxel", workers=None):
    """Distance within which 95 per cent of the surface of one mask lie from that of another.

    Parameters
    ----------
    %(surface)s
    directed : bool, optional
        Only from `a` to `b`; else the larger one of both directions.
    surface : {'voxel', 'surfel'}, optional
        What a surface is, see `hausdorff_distance`.
    %(workers)s

    Returns
    -------
    float
        In the unit of `spacing`; infinite if one mask is empty, NaN if both are.

    Raises
    ------
    %(surface_raises)s

    See Also
    --------
    hausdorff_distance : For all of the surfaces, or another percentage.

    Notes
    -----
    Memory beside the result: 19 bytes a voxel.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> a = np.zeros((30, 30), bool)
    >>> a[5:25, 5:25] = True
    >>> b = a.copy()
    >>> b[10, 25:29] = True
    >>> ndimage.hausdorff_distance_95(a, b), ndimage.hausdorff_distance(a, b)
    (1.0, 4.0)
    """
    return hausdorff_distance(
        a, b, spacing, percentile=95.0, directed=directed, surface=surface, workers=workers
    )


@shares_docs
def average_surface_distance(a, b, spacing=None, *, directed=False, surface="voxel", workers=None):
    """Mean distance from the surface of one mask to that of another.

    Parameters
    ----------
    %(surface)s
    directed : bool, optional
        Only from `a` to `b`; else the mean over the elements of both surfaces.
    surface : {'voxel', 'surfel'}, optional
        What a surface is, see `hausdorff_distance`.
    %(workers)s

    Returns
    -------
    float
        In the unit of `spacing`; infinite if one mask is empty, NaN if both are.

    Raises
    ------
    %(surface_raises)s

    See Also
    --------
    hausdorff_distance : The largest distance.

    Notes
    -----
    Memory beside the result: 19 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.average_surface_distance([0, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1], spacing=0.5)
    0.625
    """
    directed = flag(directed, "directed")
    pair, empty = _surface_distances(a, b, spacing, surface, workers)
    if pair is None:
        return np.nan if empty == 2 else np.inf
    sides = pair[: 1 if directed else 2]
    total = sum(float(np.sum(side.weights)) for side in sides)
    return sum(float(np.dot(side.values, side.weights)) for side in sides) / total


@shares_docs
def surface_dice(a, b, tolerance, spacing=None, *, surface="surfel", workers=None):
    """Part of two surfaces that lies within a tolerance of the other one.

    Parameters
    ----------
    a, b : array_like
        Masks of the same shape, of at least one dimension; what is not 0 is inside.
    tolerance : float
        Distance that is still accepted, in the unit of `spacing`.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm. The default is 1.
    surface : {'surfel', 'voxel'}, optional
        What a surface is, see `hausdorff_distance`; 'surfel' weights by area.
    %(workers)s

    Returns
    -------
    float
        From 0 to 1; 0 if one mask is empty, NaN if both are.

    Raises
    ------
    %(surface_raises)s

    See Also
    --------
    dice : Of the volumes.
    hausdorff_distance : What a surface is, and where the definition comes from.

    Notes
    -----
    Memory beside the result: 22 bytes a voxel.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> a = np.zeros((9, 9), bool)
    >>> a[2:7, 2:7] = True
    >>> b = np.roll(a, 1, axis=0)
    >>> ndimage.surface_dice(a, b, 1.0), round(ndimage.surface_dice(a, b, 0.5), 3)
    (1.0, 0.5)
    """
    tolerance = number(tolerance, "tolerance")
    if not tolerance >= 0:
        raise ValueError(f"`tolerance` must not be negative, not {tolerance}")
    pair, empty = _surface_distances(a, b, spacing, surface, workers)
    if pair is None:
        return np.nan if empty == 2 else 0.0
    near = sum(float(np.sum(side.weights[side.values <= tolerance])) for side in pair)
    return near / sum(float(np.sum(side.weights)) for side in pair)
