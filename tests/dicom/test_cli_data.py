"""The commands dump, convert and deidentify."""

import json
import subprocess
import sys

import numpy as np
import pytest

from scikit._cli import main
from scikit.dicom import Dataset, dcmread, write_volume

from .conftest import ROOT

CT = ROOT / "test_files" / "CT_small.dcm"


def run(capsys, *args):
    """(exit status, what is printed, what goes to stderr)."""
    status = main(["dicom", *map(str, args)])
    out, err = capsys.readouterr()
    return status, out, err


def test_dump(capsys):
    status, out, err = run(capsys, "dump", CT)
    assert (status, err) == (0, "")
    assert "(0010,0010) Patient's Name                      PN: 'CompressedSamples^CT1'" in out
    assert out.startswith("(0002,0000)")
    status, out, _ = run(capsys, "dump", CT, "--tags", "Rows", "(0010,0020)", "00020010")
    assert [line[:11] for line in out.splitlines()] == ["(0002,0010)", "(0010,0020)", "(0028,0010)"]
    _, out, _ = run(capsys, "dump", ROOT / "test_files" / "rtplan.dcm", "--top")
    assert "Beam Sequence" in out
    assert "Beam Name" not in out
    _, out, _ = run(capsys, "dump", CT, "--json", "--tags", "Rows")
    assert json.loads(out) == {"00280010": {"vr": "US", "Value": [128]}}
    _, out, _ = run(capsys, "dump", CT, CT, "--tags", "Rows")
    assert out.count(str(CT)) == 2


def test_control_characters_do_not_reach_the_terminal(capsys, tmp_path):
    ds = Dataset()
    ds.PatientComments = "\x1b[31mred"
    ds.save_as(tmp_path / "x.dcm")
    assert "\x1b" not in run(capsys, "dump", tmp_path / "x.dcm")[1]
    ds.PatientName = ds.StudyDescription = "\x1b[31mred"
    ds.save_as(tmp_path / "x.dcm")
    shown = run(capsys, "info", tmp_path / "x.dcm")[1]
    assert "red" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("dump", "nothing.dcm"), "No such file"),
        (("dump", __file__), "not a DICOM file"),
        (("dump", CT, "--tags", "Rowz"), "Rowz"),
        (("convert", CT, CT), "same file"),
        (("convert", CT, "x.dcm", "--syntax", "zip"), "zip"),
        (("convert", CT, "x.dcm", "--syntax", "1.2.3"), "1.2.3"),
        (("convert", "none.json", "x.dcm"), "No such file"),
        (("deidentify", CT, CT), "exists"),
        (("deidentify", CT, "x.dcm", "--options", "all"), "'all'"),
        (("deidentify", "none", "x.dcm"), "No such file"),
    ],
)
def test_errors_are_one_line(capsys, tmp_path, monkeypatch, args, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *args)
    assert (status, out) == (2, "")
    assert err.startswith("scikit: error: ")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "x.dcm").exists()


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("implicit", "1.2.840.10008.1.2"), ("deflated", "1.2.840.10008.1.2.1.99"),
        ("rle", "1.2.840.10008.1.2.5"), ("JPEGLSLossless", "1.2.840.10008.1.2.4.80"),
        ("1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.70"),
    ],
)  # fmt: skip
def test_convert_and_back(capsys, tmp_path, name, syntax):
    there, back = tmp_path / "there.dcm", tmp_path / "back.dcm"
    assert run(capsys, "convert", CT, there, "--syntax", name) == (0, "", "")
    assert dcmread(there).file_meta.TransferSyntaxUID == syntax
    assert run(capsys, "convert", there, back, "--syntax", "explicit") == (0, "", "")
    assert np.array_equal(dcmread(back).pixel_array, dcmread(CT).pixel_array)
    assert dcmread(back).SOPInstanceUID == dcmread(CT).SOPInstanceUID


def test_json_and_back(capsys, tmp_path):
    assert run(capsys, "convert", CT, tmp_path / "x.json")[0] == 0
    assert run(capsys, "convert", tmp_path / "x.json", tmp_path / "x.dcm")[0] == 0
    ours, want = dcmread(tmp_path / "x.dcm"), dcmread(CT)
    assert ours.to_json_dict() == want.to_json_dict()


def test_folders(capsys, tmp_path):
    write_volume(tmp_path / "mr", np.zeros((3, 4, 4)), spacing=(3, 1, 1))
    (tmp_path / "mr" / "notes.txt").write_text("none")
    status, out, err = run(
        capsys, "convert", tmp_path / "mr", tmp_path / "rle", "--syntax", "rle", "--workers", "2"
    )
    assert (status, err) == (1, "")
    assert "notes.txt: not a DICOM file" in out
    assert "3 file(s) written" in out
    assert len(list((tmp_path / "rle").iterdir())) == 3
    status, _, err = run(capsys, "convert", tmp_path / "mr", tmp_path / "rle")
    assert status == 2
    assert "empty" in err
    key = tmp_path / "key"
    key.write_bytes(b"secret")
    results = []
    for name in ("a", "b"):
        status, out, err = run(
            capsys, "deidentify", tmp_path / "mr", tmp_path / name, "--secret-file", key,
            "--options", "uids", "full_dates", "--report", tmp_path / "report.txt",
        )  # fmt: skip
        assert (status, err) == (0, "")
        assert "3 file(s) written" in out
        results.append([p.read_bytes() for p in sorted((tmp_path / name).iterdir())])
    assert results[0] == results[1]
    assert "PatientName" in (tmp_path / "report.txt").read_text()


def test_deidentify_a_file(capsys, tmp_path):
    status, out, err = run(capsys, "deidentify", CT, tmp_path / "x.dcm")
    assert (status, err) == (0, "")
    assert "1 file(s) written" in out
    assert dcmread(tmp_path / "x.dcm").PatientIdentityRemoved == "YES"


def test_a_reader_that_stops():
    program = [sys.executable, "-m", "scikit", "dicom", "dump", *[str(CT)] * 40]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
