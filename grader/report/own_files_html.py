"""What `grader check` says, as HTML for a notebook: nothing in it is loaded or run, and no student's text is markup."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from grader.advice.program import Advice
from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.advice import in_lines, in_short, told
from grader.report.figures import limit_text
from grader.report.html import page
from grader.report.leaderboard import confidence_lines, thresholds_lines
from grader.report.own_files import (
    COLUMNS,
    NUMBERS,
    closing_line,
    comparison_rows,
    notes,
    own_results,
    printed,
    reference_results,
)
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Picture:
    """A PNG of somebody's output."""

    title: str
    content: bytes
    is_right: bool

    @property
    def source(self) -> Markup:
        """The picture itself, within the page."""
        return Markup(f"data:image/png;base64,{base64.b64encode(self.content).decode()}")  # noqa: S704 -- letters and digits


def html_summary(
    report: Report,
    authors: Sequence[str],
    picture: Picture | None,
    hand_in: Sequence[Path] = (),
    advice: Advice | None = None,
) -> str:
    """Each function's verdict, the table beside the references, the picture, the advice, the notes, and what to hand in."""
    mine, references = own_results(report, authors), reference_results(report)
    accepted = [result for result in mine if result.verdict is Verdict.ACCEPTED]
    return page(
        "own_files.html",
        right=[closing_line(result, references) for result in accepted],
        wrong=[(result, printed(result)) for result in mine if result not in accepted],
        columns=COLUMNS,
        numbers=NUMBERS,
        rows=comparison_rows(report, [*accepted, *references]) if accepted else (),
        picture=picture,
        advice=[] if advice is None else [in_lines(one) for one in told(advice.findings)],
        in_short=None if advice is None else in_short(advice),
        notes=[note for result in mine for note in notes(result)],
        background=[line for result in accepted[:1] for line in _background(report, result, references)],
        hand_in=[str(file) for file in hand_in],
    )


def _background(report: Report, result: Result, references: Sequence[Result]) -> Iterable[str]:
    """How finely it was measured, what earns points, and how far the machine would go."""
    yield from (line.plain for line in (*confidence_lines(report, result.task), *thresholds_lines(report, result.task)))
    limit = limit_text(result, references)
    if limit:
        yield limit
