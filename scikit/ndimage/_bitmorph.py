"""From checked arguments to the bit kernels: what all binary operations share."""

import numpy as np

from scikit._core._blocks_cy import empty
from scikit.ndimage._bits_cy import Grid
from scikit.ndimage._label import as_bytes
from scikit.ndimage._structure import generate_binary_structure, neighbours, structure_runs
from scikit.ndimage._support import check_axes, check_output, integer, per_axis, real_image

_MANY_ROWS = 16  # from this many rows on, a box is taken apart into its axes


def run(steps, input, structure, iterations, mask, output, border_value, origin, axes):
    """Apply erosions and dilations one after the other, each `iterations` times.

    Parameters
    ----------
    steps : str
        ``"e"`` and ``"d"`` in the order in which they are applied; or ``"f"``: dilate nothing,
        within the complement of `input`, and take the complement.
    input, structure, iterations, mask, output, border_value, origin, axes
        As in `binary_erosion`.

    Returns
    -------
    ndarray
        `output` if it is an array, else a new array of bool.
    """
    iterations = max(0, min(integer(iterations, "iterations"), 2**62))
    outside = integer(border_value, "border_value") != 0
    image = real_image(input, "input")
    axes = check_axes(axes, image.ndim)
    structure = _check_structure(structure, image.ndim, axes)
    origin = [integer(o, "origin") for o in per_axis(origin, len(axes), "origin")]
    elements = {step: _element(step, structure, origin, axes, image.ndim) for step in set(steps)}
    if mask is not None:
        mask = real_image(mask, "mask")
        if mask.shape != image.shape:
            raise RuntimeError(
                f"`mask`: mask and input must have equal sizes, not {mask.shape} and {image.shape}"
            )
    if isinstance(output, np.ndarray):
        if output.dtype.kind == "c":
            raise TypeError("`output`: Complex output type not supported")
        check_output(output, image.shape)
    if image.size == 0:
        return output if isinstance(output, np.ndarray) else empty(image.shape, bool)
    if image.flags.fnc:  # turned about, the image is in the kernels' order without a copy
        elements = {step: (s.T, c[::-1]) for step, (s, c) in elements.items()}
        mask = None if mask is None else mask.T
        target = output.T if isinstance(output, np.ndarray) else None
        result = _on_bits(steps, image.T, elements, iterations, mask, target, outside)
        return output if target is not None else result.T
    return _on_bits(steps, image, elements, iterations, mask, output, outside)


def _on_bits(steps, image, elements, iterations, mask, output, outside):
    """Pack, apply the steps, unpack; arguments as `run` has made them."""
    shape = image.shape or (1,)

    parts = {
        step: _parts(*element, shape, mask is None and iterations > 0)
        for step, element in elements.items()
    }
    ends = [(x0, x1) for p in parts.values() for x0, x1, *_ in p if x0.size]  # x0 ascends
    halo = max([1, *(max(-int(x0[0]), int(x1.max())) for x0, x1 in ends)])
    grid = Grid(shape, halo)
    # Erosion is the dilation of the complement.
    flipped = steps[0] == "e"
    if steps == "f":
        bits = grid.empty(outside)
        keep = grid.pack(as_bytes(image), True)
    else:
        bits = grid.pack(as_bytes(image), flipped, outside != flipped)
        keep = None if mask is None else grid.pack(as_bytes(mask))
    for step in steps:
        if (step == "e") != flipped:
            grid.complement(bits)
            flipped = not flipped
        flood = _flood_neighbours(*elements[step]) if iterations < 1 else None
        if flood is not None:
            _settle(grid, bits, parts[step][0], keep, outside != flipped, flood)
            continue
        repeats = 1 if len(parts[step]) == 1 else iterations
        for _ in range(repeats):
            for runs in parts[step]:
                grid.dilate(bits, runs, keep, outside != flipped, iterations if repeats == 1 else 1)
    return _unpack(grid, bits, flipped != (steps == "f"), output, image.shape)


def _unpack(grid, bits, flipped, output, shape):
    """The voxels as booleans, in `output` if it is an array."""
    given = isinstance(output, np.ndarray)
    direct = given and output.dtype == np.bool and output.flags.carray
    result = output if direct else empty(shape, bool)
    grid.unpack(bits, result.reshape(-1).view(np.uint8), flipped)
    if given and not direct:
        output[...] = result
        return output
    return result


def _check_structure(structure, ndim, axes):
    """`structure` as booleans with one dimension for each of the image's."""
    if structure is None:
        structure = generate_binary_structure(len(axes), 1)
    structure = real_image(structure, "structure") != 0
    if len(axes) < ndim:
        if structure.ndim != len(axes):
            raise RuntimeError(
                f"`structure`: structure.ndim ({structure.ndim}) must match len(axes) ({len(axes)})"
            )
        structure = np.expand_dims(structure, tuple(k for k in range(ndim) if k not in axes))
    if structure.ndim != ndim:
        raise RuntimeError(
            f"`structure`: structure and input must have same dimensionality, "
            f"not {structure.ndim} and {ndim}"
        )
    if structure.size < 1:
        raise RuntimeError("`structure` must not be empty")
    return structure


def _element(step, structure, origin, axes, ndim):
    """The structure as an erosion of the complement uses it, and the index that has offset 0."""
    shift = [0] * ndim
    for k, o in enumerate(origin):
        shift[axes[k] if len(axes) < ndim else k] = o
    centre = [n // 2 + o for n, o in zip(structure.shape, shift, strict=True)]
    for n, o, c in zip(structure.shape, shift, centre, strict=True):
        if not 0 <= c < n:
            raise ValueError(
                f"`origin` must be in {-(n // 2)}..{n - 1 - n // 2} for a structure of length {n}, "
                f"not {o}"
            )
    if step != "e":
        structure = np.flip(structure)
        centre = [n - 1 - c for n, c in zip(structure.shape, centre, strict=True)]
    if ndim == 0:
        structure, centre = structure.reshape(1), [0]
    return structure, centre


def _parts(structure, centre, shape, separable):
    """Runs of the structure, or of one-dimensional ones that do the same one after the other."""
    rows = structure.size // structure.shape[-1]
    if not separable or rows < _MANY_ROWS or not structure.all():
        return [structure_runs(structure, centre, shape[-1])]
    parts = []
    for axis, n in enumerate(structure.shape):
        if n > 1:
            line = [n if k == axis else 1 for k in range(structure.ndim)]
            at = [c if k == axis else 0 for k, c in enumerate(centre)]
            parts.append(structure_runs(np.ones(line, bool), at, shape[-1]))
    return parts


def _flood_neighbours(structure, centre):
    """Neighbours for `Grid.components`, or None if what is reached is not whole components."""
    wide = np.zeros((3,) * structure.ndim, bool)
    places = [k - (c - 1) for k, c in zip(structure.nonzero(), centre, strict=True)]
    if any(k.size and not 0 <= k.min() <= k.max() <= 2 for k in places):
        return None
    wide[tuple(places)] = True
    middle = (1,) * (structure.ndim - 1)
    if not wide[(*middle, 1)] or not wide[(*middle, 0)] or not np.array_equal(wide, np.flip(wide)):
        return None
    return neighbours(wide)


def _settle(grid, bits, runs, mask, outside, flood):
    """Dilate until nothing changes: once, then along the components of the mask."""
    grid.dilate(bits, runs, mask, outside, 1)
    if mask is None:
        mask = grid.empty(True)
        mask[...] = ~np.uint64(0)
        grid.set_outside(mask, False)
    grid.flood(bits, grid.components(mask, *flood))
