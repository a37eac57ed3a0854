"""The commands ``scikit mri ...``."""

import pathlib
import shutil
import tempfile

import numpy as np


def add_commands(subparsers):
    """Add the commands of this subpackage to a parser.

    Parameters
    ----------
    subparsers : argparse._SubParsersAction
        What ``ArgumentParser.add_subparsers`` gave. The parser of each command sets ``func``, which takes
        the arguments and returns the exit status.
    """
    run = subparsers.add_parser(
        "simulate",
        help="simulate a Pulseq sequence on a phantom",
        description="Simulate a Pulseq sequence (1.2 to 1.5) on a phantom. Writes signal.npz (signal, times of "
        "the samples, k-space), summary.txt and, for a Cartesian sequence, image.npy (complex) and a DICOM series.",
    )
    run.add_argument("sequence", metavar="SEQ.seq", help="Pulseq file")
    run.add_argument(
        "--phantom",
        default="shepp-logan",
        metavar="NAME|FILE",
        help="shepp-logan (default), or a file of Phantom.save",
    )
    run.add_argument(
        "--out", required=True, metavar="DIR", help="folder to make; must not exist, or be empty"
    )
    run.add_argument(
        "--workers", type=int, default=1, metavar="N", help="threads; -1: all processors"
    )
    run.add_argument("--float32", action="store_true", help="single precision: faster")
    run.add_argument("--progress", action="store_true", help="show a bar")
    run.set_defaults(func=simulate_command)


