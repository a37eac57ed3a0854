"""Bloch simulation of a sequence on a phantom."""

import numpy as np

from scikit._core._progress import progress_reporter
from scikit._core._threads import check_workers, run_slabs, slabs
from scikit.mri import _bloch_cy
from scikit.mri._phantom import Phantom
from scikit.mri._program import CHUNK_WORK, chunks, compile_sequence
from scikit.mri._rfsteps import TOLERANCE, Limits
from scikit.mri._sequence import Sequence

#: Spins of one call of the kernel; a multiple of its block, never dependent on the number of workers.
SLAB = 1024
#: Slabs whose signals are kept at a time before they are summed.
BATCH = 64
_EMPTY = {"float32": np.zeros((0, 0, 0), np.float32), "float64": np.zeros((0, 0, 0))}


def check_dtype(dtype):
    """``"float64"`` or ``"float32"`` for what the user asks for."""
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = None
    if name not in TOLERANCE:
        raise ValueError(f"`dtype` must be 'float64' or 'float32', not {dtype!r}")
    return name


def spin_properties(position, velocity, off_resonance, t1, t2, rho):
    """The kernel's (10, n) array of properties."""
    props = np.zeros((10, len(position)))
    props[:3] = position.T
    if velocity is not None:
        props[3:6] = velocity.T
    props[6] = off_resonance
    props[7], props[8] = 1 / t1, 1 / t2
    props[9] = rho
    return props


def limits_of(props, duration, tolerance):
    """Bounds of the properties, for the length of the sequence."""
    speed = np.abs(props[3:6]).max(axis=1)
    rates = props[7:9]
    return Limits(
        reach=np.abs(props[:3]).max(axis=1) + speed * duration,
        df_low=float(props[6].min()),
        df_high=float(props[6].max()),
        speed=speed,
        rate=float(rates.max()),
        tolerance=tolerance,
    )


def simulate(seq, phantom, *, dtype="float64", output="signal", workers=1, progress=False):
    """Signal, or magnetization, of a phantom in a sequence.

    Parameters
    ----------
    seq : Sequence
        Read from a file, or made of waveforms.
    phantom : Phantom
        n spins, at equilibrium as the sequence begins.
    dtype : {"float64", "float32"}
        Precision of the magnetization. Phases and sums are in float64 in both.
    output : {"signal", "magnetization"}
        Of all spins together, or of each.
    workers : int
        Number of threads; -1 for all processors. The result has the same bits for any number.
    progress : bool or callable
        True shows a bar (needs tqdm); a callable gets ``(done, total)``.

    Returns
    -------
    ndarray
        ``"signal"``: (samples,) complex128, or complex64 for float32: the sum over the spins of rho
        times (Mx + i My), with the receiver's phase and frequency taken off.
        ``"magnetization"``: (samples, n, 3) of `dtype`, for an equilibrium of 1, in the rotating frame.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, or unknown.
    MemoryError
        If there is not enough memory for the result.

    Notes
    -----
    The Bloch equation in the rotating frame is solved with the sign ``dM/dt = M x W - relaxation``,
    ``W = 2 pi (B1x, B1y, G.r + df)``: Mxy gains ``exp(-2 pi i (k.r + df t))`` and a pulse of phase 0
    turns Mz to +y.

    Between pulses the solution is exact: moments of the gradients, of order one for moving spins,
    and decay. In pulses, rotations with relaxation split from them, with the splitting error corrected
    to fourth order [1]_; linear gradients and B1 by a fourth-order Magnus step [2]_. Steps are cut so
    that a pulse leaves an error below 1e-9 (float64) or 1e-6 (float32), for T1 and T2 above about
    1e-4 of the length of the pulse. Repeated pulses are found once for every spin and then applied as
    affine maps. The cost is spins times (steps of the distinct pulses + samples); evenly spaced samples
    on a flat gradient take one complex multiplication.

    The computation runs in slabs of spins and parts of time; it may be interrupted. Calls from several
    threads are independent.

    References
    ----------
    .. [1] Strang G. On the construction and comparison of difference schemes. SIAM J Numer Anal
           1968;5:506. :doi:`10.1137/0705041`
    .. [2] Blanes S, Casas F, Oteo JA, Ros J. The Magnus expansion and some of its applications.
           Phys Rep 2009;470:151. :doi:`10.1016/j.physrep.2008.11.001`

    Examples
    --------
    A free induction decay:

    >>> import numpy as np
    >>> from scikit import mri
    >>> pulse = mri.RF(start=0, duration=1e-6, amplitude=250e3)
    >>> seq = mri.Sequence.from_waveforms(rf=[pulse], adc=[0.05, 0.1])
    >>> spin = mri.Phantom([[0, 0, 0]], rho=1, t1=1, t2=0.1)
    >>> np.abs(mri.simulate(seq, spin)).round(4)
    array([0.6065, 0.3679])
    """
    if not isinstance(seq, Sequence):
        raise TypeError(f"`seq` must be a Sequence, not {type(seq).__name__}")
    if not isinstance(phantom, Phantom):
        raise TypeError(f"`phantom` must be a Phantom, not {type(phantom).__name__}")
    if output not in ("signal", "magnetization"):
        raise ValueError(f"`output` must be 'signal' or 'magnetization', not {output!r}")
    name = check_dtype(dtype)
    workers = check_workers(workers)
    p = phantom
    props = spin_properties(p.position, p.velocity, p.off_resonance, p.t1, p.t2, p.rho)
    program = compile_sequence(seq, limits_of(props, seq.duration, TOLERANCE[name]))
    want = output == "magnetization"
    n, samples = len(p), len(seq.adc_times)
    mag = np.empty((samples, n, 3), name) if want else None
    signal = run_program(program, props, equilibrium(n, name), mag, workers, progress)
    if want:
        return mag
    factors = seq.demodulation()
    if factors is not None:
        signal *= factors
    return signal if name == "float64" else signal.astype(np.complex64)


