"""Baseline, extended and progressive JPEG: against the exact transform, libjpeg-turbo and SimpleITK."""

import io

import imagecodecs
import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.encaps import generate_frames

from scikit.dicom import DicomError, _jpeg_cy

from .conftest import ROOT
from .jpeg_streams import (
    AC_TABLES,
    EOI,
    SOI,
    ac_bits,
    dc_bits,
    dct_scan,
    decoded,
    flat_table,
    frame_header,
    image,
    pack,
    quant_table,
    samples_of,
    scan_header,
    segment,
)

SHAPES = [(61, 47, 3), (64, 32, 3), (3, 3, 3), (1, 1, 3), (2, 5, 3), (1, 40, 3), (17, 16, 1)]


def turbo(array, quality, **options):
    """A frame that libjpeg-turbo wrote, without colour transform; and what it decodes to."""
    keep = {"colorspace": "YCBCR", "outcolorspace": "YCBCR"} if array.shape[2] == 3 else {}
    squeezed = array[..., 0] if array.shape[2] == 1 else array
    if array.shape[2] == 1:
        options.pop("subsampling", None)
    frame = imagecodecs.jpeg8_encode(squeezed, quality, **options, **keep)
    return frame, imagecodecs.jpeg8_decode(frame, **keep).reshape(array.shape)


def blocks_for(shape, precision, steps, seed=0):
    """Coefficients as an encoder might write them: few large, many small."""
    rng = np.random.default_rng(seed)
    count = -(-shape[0] // 8) * -(-shape[1] // 8)
    scale = (
        (1 << (precision - 1)) / (1 + np.add.outer(np.arange(8), np.arange(8)).ravel() ** 2) / steps
    )
    return np.rint(rng.normal(0, 1, (count, 64)) * scale).astype(int)


def frame_of(blocks, steps, shape, precision, process=0xC1, restart=0):
    wide = int(steps.max() > 255)
    frame = (
        SOI + quant_table(steps, wide) + frame_header(process, *shape, precision, [(1, 1, 1, 0)])
    )
    frame += flat_table() + AC_TABLES + (segment(0xDD, [0, restart]) if restart else b"")
    return frame + scan_header([(1, 0)], 0, 63, 0) + dct_scan(blocks, restart) + EOI


@pytest.mark.parametrize(("precision", "process"), [(8, 0xC0), (8, 0xC1), (12, 0xC1), (12, 0xC0)])
@pytest.mark.parametrize("top", [1, 40, 255, 900])
@pytest.mark.parametrize("restart", [0, 1, 3])
def test_exact_transform(precision, process, top, restart):
    shape = (19, 43)
    steps = np.random.default_rng(1).integers(1, top + 1, 64)
    blocks = blocks_for(shape, precision, steps)
    frame = frame_of(blocks, steps, shape, precision, process, restart)
    exact = samples_of(blocks, steps, precision, *shape)
    got = decoded(_jpeg_cy, frame)[..., 0]
    assert np.abs(got - exact).max() <= 0.5 + 0.005


def test_largest_coefficients():
    # Far beyond what samples give: the values saturate, whatever the sum.
    steps = np.full(64, 65535)
    for sign in (1, -1):
        blocks = np.full((4, 64), 16383 * sign)
        blocks[:, 0] = sign * 32767
        frame = frame_of(blocks, steps, (16, 16), 12)
        exact = samples_of(blocks, steps, 12, 16, 16)
        assert np.abs(decoded(_jpeg_cy, frame)[..., 0] - exact).max() <= 1


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "440", "411"])
@pytest.mark.parametrize("quality", [20, 75, 100])
def test_against_libjpeg_turbo(subsampling, quality):
    for shape in SHAPES:
        for kind in ("noise", "smooth", "extreme"):
            frame, want = turbo(image(shape, 8, kind), quality, subsampling=subsampling)
            assert _jpeg_cy.header(frame).process == "baseline"
            assert np.abs(decoded(_jpeg_cy, frame).astype(int) - want).max() <= 1


