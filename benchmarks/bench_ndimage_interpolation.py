"""Interpolation of volumes (asv suite)."""

import numpy as np

from scikit import ndimage


def volume(n, dtype="float32"):
    """Smooth structures with noise; shape (n, n, n)."""
    rng = np.random.default_rng(1)
    z, y, x = np.meshgrid(*[np.linspace(0, 9, n)] * 3, indexing="ij")
    return (500 * np.sin(x + y) * np.cos(z) + rng.normal(0, 25, (n, n, n))).astype(dtype)


class Grid:
    """Values on grids along the axes."""

    params = (["float32", "float64", "int16"], [0, 1, 3, 5])
    param_names = ("dtype", "order")

    def setup(self, dtype, _):
        self.image = volume(128, dtype)

    def time_zoom(self, _, order):
        ndimage.zoom(self.image, 1.5, order=order)

    def time_shift(self, _, order):
        ndimage.shift(self.image, 0.4, order=order)

    def time_resample_coarser(self, _, order):
        ndimage.resample(self.image, 1, (1, 2, 2), order=order, antialias=True)


class Points:
    """Values at points that lie on no grid."""

    params = (["float32", "float64"], [0, 1, 3])
    param_names = ("dtype", "order")

    def setup(self, dtype, _):
        self.image = volume(128, dtype)
        a = np.deg2rad(10)
        turn = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        self.matrix = turn @ np.diag([1.05, 0.95, 1.02])
        self.places = np.random.default_rng(0).uniform(0, 127, (3, 500_000))

    def time_affine_transform(self, _, order):
        ndimage.affine_transform(self.image, self.matrix, order=order)

    def time_rotate(self, _, order):
        ndimage.rotate(self.image, 20, axes=(1, 2), order=order)

    def time_map_coordinates(self, _, order):
        ndimage.map_coordinates(self.image, self.places, order=order)


class Splines:
    """Samples to coefficients."""

    params = (["float32", "float64"], [3, 5])
    param_names = ("dtype", "order")

    def setup(self, dtype, _):
        self.image = volume(128, dtype)

    def time_spline_filter(self, dtype, order):
        ndimage.spline_filter(self.image, order, output=np.dtype(dtype))


class Labels:
    """Labels on another grid."""

    def setup(self):
        self.labels = (volume(128) // 100).astype(np.int32)

    def time_resample_finer(self):
        ndimage.resample(self.labels, 1, 0.7, label=True)

    def time_resample_coarser(self):
        ndimage.resample(self.labels, 1, 3, label=True, antialias=True)


class Fourier:
    """Filters of Fourier transforms."""

    params = ("gaussian", "uniform", "ellipsoid", "shift")
    param_names = ("name",)

    def setup(self, _):
        self.transform = np.fft.fftn(volume(96))

    def time_filter(self, name):
        getattr(ndimage, f"fourier_{name}")(self.transform, 2.5)
