"""Images and label images on another voxel size."""

import math
from typing import NamedTuple

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import run_slabs, slabs
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._gaussian import gaussian_filter
from scikit.ndimage._interpolation import check_shape, checked
from scikit.ndimage._interpolator import on_grid
from scikit.ndimage._resize import grid_places
from scikit.ndimage._support import flag, native, positive_per_axis, result_array
from scikit.ndimage._vote_cy import vote

_SLAB_VOTES = 1 << 22


class Resampled(NamedTuple):
    """An image on a new grid.

    Attributes
    ----------
    volume : ndarray
        The image.
    spacing : tuple of float
        Distance between its voxels along each axis, in the unit of the old spacing.
    offset : tuple of float
        How far its first voxel's middle lies from the old one's, along each axis.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> volume, spacing, offset = ndimage.resample([[1.0, 3.0], [5.0, 7.0]], 2.0, 4.0)
    >>> volume, spacing, offset
    (array([[4.]]), (4.0, 4.0), (1.0, 1.0))
    """

    volume: np.ndarray
    spacing: tuple[float, ...]
    offset: tuple[float, ...]


@shares_docs
def resample(
    volume,
    spacing,
    new_spacing,
    *,
    order=1,
    label=False,
    antialias=False,
    mode="nearest",
    cval=0.0,
    output=None,
    workers=None,
):
    """Resample an image, or an image of labels, to another voxel size.

    Parameters
    ----------
    volume : array_like
        Image of real or complex numbers or booleans; with `label` of integers or booleans.
    spacing, new_spacing : float or sequence of float
        Distance between voxels along each axis, old and wanted, in any unit (mm).
    order : int, optional
        Degree of the spline, 0 (nearest sample) to 5; 1 is linear. With `label` 0 or 1.
    label : bool, optional
        Whether the values are labels. With ``order=1`` the indicator of each label is interpolated
        linearly and the largest wins; of equal ones the one that comes first in the volume. No value
        is made that was not there.
    antialias : bool, optional
        Smooth before axes are made coarser: by a Gaussian that makes the old voxel as wide as the new
        one (Notes). With `label` and ``order=1`` the linear weights are stretched to the new voxels
        instead.
    %(mode_interpolation)s
        With `label` only 'nearest'.
    cval : scalar, optional
        Value beyond the ends with the modes 'constant' and 'grid-constant'.
    %(output_any)s
        With `label` it must have the type of `volume`.
    %(workers)s

    Returns
    -------
    Resampled
        The named tuple (volume, spacing, offset).

    Raises
    ------
    ValueError
        If a spacing is not positive and finite, or `label` is asked for with other modes or orders.
    TypeError
        If `volume` does not hold numbers, or with `label` no integers.
    RuntimeError
        If a sequence has not one entry for each axis, `order` is not in 0..5, `volume` is 0-d or
        `output` has the wrong shape or type.

    See Also
    --------
    zoom : The same by factors; ``grid_mode=True`` places voxels alike.

    Notes
    -----
    An axis of n voxels gets ``max(1, round(n * spacing / new_spacing))``. Old and new image cover the
    same box: their outermost voxels' faces lie on each other. So the new spacing is not quite the
    wanted one but ``n * spacing / m``; use the one returned, in file headers too. The middle of the
    first voxel, which ITK, DICOM and NIfTI call the origin or position of an image, moves by
    `offset` along the array's axes: with the matrix `direction` of an ITK image, whose axes are those
    of the array backwards, ``origin + direction @ offset[::-1]`` is the new origin.

    The Gaussian of `antialias` has sigma ``sqrt((new**2 - old**2) / (8 ln 2))``, so that its width at
    half height adds what the old voxel lacks of the new one [1]_.

    Cost: ``order + 1`` products a voxel and axis; labels 8 reads a voxel in 3-d. Memory: as `zoom`, with
    `antialias` one more image; labels: `volume` and the result, whatever the number of labels.
    Thread-safe.

    References
    ----------
    .. [1] M. J. Cardoso et al.: Scale factor point spread function matching: beyond aliasing in image
       resampling. MICCAI 2015, 675-683, doi:10.1007/978-3-319-24571-3_81

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> found = ndimage.resample(np.arange(6.0), 1.0, 1.9)
    >>> found.volume, found.spacing, found.offset
    (array([0.5, 2.5, 4.5]), (2.0,), (0.5,))
    >>> labels = np.array([[7, 7, 3], [7, 3, 3]])
    >>> ndimage.resample(labels, (2, 1), (1, 1), label=True).volume
    array([[7, 7, 3],
           [7, 7, 3],
           [7, 3, 3],
           [7, 3, 3]])
    """
    image, settings = checked(volume, order, mode, cval, True, workers, "volume")
    label, antialias = flag(label, "label"), flag(antialias, "antialias")
    old = positive_per_axis(spacing, image.ndim, "spacing")
    wanted = positive_per_axis(new_spacing, image.ndim, "new_spacing")
    shape = tuple(
        max(1, round(min(n * (a / b), 2.0**63))) if n else 0
        for n, a, b in zip(image.shape, old, wanted, strict=True)
    )
    check_shape(shape, "new_spacing")
    exact = tuple(
        a * (n / m) if m else b for n, m, a, b in zip(image.shape, shape, old, wanted, strict=True)
    )
    if label:
        _check_labels(image, settings)
    result = result_array(output, image, image.dtype.kind == "c", shape)
    if label and result.dtype.newbyteorder("=") != image.dtype.newbyteorder("="):
        raise RuntimeError(f"`output` must have the type of the labels, {image.dtype}")
    if result.size:
        if label and order:
            _vote(image, result, antialias, settings.workers)
        else:
            if antialias and not label:
                image = _smoothed(image, old, exact, settings)
            places = [grid_places(n, m) for n, m in zip(image.shape, shape, strict=True)]
            on_grid(image, result, settings, places)
    return Resampled(result, exact, tuple((b - a) / 2 for a, b in zip(old, exact, strict=True)))


