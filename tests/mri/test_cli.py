"""The command ``scikit mri simulate``."""

import argparse

import numpy as np
import pytest

from scikit import dicom, mri
from scikit.mri import _cli
from scikit.mri._slices import slices


def run(*args):
    parser = argparse.ArgumentParser()
    _cli.add_commands(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["simulate", *map(str, args)])
    return parsed.func(parsed)


def epi_text(lines=16, samples=16):
    """EPI in Pulseq 1.4: a slice-selective pulse with an offset, prephasers, alternate readouts, blips."""
    shape = np.round(np.sinc(np.linspace(-2, 2, 300)), 9)
    magnitude, phase = np.abs(shape), np.where(shape < 0, 0.5, 0.0)
    # k steps of 4/m; a readout of 160 us on the flat top, 16 samples of 10 us.
    flat = 4.0 / 10e-6
    blocks = ["1 34 1 0 0 1 0 0", "2 30 0 2 3 4 0 0"]
    for i in range(lines):
        blocks.append(f"{len(blocks) + 1} 20 0 {5 + i % 2} 0 0 1 0")
        blocks.append(f"{len(blocks) + 1} 4 0 0 7 0 0 0")
    back = -(flat * (160e-6 + 20e-6)) / 2
    text = [
        "[VERSION]", "major 1", "minor 4", "revision 1", "[DEFINITIONS]", "GradientRasterTime 1e-05",
        "RadiofrequencyRasterTime 1e-06", "BlockDurationRaster 1e-05", "AdcRasterTime 1e-07", "[BLOCKS]", *blocks,
        "[RF]", "1 3200 1 2 0 20 3000 0",
        "[TRAP]", "1 600000 20 300 20 0", f"2 {back / 260e-6!r} 20 240 20 20",
        f"3 {-lines / 2 * 4.0 / 260e-6!r} 20 240 20 20", f"4 {-600000 * 160e-6 / 260e-6!r} 20 240 20 20",
        f"5 {flat!r} 20 160 20 0", f"6 {-flat!r} 20 160 20 0", f"7 {4.0 / 20e-6!r} 10 10 10 0",
        "[ADC]", f"1 {samples} 10000 20 0 0", "[SHAPES]",
    ]  # fmt: skip
    for key, values in enumerate((magnitude, phase), 1):
        text += [f"shape_id {key}", "num_samples 300", *(repr(float(v)) for v in values)]
    return "\n".join(text) + "\n"


@pytest.fixture
def epi(tmp_path):
    path = tmp_path / "epi.seq"
    path.write_text(epi_text())
    return path


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "spins.npz"
    x, y, z = np.meshgrid(*[np.linspace(-0.03, 0.05, 5)] * 2, np.linspace(0, 0.01, 9))
    mri.Phantom(np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1), 1.0, 1.0, 0.1).save(path)
    return path


def test_an_image_of_the_head(epi, tmp_path, capsys):
    out = tmp_path / "deep" / "out"
    assert run(epi, "--out", out, "--float32", "--workers", 2) == 0
    assert sorted(p.name for p in out.iterdir()) == [
        "dicom",
        "image.npy",
        "signal.npz",
        "summary.txt",
    ]
    assert sorted(p.name for p in out.parent.iterdir()) == ["out"]
    image = np.load(out / "image.npy")
    assert image.shape == (1, 16, 16)
    with np.load(out / "signal.npz") as file:
        assert file["signal"].shape == file["adc_times"].shape == (256,)
        assert file["signal"].dtype == np.complex64
        assert file["kspace"].shape == (256, 3)
    (file,) = (out / "dicom").iterdir()
    slice_ = dicom.read_volume(out / "dicom")
    np.testing.assert_allclose(
        np.squeeze(slice_.array), abs(image[0]), atol=2e-5 * abs(image).max()
    )
    # Pixels of 1 / 64 m and a slice 3000 Hz / 600000 Hz/m away; row and column 8 are at the origin.
    np.testing.assert_allclose(slice_.affine @ [0, 8, 8, 1], [0, 0, 5, 1], atol=1e-3)
    np.testing.assert_allclose(
        slice_.affine[:2, [2, 1]], np.eye(2) * 1e3 * 0.25 / 16, rtol=1e-3, atol=1e-6
    )
    assert file.suffix == ".dcm"
    text = capsys.readouterr().out
    assert text == (out / "summary.txt").read_text()
    assert "16 x 16" in text
    # The head is bright in the middle and dark at the corners.
    assert abs(image[0, 6:10, 6:10]).mean() > 5 * abs(image[0, :2, :2]).mean()


