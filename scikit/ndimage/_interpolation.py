"""Interpolation at any points: coordinates, affine maps and a user's map."""

import itertools
import math
import operator

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._callback import check_signature, compiled_function
from scikit._core._threads import check_workers
from scikit.ndimage._docs import shares_docs
from scikit.ndimage._interp_cy import call_mapping
from scikit.ndimage._interpolator import (
    Settings,
    at_affine_points,
    at_points,
    check_interpolation_mode,
    interpolate,
    interpolator,
    on_grid,
)
from scikit.ndimage._splines import check_order
from scikit.ndimage._support import flag, numeric_image, per_axis, result_array

#: int f(intptr_t *output_point, double *input_point, int output_rank, int input_rank, void *data)
_MAPPING = ("int", "long*", "double*", "int", "int", "void*")
_CALLS = 1024  #: points between two looks at signals


def checked(input, order, mode, cval, prefilter, workers, name="input"):
    """(image, settings) of the arguments that all functions of this family take."""
    order = check_order(order)
    image = numeric_image(input, name)
    if image.ndim < 1:
        raise RuntimeError(f"`{name}`: input and output rank must be > 0")
    check_interpolation_mode(mode)
    prefilter = flag(prefilter, "prefilter")
    return image, Settings(order, mode, cval, prefilter, check_workers(workers))


def _shape_of(output_shape, output, image, from_output):
    if output_shape is None:
        return output.shape if from_output and isinstance(output, np.ndarray) else image.shape
    try:
        shape = tuple(operator.index(n) for n in np.atleast_1d(np.asarray(output_shape)).tolist())
    except TypeError:
        raise TypeError(f"`output_shape` must hold integers, not {output_shape!r}") from None
    if not shape:
        raise RuntimeError("`output_shape`: input and output rank must be > 0")
    return check_shape(shape, "output_shape")


def check_shape(shape, name):
    """`shape`, which the argument `name` asks for.

    Raises
    ------
    ValueError
        If no array can have it.
    """
    if min(shape) < 0 or math.prod(max(1, n) for n in shape) >= 2**59:
        raise ValueError(f"`{name}`: an array cannot have the shape {shape}")
    return shape


@shares_docs
def map_coordinates(
    input,
    coordinates,
    output=None,
    order=3,
    mode="constant",
    cval=0.0,
    prefilter=True,
    *,
    workers=None,
):
    """Values of an image at given coordinates, by spline interpolation.

    Parameters
    ----------
    %(input_complex)s
    coordinates : array_like
        Where to look, in voxels, shape (``input.ndim``, ...): the axes of `input` along the first one.
    %(output_any)s
    %(spline_order)s
    %(mode_interpolation)s
    %(cval_interpolation)s
    %(prefilter)s
    %(workers)s

    Returns
    -------
    ndarray, shape ``coordinates.shape[1:]``
        The values; `output` itself if it is an array.

    Raises
    ------
    %(raises_interpolation)s

    See Also
    --------
    affine_transform : The coordinates are a linear function of the output's.
    geometric_transform : The coordinates are a user's function of the output's.

    Notes
    -----
    Cost: ``(order + 1) ** input.ndim`` products a point. %(notes_interpolation)s
    Coordinates that are not float64 are converted piece by piece.

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.arange(12.0).reshape(4, 3)
    >>> ndimage.map_coordinates(image, [[0.5, 2], [0.5, 1]], order=1)
    array([2., 7.])
    """
    image, settings = checked(input, order, mode, cval, prefilter, workers)
    places = to_numpy(coordinates, "coordinates")
    if places.dtype.kind == "c":
        raise TypeError("`coordinates`: Complex type not supported")
    if places.dtype.kind not in "biuf":
        raise TypeError(f"`coordinates` must hold real numbers, not {places.dtype}")
    if places.ndim < 2:
        raise RuntimeError("`coordinates`: input and output rank must be > 0")
    if places.shape[0] != image.ndim:
        raise RuntimeError(
            f"`coordinates`: invalid shape for coordinate array: {places.shape}; the first axis must "
            f"have length {image.ndim}"
        )
    shape = places.shape[1:]
    output = result_array(output, image, image.dtype.kind == "c", shape)
    if output.size:
        at_points(image, output, settings, places.reshape(image.ndim, -1))
    return output


