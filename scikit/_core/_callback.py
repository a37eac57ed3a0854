"""Compiled functions that a user hands over: recognised, checked for their signature, made callable.

Accepted besides Python callables: ``numba.cfunc`` objects, ``scipy.LowLevelCallable`` (known by its shape, SciPy is
not imported), ctypes and cffi function pointers, and PyCapsules named with their C signature.
"""

import ctypes
import functools
import re
import sys
import types
import weakref
from typing import NamedTuple

import numpy as np

from scikit._core import _callback_cy

#: int f(double t, const double *y, double *dydt, void *data); void is accepted for int.
RHS = ("int", "double", "double*", "double*", "void*")

#: What quadrature calls, the number of each kind; the numbers are known to `_callback_cy`.
INTEGRANDS = {
    ("double", "double"): 0,
    ("double", "double", "void*"): 1,
    ("double", "int", "double*"): 2,
    ("double", "int", "double*", "void*"): 3,
}
#: The way in which ctypes users have long declared the third of them.
_CTYPES_INTEGRAND = ("double", "int", "double")

#: The same by the usual text of a capsule's name, which needs no parsing.
_KNOWN_NAMES = {
    f"{first} ({', '.join(rest)})".replace("*", " *").encode(): kind
    for (first, *rest), kind in INTEGRANDS.items()
}


class Compiled(NamedTuple):
    """A compiled function: its signature (canonical C names, return type first), addresses and owner."""

    signature: tuple[str, ...]
    address: int
    data: int
    owner: object


#: Types of callables that are certainly not compiled functions of a known signature.
PYTHON_TYPES = frozenset(
    {types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial}
)
_NUMBA_TYPES = {
    "none": "void",
    "int32": "int",
    "int64": "long",
    "float64": "double",
    "float32": "float",
    "voidptr": "void*",
    "void*": "void*",
    "float64*": "double*",
    "float32*": "float*",
    "int32*": "int*",
    "int64*": "long*",
}
#: What is known of numba's objects, by id: their signatures take a while to read, and a short computation takes
#: no longer than a look into a WeakKeyDictionary.
_signatures: dict[int, tuple[weakref.ref, tuple[str, ...]]] = {}
_known_integrands: dict[int, tuple[weakref.ref, int]] = {}


def compiled_function(fun):
    """What `fun` is as a compiled function; None for anything else.

    Parameters
    ----------
    fun : object

    Returns
    -------
    Compiled or None

    Raises
    ------
    ValueError
        If it is a compiled function whose signature is not known.
    """
    if isinstance(fun, tuple) and _is_low_level(fun):
        return _from_capsule(tuple.__getitem__(fun, 0), fun)
    if hasattr(fun, "native_name"):
        return _from_numba(fun)
    if type(fun).__name__ == "PyCapsule":
        return _from_capsule(fun, fun)
    if isinstance(fun, ctypes._CFuncPtr):
        return _from_ctypes(fun)
    cffi = sys.modules.get("_cffi_backend")
    if cffi is not None and isinstance(fun, cffi._CDataBase):
        return _from_cffi(fun, cffi)
    return None


def rhs_callback(fun, args, n, is_complex):
    """`fun` as what the integrators call.

    Parameters
    ----------
    fun : callable or compiled function
        ``fun(t, y, *args)``, or a compiled function of signature `RHS`.
    args : tuple
        Further arguments. For a compiled function all numbers in them, one after another, are the array of
        float64 that its data pointer points to (unless it brings user data of its own).
    n : int
        Number of values of y.
    is_complex : bool
        Whether y is complex.

    Returns
    -------
    Callback
    """
    if hasattr(fun, "compiled_for"):  # what compile_rhs gives
        fun = fun.compiled_for(n)
    if not args and not is_complex and hasattr(fun, "native_name") and _numba_signature(fun) is RHS:
        return _callback_cy.CompiledRHS(
            fun.address, 0, False, fun
        )  # the short way, for short integrations
    compiled = compiled_function(fun)
    if compiled is None:
        if not callable(fun):
            raise TypeError(
                f"`fun` must be callable or a compiled function, not {type(fun).__name__}"
            )
        return _callback_cy.PythonRHS(fun, args, n, is_complex)
    if compiled.signature is not RHS:
        check_signature(compiled.signature, RHS, "fun")
    if is_complex:
        raise ValueError("`fun` is a compiled function of real numbers, but `y0` is complex")
    data, owner = user_data(compiled, args)
    return _callback_cy.CompiledRHS(compiled.address, data, compiled.signature[0] == "void", owner)