def equilibrium(n, name):
    """The kernel's (3, n) state with all spins along z."""
    state = np.zeros((3, n), name)
    state[2] = 1
    return state


def run_program(program, props, state, mag=None, workers=1, progress=False, work=CHUNK_WORK):
    """Run a program on all spins.

    Parameters
    ----------
    program : Program
    props : (10, n) float64
    state : (3, n) float32 or float64
        Magnetization, changed in place.
    mag : (samples, n, 3) of the same type, optional
        The magnetization at the samples is written to it; then there is no signal.
    workers, progress
        As for `simulate`.
    work : float
        Steps of a spin in one call of the kernel.

    Returns
    -------
    (samples,) complex128
        The signal.
    """
    name = state.dtype.name
    signal = np.zeros(len(program.smp), np.complex128)
    parts = chunks(program, work)
    pieces = slabs(props.shape[1], SLAB)
    with progress_reporter(progress, len(parts) * len(pieces), "simulate") as report:
        for number, part in enumerate(parts):
            smp = np.ascontiguousarray(program.smp[part.first : part.last])
            target = _EMPTY[name] if mag is None else mag[part.first : part.last]

            def call(start, stop, part=part, smp=smp, target=target):
                sig = np.zeros((len(smp) if mag is None else 0, 2))
                _bloch_cy.run(
                    props, state, start, stop, part.ev, part.evr, program.rows, part.grp, part.grpr, smp,
                    sig, target, program.cached,
                )  # fmt: skip
                return sig

            for first in range(0, len(pieces), BATCH):
                batch = pieces[first : first + BATCH]

                def tell(done, _, before=number * len(pieces) + first):  # noqa: B008
                    report(before + done)

                sums = run_slabs(call, batch, workers, tell)
                if mag is None and len(smp):
                    # In the order of the slabs, whoever computed them.
                    for sig in sums:
                        signal[part.first : part.last] += sig[:, 0] + 1j * sig[:, 1]
    return signal
