"""A line profile as a heat map of the source, with what to know about it: its rows, and how they stand on a terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.advice.program import Advice
from grader.grading.profile_lines import LineProfile, LineTimes
from grader.report.advice import advice_lines
from grader.report.figures import share_text
from grader.text import harmless_line, harmless_name, harmless_remark
from grader.units import memory_text, time_text

_BAR_CHARACTERS = 10
_AROUND = 2
"""Lines that are shown before and after one that ran."""
_MOST_LINES, _HOTTEST = 200, 30
"""Of more lines than the first, those around the hottest are shown."""
_SHOWN_SHARE, _TOLD_SHARE = 0.0005, 0.005
"""Smaller ones are left out, on lines and in the sentence."""
_PAGE_BYTES = 4096
_HOT, _WARM = 0.25, 0.05
_HEAT_STYLES = {"hot": "bold red", "warm": "yellow", "": ""}
_SLOWEST = "▶"
_SOURCE_CHARACTERS = 100


def profiled(profile: LineProfile, advice: Advice | None = None) -> RenderableType:
    """The source with the share of the time on each line, below it the sentences, and what would make it faster."""
    title = Text.assemble((harmless_name(profile.author), "bold"), f" · {profile.task} · case {profile.times.case}")
    return Group(
        title, _heat_map(profile), *sentences(profile), *_advice(advice), Text(f"sandbox: {profile.sandbox}", style="dim")
    )


_STYLES = {"wrong": "bold red", "title": "bold", "evidence": "", "step": "green", "next": "dim"}


def _advice(advice: Advice | None) -> Iterator[RenderableType]:
    for kind, line in () if advice is None else advice_lines(advice):
        indent = 4 if kind in {"evidence", "step"} else 0
        yield Padding(Text(line, style=_STYLES[kind]), (0, 0, 0, indent))


@dataclass(frozen=True)
class HeatRow:
    """One line of the source, beside which its figures stand."""

    section: str
    """The file, of a notebook with its code cell, where this is its first row; empty on the others."""
    follows_gap: bool
    """Whether lines before it are left out."""
    figures: tuple[str, ...]
    """A text for each of `heat_columns`."""
    share: float
    """Of the time, as heat."""
    is_slowest: bool
    source: str


def heat_columns(profile: LineProfile) -> tuple[str, ...]:
    """What the figures beside each line are called."""
    return ("line", "hits", "per hit", "share", *(["as Python"] if profile.as_python else []), "memory")


def heat_rows(profile: LineProfile) -> Iterator[HeatRow]:
    """The lines that ran, and those around them; of very many, those around the hottest."""
    before: int | None = None
    section = ""
    for index in _shown(profile):
        line = profile.lines[index]
        named = harmless_line(line.file if line.cell is None else f"{line.file}, code cell {line.cell}")
        shares = [one.shares[index] for one in _times(profile)]
        yield HeatRow(
            section=named if named != section else "",
            follows_gap=named == section and before is not None and index > before + 1,
            figures=_figures(profile, index, shares),
            share=max(shares),
            is_slowest=index == profile.slowest,
            source=harmless_line(line.text[:_SOURCE_CHARACTERS].expandtabs(4).rstrip(), _SOURCE_CHARACTERS),
        )
        section, before = named, index


def heat(share: float) -> str:
    """`hot`, `warm` or nothing, by a line's share of the time."""
    return "hot" if share >= _HOT else "warm" if share >= _WARM else ""


def _figures(profile: LineProfile, index: int, shares: Iterable[float]) -> tuple[str, ...]:
    hits, time_s = profile.times.hits[index], profile.times.times_s[index]
    return (
        str(profile.lines[index].line),
        f"{hits:,}" if hits else "",
        time_text(time_s / hits) if hits else "",
        *(share_text(one) if one >= _SHOWN_SHARE else "" for one in shares),
        _growth_text(profile.memory.growths_bytes[index]),
    )


def _heat_map(profile: LineProfile) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for name in heat_columns(profile):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("")  # rich makes the columns narrower first that may wrap
    columns = len(table.columns)
    for row in heat_rows(profile):
        if row.section:
            table.add_row(*[""] * (columns - 1), Text(row.section, style="bold"))
        elif row.follows_gap:
            table.add_row("⋮", *[""] * (columns - 1), style="dim")
        table.add_row(*_cells(row))
    return table


