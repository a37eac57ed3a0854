"""Pulseq files: versions, shapes, extensions, and files that are not right."""

import pathlib
import tempfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit import mri
from scikit.mri._pulseq_text import Row, decompress

VERSIONS = [(1, 2), (1, 3), (1, 4), (1, 5)]


def read_text(text, **kwargs):
    """A sequence from its text; the file lives for the call, so tests may run beside one another."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "test.seq"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return mri.Sequence.read(path, **kwargs)


@pytest.fixture
def read():
    """`read_text`."""
    return read_text


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_gives_the_same_sequence(read, small_pulseq, version, packed):
    seq = read(small_pulseq(version, packed=packed))
    assert seq.version == (*version, 0)
    assert len(seq.blocks) == 5
    # 140 us, 100 us, 100 us, 240 or 300 us, and 1 ms.
    assert seq.duration == pytest.approx(1.64e-3 if version >= (1, 4) else 1.58e-3, abs=1e-12)
    pulse = seq.blocks[0].rf
    assert pulse.start == pytest.approx(20e-6)
    assert pulse.duration == pytest.approx(100e-6)
    assert pulse.flip_angle == pytest.approx(90)
    assert pulse.frequency == 100
    np.testing.assert_allclose(pulse.amplitude, 2500)
    assert pulse.phase == -0.5  # the frame of this package is left-handed
    t, g = seq.blocks[0].gradient("gz")
    np.testing.assert_allclose(t, [0, 10e-6, 120e-6, 140e-6], atol=1e-15)
    np.testing.assert_allclose(g, [0, 4e5, 4e5, 0])
    t, g = seq.blocks[2].gradient("gx")
    hump = 50000 * np.sin(np.linspace(0, np.pi, 10)).round(9)
    np.testing.assert_allclose(
        t, 240e-6 + np.concatenate([[0], np.arange(0.5, 10), [10]]) * 1e-5, atol=1e-12
    )
    np.testing.assert_allclose(g[1:-1], hump, atol=1e-4)
    assert g[0] == 0
    assert abs(g[-1]) < 1e-3
    times = 360e-6 + (np.arange(16) + 0.5) * 12.5e-6
    np.testing.assert_allclose(seq.adc_times, times, atol=1e-12)
    np.testing.assert_allclose(seq.demodulation(), np.exp(0.25j))
    assert seq.uses() == ["excitation"]
    assert seq.kspace().shape == (16, 3)
    assert "16 samples" in repr(seq)
    assert "RF(" in repr(seq.blocks[0])
    assert "ADC(" in repr(seq.blocks[3])
    if version >= (1, 4):
        assert seq.definitions["Name"] == "small"
        np.testing.assert_array_equal(seq.definitions["FOV"], [0.2, 0.2, 0.005])
    waves = seq.waveforms()
    assert set(waves) == {"rf", "gx", "gy", "gz", "adc"}
    assert waves["rf"][0].shape == waves["rf"][1].shape == (201,)


def test_windows_lines_and_byte_order_mark(read, small_pulseq):
    text = small_pulseq((1, 4))
    plain = read(text)
    odd = read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    np.testing.assert_array_equal(odd.adc_times, plain.adc_times)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_that_ends_anywhere_is_read_or_refused(read, small_pulseq, version):
    lines = small_pulseq(version, packed=True).split("\n")
    refused = 0
    for stop in range(len(lines)):
        try:
            read("\n".join(lines[:stop]))
        except mri.PulseqError as error:
            refused += len(str(error).splitlines()) == 1
    assert refused > 15


@pytest.mark.filterwarnings("ignore:line .* is made longer:UserWarning")
@pytest.mark.filterwarnings("ignore:the unknown:UserWarning")
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("word", ["x", "-1", "nan", "1e400", "99", "", "1.5", "\x07", "9" * 30])
def test_a_garbled_line_is_read_or_refused_by_its_number(read, small_pulseq, version, word):
    lines = small_pulseq(version, packed=True).split("\n")
    results = []
    for number, line in enumerate(lines):
        if not line or line.startswith("#"):
            continue
        words = line.split()
        for place in {0, len(words) // 2, len(words) - 1}:
            changed = [*words[:place], word, *words[place + 1 :]]
            text = "\n".join([*lines[:number], " ".join(changed), *lines[number + 1 :]])
            try:
                results.append(read(text).duration)
            except mri.PulseqError as error:
                results.append(error.line or 0)
    # Durations are finite; lines lie in the file.
    assert np.isfinite(results).all()
    assert 0 <= min(results) <= max(results) <= 1e7
    assert len(results) > 80


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data):
    with pytest.raises(mri.PulseqError):
        read_text(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "VERSION"),
        ("hello\n", "line 1"),
        ("[VERSION]\nmajor 2\nminor 0\n", "2.0 is not supported"),
        ("[VERSION]\nmajor 1\nminor 1\n", "1.1 is not supported"),
        ("[VERSION]\nmajor 1\n", "major and minor"),
        ("[VERSION]\nmajor 1\nminor 4\n", "BLOCKS"),
        ("[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n1 10 7 0 0 0 0 0\n", "line 5: the pulse 7"),
        ("[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n1 10 0 3 0 0 0 0\n", "line 5: the gradient 3"),
        ("[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n1 10 0 0 0 0 2 0\n", "line 5: the readout 2"),
        (
            "[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n1 10 0 0 0 0 0 4\n",
            "line 5: the extension list 4",
        ),
        ("[VERSION]\nmajor 1\nminor 3\n[BLOCKS]\n1 9 0 0 0 0 0 0\n", "line 5: the delay 9"),
        ("[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n1 10 0 0\n", "line 5: .* columns"),
        ("[VERSION]\nmajor 1\nminor 4\n[BLOCKS]\n[BLOCKS]\n", "line 5: .* twice"),
        ("[VERSION]\nmajor 1\nminor 4\n[BLOCKS\n", "line 4: .* brackets"),
        ("\0\0", "binary"),
    ],
)
def test_what_is_wrong_is_said(read, text, message):
    with pytest.raises(mri.PulseqError, match=message):
        read(text)


def test_no_such_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        mri.Sequence.read(tmp_path / "none.seq")
    with pytest.raises(IsADirectoryError):
        mri.Sequence.read(tmp_path)
    with pytest.raises(TypeError):
        mri.Sequence.read(tmp_path / "none.seq", b0="3 T")


ROTATED = """
[EXTENSIONS]
1 1 1 2
2 2 1 3
3 3 1 4
4 2 2 0
extension ROTATIONS 1
1 0.7071067811865476 0 0 0.7071067811865476
extension LABELSET 2
1 5 LIN
2 1 NAV
extension LABELINC 3
1 2 LIN
"""


def test_rotations_and_labels(read, small_pulseq):
    seq = read(small_pulseq((1, 5), extensions=ROTATED))
    plain = read(small_pulseq((1, 5)))
    t, g = seq.blocks[3].gradient("gy")  # a quarter turn about z takes x to y
    want_t, want_g = plain.blocks[3].gradient("gx")
    np.testing.assert_allclose(np.interp(want_t, t, g), want_g, atol=1e-6)
    np.testing.assert_allclose(seq.blocks[3].gradient("gx")[1], 0, atol=1e-9)
    np.testing.assert_allclose(
        seq.blocks[2].gradient("gy")[1].max(), plain.blocks[2].gradient("gx")[1].max()
    )
    assert seq.blocks[0].labels == {"LIN": 7, "NAV": 1}
    k, want = seq.kspace(), plain.kspace()
    np.testing.assert_allclose(
        k, np.stack([-want[:, 1], want[:, 0], want[:, 2]], axis=1), atol=1e-8
    )


def test_rotation_about_a_slanted_axis_keeps_the_length(read, small_pulseq):
    q = np.array([0.8, 0.2, -0.5, 0.26])
    q /= np.linalg.norm(q)
    text = (
        "\n[EXTENSIONS]\n1 1 1 0\nextension ROTATIONS 1\n1 "
        + " ".join(repr(float(x)) for x in q)
        + "\n"
    )
    k = read(small_pulseq((1, 5), extensions=text)).kspace()
    want = read(small_pulseq((1, 5))).kspace()
    np.testing.assert_allclose(np.linalg.norm(k, axis=1), np.linalg.norm(want, axis=1), atol=1e-8)
    turned = want + 2 * np.cross(q[1:], np.cross(q[1:], want) + q[0] * want)
    np.testing.assert_allclose(k, turned, atol=1e-8)


def test_unknown_extensions_warn_and_are_skipped(read, small_pulseq):
    unknown = "\n[EXTENSIONS]\n1 1 1 2\n2 2 1 0\nextension MYSTERY 1\n1 a b c\nextension LABELSET 2\n1 3 SLC\n"
    with pytest.warns(UserWarning, match="MYSTERY"):
        seq = read(small_pulseq((1, 5), extensions=unknown))
    assert seq.blocks[0].labels == {"SLC": 3}
    needed = small_pulseq((1, 5), extensions=unknown).replace(
        "Name small", "RequiredExtensions MYSTERY"
    )
    with pytest.raises(mri.PulseqError, match="MYSTERY"):
        read(needed)
    with pytest.warns(UserWarning, match="ODD"):
        read(small_pulseq((1, 4)) + "\n[ODD]\nwhat 1\n")


@pytest.mark.parametrize(
    ("extensions", "message"),
    [
        ("\n[EXTENSIONS]\n1 1 1 1\nextension LABELSET 1\n1 0 LIN\n", "refers to itself"),
        ("\n[EXTENSIONS]\n1 1 2 0\nextension LABELSET 1\n1 0 LIN\n", "entry 2"),
        ("\n[EXTENSIONS]\n1 4 1 0\nextension LABELSET 1\n1 0 LIN\n", "type 4"),
        ("\n[EXTENSIONS]\n1 1 1 0\nextension ROTATIONS 1\n1 2 0 0 0\n", "length 1"),
    ],
)
def test_wrong_extensions(read, small_pulseq, extensions, message):
    with pytest.raises(mri.PulseqError, match=message):
        read(small_pulseq((1, 5), extensions=extensions))


def test_ppm_use_and_center_of_version_1_5(read, small_pulseq):
    text = small_pulseq((1, 5)).replace(
        "1 2500 1 2 0 50 20 0 0 100 0.5 e", "1 2500 1 2 0 30 20 -3.45 0.1 100 0.5 s"
    )
    pulse = read(text, b0=3.0).rf[0]
    assert pulse.frequency == pytest.approx(100 - 3.45 * 42.576 * 3)
    assert pulse.phase == pytest.approx(-0.5 - 0.1 * 42.576 * 3)
    assert pulse.use == "saturation"
    assert pulse.center == pytest.approx(30e-6)


def test_time_shapes(read):
    text = """[VERSION]
