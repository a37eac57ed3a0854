"""Write the module of ufuncs and its stub: make_ufuncs.py SPECIAL.toml OUTPUT.{c,pyi}.

Each entry of the table becomes a ufunc with the loops d->d and f->f. Its kernels are <kernel>_f64 and
<kernel>_f32 of sk_special.h, compiled for every instruction-set level.
"""

import pathlib
import sys
import tomllib

NOTE = "Generated from wrappers/gen/special.toml; do not edit."
PARAMETERS = """Parameters
----------
{argument} : array_like
    {domain} Any shape; float32 is computed in float32, integers, booleans and float16 as float64.
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
    If `{argument}` is not real: complex, long double, text or objects.

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
    void *data[2]; /* a loop's own: the kernels */
}} entry;

static entry table[] = {{
{rows}}};

static PyUFuncGenericFunction loops[] = {{sk_loop_unary_f64, sk_loop_unary_f32}};
static const char types[] = {{NPY_DOUBLE, NPY_DOUBLE, NPY_FLOAT, NPY_FLOAT}};

static int fill(PyObject *module)
{{
    if (PyArray_ImportNumPyAPI() < 0 || PyUFunc_ImportUFuncAPI() < 0)
        return -1;
    const Py_ssize_t count = sizeof table / sizeof table[0];
    PyObject *all = PyList_New(count);
    PyObject *package = PyUnicode_FromString("scikit.special");
    if (!all || !package) {{
        Py_XDECREF(all);
        Py_XDECREF(package);
        return -1;
    }}
    for (Py_ssize_t k = 0; k < count; ++k) {{
        PyObject *ufunc = PyUFunc_FromFuncAndData(loops, table[k].data, types, 2, 1, 1, PyUFunc_None, table[k].name,
                                                  table[k].doc, 0);
        PyObject *name = PyUnicode_FromString(table[k].name);
        if (name)
            PyList_SET_ITEM(all, k, name);
        /* for pickle; a NumPy that has no place for it lets pickle search */
        if (ufunc && PyObject_SetAttrString(ufunc, "__module__", package) < 0)
            PyErr_Clear();
        const int failed = !ufunc || !name || PyModule_AddObjectRef(module, table[k].name, ufunc) < 0;
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
static const sk_unary {name}_kernels = {{{name}_f64, {name}_f32}};
"""


def docstring(name, row):
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


def as_c(table):
    kernels = "".join(
        KERNELS.format(name=name, kernel=row["kernel"]) for name, row in table.items()
    )
    data = "{{(void *)&{0}_kernels, (void *)&{0}_kernels}}"
    rows = "".join(
        f'    {{"{name}",\n        {quoted(docstring(name, row))},\n     {data.format(name)}}},\n'
        for name, row in table.items()
    )
    return MODULE.format(note=NOTE, kernels=kernels, rows=rows)


def as_stub(table):
    lines = "".join(f"{name}: np.ufunc\n" for name in table)
    names = "".join(f'    "{name}",\n' for name in table)
    return f'"""{NOTE}"""\n\nimport numpy as np\n\n{lines}\n__all__ = [\n{names}]\n'


def main(source, target):
    table = tomllib.loads(pathlib.Path(source).read_text(encoding="utf-8"))
    write = {".c": as_c, ".pyi": as_stub}[pathlib.Path(target).suffix]
    pathlib.Path(target).write_text(write(table), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
