"""The bytes that data sets are read from, and the errors that the parser's findings become."""

import scikit.dicom._parse_cy as _parse_cy
from scikit.dicom._errors import DicomError

# sk_dicom_option, sk_dicom_entry_flag and sk_dicom_fault of c/dicom/sk_dicom.h
IMPLICIT, BIG, DETECT, LENIENT, ONE_GROUP = 1, 2, 4, 8, 16
UNDEFINED, SEQUENCE, CUT = 1, 2, 4
_FAULTS = {
    1: "the data end inside an element's header",
    2: "a declared length of {declared} bytes reaches past the end of what encloses it",
    3: f"sequences are nested more than {_parse_cy.MAX_DEPTH} deep",
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
    """

    __slots__ = ("big", "data", "lenient", "view")

    def __init__(self, data, big=False, lenient=False):
        self.data, self.big, self.lenient = data, big, lenient
        self.view = memoryview(data)

    def __reduce__(self):
        return Source, (bytes(self.view), self.big, self.lenient)

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
        return bytes(self.view[start : start + length])


def check(level):
    """Raise the DicomError that a scan of a level ended in, if it did."""
    if level.fault:
        raise DicomError(_FAULTS[level.fault].format(declared=level.declared), level.pos)
    return level
