"""JPEG-LS: every precision, interleaving and error bound, against CharLS and streams changed by hand."""

import imagecodecs
import libjpeg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scikit.dicom import DicomError, _jpegls_cy

from .jpeg_streams import SOI, decoded, image, segment

SHAPES = [(1, 1, 1), (1, 40, 1), (25, 1, 1), (13, 22, 1), (12, 15, 3), (5, 7, 4)]
KINDS = ("noise", "smooth", "extreme", "flat")


def charls(frame, shape):
    return imagecodecs.jpegls_decode(frame).reshape(shape)


@pytest.mark.parametrize("precision", range(2, 17))
@pytest.mark.parametrize("near", [0, 1, 4])
def test_against_charls(precision, near):
    if near > ((1 << precision) - 1) // 2:
        near = 0
    for shape in SHAPES:
        for kind in KINDS:
            array = image(shape, precision, kind)
            for interleave in range(3):
                frame = _jpegls_cy.encode(
                    array, precision=precision, near=near, interleave=interleave
                )
                got = decoded(_jpegls_cy, frame)
                assert np.abs(got.astype(int) - array).max() <= near
                assert np.array_equal(charls(frame, shape), got)
            if precision in (8, 16) and shape[2] in (1, 3):
                squeezed = array[..., 0] if shape[2] == 1 else array
                theirs = imagecodecs.jpegls_encode(squeezed, level=near)
                assert np.array_equal(decoded(_jpegls_cy, theirs), charls(theirs, shape))


@pytest.mark.parametrize("interleave", range(3))
def test_the_same_bytes_as_charls(interleave):
    # A JPEG-LS scan has one right encoding; CharLS writes headers of its own.
    for shape in [(13, 22, 1), (31, 15, 3)]:
        for kind in KINDS:
            array = image(shape, 8, kind)
            theirs = imagecodecs.jpegls_encode(array[..., 0] if shape[2] == 1 else array)
            head = _jpegls_cy.header(theirs)
            ours = _jpegls_cy.encode(array, interleave=head.interleave)
            assert ours[ours.rindex(b"\xff\xda") :] == theirs[theirs.rindex(b"\xff\xda") :]


@given(
    array=st.sampled_from(["u1", "u2"]).flatmap(
        lambda t: hnp.arrays(
            t,
            hnp.array_shapes(min_dims=3, max_dims=3, max_side=12).filter(lambda s: s[2] <= 4),
            elements=st.sampled_from([0, 1, 3, 100, 127, 254, 255]) if t == "u1" else None,
        )
    ),
    near=st.integers(0, 127),
    interleave=st.integers(0, 2),
    restart_rows=st.integers(0, 5),
)
def test_round_trip(array, near, interleave, restart_rows):
    frame = _jpegls_cy.encode(array, near=near, interleave=interleave, restart_rows=restart_rows)
    got = decoded(_jpegls_cy, frame)
    assert np.abs(got.astype(int) - array).max() <= near
    wide = np.empty(array.shape, "u2")
    _jpegls_cy.decode(memoryview(frame), wide)
    assert np.array_equal(wide, got)


@pytest.mark.parametrize("interleave", range(3))
@pytest.mark.parametrize("restart_rows", [1, 2, 7])
def test_restart_intervals(interleave, restart_rows):
    array = image((40, 33, 3), 8, "smooth")
    frame = _jpegls_cy.encode(array, interleave=interleave, restart_rows=restart_rows)
    assert _jpegls_cy.header(frame).restart_interval == restart_rows
    assert np.array_equal(charls(frame, array.shape), array)
    assert np.array_equal(decoded(_jpegls_cy, frame), array)
    broken = frame.replace(b"\xff\xd1", b"\xff\xd5")
    with pytest.raises(DicomError, match="restart"):
        decoded(_jpegls_cy, broken)


