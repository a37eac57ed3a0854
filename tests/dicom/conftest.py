"""What the tests of scikit.dicom share."""

import pathlib
import shutil
import struct
import subprocess

import pydicom
import pytest

ROOT = pathlib.Path(pydicom.__file__).parent / "data"
NATIVE = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1",
    "1.2.840.10008.1.2.2",
    "1.2.840.10008.1.2.1.99",
)


def installed_files():
    """The DICOM files that pydicom's wheel ships."""
    folders = (ROOT / "test_files", ROOT / "charset_files")
    return sorted(path for folder in folders for path in folder.glob("*.dcm"))


def dcmtk(program, *arguments):
    """Run one of DCMTK's programs; the test ends here where they are not installed.

    They are a second opinion: tools/setup.py installs them where apt-get is allowed.
    """
    if shutil.which(program) is None:
        pytest.skip(f"DCMTK's {program} is not installed")
    command = [program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False)


def element(group, number, vr, value, length=None):
    """One element in explicit little-endian."""
    length = len(value) if length is None else length
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC"):
        return struct.pack("<HH2sHI", group, number, vr, 0, length) + value
    return struct.pack("<HH2sH", group, number, vr, length) + value


def start(syntax="1.2.840.10008.1.2.1"):
    """Preamble, prefix and file meta information."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    body = element(2, 0x10, b"UI", uid)
    return bytes(128) + b"DICM" + element(2, 0, b"UL", struct.pack("<I", len(body))) + body


@pytest.fixture(scope="session")
def small_ct():
    """A small CT of pydicom's, as bytes."""
    return (ROOT / "test_files" / "CT_small.dcm").read_bytes()
