from ._ivp import solve_ivp
from ._solution import DenseOutput, OdeResult, OdeSolution

__all__ = ["DenseOutput", "OdeResult", "OdeSolution", "solve_ivp"]
