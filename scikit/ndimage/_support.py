"""Arguments that the functions of this subpackage share, checked in one place."""

import math
import operator
import warnings

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._blocks_cy import empty, zeros
from scikit.ndimage._correlate1d_cy import TYPES

#: The kernels' codes of the boundary modes.
MODES = {
    "nearest": 0,
    "wrap": 1,
    "grid-wrap": 1,
    "reflect": 2,
    "grid-mirror": 2,
    "mirror": 3,
    "constant": 4,
    "grid-constant": 4,
}
#: The kernels' codes of the types, by NumPy's numbers: those do not depend on the byte order.
_CODES = {np.dtype(c).num: TYPES[np.dtype(c).str[1:]] for c in np.typecodes["AllInteger"] + "fd?"}

_SCALARS = (str, float, int)


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


def numeric_image(value, name):
    """`value` as an array of real or complex numbers or booleans.

    Raises
    ------
    TypeError
        If its type is not numeric.
    """
    image = to_numpy(value, name)
    if image.dtype.kind not in "biufc":
        raise TypeError(f"`{name}` must hold numbers, not {image.dtype}")
    return image


def check_axis(axis, ndim):
    """`axis` in 0..ndim-1.

    Raises
    ------
    AxisError
        If it is out of range.
    TypeError
        If it is no integer.
    """
    try:
        number = operator.index(axis)
    except TypeError:
        raise TypeError(f"`axis` must be an integer, not {axis!r}") from None
    if not -ndim <= number < ndim:
        raise np.exceptions.AxisError(number, ndim, "`axis`")
    return number % ndim


def check_mode(mode):
    """The kernels' code of a boundary mode.

    Raises
    ------
    RuntimeError
        If it is unknown.
    """
    if not isinstance(mode, str) or mode not in MODES:
        raise RuntimeError(
            f"`mode`: boundary mode not supported: {mode!r}; known are {', '.join(MODES)}"
        )
    return MODES[mode]


