"""Periods of Julia orbits: the cases, the checker, the known mistakes and the pictures."""

import cmath
import functools
import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.smaller import changed, fewer, rounder, smaller
from grader.content.task import (
    Answered,
    Array,
    ArraySpec,
    Case,
    Difference,
    Inputs,
    Mistake,
    Outputs,
    Picture,
    Task,
    module_beside,
    secret_beside,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Reals: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]
Periods: TypeAlias = NDArray[np.int32]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]

RADIUS = 2.0
"""An orbit has left once |z| is more than this."""

C_SLOW = -0.1 + 0.815j
"""A cycle of period 3 that draws orbits in slowly, by a factor 0.79 a round."""
C_RABBIT = -0.123 + 0.745j
"""A cycle of period 3 that draws orbits in at once."""
C_PERIOD_2 = -1 + 0j
C_PERIOD_5 = -0.504 + 0.563j
C_GOLDEN = complex(1 - (1 + math.sqrt(5)) / 2)
"""1 − golden ratio: a fixed point that orbits approach slowly, from alternate sides, by a factor −0.86 an update."""
C_EMPTY = -0.8 + 0.156j
"""No attracting cycle: in the end all orbits leave, some of them late."""

ATTRACTION = (0.785, 0.795)
"""The timed c have a cycle of period 3 that draws orbits in by a factor in this range a round …"""
TURN = (1.6, 2 * math.pi - 1.6)
"""… and turns them by such an angle: half of a bulb of the Mandelbrot set, or of the mirrored one."""
REACH = 0.5
"""Some orbits of the timed calls have settled to within tol, others not: how far from the cycle, at first, their border is."""
LEAST_TOL = 1e-12
"""Of the timed calls: far above what rounding does to a cycle."""
HALF_TIMED = (0.002, 0.0016)
"""Timed windows are small, and lie anywhere on the edge of the set: there every answer hangs on the last digits of c."""
SAMPLE = 256
"""Columns and rows of the sample that stands for a timed picture's work."""

BAND_PIXELS = 1 << 12
"""Fewer are not worth a thread."""
BLOCK_PIXELS = 1 << 12
"""Differing pixels that are looked at together, before a wrong one among them ends the search."""


# The answer and its check


@dataclass(frozen=True)
class Expected:
    """A trusted answer, int32[h, w], and the updates that decide it; where rounding decides, others are as right."""

    periods: Periods
    updates: int


@functools.cache
def _kernels() -> ModuleType:
    """The compiled functions beside this file."""
    return module_beside(__file__, "kernels.py")


@functools.cache
def _fast() -> ModuleType:
    """Where `settle` is, which takes most of the time: the plain loops of a student's copy take longer."""
    return secret_beside(__file__, "kernels.py") or _kernels()


def _find_periods(x: Reals, y: Reals, *rule: complex) -> tuple[Periods, int]:
    """The answer by the further arguments, int32[h, w], and the updates that decide it; computed on one thread."""
    c, max_iter, max_period, tol = rule
    settled, inside_for = _fast().settle(x, y, c, max_iter)
    periods, updates = _kernels().find_periods(settled, inside_for, c, max_iter, max_period, tol)
    return periods, updates


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """One array of periods: a row for each y, a column for each x."""
    x, y, *_ = _typed(inputs)
    return (ArraySpec("int32", (len(y), len(x))),)


