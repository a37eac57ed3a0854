"""What PS3.15 annex E does with each attribute, and the values it puts in their place."""

import datetime
import functools
import hashlib
import hmac
import pathlib
import re
import uuid

from scikit.dicom import _dates
from scikit.dicom._errors import ValueFitError
from scikit.dicom._types import UID

#: Option -> code of CID 7050 and its meaning (PS3.16).
OPTIONS = {
    "safe_private": ("113111", "Retain Safe Private Option"),
    "uids": ("113110", "Retain UIDs Option"),
    "device": ("113109", "Retain Device Identity Option"),
    "institution": ("113112", "Retain Institution Identity Option"),
    "patient": ("113108", "Retain Patient Characteristics Option"),
    "full_dates": ("113106", "Retain Longitudinal Temporal Information Full Dates Option"),
    "modified_dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "descriptors": ("113105", "Clean Descriptors Option"),
    "structured": ("113104", "Clean Structured Content Option"),
    "graphics": ("113103", "Clean Graphics Option"),
}
BASIC = ("113100", "Basic Application Confidentiality Profile")

# Numbers and codes among the safe private attributes of PS3.15 table E.3.10-1.
SAFE_PRIVATE = frozenset(
    (creator, group, element)
    for creator, group, elements in (
        ("Philips PET Private Group", 0x7053, (0x00, 0x09)),
        ("ELSCINT1", 0x00E1, (0x21,)),
        ("ELSCINT1", 0x01E1, (0x26, 0x50)),
        ("ELSCINT1", 0x01F1, (0x01, 0x07, 0x26, 0x27)),
        ("GEMS_ACQU_01", 0x0019, (0x23, 0x24, 0x27)),
        ("GEMS_SERS_01", 0x0025, (0x07,)),
        ("GEMS_PARM_01", 0x0043, (0x27, 0x39, 0x6F)),
        ("GEMS_HELIOS_01", 0x0045, (0x01, 0x02)),
        ("GEIIS PACS", 0x0903, (0x10, 0x11, 0x12)),
        ("Philips Imaging DD 001", 0x2001, (0x03, 0x04)),
        ("SIEMENS MR HEADER", 0x0019, (0x0C, 0x0D, 0x0E, 0x27)),
        ("Philips MR Imaging DD 001", 0x2005, (0xB0, 0xB1, 0xB2)),
    )
    for element in elements
)

# Where the action depends on whether an attribute must have a value, the one that is right for
# each kind of object: it leaves an empty or a dummy value rather than nothing.
_SETTLED = {"X/Z": "Z", "X/D": "D", "Z/D": "D", "X/Z/D": "D", "X/Z/U*": "U"}
_DUMMIES = {
    "AE": "ANONYMIZED", "AS": "000Y", "CS": "ANONYMIZED", "DA": "19000101", "DS": "0",
    "DT": "19000101000000", "FD": 0.0, "FL": 0.0, "IS": "0", "LO": "ANONYMIZED",
    "LT": "ANONYMIZED", "PN": "ANONYMIZED", "SH": "ANONYMIZED", "SL": 0, "SS": 0,
    "ST": "ANONYMIZED", "SV": 0, "TM": "000000", "UC": "ANONYMIZED", "UL": 0,
    "UR": "urn:anonymized", "US": 0, "UT": "ANONYMIZED", "UV": 0,
}  # fmt: skip
#: Value representations of text that a person may have typed.
FREE = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))


@functools.cache
def _table():
    """(tag -> {column: action}, masks of repeating groups)."""
    rows, masks = {}, []
    path = pathlib.Path(__file__).parent / "_confidentiality.tsv"
    lines = path.read_text("utf-8").splitlines()[1:]
    names = lines[0].split("\t")[1:]
    for line in lines[1:]:
        key, *actions = line.split("\t")
        row = {name: action for name, action in zip(names, actions, strict=False) if action}
        if "x" in key:
            fixed = int(key.replace("x", "0"), 16)
            masks.append((int("".join("0" if c == "x" else "F" for c in key), 16), fixed, row))
        else:
            rows[int(key, 16)] = row
    return rows, masks


