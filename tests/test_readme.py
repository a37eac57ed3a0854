"""What the README shows runs."""

import pathlib
import re

import pytest

README = (pathlib.Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(
    "code", BLOCKS, ids=[re.search(r"scikit(?:\.\w+|.* import \w+)", b)[0] for b in BLOCKS]
)
def test_block_runs(code):
    assert "assert" in code
    exec(compile(code, "README.md", "exec"), {})


def test_every_subpackage_has_one():
    for name in ("integrate", "special", "linalg", "ndimage", "dicom", "mri"):
        assert any(re.search(rf"scikit\.{name}|import {name}", block) for block in BLOCKS)


def test_the_table_is_true():
    """Every function named in the table of contents exists, and every public function is named."""
    import scikit

    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", README, re.MULTILINE))
    for name in ("integrate", "special", "linalg", "ndimage", "dicom", "mri"):
        module = getattr(scikit, name)
        named = set(re.findall(r"`(\w+)`", rows[name])) - {
            "t_eval",
            "args",
        }
        assert named <= set(module.__all__)
        functions = {
            n for n in module.__all__ if n.islower() and not isinstance(getattr(module, n), type)
        }
        assert functions - named <= {"shepp_logan_kspace"}
