"""Write small JPEG and JPEG-LS frames of every kind as seeds: make_jpeg_seeds.py FOLDER (gets jpeg/ and jpegls/)."""

import pathlib
import sys

import numpy as np

from scikit.dicom import _jpeg_cy, _jpegls_cy


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


def main(folder):
    for make in (jpeg, jpegls):
        place = pathlib.Path(folder) / make.__name__
        place.mkdir(parents=True, exist_ok=True)
        for k, frame in enumerate(make(np.random.default_rng(0))):
            (place / f"{k:03d}").write_bytes(frame)


if __name__ == "__main__":
    main(*sys.argv[1:])
