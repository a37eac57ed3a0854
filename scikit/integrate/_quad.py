"""`quad`: the integral of a function of one variable."""

import math
import operator
import sys
import warnings

import numpy as np

from scikit._core._callback import integrand_callback
from scikit.integrate import _quad_cy
from scikit.integrate._quad_faults import IntegrationWarning, cycle_explanations, message

_WAVES = ("cos", "sin")
_ENDS = {
    "alg": (False, False),
    "alg-loga": (True, False),
    "alg-logb": (False, True),
    "alg-log": (True, True),
}
_LEAST_EPSREL = max(50 * sys.float_info.epsilon, 5e-29)
_MOMENTS = 25


def quad(
    func,
    a,
    b,
    args=(),
    full_output=0,
    epsabs=1.49e-8,
    epsrel=1.49e-8,
    limit=50,
    points=None,
    weight=None,
    wvar=None,
    wopts=None,
    maxp1=50,
    limlst=50,
    complex_func=False,
):
    """Definite integral of a function of one variable.

    Parameters
    ----------
    func : callable or compiled function
        ``func(x, *args) -> float``. Compiled functions (``scipy.LowLevelCallable``, ``numba.cfunc``, ctypes
        and cffi pointers, capsules) have one of the signatures ``double (double)``, ``double (double, void *)``,
        ``double (int, double *)``, ``double (int, double *, void *)``; the last two get an array of x and `args`
        and its length.
    a, b : float
        Ends of the range; each may be infinite.
    args : tuple, optional
        Further arguments of `func`; anything else than a tuple is one argument.
    full_output : bool or int, optional
        Return a dictionary of details; a fault is then returned instead of a warning.
    epsabs, epsrel : float, optional
        Wanted is an error of at most ``max(epsabs, epsrel * abs(integral))``.
    limit : int, optional
        Largest number of subintervals.
    points : sequence of float, optional
        Where in the (finite) range `func` is not smooth; those outside it are left out.
    weight : {'cos', 'sin', 'alg', 'alg-loga', 'alg-logb', 'alg-log', 'cauchy'}, optional
        Integrate ``func(x) * w(x)``, see Notes.
    wvar : float or (float, float), optional
        Parameters of the weight.
    wopts : (int, ndarray), optional
        ``info['momcom']`` and ``info['chebmo']`` of an earlier integral with the same wvar and ``b - a``.
    maxp1 : int, optional
        Largest number of levels of Chebyshev moments to keep.
    limlst : int, optional
        Largest number of cycles of a Fourier integral, at least 3.
    complex_func : bool, optional
        `func` returns complex numbers; real and imaginary parts are integrated one after the other.

    Returns
    -------
    result : float or complex
        The integral.
    abserr : float or complex
        Estimate of its absolute error.
    infodict : dict
        With `full_output`; see Notes. For a complex `func` ``{'real': ..., 'imag': ...}`` with tuples of all
        that follows `abserr`.
    message : str
        With `full_output`, if there is a fault.
    explain : dict
        With `full_output`, if a Fourier integral has a fault: the meaning of the numbers in ``ierlst``.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If an argument is out of its domain, or a compiled function has another signature.

    Warns
    -----
    IntegrationWarning
        If the tolerance may not have been reached.

    See Also
    --------
    dblquad, tplquad, nquad : Integrals over several variables.
    quad_vec : Vector-valued functions.
    fixed_quad : Gauss-Legendre quadrature of fixed order.
    simpson, trapezoid, romb : Sampled functions.

    Notes
    -----
    The methods are those of QUADPACK [1]_: global adaptive bisection with 21-point Gauss-Kronrod rules (15 points
    for infinite ranges, mapped to (0, 1]) and extrapolation by the epsilon algorithm. The weights use modified
    Clenshaw-Curtis rules on 25 points:

    =========== ================================== ===============
    weight      w(x)                               wvar
    =========== ================================== ===============
    'cos'       cos(w x)                           w
    'sin'       sin(w x)                           w
    'alg'       (x-a)**alpha * (b-x)**beta         (alpha, beta)
    'alg-loga'  the same times log(x-a)            (alpha, beta)
    'alg-logb'  the same times log(b-x)            (alpha, beta)
    'alg-log'   the same times log(x-a) log(b-x)   (alpha, beta)
    'cauchy'    1 / (x-c), principal value         c
    =========== ================================== ===============

    'cos' and 'sin' allow one infinite end (a Fourier integral, summed over cycles with extrapolation; only `epsabs`
    counts). The others need a finite range.

    `infodict` has the number of evaluations ``neval``, of subintervals ``last``, and, each of length `limit`,
    their ends ``alist`` and ``blist``, integrals ``rlist``, errors ``elist`` and the indices ``iord`` by
    descending error. With `points` also ``pts`` (ends and points), ``level`` (bisections that made each
    subinterval) and ``ndin`` (1 where a first error estimate was raised); with 'cos' or 'sin' ``nnlog`` (as
    ``level``), ``momcom`` and ``chebmo``. A Fourier integral has ``neval``, the number of cycles ``lst`` and
    their integrals, errors and faults ``rslst``, ``erlst`` and ``ierlst``. The subintervals of an infinite range
    are those of (0, 1).

    An estimate rests on samples: a narrow peak in a wide range can be missed.

    Cost: 21 evaluations for a smooth function. Calls may nest, and run in several threads; compiled functions run
    without the GIL.

    References
    ----------
    .. [1] R. Piessens, E. de Doncker-Kapenga, C. W. Ueberhuber, D. K. Kahaner, QUADPACK: A Subroutine Package for
       Automatic Integration, Springer, 1983. :doi:`10.1007/978-3-642-61786-7`

    Examples
    --------
    >>> import math
    >>> from scikit.integrate import quad
    >>> result, error = quad(lambda x: math.exp(-x), 0, math.inf)
    >>> round(result, 10), error < 1e-8
    (1.0, True)

    With a parameter, and an oscillating weight:

    >>> result, error = quad(lambda x, a: math.exp(-a * x), 0, math.inf, args=(4.0,), weight="sin", wvar=3.0)
    >>> round(result, 8)
    0.12
    """
    if type(args) is not tuple:
        args = (args,)
    if weight is None and points is None and not full_output and not complex_func:
        found = _quad_cy.quick(integrand_callback(func, args), a, b, epsabs, epsrel, limit)
        if found is not None:
            if len(found) == 2:
                return found
            warnings.warn(message(found[2], limit), IntegrationWarning, stacklevel=2)
            return found[:2]
    a, b = _real(a, "a"), _real(b, "b")
    if complex_func:
        options = (epsabs, epsrel, limit, points, weight, wvar, wopts, maxp1, limlst)
        return _complex(func, a, b, args, full_output, options)
    found = _quad(
        func,
        a,
        b,
        args,
        bool(full_output),
        *(epsabs, epsrel, limit, points, weight, wvar, wopts, maxp1, limlst),
    )
    if len(found) > 2 and not full_output:
        warnings.warn(found[2], IntegrationWarning, stacklevel=2)
        return found[:2]
    return found


