"""Bare JPEG codecs on one frame: MB/s of samples is the frame's bytes over the time."""

import numpy as np

from scikit.dicom import _jpeg_cy, _jpegls_cy


def tomogram(edge=512):
    """A smooth object with noise, of 12 bits."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:edge, :edge] - edge / 2
    object_ = (
        1000 * np.exp(-((np.hypot(x, y) / edge / 0.35) ** 4))
        + 80 * np.sin(x / 9)
        + 60 * np.cos(y / 13)
    )
    return np.clip(object_ + rng.normal(0, 12, object_.shape) + 200, 0, 4095).astype("u2")


class Frame:
    """Encode and decode."""

    params = (
        [
            "lossless",
            "lossless predictor 6",
            "JPEG-LS",
            "JPEG-LS near 2",
            "baseline",
            "baseline 4:2:2",
        ],
    )
    param_names = ("codec",)

    def setup(self, name):
        deep = tomogram()
        colour = np.stack([deep >> 4] * 3, 2).astype("u1")
        self.codec = _jpegls_cy if "LS" in name else _jpeg_cy
        self.encode = {
            "lossless": lambda: _jpeg_cy.encode_lossless(deep),
            "lossless predictor 6": lambda: _jpeg_cy.encode_lossless(deep, predictor=6),
            "JPEG-LS": lambda: _jpegls_cy.encode(deep),
            "JPEG-LS near 2": lambda: _jpegls_cy.encode(deep, near=2),
            "baseline": lambda: _jpeg_cy.encode_baseline(colour),
            "baseline 4:2:2": lambda: _jpeg_cy.encode_baseline(colour, half_columns=True),
        }[name]
        self.frame = self.encode()
        head = self.codec.header(self.frame)
        kind = "u1" if head.precision <= 8 else "u2"
        self.out = np.empty((head.rows, head.columns, head.samples), kind)

    def time_decode(self, name):
        self.codec.decode(self.frame, self.out)

    def time_encode(self, name):
        self.encode()
