"""Functions that are evaluated element by element on arrays: arguments, shapes and types for `tanhsinh` and `nsum`."""

import operator
from math import inf, isnan

import numpy as np

from scikit._core._arrays import to_numpy


def real_array(value, name):
    """`value` as an array of real numbers of its own type; ValueError with the name otherwise."""
    try:
        array = to_numpy(value, name)
    except TypeError as error:
        raise ValueError(f"`{name}` must be real numbers. {error}") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"All elements of `{name}` must be real numbers.")
    return array


def float_dtype(values, arrays):
    """The type to compute in: float32 only if the arrays say so; Python's numbers have no say."""
    weak = [
        type(v)(0) if type(v) in (int, float) else x.dtype
        for v, x in zip(values, arrays, strict=True)
    ]
    if all(type(w) in (int, float) for w in weak):
        return np.dtype(np.float64)
    dtype = np.result_type(*weak)
    return np.dtype(np.float32 if dtype in (np.float16, np.float32) else np.float64)


def check_flag(value, name):
    """A bool, or ValueError."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"`{name}` must be True or False.")
    return bool(value)


def check_tolerance(value, name, default, log):
    """A tolerance as a float; logarithms with `log`."""
    if value is None:
        return default
    try:
        value = np.asarray(value)
        if value.dtype.kind not in "biuf" or value.ndim:
            raise TypeError
    except (TypeError, ValueError):
        raise ValueError(f"`{name}` must be real numbers.") from None
    value = float(value)
    if log:
        if isnan(value) or value == inf:
            raise ValueError(f"`{name}` may not be positive infinity.")
    elif not 0 <= value < inf:
        raise ValueError(f"`{name}` must be non-negative and finite.")
    return value


def check_level(value, name, default):
    """A level of refinement: an integer, not negative."""
    if value is None:
        return default
    try:
        value = value if isinstance(value, float) else operator.index(value)
        level = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"`{name}`: levels must be integers.") from None
    if level != value:
        raise ValueError(f"`{name}`: levels must be integers.")
    if level < 0:
        raise ValueError(f"`{name}` must be non-negative.")
    return level


class Elementwise:
    """A user's function with its array arguments, for any subset of the elements.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)``, elementwise.
    limits : dict of str to array_like
        Named real arrays that are broadcast with the arguments (`a`, `b`, ...).
    args, kwargs
        Array arguments of `f`.
    preserve_shape : bool
        `f` gets arrays of the full shape, with the points along a further axis, and may return more dimensions.

    Attributes
    ----------
    shape : tuple
        Of the broadcast inputs.
    limits : list of ndarray
        Flat, of type `dtype`.
    """

    def __init__(self, f, limits, args, kwargs, preserve_shape=False):
        if not callable(f):
            raise ValueError("`f` must be callable.")
        arrays = [real_array(value, name) for name, value in limits.items()]
        self.f, self.preserve_shape = f, preserve_shape
        args = args if isinstance(args, tuple | list) else (args,)
        if kwargs is not None and not isinstance(kwargs, dict):
            raise TypeError(f"`kwargs` must be a dict, not {type(kwargs).__name__}")
        self.names = tuple(kwargs or ())
        extra = [np.asarray(value) for value in (*args, *(kwargs or {}).values())]
        self.n_args = len(args)
        try:
            self.shape = np.broadcast_shapes(*(x.shape for x in (*arrays, *extra)))
        except ValueError as error:
            names = ", ".join(f"`{name}`" for name in limits)
            raise ValueError(f"{names} and `args` cannot be broadcast together: {error}") from None
        self.dtype = float_dtype(limits.values(), arrays)
        self.limits = [np.broadcast_to(x, self.shape).astype(self.dtype).ravel() for x in arrays]
        self.args = [np.broadcast_to(x, self.shape) for x in extra]
        self.flat_args = [x.ravel() for x in self.args]

    def first(self, x):
        """The function at one point an element; it fixes the result's shape and type.

        Sets `out_shape`, `out_dtype` and `row`, the element of the inputs behind each element of the output.
        """
        value = self._call(x.reshape(self.shape), self.args)
        shape = self.shape
        if self.preserve_shape:
            try:
                shape = np.broadcast_shapes(value.shape, self.shape)
            except ValueError:
                raise ValueError(
                    f"`f` returned an array of shape {value.shape}, which does not fit its argument's, {self.shape}"
                ) from None
        self.out_shape = shape
        value = self._fit(value, shape)
        self.out_dtype = np.result_type(
            self.dtype, value.dtype if value.dtype.kind in "fc" else self.dtype
        )
        count = int(np.prod(self.shape, dtype=np.int64))
        self.row = np.broadcast_to(np.arange(count).reshape(self.shape), shape).ravel()
        return value.ravel().astype(self.out_dtype)

    def __call__(self, x, active):
        """The function at x (rows, points): values (len(active), points).

        The rows are the elements `active`, or all elements of the inputs with `preserve_shape`.
        """
        points = x.shape[-1]
        if self.preserve_shape:
            args = [a[..., np.newaxis] for a in self.args]
            value = self._call(x.reshape(*self.shape, points), args)
            value = self._fit(value, (*self.out_shape, points))
            return value.reshape(len(self.row), points)[active]
        value = self._call(x, [a[active][:, np.newaxis] for a in self.flat_args])
        return self._fit(value, x.shape)

    def at(self, x, active):
        """The function at x (len(active),), one point an element."""
        return self._fit(self._call(x, [a[active] for a in self.flat_args]), x.shape)

    def _call(self, x, args):
        # f may overflow far out; what is not finite is judged by the caller
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            named = dict(zip(self.names, args[self.n_args :], strict=True))
            value = np.asarray(self.f(x, *args[: self.n_args], **named))
        if value.dtype.kind not in "biufc":
            raise TypeError(f"`f` must return numbers, not an array of {value.dtype}")
        return value

    @staticmethod
    def _fit(value, shape):
        if value.shape == shape:
            return value
        try:
            return np.broadcast_to(value, shape)
        except ValueError:
            raise ValueError(
                f"`f` must return an array of its argument's shape, {shape}, not {value.shape}"
            ) from None
