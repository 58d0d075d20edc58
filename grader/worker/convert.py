"""Turn what a submission returned into the declared outputs, or say what to return instead."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class UnfitResultError(Exception):
    """What was returned does not fit the task's contract; the text tells the student what to return."""


def store(result: object, outputs: tuple[NDArray[Any], ...]) -> None:
    """Copy `result` into the output buffers.

    One output: an array or anything that NumPy makes one of; several: a tuple or list of them. Any dtype whose values all
    survive is taken.

    Raises:
        UnfitResultError: wrong number of outputs, wrong shape, or a dtype that loses values.
    """
    if len(outputs) == 1:
        _store_one(result, outputs[0], "the result")
        return
    if not isinstance(result, tuple | list) or len(result) != len(outputs):
        raise UnfitResultError(f"return a tuple of {len(outputs)} arrays; {_describe(result)} came")
    for position, (part, output) in enumerate(zip(result, outputs, strict=True)):
        _store_one(part, output, f"result {position + 1} of {len(outputs)}")


def _store_one(value: object, output: NDArray[Any], name: str) -> None:
    array = _as_array(value, output, name)
    if array.shape != output.shape:
        raise UnfitResultError(_shape_message(array, output, name))
    if array.dtype.kind == "c" and output.dtype.kind != "c":
        array = _real(array, name)
    if not np.can_cast(array.dtype, output.dtype, casting="safe"):
        _check_values_survive(array, output.dtype, name)
    output[...] = array


def _as_array(value: object, output: NDArray[Any], name: str) -> NDArray[Any]:
    wanted = f"{output.dtype} array of shape {output.shape}"
    if value is None:
        raise UnfitResultError(f"{name} is None where a {wanted} is due: does every path of the function end in `return`?")
    if hasattr(value, "__cuda_array_interface__"):
        raise UnfitResultError(
            f"{name} is an array on the GPU: bring it back with `.get()` (CuPy) or `.copy_to_host()` (Numba)"
        )
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise UnfitResultError(f"{name} cannot be made into a {wanted}: {error}") from error
    if array.dtype.kind not in "biufc":
        raise UnfitResultError(f"{name} holds {array.dtype} values where numbers are due; return a {wanted}")
    return array


def _shape_message(array: NDArray[Any], output: NDArray[Any], name: str) -> str:
    message = f"{name} has shape {array.shape}; return shape {output.shape}"
    if array.ndim > 1 and array.shape == output.shape[::-1]:
        message += " (yours looks transposed)"
    return message


def _real(array: NDArray[Any], name: str) -> NDArray[Any]:
    imaginary = np.argwhere(array.imag != 0)
    if len(imaginary):
        raise UnfitResultError(
            f"{name} is complex, with a nonzero imaginary part at {imaginary[0].tolist()}; return real values"
        )
    return array.real


def _check_values_survive(array: NDArray[Any], dtype: np.dtype[Any], name: str) -> None:
    with np.errstate(all="ignore"):
        converted = array.astype(dtype)
        # NumPy compares an integer with a number of single precision as numbers of double precision, which rounds the integer.
        exact = np.longdouble if array.dtype.kind in "iu" and dtype.kind == "f" else None
        same = converted == array if exact is None else converted.astype(exact) == array.astype(exact)
        survives = same | ((array != array) & (converted != converted))  # noqa: PLR0124 -- NaN is not itself
    if survives.all():
        return
    place = tuple(int(index) for index in np.argwhere(~survives)[0])
    raise UnfitResultError(
        f"{name} has dtype {array.dtype}, and {array[place]} at {list(place)} does not fit {dtype}; return {dtype} values"
    )


def _describe(value: object) -> str:
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a value of type {type(value).__name__}"
