"""What is found on the way from files to a volume."""

import dataclasses
import warnings

from scikit.dicom._errors import DicomError


@dataclasses.dataclass(repr=False)
class VolumeReport:
    """What was found on the way from files to a volume.

    Parameters
    ----------
    files : int
        Files whose slices are in the volume.
    skipped : list of (str, str)
        Files that are not, and why.
    notes : list of str
        What deserves attention: missing, duplicate or irregular slices, a gantry tilt, other
        grids, assumptions.
    missing : list of float
        Positions along the slice normal, in mm, where a slice is missing.
    duplicates : list of (str, str)
        Pairs of files that hold the same instance.
    tilt : float
        Angle between the stack's direction and the slice normal, degrees.
    geometry : str
        What the affine was found from.
    time : str
        What the times of volumes were found from.

    Examples
    --------
    >>> from scikit.dicom import VolumeReport
    >>> VolumeReport(files=3, notes=["1 slice(s) missing"])
    3 files, 0 skipped
    1 slice(s) missing
    """

    files: int = 0
    skipped: list = dataclasses.field(default_factory=list)
    notes: list = dataclasses.field(default_factory=list)
    missing: list = dataclasses.field(default_factory=list)
    duplicates: list = dataclasses.field(default_factory=list)
    tilt: float = 0.0
    geometry: str = ""
    time: str = ""

    def __repr__(self):
        lines = [f"{self.files} files, {len(self.skipped)} skipped"]
        if self.geometry:
            lines.append(f"geometry from {self.geometry}")
        if self.time:
            lines.append(f"times from {self.time}")
        return "\n".join([*lines, *self.notes])


class Critic:
    """Decides what becomes of a problem: an error, or a note and a warning.

    Parameters
    ----------
    strict : bool
        Are problems errors?
    report : VolumeReport
        Where notes go.
    """

    def __init__(self, strict, report):
        self.strict, self.report = strict, report

    def complain(self, message):
        """A problem that makes the volume doubtful."""
        if self.strict:
            raise DicomError(f"{message}; strict=False reads what there is")
        self.warn(message)

    def warn(self, message):
        """Something that the user must know, though the volume is right."""
        self.report.notes.append(message)
        warnings.warn(message, stacklevel=5)

    def note(self, message):
        """Something for the report."""
        self.report.notes.append(message)
