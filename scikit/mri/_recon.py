"""Images from Cartesian k-space: lines found from the trajectory, transformed where they lie."""

import dataclasses
import itertools

import numpy as np

from scikit._core._arrays import as_array
from scikit.mri._sequence import Sequence


@dataclasses.dataclass(frozen=True)
class CartesianPlan:
    """How the samples of a sequence make images.

    Attributes
    ----------
    axes : (3, 3) float64
        Unit vectors of readout, phase and partition (or slice) direction.
    shape : tuple of int
        (frames, partitions, phase, readout).
    pixel : (3,) float64
        Size in m along `axes`.
    spacing : (3,) float64
        Of the samples, in 1/m along `axes`; 0 where there is one place only.
    lines : list of (first, last, frame, phase, partition)
        Samples and place of each line; the last two are k in 1/m.
    k : (n, 3) float64
        The trajectory.
    """

    axes: np.ndarray
    shape: tuple
    pixel: np.ndarray
    spacing: np.ndarray
    lines: list
    k: np.ndarray


def reconstruct_cartesian(signal, trajectory, *, matrix=None, fov=None):
    """Images from a Cartesian acquisition: gradient echo, spin echo, EPI with or without ramp sampling.

    Parameters
    ----------
    signal : (n,) array_like of complex
        As `simulate` gives it.
    trajectory : Sequence or (n, 3) array_like
        The sequence, or k-space in 1/m in the order of the samples.
    matrix : (2,) or (3,) sequence of int, optional
        Pixels in readout, phase (and partition) direction; by default what k-space was sampled for.
    fov : (2,) or (3,) array_like of float, optional
        Field of view in the same directions, m; by default what the spacing of the samples allows.

    Returns
    -------
    (frames, phase, readout) complex128, or (frames, partitions, phase, readout) if there are partitions
        A frame for each time that k-space was covered: slices, echoes or repetitions, in the order of
        acquisition. The value is the signal of the pixel. Pixel ``n // 2`` is at the origin.

    Raises
    ------
    ValueError
        If the samples do not lie on parallel, evenly spaced lines, or an argument does not fit.
    TypeError
        If an argument is of the wrong type.

    Notes
    -----
    Each line is transformed where its samples lie, by a discrete Fourier transform with the samples'
    distances as weights; so lines in alternate directions and samples on ramps need no gridding, and an
    evenly sampled line gives what an FFT gives. The cost is samples times pixels of a line.

    Examples
    --------
    >>> import numpy as np
    >>> from scikit import mri
    >>> kx, ky = np.meshgrid(np.arange(-8, 8) * 4.0, np.arange(-8, 8) * 4.0)
    >>> k = np.stack([kx.ravel(), ky.ravel(), 0 * kx.ravel()], axis=1)
    >>> spin = np.array([0.25 / 16 * 3, 0.0, 0.0])
    >>> image = mri.reconstruct_cartesian(np.exp(-2j * np.pi * k @ spin), k)
    >>> image.shape, np.unravel_index(np.argmax(abs(image[0])), (16, 16))
    ((1, 16, 16), (np.int64(8), np.int64(11)))
    """
    signal = as_array(signal, "signal", np.complex128, ndim=1)
    plan = plan_cartesian(trajectory, matrix=matrix, fov=fov)
    if len(signal) != len(plan.k):
        raise ValueError(f"`signal` has {len(signal)} samples, but `trajectory` has {len(plan.k)}")
    return run_plan(plan, signal)


def plan_cartesian(trajectory, *, matrix=None, fov=None):
    """The plan of a reconstruction; arguments as for `reconstruct_cartesian`."""
    if isinstance(trajectory, Sequence):
        k, counts = trajectory.kspace(), [len(a.times) for a in trajectory.readouts]
    else:
        k, counts = (
            as_array(trajectory, "trajectory", np.float64, shape=(None, 3), finite=True),
            None,
        )
    if len(k) < 4:
        raise ValueError(f"`trajectory` must have at least 4 samples, not {len(k)}")
    direction, pieces = _find_lines(k, counts)
    along = k @ direction
    centers = np.array([np.median(k[a:b], axis=0) for a, b in pieces])
    centers -= np.outer(centers @ direction, direction)
    step = np.array([np.abs(np.diff(along[a:b])).max() for a, b in pieces]).max()
    if not step > 1e-6:
        raise ValueError("the trajectory is not Cartesian: it stands still")
    axes, places, spacing = _phase_axes(centers, direction)
    _check_straight(k, pieces, direction, centers, np.min([s for s in spacing if s > 0] or [step]))
    spacing = np.array([step, *spacing])
    extent = [along.max() - along.min(), *(np.ptp(p) for p in places)]
    shape, pixel = _grid(np.array(extent), spacing, matrix, fov)
    lines, frames = _number_frames(pieces, places, spacing)
    return CartesianPlan(axes, (frames, *shape[::-1]), pixel, spacing, lines, k)


