"""A line profile as HTML for a notebook: a heat map of the source, in which no student's text is markup."""

from grader.advice.program import Advice
from grader.grading.profile_lines import LineProfile
from grader.report.advice import in_lines, in_short, told
from grader.report.html import page
from grader.report.profile import heat, heat_columns, heat_rows, sentences
from grader.text import harmless_line


def html_profile(profile: LineProfile, advice: Advice | None = None) -> str:
    """The lines that ran with their figures and a bar for each one's share of the time; below, the sentences and the advice."""
    return page(
        "profile.html",
        profile=profile,
        columns=heat_columns(profile),
        rows=[(row, heat(row.share)) for row in heat_rows(profile)],
        sentences=[line.plain for line in sentences(profile)],
        advice=[] if advice is None else _advice(advice),
        in_short=None if advice is None else in_short(advice),
    )


def _advice(advice: Advice) -> list[str]:
    return [in_lines(one) for one in told(advice.findings)] if advice.wrong is None else [harmless_line(advice.wrong)]
