"""solve_dae: bad input, exceptions, Ctrl-C, nesting, threads and memory."""

import ctypes
import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.sparse

from scikit.integrate import solve_dae


def fun(t, y, yp):
    return [yp[0] + y[0] - y[1], y[0] + y[1] - np.sin(t)]


def jac(t, y, yp):
    return [[1.0, -1.0], [1.0, 1.0]], [[1.0, 0.0], [0.0, 0.0]]


WRONG_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(lambda t: t)
ONE = np.eye(2)
BAD = [
    ({"fun": 3}, TypeError, "`fun`"),
    ({"fun": None}, TypeError, "`fun`"),
    ({"fun": WRONG_SIGNATURE}, ValueError, "`fun`"),
    ({"fun": lambda t, y, yp: None}, TypeError, "`fun`"),
    ({"fun": lambda t, y, yp: [1.0]}, ValueError, "`fun`"),
    ({"fun": lambda t, y, yp: [[1.0, 2.0]]}, ValueError, "`fun`"),
    ({"fun": lambda t, y, yp: [1j, 0]}, TypeError, "`fun`"),
    ({"fun": lambda t, y, yp: ["a", "b"]}, TypeError, "`fun`"),
    ({"fun": lambda t, y, yp: [None, 1.0]}, TypeError, "`fun`"),
    ({"fun": lambda t, y, yp: [np.nan, np.nan]}, ValueError, "no consistent values"),
    ({"fun": lambda t, y, yp: yp * 0}, ValueError, "no consistent values"),
    ({"t_span": 3}, ValueError, "`t_span`"),
    ({"t_span": (0, np.nan)}, ValueError, "`t_span`"),
    ({"t_span": (np.inf, 0)}, ValueError, "`t_span`"),
    ({"t_span": (0, np.inf)}, ValueError, "`t_span`"),
    ({"y0": []}, ValueError, "`y0`"),
    ({"y0": 1.0}, ValueError, "`y0`"),
    ({"y0": [[1.0, 2.0]]}, ValueError, "`y0`"),
    ({"y0": [1j, 0]}, TypeError, "`y0`"),
    ({"y0": [np.nan, 0]}, ValueError, "`y0`"),
    ({"y0": ["a", "b"]}, TypeError, "`y0`"),
    ({"y0": [None, 1]}, TypeError, "`y0`"),
    ({"yp0": [1.0]}, ValueError, "`yp0`"),
    ({"yp0": [np.inf, 1.0]}, ValueError, "`yp0`"),
    ({"yp0": [1j, 1.0]}, TypeError, "`yp0`"),
    ({"yp0": "ab"}, (TypeError, ValueError), "`yp0`"),
    ({"rtol": -1.0}, ValueError, "`rtol`"),
    ({"rtol": np.nan}, ValueError, "`rtol`"),
    ({"rtol": 0, "atol": 0}, ValueError, "`rtol`"),
    ({"atol": [1.0, 1.0, 1.0]}, ValueError, "`atol`"),
    ({"atol": "x"}, (TypeError, ValueError), "`atol`"),
    ({"t_eval": [2.0]}, ValueError, "t_eval"),
    ({"t_eval": [0.5, 0.2]}, ValueError, "t_eval"),
    ({"t_eval": [[0.5]]}, ValueError, "t_eval"),
    ({"events": 3}, TypeError, "`events`"),
    ({"events": [None]}, TypeError, "`events"),
    ({"args": 3}, TypeError, "args"),
    ({"jac": 3}, TypeError, "`jac`"),
    ({"jac": WRONG_SIGNATURE}, ValueError, "`jac`"),
    ({"jac": lambda t, y, yp: ONE}, ValueError, "`jac`"),
    ({"jac": lambda t, y, yp: (ONE, ONE, ONE)}, TypeError, "`jac`"),
    ({"jac": lambda t, y, yp: None}, TypeError, "`jac`"),
    ({"jac": lambda t, y, yp: (ONE, np.eye(3))}, ValueError, "`jac`"),
    ({"jac": lambda t, y, yp: (ONE, 1j * ONE)}, TypeError, "`jac`"),
    ({"jac": (ONE, scipy.sparse.eye_array(3))}, ValueError, "`jac`"),
    ({"jac_sparsity": np.eye(3)}, ValueError, "`jac_sparsity`"),
    ({"jac_sparsity": ONE, "lband": 0}, ValueError, "`lband`"),
    ({"lband": 2}, ValueError, "`lband`"),
    ({"uband": -1}, ValueError, "`uband`"),
    ({"uband": 0.5}, TypeError, "`uband`"),
    ({"differential_vars": [True]}, ValueError, "`differential_vars`"),
    ({"differential_vars": [0.5, 1]}, ValueError, "`differential_vars`"),
    ({"differential_vars": ["a", "b"]}, TypeError, "`differential_vars`"),
    ({"differential_vars": [1, 1]}, ValueError, "no consistent values"),
    ({"consistent": "all"}, ValueError, "`consistent`"),
    ({"consistent": None}, ValueError, "`consistent`"),
    ({"consistent": [True]}, ValueError, "`consistent`"),
    ({"consistent": False}, ValueError, "`yp0`"),
    ({"first_step": 0}, ValueError, "`first_step`"),
    ({"first_step": 2.0}, ValueError, "`first_step`"),
    ({"min_step": -1.0}, ValueError, "`min_step`"),
    ({"min_step": "a"}, TypeError, "`min_step`"),
    ({"max_step": 0.0}, ValueError, "`max_step`"),
    ({"max_steps": 0}, ValueError, "`max_steps`"),
    ({"max_steps": 1.5}, TypeError, "`max_steps`"),
    ({"max_order": 0}, ValueError, "`max_order`"),
    ({"max_order": 6}, ValueError, "`max_order`"),
    ({"max_order": "a"}, TypeError, "`max_order`"),
    ({"tstops": [3.0]}, ValueError, "`tstops`"),
    ({"step_callback": 3}, TypeError, "`step_callback`"),
    ({"progress": 3}, TypeError, "`progress`"),
]


