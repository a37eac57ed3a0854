"""Second derivatives and local structure: the Hessian, its eigenvalues, vesselness, the structure tensor."""

import itertools
import math

import numpy as np

from scikit._core._blocks_cy import empty, zeros
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.ndimage._dask import WIDE, hessian_reach, local, tensor_reach, vessel_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._gaussian import gaussian_pass
from scikit.ndimage._jet import each_derivative, float_image, sigmas_in_voxels
from scikit.ndimage._lines import filter_lines
from scikit.ndimage._support import check_mode, flag, number, real_image

_CHUNK_VOXELS = 1 << 15  # whose matrices are made at once


@local(hessian_reach)
@shares_docs
def hessian_matrix(image, sigma=1.0, *, spacing=None, mode="reflect", cval=0.0, workers=None):
    """Second derivatives of the image smoothed with a Gaussian.

    Parameters
    ----------
    %(image)s
    sigma : float or sequence of float, optional
        Standard deviation along each axis, in the unit of `spacing`.
    %(spacing)s
    %(mode)s
    %(cval)s
    %(workers)s

    Returns
    -------
    ndarray of float32 or float64, shape (ndim * (ndim + 1) / 2,) + shape of `image`
        The upper triangle row by row: zz, zy, zx, yy, yx, xx in three dimensions. Per unit of
        `spacing` squared; float32 for images of float32.

    Raises
    ------
    %(raises_structure)s

    See Also
    --------
    hessian_eigenvalues : Its eigenvalues.

    Notes
    -----
    Derivatives of the Gaussian, cut off at five standard deviations, summed in double; derivatives
    share the passes that they have in common. Thread-safe.
    Memory beside the result: 4 bytes a voxel of a float32 volume.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> y, x = np.mgrid[-20:21, -20:21]
    >>> ndimage.hessian_matrix(x**2 + y**2 + 3.0 * x * y, 2)[:, 20, 20].round(2)
    array([2., 3., 2.])
    """
    image, sigmas, sizes, workers = _check(image, sigma, spacing, mode, workers)
    ndim = image.ndim
    pairs = list(itertools.combinations_with_replacement(range(ndim), 2))
    wanted = {
        tuple(int(k == i) + int(k == j) for k in range(ndim)): n for n, (i, j) in enumerate(pairs)
    }
    result = empty((len(pairs), *image.shape), image.dtype)

    def store(orders, first, last, part):
        n = wanted[orders]
        i, j = pairs[n]
        np.divide(part, sizes[i] * sizes[j], out=result[n, first:last])

    each_derivative(image, sigmas, wanted, mode, cval, workers, store, truncate=WIDE)
    return result


@local(hessian_reach)
@shares_docs
def hessian_eigenvalues(image, sigma=1.0, *, spacing=None, mode="reflect", cval=0.0, workers=None):
    """Eigenvalues of the second derivatives of the image smoothed with a Gaussian.

    Parameters
    ----------
    %(image)s
    sigma : float or sequence of float, optional
        Standard deviation along each axis, in the unit of `spacing`.
    %(spacing)s
    %(mode)s
    %(cval)s
    %(workers)s

    Returns
    -------
    ndarray of float32 or float64, shape (ndim,) + shape of `image`
        The largest first.

    Raises
    ------
    %(raises_structure)s

    See Also
    --------
    hessian_matrix : The derivatives themselves.
    frangi : Vesselness, made of them.

    Notes
    -----
    The matrices of some planes at a time are given to `scikit.linalg.eigh`. Thread-safe.
    Memory beside the result: 24 bytes a voxel of a float32 volume.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> y, x = np.mgrid[-20:21, -20:21]
    >>> ndimage.hessian_eigenvalues(x**2 - y**2.0, 2)[:, 20, 20].round(2)
    array([ 2., -2.])
    """
    elements = hessian_matrix(image, sigma, spacing=spacing, mode=mode, cval=cval, workers=workers)
    ndim, flat = elements.ndim - 1, elements.reshape(len(elements), -1)
    values = empty((ndim, flat.shape[1]), elements.dtype)

    def work(first, last):
        values[:, first:last] = _eigenvalues(flat[:, first:last], ndim)

    run_slabs(work, slabs(flat.shape[1], _CHUNK_VOXELS), workers)
    return values.reshape(ndim, *elements.shape[1:])


