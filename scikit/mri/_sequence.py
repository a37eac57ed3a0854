"""Pulse sequences: blocks of RF, gradients and readouts."""

import functools
import itertools

import numpy as np

from scikit._core._arrays import as_array
from scikit.mri._rf import ADC, RF
from scikit.mri._waveforms import TIME_EPS, PiecewiseLinear, join

AXES = ("gx", "gy", "gz")
_NOTHING = (np.zeros(0), np.zeros(0))


class Block:
    """A part of a sequence: RF pulses, gradients and a readout that begin together.

    Attributes
    ----------
    start, duration : float
        Seconds; `start` counts from the start of the sequence.
    rf : RF or None
        The first (in Pulseq the only) pulse; `rfs` has all.
    adc : ADC or None
    labels : dict of str to int
        The counters and flags in force in this block (LIN, SLC, ...).
    """

    def __init__(self, start, duration, rfs=(), gradients=(), adc=None, labels=None):
        self.start = start
        self.duration = duration
        self.rfs = tuple(rfs)
        self._gradients = dict(zip(AXES, gradients, strict=True)) if gradients else {}
        self.adc = adc
        self.labels = labels or {}

    @property
    def rf(self):
        """The first pulse, or None."""
        return self.rfs[0] if self.rfs else None

    def gradient(self, axis):
        """Knots of a gradient: linear between them, jumps where a time is repeated, zero outside.

        Parameters
        ----------
        axis : {"gx", "gy", "gz"}

        Returns
        -------
        times : (n,) float64
            Seconds from the start of the sequence.
        values : (n,) float64
            Hz/m.
        """
        if axis not in AXES:
            raise ValueError(f"`axis` must be one of {', '.join(AXES)}, not {axis!r}")
        times, values = self._gradients.get(axis, _NOTHING)
        if len(times) == 0:
            return np.array([self.start, self.start + self.duration]), np.zeros(2)
        return self.start + times, values.copy()

    def knots(self, axis):
        """As `gradient`, but empty where there is none."""
        times, values = self._gradients.get(axis, _NOTHING)
        return (self.start + times, values) if len(times) else _NOTHING

    def __repr__(self):
        parts = [f"start={self.start:.6g} s", f"duration={self.duration:.6g} s"]
        parts += [repr(rf) for rf in self.rfs]
        parts += [axis for axis in AXES if len(self._gradients.get(axis, _NOTHING)[0])]
        parts += [repr(self.adc)] if self.adc is not None else []
        return f"Block({', '.join(parts)})"


