"""Filters of Fourier transforms: a product with the filter's transfer function."""

import functools
import math

import numpy as np

from scikit._core._blocks_cy import empty
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._support import (
    check_axis,
    check_output,
    integer,
    number,
    numeric_image,
    per_axis,
)

_REAL = {("f", 4): np.float32, ("f", 8): np.float64}
_COMPLEX = {("c", 8): np.complex64, ("c", 16): np.complex128}
_ALL = _REAL | _COMPLEX
_PIECE = 1 << 15  #: values that are worked on together, within the cache
_SWITCH = 25.0  #: where J1 changes from a Chebyshev to an asymptotic series


@shares_docs
def fourier_gaussian(input, sigma, n=-1, axis=-1, output=None):
    """Multiply a Fourier transform by that of a Gaussian.

    Parameters
    ----------
    %(input_fourier)s
    sigma : float or sequence of float
        Standard deviation along each axis, in voxels of the image.
    %(n_fourier)s
    %(axis_fourier)s
    %(output_fourier)s

    %(result_fourier)s

    See Also
    --------
    gaussian_filter : The same for the image itself, not periodic.

    Notes
    -----
    %(notes_fourier)s

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.zeros(5)
    >>> image[2] = 1
    >>> np.fft.ifft(ndimage.fourier_gaussian(np.fft.fft(image), 0.7)).real.round(3)
    array([0.007, 0.215, 0.557, 0.215, 0.007])
    """
    image, output, axis, n = _arguments(input, output, axis, n, _ALL)
    factors = [
        np.exp(-2 * (math.pi * s * k) ** 2)
        for s, k in _with_frequencies(sigma, "sigma", image, axis, n)
    ]
    return _multiply(image, factors, output)


@shares_docs
def fourier_uniform(input, size, n=-1, axis=-1, output=None):
    """Multiply a Fourier transform by that of a box.

    Parameters
    ----------
    %(input_fourier)s
    size : float or sequence of float
        Length of the box along each axis, in voxels of the image. 0 does not filter, and the sign
        does not matter.
    %(n_fourier)s
    %(axis_fourier)s
    %(output_fourier)s

    %(result_fourier)s

    See Also
    --------
    uniform_filter : The same for the image itself, not periodic.

    Notes
    -----
    %(notes_fourier)s

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.fourier_uniform(np.ones(4), 2).round(3)
    array([1.   , 0.637, 0.   , 0.637])
    """
    image, output, axis, n = _arguments(input, output, axis, n, _ALL)
    factors = [np.sinc(s * k) for s, k in _with_frequencies(size, "size", image, axis, n)]
    return _multiply(image, factors, output)


