"""The multiprecision tables of tests/data/special, and errors against them in ulps of the exact value."""

import json
import pathlib

import numpy as np

FILE = pathlib.Path(__file__).parent.parent / "data" / "special" / "special.json"


def load():
    """Name -> (x, hi, lo, e): the value at x is (hi + lo) 2**e with 1 <= |hi| <= 2."""
    tables = {}
    for name, rows in json.loads(FILE.read_text()).items():
        columns = [[float.fromhex(r[k]) for r in rows] for k in range(3)]
        tables[name] = (*map(np.array, columns), np.array([r[3] for r in rows]))
    return tables


def load_several(name):
    """(arguments, hi, lo, e) of a function of zeta.json, or of its components; arguments are a list of arrays."""
    rows = json.loads(FILE.with_name("zeta.json").read_text())[name]
    arguments = [np.array([float.fromhex(r[0][k]) for r in rows]) for k in range(len(rows[0][0]))]
    hi, lo = (np.array([[float.fromhex(v[k]) for v in r[1]] for r in rows]).T for k in range(2))
    return arguments, hi, lo, np.array([[v[2] for v in r[1]] for r in rows]).T


def ulps(got, hi, lo, e):
    """Errors of float64 results; a result that overflows must be the right infinity."""
    unit = np.maximum(e - 52, -1074)
    half = unit // 2
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.ldexp(np.ldexp(got, -half), half - unit)
        error = np.abs((scaled - np.ldexp(hi, e - unit)) - np.ldexp(lo, e - unit))
        return np.where(e > 1023, np.where(got == np.copysign(np.inf, hi), 0.0, np.inf), error)


def ulps32(got, exact):
    """Errors of float32 results, the exact values given as float64."""
    unit = np.maximum(np.frexp(np.abs(exact))[1] - 24, -149)
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(got.astype(float) - exact) / np.ldexp(1.0, unit)
        over = np.isinf(exact.astype(np.float32))
    return np.where(
        over, np.where(np.isinf(got) & (np.sign(got) == np.sign(exact)), 0.0, 1.0), error
    )
