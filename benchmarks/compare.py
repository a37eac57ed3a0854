"""This library beside its peers on the same work, in one run: compare.py [AREA ...].

Every case first checks that the answers agree, then times ours and each peer in turn, and takes each one's best
time. The figure is the best peer's time over ours. Peers that are not installed are left out. One thread each.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import importlib
import math
import sys
import time

import numpy as np


def peer(name):
    """A module, or None if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def best_times(calls, budget=1.0, rounds=15):
    """Best wall time of each call, the calls taken in turn."""
    best = [math.inf] * len(calls)
    spent = 0.0
    for done in range(rounds):
        for k, call in enumerate(calls):
            start = time.perf_counter()
            call()
            took = time.perf_counter() - start
            best[k] = min(best[k], took)
            spent += took
        if done and spent > budget * len(calls):
            break
    return best


def integrate():
    from bench_integrate import compiled_kepler, lotka_volterra

    from scikit.integrate import solve_ivp

    scipy = peer("scipy.integrate")
    span, kwargs = (0.0, 10.0), {"method": "DOP853", "rtol": 1e-7, "atol": 1e-10}
    yield (
        "Lotka-Volterra, Python right-hand side",
        lambda: solve_ivp(lotka_volterra, span, [1.0, 1.0], **kwargs).y[:, -1],
        {
            "scipy": scipy
            and (lambda: scipy.solve_ivp(lotka_volterra, span, [1.0, 1.0], **kwargs).y[:, -1])
        },
        1e-5,
    )
    numba, soda = peer("numba"), peer("numbalsoda")
    if numba is None:
        return
    start = np.array([0.1, 0.0, 0.0, math.sqrt(19.0)])
    kepler = compiled_kepler()
    peers = {}
    if soda:

        @numba.cfunc(soda.lsoda_sig)
        def same(t, y, dydt, p):
            r = (y[0] * y[0] + y[1] * y[1]) ** -1.5
            dydt[0], dydt[1], dydt[2], dydt[3] = y[2], y[3], -y[0] * r, -y[1] * r

        times, nothing = np.array([0.0, 20.0]), np.zeros(1)
        # each at the loosest power of ten whose error is below 1e-6
        peers["numbalsoda"] = lambda: soda.dop853(
            same.address, start, times, nothing, rtol=1e-9, atol=1e-13
        )[0][-1]
    yield (
        "Kepler e = 0.9, compiled right-hand side",
        lambda: solve_ivp(kepler, (0.0, 20.0), start, method="DOP853", rtol=1e-7, atol=1e-11).y[
            :, -1
        ],
        peers,
        1e-5,
    )


def linalg():
    from scikit import linalg as ours

    scipy = peer("scipy.linalg")
    rng = np.random.default_rng(0)
    for n, count in ((2, 200_000), (3, 100_000), (4, 50_000)):
        a = rng.normal(size=(count, n, n)) + 2 * np.eye(n)
        s = a + a.swapaxes(1, 2)
        b = rng.normal(size=(count, n, 1))
        some = a[:2000]
        yield (
            f"inv {count} x {n} x {n}",
            lambda a=a: ours.inv(a),
            {"numpy": lambda a=a: np.linalg.inv(a)},
            1e-6,
        )
        yield (
            f"solve {count} x {n} x {n}",
            lambda a=a, b=b: ours.solve(a, b),
            {"numpy": lambda a=a, b=b: np.linalg.solve(a, b)},
            1e-6,
        )
        yield (
            f"eigh {count} x {n} x {n}",
            lambda s=s: ours.eigh(s)[0],
            {"numpy": lambda s=s: np.linalg.eigh(s)[0]},
            1e-9,
        )
        yield (
            f"expm 2000 x {n} x {n}",
            lambda a=some: ours.expm(a),
            {"scipy": scipy and (lambda a=some: scipy.expm(a))},
            1e-9,
        )


