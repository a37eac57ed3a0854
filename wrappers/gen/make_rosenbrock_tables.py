"""Write the Rosenbrock tables as constants of a Fortran module: make_rosenbrock_tables.py OUTPUT.f90 TABLE.toml ...

A table in the form "u" gives the coefficients of the transformed stages U (Hairer & Wanner II, (IV.7.25)); one in the
form "k" gives alpha_ij and gamma_ij, and the transformation (IV.7.24) is done here: a = alpha Gamma**-1,
c = diag(1 / gamma) - Gamma**-1, m = b Gamma**-1.
"""

import pathlib
import sys
import tomllib
from fractions import Fraction

HEAD = """!> Rosenbrock methods as data. Generated from wrappers/gen/rosenbrock_tables/; do not edit.
module sk_integrate_rosenbrock_tables
    use sk_kinds, only: dp, i4
    implicit none
    private
    public :: rosenbrock_table_of

    integer, parameter, public :: max_stages = {stages}, max_dense = {dense}

    !> Column i of a and c has the weights of stages 1 to i - 1 in stage i.
    type, public :: rosenbrock_table
        integer :: error_order, n_stages, n_dense
        real(dp) :: safety, beta, max_factor, gamma
        real(dp) :: alpha(max_stages), d(max_stages), m(max_stages), e(max_stages)
        real(dp) :: a(max_stages, max_stages), c(max_stages, max_stages), dense(max_stages, max_dense)
    end type rosenbrock_table

"""

TAIL = """contains

    !> The table of a method, counted from 0 in the order of enum sk_ode_method.
    pure function rosenbrock_table_of(method) result(table)
        integer(i4), intent(in) :: method
        type(rosenbrock_table) :: table
        select case (method)
{cases}        end select
    end function rosenbrock_table_of

end module sk_integrate_rosenbrock_tables
"""


def fractions(rows):
    return [[Fraction(x) for x in row] for row in rows]


def transformed(table):
    """A table of the form "k" in the form "u"."""
    gamma = Fraction(table["gamma"])
    alpha, gammas = fractions(table["alpha"]), fractions(table["gammas"])
    s = len(alpha)
    full = [
        [*gammas[i], gamma, *[Fraction(0)] * (s - i - 1)] for i in range(s)
    ]  # Gamma, with its diagonal
    inverse = [[Fraction(i == j) for j in range(s)] for i in range(s)]
    for i in range(s):
        for j in range(s):
            inverse[i][j] = (
                inverse[i][j] - sum(full[i][k] * inverse[k][j] for k in range(i))
            ) / gamma

    def times_inverse(row):
        row = [*row, *[Fraction(0)] * (s - len(row))]
        return [sum(row[k] * inverse[k][j] for k in range(s)) for j in range(s)]

    return {
        "gamma": gamma,
        "nodes": [sum(row, Fraction(0)) for row in alpha],
        "d": [sum(row) for row in full],
        "a": [times_inverse(row)[:i] for i, row in enumerate(alpha)],
        "c": [[-x for x in row[:i]] for i, row in enumerate(inverse)],
        "m": times_inverse(fractions([table["b"]])[0]),
        "error": times_inverse(fractions([table["error"]])[0]),
        "dense": [times_inverse(row) for row in fractions(table["dense"])],
    }


def as_given(table):
    h1, h2, h3 = fractions(table["powers"])
    return {
        "gamma": Fraction(table["gamma"]),
        **{k: fractions([table[k]])[0] for k in ("nodes", "d", "m", "error")},
        **{k: fractions(table[k]) for k in ("a", "c")},
        "dense": [h1, [x + y for x, y in zip(h2, h3, strict=True)], [-x for x in h3]],
    }


def number(value):
    return f"{float(value)!r}_dp"


def vector(values, size):
    values = [number(v) for v in values] + ["0.0_dp"] * (size - len(values))
    lines = [", ".join(values[i : i + 4]) for i in range(0, size, 4)]
    return "[" + ", &\n        ".join(lines) + "]"


def matrix(columns, rows, count):
    flat = []
    for column in [*columns, *[[]] * (count - len(columns))]:
        flat += [*column, *[0] * (rows - len(column))]
    return f"reshape({vector(flat, rows * count)}, [{rows}, {count}])"


def main(output, *sources):
    tables = [tomllib.loads(pathlib.Path(s).read_text()) for s in sources]
    forms = [transformed(t) if t["form"] == "k" else as_given(t) for t in tables]
    stages = max(len(f["m"]) for f in forms)
    dense = max(len(f["dense"]) for f in forms)
    text = HEAD.format(stages=stages, dense=dense)
    cases = ""
    for k, (table, form) in enumerate(zip(tables, forms, strict=True)):
        name = f"table_{table['name'].lower()}"
        text += (
            f"    !> {table['name']}: {table['reference']}\n"
            f"    type(rosenbrock_table), parameter :: {name} = rosenbrock_table( &\n"
            f"        error_order={table['error_order']}, n_stages={len(form['m'])}, "
            f"n_dense={len(form['dense'])}, &\n"
            f"        safety={number(table['safety'])}, beta={number(table['beta'])}, "
            f"max_factor={number(table['max_factor'])}, gamma={number(form['gamma'])}, &\n"
            f"        alpha={vector(form['nodes'], stages)}, &\n"
            f"        d={vector(form['d'], stages)}, &\n"
            f"        m={vector(form['m'], stages)}, &\n"
            f"        e={vector(form['error'], stages)}, &\n"
            f"        a={matrix(form['a'], stages, stages)}, &\n"
            f"        c={matrix(form['c'], stages, stages)}, &\n"
            f"        dense={matrix(form['dense'], stages, dense)})\n\n"
        )
        cases += f"        case ({k})\n            table = {name}\n"
    pathlib.Path(output).write_text(text + TAIL.format(cases=cases))


if __name__ == "__main__":
    main(*sys.argv[1:])
