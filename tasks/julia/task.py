"""Julia set: the cases, the checker, the known mistakes and the pictures."""

import cmath
import functools
import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
    naive_beside,
    secret_beside,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

Reals: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int32]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]
Counting: TypeAlias = Callable[[Reals, Reals, complex, int], Counts]
"""A way to compute the answer."""

RADIUS = 2.0
"""Updates are counted while |z| is at most this."""
C_ARMS = -0.8 + 0.156j
"""A set with long arms, where most pixels leave early and some very late; those of the timed calls are like it."""
C_GOLDEN = complex(1 - (1 + math.sqrt(5)) / 2)
"""1 − golden ratio: the set of the lab's figure."""

ANGLES = (1.1, 2.95)
"""The timed c lie along this part of the edge of the Mandelbrot set's heart, half of them mirrored."""
FARTHEST = 0.015
"""How far outside that edge they may lie. Further out are only those that a bulb keeps away: sets of another character."""
HALF_TIMED = (1.77, 1.83)
CENTER_TIMED = 0.1
SAMPLE = 256
"""Columns and rows of the sample that stands for a timed picture's work."""

BAND_PIXELS = 1 << 14
"""Fewer are not worth a thread."""


# The answer and its check


@functools.cache
def _kernels() -> ModuleType:
    """The compiled functions beside this file."""
    return module_beside(__file__, "kernels.py")


@functools.cache
def _count_updates() -> Counting:
    """A trusted computation, compiled; in a student's copy it is the naive reference under `@njit`, and takes longer."""
    fast = secret_beside(__file__, "kernels.py")
    if fast is not None:
        return cast("Counting", fast.count_updates)
    from numba import njit

    return cast("Counting", njit(nogil=True)(naive_beside(__file__).julia))


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """One array of counts: a row for each y, a column for each x."""
    x, y, _, _ = cast("tuple[Reals, Reals, complex, int]", inputs)
    return (ArraySpec("int32", (len(y), len(x))),)


