"""From a sequence to the kernel's program: events, RF rows, samples; cut into chunks of bounded work.

Time is cut at the ends of the RF pulses and nowhere else: between pulses only the moments of the gradients
count, however many blocks there are. Samples in the middle of a pulse cut the pulse.
"""

import dataclasses

import numpy as np

from scikit.mri._rfsteps import ROW, rf_rows
from scikit.mri._waveforms import TIME_EPS

GROUP = 64  # samples, as in the kernel
#: Work of one call of the kernel for one spin, in steps; with SLAB spins well under a second.
CHUNK_WORK = 50_000
#: A pulse that comes at least so often is applied as an affine map (which costs four passes to find).
REPEATS = 6
#: A phase that differs by less, in turns, is even.
EVEN = 1e-12


@dataclasses.dataclass
class Program:
    """What the kernel runs; see fortran/mri/sk_mri_run.inc for the columns."""

    ev: list
    evr: list
    rows: np.ndarray
    grp: np.ndarray
    grpr: np.ndarray
    smp: np.ndarray
    cached: int


@dataclasses.dataclass
class Chunk:
    """A part of the program that one call of the kernel runs."""

    ev: np.ndarray
    evr: np.ndarray
    grp: np.ndarray
    grpr: np.ndarray
    first: int  # sample
    last: int


def compile_sequence(sequence, limits):
    """The program of a sequence for spins within `limits`.

    Parameters
    ----------
    sequence : Sequence
    limits : Limits

    Returns
    -------
    Program
    """
    times = sequence.adc_times
    spans, cuts = _spans(sequence, times)
    bounds = np.array([(a, b) for _, a, b in spans]).reshape(-1, 2)
    zeroth, first = _moments(sequence, bounds)
    smp, owner = _samples(sequence, times, spans, bounds, zeroth, first, cuts)
    grp, grpr, starts = _groups(smp, owner, times, limits, len(spans))
    table = _PulseTable(sequence, limits)
    ev, evr = [], []
    for i, (pulse, a, b) in enumerate(spans):
        if pulse is None:
            k = zeroth[i, 1] - zeroth[i, 0]
            q = first[i, 1] - first[i, 0]
            ev.append([2, starts[i], starts[i + 1] - starts[i], 0, 0])
            evr.append([*k, *(q if limits.moving else np.zeros(3)), b - a])
        else:
            row, count, kind, place = table.look_up(pulse, a, b)
            entry = pulse.phase - 2 * np.pi * pulse.frequency * (a - pulse.start)
            leave = pulse.phase - 2 * np.pi * pulse.frequency * (b - pulse.start)
            ev.append([1, row, count, place, kind])
            evr.append([np.cos(entry), -np.sin(entry), np.cos(leave), np.sin(leave), a, 0.0, 0.0])
    cached = table.number_repeated(ev)
    rows = np.concatenate(table.rows) if table.rows else np.zeros((0, ROW))
    return Program(ev, evr, rows, grp, grpr, smp, cached)


def _spans(sequence, times):
    """(pulse or None, start, stop) that cover the sequence, and the indices of samples within pulses."""
    spans, now, within = [], 0.0, []
    for pulse in sorted(sequence.rf, key=lambda p: p.start):
        start, stop = pulse.start, pulse.start + pulse.duration
        spans.append((None, now, max(start, now)))
        low = np.searchsorted(times, start + TIME_EPS, side="right")
        high = np.searchsorted(times, stop - TIME_EPS, side="left")
        a = start
        for j in range(low, high):
            if times[j] - a > TIME_EPS:
                spans += [(pulse, a, times[j]), (None, times[j], times[j])]
                a = times[j]
            within.append(j)
        spans.append((pulse, a, stop))
        now = stop
    spans.append((None, now, max(now, sequence.duration)))
    return spans, within


def _moments(sequence, t):
    """Zeroth and first moments of the gradients up to the times `t`: two arrays t.shape + (3,)."""
    both = [g.moments(t) for g in sequence.gradients]
    return tuple(np.stack([m[i] for m in both], axis=-1) for i in (0, 1))


