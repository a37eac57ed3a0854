"""Events of an integration: zeros of functions of the solution, found in each step's interpolant."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

_EPS = float(np.finfo(float).eps)
#: Inner points of a step, as fractions, at which an event is looked at besides the ends: two crossings within one
#: step change no sign at its ends.
_INNER = (0.2, 0.4, 0.6, 0.8)
#: Distance from an end of the step, as a fraction, of a point that shows the event's slope there.
_NEXT = 1e-3
#: What part of an event's size may be due to the rough outline of a step.
_NEAR = 0.1
_GOLDEN, _MOST_SECTIONS = 0.6180339887498949, 25


class Event(NamedTuple):
    """A checked event."""

    function: object
    max_count: float
    direction: float
    affect: object


def prepare_events(events):
    """The events as a list of `Event`; raises for what is none."""
    if callable(events):
        events = (events,)
    try:
        events = tuple(events)
    except TypeError:
        raise TypeError(
            f"`events` must be a callable or a list, not {type(events).__name__}"
        ) from None
    checked = []
    for k, event in enumerate(events):
        if not callable(event):
            raise TypeError(f"`events[{k}]` must be callable, not {type(event).__name__}")
        direction = getattr(event, "direction", 0)
        affect = getattr(event, "affect", None)
        if affect is not None and not callable(affect):
            raise TypeError(f"the `affect` attribute of `events[{k}]` must be callable")
        direction = _attribute(direction, "direction", k)
        max_count = _most_occurrences(getattr(event, "terminal", None), k)
        checked.append(Event(event, max_count, direction, affect))
    return checked


def can_end(events):
    """Whether one of the events (None for none) may end the integration."""
    return events is not None and any(e.max_count < math.inf for e in prepare_events(events))


def _attribute(value, name, k):
    """A number that is an attribute of an event."""
    try:
        value = float(value)
    except (TypeError, ValueError):
        value = math.nan
    if math.isnan(value):
        raise TypeError(f"the `{name}` attribute of `events[{k}]` must be a number")
    return value


def _most_occurrences(terminal, k):
    """How often an event may occur."""
    if terminal is None:
        return math.inf
    count = _attribute(terminal, "terminal", k)
    if count == 0:
        return math.inf
    if not (count > 0 and count == math.floor(count)):
        raise ValueError(
            "The `terminal` attribute of each event must be a boolean or positive integer."
        )
    return count


class Watch:
    """The events' values from step to step, and the zeros found.

    Parameters
    ----------
    events : list of Event
    args : tuple
    """

    def __init__(self, events, args):
        self.events, self.args = events, args
        self.t_events = [[] for _ in events]
        self.y_events = [[] for _ in events]

    def begin(self, t, y, handled=None):
        """Take the values at the start of the integration, or where an event has just been handled."""
        self.g = [self._value(e.function, t, y) for e in self.events]
        self.at_start = handled is None
        if handled is not None:
            self.g[self.events.index(handled)] = 0.0

    def look(self, t, y, outline, interpolant):
        """The first zero in the step that ends at t at which something is to happen.

        Parameters
        ----------
        t, y
            End of the step.
        outline, interpolant : callable
            Give the step as a function of t: roughly, and as accurately as the solution is.

        Returns
        -------
        (float, Event) or None
            Time of the zero, and the event that ends the integration or changes the state there. Zeros after it
            are not recorded.
        """
        new = [self._value(e.function, t, y) for e in self.events]
        roots = []
        for k, event in enumerate(self.events):
            roots += [
                (root, k) for root in self._zeros(event, self.g[k], new[k], outline, interpolant)
            ]
        self.g, self.at_start = new, False
        if not roots:
            return None
        sol = interpolant()
        roots.sort(reverse=bool(sol.t < sol.t_old))
        for root, k in roots:
            self.t_events[k].append(root)
            self.y_events[k].append(sol(root))
            event = self.events[k]
            if len(self.t_events[k]) >= event.max_count or event.affect is not None:
                return root, event
        return None

    def terminal(self, event):
        """Whether the event has occurred as often as ends the integration."""
        return len(self.t_events[self.events.index(event)]) >= event.max_count

    def _value(self, function, t, y):
        value = function(t, y, *self.args)
        if isinstance(value, float):
            return value
        value = np.asarray(value)
        if value.size != 1 or value.dtype.kind not in "biuf":
            raise TypeError(f"an event must return one real number, not {value!r}")
        return float(value.reshape(()))

    def _zeros(self, event, old, new, outline, interpolant):
        """Zeros of one event in the step, in no particular order."""
        step = outline()
        times, values, near = self._sample(event, old, new, step)
        at_start = self.at_start and old == 0
        if not (at_start or near or any(_crosses(a, b) for a, b in pairwise(values))):
            return []
        sol = interpolant()
        if sol is not step:
            times, values, _ = self._sample(event, old, new, sol)
        zeros = []
        for a, b, ga, gb in zip(times[:-1], times[1:], values[:-1], values[1:], strict=True):
            if _counts(event.direction, ga, gb):
                zeros.append(_root(lambda s: self._value(event.function, s, sol(s)), a, b, ga, gb))
        if at_start and event.direction * new >= 0:
            zeros.append(step.t_old)
        return zeros

    def _sample(self, event, old, new, step):
        """The event at points of a step between which it may change its sign once.

        Returns
        -------
        times, values : list
        near : bool
            Whether it comes so near to zero that a better interpolant may cross it.
        """
        look = lambda s: self._value(event.function, s, step(s))  # noqa: E731
        begin, length = step.t_old, step.t - step.t_old
        times = [begin, *(begin + x * length for x in _INNER), step.t]
        values = [old, *map(look, times[1:-1]), new]
        if old == 0:  # that zero is known: what counts is the side to which the event goes from it
            times[0] = begin + 1e-6 * length
            values[0] = look(times[0])
        # a value next to an end that is nearer to zero tells whether the event turns between
        if abs(values[-1]) < abs(values[-2]):
            times.insert(-1, step.t - _NEXT * length)
            values.insert(-1, look(times[-2]))
        if abs(values[0]) < abs(values[1]):
            times.insert(1, begin + _NEXT * length)
            values.insert(1, look(times[1]))
        turns, near, size = [], False, _NEAR * max(map(abs, values))
        for k in range(1, len(times) - 1):
            found = _turning(look, times[k - 1 : k + 2], values[k - 1 : k + 2])
            if found is not None:
                near = near or abs(found[1]) <= size
                if found[1] * values[k] <= 0:
                    turns.append((k, *found))
        for k, time, value in reversed(turns):
            place = k if (time - times[k]) * length < 0 else k + 1
            times.insert(place, time)
            values.insert(place, value)
        return times, values, near

    def found(self):
        """The zeros: lists of arrays, a pair for every event."""
        return [np.array(t, dtype=np.float64) for t in self.t_events], [
            np.array(y) for y in self.y_events
        ]


def _turning(look, times, values):
    """Where a function of one sign at three points comes nearest to zero between them, and its value there.

    None if the middle one is not the least. Golden sections, until the sign changes or cannot any more.
    """
    side = math.copysign(1.0, values[1])
    (a, middle, b), (ga, least, gb) = times, (side * value for value in values)
    if not (0 < least <= ga and least < gb):
        return None
    best = middle
    c, d = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
    gc, gd = side * look(c), side * look(d)
    for _ in range(_MOST_SECTIONS):
        lower = min(gc, gd)
        if lower <= least:
            best, least = (c if gc <= gd else d), lower
        if lower <= 0 or lower > 4 * (max(ga, gb) - lower):
            break
        if gc < gd:
            b, gb, d, gd = d, gd, c, gc
            c = b - _GOLDEN * (b - a)
            gc = side * look(c)
        else:
            a, ga, c, gc = c, gc, d, gd
            d = a + _GOLDEN * (b - a)
            gd = side * look(d)
    return best, side * least


def _crosses(old, new):
    return old < 0 <= new or old > 0 >= new


def _counts(direction, old, new):
    """Whether the sign changes as wanted; a zero at the start of an interval was the end of another."""
    if old == 0:
        return False
    up, down = old < 0 <= new, old > 0 >= new
    return (up and direction >= 0) or (down and direction <= 0)


def _root(f, a, b, fa, fb):
    """A zero of f between a and b by bisection safeguarded inverse quadratic steps.

    T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997) 145-149, doi:10.1016/S0965-9978(96)00051-8.
    """
    if fb == 0:
        return b
    c, fc, fraction = a, fa, 0.5
    for _ in range(200):
        x = a + fraction * (b - a)
        fx = f(x)
        if (fx > 0) == (fa > 0):
            c, fc = a, fa
        else:
            c, b, fc, fb = b, a, fb, fa
        a, fa = x, fx
        best, f_best = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        tolerance = 2 * _EPS * abs(best) + 0.5 * _EPS * abs(b - c)
        limit = tolerance / abs(b - c)
        if limit > 0.5 or f_best == 0:
            return best
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        if 1 - math.sqrt(1 - xi) < phi < math.sqrt(xi):
            fraction = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (
                fc - fb
            )
        else:
            fraction = 0.5
        fraction = min(max(limit, fraction), 1 - limit)
    return best