def _find_lines(k, counts):
    """The readout direction and (first, last) of every line."""
    if counts is not None and len(counts) > 1:
        ends = np.cumsum(counts)
        pieces = [(int(e - c), int(e)) for c, e in zip(counts, ends, strict=True)]
        steps = np.concatenate([np.diff(k[a:b], axis=0) for a, b in pieces])
        owner = None
    else:
        steps = np.diff(k, axis=0)
        owner, pieces = np.arange(len(steps)), []
    # The direction that most of the way goes along, whichever way.
    _, vectors = np.linalg.eigh(steps.T @ steps)
    direction = vectors[:, -1]
    if owner is not None:
        # A huge jump between lines must not decide: look again at the steps of usual length.
        usual = np.linalg.norm(steps, axis=1) < 3 * np.median(np.linalg.norm(steps, axis=1))
        _, vectors = np.linalg.eigh(steps[usual].T @ steps[usual])
        direction = vectors[:, -1]
    direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
    if owner is not None:
        along = steps @ direction
        typical = np.median(np.abs(along))
        across = np.linalg.norm(steps - np.outer(along, direction), axis=1)
        jump = (across > 0.5 * typical) | (np.abs(along) > 3 * typical)
        turn = np.zeros(len(steps), bool)
        turn[1:] = (along[1:] * along[:-1] < 0) & ~jump[1:] & ~jump[:-1]
        cuts = np.flatnonzero(jump | turn) + 1
        bounds = [0, *cuts.tolist(), len(k)]
        pieces = list(itertools.pairwise(bounds))
    pieces = [(a, b) for a, b in pieces if b - a >= 4]
    if sum(b - a for a, b in pieces) < 0.7 * len(k):
        raise ValueError("the trajectory is not Cartesian: it does not run along lines")
    return direction, pieces


def _phase_axes(centers, direction):
    """Axes (3, 3), the lines' places along phase and partition, and their spacings (0 for one place)."""
    spread = centers - centers.mean(axis=0)
    _, sizes, vectors = np.linalg.svd(spread, full_matrices=True)
    scale = max(np.abs(centers).max(), 1e-9)
    helper = np.eye(3)[np.argmin(np.abs(direction))]
    first = vectors[0] if sizes[0] > 1e-6 * scale else np.cross(direction, helper)
    first = first - (first @ direction) * direction
    # Axes of the scanner are taken where they are meant, so that two phase directions do not mix.
    nearest = np.eye(3)[np.argmax(np.abs(first))]
    if sizes.size > 1 and sizes[1] > 1e-3 * sizes[0] and abs(nearest @ direction) < 1e-6:
        first = nearest
    first /= np.linalg.norm(first)
    first *= np.sign(first[np.argmax(np.abs(first))])
    second = np.cross(direction, first)
    second *= np.sign(second[np.argmax(np.abs(second))])
    moves = [np.sum(np.abs(np.diff(centers @ axis)) > 1e-6 * scale) for axis in (first, second)]
    if moves[1] > moves[0]:  # the phase direction is the one that changes from line to line
        first, second = second, first
    places = [centers @ first, centers @ second]
    return np.stack([direction, first, second]), places, [_spacing(p) for p in places]


def _spacing(places):
    """Distance of the lines' places, 0 if there is one place."""
    ordered = np.sort(places)
    extent = ordered[-1] - ordered[0]
    if extent < 1e-2:  # 1/m: far below any resolution
        return 0.0
    gaps = np.diff(ordered)
    gaps = gaps[gaps > 2e-3 * extent / max(1, np.sqrt(len(places)))]
    gap = float(np.median(gaps))
    index = (ordered - ordered[0]) / gap
    if np.abs(index - np.round(index)).max() > 0.15:
        raise ValueError("the trajectory is not Cartesian: its lines are not evenly spaced")
    return float(extent / np.round(index[-1]))


