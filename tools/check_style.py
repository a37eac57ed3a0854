"""Check the house rules that no linter knows: sizes of files, forbidden words, docstrings of the public names."""

import importlib
import pathlib
import re
import subprocess
import sys

import numpy as np
from numpydoc.validate import validate

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMITS = {".f90": 600, ".c": 600, ".h": 400, ".py": 500, ".pyx": 300}
RULES = [  # (suffixes, pattern, what)
    ({".f90"}, r"^\s*(save|common|stop|error\s+stop|print|write)\b", "state or output in a kernel"),
    ({".f90"}, r"^\s*!\$omp", "OpenMP"),
    ({".f90"}, r"^\s*use\s+\w+\s*$", "use without only"),
    ({".f90"}, r"^\s*allocate\s*\((?!.*stat\s*=)", "allocate without stat"),
    ({".c", ".h"}, r"#\s*pragma\s+omp", "OpenMP"),
    ({".c"}, r"\b(printf|abort|exit)\s*\(", "output or end of the process in a kernel"),
    ({".build", ".py", ".pyx"}, r"-ff[a]st-math|-Of[a]st", "unsafe arithmetic"),
    ({".py", ".pyx", ".c", ".f90"}, r"\b(TO[D]O|FIX[M]E|XX[X])\b", "left to do"),
]
SUBPACKAGES = ("integrate", "special", "linalg", "ndimage", "dicom", "mri", "testing")
# numpydoc's checks that are not made: of extended summaries, See Also sections, verbs that start a summary, and such
NOT_CHECKED = {"ES01", "SA01", "GL08", "SS05", "SS06", "RT03", "PR08", "PR09"}


def tracked():
    """The files under version control (all files where there is none)."""
    run = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = run.stdout.split("\n") if run.returncode == 0 else [str(p) for p in ROOT.rglob("*")]
    return [ROOT / n for n in names if n and (ROOT / n).is_file()]


def faults_of_file(path):
    name = path.relative_to(ROOT)
    text = path.read_text(errors="replace")
    lines = text.splitlines()
    limit = LIMITS.get(path.suffix)
    if (
        limit
        and len(lines) > limit
        and not re.search(r"coeff|table", path.name)
        and "data" not in name.parts
    ):
        yield f"{name}: {len(lines)} lines, more than {limit}"
    if name.parts[0] in ("scikit", "fortran", "c", "wrappers"):
        for suffixes, pattern, what in RULES:
            if path.suffix in suffixes:
                for number, line in enumerate(lines, 1):
                    if re.search(pattern, line, re.IGNORECASE):
                        yield f"{name}:{number}: {what}"


def faults_of_docstrings():
    for sub in SUBPACKAGES:
        module = importlib.import_module(f"scikit.{sub}")
        for name in module.__all__:
            value = getattr(module, name)
            own = getattr(value, "__module__", "scikit").startswith("scikit")
            if not own or not callable(value):
                continue
            for code, what in validate(f"scikit.{sub}.{name}")["errors"]:
                # no example of an exception, no parameters of a class that only functions make
                needless = isinstance(value, type) and (
                    code == "PR01" or (code == "EX01" and issubclass(value, Exception))
                )
                # NumPy calls the arguments of a ufunc x1 and x2
                needless |= isinstance(value, np.ufunc) and code in ("PR01", "PR02")
                if code not in NOT_CHECKED and not needless:
                    yield f"scikit.{sub}.{name}: {code} {what}"


def main():
    bad = [fault for path in tracked() for fault in faults_of_file(path)] + list(
        faults_of_docstrings()
    )
    print("\n".join(bad) or "house rules hold")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
