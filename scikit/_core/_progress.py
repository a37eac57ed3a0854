"""The `progress=` argument: False, True (a tqdm bar), or a callable ``progress(done, total)``."""

import contextlib


@contextlib.contextmanager
def progress_reporter(progress, total, description=""):
    """Context that gives a function ``report(done)``; `done` counts up to `total`.

    Parameters
    ----------
    progress : bool or callable
        False reports nothing; True shows a tqdm bar; a callable gets ``(done, total)``.
        An exception that the callable raises ends the computation and reaches the caller.
    total : int
        The amount of work.
    description : str
        Text in front of the bar.
    """
    if callable(progress):
        yield lambda done: progress(done, total)
    elif progress is True:
        from scikit._core._extras import require

        tqdm = require("tqdm.auto", "progress", "progress=True").tqdm
        with tqdm(total=total, desc=description or None) as bar:
            yield lambda done: bar.update(done - bar.n)
    elif progress is False or progress is None:
        yield _say_nothing
    else:
        raise TypeError(f"`progress` must be a bool or a callable, not {type(progress).__name__}")


def _say_nothing(done):
    del done
