"""Arguments that the functions of this subpackage share, checked in one place."""

import operator

import numpy as np

from scikit._core._arrays import to_numpy


def real_image(value, name):
    """`value` as an array of real numbers or booleans.

    Raises
    ------
    TypeError
        If its type is complex or not numeric.
    """
    image = to_numpy(value, name)
    if image.dtype.kind == "c":
        raise TypeError(f"`{name}` is complex; Complex type not supported")
    if image.dtype.kind not in "biuf":
        raise TypeError(f"`{name}` must hold real numbers or booleans, not {image.dtype}")
    return image


def check_axes(axes, ndim):
    """`axes` as a tuple of distinct axes in 0..ndim-1; None means all.

    Raises
    ------
    ValueError
        If an axis is out of range or named twice, or `axes` is no integer and no iterable.
    TypeError
        If an axis is no integer.
    """
    if axes is None:
        return tuple(range(ndim))
    if np.isscalar(axes):
        axes = (axes,)
    try:
        wanted = tuple(axes)
    except TypeError:
        raise ValueError("`axes` must be an integer, iterable of integers, or None") from None
    chosen = []
    for axis in wanted:
        try:
            number = operator.index(axis)
        except TypeError:
            raise TypeError(
                f"`axes`: {type(axis).__name__!r} object cannot be interpreted as an integer"
            ) from None
        if not -ndim <= number < ndim:
            raise ValueError(
                f"`axes`: specified axis: {number} is out of range for {ndim} dimensions"
            )
        chosen.append(number % ndim)
    if len(set(chosen)) != len(chosen):
        raise ValueError(f"`axes`: axes must be unique, not {wanted}")
    return tuple(chosen)


def per_axis(value, count, name):
    """A list with one entry an axis, from one value or a sequence of `count`.

    Raises
    ------
    RuntimeError
        If a sequence has another length.
    """
    if isinstance(value, str) or not np.iterable(value):
        return [value] * count
    values = list(value)
    if len(values) != count:
        raise RuntimeError(
            f"`{name}`: sequence argument must have length equal to input rank, or to the number "
            f"of axes: {count}, not {len(values)}"
        )
    return values


def integer(value, name):
    """`value` as an int; booleans count.

    Raises
    ------
    TypeError
        If it is none.
    """
    if isinstance(value, np.bool):
        return int(value)
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"`{name}` parameter should be an integer, not {value!r}") from None


def check_output(output, shape):
    """Raise unless the array `output` has this shape and can be written."""
    if output.shape != shape:
        raise RuntimeError(
            f"`output` must have shape {shape}, not {output.shape}: output shape not correct"
        )
    if not output.flags.writeable:
        raise ValueError("`output` is read-only")


def result_array(output, image, complex_result=False):
    """The array that a filter of `image` gives its result in.

    Parameters
    ----------
    output : None, dtype, str or array
        None means the type of `image`.
    image : ndarray
        What is filtered.
    complex_result : bool
        The result is complex.

    Returns
    -------
    ndarray
        `output` itself if it is an array; else a new one, not filled.

    Raises
    ------
    RuntimeError
        If the shape or the type cannot take the result.
    """
    if output is None:
        return np.empty(image.shape, image.dtype.newbyteorder("="))
    if isinstance(output, str | type | np.dtype):
        try:
            dtype = np.dtype(output)
        except TypeError as error:
            raise TypeError(f"`output` is no dtype: {error}") from None
        if isinstance(output, str) and not issubclass(dtype.type, np.number):
            raise RuntimeError(f"`output` must have numeric dtype, not {dtype}")
        if complex_result and dtype.kind != "c":
            raise RuntimeError(f"`output` must have complex dtype, not {dtype}")
        return np.empty(image.shape, dtype)
    output = np.asarray(output)
    check_output(output, image.shape)
    if complex_result and output.dtype.kind != "c":
        raise RuntimeError(f"`output` must have complex dtype, not {output.dtype}")
    return output