@shares_docs
def fourier_ellipsoid(input, size, n=-1, axis=-1, output=None):
    """Multiply a Fourier transform by that of an ellipsoid.

    Parameters
    ----------
    %(input_fourier)s Up to three axes.
    size : float or sequence of float
        Diameter of the ellipsoid along each axis, in voxels of the image.
    %(n_fourier)s
    %(axis_fourier)s
    %(output_fourier)s

    Returns
    -------
    %(returns_fourier)s

    Raises
    ------
    %(raises_fourier)s
    NotImplementedError
        If `input` has more than three axes.

    See Also
    --------
    fourier_uniform : A box.

    Notes
    -----
    With the length x of the vector of ``pi * size * frequency`` the factor is sin(x) / x on one axis,
    2 J1(x) / x on two and 3 (sin(x) - x cos(x)) / x**3 on three. %(notes_fourier)s

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.fourier_ellipsoid(np.ones((3, 3)), 2).round(3)
    array([[1.   , 0.543, 0.543],
           [0.543, 0.238, 0.238],
           [0.543, 0.238, 0.238]])
    """
    image = numeric_image(input, "input")
    if image.ndim > 3:  # as in SciPy, whose callers may expect this exception
        raise NotImplementedError("`input`: Only 1d, 2d and 3d inputs are supported")
    image, output, axis, n = _arguments(image, output, axis, n, _ALL)
    if image.size == 0:
        return output
    squares = [(math.pi * s * k) ** 2 for s, k in _with_frequencies(size, "size", image, axis, n)]
    places = [np.arange(length) for length in image.shape]
    for k, place in enumerate(places):
        if k != axis or n < 0:  # frequencies i and length - i differ in sign only
            np.minimum(place, place.size - place, out=place)
    different = [s.reshape(-1)[: p.max() + 1] for s, p in zip(squares, places, strict=True)]
    factors = _of_length(different, (_sine, _disc, _ball)[image.ndim - 1])
    image = _apart(image, output)
    step = max(1, _PIECE * len(image) // image.size)
    for first in range(0, len(image), step):
        slab = slice(first, first + step)
        _multiply(image[slab], [factors[np.ix_(places[0][slab], *places[1:])]], output[slab])
    return output


def _of_length(squares, function):
    """`function` of vectors' lengths, from the squares of their components along each axis."""
    values = np.empty([len(s) for s in squares])
    rest = functools.reduce(np.add.outer, squares[1:], 0.0)
    step = max(1, _PIECE * len(values) // values.size)
    for first in range(0, len(values), step):
        square = squares[0][first : first + step]
        values[first : first + step] = function(np.sqrt(np.add.outer(square, rest)))
    return values


@shares_docs
def fourier_shift(input, shift, n=-1, axis=-1, output=None):
    """Multiply a Fourier transform so that the image is shifted.

    Parameters
    ----------
    %(input_fourier)s
    shift : float or sequence of float
        Distance along each axis, in voxels of the image; a positive one moves to higher indices.
    %(n_fourier)s
    %(axis_fourier)s
    output : dtype or ndarray, optional
        Complex type of the result, or an array of the shape of `input` that takes it. The default is
        the type of `input` if that is complex, else complex128.

    %(result_fourier)s

    See Also
    --------
    shift : The same for the image itself.

    Notes
    -----
    The frequency of half the sampling rate counts as negative. %(notes_fourier)s

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> np.fft.ifft(ndimage.fourier_shift(np.fft.fft([1.0, 2, 3, 4]), 1)).real.round(3)
    array([4., 1., 2., 3.])
    """
    image, output, axis, n = _arguments(input, output, axis, n, _COMPLEX)
    factors = [
        np.exp(-2j * math.pi * s * k) for s, k in _with_frequencies(shift, "shift", image, axis, n)
    ]
    return _multiply(image, factors, output)


def _arguments(input, output, axis, n, types):
    """(image, output, axis, n) checked; the result has one of `types`."""
    image = numeric_image(input, "input")
    if _kind(image.dtype) in (("f", 2), ("f", 16), ("c", 32)):
        raise RuntimeError(f"`input`: data type not supported: {image.dtype}")
    axis = check_axis(axis, image.ndim)
    n = integer(n, "n")
    if n == 0:
        raise ValueError("`n` must not be 0: it is the length of the axis before the transform")
    if output is None:
        output = empty(image.shape, types.get(_kind(image.dtype), [*types.values()][1]))
    elif isinstance(output, type | np.dtype | str):
        try:
            dtype = np.dtype(output)
        except TypeError as error:
            raise TypeError(f"`output` is no dtype: {error}") from None
        output = empty(image.shape, dtype)
    else:
        if not isinstance(output, np.ndarray):
            raise TypeError(f"`output` must be an array or a dtype, not {type(output).__name__}")
        check_output(output, image.shape)
    if _kind(output.dtype) not in types:
        raise RuntimeError(f"`output`: output type not supported: {output.dtype}")
    if image.dtype.kind == "c" and output.dtype.kind != "c":
        raise RuntimeError(
            f"`output`: output type not supported: {output.dtype} cannot take a complex `input`"
        )
    return image, output, axis, n


def _kind(dtype):
    return dtype.kind, dtype.itemsize


def _with_frequencies(values, name, image, axis, n):
    """For each axis a value and the frequencies in cycles a voxel, of a shape that broadcasts."""
    pairs = []
    for k, value in enumerate(per_axis(values, image.ndim, name)):
        length = image.shape[k]
        half = k == axis and n > 0
        frequency = np.arange(length)
        if half:
            frequency = frequency / n
        else:
            frequency[(length + 1) // 2 :] -= length
            frequency = frequency * (1.0 / max(1, length))
        shape = [1] * image.ndim
        shape[k] = length
        pairs.append((number(value, name), frequency.reshape(shape)))
    return pairs


def _apart(image, output):
    """`image`, or a copy of it where its samples would be overwritten by others before they are used."""
    if not np.may_share_memory(image, output):
        return image
    same = image.dtype == output.dtype and image.strides == output.strides
    return image if same and image.ctypes.data == output.ctypes.data else image.copy()


def _multiply(image, factors, output):
    """The product, in double until it is stored."""
    image = _apart(image, output)
    narrow = output.dtype.itemsize == (8 if output.dtype.kind == "c" else 4)
    for first in range(0, len(image), rows := max(1, (1 << 16) * len(image) // max(1, image.size))):
        part = slice(first, first + rows)
        product = factors[0][part] if len(factors[0]) > 1 else factors[0]
        for factor in factors[1:]:
            product = product * factor
        result = image[part] * product
        if narrow:
            with np.errstate(over="ignore"):
                result = result.astype(output.dtype)
        output[part] = result
    return output


def _sine(x):
    return np.sinc(x / math.pi)


def _ball(x):
    """3 (sin x - x cos x) / x**3; by its power series where that cancels."""
    small = x < 0.5
    far, near = x[~small], x[small] ** 2
    result = np.empty_like(x)
    term, total = np.ones_like(near), np.ones_like(near)
    for k in range(1, 8):  # the k-th is 3 (-1)^k (2k + 2) x^2k / (2k + 3)!
        term = term * (-near / ((2 * k) * (2 * k + 3)))
        total = total + term
    result[small] = total
    result[~small] = 3 * (np.sin(far) - far * np.cos(far)) / (far * far * far)
    return result


def _disc(x):
    """2 J1(x) / x.

    Up to 25 Chebyshev series in x**2, beyond it the asymptotic one of Hankel (NIST Handbook of
    Mathematical Functions, 10.17.3), whose terms fall below 1e-17 there. Error below 3e-14.
    """
    flat, result = x.reshape(-1), np.empty(x.size)
    for first in range(0, x.size, _PIECE):
        part, to = flat[first : first + _PIECE], result[first : first + _PIECE]
        least, most = part.min(), part.max()
        for low, high, degree in ((-1.0, 8.0, 20), (8.0, _SWITCH, 40)):
            if least < high and most >= low:
                chosen = (part >= low) & (part < high)
                t = 2 * (part[chosen] / high) ** 2 - 1
                to[chosen] = np.polynomial.chebyshev.chebval(t, _disc_series(high, degree))
        if most >= _SWITCH:
            chosen = part >= _SWITCH
            to[chosen] = _disc_far(part[chosen])
    return result.reshape(x.shape)


def _disc_far(x):
    even, odd = _hankel_series()
    w = 1 / x
    p, q = np.polyval(even[::-1], w * w), w * np.polyval(odd[::-1], w * w)
    phase = x - 0.75 * math.pi
    return 2 * w * np.sqrt(2 / math.pi * w) * (p * np.cos(phase) - q * np.sin(phase))


@functools.cache
def _disc_series(high, degree):
    """Chebyshev coefficients of 2 J1(x) / x in 2 (x / high)**2 - 1.

    Poisson's integral (10.9.4), 2 / pi times that of cos(x cos a) sin(a)**2 over 0..pi, by the
    rectangle rule, which converges faster than any power: 64 nodes give all digits.
    """
    a = (np.arange(64) + 0.5) * (math.pi / 64)

    def values(t):
        x = high * np.sqrt((t + 1) / 2)
        return 2 * (np.cos(np.multiply.outer(x, np.cos(a))) * np.sin(a) ** 2).mean(axis=-1)

    return np.polynomial.chebyshev.chebinterpolate(values, degree)


@functools.cache
def _hankel_series():
    """Coefficients of the even and odd parts of Hankel's series for the order 1 (10.17.1)."""
    terms = [1.0]
    for k in range(1, 28):
        terms.append(terms[-1] * (4 - (2 * k - 1) ** 2) / (8 * k))
    signs = [(-1) ** (k // 2) for k in range(28)]
    series = np.array(terms) * signs
    return series[0::2], series[1::2]
