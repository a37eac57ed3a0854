"""De-identification by the profiles of PS3.15 annex E."""

import collections
import copy
import dataclasses
import os
import pathlib
import secrets
import warnings

from scikit._core._threads import run_slabs
from scikit.dicom import _confidentiality as _rules
from scikit.dicom import _dictionary, _files, _read, _types, _values, _write
from scikit.dicom._dataset import Dataset
from scikit.dicom._element import Tag
from scikit.dicom._errors import DicomError, NotDicomError

_METHOD = "PS3.15 Basic Profile, scikit"
# Classes of objects whose images often have text burned into them.
_OFTEN_BURNED = (
    "1.2.840.10008.5.1.4.1.1.6",
    "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.3",
)


@dataclasses.dataclass
class DeidentifyReport:
    """What de-identification did.

    Attributes
    ----------
    options : tuple of str
        The options of the profile.
    actions : collections.Counter
        (place, keyword, action) -> how often; the place is a path of tags, the action a letter of
        PS3.15 table E.1-1a (X removed, Z emptied, D dummy, U new UID, K kept, C cleaned).
    warnings : list of str
        What a person must look at.
    files : list of (str, str)
        Of a folder: file read, file written. It tells who is who: keep it as secret as the files.
    skipped : list of (str, str)
        Of a folder: files that were not written, and why.

    Examples
    --------
    >>> from scikit.dicom import Dataset, deidentify
    >>> ds = Dataset()
    >>> ds.PatientName, ds.AccessionNumber = "Doe^Jane", "17"
    >>> clean, report = deidentify(ds)
    >>> print(report)
    de-identified by the basic profile
      Z  00080050  AccessionNumber (1)
      Z  00100010  PatientName (1)
    """

    options: tuple = ()
    actions: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    warnings: list = dataclasses.field(default_factory=list)
    files: list = dataclasses.field(default_factory=list)
    skipped: list = dataclasses.field(default_factory=list)

    def __str__(self):
        names = ", ".join(("the basic profile", *self.options))
        lines = [f"de-identified by {names}"]
        for (place, keyword, action), count in sorted(self.actions.items()):
            lines.append(f"  {action}  {place}  {keyword} ({count})")
        lines += [f"  warning: {text}" for text in self.warnings]
        if self.files:
            lines.append(f"  {len(self.files)} file(s) written, {len(self.skipped)} skipped")
        return "\n".join(lines)

    def _take(self, other):
        self.actions.update(other.actions)
        self.warnings += [text for text in other.warnings if text not in self.warnings]


def deidentify(
    ds, *, options=(), secret=None, shift_days=None, patient_id=None, clean=None, safe_private=None
):
    """Take out of a data set what tells who the patient is, by PS3.15 annex E.

    Parameters
    ----------
    ds : Dataset
        It is not changed.
    options : sequence of str
        Options of the basic profile: ``'safe_private'``, ``'uids'``, ``'device'``,
        ``'institution'``, ``'patient'``, ``'full_dates'``, ``'modified_dates'``,
        ``'descriptors'``, ``'structured'``, ``'graphics'``. The first six keep what they name,
        the others keep it cleaned.
    secret : bytes or str, optional
        What new UIDs, identifiers and moved dates are made from. The same secret gives the same
        ones, so that files stay together; whoever knows it can find the old ones by trial. By
        default random, of 32 bytes.
    shift_days : int, optional
        With ``'modified_dates'``: move all dates by this. By default each patient gets a number
        of days of his or her own, one to ten years into the past.
    patient_id : str, optional
        The new Patient ID and Patient's Name; by default made from the old ID.
    clean : callable, optional
        Gets each element that is to be cleaned (action C) and gives its new value, or None to
        remove it. By default the words of names, identifiers and addresses of the data set, and
        what looks like a date, a mail address or a long number, are struck out of its text.
        ``'graphics'`` needs it: curves and overlays cannot be cleaned by rule.
    safe_private : callable, optional
        With ``'safe_private'``: gets creator, group and element (its low byte) and says whether
        such an element may stay. By default those that are numbers or codes in PS3.15 table
        E.3.10-1, and those of blocks that the data set itself declares to be safe.

    Returns
    -------
    clean : Dataset
        New.
    report : DeidentifyReport
        What was done, element by element, and what a person must look at.

    Raises
    ------
    DicomError
        If an option does not exist or contradicts another one.
    TypeError
        If an argument is of another type.

    Warns
    -----
    UserWarning
        If text may be burned into the pixels, or a document is enclosed: neither is looked into.

    Notes
    -----
    Where the action depends on whether an attribute must have a value in its kind of object
    (X/Z, X/D, Z/D and so on), an empty or a dummy value is left. Private elements, and standard
    ones that the dictionary does not know, are removed. File meta information is made anew and
    the preamble is empty. Faces in volumes of the head can be recognised: the profile says
    nothing of them. Thread-safe.

    References
    ----------
    .. [1] DICOM PS3.15, annex E: Attribute Confidentiality Profiles.

    Examples
    --------
    >>> from scikit.dicom import Dataset, deidentify
    >>> ds = Dataset()
    >>> ds.PatientName, ds.StudyDate, ds.Modality = "Doe^Jane", "20240229", "MR"
    >>> clean, report = deidentify(ds, options=["modified_dates"], shift_days=-60)
    >>> clean.StudyDate, clean.Modality, clean.PatientIdentityRemoved, "Doe" in str(clean)
    ('20231231', 'MR', 'YES', False)
    """
    if not isinstance(ds, Dataset):
        raise TypeError(f"`ds` must be a Dataset, not {type(ds).__name__}")
    options = _options(options, clean)
    for name, function in (("clean", clean), ("safe_private", safe_private)):
        if function is not None and not callable(function):
            raise TypeError(f"`{name}` must be callable, not {type(function).__name__}")
    key = _rules.Secret(_key(secret), shift_days)
    work = _Deidentifier(ds, options, key, clean, safe_private)
    made = work.run(patient_id)
    for text in work.report.warnings:
        warnings.warn(text, stacklevel=2)
    return made, work.report


