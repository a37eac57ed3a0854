"""Write the ESDIRK tables as constants of a Fortran module: make_esdirk_tables.py OUTPUT.f90 TABLE.toml ...

The implicit halves alone allow interpolants of a higher order than the published ones, which serve both halves:
y + h sum_i b*_i(x) k_i with polynomials of degree 4 that have order 4, end in b and, as far as the stages allow it,
meet conditions in the limit of stiffness. Among these they are the smallest.
"""

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
        real(dp) :: error_scale ! of the estimate, for the implicit half alone
        real(dp) :: c(max_stages), b(max_stages), error(max_stages)
        real(dp) :: implicit(max_stages, max_stages), explicit(max_stages, max_stages)
        real(dp) :: predictor(max_stages, max_stages)
        real(dp) :: quartic(max_stages, 4) ! as dense, for the implicit half alone
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


def least_solution(rows, right):
    """The solution of the smallest norm of as many equations as are independent."""
    # rows rows**T x = right by elimination; then rows**T x
    n = len(rows)
    system = [
        [sum(p * q for p, q in zip(a, b, strict=True)) for b in rows] + [r]
        for a, r in zip(rows, right, strict=True)
    ]
    for k in range(n):
        pivot = next(i for i in range(k, n) if system[i][k])
        system[k], system[pivot] = system[pivot], system[k]
        system[k] = [x / system[k][k] for x in system[k]]
        for i in range(n):
            if i != k:
                system[i] = [
                    x - system[i][k] * y for x, y in zip(system[i], system[k], strict=True)
                ]
    return [sum(rows[i][j] * system[i][n] for i in range(n)) for j in range(len(rows[0]))]


def quartic(c, implicit, gamma, stages, powers):
    """The columns b*_p, p = 1 to 4, of b*(x) = sum_p b*_p x**p.

    `stages` (from 1) tells which have a weight; `powers` the stiff conditions: 1 that the solution of y' = lambda y
    stays bounded as lambda grows, p > 1 that of y' = (t**p - y) / epsilon + p t**(p - 1) is exact as epsilon vanishes.
    """
    size = len(c)
    squares, growth, stiff = [], [Fraction(1)], {p: [] for p in powers}
    for i, (row, x) in enumerate(zip(implicit, c, strict=True)):
        diagonal = gamma if i else Fraction(0)
        squares.append(sum((a * y * y for a, y in zip(row, c, strict=False)), diagonal * x * x))
        if i:
            growth.append(
                (-row[0] - sum(a * y for a, y in zip(row[1:], growth[1:], strict=False))) / gamma
            )
        for p, k in stiff.items():
            k.append((x**p - sum(a * y for a, y in zip(row, k, strict=False))) / gamma)
    # every condition with the power of x and the factor of its right-hand side
    conditions = [([x**k for x in c], k + 1, Fraction(1, k + 1)) for k in range(4)]
    conditions += [
        (growth, 1, Fraction(0)) if p == 1 else (stiff[p], p, Fraction(1)) for p in powers
    ]
    if any(abs(squares[i - 1] - c[i - 1] ** 3 / 3) > Fraction(1, 10**20) for i in stages):
        conditions.append((squares, 4, Fraction(1, 12)))  # elsewhere this follows from the fourth
    rows = [[row[i - 1] for i in stages] for row, _, _ in conditions]
    b = [([*implicit[-1], gamma])[i - 1] for i in stages]
    seen = least_solution(rows, [sum(x * y for x, y in zip(row, b, strict=True)) for row in rows])
    columns = []
    for power in range(1, 5):
        found = least_solution(rows, [f if q == power else Fraction(0) for _, q, f in conditions])
        # what the conditions leave free of b comes in smoothly
        share = {2: 3, 3: -2}.get(power, 0)
        column = [Fraction(0)] * size
        for i, x, y, z in zip(stages, found, b, seen, strict=True):
            column[i - 1] = x + share * (y - z)
        columns.append(column)
    return columns


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
        alone = quartic(c, implicit, gamma, table["quartic_stages"], table["quartic_stiff"])
        text += (
            f"    !> {table['reference'][:100]}\n"
            f"    type(esdirk_table), parameter :: {name} = esdirk_table( &\n"
            f"        error_order={table['error_order']}, n_stages={len(c)}, "
            f"n_dense={len(table['dense'][0])}, &\n"
            f"        safety={number(table['safety'])}, beta={number(table['beta'])}, "
            f"max_factor={number(table['max_factor'])}, gamma={number(gamma)}, &\n"
            f"        error_scale={number(table['error_scale'])}, &\n"
            f"        c={vector(c, stages)}, &\n"
            f"        b={vector(b, stages)}, &\n"
            f"        error={vector(error, stages)}, &\n"
            f"        implicit={matrix(implicit, stages, stages)}, &\n"
            f"        explicit={matrix(map(fractions, table['explicit']), stages, stages)}, &\n"
            f"        predictor={matrix(predictor, stages, stages)}, &\n"
            f"        quartic={matrix(alone, stages, 4)}, &\n"
            f"        dense={matrix(dense, stages, powers)})\n\n"
        )
        cases += f"        case ({k})\n            table = {name}\n"
    pathlib.Path(output).write_text(text + TAIL.format(cases=cases))


if __name__ == "__main__":
    main(*sys.argv[1:])
