"""Second derivatives and what is made of them."""

import itertools

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage


@pytest.mark.parametrize("shape", [(40,), (17, 20), (11, 12, 13), (5, 6, 7, 8)])
@pytest.mark.parametrize("mode", ["reflect", "constant"])
def test_hessian_is_made_of_gaussian_derivatives(shape, mode):
    image = np.random.default_rng(0).normal(size=shape)
    sigma = np.linspace(0.8, 1.4, len(shape))
    spacing = np.linspace(1, 2, len(shape))
    ours = ndimage.hessian_matrix(image, sigma, spacing=spacing, mode=mode, cval=0.5)
    pairs = itertools.combinations_with_replacement(range(len(shape)), 2)
    for element, (i, j) in zip(ours, pairs, strict=True):
        order = [(k == i) + (k == j) for k in range(len(shape))]
        theirs = scipy.ndimage.gaussian_filter(
            image, sigma / spacing, order, mode=mode, cval=0.5, truncate=5
        )
        np.testing.assert_allclose(
            element, theirs / spacing[i] / spacing[j], rtol=1e-12, atol=1e-14
        )


@settings(max_examples=30, deadline=None)
@given(coefficients=st.lists(st.floats(-3, 3), min_size=6, max_size=6))
def test_hessian_of_a_quadric(coefficients):
    z, y, x = np.mgrid[-12:13, -12:13, -12:13].astype(float)
    a, b, c, d, e, f = coefficients
    image = a * z * z / 2 + b * z * y + c * z * x + d * y * y / 2 + e * y * x + f * x * x / 2
    found = ndimage.hessian_matrix(image, 2.0)[:, 12, 12, 12]
    np.testing.assert_allclose(found, coefficients, atol=1e-3)
    matrix = np.array([[a, b, c], [b, d, e], [c, e, f]])
    values = ndimage.hessian_eigenvalues(image, 2.0)[:, 12, 12, 12]
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrix)[::-1], atol=2e-3)


