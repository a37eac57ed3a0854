"""The examples of the docstrings run."""

import doctest
import importlib
import pkgutil

import pytest

import scikit

MODULES = [
    module.name
    for module in pkgutil.walk_packages(scikit.__path__, "scikit.")
    if not module.name.endswith(("_cy", "_f2py", "__main__"))
]


@pytest.mark.parallel_threads(1)  # doctest replaces sys.stdout and a function of linecache
@pytest.mark.parametrize("name", MODULES)
def test_examples_of_module(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


@pytest.mark.parametrize(
    "name", ["dicom", "integrate", "linalg", "mri", "ndimage", "special", "testing"]
)
def test_public_functions_have_examples(name):
    module = getattr(scikit, name)
    missing = []
    for public in module.__all__:
        value = getattr(module, public)
        error = isinstance(value, type) and issubclass(value, Exception)
        if callable(value) and not error and ">>>" not in (value.__doc__ or ""):
            missing.append(public)
    assert missing == []
