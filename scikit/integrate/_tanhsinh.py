"""One-dimensional integrals by double exponential quadrature: tanhsinh."""

from math import inf, log

import numpy as np

from scikit.integrate import _double_exponential as de
from scikit.integrate._elementwise import Elementwise, check_flag, check_level, check_tolerance
from scikit.integrate._result import RichResult

_MAXLEVEL = 10


def tanhsinh(
    f,
    a,
    b,
    *,
    args=(),
    kwargs=None,
    log=False,
    maxlevel=None,
    minlevel=2,
    atol=None,
    rtol=None,
    preserve_shape=False,
    callback=None,
):
    """Integrate functions of one variable by tanh-sinh quadrature, many at once.

    Suited to smooth integrands, also with singularities at the ends of the interval and over infinite intervals: the
    number of correct digits about doubles from level to level.

    Parameters
    ----------
    f : callable
        ``f(x, *args, **kwargs)``, elementwise: it gets arrays of any shape and returns one of the same shape, real or
        complex. It must not change its arguments.
    a, b : array_like of float
        Limits, in any order; they may be infinite. float32 only if both are; else float64.
    args : tuple of array_like
        Further arguments of `f`, broadcast with `a` and `b`.
    kwargs : dict of str to array_like, optional
        The same, passed by name.
    log : bool
        Whether `f` returns the logarithm of the integrand; then `atol` and `rtol`, the integral and the error are
        logarithms too. A negative integrand has a logarithm with imaginary part pi.
    maxlevel : int
        Largest level of refinement, 10 if not given. Level 0 takes 18 points, each further one about as many as all
        before it.
    minlevel : int
        Levels up to this one are evaluated in a single call of `f`.
    atol, rtol : float, optional
        An integral has converged where its error is below `atol` (0) or below `rtol` (``eps**0.75``) times its
        magnitude.
    preserve_shape : bool
        If True, `f` gets arrays of the full broadcast shape, with the points along a further last axis (the
        first call has no such axis), and may return arrays with more leading dimensions.
    callback : callable, optional
        ``callback(res)`` is called before the first level and after each; `res` has the fields of the result. It
        ends the computation by raising StopIteration.

    Returns
    -------
    RichResult
        With the fields, all of the broadcast shape,

        ``success`` : bool
            Whether ``status`` is 0.
        ``status`` : int32
            0 converged; -2 `maxlevel` reached; -3 a value was not finite; -4 ended by `callback`; 1 going on (seen by
            `callback` only).
        ``integral``, ``error`` : float or complex
            NaN for the error before level 2.
        ``nfev`` : int32
            Number of points at which `f` was evaluated.
        ``maxlevel`` : int64
            The level reached; -1 if none was needed.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it.
    BaseException
        Whatever `f` or `callback` raised, as the same object.

    Notes
    -----
    The substitution of Takahasi and Mori [1]_ with the error estimate of Bailey et al. [2]_. The estimate is no bound:
    it compares the last levels, and in about one of a thousand integrals two of them agree by chance and the true error
    is larger; where that matters, ``minlevel=4`` makes it improbable. Points beside an end of the interval are computed
    from their distance to it; those that round to the end itself, and values there that are not finite, are left out.
    Integrals that have converged take no part in further calls; very many are computed in parts. Half-infinite
    intervals are mapped by ``x = a + 1/s - 1``, the real line by ``x = s/(1 - s**2)``. Thread-safe.

    References
    ----------
    .. [1] H. Takahasi, M. Mori, Publ. RIMS 9 (1974) 721-741, :doi:`10.2977/prims/1195192451`.
    .. [2] D. H. Bailey, K. Jeyabalan, X. S. Li, Exp. Math. 14 (2005) 317-329,
       :doi:`10.1080/10586458.2005.10128931`.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import tanhsinh
    >>> res = tanhsinh(lambda x: np.exp(-(x**2)), -np.inf, np.inf)
    >>> bool(abs(res.integral - np.sqrt(np.pi)) < 1e-14)
    True

    The signal of a voxel whose off-resonance is spread over an interval, at four echo times:

    >>> te = np.array([0.0, 0.01, 0.02, 0.03])
    >>> res = tanhsinh(lambda f, t: np.exp(2j * np.pi * f * t), -20, 20, args=(te,))
    >>> np.allclose(res.integral, 40 * np.sinc(40 * te))
    True
    """
    if not callable(f):
        raise ValueError("`f` must be callable.")
    log, preserve_shape = check_flag(log, "log"), check_flag(preserve_shape, "preserve_shape")
    maxlevel = check_level(maxlevel, "maxlevel", _MAXLEVEL)
    minlevel = min(check_level(minlevel, "minlevel", 2), maxlevel)
    if callback is not None and not callable(callback):
        raise ValueError("`callback` must be callable.")
    function = Elementwise(f, {"a": a, "b": b}, args, kwargs, preserve_shape)
    tolerances = _tolerances(atol, rtol, log)
    intervals = de.Intervals(*function.limits)
    first = function.first(intervals.middle())
    if tolerances[1] is None:
        tolerances = (tolerances[0], default_rtol(function.out_dtype, 0.75, log))
    out = de.integrate(
        function,
        intervals,
        first,
        log=log,
        levels=(minlevel, maxlevel),
        tolerances=tolerances,
        callback=callback and _Caller(callback, function),
    )
    return _result(out, function.out_shape)


def _tolerances(atol, rtol, log):
    return (
        check_tolerance(atol, "atol", -inf if log else 0.0, log),
        check_tolerance(rtol, "rtol", None, log),
    )


def default_rtol(dtype, power, log_of_it):
    """The machine's precision to a power, or its logarithm."""
    eps = float(np.finfo(dtype).eps)
    return power * log(eps) if log_of_it else eps**power


def _result(out, shape):
    fields = {"success": out["status"] == de.CONVERGED} | {
        name: out[name].copy() for name in ("status", "integral", "error", "nfev", "maxlevel")
    }
    return RichResult({name: x.reshape(shape)[()] for name, x in fields.items()})


class _Caller:
    """The user's callback as a function that says whether to stop."""

    def __init__(self, callback, function):
        self.callback, self.function = callback, function

    def __call__(self, out):
        try:
            self.callback(_result(out, self.function.out_shape))
        except StopIteration:
            return True
        return False