def _check_labels(image, settings):
    if image.dtype.kind not in "biu":
        raise TypeError(f"`volume` must hold integers with `label`, not {image.dtype}")
    if settings.order > 1:
        raise ValueError(f"`order` must be 0 or 1 with `label`, not {settings.order}")
    if settings.mode != "nearest":
        raise ValueError(f"`mode` must be 'nearest' with `label`, not {settings.mode!r}")


def _smoothed(image, old, new, settings):
    """The image as seen through the new voxels, where these are longer; in floating point."""
    width = math.sqrt(8 * math.log(2))
    sigma = [math.sqrt(max(0.0, (b / a) ** 2 - 1)) / width for a, b in zip(old, new, strict=True)]
    dtype = image.dtype.newbyteorder("=") if image.dtype.kind in "fc" else np.dtype(np.float64)
    cval = settings.cval
    return gaussian_filter(
        image, sigma, output=dtype, mode=settings.mode, cval=cval, workers=settings.workers
    )


def _vote(image, result, antialias, workers):
    source = c_order(native(image))
    direct = (
        result.flags.carray and result.dtype.isnative and not np.may_share_memory(image, result)
    )
    target = result if direct else empty(result.shape, source.dtype)
    tables = [_ballots(n, m, antialias) for n, m in zip(image.shape, result.shape, strict=True)]
    sizes = [index.size for index, _ in tables]
    numbers = np.array(
        [
            target.shape,
            [index.shape[1] for index, _ in tables],
            [s // source.itemsize for s in source.strides],
            np.cumsum([0, *sizes[:-1]]),
        ],
        np.int64,
    )
    index = np.concatenate([i.reshape(-1) for i, _ in tables])
    weight = np.concatenate([w.reshape(-1) for _, w in tables])
    votes = target.shape[-1] * math.prod(index.shape[1] for index, _ in tables)
    rows = target.size // target.shape[-1]
    run_slabs(
        lambda r0, r1: vote(source, target, numbers, index, weight, r0, r1),
        slabs(rows, max(1, _SLAB_VOTES // votes)),
        workers,
    )
    if not direct:
        result[...] = target


def _ballots(n, m, antialias):
    """(index, weight), shape (m, taps): the voxels that vote along an axis of n and their weights."""
    places = grid_places(n, m)
    reach = max(1.0, n / m) if antialias else 1.0
    taps = math.ceil(2 * reach)
    index = np.floor(places - reach).astype(np.int64)[:, None] + 1 + np.arange(taps)
    weight = np.maximum(0.0, 1 - np.abs(index - places[:, None]) / reach)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.clip(index, 0, n - 1), weight