def test_own_phantom_gives_the_same_as_the_library(epi, small, tmp_path):
    assert run(epi, "--phantom", small, "--out", tmp_path / "out") == 0
    seq = mri.Sequence.read(epi)
    want = mri.simulate(seq, mri.Phantom.load(small))
    with np.load(tmp_path / "out" / "signal.npz") as file:
        np.testing.assert_array_equal(file["signal"], want)
    np.testing.assert_allclose(
        np.load(tmp_path / "out" / "image.npy"), mri.reconstruct_cartesian(want, seq)
    )


def test_the_slice_is_found(epi):
    (found,) = slices(mri.Sequence.read(epi))
    np.testing.assert_allclose(found.normal, [0, 0, 1])
    assert found.offset == pytest.approx(5e-3)
    # A sinc with two zeros on either side in 300 us has a bandwidth of 4 / 300 us.
    assert found.thickness == pytest.approx(4 / 300e-6 / 600000, rel=0.1)


def test_slices_and_times_are_put_in_order():
    places = np.array([10.0, -10, 0, 10, -10, 0])
    affines = np.tile(np.eye(4), (6, 1, 1))
    affines[:, 2, 3] = places
    order, affine = _cli._stack(affines)
    np.testing.assert_array_equal(order, [[1, 2, 0], [4, 5, 3]])
    np.testing.assert_allclose(affine @ [1, 0, 0, 1], [0, 0, 0, 1])
    affines[0, 2, 3] = 11
    assert _cli._stack(affines) == (None, None)


def test_not_cartesian_is_said_and_is_no_fault(tmp_path, small, capsys):
    text = epi_text()
    lines = text.split("\n")
    at = lines.index("[BLOCKS]")
    # Both axes at once: lines in changing directions.
    for i in range(at + 3, at + 35, 4):
        words = lines[i].split()
        words[4] = "5"
        lines[i] = " ".join(words)
    path = tmp_path / "odd.seq"
    path.write_text("\n".join(lines))
    assert run(path, "--phantom", small, "--out", tmp_path / "out") == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["signal.npz", "summary.txt"]
    assert "not Cartesian" in capsys.readouterr().out


def test_bad_input_leaves_nothing_behind(epi, small, tmp_path):
    bad = tmp_path / "bad.seq"
    cases = [
        ((tmp_path / "none.seq",), None, FileNotFoundError),
        ((bad,), "hello", mri.PulseqError),
        ((bad,), epi_text()[:700], mri.PulseqError),
        ((bad,), epi_text().replace("minor 4", "minor 9"), mri.PulseqError),
        ((bad,), "[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n1 10 0 0 0 0 0 0\n", ValueError),
        ((epi, "--phantom", "melon"), None, FileNotFoundError),
        ((epi, "--phantom", epi), None, ValueError),
        ((epi, "--phantom", small, "--workers", 0), None, ValueError),
    ]
    before = {p.name for p in tmp_path.iterdir()} | {"bad.seq"}
    for args, text, error in cases:
        if text is not None:
            bad.write_text(text)
        with pytest.raises(error) as caught:
            run(*args, "--out", tmp_path / "out")
        assert len(str(caught.value).strip().splitlines()) == 1
        assert {p.name for p in tmp_path.iterdir()} <= before


def test_an_output_folder_that_holds_something_is_kept(epi, small, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    assert run(epi, "--phantom", small, "--out", out) == 0  # empty: used
    keep = (out / "summary.txt").read_text()
    with pytest.raises(FileExistsError):
        run(epi, "--phantom", small, "--out", out)
    assert (out / "summary.txt").read_text() == keep
    with pytest.raises(FileExistsError):
        run(epi, "--phantom", small, "--out", epi)


def test_a_failure_while_writing_leaves_no_folder(epi, small, tmp_path):
    class Sudden(Exception):
        pass

    def fail(*args):
        raise Sudden

    args = argparse.Namespace(
        sequence=str(epi),
        phantom=str(small),
        out=str(tmp_path / "out"),
        workers=1,
        float32=False,
        progress=False,
    )
    with pytest.raises(Sudden):
        _cli.simulate_command(args, write=fail)
    assert {p.name for p in tmp_path.iterdir()} <= {"epi.seq", "spins.npz"}
