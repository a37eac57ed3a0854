"""Damaged and hostile files: a DicomError, quickly and in little memory, or what could be read."""

import contextlib
import io
import random
import struct
import time
import tracemalloc
import zlib

import pytest

from scikit.dicom import DicomError, LimitError, _source, dcmread, dcmwrite, limits, pixel_array

from .conftest import ROOT, element, start

DEFLATED = "1.2.840.10008.1.2.1.99"
ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
SMALL = ["MR_small_RLE.dcm", "rtplan.dcm", "nested_priv_SQ.dcm", "priv_SQ.dcm", "UN_sequence.dcm"]


def exercise(data, force):
    """Read, look at everything, take the pixels, write; True if nothing was wrong."""
    try:
        ds = dcmread(data, force=force)
        str(ds)
        list(ds.iterall())
        with contextlib.suppress(DicomError):
            pixel_array(ds)
        dcmwrite(io.BytesIO(), ds)
    except DicomError:
        return False
    return True


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SMALL)
def test_truncated_at_every_byte(name):
    data = (ROOT / "test_files" / name).read_bytes()
    step = max(1, len(data) // 1500)
    for stop in [*range(0, min(len(data), 600)), *range(600, len(data), step)]:
        exercise(data[:stop], force=False)
        exercise(data[:stop], force=True)


def test_truncation_is_seen():
    data = start() + element(0x10, 0x10, b"PN", b"A^B ") + element(0x10, 0x20, b"LO", b"1234")
    whole = dcmread(data)
    for stop in range(len(start()) + 1, len(data)):
        at_element = stop == len(start()) + 12
        if at_element:
            assert len(dcmread(data[:stop])) == 1
            continue
        with pytest.raises(DicomError) as caught:
            dcmread(data[:stop])
        assert len(start()) <= caught.value.offset <= stop
    assert len(whole) == 2


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(4))
def test_random_damage(seed):
    rng = random.Random(seed)
    originals = [(ROOT / "test_files" / name).read_bytes() for name in SMALL]
    marks = [
        ITEM,
        ITEM_END,
        SEQUENCE_END,
        b"\xff\xff\xff\xff",
        b"SQ\0\0\xff\xff\xff\xff",
        b"\x1b$B",
    ]
    for _ in range(400):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.choice([1, 2, 5, 20])):
            at = rng.randrange(len(data))
            kind = rng.random()
            if kind < 0.5:
                data[at] ^= 1 << rng.randrange(8)
            elif kind < 0.8:
                data[at] = rng.randrange(256)
            elif kind < 0.9:
                del data[at : at + rng.randrange(1, 40)]
            else:
                data[at:at] = rng.choice(marks)
        exercise(bytes(data), force=False)
        exercise(bytes(data), force=True)


def nested(depth, defined):
    body = b""
    for _ in range(depth if defined else 0):
        item = struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body
        body = element(0x40, 0xA730, b"SQ", item)
    if not defined:
        head = element(0x40, 0xA730, b"SQ", b"", 0xFFFFFFFF) + ITEM
        body = head * depth + (ITEM_END + SEQUENCE_END) * depth
    return start() + body


def depth_of(ds):
    depth = 0
    while len(ds):
        depth, ds = depth + 1, ds[0x40, 0xA730].value[0]
    return depth


@pytest.mark.parametrize("defined", [False, True])
def test_nesting(defined):
    assert depth_of(dcmread(nested(64, defined))) == 64
    with pytest.raises(DicomError, match="64 deep"):
        depth_of(dcmread(nested(65, defined)))


@pytest.mark.parametrize("closed", [False, True])
def test_nesting_100000_deep(closed):
    data = nested(100_000, False)
    if not closed:
        data = data[: -len(ITEM_END + SEQUENCE_END) * 100_000]
    began = time.perf_counter()
    for force in (False, True):
        with pytest.raises(DicomError, match="deep"):
            dcmread(data, force=force)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("vr", [b"OW", b"UC", b"UN", b"SQ"])
@pytest.mark.parametrize("length", [0x7FFFFFF0, 0xFFFFFFF0, 1000])
def test_declared_length_beyond_the_end(vr, length):
    data = start() + element(0x8, 0x119, vr, b"abcd", length)
    with pytest.raises(DicomError, match=f"{length} bytes reaches past the end") as caught:
        dcmread(data)
    assert caught.value.offset == len(start())


@pytest.mark.filterwarnings("ignore:the file is cut short")
def test_force_keeps_what_is_there():
    data = start() + element(0x8, 0x60, b"CS", b"CT") + element(0x9, 0x1001, b"OB", b"abcd", 100)
    ds = dcmread(data, force=True)
    assert (ds.Modality, ds[9, 0x1001].value) == ("CT", b"abcd")


def test_force_warns():
    data = start() + element(0x9, 0x1001, b"OB", b"abcd", 100)
    with pytest.warns(UserWarning, match="cut short"):
        dcmread(data, force=True)


def test_item_that_overruns_its_sequence():
    inner = struct.pack("<HHI", 0xFFFE, 0xE000, 50) + element(0x8, 0x60, b"CS", b"CT")
    data = start() + element(0x40, 0xA730, b"SQ", inner) + element(0x50, 4, b"CS", b"A" * 60)
    ds = dcmread(data)
    with pytest.raises(DicomError, match="50 bytes"):
        ds[0x40, 0xA730]