@given(
    precision=st.integers(2, 16),
    near=st.integers(0, 20),
    kind=st.sampled_from(KINDS),
    data=st.data(),
)
def test_preset_parameters(precision, near, kind, data):
    max_value = data.draw(st.integers(1, (1 << precision) - 1))
    near = min(near, max_value // 2)
    if near + 1 > max_value:
        near = 0
    t1 = data.draw(st.integers(near + 1, max_value))
    t2 = data.draw(st.integers(t1, max_value))
    t3 = data.draw(st.integers(t2, max_value))
    reset = data.draw(st.integers(3, max(255, max_value)))
    array = np.minimum(image((9, 14, 1), precision, kind), max_value).astype(
        "u1" if precision <= 8 else "u2"
    )
    frame = _jpegls_cy.encode(
        array,
        precision=precision,
        near=near,
        max_value=max_value,
        thresholds=(t1, t2, t3),
        reset=reset,
    )
    head = _jpegls_cy.header(frame)
    assert (head.max_value, head.thresholds, head.reset) == (max_value, (t1, t2, t3), reset)
    got = decoded(_jpegls_cy, frame)
    assert np.abs(got.astype(int) - array).max() <= near
    # CharLS 2.4.3 decodes other ranges than a power of two wrongly, and does not come back from resets above 255.
    if max_value == (1 << precision) - 1 and reset <= 255:
        assert np.array_equal(charls(frame, array.shape), got)
    assert np.array_equal(libjpeg.decode(frame).reshape(array.shape), got)


def test_default_parameters():
    # T.87 section C.2.4.1.1, and table C.3 for 8 bits.
    assert _jpegls_cy.header(_jpegls_cy.encode(image((4, 4, 1), 8, "flat"))).thresholds == (
        3,
        7,
        21,
    )
    for precision in range(2, 17):
        array = image((4, 4, 1), precision, "noise")
        head = _jpegls_cy.header(_jpegls_cy.encode(array, precision=precision))
        assert (head.max_value, head.reset) == ((1 << precision) - 1, 64)
        if precision >= 12:
            assert head.thresholds == (18, 67, 276)


@pytest.mark.parametrize("dtype", ["u1", "u2"])
@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("interleave", [1, 2])
def test_colour_transforms(dtype, kind, interleave):
    array = image((9, 13, 3), 8 * np.dtype(dtype).itemsize, "noise")
    plain = _jpegls_cy.encode(array, interleave=interleave)
    frame = SOI + segment(0xE8, b"mrfx" + bytes([kind])) + plain[2:]
    assert _jpegls_cy.header(frame).transform == kind
    got = decoded(_jpegls_cy, frame)
    assert np.array_equal(charls(frame, array.shape), got)
    assert not np.array_equal(got, array)
    for changed in (_jpegls_cy.encode(array), _jpegls_cy.encode(array[..., :1])):
        with pytest.raises(DicomError, match="colour transform"):
            decoded(_jpegls_cy, SOI + segment(0xE8, b"mrfx" + bytes([kind])) + changed[2:])


def test_sizes_told_elsewhere():
    array = image((9, 13, 1), 8, "noise")
    frame = _jpegls_cy.encode(array)
    place = frame.index(b"\xff\xf7") + 5
    assert frame[place : place + 4] == b"\0\x09\0\x0d"
    lineless = frame[:place] + b"\0\0" + frame[place + 2 :]
    with pytest.raises(DicomError, match="number of lines"):
        _jpegls_cy.header(lineless)
    assert np.array_equal(
        decoded(_jpegls_cy, lineless[:-2] + segment(0xDC, b"\0\x09") + lineless[-2:]), array
    )
    sizeless = frame[:place] + bytes(4) + frame[place + 4 :]
    for width in (2, 3, 4):
        numbers = (9).to_bytes(width, "big") + (13).to_bytes(width, "big")
        oversize = SOI + segment(0xF8, bytes([4, width]) + numbers) + sizeless[2:]
        assert np.array_equal(decoded(_jpegls_cy, oversize), array)


def test_what_may_stand_around():
    array = image((9, 13, 1), 8, "extreme")
    frame = _jpegls_cy.encode(array)
    around = (
        segment(0xE0, b"JFIF\0") + segment(0xFE, b"comment \xff\xd9") + segment(0xE8, b"SPIFF\0")
    )
    for changed in (
        SOI + around + frame[2:],
        frame + b"\0",
        frame[:-2],
        frame[:2] + b"\xff\xff" + frame[2:],
        frame[:-2] + segment(0xFE, b"after") + frame[-2:],
    ):
        assert np.array_equal(decoded(_jpegls_cy, changed), array)


def test_not_handled():
    array = image((9, 13, 1), 8, "noise")
    frame = _jpegls_cy.encode(array)
    scan = frame.index(b"\xff\xda")
    mapped = frame[:scan] + frame[scan:].replace(
        b"\x01\x01\x00\x00\x00\x00", b"\x01\x01\x05\x00\x00\x00", 1
    )
    shifted = frame[:scan] + frame[scan:].replace(
        b"\x01\x01\x00\x00\x00\x00", b"\x01\x01\x00\x00\x00\x02", 1
    )
    table = SOI + segment(0xF8, bytes([2, 5, 1, 0, 1, 2])) + frame[2:]
    for changed, text in ((mapped, "mapping"), (table, "mapping"), (shifted, "point transform")):
        with pytest.raises(DicomError, match=text):
            _jpegls_cy.header(changed)
    with pytest.raises(DicomError, match="not supported"):
        _jpegls_cy.header(frame.replace(b"\xff\xf7", b"\xff\xc3"))
