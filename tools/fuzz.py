"""Fuzz the kernels that read untrusted bytes: fuzz.py [--seconds N] [--seed N] [target ...].

A target is a file tests/fuzz/fuzz_<target>.c with libFuzzer's entry point. All are compiled with the address and
undefined-behaviour sanitizers: by clang with libFuzzer where it is installed, by gcc with tests/fuzz/driver.c
otherwise. They begin with seeds that this library writes, and with the inputs in tests/fuzz/crashes/<target>, on which
an earlier version failed. An input that makes a target fail is put there: commit it with the mending.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = ROOT / "tests" / "fuzz"
SANITIZE = [
    "-g",
    "-O1",
    "-fno-omit-frame-pointer",
    "-fno-sanitize-recover=all",
    "-fsanitize=address,undefined",
]


def compile_target(name, folder):
    """The program of a target."""
    (folder / "include").mkdir(exist_ok=True)
    status = folder / "include" / "sk_status.h"
    maker = ROOT / "wrappers" / "gen"
    subprocess.run(
        [sys.executable, maker / "make_status.py", maker / "status.toml", status], check=True
    )
    includes = [f"-I{path}" for path in (status.parent, ROOT / "c" / "core", ROOT / "c" / "dicom")]
    program = folder / name
    clang = shutil.which("clang")
    coverage = "-fsanitize=fuzzer-no-link" if clang else "-fsanitize-coverage=trace-pc"
    compiler = [clang or "gcc", *SANITIZE]
    objects = []
    for source, options in [*kernels(), (HERE / f"fuzz_{name}.c", [])]:
        objects.append(folder / f"{source.stem}{''.join(options)}.o")
        if not objects[-1].exists():  # of another target
            command = [*compiler, coverage, *includes, *options, "-c", source, "-o", objects[-1]]
            subprocess.run(command, check=True)
    main = ["-fsanitize=fuzzer"] if clang else [HERE / "driver.c"]
    subprocess.run([*compiler, *main, *objects, "-o", program], check=True)
    return program


def kernels():
    """(source, options) of all kernels that a target may reach; those for several instruction sets under every name."""
    yield ROOT / "c" / "core" / "sk_isa.c", []
    for source in sorted((ROOT / "c" / "dicom").glob("*.c")):
        if "SK_NAME(" in source.read_text():
            for level in ("base", "v3", "v4"):
                yield source, [f"-DSK_ISA={level}"]
        else:
            yield source, []


def images():
    """Small arrays of every kind that the codecs take."""
    import numpy as np

    rng = np.random.default_rng(0)
    for dtype, top in ((np.uint8, 255), (np.uint16, 4095)):
        for shape in ((1, 1, 1), (5, 9, 1), (16, 17, 3), (24, 24, 1)):
            ramp = np.linspace(0, top, int(np.prod(shape))).reshape(shape)
            yield (ramp + rng.integers(0, 3, shape)).clip(0, top).astype(dtype)


def seeds(name):
    """Inputs to begin with, as bytes."""
    import scikit.dicom._jpeg_cy as jpeg
    import scikit.dicom._jpegls_cy as jpegls
    import scikit.dicom._rle_cy as rle

    for image in images():
        rows, columns, samples = image.shape
        if name == "jpeg":
            for predictor in (1, 4, 7):
                yield jpeg.encode_lossless(image, predictor=predictor, restart_rows=predictor % 3)
            if image.dtype.itemsize == 1:
                yield jpeg.encode_baseline(image, quality=80, half_columns=True, jfif=True)
        elif name == "jpegls":
            for interleave in (0, 1, 2) if samples > 1 else (0,):
                yield jpegls.encode(image, near=interleave, interleave=interleave)
        elif name == "rle":
            size = image.dtype.itemsize
            flat = image[:3, :17].copy().reshape(-1).view("u1")
            code = rle.encode(flat, min(rows, 3), min(columns, 17), samples, size)
            shape = samples - 1 + 4 * (size.bit_length() - 1)
            yield bytes([shape, min(rows, 3) * min(columns, 17) - 1]) + code
    if name in ("parse", "heads"):
        yield from data_sets()
    if name == "groups":
        yield from functional_groups()


def data_sets():
    """Files in every encoding, with sequences."""
    import io

    from scikit.dicom import Dataset, dcmwrite, uid

    for syntax in (
        uid.ImplicitVRLittleEndian, uid.ExplicitVRLittleEndian, uid.ExplicitVRBigEndian,
    ):  # fmt: skip
        inner, ds = Dataset(), Dataset()
        inner.CodeValue, inner.CodeMeaning = "T-A0100", "Brain"
        ds.PatientName, ds.Rows, ds.PixelSpacing = "A^B", 3, [1.5, 2]
        middle = Dataset()
        middle.ConceptCodeSequence = [inner, inner]
        ds.AnatomicRegionSequence = [middle]
        ds.PixelData = bytes(20)
        ds.file_meta.TransferSyntaxUID = syntax
        for undefined in (False, True):
            middle.is_undefined_length = inner.is_undefined_length = undefined
            ds["AnatomicRegionSequence"].is_undefined_length = undefined
            file = io.BytesIO()
            dcmwrite(file, ds)
            data = file.getvalue()
            yield data
            yield data[132:]


def functional_groups():
    """Sequences of per-frame functional groups, behind a byte of the parser's options."""
    import io

    from scikit.dicom import Dataset, dcmwrite, uid

    for options, syntax in enumerate(
        (uid.ExplicitVRLittleEndian, uid.ImplicitVRLittleEndian, uid.ExplicitVRBigEndian)
    ):
        ds = Dataset()
        ds.PerFrameFunctionalGroupsSequence = frames = []
        for k in range(3):
            place, content, weight, way, frame = (Dataset() for _ in range(5))
            place.ImagePositionPatient = [1.5, -2, k]
            content.TemporalPositionIndex = k + 1
            way.DiffusionGradientOrientation = [0, 0.6, 0.8]
            weight.DiffusionGradientDirectionSequence = [way]
            frame.PlanePositionSequence, frame.FrameContentSequence = [place], [content]
            frame.MRDiffusionSequence = [weight]
            frames.append(frame)
        ds.PerFrameFunctionalGroupsSequence = frames
        ds.file_meta.TransferSyntaxUID = syntax
        file = io.BytesIO()
        dcmwrite(file, ds)
        data = file.getvalue()
        first = data.index(b"\xff\xfe\xe0\x00" if options == 2 else b"\xfe\xff\x00\xe0")
        yield bytes([options]) + data[first:]


