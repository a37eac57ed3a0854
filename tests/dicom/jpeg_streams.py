"""JPEG frames written step by step, for what encoders seldom write; and images to encode."""

import struct

import numpy as np

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def segment(marker, body):
    """A marker segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + bytes(body)


def frame_header(marker, rows, columns, precision, components):
    """A frame header; `components` are (identifier, factor across, factor down, quantisation table)."""
    body = struct.pack(">BHHB", precision, rows, columns, len(components))
    return segment(marker, body + bytes(b for i, h, v, q in components for b in (i, h << 4 | v, q)))


def scan_header(components, first, last, approximation):
    """A scan header; `components` are (identifier, tables)."""
    body = [len(components)] + [b for pair in components for b in pair]
    return segment(0xDA, [*body, first, last, approximation])


def flat_table(place=0):
    """A Huffman table of the 17 magnitudes, all of five bits: the code of each is its own number."""
    return segment(0xC4, [place] + [0] * 4 + [17] + [0] * 11 + list(range(17)))


def pack(bits):
    """Entropy-coded bytes from a string of 0 and 1: ones to the byte's end, zeros stuffed."""
    bits += "1" * (-len(bits) % 8)
    data = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return data.replace(b"\xff", b"\xff\x00")


def code(difference):
    """A difference as bits, with `flat_table`."""
    size = abs(difference).bit_length()
    if size in (0, 16):
        return f"{size:05b}"
    value = difference if difference > 0 else difference + (1 << size) - 1
    return f"{size:05b}{value:0{size}b}"


def guess(plane, y, x, predictor, top, middle):
    """The prediction of T.81 section H.1.2.1; `top` is the first line since the last restart."""
    if x == 0:
        return middle if y == top else int(plane[y - 1, 0])
    a = int(plane[y, x - 1])
    if y == top:
        return a
    b, c = int(plane[y - 1, x]), int(plane[y - 1, x - 1])
    return [a, b, c, a + b - c, a + ((b - c) >> 1), b + ((a - c) >> 1), (a + b) >> 1][predictor - 1]


def lossless_scan(planes, factors, predictor, precision, restart_lines=0):
    """The entropy-coded bytes of a scan of `planes`, whose sizes are whole MCUs."""
    if len(planes) == 1:
        factors = [(1, 1)]
    down, across = planes[0].shape[0] // factors[0][1], planes[0].shape[1] // factors[0][0]
    out, bits, top, number = b"", "", 0, 0
    for row in range(down):
        if restart_lines and row and row % restart_lines == 0:
            out += pack(bits) + bytes([0xFF, 0xD0 + number % 8])
            bits, top, number = "", row, number + 1
        for column in range(across):
            for plane, (h, v) in zip(planes, factors, strict=True):
                for y in range(row * v, row * v + v):
                    for x in range(column * h, column * h + h):
                        want = guess(plane, y, x, predictor, top * v, 1 << (precision - 1))
                        difference = (int(plane[y, x]) - want + 32767) % 65536 - 32767
                        bits += code(difference)
    return out + pack(bits)


def lossless_frame(planes, predictor=1, precision=8):
    """A lossless frame of one scan; each plane has the frame's size."""
    rows, columns = planes[0].shape
    ids = range(1, len(planes) + 1)
    head = frame_header(0xC3, rows, columns, precision, [(i, 1, 1, 0) for i in ids])
    body = lossless_scan(planes, [(1, 1)] * len(planes), predictor, precision)
    scan = scan_header([(i, 0) for i in ids], predictor, 0, 0)
    return SOI + head + flat_table() + scan + body + EOI


def image(shape, precision, kind, seed=0):
    """An image of shape (rows, columns, samples): "noise", "flat", "smooth" or "extreme"."""
    rng = np.random.default_rng(seed)
    top = (1 << precision) - 1
    if kind == "noise":
        a = rng.integers(0, top + 1, shape)
    elif kind == "flat":
        a = np.full(shape, top // 3)
    elif kind == "extreme":
        a = rng.integers(0, 2, shape) * top
    else:
        y, x, c = np.ogrid[: shape[0], : shape[1], : shape[2]]
        a = (
            (np.sin(x / 7) + np.cos(y / 5) + 2) / 4 * top
            + c * top / 9
            + rng.normal(0, top / 200, shape)
        )
    return np.clip(a, 0, top).astype("u1" if precision <= 8 else "u2")


def decoded(codec, frame, dtype=None):
    """A frame decoded into an array of its own."""
    head = codec.header(frame)
    dtype = dtype or ("u1" if head.precision <= 8 else "u2")
    out = np.empty((head.rows, head.columns, head.samples), dtype)
    codec.decode(frame, out)
    return out


ZIGZAG = sorted(
    range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8)
)
SYMBOLS = [run << 4 | size for run in range(16) for size in range(15) if size or run in (0, 15)]
AC_TABLES = segment(0xC4, [0x10] + [0] * 7 + [len(SYMBOLS)] + [0] * 8 + SYMBOLS)


def magnitude(value):
    """(number of bits, these bits) of a coefficient."""
    size = abs(value).bit_length()
    return size, f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else ""


def dc_bits(block, last_dc):
    """A block's first coefficient as bits, with `flat_table`."""
    size, bits = magnitude(int(block[0]) - last_dc)
    return f"{size:05b}" + bits


def ac_bits(block, first, last):
    """A block's coefficients (in the order of rows) from the first to the last of the zig-zag, with `AC_TABLES`."""
    out, run = "", 0
    for k in ZIGZAG[first : last + 1]:
        if block[k] == 0:
            run += 1
            continue
        while run > 15:
            out, run = out + f"{SYMBOLS.index(0xF0):08b}", run - 16
        size, bits = magnitude(int(block[k]))
        out, run = out + f"{SYMBOLS.index(run << 4 | size):08b}" + bits, 0
    return out + (f"{SYMBOLS.index(0):08b}" if run else "")


def quant_table(steps, wide, place=0):
    """A quantisation table; `steps` in the order of rows."""
    steps = [int(steps[k]) for k in ZIGZAG]
    body = struct.pack(">64H", *steps) if wide else bytes(steps)
    return segment(0xDB, bytes([wide << 4 | place]) + body)


def dct_scan(blocks, restart=0):
    """The entropy-coded bytes of the blocks of one component; `restart` blocks make an interval."""
    out, bits, last, number = b"", "", 0, 0
    for k, block in enumerate(blocks):
        if restart and k and k % restart == 0:
            out += pack(bits) + bytes([0xFF, 0xD0 + number % 8])
            bits, last, number = "", 0, number + 1
        bits += dc_bits(block, last) + ac_bits(block, 1, 63)
        last = int(block[0])
    return out + pack(bits)


def samples_of(blocks, steps, precision, rows, columns):
    """The exact samples (unrounded) of one component's blocks."""
    from scipy.fft import idctn

    down, across = -(-rows // 8), -(-columns // 8)
    coefs = (np.asarray(blocks, float) * steps).reshape(down, across, 8, 8)
    plane = (
        idctn(coefs, axes=(2, 3), norm="ortho").transpose(0, 2, 1, 3).reshape(8 * down, 8 * across)
    )
    return np.clip(plane[:rows, :columns] + (1 << (precision - 1)), 0, (1 << precision) - 1)
