# For type checkers: the module is made by the build.
from typing import Any

def __getattr__(name: str) -> Any: ...
