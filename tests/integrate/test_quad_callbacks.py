"""Integrands of quad: exceptions, compiled functions, nesting, threads, Ctrl-C, leaks."""

import contextlib
import ctypes
import math
import textwrap
import threading

import numba
import numpy as np
import pytest
import scipy
from numba import types

from scikit.integrate import dblquad, nquad, quad, tplquad

POINTER = types.CPointer(types.float64)


@numba.cfunc(types.float64(types.float64))
def plain(x):
    return math.exp(-x) * x


@numba.cfunc(types.float64(types.float64, types.voidptr))
def with_data(x, data):
    return x * numba.carray(data, (1,), numba.float64)[0]


@numba.cfunc(types.float64(types.intc, POINTER))
def many(n, x):
    total = x[0]
    for k in range(1, n):
        total *= x[k]
    return total


@numba.cfunc(types.float64(types.intc, POINTER, types.voidptr))
def many_with_data(n, x, data):
    return x[0] ** n


@numba.cfunc(types.float64(types.float64, types.float64))
def wrong(x, y):
    return x


def test_compiled_functions():
    exact = 1 - 2 / math.e
    kinds = [
        plain,
        plain.ctypes,
        scipy.LowLevelCallable(plain.ctypes),
        ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(lambda x: math.exp(-x) * x),
    ]
    for func in kinds:
        assert abs(quad(func, 0, 1)[0] - exact) < 1e-15
        assert quad(func, 0, 1) == quad(func, 0, 1)
        info = quad(func, 0, 1, full_output=1)[2]
        assert info["neval"] == 21


def test_compiled_functions_of_more_arguments():
    assert quad(many, 0, 2, args=(3.0, 0.5))[0] == pytest.approx(3.0)
    assert quad(many, 0, 2, args=3)[0] == pytest.approx(6.0)
    assert quad(many_with_data, 0, 1, args=(1.0,))[0] == pytest.approx(1 / 3)
    data = ctypes.c_double(4.0)
    func = scipy.LowLevelCallable(
        with_data.ctypes, ctypes.cast(ctypes.pointer(data), ctypes.c_void_p)
    )
    assert quad(func, 0, 1)[0] == pytest.approx(2.0)
    legacy = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int, ctypes.c_double)(many.address)
    assert quad(legacy, 0, 2, args=(3.0, 0.5))[0] == pytest.approx(3.0)


def test_cffi_function():
    cffi = pytest.importorskip("cffi")
    ffi = cffi.FFI()

    @ffi.callback("double(double)")
    def square(x):
        return x * x

    assert quad(square, 0, 3)[0] == pytest.approx(9)


def test_compiled_functions_with_weights_and_infinite_ranges():
    def python(x):
        return math.exp(-x) * x

    for kwargs in (
        {"a": 0, "b": math.inf},
        {"a": 0, "b": math.inf, "weight": "sin", "wvar": 2.0},
        {"a": 0, "b": 2, "weight": "alg", "wvar": (-0.5, 0.1)},
        {"a": 0, "b": 2, "weight": "cauchy", "wvar": 0.5},
        {"a": 0, "b": 2, "points": [1.0]},
    ):
        ours, expected = quad(plain, **kwargs), quad(python, **kwargs)
        assert ours[0] == pytest.approx(expected[0], rel=1e-12)


@pytest.mark.parametrize("func", [wrong, wrong.ctypes, scipy.LowLevelCallable(wrong.ctypes)])
def test_wrong_signature(func):
    with pytest.raises(ValueError, match="signature"):
        quad(func, 0, 1)


def test_arguments_that_a_compiled_function_cannot_have():
    with pytest.raises(ValueError, match="args"):
        quad(plain, 0, 1, args=(1.0,))
    with pytest.raises(TypeError, match="args"):
        quad(many, 0, 1, args=("a",))
    with pytest.raises(ValueError, match="complex_func"):
        quad(plain, 0, 1, complex_func=True)
    with pytest.raises(ValueError, match="argtypes"):
        quad(ctypes.CDLL(None).labs, 0, 1)


class Stop(BaseException):
    pass


KINDS = [
    {"b": 1.0},
    {"b": math.inf},
    {"b": 1.0, "points": [0.5]},
    {"b": 1.0, "weight": "cos", "wvar": 40.0},
    {"b": math.inf, "weight": "sin", "wvar": 2.0},
    {"b": 1.0, "weight": "alg-log", "wvar": (0.5, 0.5)},
    {"b": 1.0, "weight": "cauchy", "wvar": 0.4},
]


