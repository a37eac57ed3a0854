"""From a kernel's status code to an exception: the one place."""

from scikit._core import _status_table as _table


def exception_class(name):
    """The exception class of that name in the status table."""
    if name == "LinAlgError":
        import numpy as np

        return np.linalg.LinAlgError
    import builtins

    return getattr(builtins, name)


def check_status(status, detail=None):
    """Raise what the status table says of a positive status; pass 0 and negative codes through.

    Parameters
    ----------
    status : int
        What a kernel returned.
    detail : str, optional
        Replaces the table's message: a text that names the argument.

    Returns
    -------
    int
        `status`, if it is no error.
    """
    if status <= 0:
        return status
    name, message = _table.ERRORS[status]
    raise exception_class(name)(detail or message)