class Sequence:
    """An MRI pulse sequence.

    Made by `Sequence.read` from a Pulseq file or by `Sequence.from_waveforms`.

    Attributes
    ----------
    blocks : list of Block
    definitions : dict
        The definitions of a Pulseq file: numbers, arrays of numbers, or strings.
    duration : float
        Seconds. A file whose blocks all last 0 (labels only) takes one raster of its blocks, the shortest
        time that a scanner plays.
    version : tuple of int or None
        Version of the file's format.

    Notes
    -----
    Sequences do not change after they have been made, and may be used by several threads.

    Examples
    --------
    >>> from scikit import mri
    >>> pulse = mri.RF(start=0, duration=1e-4, amplitude=2500)
    >>> seq = mri.Sequence.from_waveforms(rf=[pulse], gx=[[0, 1e5], [2e-3, 1e5]], adc=[1e-3])
    >>> seq.kspace().round(3)  # 1/m, from the middle of the pulse
    array([[95.,  0.,  0.]])
    """

    def __init__(self, blocks, definitions=None, version=None):
        self.blocks = list(blocks)
        self.definitions = dict(definitions or {})
        self.version = version
        end = max((b.start + b.duration for b in self.blocks), default=0.0)
        self.duration = (
            end or (self.blocks and float(self.definitions.get("BlockDurationRaster", 0))) or 0.0
        )

    @classmethod
    def read(cls, path, *, b0=1.5):
        """Read a Pulseq file, version 1.2 to 1.5.

        Parameters
        ----------
        path : path-like
            The ``.seq`` file.
        b0 : float
            Field strength in tesla, for frequencies and phases that a 1.5 file gives in ppm.

        Returns
        -------
        Sequence

        Raises
        ------
        PulseqError
            A ``ValueError`` that names the line, if the file is not a valid Pulseq file.
        OSError
            If the file cannot be read.

        Warns
        -----
        UserWarning
            For extensions and sections that are unknown, and skipped.

        Notes
        -----
        The phases of Pulseq are those of a right-handed frame, where spins of positive off-resonance
        turn counter-clockwise. In the frame of this package (see `simulate`) they turn clockwise: RF
        phases and the receiver's phase change their sign together, so that a positive frequency of a
        pulse meets a positive off-resonance, and a slice lies where it was planned.

        References
        ----------
        .. [1] Layton KJ et al. Pulseq: a rapid and hardware-independent pulse sequence prototyping
               framework. Magn Reson Med 2017;77:1544. :doi:`10.1002/mrm.26235`

        Examples
        --------
        >>> from scikit import mri
        >>> mri.Sequence.read("no such file.seq")
        Traceback (most recent call last):
        FileNotFoundError: [Errno 2] No such file or directory: 'no such file.seq'
        """
        from scikit.mri._pulseq import read_pulseq

        return read_pulseq(path, b0=b0)

    @classmethod
    def from_waveforms(cls, *, rf=(), gx=None, gy=None, gz=None, adc=None):
        """A sequence from its waveforms.

        Parameters
        ----------
        rf : sequence of RF
            Pulses that do not overlap.
        gx, gy, gz : (n, 2) array_like, optional
            Knots of the gradients: time in s (not decreasing; a repeated time is a jump) and value in
            Hz/m. Linear between the knots, zero outside.
        adc : (n,) array_like, optional
            Times of the samples in s, not decreasing.

        Returns
        -------
        Sequence

        Raises
        ------
        TypeError, ValueError
            If an argument is of the wrong type or shape, is not finite, or goes back in time.

        Examples
        --------
        >>> from scikit import mri
        >>> pulse = mri.RF(start=0, duration=1e-4, amplitude=2500)
        >>> mri.Sequence.from_waveforms(rf=[pulse], adc=[1e-3, 2e-3])
        Sequence(1 block, 0.002 s, 1 RF pulse, 2 samples)
        """
        pulses = [rf] if isinstance(rf, RF) else list(rf)
        for pulse in pulses:
            if not isinstance(pulse, RF):
                raise TypeError(f"`rf` must hold RF objects, not {type(pulse).__name__}")
        pulses.sort(key=lambda pulse: pulse.start)
        for a, b in itertools.pairwise(pulses):
            if b.start < a.start + a.duration - TIME_EPS:
                raise ValueError(f"`rf`: the pulses at {a.start:g} s and {b.start:g} s overlap")
        gradients = [_knots(g, name) for g, name in ((gx, "gx"), (gy, "gy"), (gz, "gz"))]
        times = (
            np.zeros(0)
            if adc is None
            else as_array(adc, "adc", np.float64, ndim=1, finite=True).copy()
        )
        if times.size and (times[0] < 0 or np.any(np.diff(times) < 0)):
            raise ValueError("`adc`: times must be positive and must not decrease")
        ends = [p.start + p.duration for p in pulses] + [
            float(t[-1]) for t, _ in gradients if len(t)
        ]
        ends += [float(times[-1])] if times.size else []
        readout = ADC(times, start=float(times[0])) if times.size else None
        return cls([Block(0.0, max(ends, default=0.0), pulses, gradients, readout)])

    @property
    def rf(self):
        """All pulses, in order."""
        return [pulse for block in self.blocks for pulse in block.rfs]

    @property
    def readouts(self):
        """All readouts (ADC), in order."""
        return [
            block.adc for block in self.blocks if block.adc is not None and len(block.adc.times)
        ]

    @functools.cached_property
    def adc_times(self):
        """Times of all samples, (n,) float64, seconds from the start of the sequence."""
        readouts = self.readouts
        return np.concatenate([a.times for a in readouts]) if readouts else np.zeros(0)

    @functools.cached_property
    def gradients(self):
        """The three gradients over the whole sequence (PiecewiseLinear)."""
        return [PiecewiseLinear(*join(b.knots(axis) for b in self.blocks)) for axis in AXES]

    def demodulation(self):
        """The receiver's factors for all samples, (n,) complex128, or None if all are 1."""
        parts = [(a, a.demodulation()) for a in self.readouts]
        if all(d is None for _, d in parts):
            return None
        return np.concatenate([np.ones(len(a.times)) if d is None else d for a, d in parts])

    def waveforms(self):
        """The waveforms of the whole sequence, for plotting.

        Returns
        -------
        dict
            ``"rf"``: times (s) and complex B1 (Hz), NaN between pulses; ``"gx"``, ``"gy"``, ``"gz"``:
            times (s) and values (Hz/m) of the knots; ``"adc"``: times of the samples (s).
        """
        gap = [(np.array([np.nan]), np.array([np.nan + 0j]))]
        parts = [part for pulse in self.rf for part in [pulse.waveform(), *gap]]
        t, b = (
            (np.concatenate(x) for x in zip(*parts, strict=True))
            if parts
            else (np.zeros(0), np.zeros(0, complex))
        )
        waves = {axis: (g.times, g.values) for axis, g in zip(AXES, self.gradients, strict=True)}
        return {"rf": (t, b), **waves, "adc": self.adc_times}

    def uses(self):
        """What each pulse of `rf` is for; deduced where the file does not say.

        Without a word from the file a pulse of up to 90 degrees excites, a larger one refocuses; one
        with a frequency and no gradient saturates, and a large one before the first excitation inverts.
        """
        found = []
        for pulse in self.rf:
            use = pulse.use
            if use == "undefined":
                span = [pulse.start, pulse.start + pulse.duration]
                graded = any(g.value(np.mean(span))[0] != 0 for g in self.gradients)
                if pulse.frequency != 0 and not graded and pulse.duration >= 2e-3:
                    use = "saturation"
                elif pulse.flip_angle <= 90.01:
                    use = "excitation"
                else:
                    use = "refocusing" if "excitation" in found else "inversion"
            found.append(use)
        return found

    def kspace(self):
        """The k-space trajectory at the samples.

        Returns
        -------
        (n, 3) float64
            1/m. Zero in the middle of the last excitation, and with its sign changed by refocusing.
        """
        times = self.adc_times

        def at(t):
            return np.stack([g.moments(t)[0] for g in self.gradients], axis=-1)

        k = at(times)
        offset, begin = np.zeros(3), 0
        out = np.empty_like(k)
        for pulse, use in zip(self.rf, self.uses(), strict=True):
            if use not in ("excitation", "refocusing"):
                continue
            center = pulse.start + pulse.center
            end = int(np.searchsorted(times, center))
            out[begin:end] = k[begin:end] - offset
            begin, here = end, at(center)
            # Before a refocusing pulse k was here - offset; after it, minus that.
            offset = here if use == "excitation" else 2 * here - offset
        out[begin:] = k[begin:] - offset
        return out

    def __repr__(self):
        n, p, s = len(self.blocks), len(self.rf), len(self.adc_times)
        name = self.definitions.get("Name")
        name = f"{name!r}, " if name else ""
        return (
            f"Sequence({name}{n} block{'s' * (n != 1)}, {self.duration:.6g} s, "
            f"{p} RF pulse{'s' * (p != 1)}, {s} sample{'s' * (s != 1)})"
        )


def _knots(gradient, name):
    if gradient is None:
        return _NOTHING
    knots = as_array(gradient, name, np.float64, shape=(None, 2), finite=True)
    times, values = knots[:, 0].copy(), knots[:, 1].copy()
    if times.size and (times[0] < 0 or np.any(np.diff(times) < 0)):
        raise ValueError(f"`{name}`: times must be positive and must not decrease")
    return times, values
