"""What the values of data elements are, where Python's own types do not suffice."""

import decimal
import re

from scikit.dicom import _dictionary


class Tag(int):
    """The tag of a data element: an int, with the group in its high 16 bits.

    Examples
    --------
    >>> from scikit.dicom import Tag
    >>> Tag(0x00100010)
    (0010,0010)
    """

    __slots__ = ()

    @property
    def group(self):
        """The group number."""
        return self >> 16

    @property
    def element(self):
        """The element number."""
        return self & 0xFFFF

    elem = element

    @property
    def is_private(self):
        """Is the group number odd?"""
        return bool(self >> 16 & 1)

    def __repr__(self):
        return f"({self >> 16:04X},{self & 0xFFFF:04X})"

    __str__ = __repr__


class MultiValue(list):
    """The values of an element that has several: a list.

    Parameters
    ----------
    iterable : iterable, optional
        The values.

    Examples
    --------
    >>> from scikit.dicom import Dataset
    >>> ds = Dataset()
    >>> ds.ImageType = ["ORIGINAL", "PRIMARY"]
    >>> ds.ImageType[0]
    'ORIGINAL'
    """

    __slots__ = ()


class _NumberText:  # noqa: PLW1641 -- each number class has its own __hash__
    """Mixin: a number that remembers the text it came from, so that writing it changes nothing."""

    __slots__ = ()

    def __str__(self):
        return getattr(self, "original_string", None) or self._plain()

    def __eq__(self, other):
        if isinstance(other, str):
            return str(self) == other
        return super().__eq__(other)

    def __ne__(self, other):
        return not self == other

    def __reduce__(self):
        return type(self), (str(self),)


class DSfloat(_NumberText, float):
    """A decimal string (DS): a float that keeps its text in ``original_string``.

    Parameters
    ----------
    value : str or number
        The number, or its text.

    Examples
    --------
    >>> from scikit.dicom import DSfloat
    >>> DSfloat("1.50") * 2, str(DSfloat("1.50"))
    (3.0, '1.50')
    """

    __slots__ = ("original_string",)  # there may be millions of them

    def __new__(cls, value):
        self = float.__new__(cls, value)
        if type(value) is str:
            self.original_string = value.strip()
        elif isinstance(value, str):
            self.original_string = str(value).strip()
        elif isinstance(value, _NumberText):
            self.original_string = str(value)
        return self

    def _plain(self):
        return format_decimal(float(self))

    __hash__ = float.__hash__

    def __repr__(self):
        return repr(str(self))


class DSdecimal(_NumberText, decimal.Decimal):
    """A decimal string (DS) as a `decimal.Decimal` that keeps its text: nothing is rounded.

    Parameters
    ----------
    value : str or number
        The number, or its text.

    Examples
    --------
    >>> from scikit.dicom import DSdecimal
    >>> DSdecimal("0.10") + DSdecimal("0.20")
    Decimal('0.30')
    """

    def __new__(cls, value):
        if isinstance(value, str):
            value = value.strip()
            try:
                self = super().__new__(cls, value)
            except decimal.InvalidOperation:
                raise ValueError(f"not a number: {value!r:.40}") from None
            self.original_string = value
            return self
        return super().__new__(cls, str(value) if isinstance(value, _NumberText) else value)

    def _plain(self):
        text = decimal.Decimal.__str__(self)
        return text if len(text) <= 16 else format_decimal(float(self))

    __hash__ = decimal.Decimal.__hash__

    def __repr__(self):
        return repr(str(self))


class ISfloat(DSfloat):
    """An integer string (IS) that holds no integer."""


class IS(_NumberText, int):
    """An integer string (IS): an int that keeps its text in ``original_string``.

    A text or number that is no integer gives a float of the same habits.

    Parameters
    ----------
    value : str or number
        The number, or its text.

    Examples
    --------
    >>> from scikit.dicom import IS
    >>> IS("007") + 1, str(IS("007"))
    (8, '007')
    """

    def __new__(cls, value):
        if isinstance(value, str):
            try:
                self = super().__new__(cls, value)
            except ValueError:
                self = cls._from_decimal(value)
            self.original_string = value.strip()
            return self
        if value != int(value):
            return ISfloat(value)
        self = super().__new__(cls, value)
        if isinstance(value, _NumberText):
            self.original_string = str(value)
        return self

    @classmethod
    def _from_decimal(cls, text):
        number = float(text)
        if number != number or number in (float("inf"), float("-inf")):
            raise ValueError(f"not a number: {text!r}")
        return super().__new__(cls, int(number)) if number == int(number) else ISfloat(text)

    def _plain(self):
        return int.__repr__(self)

    __hash__ = int.__hash__

    def __repr__(self):
        return repr(str(self))


def format_decimal(number):
    """A float as a decimal string of at most 16 characters (PS3.5 table 6.2-1), as precise as
    fits."""
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(f"a decimal string cannot hold {number}")
    text = repr(float(number))
    if text.endswith(".0"):
        text = text[:-2]
    digits = 16
    while len(text) > 16:
        text = f"{number:.{digits}g}"
        digits -= 1
    return text


