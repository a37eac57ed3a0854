"""Phantoms: checks, files, the Shepp-Logan head and its transform."""

import numpy as np
import pytest

from scikit import mri


def test_scalars_are_spread_and_inputs_copied():
    position = np.zeros((4, 3), ">f4")
    phantom = mri.Phantom(position, rho=2, t1=1, t2=[0.1, 0.2, 0.3, np.inf], velocity=[1, 0, 0])
    position[:] = 7
    assert len(phantom) == 4
    np.testing.assert_array_equal(phantom.position, 0)
    np.testing.assert_array_equal(phantom.rho, [2, 2, 2, 2])
    assert phantom.velocity.shape == (4, 3)
    assert "moving" in repr(phantom)
    assert mri.Phantom([[0, 0, 0]], velocity=[0, 0, 0]).velocity is None


@pytest.mark.parametrize(
    ("change", "error", "name"),
    [
        ({"position": np.zeros((0, 3))}, ValueError, "position"),
        ({"position": [[0, 0]]}, ValueError, "position"),
        ({"position": [[0, 0, np.nan]]}, ValueError, "position"),
        ({"position": 3}, ValueError, "position"),
        ({"position": [["a", "b", "c"]]}, TypeError, "position"),
        ({"rho": [1, 2]}, ValueError, "rho"),
        ({"rho": np.inf}, ValueError, "rho"),
        ({"rho": 1j}, TypeError, "rho"),
        ({"t1": 0}, ValueError, "t1"),
        ({"t1": np.nan}, ValueError, "t1"),
        ({"t2": -np.inf}, ValueError, "t2"),
        ({"off_resonance": np.nan}, ValueError, "off_resonance"),
        ({"velocity": [1, 2]}, ValueError, "velocity"),
        ({"velocity": [1, 2, np.inf]}, ValueError, "velocity"),
    ],
)
def test_bad_arguments(change, error, name):
    with pytest.raises(error, match=name):
        mri.Phantom(**({"position": [[0, 0, 0]]} | change))


def test_save_and_load(tmp_path):
    phantom = mri.Phantom(
        np.arange(6.0).reshape(2, 3), [1, 2], np.inf, 0.1, [3, 4], [[1, 0, 0], [0, 1, 0]]
    )
    phantom.save(tmp_path / "p.npz")
    again = mri.Phantom.load(tmp_path / "p.npz")
    for name in ("position", "rho", "t1", "t2", "off_resonance", "velocity"):
        np.testing.assert_array_equal(getattr(again, name), getattr(phantom, name))


def test_load_refuses_what_is_no_phantom(tmp_path):
    with pytest.raises(FileNotFoundError):
        mri.Phantom.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("hello")
    np.save(tmp_path / "array.npy", np.zeros(3))
    np.savez(tmp_path / "other.npz", a=1)
    np.savez(tmp_path / "objects.npz", position=np.array([None]))
    np.savez(tmp_path / "wrong.npz", position=np.zeros((2, 2)))
    (tmp_path / "empty.npz").write_bytes(b"")
    good = tmp_path / "good.npz"
    mri.Phantom([[0, 0, 0]]).save(good)
    (tmp_path / "cut.npz").write_bytes(good.read_bytes()[:200])
    for name in (
        "text.npz",
        "array.npy",
        "other.npz",
        "objects.npz",
        "wrong.npz",
        "empty.npz",
        "cut.npz",
    ):
        with pytest.raises(ValueError, match=r"phantom|position"):
            mri.Phantom.load(tmp_path / name)


