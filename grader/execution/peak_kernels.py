"""The code that finds a machine's peaks, run by a worker as a submission is: read as text, never imported by the grader.

Its memory is kept between calls, so that a call does nothing but what is asked for.
"""

import functools
import math
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Reals: TypeAlias = NDArray[np.float64]

ARITHMETIC, REGISTERS, PRODUCT, READ, WRITE = range(5)
"""Kinds of work; any other number is copying."""

LINE_NUMBERS = 8  # float64 numbers in a cache line
CHAINS = (
    12  # that do not wait for each other: two units with a latency of four need 8; with two constants they fit 16 registers
)
STEPS = 8  # of each chain in one repeat of the loop: what the loop itself costs does not show
FACTOR, SUMMAND = 0.999, 0.001  # numbers go to 1, and never to what is slow to compute with
REGISTER_BYTES = {"zmm": 64, "ymm": 32, "xmm": 16, r"v\d+\.2d": 16}
"""How x86-64 and 64-bit ARM name the registers of multiplications and additions, and how wide they are."""


def peak_kernels(kind: int, size_bytes: int, repeats: int, cores: int) -> float:
    """Do one kind of work so many times over, on so many cores at once: with vectors, or on memory, of `size_bytes` each."""
    if kind == REGISTERS:
        return float(register_bytes(size_bytes))
    do = functools.partial(work, kind, size_bytes, repeats)
    if cores == 1:
        return do(0)
    return sum(threads(cores).map(do, range(cores)))


def work(kind: int, size_bytes: int, repeats: int, core: int) -> float:
    """One core's part."""
    if kind == ARITHMETIC:
        return float(multiply_add(size_bytes // 8)(repeats, 0.5))
    numbers = memory(core, size_bytes)
    if kind == READ:
        return float(read(numbers, repeats))
    if kind == WRITE:
        return float(write(numbers, repeats))
    first, second = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    if kind == PRODUCT:
        return product(first, second, repeats)
    return float(copy(first, second, repeats))


@functools.cache
def threads(cores: int) -> ThreadPoolExecutor:
    """They wait for the next call."""
    return ThreadPoolExecutor(cores)


@functools.cache
def memory(core: int, size_bytes: int) -> Reals:
    """Memory of one core's own, touched once, from a cache line on."""
    del core
    count = size_bytes // 8
    numbers = np.empty(count + LINE_NUMBERS)
    numbers[:] = 0.5
    skip = -numbers.ctypes.data % 64 // 8
    return numbers[skip : skip + count]


threadpool_limits(1)  # a product keeps to the core of its thread


def product(numbers: Reals, result: Reals, repeats: int) -> float:
    """Multiply a matrix of these numbers with itself, by the library behind NumPy."""
    size = math.isqrt(len(numbers))
    matrix = numbers.reshape(size, size)
    for _ in range(repeats):
        np.matmul(matrix, matrix, out=result.reshape(size, size))
    return float(result[0])


@functools.cache
def multiply_add(lanes: int) -> Callable[[int, float], float]:
    """A compiled loop of a ← a·b + c in vectors of so many numbers: `loop(repeats, start)`.

    The vectors stand in LLVM's own language. Of a loop in Python the compiler chooses the width, and joins numbers to vectors
    or does not.
    """

    def steps(_typing: Any, _repeats: Any, _start: Any) -> Any:  # noqa: ANN401 -- Numba's own types
        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401 -- the same
            repeats, start = arguments
            chains = [
                cgutils.alloca_once_value(  # type: ignore[no-untyped-call]  # Numba's
                    builder, spread(builder, builder.fadd(start, real(float(number))), lanes)
                )
                for number in range(CHAINS)  # from numbers of their own, or the compiler would make them one
            ]
            factor, summand = (spread(builder, real(value), lanes) for value in (FACTOR, SUMMAND))
            with cgutils.for_range(builder, repeats):
                for _ in range(STEPS):
                    for chain in chains:
                        # To contract: both may become one instruction, where there is one.
                        multiplied = builder.fmul(builder.load(chain), factor, flags=("contract",))
                        builder.store(builder.fadd(multiplied, summand, flags=("contract",)), chain)
            return total(builder, [builder.load(chain) for chain in chains], lanes)

        return types.float64(types.int64, types.float64), generate

    run: Any = intrinsic(steps)

    @njit(nogil=True)
    def loop(repeats: int, start: float) -> float:
        return float(run(repeats, start))

    return loop


def real(value: float) -> Any:  # noqa: ANN401 -- LLVM's
    """A constant."""
    return ir.Constant(ir.DoubleType(), value)


def spread(builder: Any, number: Any, lanes: int) -> Any:  # noqa: ANN401 -- LLVM's
    """A vector of equal numbers; the number itself where it is one."""
    if lanes == 1:
        return number
    vector = ir.Constant(ir.VectorType(ir.DoubleType(), lanes), ir.Undefined)
    for lane in range(lanes):
        vector = builder.insert_element(vector, number, ir.Constant(ir.IntType(32), lane))
    return vector


def total(builder: Any, vectors: list[Any], lanes: int) -> Any:  # noqa: ANN401 -- LLVM's
    """The sum of all, so that none can be left out."""
    places = [ir.Constant(ir.IntType(32), lane) for lane in range(lanes)]
    numbers = vectors if lanes == 1 else [builder.extract_element(one, place) for one in vectors for place in places]
    return functools.reduce(builder.fadd, numbers)


def register_bytes(size_bytes: int) -> int:
    """How wide the registers are that compiled code with such vectors really uses; numbers by themselves need none."""
    loop: Any = multiply_add(size_bytes // 8)
    loop(1, 0.5)
    (code,) = loop.inspect_asm().values()
    used = [line for line in code.splitlines() if re.search(r"\b\w*f?m(ul|add|la)\w*\b", line)]
    found = [width for name, width in REGISTER_BYTES.items() if any(re.search(name, line) for line in used)]
    return 8 if size_bytes == 8 else max(found, default=0)  # noqa: PLR2004 -- one number


@njit(nogil=True, fastmath={"reassoc", "nsz"})  # sums in any order, so that several run side by side
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
