"""What the page on the families shows runs."""

import pathlib
import re

GUIDE = (pathlib.Path(__file__).parents[2] / "docs/ndimage/families.md").read_text()


def test_blocks_run_one_after_the_other():
    namespace = {}
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    assert len(blocks) >= 4
    for code in blocks:
        exec(compile(code, "families.md", "exec"), namespace)
