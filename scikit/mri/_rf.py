"""RF pulses and readouts."""

import dataclasses
import functools

import numpy as np

from scikit._core._arrays import as_array

USES = ("excitation", "refocusing", "inversion", "saturation", "preparation", "other", "undefined")


@dataclasses.dataclass(frozen=True, eq=False)
class Shape:
    """B1 in pieces that are constant or linear in time; may be shared by pulses.

    `edges` (n + 1,) are seconds from the start of the pulse; `values` (n,) complex, Hz, in the middle of
    the pieces; `slopes` (n,) complex, Hz/s.
    """

    edges: np.ndarray
    values: np.ndarray
    slopes: np.ndarray

    @functools.cached_property
    def content(self):
        """Equal for shapes that are the same."""
        return self.edges.tobytes(), self.values.tobytes(), self.slopes.tobytes()

    @property
    def area(self):
        """The integral of B1: turns, complex."""
        return complex(np.sum(self.values * np.diff(self.edges)))


def real_number(value, name, *, low=-np.inf, strict=False):
    """`value` as a finite float not below `low`, or an error that names it."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a real number, not {type(value).__name__}") from None
    if not np.isfinite(number):
        raise ValueError(f"`{name}` must be finite, not {number}")
    if number < low or (strict and number == low):
        raise ValueError(
            f"`{name}` must be {'above' if strict else 'at least'} {low:g}, not {number}"
        )
    return number


class RF:
    """An RF pulse.

    The field is ``B1x + i B1y = amplitude * exp(i (phase - 2 pi frequency (t - start)))``, in Hz; a pulse
    with a positive `frequency` meets the spins that have this positive off-resonance.

    Parameters
    ----------
    start : float
        Begin, seconds from the start of the sequence.
    duration : float
        Seconds.
    amplitude : complex or array_like of complex
        Hz (that is, gamma B1 / 2 pi). An array holds samples of equal length, constant each.
    phase : float
        Radians. A pulse of phase 0 turns Mz to +y.
    frequency : float
        Hz.
    use : str
        ``"excitation"``, ``"refocusing"``, ``"inversion"``, ``"saturation"``, ``"preparation"``,
        ``"other"`` or ``"undefined"``.
    center : float, optional
        When the pulse acts, seconds from its start; by default where its area is half reached.

    Raises
    ------
    TypeError, ValueError
        If a parameter is of the wrong type or not finite, or a duration is not positive.

    Examples
    --------
    >>> from scikit import mri
    >>> pulse = mri.RF(start=0, duration=1e-3, amplitude=250)
    >>> round(pulse.flip_angle)  # degrees
    90
    """

    def __init__(
        self, start, duration, amplitude, phase=0.0, *, frequency=0.0, use="undefined", center=None
    ):
        duration = real_number(duration, "duration", low=0.0, strict=True)
        samples = as_array(amplitude, "amplitude", np.complex128, ndim=(0, 1), finite=True)
        samples = np.atleast_1d(samples).copy()
        if samples.size == 0:
            raise ValueError("`amplitude` must not be empty")
        edges = np.linspace(0.0, duration, samples.size + 1)
        shape = Shape(edges, samples, np.zeros_like(samples))
        self._set(start, shape, phase, frequency, use, center)

    @classmethod
    def from_shape(cls, start, shape, phase=0.0, frequency=0.0, use="undefined", center=None):
        """A pulse of a given `Shape`, which is not copied."""
        pulse = cls.__new__(cls)
        pulse._set(start, shape, phase, frequency, use, center)
        return pulse

    def _set(self, start, shape, phase, frequency, use, center):
        if use not in USES:
            raise ValueError(f"`use` must be one of {', '.join(USES)}, not {use!r}")
        self.start = real_number(start, "start", low=0.0)
        self.shape = shape
        self.phase = real_number(phase, "phase")
        self.frequency = real_number(frequency, "frequency")
        self.use = use
        self._center = None if center is None else real_number(center, "center", low=0.0)

    def moved(self, start):
        """The same pulse at another time."""
        return RF.from_shape(start, self.shape, self.phase, self.frequency, self.use, self._center)

    @property
    def duration(self):
        """Seconds."""
        return float(self.shape.edges[-1])

    @property
    def amplitude(self):
        """The samples, complex, Hz, without `phase` and `frequency`."""
        return self.shape.values

    @property
    def flip_angle(self):
        """On resonance, without relaxation, degrees."""
        return 360.0 * abs(self.shape.area)

    @property
    def center(self):
        """When the pulse acts, seconds from its start."""
        if self._center is not None:
            return self._center
        weight = np.abs(self.shape.values) * np.diff(self.shape.edges)
        total = np.concatenate([[0.0], np.cumsum(weight)])
        if total[-1] == 0:
            return self.duration / 2
        return float(np.interp(total[-1] / 2, total, self.shape.edges))

    def waveform(self):
        """Times (2 n,) in seconds from the sequence's start and B1 (2 n,), complex, Hz."""
        s = self.shape
        half = np.diff(s.edges) / 2
        t = np.repeat(s.edges, 2)[1:-1]
        b = np.stack([s.values - s.slopes * half, s.values + s.slopes * half], axis=1).ravel()
        return self.start + t, b * np.exp(1j * (self.phase - 2 * np.pi * self.frequency * t))

    def __repr__(self):
        extra = f", frequency={self.frequency:g}" if self.frequency else ""
        return (
            f"RF(start={self.start:.6g} s, duration={self.duration:.6g} s, flip={self.flip_angle:.4g} deg, "
            f"phase={self.phase:.4g}{extra}, use={self.use!r})"
        )


class ADC:
    """A readout: when the signal is sampled, and the receiver's phase and frequency.

    Parameters
    ----------
    times : (n,) float64
        Seconds from the start of the sequence.
    start : float
        Where the receiver's phase counts from, seconds.
    phase, frequency : float
        The receiver's, radians and Hz.
    modulation : (n,) float64, optional
        A phase for every sample, radians.
    """

    def __init__(self, times, start=0.0, phase=0.0, frequency=0.0, modulation=None):
        self.times = times
        self.start = start
        self.phase = phase
        self.frequency = frequency
        self.modulation = modulation

    def demodulation(self):
        """What the samples are multiplied by, or None."""
        if self.phase == 0 and self.frequency == 0 and self.modulation is None:
            return None
        angle = self.phase + 2 * np.pi * self.frequency * (self.times - self.start)
        if self.modulation is not None:
            angle = angle + self.modulation
        return np.exp(1j * angle)

    def __repr__(self):
        n = len(self.times)
        span = f"{self.times[0]:.6g} to {self.times[-1]:.6g} s" if n else "none"
        return f"ADC({n} samples, {span}, phase={self.phase:.4g}, frequency={self.frequency:g})"
