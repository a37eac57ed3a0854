"""The package as a whole: its import, its public names, its configuration."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

import scikit

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUBPACKAGES = ("dicom", "integrate", "linalg", "mri", "ndimage", "special", "testing")


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_nothing_is_imported_until_used():
    code = (
        "import sys, scikit\n"
        "heavy = {'numpy', 'ctypes', 'scipy_openblas32', 'matplotlib', 'numba', 'tqdm'}\n"
        "print([m for m in sys.modules if m.startswith('scikit.') or m in heavy])"
    )
    assert run_python(code).stdout.strip() == "[]"


def test_a_subpackage_imports_no_optional_package_and_no_other_one():
    code = (
        "import sys, scikit.ndimage as m\n[getattr(m, n) for n in m.__all__]\n"
        "other = {'scipy', 'matplotlib', 'numba', 'tqdm', 'nibabel', 'scikit.integrate', 'scikit.mri'}\n"
        "print(sorted(other.intersection(sys.modules)))"
    )
    assert run_python(code).stdout.strip() == "[]"


@pytest.mark.parametrize("name", SUBPACKAGES)
def test_public_names_exist(name):
    module = getattr(scikit, name)
    assert module.__all__
    for public in module.__all__:
        assert getattr(module, public) is not None
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("name", SUBPACKAGES)
def test_every_subpackage_imports_alone(name):
    code = f"import scikit.{name} as m; [getattr(m, n) for n in m.__all__]"
    result = run_python(code)
    assert result.returncode == 0, result.stderr


def test_version_is_the_build_s():
    build = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text())[1]
    assert scikit.__version__ == build == scikit.show_config(mode="dicts")["version"]


def test_show_config_prints(capsys):
    scikit.show_config()
    printed = capsys.readouterr().out
    assert "isa in force" in printed
    assert "blas" in printed


def test_show_config_refuses_another_mode():
    with pytest.raises(ValueError, match="`mode` must be"):
        scikit.show_config(mode="yaml")


@pytest.mark.parametrize("level", ["base", "v3", "v4"])
def test_instruction_set_can_be_lowered(level):
    code = "import json, scikit; print(json.dumps(scikit.show_config(mode='dicts')['isa']))"
    isa = json.loads(run_python(code, SCIKIT_ISA=level).stdout)
    order = ["base", "v3", "v4"]
    assert isa["in force"] == min(level, isa["best"], key=order.index)
    assert isa["in force"] in isa["built"]


def test_unknown_instruction_set_is_an_error():
    result = run_python("import scikit; scikit.show_config()", SCIKIT_ISA="avx9000")
    assert result.returncode != 0
    assert "SCIKIT_ISA" in result.stderr
    assert "avx9000" in result.stderr


def test_blas_symbols_stay_private():
    """SciPy binds to its own BLAS after ours has been loaded."""
    code = (
        "import ctypes, scikit.linalg, scikit.integrate\n"
        "try:\n    ctypes.CDLL(None).scipy_dgemm_\n    print('global')\n"
        "except AttributeError:\n    print('private')"
    )
    assert run_python(code).stdout.strip() == "private"
