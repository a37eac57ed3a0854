"""A simulator that is obviously right and slow, and a writer of small Pulseq files."""

import itertools

import numpy as np
import pytest
from scipy.linalg import expm


def generator(b1, wz_hz, t1, t2):
    """4 x 4 generator of (Mx, My, Mz, 1): dM/dt = M x W - relaxation, W in Hz times 2 pi."""
    wx, wy, wz = 2 * np.pi * b1.real, 2 * np.pi * b1.imag, 2 * np.pi * wz_hz
    return np.array(
        [
            [-1 / t2, wz, -wy, 0],
            [-wz, -1 / t2, wx, 0],
            [wy, -wx, -1 / t1, 1 / t1],
            [0, 0, 0, 0],
        ]
    )


def simulate_slowly(seq, phantom, step=1e-6, refine=1):
    """Magnetization (samples, spins, 3) by small midpoint steps of the matrix exponential.

    Steps end at every knot, edge and sample; between pulses the gradients' values in the middle of a step
    are the mean, so the phase is exact for resting spins. `refine` cuts every step into so many.
    """
    times = seq.adc_times
    marks = [times, [0.0, seq.duration]]
    for wave in seq.gradients:
        marks.append(wave.times)
    for pulse in seq.rf:
        marks.append(pulse.start + pulse.shape.edges)
    marks = np.unique(np.round(np.concatenate(marks), 13))
    marks = marks[(marks >= 0) & (marks <= seq.duration + 1e-12)]
    velocity = np.zeros((len(phantom), 3)) if phantom.velocity is None else phantom.velocity
    state = np.zeros((len(phantom), 4))
    state[:, 2:] = 1
    out = np.full((len(times), len(phantom), 3), np.nan)
    done = 0
    for a, b in zip(np.append(marks[:1], marks), marks, strict=False):
        count = refine * max(1, int(np.ceil((b - a) / step))) if b > a else 0
        edges = np.linspace(a, b, count + 1)
        for left, right in itertools.pairwise(edges):
            t = (left + right) / 2
            g = np.array([float(w.value(t)[0]) for w in seq.gradients])
            b1 = sum((field(p, t) for p in seq.rf), 0j)
            for i in range(len(phantom)):
                wz = g @ (phantom.position[i] + velocity[i] * t) + phantom.off_resonance[i]
                k = generator(b1, wz, phantom.t1[i], phantom.t2[i])
                state[i] = expm(k * (right - left)) @ state[i]
        while done < len(times) and times[done] <= b + 1e-12:
            out[done] = state[:, :3]
            done += 1
    return out


def field(pulse, t):
    """B1 of a pulse at a time, Hz."""
    at = t - pulse.start
    shape = pulse.shape
    if not 0 <= at < pulse.duration:
        return 0j
    i = int(np.searchsorted(shape.edges, at, side="right")) - 1
    value = shape.values[i] + shape.slopes[i] * (at - (shape.edges[i] + shape.edges[i + 1]) / 2)
    return value * np.exp(1j * (pulse.phase - 2 * np.pi * pulse.frequency * at))


def compress(values):
    """Pulseq's run-length code of the derivative."""
    steps = np.diff(np.concatenate([[0.0], values]))
    words, i = [], 0
    while i < len(steps):
        j = i
        while j + 1 < len(steps) and steps[j + 1] == steps[i]:
            j += 1
        run = j - i + 1
        words += (
            [repr(float(steps[i]))] if run == 1 else [repr(float(steps[i]))] * 2 + [str(run - 2)]
        )
        i = j + 1
    return words


def pulseq_text(version, *, packed=False, extensions=""):
    """A small sequence (excitation with slice gradient, arbitrary gradient, readout) in any version.

    A 90 degree pulse of 100 samples of 1 us with a trapezoid; a prephaser; an arbitrary gradient of 10
    samples; a trapezoid with 16 samples of a readout.
    """
    new, newest = version >= (1, 4), version >= (1, 5)
    b = 8 if version >= (1, 3) else 7
    lines = [
        "# made by a test",
        "[VERSION]",
        f"major {version[0]}",
        f"minor {version[1]}",
        "revision 0",
        "",
    ]
    if new:
        lines += [
            "[DEFINITIONS]", "AdcRasterTime 1e-07", "BlockDurationRaster 1e-05", "FOV 0.2 0.2 0.005",
            "GradientRasterTime 1e-05", "Name small", "RadiofrequencyRasterTime 1e-06", "",
        ]  # fmt: skip
    rows = [
        (14, 1, 0, 0, 2, 0),
        (10, 0, 3, 0, 0, 0),
        (10, 0, 1, 0, 0, 0),
        (30, 0, 4, 0, 0, 1),
        (100, 0, 0, 0, 0, 0),
    ]
    lines.append("[BLOCKS]")
    for i, (ticks, *events) in enumerate(rows, 1):
        first = ticks if new else (1 if i == 5 else 0)
        lines.append(" ".join(map(str, [i, first, *events, 1 if extensions else 0][:b])))
    lines += ["", "[RF]"]
    amplitude, phase = 2500, 0.5
    if newest:
        lines.append(f"1 {amplitude} 1 2 0 50 20 0 0 100 {phase} e")
    elif new:
        lines.append(f"1 {amplitude} 1 2 0 20 100 {phase}")
    else:
        lines.append(f"1 {amplitude} 1 2 20 100 {phase}")
    lines += ["", "[GRADIENTS]"]
    if newest:
        lines.append("1 50000 0 0 3 0 0")
    elif new:
        lines.append("1 50000 3 0 0")
    else:
        lines.append("1 50000 3 0")
    lines += [
        "",
        "[TRAP]",
        "2 400000 10 110 20 0",
        "3 -100000 20 60 20 0",
        "4 200000 20 200 20 0",
        "",
        "[ADC]",
    ]
    lines.append("1 16 12500 20 0 0 0 0.25 0" if newest else "1 16 12500 20 0 0.25")
    if not new:
        lines += ["", "[DELAYS]", "1 1000"]
    lines += [extensions, "", "[SHAPES]", ""]
    hump = np.sin(np.linspace(0, np.pi, 10)).round(9)
    shapes = [np.ones(100), np.zeros(100), hump]
    for key, shape in enumerate(shapes, 1):
        plain, words = [repr(float(v)) for v in shape], compress(shape)
        if new and not (packed and len(words) < len(plain)):
            words = plain
        lines += [f"shape_id {key}", f"num_samples {len(shape)}", *words, ""]
    lines += ["[SIGNATURE]", "Type md5", "Hash 0"]
    return "\n".join(lines) + "\n"


@pytest.fixture
def oracle():
    """The slow simulator."""
    return simulate_slowly


@pytest.fixture
def small_pulseq():
    """The writer of small Pulseq files."""
    return pulseq_text
