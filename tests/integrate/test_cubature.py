"""cubature: the rules' degrees, closed forms, SciPy, bad input."""

import importlib.util
import itertools
import math
import pathlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.integrate
from numpy.testing import assert_allclose, assert_array_equal

from scikit.integrate import cubature
from scikit.integrate._cubature_rules import named_rule

inf = math.inf
RULES = ("gk15", "gk21", "genz-malik")
ROOT = pathlib.Path(__file__).parents[2]


def monomial(powers):
    """Its integral over (-1, 1)**n."""
    return math.prod(2 / (k + 1) if k % 2 == 0 else 0.0 for k in powers)


@pytest.mark.parametrize(("name", "ndim", "degree"), [
    ("genz-malik", 2, 7), ("genz-malik", 3, 7), ("genz-malik", 5, 7), ("gk15", 1, 22), ("gk21", 1, 31), ("gk15", 2, 8),
])  # fmt: skip
def test_degree(name, ndim, degree):
    rule = named_rule(name, ndim)
    lower = {"genz-malik": 5, "gk15": 13, "gk21": 19}[name]
    powers = itertools.product(range(degree + 1), repeat=ndim)
    for power in [p for p in powers if sum(p) <= degree]:
        value = np.prod(rule.nodes**power, axis=1)
        high, difference = (rule.weights[:2] @ value).tolist()
        assert abs(high - monomial(power)) < 3e-12
        if sum(power) <= lower:
            assert abs(difference) < 3e-12


@pytest.mark.parametrize("ndim", range(2, 11))
def test_genz_malik_count(ndim):
    nodes = named_rule("genz-malik", ndim).nodes
    assert len(nodes) == 2**ndim + 2 * ndim**2 + 2 * ndim + 1
    assert len(np.unique(nodes, axis=0)) == len(nodes)


def test_table_is_what_its_script_makes():
    pytest.importorskip("mpmath")
    spec = importlib.util.spec_from_file_location(
        "maker", ROOT / "tests/data/make_gauss_kronrod.py"
    )
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    table = (ROOT / "scikit/integrate/_cubature_tables.py").read_text()
    assert maker.text() == table


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", [(2,), (3,), (2, 3, 2)])
def test_genz_functions(rule, shape):
    rng = np.random.default_rng(3)
    c = rng.random(shape) * 3 / shape[-1] + 0.1

    def waves(x):
        return np.cos(1 + np.tensordot(x, c, axes=(1, -1)))

    d = shape[-1]
    exact = np.real(np.exp(1j) * np.prod((np.exp(1j * c) - 1) / (1j * c), axis=-1))
    res = cubature(waves, [0] * d, [1] * d, rule=rule, rtol=1e-7)
    assert res.status == "converged"
    assert res.estimate.shape == shape[:-1]
    assert_allclose(res.estimate, exact, rtol=1e-7)

    def peaks(x):
        return np.exp(-np.sum((x[:, *[None] * (len(shape) - 1), :] * (5 * c)) ** 2, axis=-1))

    root = math.sqrt(math.pi) / 2
    exact = np.prod(
        [root * np.vectorize(math.erf)(5 * c[..., i]) / (5 * c[..., i]) for i in range(d)], axis=0
    )
    res = cubature(peaks, [0] * d, [1] * d, rule=rule, rtol=1e-6)
    assert_allclose(res.estimate, exact, rtol=1e-6)
    assert_allclose(sum(r.estimate for r in res.regions), res.estimate, rtol=1e-12)
    assert_allclose(sum(r.error for r in res.regions), res.error, rtol=1e-12)
    volume = sum(np.prod(r.b - r.a) for r in res.regions)
    assert abs(volume - 1) < 1e-12


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("a", "b", "exact"), [
    ([-inf, -inf], [inf, inf], math.pi), ([0, -inf], [inf, inf], math.pi / 2), ([-inf, 0], [0, inf], math.pi / 4),
    ([inf, -inf], [-inf, inf], -math.pi), ([1, -inf], [1, inf], 0.0),
])  # fmt: skip
def test_infinite(rule, a, b, exact):
    res = cubature(lambda x: np.exp(-np.sum(x**2, axis=1)), a, b, rule=rule, rtol=1e-7)
    assert_allclose(res.estimate, exact, rtol=1e-6)


def test_complex():
    res = cubature(lambda x: np.exp(1j * (x[:, 0] + 2 * x[:, 1])), [0, 0], [1, 1])
    assert_allclose(res.estimate, (np.exp(1j) - 1) / 1j * (np.exp(2j) - 1) / 2j, rtol=1e-12)
    assert res.error.dtype == np.float64


def test_points():
    def f(x):
        assert not (x == 0).any()
        return np.sin(x[:, 0]) / x[:, 0] * x[:, 1] ** 2

    res = cubature(f, [-1, 0], [2, 1], points=[[0, 0.5], [7, 7]])
    assert_allclose(res.estimate, 2.551496047169878 / 3, rtol=1e-8)  # Si(1) + Si(2), DLMF 6.2.9
    res = cubature(
        lambda x: np.abs(x[:, 0] - 0.3) ** 0.5, [-inf], [inf], points=[[0.3]], max_subdivisions=3
    )
    assert res.status == "not_converged"
    assert res.subdivisions == 3


