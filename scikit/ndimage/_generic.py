"""Filters by a user's function of a window."""

import functools
import math

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._callback import check_signature, compiled_function
from scikit.ndimage._dask import line_reach, local, window_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._support import (
    apart,
    check_axes,
    check_axis,
    check_mode,
    check_origin,
    check_output,
    number,
    one_of,
    real_image,
    result_array,
    type_code,
)
from scikit.ndimage._window_lines_cy import line_source
from scikit.ndimage._windows import (
    expand_origin,
    footprint_of,
    run_windows,
    single_mode,
    warn_of_size,
    window_length,
)
from scikit.ndimage._windows_cy import call_line_function, window_offsets

#: int f(double *voxels, intptr_t size, double *result, void *data)
_WINDOW = ("int", "double*", "long", "double*", "void*")
#: int f(double *line, intptr_t length, double *result, intptr_t result_length, void *data)
_LINE = ("int", "double*", "long", "double*", "long", "void*")
#: Modes of `vectorized_filter` and what `numpy.pad` calls them.
_PAD_MODES = {
    "reflect": "symmetric",
    "grid-mirror": "symmetric",
    "mirror": "reflect",
    "nearest": "edge",
    "constant": "constant",
    "grid-constant": "constant",
    "wrap": "wrap",
    "grid-wrap": "wrap",
    "valid": "valid",
}


@local(window_reach)
@shares_docs
def generic_filter(
    input,
    function,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    extra_arguments=(),
    extra_keywords=None,
    *,
    axes=None,
):
    """Filter with a user's function of a window's voxels.

    Parameters
    ----------
    %(input)s
    function : callable or compiled function
        ``function(voxels, *extra_arguments, **extra_keywords)`` gives a number for a new array of
        float64 with the window's voxels, in the window's order. Or a ``scipy.LowLevelCallable``, a
        ``numba.cfunc``, a capsule or a ctypes or cffi pointer of signature ``int f(double *voxels,
        intptr_t size, double *result, void *data)`` that gives 0 for failure.
    %(size)s
    %(footprint)s
    %(output)s
    %(mode)s
    %(cval)s
    %(origins)s
    %(extra)s
    %(axes)s

    %(result_window)s

    See Also
    --------
    vectorized_filter : Calls a function once for many windows.

    Notes
    -----
    The function is called once a voxel, in the order of the voxels. What it raises comes out as
    itself.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.generic_filter(np.array([2.0, 8, 0, 4, 1, 9, 9, 0]), np.ptp, size=3)
    array([6., 8., 8., 4., 8., 8., 9., 9.])
    """
    warn_of_size(size, footprint)
    image = real_image(input, "input")
    axes = check_axes(axes, image.ndim)
    window = footprint_of(size, footprint, axes, image.ndim)
    origins = expand_origin(origin, axes, window.shape)
    output = result_array(output, image)
    python, address, data, _owner = _user_function(
        function, _WINDOW, extra_arguments, extra_keywords
    )
    run_windows(
        image,
        output,
        window_offsets(window, origins),
        single_mode(mode),
        number(cval, "cval"),
        np.dtype(np.float64),
        lambda tiles, distances: lambda *_: tiles.call(python, address, data, distances),
    )
    return output


@local(line_reach)
@shares_docs
def generic_filter1d(
    input,
    function,
    filter_size,
    axis=-1,
    output=None,
    mode="reflect",
    cval=0.0,
    origin=0,
    extra_arguments=(),
    extra_keywords=None,
):
    """Filter with a user's function of whole lines along one axis.

    Parameters
    ----------
    %(input)s
    function : callable or compiled function
        ``function(line, result, *extra_arguments, **extra_keywords)`` fills the array `result` of
        float64 from `line`, which is longer by ``filter_size - 1``. Or a compiled function, as for
        `generic_filter`, of signature ``int f(double *line, intptr_t length, double *result,
        intptr_t result_length, void *data)``.
    filter_size : int
        Length of the window.
    %(line)s
    %(extra)s

    %(result_window)s

    See Also
    --------
    generic_filter : A function of each window.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> def rise(line, result):
    ...     result[...] = line[1:] - line[:-1]
    >>> ndimage.generic_filter1d(np.array([2.0, 8, 0, 4, 1]), rise, 2)
    array([ 0.,  6., -8.,  4., -3.])
    """
    image = real_image(input, "input")
    output = result_array(output, image)
    size = window_length(filter_size, "filter_size")
    axis = check_axis(axis, image.ndim)
    origin = check_origin(origin, size)
    code = check_mode(mode)
    cval = number(cval, "cval")
    type_code(image.dtype, "input")
    type_code(output.dtype, "output")
    python, address, data, _owner = _user_function(function, _LINE, extra_arguments, extra_keywords)
    if image.size == 0:
        return output
    n = image.shape[axis]
    left = size // 2 + origin
    source = line_source(n, left, size - 1 - left, code)
    lines = np.moveaxis(image, axis, -1)
    results = np.empty(lines.shape, np.float64)
    for index in np.ndindex(lines.shape[:-1]):
        line = lines[index].astype(np.float64)[source]
        line[source < 0] = cval
        if address:
            call_line_function(address, data, line, results[index])
        else:
            python(line, results[index])
    with np.errstate(invalid="ignore"):
        output[...] = np.moveaxis(results, -1, axis)
    return output


