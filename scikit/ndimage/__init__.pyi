from ._area import area_closing as area_closing
from ._area import area_opening as area_opening
from ._boundaries import expand_labels as expand_labels
from ._boundaries import find_boundaries as find_boundaries
from ._boundaries import region_adjacency as region_adjacency
from ._components import clear_border as clear_border
from ._components import largest_components as largest_components
from ._components import relabel_sequential as relabel_sequential
from ._components import remove_small_holes as remove_small_holes
from ._components import remove_small_objects as remove_small_objects
from ._derivatives import gaussian_gradient_magnitude as gaussian_gradient_magnitude
from ._derivatives import gaussian_laplace as gaussian_laplace
from ._derivatives import generic_gradient_magnitude as generic_gradient_magnitude
from ._derivatives import generic_laplace as generic_laplace
from ._derivatives import laplace as laplace
from ._derivatives import prewitt as prewitt
from ._derivatives import sobel as sobel
from ._distance import distance_transform_edt as distance_transform_edt
from ._distance import signed_distance_transform as signed_distance_transform
from ._distance_steps import distance_transform_bf as distance_transform_bf
from ._distance_steps import distance_transform_cdt as distance_transform_cdt
from ._fourier import fourier_ellipsoid as fourier_ellipsoid
from ._fourier import fourier_gaussian as fourier_gaussian
from ._fourier import fourier_shift as fourier_shift
from ._fourier import fourier_uniform as fourier_uniform
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
from ._hessian import frangi as frangi
from ._hessian import hessian_eigenvalues as hessian_eigenvalues
from ._hessian import hessian_matrix as hessian_matrix
from ._hessian import structure_tensor as structure_tensor
from ._hull import convex_hull_image as convex_hull_image
from ._interpolation import affine_transform as affine_transform
from ._interpolation import geometric_transform as geometric_transform
from ._interpolation import map_coordinates as map_coordinates
from ._label import label as label
from ._label_extrema import extrema as extrema
from ._label_extrema import maximum as maximum
from ._label_extrema import maximum_position as maximum_position
from ._label_extrema import median as median
from ._label_extrema import minimum as minimum
from ._label_extrema import minimum_position as minimum_position
from ._label_morphology import label_closing as label_closing
from ._label_morphology import label_dilation as label_dilation
from ._label_morphology import label_erosion as label_erosion
from ._label_morphology import label_opening as label_opening
from ._linear import convolve as convolve
from ._linear import convolve1d as convolve1d
from ._linear import correlate as correlate
from ._linear import correlate1d as correlate1d
from ._linear import uniform_filter as uniform_filter
from ._linear import uniform_filter1d as uniform_filter1d
from ._local_extrema import local_maxima as local_maxima
from ._local_extrema import local_minima as local_minima
from ._measurements import center_of_mass as center_of_mass
from ._measurements import mean as mean
from ._measurements import standard_deviation as standard_deviation
from ._measurements import sum as sum
from ._measurements import sum_labels as sum_labels
from ._measurements import variance as variance
from ._mesh import marching_cubes as marching_cubes
from ._minimum_maximum import maximum_filter as maximum_filter
from ._minimum_maximum import maximum_filter1d as maximum_filter1d
from ._minimum_maximum import minimum_filter as minimum_filter
from ._minimum_maximum import minimum_filter1d as minimum_filter1d
from ._morphology import binary_dilation as binary_dilation
from ._morphology import binary_erosion as binary_erosion
from ._morphology import binary_propagation as binary_propagation
from ._morphology_pairs import binary_closing as binary_closing
from ._morphology_pairs import binary_fill_holes as binary_fill_holes
from ._morphology_pairs import binary_hit_or_miss as binary_hit_or_miss
from ._morphology_pairs import binary_opening as binary_opening
from ._objects import find_objects as find_objects
from ._objects import histogram as histogram
from ._objects import labeled_comprehension as labeled_comprehension
from ._objects import value_indices as value_indices
from ._overlap import average_surface_distance as average_surface_distance
from ._overlap import dice as dice
from ._overlap import hausdorff_distance as hausdorff_distance
from ._overlap import hausdorff_distance_95 as hausdorff_distance_95
from ._overlap import jaccard as jaccard
from ._overlap import surface_dice as surface_dice
from ._paths import geodesic_distance as geodesic_distance
from ._rank import median_filter as median_filter
from ._rank import percentile_filter as percentile_filter
from ._rank import rank_filter as rank_filter
from ._reconstruction import h_maxima as h_maxima
from ._reconstruction import h_minima as h_minima
from ._reconstruction import reconstruction as reconstruction
from ._resample import resample as resample
from ._resize import rotate as rotate
from ._resize import shift as shift
from ._resize import zoom as zoom
from ._skeleton import skeletonize as skeletonize
from ._splines import spline_filter as spline_filter
from ._splines import spline_filter1d as spline_filter1d
from ._statistics import label_statistics as label_statistics
from ._structure import ball as ball
from ._structure import generate_binary_structure as generate_binary_structure
from ._structure import iterate_structure as iterate_structure
from ._thickness import local_thickness as local_thickness
from ._watershed import watershed as watershed
from ._watershed_ift import watershed_ift as watershed_ift

__all__ = [
    "affine_transform",
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
    "center_of_mass",
    "clear_border",
    "convex_hull_image",
    "convolve",
    "convolve1d",
    "correlate",
    "correlate1d",
    "dice",
    "distance_transform_bf",
    "distance_transform_cdt",
    "distance_transform_edt",
    "expand_labels",
    "extrema",
    "find_boundaries",
    "find_objects",
    "fourier_ellipsoid",
    "fourier_gaussian",
    "fourier_shift",
    "fourier_uniform",
    "frangi",
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
    "geometric_transform",
    "grey_closing",
    "grey_dilation",
    "grey_erosion",
    "grey_opening",
    "h_maxima",
    "h_minima",
    "hausdorff_distance",
    "hausdorff_distance_95",
    "hessian_eigenvalues",
    "hessian_matrix",
    "histogram",
    "iterate_structure",
    "jaccard",
    "label",
    "label_closing",
    "label_dilation",
    "label_erosion",
    "label_opening",
    "label_statistics",
    "labeled_comprehension",
    "laplace",
    "largest_components",
    "local_maxima",
    "local_minima",
    "local_thickness",
    "map_coordinates",
    "marching_cubes",
    "maximum",
    "maximum_filter",
    "maximum_filter1d",
    "maximum_position",
    "mean",
    "median",
    "median_filter",
    "minimum",
    "minimum_filter",
    "minimum_filter1d",
    "minimum_position",
    "morphological_gradient",
    "morphological_laplace",
    "percentile_filter",
    "prewitt",
    "rank_filter",
    "reconstruction",
    "region_adjacency",
    "relabel_sequential",
    "remove_small_holes",
    "remove_small_objects",
    "resample",
    "rotate",
    "shift",
    "signed_distance_transform",
    "skeletonize",
    "sobel",
    "spline_filter",
    "spline_filter1d",
    "standard_deviation",
    "structure_tensor",
    "sum",
    "sum_labels",
    "surface_dice",
    "uniform_filter",
    "uniform_filter1d",
    "value_indices",
    "variance",
    "vectorized_filter",
    "watershed",
    "watershed_ift",
    "white_tophat",
    "zoom",
]
