"""Write the module of ufuncs and its stub: make_ufuncs.py SPECIAL.toml OUTPUT.{c,pyi}.

Each entry of the table becomes a ufunc with the loops d->d and f->f, or dd->d and ff->f. Its kernels are
<kernel>_f64 and <kernel>_f32 of sk_special.h, compiled for every instruction-set level unless they are `plain`.
A name that begins with an underscore is for the Python modules of the subpackage: it has a short docstring.
"""

import pathlib
import sys
import tomllib

NOTE = "Generated from wrappers/gen/special.toml; do not edit."
PARAMETERS = """Parameters
----------
{arguments}
out : ndarray, optional
    Where the result is put, of the shape that the input broadcasts to; it may be the input itself.
where : array_like of bool, optional
    Where it is false, the result keeps what `out` held.
casting, order, dtype, subok, signature : optional
    As for every `numpy.ufunc`; ``dtype=numpy.float32`` chooses the float32 loop.

Returns
-------
ndarray or scalar
    {returns} float32 for float32 input, float64 otherwise.

Raises
------
TypeError
    If {names} is not real: complex, long double, text or objects.

"""
NOTES = """Notes
-----
{notes}

{accuracy}

Domain errors and poles give NaN and infinities without a floating-point warning. The loop holds no lock and keeps no
state: threads may call it at the same time.

"""
MODULE = """\
/* {note} */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#include "sk_special.h"
#include "sk_ufunc_loops.h"

{kernels}
typedef struct {{
    const char *name, *doc;
    void *data[4]; /* a loop's own: the kernels */
    PyUFuncGenericFunction *loops;
    const char *types;
    int count, inputs; /* of loops, of arguments */
}} entry;

static PyUFuncGenericFunction unary_loops[] = {{sk_loop_unary_f64, sk_loop_unary_f32, sk_loop_unary_c128,
                                               sk_loop_unary_c64}};
static PyUFuncGenericFunction binary_loops[] = {{sk_loop_binary_f64, sk_loop_binary_f32}};
static const char unary_types[] = {{NPY_DOUBLE, NPY_DOUBLE, NPY_FLOAT, NPY_FLOAT, NPY_CDOUBLE, NPY_CDOUBLE, NPY_CFLOAT,
                                   NPY_CFLOAT}};
static const char binary_types[] = {{NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE, NPY_FLOAT, NPY_FLOAT, NPY_FLOAT}};

static entry table[] = {{
{rows}}};

static int fill(PyObject *module)
{{
    if (PyArray_ImportNumPyAPI() < 0 || PyUFunc_ImportUFuncAPI() < 0)
        return -1;
    const Py_ssize_t count = sizeof table / sizeof table[0];
    PyObject *all = PyList_New(0);
    PyObject *package = PyUnicode_FromString("scikit.special");
    if (!all || !package) {{
        Py_XDECREF(all);
        Py_XDECREF(package);
        return -1;
    }}
    for (Py_ssize_t k = 0; k < count; ++k) {{
        entry *row = table + k;
        PyObject *ufunc = PyUFunc_FromFuncAndData(row->loops, row->data, row->types, row->count, row->inputs, 1,
                                                  PyUFunc_None, row->name, row->doc, 0);
        PyObject *name = PyUnicode_FromString(row->name);
        const int listed = name && (row->name[0] == '_' || PyList_Append(all, name) == 0);
        Py_XDECREF(name);
        /* for pickle; a NumPy that has no place for it lets pickle search */
        if (ufunc && PyObject_SetAttrString(ufunc, "__module__", package) < 0)
            PyErr_Clear();
        const int failed = !ufunc || !listed || PyModule_AddObjectRef(module, row->name, ufunc) < 0;
        Py_XDECREF(ufunc);
        if (failed) {{
            Py_DECREF(all);
            Py_DECREF(package);
            return -1;
        }}
    }}
    Py_DECREF(package);
    const int failed = PyModule_AddObjectRef(module, "__all__", all);
    Py_DECREF(all);
    return failed;
}}

static PyModuleDef_Slot slots[] = {{
    {{Py_mod_exec, (void *)fill}},
#if PY_VERSION_HEX >= 0x030c0000
    {{Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED}},
#endif
#if PY_VERSION_HEX >= 0x030d0000
    {{Py_mod_gil, Py_MOD_GIL_NOT_USED}},
#endif
    {{0, NULL}},
}};

static struct PyModuleDef definition = {{
    PyModuleDef_HEAD_INIT, .m_name = "_ufuncs", .m_doc = "The special functions as ufuncs.", .m_slots = slots,
}};

PyMODINIT_FUNC PyInit__ufuncs(void) {{ return PyModuleDef_Init(&definition); }}
"""
KERNELS = """\
static void {name}_f64(const double *x, double *y, ptrdiff_t n) {{ SK_PICK({kernel}_f64)(x, y, n); }}
static void {name}_f32(const float *x, float *y, ptrdiff_t n) {{ SK_PICK({kernel}_f32)(x, y, n); }}
static const sk_unary {name}_kernels = {{{name}_f64, {name}_f32, 0, 0}};
"""
PLAIN = "static const sk_{kind} {name}_kernels = {{{loops}}};\n"
ARGUMENT = """\
{argument} : array_like
    {domain} Any shape; float32 is computed in float32, integers, booleans and float16 as float64.
"""
SECOND = """\
{second} : array_like
    {second_domain} The two broadcast.
"""


