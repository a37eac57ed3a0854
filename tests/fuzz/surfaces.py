"""Targets above the kernels, for tools/fuzz.py: each takes any bytes and may raise `DicomError` only."""

import pathlib
import random
import tempfile

from scikit.dicom import Dataset, DicomError, dcmread, pixel_array, read_dicomdir


def dataset(data):
    """A file: every value of every level, the table, JSON, pixels."""
    ds = dcmread(data, force=True)
    for element in ds.iterall():
        element.repval  # noqa: B018 -- it may raise
    str(ds)
    ds.to_json()
    pixel_array(ds)


def dicomdir(data):
    """A DICOMDIR: all records; no file of theirs may lie outside the folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "DICOMDIR")
        path.write_bytes(data)
        (path.parent / "IM00001").write_bytes(b"")
        for record in read_dicomdir(path).walk():
            str(record)
            try:
                found = record.path
            except DicomError:
                continue
            if found is not None:
                assert pathlib.Path(folder).resolve() in pathlib.Path(found).resolve().parents


def json(data):
    """A data set in the DICOM JSON model, and back."""
    Dataset.from_json(data.decode("utf-8", "replace")).to_json()


TARGETS = {function.__name__: function for function in (dataset, dicomdir, json)}


def changed(data, others, rng):
    """Bytes changed at a few places at random."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at, length = rng.randrange(len(data) + 1), rng.randint(1, 16)
        kind = rng.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 2:
            del data[at : at + length]
        elif kind == 3:
            data[at:at] = data[at : at + length]
        elif kind == 4:
            data[at : at + length] = rng.choice((b"\0", b"\xff")) * rng.choice((1, 2, 4))
        else:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            data[at : at + length] = other[start : start + rng.randint(1, 64)]
    return bytes(data)


def fuzz(name, inputs, ended, seed):
    """Run a target until `ended()`; gives (runs, an input that fails and its error, or None)."""
    target, rng, runs = TARGETS[name], random.Random(seed), 0
    queue = list(inputs)
    while queue or not ended():
        data = queue.pop() if queue else changed(rng.choice(inputs), inputs, rng)
        runs += 1
        try:
            target(data)
        except DicomError:
            pass
        except Exception as error:
            return runs, (data, error)
    return runs, None
