"""Run the test suite under AddressSanitizer and UndefinedBehaviorSanitizer: sanitize.py [pytest arguments].

Builds a second copy with ``-Db_sanitize=address,undefined`` into .venv-asan, which borrows its dependencies from .venv.
"""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-asan"


def build():
    """Build and install the instrumented copy."""
    if not (VENV / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)], check=True)
        site = next((VENV / "lib").glob("python3.*")) / "site-packages"
        # a path line only: .venv's own .pth files, the editable install among them, are not read
        donor = next(p for p in sys.path if p.endswith("site-packages"))
        (site / "dependencies.pth").write_text(donor + "\n")
    options = [
        "-Db_sanitize=address,undefined",
        "-Db_lundef=false",
        "-Dbuildtype=debugoptimized",
        "-Disa=v3",
    ]
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(VENV / "bin" / "python"),
        "install",
        "--quiet",
    ]
    command += ["--no-build-isolation", "--no-deps", "--force-reinstall", "-Cbuild-dir=build-asan"]
    command += [f"-Csetup-args={option}" for option in options] + ["."]
    subprocess.run(command, check=True, cwd=ROOT)


def library(name):
    """Path of a library of the compiler's."""
    run = subprocess.run(
        ["gcc", f"-print-file-name={name}"], capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def main():
    build()
    environment = {
        **os.environ,
        "LD_PRELOAD": ":".join(map(library, ("libasan.so", "libubsan.so", "libstdc++.so.6"))),
        # little freed memory is held back, so that the tests of leaks see what is in use
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:quarantine_size_mb=4",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        "PYTHONMALLOC": "malloc",
        "PYTHONSAFEPATH": "1",  # the instrumented copy, not the source tree
        "SCIKIT_SANITIZED": "1",
    }
    command = [
        "setarch",
        "-R",
        str(VENV / "bin" / "python"),
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
    ]
    return subprocess.run(
        [*command, *sys.argv[1:]], cwd=ROOT, env=environment, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
