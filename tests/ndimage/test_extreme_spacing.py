"""Spacings whose squares no double holds; arguments at the ends of their domains."""

import numpy as np
import pytest

from scikit import ndimage

MASK = np.random.default_rng(0).random((7, 9)) < 0.8
LABELS = np.where(MASK, 0, 1 + np.arange(63).reshape(7, 9))


def paths(method):
    return lambda size: ndimage.geodesic_distance(MASK, LABELS == 0, spacing=size, method=method)


FUNCTIONS = {
    "edt": lambda size: ndimage.distance_transform_edt(MASK, size),
    "multilabel": lambda size: ndimage.distance_transform_edt(LABELS // 8, size, multilabel=True),
    "signed": lambda size: ndimage.signed_distance_transform(MASK, size),
    "thickness": lambda size: ndimage.local_thickness(MASK, spacing=size),
    "hausdorff": lambda size: ndimage.hausdorff_distance(MASK, MASK[::-1], size),
    "dijkstra": paths("dijkstra"),
    "fast_marching": paths("fast_marching"),
}


@pytest.mark.parametrize("unit", [1e-300, 1e-170, 1e160, 1e300])
@pytest.mark.parametrize("ratio", [1.0, 0.37])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_distances_scale_with_the_spacing(name, ratio, unit):
    call = FUNCTIONS[name]
    want = call((1.0, ratio))
    np.testing.assert_allclose(call((unit, unit * ratio)) / unit, want, rtol=1e-12)


@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_shapes_do_not_depend_on_the_unit(unit):
    np.testing.assert_array_equal(
        ndimage.ball(2.5 * unit, (unit, 0.7 * unit)), ndimage.ball(2.5, (1.0, 0.7))
    )
    found = ndimage.expand_labels(LABELS, 1.3 * unit, (unit, 0.7 * unit))
    np.testing.assert_array_equal(found, ndimage.expand_labels(LABELS, 1.3, (1.0, 0.7)))


def test_vesselness_at_the_ends_of_its_parameters():
    image = np.random.default_rng(0).standard_normal((6, 7, 8))
    for name in ("alpha", "beta", "gamma"):
        for value in (1e300, 1e-300, 5e-324):
            found = ndimage.frangi(image, [1.0], **{name: value})
            assert ((found >= 0) & (found <= 1)).all()
    # only the plates' factor is 1 with a small alpha, 0 with a large one
    assert ndimage.frangi(image, [1.0], alpha=1e-300).max() > 0
    assert not ndimage.frangi(image, [1.0], alpha=1e300).any()


@pytest.mark.parametrize("function", ["hessian_matrix", "hessian_eigenvalues", "structure_tensor"])
def test_widths_beyond_any_image(function):
    for spacing in (1e-300, 5e-324):
        with pytest.raises(ValueError, match=r"`sigma`.*`spacing`"):
            getattr(ndimage, function)(np.ones((4, 5)), spacing=spacing)


def test_resample_names_its_volume():
    with pytest.raises(RuntimeError, match="volume"):
        ndimage.resample(1.0, 1, 2)
    with pytest.raises(TypeError, match="volume"):
        ndimage.resample(["a"], 1, 2)