def action_of(tag, options):
    """X, Z, D, U, K or C for an attribute of the table, None for another one.

    Parameters
    ----------
    tag : int
        A standard attribute.
    options : set of str
        Keys of `OPTIONS`.
    """
    rows, masks = _table()
    row = rows.get(tag)
    if row is None:
        row = next((row for mask, fixed, row in masks if tag & mask == fixed), None)
        if row is None:
            return None
    chosen = {row[name] for name in options if name in row}
    if chosen:  # to keep, where one option keeps and another one cleans
        return "K" if "K" in chosen else "C"
    return _SETTLED.get(row["basic"], row["basic"])


def is_date(tag):
    """Is it an attribute that the options on dates speak of?"""
    rows, _ = _table()
    return "modified_dates" in rows.get(tag, ())


class Secret:
    """Everything that must be the same for the same patient and unknown to others.

    Parameters
    ----------
    key : bytes
        The secret.
    days : int, optional
        What all dates are moved by; otherwise a number for each patient.
    """

    def __init__(self, key, days=None):
        self.key, self.days = key, days

    def _digest(self, purpose, text):
        message = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.key, message, hashlib.sha256)

    def uid(self, value):
        """The new UID of an old one; those that the standard defines stay."""
        if not value or value.startswith("1.2.840.10008."):
            return UID(value)
        number = uuid.UUID(bytes=self._digest("uid", value)[:16], version=4).int
        return UID(f"2.25.{number & ~(0xF << 76) | 8 << 76}")  # RFC 9562 section 5.8

    def pseudonym(self, patient):
        """The new identifier of a patient."""
        return "P" + self._digest("patient", patient).hex()[:12].upper()

    def shift(self, patient):
        """The days that the dates of a patient are moved by: one to ten years into the past."""
        if self.days is not None:
            return self.days
        return -365 - int.from_bytes(self._digest("days", patient)[:8], "big") % 3287


def dummy(vr):
    """A value that tells nothing."""
    return _DUMMIES.get(vr, b"\0\0")


def shifted(vr, text, days):
    """A date moved by days, in its own form; None if it is none."""
    if vr == "TM" or not text:
        return text
    try:
        if vr == "DA":
            moved = _dates.DA(text) + datetime.timedelta(days=days)
            return moved.strftime("%Y%m%d")
        year_only = len(text) < 8
        moved = datetime.date(int(text[:4]), int(text[4:6] or 1), int(text[6:8] or 1))
        moved += datetime.timedelta(days=days)
        return moved.strftime("%Y%m%d")[: len(text) if year_only else 8] + text[8:]
    except (ValueFitError, ValueError, OverflowError):
        return None


_SUSPECT = re.compile(
    r"\b\d{4}[-./]\d{1,2}[-./]\d{1,2}\b|\b\d{1,2}[-./]\d{1,2}[-./]\d{2,4}\b"  # dates
    r"|\S+@\S+\.\S+"  # mail
    r"|\+?\d[\d ()/-]{4,}\d"  # numbers of patients, telephones, streets
)


class Words:
    """Words that name the people of a data set, to be struck out of text.

    Parameters
    ----------
    texts : iterable of str
        Names, identifiers and addresses.
    """

    def __init__(self, texts):
        parts = {part for text in texts for part in re.split(r"[\W_]+", text) if len(part) > 1}
        words = "|".join(sorted(map(re.escape, parts), key=len, reverse=True))
        self._known = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def clean(self, text):
        """The text without those words, and without what looks like a date, a number of many
        digits or a mail address."""
        if self._known is not None:
            text = self._known.sub("***", text)
        return _SUSPECT.sub("***", text)
