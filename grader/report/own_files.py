"""What `grader check` says: right or wrong, how fast beside each reference, and what to do next."""

from collections.abc import Mapping, Sequence
from math import inf, isinf

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.advice.program import Advice, has_lines_to_watch
from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.advice import first_to_do
from grader.report.figures import half_width, limit_text, power_text, rank_text, speedup_text, within_text
from grader.report.leaderboard import confidence_lines, estimate_lines, thresholds_lines
from grader.text import harmless, harmless_line, harmless_name, harmless_remark
from grader.units import number_text, rate_text, time_text
from grader.verdicts import Verdict

_SHOWN_PRINTS_CHARACTERS = 1000
_SHOWN_PRINTS_LINES = 20
_SHOWN_FLAGS = 20
_ALL_OF_IT = "grader check FILE --json"
_CLOSE = 0.2
"""Who may be further from the baseline than this is not said to be as fast."""


def summary(
    report: Report,
    authors: Sequence[str],
    next_steps: Mapping[str, str] | None = None,
    everything: Mapping[str, str] | None = None,
    advice: Advice | None = None,
) -> RenderableType:
    """Each file's verdict, a table beside the references, and one closing line per file.

    `next_steps` are the commands that tell more, by author, where there is one; `everything` those that leave nothing out;
    `advice` is on the only file.
    """
    return Group(details(report, authors, everything), closing(report, authors, next_steps, advice))


def details(report: Report, authors: Sequence[str], everything: Mapping[str, str] | None = None) -> RenderableType:
    """All of the summary but its end: what is known before anybody has looked where the time goes."""
    all_of_it = {author: (everything or {}).get(author, _ALL_OF_IT) for author in authors}
    mine, references = own_results(report, authors), reference_results(report)
    parts: list[RenderableType] = [
        part for result in mine if result.verdict is not Verdict.ACCEPTED for part in _problem(result, all_of_it[result.author])
    ]
    accepted = _accepted(mine)
    if accepted:
        parts += _comparison(report, [*accepted, *references])
    for result in mine:
        parts += [Text(note, style="yellow") for note in notes(result, all_of_it[result.author])]
    for result in accepted[:1]:
        parts += [*confidence_lines(report, result.task), *thresholds_lines(report, result.task)]
        parts += estimate_lines(report, result.task)
    return Group(*parts, *map(Text, growth_lines(accepted)), *_limits(accepted, references))


def closing(
    report: Report, authors: Sequence[str], next_steps: Mapping[str, str] | None = None, advice: Advice | None = None
) -> RenderableType:
    """The end of the summary: the first thing to do about the only file, and one line for each that is right or too slow."""
    slowest = None if advice is None or advice.slowest is None else advice.slowest.place
    lines = [
        closing_line(report, result, (next_steps or {}).get(result.author), slowest)
        for result in own_results(report, authors)
        if result.verdict is Verdict.ACCEPTED or is_too_slow(result)
    ]
    first = [] if advice is None else [first_to_do(advice)]
    return Group(*(Text(line, style="green") for line in (*first, *lines)))


def is_too_slow(result: Result) -> bool:
    """Whether its calls take too long, so that it helps to know where the time goes."""
    return result.verdict is Verdict.TIME_LIMIT and has_lines_to_watch(result)


def _accepted(mine: Sequence[Result]) -> list[Result]:
    return [result for result in mine if result.verdict is Verdict.ACCEPTED]


def summary_of_the_rest(report: Report, authors: Sequence[str]) -> RenderableType:
    """What a first check finds out at last: the right files beside all references, and how far they are from the limit."""
    accepted, references = _accepted(own_results(report, authors)), reference_results(report)
    heading = Text("beside all references, which are remembered from now on:")
    return Group(heading, *_comparison(report, [*accepted, *references]), *_limits(accepted, references))


def _limits(accepted: Sequence[Result], references: Sequence[Result]) -> list[RenderableType]:
    limits = ((result, limit_text(result, references)) for result in accepted)
    return [Text(f"{harmless_name(result.author)}: {limit}") for result, limit in limits if limit]


def growth_lines(accepted: Sequence[Result]) -> list[str]:
    """How the time of each grows, where it is known: over the task's size where it has one, else over the work."""
    return [f"{harmless_name(one.author)}: {harmless_line(power_text(one.growths[-1]))}" for one in accepted if one.growths]


def own_results(report: Report, authors: Sequence[str]) -> list[Result]:
    """Those of the files, in their order."""
    return [result for author in authors for result in report.results if result.author == author and result.kind == "student"]


def reference_results(report: Report) -> list[Result]:
    """What they stand beside."""
    return [result for result in report.results if result.kind == "reference"]


def _problem(result: Result, everything: str) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text.assemble((harmless_name(result.author), "bold"), f" · {result.task} · ", (result.verdict.value, "red")),
        Padding(Text(harmless(result.message, all_of_it=everything)), (0, 0, 0, 2)),
    ]
    if result.printed.strip():
        parts.append(Padding(Text(f"it printed:\n{printed(result, everything)}", style="dim"), (0, 0, 0, 2)))
    return parts


