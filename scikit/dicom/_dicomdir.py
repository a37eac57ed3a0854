"""Reading DICOMDIRs: the directory of a folder of files (PS3.10 chapter 8, PS3.3 annex F)."""

import os
import pathlib
import warnings

from scikit.dicom import _read
from scikit.dicom._dataset import Dataset
from scikit.dicom._errors import DamagedError, FileReferenceError, NotDicomError
from scikit.dicom._sequence import Sequence
from scikit.dicom._types import DIRECTORY

_FILE_ID = 0x00041500
_LEVELS = {"PATIENT": 0, "STUDY": 1, "SERIES": 2}


class DirectoryRecord:
    """One record of a DICOMDIR: a patient, a study, a series, an image or the like.

    Attributes
    ----------
    kind : str
        ``'PATIENT'``, ``'STUDY'``, ``'SERIES'``, ``'IMAGE'`` and so on.
    dataset : Dataset
        The record.
    children : list of DirectoryRecord
        The records below it.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import read_dicomdir, write_dicomdir, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/MR", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     written = write_dicomdir(folder + "/MR", folder + "/CD")
    ...     patient = read_dicomdir(folder + "/CD").records[0]
    >>> patient.kind, patient.children[0].kind
    ('PATIENT', 'STUDY')
    """

    def __init__(self, dataset, folder, lineage=()):
        self.dataset, self.children = dataset, []
        self._folder, self._lineage = folder, (dataset, *lineage)

    @property
    def kind(self):
        """The type of the record."""
        return str(self.dataset.get("DirectoryRecordType") or "")

    @property
    def file_id(self):
        """The parts of the file's name in the folder, a tuple; None if it refers to no file."""
        value = self.dataset.get("ReferencedFileID")
        if not value:
            return None
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)

    @property
    def path(self):
        """The file that the record refers to, or None.

        Raises
        ------
        FileReferenceError
            If it does not lie in the folder of the DICOMDIR, symbolic links followed.
        """
        parts = self.file_id
        return None if parts is None else resolve(self._folder, parts)

    def get(self, keyword, default=None):
        """A value of the record, or of the nearest one above it that has it.

        Parameters
        ----------
        keyword : str
            Of the data dictionary.
        default : object
            If none has it.
        """
        for dataset in self._lineage:
            value = dataset.get(keyword)
            if value is not None:
                return value
        return default

    def walk(self):
        """This record and all below it, from the top."""
        stack = [self]
        while stack:
            record = stack.pop()
            yield record
            stack += reversed(record.children)

    def load(self, **options):
        """Read the file; see `dcmread`.

        Parameters
        ----------
        **options
            As for `dcmread`.
        """
        path = self.path
        if path is None:
            raise FileReferenceError(f"a record of type {self.kind} refers to no file")
        try:
            return _read.dcmread(path, **options)
        except FileNotFoundError:
            raise FileReferenceError("the file is not there", tag=_FILE_ID, filename=path) from None

    def __repr__(self):
        name = "\\".join(self.file_id or ())
        return f"<{self.kind}{f' {name}' if name else ''}, {len(self.children)} below>"


def resolve(folder, parts):
    """The path of a file ID, if it lies in the folder.

    Parameters
    ----------
    folder : path
        Where the DICOMDIR is.
    parts : sequence of str
        Parts of the file ID. Where there is no such file, one that differs in small and capital
        letters counts.
    """
    for part in parts:
        if part in ("", ".", "..") or set(part) & set("/\\\0:"):
            raise FileReferenceError(f"{part!r:.40} is no part of a file ID", tag=_FILE_ID)
    if len(parts) > 8:
        raise FileReferenceError(f"a file ID of {len(parts)} parts; 8 are allowed", tag=_FILE_ID)
    path = os.path.join(folder, *parts)
    if not os.path.lexists(path):
        path = _any_case(folder, parts) or path
    root, real = os.path.realpath(folder), os.path.realpath(path)
    if os.path.commonpath([root, real]) != root or real == root:
        raise FileReferenceError(
            "the file lies outside the folder of the DICOMDIR", tag=_FILE_ID, filename=path
        )
    return path


def _any_case(folder, parts):
    path = os.fspath(folder)
    for part in parts:
        try:
            found = [name for name in os.listdir(path) if name.casefold() == part.casefold()]
        except OSError:
            return None
        if len(found) != 1:
            return None
        path = os.path.join(path, found[0])
    return path


