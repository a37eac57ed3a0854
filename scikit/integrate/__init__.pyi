from ._ensemble import solve_ensemble
from ._ivp import solve_ivp
from ._solution import DenseOutput, OdeResult, OdeSolution
from ._solvers import BDF, DOP853, LSODA, RK23, RK45, OdeSolver, Radau

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
    "solve_ivp",
]