def test_shepp_logan_tissues():
    head = mri.shepp_logan((128, 128), (0.256, 0.256, 0.001), b0=3.0)
    x, y, _ = head.position.T

    def at(u, v):
        i = np.argmin((x - 0.12 * u) ** 2 + (y - 0.12 * v) ** 2)
        return head.rho[i], head.t1[i], head.t2[i]

    # Gray matter, cerebrospinal fluid, scalp; T1 = A B0**C.
    np.testing.assert_allclose(at(0.0, -0.4), [0.745, 0.857 * 3**0.376, 0.1], atol=1e-12)
    np.testing.assert_allclose(at(-0.22, 0.0), [0.98, 4.2, 1.99], atol=1e-12)
    np.testing.assert_allclose(at(0.0, 0.35), [0.617, 0.583 * 3**0.382, 0.08], atol=1e-12)
    rim = head.t2 == 0.07
    assert rim.any()
    np.testing.assert_allclose(head.rho[rim], 0.8)
    # The head is taller than wide.
    assert np.ptp(y) > 1.2 * np.ptp(x)


def test_shepp_logan_transform_is_that_of_its_spins():
    size, shape = 0.02, (64, 64, 64)
    center = [0, 0, 0]
    head = mri.shepp_logan(shape, 0.042, size=size, center=center, spins_per_voxel=2)
    voxel = (0.042 / 64) ** 3
    k = np.array([[0, 0, 0], [20, 0, 0], [0, -35, 10], [15, 22, -31], [0, 0, 60.0]])
    want = (head.rho * voxel) @ np.exp(-2j * np.pi * head.position @ k.T)
    got = mri.shepp_logan_kspace(k, size=size, center=center)
    assert np.abs(got - want).max() < 2e-3 * abs(got[0])
    # A shift of the middle is a phase.
    moved = mri.shepp_logan_kspace(k, size=size, center=[1e-3, 2e-3, -1e-3])
    np.testing.assert_allclose(
        moved, got * np.exp(2j * np.pi * k @ [1e-3, 2e-3, -1e-3]), atol=1e-12 * abs(got[0])
    )
    # Near zero the series takes over without a step.
    near = mri.shepp_logan_kspace(
        np.linspace(0, 1, 2001)[:, None] * [0.2, 0.1, 0.1], size=size, center=center
    )
    assert np.abs(np.diff(near.real, 2)).max() < 1e-6 * abs(near[0])


def test_seeded_spins_lie_in_their_voxels_and_repeat():
    a, b = (
        mri.shepp_logan((32, 32, 4), (0.24, 0.24, 0.02), seed=3, spins_per_voxel=2)
        for _ in range(2)
    )
    np.testing.assert_array_equal(a.position, b.position)
    c = mri.shepp_logan((32, 32, 4), (0.24, 0.24, 0.02), seed=4, spins_per_voxel=2)
    assert len(a) != len(c) or not np.array_equal(a.position, c.position)
    assert np.abs(a.position[:, 2]).max() <= 0.02 / 2 + 0.005 / 2 + 1e-12
    assert a.rho.max() < 0.6


@pytest.mark.parametrize(
    ("kwargs", "error", "name"),
    [
        ({"matrix": 5}, ValueError, "matrix"),
        ({"matrix": (0, 4)}, ValueError, "matrix"),
        ({"matrix": (1.5, 4)}, TypeError, "matrix"),
        ({"matrix": (2**20, 2**20, 2**20)}, ValueError, "matrix"),
        ({"fov": -1}, ValueError, "fov"),
        ({"fov": (1, 2)}, ValueError, "fov"),
        ({"b0": 0}, ValueError, "b0"),
        ({"size": np.nan}, ValueError, "size"),
        ({"center": [9, 9, 9]}, ValueError, "center"),
        ({"spins_per_voxel": 0}, ValueError, "spins_per_voxel"),
        ({"spins_per_voxel": 1.5}, ValueError, "spins_per_voxel"),
    ],
)
def test_bad_heads(kwargs, error, name):
    with pytest.raises(error, match=name):
        mri.shepp_logan(**({"matrix": (8, 8)} | kwargs))


def test_bad_k():
    with pytest.raises(ValueError, match="k"):
        mri.shepp_logan_kspace([1, 2])
    with pytest.raises(ValueError, match="k"):
        mri.shepp_logan_kspace(1.0)
    with pytest.raises(ValueError, match="k"):
        mri.shepp_logan_kspace([[np.nan, 0, 0]])
