"""`quad_vec`: the integral of a vector-valued function of one variable."""

import heapq
import itertools
import math
import operator

import numpy as np

from scikit.integrate import _quad_vec_rules as rules

#: Panels that are bisected before the tolerance is looked at again, at the most.
_BATCH = 128
_MESSAGES = {
    0: "Target precision reached.",
    1: "Target precision not reached: the limit of subintervals came first.",
    2: "Target precision not reached: rounding errors are larger.",
    3: "Non-finite values encountered.",
}


class QuadVecResult:
    """Details of an integral of `quad_vec`.

    Attributes
    ----------
    success : bool
        Whether the tolerance was reached.
    status : int
        0 success, 1 limit of subintervals, 2 rounding errors, 3 values that are not finite.
    message : str
        The same in words.
    neval : int
        Number of evaluations of the function.
    intervals : ndarray (n, 2)
        Ends of the subintervals, in the integration variable of the transformed range if that is infinite.
    integrals : ndarray (n, ...)
        Integral over each subinterval.
    errors : ndarray (n,)
        Error estimate of each.
    """

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __repr__(self):
        return f"QuadVecResult({', '.join(f'{k}={v!r}' for k, v in self.__dict__.items())})"


def quad_vec(
    f,
    a,
    b,
    epsabs=1e-200,
    epsrel=1e-8,
    norm="2",
    cache_size=100e6,
    limit=10000,
    workers=1,
    points=None,
    quadrature=None,
    full_output=False,
    *,
    args=(),
):
    """Definite integral of a vector-valued function of one variable.

    Parameters
    ----------
    f : callable
        ``f(x, *args) -> array_like`` of a real number x; real or complex, always of the same shape.
    a, b : float
        Ends of the range; each may be infinite.
    epsabs, epsrel : float, optional
        Wanted is an error of at most ``max(epsabs, epsrel * norm(integral))``.
    norm : {'2', 'max'} or callable, optional
        Size of a vector, for error estimates.
    cache_size : float, optional
        Bytes to spend on the integrals of subintervals; those that are not kept are computed again.
    limit : int, optional
        Largest number of subintervals.
    workers : int or map-like callable, optional
        Number of threads that evaluate `f` (-1: all processors that may be used), or a function such as
        ``multiprocessing.Pool().map`` (`f` must then be picklable). The result is the same for all.
    points : sequence of float, optional
        Where to divide the range at first.
    quadrature : {'gk21', 'gk15', 'trapezoid'}, optional
        Rule on a subinterval; by default 'gk21' for finite ranges and 'gk15' for infinite ones.
    full_output : bool, optional
        Also return details.
    args : tuple, optional
        Further arguments of `f`; anything else than a tuple is one argument.

    Returns
    -------
    res : float or ndarray
        The integral.
    err : float
        Estimate of its error, in the norm.
    info : QuadVecResult
        With `full_output`.

    Raises
    ------
    TypeError
        If an argument is of a wrong type.
    ValueError
        If `norm` or `quadrature` is not known, or an end is NaN.

    See Also
    --------
    quad : Scalar functions, singularities, weights.

    Notes
    -----
    All subintervals whose errors together decide about the tolerance are bisected in one round [1]_, which is where
    `workers` helps. The target is an eighth of the tolerance. Infinite ranges are mapped to (0, 1] or [-1, 1].
    Cost: 21 evaluations (15, 3) for each subinterval. Calls may nest, and run in several threads.

    References
    ----------
    .. [1] R. Piessens et al., QUADPACK, Springer, 1983. :doi:`10.1007/978-3-642-61786-7`

    Examples
    --------
    >>> import numpy as np
    >>> from scikit.integrate import quad_vec
    >>> alpha = np.array([0.0, 1.0, 2.0])
    >>> res, err = quad_vec(lambda x: x**alpha, 0, 2)
    >>> res.round(8)
    array([2.        , 2.        , 2.66666667])
    """
    if not callable(f):
        raise TypeError(f"`f` must be callable, not {type(f).__name__}")
    if not isinstance(args, tuple):
        args = (args,)
    a, b = _real(a, "a"), _real(b, "b")
    epsabs, epsrel = _real(epsabs, "epsabs"), _real(epsrel, "epsrel")
    cache_size = _real(cache_size, "cache_size")
    if math.isnan(a) or math.isnan(b):
        raise ValueError(f"invalid integration bounds `a`={a}, `b`={b}")
    try:
        limit = operator.index(limit)
    except TypeError:
        raise TypeError(f"`limit` must be an integer, not {type(limit).__name__}") from None
    size = rules.find_norm(norm)
    infinite = math.isinf(a) or math.isinf(b)
    rule = rules.find_rule(quadrature, infinite)
    if a == b:
        return _nothing(f, args, 0.0 if infinite else a, full_output)
    sign = 1.0
    if b < a:
        a, b, sign = b, a, -1.0
    function, cuts = _mapped(f, args, a, b, _cuts(points))
    search = _Search(function, rule, size, epsabs, epsrel, limit, cache_size, full_output)
    with rules.mapping(workers) as mapping:
        status = search.run(cuts, mapping)
    value, error = sign * search.value, search.error + search.rounding
    if not full_output:
        return value, error
    return value, error, search.details(status, sign)


