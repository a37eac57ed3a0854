"""Images for algorithms that only compare voxels: keys of unsigned integers, in padded volumes."""

import math
import operator

import numpy as np

from scikit._core._blocks_cy import empty
from scikit.ndimage._structure import generate_binary_structure
from scikit.ndimage._support import real_image

_MOST = 2**31 - 1


def to_keys(image, out=None):
    """Unsigned integers in the order of the voxels' values; NaN comes after infinity.

    Parameters
    ----------
    image : ndarray
        Real numbers or booleans, any layout.
    out : ndarray, optional
        Takes the keys; of `key_type(image.dtype)`.

    Returns
    -------
    ndarray
    """
    kind, width = image.dtype.kind, image.dtype.itemsize
    unsigned = key_type(image.dtype)
    if out is None:
        out = empty(image.shape, unsigned)
    image = image.astype(image.dtype.newbyteorder("="), copy=False)
    top = unsigned.type(1 << (8 * width - 1))
    if kind in "bu":
        out[...] = image
    elif kind == "i":
        np.bitwise_xor(image.view(unsigned), top, out=out)
    else:
        # -0 becomes 0; the order of negative numbers' bits is reversed
        bits = np.atleast_1d(np.add(image, image.dtype.type(0))).view(unsigned)
        np.bitwise_xor(bits, (bits >> unsigned.type(8 * width - 1)) * ~top, out=bits)
        bits ^= top
        out[...] = bits.reshape(image.shape)
        out[np.isnan(image)] = ~unsigned.type(0)
    return out


def from_keys(keys, dtype):
    """The values of keys, the inverse of `to_keys`."""
    unsigned = keys.dtype
    width = unsigned.itemsize
    top = unsigned.type(1 << (8 * width - 1))
    dtype = dtype.newbyteorder("=")
    if dtype.kind in "bu":
        return keys.astype(dtype)
    if dtype.kind == "i":
        return np.ascontiguousarray(keys ^ top).view(dtype)
    bits = np.ascontiguousarray(keys ^ top)
    nan = keys == ~unsigned.type(0)
    bits ^= (bits >> unsigned.type(8 * width - 1)) * ~top
    values = bits.view(dtype)
    values[nan] = np.nan
    return values.reshape(keys.shape)


def key_type(dtype):
    """The type of the keys of a type.

    Raises
    ------
    TypeError
        If there is none (long double).
    """
    if dtype.itemsize > 8:
        raise TypeError(f"`image` must not be of type {dtype}; float64 is the widest")
    return np.dtype(f"u{dtype.itemsize}")


def comparable_image(value, name):
    """`value` as an array of real numbers or booleans that has keys."""
    image = real_image(value, name)
    if image.dtype.itemsize > 8:
        raise TypeError(f"`{name}` must not be of type {image.dtype}; float64 is the widest")
    return image


def neighbour_offsets(footprint, connectivity, ndim, *, default, offset=None, name="footprint"):
    """Offsets of a voxel's neighbours, from the two ways to say them.

    Parameters
    ----------
    footprint : array_like or None
        Its elements that are not 0.
    connectivity : int or None
        As in `generate_binary_structure`.
    ndim : int
    default : int
        The connectivity if neither is given.
    offset : sequence of int, optional
        The middle of the footprint; by default that of one with odd lengths.
    name : str, optional
        What the user calls the footprint.

    Returns
    -------
    ndarray of int64, shape (k, ndim)
        Without 0, in the order of the footprint's elements.
    """
    if footprint is not None and connectivity is not None:
        raise ValueError("`footprint` and `connectivity` cannot both be given")
    if footprint is None:
        if connectivity is None:
            connectivity = default
        footprint = generate_binary_structure(ndim, _check_connectivity(connectivity, ndim))
    else:
        footprint = real_image(footprint, name) != 0
    if footprint.ndim != ndim:
        raise ValueError(
            f"`{name}` must have as many dimensions as the image, {ndim}, not {footprint.ndim}"
        )
    if offset is None:
        if any(n % 2 == 0 for n in footprint.shape):
            raise ValueError(f"`{name}` must have odd lengths, not {footprint.shape}")
        offset = [n // 2 for n in footprint.shape]
    else:
        offset = _check_offset(offset, footprint.shape)
    if ndim == 0:
        return np.zeros((0, 1), np.int64)
    found = np.argwhere(footprint) - np.array(offset, np.int64).reshape(1, ndim)
    return found[found.any(axis=1)]


def _check_connectivity(connectivity, ndim):
    try:
        number = operator.index(connectivity)
    except TypeError:
        raise TypeError(f"`connectivity` must be an integer, not {connectivity!r}") from None
    if not 1 <= number <= max(ndim, 1):
        raise ValueError(f"`connectivity` must be in 1..{max(ndim, 1)}, not {number}")
    return number


def _check_offset(offset, shape):
    try:
        middle = [operator.index(o) for o in offset]
    except TypeError:
        raise TypeError(f"`offset` must be a sequence of integers, not {offset!r}") from None
    if len(middle) != len(shape) or any(not 0 <= o < n for o, n in zip(middle, shape, strict=True)):
        raise ValueError(f"`offset` must lie inside the footprint of shape {shape}, not {offset}")
    return middle


class Padded:
    """The layout of a volume padded on all sides, so that neighbours need no looking at the ends.

    Parameters
    ----------
    shape : tuple of int
        Of the image, at least 1-d and not empty.
    offsets : ndarray of int64, shape (k, ndim)
        Of the neighbours; those that always lead out of the image are dropped.
    """

    def __init__(self, shape, offsets):
        offsets = offsets[(np.abs(offsets) < np.array(shape)).all(axis=1)]
        self.pad = np.abs(offsets).max(axis=0, initial=1)
        self.image_shape = tuple(shape)
        self.nx = int(shape[-1])
        self.shape = tuple(int(n + 2 * p) for n, p in zip(shape, self.pad, strict=True))
        self.size = math.prod(self.shape)
        if self.size > _MOST:
            raise ValueError(
                f"`image` of shape {shape} is too large: with a margin it has {self.size} voxels, "
                f"more than {_MOST}"
            )
        self.strides = np.array(
            [math.prod(self.shape[a + 1 :]) for a in range(len(shape))], np.int64
        )
        self.inside = tuple(slice(p, p + n) for n, p in zip(shape, self.pad, strict=True))
        self.offsets = np.ascontiguousarray(offsets @ self.strides)
        self.vectors = offsets

    def full(self, value, dtype):
        """A padded volume of one value."""
        return np.full(self.shape, value, dtype)

    def keys(self, image, outside=0):
        """Keys of an image, and those outside."""
        volume = self.full(outside, key_type(image.dtype))
        to_keys(image, volume[self.inside])
        return volume

    def rows(self):
        """Places of the rows' first voxels."""
        first = np.zeros((), np.int64)
        for axis in range(len(self.shape) - 1):
            at = np.arange(self.image_shape[axis]) + self.pad[axis]
            first = np.add.outer(first, at * self.strides[axis])
        return np.ascontiguousarray(first + self.pad[-1]).reshape(-1)

    def sided(self):
        """Offsets to lower places and to higher ones, those within a row first, and their number."""
        in_row = ~self.vectors[:, :-1].any(axis=1)
        sides = []
        for side in (self.offsets < 0, self.offsets > 0):
            line = self.offsets[side & in_row]
            rest = self.offsets[side & ~in_row]
            sides += [line.size, np.append(line, rest)]
        return sides
