"""Work against precision of the ODE methods, beside SciPy and, where installed, numbalsoda and CyRK.

Writes ``work_precision_*.png`` and ``work_precision.md`` into docs/integrate. Each point is the best of some solutions
with one tolerance: its time, and its error at the end relative to the reference in tests/data.

Run: python benchmarks/work_precision_integrate.py [folder]
"""

import json
import pathlib
import sys
import time
import warnings

import numpy as np

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "data"))
from ode_problems import PROBLEMS

from scikit.integrate import solve_ivp

TABLE = json.loads((ROOT / "tests" / "data" / "ode_references.json").read_text())
NON_STIFF = ("lotka_volterra", "arenstorf", "pleiades", "brusselator")
STIFF = ("van_der_pol_1000", "robertson_1e5", "hires")
OURS = {
    False: ("RK45", "Tsit5", "DOP853", "Vern7", "Vern9", "LSODA"),
    True: ("Rosenbrock23", "Rodas5P", "Radau", "BDF", "LSODA"),
}
SCIPY = {False: ("RK45", "DOP853", "LSODA"), True: ("Radau", "BDF", "LSODA")}
CYRK = {False: ("RK45", "DOP853"), True: ()}
NUMBALSODA = {False: ("dop853", "lsoda"), True: ("lsoda",)}
TOLERANCES = 10.0 ** -np.linspace(3, 11, 7)
TARGET = 1e-6
BUDGET = 0.25  # seconds for one point


def pleiades(t, z):
    """The Pleiades in a form that numba compiles."""
    out = np.zeros(28)
    out[:14] = z[14:]
    for i in range(7):
        for j in range(i):
            dx, dy = z[j] - z[i], z[7 + j] - z[7 + i]
            r3 = (dx * dx + dy * dy) ** 1.5
            dx, dy = dx / r3, dy / r3
            out[14 + i] += (j + 1) * dx
            out[21 + i] += (j + 1) * dy
            out[14 + j] -= (i + 1) * dx
            out[21 + j] -= (i + 1) * dy
    return out


def compiled(fun, n):
    """The right-hand side for this library and for numbalsoda."""
    import numba

    f = numba.njit(fun)
    real = numba.types.CPointer(numba.types.float64)

    @numba.cfunc(numba.types.int32(numba.types.float64, real, real, numba.types.voidptr))
    def ours(t, y, dydt, data):
        values = f(t, numba.carray(y, (n,)))
        for i in range(n):
            dydt[i] = values[i]
        return 0

    @numba.cfunc(numba.types.void(numba.types.float64, real, real, real))
    def theirs(t, y, dydt, data):
        values = f(t, numba.carray(y, (n,)))
        for i in range(n):
            dydt[i] = values[i]

    return ours, theirs


def solvers(problem, name, in_python):
    """Label and function of the tolerance, that gives the end."""
    fun, y0, span = problem.fun, np.array(problem.y0), (0.0, problem.t1)
    atol = 1e-3 if not problem.stiff else 1e-6
    if not in_python:
        fun, address = compiled(pleiades if name == "pleiades" else fun, len(y0))
    for method in OURS[problem.stiff]:
        yield (
            method,
            lambda tol, m=method: solve_ivp(fun, span, y0, method=m, rtol=tol, atol=tol * atol).y[
                :, -1
            ],
        )
    if in_python:
        import scipy.integrate

        for method in SCIPY[problem.stiff]:
            yield (
                f"SciPy {method}",
                lambda tol, m=method: scipy.integrate.solve_ivp(
                    fun, span, y0, method=m, rtol=tol, atol=tol * atol
                ).y[:, -1],
            )
        try:
            from CyRK import pysolve_ivp
        except ImportError:
            return
        for method in CYRK[problem.stiff]:
            yield (
                f"CyRK {method}",
                lambda tol, m=method: pysolve_ivp(
                    lambda t, y: np.array(fun(t, y)), span, y0, method=m, rtol=tol, atol=tol * atol
                ).y[:, -1],
            )
        return
    try:
        import numbalsoda
    except ImportError:
        return
    ends = np.array([0.0, problem.t1])
    for method in NUMBALSODA[problem.stiff]:
        yield (
            f"numbalsoda {method}",
            lambda tol, m=method: getattr(numbalsoda, m)(
                address.address, y0, ends, np.zeros(1), rtol=tol, atol=tol * atol
            )[0][-1],
        )


