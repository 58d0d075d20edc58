"""The code that finds a machine's peaks, run by a worker as a submission is: read as text, never imported by the grader.

Its memory is kept between calls, so that a call does nothing but what is asked for.
"""

import numpy as np
from numba import njit
from threadpoolctl import threadpool_limits

MEMORY_BYTES = 1 << 27
LINE_NUMBERS = 8  # float64 numbers in a cache line
STEPS = 8  # between a load and its store: more make a chain too long to overlap with others, fewer wait for memory
FACTOR, SUMMAND = 0.999, 0.001  # numbers go to 1, and never to what is slow to compute with


def peak_kernels(kind, size, repeats):
    """Do one kind of work so many times over: 0 arithmetic, 1 a library's product, 2 reading, 3 writing, 4 copying."""
    if kind == 0:
        return multiply_add(MEMORY[: size // 8], repeats)
    if kind == 1:
        matrix = MEMORY[: size * size].reshape(size, size)
        with threadpool_limits(1):
            for _ in range(repeats):
                np.matmul(matrix, matrix, out=MEMORY[size * size : 2 * size * size].reshape(size, size))
        return 0.0
    numbers = MEMORY[: size // 8]
    if kind == 2:
        return read(numbers, repeats)
    if kind == 3:
        return write(numbers, repeats)
    return copy(numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :], repeats)


def aligned_memory():
    """All the memory that is used, touched once, from a cache line on."""
    memory = np.zeros(MEMORY_BYTES // 8 + LINE_NUMBERS)
    memory[:] = 0.5
    skip = -memory.ctypes.data % 64 // 8
    return memory[skip : skip + MEMORY_BYTES // 8]


MEMORY = aligned_memory()


@njit(fastmath={"contract"})  # a·b + c may become one instruction
def multiply_add(lanes, repeats):
    """Make `STEPS` steps a ← a·b + c in all lanes, `repeats` times; different lanes overlap."""
    for _ in range(repeats):
        for lane in range(len(lanes)):
            number = lanes[lane]
            for _ in range(STEPS):
                number = number * FACTOR + SUMMAND
            lanes[lane] = number
    return lanes[0]


@njit(fastmath={"reassoc", "nsz"})  # sums in any order, so that several run side by side
def read(numbers, repeats):
    """Add up all numbers, `repeats` times."""
    total = 0.0
    for _ in range(repeats):
        for i in range(len(numbers)):
            total += numbers[i]
    return total


@njit
def write(numbers, repeats):
    """Write all numbers, `repeats` times, each time others."""
    for repeat in range(repeats):
        number = 1.0 / (repeat + 1.0)
        for i in range(len(numbers)):
            numbers[i] = number
    return numbers[0]


@njit
def copy(source, target, repeats):
    """Copy all numbers, `repeats` times."""
    for _ in range(repeats):
        for i in range(len(source)):
            target[i] = source[i]
    return target[0]
