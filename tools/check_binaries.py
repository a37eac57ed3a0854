"""Check the built extension modules: stack, exported and imported symbols, run path.

- GNU_STACK is RW: no nested function's address was taken.
- Only PyInit_* is exported: kernels of two modules cannot meet.
- Nothing of the Fortran runtime that ends the process or writes: every allocate has stat=, no stop, no print.
- No library of the compiler's is needed at run time (libgcc_s is part of every system), so wheels need no repair.
- No run path into a build environment.

First it proves, on a module that breaks every rule, that it would find this.
"""

import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

FORBIDDEN = re.compile(
    r"_gfortran_(stop|error_stop|os_error|runtime_error|st_write|st_open|transfer_)|GOMP_|omp_get"
)
NEEDLESS = re.compile(r"\[(lib(?:gfortran|quadmath|gomp|stdc\+\+)\.so[^]]*)\]")
BAD = """
extern void _gfortran_stop_numeric(int, int);
static int apply(int (*f)(int), int x) { return f(x); }
int exported(int y)
{
    int nested(int x) { return x + y; }
    _gfortran_stop_numeric(y, 0);
    return apply(nested, y);
}
void *PyInit_bad(void) { return 0; }
"""
BAD_FLAGS = ["-O0", "-shared", "-fPIC", "-w", "-Wl,-rpath,/nowhere", "-Wl,--no-as-needed"]
GFORTRAN_LIBRARY = ["gfortran", "-print-file-name=libgfortran.so"]
BAD_FAULTS = [
    "GNU_STACK",
    "exports exported",
    "imports _gfortran_stop",
    "needs libgfortran",
    "run path",
]


def modules():
    """The extension modules of the installed package."""
    spec = importlib.util.find_spec("scikit")
    found = set()
    for folder in spec.submodule_search_locations:
        found.update(pathlib.Path(folder).rglob("*.so"))
    if not found:  # an editable install: the modules lie in the build folder
        root = pathlib.Path(__file__).resolve().parent.parent
        tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
        found.update((root / "build" / tag / "wrappers").rglob("*.so"))
    return sorted(found)


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def faults(path):
    """What is wrong with one module."""
    stack = re.search(r"GNU_STACK.*\n?.*?(RWE|RW)\b", output("readelf", "-lW", str(path)))
    if stack is None or stack[1] != "RW":
        yield "GNU_STACK is not RW"
    symbols = output("nm", "-D", str(path))
    for line in symbols.splitlines():
        kind, name = line.split()[-2:]
        if kind not in "Uwv" and not name.startswith("PyInit_"):
            yield f"exports {name}"
        if kind == "U" and FORBIDDEN.match(name):
            yield f"imports {name}"
    dynamic = output("readelf", "-dW", str(path))
    for name in NEEDLESS.findall(dynamic):
        yield f"needs {name}"
    run_path = re.search(r"R(?:UN)?PATH.*\[(.*)\]", dynamic)
    if run_path and any(p and not p.startswith(("$ORIGIN", "XXX")) for p in run_path[1].split(":")):
        yield f"run path {run_path[1]}"


def prove():
    """End with an error unless all faults of a module that has them all are found."""
    with tempfile.TemporaryDirectory() as folder:
        source, path = pathlib.Path(folder, "bad.c"), pathlib.Path(folder, "bad.so")
        source.write_text(BAD)
        output("gcc", *BAD_FLAGS, str(source), "-o", str(path), output(*GFORTRAN_LIBRARY).strip())
        found = list(faults(path))
    missed = [fault for fault in BAD_FAULTS if not any(f.startswith(fault) for f in found)]
    if missed:
        sys.exit(f"the check itself is broken; it does not see: {', '.join(missed)}")


def main():
    prove()
    found = modules()
    bad = [f"{path.name}: {fault}" for path in found for fault in faults(path)]
    print("\n".join([*bad, f"{len(found)} extension modules, {len(bad)} faults"]))
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main())
