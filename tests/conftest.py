"""What the whole test suite needs."""

import os
import signal

# One BLAS thread a process: the tests run in parallel already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_configure():
    """Answer SIGINT even where the suite was started in the background, where shells ignore it: the processes that
    the tests start inherit that, and the tests of Ctrl-C send it to them."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
