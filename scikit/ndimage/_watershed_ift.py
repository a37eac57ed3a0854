"""Watersheds from markers."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._regions_cy import watershed_ift as grow
from scikit.ndimage._structure import generate_binary_structure
from scikit.ndimage._support import real_image, result_array


def watershed_ift(input, markers, structure=None, output=None):
    """Regions that grow from markers and meet on the ridges of an image.

    Parameters
    ----------
    input : array_like of uint8 or uint16
        Image, any shape.
    markers : array_like of int, shape of `input`
        Where regions start, by their label; 0 elsewhere. Markers below 0 (the background, as a rule)
        start after those above 0.
    structure : array_like, shape (3,) * ndim, optional
        Which neighbours a region grows to. The default is ``generate_binary_structure(ndim, 1)``.
    output : dtype, str or ndarray, optional
        Type of the result (the default is that of `markers`), or an array that takes it.

    Returns
    -------
    ndarray, shape of `input`
        The label of each voxel; 0 where no marker reaches. `output` itself if it is an array.

    Raises
    ------
    TypeError
        If `input` is of another type.
    RuntimeError
        If `markers` or `output` do not hold integers or have another shape than `input`, or
        `structure` is not 3 wide along each of its axes.

    See Also
    --------
    label : Components, without markers.

    Notes
    -----
    The image foresting transform [1]_: a voxel joins the region from which the way to it has the least
    of the greatest steps in grey value. Of voxels with equal ways, those of regions above 0 go on
    first, the one found last before the others; then those of regions below 0, in their order. SciPy
    means the same, but its queues lose voxels, whose regions it then gives to others. Cost: time in
    proportion to the number of voxels times neighbours; 35 bytes a voxel beside the result.
    Thread-safe; the GIL is released.

    References
    ----------
    .. [1] A. X. Falcão, J. Stolfi, R. de Alencar Lotufo, "The image foresting transform: theory,
       algorithms, and applications", IEEE Transactions on Pattern Analysis and Machine Intelligence
       26 (2004) 19-29, :doi:`10.1109/TPAMI.2004.1261076`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> image = np.array([0, 1, 9, 1, 0, 0], np.uint8)
    >>> ndimage.watershed_ift(image, np.array([1, 0, 0, 0, 0, 2]))
    array([1, 1, 1, 2, 2, 2])
    """
    image = real_image(input, "input")
    if image.dtype.newbyteorder("=") not in (np.uint8, np.uint16):
        raise TypeError(
            f"`input`: only 8 and 16 unsigned inputs are supported (uint8, uint16), not {image.dtype}"
        )
    if structure is None:
        structure = generate_binary_structure(image.ndim, 1)
    structure = real_image(structure, "structure") != 0
    if structure.ndim != image.ndim:
        raise RuntimeError(
            f"`structure`: structure and input must have equal rank, not {structure.ndim} and "
            f"{image.ndim}"
        )
    if any(n != 3 for n in structure.shape):
        raise RuntimeError(f"`structure` dimensions must be equal to 3, not {structure.shape}")
    seeds = real_image(markers, "markers")
    if seeds.shape != image.shape:
        raise RuntimeError(
            f"`markers`: input and markers must have equal shape, not {image.shape} and {seeds.shape}"
        )
    if seeds.dtype.kind not in "iu":
        raise RuntimeError(f"`markers`: marker should be of integer type, not {seeds.dtype}")
    output = result_array(seeds.dtype.newbyteorder("=") if output is None else output, image)
    if output.dtype.kind not in "iu":
        raise RuntimeError(f"`output` should be of integer type, not {output.dtype}")
    if image.size == 0:
        return output
    framed = tuple(n + 2 for n in image.shape)
    inner = (slice(1, -1),) * image.ndim
    values, frame = zeros(framed, np.uint16), np.ones(framed, np.uint8)
    label = zeros(framed, np.int64)
    values[inner], frame[inner] = image, 0
    label[inner] = seeds.astype(np.int64)
    steps = np.argwhere(structure) - 1 if image.ndim else np.empty((0, 0), np.int64)
    weights = np.cumprod((1, *framed[:0:-1]))[::-1] if image.ndim else np.empty(0, np.int64)
    offset = (steps @ weights).astype(np.int64)
    levels = int(image.max()) - int(image.min()) + 1
    grow(values.reshape(-1), frame.reshape(-1), label.reshape(-1), offset[offset != 0], levels)
    output[...] = label[inner]
    return output
