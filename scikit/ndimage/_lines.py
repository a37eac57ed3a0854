"""From checked arguments to the kernels that filter along one axis."""

import numpy as np

from scikit._core._threads import run_slabs, slabs
from scikit.ndimage._correlate1d_cy import UNIT, correlate1d
from scikit.ndimage._support import check_mode, native, number, part_by_part, type_code
from scikit.ndimage._window_lines_cy import window_lines

_SLAB_OPERATIONS = 1 << 24  # in a slab: a few milliseconds


def correlate_lines(image, weights, axis, order, output, mode, cval, workers, origin=0):
    """Correlate `image` with `weights` along `axis` into `output`; part by part where it is complex.

    Real float32 images are summed in float32 if `order` is 0; other values of `order` ask for double.
    """
    mode = check_mode(mode)

    def real(part, factors, result, outside):
        narrow = order == 0 and part.dtype == np.float32 and result.dtype == np.float32
        factors = np.ascontiguousarray(factors, np.float64)
        _run(
            lambda src, dst, codes, shape, u0, u1: correlate1d(
                src, codes[0], dst, codes[1], shape, factors, origin, mode, outside, narrow, u0, u1
            ),
            part,
            axis,
            result,
            factors.size,
            workers,
        )

    if output.dtype.kind == "c":
        part_by_part(real, image, weights, output, cval)
    else:
        real(image, weights, output, number(cval, "cval"))


def extreme_lines(image, maximum, size, axis, output, mode, cval, origin, workers):
    """Smallest or largest of `size` voxels along `axis`; `cval` is one that the image's type holds."""
    kind = "max" if maximum else "min"
    outside = value_bits(cval, image.dtype)
    _run(
        lambda src, dst, codes, shape, u0, u1: window_lines(
            kind, src, codes[0], dst, codes[1], codes[0], shape, size, origin, mode, outside, u0, u1
        ),
        image,
        axis,
        output,
        2 * size.bit_length(),
        workers,
    )


def mean_lines(image, size, axis, output, mode, cval, origin, workers):
    """Mean of `size` voxels along `axis`, part by part where it is complex."""
    mode = check_mode(mode)
    double = type_code(np.dtype(np.float64), "work")

    def real(part, _, result, outside):
        bits = value_bits(outside, np.dtype(np.float64))
        _run(
            lambda src, dst, codes, shape, u0, u1: window_lines(
                "mean", src, codes[0], dst, codes[1], double, shape, size, origin, mode, bits, u0, u1
            ),
            part,
            axis,
            result,
            4 * size.bit_length(),
            workers,
        )

    if output.dtype.kind == "c":
        part_by_part(real, image, np.ones(1), output, cval)
    else:
        real(image, None, output, number(cval, "cval"))


def value_bits(value, dtype):
    """The bits of `value` in a type of at most 8 bytes, as a signed integer."""
    cell = np.zeros(8, np.uint8)
    with np.errstate(over="ignore", invalid="ignore"):
        cell[: dtype.itemsize].view(dtype.newbyteorder("="))[0] = value
    return int(cell.view(np.int64)[0])


def _run(kernel, image, axis, output, cost, workers):
    """Filter an image of real numbers of any layout.

    Parameters
    ----------
    kernel : callable
        ``kernel(src, dst, codes, shape, u0, u1)`` filters units u0..u1 of an array of shape (outer,
        n, inner), given as bytes.
    cost : int
        Operations a voxel.
    """
    codes = type_code(image.dtype, "input"), type_code(output.dtype, "output")
    if image.size == 0:
        return
    source = np.ascontiguousarray(native(image))
    direct = (
        output.flags.carray
        and output.dtype.isnative
        and (
            not np.may_share_memory(source, output)
            # line by line in place is safe only where the arrays are the same bytes
            or (source.ctypes.data == output.ctypes.data and source.dtype == output.dtype)
        )
    )
    target = output if direct else np.empty(image.shape, output.dtype.newbyteorder("="))
    n = image.shape[axis]
    shape = (int(np.prod(image.shape[:axis])), n, int(np.prod(image.shape[axis + 1 :])))
    src, dst = (a.reshape(-1).view(np.uint8) for a in (source, target))
    units = -(-shape[0] * shape[2] // UNIT)
    piece = max(1, _SLAB_OPERATIONS // (UNIT * n * cost))
    run_slabs(
        lambda u0, u1: kernel(src, dst, codes, shape, u0, u1), slabs(units, piece), workers
    )
    if not direct:
        output[...] = target