def notes(result: Result, everything: str = _ALL_OF_IT) -> list[str]:
    """What is good to know, and what a person looks at."""
    said = [f"note: {harmless_remark(flag)}" for flag in result.flags[:_SHOWN_FLAGS]]
    if len(result.flags) > _SHOWN_FLAGS:
        said.append(f"and {len(result.flags) - _SHOWN_FLAGS} more notes: {harmless_line(everything)}")
    said += [f"note: a person would look at this: {harmless_remark(one)}" for one in result.suspicions]
    if result.review is not None:
        said.append(f"note: a person looks at this before it is ranked and gets speed points: {harmless_remark(result.review)}")
    return said


def printed(result: Result, everything: str = _ALL_OF_IT) -> str:
    """What the function printed, as much of it as is shown."""
    return harmless(result.printed, _SHOWN_PRINTS_CHARACTERS, _SHOWN_PRINTS_LINES, all_of_it=everything)


def _comparison(report: Report, results: Sequence[Result]) -> list[RenderableType]:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in comparison_columns(results):
        table.add_column(heading, justify="right" if heading in NUMBERS else "left")
    for result, cells in comparison_rows(report, results):
        table.add_row(*map(Text, cells), style="dim" if result.kind == "reference" else "bold")
    return [table, *(Text(line, style="dim") for line in cases_lines(results))]


_COLUMNS = ("author", "rate", "time of a call", "case", "speedup", "over", "rank")
NUMBERS = frozenset({"rate", "time of a call", "speedup", "rank"})
"""Columns that are read from the right."""


def comparison_columns(results: Sequence[Result]) -> tuple[str, ...]:
    """The headings; to be the first of one is no rank."""
    ranked = [result for result in results if result.rank is not None]
    return _COLUMNS if len(ranked) > 1 else _COLUMNS[:-1]


def comparison_rows(report: Report, results: Sequence[Result]) -> list[tuple[Result, tuple[str, ...]]]:
    """The table beside the references, the fastest first: whose row it is, and a text for each column."""
    width = len(comparison_columns(results))
    return [
        (
            result,
            (
                harmless_name(result.author),
                rate_text(result.rate, report.work_units[result.task]),
                time_text(result.wall_time_s),
                result.case or "",
                _speedup(result),
                result.baseline or "",
                rank_text(result.first_rank, result.last_rank),
            )[:width],
        )
        for result in sorted(results, key=lambda result: -(result.rate or 0.0))
    ]


def _speedup(result: Result) -> str:
    """Of a reference at a case of its own there is a single run, and there will be no more."""
    speedup, low, high = result.speedup, result.speedup_low, result.speedup_high
    if (
        speedup is None
        or low is None
        or high is None
        or result.kind != "reference"
        or not isinf(half_width(speedup, low, high))
    ):
        return speedup_text(speedup, low, high)
    return f"{number_text(speedup)} × (one run)"


def cases_lines(results: Sequence[Result]) -> list[str]:
    """What to make of rates and speedups that seem to disagree."""
    if len({result.case for result in results if result.rate is not None}) <= 1:
        return []
    return [
        "rates of different cases cannot be compared; a speedup is over the reference named beside it, at the case of its row"
    ]


def closing_line(report: Report, result: Result, next_step: str | None = None, slowest: str | None = None) -> str:
    """`correct · 3.1× slower than numba (±2 %) · about 3.1 of 4 speed points here · slowest line 14 · next: grader profile …`.

    Args:
        report: that the result is from.
        result: of a file that is right, or too slow.
        next_step: a command that tells more.
        slowest: where its time goes, as `line 14`, if that is known.
    """
    name = harmless_name(result.author)
    is_right = result.verdict is Verdict.ACCEPTED
    words = [f"{name}: correct", _beside(result), _points(report, result)] if is_right else [f"{name}: too slow"]
    if slowest is not None:
        words.append(f"slowest {harmless_line(slowest)}")
    if next_step is not None:
        words.append(f"next: {harmless_line(next_step)}")
    return " · ".join(filter(None, words))


def _beside(result: Result) -> str:
    """`3.1× slower than numba (±2 %)`; nothing where it was not measured."""
    speedup, low, high = result.speedup, result.speedup_low, result.speedup_high
    if speedup is None or low is None or high is None or result.baseline is None:
        return ""
    baseline, is_slower = harmless_name(result.baseline), high < 1
    if is_slower:
        speedup, low, high = 1 / speedup, 1 / high, inf if low == 0 else 1 / low
    within = within_text(speedup, low, high).strip("()")
    if isinf(half_width(speedup, low, high)):
        return f"{number_text(speedup)}× as {'slow' if is_slower else 'fast'} as {baseline} ({within})"
    if low <= 1 <= high:
        is_close = half_width(1.0, low, high) <= _CLOSE
        return f"{'as fast as' if is_close else 'not to be told apart yet from'} {baseline} ({within})"
    return f"{number_text(speedup)}× {'slower' if is_slower else 'faster'} than {baseline} ({within})"


def _points(report: Report, result: Result) -> str:
    """`about 3.1 of 4 speed points here`; of a task without such points, those that there are."""
    of_speed = {(one.assignment, one.criterion) for one in report.thresholds if one.task == result.task}
    speed = [
        points
        for marks in report.marks
        for points in marks.criteria
        if marks.author == result.author and (marks.assignment, points.criterion) in of_speed and points.points is not None
    ]
    if speed:
        return (
            f"about {sum(one.points or 0.0 for one in speed):.3g} of {sum(one.max_points for one in speed):g} speed points here"
        )
    return "" if result.points is None else f"{result.points:g} of {result.max_points:g} points so far here"