@shares_docs
def affine_transform(
    input,
    matrix,
    offset=0.0,
    output_shape=None,
    output=None,
    order=3,
    mode="constant",
    cval=0.0,
    prefilter=True,
    *,
    workers=None,
):
    """Transform an image by a linear map of coordinates and a shift.

    The voxel o of the result is the value of `input` at ``matrix @ o + offset``.

    Parameters
    ----------
    %(input_complex)s
    matrix : array_like
        Shape (n, m), for an input of n and an output of m axes; (n,): a diagonal; (n, m + 1) with the
        offset in the last column; or (n + 1, n + 1), homogeneous: with the last row 0 ... 0 1 too.
    offset : float or sequence of float, optional
        In voxels, an entry each axis of `input`; not used where `matrix` has it.
    output_shape : tuple of int, optional
        The default is the shape of `output`, if it is an array, else that of `input`.
    %(output_any)s
    %(spline_order)s
    %(mode_interpolation)s
    %(cval_interpolation)s
    %(prefilter)s
    %(workers)s

    Returns
    -------
    ndarray, shape `output_shape`
        The transformed image; `output` itself if it is an array.

    Raises
    ------
    %(raises_interpolation)s
        Also if `matrix` or `offset` do not fit the image (RuntimeError), or the last row of a
        homogeneous matrix is not 0 ... 0 1.

    See Also
    --------
    zoom : Scales along each axis.
    resample : Scales to another voxel size in millimetres.

    Notes
    -----
    A diagonal matrix costs ``order + 1`` products a voxel and axis, any other ``(order + 1) **
    input.ndim`` products a voxel. Along an axis of a diagonal matrix where only whole coordinates are
    asked for, samples are moved, not fitted. %(notes_interpolation)s

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> ndimage.affine_transform(np.arange(5.0), [0.5], offset=1, order=1)
    array([1. , 1.5, 2. , 2.5, 3. ])
    """
    image, settings = checked(input, order, mode, cval, prefilter, workers)
    shape = _shape_of(output_shape, output, image, from_output=True)
    if not shape:
        raise RuntimeError("`output`: input and output rank must be > 0")
    output = result_array(output, image, image.dtype.kind == "c", shape)
    matrix, offset = _affine(matrix, offset, image, output.ndim)
    if matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]:
        diagonal = np.diagonal(matrix)
        if np.array_equal(np.diag(diagonal), matrix):
            places = [np.arange(n) * m + o for n, m, o in zip(shape, diagonal, offset, strict=True)]
            on_grid(image, output, settings, places)
            return output
    if matrix.ndim == 1:
        on_grid(image, output, settings, _diagonal_places(matrix, offset, shape))
    else:
        at_affine_points(image, output, settings, matrix, offset)
    return output