def _complex(func, a, b, args, full_output, options):
    real = _quad(func, a, b, args, bool(full_output), *options, part=1)
    imag = _quad(func, a, b, args, bool(full_output), *options, part=2)
    value, error = complex(real[0], imag[0]), complex(real[1], imag[1])
    if full_output:
        if a == b:
            return value, error, {"real": real[2], "imag": imag[2]}
        return value, error, {"real": real[2:], "imag": imag[2:]}
    for found in (real, imag):
        if len(found) > 2:
            warnings.warn(found[2], IntegrationWarning, stacklevel=3)
    return value, error


def _quad(
    func,
    a,
    b,
    args,
    full,
    epsabs,
    epsrel,
    limit,
    points,
    weight,
    wvar,
    wopts,
    maxp1,
    limlst,
    part=0,
):
    """(result, error), then the details if `full`, then the message (and explanations) of a fault."""
    limit = _count(limit, "limit")
    if limit < 1:
        raise ValueError(
            f"Invalid 'limit' argument: there must be at least 1 subinterval, not {limit}"
        )
    epsabs, epsrel = _real(epsabs, "epsabs"), _real(epsrel, "epsrel")
    if epsabs <= 0 and epsrel < _LEAST_EPSREL and not _is_fourier(a, b, weight):
        raise ValueError(
            f"If 'epsabs'<=0, 'epsrel' must be at least 50*(machine epsilon) = {_LEAST_EPSREL:.3g}, not {epsrel}"
        )
    if a == b:
        integrand_callback(func, args, False, part)
        return (0.0, 0.0, _nothing(limit)) if full else (0.0, 0.0)
    sign = 1.0
    if b < a:
        a, b, sign = b, a, -1.0
    tolerance = (epsabs, epsrel, limit, full)
    if weight is None:
        found = _unweighted(func, a, b, args, part, points, tolerance)
    else:
        if points is not None:
            warnings.warn(
                "Break points cannot be specified with a weight: `points` is ignored",
                IntegrationWarning,
                stacklevel=3,
            )
        found = _weighted(func, a, b, args, part, tolerance, weight, wvar, wopts, maxp1, limlst)
    result, error, fault, info = found
    out = (sign * result, error, info) if full else (sign * result, error)
    if fault:
        fourier = _is_fourier(a, b, weight)
        out = (*out, message(fault, limit, fourier=fourier))
        if fourier and full:
            out = (*out, cycle_explanations())
    return out


