"""Integration step by step from Python: events, stops, a callback after every step, progress."""

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._progress import progress_reporter
from scikit.integrate._events import Watch
from scikit.integrate._solution import OdeSolution, StepOutput

#: What `step_callback` ended.
STOPPED = 2
_UNITS = 1000  # of progress


class Output:
    """Collects what an integration returns: steps or values at given points, interpolants; dy/dt with `yp0` given."""

    def __init__(self, problem, points, dense_output, yp0=None):
        self.rates, self.rate_values = None if yp0 is None else [yp0], []
        self.problem, self.points = problem, points
        self.ts, self.ys = [problem.t0], [problem.y0]
        self.steps = [] if dense_output else None
        self.times, self.values, self.i_eval = [], [], 0
        self.direction = 1 if problem.tf > problem.t0 else -1

    def add(self, t, y, interpolant, yp=None):
        """A step that ends at t, or is cut off there; dy/dt there is that of the interpolant unless given."""
        if self.points is not None:
            stop = self.i_eval
            while stop < len(self.points) and self.direction * (self.points[stop] - t) <= 0:
                stop += 1
            if stop > self.i_eval:
                self.times.append(self.points[self.i_eval : stop])
                self.values.append(interpolant()(self.points[self.i_eval : stop]))
                if self.rates is not None:
                    self.rate_values.append(
                        self._slopes(self.points[self.i_eval : stop], interpolant())
                    )
                self.i_eval = stop
        if self.steps is not None:
            self.steps.append(interpolant())
        if self.rates is not None:
            self.rates.append(interpolant().derivative(t) if yp is None else yp)
        self.ts.append(t)
        self.ys.append(y)

    def _slopes(self, points, interpolant):
        slopes = interpolant.derivative(points)
        slopes[:, points == self.ts[0]] = self.rates[0][:, None]
        return slopes

    def derivatives(self):
        """dy/dt where `arrays` gives y."""
        if self.points is None:
            return np.stack(self.rates, axis=1)
        if not self.rate_values:
            return np.empty((len(self.problem.y0), 0))
        return np.concatenate(self.rate_values, axis=1)

    def arrays(self):
        """(t, y, sol)."""
        sol = OdeSolution(self.ts, self.steps) if self.steps else None
        if self.points is None:
            return np.array(self.ts), np.stack(self.ys, axis=1), sol
        if not self.times:
            return [], [], sol  # as SciPy
        return np.concatenate(self.times), np.concatenate(self.values, axis=1), sol


def step_through(make_solver, problem, points, dense_output, *, events=(), args=(), tstops=(),
                 step_callback=None, progress=False, output=None, repair=None):  # fmt: skip
    """Integrate step by step.

    Parameters
    ----------
    make_solver : callable
        ``make_solver(t, y, t_bound, first_step)`` gives an Integrator.
    problem : Problem
    points : ndarray or None
        t_eval.
    dense_output : bool
    events : list of Event
    args : tuple
        Of the events.
    tstops : sequence of float
        Within the interval, in the order of integration: the solver stops and starts anew there.
    step_callback : callable or None
        ``step_callback(t, y)`` after every step; a true result ends the integration.
    progress : bool or callable
    output : Output, optional
        What collects the results.
    repair : callable, optional
        ``repair(t, y)`` gives a state that an event has changed as it is to be gone on with.

    Returns
    -------
    tuple
        (status, t, y, sol, t_events, y_events, solvers).
    """
    watch = Watch(events, args)
    if output is None:
        output = Output(problem, points, dense_output)
    rates = output.rates is not None
    bounds = [*tstops, problem.tf]
    span = problem.tf - problem.t0
    t, y, h, status = problem.t0, problem.y0, problem.first_step, None
    solvers = [make_solver(t, y, bounds[0], h)]
    if events:
        watch.begin(t, y)
    with progress_reporter(progress, _UNITS, "integrating") as report:
        while status is None:
            solver = solvers[-1]
            outcome = solver.step()
            if outcome != 0:
                status = outcome
                break
            step = _Step(solver, problem.is_complex)
            t, y, happening = step.t, step.y, None
            if events:
                happening = watch.look(t, y, step.outline, step.interpolant)
            if happening is not None:
                t, event = happening
                y = step.interpolant()(t)
            output.add(t, y, step.interpolant, solver.yp if rates and happening is None else None)
            report(int(_UNITS * (t - problem.t0) / span))
            if step_callback is not None and step_callback(t, y.copy()):
                status = STOPPED
            elif happening is not None and watch.terminal(event):
                status = 1
            elif happening is not None:
                y = _affected(event, t, y, problem)
                if repair is not None:
                    y = repair(t, y)
                yp = output.rates[-1] if rates else None
                if t == problem.tf:
                    status = 0
                else:
                    if t == bounds[0]:
                        del bounds[0]
                    solvers.append(
                        make_solver(t, y, bounds[0], min(solver.h_abs, abs(bounds[0] - t)))
                    )
                    if rates:  # made consistent
                        y, yp = solvers[-1].y, solvers[-1].yp
                    watch.begin(t, y, event)
                output.add(
                    t, y, lambda t=t, y=y: StepOutput(t, t, _flat(y)[None], problem.is_complex), yp
                )
            elif t == problem.tf:
                status = 0
            elif t == bounds[0]:
                del bounds[0]
                solvers.append(make_solver(t, y, bounds[0], min(solver.h_abs, abs(bounds[0] - t))))
    t_events = y_events = None
    if events:
        t_events, y_events = watch.found()
    return status, *output.arrays(), t_events, y_events, solvers


class _Step:
    """The step that a solver has just taken."""

    def __init__(self, solver, is_complex):
        self.solver, self.is_complex = solver, is_complex
        self.t_old, self.t = solver.t_old, solver.t
        self.y = solver.y.view(np.complex128) if is_complex else solver.y
        self._interpolant = None

    def outline(self):
        """A cubic polynomial where the method's own interpolant would cost evaluations, else that one."""
        if self._interpolant is None and self.solver.interpolant_costs:
            return StepOutput(self.t_old, self.t, self.solver.hermite(), self.is_complex)
        return self.interpolant()

    def interpolant(self):
        if self._interpolant is None:
            self._interpolant = StepOutput(
                self.t_old, self.t, self.solver.interpolant(), self.is_complex
            )
        return self._interpolant


def _flat(y):
    return y.view(np.float64) if y.dtype.kind == "c" else y


def _affected(event, t, y, problem):
    """The state after the event: what `affect` returns, or what it made of its argument."""
    state = y.copy()
    value = event.affect(t, state)
    state = to_numpy(state if value is None else value, "affect")
    if state.dtype.kind not in ("biufc" if problem.is_complex else "biuf"):
        raise TypeError(f"`affect` must return numbers like those of `y0`, not {state.dtype}")
    state = np.array(state, dtype=problem.y0.dtype)
    if state.shape != problem.y0.shape:
        raise ValueError(
            f"`affect` must return a state of shape {problem.y0.shape}, not {state.shape}"
        )
    if not np.isfinite(state).all():
        raise ValueError(f"`affect` returned infs or NaNs at t = {float(t)!r}")
    return state
