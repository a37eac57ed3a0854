"""What fuzzing begins with: for every target a function of its name that yields inputs."""

import io
import tempfile

import numpy as np

from scikit.dicom import (
    Dataset,
    _jpeg_cy,
    _jpegls_cy,
    _rle_cy,
    compress,
    dcmread,
    dcmwrite,
    uid,
    write_dicomdir,
    write_volume,
)


def jpeg(rng):
    """Frames of the encoders: lossless with every predictor, baseline of every sampling."""
    for predictor in range(1, 8):
        noise = rng.integers(0, 4096, (5, 7, 1 + predictor % 3), "u2")
        yield _jpeg_cy.encode_lossless(
            noise, precision=12, predictor=predictor, restart_rows=predictor % 3
        )
    ramp = (5 * np.arange(17)[:, None, None] + 3 * np.arange(19)[:, None] + np.arange(3)).astype(
        "u1"
    )
    for quality in (10, 50, 95):
        grey = _jpeg_cy.encode_baseline(ramp[..., 0], quality=quality)
        yield grey
        # The same coefficients under other headers: extended, progressive (wrong), two lines and columns a sample.
        yield grey.replace(b"\xff\xc0", b"\xff\xc1")
        yield grey.replace(b"\xff\xc0", b"\xff\xc2")
        yield _jpeg_cy.encode_baseline(ramp, quality=quality, half_columns=True, jfif=True)
        colour = _jpeg_cy.encode_baseline(ramp, quality=quality, adobe=1)
        yield colour
        for factors in (b"\x12", b"\x22", b"\x41"):
            yield colour.replace(b"\x01\x11\x00\x02", b"\x01" + factors + b"\x00\x02")


def jpegls(rng):
    """Frames of every interleaving, with and without loss, restarts and preset parameters."""
    for near in (0, 2):
        for samples, interleave in ((1, 0), (3, 0), (3, 1), (3, 2), (4, 2)):
            for precision in (4, 8, 12, 16):
                array = rng.integers(0, 1 << precision, (6, 9, samples)).astype(
                    "u1" if precision <= 8 else "u2"
                )
                options = {"precision": precision, "near": near, "interleave": interleave}
                yield _jpegls_cy.encode(array, restart_rows=2 * (precision == 12), **options)
    yield _jpegls_cy.encode(np.zeros((20, 40, 3), "u1"), interleave=2)
    yield _jpegls_cy.encode(
        np.repeat(np.arange(130, dtype="u1"), 6).reshape(20, 39), max_value=130, reset=31
    )


def rle(rng):
    """Frames of every number of segments, behind the two bytes that give the target their shape."""
    for dtype, size in (("u1", 1), ("u2", 2), ("u4", 4), ("u8", 8)):
        for samples in (1, 3) if size < 8 else (1,):
            image = rng.integers(0, 5, (3, 17, samples)).astype(dtype)
            code = _rle_cy.encode(image.reshape(-1).view("u1"), 3, 17, samples, size)
            yield bytes([samples - 1 + 4 * (size.bit_length() - 1), 3 * 17 - 1]) + code


def parse(rng):
    """Files in every encoding, with sequences."""
    for syntax in (
        uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian,
    ):  # fmt: skip
        inner, ds = Dataset(), Dataset()
        inner.CodeValue, inner.CodeMeaning = "T-A0100", "Brain"
        ds.PatientName, ds.Rows, ds.PixelSpacing = "A^B", 3, [1.5, 2]
        middle = Dataset()
        middle.ConceptCodeSequence = [inner, inner]
        ds.AnatomicRegionSequence = [middle]
        ds.PixelData = bytes(20)
        ds.file_meta.TransferSyntaxUID = syntax
        for undefined in (False, True):
            middle.is_undefined_length = inner.is_undefined_length = undefined
            ds["AnatomicRegionSequence"].is_undefined_length = undefined
            file = io.BytesIO()
            dcmwrite(file, ds)
            data = file.getvalue()
            yield data
            yield data[132:]


def groups(rng):
    """Sequences of per-frame functional groups, behind a byte of the parser's options."""
    for options, syntax in enumerate(
        (uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian)
    ):
        ds = Dataset()
        ds.PerFrameFunctionalGroupsSequence = frames = []
        for k in range(3):
            place, content, weight, way, frame = (Dataset() for _ in range(5))
            place.ImagePositionPatient = [1.5, -2, k]
            content.TemporalPositionIndex = k + 1
            way.DiffusionGradientOrientation = [0, 0.6, 0.8]
            weight.DiffusionGradientDirectionSequence = [way]
            frame.PlanePositionSequence, frame.FrameContentSequence = [place], [content]
            frame.MRDiffusionSequence = [weight]
            frames.append(frame)
        ds.PerFrameFunctionalGroupsSequence = frames
        ds.file_meta.TransferSyntaxUID = syntax
        file = io.BytesIO()
        dcmwrite(file, ds)
        data = file.getvalue()
        first = data.index(b"\xff\xfe\xe0\x00" if options == 2 else b"\xfe\xff\x00\xe0")
        yield bytes([options]) + data[first:]


heads = parse


def dataset(rng):
    """Small images, plain and compressed."""
    yield from parse(rng)
    for syntax in (uid.RLELossless, uid.JPEGLosslessSV1, uid.JPEGLSLossless):
        with tempfile.TemporaryDirectory() as folder:
            (path,) = write_volume(folder, rng.integers(0, 99, (1, 5, 7)).astype("i2"))
            ds = compress(dcmread(path), syntax)
        file = io.BytesIO()
        dcmwrite(file, ds)
        yield file.getvalue()


def json(rng):
    """Data sets in the DICOM JSON model."""
    for data in dataset(rng):
        yield dcmread(data, force=True).to_json().encode()


def dicomdir(rng):
    """A directory of three files."""
    with tempfile.TemporaryDirectory() as folder:
        write_volume(folder + "/MR", rng.integers(0, 99, (3, 2, 2)).astype("i2"))
        write_dicomdir(folder + "/MR", folder + "/CD")
        with open(folder + "/CD/DICOMDIR", "rb") as file:
            yield file.read()
