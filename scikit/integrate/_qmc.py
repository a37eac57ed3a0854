"""Integrals in many dimensions by randomised quasi-Monte Carlo points: qmc_quad."""

import math
import operator
import warnings
from typing import NamedTuple

import numpy as np

from scikit._core._arrays import to_numpy
from scikit.integrate._elementwise import float_dtype


class QMCQuadResult(NamedTuple):
    """What `qmc_quad` returns."""

    integral: float | complex
    standard_error: float


def qmc_quad(func, a, b, *, n_estimates=8, n_points=1024, qrng=None, log=False):
    """Integrate a function of several variables over a box with quasi-Monte Carlo points.

    Parameters
    ----------
    func : callable
        ``func(x)`` with x of shape (d, n) returns the integrand's values, shape (n,). If it takes only single points of
        shape (d,), it is called for one after the other, with a warning.
    a, b : array_like, shape (d,)
        Lower and upper limits, finite, in any order.
    n_estimates : int
        Number of independent estimates.
    n_points : int
        Number of points of each.
    qrng : scipy.stats.qmc.QMCEngine, optional
        Gives the points of the first estimate; the others come from engines like it with scrambling of their own. By
        default a Halton sequence with random permutations of its digits, seeded by the operating system.
    log : bool
        Whether `func` returns the logarithm of the integrand; then the results are logarithms too.

    Returns
    -------
    QMCQuadResult
        A pair, also by name: ``integral``, the mean of the estimates, and ``standard_error`` of that mean.

    Raises
    ------
    ValueError, TypeError
        For an argument out of its domain, naming it; where `func` fails at the box's center.
    BaseException
        Whatever `func` raised after that, as the same object.

    Notes
    -----
    The estimates are independent, so that their scatter tells the error [1]_: a confidence interval follows from
    Student's t distribution with ``n_estimates - 1`` degrees of freedom. More points in an estimate make the error
    smaller; more estimates make its value better known.

    References
    ----------
    .. [1] A. B. Owen, A randomized Halton algorithm in R, :doi:`10.48550/arXiv.1706.02808`.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import qmc_quad
    >>> res = qmc_quad(lambda x: np.exp(-np.sum(x**2, axis=0)), np.zeros(6), np.ones(6))
    >>> bool(abs(res.integral - 0.746824132812427**6) < 10 * res.standard_error)
    True
    """
    problem = _check(func, a, b, n_estimates, n_points, qrng, log)
    func, a, b, n_estimates, n_points, qrng = problem
    if (a == b).any():
        warnings.warn(
            "A lower limit was equal to an upper limit, so the value of the integral is zero.",
            UserWarning,
            stacklevel=2,
        )
        return QMCQuadResult(integral=-math.inf if log else 0.0, standard_error=0.0)
    sign = -1 if np.count_nonzero(b < a) % 2 else 1
    a, b = np.minimum(a, b), np.maximum(a, b)
    estimates = []
    for engine in _engines(qrng, len(a), n_estimates):
        sample = _check_sample(engine.random(n_points), n_points, len(a))
        x = (sample * (b - a) + a).astype(a.dtype)
        estimates.append(_mean(_values(func, x.T), log))
    integral, error = _scatter(np.array(estimates), log)
    volume = np.prod(b - a)
    if log:
        size = np.log(volume)
        return QMCQuadResult(
            integral=(integral + size) if sign > 0 else integral + size + math.pi * 1j,
            standard_error=error + size,
        )
    return QMCQuadResult(integral=sign * volume * integral, standard_error=volume * error)


def _check(func, a, b, n_estimates, n_points, qrng, log):
    if not callable(func):
        raise TypeError("`func` must be callable.")
    arrays = [np.atleast_1d(to_numpy(x, name)) for x, name in ((a, "a"), (b, "b"))]
    for x, name in zip(arrays, "ab", strict=True):
        if x.dtype.kind not in "biuf":
            raise TypeError(f"`{name}` must hold real numbers, not {x.dtype}")
        if x.ndim > 1 or x.size == 0:
            raise ValueError(f"`{name}` must have shape (d,), not {x.shape}")
        if not np.isfinite(x).all():
            raise ValueError(f"`{name}` must not contain infs or NaNs")
    try:
        shape = np.broadcast_shapes(arrays[0].shape, arrays[1].shape)
    except ValueError:
        raise ValueError("`a` and `b` must have the same length") from None
    dtype = float_dtype(arrays, arrays)
    a, b = (np.broadcast_to(x, shape).astype(dtype) for x in arrays)
    func = _vectorised(func, a, b)
    n_points, n_estimates = _count(n_points, "n_points"), _count(n_estimates, "n_estimates")
    if qrng is None:
        qrng = ScrambledHalton(len(a))
    elif not all(hasattr(qrng, name) for name in ("random", "reset", "fast_forward")):
        raise TypeError("`qrng` must be an instance of scipy.stats.qmc.QMCEngine.")
    if getattr(qrng, "d", len(a)) != len(a):
        raise ValueError(
            "`qrng` must be initialized with dimensionality equal to the number of variables in `a`: "
            f"its d is {qrng.d}, `a` has {len(a)}"
        )
    if not isinstance(log, bool | np.bool_):
        raise TypeError("`log` must be boolean (`True` or `False`).")
    return func, a, b, n_estimates, n_points, qrng


