"""Events of an integration: zeros of functions of the solution, found in each step's interpolant."""

import itertools
import math
from typing import NamedTuple

import numpy as np

_EPS = float(np.finfo(float).eps)
#: Inner points of a step, as fractions, at which an event is looked at besides the ends: two crossings within one
#: step change no sign at its ends.
_INNER = (0.2, 0.4, 0.6, 0.8)


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
        terminal = getattr(event, "terminal", None)
        direction = getattr(event, "direction", 0)
        affect = getattr(event, "affect", None)
        if affect is not None and not callable(affect):
            raise TypeError(f"the `affect` attribute of `events[{k}]` must be callable")
        if terminal is None or terminal == 0:
            max_count = math.inf
        elif int(terminal) == terminal and terminal > 0:
            max_count = int(terminal)
        else:
            raise ValueError(
                "The `terminal` attribute of each event must be a boolean or positive integer."
            )
        checked.append(Event(event, max_count, direction, affect))
    return checked


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
        roots.sort(reverse=sol.t < sol.t_old)
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
        rough = outline()
        ends = [rough.t_old + x * (rough.t - rough.t_old) for x in _INNER]
        times = [rough.t_old, *ends, rough.t]
        values = [old, *(self._value(event.function, s, rough(s)) for s in ends), new]
        if old == 0:  # that zero is known: what counts is the side to which the event goes from it
            times[0] = rough.t_old + 1e-6 * (rough.t - rough.t_old)
            values[0] = self._value(event.function, times[0], rough(times[0]))
        at_start = self.at_start and old == 0
        if not at_start and not any(_crosses(a, b) for a, b in itertools.pairwise(values)):
            times, values = self._turning(event, times, values, rough)
            if times is None:
                return []
        sol = interpolant()
        value = lambda s: self._value(event.function, s, sol(s))  # noqa: E731
        if sol is not rough:
            values[1:-1] = [value(s) for s in times[1:-1]]
        zeros = []
        for a, b, ga, gb in zip(times[:-1], times[1:], values[:-1], values[1:], strict=True):
            if _counts(event.direction, ga, gb):
                zeros.append(_root(value, a, b, ga, gb))
        if self.at_start and old == 0 and event.direction * new >= 0:
            zeros.append(rough.t_old)
        return zeros

    def _turning(self, event, times, values, rough):
        """Add the point where an event of one sign comes nearest to zero, if it changes sign there."""
        least = min(range(len(values)), key=lambda j: abs(values[j]))
        if least in (0, len(values) - 1) or values[least] == 0:
            return None, None
        a, b = times[least - 1], times[least + 1]
        side = math.copysign(1.0, values[least])
        for _ in range(20):  # golden section towards the extremum
            c, d = b - 0.6180339887498949 * (b - a), a + 0.6180339887498949 * (b - a)
            gc, gd = (side * self._value(event.function, s, rough(s)) for s in (c, d))
            if min(gc, gd) <= 0:
                s = c if gc <= gd else d
                order = sorted([*times, s], reverse=rough.t < rough.t_old)
                values = list(values)
                values.insert(order.index(s), side * min(gc, gd))
                return order, values
            if gc < gd:
                b = d
            else:
                a = c
        return None, None

    def found(self):
        """The zeros: lists of arrays, a pair for every event."""
        return [np.array(t, dtype=np.float64) for t in self.t_events], [
            np.array(y) for y in self.y_events
        ]


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
