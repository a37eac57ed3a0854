"""Pulse sequences, phantoms and Bloch simulation.

Units are s, m, Hz and Hz/m throughout: B1 and gradients stand as gamma / 2 pi times the field.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
