"""Gaussian filters against SciPy, which sums in double, and closed forms."""

import numpy as np
import pytest
import scipy.ndimage as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import ndimage

MODES = [
    "reflect",
    "grid-mirror",
    "constant",
    "grid-constant",
    "nearest",
    "mirror",
    "wrap",
    "grid-wrap",
]
INTEGERS = ["?", "b", "B", "h", "H", "i", "I", "l", "L"]


def image(dtype, shape, seed=0):
    rng = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind == "c":
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    if kind == "f":
        return rng.normal(100, 30, shape).astype(dtype)
    return rng.integers(0, 2 if kind == "b" else 100, shape).astype(dtype)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_equal_scipy_exactly(dtype, mode):
    x = image(dtype, (9, 21, 70))
    for sigma in (0.6, 1.7):
        want = peer.gaussian_filter(x, sigma, mode=mode, cval=3.7)
        got = ndimage.gaussian_filter(x, sigma, mode=mode, cval=3.7)
        assert got.dtype == want.dtype
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("value", [0, 1, 7, 100, 255])
def test_constant_integers(value):
    x = np.full((5, 40, 70), value, np.uint8)
    np.testing.assert_array_equal(ndimage.gaussian_filter(x, 2), peer.gaussian_filter(x, 2))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_doubles_equal_scipy(data):
    ndim = data.draw(st.integers(1, 4))
    longest = {1: 200, 2: 70, 3: 20, 4: 7}[ndim]
    shape = tuple(data.draw(st.integers(1, longest)) for _ in range(ndim))
    x = image("d", shape, data.draw(st.integers(0, 99)))
    axes = data.draw(st.permutations(range(ndim)))[: data.draw(st.integers(1, ndim))]
    count = len(axes)
    arguments = {
        "sigma": [data.draw(st.sampled_from([0, 0.3, 1.0, 2.5])) for _ in range(count)],
        "order": [data.draw(st.integers(0, 3)) for _ in range(count)],
        "mode": [data.draw(st.sampled_from(MODES)) for _ in range(count)],
        "cval": data.draw(st.sampled_from([0.0, -5.5])),
        "truncate": data.draw(st.sampled_from([2.0, 4.0])),
        "radius": data.draw(st.sampled_from([None, 0, 1, 30])),
        "axes": tuple(axes),
    }
    want = peer.gaussian_filter(x, **arguments)
    got = ndimage.gaussian_filter(x, **arguments)
    scale = max(1.0, np.abs(want).max())
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-11 * scale)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("sigma", [0.5, 2, 8])
def test_float32_within_promise(mode, sigma):
    for shape in [(9, 33, 70), (40, 3), (7, 2, 2), (300,)]:
        x = image("f", shape)
        want = peer.gaussian_filter(x.astype(float), sigma, mode=mode, cval=9)
        got = ndimage.gaussian_filter(x, sigma, mode=mode, cval=9)
        assert got.dtype == np.float32
        taps = 2 * int(4 * sigma + 0.5) + 1
        assert np.abs(got - want).max() <= x.ndim * (taps + 1) * 2.0**-24 * np.abs(x).max()


def test_float32_does_not_overflow():
    x = np.full((5, 70), np.float32(3e38))
    np.testing.assert_allclose(ndimage.gaussian_filter(x, 1), x, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["F", "D"])
@pytest.mark.parametrize("order", [0, 1])
def test_complex(dtype, order):
    x = image(dtype, (9, 33))
    for mode in MODES:
        want = peer.gaussian_filter(x, 1.3, order, mode=mode, cval=1 + 2j)
        got = ndimage.gaussian_filter(x, 1.3, order, mode=mode, cval=1 + 2j)
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got, want, rtol=0, atol=2e-6 if dtype == "F" else 1e-14)
    got = ndimage.gaussian_filter1d(x.real, 1, output=np.complex128)
    np.testing.assert_allclose(got, peer.gaussian_filter1d(x.real.astype(float), 1), atol=1e-6)


@pytest.mark.parametrize("order", range(5))
def test_derivatives_of_polynomials(order):
    t = np.arange(-60.0, 61.0)
    got = ndimage.gaussian_filter1d(t**order, 3, order=order, truncate=8, mode="nearest")
    factorial = np.prod(np.arange(1.0, order + 1))
    np.testing.assert_allclose(got[30:-30], factorial, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["B", "h", "i", "f", "d", "L"])
@pytest.mark.parametrize(
    "output", ["B", "h", "i", "f", "d", "I", "uint8", np.float32, np.dtype(">f8")]
)
def test_output_type(dtype, output):
    x = image(dtype, (6, 70))
    want = peer.gaussian_filter(x, 1.2, output=output)
    got = ndimage.gaussian_filter(x, 1.2, output=output)
    assert got.dtype == want.dtype
    tolerance = 1e-4 if np.dtype(output).kind == "f" else 0
    np.testing.assert_allclose(got, want, rtol=0, atol=tolerance)