def check_origin(origin, size):
    """`origin` of a window of `size` voxels as an int.

    Raises
    ------
    ValueError
        If it moves the window's middle out of the window.
    """
    origin = integer(origin, "origin")
    if not -(size // 2) <= origin <= (size - 1) // 2:
        raise ValueError(
            f"`origin`: invalid origin {origin}; origin must satisfy "
            f"{-(size // 2)} <= origin <= {(size - 1) // 2} for {size} elements"
        )
    return origin


def flag(value, name):
    """`value` as a bool.

    Raises
    ------
    TypeError
        If it has no truth value.
    """
    try:
        return bool(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be True or False, not {value!r}") from None


def one_of(value, choices, name, error=ValueError):
    """`value` if it is one of some texts.

    Raises
    ------
    ValueError
        Or `error`, if it is none of them.
    """
    if not isinstance(value, str) or value not in choices:
        raise error(f"`{name}` must be one of {', '.join(map(repr, choices))}, not {value!r}")
    return value


def float_dtype(value):
    """`value` as the dtype float32 or float64.

    Raises
    ------
    ValueError
        If it is another one, or none.
    """
    try:
        dtype = np.dtype(value)
    except (TypeError, ValueError):
        dtype = None
    if dtype not in (np.float64, np.float32):
        raise ValueError(f"`dtype` must be float64 or float32, not {value!r}")
    return dtype


def number(value, name):
    """`value` as a float.

    Raises
    ------
    TypeError
        If it is no real number.
    """
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a real number, not {value!r}") from None


def type_code(dtype, name):
    """The kernels' code of a type.

    Raises
    ------
    RuntimeError
        If no kernel takes it.
    """
    code = _CODES.get(dtype.num)
    if code is None:
        raise RuntimeError(f"`{name}`: data type not supported: {dtype}")
    return code


def comparable(image, cval, used, output):
    """The image in a type in which its voxels and the value outside can be compared.

    Parameters
    ----------
    image : ndarray
    cval : float
    used : bool
        Whether the value outside matters.
    output : ndarray
        What the result is stored in.

    Returns
    -------
    image : ndarray
        Itself where its type has kernels and holds `cval`, or `cval` is not used; booleans as uint8.
        Else in float64 (float32 for float16); so are floats whose result is boolean, as the kernels
        store doubles alone there, truncated.
    cval : int or float
    """
    dtype = image.dtype.newbyteorder("=")
    if dtype == np.float16:
        dtype = np.dtype(np.float32)
    if dtype == np.float32 and output.dtype.kind == "b":
        dtype = np.dtype(np.float64)
    if not used:
        holds, cval = True, 0
    elif dtype.kind == "f":
        holds = dtype.itemsize >= 8 or np.isnan(cval) or float(np.float32(cval)) == cval
    elif not np.isfinite(cval) or cval != int(cval):
        holds = False
    else:
        low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        holds = low <= int(cval) <= high
        cval = int(cval) if holds else cval
    image = image.astype(dtype if holds else np.float64, copy=False)
    return as_numbers(image), cval


def as_numbers(array):
    """Booleans as uint8, the same memory; others as they are."""
    return array.view(np.uint8) if array.dtype.kind == "b" else array


def apart(image, output):
    """The image, or a copy where `output` is an array that may share its memory."""
    shared = isinstance(output, np.ndarray) and np.may_share_memory(image, output)
    return image.copy() if shared else image


def native(array):
    """`array` aligned and in native byte order; itself if it is."""
    if array.flags.aligned and array.dtype.isnative:
        return array
    return np.require(array, array.dtype.newbyteorder("="), ["A"])


def check_outside(cval, image):
    """The value outside an image, as a complex number.

    Raises
    ------
    TypeError
        If `cval` is no number.
    ValueError
        If `cval` is complex and the image is not.
    """
    try:
        cval = complex(cval)
    except (TypeError, ValueError):
        raise TypeError(f"`cval` must be a number, not {cval!r}") from None
    if cval.imag and image.dtype.kind != "c":
        raise ValueError("`cval`: Cannot provide a complex-valued cval when the input is real.")
    return cval


def part_by_part(function, image, weights, output, cval):
    """A linear filter with complex numbers from one of real numbers.

    Parameters
    ----------
    function : callable
        ``function(image, weights, output, cval)`` filters real `image` with real `weights`.
    image, weights, output : ndarray
        `output` is complex.
    cval : number
    """
    cval = check_outside(cval, image)
    values = [image.real, image.imag] if image.dtype.kind == "c" else [image]
    factors = [weights.real, weights.imag] if weights.dtype.kind == "c" else [weights]
    dtype = output.real.dtype.newbyteorder("=")
    total = zeros(image.shape, output.dtype.newbyteorder("="))
    for v, (part, outside) in enumerate(zip(values, (cval.real, cval.imag), strict=False)):
        for w, factor in enumerate(factors):
            filtered = empty(image.shape, dtype)
            function(part, factor, filtered, outside)
            if v + w == 1:
                total.imag += filtered
            elif v:
                total.real -= filtered
            else:
                total.real += filtered
    output[...] = total


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
    if value is None or isinstance(value, _SCALARS) or not np.iterable(value):
        return [value] * count
    values = list(value)
    if len(values) != count:
        raise RuntimeError(
            f"`{name}`: sequence argument must have length equal to input rank, or to the number "
            f"of axes: {count}, not {len(values)}"
        )
    return values


def positive_per_axis(value, count, name):
    """Positive, finite floats, one an axis, from one number or a sequence.

    Raises
    ------
    ValueError
        If one is not positive and finite.
    TypeError
        If one is no number.
    RuntimeError
        If a sequence has another length.
    """
    numbers = [number(v, name) for v in per_axis(value, count, name)]
    if not all(0 < v < np.inf for v in numbers):
        raise ValueError(f"`{name}` must be positive and finite, not {value!r}")
    return numbers


def unit_of(sizes):
    """A power of 2 near the largest of positive numbers.

    Dividing by it changes no bits, and squares of the quotients stay within the range of their type.
    """
    return math.ldexp(1.0, min(math.frexp(max(sizes, default=1.0))[1], 1023))


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


def result_array(output, image, complex_result=False, shape=None):
    """The array that a filter of `image` gives its result in.

    Parameters
    ----------
    output : None, dtype, str or array
        None means the type of `image`.
    image : ndarray
        What is filtered.
    complex_result : bool
        The result is complex.
    shape : tuple of int, optional
        Shape of the result; the default is that of `image`.

    Returns
    -------
    ndarray
        `output` itself if it is an array; else a new one, not filled.

    Raises
    ------
    RuntimeError
        If the shape or the type cannot take the result.
    """
    shape = image.shape if shape is None else shape
    if output is None:
        dtype = image.dtype.newbyteorder("=")
        return empty(shape, np.promote_types(dtype, "c8") if complex_result else dtype)
    if isinstance(output, str | type | np.dtype):
        try:
            dtype = np.dtype(output)
        except TypeError as error:
            raise TypeError(f"`output` is no dtype: {error}") from None
        if isinstance(output, str) and not issubclass(dtype.type, np.number):
            raise RuntimeError(f"`output` must have numeric dtype, not {dtype}")
        if complex_result and dtype.kind != "c":
            if isinstance(output, str):
                raise RuntimeError(f"`output` must have complex dtype, not {dtype}")
            warnings.warn("promoting specified output dtype to complex", stacklevel=3)
            dtype = np.promote_types(dtype, np.complex64)
        return empty(shape, dtype)
    if not isinstance(output, np.ndarray):
        raise TypeError(f"`output` must be an array or a dtype, not {type(output).__name__}")
    check_output(output, shape)
    if complex_result and output.dtype.kind != "c":
        raise RuntimeError(f"`output` must have complex dtype, not {output.dtype}")
    return output
