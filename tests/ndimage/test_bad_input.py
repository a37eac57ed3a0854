"""Bad arguments of every kind, to every function: a typed error that names the argument, and nothing is changed."""

import inspect

import numpy as np
import pytest

import scikit.ndimage as ndimage

IMAGE = np.arange(30.0).reshape(5, 6)
MASK = IMAGE % 3 > 0
LABELS = (np.arange(30).reshape(5, 6) // 7).astype(np.int32)
VOLUME = np.arange(60.0).reshape(3, 4, 5)


def second(input, axis, output, mode, cval):
    return ndimage.correlate1d(input, [1, -2, 1], axis, output, mode, cval)


def number_of(values, places=None):
    return len(values)


def rise(line, result):
    result[...] = line[1:] - line[:-1]


#: A call of each function that succeeds; the first argument is the image.
CALLS = {
    "area_closing": {"image": LABELS, "area_threshold": 3},
    "area_opening": {"image": LABELS, "area_threshold": 3},
    "ball": {"radius": 2.0},
    "convex_hull_image": {"image": MASK},
    "geodesic_distance": {"cost": np.ones((5, 6)), "seeds": MASK},
    "h_maxima": {"image": LABELS, "h": 1},
    "h_minima": {"image": LABELS, "h": 1},
    "local_maxima": {"image": LABELS},
    "local_minima": {"image": LABELS},
    "local_thickness": {"mask": MASK},
    "reconstruction": {"seed": IMAGE - 1, "mask": IMAGE},
    "skeletonize": {"image": MASK},
    "watershed": {"image": LABELS},
    "affine_transform": {"input": IMAGE, "matrix": np.eye(2)},
    "average_surface_distance": {"a": MASK, "b": ~MASK},
    "binary_closing": {"input": MASK},
    "binary_dilation": {"input": MASK},
    "binary_erosion": {"input": MASK},
    "binary_fill_holes": {"input": MASK},
    "binary_hit_or_miss": {"input": MASK},
    "binary_opening": {"input": MASK},
    "binary_propagation": {"input": MASK},
    "black_tophat": {"input": IMAGE, "size": 3},
    "center_of_mass": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "clear_border": {"labels": LABELS},
    "convolve": {"input": IMAGE, "weights": np.ones((3, 3))},
    "convolve1d": {"input": IMAGE, "weights": [1, 2, 1]},
    "correlate": {"input": IMAGE, "weights": np.ones((3, 3))},
    "correlate1d": {"input": IMAGE, "weights": [1, 2, 1]},
    "dice": {"a": MASK, "b": ~MASK},
    "distance_transform_bf": {"input": MASK},
    "distance_transform_cdt": {"input": MASK},
    "distance_transform_edt": {"input": MASK},
    "expand_labels": {"labels": LABELS},
    "extrema": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "find_boundaries": {"labels": LABELS},
    "find_objects": {"input": LABELS},
    "fourier_ellipsoid": {"input": IMAGE, "size": 2.0},
    "fourier_gaussian": {"input": IMAGE, "sigma": 2.0},
    "fourier_shift": {"input": IMAGE, "shift": 2.0},
    "fourier_uniform": {"input": IMAGE, "size": 2.0},
    "frangi": {"image": IMAGE},
    "gaussian_filter": {"input": IMAGE, "sigma": 1.0},
    "gaussian_filter1d": {"input": IMAGE, "sigma": 1.0},
    "gaussian_gradient_magnitude": {"input": IMAGE, "sigma": 1.0},
    "gaussian_laplace": {"input": IMAGE, "sigma": 1.0},
    "generic_filter": {"input": IMAGE, "function": np.sum, "size": 2},
    "generic_filter1d": {"input": IMAGE, "function": rise, "filter_size": 2},
    "generic_gradient_magnitude": {"input": IMAGE, "derivative": ndimage.sobel},
    "generic_laplace": {"input": IMAGE, "derivative2": second},
    "geometric_transform": {"input": IMAGE, "mapping": lambda p: p[:2]},
    "grey_closing": {"input": IMAGE, "size": 3},
    "grey_dilation": {"input": IMAGE, "size": 3},
    "grey_erosion": {"input": IMAGE, "size": 3},
    "grey_opening": {"input": IMAGE, "size": 3},
    "hausdorff_distance": {"a": MASK, "b": ~MASK},
    "hausdorff_distance_95": {"a": MASK, "b": ~MASK},
    "hessian_eigenvalues": {"image": IMAGE},
    "hessian_matrix": {"image": IMAGE},
    "histogram": {"input": IMAGE, "min": 0, "max": 9, "bins": 3, "labels": LABELS, "index": [1, 2]},
    "jaccard": {"a": MASK, "b": ~MASK},
    "label": {"input": MASK},
    "label_closing": {"labels": LABELS},
    "label_dilation": {"labels": LABELS},
    "label_erosion": {"labels": LABELS},
    "label_opening": {"labels": LABELS},
    "label_statistics": {"labels": LABELS, "image": IMAGE},
    "labeled_comprehension": {
        "input": IMAGE,
        "labels": LABELS,
        "index": [1, 2],
        "func": number_of,
        "out_dtype": int,
        "default": 0,
    },
    "laplace": {"input": IMAGE},
    "largest_components": {"labels": LABELS},
    "map_coordinates": {"input": IMAGE, "coordinates": [[1.0], [2.5]]},
    "marching_cubes": {"volume": VOLUME},
    "maximum": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "maximum_filter": {"input": IMAGE, "size": 3},
    "maximum_filter1d": {"input": IMAGE, "size": 3},
    "maximum_position": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "mean": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "median": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "median_filter": {"input": IMAGE, "size": 3},
    "minimum": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "minimum_filter": {"input": IMAGE, "size": 3},
    "minimum_filter1d": {"input": IMAGE, "size": 3},
    "minimum_position": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "morphological_gradient": {"input": IMAGE, "size": 3},
    "morphological_laplace": {"input": IMAGE, "size": 3},
    "percentile_filter": {"input": IMAGE, "percentile": 30, "size": 3},
    "prewitt": {"input": IMAGE},
    "rank_filter": {"input": IMAGE, "rank": 2, "size": 3},
    "region_adjacency": {"labels": LABELS},
    "relabel_sequential": {"labels": LABELS},
    "remove_small_holes": {"mask": MASK},
    "remove_small_objects": {"image": LABELS},
    "resample": {"volume": IMAGE, "spacing": 1.0, "new_spacing": 2.0},
    "rotate": {"input": IMAGE, "angle": 30.0},
    "shift": {"input": IMAGE, "shift": 0.5},
    "signed_distance_transform": {"input": MASK},
    "sobel": {"input": IMAGE},
    "spline_filter": {"input": IMAGE},
    "spline_filter1d": {"input": IMAGE},
    "standard_deviation": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "structure_tensor": {"image": IMAGE},
    "sum": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "sum_labels": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "surface_dice": {"a": MASK, "b": ~MASK, "tolerance": 1.0},
    "uniform_filter": {"input": IMAGE},
    "uniform_filter1d": {"input": IMAGE, "size": 3},
    "value_indices": {"arr": LABELS},
    "variance": {"input": IMAGE, "labels": LABELS, "index": [1, 2]},
    "vectorized_filter": {"input": IMAGE, "function": np.sum, "size": 3},
    "watershed_ift": {"input": LABELS.astype(np.uint8), "markers": LABELS},
    "white_tophat": {"input": IMAGE, "size": 3},
    "zoom": {"input": IMAGE, "zoom": 1.5},
}
HUGE = 10**30


def nasty_values():
    """New ones for every test: the arrays among them are written to where they are taken for an `output`."""
    return [
        None,
        "text",
        b"bytes",
        object(),
        [],
        {},
        [[1, 2], [3]],
        np.nan,
        np.inf,
        -np.inf,
        -1,
        0,
        HUGE,
        -HUGE,
        1.5,
        1 + 2j,
        np.ones(0),
        np.ones((2, 2, 2, 2)),
        np.ones((0, 3)),
        np.array("x"),
        np.array([None, 1]),
        np.ones(3, "M8[s]"),
        np.full((3, 3), np.nan),
        (1, 2, 3, 4, 5),
        lambda *_args, **_kwargs: None,
        np.zeros(3, [("a", int)]),
    ]


ERRORS = (TypeError, ValueError, RuntimeError, OverflowError, MemoryError)


def refusal(function, arguments):
    try:
        function(**arguments)
    except ERRORS as error:
        return error
    return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CALLS)
