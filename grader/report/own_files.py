"""What `grader check` says: right or wrong, how fast beside each reference, and what to do next."""

from collections.abc import Mapping, Sequence
from math import hypot, isinf

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.figures import half_width, limit_text, speedup_text
from grader.report.leaderboard import confidence_lines, thresholds_lines
from grader.text import harmless, harmless_line, harmless_name, harmless_remark
from grader.units import rate_text, time_text
from grader.verdicts import Verdict

_SHOWN_PRINTS_CHARACTERS = 1000
_SHOWN_PRINTS_LINES = 20
_SHOWN_FLAGS = 20
_ALL_OF_IT = "grader check FILE --json"


def summary(report: Report, authors: Sequence[str], next_steps: Mapping[str, str] | None = None) -> RenderableType:
    """Each file's verdict, a table beside the references, and one closing line per file.

    `next_steps` are the commands that tell more, by author, where there is one.
    """
    mine, references = own_results(report, authors), reference_results(report)
    parts: list[RenderableType] = [
        part for result in mine if result.verdict is not Verdict.ACCEPTED for part in _problem(result)
    ]
    accepted = [result for result in mine if result.verdict is Verdict.ACCEPTED]
    if accepted:
        parts.append(_comparison(report, [*accepted, *references]))
    for result in mine:
        parts += [Text(note, style="yellow") for note in notes(result)]
    for result in accepted[:1]:
        parts += [*confidence_lines(report, result.task), *thresholds_lines(report, result.task)]
    parts += [
        Text(f"{harmless_name(result.author)}: {limit}") for result in accepted if (limit := limit_text(result, references))
    ]
    parts += [
        Text(closing_line(result, references, (next_steps or {}).get(result.author)), style="green") for result in accepted
    ]
    return Group(*parts)


def own_results(report: Report, authors: Sequence[str]) -> list[Result]:
    """Those of the files, in their order."""
    return [result for author in authors for result in report.results if result.author == author and result.kind == "student"]


def reference_results(report: Report) -> list[Result]:
    """What they stand beside."""
    return [result for result in report.results if result.kind == "reference"]


def _problem(result: Result) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text.assemble((harmless_name(result.author), "bold"), f" · {result.task} · ", (result.verdict.value, "red")),
        Padding(Text(harmless(result.message, all_of_it=_ALL_OF_IT)), (0, 0, 0, 2)),
    ]
    if result.printed.strip():
        parts.append(Padding(Text(f"it printed:\n{printed(result)}", style="dim"), (0, 0, 0, 2)))
    return parts


def notes(result: Result) -> list[str]:
    """What is good to know, and what a person looks at."""
    said = [f"note: {harmless_remark(flag)}" for flag in result.flags[:_SHOWN_FLAGS]]
    if len(result.flags) > _SHOWN_FLAGS:
        said.append(f"and {len(result.flags) - _SHOWN_FLAGS} more notes: {_ALL_OF_IT}")
    said += [f"note: a person would look at this: {harmless_remark(one)}" for one in result.suspicions]
    if result.review is not None:
        said.append(f"note: a person looks at this before it is ranked and gets speed points: {harmless_remark(result.review)}")
    return said


def printed(result: Result) -> str:
    """What the function printed, as much of it as is shown."""
    return harmless(result.printed, _SHOWN_PRINTS_CHARACTERS, _SHOWN_PRINTS_LINES, all_of_it=_ALL_OF_IT)


def _comparison(report: Report, results: Sequence[Result]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in COLUMNS:
        table.add_column(heading, justify="right" if heading in NUMBERS else "left")
    for result, cells in comparison_rows(report, results):
        table.add_row(*map(Text, cells), style="dim" if result.kind == "reference" else "bold")
    return table


COLUMNS = ("", "rate", "time of a call", "case", "speedup", "over", "rank")
NUMBERS = frozenset({"rate", "time of a call", "speedup", "rank"})
"""Columns that are read from the right."""


def comparison_rows(report: Report, results: Sequence[Result]) -> list[tuple[Result, tuple[str, ...]]]:
    """The table beside the references, the fastest first: whose row it is, and a text for each column."""
    return [
        (
            result,
            (
                harmless_name(result.author),
                rate_text(result.rate, report.work_units[result.task]),
                time_text(result.wall_time_s),
                result.case or "",
                speedup_text(result.speedup, result.speedup_low, result.speedup_high),
                result.baseline or "",
                "" if result.rank is None else str(result.rank),
            ),
        )
        for result in sorted(results, key=lambda result: -(result.rate or 0.0))
    ]


def closing_line(result: Result, references: Sequence[Result], next_step: str | None = None) -> str:
    """`correct · 0.31× the rate of numba (±2 %) · 3.5 of 4 points so far here · next: grader profile julia.py`."""
    words = [f"{harmless_name(result.author)}: correct"]
    words += [_beside(result, reference) for reference in references if result.rate and reference.rate]
    if result.points is not None:
        words.append(f"{result.points:g} of {result.max_points:g} points so far here")
    if next_step is not None:
        words.append(f"next: {harmless_line(next_step)}")
    return " · ".join(words)


def _beside(result: Result, reference: Result) -> str:
    """`3.1× the rate of numba (±2 %)`; rates at different cases are not one race, and their ratio has no interval."""
    ratio = f"{(result.rate or 0.0) / (reference.rate or 1.0):.3g}× the rate of {harmless_name(reference.author)}"
    if reference.case != result.case:
        return f"{ratio} (at {reference.case})"
    widths = [
        half_width(one.speedup, one.speedup_low, one.speedup_high)
        for one in (result, reference)
        if one.speedup and one.speedup_low is not None and one.speedup_high is not None
    ]
    reach = hypot(*widths)  # of two independent intervals
    return f"{ratio} (no interval yet)" if isinf(reach) else f"{ratio} (±{100 * reach:.2g} %)"
