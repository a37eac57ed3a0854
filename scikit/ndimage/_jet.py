"""Several Gaussian derivatives of one image, which share the passes that they have in common."""

import numpy as np

from scikit._core._blocks_cy import empty
from scikit.ndimage._gaussian import gaussian_pass
from scikit.ndimage._lines import filter_lines
from scikit.ndimage._support import per_axis, positive_per_axis


def derivatives(image, sigmas, orders, mode, cval, workers, **cut):
    """Derivatives of the smoothed image, one after the other.

    Parameters
    ----------
    image : ndarray
        Of float32 or float64.
    sigmas : sequence of float
        In voxels, one an axis; an axis with 0 is left alone.
    orders : iterable of tuple of int
        Orders of the derivative, one an axis.
    mode, cval, workers
        As in `gaussian_filter`.
    **cut
        `truncate` and `radius` of `gaussian_filter`.

    Yields
    ------
    orders : tuple of int
        In lexical order.
    derivative : ndarray
        Belongs to the caller.
    """
    modes = per_axis(mode, image.ndim, "mode")
    yield from _branch(image, sorted(orders), (), sigmas, modes, cval, workers, cut)


def _branch(image, orders, done, sigmas, modes, cval, workers, cut):
    """The derivatives whose first orders are `done`, from the image that has these."""
    axis = len(done)
    if axis == len(sigmas):
        yield done, image
        return
    for order in sorted({o[axis] for o in orders}):
        step = gaussian_pass(sigmas[axis], axis, order, modes[axis], **cut)
        if step is None:
            result = image.copy() if axis == len(sigmas) - 1 else image
        else:
            result = empty(image.shape, image.dtype)
            filter_lines(image, result, [step], cval, workers)
        rest = [o for o in orders if o[axis] == order]
        yield from _branch(result, rest, (*done, order), sigmas, modes, cval, workers, cut)


def float_image(image):
    """The image in float32 or float64; integers and booleans in float64."""
    dtype = np.float32 if image.dtype in (np.float16, np.float32) else np.float64
    return np.ascontiguousarray(image, dtype)


def sigmas_in_voxels(sigma, spacing, ndim, name="sigma"):
    """Standard deviations in voxels, and the spacings, one an axis.

    Raises
    ------
    ValueError
        If one is negative or not finite, or a spacing not positive.
    """
    sizes = positive_per_axis(1.0 if spacing is None else spacing, ndim, "spacing")
    sigmas = positive_per_axis(sigma, ndim, name)
    return [s / w for s, w in zip(sigmas, sizes, strict=True)], sizes
