"""The example that the demo runs, in a small size."""

import importlib.util
import pathlib

import numpy as np

from scikit import dicom

PATH = pathlib.Path(__file__).parents[2] / "examples" / "main_job.py"


def test_main_job(tmp_path):
    spec = importlib.util.spec_from_file_location("main_job", PATH)
    job = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(job)
    job.MATRIX, job.SLICES, job.ACROSS = 48, 1, 8
    job.spin_echo.__defaults__ = (48, job.FOV, job.SLAB)
    seen = []
    lines = job.run(tmp_path / "out", lambda name, done, total: seen.append((name, done, total)))
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "t1w",
        "t2w",
        "figure.png",
        "summary.txt",
    }
    assert [n for n, done, total in seen if done == total] == ["t1w slice 1/1", "t2w slice 1/1"]
    t1w, t2w = (dicom.read_volume(tmp_path / "out" / n).array[0] for n in ("t1w", "t2w"))
    fluid = job.true_fluid()[0] > 0.99
    assert fluid.sum() > 50
    inner = t2w[fluid].mean() / t2w.max()
    assert inner > 0.7  # fluid is bright at a long echo time, dark at a short repetition time
    assert t1w[fluid].mean() / t1w.max() < 0.3
    dice = float(next(line for line in lines if "Dice" in line).split()[-1])
    assert dice > 0.75
    assert (tmp_path / "out" / "figure.png").stat().st_size > 20_000
    assert np.isfinite(t1w).all()
