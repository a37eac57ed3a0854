from ._solution import DenseOutput, OdeResult, OdeSolution
from ._ivp import solve_ivp

__all__ = ["DenseOutput", "OdeResult", "OdeSolution", "solve_ivp"]