def _user_function(function, signature, arguments, keywords):
    """(Python function or None, address, data, owner) of what a user passes."""
    compiled = compiled_function(function)
    if compiled is not None:
        check_signature(compiled.signature, signature, "function")
        if compiled.signature[0] != "int":
            raise ValueError("`function` must return int: 0 for failure")
        if arguments or keywords:
            raise ValueError(
                "`extra_arguments` and `extra_keywords` cannot be given with a compiled function"
            )
        return None, compiled.address, compiled.data, compiled.owner
    if not callable(function):
        raise TypeError(f"`function` must be callable, not {function!r}")
    if not isinstance(arguments, tuple):
        raise TypeError(f"`extra_arguments` must be a tuple, not {type(arguments).__name__}")
    if arguments or keywords:
        return functools.partial(_call, function, arguments, keywords or {}), 0, 0, None
    return function, 0, 0, None


def _call(function, arguments, keywords, *first):
    return function(*first, *arguments, **keywords)


@shares_docs
def vectorized_filter(
    input,
    function,
    *,
    size=None,
    footprint=None,
    output=None,
    mode="reflect",
    cval=None,
    origin=None,
    axes=None,
    batch_memory=2**30,
):
    """Filter with a function that works on many windows at once.

    Parameters
    ----------
    input : array_like
        Image of any type that `function` takes, any shape.
    function : callable
        ``function(windows, axis=axis)`` gives a value for each window; the windows lie along the
        last axes of `windows`, and `axis` names these. With `footprint` they lie along the last one.
    %(size)s
    %(footprint)s
    output : ndarray, optional
        Array that takes the result. The default is a new one of the type that `function` gives.
    mode : str, optional
        How the image goes on beyond its ends, as in `generic_filter`; or 'valid': the result has
        only the voxels whose windows lie in the image.
    cval : scalar, optional
        Value beyond the ends; only with mode 'constant'. The default is 0.
    origin : int or sequence of int, optional
        Shift of the window's middle along each of `axes`.
    axes : int or sequence of int, optional
        The axes that the window runs along; the default is all.
    batch_memory : int, optional
        Bytes that the windows of one call may take.

    Returns
    -------
    ndarray
        The filtered image.

    Raises
    ------
    ValueError
        If an argument is out of its domain or does not fit the others.

    See Also
    --------
    generic_filter : Calls a function for each window.

    Notes
    -----
    A NaN stays in the windows that hold it; ``numpy.nanmedian`` and its like leave it out.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.vectorized_filter(np.array([1.0, 2.0, np.nan, 4.0]), np.nanmean, size=3)
    array([1.33333333, 1.5       , 3.        , 4.        ])
    """
    image = to_numpy(input, "input")
    if not callable(function):
        raise ValueError("`function` must be a callable.")
    if size is None and footprint is None:
        raise ValueError("Either `size` or `footprint` must be provided.")
    if size is not None and footprint is not None:
        raise ValueError("Either `size` or `footprint` may be provided, not both.")
    if len(_sequence(axes, 0)) > image.ndim:
        raise ValueError(
            "The length of `axes` may not exceed the dimensionality of `input` (`input.ndim`)."
        )
    axes = check_axes(axes, image.ndim)
    window = None
    if size is not None:
        size = _sequence(size, len(axes))
        if not all(_is_integer(n) and 0 < n < 2**31 for n in size):
            raise ValueError("All elements of `size` must be positive integers.")
    else:
        window = real_image(footprint, "footprint") != 0
        size = window.shape
    if len(axes) != len(size):
        raise ValueError(
            "`axes` must be compatible with the dimensionality of the window specified by `size` "
            "or `footprint`."
        )
    origins = _vector_origins(origin, size)
    one_of(mode, _PAD_MODES, "mode")
    if output is not None and not isinstance(output, np.ndarray):
        raise TypeError(f"`output` must be an array, not {type(output).__name__}")
    if mode == "valid" and any(origins):
        raise ValueError("`mode='valid'` is incompatible with use of `origin`.")
    shape = list(image.shape)
    if mode == "valid" and image.size:
        for axis, n in zip(axes, size, strict=True):
            shape[axis] -= n - 1
            if shape[axis] < 1:
                raise ValueError(
                    f"`size` or `footprint`: a window of {n} voxels does not fit in axis {axis}, "
                    f"which has {image.shape[axis]}"
                )
    if output is not None:
        check_output(output, tuple(shape))
    origins = tuple(check_origin(o, n) for o, n in zip(origins, size, strict=True))
    pad_mode = _PAD_MODES[mode]
    if cval is not None and pad_mode != "constant":
        raise ValueError("Use of `cval` is compatible only with `mode='constant'`.")
    cval = np.asarray(0.0 if cval is None else cval)
    if cval.dtype.kind not in "biufc":
        raise ValueError("`cval` must include only numbers.")
    batch = to_numpy(batch_memory, "batch_memory")
    if batch.ndim != 0 or batch.dtype.kind not in "iuf" or not batch > 0:
        raise ValueError("`batch_memory` must be positive number.")
    if image.size == 0:
        return image if output is None else output
    image = apart(image, output)
    if axes:
        return _vectorized(
            image, function, size, window, output, pad_mode, cval, origins, axes, float(batch)
        )
    if window is None or image.ndim == 0:
        found = function(image if window is None else image[window], axis=())
    else:
        found = function(image[..., window], axis=-1)
    found = np.asarray(found)
    if output is None:
        return found
    output[...] = found.reshape(output.shape)
    return output


