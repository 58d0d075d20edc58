"""Ways to add shifted pictures: honest ones, which a checker must accept, and wrong ones, which it must reject."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
Amounts: TypeAlias = NDArray[np.int64]
Sums: TypeAlias = NDArray[np.int32]
Variant: TypeAlias = Callable[[Pixels, Amounts, int], Any]


# Honest


def indexed(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """By the places that the pixels of each shifted picture come from."""
    count = picture.shape[axis]
    total = np.zeros(picture.shape, dtype=np.int32)
    for amount in amounts.tolist() if count else []:
        total += np.take(picture, (np.arange(count) - amount) % count, axis)
    return total


def two_slices(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    total = np.zeros(picture.shape, dtype=np.int32)
    into, pixels = np.moveaxis(total, axis, 0), np.moveaxis(picture, axis, 0)
    for amount in amounts.tolist() if len(pixels) else []:
        cut = amount % len(pixels)
        into[cut:] += pixels[: len(pixels) - cut]
        into[:cut] += pixels[len(pixels) - cut :]
    return total


def counted_amounts(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """Equal shifts, counted round the picture, are made once and multiplied."""
    count = max(picture.shape[axis], 1)
    total = np.zeros(picture.shape, dtype=np.int32)
    for amount, times in zip(*np.unique(amounts % count, return_counts=True), strict=True):
        total += np.int32(times) * np.roll(picture, amount, axis)
    return total


def matrix_product(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    count = picture.shape[axis]
    matrix = np.zeros((count, count), dtype=np.int32)
    for amount in amounts.tolist() if count else []:
        matrix[np.arange(count), (np.arange(count) - amount) % count] += 1
    pixels = picture.astype(np.int32)
    return np.asarray(matrix @ pixels if axis == 0 else pixels @ matrix.T)


def transformed(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """By Fourier transforms, rounded to whole numbers."""
    count = picture.shape[axis]
    if picture.size == 0:
        return np.zeros(picture.shape, dtype=np.int32)
    kernel = np.bincount(amounts % count, minlength=count)
    spectrum = np.fft.fft(kernel).reshape((-1, 1) if axis == 0 else (1, -1))
    return np.rint(np.fft.ifft(np.fft.fft(picture, axis=axis) * spectrum, axis=axis).real).astype(np.int32)


def in_floats(picture: Pixels, amounts: Amounts, axis: int) -> NDArray[np.float64]:
    """Whole numbers in double precision, which are exact."""
    total = np.zeros(picture.shape)
    for amount in amounts.tolist():
        total += np.roll(picture, amount, axis)
    return total


def shifts_shared_out(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """Three processes with a third of the shifts each, and the sums added."""
    return np.asarray(sum(indexed(picture, part, axis) for part in np.array_split(amounts, 3)), dtype=np.int32)


def columns_shared_out(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """Four processes with columns of the sum each."""
    width = picture.shape[1]
    if axis == 0:
        parts = [indexed(np.ascontiguousarray(part), amounts, 0) for part in np.array_split(picture, 4, axis=1)]
        return np.concatenate(parts, axis=1)
    total = np.zeros(picture.shape, dtype=np.int32)
    for columns in np.array_split(np.arange(width), 4):
        for amount in amounts.tolist():
            total[:, columns] += picture[:, (columns - amount) % max(width, 1)]
    return total


HONEST: dict[str, Variant] = {
    "indexed": indexed,
    "two slices": two_slices,
    "counted amounts": counted_amounts,
    "matrix product": matrix_product,
    "transformed": transformed,
    "in floats": in_floats,
    "shifts shared out": shifts_shared_out,
    "columns shared out": columns_shared_out,
}


# Wrong, beyond the mistakes that the task names


def _with(change: Callable[[Pixels, Amounts, int], tuple[Any, Any, int]]) -> Variant:
    """The right sum for other arguments."""
    return lambda picture, amounts, axis: indexed(*change(picture, amounts, axis))


def _answered(change: Callable[[Sums], Any]) -> Variant:
    """The right sum, changed."""
    return lambda picture, amounts, axis: np.asarray(change(indexed(picture, amounts, axis))).astype(np.int32)


def remainder_of_c(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    """The remainder has the sign of the amount, and negative ones are left out."""
    count = max(picture.shape[axis], 1)
    return indexed(picture, np.fmod(amounts[amounts >= 0], count), axis)


def brightest(picture: Pixels, amounts: Amounts, axis: int) -> Sums:
    total = np.zeros(picture.shape, dtype=np.int32)
    for amount in amounts.tolist():
        np.maximum(total, np.roll(picture, amount, axis), out=total)
    return total


WRONG: dict[str, Variant] = {
    "negative amounts left out": remainder_of_c,
    "the brightest": brightest,
    "transposed axis": _with(lambda picture, amounts, axis: (picture, amounts[::-1], 1 - axis)),
    "first amount left out": _with(lambda picture, amounts, axis: (picture, amounts[1:], axis)),
    "at most ten shifts": _with(lambda picture, amounts, axis: (picture, amounts[:2], axis)),
    "half as far": _with(lambda picture, amounts, axis: (picture, amounts // 2, axis)),
    "mirrored": _with(lambda picture, amounts, axis: (picture[:, ::-1], amounts, axis)),
    "amounts up to 9": _with(lambda picture, amounts, axis: (picture, amounts.clip(-9, 9), axis)),
    "divided by 2": _answered(lambda total: total // 2),
    "at most 255": _answered(lambda total: total.clip(0, 255)),
    "16 bits": _answered(lambda total: total.astype(np.int16)),
    "one more": _answered(lambda total: total + 1),
    "upside down": _answered(lambda total: total[::-1]),
    "all zeros": _answered(np.zeros_like),
}
