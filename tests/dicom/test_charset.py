"""Character sets, against pydicom and against the examples of PS3.5 annexes H to K."""

import io
import pickle
import struct

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scikit.dicom import CharacterSetError, DicomError, _charset, dcmread, dcmwrite

from .conftest import element, start

ALPHABETS = {
    "ISO_IR 100": "aéüß",
    "ISO_IR 101": "łőž",
    "ISO_IR 109": "ĥĝ",
    "ISO_IR 110": "āķ",
    "ISO_IR 144": "Люкс",
    "ISO_IR 127": "قبا",
    "ISO_IR 126": "Διον",
    "ISO_IR 138": "שרון",
    "ISO_IR 148": "çğı",
    "ISO_IR 166": "นาม",
    "ISO_IR 192": "aé王Д",
    "GB18030": "王小东",
}


@pytest.mark.parametrize("term", ALPHABETS)
def test_single_sets(term):
    codecs = _charset.encodings(term)
    theirs = pydicom.charset.convert_encodings(term)
    text = ALPHABETS[term]
    data = _charset.encode(text, codecs)
    assert data == pydicom.charset.encode_string(text, theirs)
    assert _charset.decode(data, codecs) == text


@pytest.mark.parametrize(
    ("terms", "data", "text"),
    [
        (  # PS3.5 H.3.1
            ("", "ISO 2022 IR 87"),
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
            "Yamada^Tarou=山田^太郎",
        ),
        (  # PS3.5 H.3.2
            ("ISO 2022 IR 13", "ISO 2022 IR 87"),
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
        ),
        (  # PS3.5 I.2
            ("", "ISO 2022 IR 149"),
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
            "Hong^Gildong=洪^吉洞",
        ),
        (("", "ISO 2022 IR 58"), b"Zhang=\x1b$)A\xd5\xc5", "Zhang=张"),
    ],
)
def test_code_extensions(terms, data, text):
    codecs = _charset.encodings(*terms)
    assert _charset.decode(data, codecs) == text
    again = _charset.encode(text, codecs, "\\^=\r\n\t\f")
    assert _charset.decode(again, codecs) == text
    theirs = pydicom.charset.convert_encodings(list(terms))
    name = pydicom.valuerep.PersonName(again, theirs)
    if terms[1] != "ISO 2022 IR 58":  # Python's codec differs from pydicom's handling of the escape
        assert str(name.decode(theirs)) == text


@given(st.text("aé^Дชื山東金\r", max_size=12))
def test_mixed_text_survives(text):
    terms = ("ISO 2022 IR 100", "ISO 2022 IR 144", "ISO 2022 IR 87", "ISO 2022 IR 166")
    codecs = _charset.encodings(*terms)
    assert _charset.decode(_charset.encode(text, codecs, "^\r"), codecs) == text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ISO-IR 100", "latin_1"),
        ("ISO IR 101", "iso8859_2"),
        ("ISO 2022-IR 87", "iso2022_jp"),
        ("ISO2022 IR 149", "euc_kr"),
        ("cp1251", "cp1251"),
        (" ISO_IR 144 ", "iso8859_5"),
    ],
)
def test_misspelt_terms(written, meant):
    assert _charset.encodings(written) == (meant,)


@pytest.mark.parametrize(
    "term", ["ISO_IR 999", "rot13", "zlib", "unicode_escape", "idna", "a\0b", "x" * 1000]
)
def test_unknown_terms_are_latin(term):
    for _ in range(2):
        with pytest.warns(UserWarning, match="unknown Specific Character Set"):
            assert _charset.encodings(term) == ("latin_1",)


def test_sets_that_stand_alone():
    assert _charset.encodings("ISO_IR 192", "ISO 2022 IR 87") == ("utf_8",)
    assert _charset.encodings("ISO_IR 100", "GB18030") == ("latin_1",)


def test_text_that_does_not_fit():
    for terms in (("ISO_IR 100",), ("ISO 2022 IR 100", "ISO 2022 IR 144")):
        with pytest.raises(DicomError, match="does not fit"):
            _charset.encode("山", _charset.encodings(*terms))


def test_damaged_text():
    codecs = _charset.encodings("", "ISO 2022 IR 87")
    assert "\ufffd" in _charset.decode(b"ab\xff", _charset.encodings("ISO_IR 192"))
    assert _charset.decode(b"\x1b$B\x80", codecs).startswith("\x1b")
    assert _charset.decode(b"a\x1b?b", codecs) == "a\x1b?b"


def test_another_set_than_the_file_names():
    """A Russian file that says latin-1: text, nested text, and writing it right."""
    item = struct.pack("<HHI", 0xFFFE, 0xE000, 16) + element(
        0x10, 0x20, b"LO", "Юрий ok ".encode("cp1251")
    )
    data = start() + element(8, 5, b"CS", b"ISO_IR 100")
    data += element(0x10, 0x10, b"PN", "Иванов".encode("cp1251"))
    data += element(0x40, 0xA730, b"SQ", item)
    assert str(dcmread(data).PatientName) == "Èâàíîâ"
    ds = dcmread(data, character_set="cp1251")
    assert (str(ds.PatientName), ds.ContentSequence[0].PatientID) == ("Иванов", "Юрий ok")
    assert pickle.loads(pickle.dumps(ds)) == ds
    with pytest.raises(CharacterSetError, match="does not fit"):
        dcmwrite(io.BytesIO(), ds)
    ds.SpecificCharacterSet = "ISO_IR 192"
    out = io.BytesIO()
    dcmwrite(out, ds)
    again = pydicom.dcmread(io.BytesIO(out.getvalue()))
    assert (str(again.PatientName), again.ContentSequence[0].PatientID) == ("Иванов", "Юрий ok")
    many = dcmread(data, character_set=["", "ISO 2022 IR 144"])
    assert str(many.PatientName) == "Èâàíîâ"
    with pytest.warns(UserWarning, match="unknown"):
        dcmread(data, character_set="nothing")


def test_writing_only_what_is_named():
    """JIS X 0212 without JIS X 0208; Python's codec alone would take Korean and Greek sets too."""
    codecs = _charset.encodings("", "ISO 2022 IR 159")
    data = _charset.encode("a\u4e02b", codecs)
    assert data.count(b"\x1b$(D") == 1
    assert _charset.decode(data, codecs) == "a\u4e02b"
    with pytest.raises(CharacterSetError):
        _charset.encode("\ud55c", codecs)
    assert _charset.encode("a\u5c71", ("iso2022_jp",)) == b"a\x1b$B;3\x1b(B"


@settings(deadline=None)
@given(st.binary(max_size=24), st.sampled_from(range(8)))
def test_any_bytes_become_text(data, choice):
    terms = [("",), ("ISO 2022 IR 6", "ISO 2022 IR 87"), ("", "ISO 2022 IR 149"), ("GB18030",),
             ("", "ISO 2022 IR 159"), ("ISO_IR 192",), ("ISO 2022 IR 13", "ISO 2022 IR 87"),
             ("", "ISO 2022 IR 58")][choice]  # fmt: skip
    for piece in (data, b"\x1b$B" + data, b"a\x1b$)C" + data, b"\x1b" + data):
        text = _charset.decode(piece, _charset.encodings(*terms))
        assert isinstance(text, str)