def _samples(sequence, times, spans, bounds, zeroth, first, within):
    """Rows (k, q, t) of the samples from the start of their span, and the index of the span."""
    free = np.array([i for i, (pulse, _, _) in enumerate(spans) if pulse is None], dtype=np.int64)
    owner = free[
        np.clip(np.searchsorted(bounds[free, 0], times + TIME_EPS, side="right") - 1, 0, None)
    ]
    for j in within:  # a span of no length of its own
        owner[j] = free[np.searchsorted(bounds[free, 0], times[j] + TIME_EPS, side="right") - 1]
    k, q = _moments(sequence, times)
    t = np.clip(times - bounds[owner, 0], 0.0, None)
    return np.concatenate([k - zeroth[owner, 0], q - first[owner, 0], t[:, None]], axis=1), owner


def _groups(smp, owner, times, limits, spans):
    """Groups of at most GROUP samples, and where each span's groups begin."""
    n = len(times)
    if n == 0:
        return np.zeros((0, 3), np.int64), np.zeros((0, 7)), np.zeros(spans + 1, np.int64)
    if not limits.moving:
        smp[:, 3:6] = 0.0
    step = np.diff(smp, axis=0)
    fits = owner[1:] == owner[:-1]
    fastest = max(1.0, abs(limits.df_low), abs(limits.df_high))

    def turns(d):
        return np.abs(d) @ np.concatenate([limits.reach, limits.speed, [fastest]])

    even = np.zeros(max(n - 2, 0), bool)
    if n > 2:
        even = (turns(np.diff(step, axis=0)) < EVEN * 8) & fits[1:] & fits[:-1]
    # straight[j]: sample j goes on evenly from both of its neighbours.
    straight = np.concatenate([[False], even, [False]])
    inner = straight[1:] | straight[:-1]  # the step j -> j + 1 belongs to an even run
    dwell_same = (
        np.concatenate([[True], np.abs(np.diff(step[:, 6])) < 1e-12])
        if n > 1
        else np.zeros(0, bool)
    )
    cut = np.ones(n, bool)
    cut[1:] = ~fits | ~dwell_same
    cut[2:] |= inner[1:] != inner[:-1]
    starts = np.flatnonzero(cut)
    lengths = np.diff(np.append(starts, n))
    pieces = (lengths + GROUP - 1) // GROUP
    index = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = np.repeat(starts, pieces) + index * GROUP
    count = np.minimum(GROUP, np.repeat(starts + lengths, pieces) - begin)
    end = begin + count - 1
    span = np.maximum(count - 1, 1)
    step = (smp[end] - smp[begin]) / span[:, None]
    regular = _all_between(inner, begin, end) & (count > 2)
    # Where the dwell time is even the decay is a recurrence; a negative number says that it is not.
    steady = np.ones(len(begin), bool)
    ideal = smp[begin, 6] + step[:, 6] * (count // 2)
    steady = np.abs(smp[begin + count // 2, 6] - ideal) < 1e-12
    step[:, 6] = np.where(steady, np.maximum(step[:, 6], 0.0), -1.0)
    regular &= steady
    grp = np.stack([begin, count, regular], axis=1).astype(np.int64)
    return grp, step, np.searchsorted(owner[begin], np.arange(spans + 1)).astype(np.int64)


def _all_between(flags, begin, end):
    """For each pair whether flags[begin:end] are all set."""
    total = np.concatenate([[0], np.cumsum(flags)])
    return total[np.minimum(end, len(flags))] - total[np.minimum(begin, len(flags))] == end - begin


class _PulseTable:
    """Rows of the distinct RF spans of a sequence."""

    def __init__(self, sequence, limits):
        self.gradients = sequence.gradients
        self.limits = limits
        self.rows, self.found, self.size = [], {}, 0
        self.uses = {}

    def look_up(self, pulse, start, stop):
        """First row, number of rows, their kind, and the key's number (from 1) of an RF span."""
        shape = pulse.shape
        begin, end = start - pulse.start, stop - pulse.start
        edges = shape.edges[(shape.edges > begin + TIME_EPS) & (shape.edges < end - TIME_EPS)]
        knots = np.concatenate(
            [g.knots_between(start + TIME_EPS, stop - TIME_EPS) for g in self.gradients]
        )
        middle = (start + stop) / 2
        mark = [
            np.round(np.append(knots - pulse.start, [begin, end]), 11).tobytes(),
            pulse.frequency,
        ]
        probe = np.concatenate([[middle], (np.append(knots, stop) + start) / 2])
        for g in self.gradients:
            mark += [(np.round(x, 3) + 0.0).tobytes() for x in g.value(probe)]
        key = (shape.content, *mark)
        if key not in self.found:
            # Edges nearer than TIME_EPS are one.
            inner = np.unique(np.concatenate([edges, knots - pulse.start]))
            inner = (
                inner[np.concatenate([[True], np.diff(inner) > TIME_EPS])] if inner.size else inner
            )
            edges = np.concatenate([[begin], inner, [end]])
            rows, kind = self._build(pulse, edges)
            self.found[key] = (self.size, len(rows), kind, len(self.found) + 1)
            self.rows.append(rows)
            self.size += len(rows)
        return self.found[key]

    def _build(self, pulse, edges):
        middle = (edges[1:] + edges[:-1]) / 2
        shape = pulse.shape
        part = np.clip(
            np.searchsorted(shape.edges, middle, side="right") - 1, 0, len(shape.values) - 1
        )
        slope = shape.slopes[part]
        value = shape.values[part] + slope * (
            middle - (shape.edges[part] + shape.edges[part + 1]) / 2
        )
        waves = [g.value(pulse.start + middle) for g in self.gradients]
        g, dg = (np.stack([w[i] for w in waves], axis=1) for i in (0, 1))
        return rf_rows(edges - edges[0], value, slope, g, dg, pulse.frequency, self.limits)

    def number_repeated(self, ev):
        """Give the repeated pulses their places in the kernel's table; the others get 0."""
        counts = {}
        for event in ev:
            if event[0] == 1:
                counts[event[3]] = counts.get(event[3], 0) + 1
        often = [] if self.limits.moving else [key for key, n in counts.items() if n >= REPEATS]
        places = {key: place for place, key in enumerate(often, 1)}
        for event in ev:
            if event[0] == 1:
                event[3] = places.get(event[3], 0)
        return len(places)


def chunks(program, most=CHUNK_WORK):
    """Cut a program into parts of about `most` steps a spin.

    Parameters
    ----------
    program : Program
    most : float
        A repeated pulse counts four times where a part meets it first, and next to nothing after that.

    Returns
    -------
    list of Chunk
    """
    cutter = _Cutter(program, most)
    for event, numbers in zip(program.ev, program.evr, strict=True):
        (cutter.pulse if event[0] == 1 else cutter.free)(event, numbers)
    cutter.flush()
    return cutter.done


class _Cutter:
    """Collects events until their work is enough for a chunk."""

    def __init__(self, program, most):
        self.program, self.most = program, most
        self.done, self.last = [], 0
        self._begin()

    def _begin(self):
        self.ev, self.evr, self.ranges, self.seen = [], [], [], set()
        self.cost, self.groups, self.first = 0.0, 0, self.last

    def flush(self):
        if not self.ev:
            return
        empty = np.zeros(0, np.int64)
        index = np.concatenate([np.arange(a, b) for a, b in self.ranges] or [empty])
        grp = self.program.grp[index]
        grp[:, 0] -= self.first
        ev, evr = np.array(self.ev, np.int64), np.array(self.evr, np.float64)
        grpr = np.ascontiguousarray(self.program.grpr[index])
        self.done.append(Chunk(ev, evr, np.ascontiguousarray(grp), grpr, self.first, self.last))
        self._begin()

    def _add(self, event, numbers, work):
        self.ev.append(event)
        self.evr.append(numbers)
        self.cost += work
        if self.cost >= self.most:
            self.flush()

    def pulse(self, event, numbers):
        _, row, count, place, kind = event
        if place and count * 4 < self.most:
            work = 1.0 if place in self.seen else 4.0 * count
            self.seen.add(place)
            self._add(event, numbers, work)
            return
        step = max(1, int(self.most))
        for low in range(0, count, step):
            high = min(low + step, count)
            turn = list(numbers)
            if low > 0:
                turn[:2] = [1.0, 0.0]
            if high < count:
                turn[2:4] = [1.0, 0.0]
            self._add([1, row + low, high - low, 0, kind], turn, high - low)

    def free(self, event, numbers):
        low, stop = event[1], event[1] + event[2]
        while True:
            high, work = low, 3.0
            while high < stop and (self.cost + work < self.most or high == low):
                _, count, even = self.program.grp[high]
                work += (8 + 1.2 * count) if even else 6.0 * count
                high += 1
            begin = self.groups
            if high > low:
                self.ranges.append((low, high))
                self.groups += high - low
                self.last = int(self.program.grp[high - 1, 0] + self.program.grp[high - 1, 1])
            # The spins stay where they are until all samples, which count from the begin, are taken.
            move = numbers if high == stop else [0.0] * 7
            self._add([2, begin, high - low, 0, 0], move, work)
            if high == stop:
                return
            low = high
