"""qmc_quad: closed forms, the error estimate, SciPy's engines, bad input."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import qmc

from scikit.integrate import qmc_quad
from scikit.integrate._qmc import ScrambledHalton

GAUSS = 0.746824132812427  # sqrt(pi) / 2 * erf(1)


def gauss(x):
    return np.exp(-np.sum(x**2, axis=0))


@pytest.mark.parametrize("d", [1, 2, 5, 12])
def test_closed_form(d):
    res = qmc_quad(gauss, np.zeros(d), np.ones(d), qrng=ScrambledHalton(d, 7), n_points=2048)
    assert abs(res.integral - GAUSS**d) < 8 * res.standard_error
    assert res.standard_error < 5e-4 * d * GAUSS**d


def test_default_engine_and_scalars():
    res = qmc_quad(lambda x: x**2, 0, 3)
    assert_allclose(res.integral, 9, rtol=1e-3)
    turned = qmc_quad(gauss, [1, 0], [0, 1])
    assert_allclose(turned.integral, -(GAUSS**2), rtol=1e-2)


def test_error_falls_faster_than_monte_carlo():
    errors = [
        qmc_quad(gauss, [0] * 3, [1] * 3, n_points=n, qrng=ScrambledHalton(3, 5)).standard_error
        for n in (128, 8192)
    ]
    assert errors[1] < errors[0] / 64**0.6  # plain Monte Carlo: 64**0.5


def test_standard_error_tells_the_scatter():
    rng = np.random.default_rng(11)
    scores = []
    for _ in range(60):
        engine = qmc.Halton(2, rng=rng)
        res = qmc_quad(gauss, [0, 0], [1, 1], n_points=64, qrng=engine)
        scores.append((res.integral - GAUSS**2) / res.standard_error)
    # Student's t with 7 degrees of freedom: standard deviation 1.18
    assert 0.7 < np.std(scores) < 2
    assert abs(np.mean(scores)) < 0.7


@pytest.mark.parametrize("kind", [qmc.Sobol, qmc.Halton, qmc.LatinHypercube])
@pytest.mark.parametrize("signs", [(1, 1), (-1, 1)])
def test_engines_and_logarithms(kind, signs):
    b = np.array(signs, float)
    plain = qmc_quad(gauss, [0, 0], b, n_points=256, qrng=kind(2, rng=np.random.default_rng(1)))
    logs = qmc_quad(
        lambda x: -np.sum(x**2, axis=0),
        [0, 0],
        b,
        n_points=256,
        log=True,
        qrng=kind(2, rng=np.random.default_rng(1)),
    )
    assert_allclose(plain.integral, np.prod(signs) * GAUSS**2, rtol=1e-2)
    assert_allclose(np.exp(logs.integral), plain.integral, rtol=1e-13)
    assert_allclose(np.exp(logs.standard_error), plain.standard_error, rtol=1e-11)
    assert np.iscomplexobj(logs.integral) == (np.prod(signs) < 0)


class Lattice:
    """An engine of somebody else's: the golden ratio's sequence."""

    d = 2

    def random(self, n):
        return np.outer(np.arange(n), [0.7548776662466927, 0.5698402909980532]) % 1

    def reset(self):
        return self

    def fast_forward(self, n):
        raise NotImplementedError(n)


def test_foreign_engine():
    res = qmc_quad(gauss, [0, 0], [1, 1], qrng=Lattice())
    assert_allclose(res.integral, GAUSS**2, rtol=1e-2)
    assert res.standard_error > 0


def test_halton_is_a_low_discrepancy_sequence():
    engine = ScrambledHalton(3, 0)
    first, second = engine.random(100), engine.random(400)
    sample = np.concatenate((first, second))
    assert ((sample >= 0) & (sample < 1)).all()
    for column, base in zip(sample[:480].T, (2, 3, 5), strict=True):
        power = base ** int(math.log(480) // math.log(base))
        counts = np.bincount((column[:power] * power).astype(int), minlength=power)
        assert (counts == 1).all()  # one point in every interval of an elementary partition
    assert_allclose(engine.reset().fast_forward(100).random(400), second)
    assert qmc.discrepancy(sample) < 0.2 * qmc.discrepancy(
        np.random.default_rng(0).random((500, 3))
    )


def test_one_estimate_and_zero_width():
    assert math.isnan(qmc_quad(gauss, [0, 0], [1, 1], n_estimates=1).standard_error)
    for log, zero in ((False, 0), (True, -math.inf)):
        with pytest.warns(UserWarning, match="limit"):
            res = qmc_quad(gauss, [0, 0], [0, 1], log=log)
        assert res.integral == zero
        assert res.standard_error == 0


def test_function_of_single_points():
    def f(x):
        if x.ndim != 1:
            raise RuntimeError("one at a time")
        return x.sum()

    with pytest.warns(UserWarning, match="one at a time"):
        res = qmc_quad(f, [0, 0], [1, 1], n_points=128)
    assert_allclose(res.integral, 1, rtol=1e-2)


@pytest.mark.parametrize(("change", "error", "name"), [
    ({"func": 3}, TypeError, "`func`"), ({"func": lambda: 1}, ValueError, "`func`"),
    ({"a": [[0.0]]}, ValueError, "`a`"),
    ({"a": [0, 0, 0]}, ValueError, "`a`"), ({"b": [math.inf, 1]}, ValueError, "`b`"),
    ({"b": ["x", "y"]}, TypeError, "`b`"),
    ({"n_points": 1.5}, TypeError, "`n_points`"), ({"n_points": 0}, ValueError, "`n_points`"),
    ({"n_estimates": "x"}, TypeError, "`n_estimates`"), ({"qrng": 3}, TypeError, "`qrng`"),
    ({"qrng": Lattice(), "a": [0], "b": [1]}, ValueError, "`qrng`"), ({"log": 1}, TypeError, "`log`"),
    ({"func": lambda x: x[0, :-1] if x.ndim > 1 else 1.0}, ValueError, "`func`"),
    ({"func": lambda x: None}, TypeError, "`func`"), ({"a": [], "b": []}, ValueError, "`a`"),
])  # fmt: skip
def test_bad_input(change, error, name):
    arguments = {"func": gauss, "a": [0, 0], "b": [1, 1]} | change
    with pytest.raises(error, match=name):
        qmc_quad(**arguments)


def test_exceptions_come_out_as_themselves():
    problem = KeyError("mine")

    def f(x):
        if x.size > 10:
            raise problem
        return x[0]

    with pytest.raises(KeyError) as caught:
        qmc_quad(f, [0, 0], [1, 1])
    assert caught.value is problem


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("b", [[1, 1], [0, 1]])
@pytest.mark.filterwarnings("ignore:A lower limit was equal")
def test_the_result_is_a_pair(log, b):
    res = qmc_quad(lambda x: -np.sum(x**2, axis=0), [0, 0], b, log=log)
    integral, standard_error = res
    assert integral == res.integral
    assert standard_error == res.standard_error
    assert res._fields == ("integral", "standard_error")
