"""The commands ``scikit dicom scan``, ``volume`` and ``check``."""

import warnings

from scikit.dicom._cli_common import common, progress, say

_STEP = 12  # characters of a line's name
_USUAL = (
    "Modality", "SeriesNumber", "SeriesDescription", "InstanceNumber", "Rows", "Columns",
    "ImagePositionPatient",
)  # fmt: skip


def add_commands(subparsers):
    """Add the commands to a parser; see `_cli.add_commands`."""
    scan = subparsers.add_parser(
        "scan", help="a table of the headers of a folder",
        description="Collect a few elements of all DICOM files of a folder or zip archive.",
    )  # fmt: skip
    scan.add_argument("path", help="folder, zip archive or file", nargs="+")
    scan.add_argument("--tags", help="keywords or tags (gggg,eeee), separated by spaces", nargs="+")
    scan.add_argument("--out", help="write all rows to FILE.csv")
    scan.add_argument("--series", action="store_true", help="list the series, not the files")
    common(scan)
    scan.set_defaults(func=_scan)

    volume = subparsers.add_parser(
        "volume", help="a folder of slices to a NIfTI file or a clean DICOM series",
        description="Read the slices of one series, sort them in space, write them as one volume.",
    )  # fmt: skip
    volume.add_argument("folder", help="folder with DICOM files, zip archive, or one file")
    volume.add_argument(
        "--out", required=True, help="FILE.nii, FILE.nii.gz, or a new folder for a DICOM series"
    )
    volume.add_argument("--series", help="series instance UID, where there are several")
    volume.add_argument(
        "--lenient",
        action="store_true",
        help="warn of missing or irregular slices instead of failing",
    )
    volume.add_argument("--raw", action="store_true", help="keep stored values, do not rescale")
    common(volume)
    volume.set_defaults(func=_volume)

    check = subparsers.add_parser(
        "check", help="what is wrong with files or series",
        description="Report damaged files and what keeps the slices of each series from being "
        "a volume. Exit status 0: nothing; 1: problems.",
    )  # fmt: skip
    check.add_argument("path", help="folder, zip archive or file", nargs="+")
    check.add_argument("--pixels", action="store_true", help="read the pixels, too")
    common(check)
    check.set_defaults(func=_check)


def _sources(paths):
    """One source as it is, several as a list of files."""
    from scikit.dicom import _files

    if len(paths) == 1:
        return paths[0]
    return [file for path in paths for file in _files.find(path)[0]]


def _scan(args):
    from scikit.dicom._scan import scan

    tags = _USUAL if args.tags is None else [_tag(text) for text in args.tags]
    table = scan(
        _sources(args.path), tags=tags, workers=args.workers, progress=progress(args)
    )  # fmt: skip
    if args.out:
        _write_csv(args.out, table)
    if args.series:
        for one in table.series():
            say(repr(one))
        for line in table._rest():
            if not line.startswith("..."):
                say(line)
    else:
        say(repr(table))
    for path, error in table.errors[:20]:
        say(f"error: {path}: {error}")
    return 1 if table.errors else 0


def _tag(text):
    digits = text.strip("()").replace(",", "")
    if len(digits) == 8 and all(c in "0123456789abcdefABCDEF" for c in digits):
        return int(digits, 16)
    return text


def _write_csv(path, table):
    import csv

    from scikit.dicom._table import _cells

    names = list(table.keys())
    columns = [_cells(table[name]) for name in names]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in zip(*columns, strict=True):
            writer.writerow(["" if cell is None else _plain(cell) for cell in row])


def _plain(cell):
    return "\\".join(map(str, cell)) if isinstance(cell, tuple) else cell


def _volume(args):
    from scikit.dicom import _files
    from scikit.dicom._read_volume import read_volume

    nifti = args.out.endswith((".nii", ".nii.gz"))
    if not nifti:
        _files.check_new_folder(args.out, "; name a .nii file or a new folder")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are in the report
        volume = read_volume(
            args.folder, series=args.series, strict=not args.lenient, rescale=not args.raw,
            workers=args.workers, progress=progress(args),
        )  # fmt: skip
    if nifti:
        volume.to_nifti(args.out)
    else:
        volume.save_dicom(args.out)
    say(f"{args.out}: {volume!r}")
    for line in repr(volume.report).split("\n"):
        say(f"  {line}")
    return 0


def _check(args):
    from scikit.dicom import _stack
    from scikit.dicom._errors import DicomError

    found, problems, _, count = _stack.survey(_sources(args.path), args.workers, progress(args))
    bad = 0
    for path, why in problems:
        if isinstance(why, str) or str(why).startswith("no pixel data"):
            continue
        bad += 1
        say(f"{'damaged':{_STEP}s} {path}: {why}")
    for uid, table in found.items():
        header = table.kinds[0].header
        name = header.get("SeriesDescription") or header.get("Modality") or "no description"
        say(f"{'series':{_STEP}s} {name}, {len(table)} image(s), {uid or 'no UID'}")
        try:
            notes, faults = _judge(table, args)
        except DicomError as error:
            notes, faults = [], [str(error)]
        bad += len(faults)
        for fault in faults:
            say(f"{'  problem':{_STEP}s} {fault}")
        for note in notes:
            say(f"{'  note':{_STEP}s} {note}")
        if not faults:
            say(f"{'  good':{_STEP}s} the slices form a volume")
    strange = sum(isinstance(why, str) for _, why in problems)
    plain = sum(str(why).startswith("no pixel data") for _, why in problems)
    say(
        f"{count} file(s), {plain} without pixels, {strange} that are no DICOM files; "
        f"{bad} problem(s)"
    )
    return 1 if bad else 0


def _judge(table, args):
    """(notes, problems) of a series."""
    from scikit.dicom import _read_volume, _stack
    from scikit.dicom._report import Critic, VolumeReport

    report = VolumeReport()

    class Listener(Critic):
        """Keeps problems apart from notes."""

        def __init__(self):
            super().__init__(False, report)
            self.faults = []

        def complain(self, message):
            self.faults.append(message)

        def warn(self, message):
            report.notes.append(message)

    listener = Listener()
    stack = _stack.arrange(table, listener)
    _stack.geometry(stack, listener)
    plan = _read_volume._Plan(stack, True, None, listener)
    if args.pixels:
        plan.read(args.workers, progress(args))
    return report.notes, listener.faults
