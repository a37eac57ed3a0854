"""Every kind of function that a user may hand over, its signature checked before the call."""

import ctypes
import gc
import sys

import numba
import numpy as np
import pytest
from cffi import FFI
from scipy import LowLevelCallable

from scikit._core._callback import RHS, compiled_function, parse_signature, show
from scikit.integrate import solve_ivp

REAL = numba.types.CPointer(numba.types.float64)
VOID = numba.types.voidptr
C_REAL = ctypes.POINTER(ctypes.c_double)
EXACT = np.exp(-2.0)


@numba.cfunc(numba.types.int32(numba.types.float64, REAL, REAL, VOID))
def decay(t, y, dydt, data):
    dydt[0] = -2.0 * y[0]
    return 0


@numba.cfunc(numba.types.void(numba.types.float64, REAL, REAL, REAL))
def decay_void(t, y, dydt, data):
    dydt[0] = -2.0 * y[0]


@numba.cfunc(numba.types.int32(numba.types.float64, REAL, REAL, REAL))
def decay_with_data(t, y, dydt, data):
    dydt[0] = -data[0] * data[1] * y[0]
    return 0


@numba.cfunc(numba.types.int32(numba.types.float64, REAL, REAL, VOID))
def failing(t, y, dydt, data):
    dydt[0] = 1.0
    return 3 if t > 0.5 else 0


@numba.cfunc(numba.types.float64(numba.types.float64))
def scalar(x):
    return x


C_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, C_REAL, C_REAL, ctypes.c_void_p)


NAMES = {}  # a capsule borrows its name


def capsule(name, address):
    name = NAMES.setdefault(name, name)
    new = ctypes.pythonapi.PyCapsule_New
    new.restype, new.argtypes = (
        ctypes.py_object,
        [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p],
    )
    return new(address, name, None)


CAPSULE_NAME = b"int (double, const double *, double *, void *)"
ffi = FFI()


def kinds():
    from_ctypes = C_SIGNATURE(decay.address)
    from_cffi = ffi.cast("int(*)(double, double *, double *, void *)", decay.address)
    return {
        "python": lambda t, y: -2 * y,
        "numba": decay,
        "numba void": decay_void,
        "LowLevelCallable of numba": LowLevelCallable(decay.ctypes),
        "LowLevelCallable of ctypes": LowLevelCallable(from_ctypes),
        "ctypes": from_ctypes,
        "cffi": from_cffi,
        "capsule": capsule(CAPSULE_NAME, decay.address),
    }


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_of_function(kind):
    sol = solve_ivp(kinds()[kind], (0, 1), [1.0], method="DOP853", rtol=1e-10, atol=1e-12)
    assert sol.success
    assert sol.y[0, -1] == pytest.approx(EXACT, rel=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        scalar,
        LowLevelCallable(scalar.ctypes),
        ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(lambda x: x),
        ffi.cast("double(*)(double)", 0),
        capsule(b"double (double)", 1),
    ],
    ids=["numba", "LowLevelCallable", "ctypes", "cffi", "capsule"],
)
def test_wrong_signature_is_refused_before_the_call(wrong):
    with pytest.raises(ValueError, match=r"`fun` has the signature double \(double\); int \("):
        solve_ivp(wrong, (0, 1), [1.0])


def test_unknown_signatures_are_refused():
    unknown = ctypes.CDLL(None).abs
    unknown.argtypes = None
    with pytest.raises(ValueError, match="argtypes"):
        solve_ivp(unknown, (0, 1), [1.0])
    with pytest.raises(ValueError, match="not the signature of a C function"):
        solve_ivp(capsule(b"scikit", 1), (0, 1), [1.0])
    with pytest.raises(ValueError, match="no name"):
        solve_ivp(capsule(None, 1), (0, 1), [1.0])


def test_args_become_the_data_of_a_compiled_function():
    sol = solve_ivp(
        decay_with_data, (0, 1), [1.0], args=(np.array([1.0]), 2), rtol=1e-9, atol=1e-12
    )
    assert sol.y[0, -1] == pytest.approx(EXACT, rel=1e-8)


def test_user_data_of_a_low_level_callable():
    values = (ctypes.c_double * 2)(4.0, 0.5)
    pointer = ctypes.cast(values, ctypes.c_void_p)
    signature = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, C_REAL, C_REAL, ctypes.c_void_p)
    fun = LowLevelCallable(signature(decay_with_data.address), pointer)
    sol = solve_ivp(fun, (0, 1), [1.0], rtol=1e-9, atol=1e-12)
    assert sol.y[0, -1] == pytest.approx(EXACT, rel=1e-8)
    with pytest.raises(ValueError, match="`args` cannot be given"):
        solve_ivp(fun, (0, 1), [1.0], args=(1.0,))


