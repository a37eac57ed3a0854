"""Smallest and largest voxels of a window: what the minimum and maximum filters and grey morphology share."""

import functools
import math

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.ndimage._lines import extreme_pass, filter_lines, value_bits
from scikit.ndimage._nan import extreme_without_nan, omits_nan
from scikit.ndimage._support import (
    MODES,
    as_numbers,
    check_axes,
    check_mode,
    check_origin,
    comparable,
    native,
    number,
    per_axis,
    real_image,
    result_array,
    type_code,
)
from scikit.ndimage._window_lines_cy import MOST, box
from scikit.ndimage._windows import (
    box_lengths,
    expand,
    expand_origin,
    footprint_of,
    loop_order,
    run_windows,
    single_mode,
)
from scikit.ndimage._windows_cy import window_offsets

_STRIP_BYTES = 1 << 20
_SMALL = 1000  # a window up to this size is remembered


def extreme_filter(
    input,
    maximum,
    size,
    footprint,
    heights,
    output,
    mode,
    cval,
    origin,
    axes,
    workers,
    nan_policy="propagate",
):
    """Smallest or largest voxel of a window.

    Parameters
    ----------
    maximum : bool
        The largest; else the smallest.
    heights : array_like or None
        Added to the voxels of the window (taken from them for the smallest).
    input, size, footprint, output, mode, cval, origin, axes, workers, nan_policy
        As in `minimum_filter`.

    Returns
    -------
    ndarray
        `output` if it is an array.
    """
    image = real_image(input, "input")
    output = result_array(output, image)
    axes = check_axes(axes, image.ndim)
    workers = check_workers(workers)
    cval = number(cval, "cval")
    if omits_nan(image, nan_policy):

        def find(part, outside):
            return extreme_filter(
                part, maximum, size, footprint, heights, None, mode, outside, origin, axes, workers
            )

        extreme_without_nan(image, maximum, output, cval, find)
        return output
    if heights is not None:
        _hills(image, maximum, footprint, heights, output, mode, cval, origin, axes, workers)
        return output
    codes = [check_mode(m) for m in per_axis(mode, len(axes), "mode")]
    source, cval = comparable(image, cval, MODES["constant"] in codes, output)
    if footprint is not None:
        given = real_image(footprint, "footprint") != 0
        if given.all() and given.size:
            lengths = dict(
                zip(sorted(axes), per_axis(given.shape, len(axes), "footprint"), strict=True)
            )
            size, footprint = [lengths[k] for k in axes], None
    # doubles are stored in any type
    direct = source.dtype in (np.float64, as_numbers(output).dtype)
    target = as_numbers(output) if direct else empty(source.shape, source.dtype)
    if footprint is not None:
        window = footprint_of(None, footprint, axes, image.ndim)
        origins = expand_origin(origin, axes, window.shape)
        _chords(source, maximum, window, origins, target, single_mode(mode), cval, workers)
    elif size is None:
        raise RuntimeError("no `footprint` or filter `size` provided")
    else:
        _box(source, maximum, size, target, mode, cval, origin, axes, workers)
    if not direct:
        with np.errstate(invalid="ignore"):
            output[...] = target
    return output


def _box(source, maximum, size, target, mode, cval, origin, axes, workers):
    """The window is a box: one axis after the other."""
    settings = [
        per_axis(value, len(axes), name)
        for value, name in (
            (box_lengths(size, len(axes)), "size"),
            (origin, "origin"),
            (mode, "mode"),
        )
    ]
    sides = [
        (axis, length, check_origin(shift, length), m)
        for axis, length, shift, m in zip(axes, *settings, strict=True)
        if length > 1
    ]
    small = [s for s in sides if s[0] >= source.ndim - 3 and s[1] <= MOST]
    if small and target.dtype == source.dtype and source.size:
        _small_box(source, maximum, small, target, cval, workers)
        source, sides = target, [s for s in sides if s not in small]
        if not sides:
            return
    passes = [extreme_pass(maximum, length, axis, m, shift) for axis, length, shift, m in sides]
    if not passes:
        target[...] = source
    elif target.dtype == source.dtype:
        filter_lines(source, target, passes, cval, workers)
    else:  # doubles, stored in another type at the end
        if passes[1:]:
            source = source.copy()
            filter_lines(source, source, passes[:-1], cval, workers)
        filter_lines(source, target, passes[-1:], cval, workers)


