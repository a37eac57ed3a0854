"""The command line: the main job, and one clear line for everything that is wrong."""

import subprocess
import sys

import numpy as np
import pytest

import scikit
from scikit import dicom
from scikit._cli import main

SEQUENCE = """# Pulseq sequence file
[VERSION]
major 1
minor 4
revision 0

[DEFINITIONS]
AdcRasterTime 1e-07
BlockDurationRaster 1e-05
GradientRasterTime 1e-05
RadiofrequencyRasterTime 1e-06

[BLOCKS]
1 100 1 0 0 0 0 0
2 200 0 0 0 0 1 0

[RF]
1 2500 1 2 3 0 0 0

[ADC]
1 16 100000 0 0 0

[SHAPES]

shape_id 1
num_samples 2
1
1

shape_id 2
num_samples 2
0
0

shape_id 3
num_samples 2
0
100
"""


@pytest.fixture
def sequence(tmp_path):
    path = tmp_path / "fid.seq"
    path.write_text(SEQUENCE)
    return path


def test_simulate_a_file_that_is_not_cartesian(sequence, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["mri", "simulate", str(sequence), "--out", str(out), "--float32"]) == 0
    assert capsys.readouterr().err == ""
    data = np.load(out / "signal.npz")
    assert data["signal"].shape == (16,)
    assert np.abs(data["signal"]).max() > 0
    assert not (out / "dicom").exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda s: "hello\n", "fid.seq"),
        (lambda s: "", "fid.seq"),
        (lambda s: s[: len(s) // 2], "[BLOCKS] is empty"),
        (lambda s: s.replace("minor 4", "minor 9"), "1.9"),
        (lambda s: s.replace("1 16 100000", "1 x 100000"), "line"),
    ],
)
def test_bad_sequences_are_one_line(sequence, tmp_path, capsys, change, text):
    sequence.write_text(change(SEQUENCE))
    before = sorted(tmp_path.iterdir())
    assert main(["mri", "simulate", str(sequence), "--out", str(tmp_path / "out")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("scikit: error: ")
    assert text in lines[0]
    assert sorted(tmp_path.iterdir()) == before


def series(folder, seed):
    volume = np.random.default_rng(seed).integers(0, 4000, (3, 8, 8)).astype(np.uint16)
    dicom.write_volume(folder, volume, spacing=(3, 1, 1))
    return volume


def test_volume_and_info(tmp_path, capsys):
    nibabel = pytest.importorskip("nibabel")
    volume = series(tmp_path / "in", 1)
    assert main(["dicom", "volume", str(tmp_path / "in"), "--out", str(tmp_path / "v.nii")]) == 0
    data = np.asarray(nibabel.load(tmp_path / "v.nii").dataobj)
    assert sorted(data.ravel()) == sorted(volume.ravel())
    assert main(["dicom", "volume", str(tmp_path / "in"), "--out", str(tmp_path / "again")]) == 0
    np.testing.assert_array_equal(dicom.read_volume(tmp_path / "again").array, volume)
    assert main(["dicom", "info", str(tmp_path / "in")]) == 0
    assert "series" in capsys.readouterr().out


def no_such_folder(tmp_path):
    return tmp_path / "nothing"


def empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def two_series(tmp_path):
    series(tmp_path / "a", 1)
    series(tmp_path / "b", 2)
    (tmp_path / "both").mkdir()
    for name in ("a", "b"):
        for k, path in enumerate(sorted((tmp_path / name).iterdir())):
            path.rename(tmp_path / "both" / f"{name}{k}")
    return tmp_path / "both"


def not_dicom(tmp_path):
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.txt").write_text("no image")
    return tmp_path / "text"


@pytest.mark.parametrize("make", [no_such_folder, empty_folder, two_series, not_dicom])
def test_bad_folders_are_one_line(tmp_path, capsys, make):
    folder = make(tmp_path)
    for out in ("v.nii", "out"):
        assert main(["dicom", "volume", str(folder), "--out", str(tmp_path / out)]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("scikit: error: ")
        assert not (tmp_path / out).exists()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_info_and_version(capsys):
    assert main(["info"]) == 0
    assert "isa in force" in capsys.readouterr().out
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert scikit.__version__ in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["mri"], ["paint"], ["mri", "simulate"]])
def test_usage_errors_exit_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_as_a_module():
    run = subprocess.run(
        [sys.executable, "-m", "scikit", "dicom", "info", "/no/such/file"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert "Traceback" not in run.stderr
