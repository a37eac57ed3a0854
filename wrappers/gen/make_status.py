"""Write the table of status codes for one language: make_status.py STATUS.toml OUTPUT.{h,f90,py}."""

import pathlib
import sys
import tomllib

NOTE = "Generated from wrappers/gen/status.toml; do not edit."


def as_c(table):
    rows = "".join(f"    SK_{name.upper()} = {row['code']},\n" for name, row in table.items())
    return f"/* {NOTE} */\n#ifndef SK_STATUS_H\n#define SK_STATUS_H\nenum sk_status {{\n{rows}}};\n#endif\n"


def as_fortran(table):
    rows = "".join(
        f"    integer(c_int), parameter, public :: sk_{name} = {row['code']}_c_int\n"
        for name, row in table.items()
    )
    return (
        f"!> {NOTE}\nmodule sk_status\n    use, intrinsic :: iso_c_binding, only: c_int\n"
        f"    implicit none\n    private\n{rows}end module sk_status\n"
    )


def as_python(table):
    names = "".join(f"{name.upper()} = {row['code']}\n" for name, row in table.items())
    rows = "".join(
        f"    {row['code']}: ({row['exception']!r}, {row['message']!r}),\n"
        for row in table.values()
        if "exception" in row
    )
    return f'"""{NOTE}"""\n\n{names}\nERRORS = {{\n{rows}}}\n'


def main(source, target):
    table = tomllib.loads(pathlib.Path(source).read_text())
    write = {".h": as_c, ".f90": as_fortran, ".py": as_python}[pathlib.Path(target).suffix]
    pathlib.Path(target).write_text(write(table))


if __name__ == "__main__":
    main(*sys.argv[1:])
