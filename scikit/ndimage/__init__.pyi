from ._gaussian import gaussian_filter as gaussian_filter
from ._gaussian import gaussian_filter1d as gaussian_filter1d
from ._label import label as label
from ._morphology import binary_dilation as binary_dilation
from ._morphology import binary_erosion as binary_erosion
from ._morphology import binary_propagation as binary_propagation
from ._morphology_pairs import binary_closing as binary_closing
from ._morphology_pairs import binary_fill_holes as binary_fill_holes
from ._morphology_pairs import binary_hit_or_miss as binary_hit_or_miss
from ._morphology_pairs import binary_opening as binary_opening
from ._structure import generate_binary_structure as generate_binary_structure
from ._structure import iterate_structure as iterate_structure

__all__ = [
    "binary_closing",
    "binary_dilation",
    "binary_erosion",
    "binary_fill_holes",
    "binary_hit_or_miss",
    "binary_opening",
    "binary_propagation",
    "gaussian_filter",
    "gaussian_filter1d",
    "generate_binary_structure",
    "iterate_structure",
    "label",
]