def _real(value, name):
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` must be a real number, not {value!r}") from None


def _cuts(points):
    if points is None:
        return []
    try:
        return sorted({float(p) for p in points})
    except (TypeError, ValueError):
        raise TypeError("`points` must be a sequence of real numbers") from None


def _mapped(f, args, a, b, points):
    """The function over a finite range, and the ends of its first panels."""
    points = [p for p in points if a < p < b]
    if math.isinf(a) and math.isinf(b):
        cuts = [
            -1.0,
            0.0,
            1.0,
            *(1 / (abs(p) + 1) * (1 if p > 0 else -1) for p in points if p != 0),
        ]
        return rules.WholeLine(f, args), sorted(set(cuts))
    if math.isinf(b):
        cuts = [0.0, 1.0, *(1 / (p - a + 1) for p in points)]
        return rules.HalfLine(f, args, a, 1.0), sorted(set(cuts))
    if math.isinf(a):
        cuts = [0.0, 1.0, *(1 / (b - p + 1) for p in points)]
        return rules.HalfLine(f, args, b, -1.0), sorted(set(cuts))
    return rules.Plain(f, args), [a, *points, b]


def _nothing(f, args, x, full_output):
    value = np.asarray(f(x, *args))
    value = np.zeros_like(value, dtype=np.result_type(value, np.float64))[()]
    if not full_output:
        return value, 0.0
    return (
        value,
        0.0,
        QuadVecResult(
            success=True,
            status=0,
            message=_MESSAGES[0],
            neval=1,
            intervals=np.empty((0, 2)),
            integrals=np.empty((0, *np.shape(value))),
            errors=np.empty(0),
        ),
    )


class _Search:
    """Panels by descending error, and the sums over them."""

    def __init__(self, function, rule, norm, epsabs, epsrel, limit, cache_size, keep_all):
        self.function, self.rule, self.norm = function, rule, norm
        self.epsabs, self.epsrel, self.limit = epsabs, epsrel, limit
        self.room = math.inf if keep_all else cache_size
        self.heap = []  # (-error, number, panel)
        self.number = 0
        self.neval = 0
        self.value, self.error, self.rounding = 0.0, 0.0, 0.0

    def run(self, cuts, mapping):
        work = [
            (self.function, self.rule, self.norm, None, ends) for ends in itertools.pairwise(cuts)
        ]
        for panels, neval in mapping(rules.first_panel, work):
            self.neval += neval
            for panel in panels:
                self.value = self.value + panel.value
                self.error += panel.error
                self.rounding += panel.rounding
                self.push(panel)
        while True:
            status = self.status()
            if status is not None:
                return status
            chosen = self.choose()
            work = [(self.function, self.rule, self.norm, panel, None) for panel in chosen]
            for panel, (halves, neval) in zip(
                chosen, mapping(rules.bisect_panel, work), strict=True
            ):
                self.neval += neval
                self.replace(panel, halves)

    def status(self):
        """How the search has ended; None if it goes on."""
        if not (math.isfinite(self.error) and math.isfinite(self.rounding)):
            return 3
        if len(self.heap) >= 2 or self.limit < 2:
            if self.error < self.tolerance() / 8:
                return 0
            # no panel's error is below its rounding error
            if self.error < 2 * self.rounding:
                return 2
        return 1 if len(self.heap) >= self.limit else None

    def tolerance(self):
        return max(self.epsabs, self.epsrel * float(self.norm(self.value)))

    def choose(self):
        """The worst panels, as many as decide whether the tolerance is reached."""
        goal = self.error - self.tolerance() / 8
        chosen, total = [], 0.0
        while self.heap and len(chosen) < _BATCH:
            if chosen and (total > goal or len(self.heap) + 2 * len(chosen) >= self.limit):
                break
            panel = heapq.heappop(self.heap)[2]
            total += panel.error
            chosen.append(panel)
        return chosen

    def push(self, panel):
        size = np.asarray(panel.value).nbytes + sum(np.asarray(e).nbytes for e in panel.ends or ())
        if self.room >= size:
            self.room -= size
        else:
            panel = panel.without_values()
        heapq.heappush(self.heap, (-panel.error, self.number, panel))
        self.number += 1

    def replace(self, panel, halves):
        old = panel
        if old.value is None:  # it was not kept
            (old,), neval = rules.first_panel(
                (self.function, self.rule, self.norm, None, (panel.a, panel.b))
            )
            self.neval += neval
        else:
            self.room += np.asarray(old.value).nbytes
        self.value = self.value + (halves[0].value + halves[1].value - old.value)
        self.error += halves[0].error + halves[1].error - panel.error
        self.rounding += halves[0].rounding + halves[1].rounding - panel.rounding
        for half in halves:
            self.push(half)

    def details(self, status, sign):
        panels = [entry[2] for entry in self.heap]
        return QuadVecResult(
            success=status == 0,
            status=status,
            message=_MESSAGES[status],
            neval=self.neval,
            intervals=np.array([[p.a, p.b] for p in panels]),
            integrals=np.array([sign * p.value for p in panels]),
            errors=np.array([p.error for p in panels]),
        )
