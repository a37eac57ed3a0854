"""The Shepp-Logan head with the tissues of MRI: spins, and its transform in closed form."""

import numpy as np

from scikit._core._arrays import as_array
from scikit.mri._phantom import Phantom
from scikit.mri._rf import real_number

# T1 = A B0**C in s (B0 in T), or T1 itself where C is 0; T2 in s. Gach, Tanase, Boada 2008, table 2.
TISSUES = {
    "scalp": (0.324, 0.137, 0.07),
    "marrow": (0.533, 0.088, 0.05),
    "csf": (4.2, 0.0, 1.99),
    "gray matter": (0.857, 0.376, 0.1),
    "white matter": (0.583, 0.382, 0.08),
    "tumor": (0.926, 0.217, 0.1),
}

# Center and half axes in units of half the head's frame, angle in degrees, density, tissue; the ellipsoid
# that each one lies in (its material is taken away there) is the one before for the first four and the
# fourth for all others. Ibid., table 1.
ELLIPSOIDS = [
    ((0, 0, 0), (0.72, 0.95, 0.93), 0, 0.8, "scalp"),
    ((0, 0, 0), (0.69, 0.92, 0.9), 0, 0.12, "marrow"),
    ((0, -0.0184, 0), (0.6624, 0.874, 0.88), 0, 0.98, "csf"),
    ((0, -0.0184, 0), (0.6524, 0.864, 0.87), 0, 0.745, "gray matter"),
    ((-0.22, 0, -0.25), (0.41, 0.16, 0.21), -72, 0.98, "csf"),
    ((0.22, 0, -0.25), (0.31, 0.11, 0.22), 72, 0.98, "csf"),
    ((0, 0.35, -0.25), (0.21, 0.25, 0.35), 0, 0.617, "white matter"),
    ((0, 0.1, -0.25), (0.046, 0.046, 0.046), 0, 0.95, "tumor"),
    ((-0.08, -0.605, -0.25), (0.046, 0.023, 0.02), 0, 0.95, "tumor"),
    ((0.06, -0.605, -0.25), (0.046, 0.023, 0.02), -90, 0.95, "tumor"),
    ((0, -0.1, -0.25), (0.046, 0.046, 0.046), 0, 0.95, "tumor"),
    ((0, -0.605, -0.25), (0.023, 0.023, 0.023), 0, 0.95, "tumor"),
    ((0.06, -0.105, 0.0625), (0.056, 0.04, 0.1), -90, 0.93, "tumor"),
    ((0, 0.1, 0.625), (0.056, 0.056, 0.1), 0, 0.98, "csf"),
]
#: The plane of the well-known picture, in the same units.
PLANE = -0.25


def _added_density(i):
    """What the ellipsoid adds to the density of the one it lies in."""
    return ELLIPSOIDS[i][3] - (ELLIPSOIDS[min(i - 1, 3)][3] if i else 0.0)


