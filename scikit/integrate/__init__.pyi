from ._cumulative import cumulative_simpson, cumulative_trapezoid
from ._fixed import fixed_quad, newton_cotes
from ._ivp import solve_ivp
from ._nquad import dblquad, nquad, tplquad
from ._quad import quad
from ._quad_faults import IntegrationWarning
from ._quad_vec import quad_vec
from ._sampled import romb, simpson, trapezoid
from ._solution import DenseOutput, OdeResult, OdeSolution
from ._solvers import BDF, DOP853, LSODA, RK23, RK45, OdeSolver, Radau

__all__ = [
    "BDF",
    "DOP853",
    "LSODA",
    "RK23",
    "RK45",
    "DenseOutput",
    "IntegrationWarning",
    "OdeResult",
    "OdeSolution",
    "OdeSolver",
    "Radau",
    "cumulative_simpson",
    "cumulative_trapezoid",
    "dblquad",
    "fixed_quad",
    "newton_cotes",
    "nquad",
    "quad",
    "quad_vec",
    "romb",
    "simpson",
    "solve_ivp",
    "tplquad",
    "trapezoid",
]
