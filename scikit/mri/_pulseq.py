"""Pulseq files, versions 1.2 to 1.5: from the rows of the file to the blocks of a Sequence."""

import numpy as np

from scikit.mri._pulseq_text import (
    MAX_SAMPLES,
    PulseqError,
    read_definitions,
    read_sections,
    read_shapes,
    read_table,
    read_version,
    warn,
)
from scikit.mri._rf import ADC, RF, Shape, real_number
from scikit.mri._sequence import Block, Sequence
from scikit.mri._waveforms import TIME_EPS, rotate

GAMMA_HZ = 42.576e6  # Hz/T: what Pulseq itself turns ppm into Hz with
_USES = {
    "e": "excitation",
    "r": "refocusing",
    "i": "inversion",
    "s": "saturation",
    "p": "preparation",
    "o": "other",
    "u": "undefined",
}
_SECTIONS = {
    *("VERSION", "DEFINITIONS", "BLOCKS", "RF", "GRADIENTS", "TRAP", "ADC", "DELAYS", "EXTENSIONS"),
    *("SHAPES", "SIGNATURE", "TRIGGERS"),
}
_KNOWN_EXTENSIONS = {"LABELSET", "LABELINC", "ROTATIONS", "TRIGGERS", "DELAYS"}
_NOTHING = (np.zeros(0), np.zeros(0))


def read_pulseq(path, *, b0=1.5):
    """See `Sequence.read`."""
    b0 = real_number(b0, "b0", low=0.0)
    try:
        return _Reader(read_sections(path), b0).sequence()
    except PulseqError as error:
        raise PulseqError(error.message, error.line, path) from None


