"""The coefficients of the explicit Runge-Kutta methods, as the kernel's tables hold them."""

import functools
from typing import NamedTuple

import numpy as np

from scikit.integrate import _ode_parts_cy


class Tableau(NamedTuple):
    """Coefficients of a method with s stages; the derivative at the end of the step counts as one more.

    Attributes
    ----------
    A : ndarray (s, s)
        Coefficients of the stages.
    B, C : ndarray (s,)
        Weights of the solution; nodes.
    E : tuple of ndarray (s + 1,)
        Weights of the error estimates.
    P : ndarray (s + 1, terms)
        The interpolant: ``y(t_old + x h) = y_old + h * K.T @ P @ [x, x**2, ...]``, for methods without extra stages.
    """

    A: np.ndarray
    B: np.ndarray
    C: np.ndarray
    E: tuple
    P: np.ndarray | None


@functools.cache
def tableau(method):
    """The `Tableau` of a method by name; its arrays are read-only."""
    (s, extra, errors, dense, *_), _, c, first, column, weight = _ode_parts_cy.describe(method)
    rows = np.zeros((len(first) - 1, s + 1 + extra))
    for row, start, end in zip(rows, first[:-1] - 1, first[1:] - 1, strict=True):
        row[column[start:end] - 1] = weight[start:end]
    stages, b = rows[: s - 1, :s], rows[s - 1, : s + 1]
    after = s + extra
    interpolant = None if extra else _polynomial(b, rows[after + errors : after + errors + dense])
    found = Tableau(
        np.concatenate([np.zeros((1, s)), stages]), b[:s].copy(), c[:s].copy(),
        tuple(rows[after : after + errors, : s + 1].copy()), interpolant,
    )  # fmt: skip
    for array in (found.A, found.B, found.C, *found.E, found.P):
        if array is not None:
            array.flags.writeable = False
    return found


def _polynomial(b, dense):
    """The nested form of sk_integrate.h, F0 + x (F1 + (1 - x) (F2 + x (F3 + ...))), in powers of x."""
    begin, end = np.eye(len(b))[[0, -1]]
    terms = [b, begin - b, 2 * b - begin - end, *dense]
    total, factor = np.zeros((len(b), len(terms) + 1)), np.ones(1)
    for k, term in enumerate(terms):
        factor = np.convolve(factor, [0, 1] if k % 2 == 0 else [1, -1])
        total[:, : len(factor)] += np.outer(term, factor)
    return total[:, 1:]


class Coefficients:
    """A field of `Tableau` as an attribute of a class that names its method.

    Parameters
    ----------
    field : str
    part : int, optional
        Which of a tuple.
    """

    def __init__(self, field, part=None):
        self._field, self._part = field, part

    def __get__(self, instance, owner):
        value = getattr(tableau(owner.method), self._field)
        return value if self._part is None else value[self._part]


class StageCount:
    """The number of stages as an attribute of a class that names its method."""

    def __get__(self, instance, owner):
        return len(tableau(owner.method).B)
