"""From the pieces of an RF span to the rows of the kernel: step lengths, splitting corrections.

The kernel's own file (fortran/mri/sk_mri_rf.inc) has the mathematics; here are the bounds of what it leaves,
and the number of steps each piece is cut into to keep that below the promise.
"""

import dataclasses

import numpy as np

TWO_PI = 2 * np.pi
ROW = 18
#: Largest angle of one rotation: the kernel's polynomials hold up to 0.6.
MAX_ANGLE = 0.58
#: Most relaxation of one step, beyond which the series of the corrections is of no use.
MAX_RELAX = 0.45
#: What bounds of the remainders of one pulse may come to, each, in units of the equilibrium magnetization.
TOLERANCE = {"float64": 3e-10, "float32": 1e-6}
#: About the most steps of one pulse; reached by T1 or T2 far below the length of the pulse only.
MAX_STEPS = 1 << 18


@dataclasses.dataclass(frozen=True)
class Limits:
    """Bounds over all spins that the steps depend on."""

    reach: np.ndarray  # largest |x|, |y|, |z|, m
    df_low: float  # Hz
    df_high: float
    speed: np.ndarray  # largest |v|, m/s
    rate: float  # largest rate, 1/s
    tolerance: float

    @property
    def moving(self):
        return bool(np.any(self.speed > 0))


def rf_rows(edges, b, db, g, dg, frequency, limits):
    """Rows of the kernel for one RF span.

    Parameters
    ----------
    edges : (n + 1,) float64
        Seconds from the start of the span.
    b, db : (n,) complex128
        B1 in the middle of the pieces (Hz) and its slope (Hz/s).
    g, dg : (n, 3) float64
        Gradients in the middle (Hz/m) and their slopes.
    frequency : float
        Of the rotating frame, Hz.
    limits : Limits

    Returns
    -------
    rows : (m, 18) float64
    kind : int
        1 if there are slopes or moving spins, plus 2 if the second correction is used.
    """
    h = np.diff(edges)
    cuts = _cuts(h, b, db, g, dg, frequency, limits)
    part = np.repeat(np.arange(len(h)), cuts)
    place = np.arange(len(part)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    h = (h / cuts)[part]
    begin = edges[:-1][part] + place * h
    shift = (place + 0.5) * h - (h * cuts[part]) / 2
    db, dg = db[part], dg[part]
    b = b[part] + db * shift
    g = g[part] + dg * shift[:, None]
    n = len(h)
    rows = np.zeros((n + 2, ROW))
    turn = TWO_PI * h
    body = rows[2:]
    body[:, 0], body[:, 1] = turn * b.real, turn * b.imag
    body[:, 2:5] = turn[:, None] * g
    body[:, 5] = -turn * frequency
    body[:, 6] = turn
    body[:-1, 7] = (h[1:] + h[:-1]) / 2
    body[-1, 7] = rows[1, 7] = 0.0
    rows[1, 7] = h[0] / 2
    body[-1, 7] = h[-1] / 2
    body[:, 15] = begin + h / 2
    kind = 0
    if limits.moving or np.any(db) or np.any(dg):
        kind = 1
        slope = turn * h
        body[:, 10], body[:, 11] = slope * db.real, slope * db.imag
        body[:, 12:15] = slope[:, None] * dg
    left, right = turn * h * (b - db * h / 2) / 12, turn * h * (b + db * h / 2) / 12
    jump = np.concatenate([left, [0.0]]) - np.concatenate([[0.0], right])
    if (
        limits.rate * h.max() > 1.1 * MAX_RELAX
    ):  # where the series behind the corrections end, so do these
        return rows, kind
    if np.abs(jump).sum() * limits.rate > limits.tolerance / 4:
        # The first one acts before the first half step of relaxation, the last one after the last.
        rows[0, 8], rows[0, 9] = jump[0].real, jump[0].imag
        body[:, 8], body[:, 9] = jump[1:].real, jump[1:].imag
    twice = -turn * h**2 * b / 48
    if np.abs(twice).sum() * 2 * limits.rate**2 > limits.tolerance / 2:
        kind += 2
        second = np.concatenate([[0.0], twice]) + np.concatenate([twice, [0.0]])
        rows[0, 16:18] = second[0].real, second[0].imag
        body[:, 16], body[:, 17] = second[1:].real, second[1:].imag
    # A correction belongs between the two halves of the relaxation at its knot. Between equal short steps it
    # does not matter; elsewhere the second half becomes a row of its own.
    place = limits.rate**2 * np.maximum(h[1:], h[:-1]) * np.abs(jump[1:-1]) / 2
    if kind & 2 or place.sum() > limits.tolerance / 4:
        apart = np.flatnonzero((place > limits.tolerance / (8 * n)) | bool(kind & 2))
        second_half = np.zeros((len(apart), ROW))
        second_half[:, 7] = h[apart + 1] / 2
        body[apart, 7] = h[apart] / 2
        rows = np.insert(rows, apart + 3, second_half, axis=0)
    return rows, kind


def _cuts(h, b, db, g, dg, frequency, limits):
    """How many steps each piece is cut into, (n,) int64."""
    half = h / 2
    turn = TWO_PI * h
    df = max(abs(limits.df_low - frequency), abs(limits.df_high - frequency))
    top = np.abs(g) + np.abs(dg) * half[:, None]
    around_z = turn * (top @ limits.reach + df)
    around_b = turn * (np.abs(b) + np.abs(db) * half)
    angle = np.hypot(around_z, around_b)
    cuts = np.maximum(1, np.ceil(np.maximum(angle / MAX_ANGLE, h * limits.rate / MAX_RELAX)))
    # Fourth-order remainders, per piece; all fall with the fourth power of the number of steps.
    relax = h * limits.rate
    flow = turn * h * (np.abs(g) @ limits.speed)
    slope = turn * h * (np.abs(dg) @ limits.reach) + flow
    field = turn * b * h * angle**2
    jumps = np.abs(np.diff(np.concatenate([[0.0], field, [0.0]])))
    left = limits.rate * (jumps[1:] + jumps[:-1]) * 4 / 720
    left = left + relax**2 * around_b * angle**2 / 360 + relax**4 * around_b * 7 / 5760
    left = left + angle**2 * (around_b * slope + angle * turn * h * np.abs(db)) * 4 / 720
    if left.sum() > limits.tolerance:
        cuts = np.maximum(cuts, np.ceil((left * len(h) / limits.tolerance) ** 0.25))
    cuts = np.minimum(cuts, max(64, MAX_STEPS // len(h))).astype(np.int64)
    return _level(cuts, field * limits.rate * 4 / 720, limits.tolerance)


def _level(cuts, field, tolerance):
    """Raise cuts where neighbours differ too much.

    The remainders of neighbours cancel only as far as their steps are alike: `field` over the fourth power
    of the cuts jumps where the cuts do.
    """
    for _ in range(len(cuts)):
        scaled = field / cuts.astype(np.float64) ** 4
        uneven = np.flatnonzero(cuts[1:] != cuts[:-1])
        jumps = np.abs(scaled[uneven + 1] - scaled[uneven])
        wrong = uneven[jumps > tolerance / (4 * len(uneven) or 1)]
        if wrong.size == 0:
            break
        top = np.maximum(cuts[wrong], cuts[wrong + 1])
        np.maximum.at(cuts, wrong, top)
        np.maximum.at(cuts, wrong + 1, top)
    return cuts