def _affine(matrix, offset, image, rank):
    """(matrix, offset) checked, of float64 and contiguous; a diagonal is 1-d."""
    try:
        matrix = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError("`matrix` must hold real numbers") from None
    n = image.ndim
    if matrix.ndim not in (1, 2) or matrix.shape[0] < 1:
        raise RuntimeError(
            f"`matrix`: no proper affine matrix provided: its shape is {matrix.shape}"
        )
    if matrix.ndim == 2 and matrix.shape[1] == n + 1 and matrix.shape[0] in (n, n + 1):
        if matrix.shape[0] == n + 1 and not np.array_equal(matrix[n], [0] * n + [1]):
            raise ValueError(
                f"`matrix`: Expected homogeneous transformation matrix with shape {matrix.shape} for "
                f"image shape {image.shape}, but bottom row was not equal to {[0] * n + [1]}"
            )
        offset = matrix[:n, n]
        matrix = matrix[:n, :n]
    if matrix.shape[0] != n:
        raise RuntimeError(
            f"`matrix`: affine matrix has wrong number of rows: {matrix.shape[0]}, not {n}"
        )
    if (matrix.ndim == 2 and matrix.shape[1] != rank) or (matrix.ndim == 1 and rank != n):
        raise RuntimeError(
            f"`matrix`: affine matrix has wrong number of columns for an `output_shape` of {rank} axes"
        )
    try:
        offset = np.array(per_axis(offset, n, "offset"), dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`offset` must hold real numbers, not {offset!r}") from None
    if offset.ndim != 1:
        raise RuntimeError("`offset`: no proper offset provided")
    return np.ascontiguousarray(matrix), offset


def _diagonal_places(diagonal, offset, shape):
    """(o + offset / m) * m: at the ends of an image the last bit decides, and this is the usual one."""
    places = []
    for n, m, b in zip(shape, diagonal, offset, strict=True):
        o = np.arange(n, dtype=np.float64)
        usual = m != 0 and np.isfinite(b / m) and np.isfinite(m)
        places.append((o + b / m) * m if usual else o * m + b)
    return places


@shares_docs
def geometric_transform(
    input,
    mapping,
    output_shape=None,
    output=None,
    order=3,
    mode="constant",
    cval=0.0,
    prefilter=True,
    extra_arguments=(),
    extra_keywords=None,
    *,
    workers=None,
):
    """Transform an image by a user's map of coordinates.

    Parameters
    ----------
    %(input_complex)s
    mapping : callable or compiled function
        ``mapping(point, *extra_arguments, **extra_keywords)`` gives the coordinates in `input`, a
        sequence of ``input.ndim`` numbers, for a point of the output, a tuple of int. Or a
        ``scipy.LowLevelCallable``, a ``numba.cfunc``, a capsule or a ctypes or cffi pointer of
        signature ``int f(intptr_t *output_point, double *input_point, int output_rank, int
        input_rank, void *data)`` that gives 0 for failure.
    output_shape : tuple of int, optional
        The default is the shape of `input`.
    %(output_any)s
    %(spline_order)s
    %(mode_interpolation)s
    %(cval_interpolation)s
    %(prefilter)s
    %(extra)s
    workers : int, optional
        Number of threads that filter; `mapping` is called by one.

    Returns
    -------
    ndarray, shape `output_shape`
        The transformed image; `output` itself if it is an array.

    Raises
    ------
    %(raises_interpolation)s
        Also if `mapping` gives another number of coordinates, or reports a failure (RuntimeError).

    See Also
    --------
    map_coordinates : Takes all coordinates as one array.

    Notes
    -----
    `mapping` is called once a voxel, in the order of the voxels; for a complex image twice. What it
    raises comes out as itself. %(notes_interpolation)s

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.arange(12.0).reshape(4, 3)
    >>> ndimage.geometric_transform(image, lambda p: (p[1], p[0]), output_shape=(3, 4), order=1)
    array([[ 0.,  3.,  6.,  9.],
           [ 1.,  4.,  7., 10.],
           [ 2.,  5.,  8., 11.]])
    """
    image, settings = checked(input, order, mode, cval, prefilter, workers)
    shape = _shape_of(output_shape, output, image, from_output=False)
    output = result_array(output, image, image.dtype.kind == "c", shape)
    fill = _mapping(mapping, extra_arguments, extra_keywords or {}, image.ndim, shape)

    def compute(job):
        kernel = interpolator(job, image.ndim, max(job.pad))
        points = fill()
        x = np.empty((image.ndim, _CALLS))
        for first in range(0, job.target.size, _CALLS):
            count = min(_CALLS, job.target.size - first)
            points(x, count)
            kernel.chunk(x, first, first + count)

    interpolate(image, output, settings, compute)
    return output


def _mapping(mapping, arguments, keywords, ndim, shape):
    """A function that begins a run: it gives ``points(x, count)``, which fills x[:, :count] in turn."""
    compiled = compiled_function(mapping)
    if compiled is not None:
        check_signature(compiled.signature, _MAPPING, "mapping")
        if compiled.signature[0] != "int":
            raise ValueError("`mapping` must return int: 0 for failure")
        if arguments or keywords:
            raise ValueError(
                "`extra_arguments` and `extra_keywords` cannot be given with a compiled function"
            )

        def begin():
            first, size = np.zeros(len(shape), np.intp), np.array(shape, np.intp)
            place = np.zeros(ndim)

            def points(x, count):
                call_mapping(compiled.address, compiled.data, first, size, x, place, count)

            return points

        return begin
    if not callable(mapping):
        raise TypeError(f"`mapping` must be callable, not {mapping!r}")
    if not isinstance(arguments, tuple):
        raise TypeError(f"`extra_arguments` must be a tuple, not {type(arguments).__name__}")

    def begin():
        voxels = itertools.product(*map(range, shape))

        def points(x, count):
            for k, voxel in enumerate(itertools.islice(voxels, count)):
                place = mapping(voxel, *arguments, **keywords)
                if len(place) != ndim:
                    raise RuntimeError(f"`mapping` must give {ndim} coordinates, not {len(place)}")
                x[:, k] = place

        return points

    return begin
