"""Writing DICOMDIRs (PS3.3 annex F; PS3.10 chapter 8)."""

import os
import pathlib
import re
import shutil

from scikit.dicom import _dicomdir, _dictionary, _files, _read, _values, _write
from scikit.dicom._dataset import Dataset
from scikit.dicom._element import to_tag
from scikit.dicom._errors import DicomError, NotDicomError, ValueFitError
from scikit.dicom._types import DIRECTORY, EXPLICIT_LITTLE
from scikit.dicom._uid import generate_uid

_PART = re.compile(r"[A-Z0-9_]{1,8}")
_STORAGE = "1.2.840.10008.5.1.4.1.1."
# Kinds of records other than IMAGE by class (PS3.3 table F.4-1), as far as their UIDs begin.
_KINDS = (
    ("481.2", "RT DOSE"), ("481.3", "RT STRUCTURE SET"), ("481.5", "RT PLAN"),
    ("481.8", "RT PLAN"), ("481.4", "RT TREAT RECORD"), ("481.6", "RT TREAT RECORD"),
    ("481.7", "RT TREAT RECORD"), ("481.9", "RT TREAT RECORD"), ("88.59", "KEY OBJECT DOC"),
    ("88", "SR DOCUMENT"), ("11", "PRESENTATION"), ("9", "WAVEFORM"), ("66.1", "REGISTRATION"),
    ("66.3", "REGISTRATION"), ("66.2", "FIDUCIAL"), ("66.5", "SURFACE"), ("66", "RAW DATA"),
    ("67", "VALUE MAP"), ("104", "ENCAP DOC"), ("4.2", "SPECTROSCOPY"),
)  # fmt: skip
# What each kind of record holds of the file (PS3.3 section F.5), besides the reference to it.
_DATED = ("ContentDate", "ContentTime", "InstanceNumber")
_KEYS = {
    "PATIENT": ("PatientID", "PatientName"),
    "STUDY": ("StudyDate", "StudyTime", "StudyDescription", "StudyInstanceUID", "StudyID",
              "AccessionNumber"),
    "SERIES": ("Modality", "SeriesInstanceUID", "SeriesNumber"),
    "IMAGE": ("InstanceNumber",),
    "RT DOSE": ("InstanceNumber", "DoseSummationType"),
    "RT STRUCTURE SET": ("InstanceNumber", "StructureSetLabel", "StructureSetDate",
                         "StructureSetTime"),
    "RT PLAN": ("InstanceNumber", "RTPlanLabel", "RTPlanDate", "RTPlanTime"),
    "RT TREAT RECORD": ("InstanceNumber", "TreatmentDate", "TreatmentTime"),
    "SR DOCUMENT": (*_DATED, "CompletionFlag", "VerificationFlag", "ConceptNameCodeSequence"),
    "KEY OBJECT DOC": (*_DATED, "ConceptNameCodeSequence"),
    "PRESENTATION": ("InstanceNumber", "ContentLabel", "ContentDescription", "ContentCreatorName",
                     "PresentationCreationDate", "PresentationCreationTime",
                     "ReferencedSeriesSequence"),
    "ENCAP DOC": (*_DATED, "DocumentTitle", "MIMETypeOfEncapsulatedDocument"),
    "REGISTRATION": (*_DATED, "ContentLabel", "ContentDescription", "ContentCreatorName"),
    "VALUE MAP": (*_DATED, "ContentLabel", "ContentDescription", "ContentCreatorName"),
    "SPECTROSCOPY": (*_DATED, "ImageType", "NumberOfFrames", "Rows", "Columns",
                     "DataPointRows", "DataPointColumns"),
}  # fmt: skip


def write_dicomdir(folder, out=None, *, file_set_id=""):
    """Write the directory of a folder of DICOM files.

    Parameters
    ----------
    folder : str or path
        A folder, searched with its subfolders. Files that are no DICOM files are left out.
    out : str or path, optional
        A new or empty folder. The files are copied there, under names that are numbers. Without
        it they stay where they are, and their names must be file IDs: at most eight parts, each
        of one to eight of the characters A-Z, 0-9 and _.
    file_set_id : str
        A name of the whole, at most 16 characters.

    Returns
    -------
    pathlib.Path
        The DICOMDIR.

    Raises
    ------
    DicomError
        If there are no DICOM files, one is damaged or without the UIDs of its instance, series
        and study, or a name is no file ID.
    OSError
        If a file cannot be read or written, or `out` is not empty.

    Notes
    -----
    A DICOMDIR is always written in explicit little-endian. An older one in `folder` is replaced
    when all else is done.

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
    ...     [record.file_id for record in read_dicomdir(written)]
    [('PT000001', 'ST000001', 'SE000001', 'IM000001'), ('PT000001', 'ST000001', 'SE000001', 'IM000002')]
    """
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder")
    if out is not None:
        out = pathlib.Path(out)
        _files.check_new_folder(out)
    patients = _collect(folder)
    if not patients:
        raise NotDicomError(f"no DICOM files in {folder}")
    writer = _Writer(folder, out)
    ends = writer.level(list(patients.values()), _LEVELS, ())
    ds = _dicomdir.new_directory(writer.records, file_set_id)
    ds.file_meta.MediaStorageSOPClassUID = DIRECTORY
    ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.file_meta.TransferSyntaxUID = EXPLICIT_LITTLE
    _link(ds, writer.links, ends)
    target = (folder if out is None else out) / "DICOMDIR"
    _write.dcmwrite(target, ds, validate="ignore")
    return target


