"""The Bloch equation for one pulse in samples."""

import numpy as np

from scikit._core._arrays import as_array
from scikit.mri._phantom import per_spin
from scikit.mri._program import Program
from scikit.mri._rf import real_number
from scikit.mri._rfsteps import TOLERANCE, rf_rows
from scikit.mri._simulate import check_dtype, equilibrium, limits_of, run_program, spin_properties


def bloch(
    b1,
    grad,
    dt,
    *,
    position,
    off_resonance=0.0,
    t1=np.inf,
    t2=np.inf,
    m0=None,
    dtype="float64",
    workers=1,
):
    """Magnetization after an RF pulse with gradients, given in samples.

    Parameters
    ----------
    b1 : (steps,) array_like of complex
        B1x + i B1y in Hz, constant for `dt` each.
    grad : (steps, 3) array_like
        Gradients in Hz/m, constant for `dt` each.
    dt : float
        Seconds.
    position : (n, 3) array_like
        m.
    off_resonance : float or (n,) array_like
        Hz.
    t1, t2 : float or (n,) array_like
        s; positive, may be inf.
    m0 : (3,) or (n, 3) array_like, optional
        Magnetization before the pulse; equilibrium, (0, 0, 1), by default.
    dtype : {"float64", "float32"}
        Precision.
    workers : int
        Number of threads; the result has the same bits for any number.

    Returns
    -------
    (n, 3) ndarray of `dtype`
        Magnetization, in the frame and with the signs of `simulate`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type or shape, or not finite.

    Notes
    -----
    The kernel of `simulate`: the error is below 1e-9 (float64), and 1e-6 and the rounding of one unit in
    the last place a step (float32).

    Examples
    --------
    >>> from scikit import mri
    >>> m = mri.bloch([250.0], [[0, 0, 0]], 1e-3, position=[[0, 0, 0]])
    >>> abs(m.round(12))
    array([[0., 1., 0.]])
    """
    name = check_dtype(dtype)
    b1 = as_array(b1, "b1", np.complex128, ndim=1, finite=True)
    grad = as_array(grad, "grad", np.float64, shape=(len(b1), 3), finite=True)
    dt = real_number(dt, "dt", low=0.0, strict=True)
    position = as_array(position, "position", np.float64, shape=(None, 3), finite=True)
    n = len(position)
    off_resonance = per_spin(off_resonance, "off_resonance", n)
    t1, t2 = per_spin(t1, "t1", n, positive=True), per_spin(t2, "t2", n, positive=True)
    state = equilibrium(n, name)
    if m0 is not None:
        m = as_array(m0, "m0", np.float64, ndim=(1, 2), finite=True)
        if m.shape not in ((3,), (n, 3)):
            raise ValueError(f"`m0` must have shape (3,) or ({n}, 3), not {m.shape}")
        state[:] = np.broadcast_to(m, (n, 3)).T
    if n and len(b1):
        props = spin_properties(position, None, off_resonance, t1, t2, 1.0)
        limits = limits_of(props, 0.0, TOLERANCE[name])
        edges = np.arange(len(b1) + 1) * dt
        rows, kind = rf_rows(edges, b1, np.zeros_like(b1), grad, np.zeros_like(grad), 0.0, limits)
        event, numbers = [1, 0, len(rows), 0, kind], [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
        nothing = np.zeros((0, 3), np.int64), np.zeros((0, 7)), np.zeros((0, 7))
        run_program(Program([event], [numbers], rows, *nothing, 0), props, state, workers=workers)
    return np.ascontiguousarray(state.T)
