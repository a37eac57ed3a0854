"""The code of the notebooks runs, and its assertions hold; the figures stay in memory."""

import json
import pathlib

import matplotlib.figure
import matplotlib.pyplot as plt
import pytest

NOTEBOOKS = sorted((pathlib.Path(__file__).parents[2] / "examples").glob("*.ipynb"))


@pytest.mark.thread_unsafe(reason="pyplot's current figure belongs to the process")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(path, monkeypatch):
    plt.switch_backend("Agg")
    shown = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(plt.gcf()) or plt.close("all"))
    notebook = json.loads(path.read_text())
    namespace = {}
    pictures = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path.name, "exec"), namespace)
            pictures += sum("image/png" in output.get("data", {}) for output in cell["outputs"])
    assert len(shown) == pictures >= 1  # stored as executed
    assert all(isinstance(figure, matplotlib.figure.Figure) for figure in shown)


def test_there_are_notebooks():
    assert NOTEBOOKS
