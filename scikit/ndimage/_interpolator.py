"""From checked arguments to the kernels that interpolate, at points and on grids along the axes."""

import math
from typing import NamedTuple

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import run_slabs, slabs
from scikit.ndimage._interp_cy import (
    CHUNK,
    MODES,
    Interpolator,
    Separable,
    all_whole,
    axis_taps,
    converted,
)
from scikit.ndimage._lines import value_bits
from scikit.ndimage._splines import filter_splines, working_type
from scikit.ndimage._support import check_outside, native, type_code

_PAD = 12  #: elements that an image goes on before splines are fitted, in the modes below
_PADDED = {"nearest": "edge", "grid-constant": "constant"}
_SLAB_OPERATIONS = 1 << 21
_MOST_TAPS = 1 << 26  #: of a point: some tenths of a second


class Settings(NamedTuple):
    """What all functions of this family take."""

    order: int
    mode: str
    cval: complex
    prefilter: bool
    workers: int


class Job(NamedTuple):
    """An image ready for a kernel."""

    coef: np.ndarray
    pad: tuple[int, ...]  #: elements before the image, along each axis
    target: np.ndarray
    settings: Settings  #: with a real `cval`
    work: int  #: code of the type that is computed in
    raw: bool  #: elements are moved
    outside: np.ndarray  #: `cval` in the type of the result, 0-d

    @property
    def mode(self):
        return MODES[self.settings.mode]

    def bits(self):
        """The bits of `outside`."""
        return value_bits(self.outside[()], self.outside.dtype)


def check_interpolation_mode(mode):
    """Raise RuntimeError if a boundary mode is unknown."""
    if not isinstance(mode, str) or mode not in MODES:
        raise RuntimeError(
            f"`mode`: boundary mode not supported: {mode!r}; known are {', '.join(MODES)}"
        )


def interpolate(image, output, settings, compute, axes=None, whole=(), others=()):
    """Interpolate `image` into `output`, part by part where it is complex.

    Parameters
    ----------
    image, output : ndarray
        Any layout; they may overlap.
    settings : Settings
    compute : callable
        ``compute(job)`` fills ``job.target``.
    axes : sequence of int, optional
        The axes that are interpolated along; the default is all.
    whole : collection of int
        Those of `axes` along which only samples are asked for: no coefficients are needed.
    others : sequence of ndarray
        Further arrays that `compute` reads.
    """
    cval = check_outside(settings.cval, image)
    axes = range(image.ndim) if axes is None else axes
    if output.dtype.kind == "c":
        parts = [(image.real, output.real, cval.real)]
        if image.dtype.kind == "c":
            parts.append((image.imag, output.imag, cval.imag))
        else:
            output.imag = 0
        if np.may_share_memory(image, output):  # the second part must outlast the first
            parts = [(part.copy(), *rest) for part, *rest in parts]
    else:
        parts = [(image, output, cval.real)]
    for part, result, outside in parts:
        _interpolate_real(
            part, result, settings._replace(cval=outside), compute, axes, whole, others
        )


def _interpolate_real(image, output, settings, compute, axes, whole, others):
    type_code(image.dtype, "input")
    code = type_code(output.dtype, "output")
    if output.size == 0:
        return
    outside = np.empty(1, output.dtype.newbyteorder("="))
    converted(np.array([settings.cval]), outside, code)
    if image.size == 0:
        if settings.mode not in ("constant", "grid-constant"):
            raise ValueError(f"`input` is empty: mode {settings.mode!r} has nothing to go on with")
        output[...] = outside[0]
        return
    direct = (
        output.flags.carray
        and output.dtype.isnative
        and not any(np.may_share_memory(a, output) for a in (image, *others))
    )
    target = output if direct else empty(output.shape, outside.dtype)
    raw = settings.order == 0 and image.dtype.newbyteorder("=") == outside.dtype
    work = working_type(image, output)
    coef, pad = _coefficients(image, work, raw, settings, axes, whole)
    work_code = type_code(work, "input")
    compute(Job(coef, pad, target, settings, work_code, raw, outside[0:1].reshape(())))
    if not direct:
        output[...] = target


def _coefficients(image, work, raw, settings, axes, whole):
    """(coefficients, elements before the image along each axis)."""
    pad = [0] * image.ndim
    fitted = (
        [k for k in axes if k not in whole] if settings.prefilter and settings.order > 1 else []
    )
    if not fitted:
        return c_order(native(image) if raw else image.astype(work, copy=False)), pad
    if settings.mode in _PADDED:
        for k in fitted:
            pad[k] = _PAD
        outside = {"constant_values": settings.cval} if settings.mode == "grid-constant" else {}
        wide = np.pad(
            image.astype(work), [(p, p) for p in pad], mode=_PADDED[settings.mode], **outside
        )
        coef = np.ascontiguousarray(wide)
    else:
        coef = image.astype(work, order="C")
    filter_splines(coef, fitted, settings.order, settings.mode, settings.workers)
    return coef, pad


def interpolator(job, ndim, pad):
    """The kernel of values at points of images of `ndim` dimensions."""
    taps = (job.settings.order + 1) ** ndim
    if taps > _MOST_TAPS:
        raise ValueError(f"`order`: {taps} samples a point, in {ndim} dimensions, are too many")
    return Interpolator(
        job.coef,
        ndim,
        job.settings.order,
        job.mode,
        pad,
        job.settings.cval,
        job.bits() if job.raw else 0,
        job.target,
        job.work,
        type_code(job.target.dtype, "output"),
        job.raw,
    )