class _Reader:
    """The tables of one file, and the state that goes from block to block."""

    def __init__(self, sections, b0):
        self.ppm = 1e-6 * GAMMA_HZ * b0
        self.version = read_version(sections["VERSION"])
        for name in sections.keys() - _SECTIONS:
            warn(f"the unknown section [{name}] of the Pulseq file is skipped")
        if "BLOCKS" not in sections:
            raise PulseqError("the section [BLOCKS] is missing: the file is not complete")
        if not sections["BLOCKS"]:
            raise PulseqError("the section [BLOCKS] is empty: the file is not complete")
        self.definitions = read_definitions(sections.get("DEFINITIONS", []))
        self.rf_raster = self._raster("RadiofrequencyRasterTime", 1e-6)
        self.grad_raster = self._raster("GradientRasterTime", 1e-5)
        self.block_raster = self._raster("BlockDurationRaster", 1e-5)
        self.shapes = read_shapes(sections.get("SHAPES", []), self.version[:2])
        tables = {
            name: read_table(sections.get(name, []), what)
            for name, what in (("RF", "pulse"), ("ADC", "readout"), ("DELAYS", "delay"))
        }
        self.rf_rows, self.adc_rows, self.delay_rows = tables["RF"], tables["ADC"], tables["DELAYS"]
        # Arbitrary gradients and trapezoids share one series of numbers.
        self.grad_rows = {
            k: ("arbitrary", r)
            for k, r in read_table(sections.get("GRADIENTS", []), "gradient").items()
        }
        for key, row in read_table(sections.get("TRAP", []), "gradient").items():
            if key in self.grad_rows:
                row.fail(f"the gradient {key} is defined twice")
            self.grad_rows[key] = ("trapezoid", row)
        self._read_extensions(sections.get("EXTENSIONS", []))
        self.block_rows = sections["BLOCKS"]
        self.rf_cache, self.grad_cache, self.turn_cache = {}, {}, {}
        self.samples = 0

    def _raster(self, name, default):
        value = self.definitions.get(name, default)
        if not isinstance(value, float) or not 0 < value < 1:
            raise PulseqError(f"the definition {name} must be a time in seconds, not {value!r}")
        return value

    def _shape(self, key, row):
        if key not in self.shapes:
            row.fail(f"the shape {key} is used here, but the file does not define it")
        return self.shapes[key]

    # ---- extensions

    def _read_extensions(self, rows):
        self.extension_rows, self.extension_names, specs, current = {}, {}, {}, None
        for row in rows:
            if row.words[0] == "extension":
                row.need(3)
                current = row.words[1].upper()
                self.extension_names[row.integer(2, "the number of an extension")] = current
                specs.setdefault(current, [])
                if current not in _KNOWN_EXTENSIONS:
                    required = str(self.definitions.get("RequiredExtensions", "")).upper().split()
                    if current in required:
                        row.fail(
                            f"the file needs the extension {row.words[1]}, which is not supported"
                        )
                    warn(f"the unknown extension {row.words[1]} of the Pulseq file is skipped")
            elif current is None:
                row.need(4)
                key = row.integer(0, "the number of an extension list", low=1)
                self.extension_rows[key] = (
                    row,
                    row.integer(1, "the type of an extension"),
                    row.integer(2, "the reference of an extension"),
                    row.integer(3, "the next entry of an extension list"),
                )
            else:
                specs[current].append(row)
        self.specs = {
            name: read_table(rows, f"{name} entry") if name in _KNOWN_EXTENSIONS else {}
            for name, rows in specs.items()
        }

    def _extensions(self, key, row):
        """(name, row of the specification) of every known extension in a list."""
        found, seen = [], set()
        while key:
            if key in seen:
                row.fail(f"the extension list {key} refers to itself")
            seen.add(key)
            if key not in self.extension_rows:
                row.fail(f"the extension list {key} is used, but the file does not define it")
            row, kind, ref, key = self.extension_rows[key]
            name = self.extension_names.get(kind)
            if name is None:
                row.fail(f"the extension type {kind} is used, but the file does not define it")
            if name in _KNOWN_EXTENSIONS:
                if ref not in self.specs[name]:
                    row.fail(f"the {name} entry {ref} is used, but the file does not define it")
                found.append((name, self.specs[name][ref]))
        return found

    def _rotation(self, spec):
        if spec.line not in self.turn_cache:
            spec.need(5)
            w, x, y, z = q = np.array([spec.number(i, "a quaternion") for i in range(1, 5)])
            size = np.linalg.norm(q)
            if not 0.9 < size < 1.1:
                spec.fail(f"the quaternion of a rotation must have length 1, not {size:g}")
            w, x, y, z = q / size
            self.turn_cache[spec.line] = np.array(
                [
                    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
                ]
            )
        return self.turn_cache[spec.line]

    # ---- events

    def _rf(self, key, row):
        """Delay, shape, phase, frequency, use and center of a pulse."""
        if key in self.rf_cache:
            return self.rf_cache[key]
        if key not in self.rf_rows:
            row.fail(f"the pulse {key} is used here, but the file does not define it")
        row = self.rf_rows[key]
        row.need(6, 7, 8, 12)
        n = len(row)
        amplitude = row.number(1, "the amplitude of a pulse")
        magnitude = self._shape(row.integer(2, "the shape of a pulse", low=1), row)
        phase_key = row.integer(3, "the phase shape of a pulse")
        angle = self._shape(phase_key, row) if phase_key else np.zeros(magnitude.size)
        time_key = row.integer(4, "the time shape of a pulse", low=-1) if n >= 8 else 0
        if magnitude.size == 0 or magnitude.size != angle.size:
            row.fail(f"the pulse {key} has {magnitude.size} magnitudes and {angle.size} phases")
        center = row.time(5, "the center of a pulse") if n == 12 else None
        i = {6: 4, 7: 4, 8: 5, 12: 6}[n]
        delay = row.time(i, "the delay of a pulse") if n > 6 else 0.0
        tail = [row.number(j, "a frequency or phase") for j in range(i + (n > 6), n - (n == 12))]
        f_ppm, p_ppm, frequency, phase = [0.0] * (4 - len(tail)) + tail
        letter = row.words[11].lower()[:1] if n == 12 else "u"
        if letter not in _USES:
            row.fail(
                f"the use of a pulse must be one of {' '.join(_USES)}, not {row.words[11][:20]!r}"
            )
        # Conjugated: Pulseq's frame is right-handed (see Sequence.read).
        samples = amplitude * magnitude * np.exp(-2j * np.pi * angle)
        shape = self._rf_shape(samples, time_key, row)
        event = (
            delay,
            shape,
            -(phase + p_ppm * self.ppm),
            frequency + f_ppm * self.ppm,
            _USES[letter],
            center,
        )
        self.rf_cache[key] = event
        return event

    def _rf_shape(self, samples, time_key, row):
        if time_key == 0:
            edges = np.arange(samples.size + 1) * self.rf_raster
            return Shape(edges, samples, np.zeros_like(samples))
        if time_key == -1:
            edges = np.arange(samples.size + 1) * self.rf_raster / 2
            return Shape(edges, samples, np.zeros_like(samples))
        times = self._times(time_key, samples.size, self.rf_raster, row)
        if times.size < 2 or times[-1] == 0:
            row.fail("a pulse with a time shape needs at least two different times")
        if times[0] > 0:
            times, samples = (
                np.concatenate([[0.0, times[0]], times]),
                np.concatenate([[0, 0], samples]),
            )
        step = np.diff(times)
        keep = step > 0
        middle, rise = (samples[1:] + samples[:-1]) / 2, np.diff(samples)
        edges = np.concatenate([[times[0]], times[1:][keep]])
        return Shape(edges, middle[keep], rise[keep] / step[keep])

    def _times(self, key, size, raster, row):
        times = self._shape(key, row) * raster
        if times.size != size:
            row.fail(f"the time shape {key} has {times.size} entries for {size} samples")
        if times.size and (times[0] < -TIME_EPS or np.any(np.diff(times) < 0)):
            row.fail(f"the time shape {key} goes back in time")
        return times

    def _trapezoid(self, row):
        row.need(5, 6)
        amplitude = row.number(1, "the amplitude of a gradient")
        rise, flat, fall = (row.time(i, "a duration of a trapezoid") for i in (2, 3, 4))
        delay = row.time(5, "the delay of a gradient") if len(row) > 5 else 0.0
        times = delay + np.array([0.0, rise, rise + flat, rise + flat + fall])
        return times, amplitude * np.array([0.0, 1.0, 1.0, 0.0])

    def _arbitrary(self, row, previous):
        """Knots of an arbitrary gradient; `previous` is where the gradient stood as the block began."""
        row.need(3, 4, 5, 7)
        n = len(row)
        amplitude = row.number(1, "the amplitude of a gradient")
        ends = (
            (row.number(2, "the first value"), row.number(3, "the last value")) if n == 7 else None
        )
        i = 4 if n == 7 else 2
        samples = amplitude * self._shape(row.integer(i, "the shape of a gradient", low=1), row)
        time_key = row.integer(i + 1, "the time shape of a gradient", low=-1) if n >= 5 else 0
        delay = row.time(n - 1, "the delay of a gradient") if n > 3 else 0.0
        if samples.size == 0:
            row.fail("the shape of a gradient must not be empty")
        if time_key > 0:
            times = delay + self._times(time_key, samples.size, self.grad_raster, row)
            return times, samples
        first = ends[0] if ends else (previous if delay == 0 else 0.0)
        step = self.grad_raster if time_key == 0 else self.grad_raster / 2
        if time_key == 0:
            middle = (np.arange(samples.size) + 0.5) * step
            end = samples.size * step
        else:
            middle = (np.arange(samples.size) + 1) * step
            end = (samples.size + 1) * step
        if ends:
            last = ends[1]
        else:
            # Samples lie in the middle of raster intervals; the edges follow one from another:
            # edge[k + 1] = 2 sample[k] - edge[k].
            signs = np.where(np.arange(samples.size) % 2 == 0, 1.0, -1.0)
            last = (first if samples.size % 2 == 0 else -first) + 2 * float(
                np.sum(samples * signs) * (1.0 if samples.size % 2 else -1.0)
            )
        return delay + np.concatenate([[0.0], middle, [end]]), np.concatenate(
            [[first], samples, [last]]
        )

    def _gradient(self, key, row, previous):
        if key == 0:
            return _NOTHING
        if key not in self.grad_rows:
            row.fail(f"the gradient {key} is used here, but the file does not define it")
        kind, grad_row = self.grad_rows[key]
        cache_key = (key, previous if kind == "arbitrary" and len(grad_row) < 7 else 0.0)
        if cache_key not in self.grad_cache:
            build = (
                self._trapezoid(grad_row)
                if kind == "trapezoid"
                else self._arbitrary(grad_row, previous)
            )
            self.grad_cache[cache_key] = build
        return self.grad_cache[cache_key]

    def _adc(self, key, row, start):
        """The readout `key` of a block that begins at `start`, and when it ends after that."""
        if key not in self.adc_rows:
            row.fail(f"the readout {key} is used here, but the file does not define it")
        row = self.adc_rows[key]
        row.need(5, 6, 8, 9)
        n = len(row)
        count = row.integer(1, "the number of samples", low=0, high=10**7)
        dwell = row.time(2, "the dwell time", unit=1e-9)
        self.samples += count
        if self.samples > MAX_SAMPLES:
            row.fail(f"the file has more than {MAX_SAMPLES} samples")
        delay = row.time(3, "the delay of a readout")
        tail = [row.number(i, "a frequency or phase") for i in range(4, min(n, 8))]
        f_ppm, p_ppm, frequency, phase = [0.0] * (4 - len(tail)) + tail if n >= 6 else [0.0] * 4
        modulation = None
        if n == 9 and (phase_key := row.integer(8, "the phase shape of a readout")):
            modulation = 2 * np.pi * self._shape(phase_key, row)
            if modulation.size != count:
                row.fail(
                    f"the phase shape of a readout has {modulation.size} entries for {count} samples"
                )
        times = start + delay + (np.arange(count) + 0.5) * dwell
        adc = ADC(
            times, start + delay, phase + p_ppm * self.ppm, frequency + f_ppm * self.ppm, modulation
        )
        return adc, delay + count * dwell

    # ---- blocks

    def sequence(self):
        """All blocks, one after another."""
        blocks, start, ticks = [], 0.0, 0
        labels, previous = {}, [0.0, 0.0, 0.0]
        columns = 8 if self.version[:2] >= (1, 3) else 7
        for row in self.block_rows:
            row.need(columns, 7 if self.version[:2] < (1, 4) else 8)
            first, key, *keys = (row.integer(i, "a number in a block") for i in range(1, len(row)))
            ext = keys[4] if len(keys) > 4 else 0
            extensions = self._extensions(ext, row)
            labels = _apply_labels(labels, extensions)
            rfs, ends = [], [0.0]
            if key:
                delay, shape, phase, frequency, use, center = self._rf(key, row)
                rfs.append(RF.from_shape(start + delay, shape, phase, frequency, use, center))
                ends.append(delay + float(shape.edges[-1]))
            gradients = [self._gradient(keys[i], row, previous[i]) for i in range(3)]
            ends += [float(t[-1]) for t, _ in gradients if len(t)]
            adc = None
            if keys[3]:
                adc, end = self._adc(keys[3], row, start)
                ends.append(end)
            if self.version[:2] >= (1, 4):
                ticks += first
                duration = first * self.block_raster
                if max(ends) > duration + self.block_raster / 2:
                    warn(
                        f"line {row.line}: the events of the block last longer than the block; it is made longer"
                    )
                    extra = int(np.ceil(max(ends) / self.block_raster - 1e-6)) - first
                    ticks, duration = ticks + extra, duration + extra * self.block_raster
                following = ticks * self.block_raster
            else:
                duration = max([*ends, self._delay(first, row)])
                following = start + duration
            for i, (t, v) in enumerate(gradients):
                previous[i] = float(v[-1]) if len(t) and t[-1] >= duration - TIME_EPS else 0.0
            for name, spec in extensions:
                if name == "ROTATIONS":
                    gradients = rotate(self._rotation(spec), gradients)
            blocks.append(Block(start, duration, rfs, gradients, adc, labels))
            start = following
        return Sequence(blocks, self.definitions, self.version)

    def _delay(self, key, row):
        if key == 0:
            return 0.0
        if key not in self.delay_rows:
            row.fail(f"the delay {key} is used here, but the file does not define it")
        self.delay_rows[key].need(2)
        return self.delay_rows[key].time(1, "a delay")


def _apply_labels(labels, extensions):
    """The labels after the LABELSETs and LABELINCs of a block: first set, then incremented."""
    changes = [(name, spec) for name, spec in extensions if name.startswith("LABEL")]
    if not changes:
        return labels
    labels = dict(labels)
    for which in ("LABELSET", "LABELINC"):
        for name, spec in changes:
            if name == which:
                spec.need(3)
                value = spec.integer(1, "the value of a label", low=-(2**31))
                label = spec.words[2]
                labels[label] = value + (labels.get(label, 0) if which == "LABELINC" else 0)
    return labels
