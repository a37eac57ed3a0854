"""The `workers=` argument: GIL-free kernels on slabs of the work, run on threads.

Threads are made for one call and joined before it returns, so nothing is left that a fork could lose.
How the work is cut into slabs never depends on the number of workers: the result has the same bits for any.
"""

import contextvars
import operator
import os
import threading

from scikit._core._progress import progress_reporter

#: How long the caller's thread waits between looks at pending signals (Ctrl-C), in seconds.
POLL = 0.1


def available_cpus():
    """Number of processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every platform
        return os.cpu_count() or 1


def check_workers(workers):
    """Number of threads that `workers` asks for; negative counts from all processors, as in scipy.fft.

    Parameters
    ----------
    workers : int or None
        None means 1; -1 all processors that this process may use, -2 all but one, and so on.

    Returns
    -------
    int
        At least 1.
    """
    if workers is None:
        return 1
    try:
        count = operator.index(workers)
    except TypeError:
        raise TypeError(f"`workers` must be an integer, not {type(workers).__name__}") from None
    if count < 0:
        cpus = available_cpus()
        if count < -cpus:
            raise ValueError(f"`workers` is {count}, but this process may use {cpus} processors")
        count += 1 + cpus
    elif count == 0:
        raise ValueError("`workers` must not be zero")
    return count


def slabs(total, size):
    """Consecutive (start, stop) pairs of at most `size` that cover range(total)."""
    return [(start, min(start + size, total)) for start in range(0, total, size)]


def run_slabs(work, pieces, workers=1, progress=False, description="", stop=None):
    """Call ``work(*piece)`` for every piece, on `workers` threads; the results in the pieces' order.

    Parameters
    ----------
    work : callable
        Releases the GIL in its kernel; a piece takes well under a second, so that Ctrl-C is answered.
    pieces : sequence of tuple
        Arguments of the calls.
    workers : int or None
        See `check_workers`.
    progress : bool or callable
        See `progress_reporter`; called in the caller's thread, counting pieces.
    description : str
        Text in front of the bar.
    stop : callable, optional
        Called when a piece or the caller's thread has failed, so that pieces that run may end early.

    Returns
    -------
    list
        What the calls returned.

    Raises
    ------
    BaseException
        The first exception that a piece raised; pieces not yet begun are not run.
    """
    pieces = list(pieces)
    workers = min(check_workers(workers), max(1, len(pieces)))
    if progress is False and len(pieces) == 1:
        return [work(*pieces[0])]
    with progress_reporter(progress, len(pieces), description) as report:
        if workers == 1:
            results = []
            for done, piece in enumerate(pieces, 1):
                results.append(work(*piece))
                report(done)
            return results
        return _Crew(work, pieces, workers, stop).run(report)


class _Crew:
    """Threads that take the pieces in turn. The caller's thread only waits, on a bare lock: an interrupt there can
    lose no state (the locks inside concurrent.futures are not safe against an exception at any point)."""

    def __init__(self, work, pieces, workers, stop):
        self.work, self.pieces, self.workers, self.stop = work, pieces, workers, stop
        self.results = [None] * len(pieces)
        self.turns = iter(range(len(pieces)))
        self.lock = threading.Lock()  # guards the three lines below
        self.done = 0
        self.error = None
        self.running = workers
        self.finished = threading.Lock()  # released by the last thread

    def run(self, report):
        self.finished.acquire()
        for _ in range(self.workers):
            context = contextvars.copy_context()  # one a thread: it cannot be entered twice
            threading.Thread(target=context.run, args=(self._member,), daemon=True).start()
        reported, problem = 0, None
        while True:
            try:
                if self.finished.acquire(timeout=POLL):
                    break
                while problem is None and reported < self.done:
                    reported += 1
                    report(reported)
            except BaseException as error:  # an interrupt, or what `progress` raised
                problem = problem or error
                # pieces not yet begun are not run; those that run are waited for
                self.turns = iter(())
                if self.stop is not None:
                    self.stop()
        if problem or self.error:
            raise problem or self.error
        for done in range(reported + 1, len(self.pieces) + 1):
            report(done)
        return self.results

    def _member(self):
        while True:
            with self.lock:
                turn = next(self.turns, None)
            if turn is None:
                break
            try:
                self.results[turn] = self.work(*self.pieces[turn])
            except BaseException as error:  # raised again in the caller's thread
                with self.lock:
                    self.error = self.error or error
                    self.turns = iter(())
                if self.stop is not None:
                    self.stop()
            else:
                with self.lock:
                    self.done += 1
        with self.lock:
            self.running -= 1
            if self.running == 0:
                self.finished.release()
