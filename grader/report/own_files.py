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
    mine = [result for author in authors for result in report.results if result.author == author and result.kind == "student"]
    references = [result for result in report.results if result.kind == "reference"]
    parts: list[RenderableType] = [
        part for result in mine if result.verdict is not Verdict.ACCEPTED for part in _problem(result)
    ]
    accepted = [result for result in mine if result.verdict is Verdict.ACCEPTED]
    if accepted:
        parts.append(_comparison(report, [*accepted, *references]))
    for result in mine:
        parts += _notes(result.flags)
        parts += [
            Text(f"note: a person would look at this: {harmless_remark(one)}", style="yellow") for one in result.suspicions
        ]
        if result.review is not None:
            looked_at = (
                f"note: a person looks at this before it is ranked and gets speed points: {harmless_remark(result.review)}"
            )
            parts.append(Text(looked_at, style="yellow"))
    for result in accepted[:1]:
        parts += [*confidence_lines(report, result.task), *thresholds_lines(report, result.task)]
    parts += [
        Text(f"{harmless_name(result.author)}: {limit}") for result in accepted if (limit := limit_text(result, references))
    ]
    parts += [_closing_line(result, references, (next_steps or {}).get(result.author)) for result in accepted]
    return Group(*parts)


def _problem(result: Result) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text.assemble((harmless_name(result.author), "bold"), f" · {result.task} · ", (result.verdict.value, "red")),
        Padding(Text(harmless(result.message, all_of_it=_ALL_OF_IT)), (0, 0, 0, 2)),
    ]
    if result.printed.strip():
        printed = harmless(result.printed, _SHOWN_PRINTS_CHARACTERS, _SHOWN_PRINTS_LINES, all_of_it=_ALL_OF_IT)
        parts.append(Padding(Text(f"it printed:\n{printed}", style="dim"), (0, 0, 0, 2)))
    return parts


def _notes(flags: Sequence[str]) -> list[Text]:
    notes = [f"note: {harmless_remark(flag)}" for flag in flags[:_SHOWN_FLAGS]]
    if len(flags) > _SHOWN_FLAGS:
        notes.append(f"and {len(flags) - _SHOWN_FLAGS} more notes: {_ALL_OF_IT}")
    return [Text(note, style="yellow") for note in notes]


def _comparison(report: Report, results: Sequence[Result]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("rate", justify="right")
    table.add_column("time of a call", justify="right")
    table.add_column("case")
    table.add_column("speedup", justify="right")
    table.add_column("over")
    table.add_column("rank", justify="right")
    for result in sorted(results, key=lambda result: -(result.rate or 0.0)):
        table.add_row(
            Text(harmless_name(result.author)),
            rate_text(result.rate, report.work_units[result.task]),
            time_text(result.wall_time_s),
            result.case or "",
            speedup_text(result.speedup, result.speedup_low, result.speedup_high),
            result.baseline or "",
            "" if result.rank is None else str(result.rank),
            style="dim" if result.kind == "reference" else "bold",
        )
    return table


def _closing_line(result: Result, references: Sequence[Result], next_step: str | None) -> Text:
    """`correct · 0.31× the rate of numba (±2 %) · 3.5 of 4 points so far here · next: grader profile julia.py`."""
    words = [f"{harmless_name(result.author)}: correct"]
    words += [_beside(result, reference) for reference in references if result.rate and reference.rate]
    if result.points is not None:
        words.append(f"{result.points:g} of {result.max_points:g} points so far here")
    if next_step is not None:
        words.append(f"next: {harmless_line(next_step)}")
    return Text(" · ".join(words), style="green")


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
