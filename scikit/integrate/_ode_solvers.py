"""The integrators behind `ode`: their options, and how they go from call to call."""

import warnings
from math import inf

import numpy as np

from scikit._core._callback import rhs_callback
from scikit.integrate import _ode_cy, _ode_parts_cy
from scikit.integrate._options import IntegratorOptions, jacobian_callback, real_bandwidths

_STATUS_CALLBACK, _STATUS_STEP, _STATUS_STEPS = 4, 10, 11
_MESSAGES = {
    _STATUS_CALLBACK: "The compiled right-hand side reported a failure.",
    _STATUS_STEP: "The step size became too small.",
    _STATUS_STEPS: "Excess work done on this call: more than nsteps = {} steps are needed.",
}


class _Solver:
    """What all integrators share."""

    supports_solout = False
    dtype: type[np.generic] = np.float64
    return_code = 2

    def __init__(self, rtol, atol, nsteps, max_step, first_step):
        self.rtol, self.atol = rtol, atol
        self.nsteps = int(nsteps)
        if self.nsteps < 1:
            raise ValueError(f"`nsteps` must be at least 1, and is {nsteps!r}")
        self.max_step, self.first_step = float(max_step), float(first_step)
        for name in ("max_step", "first_step"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"`{name}` must not be negative, and is {getattr(self, name)!r}")
        self.solout = None
        self.reset()

    def reset(self):
        """A new start value."""
        self.success, self.istate = True, 1
        self.restart()

    def restart(self):
        """Forget the steps so far."""
        self.solver = None

    def fail(self, status):
        """Note a failure and warn of it; `status` 0 is none."""
        self.success = status == 0
        self.istate = self.return_code if self.success else -status
        if not self.success:
            message = _MESSAGES[status].format(self.nsteps)
            warnings.warn(f"{type(self).__name__[1:].lower()}: {message}", stacklevel=5)

    def create(self, problem, method, t_bound, options):
        """The kernel's solver, at the problem's present value."""
        y = problem.y
        is_complex = y.dtype.kind == "c"
        rtol, atol = self.tolerances(len(y), is_complex)
        return _ode_cy.Integrator(
            rhs_callback(problem.f, problem.f_params, len(y), is_complex),
            method,
            problem.t,
            t_bound,
            y.view(np.float64).copy(),
            is_complex,
            rtol,
            atol,
            self.max_step or inf,
            min(self.first_step, abs(t_bound - problem.t)),
            options,
        )

    def tolerances(self, n, is_complex):
        """Two floats, or two arrays with a value a real number."""
        values = [np.asarray(value, dtype=np.float64) for value in (self.rtol, self.atol)]
        for value, name in zip(values, ("rtol", "atol"), strict=True):
            if value.shape not in ((), (1,), (n,)):
                raise ValueError(
                    f"`{name}` must be a number or have shape ({n},), not {value.shape}"
                )
            if not (value >= 0).all():
                raise ValueError(f"`{name}` must not be negative, and is {value!r}")
        if all(value.size == 1 for value in values):
            return tuple(value.item() for value in values)
        return tuple(
            np.repeat(np.broadcast_to(value, n), 2 if is_complex else 1).astype(float)
            for value in values
        )

    @staticmethod
    def value(problem, y):
        """The kernel's real numbers as the problem's."""
        return y.view(np.complex128) if problem.y.dtype.kind == "c" else y


class _Multistep(_Solver):
    """Adams and BDF methods: they keep their history, and interpolate."""

    def __init__(self, rtol, atol, nsteps, max_step, min_step, first_step, bands, max_order):
        self.lband, self.uband = (None if band is None else int(band) for band in bands)
        if any(band is not None and band < 0 for band in (self.lband, self.uband)):
            raise ValueError("`lband` and `uband` must not be negative")
        self.min_step, self.max_order = float(min_step), max_order
        if not self.min_step >= 0:
            raise ValueError(f"`min_step` must not be negative, and is {min_step!r}")
        super().__init__(rtol, atol, nsteps, max_step, first_step)

    @property
    def iwork(self):
        """Statistics at the indices of the Fortran codes: steps, calls, Jacobians, order; factorisations."""
        work = np.zeros(30, dtype=np.int64)
        if self.solver is not None:
            nfev, njev, nlu, nsteps, nrejected = self.solver.counts()
            work[10:14] = nsteps, nfev, njev, abs(self.solver.order)
            work[18], work[21] = nlu, nrejected
        return work

    def start(self, problem, direction):
        """A new solver, without an end: the steps are the method's own."""
        n, is_complex = len(problem.y), problem.y.dtype.kind == "c"
        lower = upper = -1
        if self.lband is not None or self.uband is not None:
            lower, upper = self.lband or 0, self.uband or 0
            if max(lower, upper) >= n:
                raise ValueError(
                    f"the bandwidths are {lower} and {upper}, but there are {n} equations"
                )
        jac = jacobian_callback(problem.jac, problem.jac_params, n, is_complex, lower, upper)
        lower, upper = real_bandwidths(lower, upper, is_complex)
        options = IntegratorOptions(
            literal_tol=True,
            min_step=self.min_step,
            max_order=self.max_order,
            jac=jac,
            lower=lower,
            upper=upper,
        )
        self.solver = self.create(problem, self.kernel, direction * inf, options)

    def run(self, problem, t, step, relax):
        """The value and the time at the end of a call; see ode.integrate."""
        start = problem.t
        if t == start and not step:
            self.fail(0)
            return problem.y, t
        direction = 1.0 if t > start else -1.0
        solver = self.solver
        if (
            solver is None
            or direction * (start - solver.t_old) < 0
            or direction * solver.t_bound < 0
        ):
            self.start(problem, direction)
            solver = self.solver
        status = count = 0
        try:
            while status == 0 and (step or direction * (solver.t - t) < 0):
                if count >= self.nsteps:
                    status = _STATUS_STEPS
                else:
                    status = solver.step()
                    count += 1
                if step:
                    break
        except BaseException:
            self.success, self.istate = False, -_STATUS_CALLBACK
            self.solver = None
            raise
        self.fail(status)
        if status != 0 or step or relax or solver.t == t:
            return self.value(problem, solver.y), solver.t
        x = np.array([(t - solver.t_old) / (solver.t - solver.t_old)])
        y = _ode_parts_cy.interpolate(solver.interpolant()[None], np.zeros(1, dtype=np.int64), x)[0]
        return self.value(problem, y), t


