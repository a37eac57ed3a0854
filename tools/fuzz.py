"""Fuzz what reads untrusted bytes: fuzz.py [--seconds N] [--seed N] [target ...].

A target is a file tests/fuzz/fuzz_<target>.c with libFuzzer's entry point. All are compiled with the address and
undefined-behaviour sanitizers: by clang with libFuzzer where it is installed, by gcc with tests/fuzz/driver.c
otherwise. Targets in Python, above the kernels, are in tests/fuzz/surfaces.py. All begin with seeds that this library
writes (tests/fuzz/seeds.py), and with the inputs in tests/fuzz/crashes/<target>, on which an earlier version failed. An
input that makes a target fail is put there: commit it with the mending.
"""

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings

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


def seeds(name):
    """Inputs to begin with, as bytes."""
    import numpy as np
    import seeds as makers

    return getattr(makers, name)(np.random.default_rng(0))


def run_surface(name, seconds, seed, _):
    """True if the target in Python did not fail."""
    import surfaces

    crashes = HERE / "crashes" / name
    inputs = [*seeds(name), *(path.read_bytes() for path in crashes.glob("*"))]
    end = time.monotonic() + seconds
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs, failed = surfaces.fuzz(name, inputs, lambda: time.monotonic() > end, seed)
    print(f"{name}: {runs} runs")
    if failed is None:
        return True
    crashes.mkdir(parents=True, exist_ok=True)
    path = crashes / f"crash-{hashlib.sha256(failed[0]).hexdigest()[:16]}"
    path.write_bytes(failed[0])
    traceback.print_exception(failed[1])
    print(f"{name}: an input that fails is now {path}", file=sys.stderr)
    return False


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
    sys.path.insert(0, str(HERE))
    import surfaces

    names = sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c"))
    names += sorted(surfaces.TARGETS)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", choices=[*names, []], help="all, if none is named")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    targets = args.targets or names
    with tempfile.TemporaryDirectory() as folder:
        each = max(1, args.seconds // len(targets))
        ok = [
            (run_surface if name in surfaces.TARGETS else run)(
                name, each, args.seed, pathlib.Path(folder)
            )
            for name in targets
        ]
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
