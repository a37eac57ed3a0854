"""Exceptions, Ctrl-C, nesting, threads and memory, with every method."""

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from scikit.integrate import _ode_cy, solve_ensemble, solve_ivp

METHODS = tuple(_ode_cy.METHODS)
IMPLICIT = ("BDF", "Radau", "Rodas5P", "Rosenbrock23", "LSODA")


class Own(BaseException):
    """Not even an Exception."""


def stiff(t, y):
    return [-1000 * (y[0] - np.cos(t)) + y[1], y[0] - y[1]]


def stiff_jac(t, y):
    return [[-1000.0, 1.0], [1.0, -1.0]]


class Trap:
    """A function that raises at its call number `limit`."""

    def __init__(self, function, limit=-1):
        self.function, self.limit, self.calls = function, limit, 0
        self.error = Own("from a callback")

    def __call__(self, *args):
        self.calls += 1
        if self.calls == self.limit:
            raise self.error
        return self.function(*args)


def run_with(method, kind, limit):
    """Solve with a trap as the callback called `kind`; the trap."""
    function = {
        "fun": stiff,
        "jac": stiff_jac,
        "event": lambda t, y: y[1] - 0.2,
        "step_callback": lambda t, y: False,
        "affect": lambda t, y: y + 0.01,
    }[kind]
    trap = Trap(function, limit)
    arguments = {"fun": stiff, "t_span": (0, 1), "y0": [0.0, 0.0], "method": method, "rtol": 1e-6}
    if kind == "affect":

        def event(t, y):
            return np.sin(20 * t)

        event.affect = trap
        arguments["events"] = [event]
    else:
        arguments["events" if kind == "event" else kind] = trap
    solve_ivp(**arguments)
    return trap


@pytest.mark.parametrize("kind", ["fun", "jac", "event", "step_callback", "affect"])
@pytest.mark.parametrize("method", METHODS)
def test_exceptions_come_out_as_the_same_object(method, kind):
    if kind == "jac" and method not in IMPLICIT:
        kind = "fun"
    calls = run_with(method, kind, -1).calls
    assert calls > 0
    for limit in sorted({1, (calls + 1) // 2, calls}):
        arguments = (method, kind, limit)
        with pytest.raises(Own) as caught:
            run_with(*arguments)
        assert str(caught.value) == "from a callback"
        frames = []
        trace = caught.value.__traceback__
        while trace is not None:
            frames.append(trace.tb_frame)
            trace = trace.tb_next
        traps = [f.f_locals["self"] for f in frames if isinstance(f.f_locals.get("self"), Trap)]
        assert traps[-1].error is caught.value
        assert traps[-1].calls == limit
        del frames, traps, trace


@pytest.mark.parametrize("method", ["Radau", "Rodas5P", "BDF"])
def test_ctrl_c_with_a_python_jacobian(method, interrupt):
    code = (
        "import numpy as np\nfrom scikit.integrate import solve_ivp\n"
        "f = lambda t, y: [1e3 * (np.cos(1e4 * t) - y[0])]\n"
        "jac = lambda t, y: [[-1e3]]\n"
        f"solve_ivp(f, (0, 1e-3), [0.0], method='{method}', jac=jac)\nprint('ready', flush=True)\n"
        f"try:\n    solve_ivp(f, (0, 1e9), [0.0], method='{method}', jac=jac, t_eval=[1e9])\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    answer, seconds = interrupt(code)
    assert answer == "interrupted"
    assert seconds < 1.0


def solution(method):
    return solve_ivp(stiff, (0, 0.5), [0.0, 0.0], method=method, rtol=1e-6, dense_output=True)


@pytest.mark.parametrize("method", METHODS)
def test_nested(method):
    """A solve within the right-hand side of another, by every method."""
    inner_end = solution(method).y[0, -1]

    def outer(t, y):
        return [solution(method).y[0, -1] * y[0]]

    sol = solve_ivp(outer, (0, 0.1), [1.0], method=method, rtol=1e-4)
    assert sol.y[0, -1] == pytest.approx(np.exp(0.1 * inner_end), rel=1e-3)


def test_threads_give_the_bits_of_one():
    t = np.linspace(0, 0.5, 17)
    alone = {m: (s := solution(m)).y.tobytes() + s.sol(t).tobytes() for m in METHODS}

    def work(k):
        order = [*METHODS[k:], *METHODS[:k]] * 2
        return [(m, (s := solution(m)).y.tobytes() + s.sol(t).tobytes()) for m in order]

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(work, range(8)):
            for method, data in found:
                assert data == alone[method]


def test_memory_stays_flat_over_ten_thousand_solves(resident_memory):
    methods = ("RK45", "Vern8", "Radau", "BDF", "LSODA")

    def batch(count):
        for k in range(count):
            solve_ivp(
                lambda t, y: -y, (0, 0.1), [1.0, 2.0], method=methods[k % 5], dense_output=True
            )
            if k % 50 == 0:
                solve_ensemble(lambda t, y: -y, (0, 0.1), np.ones((3, 2)))
                with pytest.raises(Own):
                    solve_ivp(Trap(stiff, 5), (0, 1), [0.0, 0.0], method=methods[k // 50 % 5])

    batch(1000)
    gc.collect()
    before = resident_memory()
    batch(10_000)
    gc.collect()
    assert (
        resident_memory() - before < 8 * 2**20
    )  # a leak of one small solver each would be tens of MiB
