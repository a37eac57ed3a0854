# For type checkers: the module is compiled.
from typing import Any

def __getattr__(name: str) -> Any: ...