@pytest.mark.parametrize("kwargs", KINDS)
@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("kind", [ZeroDivisionError, Stop])
def test_exceptions_come_out_as_they_are(kwargs, where, kind):
    def func(x):
        return math.exp(-x) * (x > 0.123)

    calls = [0]

    def counted(x):
        calls[0] += 1
        return func(x)

    quad(counted, 0.0, full_output=1, **kwargs)
    stop = {"first": 1, "middle": calls[0] // 2, "last": calls[0]}[where]
    error = kind("here")
    seen = [0]

    def failing(x):
        seen[0] += 1
        if seen[0] == stop:
            raise error
        return func(x)

    with pytest.raises(kind) as caught:
        quad(failing, 0.0, full_output=1, **kwargs)
    assert caught.value is error
    assert seen[0] == stop


def test_quad_inside_quad():
    def inner(y):
        return quad(lambda x: math.exp(-x * y), 0, math.inf)[0]

    assert quad(inner, 1, math.e)[0] == pytest.approx(1.0, abs=1e-10)

    def failing(y):
        return quad(lambda x: 1 / 0, 0, 1)[0]

    with pytest.raises(ZeroDivisionError):
        quad(failing, 0, 1)


def test_threads():
    """Many threads, every method at once: the same bits as alone."""
    funcs = [plain, lambda x: math.exp(-x) * x]
    tasks = [(f, kw) for f in funcs for kw in KINDS]
    expected = [quad(f, 0.0, full_output=1, **kw)[:2] for f, kw in tasks]
    wrong_results = []

    def work(offset):
        for k in range(3 * len(tasks)):
            f, kw = tasks[(k + offset) % len(tasks)]
            if quad(f, 0.0, full_output=1, **kw)[:2] != expected[(k + offset) % len(tasks)]:
                wrong_results.append((f, kw))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong_results


INTERRUPTED = """
    import math, sys, warnings
    import numba
    from scikit.integrate import quad
    warnings.simplefilter("ignore")

    @numba.cfunc("float64(float64)")
    def slow(x):
        return math.sin(1e9 * x) * (x % 1e-9)

    func = {"python": lambda x: math.sin(1e9 * x), "builtin": math.gamma, "compiled": slow}[sys.argv[1]]
    quad(func, 0, 1)
    print("ready", flush=True)
    while True:
        try:
            quad(func, 1e-3, 1, limit=10_000_000, epsabs=0, epsrel=1e-13, points=[0.5])
        except KeyboardInterrupt:
            print("stopped", flush=True)
            break
"""


@pytest.mark.parallel_threads(1)
@pytest.mark.parametrize("kind", ["python", "builtin", "compiled"])
def test_interrupt(kind, interrupt):
    answer, seconds = interrupt(textwrap.dedent(INTERRUPTED), kind)
    assert answer == "stopped"
    assert seconds < 1.0


@pytest.mark.parallel_threads(1)
def test_no_leak(resident_memory):
    def failing(x):
        if x > 0.5:
            raise ValueError("no")
        return np.float64(x)

    def some():
        for kw in KINDS:
            quad(plain, 0.0, full_output=1, **kw)
            quad(lambda x, a: a * x, 0.0, args=(2.0,), full_output=1, **{**kw, "b": 1.0})
        quad(lambda x: np.exp(1j * x), 0, 1, complex_func=True)
        quad(scipy.LowLevelCallable(many.ctypes), 0, 1, args=(1.0,))
        with contextlib.suppress(ValueError):
            quad(failing, 0, 1)

    for _ in range(200):
        some()
    before = resident_memory()
    for _ in range(1500):
        some()
    assert resident_memory() - before < 2_000_000


def test_dblquad():
    value, error = dblquad(lambda y, x: x * y, 0, 1, lambda x: x, lambda x: 2 - x)
    assert abs(value - 1 / 3) <= error + 1e-15
    value, _ = dblquad(lambda y, x, c: c + y, 0, 2, 0, 1, args=(3.0,))
    assert value == pytest.approx(7)
    value, _ = dblquad(lambda y, x: math.exp(-x * x - y * y), -math.inf, math.inf, -math.inf, 0)
    assert value == pytest.approx(math.pi / 2, rel=1e-8)


def test_tplquad_order_of_arguments():
    value, _ = tplquad(
        lambda z, y, x: z, 0, 1, lambda x: x, lambda x: 2 * x, lambda x, y: x, lambda x, y: x + y
    )
    # integral of ((x+y)^2 - x^2)/2 over y in (x, 2x): x^3 (3/2 + 7/6) = 8/3 x^3
    assert value == pytest.approx(2 / 3)


def test_nquad_ranges_and_options():
    def scale(x1, c):
        return (0, c * x1)

    value, error, info = nquad(
        lambda x0, x1, c: x0 + c, [scale, (0, 1)], args=(2.0,), full_output=True
    )
    assert value == pytest.approx(2 / 3 + 2)
    assert info["neval"] == 21 * 21
    assert error < 1e-10
    seen = []

    def options(x1):
        seen.append(x1)
        return {"points": [x1, 7.0]}

    value, _ = nquad(lambda x0, x1: float(x0 > x1), [(0, 1), (0, 1)], opts=[options, {}])
    assert value == pytest.approx(0.5, abs=1e-12)
    assert len(seen) == 21
    assert nquad(many, [(0, 1), (0, 2), (0, 3)])[0] == pytest.approx(0.5 * 2 * 4.5)


@pytest.mark.parametrize(
    ("error", "text", "kwargs"),
    [
        (TypeError, "ranges", {"ranges": 3}),
        (ValueError, "ranges", {"ranges": []}),
        (TypeError, "ranges", {"ranges": [3, (0, 1)]}),
        (ValueError, "opts", {"ranges": [(0, 1), (0, 1)], "opts": [{}]}),
        (TypeError, "opts", {"ranges": [(0, 1), (0, 1)], "opts": [3, {}]}),
    ],
)
def test_nquad_bad_input(error, text, kwargs):
    with pytest.raises(error, match=text):
        nquad(lambda x, y: x, **kwargs)
