"""Where files come from: folders, lists of paths, members of zip archives."""

import os
import threading
import zipfile
import zlib

from scikit.dicom import _limits
from scikit.dicom._errors import DamagedError, LimitError

#: Most members of an archive.
MEMBERS = 1_000_000
_PIECE = 1 << 24


class Member:
    """A file inside a zip archive. It is read in memory; its name is only ever shown.

    Parameters
    ----------
    archive : str
        Path of the archive.
    opened : zipfile.ZipFile
        It, opened; shared by its members.
    info : zipfile.ZipInfo
        Which member.
    """

    __slots__ = ("archive", "info", "limits", "opened")

    def __init__(self, archive, opened, info):
        self.archive, self.opened, self.info = archive, opened, info
        self.limits = _limits.current()  # threads that read do not see the caller's

    def __str__(self):
        return f"{self.archive}/{self.info.filename}"

    __repr__ = __str__

    def __eq__(self, other):
        return isinstance(other, Member) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    def __lt__(self, other):
        return str(self) < str(other)

    def read(self, most=None):
        """The member's bytes, or the first `most` of them.

        Raises
        ------
        LimitError
            If it inflates to more than the `limits` allow.
        DamagedError
            If it is damaged or encrypted.
        """
        size, packed = self.info.file_size, self.info.compress_size
        if size > self.limits.inflated(packed):
            raise LimitError(f"the archive's member inflates from {packed} to {size} bytes")
        try:
            with self.opened.open(self.info) as file:
                # Never more than was declared, so that the check above holds; in pieces, so that
                # an interrupt is answered.
                left = size if most is None else min(most, size)
                parts = []
                while left > 0 and (part := file.read(min(left, _PIECE))):
                    parts.append(part)
                    left -= len(part)
                return parts[0] if len(parts) == 1 else b"".join(parts)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as e:
            raise DamagedError(f"the archive's member cannot be read: {e}") from None


def find(source):
    """(files, were they named one by one?): what a folder, file, archive or list of them holds.

    Parameters
    ----------
    source : str, path, object with ``paths``, or sequence of str, path or Member
        What the user passes.

    Returns
    -------
    list of str or Member
    bool
    """
    if hasattr(source, "paths"):
        source = source.paths
    if isinstance(source, (str, os.PathLike)):
        path = _text(source)
        if os.path.isdir(path):
            return _walk(path), False
        os.stat(path)  # a missing one is an OSError that says so
        if _is_zip(path):
            return _members(path), False
        return [path], True
    if isinstance(source, Member):
        return [source], True
    if isinstance(source, (bytes, bytearray, dict, int, float)) or source is None:
        raise _unsuitable(source)
    try:
        parts = list(source)
    except TypeError:
        raise _unsuitable(source) from None
    files = []
    for part in parts:
        if isinstance(part, Member):
            files.append(part)
        elif isinstance(part, (str, os.PathLike)):
            files.append(_text(part))
        else:
            raise _unsuitable(part)
    return files, True


def check_new_folder(path, advice=""):
    """FileExistsError if something is at `path` other than an empty folder."""
    if os.path.lexists(path) and (not os.path.isdir(path) or os.listdir(path)):
        raise FileExistsError(f"{os.fsdecode(path)} exists and is not an empty folder{advice}")


def _unsuitable(source):
    return TypeError(
        "`folder_or_files` must be a folder, a file, a zip archive or a sequence of files, "
        f"not {type(source).__name__}"
    )


def _text(path):
    path = os.fspath(path)
    return os.fsdecode(path) if isinstance(path, bytes) else path


def _walk(folder):
    found, pending = [], [folder]
    while pending:
        inner = []
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                # Links to folders are not followed: they may lead in a circle.
                if entry.is_dir(follow_symlinks=False):
                    inner.append(entry.path)
                else:
                    found.append(entry.path)
        pending += reversed(inner)
    return found


def _is_zip(path):
    with open(path, "rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _members(path):
    try:
        opened = _Archive(path)
        infos = opened.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise DamagedError(f"{path}: the archive cannot be read: {error}") from None
    if len(infos) > MEMBERS:
        raise LimitError(f"{path}: the archive has {len(infos)} members; at most {MEMBERS}")
    infos = sorted((info for info in infos if not info.is_dir()), key=lambda info: info.filename)
    return [Member(path, opened, info) for info in infos]


class _Archive(zipfile.ZipFile):
    """An archive whose handle goes with the last of its members."""

    def __init__(self, path):
        self._guard = threading.Lock()
        super().__init__(path)

    def open(self, *args, **kwargs):
        with self._guard:  # opening a member moves the shared handle
            return super().open(*args, **kwargs)