def _cells(row: HeatRow) -> list[Text]:
    style = _HEAT_STYLES[heat(row.share)]
    number, *figures = row.figures
    return [
        Text(number, style="dim"),
        *map(Text, figures),
        Text("█" * round(_BAR_CHARACTERS * row.share), style=style),
        Text(_SLOWEST if row.is_slowest else "", style="bold red"),
        Text(row.source, style=style, no_wrap=True, overflow="ellipsis"),
    ]


def _shown(profile: LineProfile) -> list[int]:
    """The lines with figures and those around them; of very many, those around the hottest."""
    heat = [max(one.shares[index] for one in _times(profile)) for index in range(len(profile.lines))]
    ran = [
        index for index in range(len(profile.lines)) if any(one.times_s[index] or one.hits[index] for one in _times(profile))
    ]
    shown = _with_neighbours(ran, len(profile.lines))
    if len(shown) > _MOST_LINES:
        shown = _with_neighbours(sorted(ran, key=lambda index: -heat[index])[:_HOTTEST], len(profile.lines))
    return shown


def _with_neighbours(indices: Iterable[int], count: int) -> list[int]:
    near = {one for index in indices for one in range(index - _AROUND, index + _AROUND + 1)}
    return sorted(one for one in near if 0 <= one < count)


def _times(profile: LineProfile) -> Iterator[LineTimes]:
    yield profile.times
    if profile.as_python is not None:
        yield profile.as_python


def _growth_text(growth_bytes: float) -> str:
    if abs(growth_bytes) < _PAGE_BYTES:
        return ""
    return f"{'+' if growth_bytes > 0 else '−'}{memory_text(round(abs(growth_bytes)))}"


def sentences(profile: LineProfile) -> Iterator[Text]:
    """What to know about it: the slowest line, where the time passes, what watching costs, the memory."""
    times, memory = profile.times, profile.memory
    if profile.slowest is not None:
        slowest = profile.lines[profile.slowest]
        share = max(one.shares[profile.slowest] for one in _times(profile))
        words = f"{_SLOWEST} slowest: {slowest.place}, {share_text(share)} of the time: "
        yield Text(f"{words}{harmless_line(slowest.text.strip(), _SOURCE_CHARACTERS)}", style="bold")
    yield Text(f"the time passes {_split_text(profile)}; a line's time holds that of what it calls")
    yield Text(_cost_text(times))
    if profile.compiled_functions:
        plural = "" if profile.compiled_functions == 1 else "s"
        yield Text(
            f"{profile.compiled_functions} compiled function{plural}; compiling took {time_text(profile.compile_time_s)}, apart"
            " from all this; compiled code runs without its lines"
        )
    if profile.as_python is not None:
        yield Text(
            f"as Python: the same without the compiler, at case {profile.as_python.case}: where the work is, though compiled"
            f" code may spend its time elsewhere; {_cost_text(profile.as_python)}"
        )
    peak = "is not told by this machine" if memory.peak_bytes is None else f"is {memory_text(memory.peak_bytes)}, by the kernel"
    yield Text(
        f"memory at case {memory.case}: a call's peak {peak}; the column says what each line leaves behind, and not what it"
        " takes and frees"
    )
    yield from (Text(f"note: {harmless_remark(note)}", style="yellow") for note in profile.notes)
    yield Text(
        "figures of lines are made inside the program's own process: good for advice, never part of a grade", style="dim"
    )


def _split_text(profile: LineProfile) -> str:
    """`91 % in Python itself, 5 % in native code`; what cannot be told is said to be so."""
    python, native = profile.split.python, profile.split.native
    left = max(0.0, 1.0 - python - native)
    parts = [
        (python, "in Python itself"),
        (native, "in native code (NumPy, what is compiled)"),
        (left, "where it cannot be told"),
    ]
    return ", ".join(f"{share:.0%} {where}" for share, where in parts if share >= _TOLD_SHARE)


def _cost_text(times: LineTimes) -> str:
    return (
        f"a call takes {time_text(times.call_s)}, and {time_text(times.watched_s)} while its lines are watched:"
        f" {times.slowdown:.2g} times as long"
    )
