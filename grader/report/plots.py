"""Figures of growth and scaling, drawn without a display, in colours that colour-blind readers tell apart."""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from grader.grading.class_report import Report
from grader.grading.growth import Growth
from grader.grading.measure_scaling import Study
from grader.grading.scaling import Estimate, amdahl_or_ideal
from grader.grading.standings import Result
from grader.report.scaling import share_text
from grader.report.theme import LIGHT, Theme
from grader.text import harmless_name

Reals: TypeAlias = NDArray[np.float64]

_MARKERS = "sD^vP"
_MB = 1e6


def growth_figure(report: Report, author: str, task: str, theme: Theme = LIGHT) -> Figure:
    """An author's time of a call over the work on logarithmic axes, with the fitted power, and the references beside it."""
    own_colour, *others = theme.curves
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot()
    shown = [result for result in report.results if result.task == task and result.growths]
    own = next(result for result in shown if result.author == author)
    references = [result for result in shown if result.kind == "reference" and result is not own]
    for number, result in enumerate(references):
        style = {"color": others[number % len(others)], "marker": _MARKERS[number % len(_MARKERS)], "linewidth": 1}
        _draw_growth(axes, result, alpha=0.8, **style)
    _draw_growth(axes, own, color=own_colour, marker="o", linewidth=2)
    axes.set(xscale="log", yscale="log")
    axes.set_title(f"{harmless_name(author)} · {task}: time against work", parse_math=False)
    axes.set(xlabel=f"work of a call ({report.work_units[task]})", ylabel="time of a call (s)")
    axes.grid(visible=True, which="major", alpha=0.3)
    for text in axes.legend(frameon=False).get_texts():
        text.set_parse_math(False)
    return figure


def _draw_growth(axes: Axes, result: Result, **style: object) -> None:
    growth = result.growths[0]
    amounts = np.array([point.amount for point in growth.points])
    times_s = [point.time_s for point in growth.points]
    axes.plot(amounts, times_s, label=_named(result.author, growth), **{**style, "linestyle": ""})  # type: ignore[arg-type]  # a line's
    axes.plot(amounts, _line(growth, amounts), **{**style, "marker": ""})  # type: ignore[arg-type]  # the same


def _line(growth: Growth, amounts: Reals) -> list[float]:
    """The fitted power: through the points' centre on logarithmic axes."""
    centre = np.mean([math.log(point.time_s) - growth.exponent * math.log(point.amount) for point in growth.points])
    return [float(value) for value in np.exp(centre) * amounts**growth.exponent]


def _named(author: str, growth: Growth) -> str:
    power = f"{harmless_name(author)}: work^{growth.exponent:.2f}"
    return power if growth.low is None or growth.high is None else f"{power} ({growth.low:.2f} to {growth.high:.2f})"


def scaling_figure(study: Study, theme: Theme = LIGHT) -> Figure:
    """Speedup with the ideal and Amdahl's law, efficiency, and memory, over the number of cores."""
    figure = Figure(figsize=(12, 4), layout="constrained")
    speedup, efficiency, memory = figure.subplots(1, 3)
    cores = [one.cores for one in study.scaling.on_cores]
    _draw_speedup(speedup, study, cores, theme)
    _draw_efficiency(efficiency, study, cores, theme)
    _draw_memory(memory, study, theme)
    for axes in (speedup, efficiency, memory):
        axes.set_xlabel("processes" if study.of_processes else "cores")
        axes.set_xticks(cores)
        axes.grid(visible=True, alpha=0.3)
    figure.suptitle(f"{harmless_name(study.author)} · {study.task} · case {study.case}", parse_math=False)
    return figure


def _draw_speedup(axes: Axes, study: Study, cores: Sequence[int], theme: Theme) -> None:
    fine = np.linspace(1, max(cores), 100)
    axes.plot(fine, fine, color=theme.line, linestyle="--", label="ideal")
    axes.plot(fine, _law(study, fine), color=theme.curves[1], label="Amdahl")
    speedups = [one.speedup for one in study.scaling.on_cores]
    _draw_estimates(axes, cores, speedups, theme)
    title = f"serial part: {share_text(study.scaling.serial)}"
    axes.set(title=title, ylabel=f"speedup over one {_part(study)}", ylim=(0, 1.15 * max(cores)))
    axes.legend(loc="upper left", frameon=False)


def _part(study: Study) -> str:
    return "process" if study.of_processes else "core"


def _law(study: Study, cores: Reals) -> Reals:
    """Amdahl's speedups."""
    return np.array([amdahl_or_ideal(study.scaling.serial.value, count) for count in cores])


def _draw_efficiency(axes: Axes, study: Study, cores: Sequence[int], theme: Theme) -> None:
    axes.axhline(1, color=theme.line, linestyle="--")
    fine = np.linspace(1, max(cores), 100)
    axes.plot(fine, _law(study, fine) / fine, color=theme.curves[1])
    shares = [_over(one.speedup, one.cores) for one in study.scaling.on_cores]
    _draw_estimates(axes, cores, shares, theme)
    parts = "processes" if study.of_processes else "cores"
    axes.set(
        title="efficiency", ylabel=f"speedup over {parts}", ylim=(0, max(1.1, 1.05 * max(share.value for share in shares)))
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def _draw_memory(axes: Axes, study: Study, theme: Theme) -> None:
    """Of all processes together, and the largest of MPI's; nothing is drawn where the machine tells no memory."""
    peaks = [(one.cores, one.peak_memory_bytes / _MB) for one in study.figures if one.peak_memory_bytes is not None]
    counts, of_all = [count for count, _ in peaks], [peak for _, peak in peaks]
    axes.plot(counts, of_all, color=theme.curves[0], marker="o", label="all processes")
    axes.set(title="memory of a call", ylabel="growth of all processes together (MB)")
    largest = [(one.cores, max(one.process_peaks_bytes) / _MB) for one in study.figures if one.process_peaks_bytes]
    if largest:
        counts, of_one = [count for count, _ in largest], [peak for _, peak in largest]
        axes.plot(counts, of_one, color=theme.curves[2], marker="s", label="largest")
        axes.set_ylabel("growth (MB)")
        axes.legend(frameon=False)
    axes.set_ylim(bottom=0)


def _draw_estimates(axes: Axes, cores: Sequence[int], estimates: Sequence[Estimate], theme: Theme) -> None:
    values = [one.value for one in estimates]
    below = [one.value - (one.value if one.low is None else one.low) for one in estimates]
    above = [(one.value if one.high is None else one.high) - one.value for one in estimates]
    axes.errorbar(cores, values, yerr=(below, above), fmt="o", color=theme.curves[0], capsize=4, label="measured", zorder=3)


def _over(estimate: Estimate, count: int) -> Estimate:
    low, high = estimate.low, estimate.high
    return Estimate(estimate.value / count, None if low is None else low / count, None if high is None else high / count)