def point_slabs(count, order, ndim):
    """Slabs of points, some milliseconds each."""
    cost = 16 * ndim + (order + 1.0) ** ndim
    return slabs(count, max(1, int(_SLAB_OPERATIONS / cost) // CHUNK) * CHUNK)


def at_points(image, output, settings, coordinates):
    """Values at `coordinates`, of shape (ndim, points) and any real type."""

    def compute(job):
        kernel = interpolator(job, image.ndim, max(job.pad))

        def work(p0, p1):
            kernel.chunk(np.ascontiguousarray(coordinates[:, p0:p1], np.float64), p0, p1)

        pieces = point_slabs(coordinates.shape[1], settings.order, image.ndim)
        run_slabs(work, pieces, settings.workers)

    interpolate(image, output, settings, compute, others=(coordinates,))


def at_affine_points(image, output, settings, matrix, offset, batch=0):
    """Values at matrix o + offset for the points o of `output`.

    The first `batch` axes of image and output count images, which are treated alike.
    """
    shape = np.array(output.shape[batch:], np.int64)
    ndim = image.ndim - batch

    def compute(job):
        kernel = interpolator(job, ndim, max(job.pad))
        run_slabs(
            lambda p0, p1: kernel.affine(matrix, offset, shape, p0, p1),
            point_slabs(job.target.size, settings.order, ndim),
            settings.workers,
        )

    interpolate(image, output, settings, compute, axes=range(batch, image.ndim))


def on_grid(image, output, settings, places):
    """Values on a grid.

    Parameters
    ----------
    image, output : ndarray
    settings : Settings
    places : sequence of ndarray of float64
        The coordinates along each axis.
    """
    if image.ndim == 1:  # as tables they would take more memory than the image
        at_points(image, output, settings, places[0][None])
        return
    whole = ()
    if settings.prefilter or settings.order < 2:  # at samples, a spline has their values
        whole = [k for k, x in enumerate(places) if all_whole(x)]
    if len(whole) == image.ndim:
        settings = settings._replace(order=0)
    interpolate(
        image,
        output,
        settings,
        lambda job: _grid(job, places, whole),
        whole=whole,
    )


def _grid(job, places, whole):
    if max(job.coef.shape) >= 2**31 - 1:
        raise ValueError(f"`input` has an axis of {max(job.coef.shape)} voxels: too long")
    sums = np.dtype(np.float32 if _narrow(job) else np.float64)
    taps, outside = [], []
    for k, x in enumerate(places):
        n, order = job.coef.shape[k], 0 if k in whole else job.settings.order
        pad = job.pad[k]
        index, weight, beyond, kept = axis_taps(x + pad if pad else x, n, order, job.mode)
        outside.append(beyond)
        taps.append((index, weight.astype(sums, copy=False), kept))
    coef = job.coef
    for k in range(len(places) - 3):
        if not taps[k][2]:
            coef = _along_axis(job, coef, k, taps[k])
    ndim = len(places)
    shape = (math.prod(coef.shape[:-3]), *(1,) * max(0, 3 - ndim), *coef.shape[-3:])
    after = (shape[0], *(1,) * max(0, 3 - ndim), *job.target.shape[-3:])
    lead = [_same(1, sums)] * max(0, 3 - ndim)
    _run(job, coef.reshape(shape), [*lead, *taps[-3:]], job.target.reshape(after))
    for k, beyond in enumerate(outside):
        if beyond is not None:
            job.target[(slice(None),) * k + (beyond,)] = job.outside


def _narrow(job):
    """Whether sums are in float32: linear ones of float32, in which nothing cancels."""
    return job.coef.dtype == np.float32 and job.settings.order < 2


def _same(n, sums):
    """Taps of an axis that stays as it is."""
    return np.arange(n, dtype=np.int64)[None], np.ones((1, n), sums), True


def _along_axis(job, coef, axis, taps):
    """The coefficients interpolated along one of the leading axes."""
    before, after = math.prod(coef.shape[:axis]), coef.shape[axis + 1 :]
    shape = (before, coef.shape[axis], after[0], math.prod(after[1:]))
    result = empty((*coef.shape[:axis], taps[0].shape[1], *after), coef.dtype)
    same = [_same(n, taps[1].dtype) for n in shape[2:]]
    target = result.reshape(before, taps[0].shape[1], *shape[2:])
    _run(job, coef.reshape(shape), [taps, *same], target)
    return result


def _run(job, coef, taps, target):
    axes = [None if kept and k == 2 else (i, w) for k, (i, w, kept) in enumerate(taps)]
    code = type_code(target.dtype, "output")
    bits = job.bits() if job.raw else 0
    kernel = Separable(
        coef, axes, job.settings.cval, bits, target, job.work, code, job.raw, _narrow(job)
    )
    rows = max(1, target.size // max(1, kernel.count) * 16)
    run_slabs(
        kernel.run, slabs(kernel.count, max(1, _SLAB_OPERATIONS // rows)), job.settings.workers
    )
