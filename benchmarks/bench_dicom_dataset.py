"""Data sets as such: nested items, text, JSON, de-identification, writing; the data are made once."""

import io
import pathlib
import shutil
import tempfile

import numpy as np

from scikit.dicom import (
    Dataset,
    dcmread,
    dcmwrite,
    deidentify,
    read_dicomdir,
    write_dicomdir,
    write_volume,
)


def nested(count):
    """A file with a sequence of `count` items, a sequence in each."""
    ds = Dataset()
    items = []
    for number in range(count):
        position, item = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, number]
        item.PlanePositionSequence = [position]
        items.append(item)
    ds.PatientName, ds.PerFrameFunctionalGroupsSequence = "Doe^Jane", items
    file = io.BytesIO()
    dcmwrite(file, ds)
    return file.getvalue()


class Nested:
    """A data set with 10,000 items of two levels."""

    def setup(self):
        self.data = nested(10_000)
        self.ds = dcmread(self.data)
        self.json = self.ds.to_json()
        list(self.ds.iterall())

    def time_one_item(self):
        ds = dcmread(self.data)
        ds.PerFrameFunctionalGroupsSequence[5000].PlanePositionSequence[0].get(
            "ImagePositionPatient"
        )

    def time_all_items(self):
        for item in dcmread(self.data).PerFrameFunctionalGroupsSequence:
            item.PlanePositionSequence[0].get("ImagePositionPatient")

    def time_rewrite_untouched(self):
        dcmwrite(io.BytesIO(), dcmread(self.data))

    def time_write_touched(self):
        dcmwrite(io.BytesIO(), self.ds)

    def time_to_json(self):
        self.ds.to_json()

    def time_from_json(self):
        Dataset.from_json(self.json)

    def time_deidentify(self):
        deidentify(self.ds)


class Disc:
    """A DICOMDIR of 500 files."""

    def setup(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        write_volume(self.root / "series", np.zeros((500, 8, 8), "i2"))
        write_dicomdir(self.root / "series", self.root / "disc")

    def teardown(self):
        shutil.rmtree(self.root)

    def time_read(self):
        sum(1 for _ in read_dicomdir(self.root / "disc"))

    def time_write(self):
        shutil.rmtree(self.root / "again", ignore_errors=True)
        write_dicomdir(self.root / "series", self.root / "again")
