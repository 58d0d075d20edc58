"""Smaller inputs, for a task's `shrink`: fewer items, smaller and rounder numbers, the most drastic first; pure."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.content.task import Array, Inputs

_MOST_PARTS = 16
"""An array is tried without a half of it, a quarter, and so on to this part, or a single item."""
_DIGITS = (1, 2, 3)
_READ = 1000
"""Numbers of an array that somebody may read."""


def changed(inputs: Inputs, position: int, way: Callable[[Any], Iterator[Any]]) -> Iterator[Inputs]:
    """The inputs with the one at a position replaced by each that `way` offers for it."""
    for value in way(inputs[position]):
        yield (*inputs[:position], value, *inputs[position + 1 :])


def fewer_of(length: int) -> Iterator[NDArray[np.intp]]:
    """Which of so many items to keep, never none: one half, the other, all but a quarter, and so on."""
    items, parts = np.arange(length), 2
    while length > 1:
        for left_out in reversed(np.array_split(items, parts)):
            yield np.delete(items, left_out)
        if parts >= min(length, _MOST_PARTS):
            return
        parts = min(2 * parts, length)


def fewer(array: Array) -> Iterator[Array]:
    """The array with fewer of its items, or of its rows."""
    return (array[kept] for kept in fewer_of(len(array)))


def smaller(number: int, least: int = 0) -> Iterator[int]:
    """The least that a number may be, half way to it, and one less."""
    for one in dict.fromkeys((least, (least + number) // 2, number - 1)):
        if least <= one < number:
            yield one


def rounder(value: Any) -> Iterator[Any]:  # noqa: ANN401 -- an array or a number, and the same comes out
    """The value with fewer digits behind its greatest one, where that changes it; of an array that can be read, all at once."""
    array = np.asarray(value)
    greatest = float(np.max(np.abs([array.real, array.imag]), initial=0.0))
    if array.dtype.kind not in "fc" or array.size > _READ or greatest == 0 or not math.isfinite(greatest):
        return
    for digits in _DIGITS:
        decimals = digits - 1 - math.floor(math.log10(greatest))
        rounded = np.array([_rounded(one, decimals) for one in array.ravel().tolist()], array.dtype).reshape(array.shape)
        if not np.array_equal(rounded, array, equal_nan=True):
            yield rounded if isinstance(value, np.ndarray) else rounded.item()


def _rounded(number: complex, decimals: int) -> complex:
    """Exact in the decimals, as NumPy's rounding is not; 0 where it would be −0."""
    if isinstance(number, complex):
        return complex(round(number.real, decimals) + 0.0, round(number.imag, decimals) + 0.0)
    return round(number, decimals) + 0.0