@pytest.mark.parametrize("rule", RULES)
def test_same_as_scipy(rule):
    def f(x):
        return np.stack((1 / (0.1 + np.sum(x**2, axis=1)), np.exp(x[:, 0])), axis=-1)

    ours = cubature(f, [-1, 0], [1, 2], rule=rule, rtol=1e-6)
    theirs = scipy.integrate.cubature(f, [-1, 0], [1, 2], rule=rule, rtol=1e-6)
    assert ours.status == theirs.status
    assert_allclose(ours.estimate, theirs.estimate, rtol=2e-6)
    assert set(vars(theirs)) <= set(ours)


def test_workers_do_not_change_the_result():
    def f(x):
        return np.exp(np.sin(9 * x[:, 0]) * x[:, 1])[:, None] ** [1, 2]

    one = cubature(f, [0, 0], [2, 3], rtol=1e-10, rule="gk15")
    two = cubature(f, [0, 0], [2, 3], rtol=1e-10, rule="gk15", workers=2)
    with ThreadPoolExecutor(2) as pool:
        mapped = cubature(f, [0, 0], [2, 3], rtol=1e-10, rule="gk15", workers=pool.map)
    for other in (two, mapped):
        assert_array_equal(one.estimate, other.estimate)
        assert one.subdivisions == other.subdivisions


def test_types():
    res = cubature(lambda x: x[:, 0] ** 2, np.float32([0]), np.float32([1]))
    assert res.estimate.dtype == np.float32
    assert cubature(lambda x: x[:, 0] ** 2, np.float32([0]), [1.0]).estimate.dtype == np.float64
    limits = np.array([0, 9.0, 0])[::2].astype(">f8")
    limits.flags.writeable = False
    assert_allclose(cubature(lambda x: x.sum(axis=1), limits, [1, 2]).estimate, 3)


class Simpson:
    """A rule of somebody else's."""

    def estimate(self, f, a, b, args=()):
        x = np.stack((a, (a + b) / 2, b))
        return (f(x, *args) * np.array([1, 4, 1])).sum() / 6 * (b - a)[0]

    def estimate_error(self, f, a, b, args=()):
        middle = (a + b) / 2
        halves = self.estimate(f, a, middle, args) + self.estimate(f, middle, b, args)
        return abs(halves - self.estimate(f, a, b, args))


def test_own_rule():
    res = cubature(
        lambda x, c: np.exp(c * x[:, 0]), [0], [1], rule=Simpson(), args=(2.0,), rtol=1e-8
    )
    assert res.status == "converged"
    assert_allclose(res.estimate, math.expm1(2) / 2, rtol=1e-8)


@pytest.mark.parametrize(("change", "error", "name"), [
    ({"f": 3}, TypeError, "`f`"), ({"a": [[0]]}, ValueError, "1D"), ({"a": [], "b": []}, ValueError, "nonempty"),
    ({"a": [0, 0]}, ValueError, "same length"), ({"a": ["x"]}, TypeError, "`a`"),
    ({"b": [math.nan]}, ValueError, "`b`"),
    ({"rule": "simpson"}, ValueError, "`rule`"), ({"rule": 3}, TypeError, "`rule`"),
    ({"rule": "genz-malik"}, ValueError, "`rule`"), ({"rtol": -1}, ValueError, "`rtol`"),
    ({"atol": "x"}, ValueError, "`atol`"), ({"max_subdivisions": "x"}, TypeError, "`max_subdivisions`"),
    ({"max_subdivisions": -1}, ValueError, "`max_subdivisions`"), ({"workers": 0}, ValueError, "`workers`"),
    ({"points": [[1, 2]]}, ValueError, "`points`"), ({"f": lambda x: 3.0}, ValueError, "`f`"),
    ({"f": lambda x: x[:-1]}, ValueError, "`f`"), ({"f": lambda x: None}, TypeError, "`f`"),
    ({"a": [0] * 9, "b": [1] * 9}, ValueError, "`rule`"), ({"a": np.ma.masked_array([0.0])}, TypeError, "`a`"),
])  # fmt: skip
def test_bad_input(change, error, name):
    arguments = {"f": lambda x: x[:, 0], "a": [0.0], "b": [1.0]} | change
    with pytest.raises(error, match=name):
        cubature(**arguments)


@pytest.mark.parametrize("workers", [1, 2])
def test_exceptions_come_out_as_themselves(workers):
    problem = KeyError("mine")

    def f(x):
        raise problem

    with pytest.raises(KeyError) as caught:
        cubature(f, [0], [1], workers=workers)
    assert caught.value is problem


def test_nan_is_not_convergence():
    res = cubature(
        lambda x: np.where(x[:, 0] > 0.7, math.nan, x[:, 0]), [0], [1], max_subdivisions=20
    )
    assert res.status == "not_converged"