def _eigenvalues(elements, ndim):
    """Eigenvalues (ndim, count), the largest first, of matrices given by their upper triangles (elements, count)."""
    from scikit.linalg import eigh

    upper = np.triu_indices(ndim)
    matrices = np.zeros((elements.shape[1], ndim, ndim), elements.dtype)
    matrices[:, upper[1], upper[0]] = elements.T  # the lower triangle is read
    return eigh(matrices, eigvals_only=True, check_finite=False).T[::-1]


@local(tensor_reach)
@shares_docs
def structure_tensor(
    image, sigma=1.0, *, gradient_sigma=1.0, spacing=None, mode="reflect", cval=0.0, workers=None
):
    """Products of first derivatives, averaged over a neighbourhood.

    Parameters
    ----------
    %(image)s
    sigma : float or sequence of float, optional
        Standard deviation of the neighbourhood along each axis, in the unit of `spacing`.
    gradient_sigma : float or sequence of float, optional
        Standard deviation of the Gaussian whose derivatives are taken, in the unit of `spacing`.
    %(spacing)s
    %(mode)s
    %(cval)s
    %(workers)s

    Returns
    -------
    ndarray of float32 or float64, shape (ndim * (ndim + 1) / 2,) + shape of `image`
        The upper triangle row by row, as `hessian_matrix` gives it.

    Raises
    ------
    %(raises_structure)s

    See Also
    --------
    hessian_matrix : Second derivatives.

    Notes
    -----
    Memory beside the result: 16 bytes a voxel of a float32 volume.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> y, x = np.mgrid[-20:21, -20:21]
    >>> ndimage.structure_tensor(2.0 * x + y, 2)[:, 20, 20].round(2)
    array([1., 2., 4.])
    """
    image, sigmas, _, workers = _check(image, sigma, spacing, mode, workers)
    inner, sizes = sigmas_in_voxels(gradient_sigma, spacing, image.ndim, "gradient_sigma")
    ndim = image.ndim
    wanted = [tuple(int(k == axis) for k in range(ndim)) for axis in range(ndim)]
    slopes = {orders: empty(image.shape, image.dtype) for orders in wanted}

    def store(orders, first, last, part):
        slopes[orders][first:last] = part

    each_derivative(image, inner, wanted, mode, cval, workers, store, truncate=WIDE)
    pairs = list(itertools.combinations_with_replacement(range(ndim), 2))
    result = empty((len(pairs), *image.shape), image.dtype)
    pieces = slabs(len(image), max(1, _CHUNK_VOXELS * len(image) // max(1, image.size)))

    def multiply(first, last):
        for n, (i, j) in enumerate(pairs):
            a, b = (slopes[wanted[k]][first:last] for k in (i, j))
            part = np.multiply(a, b, out=result[n, first:last])
            part /= sizes[i] * sizes[j]

    run_slabs(multiply, pieces, workers)
    _smooth_all(result, sigmas, mode, workers)
    return result


def _smooth_all(images, sigmas, mode, workers):
    """Smooth several images, which are 0 outside with the mode 'constant', in place and together."""
    first, *others = (gaussian_pass(sigma, axis, 0, mode) for axis, sigma in enumerate(sigmas))
    if first is not None:
        filter_lines(images, images, [first._replace(axis=1)], 0.0, workers)
    others = [step for step in others if step is not None]
    if others and images.size:
        planes = images.reshape(-1, *images.shape[2:])
        filter_lines(planes, planes, others, 0.0, workers)


@local(vessel_reach)
@shares_docs
def frangi(
    image,
    sigmas=(1.0, 2.0, 3.0),
    *,
    alpha=0.5,
    beta=0.5,
    gamma=None,
    black_ridges=False,
    spacing=None,
    mode="reflect",
    cval=0.0,
    workers=None,
):
    """Frangi's vesselness: where an image looks like a bright tube of one of some widths.

    Parameters
    ----------
    image : array_like, shape (ny, nx) or (nz, ny, nx)
        Real numbers or booleans.
    sigmas : sequence of float, optional
        Standard deviations of the Gaussians, in the unit of `spacing`: about the tubes' radii.
    alpha : float, optional
        How much a plate is not a tube; in three dimensions only.
    beta : float, optional
        How much a blob is not a tube.
    gamma : float, optional
        How large second derivatives must be to count. The default is half of the largest norm of the
        Hessian at each width.
    black_ridges : bool, optional
        Look for dark tubes. (scikit-image's default is True.)
    %(spacing)s
    %(mode)s
    %(cval)s
    %(workers)s

    Returns
    -------
    ndarray of float32 or float64, shape of `image`
        From 0 to 1: the largest response of all widths.

    Raises
    ------
    %(raises_structure)s

    See Also
    --------
    hessian_eigenvalues : What it is made of.

    Notes
    -----
    Equations 11 to 15 of [1]_; the Hessian is multiplied by sigma squared. Thread-safe.
    Memory beside the result: 28 bytes a voxel of a float32 volume.

    References
    ----------
    .. [1] A. F. Frangi, W. J. Niessen, K. L. Vincken, M. A. Viergever, "Multiscale vessel enhancement
       filtering", MICCAI 1998, LNCS 1496, 130-137, :doi:`10.1007/BFb0056195`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.zeros((40, 40))
    >>> image[:, 19:22] = 1
    >>> response = ndimage.frangi(image, [1.5])
    >>> int(response[20].argmax()), bool(response[20, 5] < 1e-6)
    (20, True)
    """
    image = real_image(image, "image")
    if image.ndim not in (2, 3):
        raise ValueError(f"`image` must have 2 or 3 dimensions, not {image.ndim}")
    limits = {"alpha": alpha, "beta": beta} | ({} if gamma is None else {"gamma": gamma})
    for name, value in limits.items():
        if not 0 < number(value, name) < np.inf:
            raise ValueError(f"`{name}` must be positive and finite, not {value}")
    widths = [number(s, "sigmas") for s in np.atleast_1d(np.asarray(sigmas, object))]
    if not widths or not all(0 < s < np.inf for s in widths):
        raise ValueError(f"`sigmas` must be positive and finite, and one at least, not {sigmas}")
    black_ridges = flag(black_ridges, "black_ridges")
    best = zeros(image.shape, float_image(image[:0]).dtype)
    if image.size == 0:
        return best
    for sigma in widths:
        _strengthen(
            best,
            hessian_matrix(image, sigma, spacing=spacing, mode=mode, cval=cval, workers=workers),
            sigma,
            black_ridges,
            (alpha, beta, gamma),
            check_workers(workers),
        )
    return best


def _strengthen(best, elements, sigma, black_ridges, limits, workers):
    """Take the responses at one width where they are larger."""
    ndim = best.ndim
    alpha, beta, gamma = limits
    flat, best = elements.reshape(len(elements), -1), best.reshape(-1)
    scale = -(sigma**2) if black_ridges else sigma**2
    pieces = slabs(best.size, _CHUNK_VOXELS)
    if gamma is None:
        on_diagonal = np.equal(*np.triu_indices(ndim))
        counts = np.where(on_diagonal, 1, 2).astype(elements.dtype)

        def largest(first, last):
            return (counts @ flat[:, first:last] ** 2).max()

        squared = max(run_slabs(largest, pieces, workers))
        gamma = sigma**2 * math.sqrt(squared) / 2 or 1.0

    def work(first, last):
        values = _eigenvalues(flat[:, first:last], ndim) * scale
        response = _vesselness(values, alpha, beta, gamma)
        np.maximum(best[first:last], response, out=best[first:last])

    run_slabs(work, pieces, workers)


def _vesselness(values, alpha, beta, gamma):
    """Frangi's response from eigenvalues, shape (ndim, ...); bright tubes."""
    values = _by_size(list(values))
    size = [np.abs(v) for v in values]
    with np.errstate(all="ignore"):
        response = -np.expm1(sum((v / gamma) ** 2 for v in values) * -0.5)
        if len(values) == 3:
            plate = size[1] / size[2]
            response *= -np.expm1((plate / alpha) ** 2 * -0.5)
        blob = size[0] / size[1] * (size[0] / size[-1])
        response *= np.exp(blob / beta / beta * -0.5)
    for v in values[1:]:
        response[v >= 0] = 0
    return response


def _by_size(values):
    """Two or three arrays, sorted element by element: the smallest size first."""
    for k in (0, 1, 0)[: len(values) * 2 - 3]:
        a, b = values[k : k + 2]
        swap = np.abs(a) > np.abs(b)
        values[k], values[k + 1] = np.where(swap, b, a), np.where(swap, a, b)
    return values


def _check(image, sigma, spacing, mode, workers):
    """Image of floats, standard deviations in voxels, spacings, number of workers."""
    image = real_image(image, "image")
    if image.ndim == 0:
        raise ValueError("`image` must have at least one dimension")
    check_mode(mode)
    return float_image(image), *sigmas_in_voxels(sigma, spacing, image.ndim), check_workers(workers)
