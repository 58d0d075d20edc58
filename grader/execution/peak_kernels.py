"""The code that finds a machine's peaks, run by a worker as a submission is: read as text, never imported by the grader.

Its memory is kept between calls, so that a call does nothing but what is asked for.
"""

import math
from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Reals: TypeAlias = NDArray[np.float64]

ARITHMETIC, PRODUCT, READ, WRITE = range(4)
"""Kinds of work; any other number is copying."""

MEMORY_BYTES = 1 << 27
LINE_NUMBERS = 8  # float64 numbers in a cache line
STEPS = 8  # between a load and its store: more make a chain too long to overlap with others, fewer wait for memory
FACTOR, SUMMAND = 0.999, 0.001  # numbers go to 1, and never to what is slow to compute with


def peak_kernels(kind: int, size_bytes: int, repeats: int) -> float:
    """Do one kind of work on so much memory, so many times over."""
    numbers = MEMORY[: size_bytes // 8]
    if kind == ARITHMETIC:
        return multiply_add(numbers, repeats)
    if kind == PRODUCT:
        return product(numbers, repeats)
    if kind == READ:
        return read(numbers, repeats)
    if kind == WRITE:
        return write(numbers, repeats)
    return copy(numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :], repeats)


def product(numbers: Reals, repeats: int) -> float:
    """Multiply a matrix of these numbers with itself, by the library behind NumPy, on one core."""
    size = math.isqrt(len(numbers))
    matrix = numbers.reshape(size, size)
    result = MEMORY[len(numbers) : 2 * len(numbers)].reshape(size, size)
    with threadpool_limits(1):
        for _ in range(repeats):
            np.matmul(matrix, matrix, out=result)
    return float(result[0, 0])


def aligned_memory() -> Reals:
    """All the memory that is used, touched once, from a cache line on."""
    memory = np.zeros(MEMORY_BYTES // 8 + LINE_NUMBERS)
    memory[:] = 0.5
    skip = -memory.ctypes.data % 64 // 8
    return memory[skip : skip + MEMORY_BYTES // 8]


MEMORY = aligned_memory()


@njit(fastmath={"contract"})  # a·b + c may become one instruction
def multiply_add(lanes: Reals, repeats: int) -> float:
    """Make `STEPS` steps a ← a·b + c in all lanes, `repeats` times; different lanes overlap."""
    for _ in range(repeats):
        for lane in range(len(lanes)):
            number = lanes[lane]
            for _ in range(STEPS):
                number = number * FACTOR + SUMMAND
            lanes[lane] = number
    return float(lanes[0])


@njit(fastmath={"reassoc", "nsz"})  # sums in any order, so that several run side by side
def read(numbers: Reals, repeats: int) -> float:
    """Add up all numbers, `repeats` times."""
    total = 0.0
    for _ in range(repeats):
        for i in range(len(numbers)):
            total += numbers[i]
    return total


@njit(nogil=True)
def write(numbers: Reals, repeats: int) -> float:
    """Write all numbers, `repeats` times, each time others."""
    for repeat in range(repeats):
        number = 1.0 / (repeat + 1.0)
        for i in range(len(numbers)):
            numbers[i] = number
    return float(numbers[0])


@njit(nogil=True)
def copy(source: Reals, target: Reals, repeats: int) -> float:
    """Copy all numbers, `repeats` times."""
    for _ in range(repeats):
        for i in range(len(source)):
            target[i] = source[i]
    return float(target[0])