def expect(inputs: Inputs) -> Expected:
    """Compute the answer with float64 rounding.

    Bands of rows on all cores: nothing is being timed while this runs, and the class waits for it. More bands than cores, since
    rows through the middle of the set take longest.
    """
    x, y, *rule = _typed(inputs)
    cores = os.cpu_count() or 1
    bands = np.array_split(y, min(8 * cores, max(1, len(x) * len(y) // BAND_PIXELS)))
    with ThreadPoolExecutor(cores) as threads:
        found = list(threads.map(lambda band: _find_periods(x, band, *rule), bands))
    return Expected(np.concatenate([periods for periods, _ in found]), sum(updates for _, updates in found))


def check(inputs: Inputs, answer: Outputs, expected: Expected) -> Difference | None:
    """Compare every pixel; where one differs, ask which answers the rounding of an honest computation leaves open there.

    The bound on that rounding, and what it decides, are `kernels.possible_answers`.
    """
    x, y, *rule = _typed(inputs)
    (periods,) = answer
    rows, columns = np.nonzero(periods != expected.periods)
    for start in range(0, len(rows), BLOCK_PIXELS):
        block = slice(start, start + BLOCK_PIXELS)
        starts = x[columns[block]] + 1j * y[rows[block]]
        wrong = np.flatnonzero(~_kernels().are_possible(starts, periods[rows[block], columns[block]], *rule))
        if wrong.size > 0:
            return _difference(inputs, periods, int(rows[start + wrong[0]]), int(columns[start + wrong[0]]), len(rows))
    return None


def _difference(inputs: Inputs, periods: Periods, row: int, column: int, count: int) -> Difference:
    x, y, c, max_iter, max_period, tol = _typed(inputs)
    possible = _kernels().possible_answers(complex(x[column], y[row]), c, max_iter, max_period, tol)
    return Difference(
        summary=f"{count:,} of {periods.size:,} pixels {'differs' if count == 1 else 'differ'}",
        where=f"row {row}, column {column} (z₀ = {_complex_text(x[column], y[row])})",
        expected=" or ".join(_answer_text(int(period), max_period) for period in np.flatnonzero(possible)),
        got=_answer_text(int(periods[row, column]), max_period),
    )


def work(inputs: Inputs, expected: Expected) -> float:
    """The updates of each orbit, one after the other, until its answer is decided."""
    del inputs
    return float(expected.updates)


def solution(inputs: Inputs, expected: Expected) -> Outputs:
    """The array of the trusted answer."""
    del inputs
    return (expected.periods,)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer pixels, then fewer updates and shorter periods, then rounder numbers."""
    for axis in (0, 1):
        yield from changed(inputs, axis, fewer)
    yield from changed(inputs, 3, smaller)
    yield from changed(inputs, 4, partial(smaller, least=1))
    for number in (2, 5, 0, 1):
        yield from changed(inputs, number, rounder)


LEAST_OPERATIONS = None
"""There is no such number: an orbit that repeats itself need not be followed any further.
For the same reason there is no `usual_operations`: a good program leaves most of them out, and would be beyond the limit."""


def _typed(inputs: Inputs) -> tuple[Reals, Reals, complex, int, int, float]:
    return cast("tuple[Reals, Reals, complex, int, int, float]", inputs)


def _complex_text(real: float, imaginary: float) -> str:
    return f"{real:.6g} {'−' if imaginary < 0 else '+'} {abs(imaginary):.6g}i".replace("-", "−")


def _answer_text(answer: int, max_period: int) -> str:
    if answer == 0:
        return "0 (leaves |z| ≤ 2)"
    if answer == max_period + 1:
        return f"{answer} (no period up to {max_period})"
    if 1 <= answer <= max_period:
        return f"{answer} ({'converges' if answer == 1 else f'back after {answer} updates'})"
    return f"{answer}, outside 0…{max_period + 1}: was this pixel filled in?"


# The cases


def _window(width: int, height: int, *, center: complex = 0, half: tuple[float, float]) -> tuple[Reals, Reals]:
    """Evenly spaced x and y around a center, both ends included; a single one lies in the center."""
    return _spaced(width, center.real, half[0]), _spaced(height, center.imag, half[1])


def _spaced(count: int, center: float, half: float) -> Reals:
    return center + half * (np.linspace(-1, 1, count) if count != 1 else np.zeros(1))


def _uniform_complex(rng: np.random.Generator, radius: float) -> complex:
    """A complex number with both parts uniform in ±radius."""
    return complex(rng.uniform(-radius, radius), rng.uniform(-radius, radius))


def _timed(size: int, max_iter: int, mean_updates: float) -> Draw:
    """Another part of another set for each call, and the same work: `mean_updates` a pixel.

    What is known of one c is of no use for another one, so no table of answers can be made beforehand.
    """

    def draw(rng: np.random.Generator) -> Inputs:
        attraction = rng.uniform(*ATTRACTION)
        above = _c_of_period_3(cmath.rect(attraction, rng.uniform(*TURN)))
        c = complex(above.real, rng.choice((-1, 1)) * above.imag)
        tol = max(REACH * attraction ** (max_iter / 3), LEAST_TOL)
        rule = c, max_iter, 8, tol

        def mean(center: complex) -> float:
            some_x, some_y = (
                values[:: math.ceil(size / SAMPLE)] for values in _window(size, size, center=center, half=HALF_TIMED)
            )
            return float(_find_periods(some_x.copy(), some_y.copy(), *rule)[1]) / (len(some_x) * len(some_y))

        x, y = _window(size, size, center=_center_with_mean(mean, mean_updates, rng), half=HALF_TIMED)
        return x, y, *rule

    return draw


def _center_with_mean(mean: Callable[[complex], float], wanted: float, rng: np.random.Generator) -> complex:
    """Go from 0, which stays inside, in a random direction until so many pixels leave that the mean is as wanted."""
    direction = cmath.rect(1, rng.uniform(-math.pi, math.pi))
    inside, outside = 0.0, RADIUS
    for _ in range(20):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if mean(middle * direction) > wanted else (inside, middle)
    return outside * direction


def _c_of_period_3(multiplier: complex) -> complex:
    """The c above the real axis whose cycle of period 3 multiplies small distances by `multiplier` a round."""
    rest = 1 - multiplier / 8  # the cycle's points have the product `multiplier` / 8, which leaves a cubic equation for c
    return complex(max(np.roots([1, 2, rest, rest**2]), key=lambda c: c.imag))


def _near(
    c: complex, size: tuple[int, int], limits: tuple[int, int], tol: float, *, half: tuple[float, float] = (1.4, 1.1)
) -> Draw:
    """Starts in a window around 0, moved a little so that no symmetry holds, and c and tol moved a little too.

    `size` is width and height, `limits` are max_iter and max_period.
    """

    def draw(rng: np.random.Generator) -> Inputs:
        x, y = _window(*size, center=_uniform_complex(rng, 0.05), half=half)
        return x, y, c + _uniform_complex(rng, 1e-3), *limits, tol * rng.uniform(0.9, 1.1)

    return draw


def _whole_numbers(c: complex, tol: float) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        x = rng.permutation([-2.0, -1.0, 0.0, 1.0, 2.0])
        return x, np.array([-1.0, 0.0, 1.0]), c, int(rng.integers(3, 9)), 4, tol

    return draw


def _draw_symmetric(rng: np.random.Generator) -> Inputs:
    half_x = (np.arange(18) + rng.uniform(0.3, 0.7)) * 0.08
    half_y = (np.arange(13) + rng.uniform(0.3, 0.7)) * 0.08
    return _mirrored(half_x), _mirrored(half_y), C_RABBIT + _uniform_complex(rng, 1e-3), 30, 6, 1e-3


def _mirrored(half: Array) -> Array:
    return np.concatenate([-half[::-1], half])


def _draw_uneven(rng: np.random.Generator) -> Inputs:
    return rng.uniform(-1.4, 1.4, 41), rng.uniform(-1.1, 1.1, 29), C_RABBIT + _uniform_complex(rng, 1e-3), 40, 8, 1e-6


# The two cases that explain most come first, then those of odd shape, then ever larger ones.
CHECK_CASES = (
    Case(
        "whole-numbers-5x3",
        _whole_numbers(C_PERIOD_2, tol=0.0),
        "Whole numbers that can be followed by hand; tol is 0, and an orbit that is exactly back is within it.",
    ),
    Case("small-7x5", _near(C_RABBIT, (7, 5), (30, 6), 1e-3), "A handful of pixels: print them beside your own."),
    Case(
        "radius-two-5x3",
        _whole_numbers(-2 + 0j, tol=0.0),
        "Whole numbers again; some orbits reach |z| = 2 exactly, which is still inside.",
    ),
    Case("one-row", _near(C_RABBIT, (33, 1), (40, 6), 1e-3), "One row: y has one element."),
    Case("one-column", _near(C_RABBIT, (1, 21), (40, 6), 1e-3), "One column: x has one element."),
    Case("empty", _near(C_RABBIT, (0, 4), (30, 6), 1e-3), "No columns: x is empty, and the answer has shape (4, 0)."),
    Case(
        "no-updates",
        _near(C_PERIOD_2, (30, 20), (0, 6), 0.3, half=(2.4, 2.0)),
        "max_iter is 0: the starts themselves are what an orbit has to come back to, if they are inside |z| ≤ 2.",
    ),
    Case(
        "leaves-late",
        _near(C_EMPTY, (30, 20), (3, 8), 1e-3, half=(1.7, 1.2)),
        "max_iter is 3: many orbits leave with the third update (0), and many during the comparisons (max_period + 1).",
    ),
    Case(
        "max-period-1",
        _near(C_GOLDEN, (30, 20), (40, 1), 2e-3),
        "max_period is 1: an orbit leaves (0), converges (1), or does neither (2).",
    ),
    Case("period-2", _near(C_PERIOD_2, (30, 21), (40, 6), 1e-6), "Every orbit that stays jumps between two values."),
    Case(
        "longest-period",
        _near(C_PERIOD_5, (30, 22), (60, 5), 1e-6),
        "The period is max_period: the last comparison is the one that finds it.",
    ),
    Case("uneven", _draw_uneven, "x and y are neither sorted nor evenly spaced: use their values, not only their ends."),
    Case("symmetric", _draw_symmetric, "A window that is its own mirror image: here, and only here, z → −z may be used."),
    Case(
        "settling-44x36",
        _near(C_SLOW, (44, 36), (100, 8), 5e-5),
        "Orbits that are not all settled after max_iter updates: some are within tol after 3, some after 6, some never.",
    ),
)

BENCHMARK_CASES = tuple(
    Case(f"{size}x{size}-{max_iter}", _timed(size, max_iter, mean_updates), f"{size} × {size} pixels, max_iter {max_iter}.")
    for size, max_iter, mean_updates in (
        (64, 100, 60.0),
        (256, 100, 60.0),
        (500, 256, 80.0),
        (1000, 256, 80.0),
        (2000, 2000, 280.0),
    )
)


# The known mistakes


@dataclass(frozen=True)
class _Rule:
    """The rule of the task, right unless told otherwise."""

    stays: Callable[[Array], Array] = lambda z: np.abs(z) <= RADIUS
    update: Callable[[Array, complex], Array] = lambda z, c: z * z + c
    is_back: Callable[[Array, Array, float], Array] = lambda z, settled, tol: np.abs(z - settled) <= tol
    last_is_checked: bool = True
    """Whether |z| is looked at once more after the last of the max_iter updates."""

    def periods(self, z: Array, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
        """The answer for the starts z."""
        inside = np.ones(z.shape, dtype=np.bool_)
        with np.errstate(all="ignore"):  # orbits that left go to infinity
            for _ in range(max_iter):
                inside &= self.stays(z)
                z = self.update(z, c)
            if self.last_is_checked:
                inside &= self.stays(z)
            return np.where(inside, self.compared(z, c, max_period, tol), 0).astype(np.int32)

    def compared(self, settled: Array, c: complex, max_period: int, tol: float) -> Array:
        """The periods from `settled` on."""
        z = settled
        periods = np.full(z.shape, max_period + 1)
        open_ = np.ones(z.shape, dtype=np.bool_)
        for period in range(1, max_period + 1):
            z = self.update(z, c)
            open_ &= self.stays(z)
            back = open_ & self.is_back(z, settled, tol)
            periods[back] = period
            open_ &= ~back
        return periods


Wrong: TypeAlias = Callable[[Reals, Reals, complex, int, int, float], Periods]


def _starts(x: Reals, y: Reals) -> Complexes:
    return x + 1j * y[:, np.newaxis]


def _by(rule: _Rule) -> Wrong:
    def compute(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
        return rule.periods(_starts(x, y), c, max_iter, max_period, tol)

    return compute


_right = _by(_Rule())


def _one_update_too_many(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _right(x, y, c, max_iter + 1, max_period, tol)


def _one_update_too_few(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _right(x, y, c, max(max_iter - 1, 0), max_period, tol)


def _compared_with_start(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    starts = _starts(x, y)

    def is_back(z: Array, settled: Array, tol: float) -> Array:
        del settled
        return np.asarray(np.abs(z - starts) <= tol)

    return _Rule(is_back=is_back).periods(starts, c, max_iter, max_period, tol)


def _compared_with_previous(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    previous: list[Array] = []

    def is_back(z: Array, settled: Array, tol: float) -> Array:
        before = previous.pop() if previous else settled
        previous.append(z)
        return np.asarray(np.abs(z - before) <= tol)

    return _Rule(is_back=is_back).periods(_starts(x, y), c, max_iter, max_period, tol)


def _largest_period(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    z = _starts(x, y)
    with np.errstate(all="ignore"):  # orbits that left go to infinity
        for _ in range(max_iter):
            z = z * z + c
        last = _right(x, y, c, max_iter, max_period, tol)
        settled, inside = z, last > 0
        for period in range(1, max_period + 1):
            z = z * z + c
            inside &= np.abs(z) <= RADIUS
            last[inside & (np.abs(z - settled) <= tol)] = period
    return last


def _counted_from_zero(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = _right(x, y, c, max_iter, max_period, tol)
    return np.where((periods > 0) & (periods <= max_period), periods - 1, periods).astype(np.int32)


def _last_period_missing(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = _right(x, y, c, max_iter, max_period, tol)
    return np.where(periods == max_period, max_period + 1, periods).astype(np.int32)


def _none_is_zero(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = _right(x, y, c, max_iter, max_period, tol)
    return np.where(periods == max_period + 1, 0, periods).astype(np.int32)


def _none_is_max_period(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return np.minimum(_right(x, y, c, max_iter, max_period, tol), max_period)


def _leaving_late_is_zero(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = _right(x, y, c, max_iter, max_period, tol)
    stays = _right(x, y, c, max_iter + max_period, 1, math.inf) > 0
    return np.where((periods == max_period + 1) & ~stays, 0, periods).astype(np.int32)


def _counts_kept(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    z = _starts(x, y)
    inside, counts = np.ones(z.shape, dtype=np.bool_), np.zeros(z.shape, dtype=np.int32)
    with np.errstate(all="ignore"):  # orbits that left go to infinity
        for _ in range(max_iter):
            inside &= np.abs(z) <= RADIUS
            counts += inside
            z = z * z + c
    periods = _right(x, y, c, max_iter, max_period, tol)
    return np.where(periods == 0, counts, periods).astype(np.int32)


def _only_in_or_out(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return (_right(x, y, c, max_iter, max_period, tol) > 0).astype(np.int32)


def _transposed(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _right(x, y, c, max_iter, max_period, tol).T.reshape(len(y), len(x))


def _axes_swapped(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _Rule().periods(y[:, np.newaxis] + 1j * x, c, max_iter, max_period, tol)


def _upside_down(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _right(x, y[::-1], c, max_iter, max_period, tol)


def _mandelbrot(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    starts = _starts(x, y)
    return _Rule(update=lambda z, _: z * z + starts).periods(np.full_like(starts, c), c, max_iter, max_period, tol)


def _conjugate_c(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _right(x, y, c.conjugate(), max_iter, max_period, tol)


def _new_real_part_used(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    def update(z: Array, c: complex) -> Array:
        real = z.real**2 - z.imag**2 + c.real
        return np.asarray(real + 1j * (2 * real * z.imag + c.imag))

    return _Rule(update=update).periods(_starts(x, y), c, max_iter, max_period, tol)


def _single_precision(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    starts = _starts(x, y).astype(np.complex64)
    return _Rule().periods(starts, cast("complex", np.complex64(c)), max_iter, max_period, tol)


def _assumed_symmetric(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = _right(x, y, c, max_iter, max_period, tol)
    half = len(y) // 2
    periods[len(y) - half :] = periods[:half][::-1, ::-1]
    return periods


def _assumed_even(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    def even(values: Reals) -> Reals:
        return np.linspace(values[0], values[-1], len(values)) if len(values) else values

    return _right(even(x), even(y), c, max_iter, max_period, tol)


def _mistake(name: str, sentence: str, wrong: Wrong) -> Mistake:
    def compute(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Outputs:
        return (wrong(x, y, c, max_iter, max_period, tol),)

    return Mistake(name, sentence, compute)


MISTAKES = (
    _mistake(
        "last update not looked at",
        "This is what comes out when |z| ≤ 2 is not looked at once more after the last of the max_iter updates.",
        _by(_Rule(last_is_checked=False)),
    ),
    _mistake(
        "one update too many",
        "This is what comes out when max_iter + 1 updates are made before the comparisons begin.",
        _one_update_too_many,
    ),
    _mistake(
        "one update too few",
        "This is what comes out when only max_iter − 1 updates are made before the comparisons begin.",
        _one_update_too_few,
    ),
    _mistake(
        "compared with the start",
        "This is what comes out when z is compared with z₀: compare it with its value after max_iter updates.",
        _compared_with_start,
    ),
    _mistake(
        "compared with the previous z",
        "This is what comes out when z is compared with the z one update before: the z after max_iter updates stays the one "
        "to compare with.",
        _compared_with_previous,
    ),
    _mistake(
        "largest period",
        "This is what comes out when the search goes on after the first p: the smallest one counts.",
        _largest_period,
    ),
    _mistake(
        "period from 0",
        "This is what comes out when p is counted from 0: after one update p is 1.",
        _counted_from_zero,
    ),
    _mistake(
        "max_period not tried",
        "This is what comes out when the comparisons end at max_period − 1.",
        _last_period_missing,
    ),
    _mistake(
        "no period is 0",
        "This is what comes out when an orbit that stays without a period gets 0: it gets max_period + 1.",
        _none_is_zero,
    ),
    _mistake(
        "no period is max_period",
        "This is what comes out when an orbit without a period gets max_period: it gets max_period + 1.",
        _none_is_max_period,
    ),
    _mistake(
        "leaves late is 0",
        "This is what comes out when an orbit that leaves during the comparisons gets 0: only the first max_iter updates count "
        "for that, and it gets max_period + 1.",
        _leaving_late_is_zero,
    ),
    _mistake(
        "counts kept",
        "This is what comes out when orbits that leave keep their number of updates: here they get 0.",
        _counts_kept,
    ),
    _mistake(
        "only in or out",
        "This says which orbits stay, with 1 for all of them: return their periods.",
        _only_in_or_out,
    ),
    _mistake(
        "< tol",
        "This is what comes out with a distance < tol: a distance of exactly tol is close enough.",
        _by(_Rule(is_back=lambda z, settled, tol: np.abs(z - settled) < tol)),
    ),
    _mistake(
        "squared distance against tol",
        "This is what comes out when the square of the distance is compared with tol: square tol too.",
        _by(_Rule(is_back=lambda z, settled, tol: np.abs(z - settled) ** 2 <= tol)),
    ),
    _mistake(
        "parts against tol",
        "This is what comes out when Re and Im of the difference are each compared with tol, instead of its absolute value.",
        _by(_Rule(is_back=lambda z, settled, tol: np.maximum(abs((z - settled).real), abs((z - settled).imag)) <= tol)),
    ),
    _mistake(
        "absolute values compared",
        "This is what comes out when the difference of |z| and |z after max_iter updates| is taken: take |difference| instead.",
        _by(_Rule(is_back=lambda z, settled, tol: abs(np.abs(z) - np.abs(settled)) <= tol)),
    ),
    _mistake(
        "relative tolerance",
        "This is what comes out with numpy.isclose(…, atol=tol), which adds its own relative tolerance of 1e-5.",
        _by(_Rule(is_back=lambda z, settled, tol: np.isclose(z, settled, atol=tol))),
    ),
    _mistake(
        "|z| < 2",
        "This is what comes out with |z| < 2: an orbit with |z| = 2 exactly is still inside.",
        _by(_Rule(stays=lambda z: np.abs(z) < RADIUS)),
    ),
    _mistake(
        "|z|² against 2",
        "This is what comes out when |z|² is compared with 2: |z| ≤ 2 means |z|² ≤ 4.",
        _by(_Rule(stays=lambda z: z.real**2 + z.imag**2 <= RADIUS)),
    ),
    _mistake("transposed", "This is the answer transposed: y chooses the row, x the column.", _transposed),
    _mistake(
        "x and y swapped",
        "This is what comes out with z₀ = y + ix: x is the real part, y the imaginary one.",
        _axes_swapped,
    ),
    _mistake(
        "upside down",
        "This is the answer with its rows flipped: row 0 belongs to y[0], wherever a plot draws it.",
        _upside_down,
    ),
    _mistake(
        "Mandelbrot",
        "These are the periods in the Mandelbrot set: here z starts at x + iy, and c is the same for all pixels.",
        _mandelbrot,
    ),
    _mistake("conjugate c", "This is what comes out with the conjugate of c: look for a wrong sign of Im c.", _conjugate_c),
    _mistake(
        "new real part",
        "This is what comes out when the new Re z is used for the new Im z: keep the old one until both are computed.",
        _new_real_part_used,
    ),
    _mistake(
        "single precision",
        "This is what comes out in single precision: use float64 and complex128 all the way.",
        _single_precision,
    ),
    _mistake(
        "assumed symmetric",
        "This is half of the answer and its mirror image: z → −z helps only where x and y are their own mirror images.",
        _assumed_symmetric,
    ),
    _mistake(
        "assumed even",
        "This is what comes out when x and y are made anew from their ends: use the values given.",
        _assumed_even,
    ),
)


# The pictures


def draw_periods(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Colour the plane of the starts by period; x and y must be evenly spaced and ascending."""
    from matplotlib import colormaps
    from matplotlib.colors import BoundaryNorm, ListedColormap

    ((inputs, (periods,)),) = answers
    x, y, c, max_iter, max_period, tol = _typed(inputs)
    # White leaves and black converges, as in the lecture; then a colour for each period, and grey where none was found.
    by_period = colormaps["viridis"](np.linspace(0.15, 1, max(max_period - 1, 1)))[: max_period - 1]
    colours = ListedColormap([(1, 1, 1), (0, 0, 0), *by_period, (0.6, 0.6, 0.6)])
    edges = np.arange(max_period + 3) - 0.5

    axes = figure.add_subplot()
    image = axes.imshow(
        periods, origin="lower", extent=(x[0], x[-1], y[0], y[-1]), cmap=colours, norm=BoundaryNorm(edges, colours.N)
    )
    axes.set_xlabel("Re z₀")
    axes.set_ylabel("Im z₀")
    axes.set_title(f"Periods of z ← z² + c, c = {_complex_text(c.real, c.imag)}")
    bar = figure.colorbar(image, ax=axes, label=f"updates until z is back where it was after {max_iter}, within {tol:.2g}")
    bar.set_ticks(range(max_period + 2), labels=["leaves", *map(str, range(1, max_period + 1)), "never"])


PICTURES = (
    Picture(
        "periods",
        "The periods of the orbits",
        "A set of period 3 by colours: white where orbits leave, and inside bands of the period that had been reached.",
        (
            Case(
                "picture-280x230-100",
                _near(C_SLOW, (280, 230), (100, 8), 5e-5),
                "A set of period 3; bands show how far orbits have settled.",
            ),
        ),
        draw_periods,
    ),
)


TASK = Task(
    title="Periods of Julia orbits",
    work_unit="pixel-iterations",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    least_operations=LEAST_OPERATIONS,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    pictures=PICTURES,
)
