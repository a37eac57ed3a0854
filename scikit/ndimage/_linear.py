"""Correlation, convolution and means of a window."""

import numpy as np

from scikit._core._threads import check_workers
from scikit.ndimage._dask import line_reach, local, window_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._lines import correlation_pass, filter_lines, mean_pass, smooth_lines
from scikit.ndimage._nan import omits_nan
from scikit.ndimage._support import (
    check_axes,
    check_axis,
    check_origin,
    check_outside,
    number,
    numeric_image,
    part_by_part,
    per_axis,
    result_array,
)
from scikit.ndimage._windows import (
    expand,
    expand_origin,
    run_windows,
    single_mode,
    window_length,
)
from scikit.ndimage._windows_cy import window_offsets


@local(line_reach)
@shares_docs
def correlate1d(
    input,
    weights,
    axis=-1,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    workers=None,
):
    """Correlate an image with weights along one axis.

    Parameters
    ----------
    %(input_complex)s
    weights : array_like, shape (n,)
        Real or complex; of complex weights the conjugates are taken.
    %(line)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    convolve1d : With the weights turned about.

    Notes
    -----
    Element i of the result is the sum over k of ``weights[k] * input[i + k - n // 2 - origin]``.
    Sums are made in double, products rounded before they are added; symmetric and antisymmetric
    weights take half the products. Integers are truncated toward zero. Cost: n products a voxel.
    Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.correlate1d([2, 8, 0, 4, 1, 9, 9, 0], weights=[1, 3])
    array([ 8, 26,  8, 12,  7, 28, 36,  9])
    """
    image = numeric_image(input, "input")
    check_outside(cval, image)
    weights = _check_weights(weights).conj()
    return _correlate1d(image, weights, axis, output, mode, cval, origin, workers)


@local(line_reach)
@shares_docs
def convolve1d(
    input,
    weights,
    axis=-1,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    workers=None,
):
    """Convolve an image with weights along one axis.

    Parameters
    ----------
    %(input_complex)s
    weights : array_like, shape (n,)
        Real or complex.
    %(line)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    correlate1d : Without turning the weights about; accuracy and cost are the same.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.convolve1d([2, 8, 0, 4, 1, 9, 9, 0], weights=[1, 3])
    array([14, 24,  4, 13, 12, 36, 27,  0])
    """
    image = numeric_image(input, "input")
    check_outside(cval, image)
    weights = _check_weights(weights)
    origin = _turned_origin(check_origin(origin, weights.size), weights.size)
    return _correlate1d(image, weights[::-1], axis, output, mode, cval, origin, workers)


def _check_weights(weights):
    weights = numeric_image(weights, "weights")
    if weights.ndim != 1 or weights.size < 1:
        raise RuntimeError(
            f"`weights`: no filter weights given: needed is shape (n,), not {weights.shape}"
        )
    return weights


def _turned_origin(origin, size):
    """The origin of weights that are turned about."""
    return -origin - (size % 2 == 0)


def _correlate1d(image, weights, axis, output, mode, cval, origin, workers):
    output = result_array(output, image, "c" in image.dtype.kind + weights.dtype.kind)
    axis = check_axis(axis, image.ndim)
    origin = check_origin(origin, weights.size)
    workers = check_workers(workers)

    def real(part, factors, result, outside):
        # order 1: they may be weights of a derivative, whose sums cancel: not in float32
        step = correlation_pass(factors, axis, mode, origin, order=1)
        filter_lines(part, result, [step], outside, workers)

    if output.dtype.kind == "c":
        part_by_part(real, image, weights, output, cval)
    else:
        real(image, weights, output, cval)
    return output