@pytest.mark.parametrize("kind", ["noise", "smooth", "extreme"])
def test_twelve_bits_against_libjpeg_turbo(kind):
    for quality in (30, 95):
        frame, want = turbo(image((45, 61, 1), 12, kind), quality, bitspersample=12)
        assert (_jpeg_cy.header(frame).process, _jpeg_cy.header(frame).precision) == (
            "extended",
            12,
        )
        assert np.abs(decoded(_jpeg_cy, frame).astype(int) - want).max() <= 1


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("restart", [0, 2])
def test_progressive(subsampling, restart):
    for shape in [(61, 47, 3), (5, 3, 3), (33, 70, 1)]:
        for kind in ("noise", "smooth"):
            array = image(shape, 8, kind)
            file = io.BytesIO()
            mode = "YCbCr" if shape[2] == 3 else "L"
            picture = PIL.Image.frombytes(mode, (shape[1], shape[0]), array.tobytes())
            options = {"subsampling": subsampling, "restart_marker_blocks": restart}
            picture.save(file, "JPEG", quality=80, progressive=True, **options)
            frame = file.getvalue()
            with PIL.Image.open(file) as opened:
                opened.draft(mode, None)
                want = np.asarray(opened).reshape(shape)
            assert _jpeg_cy.header(frame).process == "progressive"
            assert np.abs(decoded(_jpeg_cy, frame).astype(int) - want).max() <= 1
            # Cut between two scans, without EOI: too early. Cut before EOI: all is there.
            with pytest.raises(DicomError, match="too early"):
                decoded(_jpeg_cy, frame[: frame.rindex(b"\xff\xda")])
            assert np.abs(decoded(_jpeg_cy, frame[:-2]).astype(int) - want).max() <= 1


@pytest.mark.parametrize("precision", [8, 12])
def test_progressive_by_bands(precision):
    shape, steps = (19, 30), np.random.default_rng(1).integers(1, 20, 64)
    blocks = blocks_for(shape, precision, steps)
    frame = SOI + quant_table(steps, 0) + frame_header(0xC2, *shape, precision, [(1, 1, 1, 0)])
    frame += flat_table() + AC_TABLES + scan_header([(1, 0)], 0, 0, 0)
    firsts = [0, *(int(b[0]) for b in blocks)]
    frame += pack("".join(map(dc_bits, blocks, firsts)))
    for first, last in ((6, 20), (1, 5), (21, 63)):
        frame += scan_header([(1, 0)], first, last, 0)
        frame += pack("".join(ac_bits(b, first, last) for b in blocks))
    assert np.array_equal(
        decoded(_jpeg_cy, frame + EOI), decoded(_jpeg_cy, frame_of(blocks, steps, shape, precision))
    )
    with pytest.raises(DicomError, match="too early"):
        decoded(_jpeg_cy, frame[: frame.rindex(b"\xff\xda")])


def test_several_scans_and_lines_at_the_end():
    rng = np.random.default_rng(3)
    steps = [rng.integers(1, 30, 64) for _ in range(3)]
    blocks = [blocks_for((20, 30), 8, s, k) for k, s in enumerate(steps)]
    frame = SOI + b"".join(quant_table(s, 0, k) for k, s in enumerate(steps))
    frame += (
        frame_header(0xC1, 0, 30, 8, [(k, 1, 1, k) for k in range(3)]) + flat_table() + AC_TABLES
    )
    for n, k in enumerate((1, 2, 0)):
        frame += scan_header([(k, 0)], 0, 63, 0) + dct_scan(blocks[k])
        frame += segment(0xDC, [0, 20]) if n == 0 else b""
    got = decoded(_jpeg_cy, frame + EOI)
    exact = np.stack([samples_of(b, s, 8, 20, 30) for b, s in zip(blocks, steps, strict=True)], 2)
    assert np.abs(got - exact).max() <= 0.505
    with pytest.raises(DicomError, match="too early"):
        decoded(_jpeg_cy, frame[: frame.rindex(b"\xff\xda")] + EOI)


def test_one_quantisation_table_after_the_other():
    rng = np.random.default_rng(4)
    steps = [rng.integers(1, 30, 64) for _ in range(2)]
    blocks = [blocks_for((9, 9), 8, s, k) for k, s in enumerate(steps)]
    frame = (
        SOI + frame_header(0xC1, 9, 9, 8, [(1, 1, 1, 0), (2, 1, 1, 0)]) + flat_table() + AC_TABLES
    )
    for k in range(2):
        frame += (
            quant_table(steps[k], 0) + scan_header([(k + 1, 0)], 0, 63, 0) + dct_scan(blocks[k])
        )
    exact = np.stack([samples_of(b, s, 8, 9, 9) for b, s in zip(blocks, steps, strict=True)], 2)
    assert np.abs(decoded(_jpeg_cy, frame + EOI) - exact).max() <= 0.505


