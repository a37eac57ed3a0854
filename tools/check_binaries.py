"""Check the built extension modules: stack, exported and imported symbols, run path.

- GNU_STACK is RW: no nested function's address was taken.
- Only PyInit_* is exported: kernels of two modules cannot meet.
- Nothing of the Fortran runtime that ends the process or writes: every allocate has stat=, no stop, no print.
- No run path into a build environment.
"""

import importlib.util
import pathlib
import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"_gfortran_(stop|error_stop|os_error|runtime_error|st_write|st_open|transfer_)|GOMP_|omp_get"
)


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
        if kind in "TDBRW" and not name.startswith("PyInit_"):
            yield f"exports {name}"
        if kind == "U" and FORBIDDEN.match(name):
            yield f"imports {name}"
    run_path = re.search(r"R(?:UN)?PATH.*\[(.*)\]", output("readelf", "-dW", str(path)))
    if run_path and any(p and not p.startswith(("$ORIGIN", "XXX")) for p in run_path[1].split(":")):
        yield f"run path {run_path[1]}"


def main():
    found = modules()
    bad = [f"{path.name}: {fault}" for path in found for fault in faults(path)]
    print("\n".join(bad))
    print(f"{len(found)} extension modules, {len(bad)} faults")
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main())
