"""Dask arrays: in, chunk by chunk with as much overlap as a filter reaches, and out.

A function whose results depend on near voxels only is marked with how far it reaches; given a dask array it gives one,
and nothing is computed before that is asked for. `label` joins the labels of chunks.
"""

import functools
import inspect
import itertools

import numpy as np

from scikit._core._extras import require
from scikit.ndimage._support import check_axes, check_axis, per_axis


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
    if isinstance(arguments.get("output"), np.ndarray):
        raise TypeError("`output` cannot be an array for a dask array")
    if arguments.get("mask") is not None:
        raise TypeError("`mask` cannot be given for a dask array: multiply instead")
    depth = [min(int(d), n) for d, n in zip(reach(arguments, image.ndim), image.shape, strict=True)]
    modes = arguments.get("mode")
    modes = {modes} if isinstance(modes, str) else set(modes or ())
    if modes & {"wrap", "grid-wrap"}:
        raise ValueError(
            "`mode` cannot wrap a dask array around: pad it first, and trim the result"
        )
    sample = function(np.ones((2,) * image.ndim, image.dtype), *args, **kwargs)
    if image.ndim == 0 or 0 in image.shape:
        return image.map_blocks(function, *args, dtype=sample.dtype, **kwargs)
    array = require("dask.array", "dask", "a dask array")
    return array.map_overlap(
        functools.partial(_apply, function, args, kwargs),
        image,
        depth=dict(enumerate(depth)),
        boundary="none",
        dtype=sample.dtype,
        meta=np.empty((0,) * image.ndim, sample.dtype),
    )


def _apply(function, args, kwargs, block):
    return function(block, *args, **kwargs)


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


def label_chunks(image, structure, dtype, label):
    """Components of a dask array, numbered as `label` numbers them.

    Parameters
    ----------
    image : dask array
    structure : ndarray of bool, shape (3,) * ndim
    dtype : dtype
        Of the labels.
    label : callable
        ``label(block, structure)`` of a NumPy array.

    Returns
    -------
    labels : dask array
    count : dask array, 0-d
    """
    dask = require("dask", "dask", "labelling a dask array")
    array = require("dask.array", "dask", "labelling a dask array")
    starts = [np.cumsum((0, *chunks[:-1])) for chunks in image.chunks]
    grid = list(itertools.product(*map(range, image.numblocks)))
    blocks = image.to_delayed()
    parts = {}
    for at in grid:
        begin = [int(starts[axis][k]) for axis, k in enumerate(at)]
        parts[at] = dask.delayed(_label_block, nout=3)(
            blocks[at], structure, begin, image.shape, label
        )
    counts = [parts[at][1] for at in grid]
    offsets = dask.delayed(lambda n: np.cumsum([0, *n]))(counts)
    numbered = np.empty(image.numblocks, object)
    for n, at in enumerate(grid):
        shape = tuple(image.chunks[axis][k] for axis, k in enumerate(at))
        block = dask.delayed(lambda a, o, n=n: np.where(a, a + o[n], 0))(parts[at][0], offsets)
        numbered[at] = array.from_delayed(block, shape, np.int64)
    whole = array.block(numbered.tolist())
    pairs = []
    for axis in range(image.ndim):
        for edge in starts[axis][1:]:
            slab = whole[(slice(None),) * axis + (slice(int(edge) - 1, int(edge) + 1),)]
            pairs.append(dask.delayed(_touching)(slab, structure, axis))
    table = dask.delayed(_join)(offsets, [parts[at][2] for at in grid], pairs)
    count = array.from_delayed(dask.delayed(lambda t: np.asarray(t.max()))(table), (), np.int64)
    table = array.from_delayed(table, (np.nan,), np.int64)
    return array.map_blocks(_look_up, whole, dtype=dtype, table=table, as_type=dtype), count


def _look_up(block, table, as_type):
    return table[block].astype(as_type)


def _label_block(block, structure, begin, shape, label):
    """Labels of a block, their number, and the place of each one's first voxel in the whole image."""
    labels, count = label(block, structure)
    labels = labels.astype(np.int64)
    present, first = np.unique(labels, return_index=True)
    first = first[present > 0]
    at = [index + b for index, b in zip(np.unravel_index(first, block.shape), begin, strict=True)]
    return labels, count, np.ravel_multi_index(at, shape) if count else np.empty(0, np.int64)


def _touching(slab, structure, axis):
    """Pairs of labels on both sides of an edge between chunks that touch there."""
    low, high = np.moveaxis(slab, axis, 0)
    steps = (
        np.argwhere(np.moveaxis(structure, axis, 0)[2]) - 1
    )  # one step along `axis`, and these aside
    pairs = []
    for step in steps:
        there = tuple(
            slice(max(s, 0), n + min(s, 0)) for s, n in zip(step, high.shape, strict=True)
        )
        here = tuple(
            slice(max(-s, 0), n + min(-s, 0)) for s, n in zip(step, low.shape, strict=True)
        )
        a, b = low[here].ravel(), high[there].ravel()
        both = (a > 0) & (b > 0)
        pairs.append(np.unique(np.stack([a[both], b[both]], axis=1), axis=0))
    return np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)


def _join(offsets, firsts, pairs):
    """The final number of every number so far: components in the order of their first voxels."""
    total = int(offsets[-1])
    root = np.arange(total + 1)
    links = np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)

    def find(k):
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for a, b in links:
        a, b = find(a), find(b)
        root[max(a, b)] = min(a, b)
    root = np.array([find(k) for k in range(total + 1)])
    place = np.full(total + 1, np.iinfo(np.int64).max)
    np.minimum.at(place, root, np.concatenate([[-1], *firsts]))
    heads = np.flatnonzero(root == np.arange(total + 1))
    number = np.empty(total + 1, np.int64)
    number[heads[np.argsort(place[heads], kind="stable")]] = np.arange(len(heads))
    return number[root]