def _check_straight(k, pieces, direction, centers, spacing):
    for (a, b), center in zip(pieces, centers, strict=True):
        across = k[a:b] - np.outer(k[a:b] @ direction, direction) - center
        off = np.linalg.norm(across, axis=1)
        # Blips of ramp-sampled EPI may touch the ends of a line.
        if off.max() > 0.6 * spacing or np.mean(off > 0.1 * spacing) > 0.25:
            raise ValueError(
                "the trajectory is not Cartesian: its lines are not straight and parallel"
            )


def _grid(extent, spacing, matrix, fov):
    """Pixels and their size along readout, phase and partition."""
    single = spacing == 0
    safe = np.where(single, 1.0, spacing)
    view = np.where(single, 0.0, 1 / safe)
    count = np.where(single, 1, np.round(extent / safe) + 1).astype(int)
    pixel = np.where(single, 0.0, 1 / (count * safe))
    if matrix is None and not single[1] and 0.9 < pixel[0] / pixel[1] < 1.1:
        count[0] = max(1, round(view[0] / pixel[1]))  # square pixels where they are meant
    given_fov = _user(fov, "fov", np.float64)
    given_matrix = _user(matrix, "matrix", np.int64)
    for i, value in enumerate(given_fov):
        resolution = view[i] / count[i] if count[i] else 0.0
        view[i] = value
        if not given_matrix and resolution > 0:
            count[i] = max(1, round(value / resolution))
    for i, value in enumerate(given_matrix):
        count[i] = value
    if np.prod(count.astype(float)) > 2**31:
        raise ValueError("`matrix` asks for more than 2**31 pixels")
    return tuple(int(c) for c in count), np.where(count > 0, view / count, 0.0)


def _user(value, name, dtype):
    if value is None:
        return []
    array = as_array(value, name, dtype, ndim=1, finite=True)
    if array.size not in (2, 3) or np.any(array <= 0):
        raise ValueError(f"`{name}` must hold 2 or 3 positive numbers, not {array.tolist()}")
    return array.tolist()


def _number_frames(pieces, places, spacing):
    """Lines with their frame: the how-manieth visit of its place each one is."""
    visits, lines = {}, []
    for i, (a, b) in enumerate(pieces):
        place = tuple(
            int(np.round((p[i] - p.min()) / s)) if s > 0 else 0
            for p, s in zip(places, spacing[1:], strict=True)
        )
        frame = visits.get(place, 0)
        visits[place] = frame + 1
        lines.append((a, b, frame, float(places[0][i]), float(places[1][i])))
    totals = np.bincount([line[2] for line in lines])
    # A frame with few lines (navigators, dummies) is no image.
    frames = int(np.sum(totals >= 0.5 * totals.max()))
    return [line for line in lines if line[2] < frames], frames


def run_plan(plan, signal):
    """Images (frames, [partitions,] phase, readout) of a signal."""
    frames, partitions, phase, readout = plan.shape
    x, y, z = (
        (np.arange(n) - n // 2) * size
        for n, size in zip((readout, phase, partitions), plan.pixel, strict=True)
    )
    out = np.zeros((frames, partitions, phase, readout), np.complex128)
    kernels = {}
    direction = plan.axes[0]
    # Spacing times pixel is the weight of a sample in the discrete transform.
    weight_y = plan.spacing[1] * plan.pixel[1] or 1.0
    weight_z = plan.spacing[2] * plan.pixel[2] or 1.0
    for first, last, frame, ky, kz in plan.lines:
        along = plan.k[first:last] @ direction
        key = (np.round(along, 5) + 0.0).tobytes()
        if key not in kernels:
            weight = np.minimum(np.abs(np.gradient(along)), plan.spacing[0]) * plan.pixel[0]
            kernels[key] = weight[:, None] * np.exp(2j * np.pi * np.outer(along, x))
        line = signal[first:last] @ kernels[key]
        column = np.exp(2j * np.pi * ky * y) * weight_y
        stack = np.exp(2j * np.pi * kz * z) * weight_z
        out[frame] += stack[:, None, None] * (column[:, None] * line)
    return out[:, 0] if partitions == 1 else out