def _options(options, clean):
    if isinstance(options, str):
        options = (options,)
    unknown = [name for name in options if name not in _rules.OPTIONS]
    if unknown:
        raise DicomError(f"`options`: {unknown[0]!r} is none of {', '.join(_rules.OPTIONS)}")
    if {"full_dates", "modified_dates"} <= set(options):
        raise DicomError("`options`: full_dates and modified_dates exclude each other")
    if "graphics" in options and clean is None:
        raise DicomError("`options`: graphics needs `clean`, a function that cleans them")
    return tuple(name for name in _rules.OPTIONS if name in options)


def _key(secret):
    if secret is None:
        return secrets.token_bytes(32)
    if isinstance(secret, str):
        secret = secret.encode()
    if not isinstance(secret, (bytes, bytearray)) or not secret:
        raise TypeError("`secret` must be text or bytes, and not empty")
    return bytes(secret)


class _Deidentifier:
    """One data set on its way through the profile."""

    def __init__(self, ds, options, key, clean, safe_private):
        self.source, self.options, self.key = ds, frozenset(options), key
        self.cleaner, self.safe_private = clean, safe_private
        self.report = DeidentifyReport(options)
        self.patient = str(ds.get("PatientID") or ds.get("PatientName") or "")
        self.words = _rules.Words(self._names()) if clean is None else None

    def _names(self):
        """Texts of the data set that name people, places and numbers of theirs."""
        for element in self.source.iterall():
            tag = int(element.tag)
            named = element.VR == "PN" or tag in (
                0x00080050, 0x00080080, 0x00080081, 0x00100020, 0x00100030, 0x00101040, 0x00102154,
                0x00200010, 0x00101000,
            )  # fmt: skip
            if named and element.VR != "SQ":
                value = element.value
                yield from map(str, value if isinstance(value, list) else [value])

    def run(self, patient_id):
        """The new data set."""
        made = copy.deepcopy(self.source)
        made.preamble = made.filename = None
        made.file_meta = Dataset()
        if self.source.file_meta.get("TransferSyntaxUID"):
            made.file_meta.TransferSyntaxUID = self.source.file_meta.TransferSyntaxUID
        self._level(made, "", False)
        if patient_id is None and self.patient:
            patient_id = self.key.pseudonym(self.patient)
        for keyword in ("PatientID", "PatientName"):
            if patient_id and keyword in made:
                setattr(made, keyword, patient_id)
        self._declare(made)
        self._look_at(self.source)
        return made

    def _level(self, ds, place, blank):
        """Treat the elements of a data set in place. With `blank` all free text becomes dummies."""
        safe = self._safe_blocks(ds)
        for tag in ds._tags_sorted():
            if tag not in ds:
                continue
            if tag.is_private:
                self._private(ds, tag, place, safe)
                continue
            entry = _dictionary.entry(int(tag))
            action = _rules.action_of(int(tag), self.options)
            element = ds[tag]
            if entry is None and tag.element:
                action = "X"  # of an edition that nobody here knows
            elif (
                action is None and blank and element.VR in (_rules.FREE | {"DA", "DT", "TM", "AS"})
            ):
                action = "D" if entry.keyword not in _CODED else None
            if action is not None:
                self._act(ds, element, action, place)
            elif element.VR == "SQ":
                self._items(element, place, blank)

    def _items(self, element, place, blank):
        for item in element.value:
            self._level(item, f"{place}{int(element.tag):08X}.", blank)

    def _note(self, tag, action, place):
        entry = _dictionary.entry(int(tag))
        self.report.actions[f"{place}{int(tag):08X}", entry.keyword if entry else "", action] += 1

    def _act(self, ds, element, action, place):
        tag, vr = element.tag, element.VR
        if action == "U" and vr not in ("UI", "SQ"):
            action = "X"
        if action == "C" and vr != "SQ" and element.is_empty:
            action = "K"
        if action == "D" and element.is_empty and vr != "SQ":
            action = "Z"
        self._note(tag, action, place)
        if action == "X":
            del ds[tag]
        elif action == "Z":
            element.value = [] if vr == "SQ" else _values.empty(vr)
        elif action == "D":
            self._dummy(element, place)
        elif action == "U" and vr == "UI":
            values = element.value if isinstance(element.value, list) else [element.value]
            element.value = [self.key.uid(str(value or "")) for value in values]
        elif action == "C":
            self._clean(ds, element, place)
        elif vr == "SQ":  # kept, or with new UIDs: what is inside counts for itself
            self._items(element, place, False)

    def _dummy(self, element, place):
        if element.VR == "SQ":
            self._items(element, place, True)
        elif element.VR == "UI":
            element.value = self.key.uid(f"dummy {element.value}")
        else:
            element.value = _rules.dummy(element.VR)

    def _clean(self, ds, element, place):
        tag, vr = element.tag, element.VR
        if vr == "SQ":  # what is inside counts for itself, first of all
            self._items(element, place, False)
        if _rules.is_date(int(tag)) and "modified_dates" in self.options:
            self._move(ds, element)
        elif self.cleaner is not None:
            value = self.cleaner(element)
            if value is None:
                del ds[tag]
            else:
                element.value = value
        elif vr == "SQ":
            for item in element.value:
                for inner in item.iterall():
                    if inner.VR in _rules.FREE and not inner.is_empty and not inner.is_private:
                        self._strike(inner)
        elif vr in _rules.FREE or vr == "CS":
            self._strike(element)
        else:
            del ds[tag]

    def _strike(self, element):
        """Strike the words that name people out of text."""
        values = element.value if isinstance(element.value, list) else [element.value]
        element.value = [self.words.clean(str(value or "")) for value in values]

    def _move(self, ds, element):
        if element.VR == "SQ":
            return
        days = self.key.shift(self.patient)
        values = element.value if isinstance(element.value, list) else [element.value]
        moved = [_rules.shifted(element.VR, str(value or ""), days) for value in values]
        if element.VR not in ("DA", "DT", "TM") or None in moved:
            del ds[element.tag]
        else:
            element.value = moved

    def _safe_blocks(self, ds):
        """(group, creator) of private blocks that the data set declares to be safe."""
        blocks = set()
        for item in ds.get("PrivateDataElementCharacteristicsSequence") or ():
            if item.get("BlockIdentifyingInformationStatus") == "SAFE":
                blocks.add((item.get("PrivateGroupReference"), item.get("PrivateCreatorReference")))
        return blocks

    def _private(self, ds, tag, place, safe):
        block = tag.element >> 8
        if "safe_private" in self.options and tag.element >= 0x1000:
            creator = ds.get(Tag(tag.group << 16 | block))
            name = creator.value if creator is not None else None
            if self._is_safe(name, tag, safe):
                self._note(tag, "K", place)
                if ds[tag].VR == "SQ":
                    self._items(ds[tag], place, False)
                return
        if "safe_private" in self.options and 0x10 <= tag.element <= 0xFF:
            used = range(tag.element << 8, (tag.element + 1) << 8)
            name = ds[tag].value
            if any(
                Tag(tag.group << 16 | low) in ds
                and self._is_safe(name, Tag(tag.group << 16 | low), safe)
                for low in used
            ):
                return
        self._note(tag, "X", place)
        del ds[tag]

    def _is_safe(self, creator, tag, safe):
        if not isinstance(creator, str):
            return False
        if self.safe_private is not None:
            return bool(self.safe_private(creator, tag.group, tag.element & 0xFF))
        known = (creator, tag.group, tag.element & 0xFF) in _rules.SAFE_PRIVATE
        return known or (tag.group, creator) in safe

    def _declare(self, made):
        """Say in the data set what was done to it (PS3.15 section E.1.1)."""
        made.PatientIdentityRemoved = "YES"
        done = [_rules.BASIC, *(_rules.OPTIONS[name] for name in self.report.options)]
        made.DeidentificationMethod = _METHOD
        codes = []
        for value, meaning in done:
            code = Dataset()
            code.CodeValue, code.CodingSchemeDesignator = value, "DCM"
            code.CodeMeaning = meaning[:64]
            codes.append(code)
        made.DeidentificationMethodCodeSequence = codes
        made.LongitudinalTemporalInformationModified = (
            "UNMODIFIED" if "full_dates" in self.options
            else "MODIFIED" if "modified_dates" in self.options else "REMOVED"
        )  # fmt: skip

    def _look_at(self, ds):
        """What the elements say of the pixels and of enclosed documents."""
        warn = self.report.warnings.append
        burned = str(ds.get("BurnedInAnnotation") or "").upper()
        often = str(ds.get("SOPClassUID") or "").startswith(_OFTEN_BURNED)
        if burned == "YES":
            warn("the image says that text is burned into its pixels; they were not changed")
        elif burned != "NO" and "PixelData" in ds and often:
            warn("text may be burned into the pixels of such an image; they were not changed")
        if str(ds.get("RecognizableVisualFeatures") or "").upper() == "YES":
            warn("the image says that a person can be recognised in it; it was not changed")
        if any(e.keyword == "OverlayBitPosition" and e.value for e in ds):
            warn("an overlay may lie in unused bits of the pixels; they were not changed")
        if "EncapsulatedDocument" in ds:
            warn("an enclosed document was replaced by a dummy")


