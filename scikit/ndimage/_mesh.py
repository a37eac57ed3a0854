"""Surfaces as triangles."""

from typing import NamedTuple

import numpy as np

from scikit.ndimage._cubes import cell_triangles
from scikit.ndimage._cubes_cy import march
from scikit.ndimage._support import number, positive_per_axis, real_image


class Mesh(NamedTuple):
    """What `marching_cubes` gives."""

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    values: np.ndarray


def marching_cubes(volume, level=None, *, spacing=1.0, mask=None):
    """The surface where a volume crosses a level, as triangles.

    Parameters
    ----------
    volume : array_like, shape (nz, ny, nx)
        Real numbers or booleans; computed with as float32. What is above the level is inside.
    level : float, optional
        The default is the middle between the smallest and the largest value.
    spacing : float or sequence of float, optional
        Spacing of the voxels along each axis, for instance in mm.
    mask : array_like, shape of `volume`, optional
        Only cells whose eight voxels are all not 0 here are looked at.

    Returns
    -------
    vertices : ndarray of float32, shape (n, 3)
        In the order of the volume's axes and the unit of `spacing`; the first voxel is at 0.
    faces : ndarray of int32, shape (m, 3)
        Vertices of each triangle, counterclockwise seen from outside (where values are lower) in
        axes z, y, x taken as right-handed.
    normals : ndarray of float32, shape (n, 3)
        Unit vectors toward lower values, from central differences of the volume.
    values : ndarray of float32, shape (n,)
        The larger one of the two voxels beside a vertex.

    Raises
    ------
    ValueError
        If the volume is not three-dimensional or a length is below 2, has a NaN, `spacing` is not
        positive, or there would be 2**31 vertices.
    TypeError
        If the volume is complex or not numeric.

    See Also
    --------
    label_statistics : Measures of labelled voxels.

    Notes
    -----
    Marching cubes [1]_; where a face of a cell is ambiguous, voxels inside are kept apart, so the
    surface is closed except at the ends of the volume. Vertices are shared by triangles. Memory:
    that of the result and a few planes, and of the volume in float32 if it has another type.
    Thread-safe; the GIL is released.

    References
    ----------
    .. [1] W. E. Lorensen, H. E. Cline, "Marching cubes: a high resolution 3D surface construction
       algorithm", Computer Graphics 21 (1987) 163-169, :doi:`10.1145/37401.37422`

    Examples
    --------
    >>> import numpy as np
    >>> import scikit.ndimage as ndimage
    >>> z, y, x = np.mgrid[-5:6, -5:6, -5:6]
    >>> mesh = ndimage.marching_cubes(-np.sqrt(z**2 + y**2 + x**2), -4, spacing=0.5)
    >>> bool(np.allclose(np.linalg.norm(mesh.vertices - 2.5, axis=1), 2, atol=0.03))
    True
    """
    image = real_image(volume, "volume")
    if image.ndim != 3 or min(image.shape, default=0) < 2:
        raise ValueError(
            f"`volume` must have three axes of length 2 at least, not shape {image.shape}"
        )
    values = np.ascontiguousarray(image, np.float32)
    low, high = float(values.min()), float(values.max())
    if np.isnan(low):
        raise ValueError("`volume` must not contain NaNs")
    level = (low + high) / 2 if level is None else number(level, "level")
    if not np.isfinite(level):
        raise ValueError(f"`level` must be finite, not {level}")
    sizes = positive_per_axis(spacing, 3, "spacing")
    if mask is not None:
        mask = real_image(mask, "mask") != 0
        if mask.shape != image.shape:
            raise ValueError(f"`mask` must have shape {image.shape}, not {mask.shape}")
        mask = np.ascontiguousarray(mask).view(np.uint8)
    table = cell_triangles()
    first = np.cumsum([0, *map(len, table)], dtype=np.int32)
    edges = np.array([edge for cell in table for triangle in cell for edge in triangle], np.int8)
    mesh = Mesh(*march(values, mask, level, sizes, edges, first))
    if mask is None:
        return mesh
    used = np.zeros(len(mesh.vertices), bool)  # cells left out leave vertices behind
    used[mesh.faces] = True
    place = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return Mesh(mesh.vertices[used], place[mesh.faces], mesh.normals[used], mesh.values[used])
