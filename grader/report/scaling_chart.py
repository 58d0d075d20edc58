"""Strong scaling as a chart of a page: the speedup over the number of cores, the ideal, and Amdahl's law for one's own.

It is made of the page's own lines and text, as the chart of growth is, from studies that are kept beside the store.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from grader.grading.class_report import Report
from grader.grading.kept_scaling import KeptScaling, SpeedupOn
from grader.grading.scaling import amdahl_or_ideal
from grader.grading.standings import Result
from grader.report.growth_chart import BOTTOM, LEFT, LINE_HEIGHT, RIGHT, TOP, Tick, spread
from grader.text import harmless_name
from grader.units import number_text

Scalings: TypeAlias = Mapping[tuple[str, str, str], KeptScaling]
"""Studies by kind, author and task."""

_ROOM = 1.1
_MOST_TICKS = 8
_LAWS_POINTS = 49


@dataclass(frozen=True)
class Speedups:
    """One author: where the points, their intervals and the name are."""

    author: str
    is_own: bool
    points: tuple[tuple[float, float], ...]
    intervals: tuple[tuple[float, float, float], ...]
    """Of each point that has one: how far across, and from where to where."""
    law: tuple[tuple[float, float], ...]
    """The curve of Amdahl's law with this program's serial part; empty for references."""
    gain: str
    """`1.9 ×`, on the most cores."""
    said: str
    """`1.9 × on 2 cores, 5.3 % serial`."""
    label_at: float


@dataclass(frozen=True)
class ScalingChart:
    """All that is drawn, in the chart's units: x to the right, y downwards."""

    authors: tuple[Speedups, ...]
    """The own ones last, so that they lie on top."""
    ideal: tuple[tuple[float, float], tuple[float, float]]
    cores_ticks: tuple[Tick, ...]
    speedup_ticks: tuple[Tick, ...]
    unit: str
    """`cores` or `processes`."""

    @property
    def in_words(self) -> str:
        """What everybody gains, for whoever does not see it."""
        return "; ".join(f"{harmless_name(one.author)} {one.said}" for one in self.authors)


def scalings_of(report: Report, scalings: Scalings) -> Scalings:
    """Those that were made on the report's machine in its sandbox: others do not stand beside its figures."""
    here = (report.machine.fingerprint, report.sandbox)
    return {key: one for key, one in scalings.items() if (one.machine, one.sandbox) == here}


def scaling_chart(own: Sequence[Result], references: Iterable[Result], scalings: Scalings) -> ScalingChart | None:
    """The chart of one task; None where none of `own` was studied."""

    def studied(results: Iterable[Result]) -> list[tuple[Result, KeptScaling]]:
        keys = {(one.kind, one.author, one.task): one for one in results}
        return [(one, scalings[key]) for key, one in keys.items() if key in scalings]

    measured = studied(own)
    if not measured:
        return None
    shown = [*studied(references), *measured]
    most_cores = max(on.cores for _, one in shown for on in one.on_cores)
    highest = max(most_cores, *(on.speedup for _, one in shown for on in one.on_cores)) * _ROOM
    across, up = _linear(most_cores * _ROOM, LEFT, RIGHT), _linear(highest, BOTTOM, TOP)
    unit = "processes" if measured[0][1].of_processes else "cores"
    labels_at = spread([up(one.on_cores[-1].speedup) for _, one in shown], LINE_HEIGHT, BOTTOM)
    authors = (
        Speedups(
            author=result.author,
            is_own=result.kind == "student",
            points=tuple((across(on.cores), up(on.speedup)) for on in one.on_cores),
            intervals=tuple(_intervals(one.on_cores, across, up, highest)),
            law=tuple(_law(one, across, up)) if result.kind == "student" else (),
            gain=f"{number_text(one.on_cores[-1].speedup)} ×",
            said=_said(one, unit),
            label_at=label_at,
        )
        for (result, one), label_at in zip(shown, labels_at, strict=True)
    )
    step = -(-most_cores // _MOST_TICKS)
    values = range(step, most_cores + 1, step)
    return ScalingChart(
        authors=tuple(authors),
        ideal=((across(0), up(0)), (across(most_cores), up(most_cores))),
        cores_ticks=tuple(Tick(across(value), str(value)) for value in values),
        speedup_ticks=tuple(Tick(up(value), str(value)) for value in values),
        unit=unit,
    )


def _said(one: KeptScaling, unit: str) -> str:
    most = one.on_cores[-1]
    serial = f", {number_text(100 * one.serial)} % serial" if 0 < one.serial <= 1 else ""
    return f"{number_text(most.speedup)} × on {most.cores} {unit}{serial}"


def _law(one: KeptScaling, across: Callable[[float], float], up: Callable[[float], float]) -> Iterable[tuple[float, float]]:
    """From one core to the most."""
    most = one.on_cores[-1].cores
    for step in range(_LAWS_POINTS):
        cores = 1 + (most - 1) * step / (_LAWS_POINTS - 1)
        yield across(cores), up(amdahl_or_ideal(one.serial, cores))


def _linear(most: float, start: float, end: float) -> Callable[[float], float]:
    """From 0 at the start to the most at the end."""
    return lambda value: round(start + value / most * (end - start), 1)


def _intervals(
    on_cores: Iterable[SpeedupOn], across: Callable[[float], float], up: Callable[[float], float], highest: float
) -> Iterable[tuple[float, float, float]]:
    for one in on_cores:
        if one.cores > 1 and one.low is not None and one.high is not None:
            yield across(one.cores), up(max(one.low, 0.0)), up(min(one.high, highest))
