"""A scaling study as a table: a pure function to things that rich can print."""

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.grading.measure_scaling import Figures, Study
from grader.grading.scaling import Estimate, OnCores
from grader.report.figures import speedup_text
from grader.text import harmless_name, harmless_remark
from grader.units import ABSENT, memory_text, number_text, time_text

_TIMES = ("time of a call", "speedup", "efficiency", "serial part (Karp–Flatt)", "cores at work")
_COLUMNS = ("cores", *_TIMES, "threads", "memory")
_COLUMNS_OF_PROCESSES = ("processes", *_TIMES, "memory", "of the largest")


def scaled(study: Study) -> RenderableType:
    """A row for each number of cores, what Amdahl's law says of them, and what to know about it."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in _COLUMNS_OF_PROCESSES if study.of_processes else _COLUMNS:
        table.add_column(name, justify="right")
    for one, figures in zip(study.scaling.on_cores, study.figures, strict=True):
        memory = memory_text(figures.peak_memory_bytes)
        last = (memory, _largest(figures)) if study.of_processes else (str(figures.threads), memory)
        table.add_row(*_row(one, figures), *last)
    about = f" · {study.task} · case {study.case} · {study.scaling.runs} runs"
    title = Text.assemble((harmless_name(study.author), "bold"), about)
    notes = [Text(f"note: {harmless_remark(note)}", style="yellow") for note in study.notes]
    return Group(title, table, _law(study), *notes, Text(f"sandbox: {study.sandbox}", style="dim"))


def _row(one: OnCores, figures: Figures) -> tuple[str, ...]:
    speedup = "1" if one.cores == 1 else speedup_text(one.speedup.value, one.speedup.low, one.speedup.high)
    return (
        str(one.cores),
        time_text(figures.time_s),
        speedup,
        f"{one.efficiency:.0%}",
        _serial_text(one.karp_flatt),
        f"{figures.cores_at_work:.2f}",
    )


def _serial_text(share: Estimate | None) -> str:
    if share is None:
        return ABSENT
    return share_text(share) if share.value <= 1 else "over 100 %: slower"


def _largest(figures: Figures) -> str:
    """The memory of the process that takes the most."""
    return memory_text(max(figures.process_peaks_bytes, default=None))


def _law(study: Study) -> Text:
    found = study.scaling
    if found.serial.value > 1:
        return _slower(study)
    bound = "no bound" if found.most_speedup is None else f"{found.most_speedup:.3g} × at most, however many cores"
    one = "process" if study.of_processes else "core"
    return Text(f"Amdahl: {share_text(found.serial)} of the time on one {one} stays serial: {bound}")


def _slower(study: Study) -> Text:
    """Where more cores only cost: a share of more than all of the time would tell nobody anything."""
    slowest = min(study.scaling.on_cores, key=lambda one: one.speedup.value)
    cores = "processes" if study.of_processes else "cores"
    times = number_text(1 / slowest.speedup.value)
    return Text(f"Amdahl: nothing to gain: on {slowest.cores} {cores} a call takes {times} times as long as on one")


def share_text(estimate: Estimate) -> str:
    """`12.3 % (11.9 to 12.7)`."""
    value = f"{100 * estimate.value:.1f} %"
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({100 * estimate.low:.1f} to {100 * estimate.high:.1f})"