def test_a_scan_header_that_stops_at_zero():
    # Some scanners write Se = 0 in sequential frames; it means nothing there.
    steps = np.ones(64, int)
    blocks = blocks_for((16, 16), 12, steps)
    frame = frame_of(blocks, steps, (16, 16), 12)
    assert np.array_equal(
        decoded(_jpeg_cy, frame.replace(b"\x01\x01\x00\x00\x3f\x00", b"\x01\x01\x00\x00\x00\x00")),
        decoded(_jpeg_cy, frame),
    )


@pytest.mark.parametrize("components", [1, 3])
def test_typical_tables_where_none_are_written(components):
    frame, want = turbo(image((20, 30, components), 8, "smooth"), 75)
    place, kept = 0, b""
    while frame[place : place + 2] != b"\xff\xda":
        length = (
            0 if frame[place + 1] == 0xD8 else int.from_bytes(frame[place + 2 : place + 4], "big")
        )
        if frame[place + 1] != 0xC4:
            kept += frame[place : place + 2 + length]
        place += 2 + length
    assert np.abs(decoded(_jpeg_cy, kept + frame[place:]).astype(int) - want).max() <= 1


def test_equal_identifiers_mean_the_components_in_turn():
    frame, want = turbo(image((20, 30, 3), 8, "smooth"), 75, subsampling="444")
    for a, b in (
        (b"\x02\x11\x01\x03\x11\x01", b"\x01\x11\x01\x01\x11\x01"),
        (b"\x02\x11\x03\x11", b"\x01\x11\x01\x11"),
    ):
        assert frame.count(a) == 1
        frame = frame.replace(a, b)
    assert _jpeg_cy.header(frame).ids == (1, 1, 1)
    assert np.abs(decoded(_jpeg_cy, frame).astype(int) - want).max() <= 1


def test_segments_of_applications():
    array = image((8, 8, 3), 8, "smooth")
    plain = _jpeg_cy.header(_jpeg_cy.encode_baseline(array))
    assert (plain.jfif, plain.adobe) == (False, None)
    assert plain.sampling == ((1, 1), (1, 1), (1, 1))
    full = _jpeg_cy.header(_jpeg_cy.encode_baseline(array, jfif=True, adobe=1, half_columns=True))
    assert (full.jfif, full.adobe) == (True, 1)
    assert full.sampling == ((2, 1), (1, 1), (1, 1))
    assert _jpeg_cy.header(_jpeg_cy.encode_baseline(array, adobe=0)).adobe == 0


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("half_columns", [False, True])
def test_encoder(shape, half_columns):
    array = image(shape, 8, "smooth")
    keep = {"colorspace": "YCBCR", "outcolorspace": "YCBCR"} if shape[2] == 3 else {}
    sizes = []
    for quality in (1, 30, 75, 100):
        frame = _jpeg_cy.encode_baseline(array, quality=quality, half_columns=half_columns)
        want = imagecodecs.jpeg8_decode(frame, **keep).reshape(shape)
        assert np.abs(decoded(_jpeg_cy, frame).astype(int) - want).max() <= 1
        sizes.append(len(frame))
    assert array.size < 1000 or sizes == sorted(sizes)
    assert np.abs(want[..., 0].astype(int) - array[..., 0]).max() <= 2
    if not half_columns:
        assert np.abs(want.astype(int) - array).max() <= 2


def test_encoder_of_noise():
    for kind in ("noise", "extreme", "flat"):
        array = image((40, 24, 3), 8, kind)
        frame = _jpeg_cy.encode_baseline(array, quality=100)
        assert np.abs(decoded(_jpeg_cy, frame).astype(int) - array).max() <= 2


@pytest.mark.parametrize("name", ["JPEG-lossy.dcm", "JPGExtended.dcm"])
def test_twelve_bit_files_against_simpleitk(name):
    import SimpleITK

    ds = pydicom.dcmread(ROOT / "test_files" / name)
    (frame,) = generate_frames(ds.PixelData, number_of_frames=1)
    want = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(ROOT / "test_files" / name)))
    assert np.abs(decoded(_jpeg_cy, frame)[..., 0].astype(int) - want.squeeze()).max() <= 1