@local(window_reach)
@shares_docs
def correlate(
    input,
    weights,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """Correlate an image with weights of any shape.

    Parameters
    ----------
    %(input_complex)s
    weights : array_like
        Real or complex, with as many dimensions as there are `axes`; of complex weights the
        conjugates are taken.
    %(output)s
    %(mode)s
    %(cval)s
    %(origins)s
    %(axes)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    convolve : With the weights turned about.
    correlate1d : Along one axis.

    Notes
    -----
    Sums are made in double, in the order of the weights, products rounded before they are added;
    weights of 0 are left out, so what lies under them may be NaN. Integers are truncated toward
    zero. Cost: one product a voxel and weight. Thread-safe.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.correlate(np.arange(9).reshape(3, 3), [[0, 1, 0], [1, 1, 1], [0, 1, 0]])
    array([[ 4,  8, 12],
           [16, 20, 24],
           [28, 32, 36]])
    """
    weights = numeric_image(weights, "weights")
    return _correlate(input, weights.conj(), output, mode, cval, origin, False, axes, workers)


@local(window_reach)
@shares_docs
def convolve(
    input,
    weights,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    workers=None,
):
    """Convolve an image with weights of any shape.

    Parameters
    ----------
    %(input_complex)s
    weights : array_like
        Real or complex, with as many dimensions as there are `axes`.
    %(output)s
    %(mode)s
    %(cval)s
    %(origins)s
    %(axes)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    correlate : Without turning the weights about; accuracy and cost are the same.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.convolve([[0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    array([[1, 2, 3],
           [4, 5, 6],
           [7, 8, 9]])
    """
    weights = numeric_image(weights, "weights")
    return _correlate(input, weights, output, mode, cval, origin, True, axes, workers)


def _correlate(input, weights, output, mode, cval, origin, turned, axes, workers):
    image = numeric_image(input, "input")
    axes = check_axes(axes, image.ndim)
    weights = expand(weights, axes, image.ndim, "weights")
    if weights.size == 0:
        raise RuntimeError(f"`weights`: no filter weights given: the shape is {weights.shape}")
    origins = expand_origin(origin, axes, weights.shape)
    if turned:
        weights = np.flip(weights)
        origins = [_turned_origin(o, n) for o, n in zip(origins, weights.shape, strict=True)]
    output = result_array(output, image, "c" in image.dtype.kind + weights.dtype.kind)
    mode = single_mode(mode)
    workers = check_workers(workers)

    def real(part, factors, result, outside):
        there = factors != 0
        offsets = window_offsets(there, origins)
        taken = np.ascontiguousarray(factors[there], np.float64)
        run_windows(
            part,
            result,
            offsets,
            mode,
            outside,
            np.dtype(np.float64),
            lambda tiles, distances: lambda u0, u1: tiles.weighted_sum(taken, distances, u0, u1),
            workers,
            taken.size + 4,
        )

    if output.dtype.kind == "c":
        part_by_part(real, image, weights, output, cval)
    else:
        real(image, weights, output, number(cval, "cval"))
    return output


@local(line_reach)
@shares_docs
def uniform_filter1d(
    input,
    size,
    axis=-1,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    nan_policy="propagate",
    workers=None,
):
    """Mean of a window along one axis.

    Parameters
    ----------
    %(input_complex)s
    size : int
        Length of the window.
    %(line)s
    %(nan_policy)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    uniform_filter : Along several axes.

    Notes
    -----
    Sums are made from those of shorter windows, so an error or a NaN stays in the windows that hold
    it; in float32 for images of float32, with an error of at most ``(log2(size) + 2) * 2**-24``
    times the largest value (``size`` in place of the logarithm up to 16), else in double. Integers
    are truncated toward zero. Cost: at most ``2 * log2(size)`` additions a voxel. Thread-safe.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.uniform_filter1d([2, 8, 0, 4, 1, 9, 9, 0], size=3)
    array([4, 3, 4, 1, 4, 6, 6, 3])
    """
    image = numeric_image(input, "input")
    size = window_length(size, "size")
    output = result_array(output, image, image.dtype.kind == "c")
    axis = check_axis(axis, image.ndim)
    origin = check_origin(origin, size)
    _means(image, output, [mean_pass(size, axis, mode, origin)], cval, workers, nan_policy)
    return output


@local(window_reach)
@shares_docs
def uniform_filter(
    input,
    size=3,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    *,
    axes=None,
    nan_policy="propagate",
    workers=None,
):
    """Mean of a box.

    Parameters
    ----------
    %(input_complex)s
    size : int or sequence of int, optional
        Lengths of the box, for each of `axes`; an axis with 0 or 1 is left alone.
    %(placing)s
    %(nan_policy)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    uniform_filter1d : Along one axis; accuracy and cost are those of one axis after the other.

    Notes
    -----
    The axes are filtered one after the other, and what is between is stored in the type of
    `output`: integers lose their fractions along each axis.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.uniform_filter(np.eye(3), 3).round(3)
    array([[0.556, 0.333, 0.111],
           [0.333, 0.333, 0.333],
           [0.111, 0.333, 0.556]])
    """
    image = numeric_image(input, "input")
    output = result_array(output, image, image.dtype.kind == "c")
    axes = check_axes(axes, image.ndim)
    settings = [
        per_axis(value, len(axes), name)
        for value, name in ((size, "size"), (origin, "origin"), (mode, "mode"))
    ]
    passes = []
    for axis, side, shift, m in zip(axes, *settings, strict=True):
        length = 1 if isinstance(side, int) and side == 0 else window_length(side, "size")
        if length > 1:
            passes.append(mean_pass(length, axis, m, check_origin(shift, length)))
    _means(image, output, passes, cval, workers, nan_policy)
    return output


def _means(image, output, passes, cval, workers, nan_policy):
    smooth_lines(image, output, passes, cval, check_workers(workers), omits_nan(image, nan_policy))
