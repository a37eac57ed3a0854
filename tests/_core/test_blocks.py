"""Memory of large arrays that is kept for the next one."""

import os
import pickle
import resource
import subprocess
import sys
import threading

import numpy as np
import pytest

from scikit._core import _blocks_cy as blocks
from scikit._core._config import keep_limit

MIB = 1 << 20
pytestmark = pytest.mark.thread_unsafe(reason="what is kept is one for the process")


def handler_of(array):
    return np._core.multiarray.get_handler_name(array)


@pytest.fixture(autouse=True)
def nothing_kept():
    blocks.limit(keep_limit())
    yield
    blocks.limit(keep_limit())


def test_large_arrays_come_from_blocks_and_small_ones_from_numpy():
    assert handler_of(blocks.empty((8 * MIB,), np.uint8)) == "scikit_blocks"
    assert handler_of(blocks.empty(100)) == handler_of(np.empty(100)) == "default_allocator"
    assert handler_of(np.empty(8 * MIB, np.uint8)) == "default_allocator"


def test_memory_is_used_again_and_zeros_are_zeros():
    a = blocks.empty((2 * MIB, 4), np.int32)
    a[...] = 7
    where = a.ctypes.data
    del a
    assert blocks.kept() == 32 * MIB
    b = blocks.zeros((8 * MIB,), np.float32)
    assert b.ctypes.data == where
    assert blocks.kept() == 0
    assert not b.any()


def test_a_block_serves_sizes_down_to_an_eighth_less():
    a = blocks.empty((80 * MIB,), np.uint8)
    where = a.ctypes.data
    del a
    b = blocks.empty((72 * MIB,), np.uint8)
    assert b.ctypes.data == where
    del b
    c = blocks.empty((60 * MIB,), np.uint8)
    assert blocks.kept() == 0  # given back, not kept beside the new one
    c[:] = 1


def test_what_is_kept_never_raises_the_peak():
    """Live and kept memory together stay below the largest live memory there was."""
    rng = np.random.default_rng(5)
    live, total, peak = [], 0, 0
    for _ in range(300):
        if live and rng.random() < 0.5:
            total -= live.pop(rng.integers(len(live))).nbytes
        else:
            live.append(blocks.empty((int(rng.integers(64, 256)) * (MIB // 16),), np.uint8))
            total += live[-1].nbytes
        peak = max(peak, total)
        assert (
            total + blocks.kept() <= 1.13 * peak
        )  # a block may be an eighth larger than its array


def test_no_more_is_kept_than_the_limit():
    blocks.limit(20 * MIB)
    arrays = [blocks.empty((6 * MIB,), np.uint8) for _ in range(6)]
    del arrays
    assert 12 * MIB <= blocks.kept() <= 20 * MIB
    blocks.limit(0)
    assert blocks.kept() == 0
    blocks.empty((6 * MIB,), np.uint8)
    assert blocks.kept() == 0


def test_arrays_are_like_any_other():
    a = blocks.zeros((6 * MIB,), np.uint8)
    a[-1] = 3
    assert a.flags.owndata
    assert np.array_equal(pickle.loads(pickle.dumps(a)), a)
    a.resize(9 * MIB, refcheck=False)
    assert (a[6 * MIB - 1], a[-1]) == (3, 0)
    a.resize(10, refcheck=False)
    assert not a.any()


def test_sizes_that_no_memory_holds():
    with pytest.raises(MemoryError):
        blocks.empty((2**46,), np.uint8)
    with pytest.raises(MemoryError):
        blocks.zeros((2**46,), np.uint8)


def test_threads_share_what_is_kept():
    bad = []

    def work(value):
        for k in range(200):
            a = blocks.empty(((5 + k % 3) * MIB,), np.uint8)
            a[::4096] = value
            if not (a[::4096] == value).all():
                bad.append(value)
            del a
            if blocks.zeros((6 * MIB,), np.uint8)[::4096].any():
                bad.append(value)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not bad
    assert blocks.kept() <= keep_limit()


def test_nothing_leaks():
    for _ in range(20):
        blocks.empty((16 * MIB,), np.uint8)[...] = 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for size in range(5, 60):
        blocks.empty((size * MIB // 4 + 4 * MIB,), np.uint8)[...] = 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


def test_a_fork_keeps_the_child_s_arrays_apart():
    a = blocks.zeros((8 * MIB,), np.uint8)
    pid = os.fork()
    if pid == 0:
        a[:] = 9
        del a
        good = not blocks.zeros((8 * MIB,), np.uint8).any()
        os._exit(0 if good else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert not a.any()


@pytest.mark.parametrize(
    ("text", "good"), [("0", True), ("100", True), ("-1", False), ("lots", False)]
)
def test_the_limit_comes_from_the_environment(text, good):
    code = "import scikit; print(scikit.show_config(mode='dicts')['memory']['keep'])"
    env = {**os.environ, "SCIKIT_KEEP_MIB": text}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    if good:
        assert int(done.stdout) == int(text) * MIB
    else:
        assert "SCIKIT_KEEP_MIB" in done.stderr
        assert text in done.stderr
