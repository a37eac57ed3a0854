"""Damaged, hostile and misused: JPEG and JPEG-LS answer by a typed error, or by pixels, at once."""

import contextlib
import re
import time

import imagecodecs
import numpy as np
import pytest

from scikit.dicom import DicomError, _jpeg_cy, _jpegls_cy

from .jpeg_streams import (
    AC_TABLES,
    EOI,
    SOI,
    code,
    decoded,
    flat_table,
    frame_header,
    image,
    pack,
    quant_table,
    scan_header,
    segment,
)


def frames():
    """(name, codec, frame, array that it decodes to)."""
    grey, colour, deep = (
        image((7, 9, 1), 8, "noise"),
        image((6, 5, 3), 8, "smooth"),
        image((5, 8, 1), 12, "noise"),
    )
    wide = image((17, 33, 3), 8, "smooth")
    made = {
        "lossless": (_jpeg_cy, _jpeg_cy.encode_lossless(deep, precision=12, restart_rows=2)),
        "lossless colour": (_jpeg_cy, _jpeg_cy.encode_lossless(colour, predictor=7)),
        "baseline": (_jpeg_cy, _jpeg_cy.encode_baseline(grey)),
        "baseline 4:2:2": (_jpeg_cy, _jpeg_cy.encode_baseline(wide, half_columns=True)),
        "baseline 4:2:0": (_jpeg_cy, imagecodecs.jpeg8_encode(wide, 50, subsampling="420")),
        "extended": (_jpeg_cy, imagecodecs.jpeg8_encode(deep[..., 0], 80, bitspersample=12)),
        "JPEG-LS": (_jpegls_cy, _jpegls_cy.encode(deep, precision=12, restart_rows=2)),
        "JPEG-LS near": (_jpegls_cy, _jpegls_cy.encode(grey, near=2)),
        "JPEG-LS by line": (_jpegls_cy, _jpegls_cy.encode(colour, interleave=1)),
        "JPEG-LS by sample": (_jpegls_cy, _jpegls_cy.encode(colour, interleave=2)),
    }
    return [pytest.param(codec, frame, id=name) for name, (codec, frame) in made.items()]


@pytest.mark.parametrize(("codec", "frame"), frames())
def test_truncated_at_every_byte(codec, frame):
    whole = decoded(codec, frame)
    lines = []
    for size in range(len(frame)):
        try:
            got = decoded(codec, frame[:size])
        except DicomError as error:
            found = re.search(r"(\d+) line", str(error))
            lines.append(int(found[1]) if found else 0)
        else:
            assert np.array_equal(got, whole)
            assert size >= len(frame) - 5
    assert max(lines) < len(whole)
    assert lines[-1] >= max(lines) - 8


@pytest.mark.parametrize(("codec", "frame"), frames())
def test_flipped_bit_at_every_byte(codec, frame):
    shape = decoded(codec, frame).shape
    for place in range(len(frame)):
        for bit in range(8):
            changed = bytearray(frame)
            changed[place] ^= 1 << bit
            for dtype in ("u1", "u2"):
                with contextlib.suppress(DicomError):
                    codec.decode(changed, np.empty(shape, dtype))


@pytest.mark.parametrize(("codec", "frame"), frames())
def test_bytes_that_are_none(codec, frame):
    for bad in (
        b"",
        b"\xff",
        b"\xff\xd8",
        b"\xff\xd8\xff",
        SOI + EOI,
        b"\0" + frame,
        bytes(100),
        b"\xff" * 100,
    ):
        with pytest.raises(DicomError):
            codec.header(bad)
        with pytest.raises(DicomError):
            codec.decode(bad, np.empty((2, 2, 1), "u1"))
    for bad in (None, 5, "text", [1, 2], object()):
        with pytest.raises(TypeError, match="`frame` must be bytes"):
            codec.header(bad)
        with pytest.raises(TypeError, match="`frame` must be bytes"):
            codec.decode(bad, np.empty((2, 2, 1), "u1"))


@pytest.mark.parametrize(("codec", "frame"), frames())
def test_frames_of_any_memory(codec, frame):
    whole = decoded(codec, frame)
    array = np.frombuffer(frame, "u1")
    assert not array.flags.writeable
    for same in (bytearray(frame), memoryview(frame), array, array.view("i1")):
        assert np.array_equal(decoded(codec, same), whole)
    with pytest.raises((BufferError, ValueError)):
        codec.header(np.repeat(array, 2)[::2])


