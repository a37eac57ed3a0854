"""Pictures of a volume: three planes through its middle."""

import base64
import html
import struct
import zlib

import numpy as np

from scikit._core._extras import require

_TITLES = ("rows and columns", "slices and columns", "slices and rows")
_EDGE = 240  # pixels of a picture on a page


def middle(volume):
    """[(title, image, height, width in mm)] of the three planes through the middle.

    Images show the first volume of the fourth axis; slices ascend upwards.
    """
    array = volume.array
    lead = array.ndim - 3 - (volume.samples > 1)
    for _ in range(lead):
        array = array[0]
    k, j, i = (n // 2 for n in array.shape[:3])
    dz, dy, dx = volume.spacing
    nz, ny, nx = array.shape[:3]
    images = (array[k], array[::-1, j], array[::-1, :, i])
    sizes = ((ny * dy, nx * dx), (nz * dz, nx * dx), (nz * dz, ny * dy))
    return [(t, im, *s) for t, im, s in zip(_TITLES, images, sizes, strict=True)]


def grey(image, low, high):
    """Values as bytes, low to black and high to white."""
    image = np.nan_to_num(np.asarray(image, float), nan=low, posinf=high, neginf=low)
    scale = 255.0 / (high - low) if high > low else 0.0
    return np.clip(np.rint((image - low) * scale), 0, 255).astype(np.uint8)


def limits(images):
    """Grey limits for images together: the 1st and 99.5th percentile."""
    values = np.concatenate([np.asarray(im, float).reshape(-1) for im in images])
    values = values[np.isfinite(values)]
    return tuple(np.percentile(values, (1, 99.5))) if values.size else (0.0, 1.0)


def png(image):
    """A uint8 image, (rows, columns) grey or (rows, columns, 3) RGB, as a PNG file's bytes."""
    image = np.ascontiguousarray(image, np.uint8)
    rows, columns = image.shape[:2]
    lines = np.zeros((rows, 1 + image.size // rows), np.uint8)  # a zero first: no filter
    lines[:, 1:] = image.reshape(rows, -1)
    colour = 2 if image.ndim == 3 else 0

    def chunk(kind, data):
        tail = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + tail

    head = struct.pack(">IIBBBBB", columns, rows, 8, colour, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def page(volume):
    """HTML: three planes and what the volume is."""
    planes = middle(volume)
    low, high = limits([image for _, image, _, _ in planes])
    largest = max(max(height, width) for _, _, height, width in planes)
    cells = []
    for title, image, height, width in planes:
        if image.ndim == 2 or image.dtype != np.uint8 or image.shape[-1] != 3:
            image = grey(image if image.ndim == 2 else image[..., 0], low, high)
        step = max(1, max(image.shape[:2]) // 512)
        data = base64.b64encode(png(image[::step, ::step])).decode()
        size = (max(1, round(_EDGE * v / largest)) for v in (width, height))
        style = "width:{}px;height:{}px".format(*size)
        cells.append(
            f'<td style="vertical-align:bottom"><img alt="{title}" style="{style}" '
            f'src="data:image/png;base64,{data}"><br>{title}</td>'
        )
    text = [repr(volume), *volume.report.notes]
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in text)
    return f"<div><table><tr>{''.join(cells)}</tr></table>{lines}</div>"


def plot(volume, figure):
    """Draw the three planes into a matplotlib figure; a new one where `figure` is None."""
    if figure is None:
        require("matplotlib", "plot", "Volume.plot")
        from matplotlib import pyplot

        figure = pyplot.figure(figsize=(10, 4), layout="constrained")
    planes = middle(volume)
    low, high = limits([image for _, image, _, _ in planes])
    axes = figure.subplots(1, 3)
    for k, (place, plane) in enumerate(zip(axes, planes, strict=True)):
        title, image, height, width = plane
        extent = (0, width, 0, height) if k else (0, width, height, 0)  # rows go down, slices up
        place.imshow(image, cmap="gray", vmin=low, vmax=high, extent=extent)
        place.set_title(title)
        place.set_xlabel("mm")
    return figure
