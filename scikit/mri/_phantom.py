"""Phantoms: spins with their places and properties."""

import zipfile

import numpy as np

from scikit._core._arrays import as_array

_FIELDS = ("position", "rho", "t1", "t2", "off_resonance", "velocity")


def per_spin(value, name, n, *, positive=False):
    """A scalar or an (n,) array of real numbers as (n,) float64; infinity passes if `positive`."""
    array = as_array(value, name, np.float64, ndim=(0, 1))
    if array.ndim == 1 and array.shape != (n,):
        raise ValueError(f"`{name}` must be a scalar or have shape ({n},), not {array.shape}")
    if positive:
        if not np.all(array > 0):
            raise ValueError(f"`{name}` must be positive (it may be inf)")
    elif not np.isfinite(array).all():
        raise ValueError(f"`{name}` must not contain infs or NaNs")
    return np.array(np.broadcast_to(array, (n,)), dtype=np.float64)


class Phantom:
    """Spins (isochromats) with their places and properties.

    Parameters
    ----------
    position : (n, 3) array_like
        x, y, z in m, at the start of the sequence.
    rho : float or (n,) array_like
        Weight of each spin in the signal (density times volume; may be complex in effect only through
        several spins).
    t1, t2 : float or (n,) array_like
        Relaxation times, s; positive, may be inf.
    off_resonance : float or (n,) array_like
        Hz.
    velocity : (3,) or (n, 3) array_like, optional
        m/s, constant.

    Raises
    ------
    TypeError, ValueError
        If an array is of the wrong type or shape, or not finite, or a time is not positive.

    Examples
    --------
    >>> from scikit import mri
    >>> mri.Phantom([[0, 0, 0], [0.01, 0, 0]], rho=1, t1=0.8, t2=0.08)
    Phantom(2 spins)
    """

    def __init__(self, position, rho=1.0, t1=np.inf, t2=np.inf, off_resonance=0.0, velocity=None):
        self.position = as_array(
            position, "position", np.float64, shape=(None, 3), finite=True
        ).copy()
        n = len(self.position)
        if n == 0:
            raise ValueError("`position` must hold at least one spin")
        self.rho = per_spin(rho, "rho", n)
        self.t1 = per_spin(t1, "t1", n, positive=True)
        self.t2 = per_spin(t2, "t2", n, positive=True)
        self.off_resonance = per_spin(off_resonance, "off_resonance", n)
        self.velocity = None
        if velocity is not None:
            v = as_array(velocity, "velocity", np.float64, ndim=(1, 2), finite=True)
            if v.shape not in ((3,), (n, 3)):
                raise ValueError(f"`velocity` must have shape (3,) or ({n}, 3), not {v.shape}")
            if np.any(v):
                self.velocity = np.array(np.broadcast_to(v, (n, 3)))

    def __len__(self):
        return len(self.position)

    def __repr__(self):
        n = len(self)
        return f"Phantom({n} spin{'s' * (n != 1)}{', moving' if self.velocity is not None else ''})"

    def save(self, path):
        """Write the phantom as an ``.npz`` file.

        Parameters
        ----------
        path : path-like
            The name; ``.npz`` is added if it is missing.
        """
        fields = {name: getattr(self, name) for name in _FIELDS if getattr(self, name) is not None}
        np.savez_compressed(path, **fields)

    @classmethod
    def load(cls, path):
        """Read a phantom that `save` wrote.

        Parameters
        ----------
        path : path-like
            An ``.npz`` file with the arrays position, rho, t1, t2, and where they matter off_resonance
            and velocity.

        Returns
        -------
        Phantom

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it is not such a file.
        """
        try:
            with open(path, "rb") as stream:
                file = np.load(stream, allow_pickle=False)
                if not isinstance(file, np.lib.npyio.NpzFile):
                    raise ValueError("it is no .npz file")
                unknown = set(file.files) - set(_FIELDS)
                if unknown or "position" not in file.files:
                    have = ", ".join(file.files)
                    raise ValueError(f"it must hold the arrays {', '.join(_FIELDS)}, not {have}")
                fields = {name: file[name] for name in file.files}
        except (ValueError, EOFError, zipfile.BadZipFile, AttributeError) as error:
            raise ValueError(f"{path} is not a phantom: {error}") from None
        return cls(**fields)
