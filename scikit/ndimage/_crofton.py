"""Surfaces from counts of crossings along lines (Crofton's formula).

Lines through the voxels in the directions to their neighbours cross the surface of a region where a voxel is in it
and its neighbour is not. The mean over all directions of the number of crossings, per area between the lines, gives
the surface: S = 2 sum_k c_k N_k V / |d_k| in three dimensions, L = pi / 2 sum_k c_k N_k V / |d_k| in two, with N_k
crossings along d_k, the voxel's volume V, and weights c_k (sum 1): each direction's share of the sphere, the part that
is nearer to it than to the others. G. Lehmann, D. Legland, "Efficient N-dimensional surface estimation using Crofton
formula and run-length encoding", The Insight Journal (2012), doi:10.54294/wdu86d.
"""

import numpy as np

_TINY = 1e-9


def surface_factors(steps, spacing):
    """What a crossing along each step adds to the surface.

    Parameters
    ----------
    steps : ndarray of int, shape (n, ndim)
        One of each two opposite directions, all neighbours of a voxel; ndim is 1, 2 or 3.
    spacing : sequence of float

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    way = steps * np.asarray(spacing)
    length = np.linalg.norm(way, axis=1)
    if way.shape[1] == 1:
        return np.ones(len(way))
    unit = way / length[:, None]
    both = np.concatenate([unit, -unit])
    if way.shape[1] == 2:
        share, factor = _arcs(both), np.pi / 2
    else:
        share, factor = _cells(both), 2.0
    return factor * 2 * share[: len(way)] * np.prod(spacing) / length


def _arcs(unit):
    """Share of the circle that is nearest to each direction."""
    angle = np.arctan2(unit[:, 1], unit[:, 0])
    order = np.argsort(angle)
    gap = np.diff(np.append(angle[order], angle[order[0]] + 2 * np.pi))
    share = np.empty(len(unit))
    share[order] = (gap + np.roll(gap, 1)) / (4 * np.pi)
    return share


def _cells(unit):
    """Share of the sphere that is nearest to each direction."""
    return np.array([_cell(u, np.delete(unit, k, 0)) for k, u in enumerate(unit)]) / (4 * np.pi)


def _cell(u, others):
    """Solid angle of the directions x with x u >= x v for all others v."""
    normals = u - others
    i, j = np.triu_indices(len(normals), 1)
    corner = np.cross(normals[i], normals[j])
    size = np.linalg.norm(corner, axis=1)
    corner = corner[size > _TINY] / size[size > _TINY, None]
    corner = np.concatenate([corner, -corner])
    corner = corner[(corner @ normals.T >= -_TINY).all(1)]
    side = np.cross(u, np.eye(3)[np.abs(u).argmin()])
    side /= np.linalg.norm(side)
    angle = np.arctan2(corner @ side, corner @ np.cross(side, u))
    corner = corner[np.argsort(angle)]
    after = np.roll(corner, -1, 0)
    # solid angles of the triangles (u, corner, after): Van Oosterom and Strackee, doi:10.1109/TBME.1983.325207
    top = np.cross(corner, after) @ u
    bottom = 1 + corner @ u + after @ u + np.sum(corner * after, 1)
    return np.abs(2 * np.arctan2(top, bottom)).sum()