@pytest.mark.parametrize(("change", "error", "name"), BAD)
def test_bad_input(change, error, name):
    given = {"fun": fun, "t_span": (0, 1), "y0": [1.0, -1.0], **change}
    with pytest.raises(error, match=name):
        solve_dae(**given)


def test_failures_are_results():
    assert "max_steps" in solve_dae(fun, (0, 1), [1.0, -1.0], max_steps=3).message
    # y' = y**2 has a pole at 1
    sol = solve_dae(lambda t, y, yp: [yp[0] - y[0] ** 2], (0, 2), [1.0], rtol=1e-6)
    assert sol.status == -1
    assert "step size" in sol.message
    assert sol.t[-1] == pytest.approx(1, abs=1e-3)
    assert sol.y.shape == sol.yp.shape == (1, len(sol.t))
    few = solve_dae(lambda t, y, yp: [yp[0] - y[0] ** 2], (0, 2), [1.0], t_eval=[0.5, 1.5])
    assert few.y.shape == few.yp.shape == (1, 1)


class Own(BaseException):
    """Not even an Exception."""


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


def wave(t, y):
    return np.sin(20 * t)


def run_with(kind, limit):
    """Solve with a trap as the callback called `kind`; the trap."""
    functions = {
        "fun": fun,
        "jac": jac,
        "sparse jac": lambda *given: map(scipy.sparse.csr_array, jac(*given)),
        "events": lambda t, y: y[1] + 0.2,
        "step_callback": lambda t, y: False,
        "affect": lambda t, y: y + 0.01,
        "progress": lambda done, total: None,
    }
    trap = Trap(functions[kind], limit)
    given = {"fun": fun, "rtol": 1e-6}
    if kind == "affect":

        def event(t, y):
            return np.sin(20 * t)

        event.affect = trap
        given["events"] = event
    else:
        given[kind.split()[-1]] = trap
    solve_dae(t_span=(0, 1), y0=[1.0, 0.0], **given)
    return trap


@pytest.mark.parametrize(
    "kind", ["fun", "jac", "sparse jac", "events", "step_callback", "affect", "progress"]
)
def test_exceptions_come_out_as_the_same_object(kind):
    calls = run_with(kind, -1).calls
    assert calls > 0
    for limit in sorted({1, 2, (calls + 1) // 2, calls}):
        trap = None
        with pytest.raises(Own) as caught:
            trap = run_with(kind, limit)
        assert trap is None
        trace, traps = caught.value.__traceback__, []
        while trace is not None:
            traps.append(trace.tb_frame.f_locals.get("self"))
            trace = trace.tb_next
        traps = [t for t in traps if isinstance(t, Trap)]
        assert traps[-1].error is caught.value
        assert traps[-1].calls == limit


def test_arrays_that_are_kept_do_not_change():
    kept = []

    def keeps(t, y, yp):
        kept.append((y, y.copy(), yp, yp.copy()))
        y[:] += 0.0
        return fun(t, y, yp)

    solve_dae(keeps, (0, 1), [1.0, 0.0])
    for y, y_then, yp, yp_then in kept:
        np.testing.assert_array_equal(y, y_then)
        np.testing.assert_array_equal(yp, yp_then)


@pytest.mark.parametrize("derivatives", ["", "jac=jac, "])
def test_ctrl_c(derivatives, interrupt):
    code = (
        "import numpy as np\nfrom scikit.integrate import solve_dae\n"
        "f = lambda t, y, yp: [yp[0] - 1e3 * (np.cos(1e4 * t) - y[0]), y[1] - y[0]]\n"
        "jac = lambda t, y, yp: ([[1e3, 0], [-1, 1]], [[1, 0], [0, 0]])\n"
        f"solve_dae(f, (0, 1e-3), [0.0, 0], {derivatives})\nprint('ready', flush=True)\n"
        f"try:\n    solve_dae(f, (0, 1e9), [0.0, 0], {derivatives}t_eval=[1e9])\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    answer, seconds = interrupt(code)
    assert answer == "interrupted"
    assert seconds < 1.0


def test_nested_and_in_threads():
    def end():
        return solve_dae(fun, (0, 1), [1.0, 0.0], rtol=1e-6).y[0, -1]

    alone = end()

    def outer(t, y, yp):
        return [yp[0] - end() * y[0]]

    sol = solve_dae(outer, (0, 0.1), [1.0], rtol=1e-4)
    assert sol.y[0, -1] == pytest.approx(np.exp(0.1 * alone), rel=1e-3)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: end(), range(32))) == {alone}


def test_memory_stays_flat(resident_memory):
    def batch(count):
        for _ in range(count):
            solve_dae(fun, (0, 0.1), [1.0, 0.0], jac=jac, dense_output=True)
            solve_dae(fun, (0, 0.1), [1.0, 0.0], events=wave)
            with pytest.raises(Own):
                solve_dae(Trap(fun, 5), (0, 1), [0.0, 0.0])

    batch(300)
    gc.collect()
    before = resident_memory()
    batch(2000)
    gc.collect()
    assert resident_memory() - before < 8 * 2**20
