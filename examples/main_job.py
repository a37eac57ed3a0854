"""The main job: simulate an MRI scan of a head, reconstruct it, write it as DICOM, read it back, segment it, draw it.

Run as ``python examples/main_job.py --out demo --progress``. Two spin-echo scans (T1- and T2-weighted)
of a few slices of the 3-D Shepp-Logan head are simulated spin by spin; the images go through DICOM files
before they are segmented, as a scanner's would. Leaves ``OUT/t1w`` and ``OUT/t2w`` (DICOM series),
``OUT/figure.png`` and ``OUT/summary.txt``.
"""

import argparse
import pathlib
import shutil
import sys
import time

import numpy as np

from scikit import dicom, mri, ndimage

FOV = 0.256  # m
MATRIX = 96
SLICES = 5
SLICE_DISTANCE = 0.012  # m
SLAB = 0.004  # m, what is excited of a slice
ACROSS = 16  # spins across the slab
DWELL = 20e-6  # s, time between samples
CONTRASTS = {"t1w": {"te": 0.012, "tr": 0.5}, "t2w": {"te": 0.09, "tr": 3.0}}


def spin_echo(te, tr, matrix=MATRIX, fov=FOV, slab=SLAB):
    """A Cartesian spin-echo sequence with hard pulses, one line of k-space a repetition.

    Parameters
    ----------
    te, tr : float
        Echo and repetition time, s.
    matrix : int
        Lines and samples a line.
    fov, slab : float
        Field of view and thickness of what is excited, m.

    Returns
    -------
    mri.Sequence
    """
    pulse = 0.2e-3
    readout = matrix * DWELL
    blip = 1e-3
    read = 1 / (fov * DWELL)  # Hz/m: one step of k-space a sample
    turn = 1 / slab / 2e-3  # Hz/m: one turn across the slab in 2 ms
    rf, gx, gy, gz, adc = [], [(0.0, 0.0)], [(0.0, 0.0)], [(0.0, 0.0)], []

    def lobe(knots, start, duration, value):
        knots += [(start, 0.0), (start, value), (start + duration, value), (start + duration, 0.0)]

    for line in range(matrix):
        t0 = line * tr
        rf.append(mri.RF(start=t0, duration=pulse, amplitude=0.25 / pulse, phase=0.0))
        centre = t0 + pulse / 2
        rf.append(
            mri.RF(
                start=centre + te / 2 - pulse / 2,
                duration=pulse,
                amplitude=0.5 / pulse,
                phase=np.pi / 2,
            )
        )
        prephase = t0 + 2 * pulse
        # before the refocusing pulse, so with the sign that it turns round
        lobe(gx, prephase, blip, read * (readout / 2) / blip)
        lobe(gy, prephase, blip, -(line - matrix // 2) / fov / blip)
        start = centre + te - readout / 2
        lobe(gx, start, readout, read)
        adc.append(start + DWELL * np.arange(matrix))
        # another number of turns each time, or the refocusing pulses would undo the last repetition's
        lobe(gz, start + readout + 1e-3, 2e-3, (1 + 3 * line % 7) * turn)
    gx, gy, gz = (np.array(g) for g in (gx, gy, gz))
    return mri.Sequence.from_waveforms(rf=rf, gx=gx, gy=gy, gz=gz, adc=np.concatenate(adc))


def head_slice(index):
    """The spins of a slice, sixteen across its thickness, so that spoiling works."""
    middle = np.array([0.0, 0.0, -0.03 + (index - SLICES // 2) * SLICE_DISTANCE])
    return mri.shepp_logan((MATRIX, MATRIX, ACROSS), (FOV, FOV, SLAB), center=middle)


def scan(name, progress):
    """Simulate and reconstruct all slices of a contrast: images (slices, rows, columns), a slice's k-space."""
    sequence = spin_echo(**CONTRASTS[name])
    images = []
    for index in range(SLICES):
        label = (
            (lambda done, total, k=index: progress(f"{name} slice {k + 1}/{SLICES}", done, total))
            if progress
            else False
        )
        signal = mri.simulate(
            sequence, head_slice(index), dtype="float32", workers=-1, progress=label
        )
        images.append(np.abs(mri.reconstruct_cartesian(signal, sequence)[0]))
    return sequence, np.array(images), np.asarray(signal).reshape(MATRIX, MATRIX)


def affine():
    """From (slice, row, column, 1) to the patient's coordinates in mm."""
    pixel = FOV / MATRIX * 1e3
    m = np.diag([pixel, pixel, SLICE_DISTANCE * 1e3, 1.0])[:, [2, 1, 0, 3]]
    m[:2, 3] = -pixel * (MATRIX // 2)
    return m


def segment(t1w, t2w):
    """Masks of the head, the fluid and the tissue from the two contrasts."""
    t1w, t2w = (ndimage.gaussian_filter(v.astype(np.float32), (0, 0.6, 0.6)) for v in (t1w, t2w))
    plane = ndimage.generate_binary_structure(2, 1)[None]
    bright = np.maximum(t1w / t1w.max(), t2w / t2w.max()) > 0.08
    head = ndimage.binary_fill_holes(ndimage.binary_closing(bright, plane, iterations=2), plane)
    inside = ndimage.binary_erosion(head, plane, iterations=5)
    fluid = ndimage.binary_opening(inside & (t2w > 0.75 * t2w.max()), plane)
    labels, count = ndimage.label(fluid)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    fluid = np.isin(labels, np.flatnonzero(sizes >= 8)) & (labels > 0)
    return {"head": head, "inside": inside, "fluid": fluid}


def true_fluid():
    """Share of fluid (T2 above 1 s) in every voxel, from the phantom's definition."""
    pixel = FOV / MATRIX
    share = np.zeros((SLICES, MATRIX, MATRIX))
    for index in range(SLICES):
        spins = head_slice(index)
        x, y = np.round(spins.position[spins.t2 > 1.0, :2] / pixel).astype(int).T + MATRIX // 2
        np.add.at(share[index], (y % MATRIX, x % MATRIX), 1 / ACROSS)
    return share


def title(name):
    """The times of a contrast, for people."""
    return f"TE {CONTRASTS[name]['te'] * 1e3:g} ms, TR {CONTRASTS[name]['tr'] * 1e3:g} ms"


def draw(path, sequence, kspace, volumes, masks):
    """The figure: a repetition of the sequence, k-space, the images, the segmentation."""
    from scikit._core._extras import require

    require("matplotlib", "plot", "the figure")
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 7), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 4)
    diagram = figure.add_subplot(grid[0, :2])
    end = CONTRASTS["t1w"]["te"] * 1.8
    waves = sequence.waveforms()
    for row, name in enumerate(("rf", "gx", "gy", "gz")):
        times, values = waves[name]
        values = np.abs(values) if name == "rf" else values
        values = values / (np.nanmax(np.abs(values[times <= end]), initial=0) or 1.0)
        if name == "rf":
            diagram.fill_between(times * 1e3, -row, -row + 0.4 * values, lw=2, color="k")
        else:
            diagram.plot(times * 1e3, -row + 0.4 * values, lw=1.2)
        diagram.axhline(-row, color="0.8", lw=0.6, zorder=0)
    inside = sequence.adc_times[sequence.adc_times < end]
    diagram.plot(inside * 1e3, np.full(len(inside), -4.0), "|", ms=5, color="tab:red")
    diagram.set_yticks(range(0, -5, -1), ["RF", "Gx", "Gy", "Gz", "ADC"])
    diagram.set(
        xlabel="time (ms)", title="Spin echo, one repetition (T1-weighted)", xlim=(0, end * 1e3)
    )
    spectrum = figure.add_subplot(grid[0, 2])
    spectrum.imshow(
        np.log10(np.abs(kspace) + 1e-3 * np.abs(kspace).max()), cmap="gray", origin="lower"
    )
    spectrum.set(title="k-space (log magnitude)", xlabel="sample", ylabel="line")
    middle = SLICES // 2
    for column, (name, volume) in enumerate(volumes.items()):
        axes = figure.add_subplot(grid[1, column])
        axes.imshow(
            volume[middle], cmap="gray", vmax=np.quantile(volume[middle], 0.995), origin="lower"
        )
        axes.set(title=f"{name}: {title(name)}")
        axes.set_axis_off()
    overlay = figure.add_subplot(grid[1, 2])
    overlay.imshow(
        volumes["t2w"][middle],
        cmap="gray",
        vmax=np.quantile(volumes["t2w"][middle], 0.995),
        origin="lower",
    )
    for name, colour in (("head", "tab:green"), ("fluid", "tab:red")):
        overlay.contour(masks[name][middle], [0.5], colors=colour, linewidths=1)
    overlay.set(title="Segmentation: head (green), fluid (red)")
    overlay.set_axis_off()
    labels = figure.add_subplot(grid[1, 3])
    coloured = masks["head"].astype(int) + masks["inside"] + masks["fluid"]
    labels.imshow(coloured[middle], cmap="viridis", origin="lower", interpolation="nearest")
    labels.set(title="Labels")
    labels.set_axis_off()
    profile = figure.add_subplot(grid[0, 3])
    for name, volume in volumes.items():
        line = volume[middle, MATRIX // 2]
        profile.plot(line / line.max(), label=name)
    profile.set(title="Middle row", xlabel="column", yticks=[])
    profile.legend(frameon=False)
    figure.savefig(path, dpi=110)


def run(out, progress=None):
    """The whole job into the folder `out`, which is replaced; returns the lines of the summary."""
    begin = time.perf_counter()
    out = pathlib.Path(out)
    work = out.with_name(out.name + ".partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    volumes, times = {}, {}
    for name in CONTRASTS:
        start = time.perf_counter()
        sequence, images, kspace = scan(name, progress)
        files = dicom.write_volume(
            work / name, images.astype(np.float32), affine=affine(), modality="MR"
        )
        volumes[name] = dicom.read_volume(work / name).array
        times[name] = (
            time.perf_counter() - start,
            len(files),
            np.abs(volumes[name] - images).max() / images.max(),
        )
        if name == "t1w":
            shown = sequence, kspace
    masks = segment(*volumes.values())
    draw(work / "figure.png", *shown, volumes, masks)
    voxel = (FOV / MATRIX) ** 2 * SLICE_DISTANCE * 1e6  # ml
    spins = sum(len(head_slice(k).rho) for k in range(SLICES))
    lines = [f"phantom   3-D Shepp-Logan head, 3 T, {SLICES} slices, {spins} spins"]
    for name, (seconds, count, error) in times.items():
        lines.append(
            f"{name}       {title(name)}: {MATRIX} x {MATRIX}, {count} DICOM files, {seconds:.1f} s; "
            f"rounding in DICOM {error:.1e} of the maximum"
        )
    for name, mask in masks.items():
        lines.append(f"{name:9s} {mask.sum() * voxel:8.1f} ml")
    share = np.where(masks["inside"], true_fluid(), 0)
    overlap = 2 * share[masks["fluid"]].sum() / (share.sum() + masks["fluid"].sum())
    lines.append(
        f"truth     {share.sum() * voxel:8.1f} ml of fluid inside, by definition; Dice {overlap:.3f}"
    )
    lines.append(f"time      {time.perf_counter() - begin:8.1f} s")
    (work / "summary.txt").write_text("\n".join(lines) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    work.rename(out)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="demo", help="folder to make (replaced if it is there)")
    parser.add_argument("--progress", action="store_true", help="show bars")
    args = parser.parse_args()
    bars = {}

    def progress(name, done, total):
        from tqdm.auto import tqdm

        if name not in bars:
            bars[name] = tqdm(total=total, desc=name, leave=False)
        bars[name].update(done - bars[name].n)
        if done == total:
            bars[name].close()

    print("\n".join(run(args.out, progress if args.progress else None)))
    print(f"results   {pathlib.Path(args.out).resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
