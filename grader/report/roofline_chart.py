"""The roofline as a chart of a page: what the machine can do, and how far somebody, or everybody, and the references come.

As `roofline_picture.py`, but made of the page's own lines and text, so it has the page's colours and costs next to nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from grader.grading.roofline import Limit
from grader.grading.standings import Result
from grader.machine import Peaks
from grader.report.figures import share_text
from grader.report.growth_chart import BOTTOM, LEFT, LINE_HEIGHT, RIGHT, TOP, LogAxis, Tick, spread
from grader.text import harmless_name
from grader.units import count_text, number_text, rate_text

_ROOM = 2.0
"""How much further than its points the chart reaches, as a factor."""
_DECADES = 1e3
"""So far below the roof the chart begins, or below the slowest."""


@dataclass(frozen=True)
class Ceiling:
    """A line from one place to another, in the chart's units: what a memory moves, or the roof."""

    name: str
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True)
class Point:
    """One author at a case: how far up, and how far up the limit is."""

    author: str
    is_own: bool
    share: str
    at: tuple[float, float]
    limit_at: float
    label_at: float | None
    """How far down the name stands beside the chart; None where it has none."""


@dataclass(frozen=True)
class RooflineChart:
    """All that is drawn, in the chart's units: x to the right, y downwards."""

    ceilings: tuple[Ceiling, ...]
    points: tuple[Point, ...]
    """The own ones last, so that they lie on top."""
    intensity_ticks: tuple[Tick, ...]
    speed_ticks: tuple[Tick, ...]
    cores: int

    @property
    def all_named(self) -> bool:
        """Whether each point has a name beside the chart."""
        return all(one.label_at is not None for one in self.points)

    @property
    def in_words(self) -> str:
        """`numba 5 %, ada 0.1 % of the limit`, for whoever does not see it, of those that are named."""
        named = ", ".join(f"{harmless_name(one.author)} {one.share}" for one in self.points if one.label_at is not None)
        return f"{named} of the limit" if named else "nobody is named"


def roofline_chart(
    own: Sequence[Result], references: Iterable[Result], peaks: Peaks | None, *, named: bool = True
) -> RooflineChart | None:
    """The chart of one task; None where the machine is not measured, or nothing of `own` has a limit.

    The slopes are those of the mix of reading and writing of the first of `own`, which stand with their names where they are
    to be `named`.
    """
    measured = [(one, limit, speed) for one in own for limit, speed in _reached(one)]
    if peaks is None or not measured:
        return None
    beside = [(one, limit, speed) for one in references for limit, speed in _reached(one)]
    shown = [*beside, *measured]
    _, first, _ = measured[0]
    of_cores = peaks.of_cores(first.cores)
    slopes = [first.bytes_per_s(memory) for memory in of_cores.bandwidths]
    roof = of_cores.flop_per_s
    intensities = [*(limit.intensity for _, limit, _ in shown), *(roof / slope for slope in slopes)]
    speeds = [*chain.from_iterable((speed, _most(limit)) for _, limit, speed in shown), roof / _DECADES, roof]
    left, bottom = min(intensities) / _ROOM, min(speeds)
    across = LogAxis([left, max(intensities) * _ROOM], LEFT, RIGHT)
    up = LogAxis(speeds, BOTTOM, TOP)

    def place(intensity: float, speed: float) -> tuple[float, float]:
        return across.at(intensity), up.at(speed)

    ceilings = [
        Ceiling(
            f"{memory.level} {slope / 1e9:.3g} GB/s",
            place(start := max(left, bottom / slope), start * slope),
            place(roof / slope, roof),
        )
        for memory, slope in zip(of_cores.bandwidths, slopes, strict=True)
    ]
    ridge = roof / max(slopes)
    ceilings.append(Ceiling(f"arithmetic {rate_text(roof, 'op')}", place(ridge, roof), (float(RIGHT), up.at(roof))))
    labelled = shown if named else beside
    labels_at = spread([up.at(speed) for _, _, speed in labelled], LINE_HEIGHT, BOTTOM)
    labels = {id(one): at for (one, *_), at in zip(labelled, labels_at, strict=True)}
    points = (
        Point(
            author=one.author,
            is_own=one.kind == "student",
            share=share_text(one.share_of_limit or 0.0),
            at=place(limit.intensity, speed),
            limit_at=up.at(_most(limit)),
            label_at=labels.get(id(one)),
        )
        for one, limit, speed in shown
    )
    return RooflineChart(
        tuple(ceilings),
        tuple(points),
        tuple(Tick(across.at(value), number_text(value)) for value in across.ticks()),
        tuple(Tick(up.at(value), count_text(value, "").strip()) for value in up.ticks()),
        first.cores,
    )


def _reached(result: Result) -> Iterable[tuple[Limit, float]]:
    """The limit, and the operations of the usual algorithm a second; nothing where it was not measured, or has no limit."""
    if result.limit is not None and result.wall_time_s and result.limit.operations:
        yield result.limit, result.limit.operations / result.wall_time_s


def _most(limit: Limit) -> float:
    """Operations a second at the limit."""
    return limit.operations / limit.least_time_s
