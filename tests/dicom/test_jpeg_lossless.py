"""The lossless JPEG process: every predictor and precision, against libjpeg-turbo and streams written by hand."""

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scikit.dicom import DicomError, _jpeg_cy

from .jpeg_streams import (
    EOI,
    SOI,
    code,
    decoded,
    flat_table,
    frame_header,
    image,
    lossless_frame,
    lossless_scan,
    pack,
    scan_header,
    segment,
)

SHAPES = [(1, 1, 1), (1, 30, 1), (17, 1, 1), (13, 22, 1), (16, 11, 3)]


def turbo(array, **options):
    """A frame that libjpeg-turbo wrote."""
    rgb = {"colorspace": "RGB", "outcolorspace": "RGB"} if array.shape[2] == 3 else {}
    squeezed = array[..., 0] if array.shape[2] == 1 else array
    return imagecodecs.jpeg8_encode(squeezed, lossless=True, **options, **rgb)


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("precision", range(2, 17))
def test_against_libjpeg_turbo(precision, predictor):
    for shape in SHAPES:
        for kind in ("noise", "smooth", "extreme"):
            array = image(shape, precision, kind)
            theirs = turbo(array, predictor=predictor, bitspersample=precision)
            head = _jpeg_cy.header(theirs)
            assert (head.process, head.predictor, head.precision) == (
                "lossless",
                predictor,
                precision,
            )
            assert np.array_equal(decoded(_jpeg_cy, theirs), array)
            ours = _jpeg_cy.encode_lossless(array, precision=precision, predictor=predictor)
            rgb = {"colorspace": "RGB", "outcolorspace": "RGB"} if shape[2] == 3 else {}
            assert np.array_equal(imagecodecs.jpeg8_decode(ours, **rgb).reshape(shape), array)


@given(
    array=st.sampled_from(["u1", "u2"]).flatmap(
        lambda t: hnp.arrays(
            t, hnp.array_shapes(min_dims=3, max_dims=3, max_side=12).filter(lambda s: s[2] <= 4)
        )
    ),
    predictor=st.integers(1, 7),
    restart_rows=st.integers(0, 5),
)
def test_round_trip(array, predictor, restart_rows):
    frame = _jpeg_cy.encode_lossless(array, predictor=predictor, restart_rows=restart_rows)
    assert np.array_equal(decoded(_jpeg_cy, frame), array)
    wide = np.empty(array.shape, "u2")
    _jpeg_cy.decode(bytearray(frame), wide)
    assert np.array_equal(wide, array)


@pytest.mark.parametrize("precision", [2, 5, 8, 12, 16])
def test_point_transform(precision):
    array = image((9, 14, 1), precision, "noise")
    for low in range(1, precision):
        frame = _jpeg_cy.encode_lossless(array, precision=precision, point_transform=low)
        assert _jpeg_cy.header(frame).point_transform == low
        assert np.array_equal(decoded(_jpeg_cy, frame), array >> low << low)


def test_differences_wrap_around():
    # Ultrasound systems write 128 after 52 as the difference -180: right modulo 2^8 (T.81 section H.2.1).
    bits = code(52 - 128) + code(-180) + code(2) + code(-254) + code(255) + code(-1)
    head = frame_header(0xC3, 1, 6, 8, [(1, 1, 1, 0)])
    frame = SOI + head + flat_table() + scan_header([(1, 0)], 1, 0, 0) + pack(bits) + EOI
    assert decoded(_jpeg_cy, frame).ravel().tolist() == [52, 128, 130, 132, 131, 130]
    # And modulo 2^16, with the magnitude of 16 bits that has no bits of its own (table H.2).
    bits = code(32768) + code(32768) + code(-32767) + code(-2)
    head = frame_header(0xC3, 1, 4, 16, [(1, 1, 1, 0)])
    frame = SOI + head + flat_table() + scan_header([(1, 0)], 1, 0, 0) + pack(bits) + EOI
    assert decoded(_jpeg_cy, frame).ravel().tolist() == [0, 32768, 1, 65535]


@pytest.mark.parametrize("predictor", range(1, 8))
def test_streams_by_hand(predictor):
    for shape, precision in (((6, 5, 1), 8), ((4, 7, 3), 12), ((3, 4, 4), 16), ((5, 3, 2), 9)):
        array = image(shape, precision, "extreme")
        planes = list(np.moveaxis(array, 2, 0))
        frame = lossless_frame(planes, predictor, precision)
        assert np.array_equal(decoded(_jpeg_cy, frame), array)


@pytest.mark.parametrize("restart_lines", [0, 1, 2])
def test_one_scan_for_each_component(restart_lines):
    array = image((6, 5, 3), 8, "noise")
    frame = SOI + frame_header(0xC3, 6, 5, 8, [(c, 1, 1, 0) for c in (10, 20, 30)]) + flat_table()
    if restart_lines:
        frame += segment(0xDD, [0, 5 * restart_lines])
    for c, predictor in ((2, 4), (0, 1), (1, 7)):
        frame += scan_header([((c + 1) * 10, 0)], predictor, 0, 0)
        frame += lossless_scan([array[..., c]], [(1, 1)], predictor, 8, restart_lines)
    assert np.array_equal(decoded(_jpeg_cy, frame + EOI), array)


