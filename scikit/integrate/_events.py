"""Events of an integration: zeros of functions of the solution, found in each step's interpolant."""

import math
from typing import NamedTuple

import numpy as np

from scikit.integrate._solution import OdeSolution, StepOutput

_EPS = float(np.finfo(float).eps)


class Event(NamedTuple):
    """A checked event."""

    function: object
    max_count: float
    direction: float


def prepare_events(events):
    """The events as a list of `Event`; raises for what is none."""
    if callable(events):
        events = (events,)
    checked = []
    for k, event in enumerate(events):
        if not callable(event):
            raise TypeError(f"`events[{k}]` must be callable, not {type(event).__name__}")
        terminal = getattr(event, "terminal", None)
        direction = getattr(event, "direction", 0)
        if terminal is None or terminal == 0:
            max_count = math.inf
        elif int(terminal) == terminal and terminal > 0:
            max_count = int(terminal)
        else:
            raise ValueError(
                "The `terminal` attribute of each event must be a boolean or positive integer."
            )
        checked.append(Event(event, max_count, direction))
    return checked


def handle_events(solver, events, args, problem, points, dense_output):
    """Step to the end or to a terminal event.

    Returns
    -------
    tuple
        (status, t, y, sol, t_events, y_events), see `solve_ivp`.
    """
    is_complex = problem.is_complex
    watch = _Watch(events, args, problem)
    ts, ys, steps = [problem.t0], [problem.y0], []
    times, values, i_eval = [], [], 0
    direction = 1 if problem.tf > problem.t0 else -1
    status = None
    while status is None:
        outcome = solver.step()
        if outcome != 0:
            status = outcome
            break
        t_old, t, y = solver.t_old, solver.t, _state(solver.y, is_complex)
        if t == problem.tf:
            status = 0
        step = None

        def interpolant(t_old=t_old, t=t):
            nonlocal step
            if step is None:
                step = StepOutput(t_old, t, solver.interpolant(), is_complex)
            return step

        end, terminated = watch.look(t, y, interpolant)
        if terminated:
            status, t = 1, end
            y = interpolant()(t)
        if points is not None:
            stop = i_eval
            while stop < len(points) and direction * (points[stop] - t) <= 0:
                stop += 1
            if stop > i_eval:
                times.append(points[i_eval:stop])
                values.append(interpolant()(points[i_eval:stop]))
                i_eval = stop
        if dense_output:
            steps.append(interpolant())
        ts.append(t)
        ys.append(y)
    sol = None
    if dense_output and steps:
        sol = OdeSolution(ts, steps)
    if points is None:
        t_out, y_out = np.array(ts), np.stack(ys, axis=1)
    elif times:
        t_out, y_out = np.concatenate(times), np.concatenate(values, axis=1)
    else:
        t_out, y_out = np.empty(0), np.empty((len(problem.y0), 0), problem.y0.dtype)
    return status, t_out, y_out, sol, *watch.found()


class _Watch:
    """The events' signs from step to step, and the zeros found."""

    def __init__(self, events, args, problem):
        self.events, self.args = events, args
        self.n, self.dtype = len(problem.y0), problem.y0.dtype
        self.g = [e.function(problem.t0, problem.y0.copy(), *args) for e in events]
        self.t_events = [[] for _ in events]
        self.y_events = [[] for _ in events]

    def look(self, t, y, interpolant):
        """Zeros in the step that ends at t: (time of the terminal event, True), or (t, False)."""
        new = [e.function(t, y, *self.args) for e in self.events]
        active = [
            k for k, (a, b) in enumerate(zip(self.g, new, strict=True)) if self._crosses(k, a, b)
        ]
        self.g = new
        if not active:
            return t, False
        sol = interpolant()
        roots = []
        for k in active:
            function = self.events[k].function
            roots.append(
                (_root(lambda s, f=function: f(s, sol(s), *self.args), sol.t_old, sol.t), k)
            )
        roots.sort(reverse=sol.t < sol.t_old)
        for root, k in roots:
            self.t_events[k].append(root)
            self.y_events[k].append(sol(root))
            if len(self.t_events[k]) >= self.events[k].max_count:
                return root, True
        return t, False

    def _crosses(self, k, old, new):
        up, down = old <= 0 <= new, old >= 0 >= new
        direction = self.events[k].direction
        return bool((up and direction >= 0) or (down and direction <= 0)) and (up or down)

    def found(self):
        """The zeros so far: lists of arrays, a pair for every event."""
        y_events = [np.array(y) if y else np.empty((0, self.n), self.dtype) for y in self.y_events]
        return [np.array(t, dtype=np.float64) for t in self.t_events], y_events


def _state(y, is_complex):
    return y.view(np.complex128) if is_complex else y


def _root(f, a, b):
    """A zero of f between a and b by bisection safeguarded inverse quadratic steps.

    T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997) 145-149, doi:10.1016/S0965-9978(96)00051-8.
    """
    fa, fb = f(a), f(b)
    if fa == 0:
        return a
    if fb == 0:
        return b
    if (fa > 0) == (fb > 0):  # the interpolant's ends round to the other side
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
