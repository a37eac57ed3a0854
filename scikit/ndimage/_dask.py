"""Dask arrays: in, chunk by chunk with as much overlap as a filter reaches, and out.

A function whose results depend on near voxels only is marked with how far it reaches; given a dask array it gives one,
and nothing is computed before that is asked for.
"""

import functools
import inspect
import math

import numpy as np

from scikit._core._extras import require
from scikit.ndimage._support import check_axes, check_axis, per_axis

#: Standard deviations at which derivatives of Gaussians are cut off: at 4 a second one is half a per cent too small.
WIDE = 5.0


def is_dask(value):
    """Whether `value` is a dask array; dask is not imported for that."""
    return type(value).__module__.startswith("dask.array")


def local(reach):
    """Mark a function of an image as local.

    Parameters
    ----------
    reach : callable
        ``reach(arguments, ndim)`` gives the number of voxels, one an axis, that a result may lie from what it depends
        on. `arguments` is a dict of the function's arguments.
    """

    def mark(function):
        signature = inspect.signature(function)
        first = next(iter(signature.parameters))

        @functools.wraps(function)
        def call(*args, **kwargs):
            if not is_dask(args[0] if args else kwargs.get(first)):
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            further = {name: value for name, value in kwargs.items() if name != first}
            image = bound.arguments[first]
            return _by_chunks(function, image, args[1:], further, bound.arguments, reach)

        return call

    return mark


def _by_chunks(function, image, args, kwargs, arguments, reach):
    known_chunks(image, next(iter(arguments)))
    if isinstance(arguments.get("output"), np.ndarray):
        raise TypeError("`output` cannot be an array for a dask array")
    if arguments.get("mask") is not None:
        raise TypeError("`mask` cannot be given for a dask array: multiply instead")
    # tells the type and the axes of the result, and raises what the arguments deserve
    sample = function(np.ones((2,) * image.ndim, image.dtype), *args, **kwargs)
    modes = arguments.get("mode")
    modes = {modes} if isinstance(modes, str) else set(modes or ())
    if modes & {"wrap", "grid-wrap"}:
        raise ValueError(
            "`mode` cannot wrap a dask array around: pad it first, and trim the result"
        )
    array = require("dask.array", "dask", "a dask array")
    lead = sample.shape[: sample.ndim - image.ndim]  # axes of the result before those of the image
    if image.ndim == 0 or 0 in image.shape:
        delayed = require("dask", "dask", "a dask array").delayed(function)(image, *args, **kwargs)
        return array.from_delayed(delayed, lead + image.shape, sample.dtype)
    depth = [min(int(d), n) for d, n in zip(reach(arguments, image.ndim), image.shape, strict=True)]
    wide = array.overlap.overlap(image, dict(enumerate(depth)), "none")
    chunks = [
        tuple(n - d * (int(k > 0) + int(k + 1 < len(along))) for k, n in enumerate(along))
        for along, d in zip(wide.chunks, depth, strict=True)
    ]
    return array.map_blocks(
        functools.partial(_apply, function, args, kwargs, depth),
        wide,
        dtype=sample.dtype,
        chunks=(*((n,) for n in lead), *chunks),
        new_axis=list(range(len(lead))) or None,
        name=f"{function.__name__}-{array.core.tokenize(function, image.name, args, kwargs)}",
        meta=np.empty((0,) * sample.ndim, sample.dtype),
    )


def _apply(function, args, kwargs, depth, block, block_info=None):
    """The result for a block, without the overlap with its neighbours."""
    result = function(block, *args, **kwargs)
    place, count = block_info[0]["chunk-location"], block_info[0]["num-chunks"]
    inner = tuple(
        slice(d * (k > 0), n - d * (k + 1 < m))
        for d, k, m, n in zip(depth, place, count, block.shape, strict=True)
    )
    return result[(..., *inner)]


def known_chunks(image, name):
    """Raise unless the lengths of a dask array's chunks are known."""
    if any(np.isnan(n) for n in image.shape):
        raise ValueError(
            f"`{name}` has chunks of unknown lengths: call its `compute_chunk_sizes()` first"
        )


