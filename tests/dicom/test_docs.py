"""The examples of the guides run."""

import pathlib
import re
import shutil

import pytest

from .conftest import ROOT

GUIDES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "dicom"


@pytest.mark.parallel_threads(1)
@pytest.mark.filterwarnings("ignore:the file is cut short")
@pytest.mark.parametrize("name", ["pydicom_users.md", "pixels.md"])
def test_guide(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "test_files" / "CT_small.dcm", "scan.dcm")
    pathlib.Path("study").mkdir()
    for number in range(2):
        shutil.copy("scan.dcm", f"study/{number}.dcm")
    blocks = re.findall(r"```python\n(.*?)```", (GUIDES / name).read_text("utf-8"), re.DOTALL)
    assert blocks
    space = {}
    for block in blocks:
        exec(compile(block, name, "exec"), space)
    if name == "pydicom_users.md":
        assert "Patient's Name" in capsys.readouterr().out
