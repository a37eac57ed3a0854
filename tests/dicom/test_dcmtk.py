"""Images that DCMTK's programs compress, where they are installed (Debian's package dcmtk)."""

import numpy as np
import pytest

from scikit.dicom import pixel_array

from .conftest import ROOT, dcmtk

LOSSLESS = {f"predictor {k}": ["dcmcjpeg", "+el", "+sv", str(k)] for k in range(1, 8)} | {
    "RLE": ["dcmcrle"],
    "JPEG-LS": ["dcmcjpls"],
    "JPEG-LS by line": ["dcmcjpls", "+il"],
}
LOSSY = {
    "baseline": ["dcmcjpeg", "+eb"],
    "baseline 4:2:2": ["dcmcjpeg", "+eb", "+s2"],
    "baseline 4:1:1": ["dcmcjpeg", "+eb", "+s4"],
    "extended": ["dcmcjpeg", "+ee"],
    "spectral selection": ["dcmcjpeg", "+es"],
    "progressive": ["dcmcjpeg", "+ep"],
    "point transform": ["dcmcjpeg", "+el", "+sv", "1", "+pt", "2"],
}
BACK = {"dcmcjpeg": ["dcmdjpeg", "+cn"], "dcmcrle": ["dcmdrle"], "dcmcjpls": ["dcmdjpls"]}


def there_and_back(command, name, folder):
    """(what is read of the compressed file, of the one that DCMTK decoded again)."""
    packed, plain = folder / "packed.dcm", folder / "plain.dcm"
    original = ROOT / "test_files" / f"{name}.dcm"
    for line in ([*command, original, packed], [*BACK[command[0]], packed, plain]):
        dcmtk(*line).check_returncode()
    return pixel_array(packed, raw=True).astype(int), pixel_array(plain, raw=True).astype(int)


@pytest.mark.parametrize("name", ["CT_small", "SC_rgb_small_odd"])
@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless(kind, name, tmp_path):
    ours, theirs = there_and_back(LOSSLESS[kind], name, tmp_path)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["CT_small", "SC_rgb_small_odd"])
@pytest.mark.parametrize("kind", LOSSY)
def test_lossy(kind, name, tmp_path):
    ours, theirs = there_and_back(LOSSY[kind], name, tmp_path)
    # two cosine transforms, each within one level
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2)
