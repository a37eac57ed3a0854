"""Distance transforms."""

import math

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.ndimage._codes import encode
from scikit.ndimage._distance_cy import (
    FAR,
    UNIT,
    edt_lines,
    edt_rows,
    unravel,
)
from scikit.ndimage._support import flag, float_dtype, positive_per_axis, real_image, unit_of

_SLAB_VOXELS = 1 << 20
MOST_SITES = 2**31 - 1


def distance_transform_edt(
    input,
    sampling=None,
    return_distances=True,
    return_indices=False,
    distances=None,
    indices=None,
    *,
    multilabel=False,
    dtype=np.float64,
    workers=None,
):
    """Exact Euclidean distance of each voxel to the nearest one that is 0.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 gets a distance. A 0-d image is
        taken as one of shape (1,).
    sampling : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm. The default is 1.
    return_distances, return_indices : bool, optional
        What to compute.
    distances : ndarray of float64, shape of `input`, optional
        Takes the distances, which are not returned then.
    indices : ndarray of int32, shape (ndim,) + shape of `input`, optional
        Takes the indices, which are not returned then.
    multilabel : bool, optional
        Distance to the nearest voxel that has another value than the voxel itself, 0 for voxels of 0:
        the transforms of all labels of an image of integers at once.
    dtype : dtype, optional
        float64, or float32, which takes half the memory.
    workers : int, optional
        Number of threads; -1 means all processors. The result has the same bits for any.

    Returns
    -------
    distances : ndarray, shape of `input`
        In the unit of `sampling`; infinite where there is no voxel to reach. Only if
        `return_distances` is True and `distances` is not given.
    indices : ndarray of int32, shape (ndim,) + shape of `input`
        Indices of a nearest voxel, -1 where there is none. Which of equally near ones it is, is not
        said. Only if `return_indices` is True and `indices` is not given.

    Raises
    ------
    RuntimeError
        If nothing is asked for, an array for a result has the wrong shape or type or is not asked
        for, or `sampling` has the wrong length.
    TypeError
        If `input` is complex, or `multilabel` is True and it does not hold integers or booleans.
    ValueError
        If `sampling` is not positive and finite, `dtype` is another type, or indices are asked for
        an image of 2**31 voxels or more.

    See Also
    --------
    signed_distance_transform : Negative inside.
    distance_transform_cdt : In steps from voxel to voxel.

    Notes
    -----
    Squared distances are made axis by axis: along the last one by counting, along the others as the
    least of ``f[j] + (i - j)**2``, for a vector of lines at once, searching from each voxel outward
    as far as a smaller value is possible; lines that need more than 64 steps take the lower envelope
    of parabolas instead [1]_. With equal spacings the arithmetic is in integers, and exact up to
    the root. Memory: 4 bytes a voxel beside the result (8 with unequal spacings). Thread-safe; the GIL is released.

    Without any voxel of 0 SciPy gives distances to a point outside the image.

    References
    ----------
    .. [1] P. F. Felzenszwalb, D. P. Huttenlocher, "Distance transforms of sampled functions", Theory
       of Computing 8 (2012) 415-428, :doi:`10.4086/toc.2012.v008a019`

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.distance_transform_edt([[0, 1, 1, 1], [0, 0, 1, 1]]).round(3)
    array([[0.   , 1.   , 1.414, 2.236],
           [0.   , 0.   , 1.   , 2.   ]])
    >>> ndimage.distance_transform_edt([0, 1, 1, 2, 2, 2, 2], multilabel=True)
    array([0., 1., 1., 1., 2., 3., 4.])
    """
    check_wanted(return_distances, return_indices, distances, indices)
    image = np.atleast_1d(real_image(input, "input"))
    spacing = positive_per_axis(1.0 if sampling is None else sampling, image.ndim, "sampling")
    dtype = float_dtype(dtype)
    multilabel = flag(multilabel, "multilabel")
    check_result(distances, "distances", image.shape, np.float64, RuntimeError)
    check_result(indices, "indices", (image.ndim, *image.shape), np.int32, RuntimeError)
    if return_indices and image.size > MOST_SITES:
        raise ValueError("`return_indices`: the image has 2**31 voxels or more")
    if multilabel and image.dtype.kind == "f":
        raise TypeError(f"`input` must hold integers with `multilabel`, not {image.dtype}")
    places = index_arrays(indices, image) if return_indices else None
    result = squared_distances(
        image,
        spacing,
        multilabel,
        places[-1] if return_indices else None,
        dtype if return_distances else None,
        workers,
    )
    return results_of(result, places, return_distances, distances, indices, workers)