def run(name, seconds, seed, folder):
    """True if the target did not fail."""
    program = compile_target(name, folder)
    corpus, crashes = folder / f"{name}-corpus", HERE / "crashes" / name
    corpus.mkdir()
    for number, data in enumerate(seeds(name)):
        (corpus / f"seed-{number}").write_bytes(data)
    if crashes.is_dir():
        for path in crashes.iterdir():
            shutil.copy(path, corpus)
    found = folder / f"{name}-crashes"
    found.mkdir()
    if shutil.which("clang"):
        options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-artifact_prefix={found}/"]
        command = [program, *options, corpus]
    else:
        command = [program, str(seconds), str(seed), corpus, found]
    environment = {**os.environ, "ASAN_OPTIONS": "allocator_may_return_null=1"}
    print(f"{name}: ", end="", flush=True)
    code = subprocess.run(command, env=environment, check=False).returncode
    for path in found.iterdir():
        crashes.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, crashes)
        print(f"{name}: an input that fails is now {crashes / path.name}", file=sys.stderr)
    return code == 0


def main():
    names = sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", choices=[*names, []], help="all, if none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    targets = args.targets or names
    with tempfile.TemporaryDirectory() as folder:
        each = max(1, args.seconds // len(targets))
        ok = [run(name, each, args.seed, pathlib.Path(folder)) for name in targets]
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