def docstring(name, row):
    if name.startswith("_"):
        return f"{row['summary']}\n\n{row['definition'].strip()}\n"
    binary = "second" in row
    row = {
        **row,
        "arguments": (ARGUMENT + SECOND * binary).format(**row).rstrip(),
        "names": f"`{row['argument']}` or `{row['second']}`" if binary else f"`{row['argument']}`",
    }
    references = "".join(f".. [{k}] {text}\n" for k, text in enumerate(row["references"], 1))
    example = f">>> from scikit.special import {name}\n{row['example'].strip()}\n"
    text = f"{row['summary']}\n\n{row['definition'].strip()}\n\n" + PARAMETERS.format(**row)
    return (
        text
        + NOTES.format(**row)
        + f"References\n----------\n{references}\nExamples\n--------\n{example}"
    )


def quoted(text):
    lines = text.replace("\\", "\\\\").replace('"', '\\"').split("\n")
    return "\n        ".join(f'"{line}\\n"' for line in lines[:-1])


def kernel_of(name, row):
    kernel = row["kernel"]
    if not row.get("plain"):
        return KERNELS.format(name=name, kernel=kernel)
    suffixes = ["f64", "f32"] + ["c128", "c64"] * row.get("complex", False)
    loops = [f"{kernel}_{suffix}" for suffix in suffixes]
    if "second" in row:
        return PLAIN.format(kind="binary", name=name, loops=", ".join(loops))
    return PLAIN.format(kind="unary", name=name, loops=", ".join([*loops, "0", "0"][:4]))


def loops_of(name, row):
    """The fields of `entry` from `data` on."""
    kind, inputs = ("binary", 2) if "second" in row else ("unary", 1)
    count = 4 if row.get("complex") else 2
    data = ", ".join([f"(void *)&{name}_kernels"] * count)
    return f"{{{data}}},\n     {kind}_loops, {kind}_types, {count}, {inputs}"


def as_c(table):
    kernels = "".join(kernel_of(name, row) for name, row in table.items())
    rows = "".join(
        f'    {{"{name}",\n        {quoted(docstring(name, row))},\n     {loops_of(name, row)}}},\n'
        for name, row in table.items()
    )
    return MODULE.format(note=NOTE, kernels=kernels, rows=rows)


def as_stub(table):
    lines = "".join(f"{name}: np.ufunc\n" for name in table)
    names = "".join(f'    "{name}",\n' for name in table if not name.startswith("_"))
    return f'"""{NOTE}"""\n\nimport numpy as np\n\n{lines}\n__all__ = [\n{names}]\n'


def main(source, target):
    table = tomllib.loads(pathlib.Path(source).read_text(encoding="utf-8"))
    write = {".c": as_c, ".pyi": as_stub}[pathlib.Path(target).suffix]
    pathlib.Path(target).write_text(write(table), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