class PersonName(str):
    """A person's name (PN): text, with its parts as attributes.

    A name has up to three representations with ``=`` between them (alphabetic, ideographic,
    phonetic), each of up to five components with ``^`` between them.

    Examples
    --------
    >>> from scikit.dicom import Dataset
    >>> ds = Dataset()
    >>> ds.PatientName = "Doe^Jane^^Dr"
    >>> ds.PatientName.family_name, ds.PatientName.given_name, ds.PatientName.name_prefix
    ('Doe', 'Jane', 'Dr')
    """

    __slots__ = ()

    @property
    def components(self):
        """The representations that the name has."""
        return tuple(self.split("="))

    def _group(self, position):
        parts = self.split("=")
        return parts[position] if position < len(parts) else ""

    def _part(self, position):
        parts = self.alphabetic.split("^")
        return parts[position] if position < len(parts) else ""

    def __float__(self):
        raise TypeError("a person's name is no number")

    @classmethod
    def from_named_components(
        cls, family_name="", given_name="", middle_name="", name_prefix="", name_suffix="",
        ideographic="", phonetic="",
    ):  # fmt: skip
        """A name from its parts.

        Parameters
        ----------
        family_name, given_name, middle_name, name_prefix, name_suffix : str
            Of the alphabetic representation; no ``^``, ``=`` or backslash in them.
        ideographic, phonetic : str
            Whole representations.
        """
        parts = (family_name, given_name, middle_name, name_prefix, name_suffix)
        if any(set("^=\\") & set(part) for part in parts):
            raise ValueError("the parts of a name must have no '^', '=' or backslash in them")
        return cls("=".join(("^".join(parts).rstrip("^"), ideographic, phonetic)).rstrip("="))

    def family_comma_given(self):
        """The name as ``family, given``."""
        return self.formatted("%(family_name)s, %(given_name)s")

    def formatted(self, format_str):
        """The name in a format of one's own.

        Parameters
        ----------
        format_str : str
            With ``%(family_name)s`` and the like: given_name, middle_name, name_prefix,
            name_suffix, alphabetic, ideographic, phonetic.
        """
        names = ("family_name", "given_name", "middle_name", "name_prefix", "name_suffix")
        names += ("alphabetic", "ideographic", "phonetic")
        return format_str % {name: getattr(self, name) for name in names}

    alphabetic = property(lambda self: self._group(0), doc="The alphabetic representation.")
    ideographic = property(lambda self: self._group(1), doc="The ideographic representation.")
    phonetic = property(lambda self: self._group(2), doc="The phonetic representation.")
    family_name = property(lambda self: self._part(0), doc="Of the alphabetic representation.")
    given_name = property(lambda self: self._part(1), doc="Of the alphabetic representation.")
    middle_name = property(lambda self: self._part(2), doc="Of the alphabetic representation.")
    name_prefix = property(lambda self: self._part(3), doc="Of the alphabetic representation.")
    name_suffix = property(lambda self: self._part(4), doc="Of the alphabetic representation.")


class UID(str):
    """A unique identifier (UI): text, with what the standard says of it (PS3.6 annex A).

    Examples
    --------
    >>> from scikit.dicom import UID
    >>> UID("1.2.840.10008.1.2.4.70").is_compressed
    True
    >>> UID("1.2.840.10008.5.1.4.1.1.4").name
    'MR Image Storage'
    """

    __slots__ = ()

    @property
    def name(self):
        """The standard's name, or the UID itself."""
        return _dictionary.uids().get(self, (str(self),))[0]

    @property
    def keyword(self):
        """The standard's keyword, or an empty text."""
        return _dictionary.uids().get(self, ("", "", ""))[2]

    @property
    def type(self):
        """What it identifies, as the standard calls it, or an empty text."""
        return _dictionary.uids().get(self, ("", ""))[1]

    @property
    def is_retired(self):
        """Has the standard retired it?"""
        return _dictionary.uids().get(self, ("", "", "", False))[3]

    @property
    def is_valid(self):
        """Is it numbers with dots between them, of at most 64 characters?"""
        return len(self) <= 64 and bool(re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*", self))

    @property
    def is_private(self):
        """Is it none of the standard's?"""
        return not self.startswith("1.2.840.10008.")

    @property
    def is_transfer_syntax(self):
        """Does it name a transfer syntax of the standard? (All that begin so do, new ones too.)"""
        return (
            self.startswith("1.2.840.10008.1.2.")
            or _dictionary.uids().get(self, ("", ""))[1] == "Transfer Syntax"
        )

    @property
    def is_implicit_VR(self):
        """Are elements written without a value representation?"""
        return self == IMPLICIT_LITTLE

    @property
    def is_little_endian(self):
        """Is the byte order little-endian?"""
        return self != EXPLICIT_BIG

    @property
    def is_compressed(self):
        """Is pixel data encapsulated?"""
        return self not in NATIVE and self.is_transfer_syntax

    is_encapsulated = is_compressed

    @property
    def is_deflated(self):
        """Is the whole data set deflated?"""
        return self == DEFLATED


IMPLICIT_LITTLE = UID("1.2.840.10008.1.2")
EXPLICIT_LITTLE = UID("1.2.840.10008.1.2.1")
EXPLICIT_BIG = UID("1.2.840.10008.1.2.2")
DEFLATED = UID("1.2.840.10008.1.2.1.99")
#: Media Storage Directory Storage: the class of a DICOMDIR.
DIRECTORY = UID("1.2.840.10008.1.3.10")
NATIVE = (IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED)
