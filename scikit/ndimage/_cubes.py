"""The surface inside a cell of 2 x 2 x 2 voxels (2 x 2 in a plane), for every pattern of voxels inside and outside.

On each face of a cell the surface cuts off every run of inside corners on its own, so cells that share a face agree on
it and the surface has no holes. The cuts of all faces join into polygons (the marching cubes of W. E. Lorensen and
H. E. Cline, doi:10.1145/37401.37422, with this rule for the ambiguous faces), which are cut into triangles.
"""

import functools
import itertools

import numpy as np

#: Corners of a cell as (dz, dy, dx); corner 4 dz + 2 dy + dx is bit 4 dz + 2 dy + dx of a pattern.
CORNERS = np.array(list(itertools.product((0, 1), repeat=3)))
#: Edges of a cell as pairs of corners; edge 4 a + k runs along axis a.
EDGES = np.array(
    [(first, first | 4 >> axis) for axis in range(3) for first in range(8) if not first & 4 >> axis]
)


@functools.cache
def cell_triangles():
    """Triangles of each of the 256 patterns: a tuple of tuples of three edges, seen from outside counterclockwise."""
    numbers = {frozenset(map(int, pair)): k for k, pair in enumerate(EDGES)}
    faces = [_face(axis, side) for axis in range(3) for side in (0, 1)]
    table = []
    for pattern in range(256):
        following = {}  # each edge is where a cut begins on one of its two faces, and ends on the other
        for corners in faces:
            inside = [pattern >> c & 1 for c in corners]
            edges = [numbers[frozenset((corners[k], corners[(k + 1) % 4]))] for k in range(4)]
            for k in range(4):
                if not inside[k] and inside[(k + 1) % 4]:
                    end = next(
                        m % 4
                        for m in range(k + 1, k + 5)
                        if inside[m % 4] and not inside[(m + 1) % 4]
                    )
                    following[edges[k]] = edges[end]
        triangles = []
        while following:
            polygon = [next(iter(following))]
            while (edge := following.pop(polygon[-1])) != polygon[0]:
                polygon.append(edge)
            triangles += [(polygon[0], *polygon[k : k + 2]) for k in range(1, len(polygon) - 1)]
        table.append(tuple(triangles))
    return tuple(table)


def _face(axis, side):
    """The corners of a face in a cycle, seen from outside of the cell in the same sense for all faces."""
    u, v = ((1, 2), (2, 0), (0, 1))[axis]
    cycle = []
    for p, q in ((0, 0), (1, 0), (1, 1), (0, 1)):
        corner = [0, 0, 0]
        corner[axis], corner[u], corner[v] = side, p, q
        cycle.append(4 * corner[0] + 2 * corner[1] + corner[2])
    return cycle if side else cycle[::-1]


def surfel_areas(spacing):
    """Area of the surface in a cell for each pattern, cut halfway between voxels; in a plane, length.

    Parameters
    ----------
    spacing : sequence of float
        Of 2 or 3 axes.

    Returns
    -------
    ndarray of float64, shape (16,) or (256,)
    """
    if len(spacing) == 2:
        # extended by one plane the patterns of a square are those of a prism, with surfaces upright
        areas = surfel_areas((1.0, *spacing))
        return areas[[pattern | pattern << 4 for pattern in range(16)]]
    middle = CORNERS[EDGES].mean(axis=1) * np.asarray(spacing, float)
    areas = np.zeros(256)
    for pattern, triangles in enumerate(cell_triangles()):
        for a, b, c in triangles:
            areas[pattern] += (
                np.linalg.norm(np.cross(middle[b] - middle[a], middle[c] - middle[a])) / 2
            )
    return areas


def cell_patterns(mask):
    """The pattern of every cell that holds a corner of the image: shape of `mask` plus 1, of uint8.

    Beyond its ends the image is outside.
    """
    padded = np.pad(mask, 1).view(np.uint8)
    patterns = np.zeros([n + 1 for n in mask.shape], np.uint8)
    for bit, corner in enumerate(itertools.product((0, 1), repeat=mask.ndim)):
        window = padded[tuple(slice(d, d + n + 1) for d, n in zip(corner, mask.shape, strict=True))]
        patterns |= window << np.uint8(bit)
    return patterns
