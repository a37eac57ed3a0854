"""Derivatives and what is made of them: Sobel and Prewitt filters, Laplacians, gradient magnitudes."""

import numpy as np

from scikit._core._arrays import c_order
from scikit._core._blocks_cy import empty
from scikit._core._threads import check_workers
from scikit.ndimage._dask import gaussian_reach, local, neighbour_reach
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._gaussian import gaussian_filter
from scikit.ndimage._jet import each_derivative
from scikit.ndimage._linear import correlate1d
from scikit.ndimage._lines import correlation_pass, filter_lines
from scikit.ndimage._support import check_axes, check_axis, numeric_image, per_axis, result_array


@local(neighbour_reach)
@shares_docs
def prewitt(input, axis=-1, output=None, mode="reflect", cval=0.0, *, workers=None):
    """Prewitt filter: difference along one axis, sum of three along the others.

    Parameters
    ----------
    %(input_complex)s
    %(axis)s
    %(output)s
    mode : str or sequence of str, optional
        As in `correlate1d`, for each axis of the image.
    %(cval)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    sobel : With weights 1, 2, 1 along the others.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.prewitt([[0, 0, 4, 4], [0, 0, 4, 4]])
    array([[ 0, 12, 12,  0],
           [ 0, 12, 12,  0]])
    """
    return _difference(input, axis, [1, 1, 1], output, mode, cval, workers)


@local(neighbour_reach)
@shares_docs
def sobel(input, axis=-1, output=None, mode="reflect", cval=0.0, *, workers=None):
    """Sobel filter: difference along one axis, weights 1, 2, 1 along the others.

    Parameters
    ----------
    %(input_complex)s
    %(axis)s
    %(output)s
    mode : str or sequence of str, optional
        As in `correlate1d`, for each axis of the image.
    %(cval)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    prewitt : With equal weights along the others.

    Notes
    -----
    One pass an axis, whose result is stored in the type of `output`: unsigned images wrap.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.sobel([[0, 0, 4, 4], [0, 0, 4, 4]])
    array([[ 0, 16, 16,  0],
           [ 0, 16, 16,  0]])
    """
    return _difference(input, axis, [1, 2, 1], output, mode, cval, workers)


def _difference(input, axis, across, output, mode, cval, workers):
    image = numeric_image(input, "input")
    axis = check_axis(axis, image.ndim)
    output = result_array(output, image, image.dtype.kind == "c")
    modes = per_axis(mode, image.ndim, "mode")
    others = [k for k in range(image.ndim) if k != axis]
    passes = [correlation_pass([-1, 0, 1], axis, modes[axis])]
    passes += [correlation_pass(across, k, modes[k]) for k in others]
    filter_lines(image, output, passes, cval, check_workers(workers))
    return output


@shares_docs
def generic_laplace(
    input,
    derivative2,
    output=None,
    mode="reflect",
    cval=0.0,
    extra_arguments=(),
    extra_keywords=None,
    *,
    axes=None,
):
    """Laplacian from a user's second derivative.

    Parameters
    ----------
    %(input_complex)s
    derivative2 : callable
        ``derivative2(input, axis, output, mode, cval, *extra_arguments, **extra_keywords)`` gives
        the second derivative along an axis; `output` is an array that takes it or its type.
    %(output)s
    %(modes)s
    %(cval)s
    %(extra)s
    %(axes)s

    Returns
    -------
    %(returns)s

    Raises
    ------
    ValueError
        If `axes` are not those of `input`.
    TypeError
        If `input` does not hold numbers or `derivative2` is not callable.
    RuntimeError
        If a sequence has not one entry for each axis, or `output` has the wrong shape.

    See Also
    --------
    laplace : With second differences.
    gaussian_laplace : Of the smoothed image.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> def second(input, axis, output, mode, cval):
    ...     return ndimage.correlate1d(input, [1, -2, 1], axis, output, mode, cval)
    >>> ndimage.generic_laplace([0, 0, 1, 0, 0], second)
    array([ 0,  1, -2,  1,  0])
    """
    return _sum_over_axes(
        input,
        derivative2,
        "derivative2",
        None,
        output,
        mode,
        cval,
        extra_arguments,
        extra_keywords,
        axes,
    )


@local(neighbour_reach)
@shares_docs
def laplace(input, output=None, mode="reflect", cval=0.0, *, axes=None, workers=None):
    """Laplacian from second differences.

    Parameters
    ----------
    %(input_complex)s
    %(output)s
    %(modes)s
    %(cval)s
    %(axes)s
    %(workers)s

    %(result_linear)s

    See Also
    --------
    gaussian_laplace : Of the smoothed image.

    Notes
    -----
    Memory beside the result: two more images of the result's type.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> ndimage.laplace([0, 0, 1, 0, 0])
    array([ 0,  1, -2,  1,  0])
    """

    def second(image, axis, output, mode, cval):
        return correlate1d(image, [1, -2, 1], axis, output, mode, cval, workers=workers)

    return generic_laplace(input, second, output, mode, cval, axes=axes)


@local(gaussian_reach)
@shares_docs
def gaussian_laplace(
    input, sigma, output=None, mode="reflect", cval=0.0, *, axes=None, workers=None, **kwargs
):
    """Laplacian of the image smoothed with a Gaussian.

    Parameters
    ----------
    %(input_complex)s
    sigma : float or sequence of float
        Standard deviation in voxels, for each of `axes`.
    %(output)s
    %(modes)s
    %(cval)s
    %(axes)s
    %(workers)s
    **kwargs
        Further arguments of `gaussian_filter`: `truncate`, `radius`.

    %(result_linear)s

    See Also
    --------
    gaussian_gradient_magnitude : Length of the gradient.

    Notes
    -----
    Derivatives of float images share the passes that they have in common. Memory beside the result:
    one more image. Thread-safe.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.gaussian_laplace(np.array([0.0, 0.0, 1.0, 0.0, 0.0]), 1).round(3)
    array([ 0.197,  0.002, -0.399,  0.002,  0.197])
    """
    return _of_gaussians(input, sigma, 2, output, mode, cval, axes, workers, **kwargs)