def _sequence(value, count):
    """A list of `value`, or of what is in it."""
    return list(value) if np.iterable(value) and not isinstance(value, str) else [value] * count


def _is_integer(value):
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _vector_origins(origin, size):
    count = len(size)
    if origin is None:
        return (0,) * count
    origins = _sequence(origin, count)
    if not all(_is_integer(o) for o in origins):
        raise ValueError("All elements of `origin` must be integers.")
    if len(origins) != count:
        raise ValueError(
            "`origin` must be an integer or tuple of integers with length equal to the number of axes."
        )
    return tuple(origins)


def _vectorized(image, function, size, window, output, pad_mode, cval, origins, axes, batch_memory):
    """The windows of as many voxels along the first axis as fit the memory, call by call."""
    last = tuple(range(-len(axes), 0))
    image = np.moveaxis(image, axes, last)
    if pad_mode != "valid":
        border = [(0, 0)] * (image.ndim - len(axes)) + [
            (n // 2 + o, (n - 1) // 2 - o) for n, o in zip(size, origins, strict=True)
        ]
        outside = {"constant_values": cval[()]} if pad_mode == "constant" else {}
        image = np.pad(image, border, mode=pad_mode, **outside)
    views = np.lib.stride_tricks.sliding_window_view(image, size, last)

    def call(part):
        if window is not None:
            return function(part[..., window], axis=-1)
        return function(part, axis=last)

    target = None if output is None else np.moveaxis(output, axes, last)
    row = max(1, math.prod(views.shape[1:]) * views.dtype.itemsize)
    lines = int(min(len(views), batch_memory / row))
    if lines < 1:
        raise ValueError("`batch_memory` is insufficient for minimum chunk size.")
    if target is None and lines >= len(views):
        return np.moveaxis(call(views), last, axes)
    for start in range(0, len(views), lines):
        part = np.asarray(call(views[start : start + lines]))
        if target is None:
            target = np.empty(views.shape[: -len(axes)], part.dtype)
        target[start : start + lines] = part
    return output if output is not None else np.moveaxis(target, last, axes)
