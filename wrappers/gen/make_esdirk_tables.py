"""Write the ESDIRK tables as constants of a Fortran module: make_esdirk_tables.py OUTPUT.f90 TABLE.toml ..."""

import pathlib
import sys
import tomllib
from fractions import Fraction
from math import prod

HEAD = """!> Additive Runge-Kutta methods with singly diagonally implicit halves, as data.
!> Generated from wrappers/gen/esdirk_tables/; do not edit.
module sk_integrate_esdirk_tables
    use sk_kinds, only: dp, i4
    implicit none
    private
    public :: esdirk_table_of

    integer, parameter, public :: max_stages = {stages}, max_dense = {dense}

    !> Column i of implicit, explicit and predictor has the weights of stages 1 to i - 1 in stage i.
    type, public :: esdirk_table
        integer :: error_order, n_stages, n_dense
        real(dp) :: safety, beta, max_factor, gamma
        real(dp) :: c(max_stages), b(max_stages), error(max_stages)
        real(dp) :: implicit(max_stages, max_stages), explicit(max_stages, max_stages)
        real(dp) :: predictor(max_stages, max_stages)
        real(dp) :: dense(max_stages, max_dense) ! (stage, power)
    end type esdirk_table

"""

TAIL = """contains

    !> The table of a method, counted from 0 in the order of enum sk_ode_method.
    pure function esdirk_table_of(method) result(table)
        integer(i4), intent(in) :: method
        type(esdirk_table) :: table
        select case (method)
{cases}        end select
    end function esdirk_table_of

end module sk_integrate_esdirk_tables
"""


def fractions(row):
    return [Fraction(x) for x in row]


def number(value):
    return f"{float(value)!r}_dp"


def vector(values, size):
    values = [number(v) for v in values] + ["0.0_dp"] * (size - len(values))
    lines = [", ".join(values[i : i + 4]) for i in range(0, size, 4)]
    return "[" + ", &\n        ".join(lines) + "]"


def matrix(columns, rows, count):
    flat = []
    columns = list(columns)
    for column in [*columns, *[[]] * (count - len(columns))]:
        flat += [*column, *[0] * (rows - len(column))]
    return f"reshape({vector(flat, rows * count)}, [{rows}, {count}])"


def foretold(c, stages, x, size):
    """Weights of the polynomial through the values at the nodes of `stages` (from 1), at x."""
    weights = [Fraction(0)] * size
    for i in stages:
        others = [c[j - 1] for j in stages if j != i]
        weights[i - 1] = prod(((x - other) / (c[i - 1] - other) for other in others), start=1)
    return weights


def main(output, *sources):
    tables = [tomllib.loads(pathlib.Path(s).read_text()) for s in sources]
    stages = max(len(t["c"]) for t in tables)
    powers = max(len(t["dense"][0]) for t in tables)
    text = HEAD.format(stages=stages, dense=powers)
    cases = ""
    for k, table in enumerate(tables):
        name = f"table_{table['name'].lower()}"
        c, gamma = fractions(table["c"]), Fraction(table["gamma"])
        implicit = [fractions(row) for row in table["implicit"]]
        b = [*implicit[-1], gamma]
        error = [x - y for x, y in zip(b, fractions(table["embedded"]), strict=True)]
        predictor = [foretold(c, s, x, stages) for s, x in zip(table["predictor"], c, strict=True)]
        dense = zip(*map(fractions, table["dense"]), strict=True)
        text += (
            f"    !> {table['reference'][:100]}\n"
            f"    type(esdirk_table), parameter :: {name} = esdirk_table( &\n"
            f"        error_order={table['error_order']}, n_stages={len(c)}, "
            f"n_dense={len(table['dense'][0])}, &\n"
            f"        safety={number(table['safety'])}, beta={number(table['beta'])}, "
            f"max_factor={number(table['max_factor'])}, gamma={number(gamma)}, &\n"
            f"        c={vector(c, stages)}, &\n"
            f"        b={vector(b, stages)}, &\n"
            f"        error={vector(error, stages)}, &\n"
            f"        implicit={matrix(implicit, stages, stages)}, &\n"
            f"        explicit={matrix(map(fractions, table['explicit']), stages, stages)}, &\n"
            f"        predictor={matrix(predictor, stages, stages)}, &\n"
            f"        dense={matrix(dense, stages, powers)})\n\n"
        )
        cases += f"        case ({k})\n            table = {name}\n"
    pathlib.Path(output).write_text(text + TAIL.format(cases=cases))


if __name__ == "__main__":
    main(*sys.argv[1:])
