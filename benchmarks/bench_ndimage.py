"""ndimage on volumes like a CT's: a body with lungs, vessels and bone (asv suite)."""

import numpy as np

from scikit import ndimage


def phantom(n, seed=1):
    """Body, lungs with vessels, and ribs, in HU with noise; shape (n, n, n), int16."""
    rng = np.random.default_rng(seed)
    z, y, x = np.meshgrid(*[np.linspace(-1, 1, n, dtype=np.float32)] * 3, indexing="ij")
    hu = np.where((x / 0.8) ** 2 + (y / 0.6) ** 2 < 1, np.float32(40), np.float32(-1000))
    for side in (-0.35, 0.35):
        lung = ((x - side) / 0.28) ** 2 + (y / 0.4) ** 2 + (z / 0.8) ** 2 < 1
        hu[lung] = -850
        hu[lung & (np.sin(25 * x + 3 * z) * np.sin(23 * y) * np.sin(21 * z) > 0.7)] = 60
    ring = np.abs((x / 0.75) ** 2 + (y / 0.55) ** 2 - 1) < 0.06
    hu[ring & (np.sin(18 * z + 4 * y) > 0.3)] = 700
    return (hu + rng.normal(0, 25, hu.shape)).astype(np.int16)


def ball(radius):
    """Voxels within `radius` of the middle."""
    grid = np.arange(-radius, radius + 1)
    return grid[:, None, None] ** 2 + grid[:, None] ** 2 + grid**2 <= radius**2


class BinaryMorphology:
    """Erosion, dilation and what is made of them."""

    def setup(self):
        volume = phantom(256)
        self.body, self.bone = volume > -400, volume > 300
        self.turned = np.asfortranarray(self.body)
        self.small = self.body[:128, :128, :128].copy()
        self.faces = ndimage.generate_binary_structure(3, 1)
        self.full = np.ones((3, 3, 3), bool)
        self.mask = np.random.default_rng(0).random(self.body.shape) < 0.9

    def time_erosion_faces(self):
        ndimage.binary_erosion(self.body, self.faces)

    def time_erosion_faces_fortran_order(self):
        ndimage.binary_erosion(self.turned, self.faces)

    def time_dilation_full(self):
        ndimage.binary_dilation(self.bone, self.full)

    def time_dilation_faces_5_times(self):
        ndimage.binary_dilation(self.bone, self.faces, iterations=5)

    def time_dilation_masked_5_times(self):
        ndimage.binary_dilation(self.bone, self.full, iterations=5, mask=self.mask)

    def time_closing_full(self):
        ndimage.binary_closing(self.bone, self.full)

    def time_opening_ball_5(self):
        ndimage.binary_opening(self.small, ball(5))

    def time_dilation_ball_10(self):
        ndimage.binary_dilation(self.small, ball(10))

    def time_dilation_box_15(self):
        ndimage.binary_dilation(self.small, np.ones((15, 15, 15), bool))

    def time_fill_holes(self):
        ndimage.binary_fill_holes(self.body)

    def time_fill_holes_in_slices(self):
        ndimage.binary_fill_holes(self.body, axes=(1, 2))


class Label:
    """Connected components."""

    params = (["body", "bone", "noise"], [1, 3])
    param_names = ("image", "connectivity")

    def setup(self, image, connectivity):
        volume = phantom(256)
        noise = np.random.default_rng(0).random((256, 256, 256)) < 0.5
        self.image = {"body": volume > -400, "bone": volume > 300, "noise": noise}[image]
        self.structure = ndimage.generate_binary_structure(3, connectivity)

    def time_label(self, *_):
        ndimage.label(self.image, self.structure)


class Gaussian:
    """Gaussian filters."""

    params = (["float32", "float64", "int16"], [1, 3, 8])
    param_names = ("dtype", "sigma")

    def setup(self, dtype, _):
        self.image = phantom(192).astype(dtype)

    def time_gaussian_filter(self, _, sigma):
        ndimage.gaussian_filter(self.image, sigma)

    def time_gaussian_filter_two_workers(self, _, sigma):
        ndimage.gaussian_filter(self.image, sigma, workers=2)
