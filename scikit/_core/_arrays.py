"""From what a user passes to an array that a kernel can use: the one place.

NumPy arrays, objects with the buffer protocol and CPU arrays with DLPack are used without a copy where
their type and layout already fit; the input is never changed.
"""

import numpy as np

from scikit._core._blocks_cy import empty
from scikit._core._turn_cy import turn

_TURNED = (1, 2, 4, 8)  # bytes of an element
_WORTH_TURNING = 1 << 14  # bytes of an array
_CPU_DEVICES = (1, 3)  # kDLCPU, kDLCUDAHost (pinned host memory)


def to_numpy(value, name):
    """`value` as a NumPy array, without a copy where possible.

    Parameters
    ----------
    value : array_like
        NumPy array, sequence, scalar, buffer, or CPU array with ``__dlpack__``.
    name : str
        The argument's name, for messages.

    Returns
    -------
    ndarray

    Raises
    ------
    TypeError
        If the array lives on a GPU, or is a masked array, a sparse matrix or of no numeric kind.
    ValueError
        If a nested sequence is ragged.
    """
    if isinstance(value, np.ndarray):
        if isinstance(value, np.ma.MaskedArray):
            raise TypeError(f"`{name}` is a masked array; pass its data, or fill it first")
        return value if type(value) is np.ndarray else np.asarray(value)
    if hasattr(value, "__dlpack__") and hasattr(value, "__dlpack_device__"):
        device = int(value.__dlpack_device__()[0])
        if device not in _CPU_DEVICES:
            raise TypeError(
                f"`{name}` is an array on a device (DLPack type {device}); scikit computes on the CPU: "
                f"copy it to the host first"
            )
        return np.from_dlpack(value)
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        raise TypeError(f"`{name}` is a sparse matrix; pass {name}.toarray()")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"`{name}` cannot be made into an array: {error}") from None


def c_order(array):
    """`array` in C order, itself if it is: as `numpy.ascontiguousarray`, but fast for Fortran's order."""
    flags = array.flags
    if (
        array.ndim < 2
        or flags.c_contiguous
        or not flags.f_contiguous
        or array.itemsize not in _TURNED
    ):
        return np.ascontiguousarray(array)
    if array.nbytes < _WORTH_TURNING or not flags.aligned or array.dtype.hasobject:
        return np.ascontiguousarray(array)
    result = empty(array.shape, array.dtype)
    turn(array, result)
    return result


def as_array(value, name, dtype=None, *, ndim=None, shape=None, finite=False):
    """`value` as a C-contiguous, aligned array in native byte order, without a copy where it is one already.

    Parameters
    ----------
    value : array_like
        See `to_numpy`.
    name : str
        The argument's name, for messages.
    dtype : dtype or sequence of dtype, optional
        The type to convert to, or the types that stay as they are; others become the first one that
        holds them safely (``same_kind`` for a single one).
    ndim : int or tuple of int, optional
        Allowed numbers of dimensions.
    shape : tuple, optional
        Needed shape; None in a place allows any length there.
    finite : bool
        Refuse NaNs and infinities.

    Returns
    -------
    ndarray
        Possibly `value` itself; kernels only read it.

    Raises
    ------
    TypeError, ValueError
        With the argument's name, what came and what is needed.
    """
    array = to_numpy(value, name)
    wanted = _choose_dtype(array.dtype, dtype, name)
    if ndim is not None:
        allowed = (ndim,) if isinstance(ndim, int) else ndim
        if array.ndim not in allowed:
            need = " or ".join(map(str, allowed))
            raise ValueError(f"`{name}` must have {need} dimensions, not {array.ndim}")
    if shape is not None and (
        array.ndim != len(shape)
        or any(n not in (None, m) for n, m in zip(shape, array.shape, strict=True))
    ):
        need = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
        raise ValueError(f"`{name}` must have shape {need}, not {array.shape}")
    array = np.require(array, dtype=wanted, requirements=["C", "A"])
    if finite and array.dtype.kind in "fc" and not np.isfinite(array).all():
        raise ValueError(f"`{name}` must not contain infs or NaNs")
    return array


def _choose_dtype(have, dtype, name):
    """The native type that an array of type `have` is converted to."""
    if (
        have.kind not in "biufc"
        or have == np.dtype(np.longdouble)
        or have == np.dtype(np.clongdouble)
    ):
        raise TypeError(f"`{name}` must hold numbers that scikit computes with, not {have}")
    if dtype is None:
        return have.newbyteorder("=")
    if not isinstance(dtype, list | tuple):
        wanted = np.dtype(dtype)
        if not np.can_cast(have, wanted, "same_kind"):
            raise TypeError(f"`{name}` of type {have} cannot become {wanted} without loss")
        return wanted
    choices = [np.dtype(d) for d in dtype]
    native = have.newbyteorder("=")
    if native in choices:
        return native
    for choice in choices:
        if np.can_cast(native, choice, "safe"):
            return choice
    raise TypeError(f"`{name}` of type {have} fits none of {', '.join(map(str, choices))}")
