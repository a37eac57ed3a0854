"""What the whole test suite needs."""

import os
import resource
import signal

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
