"""Modality and VOI transformations, palettes and colour spaces, against pydicom's."""

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.pixels import processing

from scikit.dicom import (
    Dataset,
    DicomError,
    apply_color_lut,
    apply_modality_lut,
    apply_voi,
    apply_voi_lut,
    apply_windowing,
    convert_color_space,
    dcmread,
    pixel_array,
)

from .conftest import ROOT

VALUES = np.arange(-40, 300, 7, dtype=np.int16)


def both(**elements):
    """The same data set here and in pydicom."""
    ours, theirs = Dataset(), pydicom.Dataset()
    theirs.set_original_encoding(False, True)
    for keyword, value in elements.items():
        if isinstance(value, dict):
            items = both(**value)
            setattr(ours, keyword, [items[0]])
            setattr(theirs, keyword, [items[1]])
        elif keyword.startswith("LUT"):
            for ds in (ours, theirs):
                ds.add_new(keyword, "LO" if keyword == "LUTExplanation" else "US", value)
        else:
            setattr(ours, keyword, value)
            setattr(theirs, keyword, value)
    return ours, theirs


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"RescaleSlope": 2.5, "RescaleIntercept": -1024},
        {"ModalityLUTSequence": {"LUTDescriptor": [4, 10, 16], "LUTData": [0, 300, 20, 7]}},
        {"ModalityLUTSequence": {"LUTDescriptor": [3, 65530, 8], "LUTData": [0, 200, 7]}},
    ],
)
def test_modality(elements):
    ours, theirs = both(**elements)
    values = VALUES if "ModalityLUTSequence" not in elements else np.arange(65600)
    expected = processing.apply_modality_lut(values, theirs)
    got = apply_modality_lut(values, ours)
    np.testing.assert_array_equal(got, expected)
    assert got.dtype.kind == expected.dtype.kind


window = {"PhotometricInterpretation": "MONOCHROME2", "BitsStored": 12, "PixelRepresentation": 0}


@pytest.mark.parametrize("function", [None, "LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("rescaled", [False, True])
def test_windows(function, sign, rescaled):
    elements = window | {"WindowCenter": [40, 100.5], "WindowWidth": [80, 30.25]}
    elements["PixelRepresentation"] = sign
    if function:
        elements["VOILUTFunction"] = function
    if rescaled:
        elements |= {"RescaleSlope": 0.5, "RescaleIntercept": -10}
    ours, theirs = both(**elements)
    for index in (0, 1):
        expected = processing.apply_windowing(VALUES, theirs, index)
        np.testing.assert_allclose(
            apply_windowing(VALUES, ours, index), expected, rtol=1e-12, atol=1e-9
        )
        np.testing.assert_array_equal(
            apply_voi_lut(VALUES, ours, index), apply_windowing(VALUES, ours, index)
        )


def test_a_window_of_one_is_a_step():
    ours, _ = both(**window, WindowCenter=10, WindowWidth=1)
    np.testing.assert_array_equal(apply_windowing([9, 9.5, 9.6, 11], ours), [0, 0, 4095, 4095])


def test_tables():
    table = {"LUTDescriptor": [5, 3, 12], "LUTData": [0, 10, 4000, 2, 4095]}
    ours, theirs = both(**window, VOILUTSequence=table, WindowCenter=10, WindowWidth=5)
    values = np.arange(-9, 9)
    expected = processing.apply_voi(values, theirs)
    np.testing.assert_array_equal(apply_voi(values, ours), expected)
    np.testing.assert_array_equal(apply_voi_lut(values, ours), expected)
    np.testing.assert_array_equal(
        apply_voi_lut(values, ours, prefer_lut=False), processing.apply_windowing(values, theirs)
    )


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"WindowWidth": 0.5}, DicomError, "WindowWidth is 0.5"),
        ({"WindowWidth": 0, "VOILUTFunction": "SIGMOID"}, DicomError, "must be positive"),
        ({"VOILUTFunction": "CUBIC"}, DicomError, "'CUBIC'"),
        ({"PhotometricInterpretation": "RGB"}, DicomError, "MONOCHROME"),
        ({"BitsStored": 0}, DicomError, "BitsStored"),
    ],
)
def test_damaged_windows(changes, error, message):
    ours, _ = both(**(window | {"WindowCenter": 1, "WindowWidth": 4} | changes))
    with pytest.raises(error, match=message):
        apply_windowing(VALUES, ours)


def test_damaged_tables():
    for table, message in (
        ({"LUTDescriptor": [5, 0, 16], "LUTData": [1, 2]}, "2 of 5"),
        ({"LUTDescriptor": [5, 0], "LUTData": [1, 2]}, "descriptor"),
        ({"LUTDescriptor": [2, 0, 40], "LUTData": [1, 2]}, "40 bits"),
        ({"LUTDescriptor": [2, 0, 16]}, "0 of 2"),
    ):
        ours, _ = both(VOILUTSequence=table, ModalityLUTSequence=table)
        for function in (apply_voi, apply_modality_lut):
            with pytest.raises(DicomError, match=message):
                function(VALUES, ours)
    ours, _ = both(VOILUTSequence={"LUTDescriptor": [2, 0, 16], "LUTData": [1, 2]})
    with pytest.raises(IndexError, match="`index` is 1"):
        apply_voi(VALUES, ours, 1)
    with pytest.raises(DicomError, match="finite"):
        apply_voi([np.nan], ours)
    ours = Dataset()
    ours.add_new("RescaleSlope", "LO", "x")
    ours.add_new("RescaleIntercept", "LO", "1")
    with pytest.raises(DicomError, match="must be numbers"):
        apply_modality_lut(VALUES, ours)


# -- palettes --


