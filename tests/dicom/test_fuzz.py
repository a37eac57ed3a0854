"""A little of what tools/fuzz.py does, with the inputs on which earlier versions failed."""

import pathlib
import warnings

import numpy as np
import pytest
import seeds
import surfaces

CRASHES = pathlib.Path(__file__).parent.parent / "fuzz" / "crashes"


@pytest.mark.parallel_threads(1)  # warnings are caught
@pytest.mark.parametrize("name", surfaces.TARGETS)
def test_damaged_input_is_a_typed_error(name):
    inputs = list(getattr(seeds, name)(np.random.default_rng(0)))
    inputs += [path.read_bytes() for path in sorted((CRASHES / name).glob("*"))]
    count = iter(range(400))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, failed = surfaces.fuzz(name, inputs, lambda: next(count, None) is None, 1)
    assert failed is None
