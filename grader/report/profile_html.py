"""A line profile as HTML for a notebook: a heat map of the source, in which no student's text is markup."""

from grader.grading.profile_lines import LineProfile
from grader.report.html import page
from grader.report.profile import heat, heat_columns, heat_rows, sentences


def html_profile(profile: LineProfile) -> str:
    """The lines that ran with their figures, a bar for each one's share of the time, and the sentences below them."""
    return page(
        "profile.html",
        profile=profile,
        columns=heat_columns(profile),
        rows=[(row, heat(row.share)) for row in heat_rows(profile)],
        sentences=[line.plain for line in sentences(profile)],
    )
