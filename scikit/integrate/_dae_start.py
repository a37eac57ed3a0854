"""Consistent start of F(t, y, y') = 0 where the derivatives occur in fewer combinations than components.

The kernel makes a start consistent where each component is differential or algebraic. Here the algebraic part is the
null space of dF/dy', which must not turn; dense matrices.
"""

import numpy as np

from scikit.integrate import _dae_cy

_MOST_ITERATIONS = 30
_LEAST_DAMPING = 1e-3
#: Singular values of dF/dy', its columns of length 1, that count as zero.
_RANK = 1e-7


def combinations(by_yp):
    """Orthonormal bases (of the row space, of the null space) of dF/dy', or None where components will do.

    Parameters
    ----------
    by_yp : ndarray (n, n)

    Returns
    -------
    tuple of ndarray (n, rank) and (n, n - rank), or None
    """
    used = by_yp != 0
    kinds = used.any(axis=0)
    if not np.isfinite(by_yp).all() or (used.sum(axis=0).max() <= 1 and used.sum(axis=1).max() <= 1):  # fmt: skip
        return None
    scale = np.linalg.norm(by_yp, axis=0)
    values = np.linalg.svd(by_yp[:, kinds] / scale[kinds], compute_uv=False)
    rank = int((values > _RANK * values[0]).sum())
    if rank == kinds.sum():
        return None
    right = np.linalg.svd(by_yp)[2]
    return right[:rank].T, right[rank:].T


def combined_start(jacobians, bases, t, y, yp, *, keep_y):
    """y and y' with F = 0 by Newton's method, y changed in the null space of dF/dy', y' in its row space.

    Parameters
    ----------
    jacobians : Jacobians
    bases : tuple
        What `combinations` gave.
    t : float
    y, yp : ndarray (n,)
    keep_y : bool
        Change y' only.

    Returns
    -------
    tuple (y, yp), or None if none are found
    """
    rows, null = bases
    rank, problem = rows.shape[1], jacobians.problem
    y, yp = np.array(y), np.array(yp)
    tolerance = problem.atol + problem.rtol * np.abs(y) + 1e-300
    relative = float(np.min(problem.rtol))

    def correction(matrix, r):
        solution = np.linalg.solve(matrix, -r)
        return null @ solution[rank:], rows @ solution[:rank]

    def size(by_y, by_yp, scale):
        largest = np.abs(by_yp).max() / scale if by_yp.any() else 0.0
        return largest if keep_y else max(largest, (np.abs(by_y) / tolerance).max())

    r = _dae_cy.call_residual(jacobians.residual, t, y, yp)
    for _ in range(_MOST_ITERATIONS):
        by_y, by_yp = jacobians.dense(t, y, yp, r)
        matrix = np.concatenate([by_yp @ rows, by_y @ null], axis=1)
        if not np.isfinite(matrix).all() or np.linalg.cond(matrix / _lengths(matrix)) > 1e13:
            return None
        change = correction(matrix, r)
        scale = relative * max(np.abs(yp).max(), np.abs(yp + change[1]).max(), 1e-300)
        now, damping = size(*change, scale), 1.0
        while True:
            trial = y if keep_y else y + damping * change[0], yp + damping * change[1]
            r = _dae_cy.call_residual(jacobians.residual, t, *trial)
            follows = correction(matrix, r)
            after = size(*follows, scale)
            if after <= (1 - damping / 4) * now or now <= 1e-2:
                break
            damping /= 2
            if damping < _LEAST_DAMPING:
                return None
        y, yp = trial
        if now <= 1e-2 or after <= 1e-4:
            if keep_y and (np.abs(follows[0]) / tolerance).max() > 1:
                return None
            return y if keep_y else y + follows[0], yp + follows[1]
    return None


def _lengths(matrix):
    lengths = np.linalg.norm(matrix, axis=0)
    return np.where(lengths > 0, lengths, 1.0)
