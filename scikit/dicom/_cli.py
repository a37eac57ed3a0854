"""The commands ``scikit dicom ...``."""

import warnings

from scikit.dicom import _cli_data, _cli_volumes
from scikit.dicom._cli_common import say


def add_commands(subparsers):
    """Add this subpackage's commands to a parser.

    Parameters
    ----------
    subparsers : argparse subparsers action
        What ``add_subparsers()`` gave. Each command sets ``func``: it takes the parsed arguments,
        returns the exit status, and raises DicomError, OSError, ValueError or ImportError with
        one line of message.
    """
    _cli_volumes.add_commands(subparsers)
    _cli_data.add_commands(subparsers)
    info = subparsers.add_parser(
        "info",
        help="what a DICOM file or folder holds",
        description="Patient, study, series and geometry.",
    )
    info.add_argument("path", help="a DICOM file or a folder")
    info.set_defaults(func=_info)


def _info(args):
    from scikit.dicom import _stack
    from scikit.dicom._errors import DicomError

    series, problems, named, count = _stack.survey(args.path)
    others = {}
    for path, error in problems:
        if named:
            return _no_image(path, error)
        reason = str(error).split(" (at byte")[0]
        others[reason] = others.get(reason, 0) + 1
    if not series:
        raise DicomError(f"no DICOM images in {args.path} ({count} files)")
    for k, slices in enumerate(series.values()):
        if k:
            say("")
        for name, text in _rows(slices):
            say(f"{name:18s} {text}")
    for reason, number in others.items():
        say(f"{'not shown':18s} {number} file(s): {reason}")
    return 0


def _no_image(path, error):
    """A file without an image that can be read: its header all the same."""
    from scikit.dicom._errors import DicomError
    from scikit.dicom._read import dcmread

    try:
        ds = dcmread(path, stop_before_pixels=True)
    except DicomError as fault:
        raise DicomError(f"{path}: {fault}") from None
    for name, text in _header_rows(ds):
        say(f"{name:18s} {text}")
    say(f"{'image':18s} none that can be read: {error}")
    return 0


def _text(ds, keyword):
    value = ds.get(keyword)
    return "" if value is None else str(value)


def _header_rows(ds):
    patient = [_text(ds, k) for k in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")]
    study = [_text(ds, k) for k in ("StudyDate", "StudyDescription", "StudyInstanceUID")]
    series = [_text(ds, k) for k in ("SeriesNumber", "SeriesDescription", "SeriesInstanceUID")]
    device = [_text(ds, k) for k in ("Modality", "Manufacturer", "ManufacturerModelName")]
    syntax = ds.file_meta.get("TransferSyntaxUID")
    yield "patient", ", ".join(filter(None, patient))
    yield "study", ", ".join(filter(None, study))
    yield "series", ", ".join(filter(None, series))
    yield "device", ", ".join(filter(None, device))
    yield "transfer syntax", getattr(syntax, "name", "not named")


def _rows(slices):
    """The lines of the table of one series."""
    from scikit.dicom import _stack
    from scikit.dicom._errors import DicomError
    from scikit.dicom._report import Critic, VolumeReport

    kind = slices.kinds[0]
    yield from _header_rows(kind.header)
    layout = kind.layout
    bits = f"{layout.stored} of {layout.bits} bits, {'signed' if layout.signed else 'unsigned'}"
    shape = " x ".join(map(str, kind.shape))
    yield "image", f"{shape}, {bits}, {layout.photometric}"
    yield "files, slices", f"{len(set(slices.file))}, {len(slices)}"
    critic = Critic(False, VolumeReport())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stack = _stack.arrange(slices, critic)
            affine, spacing = _stack.geometry(stack, critic)
    except DicomError as error:
        yield "volume", f"none: {error}"
        return
    times, count = stack.index.shape
    lead = f"{times} x " if times > 1 else ""
    yield "volume", f"{lead}{count} x {shape}, {' x '.join(f'{s:.4g}' for s in spacing)} mm"
    yield "first voxel (LPS)", " ".join(f"{x:.3f}" for x in affine[:3, 3]) + " mm"
    for name, column in (("slice direction", 0), ("row direction", 1), ("column direction", 2)):
        yield name, " ".join(f"{x:.4f}" for x in affine[:3, column] / spacing[column])
    for note in critic.report.notes:
        yield "note", note
