"""Piecewise linear waveforms with jumps, and their exact integrals."""

import numpy as np

#: Times closer than this, in seconds, are one time.
TIME_EPS = 1e-10


class PiecewiseLinear:
    """A waveform through knots, linear between them, zero outside; repeated times are jumps.

    Parameters
    ----------
    times : (n,) float64
        Not decreasing, seconds.
    values : (n,) float64
        The waveform at the knots.
    """

    def __init__(self, times, values):
        if len(times) == 0:
            times, values = np.zeros(1), np.zeros(1)
        # A knot of zero on either side makes the waveform zero outside.
        self.times = t = np.concatenate([times[:1], times, times[-1:]])
        self.values = v = np.concatenate([[0.0], values, [0.0]])
        dt = np.diff(t)
        self._slopes = np.divide(np.diff(v), dt, out=np.zeros_like(dt), where=dt > 0)
        zeroth = dt * (v[:-1] + v[1:]) / 2
        # The integral of (t - t_i) g(t) over a segment, then moved to the origin of time.
        first = dt**2 * (v[:-1] + 2 * v[1:]) / 6 + t[:-1] * zeroth
        self._zeroth = np.concatenate([[0.0], np.cumsum(zeroth)])
        self._first = np.concatenate([[0.0], np.cumsum(first)])

    def _segment(self, t):
        i = np.searchsorted(self.times, t, side="right") - 1
        return np.clip(i, 0, len(self.times) - 1)

    def _at(self, i):
        """Values and slopes right of the knots `i`; zero after the last one."""
        inside = i < len(self._slopes)
        j = np.minimum(i, len(self._slopes) - 1)
        return np.where(inside, self.values[i], 0.0), np.where(inside, self._slopes[j], 0.0)

    def value(self, t):
        """The waveform and its slope at `t`, just right of a jump."""
        t = np.asarray(t, dtype=np.float64)
        i = self._segment(t)
        value, slope = self._at(i)
        outside = t < self.times[0]
        value = value + slope * (t - self.times[i])
        return np.where(outside, 0.0, value), np.where(outside, 0.0, slope)

    def moments(self, t):
        """Integrals from minus infinity to `t` of g(s) and of s g(s)."""
        t = np.asarray(t, dtype=np.float64)
        i = self._segment(t)
        value, slope = self._at(i)
        d = np.maximum(t - self.times[i], 0.0)
        zeroth = d * (value + slope * d / 2)
        first = d**2 * (value / 2 + slope * d / 3) + self.times[i] * zeroth
        return self._zeroth[i] + zeroth, self._first[i] + first

    def knots_between(self, start, stop):
        """Times of the knots strictly between two times."""
        low, high = np.searchsorted(self.times, [start, stop])
        return self.times[low:high]


def join(pieces):
    """Waveforms after one another as one list of knots; zero in the gaps.

    Parameters
    ----------
    pieces : iterable of (times, values)
        In the order of time.

    Returns
    -------
    times, values : ndarray
    """
    times, values = [], []
    end = None
    for t, v in pieces:
        if len(t) == 0:
            continue
        if end is not None and t[0] - end > TIME_EPS:
            times.append(np.array([end, t[0]]))
            values.append(np.zeros(2))
        times.append(t)
        values.append(v)
        end = t[-1]
    if not times:
        return np.zeros(0), np.zeros(0)
    # Blocks begin at sums of durations: rounding must not turn time back.
    return np.maximum.accumulate(np.concatenate(times)), np.concatenate(values)


def rotate(matrix, axes):
    """Three waveforms mixed by a 3 x 3 matrix.

    Parameters
    ----------
    matrix : (3, 3) array
    axes : sequence of three (times, values)
        Empty arrays for an axis without a waveform.

    Returns
    -------
    list of three (times, values)
    """
    waves = [PiecewiseLinear(t, v) for t, v in axes if len(t)]
    if not waves:
        return list(axes)
    knots = np.unique(np.concatenate([np.round(w.times, 12) for w in waves]))
    middle = (knots[1:] + knots[:-1]) / 2
    left, right = [], []
    for t, v in axes:
        wave = PiecewiseLinear(t, v)
        value, slope = wave.value(middle)
        half = np.diff(knots) / 2
        left.append(value - slope * half)
        right.append(value + slope * half)
    left, right = matrix @ np.array(left), matrix @ np.array(right)
    times = np.repeat(knots, 2)[1:-1]
    mixed = []
    for a, b in zip(left, right, strict=True):
        values = np.stack([a, b], axis=1).ravel()
        mixed.append((times, values) if np.any(values) else (np.zeros(0), np.zeros(0)))
    return mixed