@pytest.mark.parametrize("name", ["examples_palette", "SC_rgb_gdcm_KY"])
def test_palettes_of_files(name):
    path = ROOT / "test_files" / f"{name}.dcm"
    theirs = pydicom.dcmread(path)
    if "RedPaletteColorLookupTableDescriptor" not in theirs:
        theirs.RedPaletteColorLookupTableDescriptor = None
    ours = dcmread(path)
    array = pixel_array(ours)
    if theirs.RedPaletteColorLookupTableDescriptor is None:
        with pytest.raises(DicomError, match="Descriptor"):
            apply_color_lut(array.astype(int), ours)
        return
    np.testing.assert_array_equal(
        apply_color_lut(array, ours), processing.apply_color_lut(array, theirs)
    )


@given(
    st.sampled_from([8, 16]),
    st.lists(
        st.one_of(
            st.tuples(st.just(0), st.lists(st.integers(0, 255), min_size=1, max_size=9)),
            st.tuples(st.just(1), st.integers(1, 20), st.integers(0, 255)),
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_segmented_palettes(bits, segments, indirect):
    words, length = [0, 2, 5, 250], 2
    for segment in segments:
        if segment[0] == 0:
            words += [0, len(segment[1]), *segment[1]]
            length += len(segment[1])
        else:
            words += list(segment)
            length += segment[1]
    if indirect:  # the first segment again
        words += [2, 1, 0, 0] if bits == 16 else [2, 1, 0, 0, 0, 0]
        length += 2
    data = np.array(words, "<u2" if bits == 16 else "u1").tobytes()
    elements = {}
    for color in ("Red", "Green", "Blue"):
        elements[f"{color}PaletteColorLookupTableDescriptor"] = [length, 0, bits]
        elements[f"Segmented{color}PaletteColorLookupTableData"] = data
    ours, theirs = both(**elements)
    array = np.arange(length).astype(np.uint16)
    # half-way values may go either way
    np.testing.assert_allclose(
        apply_color_lut(array, ours).astype(int), processing.apply_color_lut(array, theirs), atol=1
    )


def test_damaged_palettes():
    good = [0, 2, 5, 250]
    for words, message in (
        ([], "0 of 4"),
        ([*good, 7, 1, 1], "unknown kind 7"),
        ([1, 2, 5], "linear segment"),
        ([0, 9, 1], "discrete segment is cut short"),
        ([*good, 2, 1, 99, 0], "points to none"),
        ([*good, 2, 1], "indirect segment is cut short"),
        ([0, 2, 1, 2], "2 of 4"),
    ):
        elements = {}
        for color in ("Red", "Green", "Blue"):
            elements[f"{color}PaletteColorLookupTableDescriptor"] = [4, 0, 16]
            elements[f"Segmented{color}PaletteColorLookupTableData"] = np.array(
                words, "<u2"
            ).tobytes()
        with pytest.raises(DicomError, match=message):
            apply_color_lut([[0]], both(**elements)[0])
    with pytest.raises(TypeError, match="`arr` must hold integers"):
        apply_color_lut([0.5], both(**elements)[0])


# -- colour spaces --


def test_every_colour_to_rgb_and_back():
    """Against the formulas of PS3.3 section C.7.6.3.1.2 in exact arithmetic, rounded."""
    rng = np.random.default_rng(0)
    ybr = rng.integers(0, 256, (70, 71, 3)).astype(np.uint8)
    y, cb, cr = (ybr[..., k].astype(float) for k in range(3))
    exact = np.stack(
        [
            y + 1.402 * (cr - 128),
            y - 0.114 * 1.772 / 0.587 * (cb - 128) - 0.299 * 1.402 / 0.587 * (cr - 128),
            y + 1.772 * (cb - 128),
        ],
        -1,
    )
    got = convert_color_space(ybr, "YBR_FULL", "RGB")
    assert np.abs(got - np.clip(exact, 0, 255)).max() <= 0.5001
    r, g, b = (ybr[..., k].astype(float) for k in range(3))
    light = 0.299 * r + 0.587 * g + 0.114 * b
    exact = np.stack([light, (b - light) / 1.772 + 128, (r - light) / 1.402 + 128], -1)
    got = convert_color_space(ybr, "RGB", "YBR_FULL")
    assert np.abs(got - np.clip(exact, 0, 255)).max() <= 0.5001


def test_nothing_to_convert_is_a_copy():
    pixels = np.zeros((2, 3), np.uint8)
    same = convert_color_space(pixels, "YBR_FULL_422", "YBR_FULL")
    assert same is not pixels
    np.testing.assert_array_equal(same, pixels)
    strided = np.asfortranarray(np.arange(60, dtype=np.uint8).reshape(4, 5, 3))
    np.testing.assert_array_equal(
        convert_color_space(strided, "YBR_FULL", "RGB"),
        convert_color_space(strided.copy("C"), "YBR_FULL", "RGB"),
    )


@pytest.mark.parametrize(
    ("args", "error", "message"),
    [
        ((np.zeros((2, 3), np.uint8), "HSV", "RGB"), ValueError, "`current`"),
        ((np.zeros((2, 3), np.uint8), "RGB", "XYZ"), ValueError, "`desired`"),
        ((np.zeros((2, 4), np.uint8), "RGB", "YBR_FULL"), ValueError, "`arr`"),
        ((np.uint8(3), "RGB", "YBR_FULL"), ValueError, "`arr`"),
        ((np.zeros((2, 3)), "RGB", "YBR_FULL"), TypeError, "`arr`"),
        (("abc", "RGB", "YBR_FULL"), TypeError, "`arr`"),
    ],
)
def test_bad_colours(args, error, message):
    with pytest.raises(error, match=message):
        convert_color_space(*args)
