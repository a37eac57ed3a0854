"""Images from Cartesian k-space."""

import numpy as np
import pytest

from scikit import mri


def grid(nx, ny, dx=4.0, dy=4.0, alternate=False):
    kx = (np.arange(nx) - nx // 2) * dx
    lines = []
    for i in range(ny):
        row = kx[::-1] if alternate and i % 2 else kx
        lines.append(np.stack([row, np.full(nx, (i - ny // 2) * dy), np.zeros(nx)], axis=1))
    return np.concatenate(lines)


def signal_of(k, position, weights):
    return np.exp(-2j * np.pi * k @ np.asarray(position).T) @ np.asarray(weights)


@pytest.mark.parametrize("alternate", [False, True])
@pytest.mark.parametrize(("nx", "ny"), [(16, 16), (17, 12), (32, 9)])
def test_even_samples_give_the_fft(nx, ny, alternate):
    rng = np.random.default_rng(nx)
    image = rng.normal(size=(ny, nx)) + 1j * rng.normal(size=(ny, nx))
    k = grid(nx, ny, alternate=alternate)
    x = (np.arange(nx) - nx // 2) / nx * 0.25
    y = (np.arange(ny) - ny // 2) / ny * 0.25
    position = np.stack([*(a.ravel() for a in np.meshgrid(x, y)), np.zeros(nx * ny)], axis=1)
    got = mri.reconstruct_cartesian(signal_of(k, position, image.ravel()), k, matrix=(nx, ny))
    assert got.shape == (1, ny, nx)
    np.testing.assert_allclose(got[0], image, atol=1e-10)
    if not alternate:
        data = signal_of(k, position, image.ravel()).reshape(ny, nx)
        fft = np.fft.fftshift(np.fft.ifft2(np.fft.ifftshift(data)))
        np.testing.assert_allclose(got[0], fft, atol=1e-10)


def test_ramp_sampling_puts_a_spin_where_it_is():
    t = np.linspace(0, np.pi, 150)
    kx = -62 * np.cos(t)  # slow at the ends
    lines = [
        np.stack([kx[:: 1 - 2 * (i % 2)], np.full(150, (i - 8) * 4.0), 0 * kx], axis=1)
        for i in range(16)
    ]
    k = np.concatenate(lines)
    spin = [[0.0625, -0.03125, 0]]
    image = abs(
        mri.reconstruct_cartesian(signal_of(k, spin, [1.0]), k, matrix=(32, 16), fov=(0.25, 0.25))
    )
    assert image.shape == (1, 16, 32)
    assert np.unravel_index(np.argmax(image[0]), (16, 32)) == (6, 24)
    assert 0.8 < image.max() < 1.2


def test_frames_and_partitions():
    k = grid(16, 8)
    one, two = ([[0.0, 0.03125, 0]], [[0.0, -0.03125, 0]])
    signal = np.concatenate([signal_of(k, one, [1]), signal_of(k, two, [2])])
    image = abs(mri.reconstruct_cartesian(signal, np.concatenate([k, k])))
    assert image.shape[0] == 2
    assert np.argmax(image[0].max(axis=1)) != np.argmax(image[1].max(axis=1))
    np.testing.assert_allclose([image[0].max(), image[1].max()], [1, 2], rtol=1e-9)
    slabs = np.concatenate([k + np.array([0, 0, 50.0 * (j - 2)]) for j in range(4)])
    image = abs(mri.reconstruct_cartesian(signal_of(slabs, [[0, 0, 0.005]], [1]), slabs))
    assert image.shape[:2] == (1, 4)
    assert np.argmax(image[0].max(axis=(1, 2))) == 3


@pytest.mark.parametrize("angle", [0.0, 0.4, 2.0])
def test_any_orientation_in_the_plane(angle):
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    k = grid(16, 16) @ turn.T
    image = abs(mri.reconstruct_cartesian(signal_of(k, [[0, 0, 0]], [1]), k))
    assert image.shape == (1, 16, 16)
    assert np.unravel_index(np.argmax(image[0]), (16, 16)) == (8, 8)


def test_from_a_sequence_with_a_head():
    """EPI of a head that is known in k-space."""
    n, fov = 32, 0.256
    k = grid(n, n, 1 / fov, 1 / fov, alternate=True)
    head = mri.shepp_logan((128, 128), (fov, fov, 1e-3), b0=3)
    image = abs(mri.reconstruct_cartesian(signal_of(k, head.position, head.rho) / 16, k)[0])
    want = np.zeros((n, n))
    index = np.floor(head.position[:, :2] / fov * n + n / 2 + 0.5).astype(int)
    np.add.at(want, (index[:, 1] % n, index[:, 0] % n), head.rho / 16)
    assert np.corrcoef(image.ravel(), want.ravel())[0, 1] > 0.97


def test_what_is_not_cartesian_is_refused():
    t = np.linspace(0, 1, 2000)
    spiral = 100 * t[:, None] * np.stack([np.cos(40 * t), np.sin(40 * t), 0 * t], axis=1)
    radial = np.concatenate(
        [
            np.linspace(-100, 100, 32)[:, None] * [np.cos(a), np.sin(a), 0]
            for a in np.linspace(0, np.pi, 9)[:-1]
        ]
    )
    uneven = grid(16, 8)
    uneven[uneven[:, 1] > 4, 1] += 1.5
    for k in (spiral, radial, uneven):
        with pytest.raises(ValueError, match="not Cartesian"):
            mri.reconstruct_cartesian(np.zeros(len(k)), k)


@pytest.mark.parametrize(
    ("signal", "kwargs", "error", "name"),
    [
        (np.zeros(5), {}, ValueError, "signal"),
        (np.zeros((16, 16)), {}, ValueError, "signal"),
        (["a"] * 256, {}, TypeError, "signal"),
        (np.zeros(256), {"matrix": (0, 3)}, ValueError, "matrix"),
        (np.zeros(256), {"matrix": 3}, ValueError, "matrix"),
        (np.zeros(256), {"matrix": (2**20, 2**20)}, ValueError, "matrix"),
        (np.zeros(256), {"matrix": (2.5, 3)}, TypeError, "matrix"),
        (np.zeros(256), {"fov": (-1, 1)}, ValueError, "fov"),
        (np.zeros(256), {"fov": (np.nan, 1)}, ValueError, "fov"),
    ],
)
def test_bad_arguments(signal, kwargs, error, name):
    with pytest.raises(error, match=name):
        mri.reconstruct_cartesian(signal, grid(16, 16), **kwargs)
    with pytest.raises(ValueError, match="trajectory"):
        mri.reconstruct_cartesian(np.zeros(2), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="trajectory"):
        mri.reconstruct_cartesian(np.zeros(2), [[1, 2]])
    with pytest.raises(ValueError, match="not Cartesian"):
        mri.reconstruct_cartesian(np.zeros(20), np.zeros((20, 3)))
