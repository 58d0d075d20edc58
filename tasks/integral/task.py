"""An integral by the trapezoidal rule: the cases, the checker, the known mistakes and the picture.

The tolerance is what rounding can do to the sum, however it is ordered. With m the greater of |a| and |b| and ε = 2⁻⁵²,

    ε · |b − a| · m · (16 |ω| m² + n + 16):

the phase ω x² of a point is off by a few ε of itself (a + j h, its square and the product are each rounded), and so is the
cosine; a sum of n terms adds n ε of the greatest at most (N. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed.,
§4.2). Points that come from adding h again and again are off by more, and the statement says so.

Timed integrals oscillate faster than their points lie. There the sum is nowhere near the integral, and no formula gives it
without looking at every point: neither the antiderivative nor the Euler–Maclaurin correction of it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares, sharing_mistakes, whole_shares
from grader.content.smaller import changed, rounder, smaller
from grader.content.task import Answered, ArraySpec, Case, Difference, Inputs, Mistake, Outputs, Picture, Size, Task
from grader.profiles import Profile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Reals: TypeAlias = NDArray[np.float64]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]
Formula: TypeAlias = Callable[[float, float, float, int], float]

EPSILON = float(np.finfo(np.float64).eps)
BLOCK = 1 << 16
"""Points whose values are added at a time, so that they fit a cache."""
SINGLE_PRECISION = 1e-5
"""Of the greatest that the sum can be: as far as answers in single precision can be apart."""


# The answer and its check


def integrand(x: Reals, omega: float) -> Reals:
    """f(x) = x cos(ω x²)."""
    return np.asarray(x * np.cos(omega * x**2))


def antiderivative(x: float, omega: float) -> float:
    """F with F' = f: sin(ω x²) / 2ω, and x²/2 where ω = 0."""
    return float(np.sin(omega * x**2) / (2 * omega)) if omega else x**2 / 2


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """One number."""
    del inputs
    return (ArraySpec("float64", ()),)


def expect(inputs: Inputs) -> float:
    """The sum of the rule, block by block."""
    return _trapezoids(*_arguments(inputs))


def check(inputs: Inputs, answer: Outputs, expected: float) -> Difference | None:
    """Compare the one number."""
    got = float(answer[0])
    tolerance = _tolerance(inputs)
    if abs(got - expected) <= tolerance:
        return None
    a, b, omega, n = _arguments(inputs)
    return Difference(
        summary=f"the sum of the trapezoidal rule is off by {abs(got - expected):.3g} (rounding explains {tolerance:.1g})",
        where=f"the integral from a = {a:.6g} to b = {b:.6g} with ω = {omega:.6g} and n = {n:,}",
        expected=f"{expected:.15g}",
        got=f"{got:.15g}",
    )


def tolerance_used(inputs: Inputs, answer: Outputs, expected: float) -> float:
    """The share of the tolerance that the number uses; infinite where it is not finite."""
    error = abs(float(answer[0]) - expected)
    if error == 0:
        return 0.0
    tolerance = _tolerance(inputs)
    return error / tolerance if np.isfinite(error) and tolerance > 0 else float("inf")


def work(inputs: Inputs, expected: float) -> float:
    """The intervals."""
    del expected
    return float(_arguments(inputs)[3])


