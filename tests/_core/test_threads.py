"""workers= and progress=: order, errors, Ctrl-C, fork."""

import subprocess
import sys
import threading
import time

import pytest

from scikit._core._progress import progress_reporter
from scikit._core._threads import available_cpus, check_workers, run_slabs, slabs


@pytest.mark.parametrize("workers", [1, 2, 5, -1, None])
def test_results_keep_their_order(workers):
    pieces = slabs(1003, 10)
    assert pieces[0] == (0, 10)
    assert pieces[-1] == (1000, 1003)
    assert run_slabs(lambda a, b: (a, b), pieces, workers) == pieces


def test_negative_workers_count_from_all():
    assert check_workers(-1) == available_cpus()
    with pytest.raises(ValueError, match="`workers` is -"):
        check_workers(-available_cpus() - 1)


@pytest.mark.parametrize(("bad", "error"), [(0, ValueError), (1.5, TypeError), ("2", TypeError)])
def test_bad_workers(bad, error):
    with pytest.raises(error, match="`workers`"):
        check_workers(bad)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_piece_s_own_exception_comes_out(workers):
    problem = LookupError("piece 7")
    ran = []

    def work(k):
        if k == 7:
            raise problem
        ran.append(k)
        time.sleep(0.001)

    with pytest.raises(LookupError) as info:
        run_slabs(work, [(k,) for k in range(500)], workers)
    assert info.value is problem
    assert len(ran) < 499


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_callable_sees_all(workers):
    seen = []
    main = threading.get_ident()

    def progress(done, total):
        assert threading.get_ident() == main
        seen.append((done, total))

    run_slabs(lambda k: time.sleep(0.06), [(k,) for k in range(5)], workers, progress)
    assert seen == [(k, 5) for k in range(1, 6)]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_progress_raises_ends_the_work(workers):
    problem = LookupError("enough")
    ran = []

    def work(k):
        ran.append(k)
        time.sleep(0.03)

    def progress(done, total):
        raise problem

    with pytest.raises(LookupError) as info:
        run_slabs(work, [(k,) for k in range(200)], workers, progress)
    assert info.value is problem
    assert len(ran) < 100


def test_progress_bar(capsys):
    with progress_reporter(True, 3, "work") as report:
        for done in range(1, 4):
            report(done)
    assert "work" in capsys.readouterr().err


def test_progress_of_a_wrong_type():
    with (
        pytest.raises(TypeError, match="`progress` must be a bool or a callable"),
        progress_reporter("yes", 1),
    ):
        pass


def test_ctrl_c_is_answered_within_a_second(interrupt):
    code = (
        "import time\nfrom scikit._core._threads import run_slabs\n"
        "print('ready', flush=True)\n"
        "try:\n    run_slabs(lambda k: time.sleep(0.05), [(k,) for k in range(4000)], 2)\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    answer, seconds = interrupt(code)
    assert answer == "interrupted"
    assert seconds < 1.0


def test_the_others_are_told_when_a_piece_fails():
    told = threading.Event()

    def work(k):
        if k == 0:
            raise ValueError("the first")
        assert told.wait(20)

    with pytest.raises(ValueError, match="the first"):
        run_slabs(work, [(k,) for k in range(2)], 2, stop=told.set)


def test_workers_after_fork():
    code = (
        "import os\nfrom scikit._core._threads import run_slabs\n"
        "work = lambda: sum(run_slabs(lambda k: k, [(k,) for k in range(100)], 2))\n"
        "assert work() == 4950\n"
        "pid = os.fork()\n"
        "if pid == 0:\n    os._exit(0 if work() == 4950 else 1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=20, check=False)
    assert result.returncode == 0
