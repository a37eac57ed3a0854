"""Components of dask arrays: those of each chunk, joined where they touch."""

import itertools

import numpy as np

from scikit._core._extras import require
from scikit.ndimage._dask import known_chunks


def label_chunks(image, structure, dtype, most, label, multilabel):
    """Components of a dask array, numbered as `label` numbers them.

    Parameters
    ----------
    image : dask array
    structure : ndarray of bool, shape (3,) * ndim
    dtype : dtype
        Of the labels.
    most : int
        The largest label that it holds.
    label : callable
        ``label(block, structure, multilabel=multilabel)`` of a NumPy array.
    multilabel : bool
        Only equal values belong together.

    Returns
    -------
    labels : dask array
    count : dask array, 0-d
    """
    known_chunks(image, "input")
    dask = require("dask", "dask", "labelling a dask array")
    array = require("dask.array", "dask", "labelling a dask array")
    starts = [np.cumsum((0, *chunks[:-1])) for chunks in image.chunks]
    grid = list(itertools.product(*map(range, image.numblocks)))
    blocks = image.to_delayed()
    parts = {}
    for at in grid:
        begin = [int(starts[axis][k]) for axis, k in enumerate(at)]
        parts[at] = dask.delayed(_label_block, nout=3)(
            blocks[at], structure, begin, image.shape, label, multilabel
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
        for edge in np.unique(starts[axis][1:]):
            if not 0 < edge < image.shape[axis]:  # beside empty chunks
                continue
            at = (slice(None),) * axis + (slice(int(edge) - 1, int(edge) + 1),)
            values = image[at] if multilabel else None
            pairs.append(dask.delayed(_touching)(whole[at], values, structure, axis))
    firsts = [parts[at][2] for at in grid]
    table = dask.delayed(_join)(offsets, firsts, pairs, most)
    count = array.from_delayed(dask.delayed(lambda t: np.asarray(t.max()))(table), (), np.int64)
    table = array.from_delayed(table, (np.nan,), np.int64)
    return array.map_blocks(_look_up, whole, dtype=dtype, table=table, as_type=dtype), count


def _look_up(block, table, as_type):
    return table[block].astype(as_type)


def _label_block(block, structure, begin, shape, label, multilabel):
    """Labels of a block, their number, and the place of each one's first voxel in the whole image."""
    labels, count = label(block, structure, multilabel=multilabel)
    labels = labels.astype(np.int64)
    if not count:
        return labels, 0, np.empty(0, np.int64)
    # numbers rise from first voxel to first voxel
    first = np.flatnonzero(np.diff(np.maximum.accumulate(labels.reshape(-1)), prepend=0))
    if block.ndim:
        place = np.unravel_index(first, block.shape)
        place = [index + b for index, b in zip(place, begin, strict=True)]
        first = np.ravel_multi_index(place, shape)
    return labels, count, first


def _touching(slab, values, structure, axis):
    """Pairs of labels that touch across an edge between chunks, and have equal values if there are any."""
    low, high = np.moveaxis(slab, axis, 0)
    below, above = (None, None) if values is None else np.moveaxis(values, axis, 0)
    # one step along `axis`, and these aside
    steps = np.argwhere(np.moveaxis(structure, axis, 0)[2]) - 1
    pairs = []
    for step in steps:
        moves = [(max(s, 0), n - abs(s)) for s, n in zip(step, high.shape, strict=True)]
        there = tuple(slice(a, a + max(n, 0)) for a, n in moves)
        moves = [(max(-s, 0), n - abs(s)) for s, n in zip(step, low.shape, strict=True)]
        here = tuple(slice(a, a + max(n, 0)) for a, n in moves)
        both = (low[here] > 0) & (high[there] > 0)
        if values is not None:
            both &= below[here] == above[there]
        pairs.append(np.unique(np.stack([low[here][both], high[there][both]], axis=1), axis=0))
    return np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)


def _join(offsets, firsts, pairs, most):
    """The final number of every number so far: components in the order of their first voxels."""
    total = int(offsets[-1])
    root = np.arange(total + 1)
    links = np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)
    while True:  # each round hangs roots under lower ones; their number falls at least by half
        ends = root[links]
        low, high = ends.min(axis=1), ends.max(axis=1)
        if (low == high).all():
            break
        np.minimum.at(root, high, low)
        while not np.array_equal(root, up := root[root]):
            root = up
    place = np.full(total + 1, np.iinfo(np.int64).max)
    np.minimum.at(place, root, np.concatenate([[-1], *firsts]))
    heads = np.flatnonzero(root == np.arange(total + 1))
    if len(heads) - 1 > most:
        raise RuntimeError(
            f"`output`: insufficient bit-depth in requested output type: it ends at {most}, and "
            f"there are {len(heads) - 1} components"
        )
    number = np.empty(total + 1, np.int64)
    number[heads[np.argsort(place[heads], kind="stable")]] = np.arange(len(heads))
    return number[root]