def _unweighted(func, a, b, args, part, points, tolerance):
    callback = integrand_callback(func, args, False, part)
    if points is not None:
        return _with_points(callback, a, b, points, tolerance)
    if math.isinf(a) or math.isinf(b):
        if math.isinf(a) and math.isinf(b):
            found = _quad_cy.infinite(callback, 0.0, 2, *tolerance)
        elif math.isinf(b):
            found = _quad_cy.infinite(callback, a, 1, *tolerance)
        else:
            found = _quad_cy.infinite(callback, b, -1, *tolerance)
    else:
        found = _quad_cy.finite(callback, a, b, *tolerance)
    if found[3] is not None:
        del found[3]["level"]
    return found


def _with_points(callback, a, b, points, tolerance):
    if math.isinf(a) or math.isinf(b):
        raise ValueError("Infinity inputs cannot be used with break points (`points`).")
    try:
        inner = np.unique(np.asarray(points, dtype=np.float64))
    except (TypeError, ValueError):
        raise TypeError("`points` must be a sequence of real numbers") from None
    inner = inner[(a < inner) & (inner < b)]
    limit, full = tolerance[2:]
    if len(inner) >= limit:
        raise ValueError(
            f"Number of break points in `points` ({len(inner)}) must be less than `limit` ({limit})"
        )
    pts = np.array([a, *inner, b])
    raised = np.zeros(len(pts), np.int32)
    found = _quad_cy.with_points(callback, pts, raised, *tolerance)
    if full:
        found[3].update(pts=pts, level=found[3].pop("level"), ndin=raised)
    return found


def _weighted(func, a, b, args, part, tolerance, weight, wvar, wopts, maxp1, limlst):
    if not isinstance(weight, str) or not (
        weight in _WAVES or weight in _ENDS or weight == "cauchy"
    ):
        raise ValueError(f"`weight`: {weight!r} is not a recognized weighting function.")
    if weight in _WAVES:
        maxp1 = _count(maxp1, "maxp1")
        if maxp1 < 1:
            raise ValueError(f"Chebyshev moment limit `maxp1` must be >=1, not {maxp1}.")
        wave = (_finite(wvar, "wvar"), weight == "sin")
        if math.isinf(a) or math.isinf(b):
            return _fourier(func, a, b, args, part, tolerance, wave, maxp1, limlst)
        callback = integrand_callback(func, args, False, part)
        moments, known = None, 0
        if tolerance[3] or wopts is not None:
            moments, known = _known_moments(wopts, maxp1)
        *found, known = _quad_cy.wave(callback, a, b, *wave, moments, maxp1, known, *tolerance)
        if found[3] is not None:
            found[3].update(nnlog=found[3].pop("level"), momcom=known, chebmo=moments)
        return found
    if math.isinf(a) or math.isinf(b):
        raise ValueError(f"Cannot integrate with `weight` {weight!r} over an infinite interval.")
    callback = integrand_callback(func, args, False, part)
    if weight == "cauchy":
        pole = _finite(wvar, "wvar")
        if pole in (a, b):
            raise ValueError("Parameter `wvar` must not equal integration limits `a` or `b`.")
        found = _quad_cy.pole(callback, a, b, pole, *tolerance)
    else:
        alpha, beta = _two_powers(wvar)
        if tolerance[2] < 2:
            raise ValueError(f"`limit` must be at least 2 with `weight` {weight!r}")
        found = _quad_cy.ends(callback, a, b, alpha, beta, *_ENDS[weight], *tolerance)
    if found[3] is not None:
        del found[3]["level"]
    return found


