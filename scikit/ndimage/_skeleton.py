"""Skeletons of masks."""

import numpy as np

from scikit._core._blocks_cy import zeros
from scikit.ndimage._support import real_image
from scikit.ndimage._thin_cy import thin2d, thin3d

_MOST = 2**31 - 1


def skeletonize(image, *, method=None):
    """Thin a mask to lines one voxel wide that hang together as it does.

    Parameters
    ----------
    image : array_like, 2-d or 3-d
        What is not 0 is thinned.
    method : {'zhang', 'lee'}, optional
        That of Zhang and Suen [1]_, in the plane only, or that of Lee et al. [2]_. The default is
        'zhang' in the plane and 'lee' in space.

    Returns
    -------
    ndarray of bool, shape of `image`
        True on the skeleton.

    Raises
    ------
    ValueError
        If `image` has another number of dimensions or 2**31 voxels, or `method` is unknown or not
        for its number of dimensions.
    TypeError
        If `image` does not hold real numbers or booleans.

    See Also
    --------
    distance_transform_edt : Half the width, on the skeleton.
    local_thickness : The width anywhere.

    Notes
    -----
    Both methods give the voxels that scikit-image's give. 'zhang' departs from the paper where that
    does, for 25 of the 256 neighbourhoods: squares of 2 x 2 pixels do not vanish, and corners of
    stairs do. 'lee' keeps the number of components, cavities and tunnels (26 neighbours), also of
    small components that vanish in scikit-image. Only voxels next to one that left are looked at
    again. Thread-safe; the GIL is released.
    Memory beside the result: 1 byte a voxel.

    References
    ----------
    .. [1] T. Y. Zhang, C. Y. Suen, "A fast parallel algorithm for thinning digital patterns",
       Communications of the ACM 27 (1984) 236-239, :doi:`10.1145/357994.358023`
    .. [2] T.-C. Lee, R. L. Kashyap, C.-N. Chu, "Building skeleton models via 3-D medial surface/axis
       thinning algorithms", CVGIP: Graphical Models and Image Processing 56 (1994) 462-478,
       :doi:`10.1006/cgip.1994.1042`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> mask = np.zeros((5, 9))
    >>> mask[1:4, 1:8] = 1
    >>> ndimage.skeletonize(mask).astype(int)
    array([[0, 0, 0, 0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0, 1, 0, 0],
           [0, 1, 1, 1, 1, 1, 0, 0, 0],
           [0, 0, 0, 0, 0, 0, 0, 0, 0],
           [0, 0, 0, 0, 0, 0, 0, 0, 0]])
    """
    image = real_image(image, "image")
    if image.ndim not in (2, 3):
        raise ValueError(f"`image` must have 2 or 3 dimensions, not {image.ndim}")
    if method is None:
        method = "zhang" if image.ndim == 2 else "lee"
    if not isinstance(method, str) or method not in ("zhang", "lee"):
        raise ValueError(f"`method` must be 'zhang' or 'lee', not {method!r}")
    if method == "zhang" and image.ndim == 3:
        raise ValueError("`method` 'zhang' is for images of 2 dimensions; use 'lee'")
    if np.prod([n + 2.0 for n in image.shape]) > _MOST / 1.01:
        raise ValueError(f"`image` of shape {image.shape} is too large: 2**31 voxels or more")
    if image.size == 0:
        return zeros(image.shape, bool)
    padded = np.pad(np.ascontiguousarray(image != 0), 1).view(np.uint8)
    if method == "zhang":
        thin2d(padded)
    elif image.ndim == 3:
        thin3d(padded)
    else:
        padded = np.pad(padded[None], ((1, 1), (0, 0), (0, 0)))
        thin3d(padded)
        padded = padded[1]
    inside = (slice(1, -1),) * image.ndim
    return np.ascontiguousarray(padded[inside]).view(bool)
