"""Binary morphology: what is made of two operations or of their fixed point."""

import numpy as np

from scikit.ndimage import _bitmorph
from scikit.ndimage._dask import local, two_binary_reach, window_reach
from scikit.ndimage._structure import generate_binary_structure
from scikit.ndimage._support import check_axes, check_output, real_image


@local(two_binary_reach)
def binary_opening(
    input,
    structure=None,
    iterations=1,
    output=None,
    origin=0,
    mask=None,
    border_value=0,
    brute_force=False,  # noqa: ARG001
    *,
    axes=None,
):
    """Erode, then dilate: removes what the structure does not fit into.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure : array_like, optional
        Structuring element, one dimension for each of `axes`; what is not 0 belongs to it. The
        default is ``generate_binary_structure(len(axes), 1)``: the voxel and those that share a
        face with it.
    iterations : int, optional
        How often to erode, and then to dilate; below 1: until nothing changes any more.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
        Anything but an array has no effect, as in SciPy: the result is an array of bool.
    origin : int or sequence of int, optional
        Shift of the structure's middle, for each of `axes`; the middle must stay within the
        structure.
    mask : array_like, shape of `input`, optional
        Voxels where it is 0 keep their value.
    border_value : int, optional
        Value of the voxels outside the image, 0 or 1.
    brute_force : bool, optional
        Has no effect: there is one algorithm, and its result is the same.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        The opened image; `output` itself if it is an array.

    Raises
    ------
    TypeError
        If `input` or `output` is complex or not numeric, or `iterations`, `border_value` or
        `origin` is no integer.
    RuntimeError
        If `structure`, `mask`, `output` or `origin` has the wrong number of dimensions or the wrong
        shape, or the voxels never settle (only with a structure without its middle, and
        ``iterations < 1``).
    ValueError
        If `origin` is outside the structure, or `axes` are not those of `input`.

    See Also
    --------
    binary_closing : Dilate, then erode.
    binary_erosion : Keep what the whole structure fits around.

    Notes
    -----
    Voxels are packed into words of 64, and the structure is taken as runs along the last axis [1]_.
    Cost: one reading and one writing of the image, and for each iteration one operation on words
    for each of the structure's rows and 64 voxels. With ``iterations < 1`` and a symmetric
    structure that is 3 wide, the components of `mask` are found instead of iterating. Thread-safe;
    the GIL is released.

    References
    ----------
    .. [1] R. van den Boomgaard, R. van Balen, "Methods for fast morphological image transforms
       using bitmapped binary images", CVGIP: Graphical Models and Image Processing 54 (1992)
       252-258, :doi:`10.1016/1049-9652(92)90055-3`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.zeros((5, 5), int)
    >>> image[1:4, 1:4] = 1
    >>> image[4, 4] = 1
    >>> ndimage.binary_opening(image, np.ones((3, 3))).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 1, 1, 1, 0],
           [0, 1, 1, 1, 0],
           [0, 1, 1, 1, 0],
           [0, 0, 0, 0, 0]])
    """
    return _bitmorph.run(
        "ed", input, structure, iterations, mask, output, border_value, origin, axes
    )


@local(two_binary_reach)
def binary_closing(
    input,
    structure=None,
    iterations=1,
    output=None,
    origin=0,
    mask=None,
    border_value=0,
    brute_force=False,  # noqa: ARG001
    *,
    axes=None,
):
    """Dilate, then erode: fills what the structure does not fit into.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure : array_like, optional
        Structuring element, one dimension for each of `axes`; what is not 0 belongs to it. The
        default is ``generate_binary_structure(len(axes), 1)``: the voxel and those that share a
        face with it.
    iterations : int, optional
        How often to dilate, and then to erode; below 1: until nothing changes any more.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
        Anything but an array has no effect, as in SciPy: the result is an array of bool.
    origin : int or sequence of int, optional
        Shift of the structure's middle, for each of `axes`; the middle must stay within the
        structure.
    mask : array_like, shape of `input`, optional
        Voxels where it is 0 keep their value.
    border_value : int, optional
        Value of the voxels outside the image, 0 or 1.
    brute_force : bool, optional
        Has no effect: there is one algorithm, and its result is the same.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        The closed image; `output` itself if it is an array.

    Raises
    ------
    TypeError
        If `input` or `output` is complex or not numeric, or `iterations`, `border_value` or
        `origin` is no integer.
    RuntimeError
        If `structure`, `mask`, `output` or `origin` has the wrong number of dimensions or the wrong
        shape, or the voxels never settle (only with a structure without its middle, and
        ``iterations < 1``).
    ValueError
        If `origin` is outside the structure, or `axes` are not those of `input`.

    See Also
    --------
    binary_opening : Erode, then dilate.
    binary_fill_holes : Fill what is not reached from outside.

    Notes
    -----
    Voxels are packed into words of 64, and the structure is taken as runs along the last axis [1]_.
    Cost: one reading and one writing of the image, and for each iteration one operation on words
    for each of the structure's rows and 64 voxels. With ``iterations < 1`` and a symmetric
    structure that is 3 wide, the components of `mask` are found instead of iterating. Thread-safe;
    the GIL is released.

    References
    ----------
    .. [1] R. van den Boomgaard, R. van Balen, "Methods for fast morphological image transforms
       using bitmapped binary images", CVGIP: Graphical Models and Image Processing 54 (1992)
       252-258, :doi:`10.1016/1049-9652(92)90055-3`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.zeros((5, 5), int)
    >>> image[1:-1, 1:-1] = 1
    >>> image[2, 2] = 0
    >>> ndimage.binary_closing(image).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 1, 1, 1, 0],
           [0, 1, 1, 1, 0],
           [0, 1, 1, 1, 0],
           [0, 0, 0, 0, 0]])
    """
    return _bitmorph.run(
        "de", input, structure, iterations, mask, output, border_value, origin, axes
    )


