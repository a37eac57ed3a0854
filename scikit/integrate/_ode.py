"""Integration step by step with an object: ode and complex_ode."""

import warnings

import numpy as np

from scikit._core._arrays import to_numpy
from scikit._core._callback import compiled_function
from scikit.integrate._ode_solvers import SOLVERS


class ode:
    """Integrate ``dy/dt = f(t, y)`` with an object that holds the solution.

    Parameters
    ----------
    f : callable or compiled function
        ``f(t, y, *f_params)`` returns dy/dt, shape (n,); or a compiled function as `solve_ivp` takes it.
    jac : callable, optional
        ``jac(t, y, *jac_params)`` returns df_i/dy_j, shape (n, n), or (lband + uband + 1, n) with it at
        (i - j + uband, j) if bandwidths are set.

    Attributes
    ----------
    t : float
        Where the integration stands.
    y : ndarray, shape (n,)
        The solution there; float64, or complex128 with "zvode".

    See Also
    --------
    solve_ivp : The interface for new code.
    odeint : Multistep methods in one call.

    Notes
    -----
    `set_integrator` takes "vode" and "zvode" (Adams or BDF methods of variable order), "lsoda" (the change between
    both by itself), "dopri5" and "dop853" (explicit Runge-Kutta). The first three go on from call to call and give
    the value between their own steps, so they may call `f` beyond the time that was asked for. A change of the
    parameters begins a new integration from the present value. Objects are independent of one another; one object
    is not to be shared between threads.

    References
    ----------
    .. [1] P. N. Brown, G. D. Byrne, A. C. Hindmarsh, SIAM J. Sci. Stat. Comput. 10 (1989) 1038-1051,
       :doi:`10.1137/0910062`.

    Examples
    --------
    >>> from scikit.integrate import ode
    >>> decay = ode(lambda t, y, rate: -rate * y).set_integrator("vode", method="bdf", rtol=1e-8)
    >>> decay = decay.set_initial_value([1.0], 0.0).set_f_params(2.0)
    >>> while decay.successful() and decay.t < 1.0:
    ...     y = decay.integrate(decay.t + 0.5)
    >>> print(f"{y[0]:.6f}")
    0.135335
    """

    def __init__(self, f, jac=None):
        if not callable(f) and compiled_function(f) is None:
            raise TypeError(f"`f` must be callable or a compiled function, not {type(f).__name__}")
        self.stiff = 0
        self.f = f
        self.jac = jac
        self.f_params = ()
        self.jac_params = ()
        self.t = 0.0
        self._y = np.empty(0)
        self._solout = None
        self._integrator = None

    @property
    def y(self):
        return self._y

    def _dtype(self):
        return self._integrator.dtype

    def set_initial_value(self, y, t=0.0):
        """Start from the value `y`, shape (n,) or a number, at the time `t`; gives the object itself."""
        if self._integrator is None:
            self.set_integrator("vode")
        y = to_numpy(y, "y")
        dtype = self._dtype()
        if y.dtype.kind == "c" and dtype is np.float64:
            raise TypeError('`y` is complex; use the integrator "zvode", or complex_ode')
        if y.dtype.kind not in "biufc" or y.ndim > 1:
            raise ValueError(f"`y` must be one row of numbers, not {y.dtype} of shape {y.shape}")
        y = np.array(y, dtype=dtype, ndmin=1)
        t = float(t)
        if not (np.isfinite(y).all() and np.isfinite(t)):
            raise ValueError("`y` and `t` must not contain infs or NaNs")
        self._y, self.t = y, t
        self._integrator.reset()
        return self

    def set_integrator(self, name, **integrator_params):
        """Choose the method; gives the object itself.

        Parameters
        ----------
        name : {"vode", "zvode", "lsoda", "dopri5", "dop853"}
        **integrator_params
            All: rtol, atol, nsteps (most steps in one call), max_step, first_step. "vode", "zvode": method
            ("adams" or "bdf"), with_jacobian, lband, uband, order, min_step. "lsoda": with_jacobian, lband, uband,
            min_step, max_order_ns, max_order_s, ixpr, max_hnil. "dopri5", "dop853": safety, ifactor, dfactor (most
            growth and shrinkage of a step), beta (of the step control), verbosity.
        """
        solver = SOLVERS.get(str(name).lower())
        if solver is None:
            warnings.warn(
                f"No integrator name match with {name!r} or is not available.", stacklevel=2
            )
            return self
        self._integrator = solver(**integrator_params)
        if self._solout is not None and self._integrator.supports_solout:
            self._integrator.solout = self._solout
        if not len(self._y):
            self.t = 0.0
            self._y = np.zeros(1, dtype=self._dtype())
        elif self._y.dtype != self._dtype() and self._y.dtype.kind != "c":
            self._y = self._y.astype(self._dtype())
        return self

    def integrate(self, t, step=False, relax=False):
        """Integrate to `t`.

        Parameters
        ----------
        t : float
        step : bool
            Take one step of the method towards `t` ("vode", "zvode", "lsoda").
        relax : bool
            End at the first step of the method that reaches `t` or goes beyond it (these too).

        Returns
        -------
        ndarray, shape (n,)
            The solution at the attribute `t`.

        Warns
        -----
        UserWarning
            If the integration ends early; `successful` then gives False.
        """
        if self._integrator is None:
            self.set_integrator("vode")
        t = float(t)
        if not np.isfinite(t):
            raise ValueError(f"`t` must be finite, not {t!r}")
        self._y, self.t = self._integrator.run(self, t, step, relax)
        return self._y

    def successful(self):
        """Whether the last integration reached its end."""
        return self._integrator is None or self._integrator.success

    def get_return_code(self):
        """A positive number for success (2 if a `solout` ended it), a negative one for what went wrong."""
        if self._integrator is None:
            self.set_integrator("vode")
        return self._integrator.istate

    def set_f_params(self, *args):
        """Further arguments of `f`; gives the object itself."""
        self._changed(self.f_params, args)
        self.f_params = args
        return self

    def set_jac_params(self, *args):
        """Further arguments of `jac`; gives the object itself."""
        self._changed(self.jac_params, args)
        self.jac_params = args
        return self

    def _changed(self, old, new):
        same = len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
        if not same and self._integrator is not None:
            self._integrator.restart()

    def set_solout(self, solout):
        """Call ``solout(t, y)`` at the start and after each step; -1 ends the integration ("dopri5", "dop853")."""
        if self._integrator is None or not self._integrator.supports_solout:
            raise ValueError("selected integrator does not support solout, choose another one")
        if solout is not None and not callable(solout):
            raise TypeError(f"`solout` must be callable, not {type(solout).__name__}")
        self._solout = self._integrator.solout = solout


class complex_ode(ode):
    """`ode` for a complex y of any integrator but "zvode".

    Parameters
    ----------
    f : callable
        ``f(t, y, *f_params)`` with a complex y, shape (n,).
    jac : callable, optional
        ``jac(t, y, *jac_params)``, complex, shaped as for `ode`.

    See Also
    --------
    ode : For real equations, and complex ones with "zvode".

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import complex_ode
    >>> spin = complex_ode(lambda t, m: 1j * m).set_integrator("dopri5", rtol=1e-9)
    >>> m = spin.set_initial_value([1.0]).integrate(np.pi / 2)
    >>> bool(abs(m[0] - 1j) < 1e-8)
    True
    """

    def _dtype(self):
        return np.complex128

    def set_integrator(self, name, **integrator_params):
        """Choose the method, see `ode.set_integrator`; gives the object itself."""
        if str(name).lower() == "zvode":
            raise ValueError("zvode must be used with ode, not complex_ode")
        return super().set_integrator(name, **integrator_params)