class _Vode(_Multistep):
    def __init__(
        self,
        method="adams",
        with_jacobian=False,
        rtol=1e-6,
        atol=1e-12,
        lband=None,
        uband=None,
        order=12,
        nsteps=500,
        max_step=0.0,
        min_step=0.0,
        first_step=0.0,
    ):
        self.kernel = {"adams": "Adams", "bdf": "BDF"}.get(str(method).lower())
        if self.kernel is None:
            raise ValueError(f'`method` must be "adams" or "bdf", not {method!r}')
        self.with_jacobian = bool(with_jacobian)
        if int(order) < 1:
            raise ValueError(f"`order` must be at least 1, and is {order!r}")
        order = min(int(order), 12)
        bands = lband, uband
        super().__init__(rtol, atol, nsteps, max_step, min_step, first_step, bands, order)


class _Zvode(_Vode):
    dtype = np.complex128


class _Lsoda(_Multistep):
    kernel = "LSODA"

    def __init__(
        self,
        with_jacobian=False,
        rtol=1e-6,
        atol=1e-12,
        lband=None,
        uband=None,
        nsteps=500,
        max_step=0.0,
        min_step=0.0,
        first_step=0.0,
        ixpr=0,
        max_hnil=0,
        max_order_ns=12,
        max_order_s=5,
        method=None,
    ):
        self.with_jacobian = bool(with_jacobian)
        self.ixpr, self.max_hnil, self.method = ixpr, max_hnil, method
        for order, name in ((max_order_ns, "max_order_ns"), (max_order_s, "max_order_s")):
            if int(order) < 1:
                raise ValueError(f"`{name}` must be at least 1, and is {order!r}")
        orders = min(int(max_order_ns), 12) + 256 * min(int(max_order_s), 5)
        bands = lband, uband
        super().__init__(rtol, atol, nsteps, max_step, min_step, first_step, bands, orders)


class _Dopri5(_Solver):
    """An explicit Runge-Kutta method: every call is an integration of its own, which ends at t."""

    supports_solout = True
    return_code = 1
    kernel, order, damping = "RK45", 5, 0.75

    def __init__(
        self,
        rtol=1e-6,
        atol=1e-12,
        nsteps=500,
        max_step=0.0,
        first_step=0.0,
        safety=0.9,
        ifactor=10.0,
        dfactor=0.2,
        beta=0.0,
        method=None,
        verbosity=-1,
    ):
        self.safety, self.ifactor = float(safety), float(ifactor)
        self.dfactor, self.beta = float(dfactor), float(beta)
        self.verbosity, self.method = verbosity, method
        for name in ("safety", "ifactor", "dfactor"):
            if not getattr(self, name) > 0:
                raise ValueError(f"`{name}` must be positive, and is {getattr(self, name)!r}")
        if not abs(self.beta) < 1:
            raise ValueError(f"`beta` must be smaller than 1, and is {beta!r}")
        super().__init__(rtol, atol, nsteps, max_step, first_step)

    def run(self, problem, t, step, relax):  # noqa: ARG002
        """The value and the time at the end of a call; see ode.integrate."""
        solout, y = self.solout, problem.y
        self.fail(0)
        if solout is not None and solout(problem.t, y.copy()) == -1:
            self.istate = 2
            return y, problem.t
        if t == problem.t:
            return y, t
        # exponents of the error and of the one before, Hairer & Wanner II, IV.2, for a method of order 0
        gain = (1 - self.damping * self.beta * self.order, -self.beta * self.order, 0.0, 0.0)
        options = IntegratorOptions(
            literal_tol=True,
            max_steps=self.nsteps,
            safety=self.safety,
            min_factor=self.dfactor,
            max_factor=self.ifactor,
            gain=gain if self.beta else (0.0, 0.0, 0.0, 0.0),
        )
        try:
            solver = self.create(problem, self.kernel, t, options)
            status = self.steps(problem, solver, t, solout)
        except BaseException:
            self.success, self.istate = False, -_STATUS_CALLBACK
            raise
        self.fail(max(status, 0))
        if status < 0:
            self.istate = 2
        return self.value(problem, solver.y), solver.t

    def steps(self, problem, solver, t, solout):
        """The kernel's status, or -1 if `solout` ended the integration."""
        if solout is None:
            return solver.run(False, False, None)[0]
        while solver.t != t:
            status = solver.step()
            if status != 0:
                return status
            if solout(solver.t, self.value(problem, solver.y)) == -1:
                return -1
        return 0


class _Dop853(_Dopri5):
    kernel, order, damping = "DOP853", 8, 0.2

    def __init__(self, *, safety=0.9, ifactor=6.0, dfactor=0.3, **others):
        super().__init__(safety=safety, ifactor=ifactor, dfactor=dfactor, **others)


SOLVERS = {
    "vode": _Vode,
    "zvode": _Zvode,
    "lsoda": _Lsoda,
    "dopri5": _Dopri5,
    "dop853": _Dop853,
}
