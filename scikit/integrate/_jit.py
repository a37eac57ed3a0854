"""Plain Python right-hand sides made into compiled ones with numba."""

import ast
import importlib
import inspect
import textwrap
import threading
import types

from scikit._core._extras import require

# CPython 3.11 counts the depth of syntax trees for all threads together (python/cpython#106905):
# two at a time may end in SystemError.
_PARSING = threading.Lock()


def compile_rhs(fun, *, lanes=False):
    """Compile a plain Python right-hand side with numba.

    Parameters
    ----------
    fun : function
        ``fun(t, y)`` or ``fun(t, y, a, b, ...)`` as `solve_ivp` takes it, of numbers only: y has shape (n,), further
        arguments are single numbers, and dy/dt comes back as a tuple, list or array. What numba's nopython mode
        compiles may be used.
    lanes : bool
        Compile also the form that `solve_ensemble` runs in the lanes of vectors (without this it is compiled when
        an ensemble is large enough); a function that has none, because it branches on its state, raises.

    Returns
    -------
    CompiledFunction
        To be given to `solve_ivp`, `solve_ensemble` and `odeint` in place of `fun`. It is compiled at the first use for
        every number of equations, and may still be called from Python. It can be pickled: by its source, and the
        modules and constants that it names.

    Raises
    ------
    ImportError
        Without numba (the extra ``scikit[jit]``).
    TypeError
        If `fun` is not a Python function.
    ValueError
        When it is used, if numba cannot compile `fun`.

    Examples
    --------
    >>> from scikit.integrate import compile_rhs, solve_ivp
    >>> @compile_rhs
    ... def decay(t, y, rate):
    ...     return [-rate * y[0]]
    >>> print(f"{solve_ivp(decay, (0, 1), [1.0], args=(2.0,), rtol=1e-9, atol=1e-9).y[0, -1]:.6f}")
    0.135335
    """
    require("numba", "jit", "compile_rhs")
    if not isinstance(fun, types.FunctionType):
        raise TypeError(f"`fun` must be a Python function, not {type(fun).__name__}")
    return CompiledFunction(fun, bool(lanes))


class CompiledFunction:
    """A right-hand side that is compiled where it is used; see `compile_rhs`.

    Parameters
    ----------
    fun : function
    lanes : bool

    Examples
    --------
    >>> from scikit.integrate import compile_rhs
    >>> compile_rhs(lambda t, y: (-y[0],))(0.0, [2.0])
    (-2.0,)
    """

    def __init__(self, fun, lanes):
        self.fun, self.lanes = fun, lanes
        self.n_params = len(inspect.signature(fun).parameters) - 2
        if self.n_params < 0:
            raise TypeError("`fun` must take t and y")
        self._compiled = {}
        try:
            self._source = textwrap.dedent(inspect.getsource(fun))
            self._tree = _with_tuples(self._source, fun.__name__)
        except (OSError, SyntaxError, IndentationError, ValueError):
            self._source = self._tree = None  # a lambda, or typed in: it is compiled as it is

    def __call__(self, t, y, *args):
        """dy/dt by the Python function."""
        return self.fun(t, y, *args)

    def compiled_for(self, n):
        """The function for n equations, a ``numba.cfunc`` of the signature that the integrators take."""
        if n not in self._compiled:
            self._compiled[n] = self._compile(n)
            if self.lanes:
                from scikit.integrate._lanes import lane_function

                if lane_function(self._compiled[n].in_lanes, n, self.n_params) is None:
                    raise ValueError(
                        "`fun` has no form in lanes; it branches on its state, or calls what has none"
                    )
        return self._compiled[n]

    def _compile(self, n):
        import numba

        real = numba.types.CPointer(numba.types.float64)
        signature = numba.types.int32(numba.types.float64, real, real, numba.types.voidptr)
        in_lanes = self._wrapper(n, f"({''.join(f'y[{i}], ' for i in range(n))})")
        errors = []
        # with y as an array, or, for what that does not suit, as a tuple
        for wrapper in (self._wrapper(n, f"carray(y, {n})"), in_lanes):
            try:
                compiled = numba.cfunc(signature)(wrapper)
            except numba.core.errors.NumbaError as error:
                errors.append(error)
            else:
                compiled.in_lanes = in_lanes
                return compiled
        raise ValueError(f"numba cannot compile `fun`: {errors[0]}") from errors[0]

    def _wrapper(self, n, state):
        """The function with the arguments of a compiled right-hand side; `state` is what the user's gets for y."""
        import numba

        scope = {
            "inner": numba.njit(self._function()),
            "carray": numba.carray,
            "float64": numba.float64,
        }
        text = _WRAPPER.format(
            state=state,
            params="".join(f", p[{k}]" for k in range(self.n_params)),
            count=max(self.n_params, 1),
            stores="".join(f"    dydt[{i}] = out[{i}]\n" for i in range(n)),
        )
        exec(text, scope)
        return scope["rhs"]

    def _function(self):
        """The user's function, returning a tuple where its source shows a list or an array."""
        if self._tree is None:
            return self.fun
        scope = dict(self.fun.__globals__)
        if self.fun.__closure__:
            cells = (cell.cell_contents for cell in self.fun.__closure__)
            scope.update(zip(self.fun.__code__.co_freevars, cells, strict=True))
        exec(compile(self._tree, f"<compile_rhs {self.fun.__name__}>", "exec"), scope)
        return scope[self.fun.__name__]

    def __reduce__(self):
        if self._source is None:
            raise TypeError(
                "a compiled function without source (a lambda, or one typed in) cannot be pickled"
            )
        code, names = self.fun.__code__, {}
        known = {**self.fun.__globals__}
        if self.fun.__closure__:
            cells = (cell.cell_contents for cell in self.fun.__closure__)
            known.update(zip(code.co_freevars, cells, strict=True))
        for name in (*code.co_names, *code.co_freevars):
            if name in known:
                value = known[name]
                names[name] = (
                    ("module", value.__name__)
                    if isinstance(value, types.ModuleType)
                    else ("value", value)
                )
        return _from_source, (self._source, self.fun.__name__, names, self.lanes)


_WRAPPER = """
def rhs(t, y, dydt, data):
    p = carray(data, {count}, float64)
    out = inner(t, {state}{params})
{stores}    return 0
"""


def _definition(source, name):
    """The syntax tree of the function's definition, without decorators."""
    with _PARSING:
        tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            node.decorator_list = []
            return node
    raise ValueError(f"the source does not define {name}")


def _with_tuples(source, name):
    """The function's syntax tree, without decorators, returning tuples for lists and ``array([...])``."""
    function = _definition(source, name)
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            value = node.value
            if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
                called = (
                    value.func.attr
                    if isinstance(value.func, ast.Attribute)
                    else getattr(value.func, "id", "")
                )
                if called in ("array", "asarray"):
                    value = value.args[0]
            if isinstance(value, ast.List):
                node.value = ast.copy_location(ast.Tuple(value.elts, ast.Load()), value)
    return ast.fix_missing_locations(ast.Module([function], []))


def _from_source(source, name, names, lanes):
    """A pickled function, made anew."""
    scope = {
        key: importlib.import_module(value) if kind == "module" else value
        for key, (kind, value) in names.items()
    }
    function = _definition(source, name)
    exec(compile(ast.Module([function], []), f"<compile_rhs {name}>", "exec"), scope)
    made = CompiledFunction(scope[name], lanes)
    made._source, made._tree = source, _with_tuples(source, name)
    return made
