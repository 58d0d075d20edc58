"""Ways to sum the trapezoidal rule: honest ones, which a checker must accept, and wrong ones, which it must reject."""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numba import njit

from grader.content.shares import shares

Variant: TypeAlias = Callable[[float, float, float, int], float]


def _values(a: float, b: float, omega: float, n: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    x = np.linspace(a, b, n + 1)
    return np.asarray(x * np.cos(omega * x * x))


# Honest


def exactly_added(a: float, b: float, omega: float, n: int) -> float:
    f = _values(a, b, omega, n)
    return (b - a) / n * (math.fsum(f) - float(f[0] + f[-1]) / 2)


def trapezoid_by_trapezoid(a: float, b: float, omega: float, n: int) -> float:
    f = _values(a, b, omega, n)
    return float(((b - a) / n * (f[1:] + f[:-1]) / 2).sum())


def phase_first(a: float, b: float, omega: float, n: int) -> float:
    """(ω x) x instead of ω (x x), and points as weighted means of the ends."""
    j = np.arange(n + 1)
    x = (a * (n - j) + b * j) / n
    f = np.cos((omega * x) * x) * x
    return float(f[1:-1].sum() + (f[0] + f[-1]) / 2) * (b - a) / n


def backwards(a: float, b: float, omega: float, n: int) -> float:
    return -trapezoid_by_trapezoid(b, a, omega, n)


def complex_exponential(a: float, b: float, omega: float, n: int) -> float:
    x = a + (b - a) * np.arange(n + 1) / n
    f = (x * np.exp(1j * omega * x**2)).real
    return float((b - a) / n * (f.sum() - (f[0] + f[-1]) / 2))


@njit(fastmath=True)
def compiled_fastmath(a: float, b: float, omega: float, n: int) -> float:
    h = (b - a) / n
    total = 0.5 * (a * np.cos(omega * a**2) + b * np.cos(omega * b**2))
    for j in range(1, n):
        total += (a + j * h) * np.cos(omega * (a + j * h) ** 2)
    return float(h * total)


def extended_precision(a: float, b: float, omega: float, n: int) -> float:
    x = np.longdouble(a) + np.arange(n + 1) * ((np.longdouble(b) - np.longdouble(a)) / n)
    f = x * np.cos(omega * x * x)
    return float((np.longdouble(b) - a) / n * (f.sum() - (f[0] + f[-1]) / 2))


def shared_by_intervals(a: float, b: float, omega: float, n: int) -> float:
    """Four processes, each with whole trapezoids."""
    f, h = _values(a, b, omega, n), (b - a) / n
    return math.fsum(h * (f[one.start : one.stop] + f[one.start + 1 : one.stop + 1]).sum() / 2 for one in shares(n, 4))


def dealt_out(a: float, b: float, omega: float, n: int) -> float:
    """Three processes, every third point each."""
    f = _values(a, b, omega, n)
    f[0] /= 2
    f[-1] /= 2
    return float((b - a) / n * sum(f[rank::3].sum() for rank in range(3)))


HONEST: dict[str, Variant] = {
    "exactly added": exactly_added,
    "trapezoid by trapezoid": trapezoid_by_trapezoid,
    "phase first": phase_first,
    "backwards": backwards,
    "complex exponential": complex_exponential,
    "compiled fastmath": compiled_fastmath,
    "extended precision": extended_precision,
    "shared by intervals": shared_by_intervals,
    "dealt out": dealt_out,
}


# Wrong, beyond the mistakes that the task names


def _with(change: Callable[[float, float, float, int], tuple[float, float, float, int]]) -> Variant:
    """The right sum for other arguments."""
    return lambda a, b, omega, n: exactly_added(*change(a, b, omega, n))


def simpson(a: float, b: float, omega: float, n: int) -> float:
    return (4 * exactly_added(a, b, omega, 2 * n) - exactly_added(a, b, omega, n)) / 3


def phase_in_single_precision(a: float, b: float, omega: float, n: int) -> float:
    x = np.linspace(a, b, n + 1)
    f = x * np.cos((omega * x * x).astype(np.float32))
    return float((b - a) / n * (f.sum() - (f[0] + f[-1]) / 2))


def corrected_towards_the_integral(a: float, b: float, omega: float, n: int) -> float:
    """Euler and Maclaurin's first term."""

    def slope(x: float) -> float:
        return math.cos(omega * x * x) - 2 * omega * x * x * math.sin(omega * x * x)

    return exactly_added(a, b, omega, n) - ((b - a) / n) ** 2 / 12 * (slope(b) - slope(a))


def from_the_antiderivative(a: float, b: float, omega: float, n: int) -> float:
    """The integral and that term, without a sum: as good as the sum where the function is smooth, and not where it is timed."""
    exact = (math.sin(omega * b * b) - math.sin(omega * a * a)) / (2 * omega) if omega else (b * b - a * a) / 2
    return exact + exactly_added(a, b, omega, n) - corrected_towards_the_integral(a, b, omega, n)


WRONG: dict[str, Variant] = {
    "Simpson's rule": simpson,
    "phase in single precision": phase_in_single_precision,
    "corrected towards the integral": corrected_towards_the_integral,
    "from the antiderivative": from_the_antiderivative,
    "twice the intervals": _with(lambda a, b, omega, n: (a, b, omega, 2 * n)),
    "a power of two": _with(lambda a, b, omega, n: (a, b, omega, 1 << (n - 1).bit_length())),
    "even number of intervals": _with(lambda a, b, omega, n: (a, b, omega, n + n % 2)),
    "omega doubled": _with(lambda a, b, omega, n: (a, b, 2 * omega, n)),
    "omega rounded": _with(lambda a, b, omega, n: (a, b, round(omega, 4), n)),
    "ends rounded": _with(lambda a, b, omega, n: (round(a, 6), round(b, 6), omega, n)),
    "omega negative without cosine": lambda a, b, omega, n: exactly_added(a, b, omega, n) * math.copysign(1, -omega),
    "absolute value": lambda a, b, omega, n: abs(exactly_added(a, b, omega, n)),
    "not a number": lambda a, b, omega, n: float("nan") * (a + b + omega + n),
    "zero": lambda a, b, omega, n: 0.0 * (a + b + omega + n),
}
