"""mri.bloch against closed forms, the matrix exponential, and itself in other layouts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from scikit import mri


def exact(b1, grad, dt, position, df, t1, t2, m0=(0, 0, 1)):
    """Product of 4 x 4 matrix exponentials."""
    out = []
    for r, f, a, b in zip(position, df, t1, t2, strict=True):
        m = np.array([*m0, 1.0])
        for field, g in zip(b1, grad, strict=True):
            wx, wy, wz = 2 * np.pi * np.array([field.real, field.imag, g @ r + f])
            k = [[-1 / b, wz, -wy, 0], [-wz, -1 / b, wx, 0], [wy, -wx, -1 / a, 1 / a], [0] * 4]
            m = expm(np.array(k) * dt) @ m
        out.append(m[:3])
    return np.array(out)


def one(b1, dt, **kwargs):
    return mri.bloch([b1], np.zeros((1, 3)), dt, position=np.zeros((1, 3)), **kwargs)[0]


def test_pulse_of_phase_zero_turns_z_to_y():
    np.testing.assert_allclose(one(250, 1e-3), [0, 1, 0], atol=1e-14)
    np.testing.assert_allclose(one(250j, 1e-3), [-1, 0, 0], atol=1e-14)
    np.testing.assert_allclose(one(500, 1e-3), [0, 0, -1], atol=1e-14)


@pytest.mark.parametrize("offset", [0.0, 30.0, -300.0, 2000.0])
@pytest.mark.parametrize("b1", [100.0, 500.0, 3000.0])
def test_off_resonant_hard_pulse(b1, offset):
    t = 1e-3
    total = np.hypot(b1, offset)
    m = one(b1, t, off_resonance=offset)
    assert abs(m[2] - (1 - (b1 / total) ** 2 * (1 - np.cos(2 * np.pi * total * t)))) < 1e-13
    assert abs(np.linalg.norm(m) - 1) < 1e-13


def test_saturation_reaches_the_bloch_steady_state():
    t1, t2, df, b1 = 0.05, 0.02, 20.0, 15.0
    w1, dw = 2 * np.pi * b1, 2 * np.pi * df
    m = mri.bloch(
        np.full(400, b1),
        np.zeros((400, 3)),
        5e-3,
        position=[[0, 0, 0]],
        off_resonance=df,
        t1=t1,
        t2=t2,
    )
    want = (1 + (dw * t2) ** 2) / (1 + (dw * t2) ** 2 + w1**2 * t1 * t2)
    assert abs(m[0, 2] - want) < 1e-9


def test_free_relaxation_without_b1():
    m = mri.bloch([0], [[0, 0, 0]], 0.3, position=[[0, 0, 0]], t1=0.5, t2=0.1, m0=[0.6, 0, -0.5])[0]
    np.testing.assert_allclose(m, [0.6 * np.exp(-3), 0, 1 - 1.5 * np.exp(-0.6)], atol=1e-13)


@pytest.mark.parametrize(
    ("steps", "dt", "gz"),
    [(1, 1e-4, 0), (1, 1e-3, 0), (1, 1e-2, 1e4), (300, 1e-5, 4e5), (40, 2e-5, 2e5)],
)
def test_relaxation_in_pulses_against_the_matrix_exponential(steps, dt, gz):
    rng = np.random.default_rng(steps)
    b1 = np.exp(2j * np.pi * rng.random(steps)) * 0.25 / (steps * dt)
    if steps == 300:
        b1 = 600 * np.sinc(np.linspace(-4, 4, steps)) + 0j
    grad = np.zeros((steps, 3))
    grad[:, 2] = gz
    position = np.zeros((5, 3))
    position[:, 2] = [0, 1e-3, 1e-2, 5e-2, -2e-3]
    df, t1, t2 = (
        np.array([0, 100, -300, 20, 0.0]),
        np.array([1, 0.5, 0.1, 3, 0.05]),
        np.array([0.02, 0.05, 5e-3, 2, 0.05]),
    )
    m0 = (0.3, -0.5, 0.4)
    want = exact(b1, grad, dt, position, df, t1, t2, m0)
    got = mri.bloch(b1, grad, dt, position=position, off_resonance=df, t1=t1, t2=t2, m0=m0)
    assert np.abs(got - want).max() < 1e-9
    single = mri.bloch(
        b1, grad, dt, position=position, off_resonance=df, t1=t1, t2=t2, m0=m0, dtype="float32"
    )
    assert single.dtype == np.float32
    # Rounding of the angle: one unit in the last place of up to 400 radians.
    assert np.abs(single - want).max() < 5e-5


@settings(max_examples=40, deadline=None)
@given(
    b1=st.lists(st.complex_numbers(max_magnitude=3000), min_size=1, max_size=6),
    dt=st.floats(1e-6, 5e-4),
    gz=st.floats(-1e6, 1e6),
    z=st.floats(-0.1, 0.1),
    df=st.floats(-1000, 1000),
    t1=st.floats(0.01, 5),
    ratio=st.floats(0.01, 1),
)
def test_any_pulse_against_the_matrix_exponential(b1, dt, gz, z, df, t1, ratio):
    b1 = np.array(b1)
    grad = np.zeros((len(b1), 3))
    grad[:, 2] = gz
    args = np.array([[0, 0, z]]), np.array([df]), np.array([t1]), np.array([t1 * ratio])
    want = exact(b1, grad, dt, *args)
    got = mri.bloch(b1, grad, dt, position=args[0], off_resonance=df, t1=t1, t2=t1 * ratio)
    assert np.abs(got - want).max() < 2e-9


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.complex_numbers(max_magnitude=1e4), min_size=1, max_size=20), st.floats(-5e3, 5e3)
)
def test_without_relaxation_the_length_stays(b1, df):
    m = mri.bloch(b1, np.zeros((len(b1), 3)), 1e-4, position=[[0, 0, 0]], off_resonance=df)
    assert abs(np.linalg.norm(m) - 1) < 1e-12


def test_a_pulse_in_parts_is_the_pulse():
    rng = np.random.default_rng(5)
    b1 = rng.normal(size=60) * 500 + 1j * rng.normal(size=60) * 500
    grad = rng.normal(size=(60, 3)) * 1e5
    kwargs = {
        "position": rng.normal(size=(300, 3)) * 0.03,
        "off_resonance": 50.0,
        "t1": 0.6,
        "t2": 0.07,
    }
    whole = mri.bloch(b1, grad, 1e-5, **kwargs)
    half = mri.bloch(b1[:25], grad[:25], 1e-5, **kwargs)
    parts = mri.bloch(b1[25:], grad[25:], 1e-5, m0=half, **kwargs)
    np.testing.assert_allclose(parts, whole, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_same_bits_for_any_workers_and_layout(dtype):
    rng = np.random.default_rng(7)
    n = 3000
    b1, grad = rng.normal(size=50) + 0j, rng.normal(size=(50, 3)) * 1e4
    position, df = rng.normal(size=(n, 3)) * 0.05, rng.normal(size=n) * 30
    want = mri.bloch(b1, grad, 1e-5, position=position, off_resonance=df, t1=1, t2=0.1, dtype=dtype)
    strided = np.zeros((2 * n, 6), ">f8")[::2, ::2]
    strided[:] = position
    strided.flags.writeable = False
    for workers in (1, 2, 3):
        got = mri.bloch(
            b1, np.asfortranarray(grad), 1e-5, position=strided, off_resonance=df.astype(">f8"), t1=1, t2=0.1,
            dtype=dtype, workers=workers,
        )  # fmt: skip
        np.testing.assert_array_equal(got, want)
    # A spin's result does not depend on the spins beside it but through the bounds, which are the same here.
    order = rng.permutation(n)
    got = mri.bloch(
        b1, grad, 1e-5, position=position[order], off_resonance=df[order], t1=1, t2=0.1, dtype=dtype
    )
    np.testing.assert_array_equal(got, want[order])


def test_no_spins_and_no_steps():
    assert mri.bloch([1], [[0, 0, 0]], 1e-3, position=np.zeros((0, 3))).shape == (0, 3)
    np.testing.assert_array_equal(
        mri.bloch([], np.zeros((0, 3)), 1e-3, position=[[0, 0, 0]]), [[0, 0, 1]]
    )


def test_relaxation_far_faster_than_the_pulse_stays_bounded():
    m = mri.bloch(
        np.full(10, 100.0), np.zeros((10, 3)), 1e-3, position=[[0, 0, 0]], t1=1e-6, t2=1e-9
    )
    assert np.all(np.abs(m) <= 1 + 1e-9)


@pytest.mark.parametrize(
    ("change", "error", "name"),
    [
        ({"b1": [[1]]}, ValueError, "b1"),
        ({"b1": [np.nan]}, ValueError, "b1"),
        ({"b1": ["x"]}, TypeError, "b1"),
        ({"b1": np.array([object()])}, TypeError, "b1"),
        ({"grad": [[0, 0]]}, ValueError, "grad"),
        ({"grad": [[0, 0, np.inf]]}, ValueError, "grad"),
        ({"dt": 0}, ValueError, "dt"),
        ({"dt": np.nan}, ValueError, "dt"),
        ({"dt": "a"}, TypeError, "dt"),
        ({"position": [0, 0, 0]}, ValueError, "position"),
        ({"off_resonance": [1, 2]}, ValueError, "off_resonance"),
        ({"off_resonance": np.inf}, ValueError, "off_resonance"),
        ({"t1": 0}, ValueError, "t1"),
        ({"t2": -1}, ValueError, "t2"),
        ({"t2": np.nan}, ValueError, "t2"),
        ({"m0": [1, 2]}, ValueError, "m0"),
        ({"dtype": "float16"}, ValueError, "dtype"),
        ({"dtype": "what"}, ValueError, "dtype"),
        ({"workers": 0}, ValueError, "workers"),
    ],
)
def test_bad_arguments(change, error, name):
    kwargs = {"b1": [1], "grad": [[0, 0, 0]], "dt": 1e-3, "position": [[0, 0, 0]]} | change
    with pytest.raises(error, match=name):
        mri.bloch(kwargs.pop("b1"), kwargs.pop("grad"), kwargs.pop("dt"), **kwargs)