def _turned(vectors, degrees):
    """(n, 3) vectors in the frame of an ellipsoid turned about z."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    x, y, z = vectors.T
    return np.stack([c * x + s * y, -s * x + c * y, z], axis=1)


def _vector(value, name, n, *, low=None):
    array = as_array(value, name, np.float64, ndim=(0, 1), finite=True)
    if array.ndim == 1 and array.shape != (n,):
        raise ValueError(f"`{name}` must be a number or {n} numbers, not {array.size}")
    if low is not None and np.any(array <= low):
        raise ValueError(f"`{name}` must be above {low:g}")
    return np.array(np.broadcast_to(array, (n,)))


def shepp_logan(
    matrix=(128, 128, 1),
    fov=(0.256, 0.256, 0.005),
    *,
    b0=3.0,
    size=0.12,
    center=None,
    spins_per_voxel=1,
    seed=None,
):
    """The three-dimensional Shepp-Logan head for MRI, as spins on a grid.

    Parameters
    ----------
    matrix : (nx, ny) or (nx, ny, nz)
        Voxels in x, y, z.
    fov : float, or (3,) array_like
        Extent of the grid, m.
    b0 : float
        Field strength for T1, tesla.
    size : float
        Half the side of the cube that the head is defined in, m; the head is 1.9 times as long.
    center : (3,) array_like, optional
        The point of the head, m from its middle, that lies in the middle of the grid. By default in the
        plane of the well-known picture, a quarter of `size` below the middle.
    spins_per_voxel : int
        Spins that a voxel's density is shared among.
    seed : int, optional
        With a seed, spins lie at random places of their voxels (the same for the same seed), which keeps
        spoiled magnetization from coming back; without, in the middle of the voxel, or spread
        evenly if there are several.

    Returns
    -------
    Phantom
        The spins with a density; `rho` is the density over `spins_per_voxel`.

    Raises
    ------
    TypeError, ValueError
        If a parameter is of the wrong type, shape or sign, or no spin is inside the head.

    Notes
    -----
    Where ellipsoids overlap, densities add as in the reference; T1 and T2 are those of the last one.

    References
    ----------
    .. [1] Gach HM, Tanase C, Boada F. 2D & 3D Shepp-Logan phantom standards for MRI. 19th Int Conf on
           Systems Engineering 2008, 521. :doi:`10.1109/ICSEng.2008.15`

    Examples
    --------
    >>> from scikit import mri
    >>> mri.shepp_logan((64, 64), b0=1.5)
    Phantom(1795 spins)
    """
    shape = as_array(matrix, "matrix", np.int64, ndim=1)
    if shape.size not in (2, 3) or np.any(shape < 1) or np.prod(shape.astype(float)) > 2**31:
        raise ValueError(
            f"`matrix` must hold two or three positive counts, not {tuple(shape.tolist())}"
        )
    shape = np.append(shape, 1)[:3]
    extent = _vector(fov, "fov", 3, low=0.0)
    b0 = real_number(b0, "b0", low=0.0, strict=True)
    size = real_number(size, "size", low=0.0, strict=True)
    middle = np.array([0.0, 0.0, PLANE * size]) if center is None else _vector(center, "center", 3)
    if not isinstance(spins_per_voxel, int | np.integer) or not 1 <= spins_per_voxel <= 10**6:
        raise ValueError(f"`spins_per_voxel` must be a positive int, not {spins_per_voxel!r}")
    rng = None if seed is None else np.random.default_rng(seed)
    axes = [
        (np.arange(n) - (n // 2 if n > 1 else 0)) / n * e
        for n, e in zip(shape, extent, strict=True)
    ]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    voxel = extent / shape
    # A Kronecker sequence of the plastic number's powers spreads any count of points evenly.
    spread = (
        0.5
        + np.arange(spins_per_voxel)[:, None] * np.array([0.8191725134, 0.6710436067, 0.5497004779])
    ) % 1.0
    parts = []
    for i in range(spins_per_voxel):
        shift = spread[i] if rng is None else rng.random((len(grid), 3))
        parts.append(_inside(grid + (shift - 0.5) * voxel, middle, size, b0))
    position, rho, t1, t2 = (np.concatenate(x) for x in zip(*parts, strict=True))
    if len(position) == 0:
        raise ValueError("no spin is inside the head: `fov` and `center` miss it")
    return Phantom(position, rho / spins_per_voxel, t1, t2)


def _inside(points, middle, size, b0):
    """Places, density, T1 and T2 of the points that hold tissue."""
    rho, t1, t2 = np.zeros((3, len(points)))
    for i, (center, half, degrees, _, tissue) in enumerate(ELLIPSOIDS):
        own = _turned((points + middle) / size - center, degrees) / half
        within = np.einsum("ij,ij->i", own, own) <= 1
        a, c, decay = TISSUES[tissue]
        rho[within] += _added_density(i)
        t1[within], t2[within] = a * b0**c, decay
    keep = rho > 0
    return points[keep], rho[keep], t1[keep], t2[keep]


def shepp_logan_kspace(k, *, size=0.12, center=None):
    """The Fourier transform of the density of the Shepp-Logan head, in closed form.

    Parameters
    ----------
    k : (..., 3) array_like
        1/m.
    size : float
        As for `shepp_logan`.
    center : (3,) array_like, optional
        As for `shepp_logan`.

    Returns
    -------
    (...) complex128
        Integral of the density times exp(-2 pi i k.r), m^3.

    Raises
    ------
    TypeError, ValueError
        If a parameter is of the wrong type or shape, or not finite.

    Notes
    -----
    An ellipsoid is a ball in stretched coordinates; the transform of the ball is
    ``4 pi (sin u - u cos u) / u^3``, ``u = 2 pi |k|`` [1]_.

    References
    ----------
    .. [1] Koay CG, Sarlls JE, Ozarslan E. Three-dimensional analytical magnetic resonance imaging phantom
           in the Fourier domain. Magn Reson Med 2007;58:430. :doi:`10.1002/mrm.21292`

    Examples
    --------
    >>> from scikit import mri
    >>> volume = mri.shepp_logan_kspace([0, 0, 0])  # density times m^3
    >>> round(float(volume.real) * 1e3, 2)
    3.23
    """
    k = as_array(k, "k", np.float64, finite=True)
    if k.ndim == 0 or k.shape[-1] != 3:
        raise ValueError(f"`k` must have shape (..., 3), not {k.shape}")
    size = real_number(size, "size", low=0.0, strict=True)
    middle = np.array([0.0, 0.0, PLANE * size]) if center is None else _vector(center, "center", 3)
    flat = k.reshape(-1, 3)
    total = np.zeros(len(flat), np.complex128)
    for i, (place, half, degrees, _, _) in enumerate(ELLIPSOIDS):
        axes = np.array(half) * size
        u = 2 * np.pi * np.linalg.norm(_turned(flat, degrees) * axes, axis=1)
        small = u < 1e-2
        v = np.where(small, 1.0, u)
        # Near 0 the difference cancels; the series' next term is below 1e-16 there.
        ball = np.where(small, 1 / 3 - u**2 / 30 + u**4 / 840, (np.sin(v) - v * np.cos(v)) / v**3)
        shift = np.exp(-2j * np.pi * (flat @ (np.array(place) * size - middle)))
        total += _added_density(i) * 4 * np.pi * np.prod(axes) * ball * shift
    return total.reshape(k.shape[:-1])
