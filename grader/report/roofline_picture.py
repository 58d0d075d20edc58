"""The roofline of one task as a picture: what the machine can do, and how far somebody and the references come.

Both axes are logarithmic: operations per byte to the right, operations a second upwards. Level lines are the arithmetic of
vectors of each width, slopes are the memories. A dotted line shows how far above a point its own limit is.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.grading.roofline import Limit
from grader.grading.standings import Result
from grader.machine import Peaks
from grader.report.figures import share_text
from grader.report.peaks import vector_text
from grader.report.theme import LIGHT, Theme
from grader.text import harmless_name
from grader.units import rate_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROOM = 4.0
"""How much further than its points the picture reaches, as a factor."""
_LEAST_DECADES = 3.0
_OURS, _THEIRS = 4, 0
"""Among the colours of a theme's curves."""


def roofline_figure(result: Result, references: Sequence[Result], peaks: Peaks, theme: Theme = LIGHT) -> "Figure":
    """One author's point, those of the references, and the ceilings.

    `result` has a limit. The slopes are those of the mix of reading and writing of its case.
    """
    from matplotlib.figure import Figure

    limit = _limit(result)
    of_cores = peaks.of_cores(limit.cores)
    points = [(one, _limit(one), _speed(one)) for one in (*references, result) if one.share_of_limit is not None]
    intensities = [of_point.intensity for _, of_point, _ in points]
    slopes = [limit.bytes_per_s(memory) for memory in of_cores.bandwidths]
    ridges = [of_cores.flop_per_s / slope for slope in slopes]
    left, right = min(*intensities, *ridges) / _ROOM, max(*intensities, *ridges) * _ROOM
    bottom = min(*(speed for *_, speed in points), of_cores.flop_per_s / 10**_LEAST_DECADES) / _ROOM
    top = of_cores.flop_per_s * _ROOM

    figure = Figure(figsize=(8, 5.5), layout="constrained")
    axes = figure.subplots()
    axes.set(xscale="log", yscale="log", xlim=(left, right), ylim=(bottom, top))
    _draw_arithmetic(axes, of_cores, max(slopes), right, theme)
    _draw_memories(figure, axes, of_cores, slopes, theme)
    _draw_points(axes, points, result, theme)
    where = f"at case {result.case}" + (f", on {limit.cores} cores" if limit.cores > 1 else "")
    share = share_text(result.share_of_limit or 0.0)
    axes.set(
        title=f"{harmless_name(result.author)} · {result.task}: {share} of the limit {where}",
        xlabel="operations per byte of inputs and answer",
        ylabel="operations a second, as the usual algorithm makes them",
    )
    axes.grid(which="major", alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure


def _draw_arithmetic(axes: "Axes", peaks: Peaks, steepest: float, right: float, theme: Theme) -> None:
    """A level line for each width, from where the fastest memory reaches it; the highest is the roof."""
    widths = [(one.flop_per_s, vector_text(one.bits)) for one in peaks.vectors] or [(peaks.flop_per_s, "arithmetic")]
    roof = max(widths)
    for speed, name in widths:
        is_roof = (speed, name) == roof
        speed_drawn = peaks.flop_per_s if is_roof else speed
        colour = theme.ink if is_roof else theme.line
        axes.plot([speed_drawn / steepest, right], [speed_drawn] * 2, color=colour, linewidth=1.0 + is_roof)
        axes.annotate(
            f"{name}, {rate_text(speed_drawn, 'op')}",
            (right, speed_drawn),
            xytext=(-4, 3),
            textcoords="offset points",
            horizontalalignment="right",
            fontsize="small",
        )


def _draw_memories(figure: "Figure", axes: "Axes", peaks: Peaks, slopes: Sequence[float], theme: Theme) -> None:
    """A slope for each memory up to the roof; the names stand along it."""
    (width, height), (left, right), (low, high) = figure.get_size_inches(), axes.get_xlim(), axes.get_ylim()
    angle = math.degrees(math.atan2(height / math.log10(high / low), width / math.log10(right / left)))
    for number, (memory, slope) in enumerate(zip(peaks.bandwidths, slopes, strict=True)):
        start, end = max(left, low / slope), peaks.flop_per_s / slope
        axes.plot([start, end], [start * slope, end * slope], color=theme.ink if slope == max(slopes) else theme.line)
        place = start * (end / start) ** (0.05 + 0.45 * (number % 2))  # two of one speed would stand on each other
        axes.annotate(
            f"{memory.level} {slope / 1e9:.3g} GB/s",
            (place, place * slope),
            xytext=(0, 2),
            textcoords="offset points",
            rotation=angle,
            rotation_mode="anchor",
            fontsize="small",
        )


def _draw_points(axes: "Axes", points: Sequence[tuple[Result, Limit, float]], ours: Result, theme: Theme) -> None:
    for one, limit, speed in points:
        colour, marker = (theme.curves[_OURS], "o") if one is ours else (theme.curves[_THEIRS], "D")
        most = limit.operations / limit.least_time_s
        axes.plot([limit.intensity] * 2, [speed, most], color=colour, linewidth=0.8, linestyle=":")
        axes.plot(limit.intensity, speed, marker, color=colour, markersize=8 if one is ours else 5, zorder=3)
        axes.annotate(
            f"{harmless_name(one.author)} {share_text(one.share_of_limit or 0.0)}",
            (limit.intensity, speed),
            xytext=(8, 0),
            textcoords="offset points",
            verticalalignment="center",
            color=colour,
            bbox={"facecolor": theme.paper, "alpha": 0.8, "linewidth": 0, "pad": 1},
            fontweight="bold" if one is ours else "normal",
            fontsize="small",
        )


def _limit(result: Result) -> Limit:
    if result.limit is None:
        raise ValueError(f"{result.author} has no limit to be drawn")
    return result.limit


def _speed(result: Result) -> float:
    """Operations of the usual algorithm a second."""
    return _limit(result).operations / (result.wall_time_s or math.inf)
