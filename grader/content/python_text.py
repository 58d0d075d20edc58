"""Inputs as Python, to be pasted into a program behind `import numpy as np`; exact, and pure."""

import math

import numpy as np

from grader.content.task import Array, Inputs, Value

_LONG_CHARACTERS = 600
_NATURAL = frozenset({"float64", "int64", "complex128"})
"""The types that NumPy gives to lists of Python's numbers."""


def arguments_text(inputs: Inputs) -> str | None:
    """`np.array([1.25, 2.0]), 7`: what stands between the brackets of a call; None where that is too long to read."""
    if sum(value.size for value in inputs if isinstance(value, np.ndarray)) > _LONG_CHARACTERS:
        return None
    text = ", ".join(map(as_python, inputs))
    return text if len(text) <= _LONG_CHARACTERS else None


def forms_text(inputs: Inputs) -> str:
    """`float64[33,2], 7`: what kind of inputs they are, where they are too long to read."""
    return ", ".join(_form(value) for value in inputs)


def as_python(value: Value) -> str:
    """One input."""
    if not isinstance(value, np.ndarray):
        return _number(value)
    dtype = value.dtype.name
    if value.size == 0:
        return f"np.zeros({value.shape}{'' if dtype == 'float64' else f', np.{dtype}'})"
    return f"np.array({_list(value)}{'' if dtype in _NATURAL else f', np.{dtype}'})"


def _list(array: Array) -> str:
    if array.ndim == 0:
        return _number(array.item())
    return f"[{', '.join(map(_list, array))}]" if array.ndim > 1 else f"[{', '.join(map(_number, array.tolist()))}]"


def _number(value: complex) -> str:
    if isinstance(value, complex):
        is_finite = math.isfinite(value.real) and math.isfinite(value.imag)
        return repr(value) if is_finite else f"complex({_number(value.real)}, {_number(value.imag)})"
    if isinstance(value, float) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else f"{'-' * (value < 0)}np.inf"
    return repr(value)


def _form(value: Value) -> str:
    return f"{value.dtype}[{','.join(map(str, value.shape))}]" if isinstance(value, np.ndarray) else as_python(value)