def _fourier(func, a, b, args, part, tolerance, wave, maxp1, limlst):
    if math.isinf(a) and math.isinf(b):
        raise ValueError("Cannot integrate with this `weight` from -Inf to +Inf.")
    omega, sine = wave
    epsabs, _, limit, full = tolerance
    limlst = _count(limlst, "limlst")
    if limlst < 3:
        raise ValueError(f"Cycle limit `limlst` must be >=3, not {limlst}.")
    if epsabs <= 0:
        raise ValueError(f"`epsabs` must be positive for a Fourier integral, not {epsabs}")
    backwards = math.isinf(a)  # f(-x) from -b to infinity
    callback = integrand_callback(func, args, backwards, part)
    value, error = np.zeros(limlst), np.zeros(limlst)
    fault = np.zeros(limlst, np.int32)
    *found, cycles = _quad_cy.fourier(
        callback,
        -b if backwards else a,
        -omega if backwards and sine else omega,
        sine,
        np.empty((_MOMENTS, maxp1)),
        value,
        error,
        fault,
        epsabs,
        limit,
        full,
    )
    if full:
        neval = found[3]["neval"]
        found[3] = {"neval": neval, "lst": cycles, "rslst": value, "erlst": error, "ierlst": fault}
    return found


def _known_moments(wopts, maxp1):
    """The table of moments, a copy of the user's if there is one, and how many levels are known."""
    if wopts is None:
        return np.zeros((_MOMENTS, maxp1)), 0
    try:
        known, given = wopts
        known = operator.index(known)
    except (TypeError, ValueError):
        raise TypeError("`wopts` must be a pair of an integer and an array") from None
    moments = np.array(given, dtype=np.float64)
    if moments.shape != (_MOMENTS, maxp1):
        raise ValueError(
            f"`wopts`: the array of moments has shape {moments.shape}; ({_MOMENTS}, {maxp1}) is needed"
        )
    if not 0 <= known <= maxp1:
        raise ValueError(f"`wopts`: the number of levels must be in 0 ... {maxp1}, not {known}")
    return moments, known


def _two_powers(wvar):
    try:
        alpha, beta = wvar
        alpha, beta = float(alpha), float(beta)
    except (TypeError, ValueError):
        raise TypeError(f"`wvar` must be two numbers (alpha, beta), not {wvar!r}") from None
    if not (alpha > -1 and beta > -1):
        raise ValueError(f"`wvar`: alpha and beta must both be > -1, not {wvar!r}")
    return alpha, beta


def _nothing(limit):
    """The details of an empty range."""
    return {
        "neval": 0,
        "last": 0,
        "alist": np.full(limit, np.nan),
        "blist": np.full(limit, np.nan),
        "rlist": np.zeros(limit),
        "elist": np.zeros(limit),
        "iord": np.zeros(limit, np.int32),
    }


def _is_fourier(a, b, weight):
    return isinstance(weight, str) and weight in _WAVES and (math.isinf(a) or math.isinf(b))


def _real(value, name):
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a real number, not {value!r}") from None


def _finite(value, name):
    number = _real(value, name)
    if not math.isfinite(number):
        raise ValueError(f"`{name}` must be finite, not {number}")
    return number


def _count(value, name):
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"`{name}` must be an integer, not {type(value).__name__}") from None
    if count > 2**31 - 1:
        raise ValueError(f"`{name}` must be below 2**31, not {count}")
    return count
