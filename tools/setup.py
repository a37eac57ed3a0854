"""Make the folder .venv with everything that building, testing and the demo need: setup.py [GROUP].

Run by make; needs only Python 3.11 or newer. What the system lacks (a Fortran compiler, Python's headers or venv) is
installed with apt-get where that is allowed, else named in one line.
"""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".complete"


def missing_packages():
    """Debian packages of what this system lacks."""
    version = f"python3.{sys.version_info.minor}"
    found = {
        "gcc": shutil.which("gcc") or shutil.which("cc"),
        "gfortran": shutil.which("gfortran"),
        f"{version}-dev": (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists(),
        f"{version}-venv": importlib.util.find_spec("ensurepip"),
    }
    return [package for package, there in found.items() if not there]


#: Programs of Debian packages that some tests use as a second opinion; without them those tests are skipped.
WELCOME = {"dcmdump": "dcmtk"}


def install(packages, needed=True):
    """Install Debian packages, or end with a line that says what to do (only say it, if they are not needed)."""
    advice = (
        f"scikit needs {', '.join(packages)}; install with: apt-get install {' '.join(packages)}"
    )
    if not needed:
        advice = f"some tests will be skipped: they use {', '.join(packages)}"
    end = sys.exit if needed else print
    apt = shutil.which("apt-get")
    if apt is None:
        return end(advice)
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not shutil.which("sudo"):
        return end(advice)
    print(f"installing {' '.join(packages)} with apt-get", flush=True)
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run([*prefix, apt, "update", "-qq"], check=False, **quiet)
    command = [*prefix, apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    if subprocess.run(command, check=False, **quiet).returncode:
        return end(advice)
    return None


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before anything is installed
        sys.exit(f"scikit needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    lacking = missing_packages()
    if lacking:
        install(lacking)
    welcome = [package for program, package in WELCOME.items() if not shutil.which(program)]
    wanted = (ROOT / "pyproject.toml").read_text()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    if welcome:
        install(welcome, needed=False)
    if not (VENV / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    print("installing what the build and the tests need into .venv", flush=True)
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True, cwd=ROOT)
    subprocess.run([*pip, "--group", "dev"], check=True, cwd=ROOT)
    print("building scikit", flush=True)
    environment = {
        **os.environ,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "NINJA": str(ROOT / "tools" / "ninja"),
    }
    subprocess.run(
        [*pip, "--no-build-isolation", "--no-deps", "--editable", "."],
        check=True,
        cwd=ROOT,
        env=environment,
    )
    subprocess.run([*pip, "lazy-loader>=0.4"], check=True, cwd=ROOT)
    STAMP.write_text(wanted)


if __name__ == "__main__":
    main()