def _count(value, name):
    try:
        count = operator.index(value)
    except TypeError:
        try:
            count = int(value)
            if count != value:
                raise TypeError
        except (TypeError, ValueError, OverflowError):
            raise TypeError(f"`{name}` must be an integer.") from None
    if count < 1:
        raise ValueError(f"`{name}` must be positive, not {count}")
    return count


def _vectorised(func, a, b):
    """`func`, or a loop over it, after a trial at the center."""
    center = a / 2 + b / 2
    try:
        func(center)
    except Exception as error:
        raise ValueError(
            "`func` must evaluate the integrand at points within the integration range; at the center, an array of "
            f"shape {center.shape}, it raised {error!r}"
        ) from error
    try:
        func(np.stack([center, center]).T)
    except Exception as error:  # whatever it is, points may work one by one
        warnings.warn(
            f"Exception encountered when attempting vectorized call to `func`: {error!r}. `func` should accept arrays "
            "of shape (d, n) and return one of shape (n,); it is now called point by point.",
            UserWarning,
            stacklevel=4,
        )
        return lambda x: np.array([func(point) for point in x.T])
    return func


def _values(func, x):
    value = np.asarray(func(x))
    if value.dtype.kind not in "biufc":
        raise TypeError(f"`func` must return numbers, not an array of {value.dtype}")
    if value.size == 1:
        return np.broadcast_to(value.ravel(), x.shape[1:])
    if value.size != x.shape[1]:
        raise ValueError(f"`func` must return an array of shape {x.shape[1:]}, not {value.shape}")
    return value.ravel()


def _mean(value, log):
    if not log:
        return value.mean()
    top = value.real.max()
    if not math.isfinite(top):
        return value.sum()
    with np.errstate(divide="ignore"):
        return np.log(np.exp(value - top).mean()) + top


def _scatter(estimates, log):
    """Mean and standard error of the mean."""
    top = 0.0
    if log:
        top = estimates.real.max()
        if not math.isfinite(top):
            return top, top
        estimates = np.exp(estimates - top)
    n = len(estimates)
    mean = estimates.mean()
    spread = np.abs(estimates - mean)
    error = math.sqrt((spread**2).sum() / (n - 1) / n) if n > 1 else math.nan
    if log:
        with np.errstate(divide="ignore"):
            return np.log(mean) + top, np.log(error) + top
    return mean, error


def _check_sample(sample, n, d):
    sample = np.asarray(sample)
    if sample.shape != (n, d):
        raise ValueError(f"`qrng`.random({n}) must have shape ({n}, {d}), not {sample.shape}")
    return sample


def _engines(qrng, d, count):
    """`qrng`, then engines like it with scrambling of their own."""
    yield qrng
    if count == 1:
        return
    if isinstance(qrng, ScrambledHalton):
        for _ in range(count - 1):
            yield ScrambledHalton(d)
        return
    rng = getattr(qrng, "rng", None)
    rngs = np.random.default_rng(rng if isinstance(rng, np.random.Generator) else None).spawn(
        count - 1
    )
    options = getattr(qrng, "_init_quad", None)  # what SciPy keeps for this purpose
    for child in rngs:
        yield _Shifted(qrng, child) if options is None else type(qrng)(rng=child, **options)


class _Shifted:
    """The next points of an engine that cannot be made anew, shifted modulo 1 by a random vector."""

    def __init__(self, engine, rng):
        self.engine, self.rng = engine, rng

    def random(self, n):
        """Points (n, d)."""
        sample = np.asarray(self.engine.random(n))
        return (sample + self.rng.random(sample.shape[1])) % 1.0


class ScrambledHalton:
    """The Halton sequence, with a random permutation for every digit of every dimension.

    Parameters
    ----------
    d : int
    rng : Generator, int or None
    """

    def __init__(self, d, rng=None):
        self.d, self.rng = d, np.random.default_rng(rng)
        self.bases = _primes(d)
        # digits until the last one is below the spacing of doubles in (0, 1)
        self.permutations = [
            np.stack([self.rng.permutation(p) for _ in range(math.ceil(53 / math.log2(p)))])
            for p in self.bases
        ]
        self.index = 0

    def random(self, n):
        """The next points, shape (n, d), in [0, 1)."""
        sample = np.empty((n, self.d))
        for column, p, permutations in zip(sample.T, self.bases, self.permutations, strict=True):
            rest = np.arange(self.index, self.index + n)
            value, scale = np.zeros(n), 1.0
            for permutation in permutations:
                rest, digit = np.divmod(rest, p)
                scale /= p
                value += permutation[digit] * scale
            column[:] = np.minimum(value, 1 - 2.0**-53)
        self.index += n
        return sample

    def reset(self):
        """Begin again."""
        self.index = 0
        return self

    def fast_forward(self, n):
        """Pass over n points."""
        self.index += n
        return self


def _primes(count):
    found, candidate = [], 2
    while len(found) < count:
        if all(candidate % p for p in found if p * p <= candidate):
            found.append(candidate)
        candidate += 1
    return found
