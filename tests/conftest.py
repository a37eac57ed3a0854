"""What the whole test suite needs."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time

import pytest

# One BLAS thread a process: the tests run in parallel already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_configure():
    """Answer SIGINT even where the suite was started in the background, where shells ignore it: the processes that
    the tests start inherit that, and the tests of Ctrl-C send it to them."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def resident_memory():
    """A function that gives the memory in use in bytes; its peak where the system does not tell."""

    def memory():
        try:
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * resource.getpagesize()
        except FileNotFoundError:
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    return memory


@pytest.fixture
def interrupt():
    """A function that runs code in a process of its own, sends Ctrl-C when the code has printed "ready", and gives the
    next line that it prints and after how many seconds."""

    def run(code, *arguments):
        with subprocess.Popen(
            [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True
        ) as process:
            killer = threading.Timer(60, process.kill)  # a failure does not wait for the end
            killer.start()
            try:
                assert process.stdout.readline() == "ready\n"
                time.sleep(0.3)
                start = time.perf_counter()
                process.send_signal(signal.SIGINT)
                answer = process.stdout.readline().strip()
                return answer, time.perf_counter() - start
            finally:
                killer.cancel()
                process.kill()

    return run