def ndimage():
    from scikit import ndimage as ours

    theirs = peer("scipy.ndimage")
    z, y, x = np.meshgrid(*[np.linspace(-1, 1, 192)] * 3, indexing="ij")
    body = (x**2 + y**2 + z**2 < 0.7) & (np.sin(30 * x) * np.sin(28 * y) * np.sin(26 * z) < 0.5)
    image = (body * 100 + np.random.default_rng(0).normal(size=body.shape)).astype(np.float32)
    six = ours.generate_binary_structure(3, 1)
    calls = {
        "binary_erosion, 6 neighbours": lambda m: m.binary_erosion(body, six),
        "binary_closing, 26 neighbours": lambda m: m.binary_closing(body, np.ones((3, 3, 3))),
        "binary_fill_holes": lambda m: m.binary_fill_holes(body),
        "label, 6 neighbours": lambda m: m.label(body)[0],
        "gaussian_filter, sigma 2, float32": lambda m: m.gaussian_filter(image, 2),
    }
    for name, call in calls.items():
        yield name, lambda c=call: c(ours), {"scipy": theirs and (lambda c=call: c(theirs))}, 1e-3


def special():
    from scikit import special as ours

    theirs = peer("scipy.special")
    rng = np.random.default_rng(0)
    ranges = {
        "erf": (-5, 5),
        "erfc": (-5, 20),
        "gamma": (0.1, 30),
        "gammaln": (0.1, 300),
        "j0": (0, 60),
        "i0e": (0, 60),
        "ellipk": (0, 0.999),
    }
    for name, (low, high) in ranges.items():
        for dtype in (np.float64, np.float32):
            x = rng.uniform(low, high, 300_000).astype(dtype)
            yield (
                f"{name} {np.dtype(dtype).name}",
                lambda f=name, x=x: getattr(ours, f)(x),
                {"scipy": theirs and (lambda f=name, x=x: getattr(theirs, f)(x))},
                1e-4,
            )


def dicom():
    import io

    from bench_dicom import SYNTAXES, compressed, slices

    from scikit.dicom import dcmread, pixel_array

    pydicom, codecs = peer("pydicom"), peer("imagecodecs")
    bare = {"JPEG lossless": "ljpeg_decode", "JPEG-LS": "jpegls_decode", "JPEG": "jpeg8_decode"}
    stack = slices()
    for name, syntax in SYNTAXES.items():
        data = compressed(stack, syntax)
        peers = {
            "pydicom": pydicom
            and (
                lambda d=data: pydicom.pixels.pixel_array(pydicom.dcmread(io.BytesIO(d)), raw=True)
            )
        }
        if codecs and name in bare:
            frames = list(
                pydicom.encaps.generate_frames(dcmread(data).PixelData, number_of_frames=16)
            )
            decode = getattr(codecs, bare[name])
            peers["imagecodecs"] = lambda f=frames, c=decode: np.stack([c(x) for x in f])
        yield f"decode {name}", lambda d=data: pixel_array(d, raw=True, workers=1), peers, 0.03
        yield (
            f"decode {name}, two workers",
            lambda d=data: pixel_array(d, raw=True, workers=2),
            peers,
            0.03,
        )


AREAS = {f.__name__: f for f in (integrate, special, linalg, ndimage, dicom)}


def main(names):
    for name in names or AREAS:
        for case, ours, peers, tolerance in AREAS[name]():
            peers = {k: v for k, v in peers.items() if v}
            answer = ours()
            for other, call in peers.items():
                expected = call()
                scale = np.abs(expected).max()
                if not np.abs(np.asarray(answer, float) - expected).max() <= tolerance * scale:
                    sys.exit(f"{case}: the answers of scikit and {other} differ")
            times = best_times([ours, *peers.values()])
            row = "  ".join(
                f"{k} {t * 1e3:.4g}" for k, t in zip(["scikit", *peers], times, strict=True)
            )
            ratio = f"{min(times[1:]) / times[0]:8.2f} x" if peers else "   no peer"
            print(f"{name:10s} {case:42s} {ratio}   [ms: {row}]", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