def _collect(folder):
    """{patient: {study: {series: [(path, header)]}}} of a folder's files."""
    patients = {}
    for path in _files.find(folder)[0]:
        try:
            ds = _read.dcmread(path, stop_before_pixels=True)
        except NotDicomError:
            continue
        sop_class = ds.file_meta.get("MediaStorageSOPClassUID") or ds.get("SOPClassUID")
        if sop_class == DIRECTORY:
            continue
        missing = [key for key in _NEEDED if not ds.get(key)]
        if missing:
            raise DicomError(f"the file has no {missing[0]}", filename=path)
        patient = str(ds.get("PatientID") or ds.get("PatientName") or "")
        studies = patients.setdefault(patient, {})
        series = studies.setdefault(ds.StudyInstanceUID, {})
        series.setdefault(ds.SeriesInstanceUID, []).append((path, ds))
    return patients


_LEVELS = (("PT", "PATIENT"), ("ST", "STUDY"), ("SE", "SERIES"), ("IM", None))
# Keys that a record may lack.
_OPTIONAL = frozenset(("ImageType", "NumberOfFrames", "Rows", "Columns", "DataPointRows",
                       "DataPointColumns", "ConceptNameCodeSequence", "DoseSummationType",
                       "ReferencedSeriesSequence"))  # fmt: skip
_NEEDED = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")


class _Writer:
    """The records of a DICOMDIR, in the order of the file, and the links between them.

    Attributes
    ----------
    records : list of Dataset
    links : list of [int or None, int or None]
        For each record the next one beside it and the first one below it.
    """

    def __init__(self, folder, out):
        self.folder, self.out = folder, out
        self.records, self.links = [], []

    def level(self, groups, levels, names):
        """Add the records of a level and of those below it; (first, last) of the level."""
        first = before = None
        prefix, kind = levels[0]
        for number, inner in enumerate(groups, 1):
            parts = (*names, f"{prefix}{number:06d}")
            if kind is None:
                index = self._file(*inner, parts)
            else:
                index = self._add(kind, _any_header(inner))
                below = list(inner.values()) if isinstance(inner, dict) else _sorted(inner)
                self.links[index][1] = self.level(below, levels[1:], parts)[0]
            if before is not None:
                self.links[before][0] = index
            first, before = index if first is None else first, index
        return first, before

    def _add(self, kind, header):
        record = Dataset()
        record.OffsetOfTheNextDirectoryRecord = 0
        record.RecordInUseFlag = 0xFFFF
        record.OffsetOfReferencedLowerLevelDirectoryEntity = 0
        record.DirectoryRecordType = kind
        for keyword in _KEYS.get(kind, _DATED):
            if keyword in header:
                record.add(header[keyword])
            elif keyword not in _OPTIONAL:
                record.add_new(keyword, _dictionary.entry(to_tag(keyword)).VR, None)
        texts = [str(e.value) for e in record.iterall() if e.VR in _values.TEXT]
        if "SpecificCharacterSet" in header and not all(map(str.isascii, texts)):
            record.add(header["SpecificCharacterSet"])
        self.records.append(record)
        self.links.append([None, None])
        return len(self.records) - 1

    def _file(self, path, header, names):
        if self.out is None:
            names = pathlib.Path(os.path.relpath(path, self.folder)).parts
            if len(names) > 8 or not all(_PART.fullmatch(name) for name in names):
                raise ValueFitError(
                    f"{os.path.join(*names)} is no file ID (at most eight parts of A-Z, 0-9 and _, "
                    "one to eight characters each); copy the files with `out`"
                )
        else:
            target = self.out.joinpath(*names)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        index = self._add(_kind(header.SOPClassUID), header)
        record = self.records[index]
        record.ReferencedFileID = list(names)
        record.ReferencedSOPClassUIDInFile = header.SOPClassUID
        record.ReferencedSOPInstanceUIDInFile = header.SOPInstanceUID
        record.ReferencedTransferSyntaxUIDInFile = _read.transfer_syntax(header)
        return index


def _sorted(instances):
    """Instances of a series by their number."""

    def number(entry):
        value = entry[1].get("InstanceNumber")
        return (value if isinstance(value, (int, float)) else 0, entry[0])

    return sorted(instances, key=number)


def _any_header(inner):
    while isinstance(inner, dict):
        inner = next(iter(inner.values()))
    return inner[0][1]


def _kind(sop_class):
    rest = sop_class.removeprefix(_STORAGE)
    if rest != sop_class:
        for prefix, kind in _KINDS:
            if rest == prefix or rest.startswith(prefix + "."):
                return kind
    return "IMAGE"


def _link(ds, links, ends):
    """Set the offsets: lengths do not depend on them, so that a first writing tells them."""
    trial = _read.dcmread(b"".join(_write._file(ds, validate="ignore")))
    places = _dicomdir.offsets_of(trial.DirectoryRecordSequence)
    ds.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity = places[ends[0]]
    ds.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity = places[ends[1]]
    for record, (after, below) in zip(ds.DirectoryRecordSequence, links, strict=True):
        record.OffsetOfTheNextDirectoryRecord = 0 if after is None else places[after]
        record.OffsetOfReferencedLowerLevelDirectoryEntity = 0 if below is None else places[below]
