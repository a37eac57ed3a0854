"""Tags and data elements."""

import copy
import re

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _dates, _dictionary, _values
from scikit.dicom._errors import DicomError, ValueFitError
from scikit.dicom._sequence import Sequence
from scikit.dicom._source import Later
from scikit.dicom._types import MultiValue, Tag


def to_tag(key):
    """The tag, as a plain int, that a user names.

    Parameters
    ----------
    key : int, (int, int) or str
        A tag, its two halves, a keyword, or eight hexadecimal digits.

    Raises
    ------
    KeyError
        If it names none.
    """
    if isinstance(key, str):
        tag = _dictionary.tag_of(key)
        if tag is None:
            digits = re.fullmatch(r"\(?([0-9A-Fa-f]{4}),? ?([0-9A-Fa-f]{4})\)?", key)
            if not digits:
                raise KeyError(key)
            tag = int(digits[1] + digits[2], 16)
        return tag
    if isinstance(key, tuple) and len(key) == 2:
        group, element = (int(k, 16) if isinstance(k, str) else int(k) for k in key)
        if not (0 <= group <= 0xFFFF and 0 <= element <= 0xFFFF):
            raise KeyError(key)
        return group << 16 | element
    if isinstance(key, int) and 0 <= key <= 0xFFFFFFFF:
        return int(key)
    raise KeyError(key)


class DataElement:
    """One data element: tag, value representation and value.

    Parameters
    ----------
    tag : int, (int, int) or str
        Tag or keyword.
    VR : str
        Value representation, two letters.
    value : object
        Number, text, bytes, list of such, or for SQ a list of `Dataset`.
    is_undefined_length : bool
        Write the length as undefined.

    Attributes
    ----------
    tag : Tag
    VR : str
    value : object
        DS and IS are numbers that remember their text, PN is a str with parts, UI a str; several
        values are a list.
    is_own : bool
        Was the value set by a user, rather than read?
    is_undefined_length : bool
        Was (and will be) the length written as undefined? For encapsulated pixel data and
        sequences.

    Raises
    ------
    DicomError
        If the value representation does not exist or the value does not suit it.

    Examples
    --------
    >>> from scikit.dicom import DataElement
    >>> DataElement("PatientName", "PN", "Doe^Jane")
    (0010,0010) Patient's Name                      PN: 'Doe^Jane'
    """

    __slots__ = ("VR", "_value", "is_own", "is_undefined_length", "tag")

    def __init__(self, tag, VR, value, is_undefined_length=False):
        self.tag = Tag(to_tag(tag))
        if VR not in _values.KNOWN:
            raise DicomError(f"{VR!r} is no value representation (element {self.tag})")
        self.VR = VR
        self.is_undefined_length = is_undefined_length
        self.value = value

    @classmethod
    def _read(cls, tag, vr, value, undefined):
        """An element whose value comes from the decoder."""
        self = cls.__new__(cls)
        self.tag, self.VR, self._value, self.is_undefined_length = Tag(tag), vr, value, undefined
        self.is_own = False
        return self

    @property
    def value(self):
        """The value."""
        value = self._value
        if type(value) is Later:
            value = self._value = value.bytes()
        return value

    @value.setter
    def value(self, value):
        self.is_own = True
        if self.VR == "SQ":
            self._value = value if isinstance(value, Sequence) else Sequence(value or [])
            return
        try:
            self._value = _values.normalise(self.VR, value)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueFitError(f"{self.keyword or 'element'}: {error}", tag=self.tag) from None

    @property
    def buffer(self):
        """A value of bytes as a memoryview, without a copy where it lies in a file."""
        value = self._value
        if type(value) is Later:
            return value.view()
        if value is not None and not isinstance(value, bytes):
            raise DicomError(f"an element of VR {self.VR} holds no bytes", tag=self.tag)
        return memoryview(value or b"")

    @property
    def keyword(self):
        """The standard's keyword, or an empty text."""
        entry = _dictionary.entry(int(self.tag))
        return entry.keyword if entry else ""

    @property
    def name(self):
        """The standard's name."""
        entry = _dictionary.entry(int(self.tag))
        if entry:
            return entry.name
        if self.tag.is_private:
            return "Private Creator" if 0x10 <= self.tag.element < 0x100 else "Private tag data"
        return "Group Length" if self.tag.element == 0 else ""

    @property
    def VM(self):
        """How many values there are."""
        if self.VR == "SQ" or not self.is_empty:
            return len(self._value) if isinstance(self._value, MultiValue) else 1
        return 0

    @property
    def is_empty(self):
        """Is there no value?"""
        return self._value is None or (
            isinstance(self._value, (str, bytes, list, Sequence)) and not self._value
        )

    @property
    def is_retired(self):
        """Has the standard retired it?"""
        entry = _dictionary.entry(int(self.tag))
        return bool(entry and entry.retired)

    @property
    def dates(self):
        """The value of a DA, TM or DT element as `DA`, `TM` or `DT`, a list of them if there are
        several, None if there is none; ValueFitError if it is no date or time."""
        kind = _dates.KINDS.get(self.VR)
        if kind is None:
            raise DicomError(f"an element of VR {self.VR} holds no date or time", tag=self.tag)
        value = self._value
        if isinstance(value, list):
            return [kind(v) if v else None for v in value]
        return kind(value) if value else None

    def clear(self):
        """Make the value empty."""
        self.value = [] if self.VR == "SQ" else None

    @property
    def is_private(self):
        """Is it a manufacturer's own element?"""
        return self.tag.is_private

    @property
    def repval(self):
        """The value as a short text."""
        value = self._value
        if isinstance(value, (bytes, Later)):
            return f"Array of {len(value)} elements" if len(value) > 16 else repr(value)
        tags = value if isinstance(value, list) else [value]
        if self.VR == "AT" and all(isinstance(tag, int) for tag in tags):
            return ", ".join(repr(Tag(tag)) for tag in tags)
        if self.VR == "UI" and not isinstance(value, list):
            return getattr(value, "name", repr(value))
        text = repr(value)
        return text if len(text) <= 200 else text[:197] + "..."

    def __deepcopy__(self, memo):
        # Values are immutable but for lists of them and sequences.
        value = self._value
        if type(value) is MultiValue:
            value = MultiValue(value)
        elif isinstance(value, (list, Sequence)):
            value = copy.deepcopy(value, memo)
        new = DataElement._read(self.tag, self.VR, value, self.is_undefined_length)
        new.is_own = self.is_own
        return new

    def __eq__(self, other):
        if not isinstance(other, DataElement):
            return NotImplemented
        if self.tag != other.tag or self.VR != other.VR:
            return False
        if Later in (type(self._value), type(other._value)):
            return self.buffer == other.buffer
        return self._value == other._value

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        if self.VR == "SQ":
            return f"{self.tag!r} {self.name[:35]:35s} SQ: {len(self._value)} item(s)"
        return f"{self.tag!r} {self.name[:35]:35s} {self.VR}: {self.repval}"


_parse_cy.use_types(MultiValue, DataElement._read)
