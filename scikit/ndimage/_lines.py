"""From checked arguments to the kernels that filter along one axis after the other."""

import math
from typing import NamedTuple

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import run_slabs, slabs
from scikit.ndimage._correlate1d_cy import UNIT, correlate1d
from scikit.ndimage._nan import mean_without_nan
from scikit.ndimage._support import check_mode, native, number, part_by_part, type_code
from scikit.ndimage._window_lines_cy import window_lines

_SHORT_ROW = 16  # voxels: shorter ones take longer to begin than to filter
_WORTH_MOVING = 1 << 10  # voxels
_SHORT = 32  # floats of shorter windows are multiplied by equal weights
_SLAB_OPERATIONS = 1 << 22  # in a slab: about a millisecond
#: of planes that several passes work on while they are in the second-level cache
_CHUNK_BYTES = 1 << 21
_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


class Pass(NamedTuple):
    """A filter along one axis."""

    axis: int
    cost: int  #: operations a voxel
    #: ``kernel(src, dst, shape, outside, u0, u1)`` filters units u0..u1 of a C-contiguous array, taken as one of shape
    #: (outer, n, inner)
    kernel: object


def correlation_pass(weights, axis, mode, origin=0, order=1):
    """A pass of `filter_lines`: correlation with `weights`.

    Real float32 images are summed in float32 if `order` is 0; other values of `order` ask for double.
    """
    mode = check_mode(mode)
    weights = np.ascontiguousarray(weights, np.float64)

    def kernel(src, dst, shape, outside, u0, u1):
        narrow = order == 0 and src.dtype == np.float32 and dst.dtype == np.float32
        codes = type_code(src.dtype, "input"), type_code(dst.dtype, "output")
        correlate1d(
            src, codes[0], dst, codes[1], shape, weights, origin, mode, outside, narrow, u0, u1
        )

    return Pass(axis, weights.size, kernel)


def mean_pass(size, axis, mode, origin):
    """A pass of `filter_lines`: mean of `size` voxels."""
    short = (
        correlation_pass(np.full(size, 1 / size), axis, mode, origin, order=0)
        if size <= _SHORT
        else None
    )
    mode = check_mode(mode)

    def kernel(src, dst, shape, outside, u0, u1):
        work = _SINGLE if src.dtype == dst.dtype == _SINGLE else _DOUBLE
        if short and work == _SINGLE:
            return short.kernel(src, dst, shape, outside, u0, u1)
        codes = type_code(src.dtype, "input"), type_code(dst.dtype, "output"), type_code(work, "")
        bits = value_bits(outside, work)
        window_lines("mean", src, dst, *codes, shape, size, origin, mode, bits, u0, u1)

    return Pass(axis, 4 * size.bit_length(), kernel)


def extreme_pass(maximum, size, axis, mode, origin):
    """A pass of `filter_lines`: smallest or largest of `size` voxels; the value outside fits their type."""
    mode = check_mode(mode)
    kind = "max" if maximum else "min"

    def kernel(src, dst, shape, outside, u0, u1):
        codes = type_code(src.dtype, "input"), type_code(dst.dtype, "output")
        bits = value_bits(outside, src.dtype)
        window_lines(kind, src, dst, *codes, codes[0], shape, size, origin, mode, bits, u0, u1)

    return Pass(axis, 2 * size.bit_length(), kernel)


