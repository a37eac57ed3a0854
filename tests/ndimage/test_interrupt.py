"""Ctrl-C ends a long call within a second."""

import signal
import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, sys, threading, time
import numpy as np
from scikit import ndimage

rng = np.random.default_rng(0)
noise = rng.random((128, 128, 256)) < 0.5
{prepare}
sent = []


def interrupt():
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)


timer = threading.Timer(0.3, interrupt)
timer.start()
try:
    while True:
        {call}
except KeyboardInterrupt:
    print(time.perf_counter() - sent[0])
"""
CASES = {
    "dilation by a large structure": (
        "s = rng.random((31, 31, 31)) < 0.5",
        "ndimage.binary_dilation(noise, s)",
    ),
    "many iterations": (
        "",
        "ndimage.binary_erosion(noise, [[[1, 0, 0, 0, 1]]], 10**9, noise, border_value=1)",
    ),
    "label": ("noise = np.concatenate([noise] * 4)", "ndimage.label(noise, np.ones((3, 3, 3)))"),
    "gaussian": (
        "x = np.zeros((128, 128, 256))",
        "ndimage.gaussian_filter(x, 100, mode='constant')",
    ),
    "coordinates in 5-d": (
        "x, c = np.zeros((8,) * 5), rng.uniform(0, 7, (5, 10**5))",
        "ndimage.map_coordinates(x, c, order=5)",
    ),
    "splines": ("x = np.zeros((256, 256, 256))", "ndimage.spline_filter(x, 5)"),
    "zoom": ("x = np.zeros((64, 64, 64))", "ndimage.zoom(x, 8, order=5)"),
    "votes": (
        "x = noise.astype('i4')",
        "ndimage.resample(x, 1, 8, label=True, antialias=True)",
    ),
    "gaussian along one line": ("x = np.zeros(10**6)", "ndimage.gaussian_filter1d(x, 1e5)"),
}


@pytest.mark.skipif(not hasattr(signal, "SIGINT"), reason="needs POSIX signals")
@pytest.mark.parametrize("name", CASES)
def test_interrupt(name):
    prepare, call = CASES[name]
    script = SCRIPT.format(prepare=prepare, call=call)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert float(done.stdout) < 1.0
