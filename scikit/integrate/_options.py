"""What only some integrations need: step bounds, control, Jacobian, mass matrix."""

import numpy as np

from scikit._core._callback import RHS, check_signature, compiled_function
from scikit.integrate import _jacobian_cy

_MOST_STEPS = 2**63 - 1


class IntegratorOptions:
    """The options of one integration, as `_ode_cy.Integrator` reads them.

    Attributes
    ----------
    min_step : float
    max_steps : int
        Accepted and rejected steps together.
    fixed : bool
        Steps of the size ``first_step`` without error control.
    max_order : int
        Of a method of variable order; 0 for its own.
    safety, min_factor, max_factor : float
        Of the step control; 0 for the method's own.
    gain : tuple of 4 floats
        Exponents of the step control for an error of order 0; zeros for the method's own.
    lower, upper : int
        Bandwidths of the Jacobian and of `mass` in real numbers; -1 for full ones.
    mass : ndarray of float64 or None
        M in M y' = f, Fortran-contiguous, (n, n) or (lower + upper + 1, n).
    jac : PythonJacobian, CompiledJacobian or None
    linear : object or None
        Linear algebra of the caller's, with the attributes function, data, constant and reraise().
    """

    __slots__ = (
        "fixed",
        "gain",
        "jac",
        "linear",
        "lower",
        "mass",
        "max_factor",
        "max_order",
        "max_steps",
        "min_factor",
        "min_step",
        "safety",
        "upper",
    )

    def __init__(
        self,
        *,
        min_step=0.0,
        max_steps=_MOST_STEPS,
        fixed=False,
        max_order=0,
        safety=0.0,
        min_factor=0.0,
        max_factor=0.0,
        gain=(0.0, 0.0, 0.0, 0.0),
        lower=-1,
        upper=-1,
        mass=None,
        jac=None,
        linear=None,
    ):
        self.min_step = min_step
        self.max_steps = max_steps
        self.fixed = fixed
        self.max_order = max_order
        self.safety, self.min_factor, self.max_factor = safety, min_factor, max_factor
        self.gain = gain
        self.lower, self.upper = lower, upper
        self.mass, self.jac, self.linear = mass, jac, linear

    def reraise(self):
        """Raise what a function among the options raised, if any."""
        for part in (self.jac, self.linear):
            if part is not None:
                part.reraise()


def jacobian_callback(jac, args, n, is_complex, lower=-1, upper=-1, *, transposed=False):
    """`jac` as what the integrators call; None stays None (differences).

    Parameters
    ----------
    jac : None, callable, array_like or compiled function
        ``jac(t, y, *args)``, a constant matrix, or a compiled function
        ``int jac(double t, const double *y, double *out, void *data)`` that stores the matrix column by column.
    args : tuple
        Further arguments, for a compiled function as `rhs_callback` hands them over.
    n : int
        Number of values of y.
    is_complex : bool
    lower, upper : int
        Bandwidths in values of y; -1 for a full matrix.
    transposed : bool
        The matrix is the transpose of (n, n) or (lower + upper + 1, n).

    Returns
    -------
    PythonJacobian, CompiledJacobian or None
    """
    if jac is None:
        return None
    compiled = compiled_function(jac)
    if compiled is None:
        return _jacobian_cy.PythonJacobian(jac, args, n, is_complex, lower, upper, transposed)
    check_signature(compiled.signature, RHS, "jac")
    if is_complex:
        raise ValueError("`jac` is a compiled function of real numbers, but `y0` is complex")
    if transposed:
        raise ValueError("a compiled `jac` stores its matrix column by column, not transposed")
    data, owner = compiled.data, compiled.owner
    if args and not data:
        values = np.concatenate([np.ravel(np.asarray(a, dtype=np.float64)) for a in args])
        data, owner = values.ctypes.data, (owner, values)
    returns_void = compiled.signature[0] == "void"
    return _jacobian_cy.CompiledJacobian(compiled.address, data, returns_void, owner)


def real_bandwidths(lower, upper, is_complex):
    """Bandwidths of the matrix that the kernel sees: a complex value is a pair of real numbers."""
    if lower < 0 or not is_complex:
        return lower, upper
    return 2 * lower + 1, 2 * upper + 1
