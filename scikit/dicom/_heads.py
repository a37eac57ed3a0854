"""A few elements of the heads of many files."""

import os

import scikit.dicom._files_cy as _files_cy
from scikit._core._threads import run_slabs
from scikit.dicom import _read
from scikit.dicom._errors import DicomError

_BATCH = 64  # files in one piece of work
#: How much of an archive's member is read at first.
_FIRST = 1 << 17
OK, ERRNO, NO_DICOM, NO_FILE, OTHER = (
    _files_cy.OK,
    _files_cy.ERRNO,
    _files_cy.NO_DICOM,
    _files_cy.NO_FILE,
    _files_cy.OTHER,
)
NOT_COPIED = _files_cy.NOT_COPIED
LONGEST = _files_cy.LONGEST
NOT_DICOM = "not a DICOM file: the prefix 'DICM' is missing"
_VR = {0: None}


def read(files, tags, workers, progress, to_pixels, description):
    """Rows of `_files_cy.read_heads`, one for each of `files`; members of archives are for the
    general reader (status OTHER).

    Parameters
    ----------
    files : list of str or Member
    tags : tuple of int
        Ascending.
    workers, progress, description
        See `run_slabs`.
    to_pixels : bool
        Also find where the pixels lie; value representations are left out.
    """
    other = (OTHER, 0, 0, (), (), None)
    if any(not isinstance(file, str) for file in files):
        rows = [other] * len(files)
        where = [k for k, file in enumerate(files) if isinstance(file, str)]
        plain = read([files[k] for k in where], tags, workers, progress, to_pixels, description)
        for k, row in zip(where, plain, strict=True):
            rows[k] = row
        return rows

    def work(first, last):
        return _files_cy.read_heads(files[first:last], tags, to_pixels, not to_pixels)

    pieces = [(k, min(k + _BATCH, len(files))) for k in range(0, len(files), _BATCH)]
    parts = run_slabs(work, pieces, workers, progress, description)
    return [row for part in parts for row in part]


def vr_name(code):
    """A value representation's letters, from its number; None for 0."""
    name = _VR.get(code)
    if name is None and code:
        name = _VR[code] = chr(code >> 8) + chr(code & 0xFF)
    return name


def problem(row, file):
    """Why a file has no row of values: None, a text (it is no DICOM file) or an exception."""
    status = row[0]
    if status == ERRNO:
        return OSError(row[1], os.strerror(row[1]), str(file))
    if status == NO_DICOM:
        return NOT_DICOM
    if status == NO_FILE:
        return "not a regular file"
    return None


def dataset(file):
    """A file's data set without pixels, by the general reader.

    Raises
    ------
    DicomError
        If it is no DICOM file, or damaged.
    """
    if isinstance(file, str):
        return _read.dcmread(file, stop_before_pixels=True)
    data = file.read(_FIRST)
    if data[128:132] != b"DICM":
        raise DicomError(NOT_DICOM, 128)
    ds = _read._try_head(data, None) if len(data) < file.info.file_size else None
    if ds is None:
        ds = _read._parse(file.read(), False, True, None)
    ds.filename = str(file)
    return ds
