"""The commands."""

import argparse
import os

import nibabel
import numpy as np
import pytest

from scikit.dicom import DicomError, _cli, read_volume, write_volume

from .conftest import ROOT


@pytest.fixture
def run():
    parser = argparse.ArgumentParser()
    _cli.add_commands(parser.add_subparsers(required=True))

    def call(*words):
        args = parser.parse_args([str(word) for word in words])
        return args.func(args)

    return call


@pytest.fixture
def series(tmp_path):
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    write_volume(tmp_path / "series", array, spacing=(3, 2, 1))
    return tmp_path / "series", array


@pytest.mark.parallel_threads(1)
def test_volume_to_nifti(run, series, tmp_path, capsys):
    folder, array = series
    assert run("volume", folder, "--out", tmp_path / "v.nii") == 0
    assert np.array_equal(
        np.asarray(nibabel.load(tmp_path / "v.nii").dataobj).T[..., ::-1, :], array
    )
    assert "(2, 3, 4, 5)" in capsys.readouterr().out


@pytest.mark.parallel_threads(1)
def test_volume_to_dicom(run, series, tmp_path):
    folder, array = series
    uid = read_volume(folder).series
    assert run("volume", folder, "--out", tmp_path / "new", "--series", uid) == 0
    volume = read_volume(tmp_path / "new")
    assert np.array_equal(volume.array, array)
    assert volume.spacing == (3, 2, 1)
    with pytest.raises(FileExistsError):
        run("volume", folder, "--out", tmp_path / "new")


@pytest.mark.parallel_threads(1)
def test_faults_leave_nothing(run, series, tmp_path):
    folder, _ = series
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", tmp_path / "none"):
        for out in ("v.nii", "v.nii.gz", "new"):
            with pytest.raises((DicomError, OSError)) as caught:
                run("volume", source, "--out", tmp_path / out)
            assert "\n" not in str(caught.value)
    with pytest.raises(DicomError, match="series"):
        run("volume", folder, "--out", tmp_path / "v.nii", "--series", "1.2")
    os.unlink(folder / "IM00002.dcm")
    with pytest.raises(DicomError, match="missing"):
        run("volume", folder, "--out", tmp_path / "v.nii")
    assert sorted(os.listdir(tmp_path)) == ["empty", "series"]


@pytest.mark.parallel_threads(1)
def test_info_of_a_folder(run, series, capsys):
    folder, _ = series
    (folder / "notes.txt").write_text("x")
    assert run("info", folder) == 0
    out = capsys.readouterr().out
    for part in ("patient", "study", "2 x 3 x 4 x 5, 3 x 2 x 1 mm", "6, 6", "not a DICOM file"):
        assert part in out


@pytest.mark.parallel_threads(1)
def test_info_of_files(run, capsys):
    assert run("info", ROOT / "test_files" / "CT_small.dcm") == 0
    out = capsys.readouterr().out
    for part in ("CompressedSamples^CT1", "128 x 128", "Explicit VR Little Endian", "first voxel"):
        assert part in out
    assert run("info", ROOT / "test_files" / "rtplan.dcm") == 0
    assert "no pixel data" in capsys.readouterr().out
    assert run("info", ROOT / "test_files" / "MR_small_RLE.dcm") == 0
    assert "RLE Lossless" in capsys.readouterr().out


@pytest.mark.parallel_threads(1)
def test_info_of_nothing(run, tmp_path):
    with pytest.raises(DicomError, match="no DICOM images"):
        run("info", tmp_path)
    with pytest.raises(FileNotFoundError):
        run("info", tmp_path / "none")
    (tmp_path / "x").write_text("x")
    with pytest.raises(DicomError, match="not a DICOM file"):
        run("info", tmp_path / "x")