def test_nasty_arguments_are_refused_or_taken(name):
    """No other exception than a typed one whose text says which argument, and no change of the image."""
    function, call = getattr(ndimage, name), CALLS[name]
    function(**call)
    first = next(iter(call))
    for argument in inspect.signature(function).parameters:
        if argument in ("kwargs", "progress"):
            continue
        for value in nasty_values():
            arguments = call | {argument: value}
            before = np.array(call[first])
            error = refusal(function, arguments)
            # what a user's function does with its arguments is its own affair
            own = argument in (
                "function",
                "derivative",
                "derivative2",
                "func",
                "mapping",
            ) or argument.startswith("extra_")
            # structure1 is a `structure`, gradient_sigma a `sigma`; the image may not fit anything else
            named = argument.rpartition("_")[2].rstrip("s12")
            if error is not None and not own and argument != first:
                assert named in str(error), (argument, value, type(error), str(error))
            np.testing.assert_array_equal(call[first], before)


def test_every_function_is_called_here():
    """A new function must be added above, or to the tests of bad arguments beside its own."""
    elsewhere = {"generate_binary_structure", "iterate_structure", "Resampled"}
    assert set(ndimage.__all__) - set(CALLS) - elsewhere == set()


WITH_WORKERS = [
    name for name in CALLS if "workers" in inspect.signature(getattr(ndimage, name)).parameters
]


@pytest.mark.parametrize("name", WITH_WORKERS)
def test_threads_change_no_bit_and_bad_numbers_of_them_are_refused(name):
    function = getattr(ndimage, name)
    one, three = (function(**CALLS[name], workers=n) for n in (1, 3))
    np.testing.assert_equal(three, one)
    for bad, error in (
        (0, ValueError),
        ("two", TypeError),
        (1.5, TypeError),
        (-(10**6), ValueError),
    ):
        with pytest.raises(error, match="`workers`"):
            function(**CALLS[name], workers=bad)