def solution(inputs: Inputs, expected: float) -> Outputs:
    """The number as an array without dimensions."""
    del inputs
    return (np.array(expected),)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer intervals, then rounder numbers."""
    yield from changed(inputs, 3, partial(smaller, least=1))
    for position in range(3):
        yield from changed(inputs, position, rounder)


def _arguments(inputs: Inputs) -> tuple[float, float, float, int]:
    return cast("tuple[float, float, float, int]", inputs)


def _tolerance(inputs: Inputs) -> float:
    a, b, omega, n = _arguments(inputs)
    most = max(abs(a), abs(b))
    return EPSILON * abs(b - a) * most * (16 * abs(omega) * most**2 + n + 16)


def _trapezoids(a: float, b: float, omega: float, n: int) -> float:
    """Compute h (f(x₀)/2 + f(x₁) + … + f(xₙ₋₁) + f(xₙ)/2)."""
    ends = integrand(np.array([a, b]), omega)
    return (b - a) / n * (float(ends.sum()) / 2 + _inner_sum(a, b, omega, n, slice(1, n)))


def _inner_sum(a: float, b: float, omega: float, n: int, points: slice) -> float:
    """The sum of f at some of the points a + j h."""
    h = (b - a) / n
    starts = range(points.start, points.stop, BLOCK)
    return float(sum(integrand(a + np.arange(one, min(one + BLOCK, points.stop)) * h, omega).sum() for one in starts))


# The cases


def _smooth(n: int, *, turns: float = 3.0) -> Draw:
    """From about 0.3 to about 2, with so many turns of the cosine."""

    def draw(rng: np.random.Generator) -> Inputs:
        a, b = rng.uniform(0.2, 0.4), rng.uniform(1.8, 2.2)
        return float(a), float(b), float(rng.uniform(0.8, 1.2) * 2 * np.pi * turns / (b**2 - a**2)), n

    return draw


def _timed(n: int) -> Draw:
    """Over [1, 2], about: from one point to the next the phase grows by 4 to 8, which is more than half a turn."""

    def draw(rng: np.random.Generator) -> Inputs:
        a = rng.uniform(0.95, 1.05)
        return float(a), float(a + 1), float(rng.uniform(1.95, 2.05) * n), n

    return draw


def _draw_by_hand(rng: np.random.Generator) -> Inputs:
    """Without the cosine, it is the area under a line."""
    return float(rng.integers(1, 3)), float(rng.integers(4, 7)), 0.0, 4


def _draw_backwards(rng: np.random.Generator) -> Inputs:
    a, b, omega, n = _arguments(_smooth(50)(rng))
    return b, a, omega, n


# By the number of processes, since each number is another start of MPI; those that explain most come first.
CHECK_CASES = (
    Case("line", _draw_by_hand, "ω = 0: the area under the line y = x, which the rule gives exactly; 4 intervals."),
    Case("one-interval", _smooth(1), "n = 1: a single trapezoid, h (f(a) + f(b)) / 2."),
    Case("smooth-100", _smooth(100), "A smooth function and 100 intervals, in one process."),
    Case("halves", _smooth(64), "Two processes with equally much to do.", processes=2),
    Case("odd", _smooth(101), "An odd number of intervals for two processes: no interval may get lost.", processes=2),
    Case("one-for-two", _smooth(1), "One interval for two processes: one of them has nothing to do.", processes=2),
    Case("thirds", _smooth(100), "100 intervals for three processes.", processes=3),
    Case("two-for-three", _smooth(2), "Fewer intervals than processes.", processes=3),
    Case("backwards", _draw_backwards, "a > b: h is negative, and so is what comes out for positive functions.", processes=3),
)

BENCHMARK_CASES = tuple(
    Case(name, _timed(n), f"{n:,} intervals, and a cosine that turns faster than they follow.", processes=2)
    for name, n in (("1e5", 100_000), ("3e5", 300_000), ("1e6", 1_000_000), ("2e6", 2_000_000), ("4e6", 4_000_000))
)


# The known mistakes


def _mistake(name: str, sentence: str, formula: Formula, *, same: Callable[[Outputs, Outputs], bool] | None = None) -> Mistake:
    """A mistake from its formula."""

    def compute(a: float, b: float, omega: float, n: int) -> Outputs:
        with np.errstate(all="ignore"):
            return (np.array(formula(a, b, omega, n), dtype=np.float64),)

    return Mistake(name, sentence, compute, same)


def _weighted(first: float, last: float) -> Formula:
    """The rule with other weights of the two ends."""

    def formula(a: float, b: float, omega: float, n: int) -> float:
        ends = integrand(np.array([a, b]), omega)
        return float((b - a) / n * (first * ends[0] + last * ends[1] + _inner_sum(a, b, omega, n, slice(1, n))))

    return formula


def _of_another_function(function: Callable[[Reals, float], Reals]) -> Formula:
    """The rule for it."""

    def formula(a: float, b: float, omega: float, n: int) -> float:
        return _sum_of(function(_points(a, b, n), omega), (b - a) / n)

    return formula


def _points(a: float, b: float, n: int) -> Reals:
    return np.asarray(a + np.arange(n + 1) * ((b - a) / n), dtype=np.float64)


def _sum_of(values: Reals, h: float) -> float:
    """The rule for values that are known; 0 for fewer than two."""
    return float(h * (values[1:] + values[:-1]).sum() / 2)


def _midpoints(a: float, b: float, omega: float, n: int) -> float:
    h = (b - a) / n
    return float(h * integrand(_points(a, b, n)[:-1] + h / 2, omega).sum())


def _single_precision(a: float, b: float, omega: float, n: int) -> float:
    x = _points(a, b, n).astype(np.float32)
    values = x * np.cos(np.float32(omega) * x * x)
    return float(np.float32((b - a) / n) * (values[1:-1].sum() + (values[0] + values[-1]) / 2))


def _alike_to_single_precision(wrong: Outputs, answer: Outputs) -> bool:
    """No two programs in single precision give the same digits; they agree to about five."""
    return bool(abs(wrong[0] - answer[0]) <= SINGLE_PRECISION * max(1.0, abs(float(wrong[0]))))


def _remainder_left_out(processes: int, a: float, b: float, omega: float, n: int) -> Outputs:
    done = whole_shares(n, processes)[-1].stop
    h = (b - a) / n
    return (np.array(_trapezoids(a, a + done * h, omega, done) if done else 0.0),)


def _seams_left_out(processes: int, a: float, b: float, omega: float, n: int) -> Outputs:
    values = integrand(_points(a, b, n), omega)
    return (np.array(sum(_sum_of(values[share], (b - a) / n) for share in shares(n + 1, processes)), dtype=np.float64),)


def _own_share_only(processes: int, a: float, b: float, omega: float, n: int) -> Outputs:
    values = integrand(_points(a, b, n), omega)
    return (np.array(_sum_of(values[: shares(n, processes)[0].stop + 1], (b - a) / n)),)


def _everything_everywhere(processes: int, a: float, b: float, omega: float, n: int) -> Outputs:
    return (np.array(processes * _trapezoids(a, b, omega, n)),)


def _n_intervals_each(processes: int, a: float, b: float, omega: float, n: int) -> Outputs:
    return (np.array(_trapezoids(a, b, omega, processes * n)),)


MISTAKES = (
    _mistake("ends counted whole", "The two ends count whole here: each has the weight 1/2.", _weighted(1, 1)),
    _mistake("ends left out", "The two ends are left out here: each has the weight 1/2.", _weighted(0, 0)),
    _mistake(
        "left rectangles", "This is the sum of rectangles by their left sides: take the mean of both sides.", _weighted(1, 0)
    ),
    _mistake(
        "right rectangles", "This is the sum of rectangles by their right sides: take the mean of both sides.", _weighted(0, 1)
    ),
    _mistake("midpoints", "This is the midpoint rule: f is taken at the ends of the intervals.", _midpoints),
    _mistake(
        "analytic value",
        "This is the integral itself, from the antiderivative: what is asked for is the sum with n intervals.",
        lambda a, b, omega, _: antiderivative(b, omega) - antiderivative(a, omega),
    ),
    _mistake(
        "h missing",
        "This is the sum before it is multiplied by h = (b − a)/n.",
        lambda a, b, omega, n: _trapezoids(a, b, omega, n) * n / (b - a),
    ),
    _mistake(
        "divided by 2 nowhere",
        "This is twice the answer: a trapezoid's area is h times the mean of its sides.",
        lambda a, b, omega, n: 2 * _trapezoids(a, b, omega, n),
    ),
    _mistake(
        "n points",
        "This is what comes out with n points, so n − 1 intervals: there are n + 1 points.",
        lambda a, b, omega, n: _trapezoids(a, b, omega, max(n - 1, 1)),
    ),
    _mistake(
        "one interval more",
        "This is what comes out with n + 1 intervals.",
        lambda a, b, omega, n: _trapezoids(a, b, omega, n + 1),
    ),
    _mistake(
        "without direction",
        "This is the integral from the smaller to the larger end: where a > b, h is negative.",
        lambda a, b, omega, n: _trapezoids(min(a, b), max(a, b), omega, n),
    ),
    _mistake(
        "starts at 0",
        "The points start at 0 here: they are a + j·h.",
        lambda a, b, omega, n: _trapezoids(0.0, b - a, omega, n),
    ),
    _mistake(
        "x missing",
        "This is what comes out for cos(ω x²): the factor x is missing.",
        _of_another_function(lambda x, omega: np.cos(omega * x**2)),
    ),
    _mistake(
        "square missing",
        "This is what comes out for x cos(ω x): it is x².",
        _of_another_function(lambda x, omega: x * np.cos(omega * x)),
    ),
    _mistake(
        "square of all",
        "This is what comes out for x cos((ω x)²): only x is squared.",
        _of_another_function(lambda x, omega: x * np.cos((omega * x) ** 2)),
    ),
    _mistake(
        "sine",
        "This is what comes out for x sin(ω x²): it is the cosine.",
        _of_another_function(lambda x, omega: x * np.sin(omega * x**2)),
    ),
    _mistake(
        "single precision",
        "This is right to about five digits, as in single precision: use float64 all the way.",
        _single_precision,
        same=_alike_to_single_precision,
    ),
    *sharing_mistakes(
        "remainder left out",
        "The last n % P intervals are missing: with P processes, some have to take n//P + 1 of them.",
        _remainder_left_out,
    ),
    *sharing_mistakes(
        "seams left out",
        "The intervals between the points of one process and the next are missing: neighbours share a point.",
        _seams_left_out,
    ),
    *sharing_mistakes(
        "own share only", "This is the share of rank 0 alone: add those of all processes (reduce).", _own_share_only
    ),
    *sharing_mistakes(
        "everything everywhere",
        "This is the answer times the number of processes: each of them did all intervals before the sums were added.",
        _everything_everywhere,
    ),
    *sharing_mistakes(
        "n intervals each",
        "This is what comes out with n intervals for each process: n are to be shared out.",
        _n_intervals_each,
    ),
)


# The picture

DRAWN = (0.0, 2.0, 4.0)
"""From, to and ω of the integral that is drawn."""
DRAWN_INTERVALS = tuple(2**power for power in range(3, 14))
SHOWN_INTERVALS = 16


def _draw_intervals(n: int) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        del rng  # everybody's picture is of the same integral
        return (*DRAWN, n)

    return draw


def draw_error(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the function with its trapezoids, and below how far the sums are from the integral."""
    above, below = figure.subplots(2, 1, height_ratios=(2, 3))
    _draw_trapezoids(above)
    a, b, omega = DRAWN
    exact = antiderivative(b, omega) - antiderivative(a, omega)
    intervals = np.array([_arguments(inputs)[3] for inputs, _ in answers])
    with np.errstate(all="ignore"):
        error = np.abs(np.array([float(answer[0]) for _, answer in answers]) - exact)
    right = np.array([abs(_trapezoids(a, b, omega, int(n)) - exact) for n in intervals])
    shown = np.isfinite(error) & (error > 0)
    below.loglog(intervals, right[-1] * (intervals[-1] / intervals) ** 2, color="C1", linestyle="--", label="∝ 1/n²")
    below.loglog(intervals[shown], error[shown], color="C0", marker="o", label="|sum − integral|")
    below.set(title="Error over discretisation", xlabel="intervals n", ylabel="error", ylim=(right.min() / 30, 30))
    below.legend()
    below.grid(alpha=0.3)


