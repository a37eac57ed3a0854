"""What the guide shows runs."""

import pathlib
import re

import pytest

from scikit.integrate import _ode_cy

GUIDE = (pathlib.Path(__file__).parents[2] / "docs/integrate/which_method.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS)
def test_block_runs(code):
    assert "assert" in code
    exec(compile(code, "which_method.md", "exec"), {})


def test_every_method_is_in_the_table():
    assert set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == set(_ode_cy.METHODS)


def test_pictures_exist():
    folder = pathlib.Path(__file__).parents[2] / "docs/integrate"
    names = re.findall(r"\]\((work_precision\S+)\)", GUIDE)
    assert len(names) == 3
    assert all((folder / name).stat().st_size > 500 for name in names)
