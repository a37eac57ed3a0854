from . import dicom, integrate, linalg, mri, ndimage, special, testing
from ._core._config import show_config
from ._version import __version__

__all__ = [
    "__version__",
    "dicom",
    "integrate",
    "linalg",
    "mri",
    "ndimage",
    "show_config",
    "special",
    "testing",
]