def _draw_trapezoids(axes: "Axes") -> None:
    a, b, omega = DRAWN
    fine, corners = np.linspace(a, b, 500), _points(a, b, SHOWN_INTERVALS)
    axes.fill_between(corners, integrand(corners, omega), alpha=0.3, color="C1")
    axes.plot(corners, integrand(corners, omega), color="C1", marker=".", label=f"{SHOWN_INTERVALS} trapezoids")
    axes.plot(fine, integrand(fine, omega), color="C0", label="f(x)")
    axes.set(title=f"f(x) = x cos({omega:g} x²)", xlabel="x", ylabel="f(x)", xlim=(a, b))
    axes.legend(loc="upper left")


PICTURES = (
    Picture(
        "error",
        "The integral, and its error over discretisation",
        "Above the function with 16 trapezoids; below the error of the sum over the number of intervals, which falls with its"
        " square: a straight line on logarithmic axes.",
        tuple(
            Case(f"error-{n}", _draw_intervals(n), f"{n:,} intervals, to compare with the integral itself.", processes=2)
            for n in DRAWN_INTERVALS
        ),
        draw_error,
        size_inches=(7.0, 6.5),
    ),
)


TASK = Task(
    title="Integral with MPI",
    work_unit="intervals",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    size=Size("n", lambda inputs: float(_arguments(inputs)[3])),
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    tolerance_used=tolerance_used,
    profile=Profile.MPI,
    pictures=PICTURES,
)
