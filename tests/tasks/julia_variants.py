"""Ways to compute the Julia set: honest ones, which a checker must accept, and plausible wrong ones, which it must reject."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int32]
Variant: TypeAlias = Callable[[Reals, Reals, complex, int], Counts]


def _pixelwise(count_updates: Callable[[float, float, complex, int], int]) -> Variant:
    """Compute each pixel by itself with `count_updates(re, im, c, max_iter)`."""

    def julia(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
        counts = [[count_updates(float(re), float(im), c, max_iter) for re in x] for im in y]
        return np.array(counts, dtype=np.int32).reshape(len(y), len(x))

    return julia


# Honest


@_pixelwise
def complex_power(re: float, im: float, c: complex, max_iter: int) -> int:
    z = complex(re, im)
    for count in range(max_iter):
        if abs(z) > 2:
            return count
        z = z**2 + c
    return max_iter


@_pixelwise
def hypotenuse(re: float, im: float, c: complex, max_iter: int) -> int:
    count = 0
    while count < max_iter and math.hypot(re, im) <= 2:
        re, im = re * re - im * im + c.real, 2 * re * im + c.imag
        count += 1
    return count


@_pixelwise
def factored(re: float, im: float, c: complex, max_iter: int) -> int:
    count = 0
    while count < max_iter and re * re + im * im <= 4:
        re, im = (re - im) * (re + im) + c.real, (re + re) * im + c.imag
        count += 1
    return count


@_pixelwise
def squares_only(re: float, im: float, c: complex, max_iter: int) -> int:
    count = 0
    while count < max_iter and re * re + im * im <= 4:
        re2, im2, sum2 = re * re, im * im, (re + im) * (re + im)
        re, im = c.real + (re2 - im2), c.imag + (sum2 - re2 - im2)
        count += 1
    return count


def masked(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    z = x + 1j * y[:, np.newaxis]
    counts = np.zeros(z.shape, dtype=np.int32)
    inside = np.abs(z) <= 2
    for _ in range(max_iter):
        counts[inside] += 1
        z[inside] = z[inside] ** 2 + c
        inside &= np.abs(z) <= 2
    return counts


def extended_precision(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    z = x + np.clongdouble(1j) * y[:, np.newaxis]
    counts = np.zeros(z.shape, dtype=np.int32)
    inside = np.abs(z) <= 2
    for _ in range(max_iter):
        counts += inside
        z = np.where(inside, z * z + c, z)
        inside &= np.abs(z) <= 2
    return counts


def mirrored_where_symmetric(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    symmetric = np.array_equal(x, -x[::-1]) and np.array_equal(y, -y[::-1])
    if not symmetric:
        return masked(x, y, c, max_iter)
    upper = masked(x, y[: (len(y) + 1) // 2], c, max_iter)
    return np.concatenate([upper, upper[: len(y) // 2][::-1, ::-1]])


@njit
def compiled_complex(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            z = complex(x[column], y[row])
            while counts[row, column] < max_iter and abs(z) <= 2.0:
                z = z * z + c
                counts[row, column] += 1
    return counts


@njit(fastmath=True)
def compiled_fastmath(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            re, im = x[column], y[row]
            while counts[row, column] < max_iter and re * re + im * im <= 4.0:
                re, im = re * re - im * im + c.real, 2.0 * re * im + c.imag
                counts[row, column] += 1
    return counts


HONEST: dict[str, Variant] = {
    "complex power": complex_power,
    "hypotenuse": hypotenuse,
    "factored": factored,
    "squares only": squares_only,
    "masked": masked,
    "extended precision": extended_precision,
    "mirrored where symmetric": mirrored_where_symmetric,
    "compiled complex": cast("Variant", compiled_complex),
    "compiled, fastmath": compiled_fastmath,
}


# Wrong, beyond the mistakes that the task names


def _iterated(stays: Callable[[Any], Any], update: Callable[[Any, complex], Any]) -> Variant:
    """Count with another condition or another update."""

    def julia(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
        z: Any = x + 1j * y[:, np.newaxis]
        counts = np.zeros(z.shape, dtype=np.int32)
        inside = stays(z)
        for _ in range(max_iter):
            counts += inside
            z = np.where(inside, update(z, c), z)
            inside = inside & stays(z)
        return counts

    return julia


def mirrored_left_to_right(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    return masked(x[::-1], y, c, max_iter)


def counted_down(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    return max_iter - masked(x, y, c, max_iter)


def last_row_forgotten(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    counts = masked(x, y, c, max_iter)
    counts[-1:] = 0
    return counts


def every_second_column(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    return np.repeat(masked(x[::2], y, c, max_iter), 2, axis=1)[:, : len(x)]


def single_precision_c(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    return masked(x, y, complex(np.complex64(c)), max_iter)


def single_precision_start(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    return masked(x.astype(np.float32).astype(np.float64), y.astype(np.float32).astype(np.float64), c, max_iter)


def fixed_c(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    del c
    return masked(x, y, -0.8 + 0.156j, max_iter)


def gives_up_at_fifty(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    counts = masked(x, y, c, min(max_iter, 50))
    counts[counts == 50] = max_iter
    return counts


def always_mirrored(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    upper = masked(x, y[: (len(y) + 1) // 2], c, max_iter)
    return np.concatenate([upper, upper[: len(y) // 2][::-1, ::-1]])


WRONG: dict[str, Variant] = {
    "radius 4": _iterated(lambda z: np.abs(z) <= 4, lambda z, c: z * z + c),
    "radius by |Re z| + |Im z|": _iterated(lambda z: np.abs(z.real) + np.abs(z.imag) <= 2, lambda z, c: z * z + c),
    "cube": _iterated(lambda z: np.abs(z) <= 2, lambda z, c: z * z * z + c),
    "conjugate z": _iterated(lambda z: np.abs(z) <= 2, lambda z, c: np.conj(z) ** 2 + c),
    "c subtracted": _iterated(lambda z: np.abs(z) <= 2, lambda z, c: z * z - c),
    "mirrored left to right": mirrored_left_to_right,
    "counted down": counted_down,
    "last row forgotten": last_row_forgotten,
    "every second column": every_second_column,
    "single precision c": single_precision_c,
    "single precision start": single_precision_start,
    "fixed c": fixed_c,
    "gives up at fifty": gives_up_at_fifty,
    "always mirrored": always_mirrored,
}
