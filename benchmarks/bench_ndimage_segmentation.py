"""Segmentation tools on smooth noise and on masks made of it (asv: ``asv run --bench Segmentation``)."""

from typing import ClassVar

import numpy as np

from scikit import ndimage


class Grey:
    """Algorithms on grey values."""

    params = (["uint8", "int16", "float32"], [128])
    param_names = ("dtype", "edge")

    def setup(self, dtype, edge):
        noise = np.random.default_rng(0).standard_normal((edge,) * 3)
        image = ndimage.gaussian_filter(noise, 2)
        image *= 40 / image.std()
        if dtype == "uint8":
            image = (image + 128).clip(0, 255)
        self.image = image.astype(dtype)
        self.seed = np.maximum(self.image, self.image.min() + 20) - 20
        self.markers = ndimage.label(ndimage.h_minima(self.image, 10, connectivity=1))[0]

    def time_reconstruction(self, dtype, edge):
        ndimage.reconstruction(self.seed.astype(self.image.dtype), self.image)

    def time_local_maxima(self, dtype, edge):
        ndimage.local_maxima(self.image)

    def time_h_maxima(self, dtype, edge):
        ndimage.h_maxima(self.image, 10)

    def time_area_opening(self, dtype, edge):
        ndimage.area_opening(self.image, 64)

    def time_watershed(self, dtype, edge):
        ndimage.watershed(self.image, self.markers)

    def time_watershed_line(self, dtype, edge):
        ndimage.watershed(self.image, self.markers, watershed_line=True)

    def time_watershed_compact(self, dtype, edge):
        ndimage.watershed(self.image, self.markers, compactness=10)


class Masks:
    """Algorithms on masks."""

    params: ClassVar = [96]
    param_names = ("edge",)

    def setup(self, edge):
        rng = np.random.default_rng(0)
        self.mask = ndimage.gaussian_filter(rng.standard_normal((edge,) * 3), 3) > 0
        self.plane = ndimage.gaussian_filter(rng.standard_normal((8 * edge, 8 * edge)), 5) > 0
        self.seeds = np.zeros(self.mask.shape, bool)
        self.seeds[tuple(np.argwhere(self.mask)[0])] = True

    def time_skeletonize_plane(self, edge):
        ndimage.skeletonize(self.plane)

    def time_skeletonize_volume(self, edge):
        ndimage.skeletonize(self.mask)

    def time_convex_hull(self, edge):
        ndimage.convex_hull_image(self.mask)

    def time_geodesic_distance(self, edge):
        ndimage.geodesic_distance(self.mask, self.seeds)

    def time_local_thickness(self, edge):
        ndimage.local_thickness(self.mask)
