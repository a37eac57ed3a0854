from ._bvp import solve_bvp
from ._cubature import cubature
from ._cumulative import cumulative_simpson, cumulative_trapezoid
from ._ensemble import solve_ensemble
from ._fixed import fixed_quad, newton_cotes
from ._ivp import solve_ivp
from ._jit import compile_rhs
from ._lebedev import lebedev_rule
from ._magnus import solve_linear
from ._nquad import dblquad, nquad, tplquad
from ._nsum import nsum
from ._ode import complex_ode, ode
from ._odeint import ODEintWarning, odeint
from ._qmc import qmc_quad
from ._quad import quad
from ._quad_faults import IntegrationWarning
from ._quad_vec import quad_vec
from ._sampled import romb, simpson, trapezoid
from ._sensitivity import adjoint_gradient, solve_sensitivity
from ._solution import DenseOutput, OdeResult, OdeSolution
from ._solve_dae import solve_dae
from ._solvers import BDF, DOP853, LSODA, RK23, RK45, OdeSolver, Radau
from ._symplectic import solve_symplectic
from ._tanhsinh import tanhsinh

__all__ = [
    "BDF",
    "DOP853",
    "LSODA",
    "RK23",
    "RK45",
    "DenseOutput",
    "IntegrationWarning",
    "ODEintWarning",
    "OdeResult",
    "OdeSolution",
    "OdeSolver",
    "Radau",
    "adjoint_gradient",
    "compile_rhs",
    "complex_ode",
    "cubature",
    "cumulative_simpson",
    "cumulative_trapezoid",
    "dblquad",
    "fixed_quad",
    "lebedev_rule",
    "newton_cotes",
    "nquad",
    "nsum",
    "ode",
    "odeint",
    "qmc_quad",
    "quad",
    "quad_vec",
    "romb",
    "simpson",
    "solve_bvp",
    "solve_dae",
    "solve_ensemble",
    "solve_ivp",
    "solve_linear",
    "solve_sensitivity",
    "solve_symplectic",
    "tanhsinh",
    "tplquad",
    "trapezoid",
]
