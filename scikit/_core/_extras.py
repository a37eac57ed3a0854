"""Optional packages: imported where they are used, with an error that names the extra."""

import importlib


def require(module, extra, purpose):
    """Import `module`, or say which extra brings it.

    Parameters
    ----------
    module : str
        Name of the module to import.
    extra : str
        The extra of this package that installs it.
    purpose : str
        What needs it; the start of the error message.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the module is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{purpose} needs {module.partition('.')[0]}; install it with: pip install 'scikit[{extra}]'"
        ) from error
