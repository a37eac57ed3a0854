"""NaNs left out of windows, by NumPy's functions of the same kind."""

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage

BY_NUMPY = {
    "minimum_filter": (np.nanmin, {}),
    "maximum_filter": (np.nanmax, {}),
    "median_filter": (lambda w: np.sort(w[~np.isnan(w)])[np.count_nonzero(~np.isnan(w)) // 2], {}),
    "percentile_filter": (
        lambda w: np.sort(w[~np.isnan(w)])[int(np.count_nonzero(~np.isnan(w)) * 0.3)],
        {"percentile": 30},
    ),
    "uniform_filter": (np.nanmean, {}),
}


def holed(shape, dtype, density, seed):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=shape).astype(dtype)
    image[rng.random(shape) < density] = np.nan
    image[rng.random(shape) < 0.05] = -np.inf if seed % 2 else 2.0
    return image


@pytest.mark.parametrize("name", BY_NUMPY)
@settings(max_examples=40, deadline=None)
@given(
    dtype=st.sampled_from(["f4", "f8"]),
    density=st.sampled_from([0.1, 0.6, 0.95]),
    mode=st.sampled_from(["nearest", "constant"]),
    seed=st.integers(0, 99),
)
def test_omit(name, dtype, density, mode, seed):
    function, kwargs = BY_NUMPY[name]
    image = holed((9, 11), dtype, density, seed)
    if name == "uniform_filter":
        image[np.isinf(image)] = 1
    ours = getattr(ndimage, name)(
        image, size=(3, 4), mode=mode, cval=0.5, nan_policy="omit", **kwargs
    )

    def by_definition(window):
        return np.nan if np.isnan(window).all() else function(window)

    theirs = scipy.ndimage.generic_filter(
        image.astype(float), by_definition, size=(3, 4), mode=mode, cval=0.5
    )
    assert ours.dtype == dtype
    tolerance = 1e-5 if dtype == "f4" else 1e-13  # a mean of both signs cancels
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", ["minimum_filter1d", "maximum_filter1d", "uniform_filter1d"])
def test_omit_along_an_axis(name):
    image = holed((6, 20), "f8", 0.3, 0)
    whole = getattr(ndimage, name.removesuffix("1d"))
    np.testing.assert_allclose(
        getattr(ndimage, name)(image, 5, nan_policy="omit"), whole(image, (1, 5), nan_policy="omit")
    )


def test_omit_with_a_gaussian():
    image = np.full((15, 15), 3.0)
    image[3:9, 2:8] = np.nan
    np.testing.assert_allclose(ndimage.gaussian_filter(image, 2, nan_policy="omit"), 3)
    np.testing.assert_allclose(ndimage.gaussian_filter1d(image, 2, nan_policy="omit"), 3)
    image[0, 0] = 7
    there = ~np.isnan(image)
    values, weights = (
        scipy.ndimage.gaussian_filter(a, 2.0) for a in (np.where(there, image, 0), 1.0 * there)
    )
    ours = ndimage.gaussian_filter(image, 2, nan_policy="omit")
    np.testing.assert_allclose(ours, values / weights, rtol=1e-12)


@pytest.mark.parametrize("name", [*BY_NUMPY, "gaussian_filter"])
def test_raise_and_unknown(name):
    function = getattr(ndimage, name)
    kwargs = {"sigma": 1} if name == "gaussian_filter" else {"size": 3} | BY_NUMPY[name][1]
    image = np.arange(12.0).reshape(3, 4)
    expected = function(image, **kwargs)
    for policy in ("raise", "omit", "propagate"):
        np.testing.assert_array_equal(function(image, **kwargs, nan_policy=policy), expected)
    image[1, 1] = np.nan
    with pytest.raises(ValueError, match="nan_policy"):
        function(image, **kwargs, nan_policy="raise")
    with pytest.raises(ValueError, match="nan_policy"):
        function(image, **kwargs, nan_policy="ignore")
    assert function(np.arange(12), **kwargs, nan_policy="omit").dtype.kind == "i"


def test_derivatives_cannot_omit():
    with pytest.raises(ValueError, match="nan_policy"):
        ndimage.gaussian_filter([1.0, np.nan, 2.0], 1, order=1, nan_policy="omit")
