"""What the functions of this subpackage share: stacks, errors, warnings."""

import warnings

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.linalg import _lapack_cy

LinAlgError = np.linalg.LinAlgError

_TYPES = {np.dtype(t) for t in (np.float32, np.float64, np.complex64, np.complex128)}


class LinAlgWarning(RuntimeWarning):
    """An ill-conditioned matrix: the result may carry few correct digits."""


def as_stack(value, name, check_finite=True):
    """A square matrix or a stack of them as (array, stack): `stack` is (count, n, n), contiguous, of a LAPACK type.

    Integers and booleans become float64, float16 becomes float32; `stack` shares memory with `value` where it can.
    """
    array = to_numpy(value, name)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"`{name}` must hold numbers, not {array.dtype}")
    if array.ndim < 2:
        raise ValueError(f"`{name}` must have at least 2 dimensions, not {array.ndim}")
    if array.shape[-1] != array.shape[-2]:
        raise ValueError(f"`{name}` must be square in its last two dimensions, not {array.shape}")
    array = as_lapack_type(array, name)
    if check_finite:
        require_finite(array, name)
    n = array.shape[-1]
    stack = np.require(array, requirements=["C", "A"])
    return array, stack.reshape((-1, n, n) if array.size else (_count(array), n, n))


def _count(array):
    count = 1
    for length in array.shape[:-2]:
        count *= length
    return count


def as_lapack_type(array, name):
    """The array in one of the four types that LAPACK knows, native byte order."""
    dtype = array.dtype
    if dtype in _TYPES and dtype.isnative:
        return array
    if dtype.kind not in "biufc" or dtype.char in "gG":
        raise TypeError(
            f"`{name}` must hold real or complex numbers of at most double precision, not {dtype}"
        )
    if dtype.kind in "fc":
        target = (
            dtype.newbyteorder("=") if dtype.newbyteorder("=") in _TYPES else np.dtype(np.float32)
        )
    else:
        target = np.dtype(np.float64)
    return array.astype(target)


def require_finite(array, name):
    """Raise ValueError if the array holds an infinity or a NaN."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = array.sum()  # one pass; finite for nearly all finite arrays
    if not np.isfinite(total) and not np.isfinite(array).all():
        raise ValueError(f"`{name}` must not contain infs or NaNs")


def judge(rcond, name, positions=None, *, stacklevel):
    """Raise for a singular matrix and warn of ill-conditioned ones.

    Parameters
    ----------
    rcond : ndarray (count,) of float
        Reciprocal condition numbers; 0 is singular.
    name : str
        The argument's name.
    positions : ndarray (count,) of int, optional
        Where the matrices stand in the stack.
    stacklevel : int
        Of the user's call, seen from the caller.
    """
    bad = np.flatnonzero(rcond == 0)
    if len(bad):
        where = "" if positions is None else f" (matrix {positions[bad[0]]} of the stack)"
        raise LinAlgError(f"`{name}` is a singular matrix{where}")
    ill = np.flatnonzero(~(rcond >= np.finfo(np.float64).eps))
    if len(ill):
        warnings.warn(
            f"`{name}` is an ill-conditioned matrix (rcond={rcond[ill[0]]:.3g}): the result may not be accurate.",
            LinAlgWarning,
            stacklevel=stacklevel + 1,
        )


check_size = _lapack_cy.check_size