@shares_docs
def generic_gradient_magnitude(
    input,
    derivative,
    output=None,
    mode="reflect",
    cval=0.0,
    extra_arguments=(),
    extra_keywords=None,
    *,
    axes=None,
):
    """Length of the gradient, from a user's first derivative.

    Parameters
    ----------
    %(input)s
    derivative : callable
        ``derivative(input, axis, output, mode, cval, *extra_arguments, **extra_keywords)`` gives
        the derivative along an axis; `output` is an array that takes it or its type.
    %(output)s
    %(modes)s
    %(cval)s
    %(extra)s
    %(axes)s

    Returns
    -------
    %(returns)s

    Raises
    ------
    ValueError
        If `axes` are not those of `input`.
    TypeError
        If `input` does not hold numbers or `derivative` is not callable.
    RuntimeError
        If a sequence has not one entry for each axis, or `output` has the wrong shape.

    See Also
    --------
    gaussian_gradient_magnitude : Length of the gradient.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.generic_gradient_magnitude(np.array([0.0, 0.0, 1.0, 1.0]), ndimage.sobel)
    array([0., 1., 1., 0.])
    """
    return _sum_over_axes(
        input,
        derivative,
        "derivative",
        _square,
        output,
        mode,
        cval,
        extra_arguments,
        extra_keywords,
        axes,
    )


@local(gaussian_reach)
@shares_docs
def gaussian_gradient_magnitude(
    input, sigma, output=None, mode="reflect", cval=0.0, *, axes=None, workers=None, **kwargs
):
    """Length of the gradient of the image smoothed with a Gaussian.

    Parameters
    ----------
    %(input)s
    sigma : float or sequence of float
        Standard deviation in voxels, for each of `axes`.
    %(output)s
    %(modes)s
    %(cval)s
    %(axes)s
    %(workers)s
    **kwargs
        Further arguments of `gaussian_filter`: `truncate`, `radius`.

    %(result_linear)s

    See Also
    --------
    gaussian_laplace : Second derivatives.

    Notes
    -----
    Derivatives of float images share the passes that they have in common. Memory beside the result:
    one more image. Thread-safe.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.gaussian_gradient_magnitude(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), 1).round(3)
    array([0.013, 0.122, 0.364, 0.364, 0.122, 0.013])
    """
    return _of_gaussians(input, sigma, 1, output, mode, cval, axes, workers, **kwargs)


def _of_gaussians(
    input, sigma, order, output, mode, cval, axes, workers, truncate=4.0, radius=None
):
    """The Laplacian (`order` 2) or the gradient's length (1) of the image smoothed along `axes`."""
    image = numeric_image(input, "input")
    axes = check_axes(axes, image.ndim)
    sigmas, radii = [0.0] * image.ndim, [None] * image.ndim
    given = (per_axis(v, len(axes), n) for v, n in ((sigma, "sigma"), (radius, "radius")))
    for axis, s, r in zip(axes, *given, strict=True):
        sigmas[axis], radii[axis] = s, r
    each = _square if order == 1 else None
    floats = image.dtype in (np.float32, np.float64) and output is None and isinstance(mode, str)
    if floats and axes and image.ndim:
        wanted = sorted(tuple(order * (k == axis) for k in range(image.ndim)) for axis in axes)
        total = empty(image.shape, image.dtype)

        def add(orders, first, last, part):
            so_far = total[first:last]
            part = part if each is None else each(part, part)
            if orders == wanted[0]:
                so_far[...] = part
            else:
                so_far += part
            if orders == wanted[-1] and each is not None:
                np.sqrt(so_far, out=so_far)

        workers = check_workers(workers)
        image = c_order(image)
        each_derivative(image, sigmas, wanted, mode, cval, workers, add, truncate, radii)
        return total

    def derivative(image, axis, output, mode, cval):
        orders = [order * (k == axis) for k in range(image.ndim)]
        return gaussian_filter(
            image, sigmas, orders, output, mode, cval, truncate, radius=radii, workers=workers
        )

    return _sum_over_axes(image, derivative, "derivative", each, output, mode, cval, (), None, axes)


def _square(values, out):
    """Squares; of booleans, which NumPy's own would take for integers, booleans."""
    return np.multiply(values, values, out=out)


def _sum_over_axes(
    input, function, name, each, output, mode, cval, extra_arguments, extra_keywords, axes
):
    """Sum of a function's results along each axis; with `each`, the root of the sum of its values."""
    if not callable(function):
        raise TypeError(f"`{name}` must be callable, not {function!r}")
    image = numeric_image(input, "input")
    output = result_array(output, image)
    axes = check_axes(axes, image.ndim)
    if not axes:
        output[...] = image
        return output
    keywords = extra_keywords or {}
    modes = per_axis(mode, len(axes), "mode")
    source = image.copy() if np.may_share_memory(image, output) and len(axes) > 1 else image
    function(source, axes[0], output, modes[0], cval, *extra_arguments, **keywords)
    if each is not None:
        each(output, output)
    for axis, m in zip(axes[1:], modes[1:], strict=True):
        part = function(source, axis, output.dtype, m, cval, *extra_arguments, **keywords)
        output += part if each is None else each(part, part)
    if each is not None:
        np.sqrt(output, output, casting="unsafe")
    return output
