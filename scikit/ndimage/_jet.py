"""Several Gaussian derivatives of one image, which share the passes that they have in common."""

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import run_slabs, slabs
from scikit.ndimage._gaussian import gaussian_pass
from scikit.ndimage._lines import apply_pass, filter_lines
from scikit.ndimage._support import per_axis, positive_per_axis

#: of planes that all passes but the first work on while they are in the caches
_CHUNK_BYTES = 1 << 20
_WIDEST = 10**8  # voxels of a standard deviation


def each_derivative(image, sigmas, orders, mode, cval, workers, use, truncate=4.0, radii=None):
    """Give derivatives of the smoothed image to a function, a few planes at a time.

    One pass along the first axis is on the whole image; what follows stays in the caches.

    Parameters
    ----------
    image : ndarray
        Of float32 or float64, C-contiguous.
    sigmas : sequence of float
        In voxels, one an axis; an axis with 0 is left alone.
    orders : iterable of tuple of int
        Orders of the derivative, one an axis.
    mode, cval, workers
        As in `gaussian_filter`.
    use : callable
        ``use(orders, first, last, part)`` gets planes first..last of a derivative, and may change
        them. For each range of planes the orders come one after the other, sorted; ranges come on
        any thread.
    truncate, radii
        `truncate` and `radius` of `gaussian_filter`, the second one an axis.
    """
    if image.size == 0:
        return
    orders = sorted(orders)
    modes = per_axis(mode, image.ndim, "mode")
    radii = [None] * image.ndim if radii is None else radii
    planes = max(1, _CHUNK_BYTES // max(1, image[:1].nbytes))
    steps = [
        {
            n: gaussian_pass(sigma, axis, n, modes[axis], truncate, radii[axis])
            for n in {o[axis] for o in orders}
        }
        for axis, sigma in enumerate(sigmas)
    ]
    for first_order in sorted({o[0] for o in orders}):
        step, smooth = steps[0][first_order], image
        if step is not None:
            smooth = empty(image.shape, image.dtype)
            filter_lines(image, smooth, [step], cval, workers)
        group = [o for o in orders if o[0] == first_order]

        def work(first, last, smooth=smooth, group=group):
            part, mine = smooth[first:last], smooth is not image
            for done, derivative in _branch(part, mine, group, group[0][:1], steps, cval):
                use(done, first, last, derivative)

        run_slabs(work, slabs(len(image), planes), workers)
        del work  # and with it the volume, before the next one is made


def _branch(part, mine, orders, done, steps, cval):
    """The derivatives whose first orders are `done`, from the planes that have these."""
    axis = len(done)
    if axis == len(steps):
        yield done, part if mine else part.copy()
        return
    for order in sorted({o[axis] for o in orders}):
        step, result = steps[axis][order], part
        if step is not None:
            result = empty(part.shape, part.dtype)
            apply_pass(step, part, result, cval)
        rest = [o for o in orders if o[axis] == order]
        own = step is not None or (mine and len(orders) == 1)
        yield from _branch(result, own, rest, (*done, order), steps, cval)


def float_image(image):
    """The image in float32 or float64; integers and booleans in float64."""
    dtype = np.float32 if image.dtype in (np.float16, np.float32) else np.float64
    return c_order(image.astype(dtype, copy=False))


def sigmas_in_voxels(sigma, spacing, ndim, name="sigma"):
    """Standard deviations in voxels, and the spacings, one an axis.

    Raises
    ------
    ValueError
        If one is negative or not finite, or a spacing not positive.
    """
    sizes = positive_per_axis(1.0 if spacing is None else spacing, ndim, "spacing")
    sigmas = positive_per_axis(sigma, ndim, name)
    with np.errstate(over="ignore"):
        voxels = [float(np.divide(s, w)) for s, w in zip(sigmas, sizes, strict=True)]
    if max(voxels) > _WIDEST:
        raise ValueError(
            f"`{name}` is too large for `spacing`: {max(voxels):g} voxels, at most {_WIDEST}"
        )
    return voxels, sizes