def test_layouts():
    x = image("f", (8, 9, 70))
    want = ndimage.gaussian_filter(x, 1.2)
    doubled = np.zeros((16, 18, 140), "f")
    strided = doubled[::2, ::2, ::2]
    strided[...] = x
    frozen = x.copy()
    frozen.flags.writeable = False
    for other in (strided, frozen, np.asfortranarray(x), x.astype(">f4"), x.tolist()):
        got = ndimage.gaussian_filter(other, 1.2, output=np.float32)
        np.testing.assert_allclose(got, want, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["f", "d", "h"])
def test_output_array(dtype):
    x = image(dtype, (8, 9, 70))
    want = ndimage.gaussian_filter(x, 1.2)
    outputs = [
        np.empty_like(x),
        np.empty(x.shape[::-1], dtype).T,
        np.empty((16, 9, 70), dtype)[::2],
        np.empty(x.shape, np.dtype(dtype).newbyteorder()),
    ]
    for output in outputs:
        assert ndimage.gaussian_filter(x, 1.2, output=output) is output
        np.testing.assert_array_equal(output, want)
    itself = x.copy()
    ndimage.gaussian_filter(itself, 1.2, output=itself)
    np.testing.assert_array_equal(itself, want)
    base = image(dtype, (9, 9, 70))
    want = ndimage.gaussian_filter(base[:-1], 1.2)
    ndimage.gaussian_filter(base[:-1], 1.2, output=base[1:])
    np.testing.assert_array_equal(base[1:], want)


def test_same_bits_for_any_workers():
    for dtype in "fdh":
        x = image(dtype, (40, 50, 70))
        want = ndimage.gaussian_filter(x, 2)
        np.testing.assert_array_equal(ndimage.gaussian_filter(x, 2, workers=3), want)


def test_nan_stays_near():
    x = np.zeros((30, 70), np.float32)
    x[10, 20] = np.nan
    got = ndimage.gaussian_filter(x, 1, radius=2)
    spoilt = np.zeros_like(x, bool)
    spoilt[8:13, 18:23] = True
    np.testing.assert_array_equal(np.isnan(got), spoilt)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0)])
def test_no_axes_and_no_voxels(shape):
    x = np.ones(shape)
    got = ndimage.gaussian_filter(x, 1)
    assert got.shape == shape
    np.testing.assert_array_equal(got, x)


@pytest.mark.parametrize(
    ("error", "text", "change"),
    [
        (TypeError, "input", {"input": np.array(["a"])}),
        (TypeError, "input", {"input": np.array([None])}),
        (RuntimeError, "input", {"input": np.zeros(3, np.float16), "output": float}),
        (RuntimeError, "output", {"output": np.zeros((4, 4))}),
        (RuntimeError, "output", {"output": np.float16}),
        (RuntimeError, "output", {"input": np.ones((3, 3), complex), "output": np.zeros((3, 3))}),
        (ValueError, "output", {"output": np.broadcast_to(0.0, (3, 3))}),
        (TypeError, "output", {"output": "nonsense"}),
        (ValueError, "sigma", {"sigma": np.nan}),
        (ValueError, "sigma", {"sigma": np.inf}),
        (TypeError, "sigma", {"sigma": [None, 1]}),
        (RuntimeError, "sigma", {"sigma": (1, 1, 1)}),
        (ValueError, "radius", {"sigma": 1e300}),
        (ValueError, "adius", {"radius": -1}),
        (ValueError, "adius", {"radius": 1.5}),
        (ValueError, "order", {"order": -1}),
        (TypeError, "order", {"order": 0.5}),
        (RuntimeError, "mode", {"mode": "unknown"}),
        (RuntimeError, "mode", {"mode": None}),
        (TypeError, "cval", {"cval": 1j}),
        (ValueError, "axes", {"axes": (0, 0)}),
        (ValueError, "axes", {"axes": (2,)}),
        (ValueError, "workers", {"workers": 0}),
    ],
)
def test_bad_input(error, text, change):
    arguments = {"input": np.ones((3, 3)), "sigma": 1, **change}
    with pytest.raises(error, match=text):
        ndimage.gaussian_filter(**arguments)


def test_bad_axis():
    with pytest.raises(ValueError, match="axis"):
        ndimage.gaussian_filter1d(np.ones(3), 1, axis=1)


@pytest.mark.parametrize("dtype", [np.float64, np.int32, bool])
@pytest.mark.parametrize("name", ["gaussian_laplace", "gaussian_gradient_magnitude"])
def test_derivatives_cut_at_a_radius_an_axis(name, dtype):
    image = (np.random.default_rng(5).random((20, 21)) * 100 > 40) * 60
    image = image.astype(dtype)
    wanted = getattr(peer, name)(image, 1.5, radius=(2, 4))
    found = getattr(ndimage, name)(image, 1.5, radius=(2, 4))
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("output", [None, bool])
def test_gradient_magnitude_of_a_mask(output):
    mask = np.eye(9) > 0
    wanted = peer.gaussian_gradient_magnitude(mask, 0.5, output=output)
    np.testing.assert_array_equal(
        ndimage.gaussian_gradient_magnitude(mask, 0.5, output=output), wanted
    )
