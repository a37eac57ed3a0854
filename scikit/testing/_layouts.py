"""The same values in other memory layouts: a function must give the same result for all, and change none."""

import numpy as np


def array_layouts(array):
    """The array's values in every layout that users hand over.

    Parameters
    ----------
    array : ndarray
        Of any number of dimensions and a numeric or boolean type.

    Returns
    -------
    dict of str to ndarray
        ``contiguous``, ``fortran``, ``strided`` (a hole after every item of the last axis), ``reversed`` (negative
        strides), ``big-endian`` or ``swapped`` byte order, ``unaligned`` and ``read-only`` copies.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.testing import array_layouts
    >>> layouts = array_layouts(np.arange(6.0).reshape(2, 3))
    >>> all(np.array_equal(a, layouts["contiguous"]) for a in layouts.values())
    True
    """
    array = np.asarray(array)
    plain = np.array(array, order="C")
    layouts = {"contiguous": plain, "fortran": np.array(array, order="F")}
    if array.ndim:
        layouts["strided"] = np.repeat(plain, 2, axis=-1)[..., ::2]
        layouts["reversed"] = np.array(plain[(slice(None, None, -1),) * array.ndim])[
            (slice(None, None, -1),) * array.ndim
        ]
    layouts["swapped"] = plain.astype(plain.dtype.newbyteorder("S"))
    if plain.size and plain.dtype.itemsize > 1:
        raw = np.empty(plain.nbytes + 1, np.uint8)
        unaligned = raw[1:].view(plain.dtype).reshape(plain.shape)
        unaligned[...] = plain
        layouts["unaligned"] = unaligned
    frozen = plain.copy()
    frozen.flags.writeable = False
    layouts["read-only"] = frozen
    return layouts


def assert_layout_independent(function, array, *, compare=None):
    """Assert that `function` gives the same result for every layout of `array` and leaves it unchanged.

    Parameters
    ----------
    function : callable
        ``function(array)`` returns an array or a tuple of arrays.
    array : ndarray
        The argument.
    compare : callable, optional
        ``compare(result, expected)`` raises if they differ; equality by default (NaNs equal).

    Raises
    ------
    AssertionError
        Naming the layout.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.testing import assert_layout_independent
    >>> assert_layout_independent(np.sqrt, np.arange(5.0))
    """
    compare = compare or np.testing.assert_array_equal
    expected = function(np.array(array, order="C"))
    for name, layout in array_layouts(array).items():
        before = layout.tobytes()
        result = function(layout)
        try:
            if isinstance(expected, tuple):
                for one, other in zip(result, expected, strict=True):
                    compare(one, other)
            else:
                compare(result, expected)
        except AssertionError as error:
            raise AssertionError(f"layout {name!r}: {error}") from None
        assert layout.tobytes() == before, f"layout {name!r}: the input was changed"
