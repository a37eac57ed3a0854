"""What the commands of scikit dicom share: options, progress, lines of text."""

import importlib.util
import sys


def common(parser):
    """The options of commands that take a while."""
    parser.add_argument("--workers", type=int, help="threads; -1: as many as processors")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def progress(args):
    """A bar on a terminal that people look at, if tqdm is there."""
    return bool(
        not args.quiet and sys.stderr.isatty() and importlib.util.find_spec("tqdm") is not None
    )


def say(line):
    """Print a line, without the control sequences of terminals that text from files could hold."""
    print("".join(c if c.isprintable() or c == "\n" else "?" for c in line))  # noqa: T201
