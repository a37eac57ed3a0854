"""Fast marching against closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage


def march(cost, seeds, **keywords):
    return ndimage.geodesic_distance(cost, seeds, method="fast_marching", **keywords)


def point(shape, at):
    seeds = np.zeros(shape, bool)
    seeds[at] = True
    return seeds


def straight(shape, at, spacing):
    steps = (np.indices(shape).T - at) * spacing
    return np.linalg.norm(steps, axis=-1).T


@pytest.mark.parametrize(
    ("shape", "at", "spacing", "most"),
    [
        ((50,), (7,), (0.3,), 1e-12),
        ((121, 121), (60, 60), (1.0, 1.0), 0.1),
        ((101, 80), (3, 40), (3.0, 0.5), 0.1),
        ((41, 41, 41), (0, 20, 40), (1.0, 1.0, 1.0), 0.12),
        ((20, 50, 50), (3, 9, 20), (2.5, 0.7, 0.7), 0.14),
        ((13, 13, 13, 13), (6, 0, 6, 6), (1.0,) * 4, 0.15),
    ],
)
def test_even_cost_is_the_distance_from_a_point(shape, at, spacing, most):
    got = march(np.full(shape, 2.0), point(shape, at), spacing=spacing)
    want = 2 * straight(shape, at, np.array(spacing))
    assert np.abs(got - want).max() <= 2 * most * max(spacing)
    if len(shape) in (2, 3) and len(set(spacing)) == 1:
        far = want > 20 * spacing[0]
        np.testing.assert_allclose(got[far], want[far], rtol=0.005)


def travel_time(n):
    """Error with a speed that rises linearly; rays are circles."""
    h = 1 / (n - 1)
    z, y = np.indices((n, n)) * h
    speed = 0.5 + 1.5 * z
    at = (n // 4, n // 2)
    square = (z - z[at]) ** 2 + (y - y[at]) ** 2
    want = np.arccosh(1 + 1.5**2 * square / (2 * speed[at] * speed)) / 1.5
    return np.abs(march(1 / speed, point((n, n), at), spacing=h) - want).max()


def test_error_falls_with_the_spacing_where_the_cost_varies():
    errors = [travel_time(n) for n in (33, 65, 129, 257)]
    assert errors[3] < 0.008
    assert (np.diff(np.log2(errors)) < -0.6).all()


def test_planes_are_exact():
    cost = np.repeat([1.0, 3.0, 0.0, 2.0], 5)[:, None] * np.ones(9)
    seeds = np.zeros(cost.shape)
    seeds[0] = 1
    got = march(cost, seeds, spacing=(0.5, 2.0))
    assert (got == got[:, :1]).all()
    even = march(np.full((20, 9), 3.0), seeds, spacing=(0.5, 2.0))
    np.testing.assert_allclose(even, np.arange(20)[:, None] * 1.5 * np.ones(9), rtol=1e-13)


def test_around_a_wall():
    mask = np.ones((61, 61), bool)
    mask[30, :50] = False
    got = march(np.ones(mask.shape), point(mask.shape, (20, 20)), mask=mask)
    assert np.isinf(got[30, :50]).all()
    tip = np.hypot(10, 30)  # the way to (40, 20) leads past (30, 50)
    assert 0 < got[40, 20] - 2 * tip < 1.5  # fronts are small circles at the tip
    mask[30] = False
    got = march(np.ones(mask.shape), point(mask.shape, (20, 20)), mask=mask)
    assert np.isinf(got[30:]).all()
    assert np.isfinite(got[:30]).all()


@settings(max_examples=60, deadline=None)
@given(
    shape=st.lists(st.integers(1, 7), min_size=0, max_size=5),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_never_longer_than_by_faces_and_reaches_the_same(shape, seed, data):
    rng = np.random.default_rng(seed)
    cost = rng.choice([0.0, 0.5, 1.0, 2.0, np.inf], shape)
    seeds = rng.random(shape) < 0.1
    spacing = [data.draw(st.sampled_from([1.0, 0.5, 3.0])) for _ in shape]
    got = march(cost, seeds, spacing=spacing)
    # a step by a face has the cost of where it leads to; by Dijkstra's the mean of both
    upper = ndimage.geodesic_distance(
        np.where(np.isinf(cost), np.inf, 4.0), seeds, spacing=spacing, connectivity=1
    ) if shape else np.where(seeds & np.isfinite(cost), 0.0, np.inf)  # fmt: skip
    np.testing.assert_array_equal(np.isinf(got), np.isinf(upper))
    assert (got <= upper * (1 + 1e-12)).all()
    assert (got[seeds & np.isfinite(cost)] == 0).all()
    assert (got >= 0).all()


def test_seeds_of_all_kinds():
    assert (march(np.ones((4, 5)), np.ones((4, 5))) == 0).all()
    assert np.isinf(march(np.ones((4, 5)), np.zeros((4, 5)))).all()
    assert march(np.ones((0, 5)), np.ones((0, 5))).shape == (0, 5)
    two = np.zeros((9, 40))
    two[4, [3, 36]] = 1
    got = march(np.ones((9, 40)), two)
    np.testing.assert_allclose(got, got[:, ::-1], atol=1e-12)
    best = np.minimum(*(straight((9, 40), (4, x), (1, 1)) for x in (3, 36)))
    assert np.abs(got - best).max() < 0.1


def test_wrong_arguments():
    with pytest.raises(ValueError, match="method"):
        ndimage.geodesic_distance([1.0], [1], method="heat")
    with pytest.raises(ValueError, match="connectivity"):
        march([1.0], [1], connectivity=1)
