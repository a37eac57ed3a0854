"""The dictionary's tables, against pydicom's and DCMTK's."""

import glob
import importlib.util
import pathlib

import pydicom
import pytest

from scikit.dicom import UID, _dictionary

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tool():
    spec = importlib.util.spec_from_file_location(
        "make_dicom_dictionary", ROOT / "tools" / "make_dicom_dictionary.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def dcmtk():
    """DCMTK's table."""
    folders = sorted({pathlib.Path(p).parent for p in glob.glob("/usr/share/*dcmtk*/dicom.dic")})
    if not folders:
        pytest.skip("DCMTK's data files are not installed")
    return tool().dcmtks(folders[-1])


def test_against_dcmtk(dcmtk):
    """The same VR, VM, keyword; retired there is retired here."""
    open_vrs, compared = tool().OPEN, 0
    for key, (vr, vm, _, retired, keyword) in dcmtk.items():
        entry = _dictionary.entry(int(key.replace("x", "0"), 16))
        if entry is None or (entry.keyword != keyword and "x" in key):
            continue
        compared += 1
        assert entry.VR in open_vrs.get(vr, {vr}), key
        assert entry.keyword == keyword, key
        assert vm == entry.VM or key == "00089007"  # 4-5 in the newer edition
        assert entry.retired or not retired, key
    assert compared > 4800


def test_uids_against_pydicom():
    from pydicom._uid_dict import UID_dictionary

    table = _dictionary.uids()
    assert table.keys() == UID_dictionary.keys()
    for value, (name, kind, _, retired, keyword) in UID_dictionary.items():
        assert table[value] == (name, kind, keyword, bool(retired))
        assert UID(value).is_retired == pydicom.uid.UID(value).is_retired


def test_tables_are_what_the_tool_writes():
    """As far as pydicom's part goes, when the edition is the installed one."""
    made = tool()
    first = (ROOT / "scikit" / "dicom" / "_elements.tsv").read_text("utf-8").splitlines()
    if f"pydicom {pydicom.__version__} " not in first[0]:
        pytest.skip("another pydicom than the tables were made with")
    assert set("".join(made.elements(made.pydicoms())).splitlines()) <= set(first)
    for name, rows in (("uids", made.uids), ("private", made.private)):
        lines = (ROOT / "scikit" / "dicom" / f"_{name}.tsv").read_text("utf-8")
        assert lines.split("\n", 1)[1] == "".join(rows())
