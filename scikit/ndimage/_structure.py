"""Structuring elements: the usual ones, and their forms for the kernels."""

import functools
import itertools
import math
import operator

import numpy as np

from scikit.ndimage._support import (
    integer,
    number,
    per_axis,
    positive_per_axis,
    real_image,
    unit_of,
)

_HIGHEST_RANK = 15  # 3**15 booleans are 14 MB
_BALL_LIMIT = 2**31  # elements
_SMALL = 1000  # a structure up to this size is remembered


def generate_binary_structure(rank, connectivity):
    """The neighbourhood of a voxel, out to a number of steps along the axes.

    Parameters
    ----------
    rank : int
        Number of dimensions; below 1 the result is a 0-d array that holds True.
    connectivity : int
        Voxels whose offset differs from 0 along at most this number of axes are neighbours: in
        three dimensions 1 gives 6 neighbours, 2 gives 18, 3 gives 26. Below 1 counts as 1.

    Returns
    -------
    ndarray of bool, shape (3,) * rank
        True at the neighbours and in the middle.

    Raises
    ------
    TypeError
        If `rank` is no integer or `connectivity` no number.
    ValueError
        If `rank` is above 15.

    See Also
    --------
    iterate_structure : Larger neighbourhoods of the same kind.

    Notes
    -----
    Cost: proportional to the size of the result. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.generate_binary_structure(2, 1).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    try:
        rank = operator.index(rank)
    except TypeError:
        raise TypeError(f"`rank` must be an integer, not {rank!r}") from None
    try:
        connectivity = max(float(connectivity), 1)
    except (TypeError, ValueError):
        raise TypeError(f"`connectivity` must be a number, not {connectivity!r}") from None
    if rank < 1:
        return np.array(True, dtype=bool)
    if rank > _HIGHEST_RANK:
        raise ValueError(
            f"`rank`, or the image's number of dimensions, is {rank}: the structure would "
            f"have 3**{rank} elements; at most {_HIGHEST_RANK} dimensions are possible"
        )
    steps = np.zeros((3,) * rank, np.int8)
    for axis in range(rank):
        steps += np.array([1, 0, 1], np.int8).reshape([3 if k == axis else 1 for k in range(rank)])
    return steps <= connectivity


def iterate_structure(structure, iterations, origin=None):
    """A structure dilated with itself.

    Parameters
    ----------
    structure : array_like
        Structuring element; what is not 0 belongs to it.
    iterations : int
        Dilating once with the result is dilating this often with `structure`. Below 2 the result is
        a copy of `structure`.
    origin : int or sequence of int, optional
        Where the middle of `structure` is shifted to; if given, the shift of the result is returned
        too.

    Returns
    -------
    iterated : ndarray of bool
        The larger structure, of shape ``iterations * (n - 1) + 1`` for each length n.
    origin : list of int
        Only if `origin` is given.

    Raises
    ------
    TypeError
        If `iterations` is no integer.
    RuntimeError
        If `origin` has another length than `structure` has dimensions.

    See Also
    --------
    generate_binary_structure : The usual structures.

    Notes
    -----
    Cost: `iterations` dilations of the result. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.iterate_structure(ndimage.generate_binary_structure(2, 1), 2).astype(int)
    array([[0, 0, 1, 0, 0],
           [0, 1, 1, 1, 0],
           [1, 1, 1, 1, 1],
           [0, 1, 1, 1, 0],
           [0, 0, 1, 0, 0]])
    """
    from scikit.ndimage._morphology import binary_dilation

    structure = real_image(structure, "structure")
    iterations = integer(iterations, "iterations")
    if structure.size == 0:
        raise ValueError(f"`structure` must not be empty, and has shape {structure.shape}")
    if iterations < 2:
        return structure.copy()
    more = iterations - 1
    grown = np.zeros([n + more * (n - 1) for n in structure.shape], bool)
    grown[tuple(slice(more * (n // 2), more * (n // 2) + n) for n in structure.shape)] = (
        structure != 0
    )
    grown = binary_dilation(grown, structure, iterations=more)
    if origin is None:
        return grown
    return grown, [iterations * o for o in per_axis(origin, structure.ndim, "origin")]


def ball(radius, spacing=1.0):
    """The voxels within a distance of the middle one, as a structuring element.

    Parameters
    ----------
    radius : float
        In the unit of `spacing`, at least 0.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm; as many as there are axes. A
        number stands for three axes. The default is 1.

    Returns
    -------
    ndarray of bool
        True where the distance to the middle is at most `radius`; the smallest array with an odd
        number of voxels along each axis that holds these.

    Raises
    ------
    ValueError
        If `radius` is negative or not finite, `spacing` is not positive and finite, or the array
        would have 2**31 elements.
    TypeError
        If `radius` or `spacing` does not hold numbers.

    See Also
    --------
    generate_binary_structure : The nearest neighbours.
    binary_dilation : Takes it as `structure`.

    Notes
    -----
    Distances that exceed the radius by a part of 1e-12 count as equal to it. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.ball(2, spacing=(2, 1)).astype(int)
    array([[0, 0, 1, 0, 0],
           [1, 1, 1, 1, 1],
           [0, 0, 1, 0, 0]])
    >>> ndimage.ball(1.5).sum()
    np.int64(19)
    """
    radius = number(radius, "radius")
    if not 0 <= radius < np.inf:
        raise ValueError(f"`radius` must be at least 0 and finite, not {radius}")
    ndim = len(spacing) if np.iterable(spacing) and not isinstance(spacing, str) else 3
    sizes = positive_per_axis(spacing, ndim, "spacing")
    limit = radius * (1 + 1e-12)
    if not math.prod(2.0 * (limit / s) + 1 for s in sizes) < _BALL_LIMIT:
        raise ValueError(f"`radius` {radius} is too large for `spacing` {spacing}")
    unit = unit_of(sizes)
    squared = np.zeros(())
    for size in sizes:
        n = int(limit / size)
        squared = np.add.outer(squared, (np.arange(-n, n + 1) * (size / unit)) ** 2)
    return np.asarray(squared <= (limit / unit) ** 2)


def structure_of(value, ndim):
    """A structuring element as booleans; None stands for the nearest neighbours.

    Raises
    ------
    RuntimeError
        If it has another number of dimensions than the image.
    """
    if value is None:
        return generate_binary_structure(ndim, 1)
    structure = real_image(value, "structure") != 0
    if structure.ndim != ndim:
        raise RuntimeError(
            f"`structure`: structure and input must have equal rank, not {structure.ndim} and {ndim}"
        )
    return structure


def structure_runs(structure, centre, length):
    """A structuring element as runs along the last axis, grouped by their ends.

    Parameters
    ----------
    structure : ndarray of bool
        At least 1-d.
    centre : sequence of int
        The index that has offset 0.
    length : int
        Length of the volume's last axis; offsets beyond it all lie outside and are drawn in.

    Returns
    -------
    tuple of ndarray of int64
        The arrays x0, x1, first, row, as `sk_bitse` in ``c/ndimage/sk_ndimage.h`` describes them;
        read-only.
    """
    if structure.size > _SMALL:
        return _find_runs(structure, centre, length)
    return _remembered_runs(structure.tobytes(), structure.shape, tuple(centre), length)


@functools.lru_cache(maxsize=64)
def _remembered_runs(data, shape, centre, length):
    """The same for a small structure, given by its bytes; half the time of a small image."""
    return _find_runs(np.frombuffer(data, bool).reshape(shape), centre, length)


def _find_runs(structure, centre, length):
    """The same, worked out."""
    width = structure.shape[-1]
    edge = np.zeros((structure.size // max(width, 1), width + 2), np.int8)
    edge[:, 1:-1] = structure.reshape(-1, width)
    edge = np.diff(edge, axis=1)
    line, start = np.nonzero(edge == 1)
    stop = np.nonzero(edge == -1)[1]
    x0 = np.clip(start - centre[-1], -length, length)
    x1 = np.clip(stop - 1 - centre[-1], -length, length)
    if structure.ndim == 1:
        row = np.zeros((line.size, 1), np.int64)
    else:
        row = np.stack(np.unravel_index(line, structure.shape[:-1]), axis=1) - np.array(centre[:-1])
    order = np.lexsort((x1, x0))
    ends = np.stack([x0, x1], axis=1)[order]
    new = np.ones(len(ends), bool)
    new[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    first = np.append(np.flatnonzero(new), len(ends))
    ends = ends[new]
    runs = (ends[:, 0], ends[:, 1], first, row[order].reshape(-1))
    runs = tuple(np.ascontiguousarray(a, np.int64) for a in runs)
    for a in runs:
        a.flags.writeable = False
    return runs


def neighbours(structure):
    """See `_find_neighbours`; those of a small structure are remembered."""
    if structure.size > _SMALL:
        return _find_neighbours(structure)
    return _remembered_neighbours(structure.tobytes(), structure.shape)


@functools.lru_cache(maxsize=64)
def _remembered_neighbours(data, shape):
    """The same for a small structure, given by its bytes."""
    half, along = _find_neighbours(np.frombuffer(data, bool).reshape(shape))
    for a in half:
        a.flags.writeable = False
    return half, along


def _find_neighbours(structure):
    """The half of a symmetric 3 x ... x 3 neighbourhood that lies before its middle, row by row.

    Parameters
    ----------
    structure : ndarray of bool, shape (3,) * ndim
        At least 1-d, symmetric about its middle.

    Returns
    -------
    half : tuple of ndarray of int64
        ``(row, lo, hi)`` as `sk_bitnb` in ``c/ndimage/sk_ndimage.h`` describes them.
    along : bool
        Whether neighbours within a row belong together.
    """
    lead = structure.ndim - 1
    rows, lo, hi = [], [], []
    for offset in itertools.product((-1, 0, 1), repeat=lead):
        if offset >= (0,) * lead:
            break
        line = structure[tuple(k + 1 for k in offset)]
        spans = (
            [(-1, -1), (1, 1)]
            if tuple(line) == (True, False, True)
            else [(int(np.argmax(line)) - 1, 1 - int(np.argmax(line[::-1])))]
        )
        for span in spans if line.any() else []:
            rows.append(offset if lead else (0,))
            lo.append(span[0])
            hi.append(span[1])
    order = sorted(range(len(rows)), key=lambda k: np.count_nonzero(rows[k]))  # nearest first
    rows, lo, hi = ([a[k] for k in order] for a in (rows, lo, hi))
    middle = structure[(1,) * lead]
    half = tuple(np.array(a, np.int64).reshape(-1) for a in (rows, lo, hi))
    return half, bool(middle[0])