@pytest.mark.parametrize(("codec", "frame"), frames())
def test_output_that_does_not_fit(codec, frame):
    whole = decoded(codec, frame)
    rows, columns, samples = whole.shape
    for shape in (
        (rows + 1, columns, samples),
        (rows, columns - 1, samples),
        (rows, columns, samples + 1),
        (1, 1, 1),
    ):
        out = np.full(shape, 7, "u2")
        with pytest.raises(DicomError, match="shape"):
            codec.decode(frame, out)
        assert (out == 7).all()
    for out in (
        None,
        3,
        np.empty((rows, columns)),
        np.empty((0, columns, samples), "u1"),
        whole.tolist(),
    ):
        with pytest.raises(ValueError, match="`out` must"):
            codec.decode(frame, out)
    for dtype in ("i1", "f4", ">u2", "u4", "O", "?"):
        with pytest.raises(ValueError, match="`out` must be of uint8 or uint16"):
            codec.decode(frame, np.empty(whole.shape, dtype))
    wide = np.empty((rows, columns, 2 * samples), whole.dtype)
    fixed = np.zeros(whole.shape, whole.dtype)
    fixed.flags.writeable = False
    for out in (wide[:, :, ::2], fixed):
        with pytest.raises((ValueError, BufferError)):
            codec.decode(frame, out)
    if whole.dtype == "u2":
        with pytest.raises(DicomError, match="precision"):
            codec.decode(frame, np.empty(whole.shape, "u1"))


