"""Fourier filters against SciPy and against what they do to an image."""

import hypothesis.extra.numpy as hnp
import mpmath
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings
from hypothesis import strategies as st

import scikit.ndimage as ndimage
from scikit.ndimage import _fourier

NAMES = ["gaussian", "uniform", "ellipsoid", "shift"]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(
    shape=hnp.array_shapes(max_dims=3, max_side=9),
    dtype=st.sampled_from(["?", "u1", "i4", "f4", "f8", "c8", "c16", ">f8"]),
    half=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_equals_scipy(name, shape, dtype, half, seed):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 9, shape).astype(dtype)
    values = rng.uniform(0.1, 4, len(shape))
    axis = int(rng.integers(-len(shape), len(shape)))
    n = 2 * shape[axis] - 1 if half else -1
    native = image.astype(image.dtype.newbyteorder("="))
    expected = getattr(scipy.ndimage, f"fourier_{name}")(native, values, n, axis)
    found = getattr(ndimage, f"fourier_{name}")(image, values, n, axis)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=2e-6 if "4" in dtype else 1e-12)


def test_a_shift_of_whole_voxels_rolls():
    image = np.random.default_rng(0).normal(size=(5, 7, 4))
    moved = np.fft.ifftn(ndimage.fourier_shift(np.fft.fftn(image), (2, -1, 3)))
    np.testing.assert_allclose(moved, np.roll(image, (2, -1, 3), (0, 1, 2)), atol=1e-13)
    half = ndimage.fourier_shift(np.fft.rfftn(image[..., :3]), (2, -1, 1), n=3)
    moved = np.fft.irfftn(half, (5, 7, 3), axes=(0, 1, 2))
    np.testing.assert_allclose(moved, np.roll(image[..., :3], (2, -1, 1), (0, 1, 2)), atol=1e-13)


def test_a_gaussian_smooths():
    image = np.random.default_rng(0).normal(size=(40, 50))
    smooth = np.fft.ifft2(ndimage.fourier_gaussian(np.fft.fft2(image), 2)).real
    expected = ndimage.gaussian_filter(image, 2, mode="wrap", truncate=9)
    np.testing.assert_allclose(smooth, expected, atol=1e-8)


def test_the_factors_of_the_disc_and_the_ball():
    x = np.concatenate([np.linspace(0, 30, 301)[1:], np.geomspace(31, 1e4, 50)])
    disc = [float(2 * mpmath.besselj(1, mpmath.mpf(v)) / mpmath.mpf(v)) for v in x]
    np.testing.assert_allclose(_fourier._disc(x), disc, rtol=0, atol=3e-14)
    with mpmath.workdps(40):
        points = [mpmath.mpf(v) for v in x]
        ball = [float(3 * (mpmath.sin(v) - v * mpmath.cos(v)) / v**3) for v in points]
    np.testing.assert_allclose(_fourier._ball(x), ball, rtol=0, atol=3e-15)
    assert _fourier._disc(np.zeros(1))[0] == pytest.approx(1, abs=3e-14)
    assert _fourier._ball(np.zeros(1))[0] == 1


def test_sizes_of_nothing_and_below():
    line = np.arange(1.0, 6)
    np.testing.assert_array_equal(ndimage.fourier_uniform(line, 0), line)
    np.testing.assert_array_equal(
        ndimage.fourier_uniform(line, -3), ndimage.fourier_uniform(line, 3)
    )


@pytest.mark.parametrize("name", NAMES)
def test_outputs(name):
    call = getattr(ndimage, f"fourier_{name}")
    image = np.random.default_rng(0).normal(size=(6, 5)) + 1j
    image.flags.writeable = False
    expected = call(image, 1.3)
    np.testing.assert_allclose(call(image, 1.3, output=np.complex64), expected, rtol=1e-6)
    own = image.copy()
    assert call(own, 1.3, output=own) is own
    np.testing.assert_array_equal(own, expected)
    wide = np.zeros((12, 5), ">c16")[::2]
    call(np.asfortranarray(image), 1.3, output=wide)
    np.testing.assert_array_equal(wide, expected)
    assert call(np.zeros((0, 3)), 1).shape == (0, 3)


@pytest.mark.parametrize("name", NAMES)
def test_bad_input(name):
    call = getattr(ndimage, f"fourier_{name}")
    line = np.ones(4, complex)
    with pytest.raises(np.exceptions.AxisError):
        call(line, 1, axis=1)
    with pytest.raises(RuntimeError, match="output"):
        call(line, 1, output=int)
    with pytest.raises(RuntimeError, match="output"):
        call(line, 1, output=np.zeros(3, complex))
    with pytest.raises(RuntimeError, match="output"):
        call(line, 1, output=float)
    with pytest.raises(TypeError, match="input"):
        call(["a"], 1)
    with pytest.raises(RuntimeError, match="input"):
        call(np.ones(3, "f2"), 1)
    with pytest.raises(ValueError, match="`n`"):
        call(line, 1, n=0)
    with pytest.raises(RuntimeError, match="rank"):
        call(line, [1, 2])
    with pytest.raises(TypeError, match="real number"):
        call(line, "a")
    with pytest.raises(ValueError, match="0"):
        call(1.0, 1)


def test_an_ellipsoid_has_up_to_three_axes():
    with pytest.raises(NotImplementedError, match="input"):
        ndimage.fourier_ellipsoid(np.ones((2, 2, 2, 2)), 1)


@pytest.mark.parametrize(
    "name", ["fourier_gaussian", "fourier_uniform", "fourier_ellipsoid", "fourier_shift"]
)
@pytest.mark.parametrize("view", ["flip", "turn", "later", "earlier"])
def test_output_may_be_any_view_of_the_input(name, view):
    buffer = np.random.default_rng(1).normal(size=(404, 400)) + 1j
    image = buffer[2:402]
    output = {
        "flip": image[::-1],
        "turn": image.T,
        "later": buffer[4:404],
        "earlier": buffer[1:401],
    }[view]
    expected = getattr(ndimage, name)(image.copy(), 0.7)
    assert getattr(ndimage, name)(image, 0.7, output=output) is output
    np.testing.assert_array_equal(output, expected)
