"""Write the Radau methods as constants of a Fortran module: make_radau_tables.py OUTPUT.f90 RADAU.toml."""

import pathlib
import sys
import tomllib

HEAD = """!> Radau IIA methods as data. Generated from wrappers/gen/radau.toml; do not edit.
module sk_integrate_radau_tables
    use sk_kinds, only: dp
    implicit none
    private
    public :: radau_table_of

    integer, parameter, public :: max_stages = 7, max_pairs = 3

    !> T**-1 A**-1 T has gamma and, for every complex pair k, the number shift(k) on its block diagonal.
    type, public :: radau_table
        integer :: n_stages
        real(dp) :: gamma
        complex(dp) :: shift(max_pairs)
        real(dp) :: c(max_stages), error(max_stages)
        real(dp) :: t(max_stages, max_stages), t_inverse(max_stages, max_stages), a_inverse(max_stages, max_stages)
        real(dp) :: dense(max_stages, max_stages) ! (term, stage)
    end type radau_table

"""

TAIL = """contains

    !> The method of 3, 5 or 7 stages.
    pure function radau_table_of(n_stages) result(table)
        integer, intent(in) :: n_stages
        type(radau_table) :: table
        select case (n_stages)
{cases}        end select
    end function radau_table_of

end module sk_integrate_radau_tables
"""
SIZE, PAIRS = 7, 3


def number(text):
    return f"{float(text)!r}_dp"


def vector(values, size=SIZE):
    values = [number(v) for v in values] + ["0.0_dp"] * (size - len(values))
    lines = [", ".join(values[i : i + 4]) for i in range(0, len(values), 4)]
    return "[" + ", &\n        ".join(lines) + "]"


def matrix(values, n):
    flat = []
    for j in range(SIZE):
        column = values[n * j : n * (j + 1)]
        flat += [*column, *["0"] * (SIZE - len(column))]
    return f"reshape({vector(flat)}, [{SIZE}, {SIZE}])"


def main(output, source):
    tables = tomllib.loads(pathlib.Path(source).read_text())
    text, cases = HEAD, ""
    for table in tables.values():
        n = len(table["c"])
        shifts = [
            f"({number(x)}, {number(y)})"
            for x, y in zip(table["shift_real"], table["shift_imag"], strict=True)
        ]
        joined = ", &\n        ".join(shifts + ["(0.0_dp, 0.0_dp)"] * (PAIRS - len(shifts)))
        text += (
            f"    type(radau_table), parameter :: table_{n} = radau_table( &\n"
            f"        n_stages={n}, gamma={number(table['gamma'][0])}, &\n"
            f"        shift=[{joined}], &\n"
            f"        c={vector(table['c'])}, &\n"
            f"        error={vector(table['error'])}, &\n"
            f"        t={matrix(table['t'], n)}, &\n"
            f"        t_inverse={matrix(table['t_inverse'], n)}, &\n"
            f"        a_inverse={matrix(table['a_inverse'], n)}, &\n"
            f"        dense={matrix(table['dense'], n)})\n\n"
        )
        cases += f"        case ({n})\n            table = table_{n}\n"
    pathlib.Path(output).write_text(text + TAIL.format(cases=cases))


if __name__ == "__main__":
    main(*sys.argv[1:])