def test_lines_that_were_decoded():
    array = image((40, 30, 1), 12, "noise")
    for codec, frame in (
        (_jpeg_cy, _jpeg_cy.encode_lossless(array, precision=12)),
        (_jpegls_cy, _jpegls_cy.encode(array, precision=12)),
    ):
        out = np.empty(array.shape, "u2")
        with pytest.raises(
            DicomError, match=r"too early; (\d+) line\(s\) were decoded \(byte \d+"
        ) as caught:
            codec.decode(frame[: len(frame) // 2], out)
        lines = int(re.search(r"(\d+) line", str(caught.value))[1])
        assert 15 <= lines <= 21
        assert np.array_equal(out[:lines], array[:lines])


def lossless(head=None, table=None, extra=b"", scan=None, data=None):
    """A lossless frame of 1 x 2 samples, any part of it replaced."""
    parts = (
        extra,
        frame_header(0xC3, 1, 2, 8, [(1, 1, 1, 0)]) if head is None else head,
        flat_table() if table is None else table,
        scan_header([(1, 0)], 1, 0, 0) if scan is None else scan,
        pack(code(5) + code(6)) if data is None else data,
    )
    return SOI + b"".join(parts) + EOI


DAMAGED = {
    "no frame header": (lossless(head=b""), "no frame header"),
    "two frame headers": (
        lossless(extra=frame_header(0xC3, 1, 2, 8, [(1, 1, 1, 0)])),
        "second frame header",
    ),
    "arithmetic": (lossless(head=frame_header(0xCB, 1, 2, 8, [(1, 1, 1, 0)])), "not supported"),
    "hierarchical": (lossless(head=frame_header(0xC5, 1, 2, 8, [(1, 1, 1, 0)])), "not supported"),
    "precision 17": (lossless(head=frame_header(0xC3, 1, 2, 17, [(1, 1, 1, 0)])), "precision"),
    "baseline 10": (lossless(head=frame_header(0xC0, 1, 2, 10, [(1, 1, 1, 0)])), "precision"),
    "no columns": (
        lossless(head=frame_header(0xC3, 1, 0, 8, [(1, 1, 1, 0)])),
        "contradicts itself",
    ),
    "no components": (lossless(head=frame_header(0xC3, 1, 2, 8, [])), "four components"),
    "five components": (
        lossless(head=frame_header(0xC3, 1, 2, 8, [(i, 1, 1, 0) for i in range(5)])),
        "four components",
    ),
    "factor 0": (lossless(head=frame_header(0xC3, 1, 2, 8, [(1, 0, 1, 0)])), "contradicts itself"),
    "factor 5": (lossless(head=frame_header(0xC3, 1, 2, 8, [(1, 1, 5, 0)])), "contradicts itself"),
    "short header": (
        lossless(head=segment(0xC3, [8, 0, 1, 0, 2, 3, 1, 0x11, 0])),
        "contradicts itself",
    ),
    "no table": (lossless(table=b""), "Huffman table is missing"),
    "other table": (lossless(table=flat_table(1)), "Huffman table is missing"),
    "too many codes": (
        lossless(table=segment(0xC4, [0, 3] + [0] * 15 + [0, 1, 2])),
        "Huffman table is damaged",
    ),
    "table cut": (lossless(table=segment(0xC4, [0, 1] + [0] * 15)), "Huffman table is damaged"),
    "table class": (lossless(table=segment(0xC4, [0x20] + [0] * 16)), "Huffman table is damaged"),
    "predictor 0": (lossless(scan=scan_header([(1, 0)], 0, 0, 0)), "scan header"),
    "predictor 8": (lossless(scan=scan_header([(1, 0)], 8, 0, 0)), "scan header"),
    "point transform": (lossless(scan=scan_header([(1, 0)], 1, 0, 8)), "scan header"),
    "other component": (lossless(scan=scan_header([(2, 0)], 1, 0, 0)), "scan header"),
    "twice": (lossless(scan=scan_header([(1, 0), (1, 0)], 1, 0, 0)), "scan header"),
    "no code": (lossless(data=b"\xff\x00" * 3), "no code; 0 line"),
    "magnitude 17": (
        lossless(table=segment(0xC4, [0, 1] + [0] * 15 + [17]), data=b"\0\0"),
        "no code",
    ),
    "too early": (lossless(data=b""), "too early; 0 line"),
    "restart": (
        lossless(head=frame_header(0xC3, 3, 2, 8, [(1, 1, 1, 0)]), extra=segment(0xDD, [0, 3])),
        "restart",
    ),
    "restart cut": (lossless(extra=segment(0xDD, [0])), "restart"),
    "segment cut": (SOI + b"\xff\xfe\xff\xff", "inside a marker segment"),
    "other lines": (lossless(extra=segment(0xDC, [0, 9])), "contradicts itself"),
    "quantisation cut": (lossless(extra=segment(0xDB, [0, 1, 2])), "quantisation table is damaged"),
    "quantisation place": (
        lossless(extra=segment(0xDB, [4] + [1] * 64)),
        "quantisation table is damaged",
    ),
    "no quantisation": (
        lossless(head=frame_header(0xC1, 1, 2, 8, [(1, 1, 1, 2)])),
        "quantisation table is missing",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_frames(name):
    frame, text = DAMAGED[name]
    with pytest.raises(DicomError, match=text):
        decoded(_jpeg_cy, frame)
    assert decoded(_jpeg_cy, lossless()).ravel().tolist() == [133, 139]


def test_restart_markers_out_of_order():
    array = image((9, 8, 1), 8, "noise")
    frame = _jpeg_cy.encode_lossless(array, restart_rows=3)
    for old, new in ((b"\xff\xd1", b"\xff\xd2"), (b"\xff\xd0", b"\xff\xd1")):
        assert old in frame
        with pytest.raises(DicomError, match="restart"):
            decoded(_jpeg_cy, frame.replace(old, new))
    with pytest.raises(DicomError, match=r"too early; \d line"):
        decoded(_jpeg_cy, frame[: frame.index(b"\xff\xd1")] + EOI)


def progressive(scans):
    """A progressive frame of one block, its scans (first, last, approximation, bits) as told."""
    frame = SOI + quant_table(np.ones(64), 0) + frame_header(0xC2, 8, 8, 8, [(1, 1, 1, 0)])
    frame += flat_table() + AC_TABLES
    for first, last, approximation, bits in scans:
        frame += scan_header([(1, 0)], first, last, approximation) + pack(bits)
    return frame + EOI


def test_progressions_out_of_order():
    start = (0, 0, 0x01, "00000")
    assert (decoded(_jpeg_cy, progressive([start, (0, 0, 0x10, "0")])) == 128).all()
    for scans in (
        [(1, 5, 0, "0" * 8)],  # AC before DC
        [start, start],  # the first bits twice
        [start, (0, 0, 0x21, "0")],  # bits that are not the next ones
        [(0, 5, 0, "0" * 16)],  # DC and AC in one scan
        [start, (5, 1, 0, "0" * 8)],
        [start, (1, 64, 0, "0" * 8)],
        [(0, 0, 0x0E, "00000")],
    ):
        with pytest.raises(DicomError, match="scan header"):
            decoded(_jpeg_cy, progressive(scans))


@pytest.mark.parametrize("process", [0xC0, 0xC2, 0xC3, 0xF7])
def test_claims_of_a_huge_frame(process):
    # A header of 4 billion samples and nothing behind: no time and (the output is not touched) no memory.
    codec = _jpegls_cy if process == 0xF7 else _jpeg_cy
    frame = SOI + quant_table(np.ones(64), 0) if process != 0xF7 else SOI
    frame += frame_header(process, 65535, 65535, 8, [(1, 1, 1, 0)])
    frame += flat_table() + AC_TABLES if process != 0xF7 else b""
    frame += scan_header(
        [(1, 0)], *{0xC0: (0, 63), 0xC2: (0, 0), 0xC3: (1, 0), 0xF7: (0, 0)}[process], 0
    ) + bytes(20)
    out = np.empty((65535, 65535, 1), "u1")
    start = time.perf_counter()
    with pytest.raises(DicomError, match="; 0 line"):
        codec.decode(frame, out)
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    "encode", [_jpeg_cy.encode_lossless, _jpeg_cy.encode_baseline, _jpegls_cy.encode]
)
def test_encoders_refuse(encode):
    good = np.zeros((3, 4), "u1")
    for bad in (
        None,
        "text",
        5.0,
        good.astype("f8"),
        good.astype("i2"),
        good.astype("O"),
        [[1, 2]],
        good.astype("u4"),
    ):
        with pytest.raises(TypeError, match="`array` must be of uint8"):
            encode(bad)
    for bad in (
        good[0],
        good[:0],
        good[:, :0],
        np.zeros((2, 2, 5), "u1"),
        np.zeros((1, 65536), "u1"),
        good[None, None],
    ):
        with pytest.raises(ValueError, match="`array` m"):
            encode(bad)


def test_options_refuse():
    grey, deep = np.zeros((3, 4), "u1"), np.full((3, 4), 5000, "u2")
    for call, name in (
        (lambda: _jpeg_cy.encode_lossless(deep, precision=12), "array"),
        (lambda: _jpeg_cy.encode_lossless(grey, precision=17), "precision"),
        (lambda: _jpeg_cy.encode_lossless(grey, predictor=0), "predictor"),
        (lambda: _jpeg_cy.encode_lossless(grey, predictor=8), "predictor"),
        (lambda: _jpeg_cy.encode_lossless(grey, point_transform=8), "point_transform"),
        (lambda: _jpeg_cy.encode_lossless(grey, restart_rows=65535), "restart_rows"),
        (lambda: _jpeg_cy.encode_baseline(grey, quality=0), "quality"),
        (lambda: _jpeg_cy.encode_baseline(grey, adobe=3), "adobe"),
        (lambda: _jpeg_cy.encode_baseline(np.zeros((3, 4, 2), "u1")), "array"),
        (lambda: _jpegls_cy.encode(grey, near=256), "near"),
        (lambda: _jpegls_cy.encode(grey, near=128), "near"),
        (lambda: _jpegls_cy.encode(grey, interleave=3), "interleave"),
        (lambda: _jpegls_cy.encode(grey, thresholds=(9, 8, 7)), "thresholds"),
        (lambda: _jpegls_cy.encode(grey, reset=2), "reset"),
        (lambda: _jpegls_cy.encode(grey + 7, max_value=6), "max_value"),
    ):
        with pytest.raises(ValueError, match=f"`{name}`"):
            call()
    with pytest.raises(TypeError, match="`quality` must be an integer"):
        _jpeg_cy.encode_baseline(grey, quality=90.0)
    with pytest.raises(TypeError, match="`array` must be of uint8"):
        _jpeg_cy.encode_baseline(deep)


@pytest.mark.parametrize(
    ("codec", "encode"), [(_jpeg_cy, _jpeg_cy.encode_lossless), (_jpegls_cy, _jpegls_cy.encode)]
)
def test_encoders_take_any_layout(codec, encode):
    array = image((9, 12, 3), 16, "noise")
    want = encode(array)
    fixed = array.copy()
    fixed.flags.writeable = False
    strided = np.repeat(np.repeat(array, 2, 0), 2, 2)[::2, :, ::2]
    for same in (fixed, strided, array.astype(">u2"), np.asfortranarray(array), array[::-1][::-1]):
        assert encode(same) == want
    assert np.array_equal(decoded(codec, want), array)
