"""What this copy was built with and runs on."""

import os

_LEVELS = ("base", "v3", "v4")
_KEEP_MIB = 512


def show_config(mode="stdout"):
    """Show how this copy of the library was built and which kernels run here.

    Parameters
    ----------
    mode : {"stdout", "dicts"}
        Print, or return a dict.

    Returns
    -------
    dict or None
        With ``mode="dicts"``: ``version``, ``compilers``, ``blas`` (name, path), ``isa`` (built, best
        for this processor, in force) and ``memory`` (bytes kept at most, and kept now). Two environment
        variables, read at import, change these: ``SCIKIT_ISA`` (``base``, ``v3`` or ``v4``) lowers the
        level in force; ``SCIKIT_KEEP_MIB`` is how many MiB of freed arrays are kept for the next ones
        at most (512 unless told; 0 keeps none). The system may take what is kept when it is short of
        memory.

    Raises
    ------
    ValueError
        If `mode` is neither.

    Examples
    --------
    >>> import scikit
    >>> scikit.show_config(mode="dicts")["isa"]["in force"] in ("base", "v3", "v4")
    True
    """
    if mode not in ("stdout", "dicts"):
        raise ValueError(f"`mode` must be 'stdout' or 'dicts', not {mode!r}")
    check_isa_variable()
    from scikit._core import _blas, _blocks_cy, _build_info, _isa_cy

    config = {
        "version": _build_info.VERSION,
        "compilers": {"c": _build_info.C_COMPILER, "fortran": _build_info.FORTRAN_COMPILER},
        "blas": {"name": _build_info.BLAS, "path": getattr(_blas.library, "_name", "system")},
        "isa": {"built": _build_info.ISA, "best": _isa_cy.best(), "in force": _isa_cy.level()},
        "memory": {"keep": keep_limit(), "kept": _blocks_cy.kept()},
    }
    if mode == "dicts":
        return config
    for key, value in config.items():
        if isinstance(value, dict):
            for name, what in value.items():
                text = " ".join(what) if isinstance(what, list) else what
                print(f"{key + ' ' + name:20s} {text}")  # noqa: T201
        else:
            print(f"{key:20s} {value}")  # noqa: T201
    return None


def check_isa_variable():
    """Raise ImportError if SCIKIT_ISA is set to a name that means nothing."""
    wish = os.environ.get("SCIKIT_ISA")
    if wish is not None and wish not in _LEVELS:
        raise ImportError(
            f"the environment variable SCIKIT_ISA is {wish!r}; it must be one of {', '.join(_LEVELS)}"
        )


def keep_limit():
    """How many bytes of freed arrays are kept at most; ImportError if SCIKIT_KEEP_MIB is no size."""
    wish = os.environ.get("SCIKIT_KEEP_MIB", str(_KEEP_MIB))
    if not (wish.isascii() and wish.isdigit()) or int(wish) >= 2**40:
        raise ImportError(
            f"the environment variable SCIKIT_KEEP_MIB is {wish!r}; it must be a number of MiB, 0 or more"
        )
    return int(wish) << 20
