"""Headers, folders and single frames; the data are made once."""

import pathlib
import shutil
import tempfile

import numpy as np

from scikit.dicom import dcmread, dcmwrite, pixel_array, read_volume, scan, write_volume

TAGS = ["SeriesInstanceUID", "ImagePositionPatient", "InstanceNumber", "Rows", "PixelSpacing"]


class Folder:
    """A folder of slices."""

    params = ([(200, 256), (100, 512)],)
    param_names = ("slices and edge",)

    def setup(self, shape):
        count, edge = shape
        rng = np.random.default_rng(0)
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.array = rng.integers(0, 4096, (count, edge, edge)).astype("i2")
        self.files = write_volume(self.root / "series", self.array)

    def teardown(self, shape):
        shutil.rmtree(self.root)

    def time_headers_one_by_one(self, shape):
        for path in self.files:
            ds = dcmread(path, stop_before_pixels=True)
            [ds.get(tag) for tag in TAGS]

    def time_scan(self, shape):
        scan(self.root / "series", tags=TAGS)

    def time_volume(self, shape):
        read_volume(self.root / "series", rescale=False)

    def time_volume_two_workers(self, shape):
        read_volume(self.root / "series", rescale=False, workers=2)

    def time_write_volume(self, shape):
        shutil.rmtree(self.root / "again", ignore_errors=True)
        write_volume(self.root / "again", self.array)


class MultiFrame:
    """One file with many frames."""

    def setup(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        write_volume(self.root / "one", np.zeros((1, 512, 512), "i2"))
        ds = dcmread(self.root / "one" / "IM00001.dcm")
        ds.NumberOfFrames = 200
        ds.PixelData = np.random.default_rng(1).integers(0, 4096, 200 * 512**2, "i2").tobytes()
        self.path = self.root / "multi.dcm"
        dcmwrite(self.path, ds)

    def teardown(self):
        shutil.rmtree(self.root)

    def time_one_frame(self):
        pixel_array(self.path, index=100).sum()

    def time_all_frames(self):
        pixel_array(self.path).sum()

    def time_rewrite(self):
        dcmwrite(self.root / "again.dcm", dcmread(self.path))
