"""What only some integrations need: step bounds, control, Jacobian, mass matrix."""

import warnings
from math import inf

import numpy as np

from scikit._core._arrays import as_array
from scikit._core._callback import RHS, check_signature, compiled_function, rhs_callback, user_data
from scikit._core._callback_cy import CompiledRHS
from scikit.integrate import _jacobian_cy
from scikit.integrate._linear import is_sparse, krylov_linear, sparse_linear
from scikit.integrate._problem import integer, number

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
    literal_tol : bool
        The tolerances of steps are those given, also below 1e-8.
    max_order, min_order : int
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
    rhs_explicit : Callback or None
        The second summand of the right-hand side, which an additive method treats explicitly.
    spectral_radius : Callback or None
        A bound of the Jacobian's spectral radius, as the first value of its result.
    implicit : ImplicitStart or None
        What the method "DAE" needs besides (scikit/integrate/_residual.py); `jac` is that of its residual.
    """

    __slots__ = (
        "fixed",
        "gain",
        "implicit",
        "jac",
        "linear",
        "literal_tol",
        "lower",
        "mass",
        "max_factor",
        "max_order",
        "max_steps",
        "min_factor",
        "min_order",
        "min_step",
        "rhs_explicit",
        "safety",
        "spectral_radius",
        "upper",
    )

    def __init__(
        self,
        *,
        min_step=0.0,
        max_steps=_MOST_STEPS,
        fixed=False,
        literal_tol=False,
        max_order=0,
        min_order=0,
        safety=0.0,
        min_factor=0.0,
        max_factor=0.0,
        gain=(0.0, 0.0, 0.0, 0.0),
        lower=-1,
        upper=-1,
        mass=None,
        jac=None,
        linear=None,
        rhs_explicit=None,
        spectral_radius=None,
        implicit=None,
    ):
        self.min_step = min_step
        self.max_steps = max_steps
        self.fixed, self.literal_tol = fixed, literal_tol
        self.max_order, self.min_order = max_order, min_order
        self.safety, self.min_factor, self.max_factor = safety, min_factor, max_factor
        self.gain = gain
        self.lower, self.upper = lower, upper
        self.mass, self.jac, self.linear = mass, jac, linear
        self.rhs_explicit, self.spectral_radius = rhs_explicit, spectral_radius
        self.implicit = implicit

    def reraise(self):
        """Raise what a function among the options raised, if any."""
        for part in (self.jac, self.linear, self.rhs_explicit, self.spectral_radius):
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
    data, owner = user_data(compiled, () if compiled.data else args)
    return CompiledJacobian(compiled.address, data, compiled.signature[0] == "void", owner)


class CompiledJacobian(CompiledRHS):
    """A compiled Jacobian, which has the signature of a right-hand side."""

    constant = False


def real_bandwidths(lower, upper, is_complex):
    """Bandwidths of the matrix that the kernel sees: a complex value is a pair of real numbers."""
    if lower < 0 or not is_complex:
        return lower, upper
    return 2 * lower + 1, 2 * upper + 1


#: Methods that solve linear systems with the Jacobian.
IMPLICIT = (
    "Rosenbrock23",
    "Rodas5P",
    "Radau",
    "KenCarp4",
    "KenCarp5",
    "BDF",
    "LSODA",
    "Adams",
    "auto",
)
#: Methods that take a mass matrix.
WITH_MASS = ("Rosenbrock23", "Rodas5P", "Radau", "BDF", "KenCarp4", "KenCarp5", "auto")
#: Methods whose order changes on the way, or can be chosen.
VARIABLE_ORDER = ("Radau", "BDF", "LSODA", "Adams", "DAE", "auto")
#: Methods whose step control can be chosen.
WITH_CONTROLLER = ("RK23", "RK45", "DOP853", "Tsit5", "Vern6", "Vern7", "Vern8", "Vern9",
                   "Rosenbrock23", "Rodas5P", "KenCarp4", "KenCarp5", "RKC", "ROCK2", "ROCK4", "auto")  # fmt: skip

#: Stabilised explicit methods, whose number of stages follows the spectral radius.
STABILISED = ("RKC", "ROCK2", "ROCK4")
#: Methods that take a pair of right-hand sides, a stiff one and one that is not.
ADDITIVE = ("KenCarp4", "KenCarp5")

#: Exponents of the last three errors and of the step ratio, for an error of order 0 (see `set_control` in
#: sk_integrate_core.f90). PI and PID: C. A. Kennedy, M. H. Carpenter, Appl. Numer. Math. 44 (2003) 139-181,
#: doi:10.1016/S0168-9274(02)00138-1; Gustafsson's: Hairer & Wanner II, equation (IV.8.25).
CONTROLLERS = {
    "I": (1.0, 0.0, 0.0, 0.0),
    "PI": (0.8, -0.31, 0.0, 0.0),
    "PID": (0.58, -0.21, 0.10, 0.0),
    "Gustafsson": (2.0, -1.0, 0.0, 1.0),
}


def make_options(method, problem, fun, args, given):
    """The `IntegratorOptions` that the keywords `given` to `solve_ivp` ask for.

    Parameters
    ----------
    method : str
    problem : Problem
    fun : Callback
        The right-hand side.
    args : tuple
    given : dict
        Keywords that are not of every integration; those that are None are not looked at.

    Returns
    -------
    IntegratorOptions
    """
    given = {name: value for name, value in given.items() if value is not None}
    useless = [name for name in given if not _has_effect(name, method)]
    if useless:
        warn_of(useless)
        if "mass" in useless:
            raise ValueError(
                f"`mass` needs one of the methods {', '.join(WITH_MASS)}, not {method}"
            )
    given = {name: value for name, value in given.items() if name not in useless}
    options = {}
    if "min_step" in given:
        options["min_step"] = number(given["min_step"], "min_step")
        if not 0 <= options["min_step"] <= problem.max_step:
            raise ValueError("`min_step` must not be negative nor exceed `max_step`")
    if "max_steps" in given:
        options["max_steps"] = _count(given["max_steps"], "max_steps")
    for name in ("max_order", "min_order"):
        if name in given:
            options[name] = _count(given[name], name)
    if options.get("min_order", 0) > options.get("max_order", options.get("min_order", 0)):
        raise ValueError("`min_order` must not exceed `max_order`")
    if not given.get("adaptive", True):
        if not problem.first_step > 0:
            raise ValueError("`adaptive=False` needs the size of the steps in `first_step`")
        options["fixed"] = True
    if "controller" in given:
        try:
            options["gain"] = CONTROLLERS[given["controller"]]
        except (KeyError, TypeError):
            raise ValueError(
                f"`controller` must be one of {', '.join(CONTROLLERS)}, not {given['controller']!r}"
            ) from None
    if "spectral_radius" in given:
        options["spectral_radius"] = _spectral_radius(given["spectral_radius"], problem, args)
    options.update(_matrices(problem, fun, args, given))
    return IntegratorOptions(**options)


def split_pair(fun, method):
    """`fun` and None, or the two members of a pair of right-hand sides."""
    if type(fun) not in (tuple, list):  # a scipy.LowLevelCallable is a tuple too
        return fun, None
    if len(fun) != 2:
        raise ValueError(f"`fun` must be one right-hand side or a pair, not {len(fun)} of them")
    if method not in ADDITIVE:
        raise ValueError(
            f"`fun` is a pair of right-hand sides, which needs one of the methods {', '.join(ADDITIVE)}"
        )
    for k, part in enumerate(fun):
        if not callable(part) and compiled_function(part) is None:
            raise TypeError(f"`fun[{k}]` must be callable, not {type(part).__name__}")
    return fun


def add_explicit(options, callback):
    """`options` with the second right-hand side of a pair."""
    if options is None:
        options = IntegratorOptions()
    if options.mass is not None:
        raise ValueError("`mass` cannot be given together with a pair of right-hand sides")
    options.rhs_explicit = callback
    return options


def _has_effect(name, method):
    if name in ("jac", "jac_sparsity", "lband", "uband", "linear_solver", "preconditioner"):
        return method in IMPLICIT
    if name in ("mass", "consistent"):
        return method in WITH_MASS
    if name in ("max_order", "min_order"):
        return method in VARIABLE_ORDER
    if name == "spectral_radius":
        return method in STABILISED
    if name == "controller":
        return method in WITH_CONTROLLER
    if name == "adaptive":  # a multistep method's step and order belong together
        return method not in ("BDF", "Adams", "LSODA", "auto")
    return name in ("min_step", "max_steps")


def _spectral_radius(value, problem, args):
    """A bound of the spectral radius, a number or ``radius(t, y, *args)``, as a function like the right-hand side."""
    if not callable(value) and compiled_function(value) is None:
        constant = number(value, "spectral_radius")
        if not 0 <= constant < inf:
            raise ValueError(f"`spectral_radius` must be finite and not negative, not {constant!r}")
        return rhs_callback(lambda _t, _y: constant, (), len(problem.y0), problem.is_complex)
    if compiled_function(value) is None:
        user = value

        def value(t, y, *args):
            radius = number(user(t, y, *args), "spectral_radius")
            if not 0 <= radius < inf:
                raise ValueError(
                    f"`spectral_radius` must return finite numbers, not {radius!r} as at t = {t!r}"
                )
            return radius

    return rhs_callback(value, args, len(problem.y0), problem.is_complex)


def warn_of(names):
    """Warn of arguments that have no effect, if there are any."""
    if not names:
        return
    # SciPy's spelling of the warning, so that filters for it still work
    names = ", ".join(f"`{name}`" for name in names)
    warnings.warn(
        f"The following arguments have no effect for a chosen solver: {names}.", stacklevel=4
    )


def _count(value, name):
    value = integer(value, name)
    if value <= 0:
        raise ValueError(f"`{name}` must be positive, not {value}")
    return value


def _matrices(problem, fun, args, given):
    """Jacobian, mass matrix and who solves the linear systems."""
    n, is_complex = len(problem.y0), problem.is_complex
    jac, sparsity = given.get("jac"), given.get("jac_sparsity")
    lower, upper = bandwidths(given, n)
    mass = given.get("mass")
    krylov = given.get("linear_solver", "direct")
    if krylov not in ("direct", "gmres"):
        raise ValueError(f"`linear_solver` must be 'direct' or 'gmres', not {krylov!r}")
    if krylov == "gmres":
        packed, diagonal = _diagonal_mass(mass, n, is_complex)
        linear = krylov_linear(fun, problem, jac, args, diagonal, given.get("preconditioner"))
        return {"lower": 0, "upper": 0, "mass": packed, "linear": linear}
    if "preconditioner" in given:
        raise ValueError("`preconditioner` is used with linear_solver='gmres' only")
    if callable(jac) and sparsity is None and compiled_function(jac) is None:
        first = jac(problem.t0, problem.y0.copy(), *args)
        if is_sparse(first):
            sparsity = first
    elif is_sparse(jac):
        sparsity = jac
    if sparsity is not None:
        packed, diagonal = _diagonal_mass(mass, n, is_complex)
        linear = sparse_linear(fun, problem, jac, sparsity, args, diagonal)
        return {"lower": 0, "upper": 0, "mass": packed, "linear": linear}
    callback = jacobian_callback(jac, args, n, is_complex, lower, upper)
    mass = None if mass is None else _dense_mass(mass, n, lower, upper, is_complex)
    lower, upper = real_bandwidths(lower, upper, is_complex)
    return {"lower": lower, "upper": upper, "mass": mass, "jac": callback}


def bandwidths(given, n):
    """`lband` and `uband` of the keywords given; -1 twice without them."""
    lower, upper = given.get("lband"), given.get("uband")
    if lower is None and upper is None:
        return -1, -1
    widths = []
    for name, value in (("lband", lower), ("uband", upper)):
        value = 0 if value is None else integer(value, name)
        if not 0 <= value < max(n, 1):
            raise ValueError(f"`{name}` must lie between 0 and n - 1 = {n - 1}, and is {value}")
        widths.append(value)
    return tuple(widths)


def _dense_mass(mass, n, lower, upper, is_complex):
    """M as the kernel takes it: as wide as J, for real numbers."""
    if hasattr(mass, "toarray"):
        mass = mass.toarray()
    mass = as_array(mass, "mass", np.float64, finite=True)
    if mass.ndim == 1 and mass.shape == (n,):
        if lower >= 0:
            packed = np.zeros((lower + upper + 1, n))
            packed[upper] = mass
            mass = packed
        else:
            mass = np.diag(mass)
    shape = (n, n) if lower < 0 else (lower + upper + 1, n)
    if mass.shape != shape:
        raise ValueError(f"`mass` must have the shape {shape} or ({n},), not {mass.shape}")
    if is_complex:
        if lower >= 0:
            wide = np.zeros((2 * (lower + upper) + 3, 2 * n))
            wide[1::2, ::2] = wide[1::2, 1::2] = mass
            mass = wide
        else:
            mass = np.kron(mass, np.eye(2))
    return np.asfortranarray(mass)


def _diagonal_mass(mass, n, is_complex):
    """M for linear algebra outside the kernel: its diagonal, packed for the kernel and as a vector."""
    if mass is None:
        return None, None
    if hasattr(mass, "toarray") and hasattr(mass, "diagonal"):
        diagonal = np.asarray(mass.diagonal(), dtype=np.float64)
        if mass.nnz > np.count_nonzero(diagonal):
            raise ValueError(
                "`mass` must be diagonal together with a sparse or matrix-free Jacobian"
            )
    else:
        diagonal = as_array(mass, "mass", np.float64, finite=True)
    if diagonal.shape != (n,):
        raise ValueError(
            f"`mass` must be the diagonal, shape ({n},), together with a sparse or matrix-free Jacobian"
        )
    if is_complex:
        diagonal = np.repeat(diagonal, 2)
    return np.asfortranarray(diagonal[None]), diagonal
