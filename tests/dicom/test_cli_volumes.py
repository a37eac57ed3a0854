"""The commands scan, volume and check: what they print, write and return."""

import argparse
import csv
import os
import pathlib
import zipfile

import nibabel
import numpy as np
import pytest

from scikit.dicom import DicomError, _cli, read_volume

from .series import classic, numbers

pytestmark = pytest.mark.parallel_threads(1)  # capsys replaces sys.stdout


@pytest.fixture
def run(capsys):
    parser = argparse.ArgumentParser()
    _cli.add_commands(parser.add_subparsers(required=True))

    def call(*words):
        args = parser.parse_args([str(word) for word in words])
        status = args.func(args)
        out = capsys.readouterr()
        assert not out.err
        return status, out.out

    return call


@pytest.fixture
def folder(tmp_path):
    array = numbers(times=2)

    def change(ds, t, k):
        ds.SeriesDescription, ds.SeriesNumber = "t2\x1b[31m", 4
        ds.RescaleSlope, ds.RescaleIntercept = 2, 1

    classic(tmp_path / "s", array, change=change)
    (tmp_path / "s" / "notes.txt").write_text("x")
    return tmp_path / "s", array


def test_scan(run, folder, tmp_path):
    folder, _ = folder
    status, out = run("scan", folder)
    assert status == 0
    for part in ("SeriesDescription", "t2?[31m", "1 skipped", "InstanceNumber"):
        assert part in out
    assert "\x1b" not in out
    status, out = run("scan", folder, "--series")
    assert "series 4 'MR' 't2" in out
    assert "10 files" in out
    status, out = run(
        "scan", folder, "--tags", "Rows", "(0020,0032)", "00100010", "--out", tmp_path / "t.csv"
    )
    with open(tmp_path / "t.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["path", "Rows", "(0020,0032)", "(0010,0010)"]
    assert len(rows) == 11
    assert {row[2] for row in rows[1:]} >= {"0.0\\0.0\\2.5"}
    assert {row[3] for row in rows[1:]} == {"A^B"}


def test_scan_with_errors(run, folder):
    folder, _ = folder
    path = folder / "00003"
    path.write_bytes(path.read_bytes()[:180])
    status, out = run("scan", folder)
    assert status == 1
    assert f"error: {path}" in out
    with pytest.raises(KeyError):
        run("scan", folder, "--tags", "Nonsense")
    with pytest.raises(FileNotFoundError):
        run("scan", folder / "none")


def test_volume(run, folder, tmp_path):
    folder, array = folder
    status, out = run("volume", folder, "--out", tmp_path / "v.nii.gz", "--workers", 2)
    assert status == 0
    assert "(2, 5, 6, 8) float32" in out
    assert "10 files, 1 skipped" in out
    data = np.asarray(nibabel.load(tmp_path / "v.nii.gz").dataobj)
    assert np.array_equal(data.T[..., ::-1, :], array * 2.0 + 1)
    run("volume", folder, "--out", tmp_path / "r.nii", "--raw")
    image = nibabel.load(tmp_path / "r.nii")
    assert image.get_data_dtype() == np.int16
    assert np.array_equal(np.asarray(image.dataobj), data)
    run("volume", folder, "--out", tmp_path / "new", "--raw")
    assert np.array_equal(read_volume(tmp_path / "new", rescale=False).array, array)
    assert np.array_equal(read_volume(tmp_path / "new").array, array * 2.0 + 1)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    run("volume", tmp_path / "a.zip", "--out", tmp_path / "z.nii")
    assert np.array_equal(np.asarray(nibabel.load(tmp_path / "z.nii").dataobj), data)


def test_volume_of_a_damaged_series(run, folder, tmp_path):
    folder, _ = folder
    gone = next(p for p in sorted(folder.iterdir()) if p.name != "notes.txt")
    os.unlink(gone)
    with pytest.raises(DicomError, match="missing or duplicate"):
        run("volume", folder, "--out", tmp_path / "v.nii")
    assert not (tmp_path / "v.nii").exists()
    status, out = run("volume", folder, "--out", tmp_path / "v.nii", "--lenient")
    assert status == 0
    assert "missing or duplicate slices" in out


def test_check(run, folder, tmp_path):
    folder, _ = folder
    status, out = run("check", folder)
    assert status == 0
    assert "10 image(s)" in out
    assert "the slices form a volume" in out
    assert "11 file(s), 0 without pixels, 1 that are no DICOM files; 0 problem(s)" in out
    status, out = run("check", folder, "--pixels")
    assert status == 0
    names = sorted(p for p in folder.iterdir() if p.name != "notes.txt")
    os.unlink(names[0])
    names[1].write_bytes(names[1].read_bytes()[:-9])
    status, out = run("check", folder)
    assert status == 1
    assert "problem" in out
    assert "damaged" in out
    assert "cut short" in out
    assert "; 3 problem(s)" in out
    status, out = run("check", *names[2:])
    assert status == 1
    with pytest.raises(FileNotFoundError):
        run("check", tmp_path / "none")


def test_check_of_compressed_pixels(run, tmp_path):
    from scikit.dicom import Volume, uid

    volume = Volume(numbers()[0])
    files = volume.save_dicom(tmp_path / "s", transfer_syntax=uid.JPEGLosslessSV1)
    assert run("check", tmp_path / "s", "--pixels")[0] == 0
    path = pathlib.Path(files[2])
    data = bytearray(path.read_bytes())
    begin = data.rindex(b"\xff\xda")
    data[begin : begin + 2] = b"\0\0"
    path.write_bytes(data)
    assert run("check", tmp_path / "s")[0] == 0  # its headers are sound
    status, out = run("check", tmp_path / "s", "--pixels")
    assert status == 1
    assert "problem" in out