def squared_distances(image, spacing, multilabel, site, dtype, workers):
    """Distances, and the places they lead to, of an image that is at least 1-d.

    Parameters
    ----------
    image : ndarray
    spacing : sequence of float
    multilabel : bool
    site : ndarray of int32, shape of `image`, or None
        Takes the linear indices of nearest voxels, -1 for none.
    dtype : dtype or None
        Type of the distances; None: they are not needed.
    workers : int or None

    Returns
    -------
    ndarray or None
    """
    shape, ndim = image.shape, image.ndim
    workers = check_workers(workers)
    even = len(set(spacing)) == 1 and sum(float(n) ** 2 for n in shape) < FAR
    scale = spacing[0] if even else unit_of(spacing)
    spacing = [size / scale for size in spacing]
    out = None if dtype is None else empty(shape, dtype)
    if image.size == 0:
        return out
    mask = labels = None
    if multilabel:
        labels = encode(image)[0].reshape(-1)
    else:
        mask = image if image.dtype.itemsize == 1 else image != 0
        mask = c_order(mask).reshape(-1).view(np.uint8)
    squared = empty(image.size, np.int32 if even else np.float64)
    flat_site = None if site is None else site.reshape(-1)
    n = shape[-1]
    run_slabs(
        lambda r0, r1: edt_rows(mask, labels, n, spacing[-1], squared, flat_site, r0, r1),
        slabs(image.size // n, max(1, _SLAB_VOXELS // n)),
        workers,
    )
    for axis in range(ndim - 2, -1, -1):
        axes = math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :])
        last = axis == 0 and out is not None
        targets = [
            out.reshape(-1) if last and dtype == d else None for d in (np.float64, np.float32)
        ]
        run_slabs(
            lambda u0, u1, axes=axes, axis=axis, targets=targets: edt_lines(
                axes, spacing[axis], squared, labels, flat_site, *targets, scale, u0, u1
            ),
            slabs(-(-axes[0] * axes[2] // UNIT), max(1, _SLAB_VOXELS // (4 * UNIT * axes[1]))),
            workers,
        )
    if ndim == 1 and out is not None:
        far = squared >= FAR if even else np.isinf(squared)
        out[...] = np.where(far, np.inf, np.sqrt(squared) * scale)
    return out


def signed_distance_transform(input, sampling=None, *, dtype=np.float64, workers=None):
    """Distance to the border of what is not 0: positive outside, negative inside.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape.
    sampling : float or sequence of float, optional
        Spacing of the voxels along each axis. The default is 1.
    dtype : dtype, optional
        float64 or float32.
    workers : int, optional
        Number of threads; -1 means all processors. The result has the same bits for any.

    Returns
    -------
    ndarray, shape of `input`
        Outside, the distance to the nearest voxel inside; inside, minus the distance to the nearest
        voxel outside. So two voxels across the border differ by two spacings.

    Raises
    ------
    RuntimeError
        If `sampling` has the wrong length.
    TypeError
        If `input` is complex.
    ValueError
        If `sampling` is not positive and finite, or `dtype` is another type.

    See Also
    --------
    distance_transform_edt : Its notes on accuracy and cost hold here too.

    Notes
    -----
    Memory beside the result: 13 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.signed_distance_transform([0, 0, 1, 1, 1, 0])
    array([ 2.,  1., -1., -2., -1.,  1.])
    """
    mask = real_image(input, "input") != 0
    signed = distance_transform_edt(~mask, sampling, dtype=dtype, workers=workers)
    inside = distance_transform_edt(mask, sampling, dtype=dtype, workers=workers)
    np.negative(inside, out=signed, where=mask)
    return signed.reshape(mask.shape)


def index_arrays(indices, image):
    """Room for the index arrays: `indices` if that can be used, else a new one.

    A transform puts linear indices into the last of them; `results_of` makes all from these.
    """
    given = isinstance(indices, np.ndarray)
    if given and indices.flags.carray and not np.may_share_memory(indices, image):
        return indices
    return empty((image.ndim, *image.shape), np.int32)


def results_of(found, places, return_distances, distances, indices, workers=None):
    """What a transform returns; the rest goes into the arrays that are given.

    Parameters
    ----------
    found : ndarray or None
        Distances.
    places : ndarray or None
        See `index_arrays`; None if indices are not wanted.
    return_distances : bool
    distances, indices : ndarray or None
        The arrays that are given.
    workers : int or None
    """
    results = []
    if return_distances:
        if isinstance(distances, np.ndarray):
            distances[...] = found
        else:
            results.append(found)
    if places is not None:
        if places.size:
            shape, index = np.array(places.shape[1:], np.int64), places.reshape(-1)
            site = places[-1].reshape(-1)
            run_slabs(
                lambda first, last: unravel(shape, site, index, first, last),
                slabs(site.size, _SLAB_VOXELS),
                check_workers(workers),
            )
        if not isinstance(indices, np.ndarray):
            results.append(places)
        elif places is not indices:
            indices[...] = places
    return tuple(results) if len(results) > 1 else results[0] if results else None


def check_wanted(return_distances, return_indices, distances, indices):
    return_distances = flag(return_distances, "return_distances")
    return_indices = flag(return_indices, "return_indices")
    if not return_distances and not return_indices:
        raise RuntimeError("at least one of `return_distances`/`return_indices` must be True")
    if isinstance(distances, np.ndarray) and not return_distances:
        raise RuntimeError("`return_distances` must be True if `distances` is supplied")
    if isinstance(indices, np.ndarray) and not return_indices:
        raise RuntimeError("`return_indices` must be True if `indices` is supplied")


def check_result(array, name, shape, dtype, error):
    if array is None:
        return
    if not isinstance(array, np.ndarray):
        raise TypeError(f"`{name}` must be an array, not {type(array).__name__}")
    if array.dtype != dtype:
        raise error(f"`{name}` array must be {np.dtype(dtype)}, not {array.dtype}")
    if array.shape != shape:
        raise error(f"`{name}` array has wrong shape {array.shape}; needed is {shape}")
