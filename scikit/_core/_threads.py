"""The `workers=` argument: GIL-free kernels on slabs of the work, run on threads.

Threads are made for one call and joined before it returns, so nothing is left that a fork could lose.
How the work is cut into slabs never depends on the number of workers: the result has the same bits for any.
"""

import concurrent.futures
import operator
import os

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


def run_slabs(work, pieces, workers=1, progress=False, description=""):
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
    with progress_reporter(progress, len(pieces), description) as report:
        if workers == 1:
            results = []
            for done, piece in enumerate(pieces, 1):
                results.append(work(*piece))
                report(done)
            return results
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            futures = [pool.submit(work, *piece) for piece in pieces]
            try:
                waiting, done = set(futures), 0
                while waiting:
                    ready, waiting = concurrent.futures.wait(
                        waiting, POLL, return_when=concurrent.futures.FIRST_COMPLETED
                    )
                    for future in ready:
                        future.result()
                        done += 1
                        report(done)
                return [future.result() for future in futures]
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
