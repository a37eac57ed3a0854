"""The commands ``scikit dicom dump``, ``convert`` and ``deidentify``."""

import os
import pathlib

from scikit.dicom._cli_common import common, progress, say

#: Names of transfer syntaxes on the command line, beside UIDs and the standard's keywords.
SYNTAXES = {
    "implicit": "ImplicitVRLittleEndian",
    "explicit": "ExplicitVRLittleEndian",
    "deflated": "DeflatedExplicitVRLittleEndian",
    "big-endian": "ExplicitVRBigEndian",
    "rle": "RLELossless",
    "jpeg": "JPEGBaseline8Bit",
    "jpeg-lossless": "JPEGLosslessSV1",
    "jpeg-ls": "JPEGLSLossless",
    "jpeg-ls-near": "JPEGLSNearLossless",
}


def add_commands(subparsers):
    """Add the commands to a parser; see `_cli.add_commands`."""
    dump = subparsers.add_parser(
        "dump", help="all elements of files",
        description="Show the file meta information and all elements, sequences indented.",
    )  # fmt: skip
    dump.add_argument("path", help="DICOM file", nargs="+")
    dump.add_argument("--tags", help="only these keywords or tags (gggg,eeee)", nargs="+")
    dump.add_argument("--json", action="store_true", help="the DICOM JSON model")
    dump.add_argument("--top", action="store_true", help="do not open sequences")
    dump.add_argument("--force", action="store_true", help="also what is no proper DICOM file")
    dump.set_defaults(func=_dump)

    convert = subparsers.add_parser(
        "convert", help="files in another transfer syntax, or to and from JSON",
        description="Write a file, or all files of a folder, in another transfer syntax.",
    )  # fmt: skip
    convert.add_argument("source", help="DICOM file, DICOM JSON file (.json), or folder")
    convert.add_argument("target", help="DICOM file, DICOM JSON file (.json), or new folder")
    convert.add_argument(
        "--syntax",
        help=f"{', '.join(SYNTAXES)}, or a UID or its keyword; by default as it is "
        "(explicit little-endian for JSON)",
    )
    convert.add_argument("--near", type=int, default=0, help="largest error, for jpeg-ls-near")
    convert.add_argument("--quality", type=int, default=90, help="1 to 100, for jpeg")
    convert.add_argument("--force", action="store_true", help="also what is no proper DICOM file")
    common(convert)
    convert.set_defaults(func=_convert)

    deidentify = subparsers.add_parser(
        "deidentify", help="take out who the patient is",
        description="Write files without what tells who the patient is (PS3.15 basic profile). "
        "Text in the pixels and faces are not looked for.",
    )  # fmt: skip
    deidentify.add_argument("source", help="DICOM file or folder")
    deidentify.add_argument("target", help="new folder; for a file, a new file")
    deidentify.add_argument(
        "--options", nargs="+", default=(), metavar="OPTION",
        help="of the profile: safe_private uids device institution patient full_dates "
        "modified_dates descriptors structured",
    )  # fmt: skip
    deidentify.add_argument(
        "--secret-file", help="file whose bytes the new UIDs are made from; otherwise random"
    )
    deidentify.add_argument("--report", help="write what was done to each element to this file")
    common(deidentify)
    deidentify.set_defaults(func=_deidentify)


def _dump(args):
    from scikit.dicom import _show
    from scikit.dicom._dataset import Dataset
    from scikit.dicom._element import to_tag
    from scikit.dicom._errors import DicomError
    from scikit.dicom._read import dcmread

    try:
        wanted = None if args.tags is None else {to_tag(text) for text in args.tags}
    except KeyError as error:
        raise DicomError(f"{error.args[0]} is no keyword or tag") from None
    for number, path in enumerate(args.path):
        ds = dcmread(path, force=args.force)
        if wanted is not None:
            part = Dataset()
            for source in (ds.file_meta, ds):
                part.update({e.tag: e for e in source if int(e.tag) in wanted})
            ds = part
        if len(args.path) > 1 and not args.json:
            say(f"{'' if not number else chr(10)}{path}")
        if args.json:
            print(ds.to_json())  # noqa: T201 -- JSON escapes what terminals understand
            continue
        if ds._file_meta:
            for line in _show.lines(ds.file_meta):
                say(line)
        for line in _show.lines(ds, nested=not args.top):
            say(line)
    return 0