def curve(solve, reference, scale):
    """Errors and times over the tolerances."""
    errors, times = [], []
    for tol in TOLERANCES:
        spent, best, end, runs = 0.0, np.inf, None, 0
        while spent < BUDGET / 10 or (runs < 6 and spent < BUDGET):
            runs += 1
            start = time.perf_counter()
            try:
                end = solve(tol)
            except (IndexError, RuntimeError, TypeError):  # the end was not reached
                break
            took = time.perf_counter() - start
            best, spent = min(best, took), spent + took
        if end is None:
            continue
        error = np.max(np.abs(end - reference) / scale)
        if 1e-13 < error < 1:
            errors.append(error)
            times.append(best)
        if best > 3 * BUDGET:
            break
    return np.array(errors), np.array(times)


def time_to(target, errors, times):
    """Interpolated between the points on either side; NaN where the curve does not reach it."""
    order = np.argsort(errors)
    errors, times = errors[order], times[order]
    if len(errors) < 2 or not errors[0] <= target <= errors[-1]:
        return np.nan
    return float(np.exp(np.interp(np.log(target), np.log(errors), np.log(times))))


def measure():
    found = {}
    for name in (*NON_STIFF, *STIFF):
        problem = PROBLEMS[name](float)
        reference = np.array([float(v) for v in TABLE[name]["y1"]])
        # relative to the largest component, where they cross zero; to each, where they are of many sizes
        scale = np.maximum(np.abs(reference), 1e-12) if problem.stiff else np.abs(reference).max()
        for in_python in (True, False):
            for label, solve in solvers(problem, name, in_python):
                solve(1e-4)
                found[name, in_python, label] = curve(solve, reference, scale)
                print(name, "Python" if in_python else "compiled", label, flush=True)
    return found


def draw(found, names, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(len(names), 2, figsize=(11, 3.3 * len(names)), squeeze=False)
    for row, name in zip(axes, names, strict=True):
        for axis, in_python in zip(row, (True, False), strict=True):
            for (problem, python, label), (errors, times) in found.items():
                if (problem, python) == (name, in_python):
                    peer = " " in label
                    axis.loglog(errors, 1e3 * times, "o--" if peer else "o-", ms=3, lw=1, label=label,
                                mfc="none" if peer else None)  # fmt: skip
            axis.invert_xaxis()
            kind = "Python" if in_python else "compiled"
            axis.set_title(f"{name}, {kind} right-hand side", fontsize=10)
            axis.set_xlabel("relative error at the end")
            axis.set_ylabel("time / ms")
            axis.grid(alpha=0.3)
            axis.legend(fontsize=7, ncol=2)
    figure.tight_layout()
    figure.savefig(path, dpi=70)
    plt.close(figure)


def table(found):
    lines = []
    for in_python in (True, False):
        kind = "Python" if in_python else "compiled"
        for names, stiff in ((NON_STIFF, False), (STIFF, True)):
            rows = {}
            for name in names:
                times = {
                    label: time_to(TARGET, *values)
                    for (problem, python, label), values in found.items()
                    if (problem, python) == (name, in_python)
                }
                best = np.nanmin(list(times.values()))
                for label, seconds in times.items():
                    text = (
                        "-"
                        if np.isnan(seconds)
                        else f"{1e3 * seconds:.3g} ms ({seconds / best:.1f})"
                    )
                    rows.setdefault(label, []).append(text)
            lines += [f"### {kind} right-hand side, {'stiff' if stiff else 'not stiff'}", ""]
            lines += ["| method | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
            lines += [f"| {label} | " + " | ".join(cells) + " |" for label, cells in rows.items()]
            lines.append("")
    head = (
        "# Time to reach a relative error of 1e-6\n\nWritten by `benchmarks/work_precision_integrate.py`. In "
        "parentheses, times the best of the column; a dash where the error was not met within the tolerances tried. "
        "Only the ratios say anything about another machine.\n"
    )
    return head + "\n" + "\n".join(lines)


def main(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = measure()
    draw(found, NON_STIFF, folder / "work_precision_non_stiff.png")
    draw(found, STIFF, folder / "work_precision_stiff.png")
    (folder / "work_precision.md").write_text(table(found))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "integrate")
