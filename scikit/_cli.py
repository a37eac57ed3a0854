"""The command line's top level: each subpackage adds its own commands."""

import argparse
import os
import sys


def build_parser():
    """The parser with the commands of all subpackages."""
    from scikit._version import __version__
    from scikit.dicom import _cli as dicom
    from scikit.mri import _cli as mri

    parser = argparse.ArgumentParser(
        prog="scikit", description="Simulate and process medical images."
    )
    parser.add_argument("--version", action="version", version=f"scikit {__version__}")
    areas = parser.add_subparsers(title="areas", metavar="AREA", required=True)
    for name, module, text in (
        ("mri", mri, "simulate MRI scans"),
        ("dicom", dicom, "read and convert DICOM files"),
    ):
        area = areas.add_parser(name, help=text, description=f"{text.capitalize()}.")
        module.add_commands(area.add_subparsers(title="commands", metavar="COMMAND", required=True))
    info = areas.add_parser("info", help="show how this copy was built and what it runs on")
    info.set_defaults(func=_show_info)
    return parser


def _show_info(args):  # noqa: ARG001
    from scikit._core._config import show_config

    show_config()
    return 0


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments; by default the process's own.

    Returns
    -------
    int
        0, or 2 after one line on stderr for bad input (130 after Ctrl-C).
    """
    args = build_parser().parse_args(argv)
    try:
        return args.func(args) or 0
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (OSError, ValueError, ImportError, MemoryError) as error:
        text = _one_line(error)
        sys.stderr.write(f"scikit: error: {text}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("scikit: interrupted\n")
        return 130


def _one_line(error):
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__