def test_element_that_overruns_its_item():
    inner = element(0x8, 0x60, b"CS", b"CT", 40)
    inner = struct.pack("<HHI", 0xFFFE, 0xE000, len(inner)) + inner
    ds = dcmread(start() + element(0x40, 0xA730, b"SQ", inner) + bytes(100))
    with pytest.raises(DicomError, match="40 bytes"):
        list(ds.iterall())


def test_stray_delimiter():
    with pytest.raises(DicomError, match="outside any sequence"):
        dcmread(start() + ITEM_END)


@pytest.mark.parametrize("data", [b"", bytes(131), bytes(128) + b"DICN", b"MZ" + bytes(4000)])
def test_no_dicom(data):
    with pytest.raises(DicomError, match="not a DICOM file"):
        dcmread(data)


def deflated(head, megabytes):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    pieces = [packer.compress(head), *(packer.compress(bytes(1 << 20)) for _ in range(megabytes))]
    return start(DEFLATED) + b"".join(pieces) + packer.flush()


@pytest.mark.parallel_threads(1)
def test_deflate_bomb():
    data = deflated(element(9, 0x1001, b"OB", b"", 300 << 20), 300)
    tracemalloc.start()
    try:
        with pytest.raises(DicomError, match="inflates to more"):
            dcmread(data)
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_inflation_limit():
    data = deflated(element(9, 0x1001, b"OB", b"", 40 << 20), 40)
    with pytest.raises(DicomError, match="see `limits`"):
        dcmread(data)
    with limits(inflated_ratio=2000):
        assert len(dcmread(data)[9, 0x1001].value) == 40 << 20


def test_damaged_deflate():
    data = deflated(element(9, 0x1001, b"OB", b"", 1 << 20), 1)
    with pytest.raises(DicomError, match="cut short"):
        dcmread(data[:-200])
    with pytest.raises(DicomError, match="damaged"):
        dcmread(data[: len(start(DEFLATED))] + b"\xff" * 100)


def image(**changes):
    values = {"rows": 4, "columns": 4, "bits": 16, "stored": 12, "samples": 1, "frames": b"1"}
    values.update(changes)
    us = lambda v: struct.pack("<H", v)  # noqa: E731
    return b"".join(
        (
            start(values.get("syntax", "1.2.840.10008.1.2.1")),
            element(0x28, 2, b"US", us(values["samples"])),
            element(0x28, 4, b"CS", values.get("kind", b"MONOCHROME2 ")),
            element(0x28, 8, b"IS", values["frames"]),
            element(0x28, 0x10, b"US", us(values["rows"])),
            element(0x28, 0x11, b"US", us(values["columns"])),
            element(0x28, 0x100, b"US", us(values["bits"])),
            element(0x28, 0x101, b"US", us(values["stored"])),
            element(0x28, 0x103, b"US", us(values.get("signed", 0))),
            element(0x7FE0, 0x10, b"OW", values.get("pixels", bytes(32))),
        )
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, "Rows"),
        ({"columns": 0}, "Columns"),
        ({"bits": 0}, "BitsAllocated"),
        ({"bits": 12}, "Bits Allocated"),
        ({"stored": 0}, "BitsStored"),
        ({"stored": 17}, "BitsStored"),
        ({"samples": 0}, "SamplesPerPixel"),
        ({"samples": 2}, "Samples"),
        ({"samples": 3}, "PlanarConfiguration"),
        ({"frames": b"0"}, "NumberOfFrames"),
        ({"frames": b"1A"}, "NumberOfFrames"),
        ({"frames": b"99999999999"}, "NumberOfFrames"),
        ({"signed": 2}, "PixelRepresentation"),
        ({"kind": b"UNHEARD "}, "Photometric"),
        ({"rows": 5}, "cut short"),
        ({"rows": 65535, "columns": 65535, "frames": b"2000000000"}, "cut short"),
        ({"pixels": b""}, "cut short"),
        ({"syntax": "1.2.840.10008.1.2.5"}, "no fragments"),
        ({"syntax": "1.2.840.10008.1.2.4.100"}, r"1\.2\.840\.10008\.1\.2\.4\.100 \(MPEG2"),
    ],
)
def test_impossible_images(changes, message):
    ds = dcmread(image(**changes))
    began = time.perf_counter()
    with pytest.raises(DicomError, match=message):
        pixel_array(ds)
    assert time.perf_counter() - began < 0.5
    assert pixel_array(image()).shape == (4, 4)


def test_rows_of_another_vr():
    data = start() + element(0x28, 0x10, b"UL", struct.pack("<I", 4))
    data += element(0x7FE0, 0x10, b"OW", bytes(32))
    with pytest.raises(DicomError, match="Columns"):
        pixel_array(data)


def test_limit_of_elements():
    with limits(elements=1), pytest.raises(LimitError, match="more than 1 elements"):
        dcmread(image())


def test_kernel_refuses_ranges_outside():
    for begin, end in ((0, 10), (5, 4)):
        with pytest.raises(ValueError, match="outside"):
            _source._parse_cy.scan(bytes(8), begin, end, 0)
        with pytest.raises(ValueError, match="outside"):
            _source._parse_cy.items(bytes(8), begin, end, 0)
    with pytest.raises(ValueError, match="outside"):
        _source._parse_cy.pick(bytes(8), 9, 0, (1,))
    with pytest.raises(ValueError, match="samples"):
        _source._parse_cy.clear_unused(bytearray(8), 3, 1, False)