def test_units_do_not_matter():
    """The same field sampled with two spacings has the same derivatives per mm."""
    fine, coarse = (np.arange(-40, 40.01, step) for step in (0.5, 1.0))
    bumps = [np.exp(-(axis**2) / 200) for axis in (fine, coarse)]
    ours = [
        ndimage.hessian_matrix(bump, 4.0, spacing=step)[0][len(bump) // 2]
        for bump, step in zip(bumps, (0.5, 1.0), strict=True)
    ]
    np.testing.assert_allclose(*ours, rtol=1e-4)
    # exp(-x^2 / 2 s^2) smoothed with sigma has the variance s^2 + sigma^2
    np.testing.assert_allclose(ours[0], -10 / (100 + 16) ** 1.5, rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ndim", [1, 2, 3, 4])
def test_eigenvalues_by_numpy(ndim, dtype):
    image = np.random.default_rng(1).normal(size=(6,) * ndim).astype(dtype)
    elements = ndimage.hessian_matrix(image)
    values = ndimage.hessian_eigenvalues(image)
    matrices = np.empty((*image.shape, ndim, ndim))
    for element, (i, j) in zip(elements, zip(*np.triu_indices(ndim), strict=True), strict=True):
        matrices[..., i, j] = matrices[..., j, i] = element
    expected = np.moveaxis(np.linalg.eigvalsh(matrices)[..., ::-1], -1, 0)
    assert values.dtype == dtype
    np.testing.assert_allclose(values, expected, atol=100 * np.finfo(dtype).eps)


def test_structure_tensor_by_definition():
    image = np.random.default_rng(2).normal(size=(14, 15, 16))
    spacing = (2.0, 1.0, 0.5)
    ours = ndimage.structure_tensor(image, 3.0, gradient_sigma=2.0, spacing=spacing)
    inner = [2 / s for s in spacing]
    slopes = [
        scipy.ndimage.gaussian_filter(image, inner, np.eye(3, dtype=int)[k], truncate=5)
        / spacing[k]
        for k in range(3)
    ]
    pairs = itertools.combinations_with_replacement(range(3), 2)
    for element, (i, j) in zip(ours, pairs, strict=True):
        theirs = scipy.ndimage.gaussian_filter(slopes[i] * slopes[j], [3 / s for s in spacing])
        np.testing.assert_allclose(element, theirs, rtol=1e-11, atol=1e-13)


def frangi_by_definition(values, gamma, alpha=0.5, beta=0.5):
    """Equations 11 to 15 for the eigenvalues of one voxel."""
    values = sorted(values, key=abs)
    if any(v >= 0 for v in values[1:]):
        return 0.0
    norm = np.sqrt(sum(v * v for v in values))
    result = 1 - np.exp(-(norm**2) / (2 * gamma**2))
    if len(values) == 3:
        result *= 1 - np.exp(-((values[1] / values[2]) ** 2) / (2 * alpha**2))
        blob = abs(values[0]) / np.sqrt(values[1] * values[2])
    else:
        blob = abs(values[0] / values[1])
    return result * np.exp(-(blob**2) / (2 * beta**2))


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("black", [False, True])
def test_frangi_by_definition(ndim, black):
    image = np.random.default_rng(3).normal(size=(8,) * ndim)
    expected = np.zeros(image.shape)
    for sigma in (1.0, 2.0):
        values = ndimage.hessian_eigenvalues(image, sigma) * sigma**2 * (-1 if black else 1)
        one = [frangi_by_definition(v, 0.3) for v in values.reshape(ndim, -1).T]
        expected = np.maximum(expected, np.reshape(one, image.shape))
    ours = ndimage.frangi(image, (1.0, 2.0), gamma=0.3, black_ridges=black)
    np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-14)


def test_frangi_finds_a_tube_and_not_a_ball_or_a_plate():
    z, y, x = np.mgrid[-16:17, -16:17, -16:17]
    tube, ball, plate = y**2 + x**2 <= 9, z**2 + y**2 + x**2 <= 9, np.abs(x) <= 2
    response = [
        ndimage.frangi(shape, [2.5], gamma=0.3)[16, 16, 16] for shape in (tube, ball, plate)
    ]
    assert response[0] > 5 * max(response[1:])
    assert not ndimage.frangi(np.zeros((5, 5))).any()


@pytest.mark.parametrize(
    ("function", "arguments", "error", "words"),
    [
        ("hessian_matrix", {"sigma": 0}, ValueError, "sigma"),
        ("hessian_matrix", {"sigma": np.nan}, ValueError, "sigma"),
        ("hessian_matrix", {"sigma": (1, 2, 3)}, RuntimeError, "sigma"),
        ("hessian_matrix", {"spacing": -1}, ValueError, "spacing"),
        ("hessian_matrix", {"mode": "round"}, RuntimeError, "mode"),
        ("hessian_matrix", {"image": np.ones((3, 3), complex)}, TypeError, "image"),
        ("hessian_matrix", {"image": np.ones(())}, ValueError, "image"),
        ("structure_tensor", {"gradient_sigma": "a"}, TypeError, "sigma"),
        ("frangi", {"image": np.ones(5)}, ValueError, "image"),
        ("frangi", {"sigmas": []}, ValueError, "sigmas"),
        ("frangi", {"sigmas": [1, -1]}, ValueError, "sigmas"),
        ("frangi", {"alpha": 0}, ValueError, "alpha"),
        ("frangi", {"gamma": np.inf}, ValueError, "gamma"),
    ],
)
def test_bad_arguments(function, arguments, error, words):
    with pytest.raises(error, match=words):
        getattr(ndimage, function)(**{"image": np.ones((6, 6))} | arguments)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0, 2)])
def test_empty_images(shape):
    assert ndimage.hessian_matrix(np.ones(shape)).shape[1:] == shape
    assert ndimage.hessian_eigenvalues(np.ones(shape)).shape == (len(shape), *shape)