def _small_box(source, maximum, sides, target, cval, workers):
    """A box along some of the last three axes, in one visit of the image."""
    code = type_code(source.dtype, "input")
    source = c_order(native(source))
    direct = target.flags.carray and not np.may_share_memory(source, target)
    result = target if direct else empty(source.shape, source.dtype)
    lost = 3 - min(3, source.ndim)
    last = (1,) * lost + source.shape[-3:]
    size, origin, modes = [1] * 3, [0] * 3, [0] * 3
    for axis, length, shift, m in sides:
        k = axis - source.ndim + 3
        size[k], origin[k], modes[k] = length, shift, check_mode(m)
    outer = source.size // math.prod(last)
    # a strip's planes, of which the ring keeps as many as the box is deep, stay in the second-level cache
    rows = _STRIP_BYTES // (3 * size[0] * last[2] * source.itemsize)
    rows = min(max(rows, size[1], 1), last[1])
    bits = value_bits(cval, source.dtype)
    shape = (outer, *last)
    run_slabs(
        lambda u0, u1: box(
            maximum, source, result, code, shape, size, origin, modes, bits, rows, u0, u1
        ),
        slabs(outer * -(-last[1] // rows), 1),
        workers,
    )
    if not direct:
        target[...] = result


def _chords(source, maximum, window, origins, target, mode, cval, workers):
    """The window is of any shape, as chords along the last axis."""
    if source.ndim == 0:
        target[...] = source
        return
    order = loop_order(source)
    source, target, window = (a.transpose(order) for a in (source, target, window))
    origins = [origins[k] for k in order]
    if window.size <= _SMALL:
        plan = _remembered_plan(window.tobytes(), window.shape, tuple(origins))
    else:
        plan = _plan(window, origins)
    offsets, lengths, first = plan
    count = len(offsets) // 2

    def kernel(tiles, distances):
        chords = distances[:count]
        return lambda u0, u1: tiles.extreme(maximum, lengths, first, chords, u0, u1)

    run_windows(
        source,
        target,
        offsets,
        mode,
        cval,
        source.dtype,
        kernel,
        workers,
        count // 8 + 4,
        rows=True,
    )


@functools.lru_cache(maxsize=64)
def _remembered_plan(data, shape, origins):
    """The same for a small window, given by its bytes; two thirds of the time of a small image."""
    plan = _plan(np.frombuffer(data, bool).reshape(shape), origins)
    for array in plan:
        array.flags.writeable = False
    return plan


def _plan(window, origins):
    """The chords of a window, by ascending length.

    Returns
    -------
    offsets : ndarray of int64, shape (2 * k, ndim)
        From the voxel filtered to the chords' first elements, then to their last ones.
    lengths : ndarray of int64
        Those that the kernel makes one from the other.
    first : ndarray of int64
        Where the chords of each length begin.
    """
    start, length = _find_chords(window)
    offsets = start - np.array([n // 2 + o for n, o in zip(window.shape, origins, strict=True)])
    ends = offsets.copy()
    ends[:, -1] += length - 1
    lengths = [1]
    for wanted in np.unique(length):
        while lengths[-1] * 2 < wanted:
            lengths.append(lengths[-1] * 2)
        if wanted > lengths[-1]:
            lengths.append(int(wanted))
    first = np.searchsorted(length, [*lengths, lengths[-1] + 1]).astype(np.int64)
    return np.concatenate([offsets, ends]), np.array(lengths, np.int64), first


def _find_chords(window):
    """First elements, shape (k, ndim), and lengths of the runs along the last axis, by ascending length."""
    width = window.shape[-1]
    edge = np.zeros((window.size // width, width + 2), np.int8)
    edge[:, 1:-1] = window.reshape(-1, width)
    edge = np.diff(edge, axis=1)
    line, first = np.nonzero(edge == 1)
    length = np.nonzero(edge == -1)[1] - first
    order = np.argsort(length, kind="stable")
    lead = np.unravel_index(line, window.shape[:-1]) if window.ndim > 1 else ()
    start = np.stack([*lead, first], axis=1)
    return start[order], length[order]


def _hills(image, maximum, footprint, heights, output, mode, cval, origin, axes, workers):
    """The window has heights: computed in double."""
    heights = real_image(heights, "structure").astype(np.float64)
    if heights.size == 0:
        raise ValueError(f"`structure` must not be empty, and has shape {heights.shape}")
    window = (
        np.ones(heights.shape, bool)
        if footprint is None
        else real_image(footprint, "footprint") != 0
    )
    if heights.ndim != len(axes):
        raise RuntimeError(
            f"`structure`: structure array has incorrect shape {heights.shape} for {len(axes)} axes"
        )
    if window.shape != heights.shape:
        raise RuntimeError(
            f"`structure` of shape {heights.shape} does not fit `footprint` of shape {window.shape}"
        )
    window = footprint_of(None, window, axes, image.ndim)
    origins = expand_origin(origin, axes, window.shape)
    taken = np.ascontiguousarray(expand(heights, axes, image.ndim, "structure")[window])
    run_windows(
        image.astype(np.float32) if image.dtype == np.float16 else image,
        output,
        window_offsets(window, origins),
        single_mode(mode),
        cval,
        np.dtype(np.float64),
        lambda tiles, distances: lambda u0, u1: tiles.hill(maximum, taken, distances, u0, u1),
        workers,
        taken.size,
    )
