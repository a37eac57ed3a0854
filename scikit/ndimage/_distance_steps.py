"""Distances in steps from voxel to voxel, and by comparison with every voxel."""

import operator

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._distance import (
    MOST_SITES,
    check_result,
    check_wanted,
    index_arrays,
    results_of,
)
from scikit.ndimage._distance_cy import brute_distance, chamfer
from scikit.ndimage._morphology import binary_dilation
from scikit.ndimage._structure import generate_binary_structure
from scikit.ndimage._support import one_of, positive_per_axis, real_image

_BRUTE_METRICS = {"euclidean": 0, "taxicab": 1, "cityblock": 1, "manhattan": 1, "chessboard": 2}


def distance_transform_cdt(
    input,
    metric="chessboard",
    return_distances=True,
    return_indices=False,
    distances=None,
    indices=None,
):
    """Distance of each voxel to the nearest one that is 0, in steps from voxel to voxel.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 gets a distance.
    metric : {'chessboard', 'taxicab'} or array_like, shape (3,) * ndim, optional
        The steps that are possible: to all neighbours, to those across a face ('cityblock' and
        'manhattan' are the same), or to those where an array is not 0.
    return_distances, return_indices : bool, optional
        What to compute.
    distances : ndarray of int32, shape of `input`, optional
        Takes the distances, which are not returned then.
    indices : ndarray of int32, shape (ndim,) + shape of `input`, optional
        Takes the indices, which are not returned then.

    Returns
    -------
    distances : ndarray of int32, shape of `input`
        -1 where there is no voxel to reach. Only if `return_distances` is True and `distances` is
        not given.
    indices : ndarray of int32, shape (ndim,) + shape of `input`
        Indices of a nearest voxel. Only if `return_indices` is True and `indices` is not given.

    Raises
    ------
    RuntimeError
        If nothing is asked for, or an array for a result is not asked for.
    ValueError
        If `metric` is unknown or not 3 wide, an array for a result has the wrong shape or type, or
        the image has 2**31 voxels or more.
    TypeError
        If `input` is complex.

    See Also
    --------
    distance_transform_edt : The Euclidean distance, which is faster too.

    Notes
    -----
    Two sweeps through the image. Cost: one comparison a voxel and step. Thread-safe.
    Memory beside the result: 4 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.distance_transform_cdt([[0, 1, 1], [1, 1, 1], [1, 1, 1]], "taxicab")
    array([[0, 1, 2],
           [1, 2, 3],
           [2, 3, 4]], dtype=int32)
    """
    check_wanted(return_distances, return_indices, distances, indices)
    image = real_image(input, "input")
    structure = _check_steps(metric, image.ndim)
    check_result(distances, "distances", image.shape, np.int32, ValueError)
    check_result(indices, "indices", (image.ndim, *image.shape), np.int32, ValueError)
    if image.size > MOST_SITES:
        raise ValueError("`input` has 2**31 voxels or more")
    found = -(image != 0).astype(np.int32, order="C")
    places = _own_places(indices, image) if return_indices else None
    if image.size and image.ndim:
        steps = np.argwhere(structure) - 1
        half = np.flatnonzero(structure) < structure.size // 2
        shape = np.array(image.shape, np.int64)
        flat = places[-1].reshape(-1) if return_indices else None
        forward = np.ascontiguousarray(steps[half], np.int64)
        backward = np.ascontiguousarray(-forward)
        chamfer(shape, forward, False, found.reshape(-1), flat)
        chamfer(shape, backward, True, found.reshape(-1), flat)
    return results_of(found, places, return_distances, distances, indices)


