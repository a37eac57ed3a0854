"""ndimage's measurements and tools for label images (asv suite)."""

import numpy as np
from bench_ndimage import phantom

from scikit import ndimage


class Measurements:
    """Values of a CT-like volume in the components of its bones."""

    params = ("int16", "float32", "float64")
    param_names = ("dtype",)

    def setup(self, dtype):
        volume = phantom(256)
        self.values = volume.astype(dtype)
        self.labels, count = ndimage.label(volume > 300)
        self.index = np.arange(1, count + 1)

    def time_sum_labels(self, dtype):
        ndimage.sum_labels(self.values, self.labels, self.index)

    def time_standard_deviation(self, dtype):
        ndimage.standard_deviation(self.values, self.labels, self.index)

    def time_extrema(self, dtype):
        ndimage.extrema(self.values, self.labels, self.index)

    def time_median(self, dtype):
        ndimage.median(self.values, self.labels, self.index)

    def time_center_of_mass(self, dtype):
        ndimage.center_of_mass(self.values, self.labels, self.index)


class LabelImages:
    """300 labels in blocks of 16 voxels, with background between them."""

    def setup(self):
        rng = np.random.default_rng(0)
        blocks = rng.integers(0, 300, (16, 16, 16))
        self.labels = np.kron(blocks, np.ones((16, 16, 16), int)).astype(np.int32)
        self.volume = phantom(256)
        self.labels[self.volume < -900] = 0
        self.noise = rng.integers(0, 1000, (128, 128, 128)).astype(np.int32)
        self.full = np.ones((3, 3, 3), bool)

    def time_find_objects(self):
        ndimage.find_objects(self.labels)

    def time_value_indices(self):
        ndimage.value_indices(self.labels, ignore_value=0)

    def time_sum_labels_noise(self):
        ndimage.sum_labels(self.noise, self.noise, np.arange(1000))

    def time_label_multilabel_faces(self):
        ndimage.label(self.labels, multilabel=True)

    def time_label_multilabel_full(self):
        ndimage.label(self.labels, self.full, multilabel=True)

    def time_label_statistics(self):
        ndimage.label_statistics(self.labels)

    def time_label_statistics_of_image(self):
        ndimage.label_statistics(self.labels, self.volume)

    def time_surface_area(self):
        ndimage.label_statistics(self.labels, properties="surface_area")

    def time_region_adjacency_faces(self):
        ndimage.region_adjacency(self.labels)

    def time_region_adjacency_full(self):
        ndimage.region_adjacency(self.labels, 3)

    def time_label_erosion(self):
        ndimage.label_erosion(self.labels, self.full)

    def time_label_dilation(self):
        ndimage.label_dilation(self.labels, self.full)

    def time_expand_labels(self):
        ndimage.expand_labels(self.labels, 3)

    def time_find_boundaries(self):
        ndimage.find_boundaries(self.labels)

    def time_largest_components(self):
        ndimage.largest_components(self.volume > 300)

    def time_remove_small_objects(self):
        ndimage.remove_small_objects(self.volume > 300)

    def time_clear_border(self):
        ndimage.clear_border(self.labels)

    def time_relabel_sequential(self):
        ndimage.relabel_sequential(self.labels)


class Watershed:
    """Sixty markers on a smooth gradient image."""

    def setup(self):
        volume = ndimage.gaussian_filter(phantom(128).astype(np.float32), 1)
        steepness = ndimage.gaussian_gradient_magnitude(volume, 1)
        self.image = np.clip(steepness, 0, 255).astype(np.uint8)
        rng = np.random.default_rng(0)
        self.markers = np.zeros(self.image.shape, np.int32)
        self.markers[tuple(rng.integers(0, 128, (3, 60)))] = np.arange(1, 61)

    def time_watershed_ift(self):
        ndimage.watershed_ift(self.image, self.markers)
