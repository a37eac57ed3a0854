"""Files that ask for much: each must be answered within half a second and 64 MB; small files, cut and
changed at every byte."""

import contextlib
import io
import struct
import subprocess
import sys
import textwrap
import time
import warnings
import zlib

import pytest

from scikit.dicom import Dataset, DicomError, LimitError, dcmread, dcmwrite, deidentify, pixel_array

from .conftest import element, start

ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
OPEN = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
UNDEFINED = 0xFFFFFFFF


def long_text(vr, text):
    """A value of 4 MB or so, in a VR that may be so long."""
    return start() + struct.pack("<HH2sHI", 8, 0x119, vr, 0, len(text)) + text


def deflated(data):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return start("1.2.840.10008.1.2.1.99") + packer.compress(data) + packer.flush()


def kinds():
    """(name, bytes of a file)."""
    small = b"".join(element(9, k, b"US", b"") for k in range(0x1000, 0x10000))
    yield "many_elements", start() + small * 4
    yield "same_element", start() + element(9, 0x1001, b"US", b"\1\0") * 500_000
    yield "many_items", start() + element(8, 0x1115, b"SQ", ITEM * 1_000_000)
    yield (
        "many_open_items",
        start()
        + element(8, 0x1115, b"SQ", b"", UNDEFINED)
        + ((OPEN + ITEM_END) * 400_000 + SEQUENCE_END),
    )
    yield (
        "many_fragments",
        start("1.2.840.10008.1.2.5")
        + (element(0x7FE0, 0x10, b"OB", b"", UNDEFINED) + ITEM * 1_000_000 + SEQUENCE_END),
    )
    yield "nested_un", start() + (element(9, 0x1001, b"UN", b"", UNDEFINED) + OPEN) * 5000
    nest = struct.pack("<HHI", 9, 0x1001, UNDEFINED) + OPEN
    yield "nested_implicit", start("1.2.840.10008.1.2") + nest * 50_000
    yield "backslashes", long_text(b"UC", b"\\" * 1_000_000)
    yield (
        "escapes",
        start()
        + element(8, 5, b"CS", b"\\ISO 2022 IR 87")
        + long_text(b"UT", b"\x1b$B" * 300_000)[len(start()) :],
    )
    yield "names", start() + element(0x10, 0x10, b"PN", b"A^B=" * 16_000)
    yield "zeros_and_one", start() + element(8, 0x60, b"CS", b"CT") + bytes(10_000_000) + b"\1"
    runs = (bytes(15) + b"\1") * 500_000
    yield "runs_of_zeros", start() + element(8, 0x60, b"CS", b"CT") + runs
    bad = element(0x7FE0, 0x10, b"OB", b"", UNDEFINED) + b"\xfe" * 16
    yield "no_delimiter", start("1.2.840.10008.1.2.5") + bad * 100_000
    yield "deflated_elements", deflated(element(9, 0x1001, b"US", b"\1\0") * 3_000_000)
    yield "long_number", start() + element(0x20, 0x13, b"IS", b"9" * 60_000)
    yield "long_decimal", start() + element(0x18, 0x50, b"DS", b"1" * 60_000)
    yield "many_decimals", start() + element(0x18, 0x50, b"DS", b"1.5\\" * 16_000)
    wrong = element(8, 0x1115, b"SQ", b"", 0xFFFFFFFE)
    yield "sequence_of_4_gb", start() + wrong


PROBE = """
    import sys, time, warnings
    warnings.simplefilter("ignore")
    import scikit.dicom as sd
    def peak():  # of this process alone; ru_maxrss begins with the parent's
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    def look(path):
        ds = sd.dcmread(path)
        n = sum(1 for _ in ds)
        try:
            sd.pixel_array(ds)
        except sd.DicomError:
            pass
    sd.dcmread(sys.argv[1], stop_before_pixels=True)
    for path in sys.argv[1:]:
        before = peak()
        began = time.perf_counter()
        try:
            look(path)
            out = "read"
        except sd.DicomError as error:
            out = type(error).__name__
        took = time.perf_counter() - began
        print(path, out, took, (peak() - before) / 1024)
"""


@pytest.mark.parallel_threads(1)
def test_time_and_memory(tmp_path):
    small = tmp_path / "0.dcm"
    small.write_bytes(start() + element(8, 0x60, b"CS", b"CT"))
    paths = [small]
    for name, data in kinds():
        paths.append(tmp_path / f"{name}.dcm")
        paths[-1].write_bytes(data)
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROBE), *map(str, paths)],
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    lines = [line.rsplit(" ", 3) for line in run.stdout.splitlines()]
    assert len(lines) == len(paths)
    for path, out, took, grown in lines:
        assert float(took) < 2, (path, out, took)  # four times as long on a busy machine
        assert float(grown) < 64, (path, out, grown)


def test_what_is_refused_by_default():
    files = dict(kinds())
    for name in ("many_elements", "same_element"):
        with pytest.raises(LimitError, match="100000 elements"):
            dcmread(files[name])
    for name in ("nested_un", "nested_implicit"):
        with pytest.raises(LimitError, match="64 deep"):
            dcmread(files[name])
    assert len(dcmread(files["many_items"]).ReferencedSeriesSequence) == 1_000_000
    assert dcmread(files["long_number"])["InstanceNumber"].value is not None


def small_files():
    """Ten small files, in every encoding, with everything that has a length."""
    inner = Dataset()
    inner.CodeValue, inner.CodeMeaning = "T-1", "M"
    for syntax in (
        "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99",
    ):  # fmt: skip
        for undefined in (False, True):
            ds = Dataset()
            ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
            ds.PatientName, ds.InstanceNumber = "Yamada^Tarou=\u5c71\u7530", 3
            ds.AnatomicRegionSequence = [inner, Dataset()]
            ds.private_block(0x0029, "ACME", create=True).add_new(1, "OB", b"abc")
            ds.Rows = ds.Columns = 2
            ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
            ds.BitsAllocated = ds.BitsStored = 8
            ds.HighBit, ds.PixelRepresentation = 7, 0
            ds.PixelData = b"\1\2\3\4"
            inner.is_undefined_length = ds["AnatomicRegionSequence"].is_undefined_length = undefined
            ds.file_meta.TransferSyntaxUID = syntax
            out = io.BytesIO()
            dcmwrite(out, ds)
            yield out.getvalue()[:0] + out.getvalue()
    rle = struct.pack("<16I", 1, 64, *[0] * 14) + b"\3\1\2\3\4\0"
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.5"
    ds.PixelData = ITEM + ITEM[:4] + struct.pack("<I", len(rle)) + rle
    for _ in range(2):
        out = io.BytesIO()
        dcmwrite(out, ds)
        yield out.getvalue()
        ds.IconImageSequence = [inner]


def use(data, force):
    """Read and look at everything; only errors that are expected may come."""
    try:
        ds = dcmread(data, force=force)
        str(ds)
        with contextlib.suppress(DicomError):
            pixel_array(ds)
        ds.to_json()
        dcmwrite(io.BytesIO(), deidentify(ds, secret="s")[0], validate="ignore")
    except DicomError:
        return


@pytest.mark.parametrize("number", range(10))
def test_cut_and_flipped_at_every_byte(number):
    data = list(small_files())[number]
    assert dcmread(data).pixel_array.tolist() == [[1, 2], [3, 4]]
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place in range(128, len(data)):
            for force in (False, True):
                use(data[:place], force)
            changed = bytearray(data)
            changed[place] ^= 1 << place % 8
            use(bytes(changed), place % 2 == 0)
    assert time.perf_counter() - began < 60
