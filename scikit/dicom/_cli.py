"""The commands ``scikit dicom volume`` and ``scikit dicom info``."""

import os
import warnings


def add_commands(subparsers):
    """Add this subpackage's commands to a parser.

    Parameters
    ----------
    subparsers : argparse subparsers action
        What ``add_subparsers()`` gave. Each command sets ``func``: it takes the parsed arguments,
        returns the exit status, and raises DicomError, OSError, ValueError or ImportError with
        one line of message.
    """
    volume = subparsers.add_parser(
        "volume", help="a folder of slices to a NIfTI file or a clean DICOM series",
        description="Read the slices of one series, sort them in space, write them as one volume.",
    )  # fmt: skip
    volume.add_argument("folder", help="folder with DICOM files, or one file")
    volume.add_argument(
        "--out", required=True, help="FILE.nii, FILE.nii.gz, or a new folder for a DICOM series"
    )
    volume.add_argument("--series", help="series instance UID, where there are several")
    volume.add_argument(
        "--lenient",
        action="store_true",
        help="warn of missing or irregular slices instead of failing",
    )
    volume.set_defaults(func=_volume)
    info = subparsers.add_parser(
        "info",
        help="what a DICOM file or folder holds",
        description="Patient, study, series and geometry.",
    )
    info.add_argument("path", help="a DICOM file or a folder")
    info.set_defaults(func=_info)


def _volume(args):
    from scikit.dicom._volume import read_volume
    from scikit.dicom._volume_write import write_volume

    nifti = args.out.endswith((".nii", ".nii.gz"))
    if (
        not nifti
        and os.path.lexists(args.out)
        and (not os.path.isdir(args.out) or os.listdir(args.out))
    ):
        raise FileExistsError(
            f"{args.out} exists and is not an empty folder; name a .nii file or a new folder"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are in the report
        volume = read_volume(args.folder, series=args.series, strict=not args.lenient)
    if nifti:
        volume.to_nifti(args.out)
    else:
        write_volume(args.out, volume.array, affine=volume.affine, template=volume.header)
    _say(f"{args.out}: {volume!r}")
    for note in volume.report.notes:
        _say(f"  {note}")
    return 0


def _say(line):
    print(line)  # noqa: T201


def _info(args):
    from scikit.dicom import _slices, _stack
    from scikit.dicom._errors import DicomError

    paths, named = _stack.files_of(args.path)
    collector, series, others = _slices.Collector(), {}, {}
    for path in paths:
        try:
            for one in collector.slices(path):
                series.setdefault(one.kind.series, []).append(one)
        except DicomError as error:
            if named:
                return _no_image(path, error)
            reason = str(error).split(" (at byte")[0]
            others[reason] = others.get(reason, 0) + 1
    if not series:
        raise DicomError(f"no DICOM images in {args.path} ({len(paths)} files)")
    for k, slices in enumerate(series.values()):
        if k:
            _say("")
        for name, text in _rows(slices):
            _say(f"{name:18s} {text}")
    for reason, count in others.items():
        _say(f"{'not shown':18s} {count} file(s): {reason}")
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
        _say(f"{name:18s} {text}")
    _say(f"{'image':18s} none that can be read: {error}")
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
    from scikit.dicom._volume import VolumeReport

    kind = slices[0].kind
    yield from _header_rows(kind.header)
    layout = kind.layout
    bits = f"{layout.stored} of {layout.bits} bits, {'signed' if layout.signed else 'unsigned'}"
    shape = " x ".join(map(str, kind.shape))
    yield "image", f"{shape}, {bits}, {layout.photometric}"
    yield "files, slices", f"{len({one.path for one in slices})}, {len(slices)}"
    report = VolumeReport()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stack = _stack.arrange(slices, False, report)
            affine, spacing = _stack.geometry(stack, False, report)
    except DicomError as error:
        yield "volume", f"none: {error}"
        return
    count = len(stack.positions)
    lead = f"{stack.times} x " if stack.times > 1 else ""
    yield "volume", f"{lead}{count} x {shape}, {' x '.join(f'{s:.4g}' for s in spacing)} mm"
    yield "first voxel (LPS)", " ".join(f"{x:.3f}" for x in affine[:3, 3]) + " mm"
    for name, column in (("slice direction", 0), ("row direction", 1), ("column direction", 2)):
        yield name, " ".join(f"{x:.4f}" for x in affine[:3, column] / spacing[column])
    for note in report.notes:
        yield "note", note