def _syntax(name):
    from scikit.dicom import uid
    from scikit.dicom._errors import DicomError
    from scikit.dicom._types import UID

    if name is None:
        return None
    known = SYNTAXES.get(name, name)
    found = UID(getattr(uid, known, known))
    if not found.is_transfer_syntax:
        raise DicomError(f"`--syntax`: {name!r} is none of {', '.join(SYNTAXES)}, nor a UID")
    return found


def _convert(args):
    from scikit._core._threads import run_slabs
    from scikit.dicom import _files
    from scikit.dicom._errors import DicomError, NotDicomError

    syntax = _syntax(args.syntax)
    source, target = pathlib.Path(args.source), pathlib.Path(args.target)
    if not source.is_dir():
        if target.exists() and target.samefile(source):
            raise DicomError("source and target are the same file")
        _convert_file(source, target, syntax, args)
        return 0
    _files.check_new_folder(target)
    paths = [path for path in _files.find(source)[0] if isinstance(path, str)]

    def work(path):
        out = target / os.path.relpath(path, source)
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            _convert_file(path, out, syntax, args)
        except NotDicomError:
            return path, "not a DICOM file"
        except DicomError as error:
            return path, str(error)
        return path, None

    done = run_slabs(work, [(p,) for p in paths], args.workers, progress(args), "converting")
    failed = [(path, why) for path, why in done if why]
    for path, why in failed:
        say(f"left out: {path}: {why}")
    say(f"{len(done) - len(failed)} file(s) written to {target}")
    return 1 if failed else 0


def _convert_file(source, target, syntax, args):
    from scikit.dicom._dataset import Dataset
    from scikit.dicom._errors import DicomError
    from scikit.dicom._read import dcmread, transfer_syntax
    from scikit.dicom._types import UID
    from scikit.dicom._write import dcmwrite

    if str(source).endswith(".json"):
        ds = Dataset.from_json(pathlib.Path(source).read_bytes())
    else:
        ds = dcmread(source, force=args.force)
    if str(target).endswith(".json"):
        pathlib.Path(target).write_text(ds.to_json(), encoding="utf-8")
        return
    if syntax is not None and syntax != transfer_syntax(ds):
        from scikit.dicom._compress import compress, decompress

        if "PixelData" in ds and UID(transfer_syntax(ds)).is_compressed:
            decompress(ds, as_rgb=False, generate_instance_uid=False)
        if "PixelData" in ds and syntax.is_compressed:
            compress(
                ds, syntax, jls_error=args.near, quality=args.quality, generate_instance_uid=False
            )
        ds.file_meta.TransferSyntaxUID = syntax
    try:
        dcmwrite(target, ds, validate="ignore")
    except DicomError as error:
        error.filename = error.filename or os.fspath(source)
        raise


def _deidentify(args):
    from scikit.dicom._deidentify import deidentify, deidentify_folder
    from scikit.dicom._read import dcmread
    from scikit.dicom._write import dcmwrite

    secret = None
    if args.secret_file:
        secret = pathlib.Path(args.secret_file).read_bytes()
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are in the report
        if os.path.isdir(args.source):
            report = deidentify_folder(
                args.source, args.target, options=args.options, secret=secret,
                workers=args.workers, progress=progress(args),
            )  # fmt: skip
        else:
            if os.path.lexists(args.target):
                raise FileExistsError(f"{args.target} exists; name a new file")
            made, report = deidentify(dcmread(args.source), options=args.options, secret=secret)
            dcmwrite(args.target, made, validate="ignore")
            report.files.append((args.source, args.target))
    if args.report:
        pathlib.Path(args.report).write_text(f"{report}\n", encoding="utf-8")
    for path, why in report.skipped:
        say(f"left out: {path}: {why}")
    for text in report.warnings:
        say(f"warning: {text}")
    changed = sum(report.actions.values())
    say(f"{len(report.files)} file(s) written to {args.target}, {changed} elements treated")
    return 0
