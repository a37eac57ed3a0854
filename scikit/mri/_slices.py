"""Where the excitations of a sequence select slices."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Slice:
    """A selected slice: unit normal, distance of its middle from the origin and thickness, m."""

    normal: np.ndarray
    offset: float
    thickness: float


def bandwidth(pulse):
    """Width of the pulse's spectrum at half its height, Hz."""
    shape = pulse.shape
    n = 4096
    t = (np.arange(n) + 0.5) / n * pulse.duration
    part = np.clip(np.searchsorted(shape.edges, t, side="right") - 1, 0, len(shape.values) - 1)
    pad = 16 * n
    spectrum = np.abs(np.fft.fft(shape.values[part], pad))
    above = int(np.sum(spectrum >= spectrum.max() / 2))
    return above / pad * n / pulse.duration


def slices(sequence):
    """The slice of each excitation before a readout, in order; None for one without a gradient."""
    found = []
    times = sequence.adc_times
    pulses = list(zip(sequence.rf, sequence.uses(), strict=True))
    excitations = [p for p, use in pulses if use == "excitation"]
    for i, pulse in enumerate(excitations):
        end = excitations[i + 1].start if i + 1 < len(excitations) else np.inf
        if not np.any((times > pulse.start) & (times < end)):
            continue
        middle = pulse.start + pulse.center
        g = np.array([float(wave.value(middle)[0]) for wave in sequence.gradients])
        strength = np.linalg.norm(g)
        if strength == 0:
            found.append(None)
            continue
        normal = g / strength
        turn = np.sign(normal[np.argmax(np.abs(normal))])
        found.append(
            Slice(normal * turn, turn * pulse.frequency / strength, bandwidth(pulse) / strength)
        )
    return found
