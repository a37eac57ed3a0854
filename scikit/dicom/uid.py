"""The standard's unique identifiers by keyword, as ``scikit.dicom.uid.CTImageStorage``.

Every UID of PS3.6 annex A that has a keyword is an attribute of this module, a
`scikit.dicom.UID`.

Examples
--------
>>> from scikit.dicom import uid
>>> uid.ExplicitVRLittleEndian
'1.2.840.10008.1.2.1'
"""

from scikit.dicom import _dictionary
from scikit.dicom._types import UID as UID
from scikit.dicom._uid import generate_uid as generate_uid


def _named():
    return {row[2]: value for value, row in _dictionary.uids().items() if row[2]}


def __getattr__(name):
    value = None if name.startswith("_") else _named().get(name)
    if value is None:
        raise AttributeError(f"no unique identifier of the standard has the keyword {name!r}")
    return UID(value)


def __dir__():
    return sorted({"UID", "generate_uid", *_named()})
