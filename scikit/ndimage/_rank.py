"""Filters by order: median, percentile and rank of a window."""

import operator

import numpy as np

from scikit._core._blocks_cy import empty
from scikit._core._threads import check_workers
from scikit.ndimage._dask import local, window_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._nan import omits_nan
from scikit.ndimage._support import (
    MODES,
    as_numbers,
    check_axes,
    comparable,
    number,
    per_axis,
    real_image,
    result_array,
    type_code,
)
from scikit.ndimage._window_extremes import extreme_filter
from scikit.ndimage._windows import (
    expand_origin,
    footprint_of,
    run_windows,
    single_mode,
    warn_of_size,
)
from scikit.ndimage._windows_cy import window_offsets

_KEY_BYTES = {
    1: 127,
    2: 2**15 - 1,
    4: 2**31 - 1,
    8: 2**63 - 1,
}  # and what a signed one counts up to


@local(window_reach)
@shares_docs
def rank_filter(
    input,
    rank,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """The voxel of a rank in a window.

    Parameters
    ----------
    %(input)s
    rank : int
        0 is the smallest voxel of the window, 1 the next; -1 is the largest.
    %(size)s
    %(footprint)s
    %(placing)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    median_filter : The rank in the middle.
    percentile_filter : The rank as a percentage.

    Notes
    -----
    A voxel is found bit by bit, by counting the voxels of the window below a trial number, for a
    vector of windows at once; only the bits in which a tile's voxels differ are looked at. Cost:
    one comparison a voxel of the window and bit. NaNs rank above infinity. `mode` is one for all
    axes except where `rank` names the smallest or largest voxel of a box. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.rank_filter([2, 8, 0, 4, 1, 9, 9, 0], 1, size=3)
    array([2, 2, 4, 1, 4, 9, 9, 0])
    """
    try:
        rank = operator.index(rank)
    except TypeError:
        raise TypeError(f"`rank` must be an integer, not {rank!r}") from None
    return _rank_filter(
        input, lambda _: rank, size, footprint, output, mode, cval, origin, axes, workers
    )


@local(window_reach)
@shares_docs
def median_filter(
    input,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    nan_policy="propagate",
    workers=None,
):
    """Median of a window.

    Parameters
    ----------
    %(input)s
    %(size)s
    %(footprint)s
    %(placing)s
    %(nan_policy)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    rank_filter : Its notes hold here too.

    Notes
    -----
    Of an even number of voxels the upper one of the two in the middle is taken.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.median_filter([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([2, 2, 4, 1, 4, 9, 9, 0])
    """
    return _rank_filter(
        input,
        lambda n: n // 2,
        size,
        footprint,
        output,
        mode,
        cval,
        origin,
        axes,
        workers,
        nan_policy,
        0.5,
    )


@local(window_reach)
@shares_docs
def percentile_filter(
    input,
    percentile,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    nan_policy="propagate",
    workers=None,
):
    """Percentile of a window.

    Parameters
    ----------
    %(input)s
    percentile : float
        From 0, the smallest voxel of the window, to 100, the largest; negative ones count from the
        top: -20 is 80.
    %(size)s
    %(footprint)s
    %(placing)s
    %(nan_policy)s
    %(workers)s

    %(result_window)s

    See Also
    --------
    rank_filter : Its notes hold here too.

    Notes
    -----
    The voxel of rank ``int(n * percentile / 100)`` among the n of the window; nothing is
    interpolated.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.percentile_filter([2, 8, 0, 4, 1, 9, 9, 0], 20, size=3)
    array([2, 0, 0, 0, 1, 1, 0, 0])
    """
    percentile = number(percentile, "percentile")
    if percentile < 0:
        percentile += 100.0
    if not 0 <= percentile <= 100:
        raise RuntimeError(f"`percentile`: invalid percentile {percentile}: needed is -100 to 100")

    def rank(n):
        return n - 1 if percentile == 100 else int(float(n) * percentile / 100.0)

    return _rank_filter(
        input,
        rank,
        size,
        footprint,
        output,
        mode,
        cval,
        origin,
        axes,
        workers,
        nan_policy,
        percentile / 100,
    )


def _rank_filter(
    input,
    choose,
    size,
    footprint,
    output,
    mode,
    cval,
    origin,
    axes,
    workers,
    nan_policy="propagate",
    part=-1.0,
):
    """The voxel of rank ``choose(n)`` in a window of n voxels; `part` is this rank as a part of n."""
    warn_of_size(size, footprint, 4)
    image = real_image(input, "input")
    axes = check_axes(axes, image.ndim)
    window = footprint_of(size, footprint, axes, image.ndim)
    origins = expand_origin(origin, axes, window.shape)
    count = int(np.count_nonzero(window))
    rank = choose(count)
    rank += count if rank < 0 else 0
    if not 0 <= rank < count:
        raise RuntimeError(
            f"`rank`: rank not within filter footprint size: {count} elements along axes {axes}"
        )
    omit = omits_nan(image, nan_policy)
    if part in (0, 1) or (rank in (0, count - 1) and not omit):
        if not isinstance(mode, str):
            given = dict(zip(axes, per_axis(mode, len(axes), "mode"), strict=True))
            mode = [given.get(k, "nearest") for k in range(image.ndim)]
        return extreme_filter(
            image,
            rank > 0 or part == 1,
            None,
            window,
            None,
            output,
            mode,
            cval,
            origins,
            None,
            workers,
            nan_policy,
        )
    code = single_mode(mode)
    output = result_array(output, image)
    cval = number(cval, "cval")
    source, cval = comparable(image, cval, code == MODES["constant"], output)
    type_code(source.dtype, "input")
    if omit:  # one kind of NaN, which ranks last
        source = np.where(np.isnan(source), source.dtype.type(np.nan), source)
    work = source.dtype
    width = next(w for w, most in _KEY_BYTES.items() if w >= work.itemsize and count <= most)
    same = work in (np.float64, as_numbers(output).dtype)  # doubles are stored in any type
    target = as_numbers(output) if same else empty(image.shape, work)
    part = part if omit else -1.0
    run_windows(
        source,
        target,
        window_offsets(window, origins),
        code,
        cval,
        work,
        lambda tiles, distances: lambda u0, u1: tiles.rank(width, rank, part, distances, u0, u1),
        check_workers(workers),
        2 * work.itemsize * count,
    )
    if not same:
        with np.errstate(invalid="ignore"):
            output[...] = target
    return output
