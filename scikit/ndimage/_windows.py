"""From checked arguments to the kernels that filter a neighbourhood of any shape."""

import functools
import math
import warnings

import numpy as np

from scikit._core._blocks_cy import empty
from scikit._core._threads import run_slabs, slabs
from scikit.ndimage._lines import long_rows, value_bits
from scikit.ndimage._support import (
    check_mode,
    check_origin,
    native,
    per_axis,
    real_image,
    type_code,
)
from scikit.ndimage._windows_cy import Tiles, reach

_TILE_BYTES = 1 << 18  # a buffer well within the second-level cache
_LONGEST_ROW = 2048  # voxels of a tile along the last axis
_SLAB_OPERATIONS = 1 << 22
_LARGEST = 2**31 - 1


def warn_of_size(size, footprint, stacklevel=3):
    """Warn that a footprint takes precedence."""
    if size is not None and footprint is not None:
        message = "ignoring `size` because `footprint` is set"
        warnings.warn(message, UserWarning, stacklevel=stacklevel)


def expand(window, axes, ndim, name):
    """A window over `axes`, in ascending order, as one over all axes, of length 1 along the others.

    Raises
    ------
    RuntimeError
        If it has not as many dimensions as there are axes.
    """
    if window.ndim != len(axes):
        raise RuntimeError(
            f"`{name}`: {name}.ndim ({window.ndim}) must match len(axes) ({len(axes)})"
        )
    lengths = dict(zip(sorted(axes), window.shape, strict=True))
    return window.reshape([lengths.get(k, 1) for k in range(ndim)])


def expand_origin(origin, axes, shape):
    """`origin` for each axis of a window of `shape` over all axes, checked."""
    origins = [0] * len(shape)
    for axis, value in zip(axes, per_axis(origin, len(axes), "origin"), strict=True):
        origins[axis] = check_origin(value, shape[axis])
    return origins


def single_mode(mode):
    """The code of the one boundary mode that a window of any shape takes.

    Raises
    ------
    RuntimeError
        If it is a sequence or unknown.
    """
    if not isinstance(mode, str) and np.iterable(mode):
        raise RuntimeError(
            "`mode`: A sequence of modes is not supported for non-separable footprints"
        )
    return check_mode(mode)


def footprint_of(size, footprint, axes, ndim):
    """The window as booleans over all axes.

    Raises
    ------
    RuntimeError
        If neither is given or their dimensions do not fit `axes`.
    ValueError
        If the window has no element, or a negative length.
    """
    if footprint is None:
        if size is None:
            raise RuntimeError("no `footprint` or filter `size` provided")
        lengths = dict(zip(axes, box_lengths(size, len(axes)), strict=True))
        if math.prod(lengths.values()) > _LARGEST:
            raise ValueError(f"`size`: a window of shape {size} has too many voxels")
        return np.ones([lengths.get(k, 1) for k in range(ndim)], bool)
    footprint = expand(real_image(footprint, "footprint") != 0, axes, ndim, "footprint")
    if not footprint.any():
        raise ValueError("`footprint`: All-zero footprint is not supported.")
    return footprint


def box_lengths(size, count):
    """`size` as positive ints, one an axis.

    Raises
    ------
    RuntimeError
        If a length is no positive integer.
    """
    return [window_length(value, "size") for value in per_axis(size, count, "size")]


def window_length(value, name):
    """The length of a window as an int.

    Raises
    ------
    RuntimeError
        If it is no positive number.
    ValueError
        If it is 2**31 or more.
    """
    try:
        length = int(value) if int(value) == value else 0
    except (TypeError, ValueError, OverflowError):
        length = 0
    if length < 1:
        raise RuntimeError(f"`{name}`: incorrect filter size {value!r}; it must be positive")
    if length > _LARGEST:
        raise ValueError(f"`{name}` must be below 2**31, not {value!r}")
    return length


def run_windows(
    image, output, offsets, mode, cval, work, kernel, workers=None, cost=None, rows=False
):
    """Filter `image` into `output` with a kernel on tiles.

    Parameters
    ----------
    image, output : ndarray
        Of real numbers, any layout, the same shape; they may overlap.
    offsets : ndarray of int64, shape (k, ndim)
        The voxels that a result depends on.
    mode : int
        Code of the boundary mode.
    cval : float
        Value outside; one that the type `work` holds.
    work : dtype
        What the kernel computes in: the image's type or float64.
    kernel : callable
        ``kernel(tiles, distances)`` gives a function of (u0, u1) that filters those tiles;
        `distances` are those of `offsets` in the tiles' buffer.
    workers : int, optional
        None: one call for all tiles, in raster order of the voxels.
    cost : int, optional
        Operations a voxel.
    rows : bool
        The kernel's rows are those of the last axis, which else may be another one.
    """
    codes = (
        type_code(image.dtype, "input"),
        type_code(output.dtype, "output"),
        type_code(work, "input"),
    )
    if image.size == 0:
        return
    if image.ndim == 0:
        image, offsets = image.reshape(1), np.zeros((len(offsets), 1), np.int64)
    order = axes = list(range(image.ndim))
    if workers is not None and not rows:
        order = loop_order(image)
    if order != axes:
        image, offsets = image.transpose(order), offsets[:, order]
    offsets = np.ascontiguousarray(offsets, np.int64)
    plain = output.flags.carray and output.dtype.isnative and order == axes
    direct = plain and not np.may_share_memory(image, output)
    target = (
        output.reshape(image.shape)
        if direct
        else empty(image.shape, output.dtype.newbyteorder("="))
    )
    before, after = reach(offsets)
    halo = tuple([b + a for b, a in zip(before, after, strict=True)])
    block = _block(image.shape, halo, work.itemsize, workers is None)
    tiles = Tiles(
        native(image),
        target,
        codes,
        before,
        after,
        block,
        mode,
        value_bits(cval, work),
    )
    distances = tiles.distances(offsets)
    call = kernel(tiles, distances)
    if workers is None:
        call(0, tiles.count)
    else:
        piece = max(1, _SLAB_OPERATIONS // (math.prod(block) * max(1, cost)))
        run_slabs(call, slabs(tiles.count, piece), workers)
    if not direct:
        target = target.transpose(np.argsort(order)) if order != axes else target
        output[...] = target.reshape(output.shape)


def loop_order(image):
    """The axes of an image in the order of its memory, a long one last."""
    axes = list(range(image.ndim))
    return long_rows(image.shape, axes[::-1] if image.flags.fnc else axes)


@functools.lru_cache(maxsize=256)
def _block(shape, halo, itemsize, raster):
    """Voxels of a tile along each axis.

    The last axis is taken whole; then the axis grows that has the most halo for its voxels, until
    the buffer is full. In raster order an axis grows only when those behind it are whole.
    """
    budget = _TILE_BYTES // itemsize
    block = [1] * len(shape)
    block[-1] = shape[-1] if raster else min(shape[-1], _LONGEST_ROW)
    while True:
        growing = [k for k in range(len(shape) - 1) if block[k] < shape[k]]
        if not growing:
            return tuple(block)
        axis = growing[-1] if raster else max(growing, key=lambda k: (halo[k] / block[k], k))
        wider = [b if k != axis else min(2 * b, shape[k]) for k, b in enumerate(block)]
        if math.prod(b + h for b, h in zip(wider, halo, strict=True)) > budget:
            return tuple(block)
        block = wider