def user_data(compiled, args):
    """What a compiled function's data pointer points to, and what keeps that alive.

    Parameters
    ----------
    compiled : Compiled
    args : tuple
        All numbers in them, one after another, are the data, as float64.

    Returns
    -------
    address : int
    owner : object

    Raises
    ------
    ValueError
        If there are `args` and the function brings data of its own.
    """
    if not args:
        return compiled.data, compiled.owner
    if compiled.data:
        raise ValueError(
            "`args` cannot be given with a compiled function that brings its own user data"
        )
    values = np.concatenate([np.ravel(np.asarray(a, dtype=np.float64)) for a in args])
    return values.ctypes.data, (compiled.owner, values)


def integrand_callback(func, args=(), mirrored=False, part=0):
    """`func` as what quadrature calls.

    Parameters
    ----------
    func : callable or compiled function
        ``func(x, *args)``, or a compiled function of one of the signatures `INTEGRANDS`.
    args : tuple
        Further arguments; for a compiled function numbers that follow x in its array.
    mirrored : bool
        Call ``func(-x, *args)``.
    part : int
        0 for a real function; 1 or 2 for the real or imaginary part of a complex Python function.

    Returns
    -------
    Callback
    """
    if type(func) in PYTHON_TYPES:  # the commonest, and known to be nothing else
        return _callback_cy.PythonIntegrand(func, args, mirrored, part)
    if isinstance(func, tuple) and not (args or part) and _is_low_level(func):
        capsule = tuple.__getitem__(func, 0)
        found = _callback_cy.known_capsule(capsule, _KNOWN_NAMES, mirrored, func)
        if found is not None:
            return found
    known = _known_integrands.get(id(func))
    if known is not None and known[0]() is func and not (args or part):
        return _callback_cy.CompiledIntegrand(func.address, 0, known[1], args, mirrored, func)
    compiled = compiled_function(func)
    if compiled is None:
        if not callable(func):
            raise TypeError(
                f"`func` must be callable or a compiled function, not {type(func).__name__}"
            )
        return _callback_cy.PythonIntegrand(func, args, mirrored, part)
    kind = INTEGRANDS.get(compiled.signature)
    if kind is None and isinstance(func, ctypes._CFuncPtr):
        kind = 2 if compiled.signature == _CTYPES_INTEGRAND else None
    if kind is None:
        need = "; ".join(show(s) for s in INTEGRANDS)
        raise ValueError(
            f"`func` has the signature {show(compiled.signature)}; needed is one of: {need}"
        )
    if part:
        raise ValueError("`func` is a compiled function of real values, but `complex_func` is True")
    if args:
        if kind < 2:
            raise ValueError(
                f"`args` cannot be given with a compiled function of signature {show(compiled.signature)}"
            )
        try:
            args = tuple(map(float, args))
        except (TypeError, ValueError):
            raise TypeError("`args` of a compiled function must be numbers") from None
    elif not isinstance(func, tuple) and hasattr(func, "native_name"):
        _remember(_known_integrands, func, kind)
    return _callback_cy.CompiledIntegrand(
        compiled.address, compiled.data, kind, args, mirrored, compiled.owner
    )


def _is_low_level(fun):
    return type(fun).__name__ == "LowLevelCallable"


def check_signature(have, need, name):
    """Raise ValueError unless a compiled function's signature is the one needed.

    A ``void`` return is accepted for ``int``, and any pointer for ``void *``.
    """
    ok = len(have) == len(need) and (have[0] == need[0] or (have[0], need[0]) == ("void", "int"))
    ok = ok and all(
        h == m or (m == "void*" and h.endswith("*"))
        for h, m in zip(have[1:], need[1:], strict=True)
    )
    if not ok:
        raise ValueError(f"`{name}` has the signature {show(have)}; {show(need)} is needed")


