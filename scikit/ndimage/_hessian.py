"""Second derivatives and local structure: the Hessian, its eigenvalues, vesselness, the structure tensor."""

import itertools

import numpy as np

from scikit._core._blocks_cy import empty, zeros
from scikit._core._threads import check_workers
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._jet import derivatives, float_image, sigmas_in_voxels
from scikit.ndimage._support import check_mode, flag, number, real_image

_TRUNCATE = 5.0  # standard deviations: at 4 a second derivative is half a per cent too small
_CHUNK_VOXELS = 1 << 18  # whose matrices are made at once


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
    Memory beside the result: 12 bytes a voxel of a float32 volume.

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
    for orders, derivative in derivatives(
        image, sigmas, wanted, mode, cval, workers, truncate=_TRUNCATE
    ):
        n = wanted[orders]
        np.divide(derivative, sizes[pairs[n][0]] * sizes[pairs[n][1]], out=result[n])
    return result


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
    Memory beside the result: 27 bytes a voxel of a float32 volume.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> y, x = np.mgrid[-20:21, -20:21]
    >>> ndimage.hessian_eigenvalues(x**2 - y**2.0, 2)[:, 20, 20].round(2)
    array([ 2., -2.])
    """
    elements = hessian_matrix(image, sigma, spacing=spacing, mode=mode, cval=cval, workers=workers)
    return _eigenvalues(elements, elements.ndim - 1)


def _eigenvalues(elements, ndim):
    """Eigenvalues of symmetric matrices given by their upper triangles, the largest first."""
    from scikit.linalg import eigh

    flat = elements.reshape(len(elements), -1)
    values = np.empty((ndim, flat.shape[1]), elements.dtype)
    upper = np.triu_indices(ndim)
    for start in range(0, flat.shape[1], _CHUNK_VOXELS):
        part = flat[:, start : start + _CHUNK_VOXELS].T
        matrices = np.zeros((len(part), ndim, ndim), elements.dtype)
        matrices[:, upper[1], upper[0]] = part  # the lower triangle is read
        values[:, start : start + len(part)] = eigh(
            matrices, eigvals_only=True, check_finite=False
        ).T[::-1]
    return values.reshape(ndim, *elements.shape[1:])


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
    Memory beside the result: 24 bytes a voxel of a float32 volume.

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
    slopes = dict(derivatives(image, inner, wanted, mode, cval, workers, truncate=_TRUNCATE))
    pairs = list(itertools.combinations_with_replacement(range(ndim), 2))
    result = empty((len(pairs), *image.shape), image.dtype)
    for n, (i, j) in enumerate(pairs):
        product = slopes[wanted[i]] * slopes[wanted[j]]
        product /= sizes[i] * sizes[j]
        ((_, result[n]),) = derivatives(product, sigmas, [(0,) * ndim], mode, 0.0, workers)
    return result


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
    Memory beside the result: 60 bytes a voxel of a float32 volume.

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
        values = hessian_eigenvalues(
            image, sigma, spacing=spacing, mode=mode, cval=cval, workers=workers
        )
        values *= -(sigma**2) if black_ridges else sigma**2
        np.maximum(best, _vesselness(values, alpha, beta, gamma), out=best)
    return best


def _vesselness(values, alpha, beta, gamma):
    """Frangi's response from eigenvalues, shape (ndim, ...); bright tubes."""
    values = np.take_along_axis(values, np.argsort(np.abs(values), axis=0, kind="stable"), axis=0)
    norm = np.sqrt(np.sum(values**2, axis=0))
    if gamma is None:
        gamma = float(norm.max()) / 2 or 1.0
    response = -np.expm1(-(norm**2) / (2 * gamma**2))
    size = np.abs(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        if len(values) == 3:
            plate = size[1] / size[2]
            response *= -np.expm1(-(plate**2) / (2 * alpha**2))
            blob = size[0] / np.sqrt(size[1] * size[2])
        else:
            blob = size[0] / size[1]
        response *= np.exp(-(blob**2) / (2 * beta**2))
    response[(values[1:] >= 0).any(axis=0)] = 0
    return response


def _check(image, sigma, spacing, mode, workers):
    """Image of floats, standard deviations in voxels, spacings, number of workers."""
    image = real_image(image, "image")
    if image.ndim == 0:
        raise ValueError("`image` must have at least one dimension")
    check_mode(mode)
    return float_image(image), *sigmas_in_voxels(sigma, spacing, image.ndim), check_workers(workers)