def test_complex_start_with_a_compiled_function():
    with pytest.raises(ValueError, match="`y0` is complex"):
        solve_ivp(decay, (0, 1), [1j])


def test_a_compiled_function_s_failure_ends_the_integration():
    sol = solve_ivp(failing, (0, 1), [0.0], max_step=0.01)
    assert not sol.success
    assert sol.status == -1
    assert "compiled right-hand side" in sol.message
    assert sol.t[-1] <= 0.51
    np.testing.assert_allclose(sol.y[0], sol.t, rtol=1e-12)


class Odd(BaseException):
    """Not an Exception."""


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3), MemoryError(), Odd()]
)
@pytest.mark.parametrize("call", [1, 2, 30])
def test_the_user_s_exception_comes_out_as_the_same_object(error, call):
    calls = 0

    def fun(t, y):
        nonlocal calls
        calls += 1
        if calls == call:
            raise error
        return -y

    with pytest.raises(type(error)) as info:
        solve_ivp(fun, (0, 10), [1.0], rtol=1e-8)
    assert info.value is error
    assert calls == call
    assert solve_ivp(lambda t, y: -y, (0, 1), [1.0]).success


def test_nested_calls():
    def inner(t):
        return solve_ivp(lambda s, z: -z, (0, 1 + t), [1.0], rtol=1e-8, atol=1e-10).y[0, -1]

    sol = solve_ivp(lambda t, y: [inner(t)], (0, 1), [0.0], method="DOP853", rtol=1e-6)
    assert sol.y[0, -1] == pytest.approx(np.exp(-1) - np.exp(-2), abs=1e-7)


def test_kept_arrays_are_not_overwritten():
    kept = []

    def fun(t, y):
        kept.append((y, y.copy()))
        return -y

    solve_ivp(fun, (0, 1), [1.0])
    assert len({id(y) for y, _ in kept}) == len(kept)
    for y, then in kept:
        assert y == then


def test_views_of_the_argument_are_not_overwritten():
    kept = []

    def fun(t, y):
        kept.append(y[:1])
        return -y

    solve_ivp(fun, (0, 5), [1.0, 2.0])
    assert len({float(v[0]) for v in kept}) > len(kept) // 2


@pytest.mark.parametrize(
    "value",
    [
        [-1.0, -2.0],
        (-1, -2.0),
        np.array([-1, -2]),
        np.array([-1.0, -2.0]).astype(">f8"),
        np.arange(-1.0, -5, -1)[:2],
    ],
)
def test_what_a_python_function_may_return(value):
    sol = solve_ivp(lambda t, y: value, (0, 1), [0.0, 0.0])
    np.testing.assert_allclose(sol.y[:, -1], [-1, -2], rtol=1e-12)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([1.0], None),
        ([1.0, 2.0, 3.0], ValueError),
        ("ab", ValueError),
        (None, TypeError),
        ([1j, 0], TypeError),
    ],
)
def test_what_a_python_function_may_not_return(value, error):
    if error is None:  # one value stands for all
        sol = solve_ivp(lambda t, y: value, (0, 1), [0.0, 0.0])
        np.testing.assert_allclose(sol.y[:, -1], [1, 1], rtol=1e-12)
        return
    with pytest.raises(error):
        solve_ivp(lambda t, y: value, (0, 1), [0.0, 0.0])


def test_no_reference_is_lost_or_kept():
    def fun(t, y):
        return -y

    y0 = np.ones(3)
    solve_ivp(fun, (0, 1), y0)
    gc.collect()
    before = sys.getrefcount(fun), sys.getrefcount(y0)
    for _ in range(20):
        solve_ivp(fun, (0, 1), y0)
    gc.collect()
    assert (sys.getrefcount(fun), sys.getrefcount(y0)) == before


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("int (double, const double *, double *, void *)", RHS),
        ("int(*)(double t, double const *y, double dydt[], void *data)", RHS),
        ("void (double)", ("void", "double")),
        ("int32_t (intptr_t, double *)", ("int", "long", "double*")),
    ],
)
def test_signatures_are_read(text, signature):
    assert parse_signature(text) == signature
    assert parse_signature(show(signature)) == signature


def test_plain_objects_are_no_compiled_functions():
    for thing in (len, "f", 3, None, (1, 2, 3)):
        assert compiled_function(thing) is None
    with pytest.raises(TypeError, match="`fun` must be callable"):
        solve_ivp("f", (0, 1), [1.0])