def value_bits(value, dtype):
    """The bits of `value` in a type of at most 8 bytes, as a signed integer."""
    if type(value) is float and value == 0 and math.copysign(1, value) > 0:
        return 0  # in all types
    cell = np.zeros(8, np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        cell[: dtype.itemsize].view(dtype.newbyteorder("="))[0] = value
    return int(cell.view(np.int64)[0])


def filter_lines(image, output, passes, cval, workers):
    """Filter `image` by one pass after the other into `output`, part by part where that is complex.

    What is between two passes is stored in the type of `output`.

    Parameters
    ----------
    image, output : ndarray
        Any layout, the same shape; they may overlap.
    passes : sequence of Pass
        At least one.
    cval : scalar
        Value outside.
    workers : int
    """
    if output.dtype.kind == "c":
        part_by_part(
            lambda part, _, result, outside: _filter_real(part, result, passes, outside, workers),
            image,
            np.ones(1),
            output,
            cval,
        )
    else:
        _filter_real(image, output, passes, number(cval, "cval"), workers)


def smooth_lines(image, output, passes, cval, workers, omit_nan):
    """The same for passes that are means; no pass leaves the image as it is.

    Parameters
    ----------
    omit_nan : bool
        The image has NaNs, which are left out.
    """

    def smooth(part, outside):
        result = empty(part.shape, part.dtype)
        filter_lines(part, result, passes, outside, workers)
        return result

    if not passes:
        output[...] = image
    elif omit_nan:
        mean_without_nan(image, output, cval, smooth)
    else:
        filter_lines(image, output, passes, cval, workers)


def long_rows(shape, order):
    """The axes `order`, the longest one moved behind the others where the last one is short."""
    if math.prod(shape) < _WORTH_MOVING or shape[order[-1]] >= _SHORT_ROW:
        return order
    longest = max(order, key=lambda k: shape[k])
    if shape[longest] < 4 * shape[order[-1]]:
        return order
    return [*(k for k in order if k != longest), longest]


def _filter_real(image, output, passes, cval, workers):
    type_code(image.dtype, "input")
    type_code(output.dtype, "output")
    if image.size == 0:
        return
    axes = list(range(image.ndim))
    order = long_rows(image.shape, axes)
    if order != axes and any(
        _is_short(p, image.shape) for p in passes
    ):  # the last axis is that of a few colours, say
        moved = image.transpose(order)
        result = empty(moved.shape, output.dtype.newbyteorder("="))
        passes = [p._replace(axis=order.index(p.axis)) for p in passes]
        _filter_real(moved, result, passes, cval, workers)
        output[...] = result.transpose(np.argsort(order))
        return
    source = c_order(native(image))
    direct = (
        output.flags.carray
        and output.dtype.isnative
        and (
            not np.may_share_memory(source, output)
            # line by line in place is safe only where the arrays are the same bytes
            or (source.ctypes.data == output.ctypes.data and source.dtype == output.dtype)
        )
    )
    target = output if direct else empty(image.shape, output.dtype.newbyteorder("="))
    passes = list(passes)
    while passes:
        if passes[0].axis == 0:
            _along_first_axis(source, target, passes.pop(0), cval, workers)
        else:
            last = next((k for k, p in enumerate(passes) if p.axis == 0), len(passes))
            _chunk_by_chunk(source, target, passes[:last], cval, workers)
            del passes[:last]
        source = target
    if not direct:
        output[...] = target


def _is_short(step, shape):
    """Whether a pass takes few voxels in one go."""
    inner = math.prod(shape[step.axis + 1 :])
    return (inner if inner > 1 else shape[step.axis]) < _SHORT_ROW


def apply_pass(step, source, target, cval, u0=0, u1=None):
    """One pass over units u0..u1, all unless told, of C-contiguous arrays."""
    shape = source.shape
    axes = math.prod(shape[: step.axis]), shape[step.axis], math.prod(shape[step.axis + 1 :])
    u1 = _units(step, shape)[0] if u1 is None else u1
    step.kernel(source, target, axes, cval, u0, u1)


def _units(step, shape):
    """Number of units of work of a pass, and how many make a slab."""
    lines = math.prod(shape) // shape[step.axis]
    return -(-lines // UNIT), max(1, _SLAB_OPERATIONS // (UNIT * shape[step.axis] * step.cost))


def _along_first_axis(source, target, step, cval, workers):
    units, piece = _units(step, source.shape)
    run_slabs(
        lambda u0, u1: apply_pass(step, source, target, cval, u0, u1), slabs(units, piece), workers
    )


def _chunk_by_chunk(source, target, passes, cval, workers):
    """Passes along other axes than the first, on a few planes at a time."""
    if source.ndim == 1 or source[0].nbytes > _CHUNK_BYTES:
        for step in passes:
            _along_first_axis(source, target, step, cval, workers)
            source = target
        return
    planes = max(1, _CHUNK_BYTES // max(1, source[0].nbytes, target[0].nbytes))

    def work(first, last):
        part, result = source[first:last], target[first:last]
        for step in passes:
            apply_pass(step, part, result, cval)
            part = result

    run_slabs(work, slabs(len(source), planes), workers)