major 1
minor 4
[DEFINITIONS]
GradientRasterTime 1e-05
RadiofrequencyRasterTime 1e-06
BlockDurationRaster 1e-05
[BLOCKS]
1 30 1 1 0 0 0 0
2 10 0 2 0 0 0 0
[RF]
1 100 1 2 3 5 0 0
[GRADIENTS]
1 1000 4 5 0
2 1000 6 0 0
[SHAPES]
shape_id 1
num_samples 3
0
1
1
shape_id 2
num_samples 3
0
0
0
shape_id 3
num_samples 3
0
100
200
shape_id 4
num_samples 4
0
1
1
0.5
shape_id 5
num_samples 4
0
10
10
30
shape_id 6
num_samples 10
0.5
0.5
0.5
0.5
0.5
0.5
0.5
0.5
0.5
0.5
"""
    seq = read(text)
    pulse = seq.rf[0]
    np.testing.assert_allclose(pulse.shape.edges, [0, 1e-4, 2e-4])
    np.testing.assert_allclose(pulse.amplitude, [50, 100])
    np.testing.assert_allclose(pulse.shape.slopes, [1e6, 0])
    t, g = seq.blocks[0].gradient("gx")
    np.testing.assert_allclose(t, [0, 1e-4, 1e-4, 3e-4])
    np.testing.assert_allclose(g, [0, 1000, 1000, 500])
    # The next block goes on where the one before ended.
    t, g = seq.blocks[1].gradient("gx")
    assert g[0] == 500
    np.testing.assert_allclose(g, 500)
    assert seq.gradients[0].moments(1.0)[0] == pytest.approx(0.05 + 0.15 + 0.05)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=60))
def test_compression_round_trip(steps):
    words, i = [], 0
    while i < len(steps):
        j = i
        while j + 1 < len(steps) and steps[j + 1] == steps[i]:
            j += 1
        run = j - i + 1
        words += [steps[i]] if run == 1 else [steps[i], steps[i], run - 2]
        i = j + 1
    got = decompress(np.array(words, float), len(steps), 1, Row(1, []))
    np.testing.assert_array_equal(got, np.cumsum(steps))


def test_a_huge_run_does_not_fill_the_memory(read, small_pulseq):
    text = small_pulseq((1, 3), packed=True)
    with pytest.raises(mri.PulseqError, match="does not fit"):
        read(text.replace("\n97\n", "\n1e15\n"))
    with pytest.raises(mri.PulseqError, match="num_samples"):
        read(text.replace("num_samples 100", "num_samples 1000000000000"))


def test_too_many_samples_are_refused_before_they_are_made(read, small_pulseq):
    many = small_pulseq((1, 3), packed=True).replace("1 16 12500", "1 10000000 1")
    blocks = "\n".join(f"{i} 0 0 0 0 0 1 0" for i in range(2, 9))
    lines = many.split("\n")
    at = lines.index("[BLOCKS]")
    lines[at + 1 : at + 6] = ["1 0 0 0 0 0 0 0"]
    assert len(read("\n".join(lines)).adc_times) == 0
    lines[at + 2 : at + 2] = blocks.split("\n")
    with pytest.raises(mri.PulseqError, match=r"more than|integer"):
        read("\n".join(lines).replace("1 10000000 1 ", f"1 {9**9} 1 "))


def test_a_block_shorter_than_its_events_is_made_longer(read, small_pulseq):
    text = small_pulseq((1, 4)).replace("\n4 30 0 4", "\n4 3 0 4")
    with pytest.warns(UserWarning, match="made longer"):
        seq = read(text)
    assert seq.blocks[3].duration == pytest.approx(240e-6)


def test_a_slice_lies_where_the_frequency_puts_it():
    g, f, n = 4e5, 2000.0, 400
    b1 = 500 * np.sinc(np.linspace(-3, 3, n)) * np.hanning(n)
    pulse = mri.RF(start=1e-4, duration=3e-3, amplitude=b1, frequency=f)
    seq = mri.Sequence.from_waveforms(
        rf=[pulse], gz=[[0, 0], [1e-4, g], [3.1e-3, g], [3.2e-3, 0]], adc=[3.3e-3]
    )
    z = np.linspace(-0.02, 0.02, 401)
    phantom = mri.Phantom(np.stack([0 * z, 0 * z, z], axis=1))
    m = mri.simulate(seq, phantom, output="magnetization")[0]
    excited = np.hypot(m[:, 0], m[:, 1])
    assert abs(np.sum(z * excited**2) / np.sum(excited**2) - f / g) < 1e-4


def test_from_waveforms_refuses_what_is_wrong():
    make = mri.Sequence.from_waveforms
    pulse = mri.RF(start=0, duration=1e-3, amplitude=1)
    for kwargs, error, name in [
        ({"rf": [1]}, TypeError, "rf"),
        ({"rf": [pulse, mri.RF(start=5e-4, duration=1e-3, amplitude=1)]}, ValueError, "overlap"),
        ({"gx": [1, 2]}, ValueError, "gx"),
        ({"gy": [[0, np.nan]]}, ValueError, "gy"),
        ({"gz": [[1, 0], [0, 0]]}, ValueError, "gz"),
        ({"gz": [[-1, 0], [0, 0]]}, ValueError, "gz"),
        ({"adc": [2, 1]}, ValueError, "adc"),
        ({"adc": [[1]]}, ValueError, "adc"),
        ({"adc": ["a"]}, TypeError, "adc"),
    ]:
        with pytest.raises(error, match=name):
            make(**kwargs)
    for kwargs, error, name in [
        ({"duration": 0}, ValueError, "duration"),
        ({"duration": -1}, ValueError, "duration"),
        ({"start": -1}, ValueError, "start"),
        ({"start": None}, TypeError, "start"),
        ({"amplitude": []}, ValueError, "amplitude"),
        ({"amplitude": [[1]]}, ValueError, "amplitude"),
        ({"amplitude": np.inf}, ValueError, "amplitude"),
        ({"phase": np.nan}, ValueError, "phase"),
        ({"use": "cooking"}, ValueError, "use"),
        ({"frequency": "a"}, TypeError, "frequency"),
    ]:
        with pytest.raises(error, match=name):
            mri.RF(**({"start": 0, "duration": 1, "amplitude": 1} | kwargs))
    with pytest.raises(ValueError, match="axis"):
        make(rf=pulse).blocks[0].gradient("x")


def test_kspace_of_a_spin_echo():
    rf = [mri.RF(0, 1e-4, 2500), mri.RF(5e-3, 1e-4, 5000, np.pi / 2)]
    seq = mri.Sequence.from_waveforms(
        rf=rf,
        gx=[[1e-3, 1e5], [2e-3, 1e5], [2e-3, 0], [7e-3, 0], [7e-3, 1e5], [9e-3, 1e5]],
        adc=[3e-3, 8e-3],
    )
    assert seq.uses() == ["excitation", "refocusing"]
    np.testing.assert_allclose(seq.kspace()[:, 0], [100, 0], atol=1e-9)