def show(signature):
    """A canonical signature as C text."""
    first, *rest = (t.replace("*", " *") for t in signature)
    return f"{first} ({', '.join(rest)})"


@functools.lru_cache(256)
def parse_signature(text):
    """'int (double, const double *, double *y, void *)' -> ('int', 'double', 'double*', 'double*', 'void*')."""
    match = re.fullmatch(r"\s*([\w\s*]+?)\s*(?:\(\s*\*\s*\w*\s*\))?\s*\(([^()]*)\)\s*", text)
    if match is None:
        raise ValueError(f"{text!r} is not the signature of a C function")
    return (
        _canonical(match[1]),
        *(_canonical(part) for part in match[2].split(",") if part.strip()),
    )


def _canonical(text):
    words = [
        w for w in re.findall(r"\w+", text) if w not in ("const", "restrict", "volatile", "struct")
    ]
    known = {
        "void",
        "int",
        "long",
        "double",
        "float",
        "short",
        "char",
        "unsigned",
        "signed",
        "size_t",
    }
    types = [w for w in words if w in known or w.endswith("_t") or w in ("npy_intp", "intptr_t")]
    names = {"int32_t": "int", "int64_t": "long", "npy_intp": "long", "intptr_t": "long"}
    base = " ".join(names.get(w, w) for w in (types or words[:1]))
    return base + "*" * (text.count("*") + text.count("["))


def _from_numba(fun):
    return Compiled(_numba_signature(fun), fun.address, 0, fun)


def _numba_signature(fun):
    """Canonical signature of a numba function; the object `RHS` itself where it is equal to that."""
    known = _signatures.get(id(fun))
    if known is not None and known[0]() is fun:
        return known[1]
    names = [str(t) for t in (fun._sig.return_type, *fun._sig.args)]
    signature = tuple(_NUMBA_TYPES.get(n, n) for n in names)
    signature = RHS if signature == RHS else signature
    _remember(_signatures, fun, signature)
    return signature


def _remember(table, fun, what):
    """Keep what is known of an object as long as that lives."""
    number = id(fun)
    table[number] = weakref.ref(fun, lambda _: table.pop(number, None)), what


def _from_capsule(capsule, owner):
    name, address, data = _callback_cy.capsule_function(capsule)
    if name is None:
        raise ValueError("the capsule has no name; its name must be the function's C signature")
    return Compiled(parse_signature(name), address, data, owner)


def _from_ctypes(fun):
    if fun.argtypes is None:
        raise ValueError("the ctypes function has no argtypes; set argtypes and restype first")
    signature = tuple(_ctypes_name(t) for t in (fun.restype, *fun.argtypes))
    return Compiled(signature, ctypes.cast(fun, ctypes.c_void_p).value or 0, 0, fun)


def _ctypes_name(kind):
    if kind is None:
        return "void"
    if kind is ctypes.c_void_p:
        return "void*"
    if hasattr(kind, "contents"):
        return _ctypes_name(kind._type_) + "*"
    if hasattr(kind, "_ndim_"):  # numpy.ctypeslib.ndpointer
        names = {"float64": "double", "float32": "float", "int32": "int", "int64": "long"}
        return names.get(str(kind._dtype_), str(kind._dtype_)) + "*"
    return {"c_int": "int", "c_long": "long"}.get(kind.__name__, kind.__name__.removeprefix("c_"))


def _from_cffi(fun, cffi):
    kind = cffi.typeof(fun)
    if kind.kind != "function":
        raise ValueError(f"`fun` is a cffi {kind.cname}, not a pointer to a function")
    signature = tuple(_canonical(t.cname) for t in (kind.result, *kind.args))
    address = int(cffi.cast(cffi.new_primitive_type("uintptr_t"), fun))
    return Compiled(signature, address, 0, fun)