def binary_fill_holes(input, structure=None, output=None, origin=0, *, axes=None):
    """Set the voxels that cannot be reached from outside the image.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure : array_like, optional
        Structuring element, one dimension for each of `axes`; what is not 0 belongs to it. The
        default is ``generate_binary_structure(len(axes), 1)``: the voxel and those that share a
        face with it.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
        Anything but an array has no effect, as in SciPy: the result is an array of bool.
    origin : int or sequence of int, optional
        Shift of the structure's middle, for each of `axes`; the middle must stay within the
        structure.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        The image without holes; None if `output` is an array, as in SciPy.

    Raises
    ------
    TypeError
        If `input` or `output` is complex or not numeric, or `iterations`, `border_value` or
        `origin` is no integer.
    RuntimeError
        If `structure`, `mask`, `output` or `origin` has the wrong number of dimensions or the wrong
        shape, or the voxels never settle (only with a structure without its middle, and
        ``iterations < 1``).
    ValueError
        If `origin` is outside the structure, or `axes` are not those of `input`.

    See Also
    --------
    binary_closing : Dilate, then erode.
    binary_propagation : Dilate within a mask until nothing changes.
    label : Number the connected components.

    Notes
    -----
    Voxels are packed into words of 64, and the structure is taken as runs along the last axis [1]_.
    Cost: one reading and one writing of the image, and for each iteration one operation on words
    for each of the structure's rows and 64 voxels. With ``iterations < 1`` and a symmetric
    structure that is 3 wide, the components of `mask` are found instead of iterating. Thread-safe;
    the GIL is released.

    References
    ----------
    .. [1] R. van den Boomgaard, R. van Balen, "Methods for fast morphological image transforms
       using bitmapped binary images", CVGIP: Graphical Models and Image Processing 54 (1992)
       252-258, :doi:`10.1016/1049-9652(92)90055-3`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.zeros((5, 5), int)
    >>> image[1:-1, 1:-1] = 1
    >>> image[2, 2] = 0
    >>> ndimage.binary_fill_holes(image).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 1, 1, 1, 0],
           [0, 1, 1, 1, 0],
           [0, 1, 1, 1, 0],
           [0, 0, 0, 0, 0]])
    """
    filled = _bitmorph.run("f", input, structure, -1, None, output, 1, origin, axes)
    return None if isinstance(output, np.ndarray) else filled


@local(window_reach)
def binary_hit_or_miss(
    input, structure1=None, structure2=None, output=None, origin1=0, origin2=None, *, axes=None
):
    """Find the places where one structure fits the set voxels and another the others.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure1 : array_like, optional
        Voxels that must be set, one dimension for each of `axes`. The default is
        ``generate_binary_structure(len(axes), 1)``.
    structure2 : array_like, optional
        Voxels that must not be set; those outside the image are not. The default is the complement
        of `structure1`.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
    origin1, origin2 : int or sequence of int, optional
        Shifts of the structures' middles, for each of `axes`; `origin2` is `origin1` by default.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        Where both fit; None if `output` is an array, as in SciPy.

    Raises
    ------
    TypeError
        If `input` or `output` is complex or not numeric, or an origin is no integer.
    RuntimeError
        If a structure, `output` or an origin has the wrong number of dimensions or the wrong shape.
    ValueError
        If an origin is outside its structure, or `axes` are not those of `input`.

    See Also
    --------
    binary_erosion : Keep what the whole structure fits around.

    Notes
    -----
    The erosion by `structure1` and the erosion of the complement by `structure2`, and where both
    are set. Thread-safe; the GIL is released.
    Memory beside the result: 2 bytes a voxel.

    Examples
    --------
    >>> import scikit.ndimage as ndimage
    >>> image = [[0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    >>> ndimage.binary_hit_or_miss(image, [[1, 0], [1, 1]], [[0, 1], [0, 0]]).astype(int)
    array([[0, 0, 0, 0],
           [0, 0, 1, 0],
           [0, 0, 0, 0]])
    """
    image = real_image(input, "input")
    if structure1 is None:
        structure1 = generate_binary_structure(len(check_axes(axes, image.ndim)), 1)
    structure1 = real_image(structure1, "structure1") != 0
    structure2 = ~structure1 if structure2 is None else structure2
    origin2 = origin1 if origin2 is None else origin2
    hit = _bitmorph.run("e", image, structure1, 1, None, None, 0, origin1, axes)
    miss = _bitmorph.run("e", image == 0, structure2, 1, None, None, 1, origin2, axes)
    if not isinstance(output, np.ndarray):
        return hit & miss
    check_output(output, image.shape)
    output[...] = hit & miss
    return None
