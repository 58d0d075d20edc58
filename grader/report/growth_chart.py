"""Time against work as a chart of a page: logarithmic axes, somebody's points with the fitted power, and the references.

It is made of the page's own lines and text, so it has the page's colours, light or dark, and costs next to nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.grading.growth import Growth
from grader.grading.standings import Result
from grader.units import count_text, time_text

LEFT, RIGHT, TOP, BOTTOM = 70, 480, 12, 272
"""The frame within the 680 × 320 units of the chart, as `pages/parts.html` draws it; right of it stand the names."""
LINE_HEIGHT = 17
"""Of the names."""
_ROOM = 0.06
"""Between the outermost points and the frame, as a share of the whole."""
_FEWEST_TICKS, _MOST_TICKS = 2, 6


@dataclass(frozen=True)
class Tick:
    """A value on an axis, and how far along it is in the chart's units."""

    at: float
    text: str


@dataclass(frozen=True)
class Curve:
    """One author: points, the fitted line from one end to the other, and the name with the power beside its end."""

    author: str
    is_own: bool
    power: str
    points: tuple[tuple[float, float], ...]
    line: tuple[tuple[float, float], tuple[float, float]]
    label_at: float


@dataclass(frozen=True)
class GrowthChart:
    """All that is drawn, in the chart's units: x to the right, y downwards."""

    curves: tuple[Curve, ...]
    """The own one last, so that it lies on top."""
    work_ticks: tuple[Tick, ...]
    time_ticks: tuple[Tick, ...]


def growth_chart(result: Result, references: Iterable[Result]) -> GrowthChart | None:
    """The chart; None where nothing is known of how the author's time grows."""
    if not result.growths:
        return None
    shown = [*(one for one in references if one.growths and one is not result), result]
    points = [point for one in shown for point in one.growths[0].points]
    works = LogAxis([point.amount for point in points], LEFT, RIGHT)
    times = LogAxis([point.time_s for point in points], BOTTOM, TOP)
    ends = [_fitted(one.growths[0], works, times)[1][1] for one in shown]
    curves = (
        Curve(
            author=one.author,
            is_own=one is result,
            power=f"work^{one.growths[0].exponent:.2f}",
            points=tuple((works.at(point.amount), times.at(point.time_s)) for point in one.growths[0].points),
            line=_fitted(one.growths[0], works, times),
            label_at=label_at,
        )
        for one, label_at in zip(shown, spread(ends, LINE_HEIGHT, BOTTOM), strict=True)
    )
    work_ticks = tuple(Tick(works.at(value), count_text(value, "").strip()) for value in works.ticks())
    time_ticks = tuple(Tick(times.at(value), time_text(value)) for value in times.ticks())
    return GrowthChart(tuple(curves), work_ticks, time_ticks)


class LogAxis:
    """A logarithmic axis from one place of the chart to another."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        low, high = math.log10(min(values)), math.log10(max(values))
        room = _ROOM * (high - low) or 0.5
        self._low, self._high = low - room, high + room
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        """How far along a value is, in the chart's units."""
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)

    def ticks(self) -> list[float]:
        """Powers of ten, not too many of them; with their twofold and fivefold where these are too few; else even steps."""
        decades = range(math.ceil(self._low), math.floor(self._high) + 1)
        if len(decades) >= _FEWEST_TICKS:
            step = math.ceil(len(decades) / _MOST_TICKS)
            return [10.0**decade for decade in decades[::step]]
        steps = (digit * 10.0**decade for decade in range(math.floor(self._low), math.ceil(self._high)) for digit in (1, 2, 5))
        return [value for value in steps if self._low <= math.log10(value) <= self._high] or self._even_steps()

    def _even_steps(self) -> list[float]:
        """Of a range that lies between two and five, or between one and two: between one and ten of them are in it."""
        low, high = 10.0**self._low, 10.0**self._high
        step = 10.0 ** math.floor(math.log10(high - low))
        values = [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
        return values[:: math.ceil(len(values) / _MOST_TICKS)]


def _fitted(growth: Growth, works: LogAxis, times: LogAxis) -> tuple[tuple[float, float], tuple[float, float]]:
    """The fitted power from the first to the last amount: through the points' centre on logarithmic axes."""
    amounts = [point.amount for point in growth.points]
    rests = [math.log(point.time_s) - growth.exponent * math.log(point.amount) for point in growth.points]
    factor = math.exp(sum(rests) / len(rests))
    first, last = ((works.at(one), times.at(factor * one**growth.exponent)) for one in (min(amounts), max(amounts)))
    return first, last


def spread(places: Sequence[float], distance: float, end: float) -> list[float]:
    """The places moved apart, in their order, until no two are nearer than `distance`; the last at `end` at most."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for before, index in pairwise(order):
        moved[index] = max(moved[index], moved[before] + distance)
    limit = end
    for index in reversed(order):
        moved[index] = min(moved[index], limit)
        limit = moved[index] - distance
    return moved