# Text of codes: what they mean is of the coding scheme, not of the patient.
_CODED = frozenset(("CodeMeaning", "CodeValue", "CodingSchemeDesignator", "CodingSchemeVersion",
                    "LongCodeValue", "URNCodeValue", "ContextUID", "MappingResource"))  # fmt: skip


def deidentify_folder(
    folder, out, *, options=(), secret=None, shift_days=None, clean=None, safe_private=None,
    workers=1, progress=False,
):  # fmt: skip
    """De-identify the DICOM files of a folder into another one.

    Parameters
    ----------
    folder : str, path or sequence of them
        A folder, searched with its subfolders, or files.
    out : str or path
        A new or empty folder. Files in it are named by numbers: names tell nothing.
    options : sequence of str
        As for `deidentify`.
    secret : bytes or str, optional
        As for `deidentify`; one for all files, so that what belonged together still does.
    shift_days : int, optional
        As for `deidentify`.
    clean : callable, optional
        As for `deidentify`.
    safe_private : callable, optional
        As for `deidentify`.
    workers : int
        Threads; see `scipy.fft`.
    progress : bool or callable
        True shows a bar (needs tqdm); a callable gets (done, total) in files.

    Returns
    -------
    DeidentifyReport
        Of all files together, with the names of the files. Files that are no DICOM files, that
        are damaged, and DICOMDIRs are not written and listed as skipped.

    Raises
    ------
    DicomError
        As for `deidentify`.
    OSError
        If a file cannot be read or written, or `out` is not empty.

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> from scikit.dicom import dcmread, deidentify_folder, write_volume
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_volume(folder + "/mr", np.zeros((2, 4, 4)), spacing=(3, 1, 1))
    ...     report = deidentify_folder(folder + "/mr", folder + "/clean")
    ...     first = dcmread(report.files[0][1])
    >>> len(report.files), first.PatientIdentityRemoved
    (2, 'YES')
    """
    options = _options(options, clean)
    key = _rules.Secret(_key(secret), shift_days)
    out = pathlib.Path(out)
    _files.check_new_folder(out)
    files, _ = _files.find(folder)
    out.mkdir(parents=True, exist_ok=True)
    digits = max(6, len(str(len(files))))

    def work(number):
        file, target = files[number], out / f"IM{number + 1:0{digits}d}.dcm"
        path = str(file)
        try:
            ds = _read.dcmread(file.read() if isinstance(file, _files.Member) else file)
            if ds.file_meta.get("MediaStorageSOPClassUID") == _types.DIRECTORY:
                return path, "a DICOMDIR: make a new one", None
            one = _Deidentifier(ds, options, key, clean, safe_private)
            _write.dcmwrite(target, one.run(None), validate="ignore")
        except NotDicomError:
            return path, "not a DICOM file", None
        except DicomError as error:
            return path, str(error), None
        return path, os.fspath(target), one.report

    report = DeidentifyReport(options)
    pieces = [(number,) for number in range(len(files))]
    for path, what, own in run_slabs(work, pieces, workers, progress, "de-identifying"):
        if own is None:
            report.skipped.append((path, what))
        else:
            report.files.append((path, what))
            report._take(own)
    for text in report.warnings:
        warnings.warn(text, stacklevel=2)
    return report
