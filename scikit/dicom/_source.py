"""The bytes that data sets are read from, and the errors that the parser's findings become."""

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom import _limits
from scikit.dicom._errors import DamagedError, LimitError

# sk_dicom_option, sk_dicom_entry_flag and sk_dicom_fault of c/dicom/sk_dicom.h
IMPLICIT, BIG, DETECT, LENIENT, ONE_GROUP = 1, 2, 4, 8, 16
UNDEFINED, SEQUENCE, CUT = 1, 2, 4
_FAULTS = {
    1: "the data end inside an element's header",
    2: "a declared length of {declared} bytes reaches past the end of what encloses it",
    3: "sequences are nested more than {depth} deep",
    4: "something else stands where an item or a delimiter of a sequence must be",
    5: "the data end before the delimiter of a value of undefined length",
    6: "an item's delimiter stands outside any sequence",
}
DEPTH = 3


class Source:
    """A buffer and how elements are encoded in it.

    Parameters
    ----------
    data : bytes-like
        The file, or the inflated data set.
    big : bool
        Is the byte order of the data set big-endian?
    lenient : bool
        Are values kept that the end of the buffer cuts short?
    codecs : tuple of str, optional
        Of all text, whatever the data sets say.
    """

    __slots__ = ("big", "codecs", "data", "lenient", "limits", "view")

    def __init__(self, data, big=False, lenient=False, codecs=None):
        self.codecs = codecs
        self.data, self.big, self.lenient = data, big, lenient
        self.view = memoryview(data)
        self.limits = _limits.current()

    def __reduce__(self):
        return Source, (bytes(self.view), self.big, self.lenient, self.codecs)

    def scan(self, start, end, options, depth=0, **stop):
        """The elements of a level; see the kernel's wrapper. LimitError if there are too many."""
        limits = self.limits
        return _parse_cy.scan(
            self.data, start, end, options, depth=depth, max_depth=limits.depth,
            limit=limits.elements, **stop,
        )  # fmt: skip

    def items(self, start, end, options, depth):
        """The items of a sequence."""
        limits = self.limits
        return self.check(
            _parse_cy.items(
                self.data, start, end, options, depth=depth, max_depth=limits.depth,
                limit=limits.items,
            )
        )  # fmt: skip

    def check(self, level):
        """Raise the error that a scan of a level ended in, if it did."""
        if level.fault:
            kind = LimitError if level.fault == DEPTH else DamagedError
            text = _FAULTS[level.fault].format(declared=level.declared, depth=self.limits.depth)
            raise kind(text, level.pos)
        return level

    def options(self, implicit, detect):
        """Options of the kernel for a level of this source."""
        return (
            (IMPLICIT if implicit else 0)
            | (BIG if self.big else 0)
            | (DETECT if detect else 0)
            | (LENIENT if self.lenient else 0)
        )

    def bytes(self, start, length):
        """A copy of a value."""
        if length > self.limits.value_bytes:
            raise LimitError(f"a value of {length} bytes; see `limits`", start)
        return bytes(self.view[start : start + length])


class Later:
    """A long value that is still where it was read from.

    Parameters
    ----------
    source : Source
        The buffer.
    start, length : int
        Where the value lies in it.
    """

    __slots__ = ("length", "source", "start")

    #: Values of more bytes are not copied before they are used.
    LONG = 1 << 16

    def __init__(self, source, start, length):
        self.source, self.start, self.length = source, start, length

    def bytes(self):
        """A copy of the value."""
        return self.source.bytes(self.start, self.length)

    def view(self):
        """The value itself, read-only."""
        return self.source.view[self.start : self.start + self.length].toreadonly()

    def __len__(self):
        return self.length

    def __deepcopy__(self, memo):
        return self