def window_reach(arguments, ndim, steps=1):
    """Of a window given by `size`, `footprint`, `structure` or `weights`."""
    axes = check_axes(arguments.get("axes"), ndim)
    window = next(
        (
            arguments[k]
            for k in ("footprint", "structure", "weights", "structure1")
            if arguments.get(k) is not None
        ),
        None,
    )
    if window is not None:
        lengths = dict(zip(sorted(axes), np.shape(window), strict=False))
    else:
        size = arguments.get("size")
        size = 3 if size is None else size
        lengths = dict(zip(axes, per_axis(size, len(axes), "size"), strict=True))
    return [steps * int(lengths.get(k, 1)) for k in range(ndim)]


def two_windows_reach(arguments, ndim):
    """Of an erosion and a dilation, one after the other."""
    return window_reach(arguments, ndim, 2)


def binary_reach(arguments, ndim, steps=1):
    """Of a binary operation that is repeated."""
    iterations = int(arguments.get("iterations", 1))
    if iterations < 1:
        raise ValueError("`iterations` must be positive for a dask array: it is not local else")
    return window_reach(arguments, ndim, steps * iterations)


def two_binary_reach(arguments, ndim):
    """Of two binary operations, one after the other."""
    return binary_reach(arguments, ndim, 2)


def line_reach(arguments, ndim):
    """Of a window along one axis."""
    length = arguments.get("size", arguments.get("filter_size"))
    length = np.size(arguments["weights"]) if length is None else length
    axis = check_axis(arguments["axis"], ndim)
    return [int(length) * (k == axis) for k in range(ndim)]


def neighbour_reach(_arguments, ndim):
    """Of differences of neighbours."""
    return [1] * ndim


def gaussian_reach(arguments, ndim, truncate=4.0):
    """Of a Gaussian along one axis or several."""
    options = arguments.get("kwargs", arguments)
    axes = (arguments["axis"],) if "axis" in arguments else arguments.get("axes")
    axes = check_axes(axes, ndim)
    radius = options.get("radius")
    sigmas = per_axis(arguments["sigma"], len(axes), "sigma")
    radii = per_axis(radius, len(axes), "radius")
    reach = [0] * ndim
    for axis, sigma, given in zip(axes, sigmas, radii, strict=True):
        reach[axis] = (
            int(options.get("truncate", truncate) * sigma + 0.5) if given is None else given
        )
    return reach


def _outwards(width, spacing, ndim):
    """Voxels that a length takes along each axis, and one."""
    sizes = per_axis(1.0 if spacing is None else spacing, ndim, "spacing")
    return [int(width / size) + 1 for size in sizes]


def spread_reach(arguments, ndim):
    """Of labels that grow by a distance."""
    if not math.isfinite(arguments["distance"]):
        raise ValueError("`distance` must be finite for a dask array: it is not local else")
    return _outwards(max(arguments["distance"], 0), arguments["spacing"], ndim)


def structure_reach(arguments, ndim, steps=1):
    """Of a structure that labels are eroded or dilated by, repeatedly."""
    structure = arguments["structure"]
    lengths = (1,) * ndim if structure is None else [n // 2 for n in np.shape(structure)]
    return [steps * int(arguments["iterations"]) * n for n in lengths]


def two_structures_reach(arguments, ndim):
    """Of an erosion and a dilation of labels, one after the other."""
    return structure_reach(arguments, ndim, 2)


def _widths(sigma, spacing, ndim, truncate):
    """Voxels that a Gaussian with a standard deviation in the unit of `spacing` reaches."""
    sizes = per_axis(1.0 if spacing is None else spacing, ndim, "spacing")
    sigmas = per_axis(sigma, ndim, "sigma")
    return [int(truncate * s / size + 0.5) for s, size in zip(sigmas, sizes, strict=True)]


def hessian_reach(arguments, ndim):
    """Of second derivatives."""
    return _widths(arguments["sigma"], arguments["spacing"], ndim, WIDE)


def tensor_reach(arguments, ndim):
    """Of averaged products of first derivatives."""
    spacing = arguments["spacing"]
    outer = _widths(arguments["sigma"], spacing, ndim, 4.0)
    inner = _widths(arguments["gradient_sigma"], spacing, ndim, WIDE)
    return [a + b for a, b in zip(outer, inner, strict=True)]


def vessel_reach(arguments, ndim):
    """Of second derivatives at several widths."""
    if arguments["gamma"] is None:
        raise ValueError("`gamma` must be given for a dask array: the default is not local")
    return _widths(float(np.max(arguments["sigmas"])), arguments["spacing"], ndim, WIDE)
