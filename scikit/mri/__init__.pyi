from ._bloch import bloch as bloch
from ._phantom import Phantom as Phantom
from ._pulseq_text import PulseqError as PulseqError
from ._recon import reconstruct_cartesian as reconstruct_cartesian
from ._rf import RF as RF
from ._sequence import Sequence as Sequence
from ._shepp_logan import shepp_logan as shepp_logan
from ._shepp_logan import shepp_logan_kspace as shepp_logan_kspace
from ._simulate import simulate as simulate

__all__ = [
    "RF",
    "Phantom",
    "PulseqError",
    "Sequence",
    "bloch",
    "reconstruct_cartesian",
    "shepp_logan",
    "shepp_logan_kspace",
    "simulate",
]
