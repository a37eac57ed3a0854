from ._ensemble import solve_ensemble
from ._bvp import solve_bvp
from ._cubature import cubature
from ._ivp import solve_ivp
from ._nsum import nsum
from ._qmc import qmc_quad
from ._solution import DenseOutput, OdeResult, OdeSolution
from ._solvers import BDF, DOP853, LSODA, RK23, RK45, OdeSolver, Radau
from ._tanhsinh import tanhsinh

__all__ = [
    "BDF",
    "DOP853",
    "LSODA",
    "RK23",
    "RK45",
    "DenseOutput",
    "OdeResult",
    "OdeSolution",
    "OdeSolver",
    "Radau",
    "solve_ensemble",
    "cubature",
    "nsum",
    "qmc_quad",
    "solve_bvp",
    "solve_ivp",
    "tanhsinh",
]
