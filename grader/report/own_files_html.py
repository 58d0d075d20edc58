"""What `grader check` says, as HTML for a notebook: nothing in it is loaded or run, and no student's text is markup."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.advice.program import Advice
from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.advice import first_to_do, in_lines, told
from grader.report.figures import limit_text
from grader.report.growth_chart import growth_chart
from grader.report.html import page
from grader.report.leaderboard import confidence_lines, estimate_lines, thresholds_lines
from grader.report.own_files import (
    NUMBERS,
    cases_lines,
    closing_line,
    comparison_columns,
    comparison_rows,
    growth_lines,
    notes,
    own_results,
    printed,
    reference_results,
)
from grader.report.pictures import Drawn, remarks
from grader.report.roofline_chart import roofline_chart
from grader.report.speed_bars import bar_lengths
from grader.verdicts import Verdict

_BARS = "bars are logarithmic: twice as fast is the same step everywhere"


def html_summary(
    report: Report,
    authors: Sequence[str],
    drawn: Drawn | None,
    hand_in: Sequence[Path] = (),
    advice: Advice | None = None,
) -> str:
    """Each function's verdict, the table beside the references, charts, pictures, advice, notes, and what to hand in."""
    mine, references = own_results(report, authors), reference_results(report)
    accepted = [result for result in mine if result.verdict is Verdict.ACCEPTED]
    slowest = None if advice is None or advice.slowest is None else advice.slowest.place
    compared = [*accepted, *references] if accepted else []
    growths = [growth_chart(result, references) for result in accepted]
    return page(
        "own_files.html",
        right=[closing_line(report, result, slowest=slowest) for result in accepted],
        wrong=[(result, printed(result)) for result in mine if result not in accepted],
        columns=comparison_columns(compared),
        numbers=NUMBERS,
        rows=comparison_rows(report, compared),
        bars=bar_lengths(compared),
        work_units=report.work_units,
        growths=[(result.task, chart) for result, chart in zip(accepted, growths, strict=True) if chart is not None],
        roofline=roofline_chart(accepted, references, report.peaks),
        pictures=drawn.pictures if drawn is not None else (),
        advice=[] if advice is None else [in_lines(one) for one in told(advice.findings)],
        first_to_do=None if advice is None else first_to_do(advice),
        notes=[note for result in mine for note in (*notes(result), *(remarks(drawn, result.verdict) if drawn else ()))],
        background=[
            *([_BARS] if compared else []),
            *cases_lines(compared),
            *growth_lines(accepted),
            *(line for result in accepted[:1] for line in _background(report, result, references)),
        ],
        hand_in=[str(file) for file in hand_in],
    )


def _background(report: Report, result: Result, references: Sequence[Result]) -> Iterable[str]:
    """How finely it was measured, what earns points, and how far the machine would go."""
    lines = (
        *confidence_lines(report, result.task),
        *thresholds_lines(report, result.task),
        *estimate_lines(report, result.task),
    )
    yield from (line.plain for line in lines)
    limit = limit_text(result, references)
    if limit:
        yield limit
