"""Speed of the Bloch simulation (asv): spins times steps a second, images, the reader."""

import pathlib
import tempfile

import numpy as np

from scikit import mri


class Pulse:
    """20 000 spins through 2000 steps of a slice-selective sinc."""

    params = ("float64", "float32")
    param_names = ("dtype",)

    def setup(self, dtype):
        n, steps = 20_000, 2000
        t = np.linspace(-1, 1, steps)
        self.args = 600 * np.sinc(4 * t) + 0j, np.tile([0, 0, 4e5], (steps, 1)), 2e-6
        position = np.zeros((n, 3))
        position[:, 2] = np.linspace(-0.02, 0.02, n)
        df = np.random.default_rng(0).normal(0, 30, n)
        self.kwargs = {
            "position": position,
            "off_resonance": df,
            "t1": 0.8,
            "t2": 0.08,
            "dtype": dtype,
        }

    def time_pulse(self, dtype):
        mri.bloch(*self.args, **self.kwargs)


class Readout:
    """20 000 spins, 10 000 samples: EPI on flat tops (a product a sample) and a spiral (a sine a sample)."""

    params = (("flat", "spiral"), ("float64", "float32"))
    param_names = ("gradient", "dtype")

    def setup(self, gradient, dtype):
        rng = np.random.default_rng(0)
        n = 20_000
        self.phantom = mri.Phantom(
            rng.uniform(-0.1, 0.1, (n, 3)), 1.0, 0.8, 0.08, rng.normal(0, 20, n)
        )
        t = 1e-3 + np.linspace(0, 0.05, 10_000)
        if gradient == "flat":
            gx = [[1e-3, 1e5], [0.052, 1e5]]
        else:
            gx = np.stack([t, 1e5 * np.sin(2e3 * t)], axis=1)
        pulse = mri.RF(start=0, duration=1e-4, amplitude=2500)
        self.seq = mri.Sequence.from_waveforms(rf=[pulse], gx=gx, adc=t)
        self.dtype = dtype

    def time_readout(self, gradient, dtype):
        mri.simulate(self.seq, self.phantom, dtype=self.dtype)


class GradientEcho:
    """64 repetitions of a shaped pulse and 64 samples on 20 000 spins."""

    params = ("float64", "float32")
    param_names = ("dtype",)

    def setup(self, dtype):
        rf, gx, gy, gz, adc = [], [], [], [], []
        shape = 200 * np.sinc(np.linspace(-3, 3, 1000))
        for i in range(64):
            t = i * 0.01
            rf.append(mri.RF(start=t, duration=1e-3, amplitude=shape, phase=1.0 * i * i))
            gz += [
                [t, 0],
                [t, 4e5],
                [t + 1e-3, 4e5],
                [t + 1e-3, -4e5],
                [t + 1.5e-3, -4e5],
                [t + 1.5e-3, 0],
            ]
            gy += [
                [t + 1e-3, 0],
                [t + 1e-3, (i - 32) * 4e3],
                [t + 2e-3, (i - 32) * 4e3],
                [t + 2e-3, 0],
            ]
            gx += [
                [t + 1e-3, 0],
                [t + 1e-3, -1.28e5],
                [t + 2e-3, -1.28e5],
                [t + 2e-3, 1.28e5],
                [t + 4e-3, 1.28e5],
                [t + 4e-3, 0],
            ]
            adc.append(t + 2e-3 + np.arange(64) / 32e3)
        self.seq = mri.Sequence.from_waveforms(rf=rf, gx=gx, gy=gy, gz=gz, adc=np.concatenate(adc))
        self.phantom = mri.shepp_logan((100, 100), spins_per_voxel=4)
        self.dtype = dtype

    def time_simulate(self, dtype):
        mri.simulate(self.seq, self.phantom, dtype=dtype)

    def time_reconstruct(self, dtype):
        mri.reconstruct_cartesian(np.zeros(64 * 64), self.seq)


class Reader:
    """A Pulseq file with 4000 blocks."""

    def setup(self):
        rows = "\n".join(f"{i} 10 0 1 1 0 1 0" for i in range(1, 4001))
        head = "[VERSION]\nmajor 1\nminor 4\n[DEFINITIONS]\nBlockDurationRaster 1e-05\n[BLOCKS]\n"
        tail = "\n[TRAP]\n1 1e5 10 80 10 0\n[ADC]\n1 32 2000 10 0 0\n"
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name) / "long.seq"
        self.path.write_text(head + rows + tail)

    def teardown(self):
        self.folder.cleanup()

    def time_read(self):
        mri.Sequence.read(self.path)
