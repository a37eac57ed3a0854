from ._area import area_closing as area_closing
from ._area import area_opening as area_opening
from ._derivatives import gaussian_gradient_magnitude as gaussian_gradient_magnitude
from ._derivatives import gaussian_laplace as gaussian_laplace
from ._derivatives import generic_gradient_magnitude as generic_gradient_magnitude
from ._derivatives import generic_laplace as generic_laplace
from ._derivatives import laplace as laplace
from ._derivatives import prewitt as prewitt
from ._derivatives import sobel as sobel
from ._distance import distance_transform_bf as distance_transform_bf
from ._distance import distance_transform_cdt as distance_transform_cdt
from ._distance import distance_transform_edt as distance_transform_edt
from ._distance import signed_distance_transform as signed_distance_transform
from ._extrema import local_maxima as local_maxima
from ._extrema import local_minima as local_minima
from ._gaussian import gaussian_filter as gaussian_filter
from ._gaussian import gaussian_filter1d as gaussian_filter1d
from ._generic import generic_filter as generic_filter
from ._generic import generic_filter1d as generic_filter1d
from ._generic import vectorized_filter as vectorized_filter
from ._grey import grey_closing as grey_closing
from ._grey import grey_dilation as grey_dilation
from ._grey import grey_erosion as grey_erosion
from ._grey import grey_opening as grey_opening
from ._grey_residues import black_tophat as black_tophat
from ._grey_residues import morphological_gradient as morphological_gradient
from ._grey_residues import morphological_laplace as morphological_laplace
from ._grey_residues import white_tophat as white_tophat
from ._hull import convex_hull_image as convex_hull_image
from ._label import label as label
from ._linear import convolve as convolve
from ._linear import convolve1d as convolve1d
from ._linear import correlate as correlate
from ._linear import correlate1d as correlate1d
from ._linear import uniform_filter as uniform_filter
from ._linear import uniform_filter1d as uniform_filter1d
from ._mesh import marching_cubes as marching_cubes
from ._morphology import binary_dilation as binary_dilation
from ._morphology import binary_erosion as binary_erosion
from ._morphology import binary_propagation as binary_propagation
from ._morphology_pairs import binary_closing as binary_closing
from ._morphology_pairs import binary_fill_holes as binary_fill_holes
from ._morphology_pairs import binary_hit_or_miss as binary_hit_or_miss
from ._morphology_pairs import binary_opening as binary_opening
from ._overlap import average_surface_distance as average_surface_distance
from ._overlap import dice as dice
from ._overlap import hausdorff_distance as hausdorff_distance
from ._overlap import hausdorff_distance_95 as hausdorff_distance_95
from ._overlap import jaccard as jaccard
from ._overlap import surface_dice as surface_dice
from ._paths import ball as ball
from ._paths import geodesic_distance as geodesic_distance
from ._paths import local_thickness as local_thickness
from ._rank import maximum_filter as maximum_filter
from ._rank import maximum_filter1d as maximum_filter1d
from ._rank import median_filter as median_filter
from ._rank import minimum_filter as minimum_filter
from ._rank import minimum_filter1d as minimum_filter1d
from ._rank import percentile_filter as percentile_filter
from ._rank import rank_filter as rank_filter
from ._reconstruction import h_maxima as h_maxima
from ._reconstruction import h_minima as h_minima
from ._reconstruction import reconstruction as reconstruction
from ._skeleton import skeletonize as skeletonize
from ._structure import generate_binary_structure as generate_binary_structure
from ._structure import iterate_structure as iterate_structure
from ._watershed import watershed as watershed

__all__ = [
    "area_closing",
    "area_opening",
    "average_surface_distance",
    "ball",
    "binary_closing",
    "binary_dilation",
    "binary_erosion",
    "binary_fill_holes",
    "binary_hit_or_miss",
    "binary_opening",
    "binary_propagation",
    "black_tophat",
    "convex_hull_image",
    "convolve",
    "convolve1d",
    "correlate",
    "correlate1d",
    "dice",
    "distance_transform_bf",
    "distance_transform_cdt",
    "distance_transform_edt",
    "gaussian_filter",
    "gaussian_filter1d",
    "gaussian_gradient_magnitude",
    "gaussian_laplace",
    "generate_binary_structure",
    "generic_filter",
    "generic_filter1d",
    "generic_gradient_magnitude",
    "generic_laplace",
    "geodesic_distance",
    "grey_closing",
    "grey_dilation",
    "grey_erosion",
    "grey_opening",
    "h_maxima",
    "h_minima",
    "hausdorff_distance",
    "hausdorff_distance_95",
    "iterate_structure",
    "jaccard",
    "label",
    "laplace",
    "local_maxima",
    "local_minima",
    "local_thickness",
    "marching_cubes",
    "maximum_filter",
    "maximum_filter1d",
    "median_filter",
    "minimum_filter",
    "minimum_filter1d",
    "morphological_gradient",
    "morphological_laplace",
    "percentile_filter",
    "prewitt",
    "rank_filter",
    "reconstruction",
    "signed_distance_transform",
    "skeletonize",
    "sobel",
    "surface_dice",
    "uniform_filter",
    "uniform_filter1d",
    "vectorized_filter",
    "watershed",
    "white_tophat",
]
