from ._ivp import solve_ivp
from ._ode import complex_ode, ode
from ._odeint import ODEintWarning, odeint
from ._solution import DenseOutput, OdeResult, OdeSolution

__all__ = [
    "DenseOutput",
    "ODEintWarning",
    "OdeResult",
    "OdeSolution",
    "complex_ode",
    "ode",
    "odeint",
    "solve_ivp",
]