@pytest.mark.parametrize(
    ("factors", "interleaved"),
    [([(2, 2), (1, 1), (1, 1)], True), ([(2, 1), (1, 1), (1, 1)], True), ([(1, 2), (1, 1), (1, 1)], False),
     ([(2, 2), (2, 2), (2, 2)], True), ([(4, 1), (2, 1), (1, 1)], True), ([(2, 2), (1, 2), (2, 1)], False)],
)  # fmt: skip
@pytest.mark.parametrize("restart_lines", [0, 1])
def test_sampling_factors(factors, interleaved, restart_lines):
    rows, columns = 7, 9
    wide, high = max(h for h, _ in factors), max(v for _, v in factors)
    rng = np.random.default_rng(5)
    frame = SOI + frame_header(
        0xC3, rows, columns, 8, [(i, h, v, 0) for i, (h, v) in enumerate(factors)]
    )
    frame += flat_table()
    across, down = -(-columns // wide), -(-rows // high)
    if restart_lines and interleaved:
        frame += segment(0xDD, [0, across * restart_lines])
    planes = [rng.integers(0, 256, (down * v, across * h)) for h, v in factors]
    if interleaved:
        frame += scan_header([(i, 0) for i in range(len(factors))], 4, 0, 0)
        frame += lossless_scan(planes, factors, 4, 8, restart_lines)
    for i, (h, v) in enumerate(factors):
        planes[i] = planes[i][: -(-rows * v // high), : -(-columns * h // wide)]
        if not interleaved:
            frame += scan_header([(i, 0)], 4, 0, 0) + lossless_scan([planes[i]], [(h, v)], 4, 8)
    y, x = np.arange(rows), np.arange(columns)
    want = [
        p[np.ix_(y * v // high, x * h // wide)] for p, (h, v) in zip(planes, factors, strict=True)
    ]
    assert np.array_equal(decoded(_jpeg_cy, frame + EOI), np.stack(want, 2))


def test_one_component_of_any_factors():
    array = image((5, 7, 1), 8, "noise")
    frame = bytearray(_jpeg_cy.encode_lossless(array))
    place = frame.index(b"\x01\x11\x00")
    frame[place + 1] = 0x22
    assert np.array_equal(decoded(_jpeg_cy, frame), array)


def test_lines_told_at_the_end():
    array = image((5, 7, 1), 8, "noise")
    head = frame_header(0xC3, 0, 7, 8, [(1, 1, 1, 0)])
    scan = scan_header([(1, 0)], 1, 0, 0) + lossless_scan([array[..., 0]], [(1, 1)], 1, 8)
    frame = SOI + head + flat_table() + scan + segment(0xDC, [0, 5]) + EOI
    assert _jpeg_cy.header(frame).rows == 5
    assert np.array_equal(decoded(_jpeg_cy, frame), array)
    with pytest.raises(DicomError, match="number of lines"):
        _jpeg_cy.header(SOI + head + flat_table() + scan + EOI)


def test_what_may_stand_around():
    array = image((6, 9, 1), 12, "noise")
    frame = _jpeg_cy.encode_lossless(array, precision=12)
    around = (
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + segment(0xFE, b"comment")
        + segment(0xEB, b"\xff\xd9\xff\xda")
    )
    for changed in (
        SOI + around + frame[2:],
        frame[:2] + b"\xff\xff\xff" + frame[2:],  # fill bytes before a marker
        frame + b"\0",  # padding
        frame[:-2],  # no EOI, but all samples
        frame[:-2] + b"\xff\xff\xd9",
        frame + frame,
    ):
        assert np.array_equal(decoded(_jpeg_cy, changed), array)
    assert _jpeg_cy.header(SOI + around + frame[2:]).jfif
    assert not _jpeg_cy.header(frame).jfif


def test_codes_of_sixteen_bits():
    # Frequencies that grow like Fibonacci's numbers would take codes of more than 16 bits: they are shortened.
    counts = [1, 1]
    while len(counts) < 17:
        counts.append(counts[-1] + counts[-2])
    magnitudes = np.repeat(np.arange(17), counts)
    differences = np.where(magnitudes == 0, 0, 1 << np.maximum(magnitudes - 1, 0)).cumsum()
    array = (differences + 32768).astype("u2")[None, :, None]
    frame = _jpeg_cy.encode_lossless(array)
    table = frame[frame.index(b"\xff\xc4") + 5 :][:16]
    assert table[15] > 0
    assert np.array_equal(decoded(_jpeg_cy, frame), array)
    assert np.array_equal(imagecodecs.jpeg8_decode(frame), array[..., 0])


def test_long_codes_by_hand():
    # One symbol a length up to 16 bits: beyond what a table of 12 bits looks up.
    table = segment(0xC4, [0] + [1] * 16 + list(range(16)))
    sizes = list(range(16)) + list(range(15, -1, -1))
    rng = np.random.default_rng(0)
    differences = [
        int(rng.integers(1 << s - 1, 1 << s)) * int(rng.choice([-1, 1])) if s else 0 for s in sizes
    ]
    bits = ""
    for size, d in zip(sizes, differences, strict=True):
        bits += "1" * size + "0"
        bits += f"{d if d > 0 else d + (1 << size) - 1:0{size}b}" if size else ""
    head = frame_header(0xC3, 1, len(sizes), 16, [(1, 1, 1, 0)])
    frame = SOI + head + table + scan_header([(1, 0)], 1, 0, 0) + pack(bits) + EOI
    want = (32768 + np.cumsum(differences)) % 65536
    assert np.array_equal(decoded(_jpeg_cy, frame).ravel(), want)
