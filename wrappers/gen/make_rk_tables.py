"""Write the Runge-Kutta tables as constants of a Fortran module: make_rk_tables.py OUTPUT.f90 TABLE.toml ...

A table names its stages from 1; stage `stages` + 1 is the derivative at the end of the step, the stages of
[dense] follow it. `a` holds the rows of stages 2, 3, ... as {stage = coefficient}; `b` the weights of the
solution; `error` one row (the difference of the two solutions) or two (DOP853's fifth and third order
estimates); dense.d the weights of the interpolant's terms beyond the cubic Hermite ones. Coefficients are
fractions or decimals, rounded to double precision once, here.
"""

import pathlib
import sys
import tomllib
from fractions import Fraction

HEAD = """!> Runge-Kutta methods as data. Generated from wrappers/gen/rk_tables/; do not edit.
module sk_integrate_rk_tables
    use sk_kinds, only: dp, i4
    implicit none
    private
    public :: rk_table_of, rk_sizes_of

    !> Every linear combination of the stages is a row: stages 2..stages, the solution, the extra stages of
    !> the interpolant, the error estimates, the interpolant's terms. Row r has the terms first(r) to
    !> first(r + 1) - 1.
    type, public :: rk_table
        integer :: order, error_order, n_stages, n_extra, n_error, n_dense
        real(dp) :: safety, beta, max_factor
        real(dp) :: c({stages})
        integer :: first({rows})
        integer :: column({terms})
        real(dp) :: weight({terms})
    end type rk_table

"""

TAIL = """contains

    !> The table of a method, counted as in enum sk_ode_method.
    pure function rk_table_of(method) result(table)
        integer(i4), intent(in) :: method
        type(rk_table) :: table
        select case (method)
{cases}        end select
    end function rk_table_of

    !> Stages, extra stages and dense rows of a method, without its table.
    pure function rk_sizes_of(method) result(sizes)
        integer(i4), intent(in) :: method
        integer :: sizes(3)
        select case (method)
{sizes}        end select
    end function rk_sizes_of

end module sk_integrate_rk_tables
"""


def number(text):
    return f"{float(Fraction(str(text)))!r}_dp"


def fill(values, size, blank, per_line=6):
    values = [str(v) for v in values] + [blank] * (size - len(values))
    lines = [", ".join(values[i : i + per_line]) for i in range(0, size, per_line)]
    return "[" + ", &\n        ".join(lines) + "]"


def rounded(row, nodes):
    """The numbers of a row as doubles. The smallest one takes what rounding changed of the sum, the condition of order
    1; where coefficients are large, the smallest four take the changes of the first four moments, the conditions of
    quadrature. (Else coefficients of 100 and more that cancel leave defects of 1e-11 in Verner's conditions of order 6;
    so they are 1e-13.)"""
    values = [float(x) for x in row]
    count = min(len(row) - 1, 4 if max(map(abs, row)) > 10 else 1)
    places = []
    for k in sorted(range(len(row)), key=lambda k: abs(row[k])):
        if all(nodes[k] != nodes[place] for place in places):
            places.append(k)
    # one place after the other, the smallest last, by elimination
    for power in reversed(range(min(count, len(places)))):
        change = [
            sum((x - Fraction(v)) * c**k for x, v, c in zip(row, values, nodes, strict=True))
            for k in range(power + 1)
        ]
        # the combination of the moments that does not see the places still to come
        weights = polynomial([nodes[places[k]] for k in range(power)])
        at = sum(w * nodes[places[power]] ** k for k, w in enumerate(weights))
        wanted = sum(w * x for w, x in zip(weights, change, strict=True)) / at
        values[places[power]] = float(Fraction(values[places[power]]) + wanted)
    return values


def polynomial(roots):
    """Coefficients of the product of all x - root, the constant first."""
    out = [Fraction(1)]
    for root in roots:
        out = [x - root * y for x, y in zip([Fraction(0), *out], [*out, Fraction(0)], strict=True)]
    return out


def flatten(table):
    dense = table["dense"]
    rows = [*table["a"], table["b"], *dense["a"], *table["error"], *dense["d"]]
    nodes = [Fraction(str(c)) for c in (*table["c"], 1, *dense["c"])]
    first, column, weight = [1], [], []
    for row in rows:
        column += [int(k) for k in row]
        values = [Fraction(str(v)) for v in row.values()]
        weight += [f"{v!r}_dp" for v in rounded(values, [nodes[int(k) - 1] for k in row])]
        first.append(len(column) + 1)
    return first, column, weight, [number(c) for c in nodes]


def main(output, *sources):
    tables = [tomllib.loads(pathlib.Path(s).read_text()) for s in sources]
    flat = [flatten(t) for t in tables]
    rows = max(len(f[0]) for f in flat)
    terms = max(len(f[1]) for f in flat)
    stages = max(len(f[3]) for f in flat)
    text = HEAD.format(rows=rows, terms=terms, stages=stages)
    for table, (first, column, weight, nodes) in zip(tables, flat, strict=True):
        dense = table["dense"]
        text += (
            f"    !> {table['name']}: {table['reference']}\n"
            f"    type(rk_table), parameter :: table_{table['name'].lower()} = rk_table( &\n"
            f"        order={table['order']}, error_order={table['error_order']}, "
            f"n_stages={table['stages']}, n_extra={len(dense['a'])}, &\n"
            f"        n_error={len(table['error'])}, n_dense={len(dense['d'])}, &\n"
            f"        safety={number(table['safety'])}, beta={number(table['beta'])}, "
            f"max_factor={number(table['max_factor'])}, &\n"
            f"        c={fill(nodes, stages, '0.0_dp', 4)}, &\n"
            f"        first={fill(first, rows, '0', 16)}, &\n"
            f"        column={fill(column, terms, '0', 16)}, &\n"
            f"        weight={fill(weight, terms, '0.0_dp', 4)})\n\n"
        )
    cases = "".join(
        f"        case ({number})\n            table = table_{table['name'].lower()}\n"
        for number, table in enumerate(tables)
    )
    sizes = "".join(
        f"        case ({number})\n            sizes = "
        f"[{table['stages']}, {len(table['dense']['a'])}, {len(table['dense']['d'])}]\n"
        for number, table in enumerate(tables)
    )
    pathlib.Path(output).write_text(text + TAIL.format(cases=cases, sizes=sizes))


if __name__ == "__main__":
    main(*sys.argv[1:])
