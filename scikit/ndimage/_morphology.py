"""Binary morphology: one operation, once, often or until nothing changes."""

from scikit.ndimage import _bitmorph
from scikit.ndimage._dask import binary_reach, local


@local(binary_reach)
def binary_erosion(
    input,
    structure=None,
    iterations=1,
    mask=None,
    output=None,
    border_value=0,
    origin=0,
    brute_force=False,  # noqa: ARG001
    *,
    axes=None,
):
    """Keep the voxels around which the whole structure is set.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure : array_like, optional
        Structuring element, one dimension for each of `axes`; what is not 0 belongs to it. The
        default is ``generate_binary_structure(len(axes), 1)``: the voxel and those that share a
        face with it.
    iterations : int, optional
        How often to erode; below 1: until nothing changes any more.
    mask : array_like, shape of `input`, optional
        Voxels where it is 0 keep their value.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
        Anything but an array has no effect, as in SciPy: the result is an array of bool.
    border_value : int, optional
        Value of the voxels outside the image, 0 or 1.
    origin : int or sequence of int, optional
        Shift of the structure's middle, for each of `axes`; the middle must stay within the
        structure.
    brute_force : bool, optional
        Has no effect: there is one algorithm, and its result is the same.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        The eroded image; `output` itself if it is an array.

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
    binary_dilation : Set what the structure reaches.
    binary_opening : Erode, then dilate.

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
    >>> image = np.zeros((5, 7), int)
    >>> image[1:4, 1:6] = 1
    >>> ndimage.binary_erosion(image).astype(int)
    array([[0, 0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0, 0],
           [0, 0, 1, 1, 1, 0, 0],
           [0, 0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0, 0]])
    """
    return _bitmorph.run(
        "e", input, structure, iterations, mask, output, border_value, origin, axes
    )


@local(binary_reach)
def binary_dilation(
    input,
    structure=None,
    iterations=1,
    mask=None,
    output=None,
    border_value=0,
    origin=0,
    brute_force=False,  # noqa: ARG001
    *,
    axes=None,
):
    """Set every voxel that the structure reaches from one that is set.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure : array_like, optional
        Structuring element, one dimension for each of `axes`; what is not 0 belongs to it. The
        default is ``generate_binary_structure(len(axes), 1)``: the voxel and those that share a
        face with it.
    iterations : int, optional
        How often to dilate; below 1: until nothing changes any more.
    mask : array_like, shape of `input`, optional
        Voxels where it is 0 keep their value.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
        Anything but an array has no effect, as in SciPy: the result is an array of bool.
    border_value : int, optional
        Value of the voxels outside the image, 0 or 1.
    origin : int or sequence of int, optional
        Shift of the structure's middle, for each of `axes`; the middle must stay within the
        structure.
    brute_force : bool, optional
        Has no effect: there is one algorithm, and its result is the same.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        The dilated image; `output` itself if it is an array.

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
    binary_erosion : Keep what the whole structure fits around.
    binary_closing : Dilate, then erode.
    binary_propagation : Dilate within a mask until nothing changes.

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
    >>> image[2, 2] = 1
    >>> ndimage.binary_dilation(image).astype(int)
    array([[0, 0, 0, 0, 0],
           [0, 0, 1, 0, 0],
           [0, 1, 1, 1, 0],
           [0, 0, 1, 0, 0],
           [0, 0, 0, 0, 0]])
    """
    return _bitmorph.run(
        "d", input, structure, iterations, mask, output, border_value, origin, axes
    )


def binary_propagation(
    input, structure=None, mask=None, output=None, border_value=0, origin=0, *, axes=None
):
    """Dilate within a mask until nothing changes.

    Parameters
    ----------
    input : array_like
        Image of real numbers or booleans, any shape; what is not 0 (also NaN) is set.
    structure : array_like, optional
        Structuring element, one dimension for each of `axes`; what is not 0 belongs to it. The
        default is ``generate_binary_structure(len(axes), 1)``: the voxel and those that share a
        face with it.
    mask : array_like, shape of `input`, optional
        Voxels where it is 0 keep their value.
    output : ndarray, optional
        Array of the shape of `input` that takes the result, as 0 and 1; it may overlap `input`.
        Anything but an array has no effect, as in SciPy: the result is an array of bool.
    border_value : int, optional
        Value of the voxels outside the image, 0 or 1.
    origin : int or sequence of int, optional
        Shift of the structure's middle, for each of `axes`; the middle must stay within the
        structure.
    axes : int or sequence of int, optional
        The axes to work along; the default is all.

    Returns
    -------
    ndarray of bool, shape of `input`
        What the set voxels of `input` reach within `mask`; `output` itself if it is an array.

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
    binary_dilation : Set what the structure reaches.
    binary_fill_holes : Fill what is not reached from outside.
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
    >>> mask = np.array([[1, 1, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0]])
    >>> seed = np.zeros((3, 4), int)
    >>> seed[0, 0] = 1
    >>> ndimage.binary_propagation(seed, mask=mask).astype(int)
    array([[1, 1, 0, 0],
           [0, 1, 0, 0],
           [0, 1, 1, 0]])
    """
    return _bitmorph.run("d", input, structure, -1, mask, output, border_value, origin, axes)
