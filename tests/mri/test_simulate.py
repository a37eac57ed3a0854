"""mri.simulate against closed forms and against small steps of the matrix exponential."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import mri
from scikit.mri._program import compile_sequence
from scikit.mri._rfsteps import TOLERANCE
from scikit.mri._simulate import equilibrium, limits_of, run_program, spin_properties

HARD = 1e-9  # s: short enough for relaxation in the pulse to be negligible


def hard(start, degrees, phase=0.0):
    return mri.RF(start=start, duration=HARD, amplitude=degrees / 360 / HARD, phase=phase)


def one_spin(**kwargs):
    return mri.Phantom([[0.01, -0.02, 0.03]], 1.0, **kwargs)


def test_free_induction_decay():
    t = np.linspace(1e-3, 0.3, 200)
    for flip in (30, 90, 150):
        seq = mri.Sequence.from_waveforms(rf=[hard(0, flip)], adc=t)
        spin = one_spin(t1=0.7, t2=0.09, off_resonance=33.0)
        a = np.deg2rad(flip)
        want = 1j * np.sin(a) * np.exp(-t / 0.09 - 2j * np.pi * 33.0 * t)
        got = mri.simulate(seq, spin)
        np.testing.assert_allclose(got, want, atol=1e-6)
        m = mri.simulate(seq, spin, output="magnetization")[:, 0]
        np.testing.assert_allclose(m[:, 0] + 1j * m[:, 1], got, atol=1e-12)
        np.testing.assert_allclose(m[:, 2], 1 - (1 - np.cos(a)) * np.exp(-t / 0.7), atol=1e-6)


def test_gradient_dephasing_of_a_uniform_voxel():
    n, width, k = 4001, 2e-3, np.array([0.0, 100.0, 250.0, 400.0, 620.0])
    x = (np.arange(n) + 0.5) / n * width - width / 2
    position = np.zeros((n, 3))
    position[:, 0] = x
    # 1000 Hz/m * t: k in 1/m is 1e5 t for g = 1e5.
    seq = mri.Sequence.from_waveforms(
        rf=[hard(0, 90)], gx=[[HARD, 1e5], [1e-2, 1e5]], adc=HARD + k / 1e5
    )
    got = mri.simulate(seq, mri.Phantom(position, 1 / n)) / 1j
    np.testing.assert_allclose(got, np.sinc(width * k), atol=1e-6)


def test_spin_echo_refocuses_off_resonance():
    te, t2 = 0.04, 0.06
    df = np.linspace(-200, 200, 101)
    phantom = mri.Phantom(np.zeros((101, 3)), 1 / 101, np.inf, t2, df)
    for beta in (60, 120, 180):
        rf = [hard(0, 90), hard(te / 2 - HARD / 2, beta, np.pi / 2)]
        seq = mri.Sequence.from_waveforms(
            rf=rf, gx=[[0.001, 0], [0.002, 3e5], [0.003, 0]], adc=[te]
        )
        m = mri.simulate(seq, phantom, output="magnetization")[0]
        refocused = np.sin(np.deg2rad(beta) / 2) ** 2 * np.exp(-te / t2)
        # Of a pulse about y the part sin^2 of each spin comes back, on average over the offsets.
        mean = mri.simulate(mri.Sequence.from_waveforms(rf=rf, adc=[te]), phantom)[0]
        if beta == 180:
            np.testing.assert_allclose(np.hypot(m[:, 0], m[:, 1]), refocused, atol=1e-5)
            np.testing.assert_allclose(abs(mean), refocused, atol=1e-5)
        else:
            # The whole number of turns of the others over the band leaves them out of the mean.
            assert abs(abs(mean) - refocused) < 0.05


def test_inversion_recovery_and_its_null():
    t1, rf = 0.9, [hard(0, 180)]
    ti = np.array([0.1, 0.5, t1 * np.log(2), 2.0])
    seq = mri.Sequence.from_waveforms(rf=rf, adc=ti)
    mz = mri.simulate(seq, one_spin(t1=t1), output="magnetization")[:, 0, 2]
    np.testing.assert_allclose(mz, 1 - 2 * np.exp(-ti / t1), atol=1e-6)
    assert abs(mz[2]) < 1e-6


def test_stimulated_echo():
    tau, tm, t1, t2 = 0.01, 0.05, 0.5, 0.08
    n = 2000
    df = (np.arange(n) + 0.5) / n / tau * 7  # whole turns within tau
    phantom = mri.Phantom(np.zeros((n, 3)), 1 / n, t1, t2, df)
    rf = [hard(0, 50), hard(tau, 70), hard(tau + tm, 40)]
    seq = mri.Sequence.from_waveforms(rf=rf, adc=[2 * tau + tm])
    a, b, c = np.sin(np.deg2rad([50, 70, 40]))
    want = 0.5 * a * b * c * np.exp(-tm / t1) * np.exp(-2 * tau / t2)
    assert abs(abs(mri.simulate(seq, phantom)[0]) - want) < 2e-4


def test_constant_velocity_gives_the_first_moment():
    v, g, tau = np.array([0.4, -0.2, 0.1]), 2e5, 5e-3
    knots = [[1e-3, 0], [1e-3, g], [1e-3 + tau, g], [1e-3 + tau, -g], [1e-3 + 2 * tau, -g]]
    seq = mri.Sequence.from_waveforms(rf=[hard(0, 90)], gx=knots, gy=knots, adc=[0.02])
    got = mri.simulate(seq, mri.Phantom([[0.02, 0.01, 0]], 1.0, velocity=v))[0] / 1j
    want = np.exp(2j * np.pi * g * tau**2 * (v[0] + v[1]))  # minus the first moment, - g tau^2
    np.testing.assert_allclose(got, want, atol=1e-9)


def ladder(adc_in_pulse=True):
    """Two pulses, one shaped under a ramp, trapezoids, samples in between and within."""
    shape = 400 * np.exp(-(np.linspace(-2, 2, 12) ** 2)) * np.exp(1j * np.linspace(0, 1, 12))
    rf = [
        mri.RF(start=2e-5, duration=1.2e-4, amplitude=shape, phase=0.3, frequency=700.0),
        mri.RF(start=4e-4, duration=5e-5, amplitude=3000.0, phase=1.5),
    ]
    gx = [[0, 0], [5e-5, 2e5], [1e-4, 2e5], [1e-4, -1e5], [3e-4, 0]]
    gz = [[1e-5, 0], [1.6e-4, 3e5], [2e-4, 0], [4.2e-4, 0], [5.2e-4, 1e5]]
    adc = [1.6e-4, 1.8e-4, 2e-4, 2.2e-4, 2.4e-4, 3.7e-4, 4.6e-4, 4.8e-4, 5e-4]
    if adc_in_pulse:
        adc += [7e-5, 4.1e-4, 4.4e-4, 4.5e-4, 4e-4]
    return mri.Sequence.from_waveforms(rf=rf, gx=gx, gz=gz, adc=np.sort(adc))


@pytest.mark.parametrize("moving", [False, True])
def test_everything_at_once_against_small_steps(oracle, moving):
    position = np.array([[0.01, 0, -0.004], [0, 0.02, 0.0015], [-0.03, 0, 0.02]])
    velocity = np.array([[0.5, 0, 0.2], [0, 0, 0], [-0.3, 0.1, 1.0]]) if moving else None
    phantom = mri.Phantom(
        position, [1, 0.5, 2], [0.5, 0.05, 2], [0.05, 0.01, 0.3], [0, 120, -50], velocity
    )
    seq = ladder()
    # The slow simulator is of second order in its steps: of 1e-6 s, of half of that, and the limit of both.
    coarse, fine = (oracle(seq, phantom, refine=n) for n in (1, 2))
    want = (4 * fine - coarse) / 3
    assert np.abs(fine - coarse).max() < 1e-4
    got = mri.simulate(seq, phantom, output="magnetization")
    assert np.abs(got - want).max() < 2e-8
    total = got[:, :, 0] @ phantom.rho + 1j * (got[:, :, 1] @ phantom.rho)
    np.testing.assert_allclose(mri.simulate(seq, phantom), total, atol=1e-12)
    single = mri.simulate(seq, phantom, output="magnetization", dtype="float32")
    assert single.dtype == np.float32
    assert np.abs(single - want).max() < 2e-5


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-3e5, 3e5), min_size=2, max_size=6),
    st.floats(-0.1, 0.1),
    st.floats(-300, 300),
    st.integers(1, 200),
)
def test_phase_is_the_integral_of_the_gradient(values, x, df, samples):
    t = np.linspace(1e-4, 2e-2, len(values))
    adc = np.linspace(1e-4, 2.1e-2, samples)
    knots = np.stack([t, values], axis=1)
    seq = mri.Sequence.from_waveforms(rf=[hard(0, 90)], gx=knots, adc=adc)
    got = mri.simulate(seq, mri.Phantom([[x, 0, 0]], 1.0, np.inf, 0.05, df)) / 1j
    fine = np.union1d(np.union1d(t, adc), [0.0])
    g = np.interp(fine, t, values, left=0, right=0)
    middle = np.where((fine[1:] > t[0]) & (fine[:-1] < t[-1]), (g[1:] + g[:-1]) / 2, 0)
    k = np.interp(adc, fine, np.concatenate([[0], np.cumsum(middle * np.diff(fine))]))
    start = HARD / 2
    want = np.exp(-2j * np.pi * (k * x + df * (adc - start)) - (adc - start) / 0.05)
    np.testing.assert_allclose(got, want, atol=5e-6)


def epi(lines=12, samples=90, pulses=9):
    """Repeated pulses with readouts on flat tops and on ramps."""
    gx, adc, rf = [], [], []
    shape = np.sinc(np.linspace(-2, 2, 30)) * 800
    for i in range(pulses):
        t = i * 0.02
        rf.append(mri.RF(start=t, duration=3e-4, amplitude=shape, phase=0.7 * i * i))
        for j in range(lines if i == pulses - 1 else 1):
            at = t + 1e-3 + j * 1e-3
            sign = 1 - 2 * (j % 2)
            gx += [[at, 0], [at + 1e-4, sign * 2e5], [at + 8e-4, sign * 2e5], [at + 9e-4, 0]]
            adc.append(at + np.linspace(0, 9e-4, samples))
    return mri.Sequence.from_waveforms(rf=rf, gx=gx, adc=np.concatenate(adc))


def cloud(n, seed=0, moving=False):
    rng = np.random.default_rng(seed)
    velocity = rng.normal(size=(n, 3)) if moving else None
    return mri.Phantom(
        rng.uniform(-0.1, 0.1, (n, 3)), rng.random(n), rng.uniform(0.2, 2, n), rng.uniform(0.02, 0.2, n),
        rng.normal(size=n) * 50, velocity,
    )  # fmt: skip


@pytest.mark.parametrize("output", ["signal", "magnetization"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("moving", [False, True])
def test_same_bits_for_any_number_of_workers(dtype, output, moving):
    seq = epi(lines=3, samples=20, pulses=7)
    phantom = cloud(2500, moving=moving)
    want = mri.simulate(seq, phantom, dtype=dtype, output=output)
    for workers in (2, 3):
        got = mri.simulate(seq, phantom, dtype=dtype, output=output, workers=workers)
        assert got.tobytes() == want.tobytes()


def test_signal_is_the_sum_of_the_magnetization():
    seq, phantom = epi(), cloud(333)
    m = mri.simulate(seq, phantom, output="magnetization")
    got = mri.simulate(seq, phantom)
    want = (m[..., 0] + 1j * m[..., 1]) @ phantom.rho
    # The recurrence of even samples against a sine for each.
    assert np.abs(got - want).max() < 1e-11 * phantom.rho.sum()
    single = mri.simulate(seq, phantom, dtype="float32")
    assert single.dtype == np.complex64
    assert np.linalg.norm(single - want) < 2e-5 * np.linalg.norm(want)


def test_repeated_pulses_as_maps_are_the_pulses():
    seq, phantom = epi(pulses=8), cloud(200)
    some = mri.Sequence.from_waveforms(rf=seq.rf[:3], adc=[0.05])
    got = mri.simulate(seq, phantom, output="magnetization")
    # Spins that hardly move make every pulse be stepped.
    slow = mri.Phantom(
        phantom.position,
        phantom.rho,
        phantom.t1,
        phantom.t2,
        phantom.off_resonance,
        velocity=[1e-12, 0, 0],
    )
    np.testing.assert_allclose(mri.simulate(seq, slow, output="magnetization"), got, atol=1e-8)
    assert np.isfinite(mri.simulate(some, phantom)).all()


@pytest.mark.parametrize("work", [10, 100, 5000])
def test_chunks_do_not_change_the_result(work):
    seq, p = epi(), cloud(150)
    props = spin_properties(p.position, None, p.off_resonance, p.t1, p.t2, p.rho)
    program = compile_sequence(seq, limits_of(props, seq.duration, TOLERANCE["float64"]))
    got = run_program(program, props, equilibrium(150, "float64"), work=work)
    np.testing.assert_allclose(got, mri.simulate(seq, p), atol=1e-8)


def test_without_samples_pulses_or_anything():
    phantom = cloud(3)
    assert mri.simulate(mri.Sequence.from_waveforms(), phantom).shape == (0,)
    seq = mri.Sequence.from_waveforms(adc=[0, 0.1, 0.1])
    np.testing.assert_array_equal(mri.simulate(seq, phantom), 0)
    m = mri.simulate(seq, phantom, output="magnetization")
    np.testing.assert_allclose(m[:, :, 2], 1, atol=1e-15)
    seq = mri.Sequence.from_waveforms(rf=[hard(0, 90)])
    assert mri.simulate(seq, phantom, output="magnetization").shape == (0, 3, 3)


def test_progress_is_told_and_its_exception_arrives():
    calls = []
    mri.simulate(epi(), cloud(3000), progress=lambda done, total: calls.append((done, total)))
    assert calls[-1][0] == calls[-1][1]
    assert [c[0] for c in calls] == sorted(c[0] for c in calls)

    def stop(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        mri.simulate(epi(), cloud(10), progress=stop)


@pytest.mark.parametrize("workers", [1, 2])
def test_interrupt_within_a_second(workers):
    code = f"""
        import numpy as np, sys
        from scikit import mri
        t = np.cumsum(np.random.default_rng(0).uniform(1e-6, 3e-6, 200_000))
        gx = np.stack([t, np.sin(t * 1e4) * 1e5], axis=1)
        seq = mri.Sequence.from_waveforms(rf=[mri.RF(0, 1e-7, 2.5e6)], gx=gx, adc=t)
        phantom = mri.Phantom(np.zeros((20_000, 3)))
        print("ready", flush=True)
        mri.simulate(seq, phantom, workers={workers}, progress=lambda d, n: d == 2 and print("go", flush=True))
    """
    run = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.readline() == "ready\n"
    assert run.stdout.readline() == "go\n"
    begin = time.monotonic()
    os.kill(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
    # A second on a free machine; tests run beside one another.
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    ("change", "error", "name"),
    [
        ({"seq": None}, TypeError, "seq"),
        ({"phantom": [[0, 0, 0]]}, TypeError, "phantom"),
        ({"output": "image"}, ValueError, "output"),
        ({"dtype": "int32"}, ValueError, "dtype"),
        ({"dtype": []}, ValueError, "dtype"),
        ({"workers": 0}, ValueError, "workers"),
        ({"workers": "two"}, TypeError, "workers"),
        ({"progress": 3}, TypeError, "progress"),
    ],
)
def test_bad_arguments(change, error, name):
    kwargs = {
        "seq": mri.Sequence.from_waveforms(rf=[hard(0, 90)], adc=[1]),
        "phantom": cloud(2),
    } | change
    with pytest.raises(error, match=name):
        mri.simulate(kwargs.pop("seq"), kwargs.pop("phantom"), **kwargs)