def expect(inputs: Inputs) -> Counts:
    """The counts of a trusted computation, as int32[h, w]; where rounding decides, others are as right (see `check`).

    Bands of rows on all cores: nothing is being timed while this runs, and the class waits for it.
    """
    x, y, c, max_iter = cast("tuple[Reals, Reals, complex, int]", inputs)
    count, bands = _count_updates(), np.array_split(y, min(os.cpu_count() or 1, max(1, len(x) * len(y) // BAND_PIXELS)))
    with ThreadPoolExecutor(len(bands)) as threads:
        counted = threads.map(lambda band: count(x, band, c, max_iter), bands)
        return np.concatenate(list(counted))


def check(inputs: Inputs, answer: Outputs, expected: Counts) -> Difference | None:
    """Compare every pixel; where one differs, ask what the rounding of an honest computation may give there.

    The bound on that rounding, and what it decides, are `kernels.possible_counts`.
    """
    x, y, c, max_iter = cast("tuple[Reals, Reals, complex, int]", inputs)
    (counts,) = answer
    rows, columns = np.nonzero(counts != expected)
    least, greatest = _kernels().possible_counts(x[columns] + 1j * y[rows], c, max_iter)
    got = counts[rows, columns]
    wrong = np.flatnonzero((got < least) | (got > greatest))
    if wrong.size == 0:
        return None
    first = wrong[0]
    row, column = rows[first], columns[first]
    return Difference(
        summary=f"{wrong.size:,} of {counts.size:,} pixels differ",
        where=f"row {row}, column {column} (z₀ = {_complex_text(x[column], y[row])})",
        expected=_range_text(least[first], greatest[first]),
        got=_count_text(got[first], max_iter),
    )


def work(inputs: Inputs, expected: Counts) -> float:
    """The updates that have to be made: the sum of the answer."""
    del inputs
    return float(expected.sum(dtype=np.int64))


def solution(inputs: Inputs, expected: Counts) -> Outputs:
    """The expected answer is the array itself."""
    del inputs
    return (expected,)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer pixels, then fewer updates, then rounder numbers."""
    for axis in (0, 1):
        yield from changed(inputs, axis, fewer)
    yield from changed(inputs, 3, smaller)
    for number in (2, 0, 1):
        yield from changed(inputs, number, rounder)


LEAST_OPERATIONS = None
"""There is no such number: an orbit that repeats itself need not be followed to its end, nor every orbit of a region."""


def usual_operations(inputs: Inputs, expected: Counts) -> float:
    """Eight for each update, with z = x + iy: x², y² and xy, the sum that is compared with 4, and x² − y² + a, 2xy + b."""
    return 8 * work(inputs, expected)


def _complex_text(real: float, imaginary: float) -> str:
    return f"{real:.6g} {'−' if imaginary < 0 else '+'} {abs(imaginary):.6g}i".replace("-", "−")


def _range_text(least: int, greatest: int) -> str:
    return str(least) if least == greatest else f"between {least} and {greatest}"


def _count_text(count: int, max_iter: int) -> str:
    return str(count) if 0 <= count <= max_iter else f"{count}, outside 0…{max_iter}: was this pixel filled in?"


# The cases


def _window(width: int, height: int, *, center: complex = 0, half: tuple[float, float] = (1.8, 1.8)) -> tuple[Reals, Reals]:
    """Evenly spaced x and y around a center; the far ends are left out, as in the book."""
    x = np.linspace(center.real - half[0], center.real + half[0], width, endpoint=False)
    y = np.linspace(center.imag - half[1], center.imag + half[1], height, endpoint=False)
    return x, y


def _uniform_complex(rng: np.random.Generator, radius: float) -> complex:
    """A complex number with both parts uniform in ±radius."""
    return complex(rng.uniform(-radius, radius), rng.uniform(-radius, radius))


def _timed(size: int, max_iter: int, mean_count: float) -> Draw:
    """Another set in another window for each call, and the same work: `mean_count` updates a pixel.

    What is known of one c is of no use for another one, so no table of answers can be made beforehand.
    """

    def draw(rng: np.random.Generator) -> Inputs:
        half = rng.uniform(*HALF_TIMED)
        x, y = _window(size, size, center=_uniform_complex(rng, CENTER_TIMED), half=(half, half))
        step = math.ceil(size / SAMPLE)

        def mean(c: complex) -> float:
            return float(_count_updates()(x[::step].copy(), y[::step].copy(), c, max_iter).mean())

        return x, y, _c_with_mean(mean, mean_count, rng), max_iter

    return draw


def _c_with_mean(mean: Callable[[complex], float], wanted: float, rng: np.random.Generator) -> complex:
    """Go outwards from a random point of the heart's edge until pixels have left so early that the mean is as wanted."""
    angle = 0.0
    while angle == 0.0 or mean(_outside_heart(angle, FARTHEST)) > wanted:
        angle = rng.choice((-1, 1)) * rng.uniform(*ANGLES)
    near, far = 0.0, FARTHEST
    for _ in range(20):
        middle = (near + far) / 2
        near, far = (middle, far) if mean(_outside_heart(angle, middle)) > wanted else (near, middle)
    return _outside_heart(angle, far)


def _outside_heart(angle: float, distance: float) -> complex:
    """The c whose fixed point turns its neighbours by `angle`, and drives them off by the factor 1 + `distance`, an update."""
    multiplier = cmath.rect(1 + distance, angle)
    return multiplier / 2 - multiplier**2 / 4


def _near(c: complex, width: int, height: int, max_iter: int, *, half: tuple[float, float] = (1.6, 1.1)) -> Draw:
    """Starts in a window around 0, moved a little so that no symmetry holds, and c moved a little too."""

    def draw(rng: np.random.Generator) -> Inputs:
        x, y = _window(width, height, center=_uniform_complex(rng, 0.05), half=half)
        return x, y, c + _uniform_complex(rng, 1e-3), max_iter

    return draw


def _draw_whole_numbers(rng: np.random.Generator) -> Inputs:
    # c = 0 is left out: there, testing after the first update and testing for |z| < 2 give the same counts.
    c = complex(rng.choice([-2, -1, 1j]))
    return np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array([-2.0, 0.0, 1.0]), c, 10


def _draw_circle(rng: np.random.Generator) -> Inputs:
    x, y = _window(48, 32, center=_uniform_complex(rng, 0.05), half=(1.6, 1.1))
    angle = rng.uniform(0, 2 * math.pi)
    return x, y, complex(0.7885 * math.cos(angle), 0.7885 * math.sin(angle)), 50


def _draw_symmetric(rng: np.random.Generator) -> Inputs:
    half_x = (np.arange(22) + rng.uniform(0.3, 0.7)) * 0.07
    half_y = (np.arange(15) + rng.uniform(0.3, 0.7)) * 0.07
    return _mirrored(half_x), _mirrored(half_y), C_ARMS + _uniform_complex(rng, 1e-3), 60


def _mirrored(half: Array) -> Array:
    return np.concatenate([-half[::-1], half])


# The two cases that explain most come first, then those of odd shape, then ever larger ones.
CHECK_CASES = (
    Case(
        "whole-numbers-5x3",
        _draw_whole_numbers,
        "Whole numbers that can be followed by hand; some reach |z| = 2 exactly, which is still inside.",
    ),
    Case("small-7x5", _near(C_ARMS, 7, 5, 20), "A handful of pixels: print them beside your own."),
    Case("one-row", _near(C_ARMS, 33, 1, 30, half=(1.6, 0.2)), "One row: y has one element."),
    Case("one-column", _near(C_ARMS, 1, 21, 30, half=(0.2, 1.1)), "One column: x has one element."),
    Case("empty", _near(C_ARMS, 0, 4, 30), "No columns: x is empty, and the answer has shape (4, 0)."),
    Case("no-updates", _near(C_ARMS, 6, 4, 0), "max_iter is 0: no update may be made, so every count is 0."),
    Case("one-update", _near(C_ARMS, 30, 20, 1, half=(3.0, 3.0)), "max_iter is 1: 1 where |z₀| ≤ 2, else 0."),
    Case("far-starts", _near(C_ARMS, 30, 20, 12, half=(4.0, 3.0)), "Most starts lie outside |z| = 2 and count 0."),
    Case("circle-48x32", _draw_circle, "c = 0.7885·exp(ia) for a random a: conjugating c or z₀ changes the picture."),
    Case("symmetric", _draw_symmetric, "A window that is its own mirror image: here, and only here, z → −z may be used."),
    Case(
        "golden-ratio",
        _near(C_GOLDEN, 44, 30, 80),
        "c near 1 − golden ratio: most pixels inside stay for all max_iter updates.",
    ),
)

BENCHMARK_CASES = tuple(
    Case(
        f"{size}x{size}-{max_iter}",
        _timed(size, max_iter, mean_count),
        f"{size} × {size} pixels, at most {max_iter} updates each.",
    )
    for size, max_iter, mean_count in (
        (64, 100, 11.1),
        (256, 100, 11.1),
        (500, 256, 17.2),
        (1000, 256, 17.2),
        (2000, 2000, 21.0),
    )
)


# The known mistakes


def _orbits(
    z: Array,
    c: complex,
    max_iter: int,
    *,
    stays: Callable[[Array], Array] = lambda z: np.abs(z) <= RADIUS,
    update: Callable[[Array, complex], Array] = lambda z, c: z * z + c,
    for_good: bool = True,
) -> Counts:
    """The counts of the starts `z`, right unless told otherwise; `for_good`: an orbit that left is never inside again."""
    counts = np.zeros(z.shape, dtype=np.int32)
    inside = np.ones(z.shape, dtype=np.bool_)
    with np.errstate(all="ignore"):  # orbits that left go to infinity
        for _ in range(max_iter):
            inside = stays(z) & (inside if for_good else True)
            counts += inside
            z = update(z, c)
    return counts


def _starts(x: Reals, y: Reals) -> NDArray[np.complex128]:
    return x + 1j * y[:, np.newaxis]


def _counts(x: Reals, y: Reals, c: complex, max_iter: int) -> Counts:
    return _orbits(_starts(x, y), c, max_iter)


def _one_too_few(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (np.maximum(_counts(x, y, c, max_iter) - 1, 0),)


def _one_too_many(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_counts(x, y, c, max_iter) + 1,)


def _last_update_missing(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_counts(x, y, c, max_iter - 1),)


def _update_before_check(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    z = _starts(x, y)
    return (_orbits(z * z + c, c, max_iter),)


def _strictly_less(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_orbits(_starts(x, y), c, max_iter, stays=lambda z: np.abs(z) < RADIUS),)


def _square_against_two(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_orbits(_starts(x, y), c, max_iter, stays=lambda z: z.real**2 + z.imag**2 <= RADIUS),)


def _parts_against_two(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_orbits(_starts(x, y), c, max_iter, stays=lambda z: np.maximum(np.abs(z.real), np.abs(z.imag)) <= RADIUS),)


def _counting_returns(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_orbits(_starts(x, y), c, max_iter, for_good=False),)


def _transposed(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_counts(x, y, c, max_iter).T.reshape(len(y), len(x)),)


def _axes_swapped(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_orbits(y[:, np.newaxis] + 1j * x, c, max_iter),)


def _upside_down(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_counts(x, y[::-1], c, max_iter),)


def _mandelbrot(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    starts = _starts(x, y)
    return (_orbits(np.full_like(starts, c), c, max_iter, update=lambda z, _: z * z + starts),)


def _conjugate_c(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_counts(x, y, c.conjugate(), max_iter),)


def _real_c(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_counts(x, y, complex(c.real), max_iter),)


def _no_factor_two(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    def update(z: Array, c: complex) -> Array:
        return np.asarray(z.real**2 - z.imag**2 + 1j * z.real * z.imag + c)

    return (_orbits(_starts(x, y), c, max_iter, update=update),)


def _new_real_part_used(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    def update(z: Array, c: complex) -> Array:
        real = z.real**2 - z.imag**2 + c.real
        return np.asarray(real + 1j * (2 * real * z.imag + c.imag))

    return (_orbits(_starts(x, y), c, max_iter, update=update),)


def _single_precision(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return (_orbits(_starts(x, y).astype(np.complex64), cast("complex", np.complex64(c)), max_iter),)


def _only_in_or_out(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    return ((_counts(x, y, c, max_iter) == max_iter).astype(np.int32),)


def _assumed_symmetric(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    counts = _counts(x, y, c, max_iter)
    half = len(y) // 2
    counts[len(y) - half :] = counts[:half][::-1, ::-1]
    return (counts,)


def _assumed_even(x: Reals, y: Reals, c: complex, max_iter: int) -> Outputs:
    def even(values: Reals) -> Reals:
        return np.linspace(values[0], values[-1], len(values)) if len(values) else values

    return (_counts(even(x), even(y), c, max_iter),)


MISTAKES = (
    Mistake("one too few", "This is what comes out with one update too few for each pixel.", _one_too_few),
    Mistake("one too many", "This is what comes out when the check that ends the loop is counted as an update.", _one_too_many),
    Mistake(
        "stops at max_iter − 1",
        "This is what comes out when the loop ends one update early: a pixel that never leaves counts max_iter.",
        _last_update_missing,
    ),
    Mistake(
        "update before check",
        "This is what comes out when the first update is made, uncounted, before |z₀| ≤ 2 is looked at.",
        _update_before_check,
    ),
    Mistake(
        "< instead of ≤",
        "This is what comes out with |z| < 2: a pixel with |z| = 2 exactly is still inside.",
        _strictly_less,
    ),
    Mistake(
        "|z|² against 2",
        "This is what comes out when |z|² is compared with 2: |z| ≤ 2 means |z|² ≤ 4.",
        _square_against_two,
    ),
    Mistake(
        "parts against 2",
        "This is what comes out when Re z and Im z are each compared with 2, instead of |z|.",
        _parts_against_two,
    ),
    Mistake(
        "counts returns",
        "This is what comes out when an orbit that comes back is counted again: stop where |z| > 2 for the first time.",
        _counting_returns,
    ),
    Mistake("transposed", "This is the answer transposed: y chooses the row, x the column.", _transposed),
    Mistake(
        "x and y swapped",
        "This is what comes out with z₀ = y + ix: x is the real part, y the imaginary one.",
        _axes_swapped,
    ),
    Mistake(
        "upside down",
        "This is the answer with its rows flipped: row 0 belongs to y[0], wherever a plot draws it.",
        _upside_down,
    ),
    Mistake(
        "Mandelbrot", "This is the Mandelbrot set: here z starts at x + iy, and c is the same for all pixels.", _mandelbrot
    ),
    Mistake("conjugate c", "This is what comes out with the conjugate of c: look for a wrong sign of Im c.", _conjugate_c),
    Mistake("real c", "This is what comes out when Im c is lost.", _real_c),
    Mistake("no factor 2", "This is what comes out without the factor 2 of Im z² = 2 Re z Im z.", _no_factor_two),
    Mistake(
        "new real part",
        "This is what comes out when the new Re z is used for the new Im z: keep the old one until both are computed.",
        _new_real_part_used,
    ),
    Mistake(
        "single precision",
        "This is what comes out in single precision: use float64 and complex128 all the way.",
        _single_precision,
    ),
    Mistake("only in or out", "This says which pixels stay: return the counts, not a mask.", _only_in_or_out),
    Mistake(
        "assumed symmetric",
        "This is half of the answer and its mirror image: z → −z helps only where x and y are their own mirror images.",
        _assumed_symmetric,
    ),
    Mistake(
        "assumed even",
        "This is what comes out when x and y are made anew from their ends: use the values given.",
        _assumed_even,
    ),
)


# The pictures

CIRCLE_RADIUS = 0.7885
CIRCLE_FRAMES = 24
PICTURE_LIMIT = 100


def draw_set(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the counts over the plane of the starts; x and y must be evenly spaced and ascending."""
    ((inputs, (counts,)),) = answers
    _, _, c, max_iter = cast("tuple[Reals, Reals, complex, int]", inputs)
    axes, image = _plane_of_starts(figure, inputs, counts)
    axes.set_title(f"Julia set, c = {_complex_text(c.real, c.imag)}")
    bar = figure.colorbar(image, ax=axes, location="bottom", label="updates while |z| ≤ 2")
    ticks = [count for count in (0, 1, 3, 10, 30, 100, 300, 1000) if count < max_iter] + [max_iter]
    bar.set_ticks([math.log10(tick + 1) for tick in ticks], labels=[str(tick) for tick in ticks])


def draw_black_and_white(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the starts that never leave in black, as far as `max_iter` updates tell."""
    from matplotlib.colors import ListedColormap

    ((inputs, (counts,)),) = answers
    x, y, c, max_iter = cast("tuple[Reals, Reals, complex, int]", inputs)
    axes = figure.add_subplot()
    axes.imshow(
        counts == max_iter,
        origin="lower",
        extent=(x[0], x[-1], y[0], y[-1]),
        cmap=ListedColormap(["white", "black"]),
        vmin=0,
        vmax=1,
    )
    axes.set(xlabel="Re z₀", ylabel="Im z₀", title=f"Starts that stay within |z| ≤ 2, c = {_complex_text(c.real, c.imag)}")


def draw_circle(answers: tuple[Answered, ...], figure: "Figure") -> Callable[[int], None]:
    """Draw the sets of the c along a circle, one after the other."""
    (inputs, (counts,)), *_ = answers
    axes, image = _plane_of_starts(figure, inputs, counts)

    def show(number: int) -> None:
        _, (counts,) = answers[number]
        image.set_data(np.log10(counts + 1.0))
        axes.set_title(f"c = {CIRCLE_RADIUS}·exp(ia), a = {number * 360 // CIRCLE_FRAMES:3d}°")

    show(0)
    return show


def _plane_of_starts(figure: "Figure", inputs: Inputs, counts: Counts) -> "tuple[Axes, AxesImage]":
    """Counts by colour, on a logarithmic scale from 0 to `max_iter`."""
    x, y, _, max_iter = cast("tuple[Reals, Reals, complex, int]", inputs)
    axes = figure.add_subplot()
    image = axes.imshow(
        np.log10(counts + 1.0),
        origin="lower",
        extent=(x[0], x[-1], y[0], y[-1]),
        cmap="cividis",
        vmin=0,
        vmax=math.log10(max_iter + 1),
    )
    axes.set(xlabel="Re z₀", ylabel="Im z₀")
    return axes, image


def _exactly(c: complex, size: tuple[int, int], half: tuple[float, float]) -> Draw:
    """This very c, and a window around the origin: `size` is width and height, and so is half of its extent."""

    def draw(_rng: np.random.Generator) -> Inputs:
        x, y = (np.linspace(-extent, extent, count) for extent, count in zip(half, size, strict=True))
        return x, y, c, PICTURE_LIMIT

    return draw


def _circle_case(number: int) -> Case:
    c = cmath.rect(CIRCLE_RADIUS, 2 * math.pi * number / CIRCLE_FRAMES)
    return Case(f"circle-{number * 360 // CIRCLE_FRAMES}", _exactly(c, (200, 200), (1.6, 1.6)), "A c on the circle.")


PICTURES = (
    Picture(
        "set",
        "A Julia set",
        "A chain of spirals with ever smaller arms, symmetric about the origin; the plane around it leaves after few updates.",
        (Case("picture-600x440", _near(C_ARMS, 600, 440, 200), "A set with long arms."),),
        draw_set,
    ),
    Picture(
        "golden-ratio",
        "The set for c = 1 − golden ratio, in black and white",
        "A black set along the real axis: a large disc in the middle, smaller ones to the left and right, still smaller ones"
        " all around them.",
        (Case("golden-ratio-420x280", _exactly(C_GOLDEN, (420, 280), (1.65, 1.1)), "c = 1 − golden ratio."),),
        draw_black_and_white,
        size_inches=(7.0, 5.1),
    ),
    Picture(
        "circle",
        "The sets for c = 0.7885·exp(ia)",
        "As the angle a goes around, dust gathers into branches, at 180° into one set of connected discs, and parts again.",
        tuple(map(_circle_case, range(CIRCLE_FRAMES))),
        draw_circle,
        frames=CIRCLE_FRAMES,
        frame_time_s=0.15,
        size_inches=(3.8, 4.0),
    ),
)


TASK = Task(
    title="Julia set",
    work_unit="pixel-iterations",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    least_operations=LEAST_OPERATIONS,
    usual_operations=usual_operations,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    pictures=PICTURES,
)