def distance_transform_bf(
    input,
    metric="euclidean",
    sampling=None,
    return_distances=True,
    return_indices=False,
    distances=None,
    indices=None,
):
    """Distance of each voxel to the nearest one that is 0, by comparison with all of these.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 gets a distance.
    metric : {'euclidean', 'taxicab', 'chessboard'}, optional
        'cityblock' and 'manhattan' are other names of 'taxicab'.
    sampling : float or sequence of float, optional
        Spacing of the voxels along each axis; only for 'euclidean'.
    return_distances, return_indices : bool, optional
        What to compute.
    distances : ndarray, shape of `input`, optional
        Takes the distances, which are not returned then: of float64 for 'euclidean', else of
        uint32.
    indices : ndarray of int32, shape (ndim,) + shape of `input`, optional
        Takes the indices, which are not returned then.

    Returns
    -------
    distances : ndarray of float64 or uint32, shape of `input`
        The largest possible value (the root of it for 'euclidean') where there is no voxel of 0.
        Only if `return_distances` is True and `distances` is not given.
    indices : ndarray of int32, shape (ndim,) + shape of `input`
        Indices of the nearest voxel, the last one of equals. Only if `return_indices` is True and
        `indices` is not given.

    Raises
    ------
    RuntimeError
        If nothing is asked for, `metric` is unknown, or an array for a result has the wrong shape
        or type or is not asked for.
    TypeError
        If `input` is complex.

    See Also
    --------
    distance_transform_edt : The same much faster.
    distance_transform_cdt : The other metrics much faster.

    Notes
    -----
    Kept for what is written with it, and as a reference. Cost: (voxels that are not 0) times
    (voxels of 0 on their border). Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.distance_transform_bf([0, 1, 1, 1], metric="taxicab")
    array([0, 1, 2, 3], dtype=uint32)
    """
    check_wanted(return_distances, return_indices, distances, indices)
    mask = real_image(input, "input") != 0
    metric = metric.lower() if isinstance(metric, str) else metric
    code = _BRUTE_METRICS[one_of(metric, _BRUTE_METRICS, "metric", RuntimeError)]
    dtype = np.float64 if code == 0 else np.uint32
    spacing = None
    if sampling is not None:
        spacing = np.array(positive_per_axis(sampling, mask.ndim, "sampling"))
    check_result(distances, "distances", mask.shape, dtype, RuntimeError)
    check_result(indices, "indices", (mask.ndim, *mask.shape), np.int32, RuntimeError)
    border = binary_dilation(mask, generate_binary_structure(mask.ndim, mask.ndim)) & ~mask
    points, targets = (np.ascontiguousarray(np.argwhere(a), np.int64) for a in (mask, border))
    targets = np.ascontiguousarray(targets[::-1])  # of equally near voxels SciPy takes the last one
    most = np.sqrt(np.finfo(np.float64).max) if code == 0 else np.iinfo(np.uint32).max
    values = np.full(len(points), most, dtype)
    nearest = np.full(len(points), -1, np.int64)
    pair = (values, None) if code == 0 else (None, values)
    if mask.ndim:
        brute_distance(points, targets, spacing if code == 0 else None, code, *pair, nearest)
    found = zeros(mask.shape, dtype)
    found[mask] = values
    places = _own_places(indices, mask) if return_indices else None
    if return_indices and len(targets):
        places[-1][mask] = np.flatnonzero(border)[::-1][nearest]
    return results_of(found, places, return_distances, distances, indices)


def _own_places(indices, image):
    """Room for index arrays (see `index_arrays`), in which each voxel leads to itself."""
    places = index_arrays(indices, image)
    if image.ndim:
        places[-1] = np.arange(image.size, dtype=np.int32).reshape(image.shape)
    return places


def _check_steps(metric, ndim):
    """The neighbourhood that a metric names."""
    if isinstance(metric, str):
        connectivity = {"taxicab": 1, "cityblock": 1, "manhattan": 1, "chessboard": ndim}.get(
            metric
        )
        if connectivity is None:
            raise ValueError(f"`metric`: invalid metric provided: {metric!r}")
        return generate_binary_structure(ndim, operator.index(connectivity))
    try:
        structure = np.asarray(metric) != 0
    except (TypeError, ValueError) as error:
        raise ValueError(f"`metric`: invalid metric provided: {error}") from error
    if any(n != 3 for n in structure.shape):
        raise ValueError(f"`metric` sizes must be equal to 3, not {structure.shape}")
    if structure.ndim != ndim:
        raise ValueError(f"`metric` must have {ndim} dimensions, not {structure.ndim}")
    return structure