def simulate_command(args, write=None):
    """Run ``scikit mri simulate``; the exit status.

    Parameters
    ----------
    args : argparse.Namespace
    write : callable, optional
        Writes the images, instead of `write_images`.

    Raises
    ------
    OSError, ValueError
        With one line that says what is wrong; nothing is left half-written.
    """
    from scikit._core._threads import check_workers
    from scikit.mri._recon import plan_cartesian, run_plan
    from scikit.mri._sequence import Sequence
    from scikit.mri._simulate import simulate

    out = pathlib.Path(args.out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} exists already and is not an empty folder")
    check_workers(args.workers)
    seq = Sequence.read(args.sequence)
    if len(seq.adc_times) == 0:
        raise ValueError(f"{args.sequence}: the sequence has no readout")
    try:
        plan, reason = plan_cartesian(seq), None
    except ValueError as error:
        plan, reason = None, str(error)
    phantom = _phantom(args.phantom, seq, plan)
    signal = simulate(
        seq,
        phantom,
        dtype="float32" if args.float32 else "float64",
        workers=args.workers,
        progress=args.progress,
    )
    images = None if plan is None else run_plan(plan, signal.astype(np.complex128))
    lines = _summary(args, seq, phantom, signal, plan, images, reason)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        np.savez(work / "signal.npz", signal=signal, adc_times=seq.adc_times, kspace=seq.kspace())
        if images is not None:
            np.save(work / "image.npy", images)
            (write or write_images)(work, images, plan, seq)
        (work / "summary.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        work.chmod(0o755)
        if out.exists():
            out.rmdir()
        work.rename(out)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    print("\n".join(lines))  # noqa: T201
    return 0


def write_images(folder, images, plan, seq):
    """Write the magnitude of the images as DICOM series in the folder ``dicom``.

    One series with all slices (and times), or a folder for each image if their places make no stack.
    """
    from scikit.dicom import write_volume

    affines = image_affines(plan, seq)
    stack = np.abs(images).reshape(-1, *images.shape[-2:]).astype(np.float32)
    order, affine = _stack(affines)
    if order is not None:
        volume = stack[order]
        write_volume(folder / "dicom", volume[0] if len(volume) == 1 else volume, affine=affine)
        return
    (folder / "dicom").mkdir()
    for i, (image, place) in enumerate(zip(stack, affines, strict=True), 1):
        write_volume(folder / "dicom" / f"{i:04d}", image[None], affine=place[:, [2, 1, 0, 3]])


def _stack(affines):
    """Order (times, slices) of the images and the affine from (slice, row, column, 1), or two Nones."""
    normal = affines[0, :3, 2] / np.linalg.norm(affines[0, :3, 2])
    heights = np.round(affines[:, :3, 3] @ normal, 3)
    places, which = np.unique(heights, return_inverse=True)
    times = len(heights) // len(places)
    steps = np.diff(places)
    if np.any(np.bincount(which) != times) or (steps.size and np.ptp(steps) > 0.01):
        return None, None
    order = np.argsort(which, kind="stable").reshape(len(places), times).T
    affine = affines[order[0, 0]][:, [2, 1, 0, 3]].copy()
    if steps.size:
        affine[:3, 0] = normal * steps.mean()
    return order, affine


def image_affines(plan, seq):
    """(n, 4, 4): from (readout, phase, 0, 1) to x, y, z in mm for every image of a plan."""
    from scikit.mri._slices import slices

    frames, partitions, phase, readout = plan.shape
    found = slices(seq)
    affines = []
    for frame in range(frames):
        # Frames follow the excitations; several excitations a frame are the lines of one slice.
        place = found[frame * len(found) // frames] if found else None
        shift = place.normal * place.offset if place is not None else np.zeros(3)
        thickness = (
            plan.pixel[2] if partitions > 1 else place.thickness if place is not None else 5e-3
        )
        for partition in range(partitions):
            affine = np.eye(4)
            affine[:3, 0], affine[:3, 1] = (
                plan.axes[0] * plan.pixel[0],
                plan.axes[1] * plan.pixel[1],
            )
            affine[:3, 2] = np.cross(plan.axes[0], plan.axes[1]) * thickness
            corner = -affine[:3, 0] * (readout // 2) - affine[:3, 1] * (phase // 2) + shift
            affine[:3, 3] = corner + plan.axes[2] * (partition - partitions // 2) * plan.pixel[2]
            affine[:3] *= 1e3
            affines.append(affine)
    return np.array(affines)


def _phantom(name, seq, plan):
    """The phantom of that name or file, sampled to suit the sequence."""
    from scikit.mri._phantom import Phantom
    from scikit.mri._shepp_logan import shepp_logan
    from scikit.mri._slices import slices

    if name != "shepp-logan":
        if not pathlib.Path(name).exists():
            raise FileNotFoundError(f"{name} is neither the phantom shepp-logan nor a file")
        return Phantom.load(name)
    voxel = 2e-3 if plan is None else float(np.clip(min(plan.pixel[0], plan.pixel[1]), 1e-3, 4e-3))
    extent, counts = np.full(3, 0.24), np.full(3, round(0.24 / voxel))
    selected = [s for s in slices(seq) if s is not None]
    along = np.argmax(np.abs(selected[0].normal)) if selected else 2
    if plan is not None and plan.shape[1] > 1 and not selected:
        return shepp_logan(tuple(counts), extent, spins_per_voxel=2)
    middle = np.zeros(3)
    if selected:
        # Slices and their flanks: as thick again to either side.
        low = min(s.offset - 1.2 * s.thickness for s in selected)
        high = max(s.offset + 1.2 * s.thickness for s in selected)
        extent[along], middle[along] = high - low, (high + low) / 2
        thickness = min(s.thickness for s in selected)
        counts[along] = max(1, round(extent[along] / (2.4 * thickness)))
    else:
        extent[along], counts[along] = 5e-3, 1
    # Points spread evenly in the voxel, the same in all: no noise, and spoiled magnetization stays spoiled.
    head = np.array([0.0, 0.0, -0.25 * 0.12])
    phantom = shepp_logan(
        tuple(counts), extent, center=head + middle, spins_per_voxel=24 if selected else 4
    )
    phantom.position += middle
    return phantom


def _summary(args, seq, phantom, signal, plan, images, reason):
    name = pathlib.Path(args.sequence).name
    version = ".".join(map(str, seq.version))
    lines = [
        f"sequence   {name}: Pulseq {version}, {len(seq.blocks)} blocks, {seq.duration:.6g} s, "
        f"{len(seq.rf)} RF pulses, {len(seq.adc_times)} samples",
        f"phantom    {args.phantom}: {len(phantom)} spins",
        f"signal     {signal.dtype}, largest magnitude {np.abs(signal).max():.6g}",
    ]
    if images is None:
        lines.append(f"image      none: {reason}")
    else:
        readout, phase = plan.pixel[:2] * 1e3
        lines.append(
            f"image      {' x '.join(map(str, images.shape))}, pixels of {readout:.4g} mm x {phase:.4g} mm, "
            f"largest magnitude {np.abs(images).max():.6g}"
        )
    return lines