class FileSet:
    """The files that a DICOMDIR lists, as a tree of records.

    Attributes
    ----------
    folder : pathlib.Path
        Where the DICOMDIR is.
    dataset : Dataset
        The DICOMDIR.
    records : list of DirectoryRecord
        Those at the top, mostly patients.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import read_dicomdir, write_dicomdir, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/MR", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     written = write_dicomdir(folder + "/MR", folder + "/CD")
    ...     images = read_dicomdir(folder + "/CD").find(Modality="MR")
    ...     [image.load().Rows for image in images]
    [4, 4]
    """

    def __init__(self, folder, dataset, records):
        self.folder, self.dataset, self.records = pathlib.Path(folder), dataset, records

    def walk(self):
        """All records, each before those below it."""
        for record in self.records:
            yield from record.walk()

    def __iter__(self):
        """The records that refer to files."""
        return (record for record in self.walk() if record.file_id is not None)

    def __len__(self):
        return sum(1 for _ in self)

    def paths(self):
        """The files, those that are there and those that are missing.

        Raises
        ------
        FileReferenceError
            If one of them lies outside the folder.
        """
        return [record.path for record in self]

    def find(self, **values):
        """The records of files that have these values, in themselves or above.

        Parameters
        ----------
        **values
            Keyword of the data dictionary = value.
        """
        return [
            record
            for record in self
            if all(record.get(keyword) == value for keyword, value in values.items())
        ]

    def __repr__(self):
        return f"<FileSet of {len(self)} file(s) in {self.folder}>"


def read_dicomdir(path):
    """Read the directory of a folder of DICOM files.

    Parameters
    ----------
    path : str or path
        The DICOMDIR, or the folder it lies in.

    Returns
    -------
    FileSet
        A tree of records; iterating over it gives those of files. No other file is opened.

    Raises
    ------
    DamagedError
        If records refer to each other in a circle, or to places where there is none.
    NotDicomError
        If it is no DICOMDIR.
    OSError
        If it cannot be read.

    Warns
    -----
    UserWarning
        If the records are not linked at all: then their order tells who belongs to whom.

    Notes
    -----
    Records that are not in use are left out. A file ID counts only if it stays within the folder:
    absolute names, ``..`` and symbolic links that lead out are a `FileReferenceError` when the
    path is asked for.

    References
    ----------
    .. [1] DICOM PS3.3, annex F; PS3.10, chapter 8.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import read_dicomdir, write_dicomdir, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/MR", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     written = write_dicomdir(folder + "/MR", folder + "/CD")
    ...     [record.kind for record in read_dicomdir(written).walk()]
    ['PATIENT', 'STUDY', 'SERIES', 'IMAGE', 'IMAGE']
    """
    path = os.fspath(path)
    if os.path.isdir(path):
        path = os.path.join(path, "DICOMDIR")
    ds = _read.dcmread(path)
    if ds.get("DirectoryRecordSequence") is None and (
        ds.file_meta.get("MediaStorageSOPClassUID") != DIRECTORY
    ):
        raise NotDicomError("a DICOM file, but no DICOMDIR", filename=path)
    folder = os.path.dirname(path) or "."
    return FileSet(folder, ds, _tree(ds, folder))


def offsets_of(sequence):
    """Where each item of a sequence that was read begins in the file."""
    return [sequence._table.item(k)[1] - 8 for k in range(len(sequence))]


def _tree(ds, folder):
    sequence = ds.get("DirectoryRecordSequence")
    if not sequence:
        return []
    if not isinstance(sequence, Sequence):
        raise DamagedError("the directory records are no sequence")
    places = {place: sequence[k] for k, place in enumerate(offsets_of(sequence))}
    first = _link(ds, "OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity")
    if not first:
        warnings.warn(
            "the records of the DICOMDIR are not linked; their order counts", stacklevel=3
        )
        return _by_order(sequence, folder)
    roots, seen = [], set()
    work = [(first, roots, ())]  # an offset, the list that its record goes to, what is above it
    while work:
        place, siblings, above = work.pop()
        if place not in places:
            raise DamagedError("a record of the DICOMDIR is not where it should be", place)
        if place in seen:
            raise DamagedError("the records of the DICOMDIR run in a circle", place)
        seen.add(place)
        item = places[place]
        record = DirectoryRecord(item, folder, above)
        below, after = (
            _link(item, "OffsetOfReferencedLowerLevelDirectoryEntity"),
            _link(item, "OffsetOfTheNextDirectoryRecord"),
        )
        if item.get("RecordInUseFlag", 0xFFFF) != 0:
            siblings.append(record)
        if after:
            work.append((after, siblings, above))
        if below:
            work.append((below, record.children, record._lineage))
    return roots


def _link(ds, keyword):
    value = ds.get(keyword)
    return value if isinstance(value, int) else 0


def _by_order(sequence, folder):
    """The tree of records without links: each belongs to the last one of a higher level."""
    roots, open_ = [], []
    for item in sequence:
        level = _LEVELS.get(str(item.get("DirectoryRecordType")), 3)
        while open_ and open_[-1][0] >= level:
            open_.pop()
        above = open_[-1][1] if open_ else None
        record = DirectoryRecord(item, folder, above._lineage if above else ())
        (above.children if above else roots).append(record)
        open_.append((level, record))
    return roots


def new_directory(records, file_set_id):
    """A DICOMDIR's data set, links not yet set.

    Parameters
    ----------
    records : list of Dataset
        In the order of the file.
    file_set_id : str
        A name of at most 16 characters, or empty.
    """
    ds = Dataset()
    ds.FileSetID = file_set_id
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = 0
    ds.FileSetConsistencyFlag = 0
    ds.DirectoryRecordSequence = records
    return ds
