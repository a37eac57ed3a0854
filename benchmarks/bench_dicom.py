"""Headers, folders and single frames; the data are made once."""

import io
import pathlib
import shutil
import tempfile

import numpy as np

from scikit.dicom import (
    Dataset,
    Volume,
    compress,
    dcmread,
    dcmwrite,
    frame_positions,
    pixel_array,
    read_volume,
    scan,
    uid,
    write_volume,
)

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


SYNTAXES = {
    "RLE": uid.RLELossless,
    "JPEG lossless": uid.JPEGLosslessSV1,
    "JPEG-LS": uid.JPEGLSLossless,
    "JPEG": uid.JPEGBaseline8Bit,
}


def slices(count=16, edge=512):
    """Smooth slices with noise, 12 bits."""
    z, y, x = np.mgrid[:count, :edge, :edge].astype(np.float32)
    body = 1200 * np.exp(-((((x / edge - 0.5) ** 2 + (y / edge - 0.5) ** 2) * 8) ** 2))
    waves = 80 * np.sin(x / 9 + z / 7) + 60 * np.cos(y / 13)
    noise = np.random.default_rng(0).normal(200, 12, z.shape)
    return np.clip(body + waves + noise, 0, 4095).astype(np.uint16)


def compressed(stack, syntax):
    """A multi-frame file of a stack; of its eight high bits where the transfer syntax holds no more."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7.3", "1.2.3"
    ds.NumberOfFrames, ds.Rows, ds.Columns = stack.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    if syntax == uid.JPEGBaseline8Bit:
        stack = (stack >> 4).astype(np.uint8)
    ds.BitsAllocated = 8 * stack.itemsize
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = ds.BitsAllocated, ds.BitsAllocated - 1, 0
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    compress(ds, syntax, stack)
    file = io.BytesIO()
    dcmwrite(file, ds)
    return file.getvalue()


class Codecs:
    """Compressed frames."""

    params = (list(SYNTAXES), [1, 2])
    param_names = ("transfer syntax", "workers")

    def setup(self, name, workers):
        self.stack = slices()
        self.data = compressed(self.stack, SYNTAXES[name])

    def time_decode(self, name, workers):
        pixel_array(self.data, raw=True, workers=workers)

    def time_encode(self, name, workers):
        compress(dcmread(self.data), SYNTAXES[name], workers=workers)


class Enhanced:
    """An enhanced multi-frame image of 400 frames in four volumes."""

    def setup(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        ds = dcmread(write_volume(self.root / "one", np.zeros((1, 512, 512), "i2"))[0])
        ds.SOPClassUID, ds.NumberOfFrames = "1.2.840.10008.5.1.4.1.1.4.1", 400
        frames = []
        for k in range(400):
            content, place, frame = Dataset(), Dataset(), Dataset()
            content.TemporalPositionIndex = k // 100 + 1
            place.ImagePositionPatient = [0, 0, 1.5 * (k % 100)]
            frame.FrameContentSequence, frame.PlanePositionSequence = [content], [place]
            frames.append(frame)
        ds.PerFrameFunctionalGroupsSequence = frames
        ds.PixelData = np.random.default_rng(1).integers(0, 4096, 400 * 512**2, "i2").tobytes()
        self.path = self.root / "enhanced.dcm"
        dcmwrite(self.path, ds)

    def teardown(self):
        shutil.rmtree(self.root)

    def time_positions(self):
        frame_positions(self.path)

    def time_one_frame(self):
        pixel_array(self.path, index=200).sum()

    def time_volume(self):
        read_volume(self.path)

    def time_volume_two_workers(self):
        read_volume(self.path, workers=2)


class Forms:
    """What a volume becomes."""

    def setup(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        rng = np.random.default_rng(0)
        self.volume = Volume(rng.integers(0, 4096, (100, 256, 256)).astype("i2"))

    def teardown(self):
        shutil.rmtree(self.root)

    def time_to_nifti(self):
        self.volume.to_nifti(self.root / "v.nii")

    def time_save_dicom(self):
        shutil.rmtree(self.root / "s", ignore_errors=True)
        self.volume.save_dicom(self.root / "s")

    def time_html(self):
        self.volume._repr_html_()
